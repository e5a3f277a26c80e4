"""The networks of random labs: namespaces, devices, addresses, and where a frame may go next."""

from __future__ import annotations

from collections.abc import Iterator
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
    HASH = "hash"
    IFB = "ifb"
    INET = "inet"
    IPV6 = "ipv6"
    JUMPS = "jumps"
    LIMITS = "limits"
    MACVLAN = "macvlan"
    MANGLE = "mangle"
    MIRRED = "mirred"
    MTU = "mtu"
    NAT = "nat"
    POLICY = "policy"
    REJECT = "reject"
    ROUTER = "router"
    SETS = "sets"
    SOCKETS = "sockets"
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

    @property
    def six(self) -> str:
        """The IPv6 address that goes with the IPv4 one, 10.0.N.M and 2001:db8:N::M; "" if it has none."""
        return six(self.host) if self.host else ""


def six(address: str) -> str:
    """The IPv6 address, network or "default" for an IPv4 one of these networks."""
    host, _, length = address.partition("/")
    if not host[0].isdigit():
        return address
    if length == "16":
        return "2001:db8::/32"
    _, _, net, last = host.split(".")
    return f"2001:db8:{net}::/64" if length else f"2001:db8:{net}::{last}"


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
    routes: list[tuple[str, str, str]] = field(default_factory=list)
    known: list[tuple[Device, Device]] = field(default_factory=list)
    six: bool = False
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
                    self.known.append((device, other))
                    self.commands.append(
                        f"ip -n {device.netns} neigh add {other.host} lladdr {other.mac} dev {device.name}"
                    )

    def route(self, netns: str, to: str, via: str) -> None:
        """A route."""
        self.routes.append((netns, to, via))
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

    def speaks_ipv6(self) -> None:
        """Gives IPv6 to all that has IPv4, without link-local addresses, so that nothing is sent unasked later on."""
        self.six = True
        for netns in self.namespaces:
            if netns in self.forwarders:
                self.commands.append(f"ip netns exec {netns} sysctl -qw net.ipv6.conf.all.forwarding=1")
        speaking = [device for device in self.devices if device.host]
        for device in speaking:
            conf = f"net.ipv6.conf.{device.name}"
            self.commands += [
                f"ip netns exec {device.netns} sysctl -qw {conf}.mldv2_unsolicited_report_interval=50",
                f"ip netns exec {device.netns} sysctl -qw {conf}.addr_gen_mode=1 {conf}.disable_ipv6=0",
            ]
        # what is joined at once is reported at once
        self.commands.append("sleep 0.3")
        for device in speaking:
            self.commands.append(f"ip -n {device.netns} addr add {device.six}/64 dev {device.name} nodad")
        for device, other in self.known:
            self.commands.append(f"ip -n {device.netns} neigh add {other.six} lladdr {other.mac} dev {device.name}")
        for netns, to, via in self.routes:
            self.commands.append(f"ip -n {netns} route add {six(to)} via {six(via)}")
        self.commands.append("sleep 0.3")

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


def macvlans(net: Network) -> None:
    """Two hosts with macvlans on one device, and a third one on its cable."""
    for name in "hoab":
        net.namespace(name)
    eth0, wire = net.cable("h", "eth0", "o", "wire")
    wire = net.addressed(wire, "10.0.0.3/24")
    mode = net.rng.choice(("bridge", "bridge", "private", "vepa"))
    hosts = [net.addressed(_macvlan(net, eth0, netns, mode), f"10.0.0.{n}/24") for n, netns in enumerate("ab", start=1)]
    for one, other in (hosts, hosts[::-1]):
        net.leads((one.netns, one.name, "out"), (other.netns, other.name, "in"))
    net.neighbours(*hosts, wire)
    net.hosts += [*hosts, wire]


def _macvlan(net: Network, lower: Device, netns: str, mode: str) -> Device:
    device = net.device(netns, f"m{netns}")
    net.commands += [
        (
            f"ip -n {lower.netns} link add link {lower.name} name {device.name} netns {netns} address {device.mac} "
            f"type macvlan mode {mode}"
        ),
        f"ip -n {netns} link set {device.name} up",
    ]
    net.leads((netns, device.name, "out"), (lower.netns, lower.name, "out"))
    net.leads((netns, device.name, "out"), (netns, device.name, "in"))  # a frame for its own address comes back
    net.leads((lower.netns, lower.name, "in"), (netns, device.name, "in"))
    return device


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


_WITH_IPV6 = frozenset(("pair", "routers", "star"))

# what a topology needs, its weight
_TOPOLOGIES = {
    pair: (Features(), 3),
    container: (Features((Feature.MIRRED, Feature.U32)), 2),
    routers: (Features((Feature.ROUTER,)), 2),
    star: (Features((Feature.ROUTER,)), 1),
    bridge: (Features((Feature.BRIDGE,)), 2),
    tunnel: (Features((Feature.VXLAN,)), 2),
    macvlans: (Features((Feature.MACVLAN,)), 1),
    bridged_tunnel: (Features((Feature.BRIDGE, Feature.VXLAN)), 1),
}


def network(rng: Random, features: Features) -> Network:
    """A random network."""
    fitting = [one for one, (needs, _) in _TOPOLOGIES.items() if needs <= features]
    (build,) = rng.choices(fitting, [_TOPOLOGIES[one][1] for one in fitting])
    net = Network(rng, features, build.__name__)
    build(net)
    if Feature.IPV6 in features and build.__name__ in _WITH_IPV6 and not net.resolves:
        net.speaks_ipv6()
    if Feature.MTU in features:
        _narrow(net)
    if Feature.POLICY in features:
        net.commands += list(_policies(net))
    if {Feature.IFB, Feature.MIRRED, Feature.U32} <= features:
        _ifb(net)
    return net


def _narrow(net: Network) -> None:
    """A cable that takes less than others: one of its ends, or both."""
    one, other = net.rng.choice([(a, b) for a, b in _cables(net) if a.host and b.host] or [(None, None)])
    if one is None or other is None:
        return
    mtu = net.rng.choice((1280, 1400, 1492))
    for end in net.rng.choice(((one,), (one, other), (one, other))):
        net.commands.append(f"ip -n {end.netns} link set {end.name} mtu {mtu}")


def _cables(net: Network) -> list[tuple[Device, Device]]:
    places = {(one.netns, one.name): one for one in net.devices}
    ends = ((one, net.next.get((one.netns, one.name, "out"), set())) for one in net.devices)
    return [(one, places[to[:2]]) for one, found in ends for to in sorted(found) if to[2] == "in" and to[:2] in places]


def _policies(net: Network) -> Iterator[str]:
    """Rules and a table of their own, in a router or else in a host."""
    rng = net.rng
    netns = rng.choice(sorted(net.forwarders) or net.namespaces)
    near = [other for one, other in _cables(net) if one.netns == netns and one.host and other.host]
    host = rng.choice(net.hosts)
    for _ in range(rng.choice((1, 1, 2))):
        selector = rng.choice((
            f"fwmark {rng.choice((1, 2, 3))}", "fwmark 1/1", f"from {host.host}", f"to {host.host}", "tos 0x10",
            f"iif {rng.choice(net.devices_of(netns) or net.devices).name}", "ipproto icmp", "not fwmark 3",
        ))  # fmt: skip
        action = rng.choice(("lookup 100", "lookup 100", "lookup 100", "blackhole", "unreachable", "prohibit"))
        yield f"ip -n {netns} rule add {selector} {action}"
    route = rng.choice(("unreachable default", "blackhole 10.0.0.0/8", "prohibit default", "throw default"))
    if near and rng.random() < 0.6:
        route = f"default via {rng.choice(near).host}"
    yield f"ip -n {netns} route add {route} table 100"


def _ifb(net: Network) -> None:
    """What enters or leaves a device goes through an ifb first, after which it is not classified again."""
    rng = net.rng
    at = rng.choice([one for one in net.devices if one.name not in ("br0", "vx")])
    if net.kind == "container" and at.netns == "h":
        return
    ifb = net.device(at.netns, "ifb0")
    side, way = rng.choice((("ingress", "in"), ("ingress", "in"), ("egress", "out")))
    net.commands += [
        f"ip -n {at.netns} link add ifb0 address {ifb.mac} type ifb",
        f"ip -n {at.netns} link set ifb0 up",
        f"tc -n {at.netns} qdisc add dev {at.name} clsact",
        (
            f"tc -n {at.netns} filter add dev {at.name} {side} protocol {rng.choice(('ip', 'all'))} pref 60 "
            f"u32 match u32 0 0 action mirred egress redirect dev ifb0"
        ),
    ]
    net.leads((at.netns, at.name, way), (at.netns, "ifb0", "out"))
    net.leads((at.netns, "ifb0", "out"), (at.netns, at.name, way))
