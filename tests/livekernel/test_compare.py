import re

import pytest

from tests import kit
from webapp.livekernel.compare import Difference, compare

RECORDINGS = sorted((kit.CASES / "recorded").glob("*/*.out"))

# Every figure that one of these patterns captures is compared.
FIGURES = re.compile(
    r"""counter\ packets\ (\d+)\ bytes\ (\d+)
    | Sent\ (\d+)\ bytes\ (\d+)\ pkt\ \(dropped\ (\d+),\ overlimits\ (\d+)
    | ^rc=(\d+)\ line=(\d+)$
    | ^(\d+)\ packets\ transmitted,\ (\d+)\ (?:packets\ )?received
    | ^(\d+)\ bytes\ from\ \S+\ icmp_seq=(\d+)\ ttl=(\d+)
    | (?:RX|TX):\ .*\n\ +(\d+)\ +(\d+)\ +(\d+)\ +(\d+)\ +(\d+)\ +(\d+)
    | \ mtu\ (\d+)
    | \ pref\ (\d+)\ \S+\ chain\ (\d+)\ (?!.*\ divisor)\S""",
    re.VERBOSE | re.MULTILINE,
)


def figures(output: str) -> list[tuple[int, int]]:
    """Where the compared figures stand."""
    groups = range(1, FIGURES.groups + 1)
    return [match.span(group) for match in FIGURES.finditer(output) for group in groups if match[group]]


def raised(output: str, span: tuple[int, int]) -> str:
    """The output with one figure greater by one."""
    start, end = span
    return f"{output[:start]}{int(output[start:end]) + 1}{output[end:]}"


def table(*lines: str) -> str:
    """A listing of one chain with these rules."""
    return "\n".join(["table ip t {", "\tchain c {", *(f"\t\t{line}" for line in lines), "\t}", "}"])


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recording_agrees_with_itself_but_not_when_a_figure_is_changed(path):
    output = path.read_text(errors="replace")
    comparison = compare(output, output)
    assert comparison.agrees
    assert comparison.total > 0
    places = figures(output)
    for span in {places[0], places[len(places) // 2], places[-1]} if places else ():
        assert not compare(output, raised(output, span)).agrees, output[slice(*span)]


def test_the_recordings_have_figures_of_every_kind():
    matches = [match for path in RECORDINGS for match in FIGURES.finditer(path.read_text(errors="replace"))]
    assert all(any(match[group] for match in matches) for group in range(1, FIGURES.groups + 1))


U32 = "filter protocol ip pref 1 u32 chain 0 fh 800::800 order 2048 key ht 800 bkt 0"
BPF = "filter protocol ip pref 1 bpf chain 0 handle 0x1 direct-action not_in_hw bytecode '1,6 0 0 0'"


@pytest.mark.parametrize(
    ("real", "model"),
    [
        ("PING a (10.0.0.2)\n64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=0.05 ms\n1 packets transmitted, 1 received",
         "PING a (10.0.0.2)\n64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=9 ms\n1 packets transmitted, 1 received"),
        ("7: eth0@if6: <UP> mtu 1500", "3: eth0@if2: <UP> mtu 1500"),
        ("RTNETLINK answers: File exists\nrc=2 line=4", "Error: Exclusivity flag on.\nrc=2 line=4"),
        ("10.0.0.1 dev v lladdr 02:00:00:00:00:01 REACHABLE", "10.0.0.1 dev v lladdr 02:00:00:00:00:01 STALE"),
        ("10.0.0.1 dev v FAILED", "10.0.0.1 dev v INCOMPLETE"),
        ("10.0.0.1 dev v FAILED\n10.0.0.1 dev v lladdr 02:00:00:00:00:01 STALE",
         "10.0.0.1 dev v lladdr 02:00:00:00:00:01 STALE\n10.0.0.1 dev v FAILED"),
        (table("elements = { 1.1.1.1,", "2.2.2.2 }"), table("elements = { 2.2.2.2, 1.1.1.1 }")),
        (table("meta mark { 1, 2 } accept # handle 7"), table("meta mark { 2, 1 } accept")),
        (table("ip saddr . ip daddr { 1.1.1.1 . 2.2.2.2, 3.3.3.3 . 4.4.4.4 } drop"),
         table("ip saddr . ip daddr { 3.3.3.3 . 4.4.4.4, 1.1.1.1 . 2.2.2.2 } drop")),
        (BPF + " id 12 tag 5a jited", BPF.replace("0x1", "0x7")),
        (BPF + "\naction order 1: gact action drop index 1 ref 1 bind 1",
         BPF + "\naction order 1: gact action drop index 9 ref 1 bind 1"),
        (U32 + " (rule hit 3 success 1)\nmatch 00000000/00000000 at 0 (success 1 )",
         U32 + "\nmatch 00000000/00000000 at 0"),
    ],
)  # fmt: skip
def test_what_no_two_runs_share_is_not_compared(real, model):
    assert compare(real, model).differences == ()
    assert compare(real, model).total > 0


PING = "PING a (10.0.0.1) 56\nFrom 10.0.0.9 icmp_seq=1 {}\n1 packets transmitted, 0 received"


@pytest.mark.parametrize(
    ("real", "model", "subject"),
    [
        ("rc=1 line=4", "", "rc at line 4"),
        ("rc=1 line=4", "rc=2 line=4", "rc at line 4"),
        ("", "TIMEOUT", "timeout"),
        (PING.format("Time to live exceeded"), PING.format("Destination Host Unreachable"), "ping 1 line 1"),
        ("ping: sendmsg: No buffer space available", "ping: sendmsg: Operation not permitted", "ping error"),
        ("1: lo: <UP> mtu 1500", "1: lo: <> mtu 1500", "link lo"),
        ("1: lo: <UP> mtu 1500 master br0", "1: lo: <UP> mtu 1500", "link lo"),
        ("1: lo: <UP> mtu 1\ninet 10.0.0.1/24 scope global lo valid_lft 3sec",
         "1: lo: <UP> mtu 1\ninet 10.0.0.1/25 scope global lo valid_lft 3sec", "link lo inet"),
        ("10.0.0.1 dev v lladdr 02:00:00:00:00:01 STALE", "10.0.0.1 dev v FAILED", "neigh 10.0.0.1 dev v"),
        ("10.0.0.0/24 dev v scope link", "10.0.0.0/24 dev w scope link", "route"),
        ("0: from all lookup local", "0: from all lookup main", "rule"),
        ("net.ipv4.ip_forward = 1", "net.ipv4.ip_forward = 0", "sysctl net.ipv4.ip_forward"),
        ("02:00:00:00:00:01 dev p master br0", "", "fdb 02:00:00:00:00:01 dev p br0 master"),
        (table("meta mark 1 drop"), table("meta mark 2 drop"), "nft table ip t chain c 1"),
        (table("accept", "drop"), table("accept"), "nft table ip t chain c 2"),
        (table('drop comment "{ b, a }"'), table('drop comment "{ a, b }"'), "nft table ip t chain c 1"),
        (table(), "table ip t {\n}", "nft table ip t chain c"),
        (BPF, BPF.replace("6 0 0 0", "6 0 0 1"), "tc filter 1"),
        (U32 + " (rule hit 3 success 1)", U32 + " (rule hit 4 success 1)", "tc filter 1 hits"),
    ],
)  # fmt: skip
def test_a_difference_is_named_by_its_subject(real, model, subject):
    assert [one.subject for one in compare(real, model).differences] == [subject]


def test_a_second_listing_of_the_same_thing_is_compared_with_the_second():
    listing = "2: v: <UP> mtu 1500\n    RX: bytes packets\n    {} {}\n"
    real = listing.format(0, 0) + listing.format(84, 1)
    model = listing.format(0, 0) + listing.format(84, 2)
    expected = Difference("link v#2 RX", "bytes 84 packets 1", "bytes 84 packets 2")
    assert compare(real, model).differences == (expected,)


HEARD = """\
IP 10.0.0.1.40322 > 10.0.0.2.81: Flags [S], seq 3911429181, win 64240, options [mss 1460,TS val 11 ecr 0], length 0
IP 10.0.0.2.81 > 10.0.0.1.40322: Flags [R.], seq 0, ack 3911429182, win 0, length 0
ARP, Request who-has 10.0.0.2 tell 10.0.0.1, length 28
    10.0.0.1 > 10.0.0.2: ICMP echo request, id 29, seq 1, length 64
3 packets captured
Connection received on 10.0.0.1 40322
nc: connect to 10.0.0.2 port 81 (tcp) failed: Connection refused
"""


def test_what_tcpdump_heard_counts_in_any_order_and_without_what_the_system_chose() -> None:
    lines = HEARD.splitlines()
    other = (
        "\n".join([lines[2], lines[1], lines[0], *lines[3:]])
        .replace("40322", "51111")
        .replace("id 29", "id 7")
        .replace("391142918", "12345")
    )
    assert not compare(HEARD, other).differences


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("[R.]", "[S.]"),
        ("who-has", "is-at"),
        ("3 packets", "2 packets"),
        ("refused", "timed out"),
        ("length 0", "length 6"),
    ],
)
def test_another_frame_or_word_is_a_difference(said: str, instead: str) -> None:
    assert compare(HEARD, HEARD.replace(said, instead, 1)).differences
