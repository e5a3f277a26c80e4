"""To whom a segment goes, whatever the family: what tcp_v4_rcv and tcp_v6_rcv have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.ipv4.inet_hashtables import Established, inet_lookup_listener
from webapp.kernel.ipv4.inet_timewait_sock import inet_twsk_kill
from webapp.kernel.ipv4.tcp_input import (
    read_segment,
    tcp_child_process,
    tcp_rcv_established,
    tcp_rcv_state_process,
)
from webapp.kernel.ipv4.tcp_minisocks import TcpTw, tcp_check_req, tcp_timewait_state_process
from webapp.kernel.ipv4.tcp_sock import RequestSock, TcpSock, TcpState, TimewaitSock, Tuple4, seq_add
from webapp.kernel.wire.tcp import ACK, RST, SYN


@dataclass(frozen=True, slots=True)
class Reception:
    """A family's answers: a reset, an acknowledgement for what is in TIME_WAIT; and where a socket's segments go."""

    send_reset: Callable[[SkBuff], None]
    timewait_ack: Callable[[TimewaitSock, SkBuff], None]
    do_rcv: Callable[[TcpSock, SkBuff], int]


def _discard(skb: SkBuff, reason: DropReason) -> int:
    kfree_skb_reason(skb, reason)
    return 0


def tcp_rcv(family: Reception, skb: SkBuff, sk: Established | None, daddr: bytes, dport: int, dif: int) -> int:
    """A segment that is right, for ``sk`` if there is one."""
    if isinstance(sk, TimewaitSock):
        sk = _time_wait(family, sk, skb, daddr, dport, dif)
        if sk is None:
            return 0
    if isinstance(sk, RequestSock):
        return _new_syn_recv(family, sk, skb)
    if sk is None:
        family.send_reset(skb)
        return _discard(skb, DropReason.NO_SOCKET)
    skb.nfct = None
    skb.nfctinfo = 0
    if sk.owned and sk.state is not TcpState.LISTEN:
        sk.backlog.append(skb)
        return 0
    return family.do_rcv(sk, skb)


def _time_wait(family: Reception, tw: TimewaitSock, skb: SkBuff, daddr: bytes, dport: int, dif: int) -> TcpSock | None:
    """A late segment, or a new connection between the same ends: the listener that it is for."""
    verdict = tcp_timewait_state_process(tw, skb)
    if verdict is TcpTw.SYN:
        listener = inet_lookup_listener(tw.net, daddr, dport, dif)
        if listener is not None:
            inet_twsk_kill(tw)
            return listener
    if verdict in (TcpTw.SYN, TcpTw.ACK):
        family.timewait_ack(tw, skb)
    elif verdict is TcpTw.RST:
        family.send_reset(skb)
        inet_twsk_kill(tw)
    _discard(skb, DropReason.NOT_SPECIFIED)
    return None


def _new_syn_recv(family: Reception, req: RequestSock, skb: SkBuff) -> int:
    """A segment for a handshake under way."""
    listener = req.listener
    child = tcp_check_req(listener, skb, req)
    if child is None:
        return _discard(skb, DropReason.NOT_SPECIFIED)
    skb.nfct = None
    skb.nfctinfo = 0
    if child is listener:
        return family.do_rcv(listener, skb)
    reason = tcp_child_process(listener, child, skb)
    if reason is not None:
        family.send_reset(skb)
        _discard(skb, reason)
    return 0


def tcp_do_rcv(family: Reception, sk: TcpSock, skb: SkBuff) -> int:
    """tcp_v4_do_rcv and tcp_v6_do_rcv: a segment for a socket that nobody is using right now."""
    if sk.state is TcpState.ESTABLISHED:
        reason = tcp_rcv_established(sk, skb)
    elif sk.state is TcpState.LISTEN:
        child = _cookie_check(sk, skb)
        reason = tcp_rcv_state_process(sk, skb) if child is None else tcp_child_process(sk, child, skb)
    else:
        reason = tcp_rcv_state_process(sk, skb)
    if reason is not None:
        family.send_reset(skb)
        _discard(skb, reason)
    return 0


def _addresses(skb: SkBuff) -> tuple[bytes, bytes]:
    """Source and destination."""
    head, nh = skb.head, skb.network_header
    if head[nh] >> 4 == 4:
        return head[nh + 12 : nh + 16], head[nh + 16 : nh + 20]
    return head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]


def _cookie_check(sk: TcpSock, skb: SkBuff) -> TcpSock | None:
    """tcp_v4_cookie_check: the socket of a handshake that only its own answer remembers."""
    if not sk.cookies:
        return None
    segment = read_segment(skb)
    saddr, daddr = _addresses(skb)
    key: Tuple4 = (daddr, segment.th.dest, saddr, segment.th.source)
    req = sk.cookies.get(key)
    if req is None or segment.flags & (SYN | RST | ACK) != ACK or segment.ack_seq != seq_add(req.snt_isn, 1):
        return None
    return sk.af_ops.syn_recv_sock(sk, skb, req)
