"""What could stand at the end of a line of the terminal: as in a script, of which the line would be one."""

from __future__ import annotations

from webapp.kernel.machine import Machine
from webapp.server.protocol import Completions
from webapp.workshop import completion

MAX_WORDS = 50


def complete(machine: Machine, netns: str, line: str) -> Completions:
    """Words that begin as the last word of ``line`` does, at most MAX_WORDS, in order of the alphabet."""
    found = completion.complete(machine, line, len(line), netns)
    return Completions(found.start, tuple(sorted(option.label for option in found.options)[:MAX_WORDS]))
