"""The engine of ping, apart from address families: when to send, when to stop waiting, and the statistics.

After iputils' ping_common.c. Times are virtual; milliseconds as there where a name does not say otherwise.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from math import isqrt

from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC
from webapp.kernel.core.sock import Datagram, InetSock, sock_error
from webapp.kernel.errno import Errno
from webapp.kernel.uapi.if_link import AF_UNSPEC
from webapp.userland.jobs import SIGINT, Signal, Task, Wait
from webapp.userland.process import Process

MININTERVAL = 10
"""The shortest wait between packets, where there is one at all."""
_TICK = 10
"""1000 / sysconf(_SC_CLK_TCK)."""
MAX_DUP_CHK = 0x10000
_SEQ = 0xFFFF
TIMEVAL = 16
"""sizeof(struct timeval), at the head of the payload."""


class PingError(Exception):
    """error(3): the program ends with ``code`` after printing "ping: MESSAGE"."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True)
class Options:
    """What the command line asks for. Intervals in ms, ``deadline`` in seconds; 0 or None where it says nothing."""

    npackets: int = 0
    interval: int = 1000
    opt_interval: bool = False
    preload: int = 1
    deadline: int = 0
    lingertime: int = 10_000
    datalen: int = 56
    pattern: bytes = b""
    ident: int | None = None
    ttl: int | None = None
    tos: int = 0
    mark: int | None = None
    pmtudisc: int | None = None
    device: str = ""
    source: bytes | None = None
    source6: bytes | None = None
    strict_source: bool = False
    family: int = AF_UNSPEC
    flowlabel: int = 0
    adaptive: bool = False
    audible: bool = False
    broadcast: bool = False
    connect: bool = False
    flood: bool = False
    latency: bool = False
    noloop: bool = False
    outstanding: bool = False
    ptimeofday: bool = False
    quiet: bool = False
    verbose: bool = False


@dataclass(slots=True)
class Statistics:
    """What has been sent and seen; round trip times in microseconds."""

    transmitted: int = 0
    received: int = 0
    repeats: int = 0
    checksum: int = 0
    errors: int = 0
    pipesize: int = -1
    times: list[int] = field(default_factory=list)
    rtt: int = 0
    rtt_addend: int = 0


class Ping(ABC):
    """One run of ping; a family adds how to make a probe, and how to read replies and errors."""

    hostname: str
    multicast = False

    def __init__(self, process: Process, options: Options, sk: InetSock) -> None:
        self.process = process
        self.options = options
        self.sk = sk
        self.statistics = Statistics()
        self.outpack = (options.pattern or bytes(range(256))) * (options.datalen // (len(options.pattern) or 256) + 1)
        self.outpack = self.outpack[: options.datalen]
        self.timing = options.datalen >= TIMEVAL
        self.clock = process.machine.clock
        self.start_time = self.clock.now
        self.cur_time: int | None = None
        self._tokens = 0
        self._oom_count = 0
        self._acked = 0
        self._received: set[int] = set()
        self._alarm: int | None = None
        self._exiting = False
        self._lingering = False

    @abstractmethod
    def send_probe(self, sequence: int) -> int:
        """Sends the probe of that number: 0, or a positive errno."""

    @abstractmethod
    def receive_error_msg(self) -> int:
        """Takes one message off the error queue: positive if it was about a probe of ours, negative if it was local
        or there was none, 0 if it was none of our business.
        """

    @abstractmethod
    def parse_reply(self, message: Datagram) -> bool:
        """Reads what the socket received: whether it was for somebody else."""

    # output

    def print(self, text: str) -> None:
        """Writes to stdout."""
        self.process.stdout.write(text)

    def error(self, text: str) -> None:
        """error(3) that goes on."""
        self.process.stderr.write(f"ping: {text}\n")

    def print_timestamp(self) -> None:
        """With -D, the time before a line."""
        if self.options.ptimeofday:
            now = self.clock.now // 1000
            self.print(f"[{now // 1_000_000}.{now % 1_000_000:06}] ")

    # acknowledgements

    def in_flight(self) -> int:
        """How many probes have no answer yet."""
        statistics = self.statistics
        difference = (statistics.transmitted - self._acked) & _SEQ
        if difference <= 0x7FFF:
            return difference
        return statistics.transmitted - statistics.received - statistics.errors

    def acknowledge(self, sequence: int) -> None:
        """A probe was answered, one way or another."""
        difference = (self.statistics.transmitted - sequence) & _SEQ
        if difference <= 0x7FFF:
            self.statistics.pipesize = max(self.statistics.pipesize, difference + 1)
            ahead = (sequence - self._acked) & _SEQ
            if 0 < ahead <= 0x7FFF or (self.statistics.transmitted - self._acked) & _SEQ > 0x7FFF:
                self._acked = sequence

    def _advance_transmitted(self) -> None:
        self.statistics.transmitted += 1
        if (self.statistics.transmitted - self._acked) & _SEQ > 0x7FFF:
            self._acked = (self.statistics.transmitted + 1) & _SEQ

    # sending

    def pinger(self) -> int:
        """Sends a probe if it is time: how many ms until the next one, at most 0 for at once."""
        options, statistics = self.options, self.statistics
        if self._exiting or (0 < options.npackets <= statistics.transmitted and not options.deadline):
            return 1000
        wait = self._take_token()
        if wait:
            return wait
        if options.outstanding and statistics.transmitted > 0:
            last = statistics.transmitted % MAX_DUP_CHK
            if last not in self._received:
                self.print_timestamp()
                self.print(f"no answer yet for icmp_seq={last}\n")
        self.process.machine.charge()
        error = self.send_probe(statistics.transmitted + 1)
        if not error:
            self._oom_count = 0
            self._advance_transmitted()
            if options.flood and not options.quiet:
                self.print(".")
            return options.interval - self._tokens
        return self._hard_error(error)

    def _take_token(self) -> int:
        """The leaky bucket: 0 if a probe may go, else ms to wait."""
        options = self.options
        now = self.clock.now
        if self.cur_time is None:
            self.cur_time = now
            self._tokens = options.interval * (options.preload - 1)
            return 0
        passed = (now - self.cur_time) // NSEC_PER_MSEC
        if not options.interval and passed < MININTERVAL and self.in_flight() >= options.preload:
            return MININTERVAL - passed
        tokens = min(passed + self._tokens, options.interval * options.preload)
        if tokens < options.interval:
            return options.interval - tokens
        self.cur_time = now
        self._tokens = tokens - options.interval
        return 0

    def _hard_error(self, error: int) -> int:
        """The probe was not sent. Without buffers ping tries again for a while; else it counts as sent and lost."""
        options, statistics = self.options, self.statistics
        said = False
        if error in (Errno.ENOBUFS, Errno.ENOMEM):
            self._tokens = 0
            statistics.rtt_addend += statistics.rtt // 8 if statistics.rtt < 8 * 50_000 else 50_000
            if options.adaptive:
                self._update_interval()
            nores_interval = min(max(options.interval // 2, MININTERVAL), 500)
            self._oom_count += 1
            if self._oom_count * nores_interval < options.lingertime:
                return nores_interval
        elif error == Errno.EAGAIN:
            self._tokens += options.interval
            return MININTERVAL
        else:
            said = self.receive_error_msg() < 0
        self._advance_transmitted()
        if not said and not options.quiet:
            if options.flood:
                self.print("E")
            else:
                self.error(f"sendmsg: {Errno(error).strerror}")
        self._tokens = 0
        return max(options.interval, MININTERVAL)

    def _update_interval(self) -> None:
        statistics = self.statistics
        estimate = statistics.rtt // 8 if statistics.rtt else self.options.interval * 1000
        self.options.interval = (estimate + statistics.rtt_addend + 500) // 1000

    # waiting

    def main_loop(self) -> Task:
        """Sends and receives until there is nothing more to wait for: the exit code."""
        options, statistics = self.options, self.statistics
        if options.flood and not options.opt_interval:
            options.interval = 0
        if options.deadline:
            self._alarm = self.clock.now + options.deadline * NSEC_PER_SEC
        elif not options.npackets:
            self._alarm = self.clock.now + self.process.patience
        while not self._exiting:
            if 0 < options.npackets <= statistics.received + statistics.errors:
                break
            if options.deadline and statistics.errors:
                break
            wait = self._schedule_exit(self.pinger())
            while wait <= 0:
                wait = self._schedule_exit(self.pinger())
            try:
                yield from self._receive(wait)
            except Signal as signal:
                if signal.number != SIGINT:
                    raise
                break
        return self.finish()

    def _schedule_exit(self, wait: int) -> int:
        """After the last probe: the alarm that ends the waiting for its answer."""
        options, statistics = self.options, self.statistics
        if not options.npackets or statistics.transmitted < options.npackets or options.deadline or self._lingering:
            return wait
        waittime = options.lingertime * 1000
        if statistics.received:
            waittime = max(2 * max(statistics.times, default=0), options.interval * 1000)
        if not waittime:
            # -W 0 sets no alarm: only Ctrl-C ends the waiting
            waittime = self.process.patience // 1000
        self._lingering = True
        self._alarm = self.clock.now + waittime * 1000
        return max(wait, waittime // 1000)

    def _wait(self, milliseconds: int, ready: Callable[[], object]) -> Generator[Wait, bool, bool]:
        """Waits until ``ready()`` holds: False after the time, or when the alarm went off."""
        until = self.clock.now + milliseconds * NSEC_PER_MSEC
        if self._alarm is not None:
            until = min(until, self._alarm)
        came = yield Wait(until, ready)
        if self._alarm is not None and self.clock.now >= self._alarm:
            self._exiting = True
        return came

    def _readable(self) -> bool:
        """What wakes recvmsg(2): a message or a pending error."""
        return bool(self.sk.receive_queue or self.sk.err)

    def _pollable(self) -> bool:
        """POLLIN or POLLERR: the error queue counts too."""
        return bool(self.sk.receive_queue or self.sk.err or self.sk.error_queue)

    def _receive(self, wait: int) -> Generator[Wait, bool, None]:
        """Reads what is there, or comes within ``wait`` ms, until nothing is in flight or left."""
        options = self.options
        polled = polling = False
        if options.adaptive or wait < max(options.interval, MININTERVAL):
            if wait <= _TICK and not self.in_flight():
                # ping spins here until it is time; virtual time passes by waiting only
                yield from self._wait(wait, self._readable)
                polling = True
            elif options.adaptive or options.interval:
                if not (yield from self._wait(max(wait, MININTERVAL), self._pollable)):
                    return
                polled = polling = True
        recv_error = polled and bool(self.sk.err or self.sk.error_queue)
        while True:
            message = yield from self._recvmsg(dontwait=polling)
            polling = True
            if isinstance(message, Datagram):
                self.parse_reply(message)
            else:
                if (message == Errno.EAGAIN and not recv_error) or message == Errno.EINTR:
                    return
                recv_error = False
                self.receive_error_msg()
            if self.in_flight() == 0:
                return

    def _recvmsg(self, *, dontwait: bool) -> Generator[Wait, bool, Datagram | Errno]:
        sk = self.sk
        if not dontwait:
            came = yield from self._wait(max(self.options.interval, MININTERVAL), self._readable)
            if not came and self._exiting:
                return Errno.EINTR
        error = sock_error(sk)
        if error:
            return Errno(error)
        if sk.receive_queue:
            message: Datagram = sk.receive_queue.popleft()
            return message
        return Errno.EAGAIN

    # statistics

    def gather_statistics(
        self, sequence: int, payload: bytes, timestamp: int, source: str, hops: int, wrong_source: bool
    ) -> None:
        """Counts an echo reply and prints its line. ``payload`` follows the ICMP header; ``timestamp`` is in ns."""
        options, statistics = self.options, self.statistics
        statistics.received += 1
        self.acknowledge(sequence)
        triptime = 0
        if self.timing and len(payload) >= TIMEVAL:
            seconds, microseconds = (int.from_bytes(payload[at : at + 8], "little") for at in (0, 8))
            triptime = max(timestamp // 1000 - seconds * 1_000_000 - microseconds, 0)
            statistics.times.append(triptime)
            # 0 would mean that no time was taken yet, and in virtual time an answer may come at once
            statistics.rtt += triptime - statistics.rtt // 8 if statistics.rtt else max(triptime, 1) * 8
            if options.adaptive:
                self._update_interval()
        duplicate = sequence in self._received
        if duplicate:
            statistics.repeats += 1
            statistics.received -= 1
        self._received.add(sequence)
        if options.quiet:
            return
        if options.flood:
            self.print("\b \b")
            return
        self.print_timestamp()
        self.print(f"{len(payload) + 8} bytes from {source}: icmp_seq={sequence}")
        if options.verbose:
            self.print(f" ident={options.ident}")
        self.print(f" ttl={hops}")
        if len(payload) < options.datalen:
            self.print(" (truncated)\n")
            return
        if self.timing:
            self.print(f" time={_milliseconds(triptime)} ms")
        if duplicate and (not self.multicast or options.verbose):
            self.print(" (DUP!)")
        if wrong_source:
            self.print(" (DIFFERENT ADDRESS!)")
        self._check_data(payload)
        self.print("\a\n" if options.audible else "\n")

    def forget(self, sequence: int) -> None:
        """rcvd_clear: the number is used anew."""
        self._received.discard(sequence)

    def _check_data(self, payload: bytes) -> None:
        for at in range(TIMEVAL, self.options.datalen):
            if payload[at] == self.outpack[at]:
                continue
            self.print(
                f"\nwrong data byte #{at} should be 0x{self.outpack[at]:x} but was 0x{payload[at]:x}"
            )  # fmt: skip
            for place in range(TIMEVAL, self.options.datalen):
                if place % 32 == TIMEVAL:
                    self.print(f"\n#{place}\t")
                self.print(f"{payload[place]:x} ")
            return

    def finish(self) -> int:
        """Prints the statistics: exit code 1 if nothing was answered, or with -w not enough."""
        options, statistics = self.options, self.statistics
        passed = (self.cur_time or self.start_time) - self.start_time
        parts = [f"{statistics.transmitted} packets transmitted, {statistics.received} received"]
        for count, what in (
            (statistics.repeats, "duplicates"), (statistics.checksum, "corrupted"), (statistics.errors, "errors"),
        ):  # fmt: skip
            if count:
                parts.append(f"+{count} {what}")
        if statistics.transmitted:
            lost = statistics.transmitted - statistics.received
            parts.append(f"{lost * 100.0 / statistics.transmitted:g}% packet loss")
            parts.append(f"time {(passed + 500_000) // NSEC_PER_MSEC}ms")
        self.print(f"\n--- {self.hostname} ping statistics ---\n{', '.join(parts)}\n")
        self.print(", ".join(self._summary(passed // 1000)) + "\n")
        return int(not statistics.received or (options.deadline and statistics.received < options.npackets) or 0)

    def _summary(self, passed: int) -> list[str]:
        options, statistics = self.options, self.statistics
        parts = []
        if statistics.received and self.timing:
            total, times = statistics.received + statistics.repeats, statistics.times
            average = sum(times) // total
            variance = (sum(time * time for time in times) - sum(times) * sum(times) / total) / total
            figures = (min(times), average, max(times), isqrt(max(int(variance), 0)))
            parts.append(f"rtt min/avg/max/mdev = {'/'.join(map(_thousandths, figures))} ms")
        if statistics.pipesize > 1:
            parts.append(f"pipe {statistics.pipesize}")
        paced = options.interval and not options.flood and not options.adaptive
        if statistics.received and not paced and statistics.transmitted > 1:
            gap = passed // (statistics.transmitted - 1)
            parts.append(f"ipg/ewma {_thousandths(gap)}/{_thousandths(statistics.rtt // 8)} ms")
        return parts


def _thousandths(microseconds: int) -> str:
    return f"{microseconds // 1000}.{microseconds % 1000:03}"


def _milliseconds(microseconds: int) -> str:
    """With three significant digits, as a reply's line has it."""
    if microseconds >= 100_000 - 50:
        return str((microseconds + 500) // 1000)
    if microseconds >= 10_000 - 5:
        rounded = microseconds + 50
        return f"{rounded // 1000}.{rounded % 1000 // 100}"
    if microseconds >= 1000:
        rounded = microseconds + 5
        return f"{rounded // 1000}.{rounded % 1000 // 10:02}"
    return _thousandths(microseconds)
