"""The answers of reject over IPv4, built from the packet that is rejected (net/ipv4/netfilter/nf_reject_ipv4.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, SkBuff, kfree_skb_reason, skb_csum_unnecessary
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.icmp import icmp_send
from webapp.kernel.ipv4.ip_output import ip_local_out, reply_mark
from webapp.kernel.ipv4.netfilter import ip_route_me_harder
from webapp.kernel.ipv4.route import RTCF_BROADCAST, RTCF_MULTICAST, Rtable, ip_route_output_key
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_ct_attach
from webapp.kernel.netfilter.nf_conntrack_proto_tcp import nf_conntrack_tcp_set_closing
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire import icmp, ipv4, tcp
from webapp.kernel.wire.checksum import checksum, pseudo_header

_IPPROTO_ICMP = 1
_IPPROTO_TCP = 6
_IPPROTO_UDP = 17
_QUOTED = 536
"""How much of the packet an answer quotes, so that it does not exceed 576 bytes."""


def nf_reject_iphdr_validate(skb: SkBuff) -> bool:
    """Whether the IPv4 header is whole and right, its own checksum excepted."""
    head, at = skb.head, skb.network_header
    if len(head) < at + ipv4.HLEN:
        return False
    header = ipv4.parse(head, at)
    length = len(head) - at
    return (
        header.vihl >> 4 == 4 and header.header_length >= ipv4.HLEN and header.header_length <= header.tot_len <= length
    )


def nf_ip_checksum(skb: SkBuff, packet: bytes, header: ipv4.Ipv4) -> bool:
    """Whether the checksum of what IPv4 carries is right; UDP without one, and other protocols, are right as well."""
    if skb.ip_summed == CHECKSUM_PARTIAL:
        return True
    payload = packet[header.header_length : header.tot_len]
    if header.protocol == _IPPROTO_ICMP:
        return not checksum(payload)
    if header.protocol == _IPPROTO_UDP and payload[6:8] == b"\0\0":
        return True
    if header.protocol in (_IPPROTO_TCP, _IPPROTO_UDP):
        return not checksum(pseudo_header(header.saddr, header.daddr, header.protocol, len(payload)) + payload)
    return True


def _reply(packet: bytes, dev: NetDevice) -> SkBuff:
    skb = SkBuff(packet, ETH_P_IP, dev)
    skb.network_header = 0
    skb.transport_header = ipv4.HLEN
    return skb


def nf_reject_skb_v4_tcp_reset(oldskb: SkBuff, dev: NetDevice, ttl: int) -> SkBuff | None:
    """A reset that answers ``oldskb``; None for fragments, resets, wrong checksums and what is no TCP."""
    if not nf_reject_iphdr_validate(oldskb):
        return None
    packet = oldskb.head[oldskb.network_header :]
    header = ipv4.parse(packet)
    reset = nf_reject_tcp_reset(oldskb, packet, header)
    if reset is None:
        return None
    outer = ipv4.emit(header.daddr, header.saddr, _IPPROTO_TCP, len(reset), ttl=ttl, frag_off=ipv4.IP_DF)
    return _reply(outer + reset, dev)


def nf_reject_tcp_reset(skb: SkBuff, packet: bytes, header: ipv4.Ipv4) -> bytes | None:
    """The segment that resets the connection of an IPv4 packet, or None where none may be sent."""
    if header.frag_off & ipv4.IP_OFFSET or header.protocol != _IPPROTO_TCP:
        return None
    if len(packet) < header.header_length + tcp.HLEN:
        return None
    oth = tcp.parse(packet, header.header_length)
    if oth.flags & tcp.RST or not nf_ip_checksum(skb, packet, header):
        return None
    if oth.flags & tcp.ACK:
        seq, ack_seq, flags = oth.ack_seq, 0, tcp.RST
    else:
        length = len(packet) - header.header_length - oth.header_length
        syn_fin = bool(oth.flags & tcp.SYN) + bool(oth.flags & tcp.FIN)
        seq, ack_seq, flags = 0, oth.seq + length + syn_fin & 0xFFFFFFFF, tcp.RST | tcp.ACK
    return tcp.emit(oth.dest, oth.source, header.daddr, header.saddr, seq=seq, ack_seq=ack_seq, flags=flags)


def nf_reject_skb_v4_unreach(oldskb: SkBuff, dev: NetDevice, code: int, ttl: int) -> SkBuff | None:
    """An ICMP unreachable that answers ``oldskb``; None for later fragments, unreachables and wrong checksums."""
    if not nf_reject_iphdr_validate(oldskb):
        return None
    packet = oldskb.head[oldskb.network_header :]
    header = ipv4.parse(packet)
    if header.frag_off & ipv4.IP_OFFSET:
        return None
    if header.protocol == _IPPROTO_ICMP and packet[header.header_length : header.header_length + 1] == b"\x03":
        return None
    quoted = packet[: min(_QUOTED, len(packet), header.tot_len)]
    if not skb_csum_unnecessary(oldskb) and not nf_ip_checksum(oldskb, packet[: header.tot_len], header):
        return None
    message = icmp.emit(icmp.ICMP_DEST_UNREACH, code, 0, quoted)
    outer = ipv4.emit(header.daddr, header.saddr, _IPPROTO_ICMP, len(message), ttl=ttl, frag_off=ipv4.IP_DF)
    return _reply(outer + message, dev)


def _fill_skb_dst(net: Net, oldskb: SkBuff) -> bool:
    """nf_reject_fill_skb_dst: before routing, the way back to the packet's sender stands for its route."""
    at = oldskb.network_header
    rt = ip_route_output_key(net, Flowi4(oldskb.head[at + 12 : at + 16]))
    if isinstance(rt, int):
        return False
    oldskb.dst = rt
    return True


@kfunc("net/ipv4/netfilter/nf_reject_ipv4.c", "nf_send_unreach")
def nf_send_unreach(net: Net, skb: SkBuff, code: int) -> None:
    packet = skb.head[skb.network_header :]
    header = ipv4.parse(packet)
    if header.frag_off & ipv4.IP_OFFSET:
        return
    if skb.dst is None and not _fill_skb_dst(net, skb):
        return
    if skb_csum_unnecessary(skb) or nf_ip_checksum(skb, packet, header):
        icmp_send(skb, icmp.ICMP_DEST_UNREACH, code, 0)


@kfunc("net/ipv4/netfilter/nf_reject_ipv4.c", "nf_send_reset")
def nf_send_reset(net: Net, skb: SkBuff) -> None:
    packet = skb.head[skb.network_header :]
    header = ipv4.parse(packet)
    reset = nf_reject_tcp_reset(skb, packet, header)
    if reset is None or (skb.dst is None and not _fill_skb_dst(net, skb)):
        return
    rt = skb.dst
    if not isinstance(rt, Rtable) or rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST):
        return
    ttl = rt.hoplimit or int(net.ipv4.sysctl_ip_default_ttl)
    outer = ipv4.emit(header.daddr, header.saddr, _IPPROTO_TCP, len(reset), ttl=ttl, frag_off=ipv4.IP_DF)
    answer = SkBuff(outer + reset, ETH_P_IP, mark=reply_mark(net, skb.mark))
    answer.network_header, answer.transport_header = 0, ipv4.HLEN
    answer.dst = rt
    if ip_route_me_harder(net, None, answer, Rtn.UNSPEC) < 0:
        kfree_skb_reason(answer, DropReason.NOT_SPECIFIED)
        return
    nf_ct_attach(answer, skb)
    if skb.nfct is not None and skb.nfct.tcp is not None:
        nf_conntrack_tcp_set_closing(skb.nfct)
    ip_local_out(net, None, answer)
