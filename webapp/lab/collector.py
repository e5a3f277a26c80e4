"""When Python looks for machines that nobody has any more.

A machine is a few hundred thousand objects that refer to each other, and its making keeps nearly all of them: to look
through them over and over finds nothing, and doubles the time that a large lab takes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 5, 2)
"""New objects until the youngest are looked at, and how often that is done until those older are, too: all of them
after half a million, which are about 50 MB."""


def collect_seldom() -> None:
    """For a process that makes machines, from its start on."""
    gc.set_threshold(*_THRESHOLDS)


@contextmanager
def collecting_nothing() -> Iterator[None]:
    """For what makes a machine in one go."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
