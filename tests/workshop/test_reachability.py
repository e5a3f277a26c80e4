"""Reachability is what a ping at the end of the lab says."""

import pytest

from tests.kit import lab as case
from webapp.kernel.version import DEFAULT_VERSION
from webapp.lab.builtin import BUILTINS
from webapp.lab.lab import Lab
from webapp.workshop.questions import Reach
from webapp.workshop.reachability import NO_CABLE, Answer, reachability

SCRIPTS = [builtin.script for builtin in BUILTINS if builtin.slug != "afpacket"] + [
    case(name).read_text()
    for name in ("072-forward-off", "106-stateful-firewall", "061-bridge-local-delivery", "146-arp-proxy")
]


def ask(script: str) -> Answer:
    return reachability(script, DEFAULT_VERSION)


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_pair_is_as_a_ping_at_the_end_of_the_lab_finds_it(script: str) -> None:
    answer = ask(script)
    assert answer.left_out == 0
    assert answer.pairs
    for pair in answer.pairs:
        lab = Lab()
        lab.append(script)
        inside = f"ip netns exec {pair.source} " if pair.source else ""
        (entry,) = lab.append(f"{inside}ping -c 1 -W 1 {pair.address}\n")
        assert (entry.code == 0) == pair.reached, pair
        assert pair.reached or pair.reason, pair


def test_where_a_packet_or_its_answer_ended_is_said() -> None:
    pairs = {(pair.source, pair.target): pair for pair in ask(case("072-forward-off").read_text()).pairs}
    assert len(pairs) == 6
    assert pairs["a", "b"] == Reach("a", "b", "10.2.0.1", False, "r/ra", "IP_INADDRERRORS")
    assert pairs["a", "r"] == Reach("a", "r", "10.1.0.254", True, "", "")  # the nearer of its addresses
    assert pairs["b", "r"].address == "10.2.0.254"


ONE_WAY = """\
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip netns exec b nft add table ip t
ip netns exec b nft add chain ip t o '{ type filter hook output priority 0; }'
ip netns exec b nft add rule ip t o icmp type echo-reply drop
"""


def test_an_answer_that_is_dropped_is_followed_to_its_end() -> None:
    there, back = ask(ONE_WAY).pairs
    assert there == Reach("a", "b", "10.0.0.2", False, "b/v1", "NETFILTER_DROP")
    assert back.reached


def test_a_ping_finds_the_lab_as_the_script_left_it_whatever_was_asked_before() -> None:
    """Only the first packet may pass: each of two pings alone is the first."""
    limited = ONE_WAY.replace("icmp type echo-reply drop", "quota over 100 bytes drop")
    assert all(pair.reached for pair in ask(limited).pairs)


def test_where_no_cable_leads_nothing_is_sent() -> None:
    script = ONE_WAY + "ip netns add c\nip -n c link add d0 type dummy\nip -n c addr add 10.9.0.1/24 dev d0\n"
    pairs = {(pair.source, pair.target): pair for pair in ask(script).pairs}
    assert pairs["a", "c"] == Reach("a", "c", "10.9.0.1", False, "", NO_CABLE)
    assert pairs["c", "b"].reason == NO_CABLE
    assert not pairs["a", "b"].reached
    assert pairs["b", "a"].reached


def test_of_a_large_lab_some_pairs_are_asked_and_every_namespace_is_asked_about(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("webapp.workshop.reachability.MOST_PINGS", 20)
    monkeypatch.setattr("webapp.workshop.reachability.BUILT_ANEW", 0)  # on one machine
    lines = ["ip netns add hub", "ip -n hub link add br0 type bridge", "ip -n hub link set br0 up"]
    for number in range(1, 9):
        lines += [
            f"ip netns add n{number}",
            f"ip netns exec n{number} sysctl -qw net.ipv6.conf.all.disable_ipv6=1",
            f"ip link add eth0 netns n{number} type veth peer name p{number} netns hub",
            f"ip -n n{number} link set eth0 up",
            f"ip -n hub link set p{number} master br0 up",
            f"ip -n n{number} addr add 10.0.0.{number}/24 dev eth0",
        ]
    answer = ask("\n".join(lines) + "\n")
    pairs = 8 * 7 + 8  # hub has no address, but reaches for the others'
    assert (len(answer.pairs), answer.left_out) == (20, pairs - 20)
    names = {f"n{number}" for number in range(1, 9)}
    assert {pair.source for pair in answer.pairs} >= names
    assert {pair.target for pair in answer.pairs} == names
    assert all(pair.reached == (pair.source != "hub") for pair in answer.pairs)
