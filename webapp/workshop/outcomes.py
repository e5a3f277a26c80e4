"""How each probe of a lab went, for the table of results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from webapp.lab.lab import Entry
from webapp.workshop.journey import Ways, ran
from webapp.workshop.questions import Outcome

_STATISTICS = re.compile(r"^\d+ packets transmitted, \d+ (?:packets )?received", re.MULTILINE)
_LONGEST = 200
"""Characters of a summary."""


def outcomes(entries: Iterable[Entry]) -> tuple[Outcome, ...]:
    """One outcome a command that sent packets, in order. The lab must have been recorded."""
    return tuple(_outcomes(entries))


def _outcomes(entries: Iterable[Entry]) -> Iterator[Outcome]:
    number = 0
    for entry in entries:
        if entry.probe is None:
            continue
        ways = Ways(entry.probe.walk)
        fate = ways.fate()
        steps = ways.walk.steps
        hooks = {ways.places[step.number] for step in steps if ran(step)}
        yield Outcome(
            number, fate.kind, str(fate.place), fate.reason, len(steps), len(hooks), entry.code, summary(entry.output)
        )  # fmt: skip
        number += 1


def summary(output: str) -> str:
    """A program's last word: the statistics of those that count packets, else the last line that it printed."""
    found = _STATISTICS.findall(output)
    lines = output.split("\n")
    last = found[-1] if found else next((line for line in reversed(lines) if line.strip()), "")
    return last.strip()[:_LONGEST]
