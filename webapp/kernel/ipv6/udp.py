"""UDP over IPv6 (net/ipv6/udp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, SkBuff, consume_skb, kfree_skb_reason, skb_exceeds_mtu
from webapp.kernel.core.sock import (
    AF_INET6,
    INADDR_ANY,
    Datagram,
    Inet6Sock,
    InetSock,
    IpPmtudisc,
    skb_truesize,
    sock_queue_rcv,
    socket_name,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.udp import udp_lib_get_port, udp_sendmsg
from webapp.kernel.ipv6.address import IN6ADDR_ANY, ipv6_addr_is_multicast
from webapp.kernel.ipv6.icmp import icmpv6_send
from webapp.kernel.ipv6.icmp_error import icmpv6_err_convert, ipv6_icmp_error
from webapp.kernel.ipv6.ip6_output import ip6_make_skb, ip6_send_skb
from webapp.kernel.ipv6.mcast import inet6_mc_check
from webapp.kernel.ipv6.raw import inet6_iif, socket_flow
from webapp.kernel.ipv6.route import dst_mtu, ip6_dst_lookup, ip6_sk_dst_hoplimit, ip6_update_pmtu
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.wire.icmpv6 import ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_PORT_UNREACH, NDISC_REDIRECT
from webapp.kernel.wire.udp import emit, valid

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


# --- sending ------------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/udp.c", "udpv6_sendmsg", station="socket send", lane=Lane.OUT)
def udpv6_sendmsg(sk: Inet6Sock, data: bytes, daddr: bytes | None, dport: int, ifindex: int) -> int:
    """Sends a datagram (``daddr`` None: to the connected peer). Bytes taken, or a negative errno, as udp_sendmsg."""
    if len(data) > 0xFFFF:
        return -Errno.EMSGSIZE
    if daddr is None and len(sk.daddr) == len(INADDR_ANY):
        return udp_sendmsg(sk, data, None, 0)
    if daddr is None:
        if not sk.dport:
            return -Errno.EDESTADDRREQ
        daddr, dport, ifindex = sk.daddr, sk.dport, sk.scope_id
    elif not dport:
        return -Errno.EINVAL
    if not sk.num:
        try:
            udp_lib_get_port(sk, 0)
        except KernelError:
            return -Errno.EAGAIN
    flow = socket_flow(sk, daddr, ifindex)
    flow.sport, flow.dport = sk.num, dport
    rt = ip6_dst_lookup(sk.net, sk, flow)
    if isinstance(rt, int):
        return rt
    datagram = emit(sk.num, dport, flow.saddr, flow.daddr, data)
    skb = ip6_make_skb(sk, flow, rt, datagram, ip6_sk_dst_hoplimit(sk, flow, rt), sk.tos, sk.mark)
    if isinstance(skb, int):
        return skb
    if not skb_exceeds_mtu(skb, dst_mtu(rt)):
        skb.ip_summed = CHECKSUM_PARTIAL
    error = ip6_send_skb(skb)
    if error == -Errno.ENOBUFS and not sk.recverr:
        error = 0
    return error if error < 0 else len(data)


# --- receiving ----------------------------------------------------------------------------------------------------


def compute_score(sk: InetSock, saddr: bytes, sport: int, daddr: bytes, dif: int) -> int:
    """compute_score: how exactly a socket is meant; -1 when it is not."""
    if sk.family != AF_INET6 or len(sk.rcv_saddr) != len(daddr):
        return -1
    score = 0
    for bound, found, none in (
        (sk.rcv_saddr, daddr, IN6ADDR_ANY),
        (sk.daddr, saddr, IN6ADDR_ANY),
        (sk.dport, sport, 0),
        (sk.bound_dev_if, dif, 0),
    ):
        if bound != none:
            if bound != found:
                return -1
            score += 1
    return score


def udp6_lib_lookup(net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, dif: int) -> Inet6Sock | None:
    """__udp6_lib_lookup: the socket that fits best."""
    best: Inet6Sock | None = None
    best_score = -1
    for sk in net.ipv4.udp_table.get(dport, ()):
        score = compute_score(sk, saddr, sport, daddr, dif)
        if score > best_score and isinstance(sk, Inet6Sock):
            best, best_score = sk, score
    return best


@kfunc("net/ipv6/udp.c", "udpv6_rcv", station="deliver", lane=Lane.IN)
def udpv6_rcv(skb: SkBuff) -> None:
    """The receiver of next header 17; data is at the UDP header."""
    udp6_lib_rcv(skb)


@kfunc("net/ipv6/udp.c", "__udp6_lib_rcv")
def udp6_lib_rcv(skb: SkBuff) -> None:
    """To the socket that the datagram is for, or an ICMPv6 error back where there is none. IPv6 wants a checksum."""
    head, at, nh = skb.head, skb.data, skb.network_header
    length = len(head) - at
    ulen = head[at + 4] << 8 | head[at + 5] if length >= 8 else 0
    ulen = ulen or length
    if length < 8 or ulen > length or ulen < 8:
        _drop(skb, DropReason.PKT_TOO_SMALL)
        return
    if length > ulen:
        head = skb.head = head[: at + ulen]
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    sport, dport = head[at] << 8 | head[at + 1], head[at + 2] << 8 | head[at + 3]
    right = skb.ip_summed == CHECKSUM_PARTIAL or (head[at + 6 : at + 8] != b"\0\0" and valid(head[at:], saddr, daddr))
    net = skb.dev.net
    dif = inet6_iif(skb)
    if ipv6_addr_is_multicast(daddr):
        _mcast_deliver(skb, net, saddr, sport, daddr, dport, right)
        return
    sk = udp6_lib_lookup(net, saddr, sport, daddr, dport, dif)
    if not right:
        _drop(skb, DropReason.UDP_CSUM)
    elif sk is not None:
        udpv6_queue_rcv_skb(sk, skb)
    else:
        icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0)
        _drop(skb, DropReason.NO_SOCKET)


def _drop(skb: SkBuff, reason: DropReason) -> None:
    kfree_skb_reason(skb, reason)


def _mcast_deliver(skb: SkBuff, net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, right: bool) -> None:
    """__udp6_lib_mcast_deliver: a copy to every socket that fits; nobody is told where there is none."""
    dif = inet6_iif(skb)
    fitting = [
        sk
        for sk in net.ipv4.udp_table.get(dport, ())
        if isinstance(sk, Inet6Sock) and compute_score(sk, saddr, sport, daddr, dif) >= 0 and inet6_mc_check(sk, daddr)
    ]
    if not right:
        _drop(skb, DropReason.UDP_CSUM)
        return
    for sk in fitting[1:]:
        udpv6_queue_rcv_skb(sk, skb.clone())
    if fitting:
        udpv6_queue_rcv_skb(fitting[0], skb)
    else:
        consume_skb(skb)


@kfunc("net/ipv6/udp.c", "udpv6_queue_rcv_skb")
def udpv6_queue_rcv_skb(sk: Inet6Sock, skb: SkBuff) -> None:
    """Queues a datagram."""
    head, at, nh = skb.head, skb.data, skb.network_header
    message = Datagram(
        data=head[at + 8 :],
        saddr=head[nh + 8 : nh + 24],
        sport=head[at] << 8 | head[at + 1],
        daddr=head[nh + 24 : nh + 40],
        ifindex=inet6_iif(skb),
        ttl=head[nh + 7],
        tos=(head[nh] << 4 | head[nh + 1] >> 4) & 0xFF,
        mark=skb.mark,
        timestamp=skb.dev.net.machine.clock.now,
    )
    if not sock_queue_rcv(sk, message, skb_truesize(skb)):
        _drop(skb, DropReason.SOCKET_RCVBUFF)
        return
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(f"udp {socket_name(sk)}"))
    consume_skb(skb)


# --- errors -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/udp.c", "__udp6_lib_err")
def udpv6_err(skb: SkBuff, type_: int, code: int, offset: int, info: int) -> None:
    """An error about a datagram quoted at skb.data: connected sockets fail, IPV6_RECVERR ones are told all."""
    head, inner = skb.head, skb.data
    uh = inner + offset
    sport, dport = head[uh] << 8 | head[uh + 1], head[uh + 2] << 8 | head[uh + 3]
    saddr, daddr = head[inner + 8 : inner + 24], head[inner + 24 : inner + 40]
    sk = udp6_lib_lookup(skb.dev.net, daddr, dport, saddr, sport, inet6_iif(skb))
    if sk is None:
        return
    err, hard = icmpv6_err_convert(type_, code)
    if type_ == ICMPV6_PKT_TOOBIG:
        ip6_update_pmtu(skb, sk.net, info, sk.bound_dev_if, sk.mark)
        hard = sk.pmtudisc != IpPmtudisc.DONT
    if type_ == NDISC_REDIRECT:
        return
    if sk.recverr:
        ipv6_icmp_error(sk, skb, err, dport, info, uh + 8, inet6_iif(skb))
    elif not hard or not sk.dport:
        return
    sk.err = err
    if sk.data_ready is not None:
        sk.data_ready()
