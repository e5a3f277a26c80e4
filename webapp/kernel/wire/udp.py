"""UDP header (RFC 768): 8 bytes."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from webapp.kernel.wire.checksum import checksum, pseudo_header

HEADER = Struct("!HHHH")
HLEN = HEADER.size
IPPROTO_UDP = 17


class Udp(NamedTuple):
    """The fields; ``check`` 0 means that the sender made no checksum."""

    source: int
    dest: int
    len: int
    check: int


def parse(packet: bytes, offset: int = 0) -> Udp:
    """Reads a header; struct.error where fewer than 8 bytes are left."""
    return Udp._make(HEADER.unpack_from(packet, offset))


def emit(source: int, dest: int, saddr: bytes, daddr: bytes, data: bytes = b"", *, with_checksum: bool = True) -> bytes:
    """A datagram with its checksum over IPv4 or IPv6; a sum of zero is sent as 0xFFFF, since zero means none."""
    length = HLEN + len(data)
    datagram = HEADER.pack(source, dest, length, 0) + data
    if not with_checksum:
        return datagram
    check = checksum(pseudo_header(saddr, daddr, IPPROTO_UDP, length) + datagram) or 0xFFFF
    return datagram[:6] + check.to_bytes(2, "big") + data


def valid(datagram: bytes, saddr: bytes, daddr: bytes) -> bool:
    """Whether the checksum is right, or absent."""
    if datagram[6:8] == b"\0\0":
        return True
    return not checksum(pseudo_header(saddr, daddr, IPPROTO_UDP, len(datagram)) + datagram)
