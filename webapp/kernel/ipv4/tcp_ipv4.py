"""TCP as far as a host without TCP sockets has any (net/ipv4/tcp_ipv4.c): every segment is refused with a reset."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import IPPROTO_TCP
from webapp.kernel.ipv4.fib_frontend import fib_compute_spec_dst
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.ip_output import ip_make_skb, ip_push_pending_frames, reply_mark
from webapp.kernel.ipv4.route import Rtable, ip_route_output_key
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, RST, SYN, emit, parse, valid


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_rcv", station="deliver", lane=Lane.IN)
def tcp_v4_rcv(skb: SkBuff) -> int:
    """The receiver of protocol 6; data is at the TCP header."""
    head, at, nh = skb.head, skb.data, skb.network_header
    if skb.pkt_type != PACKET_HOST:
        reason = DropReason.NOT_SPECIFIED
    elif len(head) - at < HLEN or not HLEN <= (head[at + 12] >> 4) * 4 <= len(head) - at:
        reason = DropReason.PKT_TOO_SMALL
    elif not valid(head[at:], head[nh + 12 : nh + 16], head[nh + 16 : nh + 20]):
        reason = DropReason.TCP_CSUM
    else:
        reason = DropReason.NO_SOCKET
        tcp_v4_send_reset(skb)
    kfree_skb_reason(skb, reason)
    return 0


@kfunc("net/ipv4/tcp_ipv4.c", "tcp_v4_send_reset", station="socket send", lane=Lane.OUT)
def tcp_v4_send_reset(skb_in: SkBuff) -> None:
    """Answers a segment with RST (RFC 9293 3.5.2), unless it is one itself."""
    head, at, nh = skb_in.head, skb_in.transport_header, skb_in.network_header
    segment = parse(head, at)
    rt = skb_in.dst
    if segment.flags & RST or not isinstance(rt, Rtable) or rt.type != Rtn.LOCAL:
        return
    net = skb_in.dev.net
    if segment.flags & ACK:
        seq, ack_seq, flags = segment.ack_seq, 0, RST
    else:
        taken = bool(segment.flags & SYN) + bool(segment.flags & FIN) + len(head) - at - segment.header_length
        seq, ack_seq, flags = 0, segment.seq + taken & 0xFFFFFFFF, RST | ACK
    mark = reply_mark(net, skb_in.mark)
    tos = head[nh + 1]
    flow = Flowi4(
        head[nh + 12 : nh + 16], fib_compute_spec_dst(skb_in), tos & INET_DSCP_MASK, mark=mark, proto=IPPROTO_TCP
    )
    flow.sport, flow.dport = segment.dest, segment.source
    out = ip_route_output_key(net, flow)
    if isinstance(out, int):
        return
    reset = emit(segment.dest, segment.source, flow.saddr, flow.daddr, seq=seq, ack_seq=ack_seq, flags=flags)
    skb = ip_make_skb(net.ipv4.tcp_sk, flow, out, reset, mark, tos)
    if isinstance(skb, SkBuff):
        ip_push_pending_frames(net.ipv4.tcp_sk, skb)


def tcp_v4_err(skb: SkBuff, info: int) -> None:
    """tcp_v4_err: no connection that an ICMP error could be about."""
