"""IPv4 header (RFC 791)."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from webapp.kernel.wire.checksum import checksum

HEADER = Struct("!BBHHHBBH4s4s")
HLEN = HEADER.size

IP_CE = 0x8000
IP_DF = 0x4000
IP_MF = 0x2000
IP_OFFSET = 0x1FFF

MAX_LENGTH = 0xFFFF


class Ipv4(NamedTuple):
    """The fixed 20 bytes. ``vihl`` is version and header length in words, ``frag_off`` flags and offset in 8 bytes."""

    vihl: int
    tos: int
    tot_len: int
    id: int
    frag_off: int
    ttl: int
    protocol: int
    check: int
    saddr: bytes
    daddr: bytes

    @property
    def header_length(self) -> int:
        """Bytes of the header, options included."""
        return (self.vihl & 0xF) * 4


def parse(packet: bytes, offset: int = 0) -> Ipv4:
    """Reads the fixed header; struct.error where fewer than 20 bytes are left."""
    return Ipv4._make(HEADER.unpack_from(packet, offset))


def emit(
    saddr: bytes,
    daddr: bytes,
    protocol: int,
    payload_length: int,
    *,
    ttl: int = 64,
    tos: int = 0,
    id: int = 0,
    frag_off: int = 0,
    options: bytes = b"",
) -> bytes:
    """A header with its checksum; ``options`` must be padded to whole words."""
    vihl = 0x45 + len(options) // 4
    length = HLEN + len(options) + payload_length
    header = HEADER.pack(vihl, tos, length, id, frag_off, ttl, protocol, 0, saddr, daddr) + options
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:]
