"""Forwarding IPv4 packets (net/ipv4/ip_forward.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP
from webapp.kernel.core.skbuff import PACKET_HOST, SkBuff, kfree_skb_reason, skb_exceeds_mtu
from webapp.kernel.ipv4.icmp import icmp_send
from webapp.kernel.ipv4.ip import (
    FRAG_MAX_SIZE_SHIFT,
    IPSKB_DOREDIRECT,
    IPSKB_FORWARDED,
    rt_tos2priority,
)
from webapp.kernel.ipv4.route import Rtable, ip_dst_mtu_maybe_forward, ip_rt_send_redirect
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import Lane
from webapp.kernel.uapi.netfilter import NF_INET_FORWARD, NFPROTO_IPV4
from webapp.kernel.wire.checksum import update
from webapp.kernel.wire.icmp import ICMP_DEST_UNREACH, ICMP_EXC_TTL, ICMP_FRAG_NEEDED, ICMP_TIME_EXCEEDED


def ip_exceeds_mtu(skb: SkBuff, mtu: int) -> bool:
    """ip_exceeds_mtu: too long, and not to be fragmented."""
    if not skb_exceeds_mtu(skb, mtu) or not skb.head[skb.network_header + 6] & 0x40:
        return False
    if (skb.cb or 0) >> FRAG_MAX_SIZE_SHIFT > mtu:
        return True
    return not skb.ignore_df


def ip_decrease_ttl(skb: SkBuff) -> None:
    """ip_decrease_ttl: one hop less, and the header's checksum with it."""
    head, nh = skb.head, skb.network_header
    old = head[nh + 8] << 8 | head[nh + 9]
    check = update(head[nh + 10] << 8 | head[nh + 11], old, old - 0x100)
    skb.head = b"".join((head[: nh + 8], (old - 0x100).to_bytes(2, "big"), check.to_bytes(2, "big"), head[nh + 12 :]))


@kfunc("net/ipv4/ip_forward.c", "ip_forward", station="forwarding", lane=Lane.IN)
def ip_forward(skb: SkBuff) -> int:
    """One hop on: TTL, MTU, redirect, priority, then the FORWARD hook."""
    if skb.pkt_type != PACKET_HOST or skb.sk is not None:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    if skb.head[skb.network_header + 8] <= 1:
        icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0)
        kfree_skb_reason(skb, DropReason.IP_INHDR)
        return NET_RX_DROP
    rt: Rtable = skb.dst  # type: ignore[assignment]  # this function is the input of such routes only
    flags = skb.cb = (skb.cb or 0) | IPSKB_FORWARDED
    mtu = ip_dst_mtu_maybe_forward(rt, True)
    if ip_exceeds_mtu(skb, mtu):
        icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu)
        kfree_skb_reason(skb, DropReason.PKT_TOO_BIG)
        return NET_RX_DROP
    ip_decrease_ttl(skb)
    if flags & IPSKB_DOREDIRECT:
        ip_rt_send_redirect(skb)
    net = rt.dev.net
    if net.ipv4.sysctl_ip_fwd_update_priority:
        skb.priority = rt_tos2priority(skb.head[skb.network_header + 1])
    result = nf_hook(NFPROTO_IPV4, NF_INET_FORWARD, net, skb, skb.dev, rt.dev, ip_forward_finish)
    return ip_forward_finish(skb) if result == 1 else result


@kfunc("net/ipv4/ip_forward.c", "ip_forward_finish")
def ip_forward_finish(skb: SkBuff) -> int:
    """To the route's output."""
    assert skb.dst is not None
    return skb.dst.output(skb)
