"""Built-in labs against real kernels: against what was recorded, and against this machine's where the server may."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from webapp.lab.builtin import Builtin
from webapp.lab.lab import Lab
from webapp.livekernel.compare import compare
from webapp.server.protocol import Verdict

LiveKernel = Callable[[str], tuple[str, str]]
"""Runs a script on this machine's kernel: (its version, what it printed). Given to create_app by ``serve --live``."""


@cache
def recorded_verdicts(lab: Builtin) -> tuple[Verdict, ...]:
    """The model, playing each kernel that the lab was recorded on, against the recording."""
    return tuple(_verdict(version, real, _played(lab.script, version)) for version, real in lab.recordings.items())


def live_verdict(lab: Builtin, live: LiveKernel) -> Verdict:
    """The model against this machine's kernel, now."""
    version, real = live(lab.script)
    return _verdict(f"{version}, this machine", real, _played(lab.script, RECENT))


RECENT = "6.18"


def _played(script: str, kernel: str) -> str:
    return "".join(entry.transcript for entry in Lab(kernel=kernel).run(script))


def _verdict(kernel: str, real: str, model: str) -> Verdict:
    comparison = compare(real, model)
    return Verdict(kernel, comparison.agrees, real, model, tuple(map(str, comparison.differences)))


def confirmed(lab: Builtin | None) -> tuple[str, ...]:
    """The kernels that print the same as the model for a built-in lab."""
    return tuple(verdict.kernel for verdict in recorded_verdicts(lab) if verdict.agrees) if lab else ()
