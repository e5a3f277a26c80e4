"""Small edits that might lead a packet to a hook: commands, as one would type them, to be tried on the model.

Nothing here knows whether an edit helps. What the walk shows to have decided about the packet comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_interface

from webapp.kernel.trace import ActionRun, ChainRun, FilterRun, Neighbour, RuleRun, SkbState, Step, StepKind
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.lab.topology import DeviceView, HookView, NamespaceView, Topology
from webapp.workshop.document import Document
from webapp.workshop.journey import HOOKS, Place, Ways, notes, ran
from webapp.workshop.operations import Change
from webapp.workshop.reasons import Decision, DecisionKind
from webapp.workshop.sources import Filter, Rule, filter_words, find_chain
from webapp.workshop.stations import is_at
from webapp.workshop.wording import Wording
from webapp.workshop.words import heredoc, ip, netns_exec, tc


@dataclass(frozen=True, slots=True)
class Candidate:
    """Commands, and what they come to in the script's own text: things that are taken away, or said otherwise.

    ``gone`` is what the first of the commands takes away; with ``instead`` it is put back with other words. What has
    ``changes`` is no command to add: the script itself says something else then. ``hook`` is where the chain of the
    hook that was asked about is found afterwards, None where it stays.
    """

    title: str
    commands: tuple[str, ...]
    gone: Rule | Filter | None = None
    instead: str = ""
    changes: tuple[Change, ...] = ()
    hook: Place | None = None


@dataclass(frozen=True)
class Situation:
    """What is known: the script, the walk and its topology, the hook, and what turned the packet away.

    ``probe`` is the index of the probe's command in the script.
    """

    document: Document
    probe: int
    ways: Ways
    topology: Topology
    wording: Wording
    target: Place
    decision: Decision

    @cached_property
    def namespaces(self) -> dict[str, NamespaceView]:
        """By name."""
        return {namespace.name: namespace for namespace in self.topology.namespaces}

    def device(self, netns: str, dev: str) -> DeviceView | None:
        """A device of the topology."""
        namespace = self.namespaces.get(netns)
        devices = namespace.devices if namespace is not None else ()
        return next((device for device in devices if device.name == dev), None)

    @cached_property
    def steps(self) -> list[Step]:
        """The walk's steps, those from the decision on first: what decided is the first to be changed."""
        steps = self.ways.walk.steps
        at = max(self.decision.step, 0)
        around = next((step.number for step in reversed(steps[:at]) if step.last >= at and step.station in HOOKS), at)
        return [*steps[around:], *steps[:around]]

    @cached_property
    def first_state(self) -> SkbState | None:
        """The packet that the probe sent first, as it was sent."""
        sent = self.ways.sent()
        steps = self.ways.own[sent.skb] if sent is not None and sent.skb else []
        states = (self.ways.walk.states[step.after] for step in steps if step.after >= 0)
        return next((state for state in states if state.network_header >= 0), None)

    @cached_property
    def destination(self) -> str:
        """The address that the packet is for, "" for what is not IP."""
        state = self.first_state
        if state is None or state.protocol not in (ETH_P_IP, ETH_P_IPV6):
            return self._asked_for()
        at, length = (16, 4) if state.protocol == ETH_P_IP else (24, 16)
        start = state.network_header + at
        return str(ip_address(state.head[start : start + length]))

    def _asked_for(self) -> str:
        """What the command says, where nothing was sent."""
        for word in reversed(self.ways.walk.command.split()):
            try:
                return str(ip_address(word))
            except ValueError:
                continue
        return ""

    @cached_property
    def match(self) -> str:
        """The packet in nft's words."""
        state = self.first_state
        if state is not None and state.protocol == ETH_P_IPV6:
            return f"ip6 daddr {self.destination} "
        if state is not None and state.protocol != ETH_P_IP:
            return f"ether type {state.protocol:#06x} "
        return f"ip daddr {self.destination} " if self.destination else ""


def nft(netns: str, words: str) -> str:
    """nft with its command as arguments; quoted where a shell would take a character for its own."""
    quoted = "'" + words.replace("'", "'\\''") + "'" if _SPECIAL.search(words) else words
    return netns_exec(netns, f"nft {quoted}")


_SPECIAL = re.compile(r"[{}<>;*?$`|&()!#'\\\[\]~]")


# What has to hang at the hook first

_NFT = {
    "nft ingress": ("netdev", "ingress"),
    "nft egress": ("netdev", "egress"),
    "arp in": ("arp", "input"),
    "arp out": ("arp", "output"),
    **{f"bridge {hook}": ("bridge", hook) for hook in ("prerouting", "input", "forward", "output", "postrouting")},
}


def attachment(situation: Situation) -> tuple[str, ...]:
    """Commands that hang a counter, or a filter that lets all pass, where nothing hangs that could run."""
    target = situation.target
    device = situation.device(target.netns, target.dev)
    if target.station.startswith("tc "):
        side = target.station.removeprefix("tc ")
        hooks = device.hooks if device is not None else ()
        if any(hook.station == target.station and hook.count for hook in hooks):
            return ()
        clsact = tc(target.netns, f"qdisc add dev {target.dev} clsact")
        added = tc(target.netns, f"filter add dev {target.dev} {side} pref 10 matchall action ok")
        return (added,) if any(hook.station.startswith("tc ") for hook in hooks) else (clsact, added)
    if situation.decision.kind not in ("unattached", "protocol") and _hook(situation) is not None:
        return ()
    state = situation.first_state
    ip_family = "ip6" if state is not None and state.protocol == ETH_P_IPV6 else "ip"
    family, hook = _NFT.get(target.station, (ip_family, target.station))
    return (_chain(situation, target.netns, family, hook, target.dev, "counter"),)


def _hook(situation: Situation) -> HookView | None:
    namespace = situation.namespaces.get(situation.target.netns)
    device = situation.device(situation.target.netns, situation.target.dev)
    views = (*(namespace.hooks if namespace is not None else ()), *(device.hooks if device is not None else ()))
    return next((view for view in views if view.station == situation.target.station), None)


def _chain(situation: Situation, netns: str, family: str, hook: str, dev: str, rule: str) -> str:
    """A base chain with one rule, under a name that is free."""
    taken = {(key[0], key[1], key[2]) for key in situation.wording.chains(netns)}
    name = next(name for name in (hook, *(f"{hook}{n}" for n in range(2, 999))) if (family, "t", name) not in taken)
    device = f' device "{dev}"' if family == "netdev" else ""
    base = f"type filter hook {hook}{device} priority filter;"
    lines = (f"table {family} t {{", f"\tchain {name} {{ {base} {rule}; }}", "}")
    return heredoc(netns_exec(netns, "nft -f -"), lines)


# Candidates


def candidates(situation: Situation) -> Iterator[Candidate]:
    """All of them, without doubles, the most likely first."""
    seen: set[tuple[str, ...]] = set()
    for candidate in _all(situation):
        if candidate.commands not in seen:
            seen.add(candidate.commands)
            yield candidate


def _all(situation: Situation) -> Iterator[Candidate]:
    first = _FIRST.get(situation.decision.kind, ())
    for generator in (*first, *(other for other in _GENERATORS if other not in first)):
        yield from generator(situation)


def _of_hooks(situation: Situation) -> Iterator[Candidate]:
    for step in situation.steps:
        if step.station in HOOKS and ran(step):
            yield from _of_filters(situation, step)
            yield from _of_rules(situation, step)


# tc

_LETS_PASS = ("", "TC_ACT_OK", "TC_ACT_UNSPEC")


def _of_filters(situation: Situation, step: Step) -> Iterator[Candidate]:
    if not step.station.startswith("tc ") or step.verdict in _LETS_PASS:
        return
    for run in notes(step, FilterRun):
        if not run.matched or run.verdict in _LETS_PASS:
            continue
        place = Filter(step.netns, step.dev, step.station.removeprefix("tc "), run.pref)
        remove = tc(place.netns, f"filter del dev {place.dev} {place.side} pref {place.pref}")
        redirects = [note for note in notes(step, ActionRun) if note.kind == "mirred" and "Redirect" in note.detail]
        if redirects:
            to = redirects[0].detail.rpartition(" ")[2]
            yield _forward(situation, place, remove, to, matching=bool(run.detail))
        yield from _said_otherwise(situation, place, remove)
        yield Candidate("Take the filter away", (remove,), place)
        if redirects:
            yield from _let_route(situation, place, remove, place.dev, redirects[0].detail.rpartition(" ")[2])


def _forward(situation: Situation, place: Filter, remove: str, to: str, *, matching: bool) -> Candidate:
    rule = f'{situation.match if matching else ""}fwd to "{to}"'
    device = situation.device(place.netns, place.dev)
    hooks = device.hooks if device is not None else ()
    chains = [line for hook in hooks if hook.station == f"nft {place.side}" for line in hook.lines]
    names = [line.split(":")[0].removeprefix("chain ") for line in chains if line.startswith("chain netdev ")]
    if names:
        added = nft(place.netns, f"add rule {names[0]} {rule}")
    else:
        added = _chain(situation, place.netns, "netdev", place.side, place.dev, rule)
    return Candidate("Hand over in netfilter instead of tc", (remove, added), place)


def _said_otherwise(situation: Situation, place: Filter, remove: str) -> Iterator[Candidate]:
    """The filter's own words with another verb."""
    words = filter_words(situation.document, place)
    if words is None:
        return
    for title, old, new in (
        ("Redirect to the ingress side", "egress redirect", "ingress redirect"),
        ("Redirect to the egress side", "ingress redirect", "egress redirect"),
        ("Send a copy instead", "redirect dev", "mirror dev"),
        ("Let the filter pass the packet", "action drop", "action ok"),
        ("Let the filter pass the packet", "action shot", "action ok"),
    ):
        if old in words:
            other = words.replace(old, new)
            yield Candidate(title, (remove, tc(place.netns, f"filter add {other}")), place, other)


def _let_route(situation: Situation, gone: Filter | Rule, remove: str, dev: str, to: str) -> Iterator[Candidate]:
    """The namespace's own IP stack in the place of a redirect at ``dev``: what that needs, and no more."""
    title = f"Let {gone.netns or 'the lab'} route it"
    forwarding = netns_exec(gone.netns, "sysctl -qw net.ipv4.ip_forward=1")
    addressed = _addressed_to(situation, gone.netns, dev)
    route = ip(gone.netns, f"route replace {situation.destination} dev {to}")
    for commands in ((), (forwarding,), (forwarding, route)):
        for told in ((), addressed[:1]):
            yield Candidate(title, (remove, *told, *commands), gone)


def _addressed_to(situation: Situation, netns: str, dev: str) -> tuple[str, ...]:
    """The sender's frames, for the device itself: a redirect does not look at their MAC address, IP does."""
    device = situation.device(netns, dev)
    return tuple(
        ip(step.netns, f"neigh replace {note.address} lladdr {device.address} dev {step.dev}")
        for step in situation.ways.walk.steps
        for note in notes(step, Neighbour)
        if device is not None and note.lladdr and note.lladdr != device.address and step.netns != netns
    )


# nft


def _of_rules(situation: Situation, step: Step) -> Iterator[Candidate]:
    for run in reversed(notes(step, RuleRun)):
        if run.verdict.startswith(("NF_DROP", "NF_STOLEN")):
            yield from _without_rule(situation, step, run)
    for chain in notes(step, ChainRun):
        if chain.verdict.startswith("NF_DROP") and chain.policy.lower().endswith("drop"):
            name = f"{chain.family} {chain.table} {chain.chain}"
            accept = f"add rule {name} {situation.match}accept"
            if not _decided_by_rule(step, chain):
                yield Candidate("Accept this packet by a rule", (nft(step.netns, accept),))
                yield Candidate(
                    "Let the chain's policy accept", (nft(step.netns, f"add chain {name} {{ policy accept; }}"),)
                )


def _decided_by_rule(step: Step, chain: ChainRun) -> bool:
    rules = [run for run in notes(step, RuleRun) if run.table == chain.table and run.family == chain.family]
    return any(run.verdict.startswith("NF_DROP") for run in rules)


def _without_rule(situation: Situation, step: Step, run: RuleRun) -> Iterator[Candidate]:
    netns = step.netns
    place = Rule(netns, run.family, run.table, run.chain, run.handle)
    name = f"{run.family} {run.table} {run.chain}"
    text = situation.wording.rule(netns, run)
    for title, old, new in (
        ("Let the rule accept", r"\bdrop$", "accept"),
        ("Let the rule accept", r"\breject\b.*$", "accept"),
        ("Send a copy instead", r"\bfwd to\b", "dup to"),
    ):
        other = re.sub(old, new, text)
        if other != text:
            yield Candidate(title, (nft(netns, f"replace rule {name} handle {run.handle} {other}"),), place, other)
    remove = nft(netns, f"delete rule {name} handle {run.handle}")
    yield Candidate("Take the rule away", (remove,), place)
    yield Candidate("Accept this packet before", (nft(netns, f"insert rule {name} {situation.match}accept"),))
    forwarded = re.search(r"\bfwd to \"?([^\s\"]+)", text)
    if forwarded is not None:
        yield from _let_route(situation, place, remove, step.dev, forwarded[1])


def _of_chains(situation: Situation) -> Iterator[Candidate]:
    """The hook's chains, at hooks of the same namespace that the packets came to."""
    target = situation.target
    view = _hook(situation)
    if target.station not in _NFT_HOOKS or view is None:
        return
    chains = [line.removeprefix("chain ").split(":")[0] for line in view.lines if line.startswith("chain ")]
    for place in _hooks_on_the_way(situation)[:MOVES]:
        for chain in dict.fromkeys(chains):
            yield from _moved(situation, chain, place)


MOVES = 2
"""Hooks that a chain is moved to."""
_NFT_HOOKS = {
    **{f"nft {hook}": hook for hook in ("ingress", "egress")},
    **{hook: hook for hook in ("prerouting", "input", "forward", "output", "postrouting")},
    **{f"bridge {hook}": hook for hook in ("prerouting", "input", "forward", "output", "postrouting")},
    "arp in": "input",
    "arp out": "output",
}
"""nft's words for the stations that chains hang at."""


def _hooks_on_the_way(situation: Situation) -> list[Place]:
    """Where a chain of the hook could hang, and would run."""
    target = situation.target
    kind = _layer(target.station)
    seen = (
        place._replace(dev=place.dev if kind == "nft" else "")
        for step, place in zip(situation.ways.walk.steps, situation.ways.places, strict=True)
        if place.netns == target.netns and step.kind is not StepKind.PASSED_BY
    )
    return [place for place in dict.fromkeys(seen) if _layer(place.station) == kind and not is_at(place, target)]


def _layer(station: str) -> str:
    """Stations of one kind take chains of the same families."""
    layer, blank, _ = station.partition(" ")
    return layer if blank else "ip" if station in _NFT_HOOKS else ""


def _moved(situation: Situation, name: str, to: Place) -> Iterator[Candidate]:
    family, table, chain = name.split()
    found = find_chain(situation.document, situation.target.netns, family, table, chain)
    listed = situation.wording.chain(situation.target.netns, name)
    if found is None or not listed:
        return
    device = f' device "{to.dev}"' if to.dev else ""
    words = f"{_NFT_HOOKS[to.station]}{device}"
    netns = situation.target.netns
    text = re.sub(r"(?<=\bhook )\w+( device \S+)?", words, listed, count=1)
    commands = (nft(netns, f"delete chain {name}"), heredoc(netns_exec(netns, "nft -f -"), text.splitlines()))
    where = f"{to.station} on {to.dev}" if to.dev else to.station
    yield Candidate(f"Move chain {chain} to {where}", commands, changes=(Change(*found, words),), hook=to)


def _of_flowtables(situation: Situation) -> Iterator[Candidate]:
    netns = situation.decision.place.netns
    for (family, table, chain, handle), text in situation.wording.rules(netns).items():
        if "flow add" in text:
            place = Rule(netns, family, table, chain, handle)
            remove = nft(netns, f"delete rule {family} {table} {chain} handle {handle}")
            yield Candidate("Do not put the flow into a flowtable", (remove,), place)


# The kernel's own decisions


def _of_bridges(situation: Situation) -> Iterator[Candidate]:
    netns = situation.target.netns
    namespace = situation.namespaces.get(netns)
    if namespace is None or not any(device.kind == "bridge" for device in namespace.devices):
        return
    for name in ("iptables", "ip6tables", "arptables"):
        call = netns_exec(netns, f"sysctl -qw net.bridge.bridge-nf-call-{name}=1")
        yield Candidate("Let the bridge call the IP hooks (br_netfilter)", (call,))


def _of_links(situation: Situation) -> Iterator[Candidate]:
    visited = dict.fromkeys(place.netns for place in situation.ways.places)
    order = (situation.decision.place.netns, situation.target.netns, *visited)
    for netns in dict.fromkeys(order):
        namespace = situation.namespaces.get(netns)
        for device in namespace.devices if namespace is not None else ():
            if not device.up:
                yield Candidate(f"Set {device.name} up", (ip(netns, f"link set {device.name} up"),))
    for cable in situation.topology.cables:
        ends = [situation.device(*end) for end in (cable.a, cable.b)]
        down = [end for end, view in zip((cable.a, cable.b), ends, strict=True) if view is not None and not view.up]
        if len(down) == 2:
            yield Candidate("Set both ends up", tuple(ip(netns, f"link set {name} up") for netns, name in down))


def _netnses(situation: Situation) -> list[str]:
    """The namespaces of the packet's way, that of the decision first."""
    sent = situation.ways.sent()
    family = situation.ways.family(sent.skb) if sent is not None and sent.skb else []
    visited = (situation.ways.places[step.number].netns for packet in family for step in situation.ways.own[packet])
    start = situation.ways.walk.netns
    return list(dict.fromkeys((situation.decision.place.netns, start, *visited)))


def _of_routing(situation: Situation) -> Iterator[Candidate]:
    six = ":" in situation.destination
    for netns in _netnses(situation):
        namespace = situation.namespaces.get(netns)
        if namespace is None:
            continue
        key = "net.ipv6.conf.all.forwarding" if six else "net.ipv4.ip_forward"
        forwarding = netns_exec(netns, f"sysctl -qw {key}=1")
        if six or not namespace.forwarding:
            yield Candidate(f"Turn on forwarding in {netns or 'the lab'}", (forwarding,))
        if not situation.destination:
            continue
        for device in _ways_out(situation, namespace):
            for via in ("", *_gateways(situation, netns, device)):
                words = f"route replace {situation.destination}{f' via {via}' if via else ''} dev {device.name}"
                yield Candidate(f"Route {situation.destination} over {device.name}", (ip(netns, words),))
                if netns != situation.ways.walk.netns and not namespace.forwarding:
                    yield Candidate(f"Let {netns} route it over {device.name}", (forwarding, ip(netns, words)))
    if situation.decision.kind == "drop":
        place = situation.decision.place
        off = f"sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{place.dev}.rp_filter=0"
        yield Candidate("Turn off the reverse path filter", (netns_exec(place.netns, off),))


def _ways_out(situation: Situation, namespace: NamespaceView) -> list[DeviceView]:
    """The devices that a route may lead over, the hook's own first."""
    usable = [device for device in namespace.devices if device.kind != "loopback" and not device.master]
    mine = (situation.target.netns, situation.target.dev)
    return sorted(usable, key=lambda device: (namespace.name, device.name) != mine)[:4]


def _gateways(situation: Situation, netns: str, device: DeviceView) -> list[str]:
    """The addresses at the other end of a device's cable."""
    ends = {cable.a: cable.b for cable in situation.topology.cables} | {
        cable.b: cable.a for cable in situation.topology.cables
    }
    other = ends.get((netns, device.name))
    far = situation.device(*other) if other is not None else None
    addresses = [ip_interface(text).ip for text in far.addresses] if far is not None else []
    six = ":" in situation.destination
    found = [str(address) for address in addresses if (address.version == 6) == six and not address.is_link_local]
    return [address for address in found if address != situation.destination][:1]


def _of_neighbours(situation: Situation) -> Iterator[Candidate]:
    """Link-layer addresses of next hops that the walk asked for, or took from its tables."""
    for step in situation.ways.walk.steps:
        for note in notes(step, Neighbour):
            if not step.dev:
                continue
            words = f"{note.address} lladdr {{}} dev {step.dev}"
            for device in _owners(situation, note.address, (step.netns, step.dev)):
                if device.address != note.lladdr:
                    told = ip(step.netns, f"neigh replace {words.format(device.address)}")
                    yield Candidate(f"Tell {step.netns or 'the lab'} where {note.address} is", (told,))
            if note.lladdr:
                forgotten = ip(step.netns, f"neigh del {note.address} dev {step.dev}")
                yield Candidate(f"Let {step.netns or 'the lab'} ask for {note.address}", (forgotten,))


def _owners(situation: Situation, address: str, dev: tuple[str, str]) -> list[DeviceView]:
    """The devices that have an address; the other end of the cable; and the device that took the frame last."""
    found = [
        device
        for namespace in situation.topology.namespaces
        for device in namespace.devices
        if any(text.split("/")[0] == address for text in device.addresses)
    ]
    for cable in situation.topology.cables:
        if dev in (cable.a, cable.b):
            found.append(situation.device(*(cable.b if cable.a == dev else cable.a)) or found[-1])
    last = situation.device(*situation.decision.place[:2])
    return [*found, *([last] if last is not None else [])]


def _of_addresses(situation: Situation) -> Iterator[Candidate]:
    """A device that is to take frames for another address, and hosts that are to have one."""
    place = situation.decision.place
    device = situation.device(place.netns, place.dev)
    if situation.decision.kind != "drop" or device is None or situation.decision.step < 0:
        return
    step = situation.ways.walk.steps[situation.decision.step]
    state = situation.ways.walk.states[step.before] if step.before >= 0 else None
    if state is not None and state.mac_header >= 0:
        mac = state.head[state.mac_header : state.mac_header + 6].hex(":")
        if mac != device.address:
            yield from _sent_to(situation, mac, device)
            words = f"link set {device.name} address {mac}"
            yield Candidate(f"Give {device.name} the address that the frame is for", (ip(place.netns, words),))
            rule = "meta pkttype set host"
            added = _chain(situation, place.netns, "netdev", "ingress", place.dev, rule)
            yield Candidate("Take the frame for one of this host", (added,))
    if situation.destination:
        length = 128 if ":" in situation.destination else 32
        words = f"addr add {situation.destination}/{length} dev {device.name}"
        yield Candidate(f"Give {device.name} the address {situation.destination}", (ip(place.netns, words),))


def _sent_to(situation: Situation, mac: str, device: DeviceView) -> Iterator[Candidate]:
    """The probe, with another destination on its frame."""
    command = situation.document.commands[situation.probe]
    words = [word for word in command.words if word.text == mac]
    if words:
        changes = tuple(Change(word.start, word.end, device.address) for word in words)
        yield Candidate(
            f"Send the frame to {device.name}", (command.source.replace(mac, device.address),), changes=changes
        )


_GENERATORS = (
    _of_hooks, _of_chains, _of_flowtables, _of_bridges, _of_links, _of_routing, _of_neighbours, _of_addresses,
)  # fmt: skip
_FIRST: dict[DecisionKind, tuple[Callable[[Situation], Iterator[Candidate]], ...]] = {
    "flowtable": (_of_flowtables,),
    "bridge": (_of_bridges,),
    "neighbour": (_of_neighbours, _of_links),
    "route": (_of_routing,),
    "drop": (_of_links, _of_routing, _of_neighbours, _of_addresses),
    "nothing sent": (_of_links, _of_routing),
}
"""What is tried first, by what decided."""
