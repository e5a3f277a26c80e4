"""VXLAN header (RFC 7348): 8 bytes, the I flag and a 24-bit network identifier."""

from __future__ import annotations

from struct import Struct

HEADER = Struct("!II")
HLEN = HEADER.size
VXLAN_HF_VNI = 0x08000000


def parse(packet: bytes, offset: int = 0) -> tuple[int, int]:
    """Flags and network identifier; struct.error where fewer than 8 bytes are left."""
    flags, vni = HEADER.unpack_from(packet, offset)
    return flags, vni >> 8


def emit(vni: int) -> bytes:
    """A header with the I flag."""
    return HEADER.pack(VXLAN_HF_VNI, vni << 8)
