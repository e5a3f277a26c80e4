"""Taking IPv4 packets in (net/ipv4/ip_input.c)."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP, NET_RX_SUCCESS, NetDevice, PacketType
from webapp.kernel.core.skbuff import (
    PACKET_BROADCAST,
    PACKET_MULTICAST,
    PACKET_OTHERHOST,
    SkBuff,
    consume_skb,
    kfree_skb_reason,
)
from webapp.kernel.ipv4.icmp import icmp_send
from webapp.kernel.ipv4.ip_fragment import IP_DEFRAG_LOCAL_DELIVER, ip_defrag
from webapp.kernel.ipv4.protocol import INET_PROTOS
from webapp.kernel.ipv4.raw import raw_local_deliver
from webapp.kernel.ipv4.route import Rtable, ip_route_input_noref
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING, NFPROTO_IPV4
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.checksum import checksum
from webapp.kernel.wire.icmp import ICMP_DEST_UNREACH, ICMP_PROT_UNREACH

if TYPE_CHECKING:
    from webapp.kernel.ipv4.in_device import InDevice


@kfunc("net/ipv4/ip_input.c", "ip_rcv_core")
def ip_rcv_core(skb: SkBuff) -> bool:
    """Is this an IPv4 packet for this machine? False: it was dropped. Padding is cut off."""
    if skb.pkt_type == PACKET_OTHERHOST:
        kfree_skb_reason(skb, DropReason.OTHERHOST)
        return False
    head, nh = skb.head, skb.data
    length = len(head) - nh
    reason = DropReason.IP_INHDR
    if length >= 20:
        first = head[nh]
        ihl = (first & 0xF) << 2
        if first >> 4 == 4 and ihl >= 20 and length >= ihl:
            total = head[nh + 2] << 8 | head[nh + 3]
            if checksum(head[nh : nh + ihl]):
                reason = DropReason.IP_CSUM
            elif length < total:
                reason = DropReason.PKT_TOO_SMALL
            elif total >= ihl:
                if length > total:
                    skb.head = head[: nh + total]
                skb.transport_header = nh + ihl
                skb.cb = None
                skb.sk = None
                return True
    else:
        reason = DropReason.PKT_TOO_SMALL
    kfree_skb_reason(skb, reason)
    return False


@kfunc("net/ipv4/ip_input.c", "ip_rcv")
def ip_rcv(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice) -> int:
    """The receiver of ETH_P_IP."""
    if not ip_rcv_core(skb):
        return NET_RX_DROP
    result = nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, dev.net, skb, dev, None, ip_rcv_finish)
    return ip_rcv_finish(skb) if result == 1 else result


@kfunc("net/ipv4/ip_input.c", "ip_list_rcv")
def ip_list_rcv(skb: SkBuff, dev: NetDevice, ptype: PacketType, orig_dev: NetDevice, rest: list[SkBuff]) -> int:
    """The receiver of ETH_P_IP for lists: all pass PREROUTING before the first is delivered.

    Two first packets of one connection are then both new to conntrack, and the second one may be lost at its
    confirmation.
    """
    taken = [one for one in (skb, *rest) if ip_rcv_core(one)]
    for curr, same in groupby(taken, attrgetter("dev")):
        ip_sublist_rcv(list(same), curr)
    return NET_RX_SUCCESS


def ip_sublist_rcv(skbs: list[SkBuff], dev: NetDevice) -> None:
    """ip_sublist_rcv and ip_list_rcv_finish: PREROUTING, then the routes; neighbours with one route go on together."""
    net = dev.net
    passed = [
        skb for skb in skbs if nf_hook(NFPROTO_IPV4, NF_INET_PRE_ROUTING, net, skb, dev, None, ip_rcv_finish) == 1
    ]
    together: list[SkBuff] = []
    for skb in passed:
        if not ip_rcv_finish_core(skb):
            continue
        if together and together[0].dst is not skb.dst:
            _dst_input(together)
            together = []
        together.append(skb)
    _dst_input(together)


def _dst_input(skbs: list[SkBuff]) -> None:
    """ip_sublist_rcv_finish."""
    for skb in skbs:
        assert skb.dst is not None
        skb.dst.input(skb)


def ip_rcv_finish(skb: SkBuff) -> int:
    """ip_rcv_finish: finds the route and follows it."""
    if not ip_rcv_finish_core(skb):
        return NET_RX_DROP
    assert skb.dst is not None
    return skb.dst.input(skb)


def ip_rcv_finish_core(skb: SkBuff) -> bool:
    """ip_rcv_finish_core: finds the route, unless the packet brought one along (loopback); False: dropped."""
    dev = skb.dev
    if skb.dst is None:
        head, nh = skb.head, skb.network_header
        reason = ip_route_input_noref(skb, head[nh + 16 : nh + 20], head[nh + 12 : nh + 16], head[nh + 1], dev)
        if reason is not None:
            kfree_skb_reason(skb, reason)
            return False
    if skb.pkt_type in (PACKET_BROADCAST, PACKET_MULTICAST) and _unicast_in_l2_multicast(skb, dev):
        kfree_skb_reason(skb, DropReason.UNICAST_IN_L2_MULTICAST)
        return False
    return True


def _unicast_in_l2_multicast(skb: SkBuff, dev: NetDevice) -> bool:
    """RFC 1122 3.3.6: a unicast address in a frame for many is suspicious; dropped if the sysctl says so."""
    in_dev: InDevice | None = dev.in_dev
    if in_dev is None or not isinstance(skb.dst, Rtable) or skb.dst.type in (Rtn.BROADCAST, Rtn.MULTICAST):
        return False
    conf_all = dev.net.ipv4.devconf_all
    return bool(in_dev.cnf.drop_unicast_in_l2_multicast or conf_all.drop_unicast_in_l2_multicast)


@kfunc("net/ipv4/ip_input.c", "ip_local_deliver")
def ip_local_deliver(skb: SkBuff) -> int:
    """A packet for this host: put together, past INPUT, up."""
    dev = skb.dev
    nh = skb.network_header
    if skb.head[nh + 6] & 0x3F or skb.head[nh + 7]:
        whole = ip_defrag(dev.net, skb, IP_DEFRAG_LOCAL_DELIVER)
        if whole is None:
            return NET_RX_SUCCESS
        skb = whole
    result = nf_hook(NFPROTO_IPV4, NF_INET_LOCAL_IN, dev.net, skb, dev, None, ip_local_deliver_finish)
    return ip_local_deliver_finish(skb) if result == 1 else result


@kfunc("net/ipv4/ip_input.c", "ip_local_deliver_finish")
def ip_local_deliver_finish(skb: SkBuff) -> int:
    """ip_protocol_deliver_rcu: raw sockets get copies, then the protocol gets the packet."""
    nh = skb.network_header
    skb.data = skb.transport_header = nh + ((skb.head[nh] & 0xF) << 2)
    protocol = skb.head[nh + 9]
    while True:
        raw = raw_local_deliver(skb, protocol)
        proto = INET_PROTOS.get(protocol)
        if proto is None:
            if raw:
                consume_skb(skb)
            else:
                icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0)
                kfree_skb_reason(skb, DropReason.IP_NOPROTO)
            return NET_RX_SUCCESS
        result = proto.handler(skb)
        if result >= 0:
            return NET_RX_SUCCESS
        protocol = -result
