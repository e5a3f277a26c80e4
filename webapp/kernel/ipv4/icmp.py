"""ICMP (net/ipv4/icmp.c): echo replies, errors within their limits, and errors handed to sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP, NET_RX_SUCCESS, Iff
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import IPPROTO_ICMP, IPPROTO_RAW, InetSock
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import INADDR_ANY, INADDR_DUMMY
from webapp.kernel.ipv4.fib_frontend import fib_compute_spec_dst
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.in_device import inet_select_addr
from webapp.kernel.ipv4.inetpeer import inet_getpeer_v4, inet_peer_xrlim_allow
from webapp.kernel.ipv4.ip import IPTOS_PREC_INTERNETCONTROL, IPTOS_TOS_MASK
from webapp.kernel.ipv4.ip_output import ip_make_skb, ip_push_pending_frames, reply_mark
from webapp.kernel.ipv4.protocol import INET_PROTOS
from webapp.kernel.ipv4.raw import raw_icmp_error
from webapp.kernel.ipv4.route import (
    RTCF_BROADCAST,
    RTCF_LOCAL,
    RTCF_MULTICAST,
    Rtable,
    dst_mtu,
    ip_route_output_key,
    ipv4_redirect,
    ipv4_update_pmtu,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_ct_attach
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.rtnetlink import Rtn, RtScope
from webapp.kernel.wire.checksum import checksum
from webapp.kernel.wire.icmp import (
    ICMP_ADDRESS,
    ICMP_ADDRESSREPLY,
    ICMP_DEST_UNREACH,
    ICMP_ECHO,
    ICMP_ECHOREPLY,
    ICMP_EXC_FRAGTIME,
    ICMP_FRAG_NEEDED,
    ICMP_INFO_REPLY,
    ICMP_INFO_REQUEST,
    ICMP_PARAMETERPROB,
    ICMP_REDIRECT,
    ICMP_SOURCE_QUENCH,
    ICMP_TIME_EXCEEDED,
    ICMP_TIMESTAMP,
    ICMP_TIMESTAMPREPLY,
    NR_ICMP_TYPES,
    NR_ICMP_UNREACH,
    emit,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

Handler = Callable[[SkBuff], DropReason | None]


class IcmpControl(NamedTuple):
    """struct icmp_control: who handles a type, and whether it is an error (which is never answered by an error)."""

    handler: Handler
    error: bool


# --- limits -------------------------------------------------------------------------------------------------------


def icmp_global_allow(net: Net) -> bool:
    """icmp_global_allow: the host's bucket, filled by icmp_msgs_per_sec up to icmp_msgs_burst."""
    ipv4 = net.ipv4
    if ipv4.icmp_global_credit > 0:
        return True
    now = net.machine.clock.now
    delta = min(now - ipv4.icmp_global_stamp, NSEC_PER_SEC)
    if delta < NSEC_PER_SEC // 50:
        return False
    credit = ipv4.sysctl_icmp_msgs_per_sec * delta // NSEC_PER_SEC
    if not credit:
        return False
    ipv4.icmp_global_stamp = now
    ipv4.icmp_global_credit = min(ipv4.icmp_global_credit + credit, ipv4.sysctl_icmp_msgs_burst)
    return True


def icmpv4_mask_allow(net: Net, type_: int, code: int) -> bool:
    """icmpv4_mask_allow: whether a message is free of limits: path MTU discovery, and types not in icmp_ratemask."""
    if type_ == ICMP_DEST_UNREACH and code == ICMP_FRAG_NEEDED:
        return True
    return not 1 << type_ & net.ipv4.sysctl_icmp_ratemask


def icmpv4_xrlim_allow(net: Net, rt: Rtable, daddr: bytes) -> bool:
    """icmpv4_xrlim_allow: the receiver's own bucket (icmp_ratelimit); none on loopback."""
    if not rt.dev.flags & Iff.LOOPBACK:
        peer = inet_getpeer_v4(net.ipv4, daddr)
        if not inet_peer_xrlim_allow(peer, net.machine.clock.now, net.ipv4.sysctl_icmp_ratelimit):
            return False
    net.ipv4.icmp_global_credit = max(net.ipv4.icmp_global_credit - 1, 0)
    return True


# --- sending ------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/icmp.c", "icmp_push_reply", station="socket send", lane=Lane.OUT)
def icmp_push_reply(
    sk: InetSock, flow: Flowi4, rt: Rtable, message: bytes, mark: int, tos: int, about: SkBuff | None
) -> None:
    """Sends a message from the kernel's ICMP socket; an error belongs to the connection of the packet it is about."""
    skb = ip_make_skb(sk, flow, rt, message, mark, tos)
    if isinstance(skb, SkBuff):
        if about is not None:
            nf_ct_attach(skb, about)
        machine = sk.net.machine
        machine.icmp_xmit_locked = True
        ip_push_pending_frames(sk, skb)
        machine.icmp_xmit_locked = False


@kfunc("net/ipv4/icmp.c", "icmp_reply")
def icmp_reply(skb: SkBuff, type_: int, code: int, un: int, data: bytes) -> None:
    """Answers ``skb`` with a message of this type."""
    rt = skb.dst
    assert rt is not None
    net = skb.dev.net
    limited = not icmpv4_mask_allow(net, type_, code)
    if net.machine.icmp_xmit_locked or (limited and not icmp_global_allow(net)):
        return
    head, nh = skb.head, skb.network_header
    mark = reply_mark(net, skb.mark)
    tos = head[nh + 1]
    flow = Flowi4(
        head[nh + 12 : nh + 16], fib_compute_spec_dst(skb), tos & INET_DSCP_MASK, mark=mark, proto=IPPROTO_ICMP
    )
    reply_rt = ip_route_output_key(net, flow)
    if isinstance(reply_rt, int) or (limited and not icmpv4_xrlim_allow(net, reply_rt, flow.daddr)):
        return
    icmp_push_reply(net.ipv4.icmp_sk, flow, reply_rt, emit(type_, code, un, data), mark, tos, None)


def _quotes_error(skb: SkBuff) -> bool:
    """Whether a packet is an ICMP error itself, or too short to tell; unknown types are taken for errors."""
    head, nh = skb.head, skb.network_header
    if head[nh + 9] != IPPROTO_ICMP:
        return False
    at = nh + ((head[nh] & 0xF) << 2)
    return len(head) <= at or head[at] > NR_ICMP_TYPES or ICMP_POINTERS[head[at]].error


def _may_answer(skb: SkBuff, rt: Rtable, type_: int) -> bool:
    """RFC 1122 3.2.2: no errors about broadcasts, later fragments, and errors."""
    nh = skb.network_header
    return not (
        len(skb.head) < nh + 20
        or skb.pkt_type != PACKET_HOST
        or rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST)
        or skb.head[nh + 6] & 0x1F
        or skb.head[nh + 7]
        or (ICMP_POINTERS[type_].error and _quotes_error(skb))
    )


@kfunc("net/ipv4/icmp.c", "__icmp_send")
def icmp_send(skb: SkBuff, type_: int, code: int, info: int) -> None:
    """Tells the sender of ``skb`` that it could not go on, with as much of it as fits 576 bytes; or keeps silent."""
    rt = skb.dst
    if not isinstance(rt, Rtable) or not _may_answer(skb, rt, type_):
        return
    net = rt.dev.net
    limited = not icmpv4_mask_allow(net, type_, code)
    from_loopback = skb.dev is not None and skb.dev.flags & Iff.LOOPBACK
    limited = limited and not from_loopback
    if net.machine.icmp_xmit_locked or (limited and not icmp_global_allow(net)):
        return
    head, nh = skb.head, skb.network_header
    source = head[nh + 12 : nh + 16]
    saddr = head[nh + 16 : nh + 20] if rt.flags & RTCF_LOCAL else _error_source(net, skb, rt, source)
    tos = head[nh + 1] & IPTOS_TOS_MASK | IPTOS_PREC_INTERNETCONTROL if ICMP_POINTERS[type_].error else head[nh + 1]
    mark = reply_mark(net, skb.mark)
    flow = Flowi4(source, saddr, tos & INET_DSCP_MASK, mark=mark, proto=IPPROTO_ICMP)
    out = ip_route_output_key(net, flow)
    if isinstance(out, int) or (limited and not icmpv4_xrlim_allow(net, out, flow.daddr)):
        return
    room = min(dst_mtu(out), 576) - 28
    if room <= 20:
        return
    if flow.saddr == INADDR_ANY:
        flow.saddr = INADDR_DUMMY
    about = skb if ICMP_POINTERS[type_].error else None
    icmp_push_reply(net.ipv4.icmp_sk, flow, out, emit(type_, code, info, head[nh : nh + room]), mark, tos, about)


def _error_source(net: Net, skb: SkBuff, rt: Rtable, to: bytes) -> bytes:
    """A router speaks from the address of the way back, or of the interface that the packet came in on."""
    if rt.is_input and net.ipv4.sysctl_icmp_errors_use_inbound_ifaddr:
        dev = net.dev_get_by_index(skb.skb_iif)
        if dev is not None:
            return inet_select_addr(dev, to, RtScope.LINK)
    return INADDR_ANY


# --- receiving ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/icmp.c", "icmp_rcv", station="deliver", lane=Lane.IN)
def icmp_rcv(skb: SkBuff) -> int:
    """The receiver of protocol 1; data is at the ICMP header."""
    reason = _rcv(skb)
    if reason is None:
        consume_skb(skb)
        return NET_RX_SUCCESS
    kfree_skb_reason(skb, reason)
    return NET_RX_DROP


def _rcv(skb: SkBuff) -> DropReason | None:
    head, at = skb.head, skb.data
    if checksum(head[at:]):
        return DropReason.ICMP_CSUM
    if len(head) - at < 8:
        return DropReason.NOT_SPECIFIED
    type_ = head[at]
    skb.data = at + 8
    if type_ > NR_ICMP_TYPES:
        return DropReason.UNHANDLED_PROTO
    rt: Rtable = skb.dst  # type: ignore[assignment]  # the packet was routed here
    if rt.flags & (RTCF_BROADCAST | RTCF_MULTICAST):
        if type_ in (ICMP_ECHO, ICMP_TIMESTAMP):
            if skb.dev.net.ipv4.sysctl_icmp_echo_ignore_broadcasts:
                return DropReason.INVALID_PROTO
        elif type_ not in (ICMP_ADDRESS, ICMP_ADDRESSREPLY):
            return DropReason.INVALID_PROTO
    return ICMP_POINTERS[type_].handler(skb)


@kfunc("net/ipv4/icmp.c", "icmp_echo")
def icmp_echo(skb: SkBuff) -> DropReason | None:
    """An echo request is answered with its own data."""
    if skb.dev.net.ipv4.sysctl_icmp_echo_ignore_all:
        return None
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered("icmp echo"))
    head, at = skb.head, skb.transport_header
    icmp_reply(skb, ICMP_ECHOREPLY, 0, int.from_bytes(head[at + 4 : at + 8], "big"), head[skb.data :])
    return None


@kfunc("net/ipv4/icmp.c", "icmp_timestamp")
def icmp_timestamp(skb: SkBuff) -> DropReason | None:
    """A timestamp request is answered with the milliseconds of virtual time, twice."""
    head, at = skb.head, skb.transport_header
    if len(head) - skb.data < 4:
        return DropReason.PKT_TOO_SMALL
    stamp = (skb.dev.net.machine.clock.now // 1_000_000 % 86_400_000).to_bytes(4, "big")
    un = int.from_bytes(head[at + 4 : at + 8], "big")
    icmp_reply(skb, ICMP_TIMESTAMPREPLY, 0, un, head[skb.data : skb.data + 4] + stamp + stamp)
    return None


def icmp_discard(skb: SkBuff) -> DropReason | None:
    """icmp_discard: types that nobody answers."""
    return None


def ping_rcv(skb: SkBuff) -> DropReason | None:
    """ping_rcv (net/ipv4/ping.c): an echo reply without a ping socket; raw sockets have had their copies before."""
    return DropReason.NO_SOCKET


@kfunc("net/ipv4/icmp.c", "icmp_unreach")
def icmp_unreach(skb: SkBuff) -> DropReason | None:
    """Unreachable, time exceeded, parameter problem, source quench: told to the sockets that sent what is quoted."""
    head, at, inner = skb.head, skb.transport_header, skb.data
    if len(head) - inner < 20:
        return DropReason.NOT_SPECIFIED
    if head[inner] & 0xF < 5:
        return DropReason.IP_INHDR
    net = skb.dev.net
    type_, code = head[at], head[at + 1]
    info = 0
    if type_ == ICMP_DEST_UNREACH:
        if code & 15 == ICMP_FRAG_NEEDED:
            if net.ipv4.sysctl_ip_no_pmtu_disc in (2, 3):
                return None
            if not net.ipv4.sysctl_ip_no_pmtu_disc:
                info = head[at + 6] << 8 | head[at + 7]
        if code > NR_ICMP_UNREACH:
            return None
    elif type_ == ICMP_PARAMETERPROB:
        info = head[at + 4]
    elif type_ == ICMP_TIME_EXCEEDED and code == ICMP_EXC_FRAGTIME:
        return None
    bogus = not net.ipv4.sysctl_icmp_ignore_bogus_error_responses
    if not (bogus and inet_addr_type(net, head[inner + 16 : inner + 20]) == Rtn.BROADCAST):
        icmp_socket_deliver(skb, info)
    return None


@kfunc("net/ipv4/icmp.c", "icmp_redirect")
def icmp_redirect(skb: SkBuff) -> DropReason | None:
    """A router knows a better one."""
    if len(skb.head) - skb.data < 20:
        return DropReason.PKT_TOO_SMALL
    at = skb.transport_header
    icmp_socket_deliver(skb, int.from_bytes(skb.head[at + 4 : at + 8], "big"))
    return None


@kfunc("net/ipv4/icmp.c", "icmp_socket_deliver")
def icmp_socket_deliver(skb: SkBuff, info: int) -> None:
    """An error to raw sockets and to the protocol of the packet that is quoted at skb.data."""
    head, inner = skb.head, skb.data
    protocol = head[inner + 9]
    if len(head) - inner < ((head[inner] & 0xF) << 2) + 8 or protocol == IPPROTO_RAW:
        return
    raw_icmp_error(skb, protocol, info)
    proto = INET_PROTOS.get(protocol)
    if proto is not None:
        proto.err_handler(skb, info)


def icmp_err(skb: SkBuff, info: int) -> None:
    """icmp_err: errors about echo replies, which the kernel itself sent; those about requests are raw sockets' own."""
    head, inner, at = skb.head, skb.data, skb.transport_header
    if head[inner + ((head[inner] & 0xF) << 2)] != ICMP_ECHOREPLY:
        return
    if head[at] == ICMP_DEST_UNREACH and head[at + 1] == ICMP_FRAG_NEEDED:
        ipv4_update_pmtu(skb, None, info, IPPROTO_ICMP)
    elif head[at] == ICMP_REDIRECT:
        ipv4_redirect(skb, None, IPPROTO_ICMP, info.to_bytes(4, "big"))


_DISCARD = IcmpControl(icmp_discard, False)
_UNREACH = IcmpControl(icmp_unreach, True)

_HANDLERS = {
    ICMP_ECHOREPLY: IcmpControl(ping_rcv, False),
    ICMP_DEST_UNREACH: _UNREACH,
    ICMP_SOURCE_QUENCH: _UNREACH,
    ICMP_REDIRECT: IcmpControl(icmp_redirect, True),
    ICMP_ECHO: IcmpControl(icmp_echo, False),
    ICMP_TIME_EXCEEDED: _UNREACH,
    ICMP_PARAMETERPROB: _UNREACH,
    ICMP_TIMESTAMP: IcmpControl(icmp_timestamp, False),
    ICMP_TIMESTAMPREPLY: _DISCARD,
    ICMP_INFO_REQUEST: _DISCARD,
    ICMP_INFO_REPLY: _DISCARD,
    ICMP_ADDRESS: _DISCARD,
    ICMP_ADDRESSREPLY: _DISCARD,
}
_UNASSIGNED = IcmpControl(icmp_discard, True)

ICMP_POINTERS = tuple(_HANDLERS.get(type_, _UNASSIGNED) for type_ in range(NR_ICMP_TYPES + 1))
"""icmp_pointers by type; unassigned types are discarded and count as errors."""
