"""Raw IPv6 sockets (net/ipv6/raw.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import (
    IPPROTO_ICMPV6,
    Datagram,
    Inet6Sock,
    IpPmtudisc,
    skb_truesize,
    sock_queue_rcv,
)
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.ip_output import dst_output, net_xmit_errno
from webapp.kernel.ipv6.address import IN6ADDR_ANY, ipv6_addr_is_multicast, ipv6_addr_needs_scope_id
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.icmp_error import icmpv6_err_convert, ipv6_icmp_error
from webapp.kernel.ipv6.ip6_output import ip6_make_skb, ip6_push_pending_frames, ipv6_local_error
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm
from webapp.kernel.ipv6.mcast import inet6_mc_check
from webapp.kernel.ipv6.route import Rt6Info, ip6_dst_lookup, ip6_sk_dst_hoplimit, ip6_update_pmtu
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT, NFPROTO_IPV6
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.icmpv6 import ICMPV6_PKT_TOOBIG, NDISC_REDIRECT
from webapp.kernel.wire.ipv6 import HLEN

# --- sending ------------------------------------------------------------------------------------------------------


def socket_flow(sk: Inet6Sock, daddr: bytes, ifindex: int) -> Flowi6:
    """The flow of a packet that a socket sends; ``ifindex`` is the scope of ``daddr``, which link-local ones need."""
    oif = sk.bound_dev_if or (ifindex if ipv6_addr_needs_scope_id(daddr) else 0)
    if ipv6_addr_is_multicast(daddr):
        oif = oif or sk.mc_index
    flow = Flowi6(daddr, sk.saddr, sk.tos, oif=oif, mark=sk.mark, proto=sk.protocol)
    flow.flowlabel = sk.flowlabel
    return flow


@kfunc("net/ipv6/raw.c", "rawv6_sendmsg", station="socket send", lane=Lane.OUT)
def rawv6_sendmsg(sk: Inet6Sock, data: bytes, daddr: bytes | None, ifindex: int) -> int:
    """Sends ``data`` to ``daddr`` (None: the connected peer). Bytes taken, or a negative errno, as raw_sendmsg.

    The kernel fills in the checksum at sk.checksum. With sk.hdrincl ``data`` begins with the IPv6 header.
    """
    if len(data) > 0x7FFFFFFF:
        return -Errno.EMSGSIZE
    if daddr is None:
        if sk.daddr == IN6ADDR_ANY:
            return -Errno.EDESTADDRREQ
        daddr, ifindex = sk.daddr, sk.scope_id
    net = sk.net
    flow = socket_flow(sk, daddr, ifindex)
    rt = ip6_dst_lookup(net, sk, flow)
    if isinstance(rt, int):
        return rt
    if sk.hdrincl:
        error = _send_hdrinc(sk, flow, rt, data)
    else:
        payload = _summed(sk, data, flow)
        if payload is None:
            return -Errno.EINVAL
        skb = ip6_make_skb(sk, flow, rt, payload, ip6_sk_dst_hoplimit(sk, flow, rt), sk.tos, sk.mark)
        if isinstance(skb, int):
            return skb
        error = ip6_push_pending_frames(sk, skb)
        if error == -Errno.ENOBUFS and not sk.recverr:
            error = 0
    return error if error < 0 else len(data)


def _summed(sk: Inet6Sock, data: bytes, flow: Flowi6) -> bytes | None:
    """rawv6_push_pending_frames: the checksum where the socket says it is; None: beyond the data."""
    at = sk.checksum
    if at < 0:
        return data
    if at + 2 > len(data):
        return None
    data = data[:at] + b"\0\0" + data[at + 2 :]
    check = checksum(pseudo_header(flow.saddr, flow.daddr, sk.protocol, len(data)) + data)
    return data[:at] + check.to_bytes(2, "big") + data[at + 2 :]


def _send_hdrinc(sk: Inet6Sock, flow: Flowi6, rt: Rt6Info, data: bytes) -> int:
    """rawv6_send_hdrinc: the whole packet is the program's."""
    dev = rt.dev
    if len(data) > dev.mtu:
        ipv6_local_error(sk, Errno.EMSGSIZE, flow, dev.mtu)
        return -Errno.EMSGSIZE
    if len(data) < HLEN:
        return -Errno.EINVAL
    skb = SkBuff(data, ETH_P_IPV6, dev, sk.mark)
    skb.network_header = 0
    skb.transport_header = HLEN
    skb.priority = sk.priority
    skb.sk = sk
    skb.dst = rt
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(skb)
    code = nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_OUT, sk.net, skb, None, dev, dst_output, sk)
    if code == 1:
        code = dst_output(skb)
    if code > 0:
        code = net_xmit_errno(code)
    return 0 if code == -Errno.ENOBUFS and not sk.recverr else code


# --- receiving ----------------------------------------------------------------------------------------------------


def inet6_iif(skb: SkBuff) -> int:
    """inet6_iif: where sockets see a packet come in."""
    return skb.cb.iif if isinstance(skb.cb, Inet6SkbParm) and skb.cb.iif else skb.skb_iif


def raw_v6_match(sk: Inet6Sock, raddr: bytes, laddr: bytes, dif: int) -> bool:
    """raw_v6_match: what a socket is bound and connected to must fit."""
    if sk.daddr not in (IN6ADDR_ANY, raddr) or sk.bound_dev_if not in (0, dif):
        return False
    return sk.rcv_saddr in (IN6ADDR_ANY, laddr) or (ipv6_addr_is_multicast(laddr) and inet6_mc_check(sk, laddr))


@kfunc("net/ipv6/raw.c", "raw6_local_deliver")
def raw6_local_deliver(skb: SkBuff, nexthdr: int) -> bool:
    """ipv6_raw_deliver: every raw socket that fits gets a copy. Whether there was one."""
    sockets = skb.dev.net.ipv6.raw_sockets.get(nexthdr)
    if not sockets:
        return False
    head, nh = skb.head, skb.network_header
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    dif = inet6_iif(skb)
    delivered = False
    for sk in tuple(sockets):
        if raw_v6_match(sk, saddr, daddr, dif):
            delivered = True
            if nexthdr != IPPROTO_ICMPV6 or not _icmpv6_filter(sk, skb):
                rawv6_rcv(sk, skb.clone())
    return delivered


def _icmpv6_filter(sk: Inet6Sock, skb: SkBuff) -> bool:
    """icmpv6_filter: whether the socket does not want this ICMPv6 type (ICMP6_FILTER)."""
    head, at = skb.head, skb.data
    return len(head) <= at or bool(1 << head[at] & sk.icmp6_filter)


@kfunc("net/ipv6/raw.c", "rawv6_rcv", station="deliver", lane=Lane.IN)
def rawv6_rcv(sk: Inet6Sock, skb: SkBuff) -> int:
    """Queues a packet from behind its IPv6 headers on; 0, or 1 when the socket's buffer is full."""
    head, nh = skb.head, skb.network_header
    if sk.checksum >= 0 and checksum(
        pseudo_header(head[nh + 8 : nh + 24], head[nh + 24 : nh + 40], sk.protocol, len(head) - skb.data)
        + head[skb.data :]
    ):
        kfree_skb_reason(skb, DropReason.SKB_CSUM)
        return 0
    message = Datagram(
        data=head[nh if sk.hdrincl else skb.data :],
        saddr=head[nh + 8 : nh + 24],
        sport=0,
        daddr=head[nh + 24 : nh + 40],
        ifindex=inet6_iif(skb),
        ttl=head[nh + 7],
        tos=(head[nh] << 4 | head[nh + 1] >> 4) & 0xFF,
        mark=skb.mark,
        timestamp=skb.dev.net.machine.clock.now,
    )
    if not sock_queue_rcv(sk, message, skb_truesize(skb)):
        kfree_skb_reason(skb, DropReason.SOCKET_RCVBUFF)
        return 1
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(f"raw {sk.protocol}"))
    consume_skb(skb)
    return 0


# --- errors -------------------------------------------------------------------------------------------------------


def raw6_icmp_error(skb: SkBuff, nexthdr: int, type_: int, code: int, offset: int, info: int) -> None:
    """raw6_icmp_error: an error for the raw sockets that may have sent what is quoted at skb.data."""
    sockets = skb.dev.net.ipv6.raw_sockets.get(nexthdr)
    if not sockets:
        return
    head, inner = skb.head, skb.data
    dif = inet6_iif(skb)
    for sk in tuple(sockets):
        if raw_v6_match(sk, head[inner + 24 : inner + 40], head[inner + 8 : inner + 24], dif):
            rawv6_err(sk, skb, type_, code, offset, info)


@kfunc("net/ipv6/raw.c", "rawv6_err")
def rawv6_err(sk: Inet6Sock, skb: SkBuff, type_: int, code: int, offset: int, info: int) -> None:
    """An error reaches a socket: a path MTU goes to its route, the rest to its error queue or SO_ERROR."""
    if not sk.recverr and sk.daddr == IN6ADDR_ANY:
        return
    err, hard = icmpv6_err_convert(type_, code)
    if type_ == ICMPV6_PKT_TOOBIG:
        ip6_update_pmtu(skb, sk.net, info, sk.bound_dev_if, sk.mark)
        hard = sk.pmtudisc == IpPmtudisc.DO
    if type_ == NDISC_REDIRECT:
        return
    if sk.recverr:
        payload = skb.data if sk.hdrincl else skb.data + offset
        ipv6_icmp_error(sk, skb, err, 0, info, payload, inet6_iif(skb))
    if sk.recverr or hard:
        sk.err = err
        if sk.data_ready is not None:
            sk.data_ready()
