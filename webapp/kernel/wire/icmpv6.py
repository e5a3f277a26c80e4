"""ICMPv6 header (RFC 4443): 8 bytes, the last four of which mean something else for each type; ND and MLD types."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from webapp.kernel.wire.checksum import checksum, pseudo_header

HEADER = Struct("!BBHI")
HLEN = HEADER.size
IPPROTO_ICMPV6 = 58

ICMPV6_DEST_UNREACH = 1
ICMPV6_PKT_TOOBIG = 2
ICMPV6_TIME_EXCEED = 3
ICMPV6_PARAMPROB = 4
ICMPV6_ERRORS = frozenset((ICMPV6_DEST_UNREACH, ICMPV6_PKT_TOOBIG, ICMPV6_TIME_EXCEED, ICMPV6_PARAMPROB))
"""icmpv6_is_err."""

ICMPV6_INFOMSG_MASK = 0x80
ICMPV6_ECHO_REQUEST = 128
ICMPV6_ECHO_REPLY = 129
ICMPV6_MGM_QUERY = 130
ICMPV6_MGM_REPORT = 131
ICMPV6_MGM_REDUCTION = 132
NDISC_ROUTER_SOLICITATION = 133
NDISC_ROUTER_ADVERTISEMENT = 134
NDISC_NEIGHBOUR_SOLICITATION = 135
NDISC_NEIGHBOUR_ADVERTISEMENT = 136
NDISC_REDIRECT = 137
ICMPV6_MLD2_REPORT = 143

ICMPV6_NOROUTE = 0
ICMPV6_ADM_PROHIBITED = 1
ICMPV6_NOT_NEIGHBOUR = 2
ICMPV6_ADDR_UNREACH = 3
ICMPV6_PORT_UNREACH = 4
ICMPV6_POLICY_FAIL = 5
ICMPV6_REJECT_ROUTE = 6

ICMPV6_EXC_HOPLIMIT = 0
ICMPV6_EXC_FRAGTIME = 1

ICMPV6_HDR_FIELD = 0
ICMPV6_UNK_NEXTHDR = 1
ICMPV6_UNK_OPTION = 2


class Icmpv6(NamedTuple):
    """``un``: echo id and sequence, an MTU, a pointer, or the flags of an advertisement."""

    type: int
    code: int
    checksum: int
    un: int


def parse(packet: bytes, offset: int = 0) -> Icmpv6:
    """Reads a header; struct.error where fewer than 8 bytes are left."""
    return Icmpv6._make(HEADER.unpack_from(packet, offset))


def emit(type: int, code: int, un: int, saddr: bytes, daddr: bytes, data: bytes = b"") -> bytes:
    """A whole message with its checksum, which covers the addresses too."""
    return summed(HEADER.pack(type, code, 0, un) + data, saddr, daddr)


def summed(message: bytes, saddr: bytes, daddr: bytes) -> bytes:
    """A message with its checksum made anew."""
    message = message[:2] + b"\0\0" + message[4:]
    check = checksum(pseudo_header(saddr, daddr, IPPROTO_ICMPV6, len(message)) + message)
    return message[:2] + check.to_bytes(2, "big") + message[4:]


def valid(message: bytes, saddr: bytes, daddr: bytes) -> bool:
    """Whether the checksum is right."""
    return not checksum(pseudo_header(saddr, daddr, IPPROTO_ICMPV6, len(message)) + message)
