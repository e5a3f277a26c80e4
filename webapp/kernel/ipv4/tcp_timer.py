"""What happens when no answer comes (net/ipv4/tcp_timer.c)."""

from __future__ import annotations

from webapp.kernel.ipv4.inet_connection_sock import inet_csk_reset_xmit_timer
from webapp.kernel.ipv4.tcp_output import tcp_retransmit_skb, tcp_send_loss_probe, tcp_send_probe0
from webapp.kernel.ipv4.tcp_sock import (
    TCP_RESOURCE_PROBE_INTERVAL,
    TCP_RTO_MAX,
    TCP_RTO_MIN,
    CaState,
    IcskTime,
    TcpSock,
    TcpState,
    sk_set_txhash,
)
from webapp.kernel.ipv4.tcp_state import tcp_write_err
from webapp.kernel.kfunc import kfunc


@kfunc("net/ipv4/tcp_timer.c", "tcp_write_timer_handler")
def tcp_write_timer_handler(sk: TcpSock) -> None:
    """The sender's timer has run out."""
    sk.timer = None
    event = sk.pending
    if sk.state in (TcpState.CLOSE, TcpState.LISTEN) or event is IcskTime.NONE:
        return
    if event is IcskTime.LOSS_PROBE:
        tcp_send_loss_probe(sk)
        return
    sk.pending = IcskTime.NONE
    if event is IcskTime.RETRANS:
        tcp_retransmit_timer(sk)
    else:
        tcp_probe_timer(sk)


def _model_timeout(boundary: int, rto_base: int) -> int:
    """tcp_model_timeout: how long ``boundary`` retransmissions with doubling timeouts take."""
    threshold = (TCP_RTO_MAX // rto_base).bit_length() - 1
    if boundary <= threshold:
        return ((2 << boundary) - 1) * rto_base
    return ((2 << threshold) - 1) * rto_base + (boundary - threshold) * TCP_RTO_MAX


def _timed_out(sk: TcpSock, boundary: int) -> bool:
    """retransmits_timed_out."""
    if not sk.retransmits:
        return False
    return sk.net.machine.clock.now - sk.retrans_stamp >= _model_timeout(boundary, TCP_RTO_MIN)


def tcp_orphan_retries(sk: TcpSock, alive: bool) -> int:
    """tcp_orphan_retries: how long a connection that no program has is kept."""
    retries = int(sk.net.ipv4.sysctl_tcp_orphan_retries)
    if sk.err_soft and not alive:
        return 0
    return 8 if not retries and alive else retries


@kfunc("net/ipv4/tcp_timer.c", "tcp_write_timeout")
def tcp_write_timeout(sk: TcpSock) -> bool:
    """Whether it is time to give up; then the connection is over."""
    ipv4 = sk.net.ipv4
    if sk.state in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        linear = ipv4.sysctl_tcp_syn_linear_timeouts if sk.state is TcpState.SYN_SENT else 0
        expired = sk.retransmits >= int(ipv4.sysctl_tcp_syn_retries) + linear
    else:
        retries = ipv4.sysctl_tcp_retries2
        if sk.dead:
            retries = tcp_orphan_retries(sk, sk.rto < TCP_RTO_MAX)
        expired = _timed_out(sk, retries)
    if expired:
        tcp_write_err(sk)
    else:
        sk_set_txhash(sk)
    return expired


def tcp_enter_loss(sk: TcpSock) -> None:
    """tcp_enter_loss: all that is under way and was not selectively acknowledged counts as lost."""
    if sk.ca_state is CaState.OPEN:
        sk.ssthresh = max(sk.cwnd // 2, 2)
    sk.ca_state = CaState.LOSS
    sk.high_seq = sk.snd_nxt
    sk.tlp_high_seq = 0
    for segment in sk.rtx_queue:
        segment.retrans = False
        segment.lost = not segment.sacked
    sk.cwnd = 1


@kfunc("net/ipv4/tcp_timer.c", "tcp_retransmit_timer")
def tcp_retransmit_timer(sk: TcpSock) -> None:
    """The oldest segment was not acknowledged in time: it goes again, and the next timeout is longer."""
    if not sk.packets_out:
        return
    if tcp_write_timeout(sk):
        return
    tcp_enter_loss(sk)
    sk.retransmits += 1
    sk.total_rto += 1
    if tcp_retransmit_skb(sk, sk.rtx_queue[0]) > 0:
        inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, TCP_RESOURCE_PROBE_INTERVAL)
        return
    if sk.state is not TcpState.SYN_SENT or sk.total_rto > sk.net.ipv4.sysctl_tcp_syn_linear_timeouts:
        sk.backoff += 1
        sk.rto = min(sk.rto << 1, TCP_RTO_MAX)
    inet_csk_reset_xmit_timer(sk, IcskTime.RETRANS, sk.rto)


@kfunc("net/ipv4/tcp_timer.c", "tcp_probe_timer")
def tcp_probe_timer(sk: TcpSock) -> None:
    """Something waits to be sent and nothing is under way: the peer is asked for its window."""
    if sk.packets_out or not sk.write_queue:
        sk.probes_out = 0
        return
    max_probes = sk.net.ipv4.sysctl_tcp_retries2
    if sk.dead:
        alive = sk.rto << sk.backoff < TCP_RTO_MAX
        max_probes = tcp_orphan_retries(sk, alive)
        if not alive and sk.backoff >= max_probes:
            tcp_write_err(sk)
            return
    if sk.probes_out >= max_probes:
        tcp_write_err(sk)
    else:
        tcp_send_probe0(sk)
