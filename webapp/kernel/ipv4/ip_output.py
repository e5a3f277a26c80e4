"""Sending IPv4 packets (net/ipv4/ip_output.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from webapp.kernel.core.dev import netif_rx
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import neigh_create, neigh_lookup, neigh_output
from webapp.kernel.core.net_device import NET_XMIT_CN, Iff, NetDevice
from webapp.kernel.core.skbuff import (
    CHECKSUM_PARTIAL,
    PACKET_LOOPBACK,
    SkBuff,
    consume_skb,
    fragment_lengths,
    kfree_skb_reason,
    skb_exceeds_mtu,
)
from webapp.kernel.core.sock import INADDR_ANY, InetSock, IpPmtudisc, sock_error
from webapp.kernel.errno import Errno
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.icmp_error import ip_local_error
from webapp.kernel.ipv4.ip import FRAG_MAX_SIZE_SHIFT, IPSKB_FORWARDED, IPSKB_REROUTED
from webapp.kernel.ipv4.route import (
    FUNCTIONS,
    RTCF_BROADCAST,
    RTCF_LOCAL,
    RTCF_MULTICAST,
    Rtable,
    dst_mtu,
    ip_dont_fragment,
    ip_dst_mtu_maybe_forward,
    ip_rt_bug,
    ip_sk_ignore_df,
    ip_sk_use_pmtu,
)
from webapp.kernel.ipv4.tcp_offload import skb_gso_segment
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NFPROTO_IPV4
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.checksum import checksum
from webapp.kernel.wire.icmp import ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED
from webapp.kernel.wire.ipv4 import HEADER, IP_DF, IP_MF, MAX_LENGTH

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def net_xmit_errno(code: int) -> int:
    """net_xmit_errno: what a positive NET_XMIT_* code means to a sender."""
    return 0 if code == NET_XMIT_CN else -Errno.ENOBUFS


# --- local output -------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/ip_output.c", "__ip_local_out")
def ip_local_out_hook(net: Net, sk: InetSock | None, skb: SkBuff) -> int:
    """__ip_local_out: length and checksum, then the OUTPUT hook. 1: the packet may go on; 0 stolen, -EPERM dropped."""
    head, nh = skb.head, skb.network_header
    end = nh + ((head[nh] & 0xF) << 2)
    header = head[nh : nh + 2] + (len(head) - nh).to_bytes(2, "big") + head[nh + 4 : nh + 10] + head[nh + 12 : end]
    check = checksum(header).to_bytes(2, "big")
    skb.head = b"".join((head[:nh], header[:10], check, header[10:], head[end:]))
    skb.protocol = ETH_P_IP
    rt = skb.dst
    assert rt is not None
    return nf_hook(NFPROTO_IPV4, NF_INET_LOCAL_OUT, net, skb, None, rt.dev, dst_output, sk)


def dst_output(skb: SkBuff) -> int:
    """dst_output (include/net/dst.h)."""
    assert skb.dst is not None
    return skb.dst.output(skb)


def _local_out(net: Net, sk: InetSock | None, skb: SkBuff) -> int:
    verdict = ip_local_out_hook(net, sk, skb)
    return dst_output(skb) if verdict == 1 else verdict


@kfunc("net/ipv4/ip_output.c", "ip_local_out")
def ip_local_out(net: Net, sk: InetSock | None, skb: SkBuff) -> int:
    """Sends a packet made here, whose route hangs on it and whose data is at the IP header: NET_XMIT_* or -errno."""
    return _local_out(net, sk, skb)


@kfunc("net/ipv4/ip_output.c", "ip_send_skb")
def ip_send_skb(net: Net, skb: SkBuff) -> int:
    """ip_local_out with the result as a socket tells it: 0 or a negative errno."""
    code = _local_out(net, skb.sk, skb)
    return net_xmit_errno(code) if code > 0 else code


@kfunc("net/ipv4/ip_output.c", "ip_push_pending_frames")
def ip_push_pending_frames(sk: InetSock, skb: SkBuff) -> int:
    """Sends what ip_make_skb made: 0 or a negative errno."""
    code = _local_out(sk.net, sk, skb)
    return net_xmit_errno(code) if code > 0 else code


def ip_select_ttl(sk: InetSock, rt: Rtable) -> int:
    """ip_select_ttl: the socket's, else the route's, else net.ipv4.ip_default_ttl."""
    if rt.type == Rtn.MULTICAST:
        return sk.mc_ttl
    if sk.uc_ttl >= 0:
        return sk.uc_ttl
    return rt.hoplimit or int(rt.dev.net.ipv4.sysctl_ip_default_ttl)


def ip_make_skb(sk: InetSock, flow: Flowi4, rt: Rtable, payload: bytes, mark: int, tos: int) -> SkBuff | int:
    """__ip_append_data and __ip_make_skb: an IPv4 packet for ``payload``, its route on it; or a negative errno.

    EMSGSIZE: it does not fit the path and must not be fragmented; an IP_RECVERR socket is told the MTU. A packet longer
    than the MTU stays whole up to ip_finish_output, as Linux's packets with a list of fragments do.
    """
    mtu = dst_mtu(rt) if ip_sk_use_pmtu(sk) else min(rt.dev.mtu, MAX_LENGTH)
    length = 20 + len(payload)
    if length > (MAX_LENGTH if ip_sk_ignore_df(sk) else mtu):
        ip_local_error(sk, Errno.EMSGSIZE, flow.daddr, sk.dport, mtu)
        return -Errno.EMSGSIZE
    if sk.err:
        return -sock_error(sk)
    frag_off = 0
    if sk.pmtudisc in (IpPmtudisc.DO, IpPmtudisc.PROBE) or (length <= dst_mtu(rt) and ip_dont_fragment(sk, rt)):
        frag_off = IP_DF
    ignore_df = ip_sk_ignore_df(sk)
    ident = 0 if frag_off and not ignore_df and sk.daddr == INADDR_ANY else rt.dev.net.ipv4.next_id()
    ttl = ip_select_ttl(sk, rt)
    header = HEADER.pack(0x45, tos, length, ident, frag_off, ttl, flow.proto, 0, flow.saddr, flow.daddr)
    skb = SkBuff(header + payload, ETH_P_IP, None, mark)
    skb.network_header = 0
    skb.transport_header = 20
    skb.priority = sk.priority
    skb.ignore_df = int(ignore_df)
    skb.sk = sk
    skb.dst = rt
    recorder = RECORDER.get()
    if recorder is not None:
        skb.dev = rt.dev
        recorder.about(skb)
    return skb


# --- sockets with a route of their own ------------------------------------------------------------------------------


def _ip_header(skb: SkBuff, sk: InetSock, rt: Rtable, saddr: bytes, daddr: bytes, frag_off: int, ident: int) -> None:
    """Puts an IPv4 header before what ``skb`` carries, and its route and socket's options on it."""
    length = 20 + len(skb.head) - skb.data
    ttl = ip_select_ttl(sk, rt)
    skb.push_header(HEADER.pack(0x45, sk.tos, length, ident, frag_off, ttl, sk.protocol, 0, saddr, daddr))
    skb.network_header = 0
    skb.protocol = ETH_P_IP
    skb.priority = sk.priority
    skb.mark = sk.mark
    skb.dst = rt


@kfunc("net/ipv4/ip_output.c", "__ip_queue_xmit")
def ip_queue_xmit(sk: InetSock, skb: SkBuff, rt: Rtable | None) -> int:
    """Sends a segment of a connection: NET_XMIT_* or a negative errno; EHOSTUNREACH where there is no route (None)."""
    if rt is None:
        kfree_skb_reason(skb, DropReason.IP_OUTNOROUTES)
        return -Errno.EHOSTUNREACH
    frag_off = IP_DF if ip_dont_fragment(sk, rt) and not skb.ignore_df else 0
    _ip_header(skb, sk, rt, sk.saddr, sk.daddr, frag_off, sk.net.ipv4.next_id())
    return _local_out(sk.net, sk, skb)


@kfunc("net/ipv4/ip_output.c", "ip_build_and_send_pkt")
def ip_build_and_send_pkt(sk: InetSock, segment: bytes, saddr: bytes, daddr: bytes, rt: Rtable, txhash: int) -> int:
    """Sends a segment of a connection that has no socket yet: NET_XMIT_* or a negative errno."""
    skb = SkBuff(segment, ETH_P_IP, None, sk.mark)
    skb.ip_summed = CHECKSUM_PARTIAL
    skb.transport_header = 0
    skb.hash = txhash
    _ip_header(skb, sk, rt, saddr, daddr, IP_DF, 0)
    recorder = RECORDER.get()
    if recorder is not None:
        skb.dev = rt.dev
        recorder.about(skb)
    return _local_out(sk.net, None, skb)


# --- output -------------------------------------------------------------------------------------------------------


@kfunc("net/ipv4/ip_output.c", "ip_output")
def ip_output(skb: SkBuff) -> int:
    """The output of ordinary routes: the POSTROUTING hook, unless the packet has been there."""
    in_dev = skb.dev
    rt = skb.dst
    assert rt is not None
    dev = skb.dev = rt.dev
    skb.protocol = ETH_P_IP
    if not (skb.cb or 0) & IPSKB_REROUTED:
        in_ = in_dev if (skb.cb or 0) & IPSKB_FORWARDED else None
        verdict = nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, dev.net, skb, in_, dev, ip_finish_output, skb.sk)
        if verdict != 1:
            return verdict
    return ip_finish_output(skb)


@kfunc("net/ipv4/ip_output.c", "ip_mc_output")
def ip_mc_output(skb: SkBuff) -> int:
    """The output of routes to many, some of them here: a copy comes back, the packet goes out."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # this function is the output of such routes only
    dev = skb.dev = rt.dev
    skb.protocol = ETH_P_IP
    sk = skb.sk
    if rt.flags & RTCF_MULTICAST:
        if sk is None or not isinstance(sk, InetSock) or sk.mc_loop:
            _loop_back(skb, rt)
        if not skb.head[skb.network_header + 8]:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return 0
    if rt.flags & RTCF_BROADCAST:
        _loop_back(skb, rt)
    verdict = nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, dev.net, skb, None, dev, ip_finish_output, sk)
    return ip_finish_output(skb) if verdict == 1 else verdict


def _loop_back(skb: SkBuff, rt: Rtable) -> None:
    copy = skb.clone()
    verdict = nf_hook(NFPROTO_IPV4, NF_INET_POST_ROUTING, rt.dev.net, copy, None, rt.dev, ip_mc_finish_output, skb.sk)
    if verdict == 1:
        ip_mc_finish_output(copy)


@kfunc("net/ipv4/ip_output.c", "ip_mc_finish_output")
def ip_mc_finish_output(skb: SkBuff) -> int:
    """The copy for this host: back in, on the device on which it would go out."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # the route that made this copy
    local = Rtable(rt.dev, rt.flags | RTCF_LOCAL, rt.type, FUNCTIONS.ip_local_deliver, ip_rt_bug)
    local.is_input = True
    skb.dst = local
    return dev_loopback_xmit(skb)


@kfunc("net/core/dev.c", "dev_loopback_xmit")
def dev_loopback_xmit(skb: SkBuff) -> int:
    """Puts an outgoing packet on the backlog as if it had come in."""
    skb.mac_header = skb.data
    skb.data = skb.network_header
    skb.pkt_type = PACKET_LOOPBACK
    netif_rx(skb)
    return 0


def ip_skb_dst_mtu(skb: SkBuff, rt: Rtable) -> int:
    """ip_skb_dst_mtu: the MTU that this packet has to keep."""
    sk = skb.sk
    if not isinstance(sk, InetSock) or ip_sk_use_pmtu(sk):
        return ip_dst_mtu_maybe_forward(rt, bool((skb.cb or 0) & IPSKB_FORWARDED))
    return min(rt.dev.mtu, MAX_LENGTH)


@kfunc("net/ipv4/ip_output.c", "ip_finish_output")
def ip_finish_output(skb: SkBuff) -> int:
    """__ip_finish_output: fragments if need be."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # set since ip_output
    mtu = ip_skb_dst_mtu(skb, rt)
    if skb.gso is not None:
        return ip_finish_output_gso(skb, mtu)
    if len(skb.head) - skb.data > mtu or (skb.cb or 0) >> FRAG_MAX_SIZE_SHIFT:
        return ip_fragment(skb, mtu)
    return ip_finish_output2(skb)


def ip_finish_output_gso(skb: SkBuff, mtu: int) -> int:
    """ip_finish_output_gso: on as it is where its segments fit; else each of them is a packet that is too long."""
    if not skb_exceeds_mtu(skb, mtu):
        return ip_finish_output2(skb)
    result = 0
    for segment in skb_gso_segment(skb):
        result = ip_fragment(segment, mtu) or result
    consume_skb(skb)
    return result


def neighbour_key(dev: NetDevice, address: bytes) -> bytes:
    """__ipv4_neigh_lookup_noref: on loopback and point-to-point devices one neighbour stands for all."""
    return INADDR_ANY if dev.flags & (Iff.LOOPBACK | Iff.POINTOPOINT) else address


@kfunc("net/ipv4/ip_output.c", "ip_finish_output2")
def ip_finish_output2(skb: SkBuff) -> int:
    """To the neighbour: the gateway, or the destination itself."""
    rt: Rtable = skb.dst  # type: ignore[assignment]  # set since ip_output
    dev = rt.dev
    nh = skb.network_header
    key = neighbour_key(dev, rt.gateway or skb.head[nh + 16 : nh + 20])
    table = dev.net.ipv4.arp_tbl
    neigh = neigh_lookup(table, key, dev) or neigh_create(table, key, dev)
    if neigh is None:
        kfree_skb_reason(skb, DropReason.NEIGH_CREATEFAIL)
        return -Errno.EINVAL
    return neigh_output(neigh, skb)


# --- fragments ----------------------------------------------------------------------------------------------------


def ip_fragment(skb: SkBuff, mtu: int) -> int:
    """ip_fragment: cuts a packet up, or tells its sender that it must not be cut."""
    max_size = (skb.cb or 0) >> FRAG_MAX_SIZE_SHIFT
    if skb.head[skb.network_header + 6] & 0x40 and (not skb.ignore_df or max_size > mtu):
        FUNCTIONS.icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu)
        kfree_skb_reason(skb, DropReason.PKT_TOO_BIG)
        return -Errno.EMSGSIZE
    return ip_do_fragment(skb, min(mtu, max_size) if max_size else mtu)


@kfunc("net/ipv4/ip_output.c", "ip_do_fragment")
def ip_do_fragment(skb: SkBuff, mtu: int, output: Callable[[SkBuff], int] = ip_finish_output2) -> int:
    """Gives ``output`` a packet in pieces of at most ``mtu`` bytes; each but the last carries a multiple of 8 bytes."""
    head, start = skb.head, skb.data
    hlen = (head[start] & 0xF) << 2
    header, payload = head[start : start + hlen], head[start + hlen :]
    frag_off = header[6] << 8 | header[7]
    offset, flags = frag_off & 0x1FFF, frag_off & ~0x1FFF
    if len(payload) <= mtu - hlen:
        return output(skb)
    at = 0
    lengths = fragment_lengths(skb, len(payload), mtu - hlen)
    for length in lengths:
        piece = payload[at : at + length]
        more = at + length < len(payload)
        words = offset + (at >> 3) | flags | (IP_MF if more else 0)
        fragment = _fragment(skb, header, piece, words)
        if not at and lengths is skb.frags:
            fragment.csum_valid = skb.csum_valid
        result = output(fragment)
        if result:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return result
        at += length
    consume_skb(skb)
    return 0


def _fragment(skb: SkBuff, header: bytes, piece: bytes, frag_off: int) -> SkBuff:
    """ip_frag_next with ip_copy_metadata: what a fragment has of its packet; nf_skip_egress starts at 0."""
    length = len(header) + len(piece)
    new = header[:2] + length.to_bytes(2, "big") + header[4:6] + frag_off.to_bytes(2, "big")
    new += header[8:10] + b"\0\0" + header[12:]
    new = new[:10] + checksum(new).to_bytes(2, "big") + new[12:]
    fragment = SkBuff(new + piece, skb.protocol, skb.dev, skb.mark)
    fragment.parent = skb.id
    fragment.network_header = 0
    fragment.transport_header = len(header)
    fragment.pkt_type = skb.pkt_type
    fragment.priority = skb.priority
    fragment.dst = skb.dst
    fragment.sk = skb.sk
    fragment.skb_iif = skb.skb_iif
    fragment.tc_index = skb.tc_index
    fragment.nfct, fragment.nfctinfo = skb.nfct, skb.nfctinfo
    fragment.nf_trace = skb.nf_trace
    return fragment


# --- replies ------------------------------------------------------------------------------------------------------


def reply_mark(net: Net, mark: int) -> int:
    """IP4_REPLY_MARK: the mark of what the kernel answers by itself (fwmark_reflect)."""
    return mark if net.ipv4.sysctl_fwmark_reflect else 0
