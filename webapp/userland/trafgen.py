"""trafgen of netsniff-ng 0.6.8 (trafgen.c, trafgen_lexer.l): frames of one's own, byte by byte, past queue and tc.

It sends through a packet socket with PACKET_QDISC_BYPASS, unless -q is given: tc's egress hook, the queue and tcpdump
on that device do not see the frames; netfilter's egress hook does. What is dropped there the real one sends again, and
again, without end; here it says so and gives up.

A packet is a list in braces of numbers (0x0a, 10, 0b1010, 012), c8(), c16(), c32(), c64() and fill(BYTE, TIMES).

Not modelled, and refused: sending through a ring (without -t), without end (-n 0), configuration files, and the other
functions of packets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from webapp.kernel.core.net_device import ETH_HLEN, NetDevice
from webapp.kernel.errno import Errno
from webapp.kernel.packet.af_packet import packet_create, packet_release, packet_sendmsg
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.jobs import Task
from webapp.userland.process import Process

_OPTIONS = "d:o:n:P:t:qCQ"
_REFUSED = "cipDJRsrbSEugHVveh"
_LONGS = ("dev=", "out=", "num=", "cpus=", "gap=", "qdisc-path", "no-cpu-stats", "notouch-irq")
_SHORT = {"dev": "d", "out": "o", "num": "n", "cpus": "P", "gap": "t", "qdisc-path": "q", "no-cpu-stats": "C"}
_UNITS = {"ns": 1, "us": 1_000, "": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
_NUMBER = r"0?x[0-9a-f]+|0?b[01]+|\d+"
_ITEM = re.compile(
    rf"\s*(?:(?:(?P<function>[a-z]\w*)\s*\(\s*(?P<arguments>[^()]*)\)|(?P<number>{_NUMBER}))\s*(?:,|(?=\s|$)))",
    re.IGNORECASE,
)
_WIDTHS = {"c8": 1, "const8": 1, "c16": 2, "const16": 2, "c32": 4, "const32": 4, "c64": 8, "const64": 8}


class TrafgenError(Exception):
    """The program ends with exit code 1; the message is for stderr."""


@dataclass(slots=True)
class Options:
    """The command line; ``gap`` in ns, None where there is none."""

    device: str = ""
    count: int = 0
    gap: int | None = None
    qdisc_path: bool = False
    statistics: bool = True


def main(process: Process, argv: list[str]) -> Task:
    """Exit code 0 when all is sent."""
    try:
        options, operands = _options(argv)
        dev = _device(process, options)
        frame = _fitting(packet(" ".join(operands)), dev)
        return (yield from _send(process, options, dev, frame))
    except OptionError as error:
        process.stderr.write(f"trafgen: {error}\n")
    except TrafgenError as error:
        process.stderr.write(str(error))
    return 1


def _options(argv: list[str]) -> tuple[Options, list[str]]:
    options = Options()
    getopt = Getopt(argv[1:], _OPTIONS + _REFUSED, _LONGS)
    for name, text in getopt:
        letter = _SHORT.get(name, name)
        if letter in _REFUSED:
            raise TrafgenError(f"trafgen: -{letter} is not modelled\n")
        match letter:
            case "d" | "o":
                options.device = text
            case "n":
                options.count = _number(text)
            case "t":
                options.gap = _gap(text)
            case "q":
                options.qdisc_path = True
            case "C":
                options.statistics = False
    if not options.device:
        raise TrafgenError("No networking device given!\n")
    if options.gap is None:
        raise TrafgenError("trafgen: sending through a ring is not modelled; -t sends one by one\n")
    if not options.count:
        raise TrafgenError("trafgen: sending without end is not modelled; -n says how many\n")
    return options, getopt.operands


def _gap(text: str) -> int:
    match = re.fullmatch(r"(\d+)(ns|us|ms|s|)", text)
    if match is None:
        raise TrafgenError("Syntax error in time param!\n")
    return int(match[1]) * _UNITS[match[2]]


def _device(process: Process, options: Options) -> NetDevice:
    dev = process.net.dev_get_by_name(options.device)
    if dev is None:
        raise TrafgenError("This is no networking device!\n")
    if not dev.running:
        raise TrafgenError("Device not up and running!\n")
    return dev


def _fitting(frame: bytes, dev: NetDevice) -> bytes:
    if len(frame) > dev.mtu + ETH_HLEN:
        raise TrafgenError("Device MTU < than your packet size!\n")
    if len(frame) <= ETH_HLEN:
        raise TrafgenError("Device packet size too short!\n")
    return frame


def packet(text: str) -> bytes:
    """The bytes of a packet. TrafgenError: it is none, or uses what is not modelled."""
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")):
        raise TrafgenError("trafgen: a packet is a list of bytes in braces; files are not modelled\n")
    return b"".join(_items(inner[1:-1].rstrip()))


def _items(text: str) -> Iterator[bytes]:
    at = 0
    while at < len(text):
        match = _ITEM.match(text, at)
        if match is None:
            raise TrafgenError(f"trafgen: not modelled in a packet: {text[at:].strip()}\n")
        at = match.end()
        yield (
            _function(match["function"].lower(), match["arguments"])
            if match["function"]
            else _bytes(match["number"], 1)
        )


def _function(name: str, text: str) -> bytes:
    arguments = [argument.strip() for argument in text.split(",")]
    if name in _WIDTHS and len(arguments) == 1:
        return _bytes(arguments[0], _WIDTHS[name])
    if name == "fill" and len(arguments) == 2:
        return _bytes(arguments[0], 1) * _number(arguments[1])
    raise TrafgenError(f"trafgen: {name}() is not modelled\n")


def _bytes(text: str, width: int) -> bytes:
    return (_number(text) & (1 << 8 * width) - 1).to_bytes(width, "big")


def _number(text: str) -> int:
    """As the lexer reads it: 0x, x, 0b and b, a leading 0 for octal."""
    if not re.fullmatch(_NUMBER, text, re.IGNORECASE):
        raise TrafgenError(f"trafgen: {text!r} is no number\n")
    lower = text.lower()
    if "x" in lower:
        return int(lower.partition("x")[2], 16)
    if "b" in lower:
        return int(lower.partition("b")[2], 2)
    try:
        return int(lower, 8 if lower.startswith("0") else 10)
    except ValueError:
        raise TrafgenError(f"trafgen: {text!r} is no number\n") from None


def _send(process: Process, options: Options, dev: NetDevice, frame: bytes) -> Task:
    process.stdout.write(f"{1:6} packets to schedule\n{len(frame):6} bytes in total\nRunning! Hang up with ^C!\n\n")
    begin = process.machine.clock.now
    sk = packet_create(process.net, 0)
    sk.qdisc_bypass = not options.qdisc_path
    try:
        for _ in range(options.count):
            process.machine.charge()
            code = packet_sendmsg(sk, frame, dev.ifindex)
            if code == -Errno.ENOBUFS:
                raise TrafgenError("trafgen: a frame was dropped; the real one now sends it again, without end\n")
            assert options.gap is not None
            yield process.sleep(options.gap)
    finally:
        packet_release(sk)
    process.stdout.write(f"\n\r{options.count:12} packets outgoing\n\r{options.count * len(frame):12} bytes outgoing\n")
    if options.statistics:
        seconds, nanoseconds = divmod(process.machine.clock.now - begin, 1_000_000_000)
        process.stdout.write(f"\r{seconds:12} sec, {nanoseconds // 1000} usec on CPU0 ({options.count} packets)\n")
    return 0
