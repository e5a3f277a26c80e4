"""What stays of connections that are over (net/ipv4/inet_timewait_sock.c)."""

from __future__ import annotations

from functools import partial

from webapp.kernel.ipv4.inet_hashtables import bind_hash, inet_ehash_insert
from webapp.kernel.ipv4.tcp_sock import TcpSock, TimewaitSock
from webapp.kernel.kfunc import kfunc


@kfunc("net/ipv4/inet_timewait_sock.c", "inet_twsk_hashdance_schedule")
def inet_twsk_hashdance_schedule(tw: TimewaitSock, sk: TcpSock, timeout: int) -> None:
    """``tw`` takes the place of its socket, for ``timeout`` ns."""
    bind_hash(tw, sk.num)
    inet_ehash_insert(tw, sk.net)
    inet_twsk_reschedule(tw, timeout)


def inet_twsk_reschedule(tw: TimewaitSock, timeout: int) -> None:
    """__inet_twsk_schedule: it ends ``timeout`` ns from now."""
    if tw.timer is not None:
        tw.timer.cancel()
    clock = tw.net.machine.clock
    tw.timer = clock.mod_timer(timeout, partial(inet_twsk_kill, tw))


@kfunc("net/ipv4/inet_timewait_sock.c", "inet_twsk_kill")
def inet_twsk_kill(tw: TimewaitSock) -> None:
    """The connection is forgotten, its port is free."""
    if tw.timer is not None:
        tw.timer.cancel()
        tw.timer = None
    ipv4 = tw.net.ipv4
    if ipv4.tcp_ehash.get(tw.key) is tw:
        del ipv4.tcp_ehash[tw.key]
    sockets = ipv4.tcp_bhash.get(tw.num)
    if sockets and tw in sockets:
        sockets.remove(tw)
        if not sockets:
            del ipv4.tcp_bhash[tw.num]
