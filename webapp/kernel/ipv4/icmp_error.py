"""How errors reach sockets (net/ipv4/ip_sockglue.c, and icmp_err_convert of net/ipv4/icmp.c)."""

from __future__ import annotations

from typing import NamedTuple

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import InetSock, SockError, SoEeOrigin, sock_queue_err
from webapp.kernel.errno import Errno


class IcmpErr(NamedTuple):
    """struct icmp_err: what an unreachable code means to a socket, and whether it concerns unconnected users."""

    errno: Errno
    fatal: bool


ICMP_ERR_CONVERT = (
    IcmpErr(Errno.ENETUNREACH, False),
    IcmpErr(Errno.EHOSTUNREACH, False),
    IcmpErr(Errno.ENOPROTOOPT, True),
    IcmpErr(Errno.ECONNREFUSED, True),
    IcmpErr(Errno.EMSGSIZE, False),
    IcmpErr(Errno.EOPNOTSUPP, False),
    IcmpErr(Errno.ENETUNREACH, True),
    IcmpErr(Errno.EHOSTDOWN, True),
    IcmpErr(Errno.ENONET, True),
    IcmpErr(Errno.ENETUNREACH, True),
    IcmpErr(Errno.EHOSTUNREACH, True),
    IcmpErr(Errno.ENETUNREACH, False),
    IcmpErr(Errno.EHOSTUNREACH, False),
    IcmpErr(Errno.EHOSTUNREACH, True),
    IcmpErr(Errno.EHOSTUNREACH, True),
    IcmpErr(Errno.EHOSTUNREACH, True),
)
"""icmp_err_convert by the code of a destination unreachable."""


def ip_icmp_error(sk: InetSock, skb: SkBuff, err: Errno, port: int, info: int, payload: int) -> None:
    """ip_icmp_error: queues an ICMP error; skb.data is at the quoted header, ``payload`` is where its data begins."""
    head, nh, at = skb.head, skb.network_header, skb.data
    icmp = nh + ((head[nh] & 0xF) << 2)
    now = sk.net.machine.clock.now
    offender, daddr = head[nh + 12 : nh + 16], head[at + 16 : at + 20]
    error = SockError(
        err, SoEeOrigin.ICMP, head[icmp], head[icmp + 1], info, offender, daddr, port, head[payload:], now
    )
    sock_queue_err(sk, error)


def ip_local_error(sk: InetSock, err: Errno, daddr: bytes, port: int, info: int) -> None:
    """ip_local_error: queues an error of this host's own, if the socket wants to know (IP_RECVERR)."""
    if sk.recverr:
        now = sk.net.machine.clock.now
        sock_queue_err(sk, SockError(err, SoEeOrigin.LOCAL, 0, 0, info, bytes(4), daddr, port, b"", now))
