"""Tunnels over UDP (net/ipv4/udp_tunnel_core.c)."""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import CHECKSUM_NONE, CHECKSUM_PARTIAL, SkBuff
from webapp.kernel.core.sock import IPPROTO_UDP, SOCK_DGRAM, InetSock
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.af_inet import inet_bind, inet_create
from webapp.kernel.ipv4.ip_tunnel_core import iptunnel_xmit
from webapp.kernel.ipv4.route import Rtable
from webapp.kernel.kfunc import kfunc
from webapp.kernel.wire import udp


def udp_sock_create(net: Net, port: int, encap_rcv: Callable[[InetSock, SkBuff], int]) -> InetSock:
    """A socket that gives what arrives on ``port`` to ``encap_rcv``; KernelError(EADDRINUSE)."""
    sk = inet_create(net, SOCK_DGRAM, IPPROTO_UDP)
    inet_bind(sk, INADDR_ANY, port)
    sk.encap_rcv = encap_rcv
    return sk


@kfunc("net/ipv4/udp_tunnel_core.c", "udp_tunnel_xmit_skb")
def udp_tunnel_xmit_skb(
    rt: Rtable,
    sk: InetSock,
    skb: SkBuff,
    saddr: bytes,
    daddr: bytes,
    tos: int,
    ttl: int,
    df: int,
    sport: int,
    dport: int,
    xnet: bool,
    nocheck: bool,
) -> None:
    """Puts a UDP header before ``skb`` (data at the tunnel's own header) and sends it."""
    payload = skb.head[skb.data :]
    datagram = udp.emit(sport, dport, saddr, daddr, payload, with_checksum=not nocheck)
    skb.push_header(datagram[: udp.HLEN])
    skb.encapsulation = int(skb.ip_summed == CHECKSUM_PARTIAL)
    if not skb.encapsulation:
        skb.ip_summed = CHECKSUM_NONE if nocheck else CHECKSUM_PARTIAL
    iptunnel_xmit(sk, rt, skb, saddr, daddr, IPPROTO_UDP, tos, ttl, df, xnet)
