"""pcap-filter(7): an expression to a test of frames.

Modelled: host, net, port and portrange with their directions, protocols, ``ether``, ``vlan``, ``broadcast`` and
``multicast``, ``less`` and ``greater``, and comparisons with ``proto[offset:size]``. As in libpcap, and and or bind
alike, and a bare value takes over the qualifiers of the value before it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.wire.ipv6 import NEXTHDR_FRAGMENT
from webapp.userland.inet import ether_aton, inet_aton
from webapp.userland.nftables.netdb import SERVICES
from webapp.userland.tcpdump.frame import Frame

Test = Callable[[Frame], bool]
Value = Callable[[Frame], int]


class FilterError(Exception):
    """What tcpdump says of an expression."""


class _Outside(Exception):  # noqa: N818 - a load outside of the packet: the filter's machine stops, the packet does not match
    pass


_TOKEN = re.compile(
    r"\s*(?:(0[xX][0-9a-fA-F]+(?![\w.:])|\d+(?![\w.:]|-\d))|(\\?[A-Za-z0-9_.:]+(?:[-/][A-Za-z0-9_.:]+)*)"
    r"|(&&|\|\||<<|>>|<=|>=|==|!=|[()\[\]!<>=&|+*/%^-]))"
)
_TOKEN_IN_BRACKETS = re.compile(r"\s*(?:(0[xX][0-9a-fA-F]+|\d+)|([A-Za-z][\w-]*)|(<<|>>|[][():&|+*/%^-]))")
_SYNTAX = "can't parse filter expression: syntax error"

_ETHERTYPES = {"ip": ETH_P_IP, "arp": ETH_P_ARP, "rarp": 0x8035, "ip6": ETH_P_IPV6}
_TRANSPORTS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmp6": 58, "sctp": 132}
_PORTED = (6, 17, 132)
_CONSTANTS = {
    "tcpflags": 13, "tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16, "tcp-urg": 32,
    "tcp-ece": 64, "tcp-cwr": 128, "icmptype": 0, "icmpcode": 1, "icmp-echoreply": 0, "icmp-unreach": 3,
    "icmp-sourcequench": 4, "icmp-redirect": 5, "icmp-echo": 8, "icmp-routeradvert": 9, "icmp-routersolicit": 10,
    "icmp-timxceed": 11, "icmp-paramprob": 12, "icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp6type": 0,
    "icmp6code": 1, "icmp6-echo": 128, "icmp6-echoreply": 129, "icmp6-neighborsolicit": 135,
    "icmp6-neighboradvert": 136,
}  # fmt: skip
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": int.__eq__, "==": int.__eq__, "!=": int.__ne__, "<": int.__lt__, ">": int.__gt__, "<=": int.__le__,
    ">=": int.__ge__,
}  # fmt: skip
_PRECEDENCE: tuple[tuple[str, ...], ...] = (("|",), ("^",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))
_BINARY: dict[str, Callable[[int, int], int]] = {
    "|": int.__or__, "^": int.__xor__, "&": int.__and__, "+": int.__add__, "-": int.__sub__, "*": int.__mul__,
    "<<": lambda a, b: a << b & 0xFFFFFFFF if b < 32 else 0, ">>": lambda a, b: a >> b,
    "/": lambda a, b: _divided(a, b)[0], "%": lambda a, b: _divided(a, b)[1],
}  # fmt: skip
_DIRECTIONS = ("src", "dst")
_KINDS = ("host", "net", "port", "portrange", "proto", "protochain", "gateway")


def _divided(a: int, b: int) -> tuple[int, int]:
    if not b:
        raise _Outside
    return divmod(a, b)


def compile_filter(text: str) -> Test | None:
    """The test for an expression; None for an empty one, which all frames pass. FilterError."""
    if not text.strip():
        return None
    test = _Parser(_tokens(text)).whole()

    def run(frame: Frame) -> bool:
        try:
            return test(frame)
        except _Outside:
            return False

    return run


def _tokens(text: str) -> list[str]:
    tokens = []
    at = 0
    text = text.rstrip()
    depth = 0
    while at < len(text):
        match = (_TOKEN_IN_BRACKETS if depth else _TOKEN).match(text, at)
        if match is None:
            raise FilterError(_SYNTAX)
        token = match[1] or match[2] or match[3]
        depth += (token == "[") - (token == "]")
        tokens.append(token)
        at = match.end()
    return tokens


@dataclass(frozen=True, slots=True)
class _Qualifiers:
    """What stands before a value: protocol, direction, kind."""

    proto: str = ""
    direction: str = ""
    kind: str = ""


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.before = _Qualifiers()
        self.unknown: FilterError | None = None

    def whole(self) -> Test:
        test = self.expression()
        if self.at < len(self.tokens):
            raise FilterError(_SYNTAX)
        if self.unknown is not None:
            # names are looked up when the grammar is known to be right
            raise self.unknown
        return test

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        if not token:
            raise FilterError(_SYNTAX)
        self.at += 1
        return token

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise FilterError(_SYNTAX)

    def expression(self) -> Test:
        left = self.term()
        while self.peek() in ("and", "&&", "or", "||"):
            operator = self.take()
            right = self.term()
            left = _and(left, right) if operator in ("and", "&&") else _or(left, right)
        return left

    def term(self) -> Test:
        if self.peek() in ("not", "!"):
            self.at += 1
            inner = self.term()
            return lambda frame: not inner(frame)
        start = self.at
        relation = self.relation()
        if relation is not None:
            return relation
        self.at = start
        if self.peek() == "(":
            self.at += 1
            inner = self.expression()
            self.expect(")")
            return inner
        return self.primitive()

    # comparisons

    def relation(self) -> Test | None:
        """A comparison, or None if there is none here."""
        try:
            left = self.arithmetic(0)
        except FilterError:
            return None
        operator = self.peek()
        if operator not in _COMPARE:
            return None
        self.at += 1
        right = self.arithmetic(0)
        compare = _COMPARE[operator]
        return lambda frame: compare(left(frame), right(frame))

    def arithmetic(self, level: int) -> Value:
        if level == len(_PRECEDENCE):
            return self.operand()
        left = self.arithmetic(level + 1)
        while self.peek() in _PRECEDENCE[level]:
            left = _binary(_BINARY[self.take()], left, self.arithmetic(level + 1))
        return left

    def operand(self) -> Value:
        token = self.take()
        if token == "(":
            inner = self.arithmetic(0)
            self.expect(")")
            return inner
        if token == "len":
            return lambda frame: frame.length
        if token in _CONSTANTS:
            token = str(_CONSTANTS[token])
        if token[:1].isdigit():
            number = _number(token)
            return lambda _frame: number
        if self.peek() != "[":
            raise FilterError(_SYNTAX)
        return self.load(token)

    def load(self, proto: str) -> Value:
        """proto[offset:size]."""
        base = _base(proto)
        self.expect("[")
        offset = self.arithmetic(0)
        size = 1
        if self.peek() == ":":
            self.at += 1
            size = _number(self.take())
        self.expect("]")
        if size not in (1, 2, 4):
            raise FilterError("data size must be 1, 2, or 4")

        def value(frame: Frame) -> int:
            at = base(frame) + offset(frame)
            if at < 0 or at + size > len(frame.data):
                raise _Outside
            return int.from_bytes(frame.data[at : at + size], "big")

        return value

    # primitives

    def primitive(self) -> Test:
        token = self.peek()
        if token in ("less", "greater"):
            self.at += 1
            limit = _number(self.take())
            return (lambda frame: frame.length <= limit) if token == "less" else lambda frame: frame.length >= limit
        if token in ("inbound", "outbound"):
            self.at += 1
            return lambda frame: (frame.pkttype == 4) == (token == "outbound")
        if token == "vlan":
            self.at += 1
            return self.vlan()
        qualifiers = self.qualifiers()
        if qualifiers == _Qualifiers():
            qualifiers = self.before
            if qualifiers == _Qualifiers():
                # a bare name or address is a host
                qualifiers = _Qualifiers(kind="host")
        elif not self.has_value():
            return self.bare(qualifiers)
        self.before = qualifiers
        try:
            return self.value(qualifiers)
        except FilterError as error:
            if str(error) == _SYNTAX:
                raise
            self.unknown = self.unknown or error
            return lambda _frame: False

    def vlan(self) -> Test:
        if not self.peek().isdigit():
            return lambda frame: frame.vlan is not None
        wanted = _number(self.take())
        return lambda frame: frame.vlan is not None and frame.vlan & 0xFFF == wanted

    def qualifiers(self) -> _Qualifiers:
        proto = direction = kind = ""
        if self.peek() in ("ether", "link") or self.peek() in _ETHERTYPES or self.peek() in _TRANSPORTS:
            proto = self.take()
        if self.peek() in _DIRECTIONS:
            direction = self.take()
            if self.peek() in ("or", "and") and self.peek(1) in _DIRECTIONS and self.peek(1) != direction:
                direction = f"src {self.take()} dst"
                self.at += 1
        if self.peek() in _KINDS:
            kind = self.take()
        return _Qualifiers(proto, direction, kind)

    def has_value(self) -> bool:
        token = self.peek()
        return bool(token) and token not in (")", "and", "&&", "or", "||", "broadcast", "multicast")

    def bare(self, qualifiers: _Qualifiers) -> Test:
        """A protocol alone, or ether broadcast and its like."""
        if qualifiers.direction or qualifiers.kind:
            raise FilterError(_SYNTAX)
        token = self.peek()
        if token in ("broadcast", "multicast"):
            self.at += 1
            if qualifiers.proto in ("ether", "link"):
                everyone = b"\xff" * 6
                if token == "broadcast":
                    return lambda frame: frame.data[:6] == everyone
                return lambda frame: bool(frame.data[0] & 1)
            if (qualifiers.proto, token) == ("ip", "multicast"):
                return _and(_protocol("ip"), lambda frame: frame.data[frame.network + 16] >> 4 == 0xE)
            raise FilterError(f"'{qualifiers.proto} {token}' is not modelled")
        if qualifiers.proto in ("ether", "link"):
            raise FilterError(_SYNTAX)
        return _protocol(qualifiers.proto)

    def value(self, qualifiers: _Qualifiers) -> Test:
        if self.peek() == "(":
            self.at += 1
            self.before = qualifiers
            inner = self.expression()
            self.expect(")")
            return inner
        token = self.take()
        proto, kind = qualifiers.proto, qualifiers.kind or "host"
        if kind == "proto":
            return _proto_value(proto, token)
        if kind in ("port", "portrange"):
            return _ports(proto, qualifiers.direction, token, kind)
        if proto in ("ether", "link"):
            return _ether_host(qualifiers.direction, token)
        if kind == "host":
            return _host(proto, qualifiers.direction, token)
        if kind == "net":
            mask = self.mask()
            return _net(proto, qualifiers.direction, token, mask)
        raise FilterError(f"'{kind}' is not modelled")

    def mask(self) -> str:
        if self.peek() != "mask":
            return ""
        self.at += 1
        return self.take()


def _and(left: Test, right: Test) -> Test:
    return lambda frame: left(frame) and right(frame)


def _or(left: Test, right: Test) -> Test:
    return lambda frame: left(frame) or right(frame)


def _binary(operator: Callable[[int, int], int], left: Value, right: Value) -> Value:
    return lambda frame: operator(left(frame), right(frame))


def _number(token: str) -> int:
    try:
        return int(token, 0) if token[:2] in ("0x", "0X") else int(token)
    except ValueError:
        raise FilterError(_SYNTAX) from None


def _protocol(name: str) -> Test:
    if name in _ETHERTYPES:
        ethertype = _ETHERTYPES[name]
        return lambda frame: frame.ethertype == ethertype
    number = _TRANSPORTS[name]
    families = {"icmp": (ETH_P_IP,), "igmp": (ETH_P_IP,), "icmp6": (ETH_P_IPV6,)}.get(name, (ETH_P_IP, ETH_P_IPV6))

    def test(frame: Frame) -> bool:
        return frame.ethertype in families and _carries(frame, number)

    return test


def _carries(frame: Frame, number: int) -> bool:
    """Whether that is the protocol in IP, or in IPv6 with or without a fragment header (gen_proto)."""
    transport = frame.transport()
    if transport is None:
        return False
    behind = frame.network + 40
    fragment = frame.ethertype == ETH_P_IPV6 and transport[0] == NEXTHDR_FRAGMENT and len(frame.data) > behind
    return transport[0] == number or (fragment and frame.data[behind] == number)


def _proto_value(proto: str, token: str) -> Test:
    name = token.removeprefix("\\")
    if proto in ("ether", "link", ""):
        if not name[:1].isdigit() and name not in _ETHERTYPES:
            raise FilterError(f"unknown ether proto '{name}'")
        wanted = _ETHERTYPES[name] if name in _ETHERTYPES else _number(name)
        return lambda frame: frame.ethertype == wanted
    if proto not in ("ip", "ip6"):
        raise FilterError(_SYNTAX)
    number = _TRANSPORTS[name] if name in _TRANSPORTS else _number(name)

    def test(frame: Frame) -> bool:
        return frame.ethertype == _ETHERTYPES[proto] and _carries(frame, number)

    return test


def _base(proto: str) -> Value:
    """Where a protocol's header begins; a frame without one does not match."""
    if proto in ("ether", "link"):
        return lambda _frame: 0
    if proto in _ETHERTYPES:
        ethertype = _ETHERTYPES[proto]

        def network(frame: Frame) -> int:
            if frame.ethertype != ethertype:
                raise _Outside
            return frame.network

        return network
    if proto not in _TRANSPORTS:
        raise FilterError(_SYNTAX)
    number = _TRANSPORTS[proto]
    family = ETH_P_IPV6 if proto == "icmp6" else ETH_P_IP

    def transport(frame: Frame) -> int:
        found = frame.transport()
        if frame.ethertype != family or found is None or found[0] != number or found[1] < 0:
            raise _Outside
        return found[1]

    return transport


def _in_direction(direction: str, source: bool, destination: bool) -> bool:
    if direction == "src":
        return source
    if direction == "dst":
        return destination
    return source and destination if direction == "src and dst" else source or destination


def _addresses(frame: Frame) -> tuple[bytes, bytes] | None:
    """Source and destination of IPv4, IPv6, and the two of ARP."""
    at = frame.network
    places = {ETH_P_IP: (12, 16, 4), ETH_P_IPV6: (8, 24, 16), ETH_P_ARP: (14, 24, 4)}.get(frame.ethertype)
    if places is None or len(frame.data) < at + places[1] + places[2]:
        return None
    source, destination, size = places
    return frame.data[at + source : at + source + size], frame.data[at + destination : at + destination + size]


def _parsed_address(token: str) -> bytes:
    address = inet_aton(token) if token.count(".") == 3 else None
    if address is None and ":" in token:
        try:
            address = ipaddress.IPv6Address(token).packed
        except ValueError:
            raise FilterError(_SYNTAX) from None
    if address is None and token == "localhost":
        address = bytes((127, 0, 0, 1))
    if address is None:
        raise FilterError(f"unknown host '{token}'")
    return address


def _host(proto: str, direction: str, token: str) -> Test:
    address = _parsed_address(token)
    return _match_addresses(proto, direction, len(address), lambda found: found == address)


def _net(proto: str, direction: str, token: str, mask: str) -> Test:
    base, slash, length = token.partition("/")
    if slash or ":" in base:
        text = token
    elif mask:
        text = f"{base}/{mask}"
    else:
        parts = base.split(".")
        text = ".".join([*parts, *["0"] * (4 - len(parts))]) + f"/{8 * len(parts)}"
    if slash and base.count(".") < 3 and ":" not in base:
        parts = base.split(".")
        text = ".".join([*parts, *["0"] * (4 - len(parts))]) + f"/{length}"
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise FilterError("non-network bits set in " + f'"{token}"' if slash else _SYNTAX) from None
    bits = network.max_prefixlen - network.prefixlen
    wanted = int(network.network_address) >> bits
    return _match_addresses(
        proto, direction, network.max_prefixlen // 8, lambda found: int.from_bytes(found, "big") >> bits == wanted
    )


def _match_addresses(proto: str, direction: str, size: int, match: Callable[[bytes], bool]) -> Test:
    wanted = None if proto == "" else _protocol(proto)

    def test(frame: Frame) -> bool:
        addresses = _addresses(frame)
        if addresses is None or len(addresses[0]) != size or (wanted is not None and not wanted(frame)):
            return False
        return _in_direction(direction, match(addresses[0]), match(addresses[1]))

    return test


def _ether_host(direction: str, token: str) -> Test:
    address = ether_aton(token)
    if address is None:
        raise FilterError(f"unknown ether host '{token}'")
    return lambda frame: _in_direction(direction, frame.data[6:12] == address, frame.data[:6] == address)


def _port(token: str) -> int:
    if token.isdigit():
        return int(token)
    if token not in SERVICES:
        raise FilterError(f"unknown port '{token}'")
    return SERVICES[token]


def _ports(proto: str, direction: str, token: str, kind: str) -> Test:
    low, dash, high = token.partition("-")
    if token in SERVICES or kind == "port" or not dash:
        low = high = token
    first, last = sorted((_port(low), _port(high)))
    protocols = (_TRANSPORTS[proto],) if proto in _TRANSPORTS else _PORTED

    def test(frame: Frame) -> bool:
        transport = frame.transport()
        if transport is None or transport[0] not in protocols or transport[1] < 0:
            return False
        at = transport[1]
        if len(frame.data) < at + 4:
            return False
        source, destination = (int.from_bytes(frame.data[at + i : at + i + 2], "big") for i in (0, 2))
        return _in_direction(direction, first <= source <= last, first <= destination <= last)

    return test
