"""What a program of the model has around it: a machine, a namespace, three streams, and time that passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.userland.files import Files
from webapp.userland.jobs import SIGINT, Jobs, Result, Signal, Task, Wait, never


class Writer(Protocol):
    """Where text goes; io.StringIO and sys.stdout are such."""

    def write(self, text: str, /) -> object:
        """Adds text at the end."""


@dataclass(frozen=True, slots=True)
class Process:
    """One running program.

    ``net`` is the network namespace that it is in, ``stdin`` all of its input. ``stdout`` and ``stderr`` may be one
    writer, which keeps the order of the two. ``programs`` is what exec finds by name. ``patience`` is how long, in
    nanoseconds of virtual time, a program runs that would run for ever: then it is interrupted, as by Ctrl-C. ``jobs``
    is what runs in the background, ``files`` what programs have written to files; ``shell`` begins what builtins say:
    "lab.sh: line 3: ".
    """

    machine: Machine
    net: Net
    stdout: Writer
    stderr: Writer
    programs: Mapping[str, Program]
    stdin: str = ""
    patience: int = 30 * NSEC_PER_SEC
    jobs: Jobs = None  # type: ignore[assignment]  # set below where the caller has none
    files: Files = field(default_factory=Files)
    shell: str = ""

    def __post_init__(self) -> None:
        if self.jobs is None:
            object.__setattr__(self, "jobs", Jobs(self.machine))

    def start(self, argv: list[str], net: Net | None = None) -> Result | None:
        """Another program with these streams (execvp), in ``net`` if given; None if there is no such program."""
        program = self.programs.get(argv[0])
        if program is None:
            return None
        return program(self if net is None else replace(self, net=net), argv)

    def execute(self, argv: list[str], net: Net | None = None) -> int | None:
        """Runs another program to its end: its exit code, None if there is no such program."""
        result = self.start(argv, net)
        return None if result is None else self.complete(result)

    def complete(self, result: Result) -> int:
        """Runs a program in the foreground: its exit code. What would wait for ever is interrupted."""
        if isinstance(result, int):
            return result
        task: Task = result
        try:
            wait = next(task)
            while True:
                until = self.machine.clock.now + self.patience if wait.until is None else wait.until
                came = self.pass_time(until, wait.ready)
                wait = task.send(came) if came or wait.until is not None else task.throw(Signal(SIGINT))
        except StopIteration as end:
            code: int = end.value
            return code
        except Signal as signal:
            return signal.code

    def sleep(self, duration: int) -> Wait:
        """What a program yields to let ``duration`` nanoseconds of virtual time pass."""
        return Wait(self.machine.clock.now + duration, never)

    def pass_time(self, until: int, ready: Callable[[], object]) -> bool:
        """Lets time pass, timer by timer, until ``ready()`` holds; False if the clock shows ``until`` (ns) first.

        Jobs in the background have their turns before time passes.
        """
        machine, jobs = self.machine, self.jobs
        while True:
            if jobs.alive:
                jobs.settle()
            if ready():
                return True
            expires = machine.clock.next_expiry()
            if jobs.alive:
                deadline = jobs.next_deadline()
                expires = deadline if expires is None or (deadline is not None and deadline < expires) else expires
            if expires is None or expires > until:
                break
            if expires == until and machine.clock.now == until:
                break
            machine.advance(expires)
        machine.advance(until)
        jobs.settle()
        return bool(ready())


Program = Callable[[Process, list[str]], Result]
"""A program: (process, argv) to its exit code, or to the program under way. argv[0] is its name as it was typed."""
