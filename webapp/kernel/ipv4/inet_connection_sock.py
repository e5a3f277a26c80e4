"""What connection-oriented sockets share (net/ipv4/inet_connection_sock.c): ports, listeners' queues, timers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.core.sock import inet_rcv_saddr_equal
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.inet_hashtables import bind_hash, inet_ehash_insert
from webapp.kernel.ipv4.tcp_sock import IcskTime, RequestSock, TcpSock, TcpState
from webapp.kernel.kfunc import kfunc

if TYPE_CHECKING:
    from collections.abc import Callable


# --- ports --------------------------------------------------------------------------------------------------------


def _conflicts(sk: TcpSock, port: int) -> bool:
    """inet_csk_bind_conflict: another socket holds the port on an address that overlaps.

    Two sockets with SO_REUSEADDR may share it unless one of them listens.
    """
    return any(
        0 in (sk.bound_dev_if, other.bound_dev_if) or sk.bound_dev_if == other.bound_dev_if
        for other in sk.net.ipv4.tcp_bhash.get(port, ())
        if other is not sk
        and not (sk.reuse and other.reuse and other.state is not TcpState.LISTEN)
        and not (sk.reuseport and isinstance(other, TcpSock) and other.reuseport)
        and inet_rcv_saddr_equal(sk, other)
    )


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_get_port")
def inet_csk_get_port(sk: TcpSock, port: int) -> None:
    """Takes ``port``, or with 0 the first free one of ip_local_port_range; KernelError EADDRINUSE."""
    if not port:
        port = next((port for port in sk.net.ipv4.local_ports(1) if not _conflicts(sk, port)), 0)
    if not port or _conflicts(sk, port):
        raise KernelError(Errno.EADDRINUSE)
    bind_hash(sk, port)


# --- listening ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_listen_start")
def inet_csk_listen_start(sk: TcpSock) -> None:
    """The socket takes connections from now on. KernelError EADDRINUSE: its port is not free for that."""
    sk.state = TcpState.LISTEN
    if sk.num and _conflicts(sk, sk.num):
        sk.state = TcpState.CLOSE
        raise KernelError(Errno.EADDRINUSE)
    if not sk.num:
        inet_csk_get_port(sk, 0)
    sk.net.ipv4.tcp_listening.setdefault(sk.num, []).append(sk)


def inet_csk_acceptq_is_full(sk: TcpSock) -> bool:
    """sk_acceptq_is_full: more connections wait for accept than listen allowed."""
    return len(sk.accept_queue) > sk.max_ack_backlog


def reqsk_queue_is_full(sk: TcpSock) -> bool:
    """inet_csk_reqsk_queue_is_full: more handshakes are under way than listen allowed."""
    return sk.qlen > sk.max_ack_backlog


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_reqsk_queue_hash_add")
def inet_csk_reqsk_queue_hash_add(sk: TcpSock, req: RequestSock, timer: Callable[[], None], timeout: int) -> None:
    """A handshake begins; ``timer`` runs if it is not over by then."""
    clock = sk.net.machine.clock
    req.timer = clock.mod_timer(timeout, timer)
    inet_ehash_insert(req, sk.net)
    sk.qlen += 1


def reqsk_queue_unlink(req: RequestSock) -> bool:
    """inet_csk_reqsk_queue_drop: a handshake is over, one way or another; False: it was so before."""
    if req.timer is not None:
        req.timer.cancel()
        req.timer = None
    listener = req.listener
    ehash = listener.net.ipv4.tcp_ehash
    if ehash.get(req.key) is not req:
        return False
    del ehash[req.key]
    listener.qlen -= 1
    return True


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_accept")
def inet_csk_accept(sk: TcpSock) -> TcpSock | None:
    """The connection that has waited longest, None if there is none. KernelError EINVAL: the socket does not listen."""
    if sk.state is not TcpState.LISTEN:
        raise KernelError(Errno.EINVAL)
    return sk.accept_queue.popleft() if sk.accept_queue else None


# --- timers -------------------------------------------------------------------------------------------------------


def inet_csk_reset_xmit_timer(sk: TcpSock, what: IcskTime, delay: int) -> None:
    """inet_csk_reset_xmit_timer: the sender's one timer is for ``what`` now, ``delay`` ns from now."""
    if sk.timer is not None:
        sk.timer.cancel()
    clock = sk.net.machine.clock
    sk.pending = what
    sk.timer = clock.mod_timer(delay, partial(sk.retransmit_handler, sk))


def inet_csk_clear_xmit_timer(sk: TcpSock) -> None:
    """inet_csk_clear_xmit_timer of the sender's timer."""
    sk.pending = IcskTime.NONE
    if sk.timer is not None:
        sk.timer.cancel()
        sk.timer = None


def inet_csk_clear_xmit_timers(sk: TcpSock) -> None:
    """inet_csk_clear_xmit_timers: the sender's timer and the delayed acknowledgement's."""
    inet_csk_clear_xmit_timer(sk)
    sk.ack_pending = 0
    if sk.delack_timer is not None:
        sk.delack_timer.cancel()
        sk.delack_timer = None
