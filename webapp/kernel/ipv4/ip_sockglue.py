"""Options of IPv4 sockets that do more than store a value (net/ipv4/ip_sockglue.c)."""

from __future__ import annotations

from webapp.kernel.core.sock import SOCK_STREAM, InetSock
from webapp.kernel.ipv4.ip import rt_tos2priority

_INET_ECN_MASK = 3


def ip_sock_set_tos(sk: InetSock, tos: int) -> None:
    """ip_sock_set_tos: IP_TOS, which gives the socket's packets their priority, too. TCP keeps the ECN bits."""
    if sk.type == SOCK_STREAM:
        tos = tos & ~_INET_ECN_MASK | sk.tos & _INET_ECN_MASK
    if sk.tos != tos:
        sk.tos = tos
        sk.priority = rt_tos2priority(tos)
