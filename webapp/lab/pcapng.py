"""pcapng files (draft-ietf-opsawg-pcapng): one section, an interface for each device, a comment for each frame.

Little-endian, with times in nanoseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import pack

_SECTION_HEADER = 0x0A0D0D0A
_INTERFACE = 1
_ENHANCED_PACKET = 6
_MAGIC = 0x1A2B3C4D
_LINKTYPE_ETHERNET = 1
_SNAPLEN = 262_144
_END = 0
_COMMENT = 1
_USER_APPLICATION = 4
_IF_NAME = 2
_IF_TSRESOL = 9
_FLAGS = 2
_NANOSECONDS = b"\x09"
_INBOUND = 1
_OUTBOUND = 2


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame: its interface's place in the list of names, its time in ns, its bytes from the Ethernet header on."""

    interface: int
    time: int
    data: bytes
    outgoing: bool
    comment: str = ""


def pcapng(interfaces: Iterable[str], packets: Iterable[Packet]) -> bytes:
    """The file."""
    header = pack("<IHHq", _MAGIC, 1, 0, -1) + _options((_USER_APPLICATION, b"hookwalk"))
    blocks = [_block(_SECTION_HEADER, header)]
    blocks += [_block(_INTERFACE, _interface(name)) for name in interfaces]
    blocks += [_block(_ENHANCED_PACKET, _packet(packet)) for packet in packets]
    return b"".join(blocks)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return pack("<II", kind, length) + body + pack("<I", length)


def _interface(name: str) -> bytes:
    return pack("<HHI", _LINKTYPE_ETHERNET, 0, _SNAPLEN) + _options(
        (_IF_NAME, name.encode()), (_IF_TSRESOL, _NANOSECONDS)
    )


def _packet(packet: Packet) -> bytes:
    length = len(packet.data)
    times = packet.time >> 32, packet.time & 0xFFFFFFFF
    body = pack("<IIIII", packet.interface, *times, length, length) + _padded(packet.data)
    flags = pack("<I", _OUTBOUND if packet.outgoing else _INBOUND)
    comment = [(_COMMENT, packet.comment.encode()[:65_535])] if packet.comment else []
    return body + _options(*comment, (_FLAGS, flags))


def _options(*options: tuple[int, bytes]) -> bytes:
    written = (pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return b"".join(written) + pack("<HH", _END, 0)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
