"""mausezahn's little languages: argument strings ("sp=1, dp=2"), bytes in hexadecimal, addresses and ranges.

They are as lenient as the real ones (tools.c, hextools.c), so that a lab sends the same bytes: a number ends at the
first character that is none, and what cannot be read counts as zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.userland.inet import inet_aton

_DELIMITERS = re.compile(r"[-:., ]+")
_DECIMAL = re.compile(r"\s*([+-]?)(\d+)")
_HEXADECIMAL = re.compile(r"\s*([+-]?)(?:0[xX])?([0-9a-fA-F]+)")
_ANY_BASE = re.compile(r"\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)")


class Arguments:
    """An argument string. A name that is given twice counts as not given at all (getarg() == 1)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._values: dict[str, list[str]] = {}
        for token in filter(None, text.split(",")):
            words = re.split("[ =]+", token.strip(" ="), maxsplit=2)
            if not words[0]:
                break
            self._values.setdefault(words[0].lower(), []).append(words[1] if len(words) > 1 else "")

    def __contains__(self, name: str) -> bool:
        return len(self._values.get(name, ())) == 1

    def value(self, *names: str) -> str | None:
        """The value of the first of these names that is given, "" if it has none; None if none is given."""
        return next((self._values[name][0] for name in names if name in self), None)

    def number(self, name: str, bits: int, default: int) -> int:
        """A decimal number, cut to so many bits."""
        text = self.value(name)
        return default if text is None else decimal(text) & ((1 << bits) - 1)

    def payload(self) -> bytes:
        """The bytes of payload= or p=."""
        return hexadecimal_bytes(self.value("payload", "p") or "") or b""


def decimal(text: str) -> int:
    """strtoul(3) with base 10 (str2int)."""
    match = _DECIMAL.match(text)
    return 0 if match is None else int(match[1] + match[2])


def hexadecimal(text: str) -> int:
    """strtol(3) with base 16."""
    match = _HEXADECIMAL.match(text)
    return 0 if match is None else int(match[1] + match[2], 16)


def hexadecimal_bytes(text: str, limit: int = 8192) -> bytes | None:
    """str2hex: numbers up to ff between any of "-:., "; None if one is greater."""
    numbers = [hexadecimal(word) for word in _DELIMITERS.split(text) if word][:limit]
    if any(number > 0xFF for number in numbers):
        return None
    return bytes(number & 0xFF for number in numbers)


def mac(text: str, default: bytes) -> bytes:
    """str2hex_mac: six numbers, those that are missing from ``default``."""
    words = [word for word in _DELIMITERS.split(text) if word][:6]
    octets = [hexadecimal(word) for word in words]
    good = next((at for at, octet in enumerate(octets) if octet > 0xFF), len(octets))
    return bytes(octet & 0xFF for octet in octets[:good]) + default[good:]


def address(text: str) -> int:
    """str2ip32: four numbers of any base between dots, 0 if they are none or too large."""
    parts = [_ANY_BASE.fullmatch(part) for part in text.split(".")[:4]]
    numbers = [int(part[0], 0) if part[0].strip() != "0" else 0 for part in parts if part is not None]
    if len(numbers) < 4 or any(not 0 <= number <= 255 for number in numbers):
        return 0
    return int.from_bytes(bytes(numbers), "big")


@dataclass(frozen=True, slots=True)
class Range:
    """Values that are gone through: ``first`` on the first round, ``start`` on the later ones, up to ``stop``."""

    first: int
    start: int
    stop: int

    @classmethod
    def single(cls, value: int) -> Range:
        """No range at all."""
        return cls(value, value, value)


def address_range(text: str) -> Range | None:
    """get_ip_range_dst: START-STOP, or a network whose first address is left out; else inet_aton. None: no address."""
    if 9 <= len(text) <= 31:
        start, dash, stop = text.partition("-")
        if dash:
            low, high = address(start), address(stop)
            return Range(low, low, high) if low < high else Range.single(low)
        network, slash, length = text.partition("/")
        if slash:
            rest = (1 << max(32 - decimal(length), 0)) - 1
            base = address(network)
            start_at = (base & ~rest) + 1
            return Range(base | 1, start_at, start_at | rest)
    packed = inet_aton(text)
    return None if packed is None else Range.single(int.from_bytes(packed, "big"))


def port_range(text: str) -> Range:
    """get_port_range: one port, or LOW-HIGH; 65535 ends a range and is not sent. ValueError: a port is too large."""
    low, dash, high = text.partition("-")
    if not dash:
        port = decimal(low)
        return Range.single(port if 0 <= port <= 0xFFFF else 0)
    ports = sorted((decimal(low), decimal(high)))
    if not 0 <= ports[0] <= ports[1] <= 0xFFFF:
        raise ValueError(text)
    return Range(ports[0], ports[0], min(ports[1], 0xFFFE) if ports[0] < ports[1] else ports[1])


_FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "cwr": 128}


def tcp_flags(text: str) -> int:
    """get_tcp_flags: names between any of "|+-"; without any, SYN."""
    if not text:
        return _FLAGS["syn"]
    return sum({_FLAGS.get(word[:3], 0) for word in re.split(r"[|+-]+", text)})
