"""Which program a command line runs, and where: the same for what is typed, edited and complained about."""

import pytest

from webapp.workshop.invocation import Invocation, invocation


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("nft list ruleset", Invocation("", "nft", 0, 1)),
        ("/sbin/ip -n a link", Invocation("a", "ip", 0, 3, (2,))),
        ("ip -4 -ne a -o addr", Invocation("a", "ip", 0, 5, (3,), ("-4", "-o"))),
        ("ip netns exec a tc qdisc", Invocation("a", "tc", 4, 5, (3,))),
        ("ip -n a netns exec b ip netns exec c ping 1", Invocation("c", "ping", 10, 11, (2, 5, 9))),
        ("timeout 5 ip netns exec a nc", Invocation("a", "nc", 6, 7, (5,))),
        ("timeout -k 1 --preserve-status 5 tcpdump", Invocation("", "tcpdump", 5, 6)),
        ("bridge -f inet fdb", Invocation("", "bridge", 0, 3, (), ("-f",))),
    ],
)
def test_what_only_says_where_a_program_runs_is_taken_off(line: str, found: Invocation) -> None:
    assert invocation(line.split()) == found


@pytest.mark.parametrize(
    ("words", "program", "first"),
    [
        (["ip", "netns", "e"], "ip", 0),
        (["ip", "netns", "exec", ""], "", 4),
        (["ip", "netns", "exec", "a", ""], "", 4),
        (["timeout", ""], "timeout", 0),
        (["timeout", "5", "pi"], "pi", 2),
        ([], "", 0),
    ],
)
def test_a_line_may_end_anywhere(words: list[str], program: str, first: int) -> None:
    found = invocation(words)
    assert (found.program, found.first) == (program, first)


def test_where_one_is_counts_until_the_line_says_otherwise() -> None:
    assert invocation(["ping"], "a").netns == "a"
    assert invocation(["ip", "-n", "b", "link"], "a").netns == "b"
