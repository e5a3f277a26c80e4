"""Which program a command runs, and in which namespace; and where its words and lines stand in the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.userland.iproute2.arguments import matches
from webapp.userland.shell import Command

_WITH_NAMESPACE = frozenset(("ip", "tc", "bridge"))
_VALUED = ("-netns", "-family", "-batch", "-loops", "-rcvbuf", "-conf", "-cf")
_TIMEOUT_VALUED = frozenset(("-k", "-s", "--kill-after", "--signal"))


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a command line comes to once ``ip netns exec`` and ``timeout`` are taken off.

    ``words[first:]`` are the program and what follows it, ``words[arguments:]`` what follows the global options of ip,
    tc and bridge, too; ``options`` are those without the one that names a namespace. ``netns`` is "" where a lab
    starts; ``places`` are the words that name namespaces, of which the last one counts.
    """

    netns: str
    program: str
    first: int
    arguments: int
    places: tuple[int, ...] = ()
    options: tuple[str, ...] = ()


def invocation(words: Sequence[str], netns: str = "") -> Invocation:
    """The program that a command line runs, seen from the namespace ``netns``; the last word may be unfinished."""
    places: list[int] = []
    at = 0
    while True:
        program = words[at].rpartition("/")[2] if at < len(words) else ""
        arguments = at + 1
        options: tuple[str, ...] = ()
        if program == "timeout":
            inner = _behind_timeout(words, arguments)
            if inner < len(words):
                at = inner
                continue
        elif program in _WITH_NAMESPACE:
            arguments, place, options = _global_options(words, arguments)
            if place is not None:
                netns = words[place]
                places.append(place)
            if program == "ip" and _is_exec(words[arguments : arguments + 3]):
                netns = words[arguments + 2]
                places.append(arguments + 2)
                at = arguments + 3
                continue
        return Invocation(netns, program, at, arguments, tuple(places), options)


def _behind_timeout(words: Sequence[str], at: int) -> int:
    """Behind its options and the time."""
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _TIMEOUT_VALUED else 1
    return at + 1


def _global_options(words: Sequence[str], at: int) -> tuple[int, int | None, tuple[str, ...]]:
    """Where the arguments begin, which word names a namespace, and the other options."""
    place = None
    options: list[str] = []
    while at < len(words) and words[at].startswith("-"):
        option = words[at].replace("--", "-", 1)
        at += 1
        if len(option) > 1 and matches(option, "-netns"):
            place = at if at < len(words) else None
            at += 1
        else:
            options.append(option)
            at += len(option) > 1 and any(matches(option, name) for name in _VALUED)
    return at, place, tuple(options)


def _is_exec(arguments: Sequence[str]) -> bool:
    return len(arguments) > 2 and matches(arguments[0], "netns") and matches(arguments[1], "exec")


def placed(script: str, span: tuple[int, int]) -> list[int]:
    """Where each character of a word, its quotes removed, stands in the script; last, where the word ends."""
    at, end = span
    places: list[int] = []
    quote = ""
    while at < end:
        character = script[at]
        if quote != "'" and character == "\\" and at + 1 < end:
            special = quote == "" or script[at + 1] in '$`"\\\n'
            at += special
            if special and script[at] == "\n":
                at += 1
                continue
            places.append(at)
        elif character == quote or (quote == "" and character in "'\""):
            quote = "" if quote else character
        else:
            places.append(at)
        at += 1
    return [*places, end]


def argument_places(script: str, command: Command, first: int) -> tuple[str, list[int]]:
    """The words from ``first`` on, joined by blanks as nft joins them, and where each character stands."""
    text = ""
    places: list[int] = []
    for word, span in zip(command.argv[first:], command.spans[first:], strict=True):
        text += f"{word} "
        places += placed(script, span)
    return text[:-1], places


def body_place(script: str, command: Command, line: int, column: int) -> int:
    """Where a line and column of the here-document (both from 1) stand in the script, also behind stripped tabs."""
    start = command.body
    for _ in range(line - 1):
        start = script.find("\n", start) + 1
    lines = command.stdin.split("\n")
    said = lines[line - 1] if line <= len(lines) else ""
    end = script.find("\n", start)
    raw = script[start : len(script) if end < 0 else end]
    stripped = len(raw) - len(said) if raw.endswith(said) and not raw[: len(raw) - len(said)].strip("\t") else 0
    return min(start + stripped + column - 1, len(script))
