"""Where in the input something stands."""

from __future__ import annotations

from msgspec import Struct


class Location(Struct, frozen=True, eq=False):
    """The characters [start, end) of the input. All are equal: trees are compared by what stands there."""

    start: int
    end: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Location)

    def __hash__(self) -> int:
        return 0


NETLINK = Location(-2, -2)
"""From the kernel (INDESC_NETLINK)."""
NOWHERE = Location(-1, -1)
"""Made by nft itself, not typed (internal_location)."""


def span(first: Location, last: Location) -> Location:
    """From the first's start to the last's end."""
    if first.start < 0:
        return last
    return first if last.end < 0 else Location(first.start, last.end)
