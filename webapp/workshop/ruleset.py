"""What goes from a ruleset's text: the chains and rules that cannot be without some devices."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from webapp.workshop.draft import Span, merged
from webapp.workshop.nft_text import Part, device_names, structure

_HEADS = frozenset(("type", "policy", "comment"))


def doomed(text: str, part: Part, names: Collection[str]) -> Iterator[Part]:
    """The chains that hang on the devices alone, the rules that hand packets to one, the chains of only such rules."""
    if part.words[:1] == ("table",) and part.inner:
        for inner in part.parts:
            yield from doomed(text, inner, names)
    elif part.words[:1] == ("chain",) and part.inner:
        rules = [rule for rule in part.parts if rule.words[0] not in _HEADS]
        gone = [rule for rule in rules if _needs(text, rule, names)]
        if _hangs_on(text, part, names) or (rules and len(gone) == len(rules)):
            yield part
        else:
            yield from gone
    elif not part.inner and (_needs(text, part, names) or _hangs_on(text, part, names)):
        yield part


_LIST = re.compile(r"\bdevices?\s*=?\s*(?:\{[^}]*\}|\S+)")


def _hangs_on(text: str, part: Part, names: Collection[str]) -> bool:
    """Whether all devices of a base chain are among the names."""
    match = _LIST.search(text, part.start, part.end)
    hung = {name for name, _ in device_names(match[0])} if match else set()
    return bool(hung) and hung <= set(names)


_NEEDS = re.compile(r"\b(?:fwd|dup)\b[^;\n]{0,99}\bto\b|\b[io]if\b")


def _needs(text: str, rule: Part, names: Collection[str]) -> bool:
    """Whether nft would not take the rule without a device: a name may be compared that nothing has."""
    words = text[rule.start : rule.end]
    return bool(rule.names(text) & set(names)) and _NEEDS.search(words) is not None


def without_parts(text: str, parts: Sequence[Part]) -> list[Span] | None:
    """Where the parts stand; a table goes with its last part. None: nothing would be left."""
    gone = {(part.start, part.end) for part in parts}
    tables = structure(text)
    for table in tables:
        if table.parts and all((part.start, part.end) in gone for part in table.parts):
            gone.add((table.start, table.end))
    if tables and all((table.start, table.end) in gone for table in tables):
        return None
    return merged(gone)


def names_in_lists(text: str, part: Part, names: Collection[str]) -> Iterator[Span]:
    """Where ``devices = { a, b }`` says some of the names, each with a comma, if other names stay."""
    for match in _LIST.finditer(text, part.start, part.end):
        found = list(device_names(match[0]))
        if not {name for name, _ in found} <= set(names):
            for name, at in found:
                if name in names:
                    yield _with_comma(text, match.start() + at, match.start() + at + len(name))


def _with_comma(text: str, start: int, end: int) -> Span:
    if text[start - 1] == '"':
        start, end = start - 1, end + 1
    after = re.compile(r"\s*,\s*").match(text, end)
    if after is not None:
        return start, after.end()
    return len(text[:start].rstrip().removesuffix(",").rstrip()), end
