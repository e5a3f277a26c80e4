"""arping 2.23 by Thomas Habets: who has this IPv4 address, or this MAC address, on the link?

It sends through one packet socket (libnet's) and listens on another (libpcap's), both bound to ETH_P_ALL. After each
packet it waits all of -W, however soon the answer comes.

Not modelled, and refused: -m, -V and with it -Q, --help.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import sqrt

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.sock import IPPROTO_ICMP
from webapp.kernel.errno import Errno
from webapp.kernel.packet.af_packet import (
    PacketMessage,
    PacketSock,
    packet_bind,
    packet_create,
    packet_release,
    packet_sendmsg,
)
from webapp.kernel.uapi.if_ether import ETH_P_ALL, ETH_P_ARP, ETH_P_IP
from webapp.kernel.wire import arp, ethernet, icmp, ipv4
from webapp.kernel.wire.ethernet import BROADCAST
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.inet import inet_aton, inet_ntoa
from webapp.userland.jobs import Task, Wait
from webapp.userland.process import Process

ANY = bytes(4)
IP_BROADCAST = b"\xff" * 4
_PADDING = bytes(16)
_SUFFIX = b"walk"
"""arping marks its echo requests with four random bytes."""
_OPTIONS = "0aAbBC:c:dDeFg:hi:I:m:pPqQ:rRs:S:t:T:uUvV:w:W:zZ"
_USAGE = """\
ARPing 2.23, by Thomas Habets <thomas@habets.se>
usage: arping [ options ] <host/ip/MAC | -B>
"""
_MAC_FORMATS = (
    re.compile(r"\s*" + r":\s*".join([r"([0-9a-fA-F]+)"] * 6)),
    re.compile(r"\s*" + r"\.".join([r"([0-9a-fA-F]{2})([0-9a-fA-F]{2})"] * 3)),
    re.compile(r"\s*" + r"-\s*".join([r"([0-9a-fA-F]+)"] * 6)),
)
_CISCO_OR_WINDOWS = re.compile(r"[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}|[0-9a-fA-F]{2}(-[0-9a-fA-F]{2}){5}")


class ArpingError(Exception):
    """The program ends with exit code 1; the message is the whole text for stderr."""


class _Usage(Exception):  # noqa: N818 - not an error of its own
    """The program shows how it is to be called."""


@dataclass(slots=True)
class Options:
    """The command line. Times in ns; ``source`` and ``target`` as they were typed, None where they were not."""

    beep: bool = False
    reverse_beep: bool = False
    same_address: bool = False
    broadcast_target: bool = False
    count: int = -1
    replies: int = -1
    duplicates: bool = False
    dots: bool = False
    quiet: bool = False
    raw_mac: bool = False
    raw_ip: bool = False
    guess_device: bool = True
    device: str = ""
    promiscuous: bool = False
    reply: bool = False
    source: str | None = None
    source_mac: str | None = None
    target: str | None = None
    target_mac: str | None = None
    total: bool = False
    unsolicited: bool = False
    verbose: bool = False
    deadline: int = -1
    wait: int = NSEC_PER_SEC

    @property
    def normal(self) -> bool:
        """Neither quiet nor one of the terse displays."""
        return not (self.dots or self.quiet or self.raw_mac or self.raw_ip)


@dataclass(slots=True)
class Counts:
    """What was sent and received; times in seconds."""

    sent: int = 0
    received: int = 0
    times: list[float] = field(default_factory=list)
    last_mac: bytes = b""
    duplicate: bool = False


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0 with an answer; with -d 0 without a duplicate."""
    try:
        options, operands = _options(argv)
        return (yield from _Arping(process, options, operands).run())
    except ArpingError as error:
        process.stderr.write(str(error))
    except OptionError as error:
        process.stderr.write(f"arping: {error}\n")
        process.stdout.write(_USAGE)
    except _Usage:
        process.stdout.write(_USAGE)
        return 0 if "-h" in argv else 1
    return 1


_FLAGS = {
    "a": "beep", "e": "reverse_beep", "A": "same_address", "d": "duplicates", "D": "dots", "p": "promiscuous",
    "P": "reply", "q": "quiet", "r": "raw_mac", "R": "raw_ip", "u": "total", "U": "unsolicited", "v": "verbose",
    "B": "broadcast_target",
}  # fmt: skip
_TEXTS = {"i": "device", "I": "device", "S": "source", "s": "source_mac", "T": "target", "t": "target_mac"}


def _options(argv: list[str]) -> tuple[Options, list[str]]:
    if "--help" in argv:
        raise ArpingError("arping: --help is not modelled\n")
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS)
    for letter, text in getopt:
        if letter in _FLAGS:
            setattr(options, _FLAGS[letter], True)
        elif letter in _TEXTS:
            setattr(options, _TEXTS[letter], text)
        elif letter in "0b":
            options.source = "0.0.0.0" if letter == "0" else "255.255.255.255"  # noqa: S104 - an ARP sender, no binding
        elif letter == "F":
            options.guess_device = False
        elif letter in "cC":
            setattr(options, "count" if letter == "c" else "replies", int(_number(text)))
        elif letter in "wW":
            setattr(options, "deadline" if letter == "w" else "wait", int(_number(text) * NSEC_PER_SEC))
        elif letter in "mV":
            raise ArpingError(f"arping: -{letter} is not modelled\n")
        elif letter == "Q":
            raise ArpingError("arping: -Q requires the use of 802.1Q (-V)\n")
        elif letter == "h":
            raise _Usage
    if len(getopt.operands) > 1:
        raise ArpingError("arping: Too many args on command line. Expected at most one.\n")
    return options, getopt.operands


def _number(text: str) -> float:
    """atof(3)."""
    match = re.match(r"\s*[-+]?(\d+\.?\d*|\.\d+)", text)
    return float(match[0]) if match else 0.0


def _mac(text: str) -> bytes | None:
    """get_mac_addr: with colons, dashes, or as Cisco writes them."""
    for layout in _MAC_FORMATS:
        match = layout.match(text)
        if match is not None:
            return bytes(int(part, 16) & 0xFF for part in match.groups())
    return None


def _is_mac(text: str) -> bool:
    return ":" in text or _CISCO_OR_WINDOWS.fullmatch(text) is not None


class _Arping:
    """One run: ``dstip`` and ``dstmac`` are the target, ``srcip`` and ``srcmac`` whom it claims to be."""

    def __init__(self, process: Process, options: Options, operands: list[str]) -> None:
        self.process = process
        self.options = options
        self.operand = operands[0] if operands else None
        self.counts = Counts()
        self.clock = process.machine.clock
        self.sent_at = 0
        self.dstip = IP_BROADCAST
        self.dstmac = BROADCAST
        self.by_mac = False
        self.shown = ""
        self._over = False

    def run(self) -> Task:
        options = self.options
        self._check()
        self._find_target()
        dev = self._find_device()
        self._check_interface(dev.name)
        self._find_source(dev)
        if options.verbose:
            own = inet_ntoa(_address(dev) or IP_BROADCAST)
            self._print(f"This box:   Interface: {dev.name}  IP: {own}   MAC address: {self.srcmac.hex(':')}\n")
        if options.normal:
            self._print(f"ARPING {self.shown}\n")
        sender = packet_create(self.process.net, ETH_P_ALL)
        listener = packet_create(self.process.net, ETH_P_ALL)
        packet_bind(listener, dev.ifindex)
        try:
            yield from self._rounds(sender, listener, dev.ifindex)
        finally:
            packet_release(sender)
            packet_release(listener)
        return self._finish()

    def _print(self, text: str) -> None:
        self.process.stdout.write(text)

    # who and where

    def _check(self) -> None:
        options = self.options
        by_ip = options.broadcast_target or options.target_mac is not None or options.unsolicited
        if options.target is not None and by_ip:
            raise ArpingError("arping: -T can only be used to ping MAC and -BtU only to ping IPs")
        if options.duplicates and options.count == -1:
            options.count = 3
        if options.target_mac is not None:
            found = _mac(options.target_mac)
            if found is None:
                raise ArpingError(f"Illegal MAC addr {options.target_mac}\n")
            self.dstmac = found
        if options.source_mac is not None and _mac(options.source_mac) is None:
            raise ArpingError(f"arping: Weird MAC addr {options.source_mac}\n")

    def _find_target(self) -> None:
        options = self.options
        if options.target is not None:
            self.by_mac = True
            self.dstip = self._resolve(options.target, "T", "-B instead of -T")
        elif not (options.target_mac or options.unsolicited):
            self.by_mac = self.operand is not None and _is_mac(self.operand)
        if self.operand is None and options.duplicates:
            self._check_interface(options.device)
            dev = self.process.net.dev_get_by_name(options.device) or self._guess()
            self.dstip = _address(dev) or IP_BROADCAST
        elif self.operand is None and not options.broadcast_target:
            raise _Usage
        elif self.by_mac:
            assert self.operand is not None
            found = _mac(self.operand)
            if found is None:
                raise ArpingError(f"arping: Illegal mac addr {self.operand}\n")
            self.dstmac = found
            self.shown = self.operand
            return
        elif not options.broadcast_target and self.operand is not None:
            if _is_mac(self.operand):
                raise ArpingError("arping: Options given only apply to IP ping, but MAC address given as argument\n")
            found = inet_aton(self.operand)
            if found is None:
                raise ArpingError(f"arping: Can't resolve {self.operand}\n")
            self.dstip = found
        self.shown = inet_ntoa(self.dstip)

    def _resolve(self, text: str, letter: str, other: str) -> bytes:
        found = inet_aton(text)
        if found is None or (found == IP_BROADCAST and text != "255.255.255.255"):
            raise ArpingError(
                f"arping: Can't resolve {text}, or {text} is broadcast. If it is, use {other}\n"
            )  # fmt: skip
        return found

    def _guess(self) -> NetDevice:
        """The first device that is up and not lo."""
        net = self.process.net
        dev = next((dev for dev in net.devices.values() if dev.running and dev is not net.loopback), None)
        if dev is None:
            raise ArpingError("arping: Gave up looking for interface to use: \n")
        return dev

    def _find_device(self) -> NetDevice:
        """-i, else the device with the longest prefix around the target (findif_getifaddrs.c), else a guess."""
        options, net = self.options, self.process.net
        if options.device:
            self._check_interface(options.device)
            return net.devices[options.device]
        target = int.from_bytes(self.dstip, "big")
        best: tuple[int, NetDevice] | None = None
        for dev in net.devices.values():
            if options.guess_device and dev.running and not dev.flags & Iff.LOOPBACK and dev.in_dev is not None:
                for ifa in dev.in_dev.ifa_list:
                    if target & ifa.mask == ifa.network and (best is None or ifa.mask > best[0]):
                        best = ifa.mask, dev
        if best is not None:
            if options.verbose:
                self._print(f"arping: Autodetected interface {best[1].name}\n")
            return best[1]
        if options.guess_device:
            words = "arping: lookup dev: No matching interface found using getifaddrs().\n"
            self.process.stderr.write(words)
        dev = self._guess()
        if options.guess_device:
            self.process.stderr.write(
                "arping: Unable to automatically find interface to use. Is it on the local LAN?\n"
                f"arping: Use -i to manually specify interface. Guessing interface {dev.name}.\n"
            )
        return dev

    def _check_interface(self, name: str) -> None:
        """libnet_check_iface: it must exist and be up."""
        dev = self.process.net.dev_get_by_name(name)
        if name and (dev is None or not dev.running):
            problem = f"libnet_check_iface(): {name} is down" if dev else "libnet_check_iface() ioctl: No such device"
            raise ArpingError(f"arping: libnet_init(LIBNET_LINK, {name}): {problem}\n")

    def _find_source(self, dev: NetDevice) -> None:
        options = self.options
        self.srcmac = (_mac(options.source_mac) if options.source_mac else None) or dev.address
        if options.source is not None:
            self.srcip = self._resolve(options.source, "S", "-b instead of -S")
            return
        own = _address(dev)
        if own is None:
            raise ArpingError(
                f"arping: Unable to get the IPv4 address of interface {dev.name}:\n"
                "arping: libnet_get_ipaddr4(): ioctl(): Cannot assign requested address\n"
                "arping: Use -S to specify address manually.\n"
            )
        self.srcip = own

    # sending and receiving

    def _rounds(self, sender: PacketSock, listener: PacketSock, ifindex: int) -> Generator[Wait, bool, None]:
        options = self.options
        forever = self.clock.now + self.process.patience if options.count < 0 and options.deadline <= 0 else None
        deadline = self.clock.now + options.deadline if options.deadline > 0 else None
        make = self._echo if self.by_mac else self._arp
        number = 0
        while (options.count < 0 or number < options.count) and not self._over:
            if forever is not None and self.clock.now >= forever:
                return
            self.process.machine.charge()
            self.sent_at = self.clock.now
            result = packet_sendmsg(sender, make(number), ifindex, ETH_P_ALL)
            self.counts.sent += 1
            if result < 0:
                problem = f"libnet_write_link(): only -1 bytes written ({Errno(-result).strerror})"
                self.process.stderr.write(f"arping: libnet_write(): {problem}\n\n")
                return
            number += 1
            wait = options.wait if deadline is None else min(options.wait, deadline - self.clock.now)
            if wait <= 0:
                return
            yield from self._receive(listener, self.clock.now + wait)

    def _arp(self, number: int) -> bytes:
        options = self.options
        target = BROADCAST if options.unsolicited else self.dstmac if options.reply else bytes(6)
        operation = arp.ARPOP_REPLY if options.reply else arp.ARPOP_REQUEST
        packet = arp.emit(operation, self.srcmac, self.srcip, target, self.dstip) + _PADDING
        return ethernet.emit(self.dstmac, self.srcmac, ETH_P_ARP) + packet

    def _echo(self, number: int) -> bytes:
        identifier = self.process.machine.alloc_pid()
        stamp = struct.pack("<qq", self.clock.now // NSEC_PER_SEC, self.clock.now % NSEC_PER_SEC)
        message = icmp.emit(icmp.ICMP_ECHO, 0, identifier << 16 | number & 0xFFFF, stamp + _SUFFIX)
        header = ipv4.emit(self.srcip, self.dstip, IPPROTO_ICMP, len(message), ttl=64, id=identifier)
        return ethernet.emit(self.dstmac, self.srcmac, ETH_P_IP) + header + message

    def _receive(self, listener: PacketSock, until: int) -> Generator[Wait, bool, None]:
        options, counts = self.options, self.counts
        before = counts.received
        read: Callable[[PacketMessage], None] = self._read_echo if self.by_mac else self._read_arp
        while (yield Wait(until, lambda: listener.receive_queue)):
            while listener.receive_queue:
                read(listener.receive_queue.popleft())
            if self._over:
                return
        if counts.received == before:
            if options.reverse_beep:
                self._print("\a")
            if options.dots:
                self._print(".")
            elif options.normal:
                self._print("Timeout\n")

    def _read_arp(self, message: PacketMessage) -> None:
        frame, options = message.data, self.options
        if frame[12:14] != b"\x08\x06" or len(frame) < ethernet.HLEN + arp.HLEN:
            return
        seen = arp.parse(frame, ethernet.HLEN)
        if (seen.hrd, seen.pro, seen.hln, seen.pln, seen.op) != (1, ETH_P_IP, 6, 4, arp.ARPOP_REPLY):
            return
        if options.same_address and seen.sha != self.dstmac:
            return
        if (not options.promiscuous and seen.tha != self.srcmac) or seen.sip != self.dstip:
            return
        index = f"index={self.counts.received}" + (f"/{self.counts.sent - 1}" if options.total else "")
        source, address = frame[6:12], inet_ntoa(seen.sip)
        terse = " ".join([source.hex(":")] * options.raw_mac + [address] * options.raw_ip)
        self._count(message, source, f"{len(frame)} bytes from {source.hex(':')} ({address}): {index}", terse)

    def _read_echo(self, message: PacketMessage) -> None:
        frame, options = message.data, self.options
        at = ethernet.HLEN + ipv4.HLEN
        if frame[12:14] != b"\x08\x00" or len(frame) < at + icmp.HLEN + len(_PADDING + _SUFFIX):
            return
        header, reply = ipv4.parse(frame, ethernet.HLEN), icmp.parse(frame, at)
        source = frame[6:12]
        if header.protocol != IPPROTO_ICMP or frame[:6] != self.srcmac or self.dstmac not in (BROADCAST, source):
            return
        if options.same_address and header.saddr != self.dstip:
            return
        suffix = frame[at + icmp.HLEN + len(_PADDING) :][: len(_SUFFIX)]
        if (reply.type, reply.code) != (icmp.ICMP_ECHOREPLY, 0) or suffix != _SUFFIX:
            return
        address = inet_ntoa(header.saddr)
        terse = " ".join([source.hex(":")] * options.raw_ip + [address] * options.raw_mac)
        line = f"{len(frame)} bytes from {address} ({source.hex(':')}): icmp_seq={reply.un & 0xFFFF}"
        self._count(message, source, line, terse)

    def _count(self, message: PacketMessage, source: bytes, line: str, terse: str) -> None:
        options, counts = self.options, self.counts
        passed = message.timestamp - self.sent_at
        counts.times.append(passed / NSEC_PER_SEC)
        if options.beep:
            self._print("\a")
        if options.dots:
            self._print("!")
        elif options.normal:
            self._print(f"{line} time={_duration(passed)}\n")
        elif not options.quiet:
            self._print(f"{terse}\n")
        counts.duplicate = counts.duplicate or (counts.received > 0 and counts.last_mac != source)
        counts.last_mac = source
        counts.received += 1
        self._over = self._over or counts.received == options.replies

    def _finish(self) -> int:
        options, counts = self.options, self.counts
        lost = max(100.0 - 100.0 * counts.received / counts.sent, 0.0) if counts.sent else 0.0
        extra = max(counts.received - counts.sent, 0)
        if options.dots:
            self._print(f"\t{lost:3.0f}% packet loss ({extra} extra)\n")
        elif options.normal:
            self._print(
                f"\n--- {self.shown} statistics ---\n{counts.sent} packets transmitted, "
                f"{counts.received} packets received, {lost:3.0f}% unanswered ({extra} extra)\n"
            )
            if counts.received:
                average = sum(counts.times) / counts.received
                square = sum(time * time for time in counts.times) / counts.received
                deviation = sqrt(max(square - average * average, 0.0))
                figures = (min(counts.times), average, max(counts.times), deviation)
                shown = "/".join(f"{1000 * figure:.3f}" for figure in figures)
                self._print(f"rtt min/avg/max/std-dev = {shown} ms")
            self._print("\n")
        return int(counts.duplicate) if options.duplicates else int(not counts.received)


def _address(dev: NetDevice) -> bytes | None:
    """SIOCGIFADDR: the first address."""
    addresses = dev.in_dev.ifa_list if dev.in_dev is not None else ()
    address: bytes | None = next((ifa.local for ifa in addresses), None)
    return address


def _duration(nanoseconds: int) -> str:
    """ts2str."""
    value, units = float(nanoseconds), ["nsec", "usec", "msec", "sec"]
    while value > 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.3f} {units[0]}"
