"""UDP (net/ipv4/udp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, SkBuff, consume_skb, kfree_skb_reason, skb_exceeds_mtu
from webapp.kernel.core.sock import (
    AF_INET,
    INADDR_ANY,
    IPPROTO_UDP,
    Datagram,
    InetSock,
    IpPmtudisc,
    inet_rcv_saddr_equal,
    ipv6_sockaddr,
    skb_truesize,
    sock_queue_rcv,
    socket_name,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.icmp import icmp_send
from webapp.kernel.ipv4.icmp_error import ICMP_ERR_CONVERT, ip_icmp_error
from webapp.kernel.ipv4.igmp import ip_mc_sf_allow
from webapp.kernel.ipv4.ip_output import ip_make_skb, ip_send_skb
from webapp.kernel.ipv4.raw import inet_iif, multicast_source
from webapp.kernel.ipv4.route import (
    RTCF_BROADCAST,
    RTCF_MULTICAST,
    Rtable,
    dst_mtu,
    ip_route_output_key,
    ipv4_redirect,
    ipv4_update_pmtu,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import nf_reset_ct
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.wire.icmp import (
    ICMP_DEST_UNREACH,
    ICMP_FRAG_NEEDED,
    ICMP_PARAMETERPROB,
    ICMP_PORT_UNREACH,
    ICMP_REDIRECT,
    ICMP_SOURCE_QUENCH,
    NR_ICMP_UNREACH,
)
from webapp.kernel.wire.udp import emit, valid

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


# --- ports --------------------------------------------------------------------------------------------------------


def _in_use(sk: InetSock, port: int) -> bool:
    """udp_lib_lport_inuse: another socket holds the port on an address that overlaps."""
    return any(
        inet_rcv_saddr_equal(sk, other)
        for other in sk.net.ipv4.udp_table.get(port, ())
        if (0 in (sk.bound_dev_if, other.bound_dev_if) or sk.bound_dev_if == other.bound_dev_if)
        and not (sk.reuseport and other.reuseport)
    )


def udp_lib_get_port(sk: InetSock, port: int) -> None:
    """udp_lib_get_port: takes ``port``, or with 0 the first free one of ip_local_port_range; EADDRINUSE.

    Both families' sockets share the ports. Linux draws the number at random.
    """
    table = sk.net.ipv4.udp_table
    if not port:
        port = next((port for port in sk.net.ipv4.local_ports(1) if not _in_use(sk, port)), 0)
    if not port or _in_use(sk, port):
        raise KernelError(Errno.EADDRINUSE)
    table.setdefault(port, []).append(sk)
    sk.num = port


def udp_lib_unhash(sk: InetSock) -> None:
    """udp_lib_unhash: gives the port back."""
    if sk.num:
        sockets = sk.net.ipv4.udp_table[sk.num]
        sockets.remove(sk)
        if not sockets:
            del sk.net.ipv4.udp_table[sk.num]
        sk.num = 0


# --- sending ------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/udp.c", "udp_sendmsg", station="socket send", lane=Lane.OUT)
def udp_sendmsg(sk: InetSock, data: bytes, daddr: bytes | None, dport: int) -> int:
    """Sends a datagram (``daddr`` None: to the connected peer). Bytes taken, or a negative errno, as raw_sendmsg."""
    if len(data) > 0xFFFF:
        return -Errno.EMSGSIZE
    if daddr is None:
        if not sk.dport:
            return -Errno.EDESTADDRREQ
        daddr, dport = sk.daddr, sk.dport
    elif not dport:
        return -Errno.EINVAL
    if not sk.num:
        try:
            udp_lib_get_port(sk, 0)
        except KernelError:
            return -Errno.EAGAIN
    net = sk.net
    saddr, oif = multicast_source(sk, daddr, sk.saddr, sk.bound_dev_if)
    flow = Flowi4(daddr, saddr, sk.tos & INET_DSCP_MASK, oif=oif, mark=sk.mark, proto=IPPROTO_UDP)
    flow.sport, flow.dport = sk.num, dport
    rt = ip_route_output_key(net, flow)
    if isinstance(rt, int):
        return rt
    if rt.flags & RTCF_BROADCAST and not sk.broadcast:
        return -Errno.EACCES
    datagram = emit(sk.num, dport, flow.saddr, flow.daddr, data, with_checksum=not sk.no_check_tx)
    skb = ip_make_skb(sk, flow, rt, datagram, sk.mark, sk.tos)
    if isinstance(skb, int):
        return skb
    if not sk.no_check_tx and not skb_exceeds_mtu(skb, dst_mtu(rt)):
        skb.ip_summed = CHECKSUM_PARTIAL
    error = ip_send_skb(net, skb)
    if error == -Errno.ENOBUFS and not sk.recverr:
        error = 0
    return error if error < 0 else len(data)


# --- receiving ----------------------------------------------------------------------------------------------------


def compute_score(sk: InetSock, saddr: bytes, sport: int, daddr: bytes, dif: int) -> int:
    """compute_score: how exactly a socket is meant; -1 when it is not.

    An IPv6 socket for all addresses takes IPv4, too, unless it says no.
    """
    if len(sk.rcv_saddr) != len(daddr):
        if any(sk.rcv_saddr) or sk.v6only or (sk.bound_dev_if and sk.bound_dev_if != dif):
            return -1
        return 1 + 4 * bool(sk.bound_dev_if)
    score = 2 if sk.family == AF_INET else 1
    for bound, found, none in (
        (sk.rcv_saddr, daddr, INADDR_ANY),
        (sk.daddr, saddr, INADDR_ANY),
        (sk.dport, sport, 0),
        (sk.bound_dev_if, dif, 0),
    ):
        if bound != none:
            if bound != found:
                return -1
            score += 4
    return score


def udp4_lib_lookup(net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, dif: int) -> InetSock | None:
    """__udp4_lib_lookup: the socket that fits best."""
    best: InetSock | None = None
    best_score = 0
    for sk in net.ipv4.udp_table.get(dport, ()):
        score = compute_score(sk, saddr, sport, daddr, dif)
        if score > best_score:
            best, best_score = sk, score
    return best


@kfunc("net/ipv4/udp.c", "udp_rcv", station="deliver", lane=Lane.IN)
def udp_rcv(skb: SkBuff) -> int:
    """The receiver of protocol 17; data is at the UDP header."""
    return udp4_lib_rcv(skb)


@kfunc("net/ipv4/udp.c", "__udp4_lib_rcv")
def udp4_lib_rcv(skb: SkBuff) -> int:
    """To the socket that the datagram is for, or an ICMP error back where there is none."""
    head, at, nh = skb.head, skb.data, skb.network_header
    length = len(head) - at
    ulen = head[at + 4] << 8 | head[at + 5] if length >= 8 else 0
    if length < 8 or ulen > length or ulen < 8:
        kfree_skb_reason(skb, DropReason.PKT_TOO_SMALL)
        return 0
    if length > ulen:
        head = skb.head = head[: at + ulen]
    saddr, daddr = head[nh + 12 : nh + 16], head[nh + 16 : nh + 20]
    sport, dport = head[at] << 8 | head[at + 1], head[at + 2] << 8 | head[at + 3]
    right = skb.ip_summed == CHECKSUM_PARTIAL or valid(head[at:], saddr, daddr)
    skb.csum_valid = int(right)
    net = skb.dev.net
    dif = inet_iif(skb)
    rt = skb.dst
    if isinstance(rt, Rtable) and rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST):
        return _mcast_deliver(skb, net, saddr, sport, daddr, dport, right)
    sk = udp4_lib_lookup(net, saddr, sport, daddr, dport, dif)
    if sk is not None:
        return udp_queue_rcv_skb(sk, skb) if right else _drop(skb, DropReason.UDP_CSUM)
    if not right:
        return _drop(skb, DropReason.UDP_CSUM)
    nf_reset_ct(skb)
    icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0)
    return _drop(skb, DropReason.NO_SOCKET)


def _drop(skb: SkBuff, reason: DropReason) -> int:
    kfree_skb_reason(skb, reason)
    return 0


def _mcast_deliver(skb: SkBuff, net: Net, saddr: bytes, sport: int, daddr: bytes, dport: int, right: bool) -> int:
    """__udp4_lib_mcast_deliver: a copy to every socket that fits; nobody is told where there is none."""
    dif = inet_iif(skb)
    fitting = [
        sk
        for sk in net.ipv4.udp_table.get(dport, ())
        if compute_score(sk, saddr, sport, daddr, dif) > 0
        and (daddr[0] & 0xF0 != 0xE0 or ip_mc_sf_allow(sk, daddr, skb.dev.ifindex))
    ]
    if not right:
        return _drop(skb, DropReason.UDP_CSUM)
    for sk in fitting[1:]:
        udp_queue_rcv_skb(sk, skb.clone())
    if fitting:
        return udp_queue_rcv_skb(fitting[0], skb)
    consume_skb(skb)
    return 0


@kfunc("net/ipv4/udp.c", "udp_queue_rcv_skb")
def udp_queue_rcv_skb(sk: InetSock, skb: SkBuff) -> int:
    """Queues a datagram; a tunnel's socket takes it as its own instead (encap_rcv: 0 taken, N to protocol N)."""
    if sk.encap_rcv is not None:
        result = sk.encap_rcv(sk, skb)
        if result <= 0:
            return -result
    head, at, nh = skb.head, skb.transport_header, skb.network_header
    message = Datagram(
        data=head[at + 8 :],
        saddr=ipv6_sockaddr(sk, head[nh + 12 : nh + 16]),
        sport=head[at] << 8 | head[at + 1],
        daddr=ipv6_sockaddr(sk, head[nh + 16 : nh + 20]),
        ifindex=skb.dev.ifindex,
        ttl=head[nh + 8],
        tos=head[nh + 1],
        mark=skb.mark,
        timestamp=skb.dev.net.machine.clock.now,
    )
    if not sock_queue_rcv(sk, message, skb_truesize(skb)):
        return _drop(skb, DropReason.SOCKET_RCVBUFF)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(f"udp {socket_name(sk)}"))
    consume_skb(skb)
    return 0


# --- errors -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/udp.c", "__udp4_lib_err")
def udp_err(skb: SkBuff, info: int) -> None:
    """An ICMP error about a datagram quoted at skb.data: connected sockets fail, IP_RECVERR ones are told all."""
    head, inner, at = skb.head, skb.data, skb.transport_header
    uh = inner + ((head[inner] & 0xF) << 2)
    sport, dport = head[uh] << 8 | head[uh + 1], head[uh + 2] << 8 | head[uh + 3]
    daddr, saddr = head[inner + 16 : inner + 20], head[inner + 12 : inner + 16]
    sk = udp4_lib_lookup(skb.dev.net, daddr, dport, saddr, sport, inet_iif(skb))
    if sk is None:
        return
    type_, code = head[at], head[at + 1]
    err, hard = Errno.EHOSTUNREACH, False
    if type_ == ICMP_SOURCE_QUENCH:
        return
    if type_ == ICMP_REDIRECT:
        ipv4_redirect(skb, sk, IPPROTO_UDP, info.to_bytes(4, "big"))
        return
    if type_ == ICMP_PARAMETERPROB:
        err, hard = Errno.EPROTO, True
    elif type_ == ICMP_DEST_UNREACH and code == ICMP_FRAG_NEEDED:
        ipv4_update_pmtu(skb, sk, info, IPPROTO_UDP)
        if sk.pmtudisc == IpPmtudisc.DONT:
            return
        err, hard = Errno.EMSGSIZE, True
    elif type_ == ICMP_DEST_UNREACH and code <= NR_ICMP_UNREACH:
        err, hard = ICMP_ERR_CONVERT[code]
    if sk.recverr:
        ip_icmp_error(sk, skb, err, dport, info, uh + 8)
    elif not hard or not sk.dport:
        return
    sk.err = err
    if sk.data_ready is not None:
        sk.data_ready()
