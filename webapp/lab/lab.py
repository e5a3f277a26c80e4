"""A lab at work: its script, the machine that the script has made, and what each command printed.

A lab is its script. ``append`` runs more commands on the live machine, as a terminal does; ``without_last`` takes the
last ones back by building the machine anew from the rest, and every moment of a lab can be rebuilt that way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from webapp.kernel import trace
from webapp.kernel.boot import boot
from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.kfunc import recording
from webapp.kernel.machine import LimitError
from webapp.kernel.trace import Recorder, Walk
from webapp.kernel.version import DEFAULT_VERSION, VERSIONS
from webapp.lab.limits import Limits
from webapp.userland.files import Files
from webapp.userland.jobs import Jobs, Result
from webapp.userland.nftables.trace_print import TraceWords
from webapp.userland.process import Process, Program, Writer
from webapp.userland.programs import PROBES, PROGRAMS
from webapp.userland.shell import AndOrList, Command, Connector, Sink, parse

if TYPE_CHECKING:
    from webapp.kernel.machine import Machine
    from webapp.lab.topology import Topology

NOT_FOUND = 127
_DIRECTORIES = frozenset(("/bin", "/sbin", "/usr/bin", "/usr/sbin"))


@dataclass(frozen=True, slots=True)
class Probe:
    """What a command that sends packets did: its walk, and the lab as it was before."""

    walk: Walk
    topology: Topology


@dataclass(frozen=True, slots=True)
class Entry:
    """One command that ran.

    ``line`` is where it stands in the script (bash's $LINENO), ``netns`` the namespace that its program ran in,
    ``output`` what it printed, both streams in order. ``reported`` is true where bash's ERR trap runs: the command
    failed, and it was the last of its && and || list.
    """

    line: int
    netns: str
    command: str
    output: str
    code: int
    reported: bool
    probe: Probe | None

    @property
    def transcript(self) -> str:
        """The output, and the line ``rc=N line=L`` that the convention of the recorded cases puts after a failure."""
        return f"{self.output}rc={self.code} line={self.line}\n" if self.reported else self.output


class _Null:
    """/dev/null."""

    def write(self, text: str, /) -> None:
        pass


class _Terminal:
    """Where everything is printed that is not redirected: what jobs in the background say stands with the command
    during which they said it.
    """

    def __init__(self, limit: int) -> None:
        self._parts: list[str] = []
        self._limit = self._left = limit

    def write(self, text: str, /) -> None:
        self._left -= len(text)
        if self._left < 0:
            raise LimitError(f"more than {self._limit} characters of output of one command")
        self._parts.append(text)

    def take(self) -> str:
        """What was printed since the last time."""
        text = "".join(self._parts)
        self._parts.clear()
        self._left = self._limit
        return text


class Lab:
    """A lab and its machine. ``name`` is the script's file name, for bash's messages.

    ``kernel`` is a key of version.VERSIONS. With ``record``, each command that sends packets, or during which a job in
    the background may have sent some, leaves a Probe in its Entry; ``sink``, where set, is given the steps of its walk
    while it runs.
    """

    def __init__(
        self,
        name: str = "lab.sh",
        limits: Limits | None = None,
        *,
        record: bool = False,
        kernel: str = DEFAULT_VERSION,
    ) -> None:
        self.name = name
        self.limits = limits or Limits()
        self.record = record
        self.script = ""
        self.entries: list[Entry] = []
        self.kernel = kernel
        self.machine: Machine = boot(self.limits.packets, VERSIONS[kernel])
        self.sink: trace.Sink | None = None
        self._parts: list[str] = []
        self._programs: Mapping[str, Program] = PROGRAMS | {name: self._watched(PROGRAMS[name]) for name in PROBES}
        self.jobs = Jobs(self.machine)
        self._files = Files(self.limits.file_bytes)
        self._terminal = _Terminal(self.limits.output)
        self._seconds_left = self._until = self.limits.seconds
        self.machine.patience = self._check_time
        self._netns = ""
        self._sender: list[str] = []

    @property
    def files(self) -> dict[str, bytes]:
        """What programs have written to files (tcpdump -w): contents by name. They are nowhere else."""
        return self._files.all()

    def append(self, text: str) -> list[Entry]:
        """Adds lines to the script and runs them; see ``run``."""
        return list(self.run(text))

    def run(self, text: str) -> Iterator[Entry]:
        """Adds lines to the script and runs them, one entry at a time.

        ScriptError: the text is no lab; nothing of it has run then. LimitError: the lab asks for too much; what ran
        until then stays.
        """
        script = self.script + text + "\n" * (not text.endswith("\n"))
        if len(script.encode()) > self.limits.script_bytes:
            raise LimitError(f"the script is longer than {self.limits.script_bytes} bytes")
        lists = parse(text, self.script.count("\n") + 1)
        self.script = script
        self._parts.append(text)
        for steps in lists:
            yield from self.run_list(steps)

    def without_last(self) -> Lab:
        """The lab as it was before the last ``append`` or ``run``, rebuilt from its script."""
        lab = Lab(self.name, self.limits, record=self.record, kernel=self.kernel)
        for part in self._parts[:-1]:
            lab.append(part)
        return lab

    def run_list(self, steps: AndOrList) -> Iterator[Entry]:
        """Runs a list of commands that was read before; ``script`` does not grow. LimitError as of ``run``."""
        code = 0
        for step in steps:
            if (step.connector is Connector.AND and code) or (step.connector is Connector.OR and not code):
                continue
            entry = self._run_command(step.command, last=step is steps[-1])
            code = entry.code
            self.entries.append(entry)
            yield entry

    def _run_command(self, command: Command, *, last: bool) -> Entry:
        if len(self.entries) >= self.limits.commands:
            raise LimitError(f"more than {self.limits.commands} commands in a lab")
        self.machine.packets_left = self.machine.max_packets
        self._netns, self._sender = "", []
        process = self._process(command)
        started = time.thread_time()
        self._until = started + self._seconds_left
        try:
            code, probe = self._execute(process, command)
        except RecursionError as error:
            raise LimitError("a command of the lab is nested too deeply") from error
        self._check_time()
        self._seconds_left -= time.thread_time() - started
        self.limits.check_size(self.machine)
        source = command.source if not command.stdin else f"{command.source}\n{command.stdin}"
        reported = bool(code) and last and not command.background
        return Entry(command.line, self._netns, source, self._terminal.take(), code, reported, probe)

    def _check_time(self) -> None:
        if time.thread_time() > self._until:
            raise LimitError(f"the lab ran longer than {self.limits.seconds:g} seconds")

    def _process(self, command: Command) -> Process:
        sinks: dict[Sink, Writer] = {Sink.STDOUT: self._terminal, Sink.STDERR: self._terminal, Sink.NULL: _Null()}
        streams = {1: sinks[Sink.STDOUT], 2: sinks[Sink.STDERR]}
        for redirection in command.redirections:
            targets = {Sink.STDOUT: streams[1], Sink.STDERR: streams[2], Sink.NULL: sinks[Sink.NULL]}
            streams[redirection.stream] = targets[redirection.sink]
        return Process(
            self.machine,
            self.machine.init_net,
            streams[1],
            streams[2],
            self._programs,
            command.stdin,
            self.limits.patience * NSEC_PER_SEC,
            self.jobs,
            self._files,
            f"{self.name}: line {command.line}: ",
        )

    def _execute(self, process: Process, command: Command) -> tuple[int, Probe | None]:
        """Runs a command, or its beginning if it is for the background: its exit code, and the walk it made."""
        result = self._start(process, command)
        jobs = self.jobs
        walks = self.record and not isinstance(result, int) and (self._sender or jobs.alive)
        if not walks:
            return self._go_on(process, command, result), None
        from webapp.lab.topology import topology  # noqa: PLC0415 - networkx takes longer to import than a lab to run

        before = topology(self.machine)
        recorder = Recorder(self.machine.clock, self.limits.steps, self.sink)
        recorder.describe_trace = TraceWords()
        with recording(recorder):
            code = self._go_on(process, command, result)
        walk = recorder.walk(" ".join(self._sender or command.argv), command.line, self._netns)
        return code, Probe(walk, before) if self._sender or walk.steps else None

    def _start(self, process: Process, command: Command) -> Result:
        argv = command.argv
        path = PurePosixPath(argv[0])
        found = [path.name, *argv[1:]] if str(path.parent) in _DIRECTORIES else argv
        result = process.start(found)
        if result is not None:
            return result
        problem = "No such file or directory" if "/" in argv[0] else "command not found"
        process.stderr.write(f"{process.shell}{argv[0]}: {problem}\n")
        return NOT_FOUND

    def _go_on(self, process: Process, command: Command, result: Result) -> int:
        jobs = self.jobs
        if command.background:
            jobs.start(result)
            jobs.settle()
            return 0
        code = process.complete(result)
        if jobs.alive:
            jobs.settle()
        jobs.forget(killed_only=True)
        return code

    def _watched(self, program: Program) -> Program:
        """A program that sends packets; a lab that records makes a walk of it."""

        def run(process: Process, argv: list[str]) -> Result:
            self._netns, self._sender = process.net.name, argv
            return program(process, argv)

        return run
