"""Segments that come in for a socket (net/ipv4/tcp_input.c)."""

from __future__ import annotations

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import socket_name
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_clear_xmit_timer, inet_csk_reset_xmit_timer
from webapp.kernel.ipv4.tcp_minisocks import tcp_time_wait
from webapp.kernel.ipv4.tcp_options import tcp_parse_options
from webapp.kernel.ipv4.tcp_output import (
    tcp_current_mss,
    tcp_push_pending_frames,
    tcp_rearm_rto,
    tcp_schedule_loss_probe,
    tcp_select_new_window,
    tcp_send_ack,
    tcp_send_delayed_ack,
    tcp_send_synack,
    tcp_sync_mss,
    tcp_xmit_retransmit_queue,
)
from webapp.kernel.ipv4.tcp_sock import (
    ICSK_ACK_NOW,
    ICSK_ACK_PUSHED,
    ICSK_ACK_PUSHED2,
    ICSK_ACK_SCHED,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    SKB_OVERHEAD,
    TCP_ATO_MIN,
    TCP_DELACK_MAX,
    TCP_MAX_QUICKACKS,
    TCP_MIN_MSS,
    TCP_MSS_DEFAULT,
    TCP_RMEM_TO_WIN_SCALE,
    TCP_RTO_MAX,
    TCP_RTO_MIN,
    TCP_TIMEOUT_MIN,
    TCP_TIMEWAIT_LEN,
    TCPOLEN_TSTAMP_ALIGNED,
    CaState,
    IcskTime,
    Received,
    RequestSock,
    TcpSock,
    TcpState,
    TimewaitSock,
    after,
    before,
    seq_add,
    seq_sub,
    to_jiffies,
)
from webapp.kernel.ipv4.tcp_state import tcp_done, tcp_done_with_error, tcp_set_state, wake
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Delivered
from webapp.kernel.wire.tcp import ACK, FIN, HLEN, PSH, RST, SYN, Tcp, parse

_REMNANT = 0x39  # TCP_REMNANT: any of URG, PSH, SYN, FIN ends a stretch of full-sized segments
_OOW_INTERVAL = 500 * NSEC_PER_MSEC
_DATA_STATES = (TcpState.ESTABLISHED, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2)
_LATE_STATES = (TcpState.CLOSE_WAIT, TcpState.CLOSING, TcpState.LAST_ACK)


class Segment:
    """A segment with what is read from it once: tcp_skb_cb and tcp_options_received."""

    __slots__ = ("ack_seq", "data", "end_seq", "flags", "options", "seq", "skb", "th")

    def __init__(self, skb: SkBuff, th: Tcp, options: Received) -> None:
        at = skb.transport_header
        self.skb = skb
        self.th = th
        self.flags = th.flags
        self.seq = th.seq
        self.ack_seq = th.ack_seq
        self.data = skb.head[at + th.header_length :]
        self.end_seq = seq_add(th.seq, len(self.data) + bool(th.flags & SYN) + bool(th.flags & FIN))
        self.options = options


def read_segment(skb: SkBuff) -> Segment:
    """tcp_v4_fill_cb and tcp_parse_options."""
    th = parse(skb.head, skb.transport_header)
    return Segment(skb, th, tcp_parse_options(skb.head, skb.transport_header, th))


# --- round trips --------------------------------------------------------------------------------------------------


def tcp_rtt_estimator(sk: TcpSock, rtt: int) -> None:
    """tcp_rtt_estimator and tcp_set_rto: RFC 6298, with a variance that is never less than 200 ms."""
    rtt = max(rtt, 1000)
    if not sk.srtt:
        sk.srtt = rtt
        sk.mdev = rtt << 1
        sk.rttvar = max(sk.mdev, TCP_RTO_MIN)
    else:
        deviation = rtt - sk.srtt
        sk.srtt = max(sk.srtt + (deviation >> 3), 1000)
        sk.mdev += (abs(deviation) - (sk.mdev >> 2)) >> 2
        sk.rttvar = max(sk.mdev << 2, TCP_RTO_MIN)
    sk.rto = min(to_jiffies(sk.srtt + sk.rttvar), TCP_RTO_MAX)


# --- acknowledging ------------------------------------------------------------------------------------------------


def _incr_quickack(sk: TcpSock, most: int) -> None:
    quick = sk.rcv_wnd // (2 * sk.rcv_mss) or 2
    sk.quick = max(sk.quick, min(quick, most))


def tcp_enter_quickack_mode(sk: TcpSock, most: int) -> None:
    """tcp_enter_quickack_mode: the next segments are acknowledged at once."""
    _incr_quickack(sk, most)
    sk.pingpong = 0
    sk.ato = TCP_ATO_MIN


def _initialize_rcv_mss(sk: TcpSock) -> None:
    """tcp_initialize_rcv_mss."""
    sk.rcv_mss = max(min(sk.advmss, sk.mss_cache, sk.rcv_wnd // 2, TCP_MSS_DEFAULT), TCP_MIN_MSS)


def _measure_rcv_mss(sk: TcpSock, pkt: Segment) -> None:
    """tcp_measure_rcv_mss: how long the peer's full segments are, and whether this one was a last one."""
    last, sk.last_seg_size = sk.last_seg_size, 0
    gso = pkt.skb.gso
    length = len(pkt.data) if gso is None else gso.size
    if length >= sk.rcv_mss:
        if length != sk.rcv_mss:
            sk.scaling_ratio = max((len(pkt.data) << TCP_RMEM_TO_WIN_SCALE) // (len(pkt.data) + SKB_OVERHEAD), 1)
        sk.rcv_mss = min(length, sk.advmss)
        if pkt.flags & PSH:
            sk.ack_pending |= ICSK_ACK_PUSHED
        return
    length += pkt.th.header_length
    full = length >= TCP_MSS_DEFAULT + HLEN or (length >= TCP_MIN_MSS + HLEN and not pkt.flags & _REMNANT)
    if full:
        length -= sk.tcp_header_len
        sk.last_seg_size = length
        if length == last:
            sk.rcv_mss = length
            return
    if sk.ack_pending & ICSK_ACK_PUSHED:
        sk.ack_pending |= ICSK_ACK_PUSHED2
    sk.ack_pending |= ICSK_ACK_PUSHED


@kfunc("net/ipv4/tcp_input.c", "tcp_event_data_recv")
def tcp_event_data_recv(sk: TcpSock, pkt: Segment) -> None:
    """Data came: how soon is it to be acknowledged?"""
    sk.ack_pending |= ICSK_ACK_SCHED
    _measure_rcv_mss(sk, pkt)
    now = sk.net.machine.clock.now
    if not sk.ato:
        _incr_quickack(sk, TCP_MAX_QUICKACKS)
        sk.ato = TCP_ATO_MIN
    else:
        gap = now - sk.lrcvtime
        if gap <= TCP_ATO_MIN // 2:
            sk.ato = (sk.ato >> 1) + TCP_ATO_MIN // 2
        elif gap < sk.ato:
            sk.ato = min((sk.ato >> 1) + gap, sk.rto, TCP_DELACK_MAX)
        elif gap > sk.rto:
            _incr_quickack(sk, TCP_MAX_QUICKACKS)
    sk.lrcvtime = now
    if len(pkt.data) >= 128:
        _grow_window(sk, len(pkt.data))


def _grow_window(sk: TcpSock, length: int) -> None:
    """tcp_grow_window: the more of a packet is data, the more may be offered without running out of memory."""
    room = min(sk.window_clamp, sk.space()) - sk.rcv_ssthresh
    if room <= 0:
        return
    truesize = sk.win_from_space(length + SKB_OVERHEAD)
    more = 2 * sk.advmss if truesize <= length else _more_window(sk, length, truesize)
    if more:
        sk.rcv_ssthresh += min(room, max(more, 2 * length))
        sk.quick |= 1


def _more_window(sk: TcpSock, length: int, truesize: int) -> int:
    """__tcp_grow_window: the wider the window is, the more of a packet has to be data for it to grow."""
    truesize >>= 1
    window = sk.win_from_space(sk.net.ipv4.sysctl_tcp_rmem[2]) >> 1
    while sk.rcv_ssthresh <= window:
        if truesize <= length:
            return 2 * sk.rcv_mss
        truesize >>= 1
        window >>= 1
    return 0


@kfunc("net/ipv4/tcp_input.c", "__tcp_ack_snd_check")
def tcp_ack_snd_check(sk: TcpSock) -> None:
    """Acknowledges now, or arms the timer of a delayed acknowledgement."""
    if not sk.ack_pending & ICSK_ACK_SCHED:
        return
    more_than_one = seq_sub(sk.rcv_nxt, sk.rcv_wup) > sk.rcv_mss and tcp_select_new_window(sk) >= sk.rcv_wnd
    quick = sk.quick and not sk.pingpong
    if more_than_one or quick or sk.ack_pending & ICSK_ACK_NOW or sk.out_of_order:
        tcp_send_ack(sk)
    else:
        tcp_send_delayed_ack(sk)


def _data_snd_check(sk: TcpSock) -> None:
    """tcp_data_snd_check: an acknowledgement may have made room for what waits."""
    if sk.write_queue:
        tcp_push_pending_frames(sk, tcp_current_mss(sk), sk.nonagle)
    if sk.data_ready is not None:
        wake(sk)


def oow_rate_limited(sk: TcpSock | RequestSock | TimewaitSock, pkt: Segment, now: int) -> bool:
    """tcp_oow_rate_limited: whether a segment outside the window goes unanswered, the last answer being so new."""
    if pkt.seq != pkt.end_seq and not pkt.flags & SYN:
        return False
    if now - sk.last_oow_ack_time < _OOW_INTERVAL:
        return True
    sk.last_oow_ack_time = now
    return False


@kfunc("net/ipv4/tcp_input.c", "tcp_send_dupack")
def tcp_send_dupack(sk: TcpSock, pkt: Segment) -> None:
    """Tells the peer what is expected instead."""
    if pkt.end_seq != pkt.seq and before(pkt.seq, sk.rcv_nxt):
        tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS)
        if sk.sack_ok:
            end = sk.rcv_nxt if after(pkt.end_seq, sk.rcv_nxt) else pkt.end_seq
            _dsack_set(sk, pkt.seq, end)
    tcp_send_ack(sk)


@kfunc("net/ipv4/tcp_input.c", "tcp_send_challenge_ack")
def tcp_send_challenge_ack(sk: TcpSock) -> None:
    """RFC 5961: whoever sends something doubtful has to prove that it is the peer."""
    now = sk.net.machine.clock.now
    if now - sk.last_oow_ack_time >= _OOW_INTERVAL:
        sk.last_oow_ack_time = now
        tcp_send_ack(sk)


# --- being acknowledged -------------------------------------------------------------------------------------------


def _update_window(sk: TcpSock, pkt: Segment, ack: int) -> None:
    """tcp_ack_update_window."""
    window = pkt.th.window if pkt.flags & SYN else pkt.th.window << sk.snd_wscale
    fresh = after(ack, sk.snd_una) or after(pkt.seq, sk.snd_wl1)
    if fresh or (pkt.seq == sk.snd_wl1 and window > sk.snd_wnd):
        sk.snd_wl1 = pkt.seq
        if sk.snd_wnd != window:
            sk.snd_wnd = window
            if window > sk.max_window:
                sk.max_window = window
                tcp_sync_mss(sk, sk.af_ops.dst_mtu(sk))
    sk.snd_una = ack


@kfunc("net/ipv4/tcp_input.c", "tcp_sacktag_write_queue")
def tcp_sacktag_write_queue(sk: TcpSock, sacks: tuple[tuple[int, int], ...]) -> bool:
    """Marks what the peer has although something before it is missing; True if that was news."""
    news = False
    for start, end in sacks:
        for segment in sk.rtx_queue:
            if not segment.sacked and not before(segment.seq, start) and not after(segment.end_seq, end):
                segment.sacked = news = True
                segment.lost = False
                if not segment.retrans:
                    tcp_rtt_estimator(sk, sk.net.machine.clock.now - segment.tstamp)
                sk.rack_sent = max(sk.rack_sent, segment.sent)
    return news


@kfunc("net/ipv4/tcp_input.c", "tcp_clean_rtx_queue")
def tcp_clean_rtx_queue(sk: TcpSock) -> int:
    """Takes what is acknowledged off the queue; how many segments that were."""
    count = 0
    rtt = -1
    now = sk.net.machine.clock.now
    queue = sk.rtx_queue
    while queue and not after(queue[0].end_seq, sk.snd_una):
        segment = queue.pop(0)
        sk.packets_out -= segment.pcount
        count += segment.pcount
        sk.rack_sent = max(sk.rack_sent, segment.sent)
        if segment.flags & SYN:
            sk.retrans_stamp = 0
        if not segment.retrans and not segment.sacked:
            rtt = now - segment.tstamp
    if queue and before(queue[0].seq, sk.snd_una):
        head = queue[0]
        head.data = head.data[seq_sub(sk.snd_una, head.seq) :]
        head.seq = sk.snd_una
        if head.mss:
            fewer = -head.set_tso_segs(head.mss)
            sk.packets_out -= fewer
            count += fewer
    if rtt >= 0:
        tcp_rtt_estimator(sk, rtt)
    elif count:
        # no sample of a retransmitted segment (Karn); the timestamps say as much
        tcp_rtt_estimator(sk, 0 if not sk.srtt else sk.srtt)
    if count:
        sk.backoff = 0
    return count


def _mark_lost(sk: TcpSock) -> bool:
    """tcp_rack_detect_loss: what was sent before something that has arrived is lost; True if that is news."""
    news = False
    for segment in sk.rtx_queue:
        if not segment.sacked and segment.sent < sk.rack_sent and not (segment.lost and not segment.retrans):
            segment.lost, segment.retrans = True, False
            news = True
    return news


@kfunc("net/ipv4/tcp_input.c", "tcp_fastretrans_alert")
def tcp_fastretrans_alert(sk: TcpSock) -> None:
    """Something was lost, or a loss was being repaired: where does that stand?"""
    if sk.ca_state is not CaState.OPEN and not before(sk.snd_una, sk.high_seq):
        sk.ca_state = CaState.OPEN
        sk.retrans_stamp = 0
        for segment in sk.rtx_queue:
            segment.retrans = False
    if _mark_lost(sk) and sk.ca_state is CaState.OPEN:
        sk.ca_state = CaState.RECOVERY
        sk.high_seq = sk.snd_nxt
        sk.ssthresh = max(sk.cwnd // 2, 2)


def _cong_control(sk: TcpSock, acked: int) -> None:
    """tcp_cong_control: slow start; above the threshold the window grows no more in the model."""
    if sk.ca_state is not CaState.RECOVERY and sk.cwnd < sk.ssthresh:
        sk.cwnd += acked


@kfunc("net/ipv4/tcp_input.c", "tcp_ack")
def tcp_ack(sk: TcpSock, pkt: Segment, slow: bool) -> DropReason | bool | None:
    """What a segment acknowledges. True: good; False: old; a reason: it must not be."""
    ack = pkt.ack_seq
    sacks = pkt.options.sacks
    if before(ack, sk.snd_una):
        if before(ack, seq_add(sk.snd_una, -sk.max_window)):
            return DropReason.TCP_TOO_OLD_ACK
        if sacks and tcp_sacktag_write_queue(sk, sacks):
            tcp_fastretrans_alert(sk)
            tcp_xmit_retransmit_queue(sk)
        return False
    if after(ack, sk.snd_nxt):
        return DropReason.TCP_ACK_UNSENT_DATA
    advanced = ack != sk.snd_una
    if advanced:
        sk.retransmits = 0
    if not slow and advanced:
        sk.snd_wl1 = pkt.seq
        sk.snd_una = ack
    else:
        _update_window(sk, pkt, ack)
    news = bool(sacks) and tcp_sacktag_write_queue(sk, sacks)
    sk.err_soft = 0
    sk.probes_out = 0
    if not sk.packets_out:
        _ack_probe(sk)
        return True
    acked = tcp_clean_rtx_queue(sk)
    if sk.tlp_high_seq and not before(ack, sk.tlp_high_seq):
        sk.tlp_high_seq = 0
    if news or sk.ca_state is not CaState.OPEN:
        tcp_fastretrans_alert(sk)
    if acked and not tcp_schedule_loss_probe(sk):
        tcp_rearm_rto(sk)
    _cong_control(sk, acked)
    if sk.ca_state is not CaState.OPEN:
        tcp_xmit_retransmit_queue(sk)
    return True


def _ack_probe(sk: TcpSock) -> None:
    """tcp_ack_probe: an answer to a probe; the window may be open now."""
    if not sk.write_queue:
        return
    head = sk.write_queue[0]
    if not after(head.end_seq, sk.wnd_end()):
        sk.backoff = 0
        inet_csk_clear_xmit_timer(sk)
    else:
        inet_csk_reset_xmit_timer(sk, IcskTime.PROBE0, min(max(sk.rto, TCP_RTO_MIN) << sk.backoff, TCP_RTO_MAX))


# --- checks -------------------------------------------------------------------------------------------------------


def _reset_check(sk: TcpSock, pkt: Segment) -> bool:
    """tcp_reset_check: a reset that stands right before what is expected, after the peer's FIN."""
    closing = sk.state in _LATE_STATES
    return pkt.seq == seq_add(sk.rcv_nxt, -1) and closing


def _in_sequence(sk: TcpSock, pkt: Segment) -> DropReason | None:
    """tcp_sequence."""
    if before(pkt.end_seq, sk.rcv_wup):
        return DropReason.TCP_OLD_SEQUENCE
    if after(pkt.seq, seq_add(sk.rcv_nxt, sk.receive_window())):
        return DropReason.TCP_INVALID_SEQUENCE
    return None


@kfunc("net/ipv4/tcp_input.c", "tcp_validate_incoming")
def tcp_validate_incoming(sk: TcpSock, pkt: Segment) -> bool:
    """RFC 9293 3.10.7.4 with PAWS and RFC 5961; False: the segment was answered where it had to be, and dropped."""
    flags, skb = pkt.flags, pkt.skb
    now = sk.net.machine.clock.now
    options = pkt.options
    if sk.tstamp_ok and options.tsval is not None and before(options.tsval, sk.ts_recent) and not flags & RST:
        if flags & SYN:
            return _challenge(sk, skb, DropReason.TCP_INVALID_SYN)
        if not oow_rate_limited(sk, pkt, now):
            tcp_send_dupack(sk, pkt)
        kfree_skb_reason(skb, DropReason.TCP_RFC7323_PAWS)
        return False
    reason = _in_sequence(sk, pkt)
    if reason is not None:
        if flags & RST:
            return _reset(sk, pkt) if _reset_check(sk, pkt) else _discard(skb, reason)
        if flags & SYN:
            return _challenge(sk, skb, DropReason.TCP_INVALID_SYN)
        if not oow_rate_limited(sk, pkt, now):
            tcp_send_dupack(sk, pkt)
        return _discard(skb, reason)
    if flags & RST:
        right_most = sk.sacks[0][1] if sk.sacks else None
        for _, end in sk.sacks[1:]:
            right_most = end if right_most is None or after(end, right_most) else right_most
        if pkt.seq in (sk.rcv_nxt, right_most) or _reset_check(sk, pkt):
            return _reset(sk, pkt)
        return _challenge(sk, skb, DropReason.TCP_RESET)
    if flags & SYN:
        crossed = sk.state is TcpState.SYN_RECV and flags & ACK and pkt.ack_seq == sk.snd_nxt
        if crossed and pkt.end_seq == sk.rcv_nxt:
            return True
        return _challenge(sk, skb, DropReason.TCP_INVALID_SYN)
    return True


def _discard(skb: SkBuff, reason: DropReason) -> bool:
    kfree_skb_reason(skb, reason)
    return False


def _challenge(sk: TcpSock, skb: SkBuff, reason: DropReason) -> bool:
    tcp_send_challenge_ack(sk)
    return _discard(skb, reason)


def _reset(sk: TcpSock, pkt: Segment) -> bool:
    tcp_reset(sk)
    kfree_skb_reason(pkt.skb, DropReason.TCP_RESET)
    return False


@kfunc("net/ipv4/tcp_input.c", "tcp_reset")
def tcp_reset(sk: TcpSock) -> None:
    """The peer does not want the connection, or knows nothing of it."""
    if sk.state is TcpState.CLOSE:
        return
    errors = {TcpState.SYN_SENT: Errno.ECONNREFUSED, TcpState.CLOSE_WAIT: Errno.EPIPE}
    tcp_done_with_error(sk, errors.get(sk.state, Errno.ECONNRESET))


# --- data ---------------------------------------------------------------------------------------------------------


def _dsack_set(sk: TcpSock, seq: int, end: int) -> None:
    """tcp_dsack_set: what came twice is told with the next acknowledgement (RFC 2883)."""
    if sk.sack_ok and sk.net.ipv4.sysctl_tcp_dsack:
        sk.dsack = (seq, end)


@kfunc("net/ipv4/tcp_input.c", "tcp_fin")
def tcp_fin(sk: TcpSock) -> None:
    """The peer will send no more."""
    sk.ack_pending |= ICSK_ACK_SCHED
    sk.shutdown |= RCV_SHUTDOWN
    if sk.state in (TcpState.SYN_RECV, TcpState.ESTABLISHED):
        tcp_set_state(sk, TcpState.CLOSE_WAIT)
        sk.pingpong = 3
    elif sk.state is TcpState.FIN_WAIT1:
        tcp_send_ack(sk)
        tcp_set_state(sk, TcpState.CLOSING)
    elif sk.state is TcpState.FIN_WAIT2:
        tcp_send_ack(sk)
        tcp_time_wait(sk, TcpState.TIME_WAIT, 0)
    sk.out_of_order.clear()
    sk.sacks.clear()
    if not sk.dead:
        wake(sk)


def _note_delivered(sk: TcpSock) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(f"tcp {socket_name(sk)}"))


@kfunc("net/ipv4/tcp_input.c", "tcp_queue_rcv")
def tcp_queue_rcv(sk: TcpSock, data: bytes, end_seq: int) -> None:
    """Data in order, for the program."""
    if data:
        sk.receive_queue.append(data)
        _note_delivered(sk)
    sk.rcv_nxt = end_seq


@kfunc("net/ipv4/tcp_input.c", "tcp_data_queue")
def tcp_data_queue(sk: TcpSock, pkt: Segment) -> None:
    """In order to the program, out of order aside, what came before again away."""
    seq, end, skb = pkt.seq, pkt.end_seq, pkt.skb
    if seq == end:
        consume_skb(skb)
        return
    sk.dsack = None
    if not after(end, sk.rcv_nxt):
        _dsack_set(sk, seq, end)
        _out_of_window(sk, skb, DropReason.TCP_OLD_DATA)
        return
    window_end = seq_add(sk.rcv_nxt, sk.receive_window())
    bare_fin = not pkt.data and pkt.flags & FIN
    if not before(seq, window_end) and not (seq == sk.rcv_nxt and bare_fin):
        zero = seq == sk.rcv_nxt
        _out_of_window(sk, skb, DropReason.TCP_ZEROWINDOW if zero else DropReason.TCP_OVERWINDOW)
        return
    if after(seq, sk.rcv_nxt):
        tcp_data_queue_ofo(sk, pkt)
        return
    if before(seq, sk.rcv_nxt):
        _dsack_set(sk, seq, sk.rcv_nxt)
    tcp_queue_rcv(sk, pkt.data[seq_sub(sk.rcv_nxt, seq) :], end)
    if pkt.data:
        tcp_event_data_recv(sk, pkt)
    if pkt.flags & FIN:
        tcp_fin(sk)
    if sk.out_of_order:
        _ofo_queue(sk)
        if not sk.out_of_order:
            sk.ack_pending |= ICSK_ACK_NOW
    sk.sacks = [block for block in sk.sacks if after(block[0], sk.rcv_nxt)]
    consume_skb(skb)
    if not sk.dead:
        wake(sk)


def _out_of_window(sk: TcpSock, skb: SkBuff, reason: DropReason) -> None:
    tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS)
    sk.ack_pending |= ICSK_ACK_SCHED
    kfree_skb_reason(skb, reason)


@kfunc("net/ipv4/tcp_input.c", "tcp_data_queue_ofo")
def tcp_data_queue_ofo(sk: TcpSock, pkt: Segment) -> None:
    """Something before it is missing: kept, and told with a SACK block."""
    sk.ack_pending |= ICSK_ACK_SCHED
    start, end = pkt.seq, pkt.end_seq
    known = (start, end) in ((seq, stop) for seq, stop, _, _ in sk.out_of_order)
    if known:
        _dsack_set(sk, start, end)
        kfree_skb_reason(pkt.skb, DropReason.TCP_OFOMERGE)
    else:
        sk.out_of_order.append((start, end, pkt.data, bool(pkt.flags & FIN)))
        sk.out_of_order.sort(key=lambda piece: seq_sub(piece[0], sk.rcv_nxt))
        consume_skb(pkt.skb)
    if not sk.sack_ok:
        return
    # tcp_sack_new_ofo_skb: blocks that touch become one, the newest stands first
    rest: list[tuple[int, int]] = []
    for block in sk.sacks:
        if not after(block[0], end) and not before(block[1], start):
            start = block[0] if before(block[0], start) else start
            end = block[1] if after(block[1], end) else end
        else:
            rest.append(block)
    sk.sacks = [(start, end), *rest][:4]


def _ofo_queue(sk: TcpSock) -> None:
    """tcp_ofo_queue: what was kept aside and is in order now."""
    while sk.out_of_order and not after(sk.out_of_order[0][0], sk.rcv_nxt):
        seq, end, data, fin = sk.out_of_order.pop(0)
        if before(seq, sk.rcv_nxt):
            stop = sk.rcv_nxt if after(end, sk.rcv_nxt) else end
            _dsack_set(sk, seq, stop)
        if not after(end, sk.rcv_nxt):
            continue
        tcp_queue_rcv(sk, data[seq_sub(sk.rcv_nxt, seq) :], end)
        if fin:
            tcp_fin(sk)
            return


# --- states -------------------------------------------------------------------------------------------------------


def _header_predicted(sk: TcpSock, pkt: Segment) -> bool:
    """The fast path's condition (pred_flags): an established connection's next segment, with nothing special."""
    options = pkt.options
    expected = HLEN + (TCPOLEN_TSTAMP_ALIGNED if sk.tstamp_ok else 0)
    return (
        pkt.flags & ~PSH == ACK
        and pkt.th.header_length == expected
        and pkt.seq == sk.rcv_nxt
        and pkt.th.window << sk.snd_wscale == sk.snd_wnd
        and not after(pkt.ack_seq, sk.snd_nxt)
        and not before(pkt.ack_seq, sk.snd_una)
        and not sk.out_of_order
        and len(pkt.data) <= sk.receive_window()
        and not (sk.tstamp_ok and (options.tsval is None or before(options.tsval, sk.ts_recent)))
    )


def _replace_ts_recent(sk: TcpSock, pkt: Segment) -> None:
    """tcp_replace_ts_recent."""
    tsval = pkt.options.tsval
    if sk.tstamp_ok and tsval is not None and not after(pkt.seq, sk.rcv_wup) and not before(tsval, sk.ts_recent):
        sk.ts_recent = tsval


@kfunc("net/ipv4/tcp_input.c", "tcp_rcv_established")
def tcp_rcv_established(sk: TcpSock, skb: SkBuff) -> DropReason | None:
    """A segment of a connection that stands."""
    pkt = read_segment(skb)
    if _header_predicted(sk, pkt):
        _replace_ts_recent(sk, pkt)
        _fast_path(sk, pkt)
        return None
    if not pkt.flags & (ACK | RST | SYN):
        kfree_skb_reason(skb, DropReason.TCP_FLAGS)
        return None
    if not tcp_validate_incoming(sk, pkt):
        return None
    _replace_ts_recent(sk, pkt)
    reason = tcp_ack(sk, pkt, True)
    if isinstance(reason, DropReason):
        if reason is DropReason.TCP_TOO_OLD_ACK:
            tcp_send_challenge_ack(sk)
        kfree_skb_reason(skb, reason)
        return None
    tcp_data_queue(sk, pkt)
    if sk.state is not TcpState.CLOSE:
        _data_snd_check(sk)
        tcp_ack_snd_check(sk)
    return None


def _fast_path(sk: TcpSock, pkt: Segment) -> None:
    if not pkt.data:
        tcp_ack(sk, pkt, False)
        consume_skb(pkt.skb)
        _data_snd_check(sk)
        return
    sk.dsack = None
    tcp_queue_rcv(sk, pkt.data, pkt.end_seq)
    tcp_event_data_recv(sk, pkt)
    if pkt.ack_seq != sk.snd_una:
        tcp_ack(sk, pkt, False)
        _data_snd_check(sk)
    else:
        sk.snd_wl1 = pkt.seq
    tcp_ack_snd_check(sk)
    consume_skb(pkt.skb)
    if not sk.dead:
        wake(sk)


@kfunc("net/ipv4/tcp_input.c", "tcp_rcv_state_process")
def tcp_rcv_state_process(sk: TcpSock, skb: SkBuff) -> DropReason | None:
    """A segment in all other states; a reason: the sender is to get a reset, and the segment to be dropped."""
    pkt = read_segment(skb)
    if sk.state is TcpState.CLOSE:
        kfree_skb_reason(skb, DropReason.TCP_CLOSE)
        return None
    if sk.state is TcpState.LISTEN:
        return _rcv_listen(sk, pkt)
    if sk.state is TcpState.SYN_SENT:
        return tcp_rcv_synsent_state_process(sk, pkt)
    if not pkt.flags & (ACK | RST | SYN):
        kfree_skb_reason(skb, DropReason.TCP_FLAGS)
        return None
    if not tcp_validate_incoming(sk, pkt):
        return None
    _replace_ts_recent(sk, pkt)
    good = tcp_ack(sk, pkt, True)
    if good is not True:
        if sk.state is TcpState.SYN_RECV:
            return good if isinstance(good, DropReason) else DropReason.TCP_OLD_ACK
        if isinstance(good, DropReason):
            tcp_send_challenge_ack(sk)
            kfree_skb_reason(skb, good)
            return None
    followed = _follow_ack(sk, pkt)
    if followed is not True:
        return followed or None
    return _process_text(sk, pkt)


def _rcv_listen(sk: TcpSock, pkt: Segment) -> DropReason | None:
    flags, skb = pkt.flags, pkt.skb
    if flags & ACK:
        return DropReason.TCP_FLAGS
    if flags & RST:
        kfree_skb_reason(skb, DropReason.TCP_RESET)
    elif flags & SYN and not flags & FIN:
        sk.af_ops.conn_request(sk, skb)
        consume_skb(skb)
    else:
        kfree_skb_reason(skb, DropReason.TCP_FLAGS)
    return None


def _follow_ack(sk: TcpSock, pkt: Segment) -> DropReason | bool:
    """The states in which being acknowledged leads on; False: that was all the segment was for; a reason: a reset."""
    if sk.state is TcpState.SYN_RECV:
        _established_at_last(sk, pkt)
        return True
    if sk.snd_una != sk.write_seq:
        return True
    if sk.state is TcpState.FIN_WAIT1:
        return _enter_fin_wait2(sk, pkt)
    if sk.state is TcpState.CLOSING:
        tcp_time_wait(sk, TcpState.TIME_WAIT, 0)
        consume_skb(pkt.skb)
        return False
    if sk.state is TcpState.LAST_ACK:
        tcp_done(sk)
        consume_skb(pkt.skb)
        return False
    return True


def _established_at_last(sk: TcpSock, pkt: Segment) -> None:
    """The third packet of a handshake."""
    if sk.tstamp_ok:
        sk.advmss -= TCPOLEN_TSTAMP_ALIGNED
    sk.retrans_stamp = 0
    sk.copied_seq = sk.rcv_nxt
    tcp_sync_mss(sk, sk.af_ops.dst_mtu(sk))
    tcp_set_state(sk, TcpState.ESTABLISHED)
    _note_delivered(sk)
    wake(sk)
    sk.snd_una = pkt.ack_seq
    sk.snd_wnd = pkt.th.window << sk.snd_wscale
    sk.max_window = max(sk.max_window, sk.snd_wnd)
    sk.snd_wl1 = pkt.seq
    _initialize_rcv_mss(sk)


def _enter_fin_wait2(sk: TcpSock, pkt: Segment) -> DropReason | bool:
    tcp_set_state(sk, TcpState.FIN_WAIT2)
    sk.shutdown |= SEND_SHUTDOWN
    if not sk.dead:
        wake(sk)
        return True
    length = seq_sub(pkt.end_seq, pkt.seq) - bool(pkt.flags & FIN)
    if length and after(seq_add(pkt.seq, length), sk.rcv_nxt):
        tcp_done(sk)
        return DropReason.TCP_ABORT_ON_DATA
    if pkt.flags & FIN:
        return True
    tcp_time_wait(sk, TcpState.FIN_WAIT2, min(sk.net.ipv4.sysctl_tcp_fin_timeout, TCP_TIMEWAIT_LEN))
    consume_skb(pkt.skb)
    return False


def _process_text(sk: TcpSock, pkt: Segment) -> DropReason | None:
    """Step 7: the data, in the states that take some."""
    queued = False
    late = sk.state in _LATE_STATES
    if sk.state in _DATA_STATES or (late and before(pkt.seq, sk.rcv_nxt)):
        length = seq_sub(pkt.end_seq, pkt.seq) - bool(pkt.flags & FIN)
        unwanted = sk.state is not TcpState.ESTABLISHED and sk.shutdown & RCV_SHUTDOWN
        if unwanted and pkt.end_seq != pkt.seq and after(seq_add(pkt.seq, length), sk.rcv_nxt):
            tcp_reset(sk)
            return DropReason.TCP_ABORT_ON_DATA
        tcp_data_queue(sk, pkt)
        queued = True
    if sk.state is not TcpState.CLOSE:
        _data_snd_check(sk)
        tcp_ack_snd_check(sk)
    if not queued:
        kfree_skb_reason(pkt.skb, DropReason.NOT_SPECIFIED)
    return None


@kfunc("net/ipv4/tcp_input.c", "tcp_rcv_synsent_state_process")
def tcp_rcv_synsent_state_process(sk: TcpSock, pkt: Segment) -> DropReason | None:
    """An answer to our SYN."""
    flags, skb = pkt.flags, pkt.skb
    if flags & ACK:
        if not after(pkt.ack_seq, sk.snd_una) or after(pkt.ack_seq, sk.snd_nxt):
            if not sk.retransmits:
                inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, TCP_TIMEOUT_MIN)
            return DropReason.TCP_INVALID_ACK_SEQUENCE
        if flags & RST:
            tcp_reset(sk)
            consume_skb(skb)
        elif not flags & SYN:
            kfree_skb_reason(skb, DropReason.TCP_FLAGS)
        else:
            _synack(sk, pkt)
            consume_skb(skb)
            _data_snd_check(sk)
        return None
    if flags & RST:
        kfree_skb_reason(skb, DropReason.TCP_RESET)
    elif not flags & SYN:
        kfree_skb_reason(skb, DropReason.TCP_FLAGS)
    else:
        _crossed_syn(sk, pkt)
        consume_skb(skb)
    return None


def _learn_options(sk: TcpSock, options: Received) -> None:
    ipv4 = sk.net.ipv4
    sk.mss_clamp = TCP_MSS_DEFAULT if options.mss is None else options.mss
    sk.tstamp_ok = options.tsval is not None and bool(ipv4.sysctl_tcp_timestamps)
    sk.sack_ok = options.sack_ok and bool(ipv4.sysctl_tcp_sack)
    if sk.tstamp_ok:
        sk.ts_recent = options.tsval or 0
    sk.tcp_header_len = HLEN + (TCPOLEN_TSTAMP_ALIGNED if sk.tstamp_ok else 0)
    if options.wscale is None or not ipv4.sysctl_tcp_window_scaling:
        sk.snd_wscale = sk.rcv_wscale = 0
        sk.window_clamp = min(sk.window_clamp, 65535)
    else:
        sk.snd_wscale = options.wscale


def _synack(sk: TcpSock, pkt: Segment) -> None:
    """The connection stands: acknowledged at once."""
    sk.snd_wl1 = pkt.seq
    _learn_options(sk, pkt.options)
    tcp_ack(sk, pkt, True)
    sk.rcv_nxt = sk.rcv_wup = seq_add(pkt.seq, 1)
    sk.snd_wnd = sk.max_window = pkt.th.window
    if sk.tstamp_ok:
        sk.advmss -= TCPOLEN_TSTAMP_ALIGNED
    tcp_sync_mss(sk, sk.af_ops.dst_mtu(sk))
    _initialize_rcv_mss(sk)
    sk.copied_seq = sk.rcv_nxt
    tcp_finish_connect(sk)
    if sk.pingpong:
        sk.ack_pending |= ICSK_ACK_SCHED
        tcp_enter_quickack_mode(sk, TCP_MAX_QUICKACKS)
    tcp_send_ack(sk)


@kfunc("net/ipv4/tcp_input.c", "tcp_finish_connect")
def tcp_finish_connect(sk: TcpSock) -> None:
    """From SYN_SENT to ESTABLISHED."""
    tcp_set_state(sk, TcpState.ESTABLISHED)
    sk.lrcvtime = sk.net.machine.clock.now
    _note_delivered(sk)
    if not sk.dead:
        wake(sk)


def _crossed_syn(sk: TcpSock, pkt: Segment) -> None:
    """Both ends have begun at the same time (RFC 9293 3.5)."""
    tcp_set_state(sk, TcpState.SYN_RECV)
    _learn_options(sk, pkt.options)
    sk.rcv_nxt = sk.copied_seq = sk.rcv_wup = seq_add(pkt.seq, 1)
    sk.snd_wnd = sk.max_window = pkt.th.window
    sk.snd_wl1 = pkt.seq
    tcp_sync_mss(sk, sk.af_ops.dst_mtu(sk))
    _initialize_rcv_mss(sk)
    tcp_send_synack(sk)


# --- a listener's children ----------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_minisocks.c", "tcp_child_process")
def tcp_child_process(parent: TcpSock, sk: TcpSock, skb: SkBuff) -> DropReason | None:
    """The third packet of a handshake goes to the socket that it has made; the listener's program is woken."""
    state = sk.state
    reason = tcp_rcv_state_process(sk, skb)
    if state is TcpState.SYN_RECV and sk.state is not state:
        wake(parent)
    return reason
