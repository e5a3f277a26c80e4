"""Sending and forwarding IPv6 packets (net/ipv6/ip6_output.c, output_core.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import neigh_create, neigh_lookup, neigh_output, pneigh_lookup
from webapp.kernel.core.net_device import Iff
from webapp.kernel.core.skbuff import (
    PACKET_HOST,
    SkBuff,
    consume_skb,
    fragment_lengths,
    kfree_skb_reason,
    skb_exceeds_mtu,
)
from webapp.kernel.core.sock import (
    IPPROTO_ICMPV6,
    Inet6Sock,
    InetSock,
    IpPmtudisc,
    SockError,
    SoEeOrigin,
    sock_error,
    sock_queue_err,
)
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.inetpeer import inet_getpeer_v6, inet_peer_xrlim_allow
from webapp.kernel.ipv4.ip_output import dev_loopback_xmit, dst_output, net_xmit_errno
from webapp.kernel.ipv4.tcp_offload import skb_gso_segment
from webapp.kernel.ipv6.address import (
    IPV6_ADDR_ANY,
    IPV6_ADDR_LINKLOCAL,
    IPV6_ADDR_LOOPBACK,
    IPV6_ADDR_MULTICAST,
    SCOPE_NODELOCAL,
    ipv6_addr_type,
)
from webapp.kernel.ipv6.exthdrs_core import ip6_find_1stfragopt, ipv6_skip_exthdr
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.if_inet6 import Inet6Dev, ipv6_chk_mcast_addr
from webapp.kernel.ipv6.ipv6 import IP6SKB_FORWARDED, IP6SKB_REROUTED, Inet6SkbParm, ip6cb
from webapp.kernel.ipv6.route import (
    FUNCTIONS,
    IP6_MAX_MTU,
    Rt6Info,
    dst_mtu,
    ip6_dst_hoplimit,
    ip6_dst_mtu_forward,
    ip6_link_failure,
    ip6_sk_ignore_df,
    rt6_nexthop,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import (
    NF_INET_FORWARD,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NFPROTO_IPV6,
)
from webapp.kernel.wire.icmpv6 import (
    ICMPV6_DEST_UNREACH,
    ICMPV6_EXC_HOPLIMIT,
    ICMPV6_NOT_NEIGHBOUR,
    ICMPV6_PKT_TOOBIG,
    ICMPV6_TIME_EXCEED,
    NDISC_REDIRECT,
    NDISC_ROUTER_SOLICITATION,
)
from webapp.kernel.wire.ipv6 import (
    FRAGMENT,
    FRAGMENT_HLEN,
    HLEN,
    IP6_MF,
    IPV6_MAXPLEN,
    IPV6_MIN_MTU,
    NEXTHDR_FRAGMENT,
    emit,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


# --- local output -------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/output_core.c", "__ip6_local_out")
def ip6_local_out_hook(net: Net, sk: Inet6Sock | None, skb: SkBuff) -> int:
    """__ip6_local_out: length, then the OUTPUT hook. 1: the packet may go on; 0 stolen, negative errno dropped."""
    head, nh = skb.head, skb.network_header
    length = len(head) - nh - HLEN
    if length != head[nh + 4] << 8 | head[nh + 5]:
        skb.write(nh + 4, (length if length <= IPV6_MAXPLEN else 0).to_bytes(2, "big"))
    skb.protocol = ETH_P_IPV6
    rt = skb.dst
    assert rt is not None
    return nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, skb, None, rt.dev, dst_output, sk)


@kfunc("net/ipv6/output_core.c", "ip6_local_out")
def ip6_local_out(net: Net, sk: Inet6Sock | None, skb: SkBuff) -> int:
    """Sends a packet made here, whose route hangs on it and whose data is at its header: NET_XMIT_* or -errno."""
    verdict = ip6_local_out_hook(net, sk, skb)
    return dst_output(skb) if verdict == 1 else verdict


@kfunc("net/ipv6/ip6_output.c", "ip6_send_skb")
def ip6_send_skb(skb: SkBuff) -> int:
    """ip6_local_out with the result as a socket tells it: 0 or a negative errno."""
    rt = skb.dst
    assert rt is not None
    code = ip6_local_out(rt.dev.net, skb.sk, skb)
    return net_xmit_errno(code) if code > 0 else code


@kfunc("net/ipv6/ip6_output.c", "ip6_push_pending_frames")
def ip6_push_pending_frames(sk: Inet6Sock, skb: SkBuff) -> int:
    """Sends what ip6_make_skb made: 0 or a negative errno."""
    return ip6_send_skb(skb)


def ip6_make_flowlabel(net: Net, flow: Flowi6) -> int:
    """ip6_make_flowlabel: the flow's own label, or with auto_flowlabels one made of it; Linux's hash has a key."""
    if flow.flowlabel or net.ipv6.sysctl_auto_flowlabels not in (1, 3):
        return flow.flowlabel
    ports = flow.sport << 16 | flow.dport
    return crc32(flow.saddr + flow.daddr + bytes((flow.proto,)) + ports.to_bytes(4, "big")) & 0xFFFFF


def ipv6_local_error(sk: Inet6Sock, err: Errno, flow: Flowi6, info: int) -> None:
    """ipv6_local_error: queues an error of this host's own, if the socket wants to know (IPV6_RECVERR)."""
    if sk.recverr:
        now = sk.net.machine.clock.now
        error = SockError(err, SoEeOrigin.LOCAL, 0, 0, info, bytes(16), flow.daddr, flow.dport, b"", now)
        sock_queue_err(sk, error)


def ip6_make_skb(
    sk: Inet6Sock, flow: Flowi6, rt: Rt6Info, payload: bytes, hop_limit: int, tclass: int, mark: int
) -> SkBuff | int:
    """__ip6_append_data and __ip6_make_skb: a packet for ``payload``, its route on it; or a negative errno.

    EMSGSIZE: it does not fit the path and must not be fragmented; an IPV6_RECVERR socket is told the MTU. A packet
    longer than the MTU stays whole up to ip6_finish_output, as Linux's packets with a list of fragments do.
    """
    net = rt.dev.net
    mtu = rt.dev.mtu if sk.pmtudisc >= IpPmtudisc.PROBE else dst_mtu(rt)
    if mtu < IPV6_MIN_MTU:
        return -Errno.EINVAL
    length = HLEN + len(payload)
    if length > (IP6_MAX_MTU if ip6_sk_ignore_df(sk) and not sk.dontfrag else mtu):
        ipv6_local_error(sk, Errno.EMSGSIZE, flow, mtu)
        return -Errno.EMSGSIZE
    if sk.err:
        return -sock_error(sk)
    label = ip6_make_flowlabel(net, flow)
    header = emit(flow.saddr, flow.daddr, flow.proto, len(payload), hop_limit=hop_limit, tclass=tclass, flowlabel=label)
    skb = SkBuff(header + payload, ETH_P_IPV6, None, mark)
    skb.network_header = 0
    skb.transport_header = HLEN
    skb.priority = sk.priority
    skb.ignore_df = int(ip6_sk_ignore_df(sk))
    skb.sk = sk
    skb.dst = rt
    recorder = RECORDER.get()
    if recorder is not None:
        skb.dev = rt.dev
        recorder.about(skb)
    return skb


@kfunc("net/ipv6/ip6_output.c", "ip6_xmit")
def ip6_xmit(sk: InetSock, skb: SkBuff, flow: Flowi6, rt: Rt6Info, mark: int, tclass: int) -> int:
    """Sends a segment, for a socket that cuts its data itself: NET_XMIT_* or a negative errno."""
    net = rt.dev.net
    length = len(skb.head) - skb.data
    hop_limit = ip6_dst_hoplimit(rt) if sk.uc_ttl < 0 else sk.uc_ttl
    label = ip6_make_flowlabel(net, flow)
    skb.push_header(
        emit(flow.saddr, flow.daddr, flow.proto, length, hop_limit=hop_limit, tclass=tclass, flowlabel=label)
    )
    skb.network_header = 0
    skb.protocol = ETH_P_IPV6
    skb.mark = mark
    skb.dst = rt
    dev = rt.dev
    recorder = RECORDER.get()
    if recorder is not None:
        skb.dev = dev
        recorder.about(skb)
    if length + HLEN > dst_mtu(rt) and not skb.ignore_df and skb.gso is None:
        kfree_skb_reason(skb, DropReason.PKT_TOO_BIG)
        return -Errno.EMSGSIZE
    verdict = nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, skb, None, dev, dst_output, sk)
    return dst_output(skb) if verdict == 1 else verdict


# --- output -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/ip6_output.c", "ip6_output")
def ip6_output(skb: SkBuff) -> int:
    """The output of ordinary routes: the POSTROUTING hook, unless the packet has been there."""
    indev = skb.dev
    cb = skb.cb
    rt: Rt6Info = skb.dst  # type: ignore[assignment]  # this function is the output of IPv6 routes only
    dev = skb.dev = rt.dev
    skb.protocol = ETH_P_IPV6
    idev: Inet6Dev | None = rt.idev_dev.inet6_dev
    if idev is None or idev.cnf.disable_ipv6:
        kfree_skb_reason(skb, DropReason.IPV6DISABLED)
        return 0
    known = isinstance(cb, Inet6SkbParm)
    if not (known and cb.flags & IP6SKB_REROUTED):
        in_ = indev if known else None
        verdict = nf_hook(NFPROTO_IPV6, NF_INET_POST_ROUTING, dev.net, skb, in_, dev, ip6_finish_output, skb.sk)
        if verdict != 1:
            return verdict
    return ip6_finish_output(skb)


def ip6_skb_dst_mtu(skb: SkBuff, rt: Rt6Info) -> int:
    """ip6_skb_dst_mtu: the MTU that this packet has to keep."""
    sk = skb.sk
    if isinstance(sk, Inet6Sock) and sk.pmtudisc >= IpPmtudisc.PROBE:
        return rt.dev.mtu
    return dst_mtu(rt)


@kfunc("net/ipv6/ip6_output.c", "ip6_finish_output")
def ip6_finish_output(skb: SkBuff) -> int:
    """__ip6_finish_output: fragments if need be."""
    rt: Rt6Info = skb.dst  # type: ignore[assignment]  # set since ip6_output
    if skb.gso is not None:
        return ip6_finish_output_gso(skb, ip6_skb_dst_mtu(skb, rt))
    length = len(skb.head) - skb.data
    frag_max_size = skb.cb.frag_max_size if isinstance(skb.cb, Inet6SkbParm) else 0
    if length > ip6_skb_dst_mtu(skb, rt) or (frag_max_size and length > frag_max_size):
        return ip6_fragment(skb)
    return ip6_finish_output2(skb)


def ip6_finish_output_gso(skb: SkBuff, mtu: int) -> int:
    """ip6_finish_output_gso: on as it is where its segments fit; else each of them is a packet that is too long."""
    if not skb_exceeds_mtu(skb, mtu):
        return ip6_finish_output2(skb)
    result = 0
    for segment in skb_gso_segment(skb):
        result = ip6_fragment(segment) or result
    consume_skb(skb)
    return result


@kfunc("net/ipv6/ip6_output.c", "ip6_finish_output2")
def ip6_finish_output2(skb: SkBuff) -> int:
    """To the neighbour; of what goes to a group that this host is in, a copy comes back first."""
    rt: Rt6Info = skb.dst  # type: ignore[assignment]  # set since ip6_output
    dev = rt.dev
    nh = skb.network_header
    daddr = skb.head[nh + 24 : nh + 40]
    if daddr[0] == 0xFF:
        sk = skb.sk
        loops = not isinstance(sk, Inet6Sock) or sk.mc_loop
        loopback = bool(dev.flags & Iff.LOOPBACK)
        if not loopback and loops and ipv6_chk_mcast_addr(dev, daddr):
            copy = skb.clone()
            hooked = nf_hook(NFPROTO_IPV6, NF_INET_POST_ROUTING, dev.net, copy, None, dev, dev_loopback_xmit, sk)
            if hooked == 1:
                dev_loopback_xmit(copy)
            if not skb.head[nh + 7]:
                kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
                return 0
        if daddr[1] & 0xF <= SCOPE_NODELOCAL and not loopback:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return 0
    key = rt6_nexthop(rt, daddr)
    table = dev.net.ipv6.nd_tbl
    neigh = neigh_lookup(table, key, dev) or neigh_create(table, key, dev)
    if neigh is None:
        kfree_skb_reason(skb, DropReason.NEIGH_CREATEFAIL)
        return -Errno.EINVAL
    return neigh_output(neigh, skb)


# --- forwarding ---------------------------------------------------------------------------------------------------


def _forwards(skb: SkBuff) -> bool:
    net = skb.dev.net
    idev: Inet6Dev | None = skb.dev.inet6_dev
    return bool(net.ipv6.devconf_all.forwarding or (idev is not None and idev.cnf.force_forwarding))


def _drop(skb: SkBuff, reason: DropReason = DropReason.NOT_SPECIFIED, error: int = -Errno.EINVAL) -> int:
    kfree_skb_reason(skb, reason)
    return error


@kfunc("net/ipv6/ip6_output.c", "ip6_forward", station="forwarding", lane=Lane.IN)
def ip6_forward(skb: SkBuff) -> int:
    """One hop on: hop limit, proxied neighbours, redirect, source, MTU, then the FORWARD hook."""
    if not _forwards(skb):
        return _drop(skb, DropReason.IP_INADDRERRORS)
    if skb.pkt_type != PACKET_HOST or skb.sk is not None:
        return _drop(skb)
    rt: Rt6Info = skb.dst  # type: ignore[assignment]  # this function is the input of such routes only
    net = rt.dev.net
    nh = skb.network_header
    if skb.head[nh + 7] <= 1:
        FUNCTIONS.icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0)
        return _drop(skb, DropReason.IP_INHDR, -Errno.ETIMEDOUT)
    daddr = skb.head[nh + 24 : nh + 40]
    if net.ipv6.devconf_all.proxy_ndp and pneigh_lookup(net.ipv6.nd_tbl, daddr, skb.dev):
        proxied = _proxy_check(skb, daddr)
        if proxied > 0:
            return FUNCTIONS.ip6_input(skb)
        if proxied < 0:
            return _drop(skb)
    if ip6cb(skb).iif == rt.dev.ifindex:
        peer = inet_getpeer_v6(net.ipv6, daddr)
        if inet_peer_xrlim_allow(peer, net.machine.clock.now, NSEC_PER_SEC):
            FUNCTIONS.ndisc_send_redirect(skb, rt6_nexthop(rt, daddr))
    elif not _may_travel(skb):
        return _drop(skb, DropReason.IP_INADDRERRORS)
    mtu = max(ip6_dst_mtu_forward(rt), IPV6_MIN_MTU)
    if _pkt_too_big(skb, mtu):
        skb.dev = rt.dev
        FUNCTIONS.icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu)
        return _drop(skb, DropReason.PKT_TOO_BIG, -Errno.EMSGSIZE)
    skb.write(nh + 7, bytes((skb.head[nh + 7] - 1,)))
    ip6cb(skb).flags |= IP6SKB_FORWARDED
    verdict = nf_hook(NFPROTO_IPV6, NF_INET_FORWARD, net, skb, skb.dev, rt.dev, ip6_forward_finish)
    return ip6_forward_finish(skb) if verdict == 1 else verdict


def _may_travel(skb: SkBuff) -> bool:
    """Sources that mean nothing on another link stay on theirs."""
    nh = skb.network_header
    kind = ipv6_addr_type(skb.head[nh + 8 : nh + 24])
    if kind == IPV6_ADDR_ANY or kind & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK):
        return False
    if kind & IPV6_ADDR_LINKLOCAL:
        FUNCTIONS.icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR, 0)
        return False
    return True


def _proxy_check(skb: SkBuff, daddr: bytes) -> int:
    """ip6_forward_proxy_check: ND for a proxied neighbour is taken in (1), what is link-local is refused (-1)."""
    nh = skb.network_header
    at, nexthdr, _ = ipv6_skip_exthdr(skb.head, nh + HLEN, skb.head[nh + 6])
    icmp = at >= 0 and nexthdr == IPPROTO_ICMPV6 and len(skb.head) > at
    if icmp and NDISC_ROUTER_SOLICITATION <= skb.head[at] <= NDISC_REDIRECT:
        return 1
    if ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL:
        ip6_link_failure(skb)
        return -1
    return 0


def _pkt_too_big(skb: SkBuff, mtu: int) -> bool:
    """ip6_pkt_too_big."""
    if not skb_exceeds_mtu(skb, mtu):
        return False
    return ip6cb(skb).frag_max_size > mtu or not skb.ignore_df


@kfunc("net/ipv6/ip6_output.c", "ip6_forward_finish")
def ip6_forward_finish(skb: SkBuff) -> int:
    """To the route's output."""
    return dst_output(skb)


# --- fragments ----------------------------------------------------------------------------------------------------


@kfunc("net/ipv6/ip6_output.c", "ip6_fragment")
def ip6_fragment(skb: SkBuff) -> int:
    """Sends a packet in pieces, each but the last of a multiple of 8 bytes; only the sender of a packet may do so."""
    rt: Rt6Info = skb.dst  # type: ignore[assignment]  # set since ip6_output
    head, start = skb.head, skb.data
    hlen, nhoff = ip6_find_1stfragopt(head, start)
    if hlen < 0:
        return _drop(skb)
    mtu = ip6_skb_dst_mtu(skb, rt)
    frag_max_size = skb.cb.frag_max_size if isinstance(skb.cb, Inet6SkbParm) else 0
    if (not skb.ignore_df and len(head) - start > mtu) or frag_max_size > mtu:
        FUNCTIONS.icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu)
        return _drop(skb, DropReason.PKT_TOO_BIG, -Errno.EMSGSIZE)
    if frag_max_size:
        mtu = max(frag_max_size, IPV6_MIN_MTU)
    room = mtu - hlen - FRAGMENT_HLEN
    nexthdr = head[start + nhoff]
    fixed = head[start : start + nhoff] + bytes((NEXTHDR_FRAGMENT,)) + head[start + nhoff + 1 : start + hlen]
    payload = head[start + hlen :]
    ident = rt.dev.net.ipv6.select_ident()
    at = 0
    lengths = fragment_lengths(skb, len(payload), room)
    for length in lengths:
        more = at + length < len(payload)
        header = FRAGMENT.pack(nexthdr, 0, at | (IP6_MF if more else 0), ident)
        fragment = _fragment(skb, fixed, header + payload[at : at + length])
        if not at and lengths is skb.frags:
            fragment.csum_valid = skb.csum_valid
        error = ip6_finish_output2(fragment)
        if error:
            return _drop(skb, error=error)
        at += length
    consume_skb(skb)
    return 0


def _fragment(skb: SkBuff, fixed: bytes, rest: bytes) -> SkBuff:
    """ip6_frag_next with ip6_copy_metadata: what a fragment has of its packet; nf_skip_egress starts at 0."""
    length = len(fixed) - HLEN + len(rest)
    fragment = SkBuff(fixed[:4] + length.to_bytes(2, "big") + fixed[6:] + rest, skb.protocol, skb.dev, skb.mark)
    fragment.parent = skb.id
    fragment.network_header = 0
    fragment.transport_header = len(fixed) + FRAGMENT_HLEN
    fragment.pkt_type = skb.pkt_type
    fragment.priority = skb.priority
    fragment.dst = skb.dst
    fragment.sk = skb.sk
    fragment.tc_index = skb.tc_index
    fragment.nfct, fragment.nfctinfo = skb.nfct, skb.nfctinfo
    return fragment


# --- replies ------------------------------------------------------------------------------------------------------


def reply_mark(net: Net, mark: int) -> int:
    """IP6_REPLY_MARK: the mark of what the kernel answers by itself (fwmark_reflect)."""
    return mark if net.ipv6.sysctl_fwmark_reflect else 0
