"""Programs that wait, and programs in the background.

A program that can wait for something is a generator: it yields what it waits for, and goes on when that is there or
the time is over. Whoever runs it in the foreground lets virtual time pass meanwhile (``Process.complete``); jobs in the
background go on whenever time passes and their wait is over, in the order in which they were started. So one lab always
runs alike, and a program that waits for nothing costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from webapp.kernel.machine import LimitError, Machine

SIGINT = 2
SIGKILL = 9
SIGTERM = 15


class Signal(Exception):  # noqa: N818 - it is no error of the program, it comes from outside
    """Thrown into a program that waits: signal(7) number ``number``. A program that does not catch it ends."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def code(self) -> int:
        """The exit code that a shell sees."""
        return 128 + self.number


@dataclass(frozen=True, slots=True)
class Wait:
    """What a program waits for: that ``ready()`` holds, or that the clock shows ``until`` (ns; None: for ever)."""

    until: int | None
    ready: Callable[[], object]


Task = Generator[Wait, bool, int]
"""A program under way: yields its waits, is sent whether what it waited for is there, returns its exit code."""

Result = int | Task
"""What calling a program gives: its exit code, or the program under way, which has done nothing yet."""


def never() -> bool:
    """For waits that only time ends."""
    return False


class Job:
    """A program in the background. ``code`` is its exit code, None while it runs; ``killed``: by a signal."""

    __slots__ = ("code", "killed", "number", "task", "wait")

    def __init__(self, number: int, result: Result) -> None:
        self.number = number
        self.killed = False
        self.code: int | None = None
        self.task: Task | None = None
        self.wait: Wait | None = None
        if isinstance(result, int):
            self.code = result
        else:
            self.task = result

    def step(self, came: bool | None) -> None:
        """Runs on to the next wait or the end; ``came`` None: from the start."""
        assert self.task is not None
        try:
            self.wait = next(self.task) if came is None else self.task.send(came)
        except StopIteration as end:
            self.code = end.value
        except Signal as signal:
            self.code, self.killed = signal.code, True
        except LimitError:
            self.code = Signal(SIGKILL).code
            raise

    def signal(self, number: int) -> None:
        """kill(2)."""
        if self.task is None or self.code is not None:
            return
        signal = Signal(number)
        if number == SIGKILL:
            self.task.close()
            self.code, self.killed = signal.code, True
            return
        try:
            self.wait = self.task.throw(signal)
        except StopIteration as end:
            self.code = end.value
        except Signal as died:
            self.code, self.killed = died.code, True


class Jobs:
    """The shell's table of jobs, and their turns. ``alive`` says whether any of them is not over."""

    __slots__ = ("_machine", "alive", "table")

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.table: list[Job] = []
        self.alive = False

    def start(self, result: Result) -> Job:
        """``command &``: runs to its first wait."""
        job = Job(self.table[-1].number + 1 if self.table else 1, result)
        self.table.append(job)
        if job.task is not None:
            job.step(None)
        self._update()
        return job

    def resume(self) -> bool:
        """Gives each job whose wait is over its turn; False if there was none."""
        ran = False
        now = self._machine.clock.now
        for job in self.table:
            wait = job.wait
            if job.code is not None or wait is None:
                continue
            came = bool(wait.ready())
            if came or (wait.until is not None and wait.until <= now):
                self._machine.charge()
                job.step(came)
                ran = True
        if ran:
            self._update()
        return ran

    def settle(self) -> None:
        """Turns, until every job waits."""
        while self.alive and self.resume():
            pass

    def next_deadline(self) -> int | None:
        """When the next job's time is over."""
        waits = (job.wait for job in self.table if job.code is None)
        return min((wait.until for wait in waits if wait is not None and wait.until is not None), default=None)

    def signal(self, job: Job, number: int) -> None:
        """A signal for a job."""
        job.signal(number)
        self._update()

    def find(self, spec: str) -> Job | None:
        """The job that ``%N``, ``%+``, ``%%`` or ``%`` means."""
        if spec in ("%", "%%", "%+"):
            return self.table[-1] if self.table else None
        if not spec[1:].isdigit():
            return None
        return next((job for job in self.table if job.number == int(spec[1:])), None)

    def forget(self, *, killed_only: bool = False) -> None:
        """Takes jobs that are over off the table, as the shell does when it has told about them."""
        self.table = [job for job in self.table if job.code is None or (killed_only and not job.killed)]

    def _update(self) -> None:
        self.alive = any(job.code is None for job in self.table)
