"""tcpdump: listens with a packet socket, at the place in the path that such a socket has, and prints what it hears.

Lines come out at once, as with -l and --immediate-mode. What is written with -w stays in the lab (``Process.files``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import PACKET_OUTGOING
from webapp.kernel.packet.af_packet import PacketMessage, PacketSock, packet_bind, packet_create, packet_release
from webapp.kernel.uapi.if_ether import ETH_P_8021Q, ETH_P_ALL
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.jobs import SIGINT, SIGTERM, Signal, Task, Wait
from webapp.userland.process import Process
from webapp.userland.tcpdump.frame import DLT_EN10MB, ETHER_HLEN, LINKTYPE_LINUX_SLL2, Frame
from webapp.userland.tcpdump.pcap_filter import FilterError, Test, compile_filter
from webapp.userland.tcpdump.printer import Printer, Style, ascii_dump, hex_dump
from webapp.userland.tcpdump.savefile import SNAPLEN, file_header, frames, linktype, record

_OPTIONS = "aAb:B:c:C:dDeE:fF:G:hHi:IjJKlLm:M:nNOpq#Q:r:s:StT:uUvV:w:W:xXy:Yz:Z:"
_LONGS = ("count", "immediate-mode", "number", "print", "version", "snapshot-length=", "help", "list-interfaces",
          "direction=", "interface=")  # fmt: skip
_WITHOUT_EFFECT = frozenset(("l", "U", "p", "K", "O", "N", "B", "immediate-mode"))
_RING = 2 << 20
_DIRECTIONS = {"in": False, "out": True, "inout": None}

_VERSION = "tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\nOpenSSL 3.0.19 27 Jan 2026\n"
_USAGE = _VERSION + (
    "Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]\n"
    "\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]\n"
    "\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]\n"
    "\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]\n"
    "\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]\n"
    "\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]\n"
    "\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]\n"
    "\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]\n"
)


class TcpdumpError(Exception):
    """tcpdump ends: the whole message."""


@dataclass(slots=True)
class Options:
    """The command line. ``times`` counts -t, ``hexadecimal`` -x and ``with_text`` -X."""

    device: str = ""
    count: int = 0
    write: str = ""
    read: str = ""
    numeric: bool = False
    link: bool = False
    quiet: bool = False
    absolute: bool = False
    numbers: bool = False
    ascii: bool = False
    show: bool = False
    times: int = 0
    verbose: int = 0
    hexadecimal: int = 0
    with_text: int = 0
    outgoing: bool | None = None
    expression: list[str] = field(default_factory=list)


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0, or 1 where it cannot listen."""
    try:
        options = _options(process, argv)
        if options is None:
            return 0
        capture = Capture(process, options)
        if options.read:
            return capture.read_back()
        return (yield from capture.listen())
    except FilterError as error:
        process.stderr.write(f"tcpdump: {error}\n")
    except TcpdumpError as error:
        process.stderr.write(f"tcpdump: {error}\n")
    except OptionError as error:
        process.stderr.write(f"tcpdump: {error}\n{_USAGE}")
    return 1


_FLAGS = {"n": "numeric", "e": "link", "q": "quiet", "S": "absolute", "#": "numbers", "number": "numbers",
          "A": "ascii", "print": "show"}  # fmt: skip
_COUNTED = {"t": "times", "v": "verbose", "x": "hexadecimal", "X": "with_text"}
_VALUES = {"i": "device", "interface": "device", "w": "write", "r": "read"}


def _options(process: Process, argv: list[str]) -> Options | None:
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS, _LONGS)
    for letter, text in getopt:
        if letter in _FLAGS:
            setattr(options, _FLAGS[letter], True)
        elif letter in _COUNTED:
            setattr(options, _COUNTED[letter], getattr(options, _COUNTED[letter]) + 1)
        elif letter in _VALUES:
            setattr(options, _VALUES[letter], text)
        elif letter == "c":
            options.count = _count(text)
        elif letter in ("Q", "direction"):
            if text not in _DIRECTIONS:
                raise TcpdumpError(f"unknown capture direction `{text}'")
            options.outgoing = _DIRECTIONS[text]
        elif letter in ("s", "snapshot-length"):
            _check_snaplen(text)
        elif letter in ("h", "help", "version"):
            process.stdout.write(_VERSION if letter == "version" else _USAGE)
            return None
        elif letter not in _WITHOUT_EFFECT:
            raise TcpdumpError(f"-{'-' if len(letter) > 1 else ''}{letter} is not modelled")
    options.expression = getopt.operands
    return options


def _count(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise TcpdumpError(f"invalid packet count {text}")
    return int(text)


def _check_snaplen(text: str) -> None:
    if not text.isdigit() or int(text) > SNAPLEN:
        raise TcpdumpError(f"invalid snaplen {text} (must be >= 0 and <= {SNAPLEN})")
    if 0 < int(text) < 65535:
        raise TcpdumpError("cutting packets with -s is not modelled")


class Capture:
    """One run of tcpdump."""

    def __init__(self, process: Process, options: Options) -> None:
        self.process = process
        self.options = options
        # -A alone does not keep tcpdump from dumping what it cannot decode
        self.dumps = bool(options.hexadecimal or options.with_text)
        style = Style(
            options.numeric, options.verbose, options.link, options.quiet, options.absolute, self.dumps
        )  # fmt: skip
        self.printer = Printer(style)
        self.captured = self.received = 0
        self.test: Test | None = compile_filter(" ".join(options.expression))
        self.first = self.last = -1

    # listening

    def listen(self) -> Task:
        """Until -c packets were captured, or somebody interrupts."""
        options = self.options
        dev = self._device()
        ifindex = 0 if dev is None else dev.ifindex
        sk = packet_create(self.process.net, 0)
        sk.rcvbuf = _RING
        packet_bind(sk, ifindex, ETH_P_ALL)
        kind = LINKTYPE_LINUX_SLL2 if dev is None else DLT_EN10MB
        if options.write:
            self.process.files.create(options.write)
            self.process.files.append(options.write, file_header(kind))
        self._announce(dev)
        interrupted = False
        try:
            while not options.count or self.captured < options.count:
                yield Wait(None, lambda: sk.receive_queue)
                self._read(sk, dev)
        except Signal as signal:
            if signal.number not in (SIGINT, SIGTERM):
                raise
            interrupted = True
        finally:
            packet_release(sk)
        self._read_rest(sk, dev)
        self._finish(sk, interrupted=interrupted)
        return 0

    def _device(self) -> NetDevice | None:
        """The device of -i, else the first one that is up; None is all of them."""
        net = self.process.net
        name = self.options.device
        if name == "any":
            return None
        if not name:
            up = (dev for dev in net.devices.values() if dev.flags & Iff.UP)
            first = next((dev for dev in up if dev is not net.loopback), None)
            return first if first is not None or not net.loopback.flags & Iff.UP else net.loopback
        dev = net.dev_get_by_name(name)
        if dev is None:
            raise TcpdumpError(f"{name}: No such device exists\n(No such device exists)")
        if not dev.flags & Iff.UP:
            raise TcpdumpError(f"{name}: That device is not up")
        return dev

    def _announce(self, dev: NetDevice | None) -> None:
        options = self.options
        said = "" if dev is not None else "tcpdump: data link type LINUX_SLL2\n"
        if options.verbose or (options.write and not options.show):
            said += "tcpdump: "
        else:
            said += "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n"
        name = "any" if dev is None else dev.name
        kind = "LINUX_SLL2 (Linux cooked v2)" if dev is None else "EN10MB (Ethernet)"
        said += f"listening on {name}, link-type {kind}, snapshot length {SNAPLEN} bytes\n"
        self.process.stderr.write(said)

    def _read(self, sk: PacketSock, dev: NetDevice | None) -> None:
        """Takes packets, as many as -c still wants."""
        count = self.options.count
        while sk.receive_queue and not (count and self.captured >= count):
            frame = self._frame(sk.receive_queue.popleft(), dev)
            if frame is not None:
                self.show(frame)

    def _read_rest(self, sk: PacketSock, dev: NetDevice | None) -> None:
        """Counts what passed the filter and was not wanted any more."""
        while sk.receive_queue:
            self._frame(sk.receive_queue.popleft(), dev)

    def _frame(self, message: PacketMessage, dev: NetDevice | None) -> Frame | None:
        """A packet that passes the filter, else None."""
        net = self.process.net
        outgoing = message.pkttype == PACKET_OUTGOING
        data, network, vlan = message.data, ETHER_HLEN, None
        if message.vlan_tci:
            # libpcap puts a tag back in that the card, or the kernel in its place, has taken off
            vlan = message.vlan_tci & 0xFFFF
            tag = (message.vlan_proto or ETH_P_8021Q).to_bytes(2, "big") + vlan.to_bytes(2, "big")
            data, network = data[:12] + tag + data[12:], ETHER_HLEN + 4
        from_dev = net.dev_get_by_index(message.ifindex)
        name = "" if from_dev is None else from_dev.name
        ethertype = int.from_bytes(message.data[12:14], "big")
        frame = Frame(
            data, message.timestamp, message.ifindex, name, message.pkttype, dev is None, network, ethertype, vlan
        )  # fmt: skip
        if self.test is not None and not self.test(frame):
            return None
        self.received += 1
        wanted = self.options.outgoing
        if (outgoing and from_dev is net.loopback) or (wanted is not None and wanted is not outgoing):
            return None
        return frame

    def _finish(self, sk: PacketSock, *, interrupted: bool) -> None:
        stderr = self.process.stderr
        if interrupted and not self.options.write:
            self.process.stdout.write("\n")
        for number, what in (
            (self.captured, "captured"), (self.received, "received by filter"), (sk.drops, "dropped by kernel"),
        ):  # fmt: skip
            stderr.write(f"{number} packet{'' if number == 1 else 's'} {what}\n")

    # reading a capture

    def read_back(self) -> int:
        """-r: prints what -w has written before."""
        options = self.options
        capture = self.process.files.read(options.read)
        if capture is None:
            raise TcpdumpError(f"{options.read}: No such file or directory")
        if linktype(capture) != DLT_EN10MB:
            raise TcpdumpError("reading captures of all devices is not modelled")
        self.process.stderr.write(
            f"reading from file {options.read}, link-type EN10MB (Ethernet), snapshot length {SNAPLEN}\n"
        )  # fmt: skip
        for frame in frames(capture):
            if self.test is None or self.test(frame):
                self.show(frame)
            if options.count and self.captured >= options.count:
                break
        return 0

    # printing

    def show(self, frame: Frame) -> None:
        """Writes a packet to the file, or prints it."""
        options = self.options
        self.captured += 1
        if options.write:
            self.process.files.append(options.write, record(frame))
            if not options.show:
                return
        text = f"{self.captured:5d}  " if options.numbers else ""
        text += self._time(frame.time) + self.printer.line(frame)
        if options.with_text:
            text += hex_dump(self._dumped(frame, options.with_text), with_text=True)
        elif options.hexadecimal:
            text += hex_dump(self._dumped(frame, options.hexadecimal), with_text=False)
        elif options.ascii:
            text += ascii_dump(self._dumped(frame, 1))
        self.process.stdout.write(f"{text}\n")

    def _dumped(self, frame: Frame, level: int) -> bytes:
        """With -x from the network header on, with -xx the link-layer header, too."""
        return frame.captured if level > 1 else frame.data[frame.network :]

    def _time(self, time: int) -> str:
        """ts_print: no time, the time of day, seconds, or the time since the last or the first packet."""
        kind = self.options.times
        before, self.last = self.last, time
        self.first = time if self.first < 0 else self.first
        if kind == 1:
            return ""
        if kind == 2:
            return f"{time // NSEC_PER_SEC}.{time // 1000 % 1_000_000:06d} "
        if kind in (3, 5):
            since = (before if before >= 0 else time) if kind == 3 else self.first
            return f" {clock_text(time - since)} "
        day = f"1970-01-{1 + time // (86_400 * NSEC_PER_SEC):02d} " if kind == 4 else ""
        return f"{day}{clock_text(time)} "


def clock_text(time: int) -> str:
    """A time of day (UTC), to the microsecond."""
    seconds = time // NSEC_PER_SEC
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{time // 1000 % 1_000_000:06d}"
