"""Where in the input something stands."""

from __future__ import annotations

from typing import NamedTuple


class Location(NamedTuple):
    """The characters [start, end) of the input; it never takes part in comparisons of what stands there."""

    start: int
    end: int


NOWHERE = Location(-1, -1)
"""Made by nft itself, not typed (internal_location)."""


def span(first: Location, last: Location) -> Location:
    """From the first's start to the last's end."""
    if first.start < 0:
        return last
    return first if last.end < 0 else Location(first.start, last.end)
