"""Kinds of IPv6 addresses (include/net/ipv6.h, net/ipv6/addrconf_core.c); addresses are 16 bytes in network order."""

from __future__ import annotations

from ipaddress import IPv6Address

IN6ADDR_ANY = bytes(16)
IN6ADDR_LOOPBACK = bytes(15) + b"\x01"
IN6ADDR_LINKLOCAL_ALLNODES = b"\xff\x02" + bytes(13) + b"\x01"
IN6ADDR_LINKLOCAL_ALLROUTERS = b"\xff\x02" + bytes(13) + b"\x02"
IN6ADDR_INTERFACELOCAL_ALLNODES = b"\xff\x01" + bytes(13) + b"\x01"
IN6ADDR_INTERFACELOCAL_ALLROUTERS = b"\xff\x01" + bytes(13) + b"\x02"
IN6ADDR_SITELOCAL_ALLROUTERS = b"\xff\x05" + bytes(13) + b"\x02"
MLD2_ALL_MCR = b"\xff\x02" + bytes(13) + b"\x16"
"""ff02::16, where MLDv2 reports go."""

IPV6_ADDR_ANY = 0x0000
IPV6_ADDR_UNICAST = 0x0001
IPV6_ADDR_MULTICAST = 0x0002
IPV6_ADDR_LOOPBACK = 0x0010
IPV6_ADDR_LINKLOCAL = 0x0020
IPV6_ADDR_SITELOCAL = 0x0040
IPV6_ADDR_COMPATV4 = 0x0080
IPV6_ADDR_MAPPED = 0x1000

SCOPE_NODELOCAL = 0x01
SCOPE_LINKLOCAL = 0x02
SCOPE_SITELOCAL = 0x05
SCOPE_GLOBAL = 0x0E

_MAPPED = bytes(10) + b"\xff\xff"
_SOLICITED = b"\xff\x02" + bytes(9) + b"\x01\xff"
_ALL_ONES = (1 << 128) - 1


def ipv6_addr_type(addr: bytes) -> int:
    """ipv6_addr_type: IPV6_ADDR_* flags."""
    return _type_and_scope(addr)[0]


def ipv6_addr_scope(addr: bytes) -> int:
    """ipv6_addr_src_scope: SCOPE_*, from nearest to farthest; multicast addresses carry theirs."""
    return _type_and_scope(addr)[1]


def _type_and_scope(addr: bytes) -> tuple[int, int]:
    """__ipv6_addr_type."""
    first = addr[0]
    if first & 0xE0 not in (0, 0xE0):
        return IPV6_ADDR_UNICAST, SCOPE_GLOBAL
    if first == 0xFF:
        return IPV6_ADDR_MULTICAST | _MULTICAST_KINDS.get(addr[1] & 0xF, 0), addr[1] & 0xF
    if first == 0xFE and addr[1] & 0xC0 == 0x80:
        return IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST, SCOPE_LINKLOCAL
    if first == 0xFE and addr[1] & 0xC0 == 0xC0:
        return IPV6_ADDR_SITELOCAL | IPV6_ADDR_UNICAST, SCOPE_SITELOCAL
    if addr[:8] == bytes(8):
        if addr == IN6ADDR_ANY:
            return IPV6_ADDR_ANY, -1
        if addr == IN6ADDR_LOOPBACK:
            return IPV6_ADDR_LOOPBACK | IPV6_ADDR_UNICAST, SCOPE_LINKLOCAL
        if addr[8:12] == bytes(4):
            return IPV6_ADDR_COMPATV4 | IPV6_ADDR_UNICAST, SCOPE_GLOBAL
        if addr[:12] == _MAPPED:
            return IPV6_ADDR_MAPPED, SCOPE_GLOBAL
    return IPV6_ADDR_UNICAST, SCOPE_GLOBAL


_MULTICAST_KINDS = {
    SCOPE_NODELOCAL: IPV6_ADDR_LOOPBACK,
    SCOPE_LINKLOCAL: IPV6_ADDR_LINKLOCAL,
    SCOPE_SITELOCAL: IPV6_ADDR_SITELOCAL,
}


def ipv6_addr_is_multicast(addr: bytes) -> bool:
    """ff00::/8."""
    return addr[0] == 0xFF


def ipv6_addr_is_linklocal(addr: bytes) -> bool:
    """fe80::/10, unicast."""
    return addr[0] == 0xFE and addr[1] & 0xC0 == 0x80


def ipv6_addr_needs_scope_id(addr: bytes) -> bool:
    """__ipv6_addr_needs_scope_id: the address means something on one link only."""
    return ipv6_addr_is_linklocal(addr) or (addr[0] == 0xFF and addr[1] & 0xF in (SCOPE_NODELOCAL, SCOPE_LINKLOCAL))


def rt6_need_strict(addr: bytes) -> bool:
    """rt6_need_strict (net/ipv6/route.c): the look-up must not leave the interface that was named."""
    return bool(ipv6_addr_type(addr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL | IPV6_ADDR_LOOPBACK))


def addrconf_addr_solict_mult(addr: bytes) -> bytes:
    """addrconf_addr_solict_mult: the group in which whoever has ``addr`` is asked for it."""
    return _SOLICITED + addr[13:]


def is_solicited_node(addr: bytes) -> bool:
    """ipv6_addr_is_solict_mult: such a group."""
    return addr[:13] == _SOLICITED


def ipv6_eth_mc_map(addr: bytes) -> bytes:
    """ipv6_eth_mc_map: the Ethernet group that an IPv6 group is sent to (RFC 2464 7)."""
    return b"\x33\x33" + addr[12:]


def addrconf_ifid_eui48(mac: bytes) -> bytes:
    """addrconf_ifid_eui48: the interface identifier of an Ethernet address (RFC 4291, appendix A)."""
    return bytes((mac[0] ^ 2,)) + mac[1:3] + b"\xff\xfe" + mac[3:]


def number(addr: bytes) -> int:
    """The address as a number."""
    return int.from_bytes(addr, "big")


def ipv6_mask(prefixlen: int) -> int:
    """The netmask as a number."""
    return _ALL_ONES << (128 - prefixlen) & _ALL_ONES


def ipv6_addr_prefix(addr: bytes, prefixlen: int) -> bytes:
    """ipv6_addr_prefix: the first ``prefixlen`` bits, the rest zero."""
    return (number(addr) & ipv6_mask(prefixlen)).to_bytes(16, "big")


def ipv6_addr_diff(a: bytes, b: bytes) -> int:
    """ipv6_addr_diff: how many leading bits two addresses share."""
    return 128 - (number(a) ^ number(b)).bit_length()


def printed(addr: bytes) -> str:
    """As people write it (%pI6c)."""
    return str(IPv6Address(addr))
