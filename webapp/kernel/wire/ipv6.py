"""IPv6 header and its extension headers (RFC 8200)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

HEADER = Struct("!IHBB16s16s")
HLEN = HEADER.size
FRAGMENT = Struct("!BBHI")
FRAGMENT_HLEN = FRAGMENT.size

NEXTHDR_HOP = 0
NEXTHDR_IPV6 = 41
NEXTHDR_ROUTING = 43
NEXTHDR_FRAGMENT = 44
NEXTHDR_AUTH = 51
NEXTHDR_ICMP = 58
NEXTHDR_NONE = 59
NEXTHDR_DEST = 60

IPV6_TLV_PAD1 = 0
IPV6_TLV_PADN = 1
IPV6_TLV_ROUTERALERT = 5

IP6_MF = 0x0001
IP6_OFFSET = 0xFFF8

IPV6_MIN_MTU = 1280
IPV6_MAXPLEN = 65535


class Ipv6(NamedTuple):
    """The fixed 40 bytes. ``flow`` is version, traffic class and flow label (4, 8 and 20 bits)."""

    flow: int
    payload_len: int
    nexthdr: int
    hop_limit: int
    saddr: bytes
    daddr: bytes

    @property
    def tclass(self) -> int:
        """Traffic class: DSCP and ECN."""
        return self.flow >> 20 & 0xFF

    @property
    def flowlabel(self) -> int:
        """The lower 20 bits."""
        return self.flow & 0xFFFFF


def parse(packet: bytes, offset: int = 0) -> Ipv6:
    """Reads the fixed header; struct.error where fewer than 40 bytes are left."""
    return Ipv6._make(HEADER.unpack_from(packet, offset))


def emit(
    saddr: bytes,
    daddr: bytes,
    nexthdr: int,
    payload_length: int,
    *,
    hop_limit: int = 64,
    tclass: int = 0,
    flowlabel: int = 0,
) -> bytes:
    """A header; ``payload_length`` counts extension headers too."""
    return HEADER.pack(6 << 28 | tclass << 20 | flowlabel, payload_length, nexthdr, hop_limit, saddr, daddr)
