import pytest

from webapp.userland.getopt import Getopt, OptionError

LONGS = ("values", "write", "pattern=", "verbose", "version")


def read(line: str, options: str = "c:qv", longs: tuple[str, ...] = ()) -> tuple[list[tuple[str, str]], list[str]]:
    getopt = Getopt(line.split(), options, longs)
    return list(getopt), getopt.operands


@pytest.mark.parametrize(
    ("line", "found", "operands"),
    [
        ("-c 1 -q host", [("c", "1"), ("q", "")], ["host"]),
        ("host -qc1 port", [("q", ""), ("c", "1")], ["host", "port"]),
        ("-c -q", [("c", "-q")], []),
        ("-q -- -v - x", [("q", "")], ["-v", "-", "x"]),
        ("- -q", [("q", "")], ["-"]),
        ("", [], []),
    ],
)
def test_options_come_in_order_and_operands_after_them(
    line: str, found: list[tuple[str, str]], operands: list[str]
) -> None:
    assert read(line) == (found, operands)


def test_a_plus_ends_the_options_at_the_first_operand() -> None:
    assert read("-q host -v", "+c:qv") == ([("q", "")], ["host", "-v"])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("--write", [("write", "")]),
        ("--wr --val", [("write", ""), ("values", "")]),
        ("--pattern=a=b", [("pattern", "a=b")]),
        ("--pattern ab", [("pattern", "ab")]),
    ],
)
def test_long_options_may_be_abbreviated(line: str, found: list[tuple[str, str]]) -> None:
    assert read(line, longs=LONGS) == (found, [])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("-z", "invalid option -- 'z'"),
        ("-q:", "invalid option -- ':'"),
        ("-c", "option requires an argument -- 'c'"),
        ("--foo", "unrecognized option '--foo'"),
        ("--ver", "option '--ver' is ambiguous; possibilities: '--verbose' '--version'"),
        ("--write=1", "option '--write' doesn't allow an argument"),
        ("--pattern", "option '--pattern' requires an argument"),
    ],
)
def test_what_is_wrong_is_said_in_glibc_s_words(line: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        read(line, longs=LONGS)
    assert str(caught.value) == message
