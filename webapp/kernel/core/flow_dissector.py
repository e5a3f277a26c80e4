"""What a packet is, header by header, and where its payload begins (net/core/flow_dissector.c).

IPv4, IPv6 with its extension headers, VLAN tags, ARP, TCP, UDP, SCTP and ICMP. Tunnels are not looked into: flower
stops before encapsulation.
"""

from __future__ import annotations

from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING

from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6, ETH_P_RARP

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


def skb_probe_transport_header(skb: SkBuff) -> None:
    """skb_probe_transport_header: where what follows the network header begins, if the packet is understood so far."""
    head = skb.head
    proto, at = _dissect_vlan(skb, [0] * _SIZE)
    if proto == ETH_P_IP and at + 20 <= len(head) and head[at] & 0xF >= 5:
        skb.transport_header = min(at + (head[at] & 0xF) * 4, len(head))
    elif proto == ETH_P_IPV6 and at + 40 <= len(head):
        skb.transport_header = at + 40
    elif proto in (ETH_P_ARP, ETH_P_RARP):
        skb.transport_header = at


# --- keys ---------------------------------------------------------------------------------------------------------


class FlowField(IntEnum):
    """The fields of a flow key (struct flow_dissector_key_*), as indexes of a list of numbers."""

    INGRESS_IFINDEX = 0
    CT_STATE = 1
    ETH_DST = 2
    ETH_SRC = 3
    NUM_OF_VLANS = 4
    VLAN_ID = 5
    VLAN_PRIORITY = 6
    VLAN_TPID = 7
    VLAN_ETH_TYPE = 8
    CVLAN_ID = 9
    CVLAN_PRIORITY = 10
    CVLAN_TPID = 11
    CVLAN_ETH_TYPE = 12
    N_PROTO = 13
    IP_PROTO = 14
    IP_TOS = 15
    IP_TTL = 16
    ADDR_TYPE = 17
    IPV4_DST = 18
    IPV4_SRC = 19
    IPV6_DST = 20
    IPV6_SRC = 21
    FLAGS = 22
    TP_DST = 23
    TP_SRC = 24
    TP_MIN_DST = 25
    TP_MIN_SRC = 26
    TP_MAX_DST = 27
    TP_MAX_SRC = 28
    TCP_FLAGS = 29
    ICMP_TYPE = 30
    ICMP_CODE = 31
    ARP_SIP = 32
    ARP_TIP = 33
    ARP_OP = 34
    ARP_SHA = 35
    ARP_THA = 36


class AddrType(IntEnum):
    """flow_dissector_key_control.addr_type: FLOW_DISSECTOR_KEY_IPV{4,6}_ADDRS."""

    NONE = 0
    IPV4 = 2
    IPV6 = 3


class DissectFlags(IntFlag):
    """FLOW_DIS_*: flow_dissector_key_control.flags."""

    NONE = 0
    IS_FRAGMENT = 1
    FIRST_FRAG = 2


_IPPROTO_ICMP, _IPPROTO_ICMPV6 = 1, 58
_HAS_PORTS = frozenset((6, 17, 33, 50, 132, 136))
_IPPROTO_AH = 51
_NEXTHDR_FRAGMENT = 44
_OPTION_HEADERS = frozenset((0, 43, 60))
_MAX_FLOW_DISSECT_HDRS = 15
_TCP_FLAGS = 0xFFF
_IP_OFFSET = 0x1FFF
_VLAN_TAGS = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_VLAN_FIELDS = (
    (FlowField.VLAN_ID, FlowField.VLAN_PRIORITY, FlowField.VLAN_TPID, FlowField.VLAN_ETH_TYPE),
    (FlowField.CVLAN_ID, FlowField.CVLAN_PRIORITY, FlowField.CVLAN_TPID, FlowField.CVLAN_ETH_TYPE),
)

# Enum members as plain numbers: they are read for every packet.
_F = {field.name: int(field) for field in FlowField}
_N_PROTO, _IP_PROTO, _FLAGS, _ADDR_TYPE = _F["N_PROTO"], _F["IP_PROTO"], _F["FLAGS"], _F["ADDR_TYPE"]
_SIZE = len(FlowField)


def skb_flow_dissect(skb: SkBuff) -> list[int]:
    """__skb_flow_dissect with all keys: a number for every FlowField, 0 where the packet has none.

    Headers that are cut off end it, and so does what is not understood; the last ethertype and protocol that were
    reached stand in N_PROTO and IP_PROTO.
    """
    key = [0] * _SIZE
    head = skb.head
    mac = skb.mac_header
    if mac >= 0:
        key[_F["ETH_DST"]] = int.from_bytes(head[mac : mac + 6])
        key[_F["ETH_SRC"]] = int.from_bytes(head[mac + 6 : mac + 12])
    proto, at = _dissect_vlan(skb, key)
    key[_N_PROTO] = proto
    if proto == ETH_P_IP:
        _dissect_ipv4(head, at, key)
    elif proto == ETH_P_IPV6:
        _dissect_ipv6(head, at, key)
    elif proto in (ETH_P_ARP, ETH_P_RARP):
        _dissect_arp(head, at, key)
    return key


def _dissect_vlan(skb: SkBuff, key: list[int]) -> tuple[int, int]:
    """Tags, the one in vlan_tci first: the ethertype behind them (the tag's where one is cut off), and where it is."""
    head = skb.head
    at = skb.network_header
    tags = 0
    beside = bool(skb.vlan_proto)
    proto = skb.vlan_proto or skb.protocol
    while proto in _VLAN_TAGS:
        tpid = proto
        if beside:
            tag, proto, beside = skb.vlan_tci, skb.protocol, False
        else:
            if at + 4 > len(head):
                return proto, at
            tag, proto = int.from_bytes(head[at : at + 2]), int.from_bytes(head[at + 2 : at + 4])
            at += 4
        if tags < len(_VLAN_FIELDS):
            vid, priority, own, inner = _VLAN_FIELDS[tags]
            key[vid], key[priority], key[own], key[inner] = tag & 0xFFF, tag >> 13 & 7, tpid, proto
        tags += 1
        key[_F["NUM_OF_VLANS"]] = tags
    return proto, at


def _dissect_ipv4(head: bytes, at: int, key: list[int]) -> None:
    if at + 20 > len(head) or head[at] & 0xF < 5:
        return
    key[_IP_PROTO] = head[at + 9]
    key[_F["IP_TOS"]], key[_F["IP_TTL"]] = head[at + 1], head[at + 8]
    key[_ADDR_TYPE] = AddrType.IPV4
    key[_F["IPV4_SRC"]] = int.from_bytes(head[at + 12 : at + 16])
    key[_F["IPV4_DST"]] = int.from_bytes(head[at + 16 : at + 20])
    frag_off = int.from_bytes(head[at + 6 : at + 8])
    if frag_off & _IP_OFFSET_OR_MF:
        key[_FLAGS] = DissectFlags.IS_FRAGMENT | (0 if frag_off & _IP_OFFSET else DissectFlags.FIRST_FRAG)
        return
    _dissect_l4(head, at + (head[at] & 0xF) * 4, key)


def _dissect_ipv6(head: bytes, at: int, key: list[int]) -> None:
    if at + 40 > len(head):
        return
    key[_IP_PROTO] = head[at + 6]
    key[_F["IP_TOS"]], key[_F["IP_TTL"]] = int.from_bytes(head[at : at + 2]) >> 4 & 0xFF, head[at + 7]
    key[_ADDR_TYPE] = AddrType.IPV6
    key[_F["IPV6_SRC"]] = int.from_bytes(head[at + 8 : at + 24])
    key[_F["IPV6_DST"]] = int.from_bytes(head[at + 24 : at + 40])
    at += 40
    for _ in range(_MAX_FLOW_DISSECT_HDRS):
        if key[_IP_PROTO] in _OPTION_HEADERS:
            if at + 2 > len(head):
                return
            key[_IP_PROTO], at = head[at], at + (head[at + 1] + 1) * 8
        elif key[_IP_PROTO] == _NEXTHDR_FRAGMENT:
            if at + 8 > len(head):
                return
            key[_IP_PROTO] = head[at]
            first = int.from_bytes(head[at + 2 : at + 4]) & 0xFFF8 == 0
            key[_FLAGS] = DissectFlags.IS_FRAGMENT | (DissectFlags.FIRST_FRAG if first else 0)
            return
        else:
            _dissect_l4(head, at, key)
            return


def _dissect_l4(head: bytes, at: int, key: list[int]) -> None:
    """__skb_flow_dissect_{tcp,icmp,ports}."""
    ip_proto = key[_IP_PROTO]
    if ip_proto in (_IPPROTO_ICMP, _IPPROTO_ICMPV6):
        if at + 8 <= len(head):
            key[_F["ICMP_TYPE"]], key[_F["ICMP_CODE"]] = head[at], head[at + 1]
        return
    if ip_proto == _IPPROTO_TCP and at + 20 <= len(head) and head[at + 12] >> 4 >= 5:
        key[_F["TCP_FLAGS"]] = int.from_bytes(head[at + 12 : at + 14]) & _TCP_FLAGS
    if ip_proto == _IPPROTO_AH:
        at += 4
    elif ip_proto not in _HAS_PORTS:
        return
    if at + 4 <= len(head):
        key[_F["TP_SRC"]] = int.from_bytes(head[at : at + 2])
        key[_F["TP_DST"]] = int.from_bytes(head[at + 2 : at + 4])


def _dissect_arp(head: bytes, at: int, key: list[int]) -> None:
    """__skb_flow_dissect_arp: requests and replies for IPv4 over Ethernet."""
    if at + 28 > len(head) or head[at : at + 6] != b"\0\x01\x08\0\x06\x04":
        return
    operation = int.from_bytes(head[at + 6 : at + 8])
    if operation not in (1, 2):
        return
    key[_F["ARP_OP"]] = operation
    key[_F["ARP_SHA"]] = int.from_bytes(head[at + 8 : at + 14])
    key[_F["ARP_SIP"]] = int.from_bytes(head[at + 14 : at + 18])
    key[_F["ARP_THA"]] = int.from_bytes(head[at + 18 : at + 24])
    key[_F["ARP_TIP"]] = int.from_bytes(head[at + 24 : at + 28])
