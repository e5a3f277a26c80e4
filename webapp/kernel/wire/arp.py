"""ARP for IPv4 over Ethernet (RFC 826): 28 bytes."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

PACKET = Struct("!HHBBH6s4s6s4s")
HLEN = PACKET.size

ARPOP_REQUEST = 1
ARPOP_REPLY = 2


class Arp(NamedTuple):
    """The fields in their order: hardware type, protocol type, their lengths, operation, then sender and target."""

    hrd: int
    pro: int
    hln: int
    pln: int
    op: int
    sha: bytes
    sip: bytes
    tha: bytes
    tip: bytes


def parse(packet: bytes, offset: int = 0) -> Arp:
    """Reads a packet; struct.error where fewer than 28 bytes are left."""
    return Arp._make(PACKET.unpack_from(packet, offset))


def emit(op: int, sha: bytes, sip: bytes, tha: bytes, tip: bytes, hrd: int = 1) -> bytes:
    """A packet without its Ethernet header."""
    return PACKET.pack(hrd, 0x0800, 6, 4, op, sha, sip, tha, tip)
