"""How probes went: the fate of what they sent first, against what the recorded cases are known to do."""

import pytest

from tests.kit import lab as case
from webapp.lab.builtin import builtin
from webapp.lab.lab import Lab
from webapp.workshop.outcomes import outcomes, summary
from webapp.workshop.questions import Outcome

PAIR = """\
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""


def of(script: str) -> tuple[Outcome, ...]:
    lab = Lab(record=True)
    lab.append(script)
    return outcomes(lab.entries)


def fate(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.fate, outcome.where, outcome.reason


@pytest.mark.parametrize(
    ("name", "fates"),
    [
        ("002-egress-nft-before-tc", [("dropped", "a/v0", "TC_EGRESS")]),
        ("010-tc-redirect-host-to-container", [("delivered", "c/vethc", "")]),
        ("020-nft-fwd-ingress-to-container", [("delivered", "c/vethc", "")]),
        ("023-nft-fwd-at-egress", [("dropped", "c/vethc", "OTHERHOST")]),
        ("025-nft-dup-ingress", [("delivered", "h/eth0", "")]),  # the copy is dropped in the container
        ("060-bridge-plain", [("delivered", "b/vb", "")]),  # so is what the bridge floods
        ("072-forward-off", [("dropped", "r/ra", "IP_INADDRERRORS"), ("delivered", "r/ra", "")]),
        ("076-defrag-by-conntrack", [("delivered", "b/v1", "")]),  # in fragments
        ("080-arp-dropped-at-egress", [("dropped", "a/v0", "NEIGH_FAILED")]),
        ("130-mirred-device-deleted", [("stolen", "h/eth0", ""), ("delivered", "h/eth0", "")]),
        ("086-lo-down", [("dropped", "a/lo", "QDISC_DROP"), ("none", "a", "")]),
    ],
)
def test_the_fate_of_a_probe_is_that_of_the_packet_that_it_sent_first(
    name: str, fates: list[tuple[str, str, str]]
) -> None:
    assert [fate(outcome) for outcome in of(case(name).read_text())] == fates


def test_a_packet_that_waits_for_a_neighbour_when_its_program_has_ended_is_lost() -> None:
    (outcome,) = of(PAIR + "ip netns exec a ping -c 1 -W 1 10.0.0.9\n")
    assert fate(outcome) == ("lost", "a/v0", "neighbour")


def test_a_request_that_nobody_answers_for_is_not_delivered_though_hosts_hear_it() -> None:
    one, other = of(
        PAIR + "ip netns exec a arping -c 1 -i v0 -w 1 10.0.0.9\nip netns exec a arping -c 1 -i v0 10.0.0.2\n"
    )
    assert fate(one) == ("lost", "b/v1", "")
    assert fate(other) == ("delivered", "b/v1", "")


def test_a_connection_is_delivered_where_the_first_segment_is_taken() -> None:
    listens, connects = of(PAIR + "ip netns exec b nc -l 80 &\nip netns exec a nc -N -w 1 10.0.0.2 80\n")
    assert (listens.fate, fate(connects)) == ("none", ("delivered", "b/v1", ""))


def test_an_outcome_counts_steps_and_hooks_and_keeps_the_program_s_last_word() -> None:
    redirect = builtin("redirect")
    assert redirect is not None
    (outcome,) = of(redirect.script)
    # tc ingress of eth0 and vethh, tc egress of both, and nft ingress in the container
    assert (outcome.hooks, outcome.code, outcome.summary) == (5, 0, "1 packets transmitted, 1 received")
    assert outcome.steps > outcome.hooks


@pytest.mark.parametrize(
    ("output", "word"),
    [
        ("", ""),
        ("1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n", "1 packets transmitted, 0 received"),
        ("3 packets transmitted, 2 packets received, 33% unanswered\n", "3 packets transmitted, 2 packets received"),
        ("ping: connect: Network is unreachable\n", "ping: connect: Network is unreachable"),
        ("nc: connect to 10.0.0.2 port 80 (tcp) failed\n\n", "nc: connect to 10.0.0.2 port 80 (tcp) failed"),
    ],
)  # fmt: skip
def test_the_last_word_is_the_statistics_or_the_last_line(output: str, word: str) -> None:
    assert summary(output) == word
