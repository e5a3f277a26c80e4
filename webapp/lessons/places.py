"""Places as lessons write them: NETNS/DEV/STATION, with the station's words joined by "-"."""

from __future__ import annotations

import re

from webapp.kernel.trace import Step, StepKind
from webapp.workshop.journey import HOOKS, Place, Ways
from webapp.workshop.stations import is_at

STATIONS = HOOKS | {"socket send", "deliver", "forwarding", "receive", "xmit", "mirred", "fwd", "dup"}

END = "end"
"""Instead of a hook: there is none any more."""


def place(text: str) -> Place:
    """A place, or ValueError with what is wrong with it."""
    parts = text.split("/")
    station = parts[-1].replace("-", " ")
    if len(parts) != 3 or station not in STATIONS:
        raise ValueError(f"{text!r} is no place: write NETNS/DEV/STATION, as host/eth0/nft-egress")
    return Place(parts[0], parts[1], station)


def device(text: str) -> Place:
    """NETNS/DEV or NETNS, or ValueError."""
    netns, _, dev = text.partition("/")
    if not re.fullmatch(r"[^/\s]*", netns) or not re.fullmatch(r"[^/\s]*", dev):
        raise ValueError(f"{text!r} is no device: write NETNS/DEV")
    return Place(netns, dev, "")


def within(found: Place, wanted: Place) -> bool:
    """Whether a place is in a namespace, and at its device where one is given."""
    return found.netns == wanted.netns and wanted.dev in ("", found.dev)


def steps_at(ways: Ways, packets: list[int], target: Place) -> list[Step]:
    """The steps at a place of any of these packets, in order."""
    followed = set(packets)
    return [
        step for step in ways.walk.steps if step.skb in followed and is_at(ways.places[step.number], target)
    ]  # fmt: skip


def met(step: Step, *, empty: bool = False) -> bool:
    """Whether a hook ran something there; with ``empty``, whether it would have."""
    kinds = (StepKind.RUN, StepKind.EMPTY, StepKind.OFF) if empty else (StepKind.RUN,)
    return step.station in HOOKS and step.kind in kinds


def hook_around(ways: Ways, number: int) -> Place | None:
    """The innermost hook during which a step happened, or None."""
    found = None
    for step in ways.walk.steps[: number + 1]:
        if step.station in HOOKS and step.last >= number:
            found = ways.places[step.number]
    return found
