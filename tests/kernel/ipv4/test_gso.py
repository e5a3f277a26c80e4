"""Packets that stand for several segments; and where the model's are not those of Linux (docs/known-differences.md)."""

from webapp.kernel.core.skbuff import Gso, SkBuff
from webapp.kernel.ipv4.tcp_offload import skb_gso_segment
from webapp.kernel.wire import ipv4, tcp
from webapp.lab.lab import Lab

SADDR, DADDR = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
LINE = "x" * 99 + "\n"
PAIR = """
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
"""
OVER_IPV4 = """
ip -n a addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""
COUNT = """
ip netns exec b nft add table inet t
ip netns exec b nft add chain inet t i '{ type filter hook input priority 0; }'
ip netns exec b nft add rule inet t i tcp dport 5000 counter
ip netns exec b nft add rule inet t i tcp dport 5000 meta length \\> 1500 counter
ip netns exec b nft add rule inet t i ip6 length 7172 counter
"""


def output(script: str) -> str:
    return "".join(entry.transcript for entry in Lab("gso").run(script))


def transfer(address: str, hundreds: int, listen: str = "") -> str:
    return (
        f"ip netns exec b nc {listen} -l -n 5000 > /dev/null &\nsleep 0.2\n"
        f"ip netns exec a nc -n -N {address} 5000 <<EOF\n{LINE * hundreds}EOF\nsleep 0.5\n"
    )


def test_segments_are_cut_with_their_own_numbers_and_only_the_last_ends_the_data() -> None:
    payload = bytes(range(250)) * 10
    segment = tcp.emit(1, 2, SADDR, DADDR, seq=100, ack_seq=7, flags=tcp.ACK | tcp.PSH | tcp.FIN, data=payload)
    skb = SkBuff(ipv4.emit(SADDR, DADDR, tcp.IPPROTO_TCP, len(segment), id=5) + segment)
    skb.network_header, skb.transport_header = 0, 20
    skb.gso = Gso(1000, 3, len(payload))
    cut = skb_gso_segment(skb)
    headers = [ipv4.parse(one.head) for one in cut]
    parsed = [tcp.parse(one.head, 20) for one in cut]
    assert [header.tot_len for header in headers] == [1040, 1040, 540]
    assert [header.id for header in headers] == [5, 6, 7]
    assert [header.seq for header in parsed] == [100, 1100, 2100]
    assert [header.flags for header in parsed] == [tcp.ACK, tcp.ACK, tcp.ACK | tcp.PSH | tcp.FIN]
    assert all(tcp.valid(one.head[20:], SADDR, DADDR) for one in cut)
    assert b"".join(one.head[40:] for one in cut) == payload
    assert all(one.gso is None for one in cut)


def test_a_tunnels_receiver_does_not_put_segments_together_again() -> None:
    """Linux counts 7 packets: gro_cells joins the five segments that the narrow way had made of the first one."""
    tunnel = """
ip -n a link add x0 type vxlan id 5 local 10.0.0.1 remote 10.0.0.2 dstport 4789
ip -n b link add x1 type vxlan id 5 local 10.0.0.2 remote 10.0.0.1 dstport 4789
ip -n a link set x0 up
ip -n b link set x1 up
ip -n a addr add 192.168.0.1/24 dev x0
ip -n b addr add 192.168.0.2/24 dev x1
"""
    shown = output(
        PAIR + OVER_IPV4 + tunnel + COUNT + transfer("192.168.0.2", 300) + "ip netns exec b nft list ruleset"
    )
    assert "tcp dport 5000 counter packets 13 bytes 30684" in shown


def test_over_ipv6_all_that_a_narrow_way_lost_goes_again_at_once() -> None:
    """Linux sends the second lost packet again when the first has been acknowledged, and then whole: it counts two."""
    router = """
ip netns add r
ip link add va netns a type veth peer name ra netns r
ip link add vb netns b type veth peer name rb netns r
ip -n a link set va up
ip -n b link set vb up
ip -n r link set ra up
ip -n r link set rb up
ip -n r link set rb mtu 1400
ip netns exec r sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n a addr add fd00:a::2/64 dev va nodad
ip -n r addr add fd00:a::1/64 dev ra nodad
ip -n r addr add fd00:b::1/64 dev rb nodad
ip -n b addr add fd00:b::2/64 dev vb nodad
ip -n a route add default via fd00:a::1
ip -n b route add default via fd00:b::1
sleep 3
ip netns exec a ping -c 1 -q fd00:b::2 > /dev/null
"""
    shown = output(PAIR + router + COUNT + transfer("fd00:b::2", 200, "-6") + "ip netns exec b nft list ruleset")
    assert "ip6 length 7172 counter packets 1 bytes 7212" in shown


def test_a_long_transfer_takes_no_time() -> None:
    """Linux cuts what is more than some 60 kB differently each time, as acknowledgements come."""
    script = PAIR + OVER_IPV4 + COUNT + transfer("10.0.0.2", 900) + "ip netns exec b nft list ruleset"
    assert output(script) == output(script)
    assert "meta length > 1500 counter packets 8 bytes 89960" in output(script)
