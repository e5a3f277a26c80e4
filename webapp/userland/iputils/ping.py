"""ping of iputils 20221126, through a raw socket as root has it (ping.c): its options, and IPv4. ping6.py has IPv6.

Not modelled, and refused: -R, -T and routes of several hosts (IP options), -N.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import isfinite

from webapp.kernel.core.sock import (
    AF_INET,
    AF_INET6,
    IPPROTO_ICMP,
    IPPROTO_ICMPV6,
    SOCK_DGRAM,
    SOCK_RAW,
    Datagram,
    InetSock,
    IpPmtudisc,
    SoEeOrigin,
    sock_dequeue_err,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.af_inet import inet_bind, inet_create, inet_dgram_connect, inet_getname, inet_release
from webapp.kernel.ipv4.ip_sockglue import ip_sock_set_tos
from webapp.kernel.ipv4.raw import raw_sendmsg
from webapp.kernel.ipv6.af_inet6 import inet6_create, inet6_release
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.kernel.wire import icmp
from webapp.kernel.wire.checksum import checksum
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.inet import inet_aton, inet_ntoa, inet_pton, inet_pton6, is_ipv6
from webapp.userland.iputils.ping6 import Ping6
from webapp.userland.iputils.ping_common import MAX_DUP_CHK, Options, Ping, PingError
from webapp.userland.jobs import Task
from webapp.userland.process import Process

USAGE_ERROR = 2
_ICMP_HEADER = 8
_INT_MAX = 0x7FFFFFFF
_LONG_MAX = 0x7FFFFFFFFFFFFFFF

_REDIRECT, _SOURCE_QUENCH, _DEST_UNREACH, _TIME_EXCEEDED, _PARAMETERPROB = 5, 4, 3, 11, 12
_WANTED = (0, _DEST_UNREACH, _SOURCE_QUENCH, _REDIRECT, _TIME_EXCEEDED, _PARAMETERPROB)
_WANTED_AFTER_ERROR = (0, _SOURCE_QUENCH, _REDIRECT)

_UNREACHABLE = (
    "Destination Net Unreachable",
    "Destination Host Unreachable",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "Frag needed and DF set (mtu = {info})",
    "Source Route Failed",
    "Destination Net Unknown",
    "Destination Host Unknown",
    "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Packet filtered",
    "Precedence Violation",
    "Precedence Cutoff",
)
_REDIRECTS = (
    "Redirect Network",
    "Redirect Host",
    "Redirect Type of Service and Network",
    "Redirect Type of Service and Host",
)
_EXCEEDED = ("Time to live exceeded", "Frag reassembly time exceeded")


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0 with an answer, 1 without, 2 for other errors."""
    try:
        options, operands = _options(process, argv)
        return (yield from _run(process, options, operands))
    except PingError as error:
        if error.message:
            process.stderr.write(f"ping: {error.message}\n")
        return error.code
    except OptionError as error:
        process.stderr.write(f"ping: {error}\n{_USAGE}")
        return USAGE_ERROR


def _run(process: Process, options: Options, operands: list[str]) -> Task:
    if not operands:
        raise PingError(1, "usage error: Destination address required")
    if len(operands) > 1:
        raise PingError(USAGE_ERROR, "source routes are not modelled")
    if options.pattern and not options.quiet:
        process.stdout.write(f"PATTERN: 0x{options.pattern.hex()}\n")
    if _family(options, operands[0]) == AF_INET6:
        sk6 = inet6_create(process.net, SOCK_RAW, IPPROTO_ICMPV6)
        try:
            return (yield from Ping6(process, options, sk6, operands[0]).run())
        finally:
            inet6_release(sk6)
    sk = inet_create(process.net, SOCK_RAW, IPPROTO_ICMP)
    try:
        return (yield from Ping4(process, options, sk, operands[0]).run())
    finally:
        inet_release(sk)


def _family(options: Options, target: str) -> int:
    """What getaddrinfo(3) says of an address; its family must be the one that -4 or -6 asks for."""
    known = AF_INET6 if is_ipv6(target) else AF_INET if target == "localhost" or inet_aton(target) else AF_UNSPEC
    if known and options.family not in (AF_UNSPEC, known):
        raise PingError(USAGE_ERROR, f"{target}: Address family for hostname not supported")
    return known


# The command line


def _number(text: str, low: int, high: int) -> int:
    """strtol_or_err."""
    stripped = text.lstrip(" \t\n\v\f\r")
    digits = stripped[1:] if stripped[:1] in ("+", "-") else stripped
    if not (digits.isascii() and digits.isdecimal()):
        raise PingError(1, f"invalid argument: '{text}'")
    value = int(stripped)
    if not low <= value <= high:
        raise PingError(1, f"invalid argument: '{text}': out of range: {low} <= value <= {high}")
    return value


def _seconds(process: Process, text: str, problem: str) -> float:
    """ping_strtod: what follows a number is complained of and ignored."""
    end = next((end for end in range(len(text), 0, -1) if _is_number(text[:end])), 0)
    if not text:
        raise PingError(USAGE_ERROR, f"{problem}: {text}")
    if end < len(text):
        process.stderr.write(
            f"ping: option argument contains garbage: {text[end:]}\nping: this will become fatal error in the future\n"
        )
    value = float(text[:end]) if end else 0.0
    if not isfinite(value):
        raise PingError(USAGE_ERROR, f"{problem}: {text}: Numerical result out of range")
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _interval(process: Process, options: Options, text: str) -> None:
    value = _seconds(process, text, "bad timing interval")
    if value > _INT_MAX / 1000:
        raise PingError(USAGE_ERROR, f"bad timing interval: {text}")
    options.interval, options.opt_interval = int(value * 1000), True


def _linger(process: Process, options: Options, text: str) -> None:
    value = _seconds(process, text, "bad linger time")
    if not 0 <= value <= _INT_MAX / 1000:
        raise PingError(USAGE_ERROR, f"bad linger time: {text}")
    options.lingertime = int(value * 1000)


def _interface(process: Process, options: Options, text: str) -> None:
    address = inet_pton(text)
    address6, _, name = text.partition("%")
    found = inet_pton6(address6)
    if address is not None:
        options.source, options.strict_source = address, True
    elif found is not None:
        options.source6, options.strict_source = found[0], True
        options.device = name or options.device
    elif ":" in text:
        raise PingError(USAGE_ERROR, f"invalid source address: {text}")
    else:
        options.device = text


def _flowlabel(process: Process, options: Options, text: str) -> None:
    base = 16 if text[:2] in ("0x", "0X") else 10
    try:
        options.flowlabel = int(text, base)
    except ValueError:
        raise PingError(USAGE_ERROR, f"bad value for flowinfo: {text}") from None
    if options.flowlabel & ~0xFFFFF:
        raise PingError(USAGE_ERROR, f"flow value is greater than 20 bits: {text}")


def _pmtudisc(process: Process, options: Options, text: str) -> None:
    modes = {"do": IpPmtudisc.DO, "dont": IpPmtudisc.DONT, "want": IpPmtudisc.WANT}
    if text not in modes:
        raise PingError(USAGE_ERROR, f"invalid -M argument: {text}")
    options.pmtudisc = modes[text]


def _tos(process: Process, options: Options, text: str) -> None:
    base = 16 if text[:2] in ("0x", "0X") else 10
    try:
        options.tos = int(text, base)
    except ValueError:
        raise PingError(USAGE_ERROR, f"bad TOS value: {text}") from None
    if options.tos > 255:
        raise PingError(USAGE_ERROR, f"the decimal value of TOS bits must be in range 0-255: {options.tos}")


def _pattern(process: Process, options: Options, text: str) -> None:
    garbage = next((text[at:] for at, digit in enumerate(text) if digit not in "0123456789abcdefABCDEF"), "")
    if garbage:
        raise PingError(USAGE_ERROR, f"patterns must be specified as hex digits: {garbage}")
    options.pattern = bytes(int(text[at : at + 2], 16) for at in range(0, min(len(text), 32), 2))


def _set(name: str, value: object = True) -> Callable[[Process, Options, str], None]:
    return lambda _process, options, _text: setattr(options, name, value)


def _count(name: str, low: int, high: int) -> Callable[[Process, Options, str], None]:
    return lambda _process, options, text: setattr(options, name, _number(text, low, high))


def _refuse(letter: str) -> Callable[[Process, Options, str], None]:
    def refuse(process: Process, options: Options, text: str) -> None:
        raise PingError(USAGE_ERROR, f"-{letter} is not modelled")

    return refuse


def _nothing(process: Process, options: Options, text: str) -> None:
    """Options that have no effect on packets."""


_OPTIONS = "h?4bRT:6F:N:aABc:CdDe:fi:I:l:Lm:M:nOp:qQ:rs:S:t:UvVw:W:"
_ACTIONS: dict[str, Callable[[Process, Options, str], None]] = {
    "n": _nothing, "d": _nothing, "B": _nothing, "S": _nothing,
    "4": _set("family", AF_INET), "6": _set("family", AF_INET6), "F": _flowlabel,
    "N": _refuse("N"), "R": _refuse("R"), "T": _refuse("T"), "r": _refuse("r"),
    "a": _set("audible"), "A": _set("adaptive"), "b": _set("broadcast"), "C": _set("connect"), "D": _set("ptimeofday"),
    "f": _set("flood"), "L": _set("noloop"), "O": _set("outstanding"), "q": _set("quiet"), "U": _set("latency"),
    "v": _set("verbose"),
    "c": _count("npackets", 1, _LONG_MAX), "e": _count("ident", 0, 0xFFFF), "l": _count("preload", 1, MAX_DUP_CHK),
    "m": _count("mark", 0, 0xFFFFFFFF), "s": _count("datalen", 0, _INT_MAX), "t": _count("ttl", 0, 255),
    "w": _count("deadline", 0, _INT_MAX),
    "i": _interval, "W": _linger, "I": _interface, "M": _pmtudisc, "Q": _tos, "p": _pattern,
}  # fmt: skip


def _options(process: Process, argv: list[str]) -> tuple[Options, list[str]]:
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS)
    for letter, text in getopt:
        if letter == "V":
            process.stdout.write(_VERSION)
            raise PingError(0, "")
        if letter in "h?":
            process.stderr.write(_USAGE)
            raise PingError(USAGE_ERROR, "")
        _ACTIONS[letter](process, options, text)
    return options, getopt.operands


_VERSION = """\
ping from iputils 20221126
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes
"""

_USAGE = """
Usage
  ping [options] <destination>

For more details see ping(8).
"""


# IPv4


class Ping4(Ping):
    """ping to one IPv4 address."""

    def __init__(self, process: Process, options: Options, sk: InetSock, target: str) -> None:
        super().__init__(process, options, sk)
        self.hostname = target
        self.numeric = options.flood or inet_aton(target) is not None
        self.whereto = _resolve(target)
        self.source = options.source or bytes(4)

    def pr_addr(self, address: bytes) -> str:
        """An address as ping shows it: with its name if the target was given by name."""
        return inet_ntoa(address) if self.numeric else _getnameinfo(address)

    def run(self) -> Task:
        """Sets the socket up, says what it does, and does it."""
        self._find_source()
        if not any(self.whereto):
            self.whereto = self.source
        self._set_options()
        options = self.options
        self.print(f"PING {self.hostname} ({inet_ntoa(self.whereto)}) ")
        if options.device or options.source:
            self.print(f"from {inet_ntoa(self.source)} {options.device}: ")
        self.print(f"{options.datalen}({options.datalen + _ICMP_HEADER + 20}) bytes of data.\n")
        if options.connect:
            _checked("connect failed", lambda: inet_dgram_connect(self.sk, self.whereto, 0))
        if options.ident is None:
            options.ident = self.process.machine.alloc_pid()
        return (yield from self.main_loop())

    def _find_source(self) -> None:
        """Asks the kernel, by connecting a UDP socket, from which address it would send."""
        options = self.options
        device = self._ifindex()
        self.sk.bound_dev_if = device
        if options.source is not None:
            return
        probe = inet_create(self.process.net, SOCK_DGRAM, 0)
        try:
            probe.bound_dev_if = device
            ip_sock_set_tos(probe, options.tos)
            probe.mark = options.mark or 0
            self._connect(probe)
            self.source, _ = inet_getname(probe)
        finally:
            inet_release(probe)
        if device and not self._is_on_device():
            self.error(f"Warning: source address might be selected on device other than: {options.device}")

    def _ifindex(self) -> int:
        name = self.options.device
        if not name:
            return 0
        dev = self.process.net.dev_get_by_name(name)
        if dev is None:
            multicast = self.whereto[0] & 0xF0 == 0xE0
            raise PingError(
                USAGE_ERROR, f"unknown iface: {name}" if multicast else f"SO_BINDTODEVICE {name}: No such device"
            )
        return dev.ifindex

    def _is_on_device(self) -> bool:
        dev = self.process.net.dev_get_by_name(self.options.device)
        return dev is not None and any(ifa.local == self.source for ifa in dev.in_dev.ifa_list)

    def _connect(self, probe: InetSock) -> None:
        try:
            inet_dgram_connect(probe, self.whereto, 1025)
        except KernelError as error:
            if error.errno != Errno.EACCES:
                raise PingError(USAGE_ERROR, f"connect: {error.errno.strerror}") from None
            if not self.options.broadcast:
                words = "Do you want to ping broadcast? Then -b. If not, check your local firewall rules"
                raise PingError(USAGE_ERROR, words) from None
            self.process.stderr.write("WARNING: pinging broadcast address\n")
            probe.broadcast = True
            _checked("connect", lambda: inet_dgram_connect(probe, self.whereto, 1025))

    def _set_options(self) -> None:
        options, sk = self.options, self.sk
        ip_sock_set_tos(sk, options.tos)
        self.multicast = options.broadcast or self.whereto[0] & 0xF0 == 0xE0
        if self.multicast and options.pmtudisc is None:
            options.pmtudisc = IpPmtudisc.DO
        if options.pmtudisc is not None:
            sk.pmtudisc = IpPmtudisc(options.pmtudisc)
        if options.source is not None:
            _checked("bind", lambda: inet_bind(sk, self.source, 0))
        _want(sk, _WANTED)
        sk.recverr = True
        sk.broadcast = options.broadcast
        sk.mc_loop = not options.noloop
        if options.ttl is not None:
            sk.mc_ttl = options.ttl
            if options.ttl == 0:
                raise PingError(USAGE_ERROR, "cannot set unicast time-to-live: Invalid argument")
            sk.uc_ttl = options.ttl
        if options.mark is not None:
            sk.mark = options.mark

    def send_probe(self, sequence: int) -> int:
        self.forget(sequence & 0xFFFF)
        now = self.clock.now // 1000
        stamp = struct.pack("<qq", now // 1_000_000, now % 1_000_000) if self.timing else b""
        data = stamp + self.outpack[len(stamp) :]
        assert self.options.ident is not None
        packet = icmp.emit(icmp.ICMP_ECHO, 0, self.options.ident << 16 | sequence & 0xFFFF, data)
        sent = raw_sendmsg(self.sk, packet, self.whereto)
        return 0 if sent >= 0 else -sent

    def receive_error_msg(self) -> int:
        options = self.options
        error = sock_dequeue_err(self.sk)
        if error is None:
            return -1
        if error.origin is SoEeOrigin.LOCAL:
            if not options.quiet:
                if options.flood:
                    self.print("E")
                elif error.errno == Errno.EMSGSIZE:
                    self.error(f"local error: message too long, mtu={error.info}")
                else:
                    self.error(f"local error: {error.errno.strerror}")
                self.statistics.errors += 1
            return -1
        echo = _echo(error.data)
        if error.daddr != self.whereto or echo is None or echo[0] != options.ident:
            return 0
        self.acknowledge(echo[1])
        _want(self.sk, _WANTED_AFTER_ERROR)
        self.statistics.errors += 1
        if options.flood and not options.quiet:
            self.print("\bE")
        elif not options.quiet:
            self.print_timestamp()
            self.print(f"From {self.pr_addr(error.offender)} icmp_seq={echo[1]} ")
            self.print(_icmp_words(error.type, error.code, error.info) + "\n")
        return 1

    def parse_reply(self, message: Datagram) -> bool:
        header = (message.data[0] & 0xF) * 4
        packet = message.data[header:]
        if len(packet) < _ICMP_HEADER:
            if self.options.verbose:
                self.error(f"packet too short ({len(message.data)} bytes) from {inet_ntoa(message.saddr)}")
            return True
        reply = icmp.parse(packet)
        if reply.type == icmp.ICMP_ECHOREPLY:
            if reply.un >> 16 != self.options.ident:
                return True
            wrong_source = not self.multicast and message.saddr != self.whereto
            self.gather_statistics(
                reply.un & 0xFFFF, packet[_ICMP_HEADER:], message.timestamp, self.pr_addr(message.saddr), message.ttl,
                wrong_source,
            )  # fmt: skip
            if checksum(packet):
                self.statistics.checksum += 1
            return False
        return self._parse_error(message, reply, packet)

    def _parse_error(self, message: Datagram, reply: icmp.Icmp, packet: bytes) -> bool:
        """An ICMP error that came as a packet: those of the error queue come there too, redirects only here."""
        inner = packet[_ICMP_HEADER:]
        echo = _echo(inner[(inner[0] & 0xF) * 4 :]) if len(inner) >= 28 else None
        if echo is None or inner[16:20] != self.whereto or echo[0] != self.options.ident:
            return True
        if reply.type not in (_REDIRECT, _SOURCE_QUENCH):
            self.acknowledge(echo[1])
            return False
        if not self.options.quiet and not self.options.flood:
            self.print_timestamp()
            self.print(f"From {self.pr_addr(message.saddr)}: icmp_seq={echo[1]} ")
            self.print(_icmp_words(reply.type, reply.code, reply.un) + "\n")
        return True


def _resolve(target: str) -> bytes:
    """The address of a host: a number, or localhost; a lab has no name server."""
    address = bytes((127, 0, 0, 1)) if target == "localhost" else inet_aton(target)
    if address is None:
        raise PingError(USAGE_ERROR, f"{target}: Temporary failure in name resolution")
    return address


def _getnameinfo(address: bytes) -> str:
    """A host's name with its address, where it has one."""
    text = inet_ntoa(address)
    return f"localhost ({text})" if text == "127.0.0.1" else text


def _checked(what: str, work: Callable[[], object]) -> None:
    """Runs a system call; where it fails the program ends with "ping: WHAT: STRERROR"."""
    try:
        work()
    except KernelError as error:
        raise PingError(USAGE_ERROR, f"{what}: {error.errno.strerror}") from None


def _want(sk: InetSock, types: tuple[int, ...]) -> None:
    """ICMP_FILTER: lets only these types through."""
    sk.icmp_filter = 0xFFFFFFFF & ~sum(1 << type_ for type_ in types)


def _echo(data: bytes) -> tuple[int, int] | None:
    """Identifier and sequence number of an echo request, None if it is something else."""
    if len(data) < _ICMP_HEADER or data[0] != icmp.ICMP_ECHO:
        return None
    un = icmp.parse(data).un
    return un >> 16, un & 0xFFFF


def _icmp_words(type_: int, code: int, info: int) -> str:
    """pr_icmph: an ICMP error in words. ``info``: MTU, gateway or pointer."""
    if type_ == _DEST_UNREACH:
        words = _UNREACHABLE[code] if code < len(_UNREACHABLE) else f"Dest Unreachable, Bad Code: {code}"
        return words.format(info=info)
    if type_ == _REDIRECT:
        words = _REDIRECTS[code] if code < len(_REDIRECTS) else f"Redirect, Bad Code: {code}"
        return f"{words}(New nexthop: {inet_ntoa(info.to_bytes(4, 'big'))})"
    if type_ == _TIME_EXCEEDED:
        return _EXCEEDED[code] if code < len(_EXCEEDED) else f"Time exceeded, Bad Code: {code}"
    if type_ == _PARAMETERPROB:
        return f"Parameter problem: pointer = {info}"
    return "Source Quench" if type_ == _SOURCE_QUENCH else f"Bad ICMP type: {type_}"
