"""Chains on the way of real packets: sent on, copied, refused, routed again."""

from __future__ import annotations

import pytest

from tests.kernel.netfilter.packets import NETDEV
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.sock import IPPROTO_ICMP, SOCK_RAW
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.af_inet import inet_create
from webapp.kernel.ipv4.raw import raw_sendmsg
from webapp.kernel.netfilter.nf_tables_dump import nf_tables_getrule
from webapp.kernel.netfilter.nfnetlink import nfnetlink_rcv_batch
from webapp.kernel.uapi import nf_tables as nft
from webapp.kernel.uapi.netfilter import (
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NFPROTO_IPV4,
)
from webapp.kernel.wire import icmp
from webapp.lab.lab import Lab

PAIR = """
ip netns add a
ip netns exec a sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip netns add b
ip netns exec b sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n b link set v1 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev v1
"""
THIRD = """
ip netns add c
ip netns exec c sysctl -qw net.ipv6.conf.all.disable_ipv6=1
ip link add w0 netns b address 02:00:00:00:00:03 type veth peer name w1 netns c address 02:00:00:00:00:04
ip -n b link set w0 up
ip -n c link set w1 up
"""
UDP = 'ip netns exec a mausezahn v0 -q -c 1 -b 02:00:00:00:00:02 -A 10.0.0.1 -B 10.0.0.2 -t udp "sp=1,dp=9"'
COUNTER = nft.Counter()
ACCEPT = nft.Immediate(0, nft.Verdict(1))


@pytest.fixture
def lab() -> Lab:
    made = Lab("test")
    run(made, PAIR)
    return made


def run(lab: Lab, script: str) -> str:
    return "".join(entry.output for entry in list(lab.append(script)))


def net(lab: Lab, name: str) -> Net:
    return lab.machine.namespaces[name]


def device(where: Net, name: str) -> nft.Immediate:
    return nft.Immediate(1, where.devices[name].ifindex.to_bytes(4, "little"))


def chain(where: Net, name: str, hook: int, dev: str, *rules: tuple[nft.Expr, ...]) -> None:
    base = nft.NewChain(NETDEV, "t", name, nft.Hook(hook, 0, (dev,)), 1)
    nfnetlink_rcv_batch(where, [nft.NewTable(NETDEV, "t"), base, *(nft.NewRule(NETDEV, "t", name, r) for r in rules)])


def ip_chain(where: Net, name: str, hook: int, *rules: tuple[nft.Expr, ...], type_: str = "filter") -> None:
    base = nft.NewChain(NFPROTO_IPV4, "f", name, nft.Hook(hook, 0), 1, type_)
    messages = [nft.NewTable(NFPROTO_IPV4, "f"), base, *(nft.NewRule(NFPROTO_IPV4, "f", name, r) for r in rules)]
    nfnetlink_rcv_batch(where, messages)


def packets(where: Net, name: str) -> list[int]:
    rules = nf_tables_getrule(where, chain=name)
    return [expr.packets for rule in rules for expr in rule.expressions if isinstance(expr, nft.Counter)]


def test_fwd_at_ingress_meets_the_egress_hook_of_its_target_and_nothing_above(lab):
    run(lab, THIRD)
    b, c = net(lab, "b"), net(lab, "c")
    chain(b, "i", NF_NETDEV_INGRESS, "v1", (COUNTER, device(b, "w0"), nft.Fwd(1)), (COUNTER,))
    chain(b, "e", NF_NETDEV_EGRESS, "w0", (COUNTER,))
    ip_chain(b, "in", NF_INET_LOCAL_IN, (COUNTER,))
    chain(c, "i", NF_NETDEV_INGRESS, "w1", (COUNTER,))
    run(lab, UDP)
    assert (packets(b, "i"), packets(b, "e"), packets(b, "in"), packets(c, "i")) == ([1, 0], [1], [0], [1])


def test_fwd_to_its_own_device_ends_at_the_recursion_limit(lab):
    a, b = net(lab, "a"), net(lab, "b")
    chain(a, "e", NF_NETDEV_EGRESS, "v0", (COUNTER, device(a, "v0"), nft.Fwd(1)))
    chain(b, "i", NF_NETDEV_INGRESS, "v1", (COUNTER,))
    run(lab, UDP)
    assert (packets(a, "e"), packets(b, "i")) == ([4], [0])


def test_dup_to_its_own_device_gives_four_frames(lab):
    a, b = net(lab, "a"), net(lab, "b")
    chain(a, "e", NF_NETDEV_EGRESS, "v0", (COUNTER, device(a, "v0"), nft.Dup(sreg_dev=1)))
    chain(b, "i", NF_NETDEV_INGRESS, "v1", (COUNTER,))
    run(lab, UDP)
    assert packets(b, "i") == [4]


def test_fwd_to_a_neighbour_takes_one_off_the_ttl_and_asks_for_the_address(lab):
    run(lab, THIRD + "ip -n c addr add 10.9.0.2/24 dev w1\nip -n b addr add 10.9.0.1/24 dev w0\n")
    b, c = net(lab, "b"), net(lab, "c")
    address = nft.Immediate(2, bytes((10, 9, 0, 2)))
    chain(b, "i", NF_NETDEV_INGRESS, "v1", (device(b, "w0"), address, nft.Fwd(1, 2, NFPROTO_IPV4)))
    ttl = nft.Payload(1, nft.NFT_PAYLOAD_NETWORK_HEADER, 8, 1)
    is_ip = (nft.Meta(nft.NFT_META_PROTOCOL, 1), nft.Cmp(1, nft.NFT_CMP_EQ, b"\x08\0"))
    chain(c, "i", NF_NETDEV_INGRESS, "w1", (*is_ip, ttl, nft.Cmp(1, nft.NFT_CMP_EQ, b"\x3f"), COUNTER))
    run(lab, "ip netns exec a ping -c 1 -t 64 -W 1 10.0.0.2")
    assert packets(c, "i") == [1]


def test_reject_at_netdev_ingress_answers_past_output_and_through_egress(lab):
    b = net(lab, "b")
    is_ip = (nft.Meta(nft.NFT_META_PROTOCOL, 1), nft.Cmp(1, nft.NFT_CMP_EQ, b"\x08\0"))
    chain(b, "i", NF_NETDEV_INGRESS, "v1", (*is_ip, COUNTER, nft.Reject(nft.NFT_REJECT_ICMP_UNREACH, 13)))
    chain(b, "e", NF_NETDEV_EGRESS, "v1", (COUNTER,))
    ip_chain(b, "out", NF_INET_LOCAL_OUT, (COUNTER,))
    output = run(lab, "ip netns exec a ping -c 1 -W 1 10.0.0.2")
    assert "From 10.0.0.2 icmp_seq=1 Packet filtered" in output
    assert (packets(b, "i"), packets(b, "e"), packets(b, "out")) == ([1], [1], [0])


def test_reject_at_input_answers_through_output(lab):
    b = net(lab, "b")
    ip_chain(b, "in", NF_INET_LOCAL_IN, (COUNTER, nft.Reject(nft.NFT_REJECT_ICMP_UNREACH, 3)))
    ip_chain(b, "out", NF_INET_LOCAL_OUT, (COUNTER,))
    output = run(lab, "ip netns exec a ping -c 1 -W 1 10.0.0.2")
    assert "From 10.0.0.2 icmp_seq=1 Destination Port Unreachable" in output
    assert packets(b, "out") == [1]


def test_a_drop_at_output_is_the_senders_eperm_and_one_at_egress_is_not(lab):
    a = net(lab, "a")
    drop = (nft.Immediate(0, nft.Verdict(0)),)
    ip_chain(a, "out", NF_INET_LOCAL_OUT, drop)
    sk = inet_create(a, SOCK_RAW, IPPROTO_ICMP)
    sk.recverr = True
    echo = icmp.emit(icmp.ICMP_ECHO, 0, 1), bytes((10, 0, 0, 2))
    assert raw_sendmsg(sk, *echo) == -Errno.EPERM
    nfnetlink_rcv_batch(a, [nft.DelTable(0)])
    chain(a, "e", NF_NETDEV_EGRESS, "v0", drop)
    assert raw_sendmsg(sk, *echo) == -Errno.ENOBUFS


def test_a_route_chain_that_marks_a_packet_has_it_routed_again(lab):
    run(
        lab,
        "ip netns add d\n"
        "ip netns exec d sysctl -qw net.ipv6.conf.all.disable_ipv6=1\n"
        "ip link add x0 netns a address 02:00:00:00:00:05 type veth peer name x1 netns d address 02:00:00:00:00:06\n"
        "ip -n a link set x0 up\nip -n d link set x1 up\n"
        "ip -n a rule add fwmark 7 table 9\nip -n a route add 10.0.0.2 dev x0 table 9\n"
        "ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:06 dev x0\n",
    )
    a, d = net(lab, "a"), net(lab, "d")
    chain(d, "i", NF_NETDEV_INGRESS, "x1", (COUNTER,))
    mark = (nft.Immediate(1, b"\7\0\0\0"), nft.MetaSet(nft.NFT_META_MARK, 1))
    ip_chain(a, "out", NF_INET_LOCAL_OUT, mark, type_="route")
    run(lab, "ip netns exec a ping -c 1 -W 1 10.0.0.2")
    assert packets(d, "i") == [1]


def test_a_namespace_that_ends_takes_its_hooks_along(lab):
    chain(net(lab, "b"), "i", NF_NETDEV_INGRESS, "v1", (COUNTER,))
    keys = lab.machine.keys
    assert keys.ingress_needed_key == 1
    run(lab, "ip netns del b")
    assert keys.ingress_needed_key == 0
