"""pcap files (pcap-savefile(5)), microsecond resolution, of little-endian machines."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from webapp.userland.tcpdump.frame import Frame, read_frame

MAGIC = 0xA1B2C3D4
SNAPLEN = 262_144
_FILE = Struct("<IHHiIII")
_RECORD = Struct("<IIII")


def file_header(linktype: int) -> bytes:
    """What a capture begins with."""
    return _FILE.pack(MAGIC, 2, 4, 0, 0, SNAPLEN, linktype)


def record(frame: Frame) -> bytes:
    """One packet."""
    captured = frame.captured
    microseconds = frame.time // 1000
    return _RECORD.pack(microseconds // 1_000_000, microseconds % 1_000_000, len(captured), len(captured)) + captured


def linktype(capture: bytes) -> int:
    """Which link-layer headers a capture has."""
    number: int = _FILE.unpack_from(capture)[6]
    return number


def frames(capture: bytes) -> Iterator[Frame]:
    """The packets of an Ethernet capture."""
    at = _FILE.size
    while at + _RECORD.size <= len(capture):
        seconds, microseconds, length, _ = _RECORD.unpack_from(capture, at)
        at += _RECORD.size
        yield read_frame(capture[at : at + length], (seconds * 1_000_000 + microseconds) * 1000)
        at += length
