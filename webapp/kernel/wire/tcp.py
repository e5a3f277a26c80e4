"""TCP header (RFC 9293): 20 bytes and options."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple

from webapp.kernel.wire.checksum import checksum, pseudo_header

HEADER = Struct("!HHIIBBHHH")
HLEN = HEADER.size
IPPROTO_TCP = 6

FIN = 0x01
SYN = 0x02
RST = 0x04
PSH = 0x08
ACK = 0x10
URG = 0x20


class Tcp(NamedTuple):
    """The fixed fields; ``doff`` is the byte with the header length in words in its upper half."""

    source: int
    dest: int
    seq: int
    ack_seq: int
    doff: int
    flags: int
    window: int
    check: int
    urg_ptr: int

    @property
    def header_length(self) -> int:
        """Bytes of the header, options included."""
        return (self.doff >> 4) * 4


def parse(packet: bytes, offset: int = 0) -> Tcp:
    """Reads the fixed header; struct.error where fewer than 20 bytes are left."""
    return Tcp._make(HEADER.unpack_from(packet, offset))


def emit(
    source: int,
    dest: int,
    saddr: bytes,
    daddr: bytes,
    *,
    seq: int = 0,
    ack_seq: int = 0,
    flags: int = 0,
    window: int = 0,
    options: bytes = b"",
    data: bytes = b"",
) -> bytes:
    """A segment with its checksum over IPv4 or IPv6; ``options`` must be padded to whole words."""
    doff = (HLEN + len(options)) // 4 << 4
    segment = HEADER.pack(source, dest, seq, ack_seq, doff, flags, window, 0, 0) + options + data
    check = checksum(pseudo_header(saddr, daddr, IPPROTO_TCP, len(segment)) + segment)
    return segment[:16] + check.to_bytes(2, "big") + segment[18:]


def valid(segment: bytes, saddr: bytes, daddr: bytes) -> bool:
    """Whether the checksum is right."""
    return not checksum(pseudo_header(saddr, daddr, IPPROTO_TCP, len(segment)) + segment)


def options(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The options of a header as (kind, value), with NOPs and an end of list; ends where a length is impossible."""
    at = 0
    while at < len(data):
        kind = data[at]
        if kind in (0, 1):
            yield kind, b""
            at += 1
            if not kind:
                return
            continue
        length = data[at + 1] if at + 1 < len(data) else 0
        if length < 2 or at + length > len(data):
            return
        yield kind, data[at + 2 : at + length]
        at += length
