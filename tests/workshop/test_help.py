"""The editor's help (static/src/text/help.ts) has an entry for every word of these kinds that the readers know."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.userland.nftables.hooks import HOOK_WORDS, std_prios
from webapp.userland.programs import PROGRAMS
from webapp.workshop import vocabulary

HELP = Path(__file__).parents[2] / "static/src/text/help.ts"
ENTRY = re.compile(r'^    "?([\w-]+)"?: help\(', re.MULTILINE)


@functools.cache
def words(section: str) -> frozenset[str]:
    """The words of a section of the table."""
    text = HELP.read_text()
    start = text.index(f"\n  {section}: {{")
    return frozenset(ENTRY.findall(text[start : text.index("\n  },", start)]))


STATEMENTS = frozenset(
    ("counter", "fwd", "dup", "redirect", "masquerade", "snat", "dnat", "notrack", "reject", "meta", "ct", "log",
     "limit", "quota", "queue", "flow", "tproxy", "synproxy", "last", "accept", "drop", "jump", "goto", "return",
     "continue", "add", "update", "delete")
)  # fmt: skip
PRIORITIES = frozenset(std.name for family in FAMILY_NAMES for std in std_prios(family))


@pytest.mark.parametrize(
    ("section", "known"),
    [
        ("program", frozenset(PROGRAMS)),
        ("nft", frozenset(FAMILY_NAMES.values())),
        ("nft", HOOK_WORDS),
        ("nft", PRIORITIES),
        ("nft", frozenset(("filter", "nat", "route"))),
        ("nft", STATEMENTS),
        ("tc", frozenset((*vocabulary.FILTER_KINDS, *vocabulary.ACTION_KINDS))),
        ("tc", frozenset(vocabulary.CONTROLS)),
        ("tc", frozenset(vocabulary.objects("tc"))),
        ("tc", frozenset(("ingress", "egress", "redirect", "mirror", "clsact"))),
        ("ip", frozenset((*vocabulary.objects("ip"), *vocabulary.LINK_KINDS, "fdb"))),
    ],
)
def test_every_word_is_explained(section: str, known: frozenset[str]) -> None:
    assert known - words(section) == frozenset()


def test_priorities_say_their_numbers() -> None:
    entries = re.split(r"\n    (?=\w)", HELP.read_text().split("\n  nft: {")[1])
    for family in FAMILY_NAMES:
        for std in std_prios(family):
            line = next(entry for entry in entries if entry.startswith(f"{std.name}:"))
            assert str(std.number).replace("-", "−") in line, std
