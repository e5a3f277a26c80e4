"""What programs do with TCP sockets (net/ipv4/tcp.c): send, receive, poll, shut down, close."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inet_connection_sock import reqsk_queue_unlink
from webapp.kernel.ipv4.tcp_minisocks import tcp_time_wait
from webapp.kernel.ipv4.tcp_output import (
    tcp_current_mss,
    tcp_push_pending_frames,
    tcp_select_new_window,
    tcp_send_ack,
    tcp_send_active_reset,
    tcp_send_fin,
    tcp_write_xmit,
    tcp_xmit_size_goal,
)
from webapp.kernel.ipv4.tcp_sock import (
    ICSK_ACK_PUSHED,
    ICSK_ACK_PUSHED2,
    ICSK_ACK_SCHED,
    POLLERR,
    POLLHUP,
    POLLIN,
    POLLOUT,
    POLLRDHUP,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    SHUTDOWN_MASK,
    TCP_TIMEWAIT_LEN,
    RequestSock,
    TcpSkb,
    TcpSock,
    TcpState,
    after,
    seq_add,
    seq_sub,
)
from webapp.kernel.ipv4.tcp_state import inet_csk_destroy_sock, tcp_done, tcp_set_state
from webapp.kernel.kfunc import kfunc
from webapp.kernel.wire.tcp import ACK, PSH

SNDBUF = 2_626_560
"""How much a socket takes before it says EAGAIN: where tcp_wmem's automatic growth soon ends on a fast network."""

_TELLING_FIN = {
    TcpState.ESTABLISHED: TcpState.FIN_WAIT1,
    TcpState.SYN_RECV: TcpState.FIN_WAIT1,
    TcpState.CLOSE_WAIT: TcpState.LAST_ACK,
}
"""new_state, where closing sends a FIN."""

_CAN_SEND = (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)


@contextmanager
def lock_sock(sk: TcpSock) -> Iterator[None]:
    """lock_sock and release_sock: segments that arrive during a call wait for its end (sk_backlog)."""
    sk.owned = True
    try:
        yield
        release_backlog(sk)
        if sk.mtu_reduced is not None:
            # tcp_release_cb
            reduce, sk.mtu_reduced = sk.mtu_reduced, None
            reduce()
    finally:
        sk.owned = False


def release_backlog(sk: TcpSock) -> None:
    """__release_sock: takes in what has come meanwhile, with the softirqs that this causes after it."""
    machine = sk.net.machine
    while sk.backlog:
        machine.local_bh_disable()
        sk.backlog_rcv(sk, sk.backlog.popleft())
        machine.local_bh_enable()


def so_error(sk: TcpSock) -> int:
    """SO_ERROR (sk_getsockopt): the pending error, else the soft one; it is forgotten thereby."""
    error, sk.err = sk.err, 0
    if not error:
        error, sk.err_soft = sk.err_soft, 0
    return error


# --- send and receive ---------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp.c", "tcp_sendmsg")
def tcp_sendmsg(sk: TcpSock, data: bytes) -> int:
    """Takes data to be sent: how many bytes, or a negative errno (EAGAIN: not now, EPIPE, ECONNRESET …)."""
    with lock_sock(sk):
        if sk.state in (TcpState.SYN_SENT, TcpState.SYN_RECV):
            return -Errno.EAGAIN
        if sk.err:
            error, sk.err = sk.err, 0
            return -error
        if sk.state not in _CAN_SEND or sk.shutdown & SEND_SHUTDOWN:
            return -Errno.EPIPE
        room = SNDBUF - seq_sub(sk.write_seq, sk.snd_una)
        if room <= 0:
            return -Errno.EAGAIN
        taken = data[:room]
        if taken:
            _queue(sk, taken)
        return len(taken)


def _queue(sk: TcpSock, data: bytes) -> None:
    """tcp_sendmsg_locked: fills segments, as long as they may be before they are cut, and pushes them."""
    mss = tcp_current_mss(sk)
    goal = tcp_xmit_size_goal(sk, mss)
    while data:
        tail = sk.write_queue[-1] if sk.write_queue else None
        if tail is None or len(tail.data) >= goal:
            tail = TcpSkb(sk.write_seq, ACK)
            sk.write_queue.append(tail)
        more, data = data[: goal - len(tail.data)], data[goal - len(tail.data) :]
        tail.data += more
        tail.end_seq = sk.write_seq = seq_add(sk.write_seq, len(more))
        if not data:
            break
        if after(sk.write_seq, seq_add(sk.pushed_seq, sk.max_window >> 1)):
            mark_push(sk, tail)
            tcp_push_pending_frames(sk, mss, True)
        elif tail is sk.write_queue[0]:
            tcp_write_xmit(sk, mss, True, True)
    if sk.write_queue:
        mark_push(sk, sk.write_queue[-1])
        tcp_push_pending_frames(sk, mss, sk.nonagle)


def mark_push(sk: TcpSock, segment: TcpSkb) -> None:
    """tcp_mark_push."""
    segment.flags |= PSH
    sk.pushed_seq = sk.write_seq


@kfunc("net/ipv4/tcp.c", "tcp_recvmsg")
def tcp_recvmsg(sk: TcpSock, size: int) -> bytes | int:
    """Gives what has arrived, at most ``size`` bytes: b"" at the end; a negative errno (EAGAIN: nothing yet)."""
    with lock_sock(sk):
        if sk.state is TcpState.LISTEN:
            return -Errno.ENOTCONN
        parts: list[bytes] = []
        queue = sk.receive_queue
        while queue and size:
            piece = queue.popleft()
            if len(piece) > size:
                queue.appendleft(piece[size:])
                piece = piece[:size]
            size -= len(piece)
            parts.append(piece)
        data = b"".join(parts)
        if not data:
            return _nothing(sk)
        sk.copied_seq = seq_add(sk.copied_seq, len(data))
        tcp_cleanup_rbuf(sk, len(data))
        return data


def _nothing(sk: TcpSock) -> bytes | int:
    if sk.shutdown & RCV_SHUTDOWN and not sk.err:
        return b""
    if sk.err:
        error, sk.err = sk.err, 0
        return -error
    if sk.state is TcpState.CLOSE:
        return -Errno.ENOTCONN
    return -Errno.EAGAIN


@kfunc("net/ipv4/tcp.c", "__tcp_cleanup_rbuf")
def tcp_cleanup_rbuf(sk: TcpSock, copied: int) -> None:
    """The program has read: an acknowledgement may be due, or the window be much wider now."""
    due = False
    if sk.ack_pending & ICSK_ACK_SCHED:
        pushed = sk.ack_pending & ICSK_ACK_PUSHED2 or (sk.ack_pending & ICSK_ACK_PUSHED and not sk.pingpong)
        due = seq_sub(sk.rcv_nxt, sk.rcv_wup) > sk.rcv_mss or bool(pushed and copied and not sk.receive_queue)
    if copied and not due and not sk.shutdown & RCV_SHUTDOWN:
        window = sk.receive_window()
        if 2 * window <= sk.window_clamp:
            new = tcp_select_new_window(sk)
            due = bool(new) and new >= 2 * window
    if due:
        tcp_send_ack(sk)


def tcp_poll(sk: TcpSock) -> int:
    """tcp_poll: what could be done without waiting, as POLL* bits."""
    if sk.state is TcpState.LISTEN:
        return POLLIN if sk.accept_queue else 0
    mask = 0
    if sk.shutdown == SHUTDOWN_MASK or sk.state is TcpState.CLOSE:
        mask |= POLLHUP
    if sk.shutdown & RCV_SHUTDOWN:
        mask |= POLLIN | POLLRDHUP
    if sk.state not in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        if sk.receive_queue:
            mask |= POLLIN
        if sk.shutdown & SEND_SHUTDOWN or seq_sub(sk.write_seq, sk.snd_una) < SNDBUF:
            mask |= POLLOUT
    if sk.err or sk.error_queue:
        mask |= POLLERR
    return mask


# --- the end ------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/tcp.c", "tcp_shutdown")
def tcp_shutdown(sk: TcpSock, how: int) -> None:
    """The program will send no more (SEND_SHUTDOWN in ``how``)."""
    if how & SEND_SHUTDOWN and sk.state in _TELLING_FIN:
        tcp_set_state(sk, _TELLING_FIN[sk.state])
        tcp_send_fin(sk)


@kfunc("net/ipv4/tcp.c", "tcp_disconnect")
def tcp_disconnect(sk: TcpSock) -> None:
    """A connection that nobody has accepted is thrown away."""
    if sk.state in (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2):
        tcp_send_active_reset(sk)
    tcp_done(sk)


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_listen_stop")
def inet_csk_listen_stop(sk: TcpSock) -> None:
    """A listener goes: so do the handshakes under way, and what nobody has accepted."""
    for req in [req for req in sk.net.ipv4.tcp_ehash.values() if isinstance(req, RequestSock) and req.listener is sk]:
        reqsk_queue_unlink(req)
    while sk.accept_queue:
        child = sk.accept_queue.popleft()
        child.dead = True
        tcp_disconnect(child)


@kfunc("net/ipv4/tcp.c", "__tcp_close")
def tcp_close(sk: TcpSock) -> None:
    """close(2): the socket says goodbye by itself from now on; a program that left data unread resets the peer."""
    with lock_sock(sk):
        sk.shutdown = SHUTDOWN_MASK
        unread = bool(sk.receive_queue)
        sk.receive_queue.clear()
        if sk.state is TcpState.LISTEN:
            tcp_set_state(sk, TcpState.CLOSE)
            inet_csk_listen_stop(sk)
        elif sk.state is not TcpState.CLOSE and unread:
            tcp_set_state(sk, TcpState.CLOSE)
            tcp_send_active_reset(sk)
        elif sk.state in _TELLING_FIN:
            tcp_set_state(sk, _TELLING_FIN[sk.state])
            tcp_send_fin(sk)
        elif sk.state is TcpState.SYN_SENT:
            tcp_set_state(sk, TcpState.CLOSE)
        was = sk.state
        sk.dead = True
        sk.data_ready = None
        release_backlog(sk)
        if was is not TcpState.CLOSE and sk.state is TcpState.CLOSE:
            return
        if sk.state is TcpState.FIN_WAIT2:
            tcp_time_wait(sk, TcpState.FIN_WAIT2, min(sk.net.ipv4.sysctl_tcp_fin_timeout, TCP_TIMEWAIT_LEN))
        elif sk.state is TcpState.CLOSE:
            inet_csk_destroy_sock(sk)
