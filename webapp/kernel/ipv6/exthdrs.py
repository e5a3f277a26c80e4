"""Extension headers on the way in (net/ipv6/exthdrs.c): hop-by-hop and destination options, routing headers."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.ipv6.address import ipv6_addr_is_multicast
from webapp.kernel.ipv6.icmp import icmpv6_param_prob
from webapp.kernel.ipv6.ipv6 import IP6SKB_ROUTERALERT, ip6cb
from webapp.kernel.kfunc import kfunc
from webapp.kernel.wire.icmpv6 import ICMPV6_HDR_FIELD, ICMPV6_UNK_OPTION
from webapp.kernel.wire.ipv6 import HLEN, IPV6_TLV_PAD1, IPV6_TLV_PADN, IPV6_TLV_ROUTERALERT

_MAX_PADDING = 7


def _tlv_options(skb: SkBuff, start: int, end: int, *, hop_by_hop: bool) -> bool:
    """ip6_parse_tlv: whether the options let the packet pass; else it is gone."""
    head, nh = skb.head, skb.network_header
    at, padding = start, 0
    while at < end:
        kind = head[at]
        if kind == IPV6_TLV_PAD1:
            padding += 1
            at += 1
        else:
            if at + 1 >= end or at + 2 + head[at + 1] > end:
                break
            length = head[at + 1] + 2
            if kind == IPV6_TLV_PADN:
                padding += length
            else:
                padding = 0
                if hop_by_hop and kind == IPV6_TLV_ROUTERALERT:
                    if length != 4:
                        break
                    cb = ip6cb(skb)
                    cb.flags |= IP6SKB_ROUTERALERT
                    cb.ra = at - nh
                elif not _unknown_option(skb, kind, at - nh):
                    return False
            at += length
        if padding > _MAX_PADDING:
            break
    else:
        return True
    kfree_skb_reason(skb, DropReason.IP_INHDR)
    return False


def _unknown_option(skb: SkBuff, kind: int, offset: int) -> bool:
    """ip6_tlvopt_unknown: the upper two bits say what is done with a packet whose option nobody knows."""
    action = kind >> 6
    nh = skb.network_header
    if not action:
        return True
    if action == 2 or (action == 3 and not ipv6_addr_is_multicast(skb.head[nh + 24 : nh + 40])):
        icmpv6_param_prob(skb, ICMPV6_UNK_OPTION, offset)
    else:
        kfree_skb_reason(skb, DropReason.UNHANDLED_PROTO)
    return False


def _extent(skb: SkBuff, at: int) -> int:
    """Where the extension header at ``at`` ends; -1 (and the packet is gone) where it is cut off."""
    head = skb.head
    end = at + ((head[at + 1] + 1) << 3) if len(head) >= at + 8 else -1
    if end < 0 or end > len(head):
        kfree_skb_reason(skb, DropReason.PKT_TOO_SMALL)
        return -1
    return end


@kfunc("net/ipv6/exthdrs.c", "ipv6_parse_hopopts")
def ipv6_parse_hopopts(skb: SkBuff) -> bool:
    """Hop-by-hop options, which every node looks at on receipt; False: the packet is gone."""
    at = skb.network_header + HLEN
    end = _extent(skb, at)
    if end < 0 or not _tlv_options(skb, at + 2, end, hop_by_hop=True):
        return False
    skb.transport_header = end
    ip6cb(skb).nhoff = HLEN
    return True


def ipv6_destopt_rcv(skb: SkBuff) -> SkBuff | None:
    """ipv6_destopt_rcv: destination options."""
    at = skb.transport_header
    end = _extent(skb, at)
    if end < 0 or not _tlv_options(skb, at + 2, end, hop_by_hop=False):
        return None
    return _next(skb, at, end)


def ipv6_rthdr_rcv(skb: SkBuff) -> SkBuff | None:
    """ipv6_rthdr_rcv: a routing header whose segments are used up is passed over; others are refused (RFC 5095)."""
    at, nh = skb.transport_header, skb.network_header
    end = _extent(skb, at)
    if end < 0:
        return None
    if not skb.head[at + 3]:
        return _next(skb, at, end)
    icmpv6_param_prob(skb, ICMPV6_HDR_FIELD, at + 2 - nh)
    return None


def ipv6_nodata_rcv(skb: SkBuff) -> SkBuff | None:
    """nodata_protocol: there is nothing behind the headers."""
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return None


def _next(skb: SkBuff, at: int, end: int) -> SkBuff:
    """On to the header that follows."""
    ip6cb(skb).nhoff = at - skb.network_header
    skb.transport_header = end
    return skb
