"""What flower matches on (include/uapi/linux/pkt_cls.h: TCA_FLOWER_KEY_*).

Each field that can have a mask is a pair (value, mask). Ethertypes and ports are in host order, addresses are bytes in
network order. None means that the attribute is absent.
"""

from __future__ import annotations

from enum import IntFlag

import msgspec

Masked = tuple[int, int]
MaskedBytes = tuple[bytes, bytes]


class FlowerFlags(IntFlag):
    """TCA_FLOWER_KEY_FLAGS_*."""

    NONE = 0
    IS_FRAGMENT = 1
    FRAG_IS_FIRST = 2


class FlowerVlan(msgspec.Struct, frozen=True):
    """TCA_FLOWER_KEY_{VLAN,CVLAN}_*: the outer or the inner tag; ``ethtype`` is what comes after it."""

    vid: int | None = None
    prio: int | None = None
    ethtype: int | None = None


class FlowerKey(msgspec.Struct, frozen=True):
    """TCA_FLOWER_INDEV and TCA_FLOWER_KEY_*.

    ``ports`` of a request are the pairs of TCA_FLOWER_KEY_{TCP,UDP,SCTP}_{SRC,DST} of its ``ip_proto``, and ``icmp_*``
    those of ICMPv4 or ICMPv6 by its ethertype. ``*_port_range`` is (lowest, highest).
    """

    indev: str | None = None
    eth_dst: MaskedBytes | None = None
    eth_src: MaskedBytes | None = None
    eth_type: int | None = None
    num_of_vlans: int | None = None
    vlan: FlowerVlan = FlowerVlan()
    cvlan: FlowerVlan = FlowerVlan()
    ip_proto: int | None = None
    ip_tos: Masked | None = None
    ip_ttl: Masked | None = None
    ip_dst: MaskedBytes | None = None
    ip_src: MaskedBytes | None = None
    dst_port: Masked | None = None
    src_port: Masked | None = None
    dst_port_range: tuple[int, int] | None = None
    src_port_range: tuple[int, int] | None = None
    tcp_flags: Masked | None = None
    icmp_type: Masked | None = None
    icmp_code: Masked | None = None
    arp_sip: MaskedBytes | None = None
    arp_tip: MaskedBytes | None = None
    arp_op: Masked | None = None
    arp_sha: MaskedBytes | None = None
    arp_tha: MaskedBytes | None = None
    ip_flags: Masked | None = None
    ct_state: Masked | None = None
