"""struct net_protocol (include/net/protocol.h, net/ipv4/protocol.c): who takes a packet by the IP header's protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.core.skbuff import SkBuff


@dataclass(frozen=True, slots=True)
class NetProtocol:
    """``handler(skb)`` owns a packet whose data is at the transport header; a negative return value -N has it handed to
    protocol N. ``err_handler(skb, info)`` looks at an ICMP error whose data is at the quoted IP header.
    """

    handler: Callable[[SkBuff], int]
    err_handler: Callable[[SkBuff, int], None]


INET_PROTOS: dict[int, NetProtocol] = {}
"""inet_protos; filled in af_inet.py."""
