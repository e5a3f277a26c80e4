"""What tcpdump sees on a device while a probe runs, read from the walk: no packet socket needs to listen.

A socket for all protocols is given what goes out as it comes to the driver (dev_hard_start_xmit), and what comes in
before tc's ingress hook; so those two kinds of steps are the frames of a capture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from webapp.kernel.core.skbuff import PACKET_OUTGOING
from webapp.kernel.trace import Dropped, Lane, SkbState, Step, StepKind, Walk
from webapp.kernel.uapi.if_ether import ETH_P_8021Q
from webapp.lab.pcapng import Packet, pcapng
from webapp.lab.topology import Topology
from webapp.userland.tcpdump.frame import ETHER_HLEN, Frame
from webapp.userland.tcpdump.printer import Printer, Style
from webapp.userland.tcpdump.tcpdump import clock_text
from webapp.workshop.journey import HOOKS, Ways, notes
from webapp.workshop.questions import Captured


class Capture(NamedTuple):
    """The frames, and a pcapng file of them with a comment on each."""

    frames: tuple[Captured, ...]
    pcapng: bytes


@dataclass(frozen=True, slots=True)
class _Tap:
    """A place in the walk where packet sockets listen."""

    step: Step
    state: SkbState
    netns: str
    dev: str
    outgoing: bool


def capture(walk: Walk, topology: Topology, netns: str, dev: str = "") -> Capture:
    """What ``tcpdump -n -i DEV`` would print, or with ``dev`` empty what ``-i any`` would, which names the device."""
    taps = [tap for tap in _taps(walk) if tap.netns == netns and tap.dev == (dev or tap.dev)]
    printer = Printer(Style(numeric=True))
    frames = [_frame(tap, topology, cooked=not dev) for tap in taps]
    captured = (
        Captured(tap.step.number, f"{clock_text(frame.time)} {printer.line(frame)}", tap.outgoing)
        for tap, frame in zip(taps, frames, strict=True)
    )
    return Capture(tuple(captured), _file(Ways(walk), taps, frames))


def whole_capture(walk: Walk, topology: Topology) -> bytes:
    """A pcapng file of every frame on every device of every namespace, with a comment on each."""
    taps = list(_taps(walk))
    return _file(Ways(walk), taps, [_frame(tap, topology, cooked=False) for tap in taps])


def _file(ways: Ways, taps: Sequence[_Tap], frames: Sequence[Frame]) -> bytes:
    names = list(dict.fromkeys(f"{tap.netns}/{tap.dev}" if tap.netns else tap.dev for tap in taps))
    packets = (
        Packet(names.index(f"{tap.netns}/{tap.dev}" if tap.netns else tap.dev), tap.step.time, frame.data,
               tap.outgoing, comment(ways, tap.step))
        for tap, frame in zip(taps, frames, strict=True)
    )  # fmt: skip
    return pcapng(names, packets)


def line(walk: Walk, topology: Topology, step: Step) -> str:
    """What tcpdump would print, without the time, of the packet as it comes to a step; "" if that is no frame yet."""
    if step.before < 0 or walk.states[step.before].mac_header < 0:
        return ""
    outgoing = step.lane is Lane.OUT
    frame = _frame(_Tap(step, walk.states[step.before], step.netns, step.dev, outgoing), topology, cooked=False)
    return Printer(Style(numeric=True)).line(frame)


def _taps(walk: Walk) -> Iterator[_Tap]:
    loopbacks = {(step.netns, step.dev) for step in walk.steps if step.symbol == "loopback_xmit"}
    for step in walk.steps:
        if step.before < 0:
            continue
        outgoing = step.symbol == "dev_hard_start_xmit"
        if outgoing and (step.netns, step.dev) in loopbacks:
            continue  # what leaves lo comes in at once, and is shown then
        if outgoing or step.station == "tc ingress":
            yield _Tap(step, walk.states[step.before], step.netns, step.dev, outgoing)


def _frame(tap: _Tap, topology: Topology, *, cooked: bool) -> Frame:
    state = tap.state
    start = state.data if tap.outgoing else max(state.mac_header, 0)
    data, network, vlan = state.head[start:], ETHER_HLEN, None
    ethertype = int.from_bytes(data[12:14], "big")
    if state.vlan_tci:
        # the tag that the card, or the kernel in its place, has taken off
        vlan = state.vlan_tci & 0xFFFF
        data = data[:12] + ETH_P_8021Q.to_bytes(2, "big") + vlan.to_bytes(2, "big") + data[12:]
        network += 4
    kind = PACKET_OUTGOING if tap.outgoing else state.pkt_type
    number = _ifindex(topology, tap.netns, tap.dev)
    return Frame(data, tap.step.time, number, tap.dev, kind, cooked, network, ethertype, vlan)


def _ifindex(topology: Topology, netns: str, dev: str) -> int:
    devices = (device for namespace in topology.namespaces if namespace.name == netns for device in namespace.devices)
    return next((device.ifindex for device in devices if device.name == dev), 0)


# comments


def comment(ways: Ways, tap: Step) -> str:
    """What the hooks said of a frame: of what goes out those before it, of what comes in those after, a line each."""
    steps = ways.own[tap.skb]
    at = steps.index(tap)
    if tap.symbol == "dev_hard_start_xmit":
        before = next((n for n in range(at - 1, -1, -1) if _is_tap(steps[n])), 0)
        around = steps[before:at]
    else:
        after = next((n for n in range(at + 1, len(steps)) if _is_tap(steps[n])), len(steps))
        around = steps[at:after]
    return "\n".join(line for step in around for line in _said(ways, step))


def _is_tap(step: Step) -> bool:
    return step.symbol == "dev_hard_start_xmit" or step.station == "tc ingress"


_VERDICTS = {
    "NF_ACCEPT": "accept",
    "NF_DROP": "drop",
    "NF_STOLEN": "stolen",
    "TC_ACT_OK": "ok",
    "TC_ACT_UNSPEC": "no filter decided",
    "TC_ACT_SHOT": "shot",
    "TC_ACT_CONSUMED": "taken",
}


def _said(ways: Ways, step: Step) -> Iterator[str]:
    if step.station in HOOKS:
        name = f"step {step.number} {step.station} on {ways.places[step.number]}"
        if step.kind is StepKind.RUN:
            yield f"{name}: {_VERDICTS.get(step.verdict, step.verdict) or 'ran'}"
        elif step.kind is StepKind.PASSED_BY:
            yield f"{name}: passed by, {step.reason}"
    for dropped in notes(step, Dropped):
        yield f"step {step.number} {step.symbol}: dropped, {dropped.reason}"
