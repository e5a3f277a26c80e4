"""TCP over IPv6 as far as a host without TCP sockets has any (net/ipv6/tcp_ipv6.c): segments are refused by a reset."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import IPPROTO_TCP
from webapp.kernel.ipv6.address import ipv6_addr_is_multicast, ipv6_addr_needs_scope_id
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.icmp import icmp6_iif
from webapp.kernel.ipv6.ip6_output import ip6_make_skb, ip6_push_pending_frames, reply_mark
from webapp.kernel.ipv6.route import ip6_dst_hoplimit, ip6_dst_lookup
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, RST, SYN, emit, parse, valid


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_rcv", station="deliver", lane=Lane.IN)
def tcp_v6_rcv(skb: SkBuff) -> SkBuff | None:
    """The receiver of next header 6; data is at the TCP header."""
    head, at, nh = skb.head, skb.data, skb.network_header
    if skb.pkt_type != PACKET_HOST:
        reason = DropReason.NOT_SPECIFIED
    elif len(head) - at < HLEN or not HLEN <= (head[at + 12] >> 4) * 4 <= len(head) - at:
        reason = DropReason.PKT_TOO_SMALL
    elif not valid(head[at:], head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]):
        reason = DropReason.TCP_CSUM
    else:
        reason = DropReason.NO_SOCKET
        tcp_v6_send_reset(skb)
    kfree_skb_reason(skb, reason)
    return None


@kfunc("net/ipv6/tcp_ipv6.c", "tcp_v6_send_reset", station="socket send", lane=Lane.OUT)
def tcp_v6_send_reset(skb_in: SkBuff) -> None:
    """Answers a segment with RST (RFC 9293 3.5.2), unless it is one itself."""
    head, at, nh = skb_in.head, skb_in.data, skb_in.network_header
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    segment = parse(head, at)
    if segment.flags & RST or ipv6_addr_is_multicast(daddr):
        return
    net = skb_in.dev.net
    if segment.flags & ACK:
        seq, ack_seq, flags = segment.ack_seq, 0, RST
    else:
        taken = bool(segment.flags & SYN) + bool(segment.flags & FIN) + len(head) - at - segment.header_length
        seq, ack_seq, flags = 0, segment.seq + taken & 0xFFFFFFFF, RST | ACK
    mark = reply_mark(net, skb_in.mark)
    oif = icmp6_iif(skb_in) if ipv6_addr_needs_scope_id(saddr) else 0
    flow = Flowi6(saddr, daddr, oif=oif, mark=mark, proto=IPPROTO_TCP)
    flow.sport, flow.dport = segment.dest, segment.source
    sk = net.ipv6.tcp_sk
    rt = ip6_dst_lookup(net, sk, flow)
    if isinstance(rt, int):
        return
    reset = emit(segment.dest, segment.source, daddr, saddr, seq=seq, ack_seq=ack_seq, flags=flags)
    skb = ip6_make_skb(sk, flow, rt, reset, ip6_dst_hoplimit(rt), 0, mark)
    if isinstance(skb, SkBuff):
        ip6_push_pending_frames(sk, skb)
