"""What a program of the model has around it: a machine, a namespace, three streams, and time that passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine


class Writer(Protocol):
    """Where text goes; io.StringIO and sys.stdout are such."""

    def write(self, text: str, /) -> object:
        """Adds text at the end."""


@dataclass(frozen=True, slots=True)
class Process:
    """One running program.

    ``net`` is the network namespace that it is in, ``stdin`` all of its input. ``stdout`` and ``stderr`` may be one
    writer, which keeps the order of the two. ``programs`` is what exec finds by name. ``patience`` is how long, in
    nanoseconds of virtual time, a program runs that would run for ever: then it is interrupted, as by Ctrl-C.
    """

    machine: Machine
    net: Net
    stdout: Writer
    stderr: Writer
    programs: Mapping[str, Program]
    stdin: str = ""
    patience: int = 30 * NSEC_PER_SEC

    def execute(self, argv: list[str], net: Net | None = None) -> int | None:
        """Runs another program with these streams (execvp), in ``net`` if given: its exit code, None if unknown."""
        program = self.programs.get(argv[0])
        if program is None:
            return None
        return program(self if net is None else replace(self, net=net), argv)

    def sleep(self, duration: int) -> None:
        """Lets ``duration`` nanoseconds of virtual time pass."""
        self.machine.advance(self.machine.clock.now + duration)

    def wait(self, until: int, ready: Callable[[], object]) -> bool:
        """Lets time pass, timer by timer, until ``ready()`` holds; False if the clock shows ``until`` (ns) first."""
        machine = self.machine
        while not ready():
            expires = machine.clock.next_expiry()
            if expires is None or expires > until:
                machine.advance(until)
                return bool(ready())
            machine.advance(expires)
        return True


Program = Callable[[Process, list[str]], int]
"""A program: (process, argv) to its exit code. argv[0] is its name as it was typed, as in C."""
