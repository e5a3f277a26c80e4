"""nft monitor trace in a lab: on the terminal, and in the walk."""

from __future__ import annotations

import re

import pytest

from webapp.kernel.trace import ChainRun, RuleRun, Traced
from webapp.lab.lab import Lab
from webapp.lab.tree import Detail, lines

PAIR = """\
ip netns add a
ip netns add b
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
ip netns exec b nft -f - <<'X'
table inet t {
	chain i { type filter hook input priority 0; icmp type echo-request meta nftrace set 1; counter; }
}
X
"""
PING = "ip netns exec a ping -c 1 -W 0.1 10.0.0.2 >/dev/null\n"
MONITOR = "ip netns exec b nft monitor trace &\n"
PACKET = (
    'inet t i packet: iif "v1" ether saddr 02:00:00:00:00:01 ether daddr 02:00:00:00:00:02 ip saddr 10.0.0.1 ip daddr '
    "10.0.0.2 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 1 ip protocol icmp ip length 84 icmp type echo-request icmp "
    "code net-unreachable icmp id 1 icmp sequence 1 @th,64,96 0x"
)
TOLD = [
    PACKET,
    "inet t i rule icmp type echo-request meta nftrace set 1 (verdict continue)",
    "inet t i rule counter packets 0 bytes 0 (verdict continue)",
    "inet t i policy accept ",
]


def printed(script: str, kernel: str = "6.18") -> list[str]:
    """The lines that a lab prints, without ids and the time that ping sends."""
    text = "".join(entry.output for entry in Lab(kernel=kernel).append(PAIR + script))
    return re.sub(r"(@th,64,96 0x)\w+ ", r"\1", re.sub(r"trace id \w{8} ", "", text)).splitlines()


def test_a_monitor_in_the_background_prints_until_it_is_killed() -> None:
    assert printed(MONITOR + PING + "sleep 1\nkill %1\n" + PING) == TOLD


def test_its_time_may_be_limited() -> None:
    assert printed("timeout 1 " + MONITOR + PING + "sleep 2\n" + PING) == TOLD


def test_it_hears_its_own_namespace_only() -> None:
    assert printed("timeout 1 ip netns exec a nft monitor trace &\n" + PING + "wait\n") == []


@pytest.mark.parametrize(
    "monitor", ["monitor trace xml", "monitor trace json", "monitor trace vm json", "-c monitor trace"]
)
def test_formats_and_check_change_nothing(monitor: str) -> None:
    assert printed(f"timeout 1 ip netns exec b nft {monitor} &\n" + PING + "wait\n") == TOLD


@pytest.mark.parametrize("event", ["new", "destroy"])
def test_traces_are_neither_new_nor_destroyed(event: str) -> None:
    assert printed(f"timeout 1 ip netns exec b nft monitor {event} trace &\n" + PING + "wait\n") == []


def test_before_6_7_the_end_of_the_chain_is_told() -> None:
    assert printed("timeout 1 " + MONITOR + PING + "wait\n", "6.1") == [
        *TOLD[:3],
        "inet t i verdict continue ",
        TOLD[3],
    ]


def test_rules_that_came_later_are_unknown_and_those_that_went_are_told_of_no_more() -> None:
    change = "ip netns exec b nft 'add rule inet t i accept; delete rule inet t i handle 3'\n"
    rest = ["inet t i unknown rule handle 4 (verdict accept)"]
    assert printed("timeout 1 " + MONITOR + change + PING + "wait\n") == [*TOLD[:2], *rest]


def test_handles_are_told_if_they_are_asked_for() -> None:
    told = printed("timeout 1 ip netns exec b nft -a monitor trace &\n" + PING + "wait\n")
    assert told[2] == "inet t i rule counter packets 0 bytes 0 # handle 3 (verdict continue)"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("monitor often trace", "invalid event often"),
        ("monitor", "monitor is supported here for trace only"),
        ("monitor new rules json", "monitor is supported here for trace only"),
        ("monitor trace foo", "syntax error, unexpected string, expecting end of file or newline or semicolon"),
    ],
)
def test_what_is_not_modelled_is_refused(command: str, error: str) -> None:
    (entry,) = Lab().append(f"nft {command}")
    assert (entry.code, entry.output.splitlines()[0]) == (1, f"Error: {error}")


def test_what_stands_beside_monitor_is_never_sent() -> None:
    lab = Lab()
    lab.append("timeout 1 nft 'add table t; monitor trace; add table u'")
    assert lab.append("nft list tables")[0].output == ""


def test_the_walk_has_the_lines_at_the_hook_behind_what_they_are_about() -> None:
    lab = Lab(record=True)
    lab.append(PAIR)
    (entry,) = lab.append(PING)
    assert entry.probe is not None
    walk = entry.probe.walk
    (hook,) = (step for step in walk.steps if any(isinstance(note, Traced) for note in step.notes))
    assert (hook.netns, hook.station) == ("b", "input")
    assert [type(note) for note in hook.notes] == [RuleRun, Traced, Traced, RuleRun, Traced, Traced, ChainRun]
    told = [note.line.split(" ", 3)[3] for note in hook.notes if isinstance(note, Traced)]
    assert [line.startswith(start) for line, start in zip(told, TOLD, strict=True)] == [True] * 4
    tree = [line.strip() for line in lines(walk, Detail.HOOKS)]
    assert sum(line.startswith("| trace id ") for line in tree) == 4


def test_the_walk_has_the_same_lines_whatever_ran_before() -> None:
    walks = []
    for _ in range(2):
        lab = Lab(record=True)
        lab.append(PAIR)
        walks.append(lab.append(PING)[0].probe)
    assert walks[0] is not None
    assert walks[1] is not None
    assert walks[0].walk == walks[1].walk


def test_in_the_walk_a_changed_ruleset_is_told_as_it_is() -> None:
    lab = Lab(record=True)
    lab.append(PAIR + PING + "ip netns exec b nft add rule inet t i drop\n")
    probe = lab.append(PING)[0].probe
    assert probe is not None
    told = [note.line for step in probe.walk.steps for note in step.notes if isinstance(note, Traced)]
    assert told[-1].endswith("inet t i rule drop (verdict drop)")
    assert told[-2].endswith("rule counter packets 1 bytes 84 (verdict continue)")
