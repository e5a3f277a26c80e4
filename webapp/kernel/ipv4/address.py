"""Kinds of IPv4 addresses (include/linux/in.h, inetdevice.h); addresses are 4 bytes in network order."""

from __future__ import annotations

INADDR_ANY = bytes(4)
INADDR_LOOPBACK = b"\x7f\x00\x00\x01"
INADDR_BROADCAST = b"\xff\xff\xff\xff"
INADDR_DUMMY = b"\xc0\x00\x00\x08"
"""192.0.0.8: the source of ICMP errors of a host without an address (RFC 7600)."""
IGMP_ALL_HOSTS = b"\xe0\x00\x00\x01"

ALL_ONES = 0xFFFFFFFF


def ipv4_is_loopback(addr: bytes) -> bool:
    """127/8."""
    return addr[0] == 127


def ipv4_is_multicast(addr: bytes) -> bool:
    """224/4."""
    return addr[0] & 0xF0 == 0xE0


def ipv4_is_local_multicast(addr: bytes) -> bool:
    """224.0.0/24, which never leaves its link."""
    return addr[:3] == b"\xe0\x00\x00"


def ipv4_is_lbcast(addr: bytes) -> bool:
    """The limited broadcast address."""
    return addr == INADDR_BROADCAST


def ipv4_is_zeronet(addr: bytes) -> bool:
    """0.0.0.0 alone; the rest of 0/8 is ordinary since 5.3."""
    return addr == INADDR_ANY


def inet_make_mask(prefixlen: int) -> int:
    """The netmask as a number."""
    return ALL_ONES << (32 - prefixlen) & ALL_ONES


def number(addr: bytes) -> int:
    """ntohl."""
    return int.from_bytes(addr, "big")


def dotted(addr: bytes) -> str:
    """As people write it (%pI4)."""
    return ".".join(map(str, addr))
