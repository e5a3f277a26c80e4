"""Processes that tests and the bench start: they end with whoever started them, also after kill -9."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded here: nothing may be loaded between fork and exec


def started(
    command: Sequence[str | Path], last_word: signal.Signals = signal.SIGKILL, **options: Any
) -> subprocess.Popen[Any]:
    """Popen(command, ...); the process gets ``last_word`` when the thread that calls this ends (prctl(2)).

    SIGKILL is for those whose own children notice; others are asked to take theirs with them.
    """
    prepare = _ends_with(os.getpid(), last_word)  # takes no lock that another thread may hold
    return subprocess.Popen(command, preexec_fn=prepare, **options)  # noqa: PLW1509


def _ends_with(parent: int, last_word: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(last_word), 0, 0, 0)
        if os.getppid() != parent:  # it has ended in between
            os._exit(1)

    return prepare
