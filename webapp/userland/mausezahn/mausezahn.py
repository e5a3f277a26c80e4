"""mausezahn: frames as hexadecimal strings, and packets built from a few words (mausezahn.c, layer1.c, send_eth.c).

With -a, -b or -Q the frame goes straight to the device through a packet socket. That socket is bound to ETH_P_ALL, so
as long as it is open it also takes a copy of every frame of the namespace. Without, an IP packet goes through a raw
socket, and the kernel routes it.

Not modelled, and refused: -f and -F (there are no files), -M, -r, -S, -T, -V, -x, -X, and the types not in TYPES.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.sock import IPPROTO_RAW, SOCK_RAW
from webapp.kernel.ipv4.af_inet import inet_create, inet_release
from webapp.kernel.ipv4.raw import raw_sendmsg
from webapp.kernel.ipv6.af_inet6 import inet6_create, inet6_release
from webapp.kernel.ipv6.raw import rawv6_sendmsg
from webapp.kernel.packet.af_packet import packet_create, packet_release, packet_sendmsg
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_ALL, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.kernel.wire import ethernet
from webapp.kernel.wire.ethernet import BROADCAST
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.jobs import Task, Wait
from webapp.userland.mausezahn import ipv6
from webapp.userland.mausezahn.arguments import (
    Arguments,
    Range,
    address_range,
    decimal,
    hexadecimal_bytes,
    mac,
)
from webapp.userland.mausezahn.packets import (
    Ip,
    Payload,
    Transport,
    arp_packet,
    icmp_message,
    igmp_message,
    raw_ip,
    tcp_segment,
    udp_datagram,
)
from webapp.userland.process import Process

MIN_FRAME = 15
MAX_PADDING = 10_000
_OPTIONS = "hqvVSx46R:r:l:a:A:b:B:c:d:p:t:T:M:P:f:F:Q:X:"
_REFUSED = "fFMrSTVxXlv"
_NEEDED = "abcdfptm"
_KEYWORDS = {
    "bc": BROADCAST,
    "stp": bytes.fromhex("0180c2000000"),
    "cisco": bytes.fromhex("01000ccccccc"),
    "pvst": bytes.fromhex("01000ccccccd"),
}
_UNITS = {"s": 1_000_000_000, "m": 1_000_000, "u": 1_000}
_USAGE = """
mausezahn 0.6.8, a fast versatile traffic generator
http://www.netsniff-ng.org

Usage: mausezahn [options] [interface] <keyword>|<arg-string>|<hex-string>
"""

Sending = Generator[Wait, bool, None]


class MausezahnError(Exception):
    """The program ends with exit code 1; ``usage``: it shows how it is to be called."""

    def __init__(self, message: str, *, usage: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.usage = usage


@dataclass(slots=True)
class Options:
    """The command line. ``delay`` in ns; addresses are as they were typed."""

    source: str = ""
    destination: str = ""
    saddr: str = ""
    daddr: str = ""
    count: int = 1
    delay: int = 0
    padding: int = 0
    priority: int = 0
    tags: str = ""
    text: bytes | None = None
    type: str = ""
    quiet: bool = False
    ipv6: bool = False


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0 whether or not the frames got anywhere."""
    try:
        options, operands = _options(argv)
        return (yield from _Sender(process, options, operands).run())
    except MausezahnError as error:
        process.stderr.write(error.message)
        if error.usage:
            process.stderr.write(" Invalid command line parameters!\n")
            process.stdout.write(_USAGE)
        return 1


def _options(argv: list[str]) -> tuple[Options, list[str]]:
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS)
    try:
        for letter, text in getopt:
            if letter == "h":
                raise MausezahnError(_USAGE, usage=False)
            if letter in _REFUSED:
                raise MausezahnError(f"mausezahn: -{letter} is not modelled\n", usage=False)
            _set(options, letter, text)
    except OptionError as error:
        letter = str(error)[-2]
        missing = f"Option -{letter} requires an argument." if letter in _NEEDED else f"Unknown option -{letter}'."
        raise MausezahnError(f"mausezahn: {error}\n mz/getopts: {missing}\n") from None
    if len(getopt.operands) > 2:
        raise MausezahnError(" mz/getopts: Too many arguments!\n")
    return options, getopt.operands


_TEXTS = {"a": "source", "b": "destination", "A": "saddr", "B": "daddr", "Q": "tags", "t": "type"}


def _set(options: Options, letter: str, text: str) -> None:
    if letter in _TEXTS:
        setattr(options, _TEXTS[letter], text)
    elif letter == "c":
        options.count = decimal(text)
    elif letter == "d":
        digits = len(text) - len(text.lstrip("+-0123456789"))
        unit = _UNITS.get(text[digits : digits + 1] or "u")
        if unit is None or decimal(text) < 0:
            raise MausezahnError(" Incorrect delay format\n")
        options.delay = decimal(text) * unit
    elif letter == "p":
        options.padding = decimal(text)
        if options.padding > MAX_PADDING:
            raise MausezahnError(f" Warning: Padding must not exceed {MAX_PADDING}!\n")
    elif letter == "P":
        options.text = text.encode()
    elif letter == "R":
        options.priority = decimal(text)
    elif letter == "q":
        options.quiet = True
    elif letter in "46":
        options.ipv6 = letter == "6"


class _Sender:
    """One run: the device, its addresses, and what is to be sent from it."""

    def __init__(self, process: Process, options: Options, operands: list[str]) -> None:
        self.process = process
        self.options = options
        self.random = Random(process.machine.alloc_pid())  # noqa: S311 - the same lab sends the same frames
        self.dev = self._device(operands)
        named = len(operands) == 2 or operands == [self.dev.name]
        self.arguments = Arguments("".join(operands[named:]))
        if "help" in self.arguments:
            raise MausezahnError("mausezahn: help is not modelled\n", usage=False)
        self.own = self.dev.address
        self.own_ip = _primary_address(self.dev)

    def _device(self, operands: list[str]) -> NetDevice:
        """The device that is named, else the first one with an IPv4 address, else lo (lookupdev)."""
        net = self.process.net
        if len(operands) == 2 or (operands and operands[0] in net.devices):
            dev = net.dev_get_by_name(operands[0])
            problem = "libnet_check_iface() ioctl: No such device"
        else:
            others = (dev for dev in net.devices.values() if dev is not net.loopback and _has_address(dev))
            dev = next(others, net.loopback)
            problem = ""
        if dev is not None and not dev.running:
            problem = f"libnet_check_iface(): {dev.name} is down"
        if dev is None or not dev.running:
            raise MausezahnError(f" mz/getopts: libnet_init() failed ({problem}\n)")
        return dev

    def run(self) -> Task:
        options = self.options
        if options.ipv6:
            saddrs = self._addresses6("-A", options.saddr, "source", self._own_ip6())
            daddrs = self._addresses6("-B", options.daddr, "destination", ipv6.ALL_NODES)
        else:
            saddrs = self._addresses(options.saddr, "source", self.own_ip)
            daddrs = self._addresses(options.daddr, "destination", 0xFFFFFFFF)
        if options.type == "arp":
            yield from self._repeat(self._arp())
        elif options.type in TYPES:
            yield from self._send_ip(saddrs, daddrs)
        else:
            if options.type in _NOT_MODELLED:
                raise MausezahnError(f"mausezahn: -t {options.type} is not modelled\n", usage=False)
            if options.type:
                self.process.stderr.write(" mz: you must specify a valid packet type!\n")
            yield from self._repeat(self._frame())
        return 0

    def _addresses(self, text: str, which: str, default: int) -> Range:
        if not text:
            return Range.single(default)
        if "bcast".startswith(text) and len(text) > 1:
            return Range.single(0xFFFFFFFF)
        if text == "rand" and which == "source":
            return Range.single(self.random.randrange(0xE0000000))
        if "rand".startswith(text) and len(text) > 1:
            raise MausezahnError("Option -B does not support random destination IP addresses currently.\n")
        found = address_range(text)
        if found is None:
            raise MausezahnError(
                f"Failed to set {which} IPv4 address. Please check if {which} is set to a valid IPv4 address.\n"
            )
        return found

    def _own_ip6(self) -> int:
        """libnet_get_ipaddr6: the device's widest address; where there is none, its error is taken for one."""
        idev = self.dev.inet6_dev
        if idev is not None and idev.addr_list:
            return int.from_bytes(idev.addr_list[0].addr, "big")
        if not self.options.saddr:
            self.process.stdout.write("Failed to set source IPv6 address: ")
        return ipv6.NO_ADDRESS

    def _addresses6(self, option: str, text: str, which: str, default: int) -> Range:
        if not text:
            return Range.single(default)
        if "rand".startswith(text) and which == "destination" and len(text) > 1:
            raise MausezahnError("Option -B does not support random destination IP addresses currently.\n")
        word = next((word for word in ("bcast", "rand") if word.startswith(text) and len(text) > 1), None)
        if word is not None:
            raise MausezahnError(f"Option {option} does not support '{word}' when in IPv6 mode.\n")
        try:
            found = ipv6.address_range(text)
        except ipv6.RangeError as error:
            raise MausezahnError(str(error), usage=False) from None
        if found is None:
            raise MausezahnError(
                f"Failed to set {which} IPv6 address. Please check if source is set to a valid IPv6 address.\n"
            )
        return found

    def _mac(self, text: str, default: bytes) -> bytes:
        """check_eth_mac_txt: an address, or a keyword."""
        if text.startswith("rand"):
            return bytes((self.random.randrange(256) & 0xFE, *self.random.randbytes(5)))
        if text.startswith("own"):
            return self.own
        return next((known for word, known in _KEYWORDS.items() if text.startswith(word)), None) or mac(text, default)

    # raw frames and ARP

    def _frame(self) -> bytes:
        """The hexadecimal string as a frame; -a and -b stand in for its first bytes, zeroes for what is missing."""
        options, arguments = self.options, self.arguments
        if options.tags:
            raise MausezahnError(
                " Note: raw layer 2 mode does not support 802.1Q builder.\n"
                " If you want to create VLAN tags then you must do it by hand.\n",
                usage=False,
            )
        text = arguments.value("payload", "p")
        octets = hexadecimal_bytes(arguments.text if text is None else text) or b""
        missing = MIN_FRAME - (12 if options.source else 6 if options.destination else 0)
        octets = octets.ljust(missing, b"\0")
        if options.source:
            destination = self._mac(options.destination, BROADCAST) if options.destination else BROADCAST
            octets = destination + self._mac(options.source, self.own) + octets
        elif options.destination:
            octets = self._mac(options.destination, BROADCAST) + octets
        padding = options.padding
        if 0 < padding < MIN_FRAME:
            self.process.stderr.write(f" mz/send_eth: [Note] adjusted minimum frame size to {MIN_FRAME} bytes.\n")
            padding = MIN_FRAME
        return octets[:padding].ljust(padding, b"\0") if padding else octets

    def _arp(self) -> bytes:
        options = self.options
        if options.tags:
            raise MausezahnError(" Note: ARP mode does not support 802.1Q builder.\n", usage=False)
        packet, destination = arp_packet(self.arguments, self.own, self.own_ip.to_bytes(4, "big"))
        if options.destination:
            destination = self._mac(options.destination, BROADCAST)
        source = self._mac(options.source, self.own) if options.source else self.own
        return ethernet.emit(destination, source, ETH_P_ARP) + packet

    def _repeat(self, frame: bytes) -> Sending:
        """The same frame -c times; 0 is for ever."""
        if self.options.count == 0 and not self.options.quiet and self.options.type != "arp":
            self.process.stderr.write(" mz: !!! Infinite mode! Will send frames until you stop Mausezahn!!!\n")
        yield from self._transmit(frame for _ in self._rounds())
        self._done()

    # IP

    def _send_ip(self, saddrs: Range, daddrs: Range) -> Sending:
        options = self.options
        payload = Payload(options.text, options.padding)
        try:
            transport = TYPES[options.type](self, payload, saddrs)
        except ValueError:
            raise MausezahnError(" mz/get_port_range: Invalid port range!\n", usage=False) from None
        if options.type == "udp" and options.text is not None:
            self.process.stdout.write(f"[{options.text.decode()}]\n")
        if transport.daddr is not None and not options.ipv6:
            daddrs = Range.single(transport.daddr)
        layer2 = bool(options.source or options.destination or options.tags)
        packets = self._packets(self._internet(transport, saddrs, daddrs, layer2))
        if not options.quiet:
            shown = f"Mausezahn will send {self._total(transport, saddrs, daddrs)} frames... "
            self.process.stderr.write(shown if options.count else "Mausezahn will send frames infinitely...\n")
        if layer2:
            header = self._header()
            yield from self._transmit(header + packet for packet in packets)
        elif options.ipv6:
            yield from self._route6(packets)
        else:
            yield from self._route(packets)
        self._done()

    def _internet(self, transport: Transport, saddrs: Range, daddrs: Range, layer2: bool) -> Ip | ipv6.Ip6:
        """The IP layer, with its complaints."""
        raw = transport.protocol == 0
        checked = {"len": "len" if raw else "iplen"}
        if not self.options.ipv6:
            checked["sum"] = "sum" if raw else "ipsum"
        for name, argument in checked.items():
            if argument in self.arguments and not layer2:
                self.process.stderr.write(f" IP_Warning: '{name}' cannot be set in this mode.\n")
        if not self.options.ipv6:
            return Ip(self.arguments, transport, saddrs, daddrs)
        refused = "-t icmp under -6" if self.options.type == "icmp" else ipv6.refused(self.arguments)
        if refused is not None:
            raise MausezahnError(f"mausezahn: {refused} is not modelled\n", usage=False)
        return ipv6.Ip6(self.arguments, transport, saddrs, daddrs, not layer2)

    def _packets(self, ip: Ip | ipv6.Ip6) -> Iterator[bytes]:
        rounds = ip.rounds()
        for _ in self._rounds():
            yield from next(rounds)

    def _header(self) -> bytes:
        """Ethernet, with 802.1Q tags if -Q says so (create_eth_frame)."""
        options = self.options
        destination = self._mac(options.destination, BROADCAST) if options.destination else BROADCAST
        source = self._mac(options.source, self.own) if options.source else self.own
        given = hexadecimal_bytes(self.arguments.value("ether_type") or "", 2)
        default = ETH_P_IPV6 if options.ipv6 else ETH_P_IP
        ethertype = int.from_bytes(given, "big") if given else default
        tags = b"".join(map(self._tag, filter(None, options.tags.replace(".", ",").split(","))))
        return destination + source + tags + ethertype.to_bytes(2, "big")

    def _tag(self, text: str) -> bytes:
        left, colon, right = text.partition(":")
        priority, vlan = (decimal(left) & 0xFF, decimal(right)) if colon else (0, decimal(left))
        if priority > 7:
            self.process.stderr.write(" mz/create_eth_frame: CoS too high, adjusted to 7\n")
        if vlan & 0xFFFF > 4095:
            self.process.stderr.write(" mz/create_eth_frame: VLAN number too high, adjusted to 4095\n")
        tag = min(priority, 7) << 13 ^ min(vlan & 0xFFFF, 4095)
        return ETH_P_8021Q.to_bytes(2, "big") + tag.to_bytes(2, "big")

    def _total(self, transport: Transport, saddrs: Range, daddrs: Range) -> int:
        total = self.options.count
        for values in (transport.sports, transport.dports, saddrs, daddrs):
            total *= values.stop - values.start + 1
        return total * len(list(islice(transport.sequence, 1 << 16)))

    # sending

    def _rounds(self) -> Iterable[None]:
        """-c of them, or as many as fit into the time until somebody interrupts."""
        count, clock = self.options.count, self.process.machine.clock
        if count:
            for _ in range(count):
                yield None
            return
        end = clock.now + self.process.patience
        while clock.now < end:
            yield None

    def _transmit(self, frames: Iterable[bytes]) -> Sending:
        """Out of the device, through a packet socket (libnet's link layer)."""
        sk = packet_create(self.process.net, ETH_P_ALL)
        sk.priority = self.options.priority if self.options.type in TYPES else 0
        ifindex = self.dev.ifindex
        try:
            for frame in frames:
                self._pace()
                packet_sendmsg(sk, frame, ifindex, ETH_P_ALL)
                if self.options.delay:
                    yield self.process.sleep(self.options.delay)
        finally:
            packet_release(sk)

    def _route(self, packets: Iterable[bytes]) -> Sending:
        """Through a raw socket that brings its own IP header (libnet's RAW4)."""
        sk = inet_create(self.process.net, SOCK_RAW, IPPROTO_RAW)
        sk.hdrincl = True
        sk.broadcast = True
        sk.priority = self.options.priority
        try:
            for packet in packets:
                self._pace()
                raw_sendmsg(sk, packet, packet[16:20])
                if self.options.delay:
                    yield self.process.sleep(self.options.delay)
        finally:
            inet_release(sk)

    def _route6(self, packets: Iterable[bytes]) -> Sending:
        """Through a raw socket that is bound to the device and brings its own header (libnet's RAW6)."""
        sk = inet6_create(self.process.net, SOCK_RAW, IPPROTO_RAW)
        sk.hdrincl = True
        sk.bound_dev_if = self.dev.ifindex
        sk.priority = self.options.priority
        try:
            for packet in packets:
                self._pace()
                rawv6_sendmsg(sk, packet, packet[24:40], 0)
                if self.options.delay:
                    yield self.process.sleep(self.options.delay)
        finally:
            inet6_release(sk)

    def _pace(self) -> None:
        self.process.machine.charge()

    def _done(self) -> None:
        """The rate, which would be so many frames in no time."""
        if not self.options.quiet:
            self.process.stderr.write("\n")


def _has_address(dev: NetDevice) -> bool:
    return dev.in_dev is not None and bool(dev.in_dev.ifa_list)


def _primary_address(dev: NetDevice) -> int:
    """The device's first IPv4 address; libnet takes the error for one where there is none."""
    return int.from_bytes(dev.in_dev.ifa_list[0].local, "big") if _has_address(dev) else 0xFFFFFFFF


TYPES: dict[str, Callable[[_Sender, Payload, Range], Transport]] = {
    "ip": lambda sender, payload, _: raw_ip(sender.arguments, payload),
    "udp": lambda sender, payload, _: udp_datagram(sender.arguments, payload),
    "tcp": lambda sender, payload, _: tcp_segment(sender.arguments, payload),
    "icmp": lambda sender, payload, saddrs: icmp_message(
        sender.arguments, payload, (saddrs.first >> 96 if sender.options.ipv6 else saddrs.first).to_bytes(4, "big")
    ),
    "icmp6": lambda sender, payload, _: ipv6.icmp6_message(sender.arguments, payload),
    "igmp": lambda sender, payload, _: igmp_message(sender.arguments, payload),
}
"""The packet types over IP by their names (-t)."""

_NOT_MODELLED = frozenset(("bpdu", "cdp", "dns", "lldp", "rtp", "syslog", "help"))
