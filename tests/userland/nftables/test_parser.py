"""Whatever stands in an input, the parser and the compiler complain in their own words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.userland.nftables.batch.batch import SeveralError
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.datatype import NoNames
from webapp.userland.nftables.erec import MAX_ERRORS, NftError, Source
from webapp.userland.nftables.parser import parse
from webapp.userland.nftables.words import CANDIDATES, OPERATORS

VALUES = (
    "t", "c", "s", "@s", "$x", '"v0"', '"v*"', "1", "0x10", "65536", "-1", "10.0.0.1", "10.0.0.0/8", "1-5", "::1", "22",
    "00:11:22:33:44:55", "1h", "5/second", "\n", ";", "drop", "accept", "syn", "established", "# x\n", "\\\n",
)  # fmt: skip
WORDS = st.sampled_from([*sorted({*CANDIDATES, *OPERATORS}), *VALUES])
LINES = st.lists(WORDS, max_size=14).map(" ".join)
RULES = LINES.map(lambda line: f"add table inet t\nadd chain inet t c\nadd rule inet t c {line}\n")
STARTS = st.sampled_from((
    "tcp dport", "ip saddr", "meta mark set", "ct state", "ip saddr . tcp dport {", "log", "limit rate", "reject with",
    "snat to", "update @s {", "tcp flags", "fib saddr", "numgen", "@th,16,16", "tcp option", "ether type", "vlan id",
))  # fmt: skip


def complains_properly(text: str) -> None:
    commands, errors = parse(text)
    compiler = Compiler(RulesetCache(None), NoNames())
    for command in commands:
        try:
            compiler.command(command)
        except SeveralError as several:
            errors += several.errors
        except NftError as error:
            errors.append(error)
    for error in errors:
        assert Source(text, "/dev/stdin").report(error)
        assert Source(text).report(error)


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    complains_properly(text)


@given(LINES)
def test_any_words(text: str) -> None:
    complains_properly(text)


@given(RULES)
def test_any_words_as_a_rule(text: str) -> None:
    complains_properly(text)


@given(STARTS, st.lists(WORDS, min_size=1, max_size=5).map(" ".join))
def test_any_words_after_what_begins_well(start: str, rest: str) -> None:
    complains_properly(f"add table inet t\nadd chain inet t c\nadd rule inet t c {start} {rest}\n")


def test_after_an_error_the_next_line_is_read() -> None:
    commands, errors = parse("add table\nadd table ip t\nadd chain\n")
    assert [command.handle.table.name for command in commands] == ["t"]
    assert len(errors) == 2


def test_ten_errors_are_enough() -> None:
    _, errors = parse("foo\n" * 50)
    assert len(errors) == MAX_ERRORS


def test_the_place_is_a_line_and_its_columns() -> None:
    text = "\n\t\tdrop x\n"
    _, errors = parse(text)
    assert Source(text, "f").report(errors[0]) == (
        "f:2:3-6: Error: syntax error, unexpected drop\n\t\tdrop x\n\t\t^^^^\n"
    )
