"""Sending segments (net/ipv4/tcp_output.c)."""

from __future__ import annotations

from functools import partial
from struct import Struct

from webapp.kernel.clock import JIFFY
from webapp.kernel.core.neighbour import neigh_keeps
from webapp.kernel.core.net_device import NET_XMIT_CN
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, Gso, SkBuff
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_clear_xmit_timer, inet_csk_reset_xmit_timer
from webapp.kernel.ipv4.tcp_sock import (
    GSO_MAX_SEGS,
    GSO_MAX_SIZE,
    ICSK_ACK_PUSHED,
    ICSK_ACK_SCHED,
    ICSK_ACK_TIMER,
    TCP_ATO_MIN,
    TCP_DELACK_MAX,
    TCP_DELACK_MIN,
    TCP_MAX_WSCALE,
    TCP_MSS_DEFAULT,
    TCP_RESOURCE_PROBE_INTERVAL,
    TCP_RTO_MAX,
    TCP_RTO_MIN,
    TCP_TIMEOUT_INIT,
    TCP_TIMEOUT_MIN,
    TCPOLEN_SACK_BASE_ALIGNED,
    TCPOLEN_SACK_PERBLOCK,
    TCPOLEN_TSTAMP_ALIGNED,
    CaState,
    IcskTime,
    RequestSock,
    TcpSkb,
    TcpSock,
    TcpState,
    after,
    before,
    seq_add,
    seq_sub,
    sk_set_txhash,
    to_jiffies,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.wire.tcp import ACK, FIN, HEADER, HLEN, PSH, RST, SYN

_TSTAMP = Struct("!BBBBII")
_BLOCK = Struct("!II")
_TSO_WIN_DIVISOR = 3

NOP, OPT_MSS, OPT_WSCALE, OPT_SACK_PERM, OPT_SACK, OPT_TIMESTAMP = 1, 2, 3, 4, 5, 8


# --- options ------------------------------------------------------------------------------------------------------


def syn_options(mss: int, tsval: int | None, tsecr: int, wscale: int | None, sack_perm: bool) -> bytes:
    """tcp_syn_options, tcp_synack_options and tcp_options_write: what a SYN carries, in Linux's order."""
    options = bytes((OPT_MSS, 4)) + mss.to_bytes(2, "big")
    if tsval is not None:
        before_stamp = (OPT_SACK_PERM, 2) if sack_perm else (NOP, NOP)
        options += _TSTAMP.pack(*before_stamp, OPT_TIMESTAMP, 10, tsval, tsecr)
    elif sack_perm:
        options += bytes((NOP, NOP, OPT_SACK_PERM, 2))
    if wscale is not None:
        options += bytes((NOP, OPT_WSCALE, 3, wscale))
    return options


def _established_size(sk: TcpSock) -> int:
    """tcp_established_options: how long the options of a segment are now."""
    size = TCPOLEN_TSTAMP_ALIGNED if sk.tstamp_ok else 0
    blocks = len(sk.sacks) + (sk.dsack is not None)
    if blocks:
        size += TCPOLEN_SACK_BASE_ALIGNED + TCPOLEN_SACK_PERBLOCK * min(blocks, (40 - size - 4) // 8)
    return size


def _established_options(sk: TcpSock) -> bytes:
    options = b""
    if sk.tstamp_ok:
        options = _TSTAMP.pack(NOP, NOP, OPT_TIMESTAMP, 10, sk.ts_now(), sk.ts_recent)
    blocks = ([sk.dsack] if sk.dsack is not None else []) + sk.sacks
    if blocks:
        blocks = blocks[: (40 - len(options) - 4) // 8]
        options += bytes((NOP, NOP, OPT_SACK, 2 + 8 * len(blocks))) + b"".join(_BLOCK.pack(*block) for block in blocks)
        sk.dsack = None
    return options


# --- windows and sizes --------------------------------------------------------------------------------------------


def tcp_full_space(rcvbuf: int) -> int:
    """tcp_full_space: what of a receive buffer is offered to the peer; half of it, before anything was measured."""
    return rcvbuf >> 1


def tcp_select_initial_window(rcvbuf: int, rmem_max: int, mss: int, scaling: bool) -> tuple[int, int, int]:
    """tcp_select_initial_window: (rcv_wnd, window_clamp, rcv_wscale)."""
    space = tcp_full_space(rcvbuf)
    if space > mss:
        space -= space % mss
    wscale = min(max(max(space, rmem_max).bit_length() - 1 - 15, 0), TCP_MAX_WSCALE) if scaling else 0
    return space, 0xFFFF << wscale, wscale


def tcp_select_new_window(sk: TcpSock) -> int:
    """__tcp_select_window: what may be offered now."""
    full = min(sk.window_clamp, sk.win_from_space(sk.rcvbuf))
    space = sk.space()
    if space < full >> 1:
        sk.quick = 0
        space = space >> sk.rcv_wscale << sk.rcv_wscale
        if space < sk.win_from_space(sk.rcvbuf) >> 4 or space < min(sk.rcv_mss, full):
            return 0
    space = min(space, sk.rcv_ssthresh)
    if sk.rcv_wscale:
        unit = 1 << sk.rcv_wscale
        return max(-(-space // unit) * unit, 0)
    if space < sk.rcv_mss:
        return 0
    window = sk.rcv_wnd
    return space - space % sk.rcv_mss if not space - sk.rcv_mss < window <= space else window


@kfunc("net/ipv4/tcp_output.c", "tcp_select_window")
def tcp_select_window(sk: TcpSock) -> int:
    """The window of an outgoing segment, scaled; what was once offered is never taken back."""
    window = max(tcp_select_new_window(sk), sk.receive_window())
    window = min(window, 0xFFFF << sk.rcv_wscale)
    sk.rcv_wnd = window
    sk.rcv_wup = sk.rcv_nxt
    return window >> sk.rcv_wscale


@kfunc("net/ipv4/tcp_output.c", "tcp_sync_mss")
def tcp_sync_mss(sk: TcpSock, pmtu: int) -> int:
    """Sets how much data a segment carries: the path's, the peer's and the window's limit."""
    mss = min(pmtu - sk.af_ops.net_header_len - HLEN, sk.mss_clamp) - (sk.tcp_header_len - HLEN)
    cutoff = sk.max_window >> 1 if sk.max_window > TCP_MSS_DEFAULT else sk.max_window
    if cutoff and mss > cutoff:
        mss = max(cutoff, 68 - sk.tcp_header_len)
    sk.mss_cache = max(mss, 8)
    return sk.mss_cache


def tcp_xmit_size_goal(sk: TcpSock, mss: int) -> int:
    """tcp_xmit_size_goal: how much is put into one segment of the queue: as many whole ones as may go at once."""
    cutoff = sk.max_window >> 1 if sk.max_window > TCP_MSS_DEFAULT else sk.max_window
    goal = min(GSO_MAX_SIZE, max(cutoff, 68 - sk.tcp_header_len)) if cutoff else GSO_MAX_SIZE
    return max(min(goal // mss, GSO_MAX_SEGS) * mss, mss)


@kfunc("net/ipv4/tcp_output.c", "tcp_current_mss")
def tcp_current_mss(sk: TcpSock) -> int:
    """What fits the next segment: less when it has to carry SACK blocks, or when the path's MTU has changed."""
    if sk.dst is not None:
        tcp_sync_mss(sk, sk.af_ops.dst_mtu(sk))
    return sk.mss_cache - (HLEN + _established_size(sk) - sk.tcp_header_len)


# --- one segment --------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_output.c", "__tcp_transmit_skb", station="socket send", lane=Lane.OUT)
def tcp_transmit_skb(sk: TcpSock, segment: TcpSkb, rcv_nxt: int) -> int:
    """Sends a segment with the header that the connection's state asks for: 0, NET_XMIT_DROP or a negative errno."""
    options = _options(sk, segment)
    if segment.pcount > 1:
        segment.flags |= PSH
    flags = segment.flags
    window = min(sk.rcv_wnd, 0xFFFF) if flags & SYN else tcp_select_window(sk)
    doff = (HLEN + len(options)) << 2
    header = HEADER.pack(sk.sport, sk.dport, segment.seq, rcv_nxt if flags & ACK else 0, doff, flags, window, 0, 0)
    skb = SkBuff(sk.af_ops.send_check(sk, header + options + segment.data), 0, None, sk.mark)
    skb.ip_summed = CHECKSUM_PARTIAL
    skb.transport_header = 0
    skb.priority = sk.priority
    skb.sk = sk
    skb.hash = sk.txhash
    segment.clone = skb
    if segment.pcount > 1:
        skb.gso = Gso(segment.mss, segment.pcount, len(segment.data))
    recorder = RECORDER.get()
    if recorder is not None:
        if sk.dst is not None:
            skb.dev = sk.dst.dev
        recorder.about(skb)
    if flags & ACK:
        _event_ack_sent(sk)
    if segment.data:
        _event_data_sent(sk)
    error = sk.af_ops.queue_xmit(sk, skb)
    if error > 0:
        error = 0 if error == NET_XMIT_CN else error
    if not error:
        sk.sent_count += 1
        segment.sent = sk.sent_count
        segment.tstamp = sk.net.machine.clock.now
    return error


def _options(sk: TcpSock, segment: TcpSkb) -> bytes:
    if not segment.flags & SYN:
        return _established_options(sk)
    ipv4 = sk.net.ipv4
    stamp = sk.ts_now() if ipv4.sysctl_tcp_timestamps else None
    wscale = sk.rcv_wscale if ipv4.sysctl_tcp_window_scaling else None
    return syn_options(sk.advmss, stamp, sk.ts_recent, wscale, bool(ipv4.sysctl_tcp_sack))


def _event_ack_sent(sk: TcpSock) -> None:
    """tcp_event_ack_sent: nothing is left to be acknowledged."""
    if sk.quick:
        scheduled = 1 if sk.ack_pending & ICSK_ACK_SCHED else 0
        if scheduled >= sk.quick:
            sk.quick = 0
            sk.ato = TCP_ATO_MIN
        else:
            sk.quick -= scheduled
    sk.ack_pending = 0
    if sk.delack_timer is not None:
        sk.delack_timer.cancel()
        sk.delack_timer = None


def _event_data_sent(sk: TcpSock) -> None:
    """tcp_event_data_sent: an answer to what came a moment ago makes the connection an interactive one."""
    if sk.net.machine.clock.now - sk.lrcvtime < sk.ato:
        sk.pingpong = min(sk.pingpong + 1, 255)


@kfunc("net/ipv4/tcp_output.c", "__tcp_send_ack")
def tcp_send_ack(sk: TcpSock) -> None:
    """An acknowledgement without data."""
    if sk.state is not TcpState.CLOSE:
        tcp_transmit_skb(sk, TcpSkb(_acceptable_seq(sk), ACK), sk.rcv_nxt)


def _acceptable_seq(sk: TcpSock) -> int:
    """tcp_acceptable_seq: SND.NXT, unless the peer has shrunk its window below."""
    end = sk.wnd_end()
    return sk.snd_nxt if not before(end, sk.snd_nxt) else end


@kfunc("net/ipv4/tcp_output.c", "tcp_send_delayed_ack")
def tcp_send_delayed_ack(sk: TcpSock) -> None:
    """The acknowledgement may wait for data to go with."""
    ato = sk.ato
    if ato > TCP_DELACK_MIN:
        interactive = sk.pingpong or sk.ack_pending & ICSK_ACK_PUSHED
        limit = TCP_DELACK_MAX if interactive else 125 * JIFFY
        if sk.srtt:
            limit = min(limit, max(to_jiffies(sk.srtt), TCP_DELACK_MIN))
        ato = min(ato, limit)
    ato = min(ato, TCP_DELACK_MAX)
    clock = sk.net.machine.clock
    timeout = clock.now + ato
    if sk.delack_timer is not None and sk.ack_pending & ICSK_ACK_TIMER:
        if sk.delack_timer.expires <= clock.now + (ato >> 2):
            tcp_send_ack(sk)
            return
        timeout = min(timeout, sk.delack_timer.expires)
        sk.delack_timer.cancel()
    sk.ack_pending |= ICSK_ACK_SCHED | ICSK_ACK_TIMER
    sk.delack_timer = clock.mod_timer(timeout - clock.now, partial(tcp_delack_timer_handler, sk))


@kfunc("net/ipv4/tcp_timer.c", "tcp_delack_timer_handler")
def tcp_delack_timer_handler(sk: TcpSock) -> None:
    """No data went along in time: the acknowledgement goes alone."""
    sk.delack_timer = None
    if sk.state in (TcpState.CLOSE, TcpState.LISTEN) or not sk.ack_pending & ICSK_ACK_TIMER:
        return
    sk.ack_pending &= ~ICSK_ACK_TIMER
    if sk.ack_pending & ICSK_ACK_SCHED:
        if not sk.pingpong:
            sk.ato = min(sk.ato << 1, sk.rto, TCP_DELACK_MAX)
        else:
            sk.pingpong = 0
            sk.ato = TCP_ATO_MIN
        tcp_send_ack(sk)


@kfunc("net/ipv4/tcp_output.c", "tcp_send_active_reset")
def tcp_send_active_reset(sk: TcpSock) -> None:
    """The connection is thrown away, and the peer is told."""
    tcp_transmit_skb(sk, TcpSkb(_acceptable_seq(sk), ACK | RST), sk.rcv_nxt)


# --- handshake ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_output.c", "tcp_connect_init")
def tcp_connect_init(sk: TcpSock) -> None:
    """What a SYN will say, and what is known before the answer."""
    ipv4 = sk.net.ipv4
    sk.tcp_header_len = HLEN + (TCPOLEN_TSTAMP_ALIGNED if ipv4.sysctl_tcp_timestamps else 0)
    mtu = sk.af_ops.dst_mtu(sk)
    sk.max_window = 0
    sk.mss_clamp = 65535
    tcp_sync_mss(sk, mtu)
    sk.advmss = sk.af_ops.advmss(sk)
    scaling = bool(ipv4.sysctl_tcp_window_scaling)
    window = tcp_select_initial_window(sk.rcvbuf, ipv4.sysctl_tcp_rmem[2], sk.advmss, scaling)
    sk.rcv_wnd, sk.window_clamp, sk.rcv_wscale = window
    sk.rcv_ssthresh = sk.rcv_wnd
    sk.err = 0
    sk.snd_wnd = 0
    sk.snd_wl1 = 0
    sk.snd_una = sk.snd_sml = sk.snd_nxt = sk.write_seq
    sk.rcv_wup = sk.copied_seq = sk.rcv_nxt = 0
    sk.rto = TCP_TIMEOUT_INIT
    sk.retransmits = sk.backoff = sk.total_rto = 0


@kfunc("net/ipv4/tcp_output.c", "tcp_connect")
def tcp_connect(sk: TcpSock) -> int:
    """Sends the SYN and arms its timer: 0 or a negative errno. What refused the packet on the way out is not told."""
    if not sk.af_ops.rebuild_header(sk):
        return -Errno.EHOSTUNREACH
    sk_set_txhash(sk)
    tcp_connect_init(sk)
    syn = TcpSkb(sk.write_seq, SYN, syn_or_fin=1)
    sk.write_seq = seq_add(sk.write_seq, 1)
    sk.retrans_stamp = sk.net.machine.clock.now
    sk.packets_out += 1
    sk.rtx_queue.append(syn)
    tcp_transmit_skb(sk, syn, 0)
    sk.snd_nxt = sk.write_seq
    inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, sk.rto)
    return 0


@kfunc("net/ipv4/tcp_output.c", "tcp_send_synack")
def tcp_send_synack(sk: TcpSock) -> None:
    """Crossed SYNs: ours goes again, as an answer."""
    if sk.rtx_queue:
        sk.rtx_queue[0].flags |= ACK
        tcp_transmit_skb(sk, sk.rtx_queue[0], sk.rcv_nxt)


@kfunc("net/ipv4/tcp_output.c", "tcp_make_synack")
def tcp_make_synack(sk: TcpSock, req: RequestSock, advmss: int) -> bytes:
    """The answer to a SYN, its checksum still to come. Its options echo those of the SYN."""
    machine = sk.net.machine
    req.snt_time = machine.clock.now
    asked = req.options
    stamp = None if asked.tsval is None else machine.clock.now // 1_000_000 + req.tsoffset & 0xFFFFFFFF
    options = syn_options(
        advmss, stamp, req.ts_recent, None if asked.wscale is None else req.rcv_wscale, asked.sack_ok
    )  # fmt: skip
    _, port, _, peer = req.key
    doff = (HLEN + len(options)) << 2
    ack_seq = seq_add(req.rcv_isn, 1)
    return HEADER.pack(port, peer, req.snt_isn, ack_seq, doff, SYN | ACK, min(req.rcv_wnd, 0xFFFF), 0, 0) + options


@kfunc("net/ipv4/tcp_output.c", "tcp_rtx_synack")
def tcp_rtx_synack(sk: TcpSock, req: RequestSock) -> int:
    """The answer to a SYN once more: 0 or an error."""
    sk_set_txhash(req)
    dst = req.ops.route_req(sk, req)
    return -Errno.EHOSTUNREACH if dst is None else req.ops.send_synack(sk, dst, req)


# --- data ---------------------------------------------------------------------------------------------------------


def _in_flight(sk: TcpSock) -> int:
    """tcp_packets_in_flight: sent and neither acknowledged nor given up."""
    return sum(
        segment.pcount for segment in sk.rtx_queue if not segment.sacked and (not segment.lost or segment.retrans)
    )


def _nagle_allows(sk: TcpSock, segment: TcpSkb, mss: int, push: bool) -> bool:
    """tcp_nagle_test: a small segment waits while another one is under way."""
    if push or segment.flags & FIN or len(segment.data) >= mss or sk.nonagle:
        return True
    return not (sk.packets_out and _small_under_way(sk))


def _small_under_way(sk: TcpSock) -> bool:
    """tcp_minshall_check."""
    return after(sk.snd_sml, sk.snd_una) and not after(sk.snd_sml, sk.snd_nxt)


def _split(sk: TcpSock, segment: TcpSkb, length: int) -> TcpSkb:
    """tcp_fragment: ``segment`` keeps ``length`` bytes; what follows them is returned. Both are to be counted anew."""
    rest = TcpSkb(seq_add(segment.seq, length), segment.flags, segment.data[length:], segment.flags & FIN)
    rest.sacked, rest.lost, rest.retrans, rest.sent = segment.sacked, segment.lost, segment.retrans, segment.sent
    rest.tstamp = segment.tstamp
    segment.data = segment.data[:length]
    segment.end_seq = rest.seq
    segment.flags &= ~(FIN | PSH)
    return rest


@kfunc("net/ipv4/tcp_output.c", "tcp_write_xmit")
def tcp_write_xmit(sk: TcpSock, mss: int, push: bool, push_one: bool) -> bool:
    """Sends what the windows allow. True: nothing is under way although something waits, so a probe is due."""
    sent = False
    max_segs = tcp_tso_segs(mss)
    while sk.write_queue:
        segment = sk.write_queue[0]
        quota = _cwnd_test(sk)
        if not quota and not push_one:
            break
        quota = min(quota or 1, max_segs)
        segment.set_tso_segs(mss)
        room = seq_sub(sk.wnd_end(), segment.seq) if not after(segment.seq, sk.wnd_end()) else 0
        if min(len(segment.data), mss) > room:
            break
        limit = mss
        if segment.pcount == 1:
            if not _nagle_allows(sk, segment, mss, push or len(sk.write_queue) > 1):
                break
        else:
            if not push_one and _tso_should_defer(sk, segment, room, max_segs):
                break
            limit = _mss_split_point(sk, segment, quota * mss, room, push)
        if len(segment.data) > limit:
            rest = _split(sk, segment, limit)
            rest.set_tso_segs(mss)
            segment.set_tso_segs(mss)
            sk.write_queue.insert(1, rest)
        if not segment.data and not segment.flags & FIN:
            break
        if tcp_transmit_skb(sk, segment, sk.rcv_nxt):
            break
        _event_new_data_sent(sk)
        if len(segment.data) < segment.pcount * mss:
            sk.snd_sml = segment.end_seq
        sent = True
        if push_one:
            break
    if sent:
        if not push_one:
            tcp_schedule_loss_probe(sk)
        return False
    return not sk.packets_out and bool(sk.write_queue)


def tcp_tso_segs(mss: int) -> int:
    """tcp_tso_segs: of a path as short as the model's as many as fit (tcp_tso_autosize)."""
    return max(min(GSO_MAX_SIZE // mss, GSO_MAX_SEGS), 2)


def _cwnd_test(sk: TcpSock) -> int:
    """tcp_cwnd_test: how many segments may go; never more than half a window at once."""
    left = sk.cwnd - _in_flight(sk)
    return min(max(sk.cwnd >> 1, 1), left) if left > 0 else 0


def _mss_split_point(sk: TcpSock, segment: TcpSkb, most: int, room: int, push: bool) -> int:
    """tcp_mss_split_point: ``most`` bytes, or what the window takes; a last short segment where Nagle lets it go."""
    if most <= room and segment is not sk.write_queue[-1]:
        return most
    needed = min(len(segment.data), room)
    if most <= needed:
        return most
    partial = needed % segment.mss
    held_back = partial and not push and not sk.nonagle and sk.packets_out and _small_under_way(sk)
    return needed - partial if held_back else needed


def _tso_should_defer(sk: TcpSock, segment: TcpSkb, room: int, max_segs: int) -> bool:
    """tcp_tso_should_defer: whether so little may go now that it is better to wait for the next acknowledgement."""
    mss = segment.mss
    limit = min(room, (sk.cwnd - _in_flight(sk)) * mss)
    if sk.ca_state is not CaState.OPEN or limit >= max_segs * mss:
        return False
    if segment is not sk.write_queue[-1] and limit >= len(segment.data):
        return False
    return limit < min(sk.snd_wnd, sk.cwnd * mss) // _TSO_WIN_DIVISOR and bool(sk.rtx_queue)


def _event_new_data_sent(sk: TcpSock) -> None:
    """tcp_event_new_data_sent: the first segment of the queue is under way."""
    segment = sk.write_queue.popleft()
    sk.snd_nxt = segment.end_seq
    sk.rtx_queue.append(segment)
    prior, sk.packets_out = sk.packets_out, sk.packets_out + segment.pcount
    if not prior or sk.pending is IcskTime.LOSS_PROBE:
        tcp_rearm_rto(sk)


@kfunc("net/ipv4/tcp_output.c", "__tcp_push_pending_frames")
def tcp_push_pending_frames(sk: TcpSock, mss: int, push: bool) -> None:
    """Sends what may be sent; where nothing may, a timer is to try again."""
    if sk.state is not TcpState.CLOSE and tcp_write_xmit(sk, mss, push, False):
        check_probe_timer(sk)


def check_probe_timer(sk: TcpSock) -> None:
    """tcp_check_probe_timer."""
    if not sk.packets_out and sk.pending is IcskTime.NONE:
        inet_csk_reset_xmit_timer(sk, IcskTime.PROBE0, max(sk.rto, TCP_RTO_MIN))


@kfunc("net/ipv4/tcp_output.c", "tcp_send_fin")
def tcp_send_fin(sk: TcpSock) -> None:
    """The program will send no more: said with the last unsent segment, or with one of its own."""
    if sk.write_queue:
        last = sk.write_queue[-1]
        last.flags |= FIN
        last.end_seq = seq_add(last.end_seq, 1)
    else:
        sk.write_queue.append(TcpSkb(sk.write_seq, ACK | FIN, syn_or_fin=1))
    sk.write_seq = seq_add(sk.write_seq, 1)
    tcp_push_pending_frames(sk, tcp_current_mss(sk), True)


# --- timers -------------------------------------------------------------------------------------------------------


def _rto_left(sk: TcpSock) -> int:
    """tcp_rto_delta_us: when the retransmission of the oldest segment is due."""
    head = sk.rtx_queue[0]
    return head.tstamp + sk.rto - sk.net.machine.clock.now


def tcp_rearm_rto(sk: TcpSock) -> None:
    """tcp_rearm_rto: the timer runs for the oldest segment that is not acknowledged."""
    if not sk.packets_out:
        inet_csk_clear_xmit_timer(sk)
        return
    delay = max(_rto_left(sk), JIFFY) if sk.pending is IcskTime.LOSS_PROBE else sk.rto
    inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, min(delay, TCP_RTO_MAX))


@kfunc("net/ipv4/tcp_output.c", "tcp_schedule_loss_probe")
def tcp_schedule_loss_probe(sk: TcpSock) -> bool:
    """RFC 8985 7.2: if the tail of what was sent is lost, one more segment will bring it to light."""
    if not sk.packets_out or not sk.sack_ok or sk.ca_state is not CaState.OPEN:
        return False
    timeout = TCP_TIMEOUT_INIT
    if sk.srtt:
        extra = TCP_RTO_MIN if sk.packets_out == 1 else TCP_TIMEOUT_MIN
        timeout = to_jiffies(2 * sk.srtt + extra)
    left = _rto_left(sk)
    if left > 0:
        timeout = min(timeout, left)
    inet_csk_reset_xmit_timer(sk, IcskTime.LOSS_PROBE, timeout)
    return True


def tcp_simple_retransmit(sk: TcpSock, mtu: int) -> None:
    """tcp_sync_mss and tcp_simple_retransmit: the path is narrower than was thought; what was too long goes again."""
    mss = tcp_sync_mss(sk, mtu)
    news = False
    for segment in sk.rtx_queue:
        if min(len(segment.data), segment.mss or len(segment.data)) > mss and not segment.sacked:
            segment.lost, segment.retrans = True, False
            news = True
    if not news:
        return
    if sk.ca_state is not CaState.LOSS:
        sk.high_seq = sk.snd_nxt
        sk.ca_state = CaState.LOSS
    tcp_xmit_retransmit_queue(sk)


@kfunc("net/ipv4/tcp_output.c", "tcp_send_loss_probe")
def tcp_send_loss_probe(sk: TcpSock) -> None:
    """New data if there is some, else the last segment again."""
    if not sk.tlp_high_seq and _loss_probe_sent(sk):
        sk.tlp_high_seq = sk.snd_nxt
        sk.pending = IcskTime.NONE
    tcp_rearm_rto(sk)


def _loss_probe_sent(sk: TcpSock) -> bool:
    mss = tcp_current_mss(sk)
    head = sk.write_queue[0] if sk.write_queue else None
    if head is not None and not after(seq_add(head.seq, min(len(head.data), mss)), sk.wnd_end()):
        prior = sk.packets_out
        tcp_write_xmit(sk, mss, True, True)
        return sk.packets_out > prior
    last = sk.rtx_queue[-1]
    if last.pcount > 1:
        # the last segment alone brings it to light as well
        _cut(sk, last, (last.pcount - 1) * last.mss)
        last = sk.rtx_queue[-1]
    return not skb_still_in_host_queue(sk, last) and not retransmit_skb(sk, last)


def _cut(sk: TcpSock, segment: TcpSkb, length: int) -> None:
    """tcp_fragment of what is under way: two in place of one, and packets_out counts them."""
    rest = _split(sk, segment, length)
    rest.pcount, before_ = 0, segment.pcount
    mss = segment.mss or len(segment.data)
    segment.set_tso_segs(mss)
    rest.set_tso_segs(mss)
    sk.packets_out += segment.pcount + rest.pcount - before_
    sk.rtx_queue.insert(sk.rtx_queue.index(segment) + 1, rest)


def skb_still_in_host_queue(sk: TcpSock, segment: TcpSkb) -> bool:
    """skb_still_in_host_queue: a segment that has not left yet (it waits for a neighbour) need not go again."""
    clone = segment.clone
    return clone is not None and clone.sk is sk and neigh_keeps(clone)


@kfunc("net/ipv4/tcp_output.c", "__tcp_retransmit_skb")
def retransmit_skb(sk: TcpSock, segment: TcpSkb, segs: int = 1) -> int:
    """Sends ``segs`` segments at most of one again: 0, NET_XMIT_DROP or a negative errno."""
    if skb_still_in_host_queue(sk, segment):
        return -Errno.EBUSY
    if before(segment.seq, sk.snd_una):
        segment.data = segment.data[seq_sub(sk.snd_una, segment.seq) - bool(segment.flags & SYN) :]
        segment.flags &= ~SYN
        segment.seq = sk.snd_una
    if not sk.af_ops.rebuild_header(sk):
        return -Errno.EHOSTUNREACH
    mss = tcp_current_mss(sk)
    room = seq_sub(sk.wnd_end(), segment.seq) if before(segment.seq, sk.wnd_end()) else 0
    if not room and not segment.flags & SYN:
        if segment.seq != sk.snd_una:
            return -Errno.EAGAIN
        room = mss
    if segment.data and len(segment.data) > min(mss * segs, room):
        _cut(sk, segment, min(mss * segs, room))
    if segment.data:
        sk.packets_out += segment.set_tso_segs(mss)
    return tcp_transmit_skb(sk, segment, sk.rcv_nxt)


@kfunc("net/ipv4/tcp_output.c", "tcp_retransmit_skb")
def tcp_retransmit_skb(sk: TcpSock, segment: TcpSkb, segs: int = 1) -> int:
    """Sends a lost segment again, and counts it as under way if that went well."""
    error = retransmit_skb(sk, segment, segs)
    if not error:
        segment.retrans = True
    if not sk.retrans_stamp:
        sk.retrans_stamp = sk.net.machine.clock.now
    return error


@kfunc("net/ipv4/tcp_output.c", "tcp_xmit_retransmit_queue")
def tcp_xmit_retransmit_queue(sk: TcpSock) -> None:
    """Sends again what is known to be lost, as far as the congestion window allows."""
    rearm = False
    for segment in list(sk.rtx_queue):
        if segment.sacked or segment.retrans or not segment.lost:
            continue
        segs = sk.cwnd - _in_flight(sk)
        if segs <= 0 or tcp_retransmit_skb(sk, segment, min(segs, tcp_tso_segs(sk.mss_cache))):
            break
        rearm = rearm or segment is sk.rtx_queue[0]
    if rearm:
        inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, sk.rto)


# --- probes -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp_output.c", "tcp_write_wakeup")
def tcp_write_wakeup(sk: TcpSock) -> int:
    """Tries to send the next segment, or asks with an old sequence number for the peer's window."""
    if sk.state is TcpState.CLOSE:
        return -1
    segment = sk.write_queue[0] if sk.write_queue else None
    if segment is None or not before(segment.seq, sk.wnd_end()):
        probe = TcpSkb(seq_add(sk.snd_una, -1), ACK)
        return tcp_transmit_skb(sk, probe, sk.rcv_nxt)
    length = min(seq_sub(sk.wnd_end(), segment.seq), tcp_current_mss(sk))
    if len(segment.data) > length:
        sk.write_queue.insert(1, _split(sk, segment, length))
    if segment.data:
        segment.flags |= PSH
        segment.set_tso_segs(tcp_current_mss(sk))
    error = tcp_transmit_skb(sk, segment, sk.rcv_nxt)
    if not error:
        _event_new_data_sent(sk)
    return error


@kfunc("net/ipv4/tcp_output.c", "tcp_send_probe0")
def tcp_send_probe0(sk: TcpSock) -> None:
    """One probe, and when the next one is due."""
    error = tcp_write_wakeup(sk)
    if sk.packets_out or not sk.write_queue:
        sk.probes_out = sk.backoff = 0
        return
    sk.probes_out += 1
    timeout = TCP_RESOURCE_PROBE_INTERVAL
    if error <= 0:
        sk.backoff = min(sk.backoff + 1, sk.net.ipv4.sysctl_tcp_retries2)
        timeout = min(max(sk.rto, TCP_RTO_MIN) << min(sk.backoff, 9), TCP_RTO_MAX)
    inet_csk_reset_xmit_timer(sk, IcskTime.PROBE0, timeout)
