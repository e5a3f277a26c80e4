"""timeout (GNU coreutils 9.1): runs a program, and ends it when its time is over."""

from __future__ import annotations

from webapp.userland.builtins import SIGNALS, signal_number
from webapp.userland.coreutils import interval
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.jobs import SIGKILL, SIGTERM, Signal, Task, Wait
from webapp.userland.process import Process

_TIMED_OUT = 124
_FAILED = 125
_NOT_FOUND = 127
_LONGS = ("foreground", "kill-after=", "preserve-status", "signal=", "verbose", "help", "version")


def main(process: Process, argv: list[str]) -> Task:
    """The program's exit code, or 124 if its time was over."""
    signal, after, preserve, verbose = SIGTERM, 0, False, False
    getopt = Getopt(argv[1:], "+k:s:v", _LONGS)
    try:
        for option, value in getopt:
            if option in ("s", "signal"):
                number = signal_number(value)
                if number is None:
                    return _refuse(process, f"'{value}': invalid signal")
                signal = number
            elif option in ("k", "kill-after"):
                duration = interval(value)
                if duration is None:
                    return _refuse(process, f"invalid time interval '{value}'")
                after = duration
            elif option in ("help", "version"):
                return _refuse(process, f"--{option} is not modelled")
            preserve = preserve or option == "preserve-status"
            verbose = verbose or option in ("v", "verbose")
    except OptionError as error:
        return _refuse(process, str(error))
    operands = getopt.operands
    if len(operands) < 2:
        return _refuse(process, "")
    duration = interval(operands[0])
    if duration is None:
        return _refuse(process, f"invalid time interval '{operands[0]}'")
    result = process.start(operands[1:])
    if result is None:
        process.stderr.write(f"timeout: failed to run command '{operands[1]}': No such file or directory\n")
        return _NOT_FOUND
    if isinstance(result, int):
        return result
    words = f"timeout: sending signal {_name(signal)} to command '{operands[1]}'\n" if verbose else ""
    return (yield from _limit(process, result, duration, signal, after, preserve, words))


def _name(signal: int) -> str:
    return next((name for name, number in SIGNALS.items() if number == signal), str(signal))


def _refuse(process: Process, problem: str) -> int:
    said = f"timeout: {problem}\n" if problem else ""
    process.stderr.write(f"{said}Try 'timeout --help' for more information.\n")
    return _FAILED


def _limit(
    process: Process, task: Task, duration: int, signal: int, after: int, preserve: bool, words: str
) -> Task:  # fmt: skip
    """Runs ``task`` with its waits cut at the deadline; ``duration`` 0 is no limit."""
    clock = process.machine.clock
    deadline = clock.now + duration if duration else None
    sent = False
    try:
        wait = next(task)
        while True:
            until = wait.until if deadline is None else min(deadline, wait.until or deadline)
            came = yield Wait(until, wait.ready)
            if came or deadline is None or clock.now < deadline:
                wait = task.send(came)
                continue
            if sent or signal == SIGKILL:
                task.close()
                return Signal(SIGKILL).code
            if words:
                process.stderr.write(words)
            sent, deadline = True, clock.now + after if after else None
            wait = task.throw(Signal(signal))
    except StopIteration as end:
        code: int = end.value
        return code if preserve or not sent else _TIMED_OUT
    except Signal as died:
        return died.code if preserve or not sent else _TIMED_OUT
