"""What tunnels share (net/ipv4/ip_tunnel_core.c): the outer IP header goes on, or the inner packet comes out."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_XMIT_CN, NetDevice
from webapp.kernel.core.skbuff import CHECKSUM_NONE, SkBuff, kfree_skb_reason, skb_exceeds_mtu, skb_scrub_packet
from webapp.kernel.core.sock import IPPROTO_ICMP, InetSock
from webapp.kernel.ipv4.address import ipv4_is_lbcast, ipv4_is_loopback, ipv4_is_multicast, ipv4_is_zeronet
from webapp.kernel.ipv4.ip_output import ip_local_out
from webapp.kernel.ipv4.route import Rtable, dst_mtu, ip_mtu_locked, skb_dst_update_pmtu
from webapp.kernel.ipv6.address import IPV6_ADDR_ANY, IPV6_ADDR_LOOPBACK, IPV6_ADDR_MULTICAST, ipv6_addr_type
from webapp.kernel.ipv6.exthdrs_core import ipv6_skip_exthdr
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.wire import ethernet, icmp, icmpv6, ipv4, ipv6
from webapp.kernel.wire.checksum import checksum

IP_TUNNEL_RECURSION_LIMIT = 5
"""How deep a tunnel may be within others; beyond it the packet counts as an error of transmission."""

_IPV4_LEAST = 576
"""What every host takes (RFC 791): the length of answers, and no path is taken to be narrower."""

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
    if not skb.encapsulation:
        skb.ip_summed = CHECKSUM_NONE
    skb.encapsulation = 0
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


# --- packets that are too large for the way below -------------------------------------------------------------------


def skb_tunnel_check_pmtu(skb: SkBuff, rt: Rtable, headroom: int, reply: bool) -> bool:
    """skb_tunnel_check_pmtu: an inner packet too large for the way below lowers the path MTU of its own route.

    With ``reply`` (the tunnel is a bridge's port, so nobody before it can answer) the frame becomes the answer to its
    sender, where there may be one; True: it has.
    """
    mtu = dst_mtu(rt) - headroom
    if not skb_exceeds_mtu(skb, mtu):
        return False
    skb_dst_update_pmtu(skb, mtu)
    if not reply:
        return False
    if skb.protocol == ETH_P_IP:
        return _iptunnel_pmtud_check_icmp(skb, mtu)
    return skb.protocol == ETH_P_IPV6 and _iptunnel_pmtud_check_icmpv6(skb, mtu)


def _iptunnel_pmtud_check_icmp(skb: SkBuff, mtu: int) -> bool:
    """iptunnel_pmtud_check_icmp: no answer to fragments, errors and what did not come from or go to one host."""
    head, at = skb.head, skb.network_header
    if mtu < _IPV4_LEAST or len(head) < at + ipv4.HLEN:
        return False
    iph = ipv4.parse(head, at)
    if iph.frag_off != ipv4.IP_DF or ipv4_is_lbcast(iph.daddr) or ipv4_is_multicast(iph.daddr):
        return False
    saddr = iph.saddr
    if ipv4_is_zeronet(saddr) or ipv4_is_loopback(saddr) or ipv4_is_lbcast(saddr) or ipv4_is_multicast(saddr):
        return False
    if iph.protocol == IPPROTO_ICMP and head[skb.transport_header] in icmp.ICMP_ERRORS:
        return False
    quoted = head[at : at + _IPV4_LEAST - ipv4.HLEN - icmp.HLEN]
    message = icmp.emit(icmp.ICMP_DEST_UNREACH, icmp.ICMP_FRAG_NEEDED, mtu & 0xFFFF, quoted)
    header = ipv4.emit(iph.daddr, saddr, IPPROTO_ICMP, len(message), ttl=iph.ttl, frag_off=ipv4.IP_DF)
    _turn_round(skb, header, message)
    return True


def _iptunnel_pmtud_check_icmpv6(skb: SkBuff, mtu: int) -> bool:
    """iptunnel_pmtud_check_icmpv6: likewise, where the first fragment stands for all."""
    head, at = skb.head, skb.network_header
    if mtu < ipv6.IPV6_MIN_MTU or len(head) < at + ipv6.HLEN:
        return False
    ip6h = ipv6.parse(head, at)
    if ipv6_addr_type(ip6h.saddr) in (IPV6_ADDR_ANY, IPV6_ADDR_MULTICAST, IPV6_ADDR_LOOPBACK):
        return False
    place, proto, frag_off = ipv6_skip_exthdr(head, at + ipv6.HLEN, ip6h.nexthdr)
    if place < 0 or frag_off & ~0x7:
        return False
    if proto == icmpv6.IPPROTO_ICMPV6:
        kind = head[place] if place < len(head) else icmpv6.NDISC_REDIRECT
        if kind in icmpv6.ICMPV6_ERRORS or kind == icmpv6.NDISC_REDIRECT:
            return False
    quoted = head[at : at + ipv6.IPV6_MIN_MTU - ipv6.HLEN - icmpv6.HLEN]
    message = icmpv6.emit(icmpv6.ICMPV6_PKT_TOOBIG, 0, mtu, ip6h.daddr, ip6h.saddr, quoted)
    header = ipv6.emit(ip6h.daddr, ip6h.saddr, icmpv6.IPPROTO_ICMPV6, len(message), hop_limit=ip6h.hop_limit)
    _turn_round(skb, header, message)
    return True


def _turn_round(skb: SkBuff, header: bytes, message: bytes) -> None:
    """iptunnel_pmtud_build_icmp, iptunnel_pmtud_build_icmpv6: the frame becomes its sender's, with another packet."""
    old = ethernet.parse(skb.head, skb.mac_header)
    skb.head = ethernet.emit(old.source, old.dest, old.proto) + header + message
    skb.data = skb.mac_header = 0
    skb.network_header = ethernet.HLEN
    skb.transport_header = ethernet.HLEN + len(header)
    skb.ip_summed = CHECKSUM_NONE
