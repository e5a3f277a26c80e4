"""A cable seen from either end: what goes out at one comes in at the other.

"Egress" and "ingress" are said of a device, never of a container: what leaves a container is egress on its own end of
the veth pair, and in the same movement ingress on the host's end.
"""

from __future__ import annotations

import msgspec

from webapp.lab.topology import Cable, Node, Topology

_OUT = ("nft egress", "tc egress")
"""The hooks of the way out, in the order in which a packet meets them, and of the way in:"""
_IN = ("tc ingress", "nft ingress")
_OPPOSITE = {"ingress": "egress", "egress": "ingress"}


class Stop(msgspec.Struct, frozen=True):
    """One hook on the way along a cable; ``count`` rules or filters are there, -1 if nothing is attached."""

    dev: Node
    station: str
    count: int


class Perspective(msgspec.Struct, frozen=True):
    """A cable: the hooks that a packet meets from ``a`` to ``b``, and from ``b`` to ``a``."""

    a: Node
    b: Node
    there: tuple[Stop, ...]
    back: tuple[Stop, ...]


def perspectives(topology: Topology) -> tuple[Perspective, ...]:
    """One for each cable, in the topology's order."""
    counts = {
        ((namespace.name, device.name), hook.station): hook.count
        for namespace in topology.namespaces
        for device in namespace.devices
        for hook in device.hooks
    }

    def way(source: Node, target: Node) -> tuple[Stop, ...]:
        met = (*((source, station) for station in _OUT), *((target, station) for station in _IN))
        return tuple(Stop(dev, station, counts.get((dev, station), -1)) for dev, station in met)

    return tuple(Perspective(c.a, c.b, way(c.a, c.b), way(c.b, c.a)) for c in topology.cables)


def seen_from_the_other_end(topology: Topology, dev: Node, station: str) -> tuple[Node, str] | None:
    """The hook of the same direction at the other end of a device's cable: nft egress here is nft ingress there.

    None where the device has no cable, or the hook is none of a device.
    """
    layer, _, side = station.partition(" ")
    other = next((_far_end(cable, dev) for cable in topology.cables if dev in (cable.a, cable.b)), None)
    if other is None or layer not in ("nft", "tc"):
        return None
    return other, f"{layer} {_OPPOSITE[side]}"


def _far_end(cable: Cable, dev: Node) -> Node:
    return cable.b if cable.a == dev else cable.a
