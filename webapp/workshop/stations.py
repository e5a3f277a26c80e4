"""The stations of a topology as a graph: where a packet that is at one of them can come to next.

The edges are those of the kernel's own path, where nothing turns a packet aside. What a route, a bridge or a socket
decides is left open: all that they may choose is there.
"""

from __future__ import annotations

from collections.abc import Iterator

import networkx as nx

from webapp.lab.topology import DeviceView, NamespaceView, Topology
from webapp.workshop.journey import Place

Edge = tuple[Place, Place]

_DEVICE = (
    ("receive", "tc ingress"),
    ("tc ingress", "nft ingress"),
    ("nft egress", "tc egress"),
    ("tc egress", "xmit"),
)
_IP = (
    ("nft ingress", "prerouting"),
    ("prerouting", "input"),
    ("input", "deliver"),
    ("prerouting", "forwarding"),
    ("forward", "postrouting"),
    ("socket send", "output"),
    ("output", "postrouting"),
    ("postrouting", "nft egress"),
)
"""Of devices that are no bridge's port."""
_ARP = (
    ("nft ingress", "arp in"),
    ("arp in", "deliver"),
    ("socket send", "arp out"),
    ("arp out", "nft egress"),
)
_RAW = len([edge for edge in _IP if edge[0] in ("socket send", "output", "postrouting")])
"""A packet socket's way to the device is as long as IP's: it is no short cut for other packets."""
_PORT = (
    ("nft ingress", "bridge prerouting"),
    ("bridge prerouting", "bridge input"),
    ("bridge forward", "bridge postrouting"),
    ("bridge output", "bridge postrouting"),
    ("bridge postrouting", "nft egress"),
)
_BRIDGE = (
    ("bridge prerouting", "prerouting"),
    ("bridge input", "input"),
    ("bridge forward", "forward"),
    ("bridge postrouting", "postrouting"),
)
"""From a port to its bridge: the hooks that br_netfilter calls on the bridge's behalf."""


def stations(topology: Topology, *, arp: bool = False) -> nx.DiGraph[Place]:
    """The graph of all stations that IP packets can come to, or ARP's; edges have a ``weight``."""
    graph: nx.DiGraph[Place] = nx.DiGraph()
    for namespace in topology.namespaces:
        for device in namespace.devices:
            graph.add_edges_from(_edges(namespace, device, _ARP if arp else _IP), weight=1)
            graph.add_edge(*_raw(namespace, device), weight=_RAW)
    for cable in topology.cables:
        for one, other in ((cable.a, cable.b), (cable.b, cable.a)):
            graph.add_edge(Place(*one, "xmit"), Place(*other, "receive"), weight=1)
    return graph


def distances(topology: Topology, target: Place, *, arp: bool = False) -> dict[Place, float]:
    """How many stations before ``target`` each place lies; places that no way leads from are left out."""
    graph = stations(topology, arp=arp)
    targets = {place for place in graph if is_at(place, target)}
    if not targets:
        return {}
    return dict(nx.multi_source_dijkstra_path_length(graph.reverse(copy=False), targets))


def is_at(place: Place, target: Place) -> bool:
    """Whether a place is the target; a target without a device means any of its namespace."""
    return place == target or (not target.dev and place._replace(dev="") == target)


def _raw(namespace: NamespaceView, device: DeviceView) -> Edge:
    place = Place(namespace.name, device.name, "socket send")
    return place, place._replace(station="nft egress")


def _edges(namespace: NamespaceView, device: DeviceView, stack: tuple[tuple[str, str], ...]) -> Iterator[Edge]:
    def at(station: str, dev: str = device.name) -> Place:
        return Place(namespace.name, dev, station)

    for one, other in (*_DEVICE, *(_PORT if device.master else stack)):
        yield at(one), at(other)
    route, answer, switch = at("route", ""), at("answer", ""), at("switch", device.master or device.name)
    if device.master:
        bridge = device.master
        for one, other in _BRIDGE:
            yield at(one), at(other, bridge)
        yield at("bridge prerouting"), switch
        yield switch, at("bridge forward")
        yield at("bridge input"), at("receive", bridge)
        yield at("xmit", bridge), at("bridge output")
    else:
        yield at("forwarding"), route
        yield route, at("forward")
        yield at("deliver"), answer
        yield answer, at("socket send")
    if device.kind == "loopback":
        yield at("xmit"), at("receive")
    if device.lower is not None:
        tunnel = device.kind == "vxlan"
        lower = Place(*device.lower, "")
        yield at("xmit"), lower._replace(station="output" if tunnel else "nft egress")
        yield lower._replace(station="deliver" if tunnel else "nft ingress"), at("receive")
