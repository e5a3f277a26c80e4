"""A connection's states and its end (net/ipv4/tcp.c): what incoming segments and calls of programs both decide.

net/ipv4/tcp.c is two files: this one, and tcp.py (the calls).
"""

from __future__ import annotations

from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inet_connection_sock import inet_csk_clear_xmit_timers
from webapp.kernel.ipv4.inet_hashtables import inet_unhash, put_port
from webapp.kernel.ipv4.tcp_sock import SHUTDOWN_MASK, TcpSock, TcpState
from webapp.kernel.kfunc import kfunc


def wake(sk: TcpSock) -> None:
    """sk_state_change, sk_data_ready, sk_write_space and sk_error_report: who polls has to look again."""
    if sk.data_ready is not None:
        sk.data_ready()


@kfunc("net/ipv4/tcp.c", "tcp_set_state")
def tcp_set_state(sk: TcpSock, state: TcpState) -> None:
    """A new state; what is closed is found no more, and gives its port back unless it was bound by a program."""
    if state is TcpState.CLOSE:
        inet_unhash(sk)
        if not sk.bindport_lock:
            put_port(sk)
    sk.state = state


def tcp_write_queue_purge(sk: TcpSock) -> None:
    """tcp_write_queue_purge: forgets all that was to be sent."""
    sk.write_queue.clear()
    sk.rtx_queue.clear()
    sk.packets_out = 0


@kfunc("net/ipv4/tcp.c", "tcp_done")
def tcp_done(sk: TcpSock) -> None:
    """The connection is over; what the program has not read yet stays for it."""
    tcp_set_state(sk, TcpState.CLOSE)
    inet_csk_clear_xmit_timers(sk)
    sk.shutdown = SHUTDOWN_MASK
    if sk.dead:
        inet_csk_destroy_sock(sk)
    else:
        wake(sk)


@kfunc("net/ipv4/inet_connection_sock.c", "inet_csk_destroy_sock")
def inet_csk_destroy_sock(sk: TcpSock) -> None:
    """Neither a program nor the network knows the socket any more."""
    inet_csk_clear_xmit_timers(sk)
    tcp_write_queue_purge(sk)
    sk.receive_queue.clear()
    sk.out_of_order.clear()
    put_port(sk)


def tcp_done_with_error(sk: TcpSock, error: int) -> None:
    """tcp_done_with_error: the connection is over, and the program is told why."""
    sk.err = error
    tcp_write_queue_purge(sk)
    tcp_done(sk)


def tcp_write_err(sk: TcpSock) -> None:
    """tcp_write_err: nobody answers any more; the program is told the last ICMP error, or that time is out."""
    tcp_done_with_error(sk, sk.err_soft or Errno.ETIMEDOUT)
