"""sleep, true, false and echo: sleep as in GNU coreutils 9.1, the others as bash's builtins."""

from __future__ import annotations

import re

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.userland.jobs import Task
from webapp.userland.process import Process

_INTERVAL = re.compile(r"(\d+\.?\d*(?:[eE][+-]?\d{1,2})?|\.\d+(?:[eE][+-]?\d{1,2})?)([smhd]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_ESCAPES = {"a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:([abefnrtv\\])|(c).*)", re.DOTALL)


def true(process: Process, argv: list[str]) -> int:
    """Exit code 0."""
    return 0


def false(process: Process, argv: list[str]) -> int:
    """Exit code 1."""
    return 1


def interval(text: str) -> int | None:
    """A time as sleep and timeout take it, in ns; None if it is none."""
    match = _INTERVAL.fullmatch(text)
    return None if match is None else int(float(match[1]) * _UNITS[match[2]] * NSEC_PER_SEC)


def sleep(process: Process, argv: list[str]) -> Task:
    """Virtual time passes: the sum of the intervals."""
    intervals = [interval(argument) for argument in argv[1:]]
    if not intervals:
        return _usage(process, "missing operand")
    for argument, time in zip(argv[1:], intervals, strict=True):
        if argument.startswith("-"):
            option = f"unrecognized option '{argument}'" if argument.startswith("--") else ""
            return _usage(process, option or f"invalid option -- '{argument[1:2]}'")
        if time is None:
            return _usage(process, f"invalid time interval '{argument}'")
    yield process.sleep(sum(time for time in intervals if time))
    return 0


def _usage(process: Process, problem: str) -> int:
    process.stderr.write(f"sleep: {problem}\nTry 'sleep --help' for more information.\n")
    return 1


def echo(process: Process, argv: list[str]) -> int:
    """The arguments, with -n without a newline, with -e with the common escapes."""
    words = argv[1:]
    newline, escapes = True, False
    while words and re.fullmatch(r"-[neE]+", words[0]):
        for option in words.pop(0)[1:]:
            newline = newline and option != "n"
            escapes = (escapes or option == "e") and option != "E"
    text = " ".join(words)
    if escapes:
        cut = "\\c" in text.replace("\\\\", "")
        text = _ESCAPE.sub(lambda match: "" if match[2] else _ESCAPES[match[1]], text)
        newline = newline and not cut
    process.stdout.write(text + "\n" * newline)
    return 0
