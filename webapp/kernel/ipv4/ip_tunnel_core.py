"""What tunnels share (net/ipv4/ip_tunnel_core.c): the outer IP header goes on, or the inner packet comes out."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_XMIT_CN, NetDevice
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason, skb_scrub_packet
from webapp.kernel.core.sock import InetSock
from webapp.kernel.ipv4.ip_output import ip_local_out
from webapp.kernel.ipv4.route import Rtable, dst_mtu, ip_mtu_locked, skb_dst_update_pmtu
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.wire import ipv4
from webapp.kernel.wire.checksum import checksum

IP_TUNNEL_RECURSION_LIMIT = 5
"""How deep a tunnel may be within others; beyond it the packet counts as an error of transmission."""

_ECN_MASK, _ECN_CE, _ECN_ECT_0 = 0x03, 0x03, 0x02


def iptunnel_xmit_stats(dev: NetDevice, pkt_len: int) -> None:
    """iptunnel_xmit_stats (include/net/ip_tunnels.h): bytes of the inner network layer; 0: the outer path lost it."""
    stats = dev.stats
    if pkt_len:
        stats.tx_packets += 1
        stats.tx_bytes += pkt_len
    else:
        stats.tx_dropped += 1


@kfunc("net/ipv4/ip_tunnel_core.c", "iptunnel_xmit")
def iptunnel_xmit(
    sk: InetSock,
    rt: Rtable,
    skb: SkBuff,
    saddr: bytes,
    daddr: bytes,
    proto: int,
    tos: int,
    ttl: int,
    df: int,
    xnet: bool,
) -> None:
    """Sends ``skb`` (data at the header after the outer IP one) as a packet of this host; counts on the tunnel device.

    The whole path of local output follows, with hooks of its own, inside this call.
    """
    dev = skb.dev
    net = rt.dev.net
    machine = net.machine
    limited = machine.version.tunnel_recursion_limit
    if limited and machine.xmit_recursion > IP_TUNNEL_RECURSION_LIMIT:
        dev.stats.tx_errors += 1
        kfree_skb_reason(skb, DropReason.RECURSION_LIMIT)
        return
    machine.xmit_recursion += limited
    pkt_len = len(skb.head) - skb.network_header
    skb_scrub_packet(skb, xnet)
    frag_off = 0 if ip_mtu_locked(rt) else df
    length = len(skb.head) - skb.data
    header = ipv4.emit(saddr, daddr, proto, length, ttl=ttl, tos=tos, id=net.ipv4.next_id(), frag_off=frag_off)
    skb.push_header(header)
    skb.dst = rt
    skb.network_header = 0
    skb.transport_header = len(header)
    skb.mac_header = -1
    skb.protocol = ETH_P_IP
    skb.cb = None
    code = ip_local_out(net, sk, skb)
    iptunnel_xmit_stats(dev, pkt_len if code in (0, NET_XMIT_CN) else 0)
    machine.xmit_recursion -= limited


def iptunnel_pull_header(skb: SkBuff, length: int, protocol: int, xnet: bool) -> None:
    """__iptunnel_pull_header: the outer headers, ``length`` bytes from data on, are gone; what is left is scrubbed."""
    skb.pull(length)
    skb.head = skb.head[skb.data :]
    skb.data = 0
    skb.mac_header = skb.network_header = skb.transport_header = -1
    skb.protocol = protocol
    skb.vlan_proto = skb.vlan_tci = 0
    skb_scrub_packet(skb, xnet)


# --- what the outer header has of the inner one -------------------------------------------------------------------


def ip_tunnel_get_dsfield(skb: SkBuff, protocol: int) -> int:
    """ip_tunnel_get_dsfield: the traffic class of the inner packet, 0 where it is no IP."""
    head, at = skb.head, skb.network_header
    if len(head) < at + 2:
        return 0
    if protocol == ETH_P_IP:
        return head[at + 1]
    return (head[at] << 4 | head[at + 1] >> 4) & 0xFF if protocol == ETH_P_IPV6 else 0


def ip_tunnel_get_ttl(skb: SkBuff, protocol: int) -> int:
    """ip_tunnel_get_ttl: the hop limit of the inner packet, 0 where it is no IP."""
    head, at = skb.head, skb.network_header
    offset = {ETH_P_IP: 8, ETH_P_IPV6: 7}.get(protocol)
    return 0 if offset is None or len(head) <= at + offset else head[at + offset]


def ip_tunnel_ecn_encap(tos: int, skb: SkBuff, protocol: int) -> int:
    """ip_tunnel_ecn_encap (RFC 6040): the outer header's traffic class, with the inner one's ECN bits."""
    inner = ip_tunnel_get_dsfield(skb, protocol) & _ECN_MASK
    return tos & ~_ECN_MASK | (_ECN_ECT_0 if inner == _ECN_CE else inner)


def ip_tunnel_ecn_decap(outer: int, skb: SkBuff) -> bool:
    """IP_ECN_decapsulate (RFC 6040): congestion that the outer packet met is passed on; False: it cannot, dropped."""
    if outer & _ECN_MASK != _ECN_CE or skb.protocol not in (ETH_P_IP, ETH_P_IPV6):
        return True
    inner = ip_tunnel_get_dsfield(skb, skb.protocol)
    if not inner & _ECN_MASK:
        return False
    if skb.protocol == ETH_P_IP:
        at = skb.network_header
        header = bytearray(skb.head[at : at + ((skb.head[at] & 0xF) << 2)])
        header[1] |= _ECN_CE
        header[10:12] = b"\0\0"
        header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
        skb.write(at, bytes(header))
    else:
        at = skb.network_header + 1
        skb.write(at, bytes((skb.head[at] | _ECN_CE << 4,)))
    return True


def skb_tunnel_check_pmtu(skb: SkBuff, rt: Rtable, headroom: int) -> None:
    """skb_tunnel_check_pmtu: an inner packet too large for the way below lowers the path MTU of its own route."""
    mtu = dst_mtu(rt) - headroom
    if len(skb.head) - skb.network_header > mtu:
        skb_dst_update_pmtu(skb, mtu)
