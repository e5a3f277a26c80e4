"""Ethernet II header: 14 bytes."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

HEADER = Struct("!6s6sH")
HLEN = HEADER.size
ALEN = 6
BROADCAST = b"\xff" * 6


class Ethernet(NamedTuple):
    """The header's fields; ``proto`` is an ethertype, or a length below 0x0600."""

    dest: bytes
    source: bytes
    proto: int


def parse(frame: bytes, offset: int = 0) -> Ethernet:
    """Reads a header; struct.error where fewer than 14 bytes are left."""
    return Ethernet._make(HEADER.unpack_from(frame, offset))


def emit(dest: bytes, source: bytes, proto: int) -> bytes:
    """A header."""
    return HEADER.pack(dest, source, proto)
