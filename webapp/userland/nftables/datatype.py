"""nft's data types (nftables src/datatype.c and the types beside their keys in meta.c, ct.c, proto.c, fib.c, rt.c).

A constant is a Python int; its byte order says how it lies in a register. Strings are ints too, of the bytes in host
order (little endian here), so that every constant is compared, masked and exported alike. ``parse`` turns a word that
a person typed into a constant, ``format`` turns it back; both follow ``basetype`` upwards until a type knows how.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Protocol

from msgspec import Struct, field

from webapp.userland.nftables import times
from webapp.userland.nftables.erec import DatatypeError
from webapp.userland.nftables.netdb import PROTOCOLS, SERVICES
from webapp.userland.nftables.symbols import (
    ADDRTYPES,
    ARP_OPERATIONS,
    ARPHRD,
    CT_DIRECTIONS,
    CT_EVENTS,
    CT_STATES,
    CT_STATUS,
    DAYS,
    DCCP_PACKET_TYPES,
    DSCP,
    ECN,
    ETHERTYPES,
    ICMP_CODES,
    ICMP_TYPES,
    ICMPV6_CODES,
    ICMPV6_TYPES,
    ICMPX_CODES,
    IGMP_TYPES,
    MH_TYPES,
    MPTCP_SUBTYPES,
    NFPROTO,
    PACKET_TYPES,
    TCP_FLAGS,
)

BITS_PER_BYTE = 8
IFNAMSIZ = 16


class Byteorder(Enum):
    """How a constant is laid out; INVALID: not yet known, or without meaning (one byte)."""

    INVALID = 0
    HOST = 1
    BIG = 2


class Names(Protocol):
    """What the machine knows about names: its interfaces."""

    def ifindex(self, name: str) -> int | None: ...

    def ifname(self, ifindex: int) -> str | None: ...


class NoNames:
    """No interface is known."""

    def ifindex(self, name: str) -> int | None:
        return None

    def ifname(self, ifindex: int) -> str | None:
        return None


class Output(Struct, frozen=True):
    """nft's output flags (nft(8): -n, -y, -p, -S, -u, -T, -s, -a, -t) and the names that printing may use."""

    numeric_symbol: bool = False
    numeric_protocol: bool = False
    numeric_priority: bool = False
    service: bool = False
    guid: bool = False
    seconds: bool = False
    stateless: bool = False
    handle: bool = False
    terse: bool = False
    names: Names = field(default_factory=NoNames)


class Parsed(Struct, frozen=True):
    """A constant: its type, byte order, length in bits and value."""

    dtype: DataType
    byteorder: Byteorder
    len: int
    value: int


Parse = Callable[["DataType", str, Names], Parsed]
Format = Callable[["DataType", int, int, Output], str]


class DataType(Struct, frozen=True, eq=False):
    """struct datatype. ``size`` is in bits; ``type`` is the number that a set's key type carries to the kernel;
    ``subtypes`` are the fields of a concatenation. ``integer_format`` prints a constant without symbol.
    """

    type: int
    name: str
    desc: str
    size: int = 0
    byteorder: Byteorder = Byteorder.INVALID
    basetype: DataType | None = None
    symbols: Mapping[str, int] | None = None
    quoted: bool = False
    integer_format: str = ""
    parse: Parse | None = None
    format: Format | None = None
    subtypes: tuple[DataType, ...] = ()
    is_typeof: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def root(self) -> DataType:
        """The basetype at the end: integer, string, or the type itself."""
        dtype = self
        while dtype.basetype is not None:
            dtype = dtype.basetype
        return dtype

    def derives(self, base: DataType) -> bool:
        """Whether ``base`` is among the basetypes."""
        dtype = self.basetype
        while dtype is not None:
            if dtype is base:
                return True
            dtype = dtype.basetype
        return False


# --- from words ---------------------------------------------------------------------------------------------------


def parse_symbol(dtype: DataType, word: str, names: Names) -> Parsed:
    """The constant that a word means for a type (symbol_parse). Raises DatatypeError."""
    at: DataType | None = dtype
    while at is not None:
        if at.parse is not None:
            return at.parse(dtype, word, names)
        if at.symbols is not None:
            return _parse_symbolic(dtype, at.symbols, word, names)
        at = at.basetype
    raise DatatypeError(f"Can't parse symbolic {dtype.desc} expressions")


def _parse_symbolic(dtype: DataType, symbols: Mapping[str, int], word: str, names: Names) -> Parsed:
    if word in symbols:
        return Parsed(dtype, dtype.byteorder, dtype.size, symbols[word])
    at = dtype.basetype
    while at is not None and at.parse is None:
        at = at.basetype
    if at is None or at.parse is None:
        raise DatatypeError(f"Could not parse {dtype.desc}")
    return at.parse(dtype, word, names)


_NUMBER = re.compile(r"[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)\Z")


def number(word: str) -> int | None:
    """A C number with any of its bases (strtol(3) with base 0), or None."""
    if not _NUMBER.match(word):
        return None
    digits = word.lstrip("+-")
    if digits[:2] in ("0x", "0X"):
        value = int(digits, 16)
    elif digits.startswith("0"):
        value = int(digits, 8)
    else:
        value = int(digits)
    return -value if word.startswith("-") else value


def _parse_integer(dtype: DataType, word: str, names: Names) -> Parsed:
    value = number(word)
    if value is None:
        raise DatatypeError(f"Could not parse {dtype.desc}")
    return Parsed(dtype, Byteorder.HOST, 1, value)


def _parse_boolean(dtype: DataType, word: str, names: Names) -> Parsed:
    named = {"exists": 1, "missing": 0}.get(word)
    value = number(word) if named is None else named
    if value is None:
        raise DatatypeError(f"Could not parse {dtype.desc}")
    return Parsed(BOOLEAN, Byteorder.HOST, 1, int(value != 0))


def string_value(text: str) -> int:
    """A string as a constant: its bytes in host order."""
    return int.from_bytes(text.encode(), "little")


def string_text(value: int) -> str:
    """The string of a constant, up to its first zero byte."""
    data = value.to_bytes((value.bit_length() + 7) // 8, "little")
    return data.split(b"\0", 1)[0].decode(errors="replace")


def _parse_string(dtype: DataType, word: str, names: Names) -> Parsed:
    return Parsed(STRING, Byteorder.HOST, (len(word.encode()) + 1) * BITS_PER_BYTE, string_value(word))


def _parse_lladdr(dtype: DataType, word: str, names: Names) -> Parsed:
    parts = re.split(r"[^0-9a-fA-F]", word)
    if not all(parts) or any(int(part, 16) > 0xFF for part in parts):
        raise DatatypeError("Invalid LL address")
    data = bytes(int(part, 16) for part in parts)
    return Parsed(dtype, Byteorder.BIG, len(data) * BITS_PER_BYTE, int.from_bytes(data))


def _parse_ipaddr(dtype: DataType, word: str, names: Names) -> Parsed:
    if "." not in word and (value := number(word)) is not None and 0 <= value < 1 << 32:
        return Parsed(IPADDR, Byteorder.BIG, 32, value)
    try:
        return Parsed(IPADDR, Byteorder.BIG, 32, int(ipaddress.IPv4Address(word)))
    except ValueError:
        raise DatatypeError(_unresolved(word, 6 if ":" in word else 4)) from None


def _parse_ip6addr(dtype: DataType, word: str, names: Names) -> Parsed:
    try:
        return Parsed(IP6ADDR, Byteorder.BIG, 128, int(ipaddress.IPv6Address(word)))
    except ValueError:
        raise DatatypeError(_unresolved(word, 4 if re.fullmatch(r"[\d.]+", word) else 6)) from None


def _unresolved(word: str, looks: int) -> str:
    """What getaddrinfo(3) answers: an address of the other family, or a name that nobody serves here."""
    if _is_address(word):
        reason = "Address family for hostname not supported"
    elif re.fullmatch(r"[\d.]+", word):
        reason = "Name or service not known"
    else:
        reason = "Temporary failure in name resolution"
    return f"Could not resolve hostname: {reason}"


def _is_address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


def _parse_inet_protocol(dtype: DataType, word: str, names: Names) -> Parsed:
    value = number(word)
    if value is None:
        if word not in PROTOCOLS:
            raise DatatypeError("Could not resolve protocol name")
        value = PROTOCOLS[word]
    if not 0 <= value <= 0xFF:
        raise DatatypeError("Protocol out of range")
    return Parsed(INET_PROTOCOL, Byteorder.HOST, 8, value)


def _parse_inet_service(dtype: DataType, word: str, names: Names) -> Parsed:
    value = number(word)
    if value is None:
        if word not in SERVICES:
            raise DatatypeError("Could not resolve service: Servname not supported for ai_socktype")
        value = SERVICES[word]
    if not 0 <= value <= 0xFFFF:
        raise DatatypeError("Service out of range")
    return Parsed(INET_SERVICE, Byteorder.BIG, 16, value)


def _parse_ifindex(dtype: DataType, word: str, names: Names) -> Parsed:
    index = names.ifindex(word)
    if index is None:
        if not re.fullmatch(r"\d+", word) or int(word) > 0x7FFFFFFF:
            raise DatatypeError("Interface does not exist")
        index = int(word)
    return Parsed(dtype, Byteorder.HOST, 32, index)


def _parse_classid(dtype: DataType, word: str, names: Names) -> Parsed:
    if word in CLASSIDS:
        value = CLASSIDS[word]
    elif match := re.fullmatch(r"([0-9a-fA-F]+):([0-9a-fA-F]+)", word):
        value = (int(match[1], 16) << 16 | int(match[2], 16)) & 0xFFFFFFFF
    else:
        value = number(word) or 0
    return Parsed(dtype, Byteorder.HOST, 32, value)


CLASSIDS = {"root": 0xFFFFFFFF, "none": 0}

USERS = {"root": 0, "daemon": 1, "bin": 2}
"""passwd(5) and group(5) of the modelled machine."""


def _parse_uid(dtype: DataType, word: str, names: Names) -> Parsed:
    value = USERS.get(word)
    if value is None:
        if not word.isdecimal():
            raise DatatypeError("User does not exist" if dtype is UID else "Group does not exist")
        value = int(word)
        if value > 0xFFFFFFFF:
            raise DatatypeError("Value too large")
    return Parsed(dtype, Byteorder.HOST, 32, value)


def _parse_time(dtype: DataType, word: str, names: Names) -> Parsed:
    value = times.parse_time(word)
    if value > 0xFFFFFFFF:
        raise DatatypeError("value too large")
    return Parsed(TIME, Byteorder.HOST, 32, value)


def _parse_date(dtype: DataType, word: str, names: Names) -> Parsed:
    return Parsed(dtype, Byteorder.HOST, 64, times.parse_date(word))


def _parse_hour(dtype: DataType, word: str, names: Names) -> Parsed:
    return Parsed(dtype, Byteorder.HOST, 32, times.parse_hour(word))


def _parse_ct_label(dtype: DataType, word: str, names: Names) -> Parsed:
    bit = number(word)
    if bit is None or bit < 0:
        raise DatatypeError(f'/etc/connlabel.conf: could not parse {dtype.desc} "{word}"')
    if bit >= dtype.size:
        raise DatatypeError(f"{word}: bit {bit} out of range ({dtype.size} max)")
    return Parsed(dtype, Byteorder.HOST, dtype.size, 1 << bit)


def _parse_concat(dtype: DataType, word: str, names: Names) -> Parsed:
    raise DatatypeError(f"invalid data type, expected {dtype.desc}")


def _parse_cgroupv2(dtype: DataType, word: str, names: Names) -> Parsed:
    raise DatatypeError("cgroupv2 path fails: No such file or directory")


# --- to words -----------------------------------------------------------------------------------------------------


def format_value(dtype: DataType, value: int, length: int, output: Output) -> str:
    """The text of a constant of ``length`` bits (datatype_print)."""
    at: DataType | None = dtype
    while at is not None:
        if at.format is not None:
            return at.format(dtype, value, length, output)
        if at.symbols is not None:
            return _format_symbolic(dtype, at, value, output)
        at = at.basetype
    return f"0x{value:x} [invalid type]"


def _format_symbolic(dtype: DataType, table: DataType, value: int, output: Output) -> str:
    assert table.symbols is not None
    if not output.numeric_symbol:
        for name, number in table.symbols.items():
            if number == value:
                return f'"{name}"' if table.quoted else name
    return format_integer(dtype, value)


def format_integer(dtype: DataType, value: int) -> str:
    """The constant as the type writes numbers: decimal unless it or a basetype says otherwise."""
    at: DataType | None = dtype
    while at is not None:
        if at.integer_format:
            return at.integer_format.format(value)
        at = at.basetype
    return str(value)


def _format_integer(dtype: DataType, value: int, length: int, output: Output) -> str:
    return format_integer(dtype, value)


def _format_string(dtype: DataType, value: int, length: int, output: Output) -> str:
    return f'"{string_text(value)}"'


def _format_lladdr(dtype: DataType, value: int, length: int, output: Output) -> str:
    return value.to_bytes(-(-length // 8)).hex(":")


def _format_ipaddr(dtype: DataType, value: int, length: int, output: Output) -> str:
    return str(ipaddress.IPv4Address(value))


def _format_ip6addr(dtype: DataType, value: int, length: int, output: Output) -> str:
    address = ipaddress.IPv6Address(value)
    low = value & 0xFFFFFFFF
    # inet_ntop(3) of glibc writes v4-mapped and v4-compatible addresses with dots.
    if value >> 32 == 0xFFFF:
        return f"::ffff:{ipaddress.IPv4Address(low)}"
    if value >> 32 == 0 and low > 0xFFFF:
        return f"::{ipaddress.IPv4Address(low)}"
    return str(address)


_PROTOCOL_NAMES = {number: name for name, number in reversed(PROTOCOLS.items())}
_SERVICE_NAMES = {number: name for name, number in reversed(SERVICES.items())}


def _format_inet_protocol(dtype: DataType, value: int, length: int, output: Output) -> str:
    if output.numeric_protocol:
        return str(value)
    return _PROTOCOL_NAMES.get(value, str(value))


def _format_inet_service(dtype: DataType, value: int, length: int, output: Output) -> str:
    name = _SERVICE_NAMES.get(value) if output.service else None
    return str(value) if name is None else f'"{name}"'


def _format_ifindex(dtype: DataType, value: int, length: int, output: Output) -> str:
    name = output.names.ifname(value)
    return str(value) if name is None else f'"{name}"'


def _format_classid(dtype: DataType, value: int, length: int, output: Output) -> str:
    for name, number in CLASSIDS.items():
        if number == value:
            return name
    return f"{value >> 16:x}:{value & 0xFFFF:x}"


def _format_uid(dtype: DataType, value: int, length: int, output: Output) -> str:
    if output.guid:
        for name, number in USERS.items():
            if number == value:
                return f'"{name}"'
    return str(value)


def _format_time(dtype: DataType, value: int, length: int, output: Output) -> str:
    return times.format_time(value, seconds=output.seconds)


def _format_date(dtype: DataType, value: int, length: int, output: Output) -> str:
    return times.format_date(value)


def _format_hour(dtype: DataType, value: int, length: int, output: Output) -> str:
    return times.format_hour(value)


def _format_ct_label(dtype: DataType, value: int, length: int, output: Output) -> str:
    return str((value & -value).bit_length() - 1)


_VERDICTS = {
    -1: "continue",
    -2: "break",
    -3: "jump",
    -4: "goto",
    -5: "return",
    0: "drop",
    1: "accept",
    2: "stolen",
    3: "queue",
}


def format_verdict(verdict: int, chain: str) -> str:
    """A verdict by its code (negative: nf_tables' own), with the chain of jump and goto."""
    code = verdict if verdict < 0 else verdict & 0xFF
    name = _VERDICTS.get(code, f"unknown verdict value {verdict}")
    return f"{name} {chain}" if code in (-3, -4) else name


# --- the types ----------------------------------------------------------------------------------------------------

_INVALID, _HOST, _BIG = Byteorder.INVALID, Byteorder.HOST, Byteorder.BIG

INVALID = DataType(0, "invalid", "invalid")
VERDICT = DataType(1, "verdict", "netfilter verdict")
INTEGER = DataType(4, "integer", "integer", parse=_parse_integer, format=_format_integer)
BITMASK = DataType(3, "bitmask", "bitmask", basetype=INTEGER, integer_format="0x{:x}")
STRING = DataType(5, "string", "string", byteorder=_HOST, parse=_parse_string, format=_format_string)


def _integer(
    type_: int,
    name: str,
    desc: str,
    size: int,
    byteorder: Byteorder = _INVALID,
    symbols: Mapping[str, int] | None = None,
    **more: object,
) -> DataType:
    more.setdefault("basetype", INTEGER)
    return DataType(type_, name, desc, size, byteorder, symbols=symbols, **more)  # type: ignore[arg-type]


XINTEGER = _integer(4, "integer", "integer", 0, integer_format="0x{:x}", parse=_parse_integer)
"""An integer that prints in hexadecimal: raw payload."""
MPTCP_SUBTYPE = _integer(4, "integer", "integer", 4, symbols=MPTCP_SUBTYPES, is_typeof=True)
QUEUE = _integer(4, "queue", "queue", 16, is_typeof=True)

INTEGERS = (INTEGER, XINTEGER, MPTCP_SUBTYPE, QUEUE)
"""The types that share a number."""

NF_PROTO = _integer(2, "nf_proto", "netfilter protocol", 8, symbols=NFPROTO)
LLADDR = _integer(6, "ll_addr", "link layer address", 0, _BIG, parse=_parse_lladdr, format=_format_lladdr)
IPADDR = _integer(7, "ipv4_addr", "IPv4 address", 32, _BIG, parse=_parse_ipaddr, format=_format_ipaddr)
IP6ADDR = _integer(8, "ipv6_addr", "IPv6 address", 128, _BIG, parse=_parse_ip6addr, format=_format_ip6addr)
ETHERADDR = _integer(9, "ether_addr", "Ethernet address", 48, _BIG, basetype=LLADDR)
ETHERTYPE = _integer(10, "ether_type", "Ethernet protocol", 16, _BIG, ETHERTYPES, integer_format="0x{:04x}")
ARPOP = _integer(11, "arp_op", "ARP operation", 16, _BIG, ARP_OPERATIONS)
INET_PROTOCOL = _integer(
    12, "inet_proto", "Internet protocol", 8, parse=_parse_inet_protocol, format=_format_inet_protocol
)
INET_SERVICE = _integer(
    13, "inet_service", "internet network service", 16, _BIG, parse=_parse_inet_service, format=_format_inet_service
)
ICMP_TYPE = _integer(14, "icmp_type", "ICMP type", 8, _BIG, ICMP_TYPES)
TCP_FLAG = _integer(15, "tcp_flag", "TCP flag", 8, _BIG, TCP_FLAGS, basetype=BITMASK)
DCCP_PKTTYPE = _integer(16, "dccp_pkttype", "DCCP packet type", 4, symbols=DCCP_PACKET_TYPES)
MH_TYPE = _integer(17, "mh_type", "Mobility Header Type", 8, _BIG, MH_TYPES)
TIME = _integer(18, "time", "relative time", 32, _HOST, parse=_parse_time, format=_format_time)
MARK = _integer(19, "mark", "packet mark", 32, _HOST, {}, integer_format="0x{:08x}", quoted=True)
IFINDEX = _integer(
    20, "iface_index", "network interface index", 32, _HOST, parse=_parse_ifindex, format=_format_ifindex
)
ARPHRD_TYPE = _integer(21, "iface_type", "network interface type", 16, _HOST, ARPHRD)
REALM = _integer(22, "realm", "routing realm", 32, _HOST, {"cosmos": 0}, quoted=True)
CLASSID = _integer(23, "classid", "TC classid", 32, _HOST, parse=_parse_classid, format=_format_classid)
UID = _integer(24, "uid", "user ID", 32, _HOST, parse=_parse_uid, format=_format_uid)
GID = _integer(25, "gid", "group ID", 32, _HOST, parse=_parse_uid, format=_format_uid)
CT_STATE = _integer(26, "ct_state", "conntrack state", 32, _HOST, CT_STATES, basetype=BITMASK)
CT_DIR = _integer(27, "ct_dir", "conntrack direction", 8, symbols=CT_DIRECTIONS)
CT_STATUS_TYPE = _integer(28, "ct_status", "conntrack status", 32, _HOST, CT_STATUS, basetype=BITMASK)
ICMP6_TYPE = _integer(29, "icmpv6_type", "ICMPv6 type", 8, _BIG, ICMPV6_TYPES)
CT_LABEL = _integer(
    30, "ct_label", "conntrack label", 128, _HOST, basetype=BITMASK, parse=_parse_ct_label, format=_format_ct_label
)
PKTTYPE = _integer(31, "pkt_type", "packet type", 8, _HOST, PACKET_TYPES)
ICMP_CODE = _integer(32, "icmp_code", "icmp code", 8, _BIG, ICMP_CODES)
ICMPV6_CODE = _integer(33, "icmpv6_code", "icmpv6 code", 8, _BIG, ICMPV6_CODES)
ICMPX_CODE = _integer(34, "icmpx_code", "icmpx code", 8, _BIG, ICMPX_CODES)
DEVGROUP = _integer(35, "devgroup", "devgroup name", 32, _HOST, {"default": 0}, quoted=True)
DSCP_TYPE = _integer(36, "dscp", "Differentiated Services Code Point", 6, _BIG, DSCP, integer_format="0x{:02x}")
ECN_TYPE = _integer(37, "ecn", "Explicit Congestion Notification", 2, _BIG, ECN, integer_format="0x{:x}")
FIB_ADDR = _integer(38, "fib_addrtype", "fib address type", 32, _HOST, ADDRTYPES)
BOOLEAN = _integer(39, "boolean", "boolean type", 1, _HOST, {"exists": 1, "missing": 0}, parse=_parse_boolean)
CT_EVENT = _integer(40, "ct_event", "conntrack event bits", 32, _HOST, CT_EVENTS, basetype=BITMASK)
IFNAME = DataType(41, "ifname", "network interface name", IFNAMSIZ * BITS_PER_BYTE, _HOST, STRING)
IGMP_TYPE = _integer(42, "igmp_type", "IGMP type", 8, _BIG, IGMP_TYPES)
DATE = _integer(43, "time", "Relative time of packet reception", 64, _HOST, parse=_parse_date, format=_format_date)
HOUR = _integer(44, "hour", "Hour of day of packet reception", 32, _HOST, parse=_parse_hour, format=_format_hour)
DAY = _integer(45, "day", "Day of week of packet reception", 8, _HOST, DAYS, quoted=True)
CGROUPV2 = _integer(46, "cgroupsv2", "cgroupsv2 path", 64, _HOST, parse=_parse_cgroupv2, format=_format_integer)

REJECT_ICMP_CODE = _integer(0, "icmp_code", "icmp code", 8, _BIG, ICMP_CODES)
REJECT_ICMPV6_CODE = _integer(0, "icmpv6_code", "icmpv6 code", 8, _BIG, ICMPV6_CODES)
REJECT_ICMPX_CODE = _integer(0, "icmpx_code", "icmpx code", 8, _BIG, ICMPX_CODES)

_TYPES = (
    INVALID, VERDICT, NF_PROTO, BITMASK, INTEGER, STRING, LLADDR, IPADDR, IP6ADDR, ETHERADDR, ETHERTYPE, ARPOP,
    INET_PROTOCOL, INET_SERVICE, ICMP_TYPE, TCP_FLAG, DCCP_PKTTYPE, MH_TYPE, TIME, MARK, IFINDEX, ARPHRD_TYPE, REALM,
    CLASSID, UID, GID, CT_STATE, CT_DIR, CT_STATUS_TYPE, ICMP6_TYPE, CT_LABEL, PKTTYPE, ICMP_CODE, ICMPV6_CODE,
    ICMPX_CODE, DEVGROUP, DSCP_TYPE, ECN_TYPE, FIB_ADDR, BOOLEAN, CT_EVENT, IFNAME, IGMP_TYPE, DATE, HOUR, DAY,
    CGROUPV2,
)  # fmt: skip
DATATYPES_BY_ID = {dtype.type: dtype for dtype in _TYPES}
DATATYPES_BY_NAME = {dtype.name: dtype for dtype in reversed(_TYPES)}
"""What a set's ``type`` may name; of the two called time it is the first, as in datatype_lookup_byname."""

TYPE_BITS = 6
TYPE_MASK = (1 << TYPE_BITS) - 1
REG32_BITS = 32


def padded(bits: int) -> int:
    """Bits rounded up to whole 32-bit registers (netlink_padded_len)."""
    return -(-bits // REG32_BITS) * REG32_BITS


@functools.cache
def concat_type(subtypes: tuple[DataType, ...]) -> DataType:
    """The type of a concatenation; its number packs the subtypes' numbers in 6 bits each, the first highest."""
    number = 0
    for subtype in subtypes:
        number = number << TYPE_BITS | subtype.type
    return DataType(
        number,
        " . ".join(subtype.name for subtype in subtypes),
        f"concatenation of ({', '.join(subtype.desc for subtype in subtypes)})",
        sum(padded(subtype.size) for subtype in subtypes),
        parse=_parse_concat,
        subtypes=subtypes,
    )


def lookup_type(number: int) -> DataType | None:
    """The type by its number, a concatenation's included; None if unknown."""
    if number <= TYPE_MASK:
        return DATATYPES_BY_ID.get(number)
    subtypes: list[DataType] = []
    while number:
        subtype = DATATYPES_BY_ID.get(number & TYPE_MASK)
        if subtype is None:
            return None
        subtypes.insert(0, subtype)
        number >>= TYPE_BITS
    return concat_type(tuple(subtypes))


def same_type(a: DataType, b: DataType) -> bool:
    """datatype_equal: the same number (integers of several lengths are one type)."""
    return a.type == b.type


def compatible(a: DataType, b: DataType) -> bool:
    """datatype_compatible: marks take any integer."""
    return (a.type == MARK.type and a.root is b.root) or same_type(a, b)
