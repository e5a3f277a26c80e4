"""The packets that mausezahn -t builds: IPv4 with what is above it, and ARP (layer2.c, layer3.c, layer4.c).

mausezahn leaves two lengths wrong, and so do we: the IP header's total length counts no payload for ICMP unreachable
and for IGMP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product, repeat

from webapp.kernel.core.sock import IPPROTO_ICMP, IPPROTO_IGMP
from webapp.kernel.wire import arp, icmp, ipv4, tcp, udp
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.kernel.wire.ethernet import BROADCAST
from webapp.userland.mausezahn.arguments import (
    Arguments,
    Range,
    address,
    decimal,
    hexadecimal,
    hexadecimal_bytes,
    port_range,
    tcp_flags,
)

NO_RANGE = Range.single(0)
NO_SEQUENCE = (0,)
PADDING = b"\x42"
_IPV6_ALEN = 16
_SYN_OPTIONS = bytes.fromhex("020405ac 0402 080a193590c300000000 01 030305")


@dataclass(frozen=True, slots=True)
class Payload:
    """What -P and -p ask for: text that stands in place of payload=, and so many bytes of padding after it."""

    text: bytes | None
    padding: int

    def of(self, arguments: Arguments) -> bytes:
        """The payload of the innermost header."""
        return (arguments.payload() if self.text is None else self.text) + PADDING * self.padding


@dataclass(frozen=True, slots=True)
class Transport:
    """What IPv4 carries.

    ``emit(saddr, daddr, sport, dport, seq)`` gives its bytes. ``length`` is what the IP header says of their length,
    ``daddr`` where it goes if that is not the user's to say.
    """

    protocol: int
    emit: Callable[[bytes, bytes, int, int, int], bytes]
    length: int
    sports: Range = NO_RANGE
    dports: Range = NO_RANGE
    sequence: Iterable[int] = NO_SEQUENCE
    daddr: int | None = None
    ttl: int = 255


@dataclass(frozen=True, slots=True)
class Ip:
    """An IPv4 packet whose addresses, ports and sequence numbers go through ranges."""

    arguments: Arguments
    transport: Transport
    saddrs: Range
    daddrs: Range

    def rounds(self) -> Iterator[Iterable[bytes]]:
        """For each of -c rounds, its packets; the innermost range goes fastest."""
        transport = self.transport
        ranges = (self.saddrs, self.daddrs, transport.sports, transport.dports)
        if all(one.first == one.start == one.stop for one in ranges) and isinstance(transport.sequence, tuple):
            yield from repeat(tuple(self._round(first=True)))
        yield self._round(first=True)
        yield from (self._round(first=False) for _ in repeat(None))

    def _round(self, *, first: bool) -> Iterator[bytes]:
        transport = self.transport
        ranges = (self.saddrs, self.daddrs, transport.sports, transport.dports)
        rounds = product(*(values(one, first=first) for one in ranges))
        for saddr, daddr, sport, dport in rounds:
            for seq in transport.sequence:
                yield self._emit(saddr.to_bytes(4, "big"), daddr.to_bytes(4, "big"), sport, dport, seq)

    def _emit(self, saddr: bytes, daddr: bytes, sport: int, dport: int, seq: int) -> bytes:
        arguments, transport = self.arguments, self.transport
        options = hexadecimal_bytes(arguments.value("option") or "", 40) or b""
        options += bytes(-len(options) % 4)
        raw = transport.protocol == 0
        length = ipv4.HLEN + len(options) + transport.length
        stated = arguments.number("len" if raw else "iplen", 16, length - len(options)) + len(options)
        tos = hexadecimal(arguments.value("tos") or "0") & 0xFF
        if "dscp" in arguments:
            tos = min(arguments.number("dscp", 32, 0), 63) << 2
        frag = arguments.number("frag", 16, 0)
        for name, bit in (("df", ipv4.IP_DF), ("mf", ipv4.IP_MF), ("rf", ipv4.IP_CE)):
            frag |= bit if name in arguments else 0
        header = ipv4.HEADER.pack(
            0x45 + len(options) // 4, tos, stated & 0xFFFF, arguments.number("id", 16, 0), frag,
            arguments.number("ttl", 8, transport.ttl), arguments.number("proto", 8, transport.protocol),
            0, saddr, daddr,
        ) + options  # fmt: skip
        check = arguments.number("sum" if raw else "ipsum", 16, 0) or checksum(header)
        return header[:10] + check.to_bytes(2, "big") + header[12:] + transport.emit(saddr, daddr, sport, dport, seq)


def values(one: Range, *, first: bool) -> Iterator[int]:
    """What a range goes through in one round."""
    yield one.first if first else one.start
    yield from range(one.start + 1, one.stop + 1)


def raw_ip(arguments: Arguments, payload: Payload) -> Transport:
    """-t ip: the payload alone."""
    data = payload.of(arguments)
    return Transport(0, lambda *_: data, len(data))


def udp_datagram(arguments: Arguments, payload: Payload) -> Transport:
    """-t udp: sp, dp, len, udp_sum, payload."""
    data = payload.of(arguments)
    length = arguments.number("len", 16, udp.HLEN + len(data))
    given = arguments.value("udp_sum")

    def emit(saddr: bytes, daddr: bytes, sport: int, dport: int, _: int) -> bytes:
        header = udp.HEADER.pack(sport, dport, length, arguments.number("udp_sum", 16, 0))
        if given is None or (len(saddr) == _IPV6_ALEN and not decimal(given)):
            pseudo = pseudo_header(saddr, daddr, udp.IPPROTO_UDP, udp.HLEN + len(data))
            header = header[:6] + checksum(pseudo + header + data).to_bytes(2, "big")
        return header + data

    return Transport(udp.IPPROTO_UDP, emit, length, _ports(arguments, "sp"), _ports(arguments, "dp"))


def tcp_segment(arguments: Arguments, payload: Payload) -> Transport:
    """-t tcp: sp, dp, flags, s, ds, a, win, urg, tcp_sum, payload; a SYN has five options."""
    data = payload.of(arguments)
    flags_text = arguments.value("flags", "flag")
    flags = 0 if flags_text is None else tcp_flags(flags_text)
    options = _SYN_OPTIONS if flags & tcp.SYN else b""
    tail = options + data
    length = tcp.HLEN + len(tail)
    ack, window = arguments.number("a", 32, 42), arguments.number("win", 16, 10_000)
    urgent, given = arguments.number("urg", 16, 0), arguments.number("tcp_sum", 16, 0)

    def emit(saddr: bytes, daddr: bytes, sport: int, dport: int, seq: int) -> bytes:
        doff = (tcp.HLEN + len(options)) << 2
        header = tcp.HEADER.pack(sport, dport, seq, ack, doff, flags, window, given, urgent)
        if not given:
            pseudo = pseudo_header(saddr, daddr, tcp.IPPROTO_TCP, length)
            header = header[:16] + checksum(pseudo + header + tail).to_bytes(2, "big") + header[18:]
        return header + tail

    ports = _ports(arguments, "sp"), _ports(arguments, "dp")
    return Transport(tcp.IPPROTO_TCP, emit, length, *ports, sequence=_sequence(arguments))


class _Sequence:
    """The sequence numbers of one round (update_TCP_SQNR); a range that begins at 0 or wraps has no end."""

    def __init__(self, first: int, start: int, stop: int, delta: int) -> None:
        self.first = first
        self.start = start
        self.stop = stop
        self.delta = delta

    def __iter__(self) -> Iterator[int]:
        seq = self.first
        while True:
            yield seq
            seq = (seq + self.delta) & 0xFFFFFFFF
            if 0 < self.start <= self.stop < seq or self.stop < seq < self.start:
                return


def _sequence(arguments: Arguments) -> Iterable[int]:
    first, dash, stop = (arguments.value("s") or "42").partition("-")
    start = decimal(first) & 0xFFFFFFFF
    delta = arguments.number("ds", 32, 1 if dash else 0)
    if not delta:
        return (start,)
    if dash:
        return _Sequence(start, start, decimal(stop) & 0xFFFFFFFF, delta)
    return _Sequence(start, 0, start, delta)


def _ports(arguments: Arguments, name: str) -> Range:
    text = arguments.value(name)
    return port_range(text) if text else NO_RANGE


_ICMP_KINDS = {
    ("redirect", "redir"): (5, 1), ("ping", "echoreq"): (8, 0), ("unreach",): (3, 0),
}  # fmt: skip


def icmp_message(arguments: Arguments, payload: Payload, saddr: bytes) -> Transport:
    """-t icmp: ping with id and seq, redirect with gw, unreach; type, code, icmp_sum, payload.

    The gateway is written as a number of the host's byte order, and is the own address if none is given.
    """
    data = payload.of(arguments)
    given = [kind for names, kind in _ICMP_KINDS.items() if any(name in arguments for name in names)]
    kind, code = given[-1] if given else (0, 0)
    length = icmp.HLEN + len(data)
    if kind == icmp.ICMP_ECHO:
        rest = arguments.number("id", 16, 0x42) << 16 | arguments.number("seq", 16, 1)
    elif kind == icmp.ICMP_DEST_UNREACH:
        rest, length = 0, 0
    else:
        gateway = arguments.value("gateway", "gw")
        rest = int.from_bytes(saddr if gateway is None else address(gateway).to_bytes(4, "little"), "big")
    check = arguments.number("icmp_sum", 16, 0)
    message = icmp.emit(arguments.number("type", 8, kind), arguments.number("code", 8, code), rest, data)
    if check:
        message = message[:2] + check.to_bytes(2, "big") + message[4:]
    return Transport(IPPROTO_ICMP, lambda *_: message, length)


_IGMP_QUERY, _IGMP_V1_REPORT, _IGMP_V2_REPORT, _IGMP_LEAVE = 0x11, 0x12, 0x16, 0x17
_ALL_HOSTS, _ALL_ROUTERS = 0xE0000001, 0xE0000002


def igmp_message(arguments: Arguments, payload: Payload) -> Transport:
    """-t igmp: ver, type (join, leave; else a query), g, resp_time, igmp_sum."""
    version = decimal(arguments.value("ver", "v") or "2")
    group = address(arguments.value("group", "g") or "")
    kind = _IGMP_QUERY
    if arguments.value("type", "t") in ("j", "join"):
        kind = {1: _IGMP_V1_REPORT, 2: _IGMP_V2_REPORT}.get(version, _IGMP_QUERY)
    elif arguments.value("type", "t") in ("l", "lv", "leave"):
        kind = _IGMP_LEAVE
    daddr: int | None = group
    if kind == _IGMP_LEAVE:
        daddr = _ALL_ROUTERS
    elif kind == _IGMP_QUERY and (version == 1 or not group):
        daddr = _ALL_HOSTS
    elif kind == _IGMP_QUERY and version != 2:
        daddr = None
    time = arguments.number("resp_time", 8, 0 if version == 1 else 10)
    message = bytes((kind, time, 0, 0)) + group.to_bytes(4, "big")
    check = arguments.number("igmp_sum", 16, 0) or checksum(message)
    message = message[:2] + check.to_bytes(2, "big") + message[4:]
    return Transport(IPPROTO_IGMP, lambda *_: message, 0, daddr=daddr, ttl=1)


def arp_packet(arguments: Arguments, own: bytes, saddr: bytes) -> tuple[bytes, bytes]:
    """-t arp: the packet, and where it goes if -b does not say; a reply if it is not called a request.

    ``own`` and ``saddr`` are the sending device's addresses: the defaults of sender and target.
    """
    request = "request" in arguments
    smac, tmac = arguments.value("sendermac", "smac"), arguments.value("targetmac", "tmac")
    sip, tip = arguments.value("senderip", "sip"), arguments.value("targetip", "tip")
    sender = own if smac is None else _octets(smac)
    target = (bytes(6) if request else BROADCAST) if tmac is None else _octets(tmac)
    packet = arp.emit(
        arp.ARPOP_REQUEST if request else arp.ARPOP_REPLY,
        sender, saddr if sip is None else address(sip).to_bytes(4, "big"),
        target, saddr if tip is None else address(tip).to_bytes(4, "big"),
    )  # fmt: skip
    return packet, BROADCAST if request else target


def _octets(text: str) -> bytes:
    return (hexadecimal_bytes(text, 6) or b"").ljust(6, b"\0")
