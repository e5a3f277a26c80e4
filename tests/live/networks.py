"""The networks of random labs: namespaces, devices, addresses, and where a frame may go next."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from random import Random


class Feature(StrEnum):
    """What a random lab may use; each can be left out."""

    ARP = "arp"
    ARP_FAMILY = "arp-family"
    BPF = "bpf"
    BRIDGE = "bridge"
    CHANGES = "changes"
    CONNTRACK = "conntrack"
    DUP = "dup"
    FIB = "fib"
    FWD = "fwd"
    INET = "inet"
    JUMPS = "jumps"
    LIMITS = "limits"
    MANGLE = "mangle"
    MIRRED = "mirred"
    NAT = "nat"
    REJECT = "reject"
    ROUTER = "router"
    SETS = "sets"
    U32 = "u32"
    VXLAN = "vxlan"


Features = frozenset[Feature]
EVERY: Features = frozenset(Feature)


@dataclass(frozen=True, slots=True)
class Device:
    """A device; ``address`` is its IPv4 address with prefix length, "" if it has none."""

    netns: str
    name: str
    mac: str
    address: str = ""

    @property
    def host(self) -> str:
        """The address alone."""
        return self.address.partition("/")[0]


# A frame that enters ("in") or leaves ("out") a device.
Place = tuple[str, str, str]


@dataclass(slots=True)
class Network:
    """Commands that build a network, and what later commands have to know of it.

    ``next`` says where a frame may go from each place: redirects are only made where they close no circle, for a circle
    can take a real machine down. A router's circle ends with the packet's TTL; so ``turns`` says whether rules may give
    packets another destination, and only where they may not, they may set the TTL.
    """

    rng: Random
    features: Features
    kind: str = ""
    commands: list[str] = field(default_factory=list)
    namespaces: list[str] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    hosts: list[Device] = field(default_factory=list)
    forwarders: set[str] = field(default_factory=set)
    sinks: dict[str, Device] = field(default_factory=dict)
    turns: bool = True
    changed: bool = False
    next: dict[Place, set[Place]] = field(default_factory=dict)

    @property
    def resolves(self) -> bool:
        """Whether neighbours are left to ARP."""
        return Feature.ARP in self.features

    def namespace(self, name: str) -> str:
        """Adds a namespace, without IPv6."""
        self.namespaces.append(name)
        self.commands += [
            f"ip netns add {name}",
            f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1",
        ]
        return name

    def mac(self) -> str:
        """The next link-layer address."""
        return f"02:00:00:00:00:{len(self.devices) + 1:02x}"

    def device(self, netns: str, name: str) -> Device:
        """Notes a device."""
        device = Device(netns, name, self.mac())
        self.devices.append(device)
        return device

    def cable(self, netns: str, name: str, other_netns: str, other: str) -> tuple[Device, Device]:
        """A veth pair, both ends up."""
        one = self.device(netns, name)
        two = self.device(other_netns, other)
        self.commands += [
            (
                f"ip link add {name} netns {netns} address {one.mac} type veth "
                f"peer name {other} netns {other_netns} address {two.mac}"
            ),
            f"ip -n {netns} link set {name} up",
            f"ip -n {other_netns} link set {other} up",
        ]
        self.leads((netns, name, "out"), (other_netns, other, "in"))
        self.leads((other_netns, other, "out"), (netns, name, "in"))
        return one, two

    def leads(self, place: Place, to: Place) -> None:
        """Frames go from the one place to the other."""
        self.next.setdefault(place, set()).add(to)

    def reaches(self, place: Place, to: Place) -> bool:
        """Whether a frame may come from the one place to the other."""
        seen, waiting = {place}, [place]
        while waiting:
            at = waiting.pop()
            if at == to:
                return True
            ahead = self.next.get(at, set()) - seen
            seen |= ahead
            waiting += sorted(ahead)
        return False

    def may_redirect(self, place: Place, to: Place) -> bool:
        """Whether a redirect closes no circle; then it is noted."""
        if self.reaches(to, place):
            return False
        self.leads(place, to)
        return True

    def addressed(self, device: Device, address: str) -> Device:
        """Gives the device an address."""
        self.commands.append(f"ip -n {device.netns} addr add {address} dev {device.name}")
        named = Device(device.netns, device.name, device.mac, address)
        self.devices[self.devices.index(device)] = named
        return named

    def neighbours(self, *devices: Device) -> None:
        """All on one link know each other, unless that is left to ARP."""
        if self.resolves:
            return
        for device in devices:
            for other in devices:
                if other is not device and device.host and other.host:
                    self.commands.append(
                        f"ip -n {device.netns} neigh add {other.host} lladdr {other.mac} dev {device.name}"
                    )

    def route(self, netns: str, to: str, via: str) -> None:
        """A route."""
        self.commands.append(f"ip -n {netns} route add {to} via {via}")

    def forwards(self, netns: str) -> None:
        """Makes a router of a namespace."""
        self.commands.append(f"ip netns exec {netns} sysctl -qw net.ipv4.ip_forward=1")
        if not self.forwarders:
            self.turns = self.rng.random() < 0.5
        self.forwarders.add(netns)
        self._leads_on(netns)

    def _leads_on(self, netns: str) -> None:
        """A router may send what enters any device out of any device."""
        own = [device.name for device in self.devices if device.netns == netns]
        for name in own:
            for other in own:
                self.leads((netns, name, "in"), (netns, other, "out"))

    def sink(self, netns: str) -> Device:
        """A device of the namespace from which nothing comes back; the same one each time."""
        if netns not in self.sinks:
            end = self.namespace(f"sink{netns}")
            self.sinks[netns], _ = self.cable(netns, "sp", end, "in")
            if netns in self.forwarders:
                self._leads_on(netns)
        return self.sinks[netns]

    def devices_of(self, netns: str) -> list[Device]:
        """The devices of a namespace."""
        return [device for device in self.devices if device.netns == netns]


def pair(net: Network) -> None:
    """Two hosts on a cable."""
    a, b = net.cable(net.namespace("a"), "v0", net.namespace("b"), "v1")
    a, b = net.addressed(a, "10.0.0.1/24"), net.addressed(b, "10.0.0.2/24")
    net.neighbours(a, b)
    net.hosts += [a, b]


def routers(net: Network) -> None:
    """Two hosts with one or two routers between them."""
    count = net.rng.choice((1, 1, 2))
    names = [net.namespace(name) for name in ("a", *("r", "s")[:count], "b")]
    links = []
    for number, (one, two) in enumerate(pairwise(names)):
        left, right = net.cable(one, f"{one}{number}", two, f"{two}{number}x")
        left, right = net.addressed(left, f"10.0.{number}.1/24"), net.addressed(right, f"10.0.{number}.2/24")
        net.neighbours(left, right)
        links.append((left, right))
    net.route("a", net.rng.choice(("default", "10.0.0.0/16")), links[0][1].host)
    net.route("b", "default", links[-1][0].host)
    for number, name in enumerate(names[1:-1]):
        if number + 1 < len(links) - 1:
            net.route(name, f"10.0.{len(links) - 1}.0/24", links[number + 1][1].host)
        if number > 0:
            net.route(name, "10.0.0.0/24", links[number][0].host)
        net.forwards(name)
    net.hosts += [links[0][0], links[-1][1]]


def star(net: Network) -> None:
    """A router with two or three hosts."""
    net.namespace("r")
    for number, name in enumerate("abc"[: net.rng.choice((2, 3))]):
        host, port = net.cable(net.namespace(name), f"v{name}", "r", f"r{name}")
        host, port = net.addressed(host, f"10.0.{number}.2/24"), net.addressed(port, f"10.0.{number}.1/24")
        net.neighbours(host, port)
        net.route(name, "default", port.host)
        net.hosts.append(host)
    net.forwards("r")


def container(net: Network) -> None:
    """A host that hands a container's frames over with tc, as the commit message describes it."""
    for name in "hoc":
        net.namespace(name)
    eth0, wire = net.cable("h", "eth0", "o", "wire")
    vethh, vethc = net.cable("h", "vethh", "c", "vethc")
    eth0, wire = net.addressed(eth0, "10.0.0.1/24"), net.addressed(wire, "10.0.0.2/24")
    vethc = net.addressed(vethc, "10.0.0.3/24")
    commands = net.commands
    commands += [
        f"ip -n o neigh add 10.0.0.3 lladdr {vethc.mac} dev wire",
        f"ip -n c neigh add 10.0.0.2 lladdr {wire.mac} dev vethc",
        f"ip -n h neigh add 10.0.0.3 lladdr {vethc.mac} dev eth0",
    ]
    net.neighbours(eth0, wire)
    for at, to, host in ((eth0, vethh, "10.0.0.3"), (vethh, eth0, "10.0.0.2")):
        net.leads(("h", at.name, "in"), ("h", to.name, "out"))
        commands += [
            f"tc -n h qdisc add dev {at.name} clsact",
            (
                f"tc -n h filter add dev {at.name} ingress protocol ip pref 40000 "
                f"u32 match ip dst {host}/32 action mirred egress redirect dev {to.name}"
            ),
        ]
    net.hosts += [wire, vethc, eth0]


def bridge(net: Network) -> None:
    """Two or three hosts on a bridge, which may have an address of its own."""
    rng = net.rng
    net.namespace("s")
    ports, hosts = [], []
    for number, name in enumerate("abc"[: rng.choice((2, 2, 3))], start=1):
        host, port = net.cable(net.namespace(name), f"v{name}", "s", f"p{name}")
        hosts.append(net.addressed(host, f"10.0.0.{number}/24"))
        ports.append(port)
    br0 = _bridge(net, "s", ports)
    if rng.random() < 0.4:
        hosts.append(net.addressed(br0, "10.0.0.9/24"))
    net.neighbours(*hosts)
    net.hosts += hosts


def _bridge(net: Network, netns: str, ports: list[Device]) -> Device:
    br0 = net.device(netns, "br0")
    calls = net.rng.choice((0, 0, 1))
    net.commands += [
        f"ip -n {netns} link add br0 address {br0.mac} type bridge mcast_snooping 0",
        (
            f"ip netns exec {netns} sysctl -qw "
            f"net.bridge.bridge-nf-call-iptables={calls} net.bridge.bridge-nf-call-arptables=0"
        ),
        *(f"ip -n {netns} link set {port.name} master br0" for port in ports),
        f"ip -n {netns} link set br0 up",
    ]
    for port in ports:
        net.leads((netns, port.name, "in"), (netns, "br0", "in"))
        net.leads((netns, "br0", "out"), (netns, port.name, "out"))
        for other in ports:
            if other is not port:
                net.leads((netns, port.name, "in"), (netns, other.name, "out"))
    return br0


def tunnel(net: Network) -> None:
    """Two hosts on a vxlan over a cable."""
    u0, u1 = net.cable(net.namespace("a"), "u0", net.namespace("b"), "u1")
    u0, u1 = net.addressed(u0, "192.0.2.1/24"), net.addressed(u1, "192.0.2.2/24")
    net.neighbours(u0, u1)
    tunnels = [_vxlan(net, one, other) for one, other in ((u0, u1), (u1, u0))]
    hosts = [net.addressed(vx, f"10.5.0.{number}/24") for number, vx in enumerate(tunnels, start=1)]
    net.neighbours(*hosts)
    net.hosts += [*hosts, u0, u1]


def _vxlan(net: Network, under: Device, remote: Device) -> Device:
    vx = net.device(under.netns, "vx")
    options = net.rng.choice(("", f" dev {under.name}", " ttl 5"))
    net.commands += [
        (
            f"ip -n {vx.netns} link add vx address {vx.mac} type vxlan id 7 local {under.host} remote {remote.host} "
            f"dstport 4789{options} noudpcsum"
        ),
        f"ip -n {vx.netns} link set vx up",
    ]
    net.leads((vx.netns, "vx", "out"), (vx.netns, under.name, "out"))
    net.leads((vx.netns, under.name, "in"), (vx.netns, "vx", "in"))
    return vx


def bridged_tunnel(net: Network) -> None:
    """Two bridges with a host each, joined by a vxlan."""
    for name in "astb":
        net.namespace(name)
    va, pa = net.cable("a", "va", "s", "pa")
    u0, u1 = net.cable("s", "u0", "t", "u1")
    vb, pb = net.cable("b", "vb", "t", "pb")
    u0, u1 = net.addressed(u0, "192.0.2.1/24"), net.addressed(u1, "192.0.2.2/24")
    net.neighbours(u0, u1)
    for under, remote, port in ((u0, u1, pa), (u1, u0, pb)):
        _bridge(net, under.netns, [port, _vxlan(net, under, remote)])
    hosts = [net.addressed(va, "10.0.0.1/24"), net.addressed(vb, "10.0.0.2/24")]
    net.neighbours(*hosts)
    net.hosts += [*hosts, u0, u1]


# what a topology needs, its weight
_TOPOLOGIES = {
    pair: (Features(), 3),
    container: (Features((Feature.MIRRED, Feature.U32)), 2),
    routers: (Features((Feature.ROUTER,)), 2),
    star: (Features((Feature.ROUTER,)), 1),
    bridge: (Features((Feature.BRIDGE,)), 2),
    tunnel: (Features((Feature.VXLAN,)), 2),
    bridged_tunnel: (Features((Feature.BRIDGE, Feature.VXLAN)), 1),
}


def network(rng: Random, features: Features) -> Network:
    """A random network."""
    fitting = [one for one, (needs, _) in _TOPOLOGIES.items() if needs <= features]
    (build,) = rng.choices(fitting, [_TOPOLOGIES[one][1] for one in fitting])
    net = Network(rng, features, build.__name__)
    build(net)
    return net
