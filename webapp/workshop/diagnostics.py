"""What is wrong in a script: the commands that failed, with the words of their tools at the place that these mean.

A probe that sent packets is no mistake, however it went, and neither is a command whose list goes on after `||`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from webapp.kernel.machine import Machine
from webapp.lab.lab import Entry
from webapp.userland.shell import Command, Connector, ScriptError, parse
from webapp.workshop.explanations import explanation
from webapp.workshop.invocation import Invocation, argument_places, body_place, invocation, placed
from webapp.workshop.operations import Change
from webapp.workshop.questions import Diagnostic, Fix

_TIMED_OUT = 124
_SILENT = frozenset(("wait", "kill", "true", "false"))
"""Programs whose code says something about others, or was asked for."""

_SHELL = re.compile(r"^\S+: line \d+: ")
_STDIN = re.compile(r"^/dev/stdin:(\d+):(\d+)-(\d+): ")
_QUOTED = re.compile(r"[\"‘']([^\"’']+)[\"’']")
_MEANT = re.compile(r"; did you mean \w+ ‘([^’]+)’")

Span = tuple[int, int]


def diagnostics(script: str, entries: Sequence[Entry], machine: Machine) -> tuple[Diagnostic, ...]:
    """One for each command that failed, in order. ``machine`` is the lab's, at the script's end."""
    try:
        failed = list(_failed(script, entries))
    except ScriptError:  # parts of a lab may have been run one by one that are no script together
        return ()
    return tuple(_diagnostic(script, command, entry, machine) for command, entry in failed)


def _failed(script: str, entries: Sequence[Entry]) -> Iterator[tuple[Command, Entry]]:
    ran = iter(entries)
    for steps in parse(script):
        code = 0
        last: tuple[Command, Entry] | None = None
        for step in steps:
            if (step.connector is Connector.AND and code) or (step.connector is Connector.OR and not code):
                continue
            entry = next(ran, None)
            if entry is None:
                return
            code = entry.code
            last = (step.command, entry)
        if last is not None and code and _is_mistake(*last):
            yield last


def _is_mistake(command: Command, entry: Entry) -> bool:
    program = command.words[0].text
    if not entry.output.strip() or program in _SILENT or (program == "timeout" and entry.code == _TIMED_OUT):
        return False
    return entry.probe is None or not entry.probe.walk.steps


def _diagnostic(script: str, command: Command, entry: Entry, machine: Machine) -> Diagnostic:
    run = invocation(command.argv)
    output = entry.output.splitlines()
    at = _first_error(output)
    words = _STDIN.sub("", _SHELL.sub("", output[at]))
    start, end = _place(script, command, run, output[at:]) or (command.spans[0][0], command.spans[-1][1])
    line = script.count("\n", 0, start) + 1
    column = start - script.rfind("\n", 0, start)
    fixes = tuple(_fixes(script, command, run, words, (start, end), machine))
    return Diagnostic(*_visible(script, start, end), line, column, words, explanation(words), fixes)


def _first_error(output: list[str]) -> int:
    for at, line in enumerate(output):
        if "Error: " in line:
            return at
    return next(at for at, line in enumerate(output) if line.strip())


def _place(script: str, command: Command, run: Invocation, output: list[str]) -> Span | None:
    if run.program == "nft":
        return _nft_place(script, command, run, output)
    if _SHELL.match(output[0]):
        return command.spans[0]
    return _word_place(script, command, run, output)


def _nft_place(script: str, command: Command, run: Invocation, output: list[str]) -> Span | None:
    """By line and columns for a here-document, by the marks below the line for a command line."""
    stdin = _STDIN.match(output[0])
    if stdin is not None:
        line, first, last = (int(number) for number in stdin.groups())
        return body_place(script, command, line, first), body_place(script, command, line, last) + 1
    if len(output) < 3 or "^" not in output[2]:  # the words, the line, the marks
        return None
    shown, marks = output[1], output[2]
    for first_word in range(run.first + 1, len(command.argv)):
        text, places = argument_places(script, command, first_word)
        if text.split("\n", 1)[0] == shown:
            first, last = marks.index("^"), marks.rindex("^")
            return places[min(first, len(places) - 1)], places[min(last, len(places) - 1)] + (last < len(places) - 1)
    return None


def _word_place(script: str, command: Command, run: Invocation, output: list[str]) -> Span | None:
    """The word that the complaint quotes; one that is an option's value before one that is an option."""
    argv = command.argv
    for line in output:
        for said in _QUOTED.findall(line):
            found = [at for at in range(run.first + 1, len(argv)) if argv[at] == said]
            behind = [at for at in found if argv[at - 1] in ("dev", "master", "link", "name", "netns", "via")]
            if found:
                places = placed(script, command.spans[(behind or found)[0]])
                return places[0], places[-2] + 1
    return None


def _visible(script: str, start: int, end: int) -> Span:
    """A place without characters to draw a line under takes the word before it."""
    end = max(end, start + 1)
    if script[start:end].strip():
        return start, end
    while start > 0 and script[start - 1].isspace():
        start -= 1
    end = start
    while start > 0 and not script[start - 1].isspace():
        start -= 1
    return start, max(end, start + 1)


# What to do about it


def _fixes(script: str, command: Command, run: Invocation, words: str, place: Span, machine: Machine) -> Iterator[Fix]:
    start, end = place
    said = script[start:end]
    line_start = script.rfind("\n", 0, command.spans[0][0]) + 1
    meant = _MEANT.search(words)
    if meant is not None and " " not in said:
        yield _instead(meant[1], place)
    if "Cannot find device" in words or "Device does not exist" in words:
        net = machine.namespaces.get(run.netns, machine.init_net)
        yield from (_instead(name, place) for name in get_close_matches(said, net.devices, 2))
    if "Cannot open network namespace" in words or '"netns" value' in words:
        yield from (_instead(name, place) for name in get_close_matches(said, filter(None, machine.namespaces), 2))
        yield _before(f"ip netns add {said}", line_start)
    if "Parent Qdisc doesn't exists" in words and "dev" in command.argv[:-1]:
        netns = f"-n {run.netns} " if run.netns else ""
        dev = command.argv[command.argv.index("dev") + 1]
        yield _before(f"tc {netns}qdisc add dev {dev} clsact", line_start)


def _instead(word: str, place: Span) -> Fix:
    return Fix(f"Write {word}", (Change(*place, word),))


def _before(line: str, at: int) -> Fix:
    return Fix(f"Add {line}", (Change(at, at, f"{line}\n"),))
