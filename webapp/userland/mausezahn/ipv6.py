"""mausezahn -6: IPv6 instead of IPv4 under what -t asks for, and -t icmp6 (layer3.c, layer4.c, modifications.c).

What the real one does that nobody would expect, so do we: with -a, -b or -Q the checksums above IPv6 are left zero
until a range of ports or sequence numbers goes on; ICMPv6's covers neither identifier nor sequence number; ``id`` is a
fragment's identification, too; and in place of a flow label's middle byte the last one is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from itertools import product, repeat

from webapp.kernel.core.sock import IPPROTO_ICMPV6
from webapp.kernel.wire import ipv6, tcp, udp
from webapp.kernel.wire.checksum import checksum, pseudo_header
from webapp.userland.mausezahn.arguments import Arguments, Range, decimal, hexadecimal
from webapp.userland.mausezahn.packets import Payload, Transport, values

ALL_NODES = int(IPv6Address("ff02::1"))
NO_ADDRESS = (1 << 128) - 1
"""What libnet takes for an address where the device has none."""

_CHECKSUM_AT = {tcp.IPPROTO_TCP: 16, udp.IPPROTO_UDP: 6, IPPROTO_ICMPV6: 2}
_MAX_FLOW = 0xFFFFF
_ICMPV6_HLEN = 8
_REFUSED = ("loose", "segments", "rtype")


class RangeError(Exception):
    """The program ends: the whole message, without usage."""


def address_range(text: str) -> Range | None:
    """get_ip6_range_src: START-STOP, or a prefix that begins after the address that was given. None: no address."""
    start, dash, stop = text.partition("-")
    network, slash, length = text.partition("/")
    if dash and slash:
        raise RangeError("")
    if dash:
        low, high = _number(start), _number(stop)
        if low is None:
            return None
        return _checked(low, high) if high is not None and low < high else Range.single(low)
    if slash:
        base = _number(network)
        if base is None:
            return None
        rest = (1 << max(128 - decimal(length), 0)) - 1
        return _checked(base + 1, base | rest)
    number = _number(text)
    return None if number is None else Range.single(number)


def _checked(low: int, high: int) -> Range:
    if low >> 64 != high >> 64:
        raise RangeError("The IPv6 range is too big.  It must be smaller than a /64.\n")
    return Range(low, low, high)


def _number(text: str) -> int | None:
    try:
        return int(IPv6Address(text))
    except AddressValueError:
        return None


def icmp6_message(arguments: Arguments, payload: Payload) -> Transport:
    """-t icmp6: type, code, id, seq, icmpv6_sum, payload."""
    data = payload.of(arguments)
    head = bytes((arguments.number("type", 8, 0), arguments.number("code", 8, 0)))
    rest = arguments.number("id", 16, 0).to_bytes(2, "big") + arguments.number("seq", 16, 0).to_bytes(2, "big")
    given = arguments.number("icmpv6_sum", 16, 0)
    length = _ICMPV6_HLEN + len(data)

    def emit(saddr: bytes, daddr: bytes, sport: int, dport: int, seq: int) -> bytes:
        # over IPv4 there is no pseudo header, and libnet sums the whole message
        summed = head + b"\0\0" + rest + data
        if len(saddr) == len(bytes(16)):
            summed = pseudo_header(saddr, daddr, IPPROTO_ICMPV6, length) + head + bytes(6) + data
        return head + (given or checksum(summed)).to_bytes(2, "big") + rest + data

    return Transport(IPPROTO_ICMPV6, emit, length)


@dataclass(frozen=True, slots=True)
class Ip6:
    """An IPv6 packet whose addresses, ports and sequence numbers go through ranges; ``routed``: the kernel sends it."""

    arguments: Arguments
    transport: Transport
    saddrs: Range
    daddrs: Range
    routed: bool

    def rounds(self) -> Iterator[Iterable[bytes]]:
        """For each of -c rounds, its packets; the innermost range goes fastest."""
        yield self._round(first=True)
        yield from (self._round(first=False) for _ in repeat(None))

    def _round(self, *, first: bool) -> Iterator[bytes]:
        transport = self.transport
        ranges = (self.saddrs, self.daddrs, transport.sports, transport.dports)
        moves = not isinstance(transport.sequence, tuple)
        moves = moves or any(one.start != one.stop for one in (transport.sports, transport.dports))
        summed = self.routed or (moves and not first)
        for saddr, daddr, sport, dport in product(*(values(one, first=first) for one in ranges)):
            for seq in transport.sequence:
                yield self._emit(saddr.to_bytes(16, "big"), daddr.to_bytes(16, "big"), (sport, dport, seq), summed)
                summed = summed or moves

    def _emit(self, saddr: bytes, daddr: bytes, values_: tuple[int, int, int], summed: bool) -> bytes:
        arguments, transport = self.arguments, self.transport
        raw = transport.protocol == 0
        nexthdr = arguments.number("next", 8, ipv6.NEXTHDR_NONE if raw else transport.protocol)
        length = arguments.number("len" if raw else "iplen", 16, transport.length)
        payload = self._unsummed(transport.emit(saddr, daddr, *values_), summed)
        ident = arguments.number("id", 32, 0)
        if ident:
            payload = ipv6.FRAGMENT.pack(nexthdr, 0, self._fragment(), ident) + payload
            nexthdr, length = ipv6.NEXTHDR_FRAGMENT, length + ipv6.FRAGMENT_HLEN
        tclass = hexadecimal(arguments.value("tos") or "0") & 0xFF
        if "dscp" in arguments:
            tclass = min(arguments.number("dscp", 32, 0), 63) << 2
        flow = min(hexadecimal(arguments.value("flow") or "0"), _MAX_FLOW)
        flow = flow & 0xF00FF | (flow & 0xFF) << 8
        header = ipv6.emit(
            saddr, daddr, nexthdr, length & 0xFFFF, hop_limit=arguments.number("hop", 8, 255), tclass=tclass,
            flowlabel=flow,
        )  # fmt: skip
        return header + payload

    def _fragment(self) -> int:
        arguments = self.arguments
        frag = arguments.number("frag", 16, 0) << 3
        for name, bit in (("mf", 1), ("frag_res1", 2), ("frag_res2", 4)):
            frag |= bit if name in arguments else 0
        return frag & 0xFFFF

    def _unsummed(self, payload: bytes, summed: bool) -> bytes:
        """The payload with a checksum of zero where none was made and none given."""
        at = _CHECKSUM_AT.get(self.transport.protocol)
        if at is None or summed or self._given():
            return payload
        return payload[:at] + b"\0\0" + payload[at + 2 :]

    def _given(self) -> bool:
        return any(self.arguments.number(name, 16, 0) for name in ("udp_sum", "tcp_sum", "icmpv6_sum"))


def refused(arguments: Arguments) -> str | None:
    """An argument of IPv6 that is not modelled."""
    return next((name for name in _REFUSED if name in arguments), None)
