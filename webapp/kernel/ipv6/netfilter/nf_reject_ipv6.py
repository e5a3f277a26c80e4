"""The answers of reject over IPv6, built from the packet that is rejected (net/ipv6/netfilter/nf_reject_ipv6.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, SkBuff, skb_csum_unnecessary
from webapp.kernel.core.sock import IPPROTO_ICMPV6, IPPROTO_TCP, IPPROTO_UDP
from webapp.kernel.ipv6.address import IPV6_ADDR_UNICAST, ipv6_addr_type
from webapp.kernel.ipv6.exthdrs_core import ipv6_skip_exthdr
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.icmp import icmpv6_send
from webapp.kernel.ipv6.ip6_output import ip6_local_out, reply_mark
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm
from webapp.kernel.ipv6.route import ip6_dst_hoplimit, ip6_route_output
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_ct_attach
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT
from webapp.kernel.wire import icmpv6, ipv6, tcp
from webapp.kernel.wire.checksum import checksum, pseudo_header

_QUOTED = 1220
"""How much of the packet an answer quotes, so that it does not exceed 1280 bytes."""


def nf_reject_ip6hdr_validate(skb: SkBuff) -> bool:
    """nf_reject_ip6hdr_validate: whether the IPv6 header is whole and right."""
    head, at = skb.head, skb.network_header
    if len(head) < at + ipv6.HLEN or head[at] >> 4 != 6:
        return False
    return (head[at + 4] << 8 | head[at + 5]) + ipv6.HLEN <= len(head) - at


def _transport(packet: bytes) -> tuple[int, int]:
    """Place and type of the upper-layer header; place -1 where there is none, or in later fragments."""
    at, proto, frag_off = ipv6_skip_exthdr(packet, ipv6.HLEN, packet[6])
    return (-1, proto) if at < 0 or at >= len(packet) or frag_off & ~7 else (at, proto)


def reject6_csum_ok(skb: SkBuff, packet: bytes) -> bool:
    """reject6_csum_ok: whether the checksum of what IPv6 carries is right; other protocols are right as well."""
    return skb_csum_unnecessary(skb) or _checksum_right(packet)


def _checksum_right(packet: bytes) -> bool:
    at, proto = _transport(packet)
    if at < 0:
        return False
    payload = packet[at:]
    if proto not in (IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6) or (proto == IPPROTO_UDP and payload[6:8] == b"\0\0"):
        return True
    return not checksum(pseudo_header(packet[8:24], packet[24:40], proto, len(payload)) + payload)


def _packet(skb: SkBuff) -> bytes:
    """The packet from its IPv6 header to the end that the header says."""
    nh = skb.network_header
    return skb.head[nh : nh + ipv6.HLEN + (skb.head[nh + 4] << 8 | skb.head[nh + 5])]


def _reply(packet: bytes, dev: NetDevice | None, mark: int = 0) -> SkBuff:
    skb = SkBuff(packet, ETH_P_IPV6, dev, mark)
    skb.network_header = 0
    skb.transport_header = ipv6.HLEN
    return skb


def nf_reject_ip6_tcp_reset(skb: SkBuff, packet: bytes) -> bytes | None:
    """The segment that resets the connection of an IPv6 packet, or None where none may be sent."""
    at, proto = _transport(packet)
    if at < 0 or proto != IPPROTO_TCP or len(packet) < at + tcp.HLEN:
        return None
    oth = tcp.parse(packet, at)
    if oth.flags & tcp.RST or not (skb.ip_summed == CHECKSUM_PARTIAL or _checksum_right(packet)):
        return None
    if oth.flags & tcp.ACK:
        seq, ack_seq, flags = oth.ack_seq, 0, tcp.RST
    else:
        length = len(packet) - at - oth.header_length
        syn_fin = bool(oth.flags & tcp.SYN) + bool(oth.flags & tcp.FIN)
        seq, ack_seq, flags = 0, oth.seq + length + syn_fin & 0xFFFFFFFF, tcp.RST | tcp.ACK
    return tcp.emit(oth.dest, oth.source, packet[24:40], packet[8:24], seq=seq, ack_seq=ack_seq, flags=flags)


def nf_reject_skb_v6_tcp_reset(oldskb: SkBuff, dev: NetDevice, hop_limit: int) -> SkBuff | None:
    """nf_reject_skb_v6_tcp_reset: a reset that answers ``oldskb``; None where none may be sent."""
    if not nf_reject_ip6hdr_validate(oldskb):
        return None
    packet = _packet(oldskb)
    reset = nf_reject_ip6_tcp_reset(oldskb, packet)
    if reset is None:
        return None
    outer = ipv6.emit(packet[24:40], packet[8:24], IPPROTO_TCP, len(reset), hop_limit=hop_limit)
    return _reply(outer + reset, dev)


def nf_reject_skb_v6_unreach(oldskb: SkBuff, dev: NetDevice, code: int, hop_limit: int) -> SkBuff | None:
    """nf_reject_skb_v6_unreach: an ICMPv6 unreachable that answers ``oldskb``.

    None for unreachables, later fragments and wrong checksums.
    """
    if not nf_reject_ip6hdr_validate(oldskb):
        return None
    packet = _packet(oldskb)
    at, proto = _transport(packet)
    if proto == IPPROTO_ICMPV6 and at >= 0 and packet[at] == icmpv6.ICMPV6_DEST_UNREACH:
        return None
    if not reject6_csum_ok(oldskb, packet):
        return None
    saddr, daddr = packet[24:40], packet[8:24]
    message = icmpv6.emit(icmpv6.ICMPV6_DEST_UNREACH, code, 0, saddr, daddr, packet[:_QUOTED])
    outer = ipv6.emit(saddr, daddr, IPPROTO_ICMPV6, len(message), hop_limit=hop_limit)
    return _reply(outer + message, dev)


@kfunc("net/ipv6/netfilter/nf_reject_ipv6.c", "nf_send_unreach6")
def nf_send_unreach6(net: Net, skb: SkBuff, code: int, hook: int) -> None:
    """Tells the sender of a packet by way of routing and OUTPUT."""
    if not reject6_csum_ok(skb, _packet(skb)):
        return
    if hook == NF_INET_LOCAL_OUT and not isinstance(skb.cb, Inet6SkbParm):
        # what a socket sends has come from no device
        skb.dev = net.loopback
    icmpv6_send(skb, icmpv6.ICMPV6_DEST_UNREACH, code, 0)


@kfunc("net/ipv6/netfilter/nf_reject_ipv6.c", "nf_send_reset6")
def nf_send_reset6(net: Net, skb: SkBuff) -> None:
    """Resets the connection of a packet by way of routing and OUTPUT."""
    packet = _packet(skb)
    saddr, daddr = packet[24:40], packet[8:24]
    if not ipv6_addr_type(saddr) & ipv6_addr_type(daddr) & IPV6_ADDR_UNICAST:
        return
    reset = nf_reject_ip6_tcp_reset(skb, packet)
    if reset is None:
        return
    mark = reply_mark(net, skb.mark)
    flow = Flowi6(daddr, saddr, mark=mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = int.from_bytes(reset[:2], "big"), int.from_bytes(reset[2:4], "big")
    rt = ip6_route_output(net, None, flow)
    if rt.error:
        return
    outer = ipv6.emit(saddr, daddr, IPPROTO_TCP, len(reset), hop_limit=ip6_dst_hoplimit(rt))
    answer = _reply(outer + reset, None, mark)
    answer.dst = rt
    nf_ct_attach(answer, skb)
    ip6_local_out(net, None, answer)
