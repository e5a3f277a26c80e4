"""A walk seen as the ways of packets: where each step stood, what the probe sent first, and how that ended."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, NamedTuple, TypeVar

from webapp.kernel.trace import (
    Consumed,
    Delivered,
    Dropped,
    Note,
    Queued,
    Routed,
    Step,
    StepKind,
    Walk,
)
from webapp.kernel.uapi.if_ether import ETH_P_ARP

HOOKS = frozenset(
    ("nft ingress", "nft egress", "tc ingress", "tc egress", "prerouting", "input", "forward", "output", "postrouting",
     "arp in", "arp out", "bridge prerouting", "bridge input", "bridge forward", "bridge output", "bridge postrouting")
)  # fmt: skip
"""The stations that something can be attached to."""

SENDS = frozenset(("raw_sendmsg", "rawv6_sendmsg", "udp_sendmsg", "udpv6_sendmsg", "packet_snd", "__tcp_transmit_skb"))
"""The functions in which what a program sends becomes a packet. Other packets are the kernel's own."""

STEALING = frozenset(
    ("NF_STOLEN", "TC_ACT_STOLEN", "TC_ACT_QUEUED", "TC_ACT_TRAP", "TC_ACT_REDIRECT", "TC_ACT_CONSUMED")
)


class Place(NamedTuple):
    """Where a step stood: a namespace, a device of it or "", and a station of the picture or ""."""

    netns: str
    dev: str
    station: str

    def __str__(self) -> str:
        return f"{self.netns}/{self.dev}" if self.dev else self.netns


N = TypeVar("N", bound=Note)
Kind = Literal["delivered", "dropped", "stolen", "lost", "none"]


class Fate(NamedTuple):
    """How a packet ended. ``step`` is the number of the step in which it did, -1 if nothing was sent.

    ``reason`` is the kernel's drop reason; for a packet that is lost, the queue in which it still waits ("neighbour"),
    or ""; where nothing was sent, the error of the look-up of a route, or "".
    """

    kind: Kind
    place: Place
    reason: str
    step: int


class Ways:
    """A walk's steps by packet.

    ``places`` has a Place a step, in which the device is the one that the packet goes to next where the kernel had none
    yet; ``own`` the steps of each packet, ``children`` the copies and fragments that were made of it.
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.places = _places(walk)
        self.own: dict[int, list[Step]] = defaultdict(list)
        self.children: dict[int, list[int]] = defaultdict(list)
        for step in walk.steps:
            if step.skb:
                if step.skb not in self.own and step.parent:
                    self.children[step.parent].append(step.skb)
                self.own[step.skb].append(step)

    def family(self, packet: int) -> list[int]:
        """A packet and all that was made of it."""
        found = [packet]
        for member in found:
            found += self.children.get(member, ())
        return found

    def sent(self) -> Step | None:
        """The step in which the probe sent its first packet, or tried to."""
        steps = [step for step in self.walk.steps if step.station == "socket send" and step.symbol in SENDS]
        own = (step for step in steps if step.netns == self.walk.netns)
        return next(own, None) or next(iter(steps), None)

    def fate(self) -> Fate:
        """How the packet ended that the probe sent first. What was made of it counts as itself."""
        sent = self.sent()
        if sent is None or not sent.skb:
            errors = [note.result for note in notes(sent, Routed) if " dev " not in note.result] if sent else []
            return Fate("none", Place(self.walk.netns, "", ""), "".join(errors), -1)
        return self.fate_of(sent.skb)

    def fate_of(self, packet: int) -> Fate:
        """How a packet ended, or what was made of it."""
        taken = (self._taken(member) for member in self.family(packet))
        return next((fate for fate in taken if fate is not None), None) or self._end(packet)

    def answer(self, delivered: Fate) -> int:
        """The packet that was sent where another one was delivered, in answer to it; 0 for none."""
        for step in self.walk.steps[delivered.step :]:
            if step.station == "socket send" and step.netns == delivered.place.netns and step.skb:
                return step.skb
        return 0

    def _taken(self, packet: int) -> Fate | None:
        """The delivery of a packet to who it was for."""
        for step in self.own[packet]:
            if any(self._is_for(step, note) for note in notes(step, Delivered)):
                return Fate("delivered", self.places[step.number], "", step.number)
        last = next((step for step in reversed(self.own[packet]) if step.station), None)
        if last is None or last.station != "deliver" or last.symbol == "arp_process" or self._dropped(packet):
            return None
        return Fate("delivered", self.places[last.number], "", last.number)

    def _dropped(self, packet: int) -> bool:
        return any(notes(step, Dropped) for step in self.own[packet])

    def _is_for(self, step: Step, note: Delivered) -> bool:
        """An ARP request is given to every host of the segment; it was for the one that answers, or for all."""
        if not note.socket.startswith("arp request"):
            return True
        _, _, target, _, sender = note.socket.split()
        inner = self.walk.steps[step.number + 1 : step.last + 1]
        return target == sender or any(other.station == "socket send" for other in inner)

    def _end(self, packet: int) -> Fate:
        steps = self.own[packet]
        for step in reversed(steps):
            for note in notes(step, Dropped):
                return Fate("dropped", self.places[step.number], note.reason, step.number)
        travelled = (child for child in self.children.get(packet, ()) if any(step.station for step in self.own[child]))
        ends = [self._end(child) for child in travelled]  # a copy for a packet socket goes nowhere
        for worst in ("dropped", "lost"):
            found = [end for end in ends if end.kind == worst]
            if found:
                return max(found, key=lambda end: end.step)
        last = steps[-1]
        waits = self._waits(steps)
        stolen = any(step.station in HOOKS and step.verdict in STEALING for step in steps)
        kind: Kind = "stolen" if stolen and any(notes(step, Consumed) for step in steps) and not waits else "lost"
        return Fate(kind, self.places[last.number], waits, last.number)

    @staticmethod
    def _waits(steps: list[Step]) -> str:
        """The queue that a packet has not come out of."""
        for step in reversed(steps):
            queued = notes(step, Queued)
            if queued:
                return queued[0].queue
            if step.station:
                break
        return ""

    def protocol(self, packet: int) -> int:
        """The ethertype of a packet when it was first seen."""
        return next((self.walk.states[step.before].protocol for step in self.own[packet] if step.before >= 0), 0)

    def is_arp(self, packet: int) -> bool:
        """Whether a packet is ARP."""
        return self.protocol(packet) == ETH_P_ARP


def notes(step: Step, kind: type[N]) -> list[N]:
    """The notes of one kind."""
    return [note for note in step.notes if isinstance(note, kind)]


def ran(step: Step) -> bool:
    """A hook at which something ran."""
    return step.station in HOOKS and step.kind is StepKind.RUN


def _places(walk: Walk) -> tuple[Place, ...]:
    places = [Place(step.netns, step.dev, step.station) for step in walk.steps]
    following: dict[int, tuple[str, str]] = {}
    for step in reversed(walk.steps):
        if not step.skb:
            continue
        if step.dev:
            following[step.skb] = (step.netns, step.dev)
            continue
        netns, dev = following.get(step.skb, ("", ""))
        if dev and netns == step.netns:
            places[step.number] = places[step.number]._replace(dev=dev)
    return tuple(places)
