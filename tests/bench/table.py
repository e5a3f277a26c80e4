"""A line of the table that `make bench` prints, and how its figures are taken."""

import time
from collections.abc import Callable
from dataclasses import dataclass

MILLISECONDS = 1000
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; ``reached`` is None where there is no goal."""

    name: str
    figure: str
    goal: str = ""
    reached: bool | None = None

    def __str__(self) -> str:
        mark = {None: "", True: "reached", False: "MISSED"}[self.reached]
        return f"{self.name:<58} {self.figure:>14}   {self.goal:<18} {mark}".rstrip()


def best(times: int, work: Callable[[], float]) -> float:
    """The least of what ``work`` measured, in seconds."""
    return min(work() for _ in range(times))


def computed(work: Callable[[], object]) -> float:
    """Seconds of processor time that the work takes in this process."""
    started = time.process_time()
    work()
    return time.process_time() - started
