"""A machine as a graph, and as the value that the browser draws.

The graph's nodes are devices, by (namespace, name), in the clusters that the namespaces are; its edges are veth cables,
the tunnels between vxlan devices, and the ties of devices to the master that they are ports of and to the device that
they were made on top of. What hangs at a hook is worded by the programs themselves: ``nft list ruleset`` and
``tc filter show`` are run and their lines shared out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from itertools import combinations

import msgspec
import networkx as nx

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.drivers.vxlan.vxlan_core import VxlanDev
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import ipv4_is_multicast
from webapp.kernel.machine import Machine
from webapp.kernel.trace import Band, Lane
from webapp.kernel.uapi.netfilter import NF_NETDEV_EGRESS
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS

Node = tuple[str, str]
"""A device: the name of its namespace, and its own."""


class HookView(msgspec.Struct, frozen=True):
    """What is attached at one stop of the picture: ``count`` rules or filters, and how the programs list them."""

    station: str
    band: Band
    lane: Lane
    count: int
    lines: tuple[str, ...]


class DeviceView(msgspec.Struct, frozen=True):
    """One column of the picture. ``address`` is the link-layer address, ``addresses`` are e.g. "10.0.0.1/24".

    ``master`` is the bridge whose port it is, empty for none; ``lower`` the device that a vlan, macvlan or vxlan device
    was made on top of, which may be in another namespace.
    """

    name: str
    ifindex: int
    kind: str
    address: str
    up: bool
    carrier: bool
    mtu: int
    addresses: tuple[str, ...]
    master: str
    hooks: tuple[HookView, ...]
    lower: Node | None = None


class NamespaceView(msgspec.Struct, frozen=True):
    """One network namespace. ``hooks`` are those of the families ip, arp and bridge, ``forwarding`` is ip_forward."""

    name: str
    devices: tuple[DeviceView, ...]
    hooks: tuple[HookView, ...]
    forwarding: bool


class Cable(msgspec.Struct, frozen=True):
    """Two devices that a frame passes between; ``kind`` is that of the devices ("veth"), or "tunnel"."""

    a: Node
    b: Node
    kind: str


class Topology(msgspec.Struct, frozen=True):
    """A lab as it stands. The namespace in which a lab starts is there when it has more than its lo.

    ``tunnels`` are between vxlan devices that have each other as a remote: no wire, but what their wires carry.
    """

    namespaces: tuple[NamespaceView, ...]
    cables: tuple[Cable, ...]
    tunnels: tuple[Cable, ...] = ()


def graph(machine: Machine) -> nx.MultiGraph[Node]:
    """The devices and how they are tied: nodes carry ``dev``, edges ``kind``: "veth", "tunnel", "lower" or "master"."""
    result: nx.MultiGraph[Node] = nx.MultiGraph()
    for net in _namespaces(machine):
        for dev in net.devices.values():
            result.add_node(_node(dev), dev=dev)
    for net in _namespaces(machine):
        for dev in net.devices.values():
            peer = _peer(dev)
            if peer is not None and not result.has_edge(_node(dev), _node(peer)):
                result.add_edge(_node(dev), _node(peer), kind=dev.kind)
            if dev.master is not None:
                result.add_edge(_node(dev), _node(dev.master), kind="master")
            if dev.lower is not None:
                result.add_edge(_node(dev), _node(dev.lower), kind="lower")
    for one, other in combinations(_vxlan_devices(machine), 2):
        if _reaches(one, other) and _reaches(other, one):
            result.add_edge(_node(one), _node(other), kind="tunnel")
    return result


def _vxlan_devices(machine: Machine) -> list[NetDevice]:
    return [dev for net in _namespaces(machine) for dev in net.devices.values() if isinstance(dev.priv, VxlanDev)]


def _reaches(one: NetDevice, other: NetDevice) -> bool:
    """Whether a vxlan device sends frames to where the other receives them."""
    here: VxlanDev = one.priv
    there: VxlanDev = other.priv
    if (here.vni, here.dport) != (there.vni, there.dport):
        return False
    remotes = {remote.address for entry in here.fdb.values() for remote in entry.remotes}
    return any(
        remote == there.remote if ipv4_is_multicast(remote) else inet_addr_type(there.net, remote) == Rtn.LOCAL
        for remote in remotes
    )


def topology(machine: Machine) -> Topology:
    """The machine as it stands."""
    edges = [Cable(a, b, data["kind"]) for a, b, data in graph(machine).edges(data=True)]
    cables = tuple(edge for edge in edges if edge.kind not in ("master", "lower", "tunnel"))
    tunnels = tuple(edge for edge in edges if edge.kind == "tunnel")
    return Topology(tuple(map(_namespace_view, _namespaces(machine))), cables, tunnels)


def _namespaces(machine: Machine) -> Iterator[Net]:
    if len(machine.init_net.devices) > 1:
        yield machine.init_net
    yield from machine.namespaces.values()


def _node(dev: NetDevice) -> Node:
    return dev.net.name, dev.name


def _peer(dev: NetDevice) -> NetDevice | None:
    get_peer = dev.netdev_ops.ndo_get_peer_dev
    return get_peer(dev) if get_peer is not None else None


def _namespace_view(net: Net) -> NamespaceView:
    attached = dict(_nft_hooks(net)) if net.nft.tables else {}
    for place, line in _preview_hooks(net):
        attached.setdefault(place, []).append(line)
    addresses = _addresses(net)
    devices = tuple(_device_view(dev, addresses[dev.ifindex], attached) for dev in net.devices.values())
    hooks = (_nft_view(station, lines) for (device, station), lines in attached.items() if not device)
    return NamespaceView(net.name, devices, tuple(hooks), bool(net.ipv4.devconf_all.forwarding))


def _device_view(dev: NetDevice, addresses: tuple[str, ...], attached: dict[tuple[str, str], list[str]]) -> DeviceView:
    nft = (_nft_view(station, lines) for (device, station), lines in attached.items() if device == dev.name)
    return DeviceView(
        dev.name,
        dev.ifindex,
        dev.kind or "loopback",
        dev.address.hex(":"),
        dev.running,
        dev.carrier,
        dev.mtu,
        addresses,
        dev.master.name if dev.master is not None else "",
        (*nft, *_tc_hooks(dev)),
        _node(dev.lower) if dev.lower is not None else None,
    )


def _addresses(net: Net) -> dict[int, tuple[str, ...]]:
    """Per device, as ``ip -brief address`` lists them: a line for each, in the order of their numbers."""
    lines = _output(net, ["ip", "-br", "addr"]).splitlines()
    listed = (tuple(word for word in line.split()[2:] if "/" in word) for line in lines)
    return dict(zip(sorted(net.by_index), listed, strict=True))


# nft

_STATIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("netdev", "ingress"): ("nft ingress",),
    ("netdev", "egress"): ("nft egress",),
    ("inet", "ingress"): ("nft ingress",),
    ("arp", "input"): ("arp in",),
    ("arp", "output"): ("arp out",),
    **{("bridge", hook): (f"bridge {hook}",) for hook in ("prerouting", "input", "forward", "output", "postrouting")},
}
"""Where a base chain of a family and hook stands, if it is not called as the hook is."""

_LANES = {
    "nft ingress": Lane.IN,
    "nft egress": Lane.OUT,
    "prerouting": Lane.IN,
    "input": Lane.IN,
    "forward": Lane.OUT,
    "output": Lane.OUT,
    "postrouting": Lane.OUT,
    "arp in": Lane.IN,
    "arp out": Lane.OUT,
    "bridge prerouting": Lane.IN,
    "bridge input": Lane.IN,
    "bridge forward": Lane.OUT,
    "bridge output": Lane.OUT,
    "bridge postrouting": Lane.OUT,
}
_TABLE = re.compile(r"table (\S+) (\S+) \{")
_CHAIN = re.compile(r"\tchain (\S+) \{")
_BASE = re.compile(r"\t\ttype \S+ hook (\S+) (?:devices? = \{ (.*?) \} |device \"(.*?)\" )?priority")


def _nft_hooks(net: Net) -> Iterator[tuple[tuple[str, str], list[str]]]:
    """Per (device or "", station) the lines "chain FAMILY TABLE CHAIN: RULE" of all base chains there."""
    found: dict[tuple[str, str], list[str]] = {}
    family = table = chain = ""
    places: list[tuple[str, str]] = []
    for line in _output(net, ["nft", "list", "ruleset"]).splitlines():
        if match := _TABLE.fullmatch(line):
            family, table = match.groups()
        elif match := _CHAIN.fullmatch(line):
            chain, places = match[1], []
        elif line == "\t}":
            places = []
        elif match := _BASE.match(line):
            devices = [name.strip('" ') for name in (match[2] or match[3] or "").split(",")]
            stations = _STATIONS.get((family, match[1]), (match[1],))
            places = [(device, station) for device in devices for station in stations]
            for place in places:
                found.setdefault(place, [])
        else:
            for place in places:
                found[place].append(f"chain {family} {table} {chain}: {line.strip()}")
    yield from found.items()


def _preview_hooks(net: Net) -> Iterator[tuple[tuple[str, str], str]]:
    for dev, nat64 in net.machine.nat64.items():
        if dev.net is net:
            for ops in nat64.hooks:
                station = "nft egress" if ops.hooknum == NF_NETDEV_EGRESS else "nft ingress"
                yield (dev.name, station), "nat64-preview, not in Linux"


def _nft_view(station: str, lines: list[str]) -> HookView:
    band = Band.NETFILTER if station.startswith("nft ") else Band.L3
    return HookView(station, band, _LANES.get(station, Lane.NONE), len(lines), tuple(lines))


# tc


def _tc_hooks(dev: NetDevice) -> Iterator[HookView]:
    for side, lane, attached in (
        ("ingress", Lane.IN, dev.miniq_ingress),
        ("egress", Lane.OUT, dev.miniq_egress),
    ):
        if attached is not None:
            filled = any(chain.filter_chain for chain in attached.block.chain_list.values())
            listed = _output(dev.net, ["tc", "filter", "show", "dev", dev.name, side]) if filled else ""
            lines = [line.strip() for line in listed.splitlines() if line.strip()]
            count = len(attached.filter_list or ())
            yield HookView(f"tc {side}", Band.TC, lane, count, tuple(lines))


def _output(net: Net, argv: list[str]) -> str:
    """What a program prints; nothing where it fails."""
    output = StringIO()
    process = Process(net.machine, net, output, StringIO(), PROGRAMS)
    return output.getvalue() if process.execute(argv) == 0 else ""
