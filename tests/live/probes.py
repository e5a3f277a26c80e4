"""Random packets, random changes in between, and the listings at the end."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.live.filters import clsact_devices
from tests.live.networks import Device, Feature, Network
from tests.live.rules import PORTS, any_rule

_BROADCAST = "ff:ff:ff:ff:ff:ff"


def probes(net: Network, count: int) -> Iterator[str]:
    """Commands that send packets."""
    rng = net.rng
    for _ in range(count):
        weights = (6, 5, 1 if net.resolves else 0.3, 3 * net.six, 1.5 * (Feature.SOCKETS in net.features))
        kind = rng.choices((_ping, _frame, _arping, _ping6, _sockets), weights)[0]
        yield kind(net)


def _other(net: Network, host: Device) -> Device:
    """Another host on the same network plan, if there is one."""
    rng = net.rng
    near = [one for one in net.hosts if one is not host and one.host[:4] == host.host[:4]]
    return rng.choice(near or net.hosts)


def _ping(net: Network) -> str:
    rng = net.rng
    host = rng.choice(net.hosts)
    target = _other(net, host).host
    if rng.random() < 0.08:
        target = rng.choice([device.host for device in net.devices if device.host])
    # A neighbour is asked for once a second; after a change it may be asked for in any lab.
    wait = "3.3" if net.resolves else rng.choice(("0.2", "0.3"))
    count = rng.choice((1, 1, 1, 2, 3)) if not net.resolves and not net.changed else 1
    options = [f"-c {count}"]
    if count > 1:
        options.append("-i 0.2")
    if rng.random() < 0.3:
        options.append(f"-t {rng.choice((1, 2, 5, 63))}")
    if rng.random() < 0.35:
        options.append(f"-s {rng.choice((0, 8, 100, 500, 1000, 1400, 1472, 1473, 2000, 4000))}")
    if rng.random() < 0.25:
        options.append(f"-m {rng.choice((1, 2, 3, 5, 8))}")
    if rng.random() < 0.1:
        options.append(f"-Q {rng.choice(('0x10', '0xb8', '0x20'))}")
    if rng.random() < 0.1:
        options.append(f"-M {rng.choice(('do', 'dont', 'want'))}")
    if rng.random() < 0.05:
        options.append(f"-I {rng.choice((host.name, host.host))}")
    return f"ip netns exec {host.netns} ping {' '.join(options)} -W {wait} {target}"


def _ping6(net: Network) -> str:
    rng = net.rng
    host = rng.choice(net.hosts)
    options = [f"-c {rng.choice((1, 1, 2))} -i 0.2"]
    if rng.random() < 0.3:
        options.append(f"-t {rng.choice((1, 2, 5, 63))}")
    if rng.random() < 0.35:
        options.append(f"-s {rng.choice((0, 100, 1000, 1232, 1400, 1452, 1453, 3000))}")
    if rng.random() < 0.25:
        options.append(f"-m {rng.choice((1, 2, 3))}")
    if rng.random() < 0.1:
        options.append(f"-M {rng.choice(('do', 'dont'))}")
    return f"ip netns exec {host.netns} ping {' '.join(options)} -W 0.3 {_other(net, host).six}"


def _sockets(net: Network) -> str:
    """A listener that takes one connection or datagram, and a client."""
    rng = net.rng
    server = rng.choice(net.hosts)
    client = _other(net, server)
    # ports that no list of services gives a name
    port = rng.choice((2111, 4000))
    source = rng.randrange(20000, 30000)
    address = server.six if net.six and rng.random() < 0.4 else server.host
    udp = " -u" if rng.random() < 0.4 else ""
    family = " -6" if ":" in address else " -4"
    listener = f"ip netns exec {server.netns} nc{family}{udp} -l {port} &\nsleep 0.2\n"
    if rng.random() < 0.15 or not (udp or _lossless(net)):
        listener = ""
    end = " -q 0" if udp else " -N"
    # what is not answered is repeated after one second and after three: neither is when the client gives up
    repeats = f"ip netns exec {client.netns} sysctl -qw net.ipv4.tcp_syn_linear_timeouts=0\n"
    command = f"nc{udp}{end} -p {source} -v -w 2 {address} {port}"
    return f"{listener}{repeats}ip netns exec {client.netns} {command} <<'X'\nhello\nX\nsleep 0.3"


_LOSSES = (
    "drop", "reject", "limit", "fwd to", "dup to", " set ", "action", "bpf", "nat to", "redirect", "masquerade",
    "rule add", "mtu",
)  # fmt: skip


def _lossless(net: Network) -> bool:
    """Whether nothing can be lost: a connection repeats what is lost in the time that a real machine takes."""
    text = "\n".join(net.commands)
    return not any(word in text for word in _LOSSES)


def _arping(net: Network) -> str:
    rng = net.rng
    host = rng.choice(net.hosts)
    return f"ip netns exec {host.netns} arping -c {rng.choice((1, 2))} -W 0.1 -i {host.name} {_other(net, host).host}"


def _frame(net: Network) -> str:
    rng = net.rng
    host = rng.choice(net.hosts)
    start = f"ip netns exec {host.netns} mausezahn {host.name} -q -c {rng.choice((1, 1, 2, 3))}"
    return f"{start} {rng.choice((_udp, _udp, _udp, _tcp, _icmp, _raw, _arp))(net, host)}"


def _header(net: Network, host: Device) -> str:
    other = _other(net, host)
    mac = net.rng.choice((_next_hop(net, host), _next_hop(net, host), other.mac, _BROADCAST))
    saddr = net.rng.choice((host.host, host.host, host.host, net.rng.choice(net.hosts).host))
    return f"-a {host.mac} -b {mac} -A {saddr} -B {other.host}"


def _next_hop(net: Network, host: Device) -> str:
    """The link-layer address of the other end of the host's cable, where that has an address; else of any host."""
    ends = net.next.get((host.netns, host.name, "out"), set())
    found = [one.mac for one in net.devices if (one.netns, one.name, "in") in ends and one.host]
    return found[0] if found else _other(net, host).mac


def _udp(net: Network, host: Device) -> str:
    rng = net.rng
    size = f" -p {rng.choice((4, 100, 1000))}" if rng.random() < 0.3 else ""
    return f'{_header(net, host)}{size} -t udp "sp={rng.choice(PORTS)},dp={rng.choice(PORTS)}"'


def _tcp(net: Network, host: Device) -> str:
    rng = net.rng
    flags = rng.choice(("syn", "syn|ack", "rst", "ack", "fin|ack"))
    return f'{_header(net, host)} -t tcp "sp={rng.choice(PORTS)},dp={rng.choice(PORTS)},flags={flags}"'


def _icmp(net: Network, host: Device) -> str:
    return f"{_header(net, host)} -t icmp ping"


def _raw(net: Network, host: Device) -> str:
    rng = net.rng
    destination = rng.choice((_next_hop(net, host), _BROADCAST, "01:80:c2:00:00:0e", "91:e0:f0:00:0e:80"))
    body = rng.choice(("88:f7 10:02:00:2c:00:00", "22:f0 02:81:00:00:00:00", "88:b5 00:01:02:03"))
    return f'"{destination} {host.mac} {body}"'


def _arp(net: Network, host: Device) -> str:
    rng = net.rng
    operation = rng.choice(("00:01", "00:01", "00:02"))
    sender, target = (_hex(one.host) for one in (host, _other(net, host)))
    return (
        f'"{_BROADCAST} {host.mac} 08:06 00:01 08:00 06:04 {operation} {host.mac} {sender} 00:00:00:00:00:00 {target}"'
    )


def _hex(address: str) -> str:
    return ":".join(f"{int(part):02x}" for part in address.split("."))


def changes(net: Network) -> Iterator[str]:
    """Commands that change something after the first probes."""
    rng = net.rng
    net.changed = True
    for _ in range(rng.choice((1, 1, 2))):
        yield from rng.choice((_rule_change, _rule_change, _link_change, _filter_change, _neighbour_change))(net, rng)


def _rule_change(net: Network, rng: Random) -> Iterator[str]:
    netns = rng.choice(net.namespaces)
    yield f"ip netns exec {netns} nft " + rng.choice((
        "reset counters",
        "flush chain netdev t e0",
        "add rule netdev t i0 counter meta mark set 7",
        *(f"'add rule netdev t {hook[0]}0 {any_rule(net, netns, 'netdev', hook)}'" for hook in ("ingress", "egress")),
        *(f"'add rule ip f {hook[:3]}0 {any_rule(net, netns, 'ip', hook)}'" for hook in ("input", "output")),
        "insert rule netdev t e0 meta mark != 7 counter",
        "insert rule netdev t i0 ip protocol icmp counter drop",
        "flush table ip f",
        "delete table netdev t",
        "delete chain netdev t i0",
        "add element netdev t hosts { 10.9.9.9 }",
        "delete element ip f hosts { 10.0.0.1 }",
        "flush set ip f seen",
        "flush ruleset",
        "'add chain netdev t i0 { policy drop; }'",
        "list table netdev t",
    ))  # fmt: skip


def _link_change(net: Network, rng: Random) -> Iterator[str]:
    device = rng.choice([one for one in net.devices if one.name != "br0"])
    if net.six:
        return
    yield from rng.choice((
        (f"ip -n {device.netns} link set {device.name} down",),
        (f"ip -n {device.netns} link set {device.name} down", f"ip -n {device.netns} link set {device.name} up"),
        (f"ip -n {device.netns} link set {device.name} mtu {rng.choice((600, 1280, 1400))}",),
        (f"ip -n {device.netns} link set {device.name} arp off",),
        (f"ip -n {device.netns} addr flush dev {device.name}",),
        (f"ip -n {device.netns} link set {device.name} promisc on",),
    ))  # fmt: skip


def _filter_change(net: Network, rng: Random) -> Iterator[str]:
    devices = clsact_devices(net)
    if devices:
        device = rng.choice(devices)
        yield rng.choice((
            f"tc -n {device.netns} filter del dev {device.name} {rng.choice(('ingress', 'egress'))}",
            f"tc -n {device.netns} qdisc del dev {device.name} clsact",
            f"tc -n {device.netns} filter show dev {device.name} egress",
        ))  # fmt: skip


def _neighbour_change(net: Network, rng: Random) -> Iterator[str]:
    host = rng.choice(net.hosts)
    other = _other(net, host)
    yield rng.choice((
        f"ip -n {host.netns} neigh flush dev {host.name}",
        f"ip -n {host.netns} neigh replace {other.host} lladdr {other.mac} dev {host.name}",
        f"ip -n {host.netns} route add blackhole {other.host}/32",
        f"ip -n {host.netns} route add unreachable {other.host}/32",
        f"ip netns exec {host.netns} sysctl -w net.ipv4.icmp_echo_ignore_all=1",
    ))  # fmt: skip


def listings(net: Network) -> Iterator[str]:
    """Commands that show all that can have changed."""
    for netns in net.namespaces:
        yield f"ip netns exec {netns} nft list ruleset"
    for device in clsact_devices(net):
        yield f"tc -n {device.netns} -s qdisc show dev {device.name}"
        yield f"tc -n {device.netns} -s filter show dev {device.name} ingress"
        yield f"tc -n {device.netns} -s filter show dev {device.name} egress"
    for netns in net.namespaces:
        yield f"ip -n {netns} -s link"
        yield f"ip -n {netns} neigh"
        if Feature.POLICY in net.features:
            yield f"ip -n {netns} rule"
            yield f"ip -n {netns} route show table all type unicast"
        if any(device.name == "br0" for device in net.devices_of(netns)):
            yield f"bridge -n {netns} fdb show br br0"
    if Feature.CONNTRACK in net.features or Feature.NAT in net.features:
        for netns in net.namespaces:
            if not netns.startswith("sink"):
                yield f"ip netns exec {netns} conntrack -L"
                if net.six:
                    yield f"ip netns exec {netns} conntrack -L -f ipv6"
