"""Where a packet's payload begins (net/core/flow_dissector.c): IPv4, IPv6 without extension headers, VLAN, ARP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6

if TYPE_CHECKING:
    from webapp.kernel.core.skbuff import SkBuff

_IPPROTO_TCP = 6
_L4_HEADER = {1: 8, 2: 8, 17: 8, 33: 12, 58: 8, 132: 12, 136: 8}
"""Lengths of headers by IP protocol: icmp, igmp, udp, dccp, icmpv6, sctp, udplite."""

_IP_OFFSET_OR_MF = 0x3FFF


def skb_get_poff(skb: SkBuff, data: int) -> int:
    """skb_get_poff: the payload's offset from ``data`` (an offset into head); 0 for headers not understood."""
    head = skb.head
    at = skb.network_header
    protocol = skb.protocol
    while protocol in (ETH_P_8021Q, ETH_P_8021AD) and at + 4 <= len(head):
        protocol = int.from_bytes(head[at + 2 : at + 4])
        at += 4
    if protocol == ETH_P_IP:
        return _ipv4(head, at, data)
    if protocol == ETH_P_IPV6:
        return _l4(head, at + 40, head[at + 6], data) if at + 40 <= len(head) else 0
    return at - data if protocol == ETH_P_ARP else 0


def _ipv4(head: bytes, at: int, data: int) -> int:
    if at + 20 > len(head) or head[at] & 0xF < 5:
        return 0
    end = min(at + (head[at] & 0xF) * 4, len(head))
    if int.from_bytes(head[at + 6 : at + 8]) & _IP_OFFSET_OR_MF:
        return end - data
    return _l4(head, end, head[at + 9], data)


def _l4(head: bytes, at: int, protocol: int, data: int) -> int:
    if protocol == _IPPROTO_TCP:
        return at - data + (max(20, (head[at + 12] & 0xF0) >> 2) if at + 13 <= len(head) else 0)
    return at - data + _L4_HEADER.get(protocol, 0)
