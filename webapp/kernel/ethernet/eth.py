"""Ethernet headers on frames (net/ethernet/eth.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import ETH_HLEN, NetDevice
from webapp.kernel.core.skbuff import PACKET_BROADCAST, PACKET_HOST, PACKET_MULTICAST, PACKET_OTHERHOST, SkBuff
from webapp.kernel.uapi.if_ether import ETH_P_802_2, ETH_P_802_3, ETH_P_802_3_MIN
from webapp.kernel.wire.ethernet import HEADER


def eth_header(dev: NetDevice, proto: int, daddr: bytes) -> bytes:
    """eth_header: a header from ``dev``'s own address to ``daddr``; empty on devices without link-layer header."""
    return HEADER.pack(daddr, dev.address, proto) if dev.hard_header_len else b""


def eth_type_trans(skb: SkBuff, dev: NetDevice) -> int:
    """eth_type_trans: takes a frame in on ``dev``: pulls its header, tells whom it is for, returns its protocol.

    ``skb.pkt_type`` becomes HOST, BROADCAST, MULTICAST or OTHERHOST by the destination address; the protocol is the
    ethertype, or for a length field ETH_P_802_3 (raw IPX) or ETH_P_802_2. The caller sets skb.protocol.
    """
    skb.dev = dev
    head = skb.head
    start = skb.mac_header = skb.data
    skb.data = start + ETH_HLEN
    dest = head[start : start + 6]
    if dest == dev.address:
        skb.pkt_type = PACKET_HOST
    elif dest[0] & 1:
        skb.pkt_type = PACKET_BROADCAST if dest == dev.broadcast else PACKET_MULTICAST
    else:
        skb.pkt_type = PACKET_OTHERHOST
    proto = head[start + 12] << 8 | head[start + 13]
    if proto >= ETH_P_802_3_MIN:
        return proto
    return ETH_P_802_3 if head[skb.data : skb.data + 2] == b"\xff\xff" else ETH_P_802_2
