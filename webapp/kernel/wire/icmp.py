"""ICMP header (RFC 792): 8 bytes; the last four mean something else for each type."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from webapp.kernel.wire.checksum import checksum

HEADER = Struct("!BBHI")
HLEN = HEADER.size

ICMP_ECHOREPLY = 0
ICMP_DEST_UNREACH = 3
ICMP_SOURCE_QUENCH = 4
ICMP_REDIRECT = 5
ICMP_ECHO = 8
ICMP_TIME_EXCEEDED = 11
ICMP_PARAMETERPROB = 12
ICMP_TIMESTAMP = 13
ICMP_TIMESTAMPREPLY = 14
ICMP_INFO_REQUEST = 15
ICMP_INFO_REPLY = 16
ICMP_ADDRESS = 17
ICMP_ADDRESSREPLY = 18
NR_ICMP_TYPES = 18

ICMP_ERRORS = frozenset((ICMP_DEST_UNREACH, ICMP_SOURCE_QUENCH, ICMP_REDIRECT, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB))
"""icmp_is_err."""

ICMP_NET_UNREACH = 0
ICMP_HOST_UNREACH = 1
ICMP_PROT_UNREACH = 2
ICMP_PORT_UNREACH = 3
ICMP_FRAG_NEEDED = 4
ICMP_SR_FAILED = 5
ICMP_NET_ANO = 9
ICMP_HOST_ANO = 10
ICMP_PKT_FILTERED = 13
NR_ICMP_UNREACH = 15

ICMP_REDIR_NET = 0
ICMP_REDIR_HOST = 1

ICMP_EXC_TTL = 0
ICMP_EXC_FRAGTIME = 1


class Icmp(NamedTuple):
    """``un``: echo id and sequence, the gateway of a redirect, or the next hop's MTU (low 16 bits)."""

    type: int
    code: int
    checksum: int
    un: int


def parse(packet: bytes, offset: int = 0) -> Icmp:
    """Reads a header; struct.error where fewer than 8 bytes are left."""
    return Icmp._make(HEADER.unpack_from(packet, offset))


def emit(type: int, code: int, un: int, data: bytes = b"") -> bytes:
    """A whole message with its checksum."""
    message = HEADER.pack(type, code, 0, un) + data
    return message[:2] + checksum(message).to_bytes(2, "big") + message[4:]
