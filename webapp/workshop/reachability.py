"""Who reaches whom: a ping from each namespace to an address of each other one, at the end of the lab.

Where no path of cables joins two namespaces nothing is sent. Each ping is to find the lab as its script has left it: a
ping leaves neighbours, connections, spent limits and filled bridges behind, and a machine cannot be copied. So the lab
is built anew for every ping while that is cheap enough; in a large one the pings follow one another on one machine, and
of very many pairs only some are asked, chosen so that every namespace is a source and a target. All of this depends on
the script alone, not on the time that it takes: a lab always gets the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_interface
from itertools import islice, takewhile
from typing import NamedTuple

import networkx as nx

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.kfunc import recording
from webapp.kernel.machine import LimitError
from webapp.kernel.trace import Recorder, Walk
from webapp.lab.lab import Entry, Lab
from webapp.lab.limits import Limits
from webapp.lab.topology import Topology, topology
from webapp.workshop.journey import Ways
from webapp.workshop.outcomes import summary
from webapp.workshop.questions import Reach

BUILT_ANEW = 6_000
"""Commands that may be run to build the lab again and again; so much of the lab's own time counts as one of them:"""
NANOSECONDS_OF_A_COMMAND = NSEC_PER_SEC // 10
MOST_PAIRS = 2_000
"""Pairs in an answer at most, and of them pings:"""
MOST_PINGS = 400
PATIENCE = 3
"""How much longer than a lab the pings may take: they are bounded by their number, so that the answer is always one."""

NO_CABLE = "no cable leads there"


class Answer(NamedTuple):
    """``left_out`` counts the pairs that were not asked, because there are too many."""

    pairs: tuple[Reach, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Pair:
    source: str
    target: str
    address: str
    joined: bool


def reachability(
    script: str, kernel: str, limits: Limits | None = None, wanted: Callable[[], bool] = lambda: True
) -> Answer:
    """Every ordered pair of namespaces of which the second has an address, as long as the answer is ``wanted``.

    Raises what Lab.append raises.
    """
    limits = limits or Limits()
    limits = replace(limits, commands=limits.commands + MOST_PINGS, seconds=limits.seconds * PATIENCE)
    lab = _built(script, kernel, limits)
    pairs = list(_pairs(topology(lab.machine)))
    asked = list(_asked(pairs))
    anew = _cost(lab) * sum(pair.joined for pair in asked) <= BUILT_ANEW
    found = [
        _ping(_built(script, kernel, limits) if anew else lab, pair)
        if pair.joined
        else Reach(pair.source, pair.target, pair.address, False, "", NO_CABLE)
        for pair in takewhile(lambda _: wanted(), asked)
    ]  # fmt: skip
    return Answer(tuple(found), len(pairs) - len(found))


def _built(script: str, kernel: str, limits: Limits) -> Lab:
    lab = Lab(limits=limits, kernel=kernel)
    lab.append(script)
    return lab


def _cost(lab: Lab) -> int:
    """What building the lab once takes, in commands: time that goes by in it costs, too."""
    return len(lab.entries) + lab.machine.clock.now // NANOSECONDS_OF_A_COMMAND


def _pairs(seen: Topology) -> Iterator[_Pair]:
    """First each namespace with the next one, then with the next but one, and so on."""
    names = [namespace.name for namespace in seen.namespaces]
    addresses = {namespace.name: list(_addresses(seen, namespace.name)) for namespace in seen.namespaces}
    joined = _joined(seen)
    far = {name: nx.single_source_shortest_path_length(joined, name) for name in names}
    for offset in range(1, len(names)):
        for at, source in enumerate(names):
            target = names[(at + offset) % len(names)]
            if addresses[target]:
                near = far[source]
                _, nearest = min((near.get((target, dev), 0), n) for n, (dev, _) in enumerate(addresses[target]))
                yield _Pair(source, target, addresses[target][nearest][1], target in near)


def _asked(pairs: Iterable[_Pair]) -> Iterator[_Pair]:
    pings = 0
    for pair in islice(pairs, MOST_PAIRS):
        pings += pair.joined
        if not pair.joined or pings <= MOST_PINGS:
            yield pair


def _addresses(seen: Topology, netns: str) -> Iterator[tuple[str, str]]:
    """The devices and addresses that others may know, IPv4 before IPv6."""
    devices = next(namespace.devices for namespace in seen.namespaces if namespace.name == netns)
    interfaces = [(device.name, ip_interface(text)) for device in devices for text in device.addresses]
    usable = [(name, face.ip) for name, face in interfaces if not face.ip.is_loopback and not face.ip.is_link_local]
    yield from ((name, str(ip)) for name, ip in sorted(usable, key=lambda found: found[1].version))


def _joined(seen: Topology) -> nx.Graph[str | tuple[str, str]]:
    """Namespaces and devices, and what joins them."""
    graph: nx.Graph[str | tuple[str, str]] = nx.Graph()
    for namespace in seen.namespaces:
        graph.add_node(namespace.name)
        for device in namespace.devices:
            graph.add_edge(namespace.name, (namespace.name, device.name))
            if device.lower is not None:
                graph.add_edge((namespace.name, device.name), device.lower)
    graph.add_edges_from((cable.a, cable.b) for cable in seen.cables)
    return graph


def _ping(lab: Lab, pair: _Pair) -> Reach:
    """One ping on the lab's machine; where it or its answer ended if it fails."""
    inside = f"ip netns exec {pair.source} " if pair.source else ""
    recorder = Recorder(lab.machine.clock, lab.limits.steps)
    try:
        with recording(recorder):
            (entry,) = lab.append(f"{inside}ping -c 1 -W 1 {pair.address}\n")
    except LimitError as error:
        return Reach(pair.source, pair.target, pair.address, False, "", str(error))
    where = reason = ""
    if entry.code:
        where, reason = _end(recorder.walk(netns=pair.source), entry)
    return Reach(pair.source, pair.target, pair.address, entry.code == 0, where, reason)


def _end(walk: Walk, entry: Entry) -> tuple[str, str]:
    ways = Ways(walk)
    fate = ways.fate()
    if fate.kind == "delivered":
        answer = ways.answer(fate)
        if not answer:
            return str(fate.place), "no answer"
        fate = ways.fate_of(answer)
    if fate.kind == "none":
        return str(fate.place), fate.reason or summary(entry.output).rpartition(": ")[2]
    return str(fate.place), fate.reason or fate.kind
