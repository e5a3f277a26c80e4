"""Which program a command runs, and in which namespace; and where its words and lines stand in the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.userland.shell import Command

_WITH_NAMESPACE = frozenset(("ip", "tc", "bridge"))
_NETNS = frozenset(("-n", "-netns", "--netns"))
_EXEC = frozenset(("e", "ex", "exe", "exec"))


@dataclass(frozen=True, slots=True)
class Invocation:
    """``words[first:]`` of a command line are the program and its arguments; ``netns`` is "" where a lab starts."""

    netns: str
    program: str
    first: int


def invocation(words: Sequence[str], netns: str = "", first: int = 0) -> Invocation:
    """Looks through ``ip netns exec`` and ``timeout``, and at the option -n of iproute2."""
    program = words[first].rsplit("/", 1)[-1] if first < len(words) else ""
    if program == "timeout" and first + 2 < len(words):
        return invocation(words, netns, first + 2)
    if program not in _WITH_NAMESPACE:
        return Invocation(netns, program, first)
    at = first + 1
    while at < len(words) and words[at].startswith("-"):
        if words[at] in _NETNS and at + 1 < len(words):
            netns = words[at + 1]
            at += 1
        at += 1
    if program == "ip" and words[at : at + 1] == ["netns"] and words[at + 1 : at + 2] and words[at + 1] in _EXEC:
        return invocation(words, words[at + 2] if at + 2 < len(words) else netns, at + 3)
    return Invocation(netns, program, first)


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
