"""What br_netfilter shows ip's hooks, and what it does not show ip6's."""

import pytest

from webapp.lab.lab import Lab

SETUP = """ip netns add s
ip -n s link add br0 type bridge mcast_snooping 0
ip netns exec s sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
""" + "".join(
    f"""ip netns add h{n}
ip link add e netns h{n} address 02:00:00:00:00:0{n} type veth peer name p{n} netns s
ip -n s link set p{n} master br0 up
ip -n h{n} link set e up
ip -n h{n} addr add 10.0.0.{n}/24 dev e
ip -n h{n} addr add fd00::{n}/64 dev e nodad
"""
    for n in (1, 2)
)
COUNTER = """ip -n s link set br0 up
ip netns exec s nft add table inet f
ip netns exec s nft 'add chain inet f for {{ type filter hook forward priority 0; }}'
ip netns exec s nft add rule inet f for {} counter
ip netns exec h2 ping -c 1 {}
ip netns exec s nft list ruleset
"""


def listed(rule: str, address: str) -> str:
    return "".join(entry.transcript for entry in Lab("lab.sh").run(SETUP + COUNTER.format(rule, address)))


@pytest.mark.parametrize(("rule", "packets"), [("rt ip nexthop 10.0.0.1", 1), ("rt ip nexthop 10.0.0.9", 0)])
def test_a_bridged_packets_next_hop_is_whom_it_is_for(rule: str, packets: int) -> None:
    assert f"{rule} counter packets {packets} " in listed(rule, "10.0.0.1")


def test_a_bridged_ipv6_packet_meets_no_hook_of_ip6() -> None:
    printed = listed("icmpv6 type echo-request", "fd00::1")
    assert "1 received" in printed
    assert "counter packets 0 " in printed
