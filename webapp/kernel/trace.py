"""What happened to packets, as values: Step, Walk, and the Recorder that collects them.

A Walk is a tuple of steps, so stepping back is a smaller index. Nothing here holds a sentence for people; sentences
are made at the top. Recording hangs on a ContextVar: two threads that run two machines never mix, and code that
runs with no recorder pays only for asking.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from webapp.kernel.clock import Clock
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.kfunc import Site


class Band(StrEnum):
    """The four layers of the picture, top to bottom."""

    L3 = "l3"
    NETFILTER = "netfilter"
    TC = "tc"
    DRIVER = "driver"


class Lane(StrEnum):
    """Ingress climbs a device, egress descends it."""

    IN = "in"
    OUT = "out"
    NONE = ""


class StepKind(StrEnum):
    """RUN: the function ran. The others are hooks that people expect to run and that did not.

    PASSED_BY: the packet went past an attached hook, for the reason given (nf_skip_egress). OFF: the hook's static
    key is off, nothing on the machine uses it. EMPTY: the key is on, but nothing is attached to this device.
    """

    RUN = "run"
    PASSED_BY = "passed_by"
    OFF = "off"
    EMPTY = "empty"


class ExprRun(msgspec.Struct, frozen=True, tag=True):
    """One nft expression: its name, its operands as nft --debug=netlink prints them, and whether the rule goes on."""

    name: str
    operands: str
    value: str
    goes_on: bool


class RuleRun(msgspec.Struct, frozen=True, tag=True):
    """One nft rule that was evaluated; ``verdict`` is empty where the rule did not match to its end or gave none."""

    family: str
    table: str
    chain: str
    handle: int
    expressions: tuple[ExprRun, ...]
    verdict: str


class ChainRun(msgspec.Struct, frozen=True, tag=True):
    """A base chain that ended, with its verdict (after its rules of RuleRun)."""

    family: str
    table: str
    chain: str
    priority: int
    policy: str
    verdict: str


class FilterRun(msgspec.Struct, frozen=True, tag=True):
    """One tc filter consulted. ``detail``: keys or bytecode steps; ``verdict``: TC_ACT_* or empty (no match)."""

    kind: str
    chain: int
    pref: int
    protocol: str
    handle: int
    matched: bool
    detail: tuple[str, ...]
    verdict: str


class ActionRun(msgspec.Struct, frozen=True, tag=True):
    """One tc action of the filter that matched; ``detail`` as tc prints it (Egress Redirect to device vethh)."""

    kind: str
    index: int
    detail: str
    verdict: str


class Cloned(msgspec.Struct, frozen=True, tag=True):
    """A copy of the packet was made: the child's skb id."""

    child: int


class Dropped(msgspec.Struct, frozen=True, tag=True):
    """The packet ended here, with the kernel's drop reason (enum skb_drop_reason, without the prefix)."""

    reason: str


class Consumed(msgspec.Struct, frozen=True, tag=True):
    """The packet ended well (consume_skb)."""


class Queued(msgspec.Struct, frozen=True, tag=True):
    """The packet waits: "backlog" of a CPU, or "neighbour" until it is resolved."""

    queue: str


class Routed(msgspec.Struct, frozen=True, tag=True):
    """A route look-up's result: the route as ``ip route get`` words it, or the error."""

    destination: str
    result: str


class Neighbour(msgspec.Struct, frozen=True, tag=True):
    """A neighbour entry as it was found or changed: address, link-layer address or empty, NUD state."""

    address: str
    lladdr: str
    state: str


class Tapped(msgspec.Struct, frozen=True, tag=True):
    """A packet socket (tcpdump) was given a copy here."""

    dev: str
    lane: Lane


class Delivered(msgspec.Struct, frozen=True, tag=True):
    """A socket took the packet, e.g. "icmp echo reply", "udp 0.0.0.0:53"."""

    socket: str


Note = (
    RuleRun
    | ChainRun
    | FilterRun
    | ActionRun
    | Cloned
    | Dropped
    | Consumed
    | Queued
    | Routed
    | Neighbour
    | Tapped
    | Delivered
)


class SkbState(msgspec.Struct, frozen=True):
    """The fields of an sk_buff that decide its path, and its bytes.

    ``head`` is the frame from the first header that is still there; ``data``, ``mac_header``, ``network_header`` and
    ``transport_header`` are offsets into it (-1: not set). ``dst`` says where the attached route leads, or is empty.
    """

    dev: str
    protocol: int
    pkt_type: int
    mark: int
    priority: int
    skb_iif: int
    tc_index: int
    nf_skip_egress: int
    tc_at_ingress: int
    tc_skip_classify: int
    redirected: int
    from_ingress: int
    nf_trace: int
    vlan_tci: int
    ct: str
    data: int
    mac_header: int
    network_header: int
    transport_header: int
    head: bytes


class Step(msgspec.Struct, frozen=True):
    """One function of the path, or one hook that was passed by.

    ``station`` names the stop of the picture ("nft egress", "tc ingress", "postrouting", "xmit" …), empty for plain
    functions. ``before`` and ``after`` index Walk.states, -1 where there is no packet. ``last`` is the number of the
    last step inside this one (its callees), so the tree of calls can be drawn. ``time`` is virtual, in ns.
    """

    number: int
    time: int
    depth: int
    last: int
    netns: str
    dev: str
    band: Band
    lane: Lane
    station: str
    symbol: str
    file: str
    kind: StepKind
    reason: str
    verdict: str
    skb: int
    parent: int
    before: int
    after: int
    notes: tuple[Note, ...]


class Walk(msgspec.Struct, frozen=True):
    """All that happened while one command ran. ``truncated``: the recorder's limit of steps was reached."""

    command: str
    line: int
    netns: str
    steps: tuple[Step, ...]
    states: tuple[SkbState, ...]
    truncated: bool


_snapshot = attrgetter(
    "dev",
    "protocol",
    "pkt_type",
    "mark",
    "priority",
    "skb_iif",
    "tc_index",
    "nf_skip_egress",
    "tc_at_ingress",
    "tc_skip_classify",
    "redirected",
    "from_ingress",
    "nf_trace",
    "vlan_tci",
    "nfct",
    "data",
    "mac_header",
    "network_header",
    "transport_header",
    "head",
)


class _Frame:
    """A step under way. ``site`` gives its names unless the function overrides them while it runs."""

    __slots__ = (
        "after", "band", "before", "depth", "dev", "kind", "lane", "last", "netns", "notes", "parent", "reason", "site",
        "skb", "skb_id", "station", "time", "verdict",
    )  # fmt: skip

    site: Site
    band: Band
    depth: int
    time: int
    kind: StepKind
    station: str
    lane: Lane
    reason: str
    verdict: str
    netns: str
    dev: str
    skb: SkBuff | None
    skb_id: int
    parent: int
    before: tuple[Any, ...] | None
    after: tuple[Any, ...] | None
    notes: list[Note] | None
    last: int


Sink = Callable[[int, tuple[Step, ...], int, tuple[SkbState, ...]], None]
"""Takes steps as soon as the outermost function has returned: (number of the first, steps, index of the first state,
states that these steps are the first to name)."""


class Recorder:
    """Collects the steps of one walk; install it with ``recording()``. It keeps at most ``limit`` steps."""

    __slots__ = ("_depth", "_frames", "_numbers", "_open", "_states", "_steps", "clock", "limit", "sink", "truncated")

    def __init__(self, clock: Clock, limit: int = 20_000, sink: Sink | None = None) -> None:
        self.clock = clock
        self.limit = limit
        self.sink = sink
        self.truncated = False
        self._frames: list[_Frame] = []
        self._open: list[_Frame] = []
        self._depth = 0
        self._steps: list[Step] = []
        self._states: dict[tuple[Any, ...], int] = {}
        self._numbers: dict[int, int] = {}

    def enter(self, site: Site, skb: SkBuff | None, dev: NetDevice | None, netns: str) -> _Frame | None:
        """A function begins; the value is to be given back to ``leave``."""
        if len(self._frames) >= self.limit:
            self.truncated = True
            self._depth += 1
            return None
        frame = _Frame()
        frame.site = site
        frame.band = site.band
        frame.depth = self._depth
        frame.time = self.clock.now
        frame.kind = StepKind.RUN
        frame.station = site.station
        frame.lane = site.lane
        frame.reason = frame.verdict = ""
        frame.skb = skb
        frame.after = frame.notes = None
        if skb is not None:
            frame.skb_id, frame.parent, frame.before = skb.id, skb.parent, _snapshot(skb)
            dev = dev or skb.dev
        else:
            frame.skb_id, frame.parent, frame.before = 0, 0, None
        if dev is not None:
            frame.dev, frame.netns = dev.name, dev.net.name
        else:
            frame.dev, frame.netns = "", netns
        self._frames.append(frame)
        self._open.append(frame)
        self._depth += 1
        return frame

    def leave(self, frame: _Frame | None, result: object) -> None:
        """The function that ``enter`` began has returned ``result``."""
        self._depth -= 1
        if frame is None:
            return
        self._open.pop()
        frame.last = len(self._frames) - 1
        if frame.skb is not None:
            frame.after = _snapshot(frame.skb)
        verdict_of = frame.site.verdict
        if verdict_of is not None and not frame.verdict and frame.kind is StepKind.RUN:
            frame.verdict = verdict_of(result)
        if self.sink is not None and not self._open:
            self._flush(self.sink)

    def _flush(self, sink: Sink) -> None:
        first, first_state = len(self._steps), len(self._states)
        self._finish()
        states = tuple(_state(snapshot) for snapshot in list(self._states)[first_state:])
        sink(first, tuple(self._steps[first:]), first_state, states)

    def _finish(self) -> None:
        """Makes steps of the frames that have none yet."""
        for number in range(len(self._steps), len(self._frames)):
            self._steps.append(_step(number, self._frames[number], self._states, self._numbers))

    def note(self, note: Note) -> None:
        """Adds a decision to the step under way."""
        if self._open:
            frame = self._open[-1]
            if frame.notes is None:
                frame.notes = [note]
            else:
                frame.notes.append(note)

    def verdict(self, verdict: str) -> None:
        """Says in the kernel's word what the step under way decided."""
        if self._open:
            self._open[-1].verdict = verdict

    def about(self, skb: SkBuff) -> None:
        """Ties the step under way to a packet that was made inside it."""
        if self._open:
            frame = self._open[-1]
            if frame.skb is None:
                frame.skb, frame.skb_id, frame.parent = skb, skb.id, skb.parent
                if skb.dev is not None and not frame.dev:
                    frame.dev = skb.dev.name

    def not_run(self, kind: StepKind, reason: str) -> None:
        """The step under way is a hook that found nothing to run, or passed by."""
        if self._open:
            frame = self._open[-1]
            frame.kind, frame.reason = kind, reason

    def stop_at(self, station: str, lane: Lane, dev: NetDevice | None, band: Band | None = None) -> None:
        """Makes the step under way a station of the picture, at a device that only the running function knows."""
        if self._open:
            frame = self._open[-1]
            frame.station, frame.lane = station, lane
            frame.band = band or frame.band
            if dev is not None:
                frame.dev, frame.netns = dev.name, dev.net.name

    def missed(self, site: Site, skb: SkBuff, dev: NetDevice, kind: StepKind, reason: str) -> None:
        """A hook that people expect here and that did not run."""
        frame = self.enter(site, skb, dev, "")
        if frame is not None:
            frame.kind, frame.reason = kind, reason
        self.leave(frame, None)

    def walk(self, command: str = "", line: int = 0, netns: str = "") -> Walk:
        """The steps so far, as a value."""
        self._finish()
        return Walk(command, line, netns, tuple(self._steps), tuple(map(_state, self._states)), self.truncated)


def _index(snapshot: tuple[Any, ...] | None, states: dict[tuple[Any, ...], int]) -> int:
    return -1 if snapshot is None else states.setdefault(snapshot, len(states))


def _number(skb_id: int, numbers: dict[int, int]) -> int:
    """Packets are numbered from 1 within a walk, so that the same lab gives the same walk whatever ran before."""
    return 0 if skb_id == 0 else numbers.setdefault(skb_id, len(numbers) + 1)


def _step(number: int, frame: _Frame, states: dict[tuple[Any, ...], int], numbers: dict[int, int]) -> Step:
    site = frame.site
    parent = _number(frame.parent, numbers)
    notes = tuple(
        Cloned(_number(note.child, numbers)) if isinstance(note, Cloned) else note for note in frame.notes or ()
    )
    return Step(
        number, frame.time, frame.depth, frame.last, frame.netns, frame.dev, frame.band, frame.lane, frame.station,
        site.symbol, site.file, frame.kind, frame.reason, frame.verdict, _number(frame.skb_id, numbers), parent,
        _index(frame.before, states), _index(frame.after, states), notes,
    )  # fmt: skip


def _state(snapshot: tuple[Any, ...]) -> SkbState:
    dev, *fields = snapshot
    ct = fields[13]
    fields[13] = "" if ct is None else str(ct)
    return SkbState("" if dev is None else dev.name, *fields)


RECORDER: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""The recorder of this thread of execution; ``RECORDER.get()`` is None when nobody looks."""
