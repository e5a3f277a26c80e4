"""Addresses as people write them: inet_aton(3), inet_pton(3), ether_aton(3)."""

from __future__ import annotations

import ipaddress
import re

_PART = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_OCTET = r"[0-9a-fA-F]{1,2}"
_MAC = re.compile(rf"{_OCTET}(?::{_OCTET}){{5}}")


def inet_aton(text: str) -> bytes | None:
    """An IPv4 address of one to four numbers, decimal, octal or hexadecimal, the last one filling what is left."""
    parts = text.split(".")
    if len(parts) > 4 or not all(map(_PART.fullmatch, parts)):
        return None
    numbers = []
    for part in parts:
        base = 16 if part[:2] in ("0x", "0X") else 8 if part.startswith("0") else 10
        if base == 8 and not set(part) <= set("01234567"):
            return None
        numbers.append(int(part[2:] or "0", 16) if base == 16 else int(part, base))
    *heads, last = numbers
    length = 4 - len(heads)
    if any(head > 255 for head in heads) or last >= 1 << 8 * length:
        return None
    return bytes(heads) + last.to_bytes(length, "big")


def inet_pton(text: str) -> bytes | None:
    """An IPv4 address of four decimal numbers."""
    try:
        return ipaddress.IPv4Address(text).packed
    except ValueError:
        return None


def inet_ntoa(address: bytes) -> str:
    """Dotted decimal."""
    return ".".join(map(str, address))


def inet_pton6(text: str) -> tuple[bytes, str] | None:
    """An IPv6 address, and the name or number behind a % ("" if there is none)."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return address.packed, address.scope_id or ""


def is_ipv6(text: str) -> bool:
    """Whether the text is an IPv6 address, with or without a scope."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def ether_aton(text: str) -> bytes | None:
    """A MAC address of six hexadecimal numbers between colons."""
    if not _MAC.fullmatch(text):
        return None
    return bytes(int(part, 16) for part in text.split(":"))
