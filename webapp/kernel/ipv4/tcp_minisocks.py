"""Connections before they are sockets and after they were (net/ipv4/tcp_minisocks.c)."""

from __future__ import annotations

from enum import Enum, auto

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.inet_connection_sock import (
    reqsk_queue_unlink,
)
from webapp.kernel.ipv4.inet_timewait_sock import inet_twsk_hashdance_schedule, inet_twsk_kill, inet_twsk_reschedule
from webapp.kernel.ipv4.tcp_options import tcp_parse_options
from webapp.kernel.ipv4.tcp_output import tcp_rtx_synack
from webapp.kernel.ipv4.tcp_sock import (
    TCP_TIMEOUT_INIT,
    TCP_TIMEWAIT_LEN,
    TCPOLEN_TSTAMP_ALIGNED,
    RequestSock,
    TcpSock,
    TcpState,
    TimewaitSock,
    after,
    before,
    seq_add,
)
from webapp.kernel.ipv4.tcp_state import tcp_done
from webapp.kernel.kfunc import kfunc
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, RST, SYN, Tcp, parse


class TcpTw(Enum):
    """enum tcp_tw_status: how a late segment is answered."""

    SUCCESS = auto()
    RST = auto()
    ACK = auto()
    SYN = auto()


def end_seq(skb: SkBuff, th: Tcp) -> int:
    """TCP_SKB_CB(skb)->end_seq."""
    length = len(skb.head) - skb.transport_header - th.header_length
    return seq_add(th.seq, length + bool(th.flags & SYN) + bool(th.flags & FIN))


def in_window(seq: int, end: int, start: int, stop: int) -> bool:
    """tcp_in_window."""
    if seq == start or (after(end, start) and before(seq, stop)):
        return True
    return seq == stop and seq == end


@kfunc("net/ipv4/tcp_minisocks.c", "tcp_time_wait")
def tcp_time_wait(sk: TcpSock, state: TcpState, timeout: int) -> None:
    """The socket goes; what has to stay of it stays small."""
    tw = TimewaitSock(sk, state)
    timeout = TCP_TIMEWAIT_LEN if state is TcpState.TIME_WAIT else max(timeout, (sk.rto << 2) - (sk.rto >> 1))
    inet_twsk_hashdance_schedule(tw, sk, timeout)
    tcp_done(sk)


@kfunc("net/ipv4/tcp_minisocks.c", "tcp_timewait_state_process")
def tcp_timewait_state_process(tw: TimewaitSock, skb: SkBuff) -> TcpTw:
    """A late segment of a connection that is over."""
    th = parse(skb.head, skb.transport_header)
    end = end_seq(skb, th)
    options = tcp_parse_options(skb.head, skb.transport_header, th)
    old = tw.ts_ok and options.tsval is not None and before(options.tsval, tw.ts_recent) and not th.flags & RST
    if tw.substate is TcpState.FIN_WAIT2:
        return _process_fin_wait2(tw, th, end, old, options.tsval)
    flags = th.flags
    if not old and th.seq == tw.rcv_nxt and (th.seq == end or flags & RST):
        if flags & RST:
            inet_twsk_kill(tw)
        else:
            inet_twsk_reschedule(tw, TCP_TIMEWAIT_LEN)
        return TcpTw.SUCCESS
    newer = after(th.seq, tw.rcv_nxt) or (options.tsval is not None and before(tw.ts_recent, options.tsval))
    if flags & (SYN | RST | ACK) == SYN and not old and newer:
        return TcpTw.SYN
    if flags & RST:
        return TcpTw.SUCCESS
    if old or flags & ACK:
        inet_twsk_reschedule(tw, TCP_TIMEWAIT_LEN)
    return TcpTw.ACK


def _process_fin_wait2(tw: TimewaitSock, th: Tcp, end: int, old: bool, tsval: int | None) -> TcpTw:
    """A connection that no program has, and whose peer has not said yet that it is done."""
    flags = th.flags
    if old or not in_window(th.seq, end, tw.rcv_nxt, seq_add(tw.rcv_nxt, tw.rcv_wnd)):
        return TcpTw.ACK if not flags & RST else TcpTw.SUCCESS
    if flags & RST:
        inet_twsk_kill(tw)
        return TcpTw.SUCCESS
    if flags & SYN and not before(th.seq, tw.rcv_nxt):
        return TcpTw.RST
    if not flags & ACK or not after(end, tw.rcv_nxt) or end == th.seq:
        return TcpTw.SUCCESS
    if not flags & FIN or end != seq_add(tw.rcv_nxt, 1):
        return TcpTw.RST
    tw.substate = TcpState.TIME_WAIT
    tw.rcv_nxt = end
    if tsval is not None:
        tw.ts_recent = tsval
    inet_twsk_reschedule(tw, TCP_TIMEWAIT_LEN)
    return TcpTw.ACK


@kfunc("net/ipv4/tcp_minisocks.c", "tcp_create_openreq_child")
def tcp_create_openreq_child(sk: TcpSock, req: RequestSock) -> TcpSock:
    """The socket of a connection that a listener was asked for."""
    child = TcpSock(sk.net)
    child.family = sk.family
    child.af_ops = sk.af_ops
    child.retransmit_handler, child.backlog_rcv, child.connect = sk.retransmit_handler, sk.backlog_rcv, sk.connect
    child.state = TcpState.SYN_RECV
    child.rcv_saddr, child.num, child.daddr, child.dport = req.key
    child.saddr, child.sport = child.rcv_saddr, child.num
    child.mark, child.priority, child.tos, child.uc_ttl = sk.mark, sk.priority, sk.tos, sk.uc_ttl
    child.bound_dev_if, child.reuse, child.rcvbuf = req.ifindex, sk.reuse, sk.rcvbuf
    child.flowlabel, child.v6only = sk.flowlabel, sk.v6only
    child.txhash, child.rethinks = req.txhash, req.rethinks
    child.isn = req.snt_isn
    first, heard = seq_add(req.snt_isn, 1), seq_add(req.rcv_isn, 1)
    child.snd_una = child.snd_nxt = child.snd_sml = child.write_seq = first
    child.rcv_nxt = child.rcv_wup = child.copied_seq = heard
    child.snd_wl1 = req.rcv_isn
    child.rto = TCP_TIMEOUT_INIT
    asked = req.options
    child.mss_clamp = req.mss
    child.sack_ok = asked.sack_ok
    child.tstamp_ok = asked.tsval is not None
    child.tsoffset, child.ts_recent = req.tsoffset, req.ts_recent
    child.tcp_header_len = HLEN + (TCPOLEN_TSTAMP_ALIGNED if child.tstamp_ok else 0)
    child.window_clamp, child.rcv_wnd = req.window_clamp, req.rcv_wnd
    child.rcv_ssthresh = req.rcv_wnd
    if asked.wscale is not None:
        child.snd_wscale, child.rcv_wscale = asked.wscale, req.rcv_wscale
    else:
        child.window_clamp = min(child.window_clamp, 65535)
    return child


@kfunc("net/ipv4/tcp_minisocks.c", "tcp_check_req")
def tcp_check_req(sk: TcpSock, skb: SkBuff, req: RequestSock) -> TcpSock | None:
    """A segment for a handshake: the third packet makes it a socket.

    ``sk`` itself: the listener is to refuse the segment; None: there is nothing to go on with.
    """
    th = parse(skb.head, skb.transport_header)
    end = end_seq(skb, th)
    flags = th.flags & (RST | SYN | ACK)
    heard = seq_add(req.rcv_isn, 1)
    options = tcp_parse_options(skb.head, skb.transport_header, th)
    old = options.tsval is not None and req.options.tsval is not None and before(options.tsval, req.ts_recent)
    if th.seq == req.rcv_isn and flags == SYN and not old:
        if not tcp_rtx_synack(sk, req) and req.timer is not None and req.timer.callback is not None:
            callback = req.timer.callback
            req.timer.cancel()
            req.timer = sk.net.machine.clock.mod_timer(TCP_TIMEOUT_INIT << req.num_timeout, callback)
        return None
    if flags & ACK and not flags & RST and th.ack_seq != seq_add(req.snt_isn, 1):
        return sk
    if (old and not flags & RST) or not in_window(th.seq, end, heard, seq_add(heard, req.rcv_wnd)):
        if not flags & RST:
            req.ops.send_ack(sk, skb, req)
        return None
    if th.seq == req.rcv_isn:
        flags &= ~SYN
    if flags & RST and th.seq != heard:
        req.ops.send_ack(sk, skb, req)
        return None
    if flags & (RST | SYN):
        reqsk_queue_unlink(req)
        return None
    if not flags & ACK:
        return None
    child = sk.af_ops.syn_recv_sock(sk, skb, req)
    if child is None:
        req.acked = True
        return None
    if options.tsval is not None and not after(th.seq, heard):
        child.ts_recent = options.tsval
    return child
