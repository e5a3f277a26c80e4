"""Taking IPv6 packets in (net/ipv6/ip6_input.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP, Iff, NetDevice, PacketType
from webapp.kernel.core.skbuff import (
    PACKET_BROADCAST,
    PACKET_LOOPBACK,
    PACKET_MULTICAST,
    PACKET_OTHERHOST,
    SkBuff,
    consume_skb,
    kfree_skb_reason,
)
from webapp.kernel.core.sock import IPPROTO_ICMPV6
from webapp.kernel.ipv6.address import IN6ADDR_LOOPBACK, SCOPE_NODELOCAL, ipv6_addr_is_multicast
from webapp.kernel.ipv6.exthdrs import ipv6_parse_hopopts
from webapp.kernel.ipv6.icmp import icmpv6_send
from webapp.kernel.ipv6.if_inet6 import ipv6_chk_mcast_addr
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm, ip6cb
from webapp.kernel.ipv6.protocol import INET6_PROTOS
from webapp.kernel.ipv6.raw import raw6_local_deliver
from webapp.kernel.ipv6.route import Rt6Info, ip6_route_input
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING, NFPROTO_IPV6
from webapp.kernel.wire.icmpv6 import (
    ICMPV6_MGM_QUERY,
    ICMPV6_MGM_REDUCTION,
    ICMPV6_MLD2_REPORT,
    ICMPV6_PARAMPROB,
    ICMPV6_UNK_NEXTHDR,
)
from webapp.kernel.wire.ipv6 import HLEN, NEXTHDR_HOP

if TYPE_CHECKING:
    from webapp.kernel.ipv6.if_inet6 import Inet6Dev


@kfunc("net/ipv6/ip6_input.c", "ip6_rcv_core")
def ip6_rcv_core(skb: SkBuff, dev: NetDevice) -> bool:
    """Is this an IPv6 packet for this machine? False: it was dropped. Padding is cut off."""
    if skb.pkt_type == PACKET_OTHERHOST:
        return _drop(skb, DropReason.OTHERHOST)
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None or idev.cnf.disable_ipv6:
        return _drop(skb, DropReason.IPV6DISABLED)
    head, nh = skb.head, skb.data
    length = len(head) - nh
    if length < HLEN or head[nh] >> 4 != 6:
        return _drop(skb, DropReason.IP_INHDR)
    rt = skb.dst
    skb.cb = Inet6SkbParm(rt.idev_dev.ifindex if isinstance(rt, Rt6Info) else dev.ifindex)
    if not _acceptable(skb, dev, idev, head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]):
        return _drop(skb, DropReason.IP_INHDR)
    skb.transport_header = nh + HLEN
    payload_len = head[nh + 4] << 8 | head[nh + 5]
    if payload_len or head[nh + 6] != NEXTHDR_HOP:
        if payload_len + HLEN > length:
            return _drop(skb, DropReason.PKT_TOO_SMALL)
        if payload_len + HLEN < length:
            skb.head = head[: nh + HLEN + payload_len]
    if head[nh + 6] == NEXTHDR_HOP and not ipv6_parse_hopopts(skb):
        return False
    skb.sk = None
    return True


def _acceptable(skb: SkBuff, dev: NetDevice, idev: Inet6Dev, saddr: bytes, daddr: bytes) -> bool:
    """RFC 4291 2.5.3 and 2.7: loopback stays on lo, groups send nothing, and the nearest groups stay in the node."""
    loopback = bool(dev.flags & Iff.LOOPBACK)
    if IN6ADDR_LOOPBACK in (saddr, daddr) and not loopback:
        return False
    if daddr[0] == 0xFF:
        scope = daddr[1] & 0xF
        if scope == SCOPE_NODELOCAL and not (loopback or skb.pkt_type == PACKET_LOOPBACK):
            return False
        if not scope:
            return False
    elif skb.pkt_type in (PACKET_BROADCAST, PACKET_MULTICAST) and idev.cnf.drop_unicast_in_l2_multicast:
        return False
    return saddr[0] != 0xFF


def _drop(skb: SkBuff, reason: DropReason) -> bool:
    kfree_skb_reason(skb, reason)
    return False


@kfunc("net/ipv6/ip6_input.c", "ipv6_rcv")
def ipv6_rcv(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
    """The receiver of ETH_P_IPV6."""
    if not ip6_rcv_core(skb, dev):
        return NET_RX_DROP
    result = nf_hook(NFPROTO_IPV6, NF_INET_PRE_ROUTING, dev.net, skb, dev, None, ip6_rcv_finish)
    return ip6_rcv_finish(skb) if result == 1 else result


def ip6_rcv_finish(skb: SkBuff) -> int:
    """ip6_rcv_finish: finds the route, unless the packet brought one along (loopback), and follows it."""
    if skb.dst is None:
        ip6_route_input(skb)
    rt = skb.dst
    assert rt is not None
    return rt.input(skb)


@kfunc("net/ipv6/ip6_input.c", "ip6_input")
def ip6_input(skb: SkBuff) -> int:
    """A packet for this host: past INPUT, up."""
    dev = skb.dev
    result = nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_IN, dev.net, skb, dev, None, ip6_input_finish)
    return ip6_input_finish(skb) if result == 1 else result


@kfunc("net/ipv6/ip6_input.c", "ip6_mc_input")
def ip6_mc_input(skb: SkBuff) -> int:
    """A packet to a group: for those who are in it."""
    nh = skb.network_header
    if ipv6_chk_mcast_addr(skb.dev, skb.head[nh + 24 : nh + 40]):
        ip6_input(skb)
    else:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return 0


@kfunc("net/ipv6/ip6_input.c", "ip6_input_finish")
def ip6_input_finish(skb: SkBuff) -> int:
    """To the protocols."""
    ip6_protocol_deliver_rcu(skb)
    return 0


@kfunc("net/ipv6/ip6_input.c", "ip6_protocol_deliver_rcu")
def ip6_protocol_deliver_rcu(skb: SkBuff) -> None:
    """Header by header: raw sockets get copies, then the header's protocol gets the packet."""
    whole: SkBuff | None = skb
    while whole is not None:
        skb = whole
        nh = skb.network_header
        skb.data = skb.transport_header
        nhoff = ip6cb(skb).nhoff
        nexthdr = skb.head[nh + nhoff]
        raw = raw6_local_deliver(skb, nexthdr)
        proto = INET6_PROTOS.get(nexthdr)
        if proto is None:
            if raw:
                consume_skb(skb)
            else:
                icmpv6_send(skb, ICMPV6_PARAMPROB, ICMPV6_UNK_NEXTHDR, nhoff)
                kfree_skb_reason(skb, DropReason.IP_NOPROTO)
            return
        if proto.final and not _is_for_member(skb, nexthdr):
            kfree_skb_reason(skb, DropReason.IP_INADDRERRORS)
            return
        whole = proto.handler(skb)


def _is_for_member(skb: SkBuff, nexthdr: int) -> bool:
    nh = skb.network_header
    daddr = skb.head[nh + 24 : nh + 40]
    if not ipv6_addr_is_multicast(daddr) or ipv6_chk_mcast_addr(skb.dev, daddr):
        return True
    return nexthdr == IPPROTO_ICMPV6 and _is_mld(skb.head[skb.data : skb.data + 1])


def _is_mld(type_: bytes) -> bool:
    """ipv6_is_mld."""
    return bool(type_) and (ICMPV6_MGM_QUERY <= type_[0] <= ICMPV6_MGM_REDUCTION or type_[0] == ICMPV6_MLD2_REPORT)
