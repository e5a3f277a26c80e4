"""How ICMPv6 errors reach sockets (net/ipv6/datagram.c, and icmpv6_err_convert of net/ipv6/icmp.c)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import Inet6Sock, SockError, SoEeOrigin, sock_queue_err
from webapp.kernel.errno import Errno
from webapp.kernel.wire.icmpv6 import (
    ICMPV6_DEST_UNREACH,
    ICMPV6_PARAMPROB,
    ICMPV6_PKT_TOOBIG,
    ICMPV6_TIME_EXCEED,
)

_UNREACH = (
    (Errno.ENETUNREACH, False),
    (Errno.EACCES, True),
    (Errno.EHOSTUNREACH, False),
    (Errno.EHOSTUNREACH, False),
    (Errno.ECONNREFUSED, True),
    (Errno.EACCES, True),
    (Errno.EACCES, True),
)
"""tab_unreach by the code."""


def icmpv6_err_convert(type_: int, code: int) -> tuple[Errno, bool]:
    """icmpv6_err_convert: what an error means to a socket, and whether it concerns unconnected users."""
    if type_ == ICMPV6_DEST_UNREACH:
        return _UNREACH[code] if code < len(_UNREACH) else (Errno.EPROTO, True)
    if type_ == ICMPV6_PKT_TOOBIG:
        return Errno.EMSGSIZE, False
    if type_ == ICMPV6_TIME_EXCEED:
        return Errno.EHOSTUNREACH, False
    return Errno.EPROTO, type_ == ICMPV6_PARAMPROB


def ipv6_icmp_error(sk: Inet6Sock, skb: SkBuff, err: Errno, port: int, info: int, payload: int, ifindex: int) -> None:
    """ipv6_icmp_error: queues an ICMPv6 error; skb.data is at the quoted header, ``payload`` is where its data begins.

    The error's own header has been pulled: it stands before skb.data.
    """
    head, nh, inner = skb.head, skb.network_header, skb.data
    icmp = inner - 8
    offender, daddr = head[nh + 8 : nh + 24], head[inner + 24 : inner + 40]
    now = sk.net.machine.clock.now
    error = SockError(
        err, SoEeOrigin.ICMP6, head[icmp], head[icmp + 1], info, offender, daddr, port, head[payload:], now, ifindex
    )
    sock_queue_err(sk, error)
