"""What happened to packets, as values: Step, Walk, and the Recorder that collects them.

A Walk is a tuple of steps, so stepping back is a smaller index. Nothing here holds a sentence for people; sentences
are made at the top. Recording hangs on a ContextVar: two threads that run two machines never mix, and code that
runs with no recorder pays only for asking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from webapp.kernel.clock import Clock
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff
    from webapp.kernel.kfunc import Site
    from webapp.kernel.uapi.nf_tables import Trace


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


class ExprRun(msgspec.Struct, frozen=True, tag=True, gc=False):
    """One nft expression: its name, its operands as nft --debug=netlink prints them, and whether the rule goes on."""

    name: str
    operands: str
    value: str
    goes_on: bool


class RuleRun(msgspec.Struct, frozen=True, tag=True, gc=False):
    """One nft rule that was evaluated; ``verdict`` is empty where the rule did not match to its end or gave none."""

    family: str
    table: str
    chain: str
    handle: int
    expressions: tuple[ExprRun, ...]
    verdict: str


class ChainRun(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A base chain that ended, with its verdict (after its rules of RuleRun)."""

    family: str
    table: str
    chain: str
    priority: int
    policy: str
    verdict: str


class FilterRun(msgspec.Struct, frozen=True, tag=True, gc=False):
    """One tc filter consulted. ``detail``: keys or bytecode steps; ``verdict``: TC_ACT_* or empty (no match)."""

    kind: str
    chain: int
    pref: int
    protocol: str
    handle: int
    matched: bool
    detail: tuple[str, ...]
    verdict: str


class ActionRun(msgspec.Struct, frozen=True, tag=True, gc=False):
    """One tc action of the filter that matched; ``detail`` as tc prints it (Egress Redirect to device vethh)."""

    kind: str
    index: int
    detail: str
    verdict: str


class Cloned(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A copy of the packet was made: the child's skb id."""

    child: int


class Dropped(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The packet ended here, with the kernel's drop reason (enum skb_drop_reason, without the prefix)."""

    reason: str


class Consumed(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The packet ended well (consume_skb)."""


class Queued(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The packet waits: "backlog" of a CPU, or "neighbour" until it is resolved."""

    queue: str


class Routed(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A route look-up's result: the route as ``ip route get`` words it, or the error."""

    destination: str
    result: str


class Neighbour(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A neighbour entry as it was found or changed: address, link-layer address or empty, NUD state."""

    address: str
    lladdr: str
    state: str


class Tracked(msgspec.Struct, frozen=True, tag=True, gc=False):
    """Connection tracking found or began the packet's connection: its state and tuple as SkbState.ct, or INVALID."""

    state: str


class Translated(msgspec.Struct, frozen=True, tag=True, gc=False):
    """NAT rewrote the packet's "source" or "destination", which are ``address`` (with its port or id) now."""

    field: str
    address: str


class Traced(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The packet's nf_trace is set: a line of what ``nft monitor trace`` prints of this hook."""

    line: str


class Tapped(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A packet socket (tcpdump) was given a copy here."""

    dev: str
    lane: Lane


class Delivered(msgspec.Struct, frozen=True, tag=True, gc=False):
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
    | Tracked
    | Translated
    | Traced
    | Tapped
    | Delivered
)


class SkbState(msgspec.Struct, frozen=True, gc=False):
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


class Step(msgspec.Struct, frozen=True, gc=False):
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


class _Frame:
    """A step under way. ``site`` gives its names unless the function overrides them while it runs."""

    kind = StepKind.RUN
    reason = verdict = dev = netns = ""
    skb: SkBuff | None = None
    before = -1
    notes: list[Note] | None = None

    def __init__(self, site: Site, number: int, depth: int, time: int) -> None:
        self.site = site
        self.number = number
        self.depth = depth
        self.time = time
        self.band = site.band
        self.station = site.station
        self.lane = site.lane


_RUN = StepKind.RUN
_OF_THE_HOOK = (RuleRun, ChainRun, FilterRun, ActionRun, Tracked, Translated, Traced)

Sink = Callable[[int, tuple[Step, ...], int, tuple[SkbState, ...]], None]
"""Takes steps as soon as the outermost function has returned: (number of the first, steps, index of the first state,
states that these steps are the first to name)."""


class Recorder:
    """Collects the steps of one walk; install it with ``recording()``. It keeps at most ``limit`` steps.

    ``describe_trace`` words the messages of nft's trace; without it, they are not noted.
    """

    __slots__ = ("_depth", "_known", "_numbers", "_open", "_states", "_steps", "clock", "describe_trace", "limit",
                 "sent", "sink", "truncated")  # fmt: skip

    def __init__(self, clock: Clock, limit: int = 20_000, sink: Sink | None = None) -> None:
        self.clock = clock
        self.limit = limit
        self.sink = sink
        self.describe_trace: Callable[[Net, Trace], Iterable[str]] | None = None
        self.truncated = False
        self.sent = (0, 0)
        self._depth = 0
        self._open: list[_Frame] = []
        self._steps: list[Step | None] = []
        self._states: dict[tuple[Any, ...], int] = {}
        # the last state of each packet: most steps find it unchanged, and comparing is cheaper than hashing
        self._known: dict[int, tuple[tuple[Any, ...], int]] = {}
        self._numbers: dict[int, int] = {0: 0}

    def enter(self, site: Site, skb: SkBuff | None, dev: NetDevice | None, netns: str) -> _Frame | None:
        """A function begins; the value is to be given back to ``leave``."""
        number = len(self._steps)
        if number >= self.limit:
            self.truncated = True
            self._depth += 1
            return None
        frame = _Frame(site, number, self._depth, self.clock.now)
        if skb is not None:
            frame.skb = skb
            frame.before = self._state(skb)
            dev = dev or skb.dev
        if dev is not None:
            frame.dev, frame.netns = dev.name, dev.net.name
        else:
            frame.netns = netns
        self._steps.append(None)
        self._open.append(frame)
        self._depth += 1
        return frame

    def leave(self, frame: _Frame | None, result: object) -> None:
        """The function that ``enter`` began has returned ``result``."""
        self._depth -= 1
        if frame is None:
            return
        self._open.pop()
        site, skb, verdict = frame.site, frame.skb, frame.verdict
        if site.verdict is not None and not verdict and frame.kind is _RUN:
            verdict = site.verdict(result)
        packet = parent = 0
        after = -1
        if skb is not None:
            packet = self._numbers.get(skb.id) or self._number(skb.id)
            if skb.parent:
                parent = self._number(skb.parent)
            after = self._state(skb)
        self._steps[frame.number] = Step(
            frame.number, frame.time, frame.depth, len(self._steps) - 1, frame.netns, frame.dev, frame.band, frame.lane,
            frame.station, site.symbol, site.file, frame.kind, frame.reason, verdict, packet, parent, frame.before,
            after, tuple(frame.notes) if frame.notes else (),
        )  # fmt: skip
        if self.sink is not None and not self._open:
            self._send(self.sink)

    def _state(self, skb: SkBuff) -> int:
        """The index of the packet's state."""
        # plain attributes, which are read faster than attrgetter reads them
        snapshot = (
            skb.dev,
            skb.protocol,
            skb.pkt_type,
            skb.mark,
            skb.priority,
            skb.skb_iif,
            skb.tc_index,
            skb.nf_skip_egress,
            skb.tc_at_ingress,
            skb.tc_skip_classify,
            skb.redirected,
            skb.from_ingress,
            skb.nf_trace,
            skb.vlan_tci,
            skb.ct if skb.nfct is not None or skb.nfctinfo else "",
            skb.data,
            skb.mac_header,
            skb.network_header,
            skb.transport_header,
            skb.head,
        )
        known = self._known.get(skb.id)
        if known is not None and known[0] == snapshot:
            return known[1]
        index = self._states.setdefault(snapshot, len(self._states))
        self._known[skb.id] = (snapshot, index)
        return index

    def _number(self, skb_id: int) -> int:
        """Packets are numbered from 1 within a walk, so that the same lab gives the same walk whatever ran before."""
        return self._numbers.setdefault(skb_id, len(self._numbers))

    def _send(self, sink: Sink) -> None:
        first, first_state = self.sent
        self.sent = (len(self._steps), len(self._states))
        steps = tuple(step for step in self._steps[first:] if step is not None)
        sink(first, steps, first_state, tuple(map(_skb_state, islice(self._states, first_state, None))))

    def note(self, note: Note) -> None:
        """Adds a decision to the step under way; what was decided and done for a hook, to the hook's station."""
        if isinstance(note, Cloned):
            note = Cloned(self._number(note.child))
        frame = self._open[-1] if self._open else None
        if isinstance(note, _OF_THE_HOOK):
            frame = next((outer for outer in reversed(self._open) if outer.station), frame)
        if frame is None:
            return
        notes = frame.notes = frame.notes or []
        at = len(notes)
        if isinstance(note, FilterRun):
            # a filter's verdict is known when its actions have run; it is told before them
            while at and isinstance(notes[at - 1], ActionRun):
                at -= 1
        notes.insert(at, note)

    def verdict(self, verdict: str) -> None:
        """Says in the kernel's word what the step under way decided."""
        if self._open:
            self._open[-1].verdict = verdict

    def about(self, skb: SkBuff) -> None:
        """Ties the step under way to a packet that was made inside it."""
        if self._open:
            frame = self._open[-1]
            if frame.skb is None:
                frame.skb = skb
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
        """The steps so far, as a value. No function may be under way."""
        steps = tuple(step for step in self._steps if step is not None)
        return Walk(command, line, netns, steps, tuple(map(_skb_state, self._states)), self.truncated)


def _skb_state(snapshot: tuple[Any, ...]) -> SkbState:
    dev, *fields = snapshot
    return SkbState("" if dev is None else dev.name, *fields)


RECORDER: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
"""The recorder of this thread of execution; ``RECORDER.get()`` is None when nobody looks."""
