"""Raw sockets (net/ipv4/raw.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import (
    INADDR_ANY,
    IPPROTO_ICMP,
    Datagram,
    InetSock,
    IpPmtudisc,
    skb_truesize,
    sock_error,
    sock_queue_rcv,
)
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.address import ipv4_is_multicast
from webapp.kernel.ipv4.flow import FLOWI_FLAG_ANYSRC, FLOWI_FLAG_KNOWN_NH, INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.icmp_error import ICMP_ERR_CONVERT, ip_icmp_error, ip_local_error
from webapp.kernel.ipv4.igmp import ip_mc_sf_allow
from webapp.kernel.ipv4.ip_output import dst_output, ip_make_skb, ip_push_pending_frames, net_xmit_errno
from webapp.kernel.ipv4.route import (
    RTCF_BROADCAST,
    Rtable,
    ip_route_output_key,
    ipv4_redirect,
    ipv4_update_pmtu,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT, NFPROTO_IPV4
from webapp.kernel.wire.checksum import checksum
from webapp.kernel.wire.icmp import (
    ICMP_DEST_UNREACH,
    ICMP_FRAG_NEEDED,
    ICMP_PARAMETERPROB,
    ICMP_REDIRECT,
    ICMP_SOURCE_QUENCH,
    NR_ICMP_UNREACH,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


# --- sending ------------------------------------------------------------------------------------------------------


def multicast_source(sk: InetSock, daddr: bytes, saddr: bytes, oif: int) -> tuple[bytes, int]:
    """IP_MULTICAST_IF: source and interface for a group, where nothing else was said."""
    if ipv4_is_multicast(daddr):
        return saddr if saddr != INADDR_ANY else sk.mc_addr, oif or sk.mc_index
    return saddr, oif


@kfunc("net/ipv4/raw.c", "raw_sendmsg", station="socket send", lane=Lane.OUT)
def raw_sendmsg(sk: InetSock, data: bytes, daddr: bytes | None) -> int:
    """Sends ``data`` to ``daddr`` (None: the connected peer). Bytes taken, or a negative errno.

    EMSGSIZE, EDESTADDRREQ, ENETUNREACH and other errors of the route, EACCES for a broadcast without SO_BROADCAST,
    EPERM where OUTPUT or POSTROUTING dropped the packet, and with IP_RECVERR ENOBUFS where something below did.
    """
    if len(data) > 0xFFFF:
        return -Errno.EMSGSIZE
    if daddr is None:
        if sk.daddr == INADDR_ANY:
            return -Errno.EDESTADDRREQ
        daddr = sk.daddr
    net = sk.net
    saddr, oif = multicast_source(sk, daddr, sk.saddr, sk.bound_dev_if)
    flags = FLOWI_FLAG_KNOWN_NH | FLOWI_FLAG_ANYSRC if sk.hdrincl else 0
    flow = Flowi4(daddr, saddr, sk.tos & INET_DSCP_MASK, oif=oif, mark=sk.mark, proto=sk.protocol, flags=flags)
    rt = ip_route_output_key(net, flow)
    if isinstance(rt, int):
        return rt
    if rt.flags & RTCF_BROADCAST and not sk.broadcast:
        return -Errno.EACCES
    if sk.hdrincl:
        error = _send_hdrincl(sk, flow, rt, data)
    else:
        skb = ip_make_skb(sk, flow, rt, data, sk.mark, sk.tos)
        if isinstance(skb, int):
            return skb
        error = ip_push_pending_frames(sk, skb)
        if error == -Errno.ENOBUFS and not sk.recverr:
            error = 0
    return error if error < 0 else len(data)


def _send_hdrincl(sk: InetSock, flow: Flowi4, rt: Rtable, data: bytes) -> int:
    """raw_send_hdrincl: the header is the program's; length, checksum, empty source and id are filled in."""
    dev = rt.dev
    if len(data) > dev.mtu:
        ip_local_error(sk, Errno.EMSGSIZE, flow.daddr, sk.dport, dev.mtu)
        return -Errno.EMSGSIZE
    if len(data) < 20 or len(data) < (data[0] & 0xF) << 2 or not data[0] & 0xF:
        return -Errno.EINVAL
    if sk.err:
        return -sock_error(sk)
    ihl = (data[0] & 0xF) << 2
    if ihl >= 20:
        ident = data[4:6] if data[4:6] != b"\0\0" else sk.net.ipv4.next_id().to_bytes(2, "big")
        saddr = data[12:16] if data[12:16] != INADDR_ANY else flow.saddr
        length = len(data).to_bytes(2, "big")
        header = data[:2] + length + ident + data[6:10] + b"\0\0" + saddr + data[16:ihl]
        data = header[:10] + checksum(header).to_bytes(2, "big") + header[12:] + data[ihl:]
    skb = SkBuff(data, ETH_P_IP, dev, sk.mark)
    skb.network_header = 0
    skb.transport_header = ihl
    skb.priority = sk.priority
    skb.sk = sk
    skb.dst = rt
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(skb)
    code = nf_hook(NFPROTO_IPV4, NF_INET_LOCAL_OUT, sk.net, skb, None, dev, dst_output, sk)
    if code == 1:
        code = dst_output(skb)
    if code > 0:
        code = net_xmit_errno(code)
    return 0 if code == -Errno.ENOBUFS and not sk.recverr else code


# --- receiving ----------------------------------------------------------------------------------------------------


def inet_iif(skb: SkBuff) -> int:
    """inet_iif: the interface that a packet came in on; for looped packets the one that it was sent from."""
    rt = skb.dst
    return rt.iif if isinstance(rt, Rtable) and rt.iif else skb.skb_iif


def raw_v4_match(sk: InetSock, raddr: bytes, laddr: bytes, dif: int) -> bool:
    """raw_v4_match: what a socket is bound and connected to must fit."""
    return sk.daddr in (INADDR_ANY, raddr) and sk.rcv_saddr in (INADDR_ANY, laddr) and sk.bound_dev_if in (0, dif)


@kfunc("net/ipv4/raw.c", "raw_local_deliver")
def raw_local_deliver(skb: SkBuff, protocol: int) -> bool:
    """raw_v4_input: every raw socket that fits gets a copy. Whether there was one."""
    sockets = skb.dev.net.ipv4.raw_sockets.get(protocol)
    if not sockets:
        return False
    head, nh = skb.head, skb.network_header
    saddr, daddr = head[nh + 12 : nh + 16], head[nh + 16 : nh + 20]
    dif = inet_iif(skb)
    delivered = False
    for sk in tuple(sockets):
        if not raw_v4_match(sk, saddr, daddr, dif):
            continue
        delivered = True
        if ipv4_is_multicast(daddr) and not ip_mc_sf_allow(sk, daddr, skb.dev.ifindex):
            continue
        if protocol != IPPROTO_ICMP or not icmp_filter(sk, skb):
            raw_rcv(sk, skb.clone())
    return delivered


def icmp_filter(sk: InetSock, skb: SkBuff) -> bool:
    """icmp_filter: whether the socket does not want this ICMP type (ICMP_FILTER)."""
    head, at = skb.head, skb.transport_header
    return len(head) > at and head[at] < 32 and bool(1 << head[at] & sk.icmp_filter)


@kfunc("net/ipv4/raw.c", "raw_rcv", station="deliver", lane=Lane.IN)
def raw_rcv(sk: InetSock, skb: SkBuff) -> int:
    """Queues a packet from its IP header on; 0, or -1 when the socket's buffer is full."""
    head, nh = skb.head, skb.network_header
    message = Datagram(
        data=head[nh:],
        saddr=head[nh + 12 : nh + 16],
        sport=0,
        daddr=head[nh + 16 : nh + 20],
        ifindex=skb.dev.ifindex,
        ttl=head[nh + 8],
        tos=head[nh + 1],
        mark=skb.mark,
        timestamp=skb.dev.net.machine.clock.now,
    )
    if not sock_queue_rcv(sk, message, skb_truesize(skb)):
        kfree_skb_reason(skb, DropReason.SOCKET_RCVBUFF)
        return -1
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered(f"raw {sk.protocol}"))
    consume_skb(skb)
    return 0


# --- errors -------------------------------------------------------------------------------------------------------


def raw_icmp_error(skb: SkBuff, protocol: int, info: int) -> None:
    """raw_icmp_error: an ICMP error for the raw sockets that may have sent what is quoted at skb.data."""
    net: Net = skb.dev.net
    sockets = net.ipv4.raw_sockets.get(protocol)
    if not sockets:
        return
    head, inner = skb.head, skb.data
    dif = inet_iif(skb)
    for sk in tuple(sockets):
        if raw_v4_match(sk, head[inner + 16 : inner + 20], head[inner + 12 : inner + 16], dif):
            raw_err(sk, skb, info)


@kfunc("net/ipv4/raw.c", "raw_err")
def raw_err(sk: InetSock, skb: SkBuff, info: int) -> None:
    """An error reaches a socket: path MTU and redirects go to its route, the rest to its error queue or SO_ERROR."""
    head, at, inner = skb.head, skb.transport_header, skb.data
    type_, code = head[at], head[at + 1]
    if type_ == ICMP_DEST_UNREACH and code == ICMP_FRAG_NEEDED:
        ipv4_update_pmtu(skb, sk, info, sk.protocol)
    elif type_ == ICMP_REDIRECT:
        ipv4_redirect(skb, sk, sk.protocol, info.to_bytes(4, "big"))
        return
    if type_ == ICMP_SOURCE_QUENCH or (not sk.recverr and sk.daddr == INADDR_ANY):
        return
    err, hard = Errno.EHOSTUNREACH, False
    if type_ == ICMP_PARAMETERPROB:
        err, hard = Errno.EPROTO, True
    elif type_ == ICMP_DEST_UNREACH and code <= NR_ICMP_UNREACH:
        err, hard = ICMP_ERR_CONVERT[code]
        if code == ICMP_FRAG_NEEDED:
            hard = sk.pmtudisc != IpPmtudisc.DONT
    if sk.recverr:
        payload = inner if sk.hdrincl else inner + ((head[inner] & 0xF) << 2)
        ip_icmp_error(sk, skb, err, 0, info, payload)
    if sk.recverr or hard:
        sk.err = err
        if sk.data_ready is not None:
            sk.data_ready()
