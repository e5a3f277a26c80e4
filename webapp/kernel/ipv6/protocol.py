"""struct inet6_protocol (include/net/protocol.h, net/ipv6/protocol.c): who takes a packet by a next-header value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.core.skbuff import SkBuff


@dataclass(frozen=True, slots=True)
class Inet6Protocol:
    """``handler(skb)`` owns a packet whose data is at its header, or gives back a packet: the next header is to be
    looked at then. ``err_handler(skb, type, code, offset, info)`` looks at an ICMPv6 error: skb.data is at the quoted
    IPv6 header, ``offset`` leads from there to the protocol's own. ``final``: no extension header.
    """

    handler: Callable[[SkBuff], SkBuff | None]
    err_handler: Callable[[SkBuff, int, int, int, int], None] | None = None
    final: bool = True


INET6_PROTOS: dict[int, Inet6Protocol] = {}
"""inet6_protos; filled in af_inet6.py."""
