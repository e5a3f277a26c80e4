"""ICMPv6 (net/ipv6/icmp.c): echo replies, errors within their limits, and errors handed to sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import IPPROTO_ICMPV6, Inet6Sock
from webapp.kernel.ipv4.icmp import icmp_global_allow
from webapp.kernel.ipv4.inetpeer import inet_getpeer_v6, inet_peer_xrlim_allow
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IPV6_ADDR_MULTICAST,
    ipv6_addr_is_multicast,
    ipv6_addr_needs_scope_id,
    ipv6_addr_type,
)
from webapp.kernel.ipv6.exthdrs_core import ipv6_skip_exthdr
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.if_inet6 import ipv6_chk_acast_addr_src, ipv6_chk_addr, ipv6_dev_get_saddr
from webapp.kernel.ipv6.ip6_output import ip6_make_skb, ip6_push_pending_frames, reply_mark
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm
from webapp.kernel.ipv6.ndisc import ndisc_rcv
from webapp.kernel.ipv6.protocol import INET6_PROTOS
from webapp.kernel.ipv6.raw import raw6_icmp_error
from webapp.kernel.ipv6.route import Rt6Info, ip6_dst_lookup, ip6_route_output, ip6_sk_dst_hoplimit, ip6_update_pmtu
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_ct_attach
from webapp.kernel.trace import RECORDER, Delivered, Lane
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.icmpv6 import (
    HLEN,
    ICMPV6_ECHO_REPLY,
    ICMPV6_ECHO_REQUEST,
    ICMPV6_INFOMSG_MASK,
    ICMPV6_PARAMPROB,
    ICMPV6_PKT_TOOBIG,
    ICMPV6_UNK_OPTION,
    NDISC_REDIRECT,
    NDISC_ROUTER_SOLICITATION,
    emit,
    valid,
)
from webapp.kernel.wire.ipv6 import HLEN as IPV6_HLEN
from webapp.kernel.wire.ipv6 import IPV6_MIN_MTU

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def icmp6_iif(skb: SkBuff) -> int:
    """icmp6_iif: where a packet came in; for what this host sent to itself, the device that has the address."""
    rt = skb.dst
    if skb.dev.flags & Iff.LOOPBACK and isinstance(rt, Rt6Info):
        return rt.idev_dev.ifindex
    return skb.dev.ifindex


# --- limits -------------------------------------------------------------------------------------------------------


def _limited(net: Net, type_: int) -> bool:
    """icmpv6_mask_allow, the other way round: whether a type is subject to limits."""
    return bool(1 << type_ & net.ipv6.sysctl_icmpv6_ratemask)


def icmpv6_xrlim_allow(net: Net, sk: Inet6Sock, flow: Flowi6) -> bool:
    """icmpv6_xrlim_allow: the receiver's own bucket, wider for wider prefixes; none on loopback."""
    rt = ip6_route_output(net, sk, flow)
    if rt.error:
        return False
    if not rt.dev.flags & Iff.LOOPBACK:
        timeout = net.ipv6.sysctl_icmpv6_time
        if rt.plen < 128:
            timeout >>= (128 - rt.plen) >> 5
        peer = inet_getpeer_v6(net.ipv6, flow.daddr)
        if timeout and not inet_peer_xrlim_allow(peer, net.machine.clock.now, timeout):
            return False
    net.ipv4.icmp_global_credit = max(net.ipv4.icmp_global_credit - 1, 0)
    return True


# --- sending ------------------------------------------------------------------------------------------------------


def _is_ineligible(skb: SkBuff) -> bool:
    """is_ineligible: the packet is an ICMPv6 error itself, or too short to tell."""
    head, nh = skb.head, skb.network_header
    at, nexthdr, frag_off = ipv6_skip_exthdr(head, nh + IPV6_HLEN, head[nh + 6])
    if at < 0 or nexthdr != IPPROTO_ICMPV6:
        return False
    return not frag_off if len(head) <= at else not head[at] & ICMPV6_INFOMSG_MASK


def _opt_unrec(skb: SkBuff, offset: int) -> bool:
    """opt_unrec: the option wants to be complained of even if it came to a group."""
    at = skb.network_header + offset
    return len(skb.head) <= at or skb.head[at] & 0xC0 == 0x80


@kfunc("net/ipv6/icmp.c", "icmp6_send")
def icmpv6_send(skb: SkBuff, type_: int, code: int, info: int) -> None:
    """Tells the sender of ``skb`` that it could not go on, with as much of it as fits 1280 bytes; or keeps silent."""
    head, nh = skb.head, skb.network_header
    if len(head) < nh + IPV6_HLEN:
        return
    dev = skb.dev
    net = dev.net
    source, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    saddr = IN6ADDR_ANY
    if ipv6_chk_addr(net, daddr, dev, strict=False) or ipv6_chk_acast_addr_src(net, dev, daddr):
        saddr = daddr
    if ipv6_addr_is_multicast(daddr) or skb.pkt_type != PACKET_HOST:
        option = type_ == ICMPV6_PARAMPROB and code == ICMPV6_UNK_OPTION and _opt_unrec(skb, info)
        if type_ != ICMPV6_PKT_TOOBIG and not option:
            return
        saddr = IN6ADDR_ANY
    kind = ipv6_addr_type(source)
    if not kind or kind & IPV6_ADDR_MULTICAST or _is_ineligible(skb):
        return
    limited = _limited(net, type_)
    if limited and not dev.flags & Iff.LOOPBACK and not icmp_global_allow(net):
        return
    if net.machine.icmpv6_xmit_locked:
        return
    limited = limited and not dev.flags & Iff.LOOPBACK
    mark = reply_mark(net, skb.mark)
    oif = icmp6_iif(skb) if ipv6_addr_needs_scope_id(source) else 0
    flow = Flowi6(source, saddr, oif=oif, mark=mark, proto=IPPROTO_ICMPV6)
    sk = net.ipv6.icmp_sk
    if saddr == IN6ADDR_ANY:
        _source_of_input(net, sk, skb, flow)
    if limited and not icmpv6_xrlim_allow(net, sk, flow):
        return
    rt = ip6_dst_lookup(net, sk, flow)
    if isinstance(rt, int) or rt.type == Rtn.ANYCAST:
        return
    quoted = head[nh : nh + IPV6_MIN_MTU - IPV6_HLEN - HLEN]
    message = emit(type_, code, info, flow.saddr, flow.daddr, quoted)
    icmpv6_push(sk, flow, rt, message, ip6_sk_dst_hoplimit(sk, flow, rt), 0, mark, skb)


def _source_of_input(net: Net, sk: Inet6Sock, skb: SkBuff, flow: Flowi6) -> None:
    """Without a source of its own the route back would choose; an address of the interface at fault says more."""
    rt = ip6_route_output(net, sk, flow)
    if not rt.error and rt.f6i is not None and rt.f6i.prefsrc is not None:
        return
    iif = skb.cb.iif if isinstance(skb.cb, Inet6SkbParm) else 0
    in_dev: NetDevice | None = net.dev_get_by_index(iif)
    if in_dev is not None:
        flow.saddr = ipv6_dev_get_saddr(net, in_dev, flow.daddr) or IN6ADDR_ANY


@kfunc("net/ipv6/icmp.c", "icmpv6_push_pending_frames", station="socket send", lane=Lane.OUT)
def icmpv6_push(
    sk: Inet6Sock,
    flow: Flowi6,
    rt: Rt6Info,
    message: bytes,
    hlimit: int,
    tclass: int,
    mark: int,
    about: SkBuff | None,
) -> None:
    """Sends a message from the kernel's ICMPv6 socket; an error belongs to the connection of what it is ``about``."""
    skb = ip6_make_skb(sk, flow, rt, message, hlimit, tclass, mark)
    if isinstance(skb, SkBuff):
        if about is not None:
            nf_ct_attach(skb, about)
        machine = sk.net.machine
        machine.icmpv6_xmit_locked = True
        ip6_push_pending_frames(sk, skb)
        machine.icmpv6_xmit_locked = False


@kfunc("net/ipv6/icmp.c", "icmpv6_echo_reply")
def icmpv6_echo_reply(skb: SkBuff) -> None:
    """An echo request is answered with its own data; one to a group or to an anycast address from one's own address."""
    net = skb.dev.net
    ipv6 = net.ipv6
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    source, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    rt_in = skb.dst
    anycast = isinstance(rt_in, Rt6Info) and rt_in.type == Rtn.ANYCAST
    multicast = ipv6_addr_is_multicast(daddr)
    if (
        ipv6.sysctl_icmpv6_echo_ignore_all
        or net.machine.icmpv6_xmit_locked
        or (multicast and ipv6.sysctl_icmpv6_echo_ignore_multicast)
        or (anycast and ipv6.sysctl_icmpv6_echo_ignore_anycast)
    ):
        return
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Delivered("icmpv6 echo"))
    own = not multicast and not anycast
    saddr = daddr if own or (anycast and ipv6.sysctl_anycast_src_echo_reply) else IN6ADDR_ANY
    mark = reply_mark(net, skb.mark)
    flow = Flowi6(source, saddr, oif=icmp6_iif(skb), mark=mark, proto=IPPROTO_ICMPV6)
    sk = ipv6.icmp_sk
    rt = ip6_dst_lookup(net, sk, flow)
    if isinstance(rt, int):
        return
    limited = _limited(net, ICMPV6_ECHO_REPLY) and not skb.dev.flags & Iff.LOOPBACK
    if limited and not (icmp_global_allow(net) and icmpv6_xrlim_allow(net, sk, flow)):
        return
    tclass = (head[nh] << 4 | head[nh + 1] >> 4) & 0xFF
    un = int.from_bytes(head[at + 4 : at + 8], "big")
    message = emit(ICMPV6_ECHO_REPLY, 0, un, flow.saddr, flow.daddr, head[at + HLEN :])
    icmpv6_push(sk, flow, rt, message, ip6_sk_dst_hoplimit(sk, flow, rt), tclass, mark, None)


# --- receiving ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/icmp.c", "icmpv6_rcv", station="deliver", lane=Lane.IN)
def icmpv6_rcv(skb: SkBuff) -> SkBuff | None:
    """The receiver of next header 58; data is at the ICMPv6 header."""
    reason = _rcv(skb)
    if reason is None:
        consume_skb(skb)
    else:
        kfree_skb_reason(skb, reason)
    return None


def _rcv(skb: SkBuff) -> DropReason | None:
    head, nh, at = skb.head, skb.network_header, skb.data
    if not valid(head[at:], head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]):
        return DropReason.ICMP_CSUM
    if len(head) - at < HLEN:
        return DropReason.NOT_SPECIFIED
    type_ = head[at]
    skb.data = at + HLEN
    if type_ == ICMPV6_ECHO_REQUEST:
        icmpv6_echo_reply(skb)
        return None
    if type_ == ICMPV6_ECHO_REPLY:
        return DropReason.NO_SOCKET
    if NDISC_ROUTER_SOLICITATION <= type_ <= NDISC_REDIRECT:
        return ndisc_rcv(skb)
    if not type_ & ICMPV6_INFOMSG_MASK:
        info = int.from_bytes(head[at + 4 : at + 8], "big")
        return icmpv6_notify(skb, type_, head[at + 1], info)
    return DropReason.NOT_SPECIFIED


@kfunc("net/ipv6/icmp.c", "icmpv6_notify")
def icmpv6_notify(skb: SkBuff, type_: int, code: int, info: int) -> DropReason | None:
    """An error to the protocol of the packet that is quoted at skb.data, and to raw sockets."""
    head, inner = skb.head, skb.data
    if len(head) - inner < IPV6_HLEN:
        return DropReason.PKT_TOO_SMALL
    at, nexthdr, _ = ipv6_skip_exthdr(head, inner + IPV6_HLEN, head[inner + 6])
    if at < 0:
        return DropReason.IPV6_BAD_EXTHDR
    if len(head) < at + 8:
        return DropReason.PKT_TOO_SMALL
    offset = at - inner
    protocol = INET6_PROTOS.get(nexthdr)
    if protocol is not None and protocol.err_handler is not None:
        protocol.err_handler(skb, type_, code, offset, info)
    raw6_icmp_error(skb, nexthdr, type_, code, offset, info)
    return None


def icmpv6_err(skb: SkBuff, type_: int, code: int, offset: int, info: int) -> None:
    """icmpv6_err: errors about what the kernel itself sent; those about echo requests are their sockets' own."""
    if type_ == ICMPV6_PKT_TOOBIG:
        ip6_update_pmtu(skb, skb.dev.net, info, 0, 0)


def icmpv6_param_prob(skb: SkBuff, code: int, pos: int) -> None:
    """icmpv6_param_prob: complains of the byte at ``pos`` of the packet, and drops it."""
    icmpv6_send(skb, ICMPV6_PARAMPROB, code, pos)
    kfree_skb_reason(skb, DropReason.IP_INHDR)
