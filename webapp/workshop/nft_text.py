"""nft's text as the workshop edits it: where it names devices, and where its tables, chains and rules begin and end.

The tokens are those of nftables' scanner.l as far as structure needs them. Only text is read here, nothing is checked:
what nft thinks of it, nft says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple


class _Token(NamedTuple):
    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The text without quotes."""
        return self.text.strip('"')

    @property
    def is_name(self) -> bool:
        return self.text[0] == '"' or self.text[0].isalpha() or self.text[0] == "_"


_TOKEN = re.compile(r'#[^\n]*|"[^"\n]*"|[A-Za-z0-9_][A-Za-z0-9_./@*-]*|[!=<>]=|\\\n|[^ \t]|\n')


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(match[0], *match.span())
        for match in _TOKEN.finditer(text)
        if match[0][0] not in "#'\\"
    ]  # fmt: skip


# Names of devices

_SELECTORS = frozenset(("iifname", "oifname", "iif", "oif", "ibrname", "obrname", "device", "devices"))
_BETWEEN = frozenset(("=", "==", "!=", "vmap", "map", "\n"))


def device_names(text: str) -> Iterator[tuple[str, int]]:
    """The names of devices, and where each begins."""
    tokens = _tokens(text)
    of_names = False
    for at, token in enumerate(tokens):
        before = tokens[at - 1].text if at else ""
        if token.text in _SELECTORS or (token.text == "to" and before in ("fwd", "dup")):
            yield from _values(tokens, at + 1)
        elif token.text == "ifname" and before == "type":
            of_names = True
        elif token.text == "elements" and of_names:
            yield from _values(tokens, at + 1)
        elif token.text in ("set", "map"):
            of_names = False


def _values(tokens: list[_Token], at: int) -> Iterator[tuple[str, int]]:
    """One name, or the first part of each element of a set."""
    while at < len(tokens) and tokens[at].text in _BETWEEN:
        at += 1
    if at == len(tokens):
        return
    if tokens[at].text != "{":
        yield from _name(tokens[at])
        return
    first = True
    for token in tokens[at + 1 :]:
        if token.text == "}":
            break
        if first and token.text != "\n":
            yield from _name(token)
            first = False
        first = first or token.text == ","


def _name(token: _Token) -> Iterator[tuple[str, int]]:
    if token.is_name and "*" not in token.text:
        yield token.name, token.start + (token.text[0] == '"')


# Structure


@dataclass(slots=True)
class Part:
    """A table, a chain or another block, or a statement: ``start`` to ``end``, without blanks around it.

    ``words`` are its tokens up to its brace, or all of a statement's. A block's parts lie between ``inner`` and the
    brace at ``end`` - 1; ``inner`` is 0 for a statement.
    """

    words: tuple[str, ...]
    start: int
    end: int
    inner: int = 0
    parts: list[Part] = field(default_factory=list)

    def names(self, text: str) -> set[str]:
        """The devices that its text names."""
        return {name for name, _ in device_names(text[self.start : self.end])}


_BLOCKS = frozenset(("table", "chain", "set", "map", "flowtable", "counter", "quota", "limit", "synproxy"))
_VERBS = frozenset(("add", "create", "insert", "replace", "delete", "destroy", "flush", "list", "reset"))


def structure(text: str) -> list[Part]:
    """The parts of a ruleset's text, tables and chains with what is in them."""
    tokens = _tokens(text)
    parts, _ = _parts(tokens, 0, 0)
    return parts


_DEEPEST = 2
"""Chains stand in tables, and nothing of interest in what stands in them."""


def _parts(tokens: list[_Token], at: int, depth: int) -> tuple[list[Part], int]:
    parts: list[Part] = []
    while at < len(tokens) and tokens[at].text != "}":
        if tokens[at].text in ("\n", ";"):
            at += 1
            continue
        part, at = _part(tokens, at, depth)
        parts.append(part)
    return parts, at


def _part(tokens: list[_Token], at: int, level: int) -> tuple[Part, int]:
    first = at
    depth = 0
    while at < len(tokens):
        word = tokens[at].text
        if word == "{":
            if not depth and level < _DEEPEST and _opens_block(tokens, first, at):
                return _block(tokens, first, at, level)
            depth += 1
        elif word == "}":
            if not depth:
                break
            depth -= 1
        elif word in ("\n", ";") and not depth:
            break
        at += 1
    words = tuple(token.text for token in tokens[first:at])
    return Part(words, tokens[first].start, tokens[at - 1].end), at


def _opens_block(tokens: list[_Token], first: int, brace: int) -> bool:
    """Whether a brace follows a block's name: ``ct`` begins an object as well as a statement."""
    kind = tokens[first].text
    return (kind in _BLOCKS and brace - first <= 3) or (kind == "ct" and brace - first == 3)


def _block(tokens: list[_Token], first: int, brace: int, level: int) -> tuple[Part, int]:
    parts, at = _parts(tokens, brace + 1, level + 1)
    words = tuple(token.name for token in tokens[first:brace])
    end = tokens[min(at, len(tokens) - 1)].end
    return Part(words, tokens[first].start, end, tokens[brace].end, parts), at + 1


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain, or what is added to one, and where. ``hook`` is "" for one that is no base chain.

    ``place`` is where the text says the hook and its devices: `egress device "v0"`.
    ``inside`` is the table's part that holds it, None where the part stands alone (``add chain …``).
    """

    family: str
    table: str
    name: str
    hook: str
    devices: tuple[str, ...]
    place: tuple[int, int]
    part: Part
    inside: Part | None


def chains(text: str) -> Iterator[Chain]:
    """The chains of a ruleset's text; a rule that is added by a command of its own counts to its chain."""
    for part in structure(text):
        if part.words[:1] == ("table",) and part.inner and len(part.words) > 1:
            family, table = _table(part.words[1:])
            for inner in part.parts:
                if inner.words[:1] == ("chain",) and len(inner.words) > 1:
                    yield _chain(text, family, table, inner.words[1], inner, part)
        else:
            yield from _added(text, part)


def _table(words: tuple[str, ...]) -> tuple[str, str]:
    return ("ip", words[0]) if len(words) == 1 else (words[0], words[1])


_FAMILIES = frozenset(("ip", "ip6", "inet", "arp", "bridge", "netdev"))


def _added(text: str, part: Part) -> Iterator[Chain]:
    words = list(part.words)
    if words and words[0] in _VERBS:
        words.pop(0)
    if words and words[0] in ("chain", "rule"):
        words.pop(0)
        family = words.pop(0) if words and words[0] in _FAMILIES else "ip"
        if len(words) > 1:
            yield _chain(text, family, words[0].strip('"'), words[1].strip('"'), part, None)


_HOOK = re.compile(r"\bhook\s+(\w+)\s+(?:devices?\s*=?\s*(\{[^}]*\}|\"[^\"]*\"|[^\s;]+)\s+)?priority")


def _chain(text: str, family: str, table: str, name: str, part: Part, inside: Part | None) -> Chain:
    match = _HOOK.search(text, part.start, part.end)
    devices = tuple(re.findall(r'[^\s{},"\\]+', match[2] or "")) if match else ()
    place = (match.start(1), match.end(2) if match[2] else match.end(1)) if match else (part.start, part.start)
    return Chain(family, table, name, match[1] if match else "", devices, place, part, inside)
