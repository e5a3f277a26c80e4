"""The Internet checksum (RFC 1071)."""

from __future__ import annotations


def checksum(data: bytes) -> int:
    """The one's complement of the one's complement sum of ``data``; 0 for data that carries its own right checksum.

    Adding 16-bit words with end-around carry is arithmetic modulo 65535, which integers do at once; of the two zeros
    of one's complement the sum is 0xFFFF unless all of ``data`` is zero.
    """
    total = int.from_bytes(data, "big")
    if len(data) & 1:
        total <<= 8
    if not total:
        return 0xFFFF
    return 0xFFFF - (total % 0xFFFF or 0xFFFF)


def pseudo_header(saddr: bytes, daddr: bytes, protocol: int, length: int) -> bytes:
    """What TCP, UDP and ICMPv6 sum in front of their header (RFC 793, RFC 768).

    IPv6's (RFC 8200 8.1) has other widths, but the same words in another order, so that the sum is the same.
    """
    return saddr + daddr + protocol.to_bytes(2, "big") + length.to_bytes(2, "big")


def update(check: int, old: int, new: int) -> int:
    """csum_replace2: the checksum after a 16-bit word went from ``old`` to ``new`` (RFC 1624, equation 3)."""
    total = (check ^ 0xFFFF) + (old ^ 0xFFFF) + new
    total = (total & 0xFFFF) + (total >> 16)
    return ((total & 0xFFFF) + (total >> 16)) ^ 0xFFFF
