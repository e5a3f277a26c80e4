"""Names of numbers (lib/rt_names.c with the files of /etc/iproute2 as Debian ships them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.userland.iproute2.arguments import get_unsigned, lookup

_UINT32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Names:
    """One table: a number is written by its name where it has one, and read by name or as a number up to ``limit``."""

    names: Mapping[int, str]
    limit: int
    hexadecimal: bool = False

    def n2a(self, number: int) -> str:
        """The name, or the number."""
        return self.names.get(number) or (f"0x{number:02x}" if self.hexadecimal else str(number))

    def a2n(self, text: str) -> int | None:
        """The number, None for neither a name nor a number."""
        for number, name in self.names.items():
            if name == text:
                return number
        return int(text, 16) if self.hexadecimal and _is_hex(text) else get_unsigned(text, self.limit)


def _is_hex(text: str) -> bool:
    digits = text.removeprefix("0x").removeprefix("0X")
    return 0 < len(digits) <= 2 and all(digit in "0123456789abcdefABCDEF" for digit in digits)


RTPROT = Names(
    {
        0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt", 11: "zebra",
        12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel", 99: "openr",
        186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
    },
    255,
)  # fmt: skip
RTSCOPE = Names({0: "global", 255: "nowhere", 254: "host", 253: "link", 200: "site"}, 255)
RTTABLE = Names({255: "local", 254: "main", 253: "default", 0: "unspec"}, _UINT32)
DSFIELD = Names(
    {
        0x00: "default", 0x20: "CS1", 0x28: "AF11", 0x30: "AF12", 0x38: "AF13", 0x40: "CS2", 0x48: "AF21",
        0x50: "AF22", 0x58: "AF23", 0x60: "CS3", 0x68: "AF31", 0x70: "AF32", 0x78: "AF33", 0x80: "CS4", 0x88: "AF41",
        0x90: "AF42", 0x98: "AF43", 0xA0: "CS5", 0xB8: "EF", 0xC0: "CS6", 0xE0: "CS7",
    },
    255,
    hexadecimal=True,
)  # fmt: skip
GROUP = Names({0: "default"}, 0x7FFFFFFF)

RTNTYPE = Names(
    {
        0: "none", 1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast", 6: "blackhole",
        7: "unreachable", 8: "prohibit", 9: "throw", 10: "nat", 11: "xresolve",
    },
    255,
)  # fmt: skip

_RTNTYPE_KEYWORDS = {
    "local": 2, "nat": 10, "broadcast*": 3, "brd": 3, "anycast*": 4, "multicast*": 5, "prohibit*": 8,
    "unreachable*": 7, "blackhole*": 6, "xresolve*": 11, "unicast*": 1, "throw": 9,
}  # fmt: skip

IPPROTO = Names(
    {1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 33: "dccp", 47: "gre", 50: "esp", 51: "ah",
     58: "ipv6-icmp", 89: "ospf", 132: "sctp", 136: "udplite"},
    255,
)  # fmt: skip
"""The common rows of /etc/protocols."""


def rtnl_rtntype_a2n(text: str) -> int | None:
    """A type of route by name, most of which may be abbreviated, or by number (ip/rtm_map.c)."""
    number = lookup(_RTNTYPE_KEYWORDS, text)
    return get_unsigned(text, 255) if number is None else number
