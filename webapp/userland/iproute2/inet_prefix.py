"""Addresses and prefixes as people write them (lib/utils.c: get_addr, get_prefix; lib/ll_addr.c)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address

from webapp.kernel.core.sock import AF_INET, AF_INET6, AF_PACKET
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.userland.iproute2.arguments import FAILURE, Exit, get_unsigned

AF_BIT_LEN = {AF_INET: 32, AF_INET6: 128}
FAMILY_NAMES = {AF_INET: "inet", AF_INET6: "inet6", AF_PACKET: "link"}

_HEX = re.compile(r"\s*[+-]?(?:0[xX])?[0-9a-fA-F]+")
_OCTET = re.compile(r"0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class InetPrefix:
    """An address and how many of its bits count.

    ``default``, ``any`` and ``all`` have no bits; of these only ``default`` has bytes, and only where the family is
    known. ``specified``: the length was written (PREFIXLEN_SPECIFIED).
    """

    family: int
    data: bytes
    bitlen: int
    specified: bool = False

    def contains(self, address: bytes) -> bool:
        """inet_addr_match: whether the first ``bitlen`` bits of ``address`` are ours."""
        return same_bits(self.data, address, self.bitlen)


def same_bits(a: bytes, b: bytes, bits: int) -> bool:
    """Whether two addresses agree in their first ``bits`` bits; missing bytes are zero."""
    length = max(len(a), len(b), (bits + 7) // 8)
    difference = int.from_bytes(a.ljust(length, b"\0"), "big") ^ int.from_bytes(b.ljust(length, b"\0"), "big")
    return difference >> (length * 8 - bits) == 0


def get_addr_ipv4(text: str) -> bytes | None:
    """One to four numbers; those that are missing at the end are 0 (10.1 is 10.1.0.0, unlike in inet_aton)."""
    parts = text.split(".")
    if len(parts) > 4 or not all(_OCTET.fullmatch(part) for part in parts):
        return None
    octets = [get_unsigned(part, 255) for part in parts]
    if None in octets:
        return None
    return bytes(octet or 0 for octet in octets).ljust(4, b"\0")


def get_addr_1(text: str, family: int) -> InetPrefix | None:
    """An address of ``family`` (AF_UNSPEC: any) with all of its bits; None if it is not one."""
    if text == "default":
        return InetPrefix(family, bytes(AF_BIT_LEN.get(family, 0) // 8), 0, specified=True)
    if text in ("all", "any"):
        return InetPrefix(family, b"", 0)
    if ":" in text:
        if family not in (AF_UNSPEC, AF_INET6):
            return None
        try:
            return InetPrefix(AF_INET6, IPv6Address(text).packed, 128)
        except AddressValueError:
            return None
    if family not in (AF_UNSPEC, AF_INET):
        return None
    data = get_addr_ipv4(text)
    return None if data is None else InetPrefix(AF_INET, data, 32)


def get_prefix_1(text: str, family: int) -> InetPrefix | None:
    """ADDRESS[/LENGTH] or ADDRESS/NETMASK; None if it is not one."""
    address_text, slash, length_text = text.partition("/")
    address = get_addr_1(address_text, family)
    if address is None or not slash:
        return address
    length = _get_netmask(length_text)
    if address.bitlen == 0 or length is None or length > AF_BIT_LEN[address.family]:
        return None
    return InetPrefix(address.family, address.data, length, specified=True)


def _get_netmask(text: str) -> int | None:
    length = get_unsigned(text)
    if length is not None:
        return length
    mask = get_addr_1(text, AF_INET)
    if mask is None or mask.bitlen == 0:
        return None
    bits = int.from_bytes(mask.data, "big")
    host = ~bits & 0xFFFFFFFF
    return bits.bit_count() if host & (host + 1) == 0 else None


def get_addr(text: str, family: int) -> InetPrefix:
    """An address, or the program's end."""
    address = get_addr_1(text, family)
    if address is None:
        raise Exit(FAILURE, f'Error: {_verbose(family)} address is expected rather than "{text}".\n')
    return address


def get_prefix(text: str, family: int) -> InetPrefix:
    """A prefix, or the program's end."""
    if family == AF_PACKET:
        raise Exit(FAILURE, f'Error: "{text}" may be inet prefix, but it is not allowed in this context.\n')
    prefix = get_prefix_1(text, family)
    if prefix is None:
        raise Exit(FAILURE, f'Error: {_verbose(family)} prefix is expected rather than "{text}".\n')
    return prefix


def _verbose(family: int) -> str:
    return "any valid" if family == AF_UNSPEC else FAMILY_NAMES[family]


def format_host(address: bytes) -> str:
    """An IPv4 or IPv6 address as inet_ntop writes it."""
    return ".".join(map(str, address)) if len(address) == 4 else str(IPv6Address(address))


def ll_addr_a2n(text: str, limit: int = 32) -> bytes:
    """A link-layer address: numbers between colons, or four with dots. sscanf reads them: 0g is 0."""
    if "." in text:
        address = get_addr_1(text, AF_INET)
        if address is None or len(address.data) != 4:
            raise Exit(FAILURE, f'"{text}" is invalid lladdr.\n')
        return address.data
    octets = bytearray()
    for part in text.split(":")[:limit]:
        match = _HEX.match(part)
        number = int(match[0], 16) if match else -1
        if not 0 <= number <= 255:
            raise Exit(FAILURE, f'"{part}" is invalid lladdr.\n')
        octets.append(number)
    return bytes(octets)


def ll_addr_n2a(address: bytes) -> str:
    """A link-layer address with colons."""
    return address.hex(":")
