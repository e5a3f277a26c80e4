"""Why a packet did not meet a hook: the decision in its walk that turned it away, in the kernel's terms.

Every sentence is made from the values of the walk and of the topology in which it was walked. What stands between
backquotes is the machine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from webapp.kernel.trace import (
    ActionRun,
    ChainRun,
    Dropped,
    FilterRun,
    Neighbour,
    Queued,
    Routed,
    RuleRun,
    SkbState,
    Step,
    StepKind,
)
from webapp.kernel.uapi.if_ether import ETH_P_ARP, ETH_P_IP, ETH_P_IPV6
from webapp.lab.lab import Entry, Probe
from webapp.lab.topology import DeviceView, HookView, NamespaceView
from webapp.workshop.journey import HOOKS, STEALING, Fate, Place, Ways, notes, ran
from webapp.workshop.perspective import seen_from_the_other_end
from webapp.workshop.questions import Reason
from webapp.workshop.stations import distances, is_at
from webapp.workshop.wording import Wording

DecisionKind = Literal[
    "redirect",  # tc mirred or nft fwd took it to another device
    "filter",  # a tc filter
    "rule",  # an nft rule, or a chain's policy
    "drop",  # the kernel itself, with a reason
    "route",
    "neighbour",
    "bridge",
    "flowtable",
    "protocol",  # another family's hooks
    "bypass",  # the hook is not on this way: PACKET_QDISC_BYPASS, ifb
    "unattached",
    "arrived",
    "cable",
    "nothing sent",
]


@dataclass(frozen=True, slots=True)
class Decision:
    """What turned the packet away: ``place`` and ``step`` are where. ``packet`` is its number, 0 for none."""

    kind: DecisionKind
    place: Place
    step: int
    packet: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """``decision`` is None where the hook was reached."""

    decision: Decision | None
    reasons: tuple[Reason, ...]


def explain(entries: list[Entry], entry: Entry, target: Place, wording: Wording) -> Explanation:
    """Why the packets of ``entry``, a probe, did not run the hook at ``target``."""
    assert entry.probe is not None
    question = _Question(entry.probe, target, wording)
    found = question.answer()
    if found.decision is None:
        return found
    failed = [
        Reason(-1, f"Line {other.line} failed", f"`{_first_line(other.command)}`: {_first_line(other.output)}", False)
        for other in entries[: entries.index(entry)]
        if other.reported and other.probe is None
    ]
    return Explanation(found.decision, (*failed[:3], *found.reasons))


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


class _Question:
    """One probe's walk, and a hook."""

    def __init__(self, probe: Probe, target: Place, wording: Wording) -> None:
        self.walk = probe.walk
        self.ways = Ways(probe.walk)
        self.topology = probe.topology
        self.target = target
        self.wording = wording
        self.namespaces = {namespace.name: namespace for namespace in probe.topology.namespaces}

    def answer(self) -> Explanation:
        there = [step for step in self.walk.steps if is_at(self.ways.places[step.number], self.target)]
        if any(ran(step) for step in there):
            return Explanation(None, ())
        passed = next((step for step in there if step.kind is StepKind.PASSED_BY), None)
        if passed is None:
            passed = next((step for step in there if self._skips(step)), None)
        if passed is not None:
            return self._passed_by(passed)
        if there:
            return self._unattached(there[0])
        return self._turned_away()

    # the packet came past the hook

    def _state(self, step: Step) -> SkbState | None:
        return self.walk.states[step.before] if step.before >= 0 else None

    def _skips(self, step: Step) -> bool:
        """It would have been passed by, had anything been attached."""
        state = self._state(step)
        return step.station == "nft egress" and state is not None and bool(state.nf_skip_egress)

    def _passed_by(self, step: Step) -> Explanation:
        by = self._who_led_past(step)
        hook = f"{step.station} on {self._name(step)}"
        last = Reason(step.number, step.symbol, self._why_passed(step), False)
        if by is None:
            decided = Reason(step.number, step.symbol, f"{hook} was led past: {step.reason}.", True)
            return Explanation(self._decision("bypass", step), (decided,))
        decision, reasons = by
        return Explanation(decision, (*reasons, last))

    def _why_passed(self, step: Step) -> str:
        if self._skips(step):
            rest = "" if step.kind is StepKind.PASSED_BY else " Nothing is attached here, either."
            return f"returned at once: `skb->nf_skip_egress` is 1.{rest}"
        return f"{step.station} on {self._name(step)} was not asked: {step.reason}."

    def _who_led_past(self, step: Step) -> tuple[Decision, tuple[Reason, ...]] | None:
        """The innermost function around the step that hands packets over, or the last one before it."""
        packets = self._ancestors(step.skb)
        before = [other for other in self.walk.steps[: step.number] if other.skb in packets]
        around = [other for other in before if other.last >= step.number]
        for other in reversed(around):
            if other.station == "mirred":
                return self._redirected(other)
            if other.station in ("tc ingress", "tc egress"):
                return self._hook_took(other)
        for other in reversed(before):
            if other.symbol == "ifb_ri_tasklet":
                text = "sent the packet back with `nf_skip_egress` 1 and `tc_skip_classify` 1."
                return self._decision("bypass", other), (Reason(other.number, other.symbol, text, True),)
            if other.station in ("tc ingress", "tc egress") and other.verdict not in ("", "TC_ACT_OK", "TC_ACT_UNSPEC"):
                return self._hook_took(other)
            if other.station == "receive":
                break
        return None

    def _ancestors(self, packet: int) -> set[int]:
        found = {packet}
        while packet:
            packet = self.ways.own[packet][0].parent if self.ways.own[packet] else 0
            found.add(packet)
        return found - {0}

    def _unattached(self, step: Step) -> Explanation:
        hook = self._hook_view()
        if hook is not None and not hook.station.startswith("tc "):
            protocol = self._protocol(step)
            kind = {ETH_P_IPV6: "IPv6", ETH_P_IP: "IPv4"}.get(protocol, f"of ethertype {protocol:#06x}")
            text = f"the packet is {kind}; what is attached there is of another family{self._chains(hook)}."
            decided = Reason(step.number, step.symbol, text, True)
            return Explanation(self._decision("protocol", step), (decided,))
        why = {
            StepKind.OFF: "its static key is off: nothing on this machine uses such a hook",
            StepKind.EMPTY: "nothing is attached",
        }[step.kind]
        text = f"the packet came by {step.station} on {self._name(step)}, but {why}."
        return Explanation(self._decision("unattached", step), (Reason(step.number, step.symbol, text, True),))

    def _protocol(self, step: Step) -> int:
        state = self._state(step)
        return state.protocol if state is not None else 0

    @staticmethod
    def _chains(hook: HookView) -> str:
        names = ", ".join(dict.fromkeys(f"`{line.split(':')[0]}`" for line in hook.lines))
        return f": {names}" if names else ""

    def _hook_view(self) -> HookView | None:
        namespace = self.namespaces.get(self.target.netns)
        if namespace is None:
            return None
        device = next((device for device in namespace.devices if device.name == self.target.dev), None)
        views = (*namespace.hooks, *(device.hooks if device else ()))
        return next((view for view in views if view.station == self.target.station), None)

    # the packet never came there

    def _turned_away(self) -> Explanation:
        sent = self.ways.sent()
        if sent is None or not sent.skb:
            return self._nothing_sent(sent)
        arp = self.target.station.startswith("arp ") or self.ways.is_arp(sent.skb)
        far = distances(self.topology, self.target, arp=arp)
        visits = self._visits(sent.skb, far, arp=arp)
        if not visits:
            return self._no_way(sent)
        nearest = min(far[self.ways.places[step.number]] for step in visits)
        nearby = [step for step in visits if far[self.ways.places[step.number]] == nearest]
        last = next(step for step in reversed(nearby) if step.skb == nearby[0].skb)
        decision, reasons = self._turn(last)
        around = (*self._other_side(sent.skb), *reasons, *self._what_became(decision))
        return Explanation(decision, tuple(sorted(around, key=lambda reason: reason.step)))

    def _visits(self, first: int, far: dict[Place, float], *, arp: bool) -> list[Step]:
        """Where packets were from which a way leads on to the hook."""
        steps = [step for step in self.walk.steps if step.skb and step.station and step.kind is not StepKind.PASSED_BY]
        near = [step for step in steps if self.ways.places[step.number] in far]
        alike = [step for step in near if self.ways.is_arp(step.skb) == arp]
        return alike or [step for step in near if step.skb == first]

    def _nothing_sent(self, sent: Step | None) -> Explanation:
        netns = self.walk.netns
        if sent is None:
            text = "the program sent no packet." if not self.walk.steps else "none of these packets is the program's."
            reason = Reason(-1, self.walk.command.split(" ", 1)[0] or "The probe", text, True)
            return Explanation(Decision("nothing sent", Place(netns, "", ""), -1, 0), (reason,))
        text = "".join(f"looked up a route to {note.destination}: {note.result}." for note in notes(sent, Routed))
        reason = Reason(sent.number, sent.symbol, text or "made no packet.", True)
        return Explanation(Decision("nothing sent", self.ways.places[sent.number], sent.number, 0), (reason,))

    def _no_way(self, sent: Step) -> Explanation:
        place = self.ways.places[sent.number]
        fate = self.ways.fate()
        text = f"no cable and no route of this topology leads from {place} to {self.target.station} on {self.target}."
        reasons = (Reason(-1, "No way leads there", text, True), *self._what_became(None))
        return Explanation(Decision("cable", place, fate.step, sent.skb), reasons)

    def _other_side(self, first: int) -> tuple[Reason, ...]:
        """The packet met the hook's device on the other lane."""
        crossing = {"ingress": "xmit", "egress": "receive"}.get(self.target.station.partition(" ")[2])
        for packet in self.ways.family(first):
            for step in self.ways.own[packet]:
                if step.station == crossing and self.ways.places[step.number][:2] == self.target[:2]:
                    return (Reason(step.number, step.symbol, self._direction(step), False),)
        return ()

    def _direction(self, step: Step) -> str:
        name, station = self._name(step), self.target.station
        way = f"goes out at {name}; {station} is for what comes in"
        if step.station == "receive":
            way = f"comes in at {name}; {station} is for what goes out"
        other = seen_from_the_other_end(self.topology, self.target[:2], station)
        there = f" That is {other[1]} on {'/'.join(filter(None, other[0]))}." if other is not None else ""
        return f"the packet {way}.{there}"

    def _what_became(self, decision: Decision | None) -> tuple[Reason, ...]:
        fate = self.ways.fate()
        if fate.step < 0 or (decision is not None and decision.step >= fate.step):
            return ()
        step = self.walk.steps[fate.step]
        words = {
            "delivered": f"the packet was delivered in {fate.place}.",
            "dropped": f"the packet was dropped at {fate.place}: `{fate.reason}`.",
            "stolen": f"the packet ended at {fate.place}, taken by {step.station or step.symbol}.",
            "lost": f"the packet was last seen at {fate.place}.",
        }
        return (Reason(fate.step, step.symbol, words[fate.kind], False),)

    # what happened at the last station on the way

    def _turn(self, at: Step) -> tuple[Decision, tuple[Reason, ...]]:
        """What turned a packet away after station ``at``."""
        if at.station in HOOKS and ran(at) and (at.verdict in STEALING or self._dropped_in(at)):
            return self._hook_took(at)
        later = self._until_next_station(at)
        ends = later if later[-1].number > at.number and later[-1].station else (*later, *self._around(at))
        for step in ends:
            for dropped in notes(step, Dropped):
                return self._kernel_dropped(at, step, dropped.reason)
        for step in later:
            if any(note.queue == "neighbour" for note in notes(step, Queued)):
                return self._unresolved(at, step)
        return self._went_elsewhere(at, later)

    def _around(self, at: Step) -> list[Step]:
        """The functions that called a step, innermost first: one of them may have dropped the packet after it."""
        return [step for step in reversed(self.walk.steps[: at.number]) if step.last >= at.number]

    def _dropped_in(self, at: Step) -> bool:
        inner = self.walk.steps[at.number : at.last + 1]
        return at.verdict in ("NF_DROP", "TC_ACT_SHOT") and any(step.skb == at.skb for step in inner)

    def _until_next_station(self, at: Step) -> list[Step]:
        """The steps of the packet from a station up to its next one, that included."""
        family = set(self.ways.family(at.skb))
        steps = []
        for step in self.walk.steps[at.number :]:
            if step.skb not in family:
                continue
            steps.append(step)
            if step.number > at.number and step.station:
                break
        return steps

    def _hook_took(self, at: Step) -> tuple[Decision, tuple[Reason, ...]]:
        inner = self.walk.steps[at.number + 1 : at.last + 1]
        hand_over = next((step for step in inner if step.station in ("mirred", "fwd") and step.skb == at.skb), None)
        if hand_over is not None and at.verdict in STEALING:
            return self._redirected(hand_over)
        if at.station.startswith("tc "):
            return self._filtered(at)
        offloaded = next((step for step in inner if step.symbol.startswith("nf_flow_offload")), None)
        if offloaded is not None and at.verdict in STEALING:
            return self._offloaded(offloaded)
        return self._ruled(at)

    def _offloaded(self, step: Step) -> tuple[Decision, tuple[Reason, ...]]:
        inner = self.walk.steps[step.number + 1 : step.last + 1]
        out = next((other for other in inner if other.symbol == "__dev_queue_xmit"), None)
        to = f" to {self._name(out)}" if out is not None else ""
        text = f"the flowtable knows the packet's flow and sent it on{to} from here, past the IP hooks."
        return self._decision("flowtable", step), (Reason(step.number, step.symbol, text, True),)

    def _redirected(self, by: Step) -> tuple[Decision, tuple[Reason, ...]]:
        hook = next((step for step in self._around(by) if step.station in HOOKS), by)
        inner = self.walk.steps[by.number + 1 : by.last + 1]
        to = next((step for step in inner if step.dev and (step.dev != by.dev or step.netns != by.netns)), None)
        device = f"{to.netns}/{to.dev}" if to is not None else "another device"
        if by.station == "mirred":
            did = next((note.detail for note in reversed(notes(hook, ActionRun)) if note.kind == "mirred"), "")
            side, _, name = did.partition(" Redirect to device ")
            text = (
                f"sent the packet to {side.lower() or 'egress'} of {by.netns}/{name}, inside tc."
                if name
                else f"`{did}`."
            )
        else:
            text = f"sent the packet out of {device} from netfilter: it does not go on along {self._name(by)}."
        decided = Reason(by.number, by.symbol, text, True)
        return self._decision("redirect", by), (*self._matched(hook), decided)

    def _matched(self, hook: Step) -> tuple[Reason, ...]:
        """What a hook found, said before what was done about it."""
        name = f"{hook.station} on {self._name(hook)}"
        for run in notes(hook, FilterRun):
            if run.matched:
                text = f"`{self.wording.filter(self.ways.places[hook.number], run)}` matched.{self._skip_set(hook)}"
                return (Reason(hook.number, name, text, False),)
        rules = notes(hook, RuleRun)
        decisive = next((run for run in reversed(rules) if run.verdict in ("NF_STOLEN", "NF_DROP")), None)
        if decisive is not None:
            text = f"rule `{self.wording.rule(hook.netns, decisive)}` of chain {_chain(decisive)} matched."
            return (Reason(hook.number, name, text, False),)
        return ()

    def _skip_set(self, hook: Step) -> str:
        """Since when nf_skip_egress is set."""
        before, now = None, self._state(hook)
        for step in reversed(self.walk.steps[: hook.number]):
            if step.skb == hook.skb and step.before >= 0:
                before = self.walk.states[step.before]
                break
        if now is None or before is None or before.nf_skip_egress or not now.nf_skip_egress:
            return ""
        return " `nf_skip_egress` 0 → 1."

    def _filtered(self, at: Step) -> tuple[Decision, tuple[Reason, ...]]:
        runs = [run for run in notes(at, FilterRun) if run.matched]
        name = f"{at.station} on {self._name(at)}"
        if not runs:
            return self._decision("filter", at), (Reason(at.number, name, f"returned `{at.verdict}`.", True),)
        actions = ", ".join(f"{run.kind} {run.detail}".strip() for run in notes(at, ActionRun))
        done = f" ({actions})" if actions else ""
        words = self.wording.filter(self.ways.places[at.number], runs[-1])
        text = f"`{words}` matched and ended the packet{done}: `{at.verdict}`."
        return self._decision("filter", at), (Reason(at.number, name, text, True),)

    def _ruled(self, at: Step) -> tuple[Decision, tuple[Reason, ...]]:
        name = f"{at.station} on {self._name(at)}"
        rules = [run for run in notes(at, RuleRun) if run.verdict.startswith(("NF_DROP", "NF_STOLEN"))]
        chain = next((run for run in reversed(notes(at, ChainRun)) if run.verdict != "NF_ACCEPT"), None)
        text = f"returned `{at.verdict}`."
        if rules:
            rule, words = rules[-1], self.wording.rule(at.netns, rules[-1])
            text = f"rule `{words}` (handle {rule.handle}) of chain {_chain(rule)} ended the packet: `{rule.verdict}`."
        elif chain is not None:
            text = f"no rule of chain {_chain(chain)} decided, so its policy did: `{chain.verdict}`."
        return self._decision("rule", at), (Reason(at.number, name, text, True),)

    # the kernel's own decisions

    def _kernel_dropped(self, at: Step, step: Step, reason: str) -> tuple[Decision, tuple[Reason, ...]]:
        if reason in ("NEIGH_FAILED", "NEIGH_QUEUEFULL"):
            return self._unresolved(at, step)
        if reason in ("NETFILTER_DROP", "TC_EGRESS", "TC_INGRESS") and at.station in HOOKS:
            return self._hook_took(at)
        text = f"dropped the packet: `{reason}`. {self._because(step, reason)}".rstrip()
        decided = Reason(step.number, step.symbol, text, True)
        return self._decision("drop", step), (*self._routed(at, step), decided)

    def _because(self, step: Step, reason: str) -> str:
        place = self.ways.places[step.number]
        namespace, device = self.namespaces.get(place.netns), self._device(place)
        match reason:
            case "OTHERHOST":
                mine = f"; {place}'s address is {device.address}" if device is not None else ""
                return f"The frame is for {self._destination_mac(step)}{mine} (`PACKET_OTHERHOST`)."
            case "IP_RPFILTER":
                return f"`rp_filter`: a packet from {self._source(step)} is not expected on {place}."
            case "IP_INADDRERRORS" | "IP_INNOROUTES" if namespace is not None and not namespace.forwarding:
                return f"{place.netns} does not forward (`net.ipv4.ip_forward` 0)."
            case "QDISC_DROP" | "DEV_READY" if device is not None:
                state = "up" if device.up else "down"
                return f"{place} is {state}{'' if device.carrier else ', without a carrier'}."
            case "NO_SOCKET":
                return f"Nobody in {place.netns} listens there: it is the packet's end."
            case "UNHANDLED_PROTO":
                return f"No protocol handler takes ethertype {self._protocol(step):#06x}."
            case "IP_INHDR":
                return "Its TTL is used up, or its header is wrong."
            case "PKT_TOO_BIG":
                return "It is larger than the way's MTU and must not be fragmented (DF)."
        return ""

    def _destination_mac(self, step: Step) -> str:
        state = self._state(step)
        if state is None or state.mac_header < 0:
            return "somebody else"
        return state.head[state.mac_header : state.mac_header + 6].hex(":")

    def _source(self, step: Step) -> str:
        state = self._state(step)
        if state is None or state.network_header < 0:
            return "there"
        return ".".join(map(str, state.head[state.network_header + 12 : state.network_header + 16]))

    def _unresolved(self, at: Step, step: Step) -> tuple[Decision, tuple[Reason, ...]]:
        """The packet waited for its next hop's link-layer address; perhaps the request for it was stopped."""
        requests = [packet for packet in self.ways.own if self.ways.is_arp(packet) and self.ways.own[packet]]
        fates = [self.ways.fate_of(packet) for packet in requests if not self.ways.own[packet][0].parent]
        stopped = next((fate for fate in fates if fate.kind == "dropped"), None)
        if stopped is not None:
            decision, reasons = self._stopped(stopped)
            waited = Reason(
                step.number, step.symbol, "the packet waited for an answer to that request, in vain.", False
            )
            return decision, (*reasons, waited)
        sought = [note for other in self.walk.steps for note in notes(other, Neighbour) if not note.lladdr]
        address = sought[0].address if sought else "the next hop"
        text = f"the link-layer address of {address} on {self._name(step)} is not known; nobody answered for it."
        if fates:
            text += f" The request was last seen at {fates[0].place}."
        decided = Reason(step.number, step.symbol, text, True)
        return self._decision("neighbour", step), (*self._routed(at, step), decided)

    def _stopped(self, fate: Fate) -> tuple[Decision, tuple[Reason, ...]]:
        """What dropped a packet of which the end is known."""
        step = self.walk.steps[fate.step]
        around = (step, *self._around(step))
        hook = next(
            (other for other in around if other.station in HOOKS and ran(other) and self._dropped_in(other)), None
        )
        return self._hook_took(hook) if hook is not None else self._kernel_dropped(step, step, fate.reason)

    def _routed(self, at: Step, until: Step, *, decided: bool = False) -> tuple[Reason, ...]:
        """The look-up of a route that came last before ``until``, in the packet's namespace."""
        own = [step for step in self.walk.steps[: until.number + 1] if step.netns == at.netns]
        for step in reversed(own):
            for note in notes(step, Routed):
                text = f"the route to {note.destination}: `{note.result}`."
                return (Reason(step.number, step.symbol, text, decided),)
        return ()

    def _went_elsewhere(self, at: Step, later: list[Step]) -> tuple[Decision, tuple[Reason, ...]]:
        """The packet left the way that leads to the hook: to another station, or to its end."""
        bridge = next((step for step in later if step.symbol in _SWITCHING), None)
        if bridge is not None and self.target.station in _IP:
            return self._bridged(bridge, later[-1])
        if any(step.symbol == "__dev_direct_xmit" for step in later):
            step = next(step for step in later if step.symbol == "__dev_direct_xmit")
            text = "the socket has `PACKET_QDISC_BYPASS`: straight to the driver, past tc and the queue."
            return self._decision("bypass", step), (Reason(step.number, step.symbol, text, True),)
        if self.target.station == "arp out":
            return self._no_arp(at)
        if any(notes(step, Routed) for step in later):
            routed = self._routed(at, later[-1], decided=True)
            return self._decision("route", self.walk.steps[routed[0].step]), routed
        if bridge is not None:
            return self._bridged(bridge, later[-1])
        after = later[-1] if later[-1].number > at.number and later[-1].station else None
        if (
            after is not None
            and after.station.split()[0] != self.target.station.split()[0]
            and at.station == "nft ingress"
        ):
            handler = next((step for step in later if step.symbol in _HANDLERS), after)
            text = f"takes packets of ethertype {self._protocol(handler):#06x}, and leads to {after.station}."
            return self._decision("protocol", handler), (Reason(handler.number, handler.symbol, text, True),)
        return self._ended(at, after)

    def _no_arp(self, at: Step) -> tuple[Decision, tuple[Reason, ...]]:
        for step in self.walk.steps[at.number :]:
            for note in notes(step, Neighbour):
                if step.netns == at.netns and note.lladdr:
                    text = f"{note.address} is known to be at {note.lladdr} (`{note.state}`): nobody needs to be asked."
                    return self._decision("neighbour", step), (Reason(step.number, step.symbol, text, True),)
        return self._ended(at, None)

    def _bridged(self, bridge: Step, after: Step) -> tuple[Decision, tuple[Reason, ...]]:
        text = f"the bridge passed the frame on to {self._name(after)} by its MAC address"
        if self.target.station in _IP and self.target.netns == bridge.netns:
            protocol = self._protocol(bridge)
            key = _BRIDGE_CALLS.get(protocol)
            why = f"`{key}` is 0" if key else f"ethertype {protocol:#06x} is not theirs"
            text += f", and did not call the IP hooks for it: {why}"
        return self._decision("bridge", bridge), (Reason(bridge.number, bridge.symbol, f"{text}.", True),)

    def _ended(self, at: Step, after: Step | None) -> tuple[Decision, tuple[Reason, ...]]:
        if after is not None:
            return self._left(at, after)
        if at.station == "deliver":
            text = f"the packet reached its end in {at.netns}, and nothing was sent from there that leads to the hook."
            return self._decision("arrived", at), (Reason(at.number, at.symbol, text, True),)
        name = f"{at.station} on {self._name(at)}"
        return self._decision("arrived", at), (Reason(at.number, name, "the packet's way ended here.", True),)

    def _left(self, at: Step, after: Step) -> tuple[Decision, tuple[Reason, ...]]:
        """From the last station on the way the packet went on to one that is not on it."""
        if at.symbol == "packet_snd" and self.target.station in _IP:
            text = "a program made the frame (`AF_PACKET`): it went to the device at once, past the IP hooks."
            return self._decision("bypass", at), (Reason(at.number, at.symbol, text, True),)
        if at.station.startswith("bridge "):
            return self._bridged(at, after)
        routed = self._routed(at, after, decided=True) if at.station in _ROUTES else ()
        if routed:
            return self._decision("route", self.walk.steps[routed[0].step]), routed
        text = f"from here the packet went on to {after.station} on {self._name(after)}."
        name = f"{at.station} on {self._name(at)}"
        return self._decision("route", at), (Reason(at.number, name, text, True),)

    # names

    def _decision(self, kind: DecisionKind, step: Step) -> Decision:
        return Decision(kind, self.ways.places[step.number], step.number, step.skb)

    def _name(self, step: Step) -> str:
        return str(self.ways.places[step.number])

    def _device(self, place: Place) -> DeviceView | None:
        namespace: NamespaceView | None = self.namespaces.get(place.netns)
        devices: Iterator[DeviceView] = iter(namespace.devices if namespace is not None else ())
        return next((device for device in devices if device.name == place.dev), None)


_SWITCHING = frozenset(("br_forward", "br_flood", "__br_forward"))
_HANDLERS = frozenset(("arp_rcv", "ip_rcv", "ipv6_rcv"))
_ROUTES = frozenset(("prerouting", "forwarding", "socket send"))
_BRIDGE_CALLS = {
    ETH_P_IP: "bridge-nf-call-iptables",
    ETH_P_IPV6: "bridge-nf-call-ip6tables",
    ETH_P_ARP: "bridge-nf-call-arptables",
}
_IP = frozenset(("prerouting", "input", "forward", "output", "postrouting"))


def _chain(run: RuleRun | ChainRun) -> str:
    return f"`{run.family} {run.table} {run.chain}`"
