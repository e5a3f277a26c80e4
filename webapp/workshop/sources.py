"""Where a script says what a packet met: the command of a filter, the text of a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from webapp.workshop.document import Document
from webapp.workshop.draft import Span
from webapp.workshop.nft_text import Part, chains
from webapp.workshop.references import nft_places


@dataclass(frozen=True, slots=True)
class Rule:
    """An nft rule of a namespace."""

    netns: str
    family: str
    table: str
    chain: str
    handle: int


@dataclass(frozen=True, slots=True)
class Filter:
    """A tc filter: at a side of a device, with its preference."""

    netns: str
    dev: str
    side: str
    pref: int


def filter_words(document: Document, place: Filter) -> str | None:
    """What follows ``tc filter add`` in the command that added a filter; None if it does not say the preference."""
    found = find_filter(document, place)
    return " ".join(document.calls[found].arguments[2:]) if found is not None else None


def find_filter(document: Document, place: Filter) -> int | None:
    """The last command of the script that added a filter there with that preference."""
    for index in reversed(range(len(document.calls))):
        call = document.calls[index]
        words = call.arguments
        if (
            call.program != "tc"
            or call.netns != place.netns
            or words[:2] not in (["filter", "add"], ["filter", "replace"])
        ):
            continue
        said = dict(reversed(list(pairwise(words))))  # the first of two that are called alike
        pref = said.get("pref") or said.get("prio") or said.get("preference")
        if said.get("dev") == place.dev and place.side in words[:6] and pref == str(place.pref):
            return index
    return None


def find_chain(document: Document, netns: str, family: str, table: str, name: str) -> Span | None:
    """Where the script says the hook and the device of a base chain; None if it does not, or says it twice."""
    found = [
        (offset + chain.place[0], offset + chain.place[1])
        for index, call in enumerate(document.calls)
        if call.program == "nft" and call.netns == netns and not document.listening[index]
        for offset, end in nft_places(document.commands[index], call)
        for chain in chains(document.text[offset:end])
        if (chain.family, chain.table, chain.name) == (family, table, name) and chain.hook and len(chain.devices) < 2
    ]
    return found[0] if len(found) == 1 else None


_HEADS = frozenset(("type", "policy", "comment", "flags"))


def find_rule(document: Document, handles: Sequence[int], rule: Rule) -> tuple[int, Span, bool] | None:
    """The command that made a rule, the rule's place, and whether it is all that the command does.

    ``handles`` are those of the chain's rules, in order. Rules stand in the order of the text as long as none is
    inserted or taken away: otherwise None.
    """
    name = rule.family, rule.table, rule.chain
    written: list[tuple[int, Span, bool]] = []
    for index, call in enumerate(document.calls):
        if call.program != "nft" or call.netns != rule.netns or document.listening[index]:
            continue
        for offset, end in nft_places(document.commands[index], call):
            for chain in chains(document.text[offset:end]):
                if (chain.family, chain.table, chain.name) == name:
                    alone = not document.commands[index].heredocs
                    written += ((index, (offset + a, offset + b), alone) for a, b in _rules_of(chain.part))
    if len(written) != len(handles) or rule.handle not in handles:
        return None
    return written[handles.index(rule.handle)]


def _rules_of(part: Part) -> Iterator[Span]:
    if part.words[:2] == ("add", "rule"):
        yield part.start, part.end
    for rule in part.parts:
        if rule.words and rule.words[0] not in _HEADS:
            yield rule.start, rule.end
