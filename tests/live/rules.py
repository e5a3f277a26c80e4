"""Random nft rulesets for a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.live.networks import Device, Feature, Network
from tests.live.rules6 import icmpv6_match, ip6_match, ip6_nat, ip6_statements

PORTS = (1, 53, 80, 99, 2000, 4000)
_PRIORITIES = (-300, -150, -10, -5, 0, 0, 5, 10, 300)
_IP_HOOKS = ("prerouting", "input", "forward", "output", "postrouting")


@dataclass(slots=True)
class _Table:
    """A table under way: its objects, and the sub-chains that rules may jump to."""

    net: Network
    netns: str
    family: str
    subchains: list[str]
    objects: list[str]
    sets: dict[str, str]

    @property
    def rng(self) -> Random:
        """The lab's dice."""
        return self.net.rng


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a chain is called from; a sub-chain of several hooks has ``hook`` "". ``devs``: a chain of several."""

    family: str
    hook: str
    dev: str = ""
    type: str = "filter"
    devs: tuple[str, ...] = ()


def rulesets(net: Network) -> Iterator[str]:
    """The commands that load rules, some namespaces having none."""
    for netns in net.namespaces:
        if netns.startswith("sink") and net.rng.random() < 0.8:
            continue
        if net.rng.random() < 0.15:
            continue
        tables = [text for text in _tables(net, netns) if text]
        if tables:
            yield f"ip netns exec {netns} nft -f - <<'X'\n" + "\n".join(tables) + "\nX"


def _tables(net: Network, netns: str) -> Iterator[str]:
    rng = net.rng
    devices = net.devices_of(netns)
    if rng.random() < 0.75:
        yield _netdev(net, netns, devices)
    if rng.random() < 0.6:
        inet = Feature.INET in net.features and rng.random() < 0.35
        yield _ip(net, netns, "inet" if inet else "ip")
    if net.six and rng.random() < 0.5:
        yield _ip(net, netns, "ip6")
    if Feature.NAT in net.features and net.turns and rng.random() < 0.5:
        yield _nat(net, netns, "ip")
    if Feature.NAT in net.features and net.turns and net.six and rng.random() < 0.4:
        yield _nat(net, netns, "ip6")
    if Feature.ARP_FAMILY in net.features and rng.random() < 0.3:
        yield _arp(net, netns)
    if any(device.name == "br0" for device in devices) and rng.random() < 0.7:
        yield _bridge(net, netns)


def _table(net: Network, netns: str, family: str) -> _Table:
    rng = net.rng
    subchains = [f"sub{n}" for n in range(rng.choice((0, 0, 1, 2)))] if Feature.JUMPS in net.features else []
    table = _Table(net, netns, family, subchains, [], {})
    if Feature.SETS in net.features and family not in ("arp", "ip6"):
        _declare_sets(table)
    if Feature.LIMITS in net.features and rng.random() < 0.4:
        table.objects.append("\tcounter named {\n\t}")
        table.sets["counter"] = "counter name named"
        if rng.random() < 0.5:
            over = rng.choice(("over ", ""))
            table.objects.append(f"\tquota q {{\n\t\t{over}{rng.choice((100, 200, 500))} bytes\n\t}}")
            table.sets["quota"] = "quota name q"
    return table


def _declare_sets(table: _Table) -> None:
    rng, hosts = table.rng, [host.host for host in table.net.hosts]
    if rng.random() < 0.4:
        some = rng.sample(hosts, rng.randint(1, len(hosts)))
        kind = rng.choice(("", "\t\tflags interval\n", "\t\tcounter\n"))
        extra = ", 10.0.0.128/25" if "interval" in kind else ""
        table.objects.append(
            f"\tset hosts {{\n\t\ttype ipv4_addr\n{kind}\t\telements = {{ {', '.join(some)}{extra} }}\n\t}}"
        )
        table.sets["addresses"] = "@hosts"
    if rng.random() < 0.3:
        table.objects.append(
            f"\tmap marks {{\n\t\ttype inet_service : mark\n"
            f"\t\telements = {{ {rng.choice(PORTS[:3])} : 3, {rng.choice(PORTS[3:])} : 8 }}\n\t}}"
        )
        table.sets["marks"] = "marks"
    if rng.random() < 0.3:
        flags = rng.choice(("dynamic", "dynamic", "dynamic,timeout\n\t\ttimeout 1h", "dynamic,timeout"))
        table.objects.append(f"\tset seen {{\n\t\ttype ipv4_addr\n\t\tsize 65535\n\t\tflags {flags}\n\t}}")
        table.sets["dynamic"] = "seen"
        if "timeout" in flags:
            table.sets["timeout"] = "seen"
    if rng.random() < 0.15:
        table.objects.append(
            "\tset pairs {\n\t\ttypeof ip saddr . udp dport\n\t\tsize 100\n\t\tflags dynamic\n\t\tcounter\n\t}"
        )
        table.sets["pairs"] = "pairs"
    if rng.random() < 0.15:
        one = rng.choice(hosts)
        elements = f"{{ {one} : accept, 10.9.9.9 : drop }}"
        table.objects.append(f"\tmap verdicts {{\n\t\ttype ipv4_addr : verdict\n\t\telements = {elements}\n\t}}")
        table.sets["verdicts"] = "verdicts"


def _text(table: _Table, name: str, chains: list[str]) -> str:
    subchains = [
        f"\tchain {sub} {{\n"
        + "".join(f"\t\t{rule}\n" for rule in _rules(table, _Place(table.family, ""), 2, at))
        + "\t}"
        for at, sub in enumerate(table.subchains)
    ]
    return "\n".join([f"table {table.family} {name} {{", *table.objects, *subchains, *chains, "}"])


def _lines(rules: list[str]) -> str:
    return "".join(f"\t\t{rule}\n" for rule in rules)


def _chain(table: _Table, name: str, place: _Place, drop: float = 0.05) -> str:
    rng = table.rng
    device = f' device "{place.dev}"' if place.dev else ""
    if place.devs:
        device = f" devices = {{ {', '.join(place.devs)} }}"
    priority = rng.choice(_PRIORITIES)
    if table.family == "bridge":
        priority = rng.choice((-300, -200, 0, 0, 100, 300))
    policy = "drop" if rng.random() < drop else "accept"
    head = f"\t\ttype {place.type} hook {place.hook}{device} priority {priority}; policy {policy};\n"
    return f"\tchain {name} {{\n{head}{_lines(_rules(table, place, 5))}\t}}"


def _netdev(net: Network, netns: str, devices: list[Device]) -> str:
    rng = net.rng
    table = _table(net, netns, "netdev")
    chains = []
    for number in range(rng.choice((1, 2, 3))):
        device = rng.choice(devices)
        hook = rng.choice(("ingress", "egress"))
        names = sorted({one.name for one in rng.sample(devices, min(2, len(devices)))})
        several = tuple(names) if len(names) > 1 and rng.random() < 0.15 else ()
        place = _Place("netdev", hook, "" if several else device.name, devs=several)
        chains.append(_chain(table, f"{hook[0]}{number}", place))
    return _text(table, "t", chains)


def _ip(net: Network, netns: str, family: str) -> str:
    rng = net.rng
    table = _table(net, netns, family)
    hooks = rng.sample(_IP_HOOKS, rng.choice((1, 2, 2, 3)))
    chains = [_chain(table, f"{hook[:3]}{at}", _Place(family, hook)) for at, hook in enumerate(hooks)]
    if Feature.CONNTRACK in net.features and Feature.MANGLE in net.features and rng.random() < 0.2:
        chains.append(_chain(table, "reroute", _Place(family, "output", type="route")))
    if family == "inet" and rng.random() < 0.3:
        dev = rng.choice(net.devices_of(netns))
        chains.append(_chain(table, "ing", _Place("inet", "ingress", dev.name)))
    return _text(table, "f", chains)


def _nat(net: Network, netns: str, family: str) -> str:
    rng = net.rng
    chains = []
    table = _Table(net, netns, family, [], [], {})
    for hook, priority in (("prerouting", -100), ("postrouting", 100), ("output", -100), ("input", 100)):
        if rng.random() < 0.5:
            head = f"\t\ttype nat hook {hook} priority {priority}; policy accept;\n"
            rules = [_nat_rule(table, _Place(family, hook, type="nat")) for _ in range(rng.choice((1, 1, 2)))]
            chains.append(f"\tchain n{hook} {{\n{head}{_lines(rules)}\t}}")
    return _text(table, "n", chains) if chains else ""


def _nat_rule(table: _Table, place: _Place) -> str:
    rng = table.rng
    host = rng.choice(table.net.hosts).host
    if place.hook in ("postrouting", "input"):
        actions = [f"snat to {host}", f"snat to {host}:3000-3001", "masquerade" if place.hook != "input" else "accept"]
    else:
        actions = [f"dnat to {host}", f"dnat to {host}:99", "redirect to :99", "redirect"]
    if Feature.HASH in table.net.features and place.hook in ("prerouting", "output"):
        other = rng.choice(table.net.hosts).host
        number = rng.choice(("numgen inc mod 2", "jhash ip saddr mod 2 seed 0x3"))
        actions.append(f"dnat to {number} map {{ 0 : {host}, 1 : {other} }}")
    action = rng.choice(actions) if place.family == "ip" else ip6_nat(table.net, rng, place.hook)
    match = _match(table, place)
    if re.search(r"( |\]|\.\d+):[0-9-]+$", action):
        match = f"udp dport {rng.choice(PORTS)}"
    return " ".join(f"{match} counter {action}".split())


def _arp(net: Network, netns: str) -> str:
    rng = net.rng
    table = _table(net, netns, "arp")
    hooks = rng.sample(("input", "output"), rng.choice((1, 2)))
    return _text(table, "p", [_chain(table, hook[:2], _Place("arp", hook)) for hook in hooks])


def _bridge(net: Network, netns: str) -> str:
    rng = net.rng
    table = _table(net, netns, "bridge")
    hooks = rng.sample(_IP_HOOKS, rng.choice((1, 2, 3)))
    return _text(
        table, "b", [_chain(table, f"{hook[:3]}{at}", _Place("bridge", hook)) for at, hook in enumerate(hooks)]
    )


def _rules(table: _Table, place: _Place, most: int, depth: int | None = None) -> list[str]:
    rules = [rule(table, place, depth) for _ in range(table.rng.randint(1, most))]
    return [*rules, "counter"]


def rule(table: _Table, place: _Place, depth: int | None = None) -> str:
    """A rule: at most two matches, a counter, at most one statement."""
    while True:
        words = _rule(table, place, depth)
        if not _contradictory(words):
            return " ".join(" ".join(words).split()) or "counter"


def any_rule(net: Network, netns: str, family: str, hook: str, dev: str = "") -> str:
    """A rule as people may mistype it: nft may refuse it."""
    return " ".join(" ".join(_rule(_Table(net, netns, family, [], [], {}), _Place(family, hook, dev), None)).split())


def _rule(table: _Table, place: _Place, depth: int | None) -> list[str]:
    rng = table.rng
    matches = [_match(table, place) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    counter = "counter" if rng.random() < 0.93 else rng.choice((table.sets.get("counter", "counter"), ""))
    statement = _statement(table, place, depth) if rng.random() < 0.6 else ""
    return [*matches, counter, statement]


_NETWORK = {"arp": "arp", "icmp": "ip", "ip": "ip", "reject": "ip", "icmpv6": "ip6", "frag": "ip6", "exthdr": "ip6"}
_SAID = re.compile(
    r"(?:meta l4proto|ip protocol)(?: vmap \{| \{)? (icmp|udp|tcp)|(?:meta protocol|ether type)(?: \{)? (ip|arp|0x\w+)"
    r"|^(icmpv6|frag|exthdr|ip6|icmp|udp|tcp|arp|ip)\b|set (udp) |@\w+ \{ (ip)|. (udp) dport|set (ip) |(reject)"
)


def _contradictory(words: list[str]) -> bool:
    """Whether the parts of a rule speak of two protocols at one layer, which nft refuses."""
    said = {word for part in words for found in _SAID.findall(part) for word in found if word}
    six = said & {"ip6", "icmpv6", "frag", "exthdr"}
    network = {_NETWORK.get(word, ("ip6" if six else "ip") if word in ("udp", "tcp") else word) for word in said}
    return len(network) > 1 or len(said & {"icmp", "icmpv6", "udp", "tcp"}) > 1


def _match(table: _Table, place: _Place) -> str:
    rng = table.rng
    if place.family == "arp" or (place.family in ("netdev", "bridge") and rng.random() < 0.12):
        return _arp_match(table)
    if place.family == "ip6" or (table.net.six and place.family in ("netdev", "inet") and rng.random() < 0.25):
        kind = rng.choice((ip6_match, ip6_match, icmpv6_match, _port_match, _device_match))
        if kind is ip6_match:
            return ip6_match(table.net, rng)
        return icmpv6_match(rng) if kind is icmpv6_match else kind(table, place)
    kinds = [_meta_match, _meta_match, _ip_match, _ip_match, _port_match, _icmp_match, _device_match]
    if place.family in ("netdev", "bridge"):
        kinds.append(_ether_match)
    features = table.net.features
    if place.family in ("ip", "inet", "bridge") and Feature.CONNTRACK in features and place.hook != "ingress":
        kinds += [_ct_match, _ct_match]
    if place.family in ("ip", "inet") and Feature.FIB in features and place.hook in ("prerouting", "input", "forward"):
        kinds.append(_fib_match)
    if Feature.SETS in features:
        kinds.append(_concatenation)
    if Feature.HASH in features:
        kinds.append(_rare_match)
    return rng.choice(kinds)(table, place)


def _rare_match(table: _Table, place: _Place) -> str:
    """Numbers that are made up, and what is known of devices and routes."""
    rng = table.rng
    choices = [
        f"numgen inc mod {rng.choice((2, 3))} {rng.choice((0, 1))}",
        "jhash ip saddr mod 2 seed 0x1 0",
        "jhash ip saddr . ip daddr mod 4 seed 0x5 offset 1 1-2",
    ]
    if place.hook in ("prerouting", "input", "ingress"):
        choices += ["meta iiftype ether", 'meta iifkind "veth"', "meta iifgroup 0"]
    if place.hook == "ingress" and place.family == "netdev" and Feature.FIB in table.net.features:
        choices += ["fib daddr type local", "fib saddr type unicast"]
    if place.hook in ("forward", "output", "postrouting") and place.family in ("ip", "inet"):
        nexthop = rng.choice([one.host for one in table.net.devices if one.host])
        choices += [f"rt {'ip ' * (place.family == 'inet')}nexthop {nexthop}", "meta oiftype ether", "meta oifgroup 0"]
    return rng.choice(choices)


def _meta_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    mark = rng.choice((0, 1, 2, 3, 5, 8))
    return rng.choice((
        f"meta mark {mark}",
        f"meta mark != {mark}",
        "meta mark { 1, 2 }",
        "meta mark 2-5",
        "meta mark & 1 == 1",
        f"meta length {rng.choice((28, 46, 84))}",
        f"meta length > {rng.choice((84, 100, 400))}",
        f"meta length < {rng.choice((84, 60))}",
        "meta length 28-83",
        f"meta l4proto {rng.choice(('icmp', 'udp', 'tcp'))}",
        "meta l4proto { icmp, udp }",
        f"meta pkttype {rng.choice(('host', 'broadcast', 'multicast', 'other'))}",
        "meta protocol ip",
        "meta nfproto ipv4" if place.family == "inet" else "meta protocol ip",
        f"meta priority {rng.choice(('none', '1:2'))}",
    ))  # fmt: skip


def _device_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    name = rng.choice(table.net.devices_of(table.netns)).name
    words = []
    if place.hook not in ("output", "egress", "postrouting"):
        words += ["iifname", "meta iifname", "iif"]
    if place.hook not in ("prerouting", "input", "ingress"):
        words += ["oifname", "oif"]
    word = rng.choice(words or ["iifname"])
    return rng.choice((f'{word} "{name}"', f'{word} != "{name}"', f'{word} {{ "{name}", "lo" }}'))


def _ip_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    host = rng.choice(table.net.hosts).host
    where = rng.choice(("saddr", "daddr"))
    choices = [
        f"ip {where} {host}",
        f"ip {where} != {host}",
        f"ip {where} 10.0.0.0/8",
        f"ip {where} {host}-10.5.255.255" if host < "10.5" else f"ip {where} {host}",
        f"ip protocol {rng.choice(('icmp', 'udp', '!= icmp', '{ icmp, udp }', '{ tcp, udp }'))}",
        f"ip ttl {rng.choice(('64', '63', '!= 64', '< 64', '>= 62', '60-63', '{ 62, 63 }'))}",
        f"ip dscp {rng.choice(('cs0', 'cs1', 'ef', '!= cs0'))}",
        f"ip length {rng.choice(('84', '> 84', '< 84', '20-80'))}",
        f"ip id {rng.choice(('0', '!= 0'))}",
        f"ip frag-off & 0x1fff {rng.choice(('== 0', '!= 0'))}",
        "ip version 4",
        "ip hdrlength 5",
    ]
    if "addresses" in table.sets:
        choices += [f"ip {where} {table.sets['addresses']}"] * 4 + [f"ip {where} != {table.sets['addresses']}"]
    if Feature.SETS in table.net.features:
        hosts = sorted({one.host for one in rng.sample(table.net.hosts, min(2, len(table.net.hosts)))})
        choices.append(f"ip {where} {{ {', '.join(hosts)} }}")
    return rng.choice(choices)


def _port_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    protocol = rng.choice(("udp", "udp", "udp", "tcp", "th"))
    port = rng.choice(PORTS)
    if protocol == "th":
        protocol = "meta l4proto udp th"
    choices = [f"dport {port}", f"dport != {port}", f"sport {port}", "dport 50-99", "dport > 90"]
    choices += ["dport { 53, 80 }", "dport { 53, 1000-3000 }", "dport != { 53, 80 }"]
    if protocol == "udp":
        choices += ["length > 8", "length 26", "checksum != 0"]
    if protocol == "tcp":
        choices = [*choices[:3], "flags syn", "flags & (syn | ack) == syn", "flags rst", "window 0"]
    return f"{protocol} {rng.choice(choices)}"


def _icmp_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    return rng.choice((
        f"icmp type {rng.choice(('echo-request', 'echo-reply', 'destination-unreachable', 'time-exceeded'))}",
        "icmp type { echo-request, echo-reply }",
        "icmp type != echo-request",
        f"icmp code {rng.choice(('0', 'port-unreachable'))}",
        f"icmp sequence {rng.choice(('1', '2', '> 1'))}",
    ))  # fmt: skip


def _ether_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    mac = rng.choice(table.net.devices).mac
    return rng.choice((
        f"ether {rng.choice(('saddr', 'daddr'))} {rng.choice((mac, '!= ' + mac, 'ff:ff:ff:ff:ff:ff'))}",
        f"ether type {rng.choice(('ip', 'arp', '0x88f7', '0x22f0'))}",
    ))  # fmt: skip


def _arp_match(table: _Table) -> str:
    rng = table.rng
    host = rng.choice(table.net.hosts)
    return rng.choice((
        f"arp operation {rng.choice(('request', 'reply'))}",
        "arp operation { request, reply }",
        f"arp {rng.choice(('saddr', 'daddr'))} ip {host.host}",
        f"arp saddr ether {host.mac}",
        "arp htype 1",
        "arp ptype 0x0800",
        "arp plen 4",
    ))  # fmt: skip


def _ct_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    host = rng.choice(table.net.hosts).host
    return rng.choice((
        f"ct state {rng.choice(('new', 'established', 'related', 'invalid', 'established,related', '!= new'))}",
        f"ct direction {rng.choice(('original', 'reply'))}",
        f"ct status {rng.choice(('confirmed', 'seen-reply', 'assured', 'snat', 'dnat'))}",
        f"ct mark {rng.choice((0, 2, 3))}",
        f"ct original ip saddr {host}" if place.family != "ip" else f"ct original saddr {host}",
    ))  # fmt: skip


def _fib_match(table: _Table, place: _Place) -> str:
    rng = table.rng
    choices = [
        "fib daddr type local",
        "fib saddr type unicast",
        "fib daddr type { local, broadcast }",
        "fib daddr . iif type local",
    ]
    if place.hook in ("prerouting", "input"):
        choices += ["fib saddr . iif oif missing", "fib saddr oif 0"]
    return rng.choice(choices)


def _concatenation(table: _Table, place: _Place) -> str:
    rng = table.rng
    one, other = (rng.choice(table.net.hosts).host for _ in range(2))
    return rng.choice((
        f"ip saddr . ip daddr {{ {one} . {other} }}",
        f"ip saddr . ip daddr {{ {one} . {other}, {other} . {one} }}" if one != other else f"ip saddr {one}",
        f"ip saddr . udp dport {{ {one} . {rng.choice(PORTS)} }}",
        f"ip daddr . udp dport {{ 10.0.0.0/8 . 50-100, {one} . 2000 }}" if not one.startswith("10.") else "ip ttl 64",
        f"meta l4proto . th dport {{ udp . 53, tcp . {rng.choice(PORTS[2:])} }}",
    ))  # fmt: skip


def _statement(table: _Table, place: _Place, depth: int | None) -> str:
    rng, features = table.rng, table.net.features
    mark = rng.choice((1, 2, 3, 5, 8))
    six = place.family == "ip6"
    choices = [f"meta mark set {mark}", f"meta mark set meta mark | {mark}", f"meta mark set meta mark & {mark}"]
    choices += ["accept", "accept", "return", "drop"]
    if place.family != "arp":
        choices += [f"meta mark set {mark}"] * 2
    jumps = table.subchains if depth is None else table.subchains[:depth]
    if jumps:
        choices += [f"{rng.choice(('jump', 'jump', 'goto'))} {rng.choice(jumps)}"] * 3
    if Feature.LIMITS in features:
        choices += _limits(table)
    if six:
        choices += ip6_statements(table.net, rng, place.hook)
    if Feature.SETS in features and place.family not in ("arp", "ip6"):
        choices += _set_statements(table, jumps)
    if Feature.MANGLE in features and not six:
        choices += _mangling(table, place)
    if Feature.HASH in features and not six:
        choices += ["meta mark set numgen inc mod 3 offset 1", "meta mark set numgen inc mod 2 map { 0 : 1, 1 : 5 }"]
        if place.family != "arp":
            choices.append("meta mark set jhash ip saddr . ip daddr mod 8 seed 0x7")
    choices += _sideways(table, place)
    if Feature.REJECT in features and (
        (place.family in ("ip", "inet") and place.hook in ("input", "forward", "output"))
        or (place.family == "netdev" and place.hook == "ingress")
    ):
        choices += _rejects(table, place)
    if Feature.CONNTRACK in features and place.family in ("ip", "inet", "ip6") and place.hook not in ("", "ingress"):
        choices += [f"ct mark set {mark}", "ct mark set meta mark", "meta mark set ct mark"]
        if place.hook in ("prerouting", "output"):
            choices += ["notrack", "ct zone set 1"]
    if Feature.DUP in features and place.family == "ip" and place.hook and not table.net.forwarders:
        near = rng.choice(table.net.devices_of(table.netns) or table.net.devices)
        choices.append(f'dup to {rng.choice(table.net.hosts).host} device "{near.name}"')
    return rng.choice(choices)


def _limits(table: _Table) -> list[str]:
    rng = table.rng
    burst = rng.choice((1, 2, 3))
    named = [table.sets["quota"]] if "quota" in table.sets else []
    return [
        f"limit rate 1/minute burst {burst} packets counter",
        f"limit rate over 1/minute burst {burst} packets drop",
        f"limit rate 100 bytes/hour burst {rng.choice((100, 200))} bytes counter",
        f"quota until {rng.choice((100, 200))} bytes counter",
        f"quota over {rng.choice((50, 100))} bytes drop",
        *named,
    ]


def _set_statements(table: _Table, jumps: list[str]) -> list[str]:
    rng = table.rng
    last = f"jump {jumps[0]}" if jumps else "continue"
    choices = [
        f"meta mark vmap {{ 1 : accept, 2 : drop, 3 : {last} }}",
        f"ip protocol vmap {{ icmp : accept, udp : {last} }}",
        f"meta mark set udp dport map {{ {PORTS[1]} : 3, {PORTS[2]} : 8 }}",
        "meta mark set ip ttl map { 64 : 1, 60-63 : 2 }",
        f"meta mark set ip saddr map {{ {rng.choice(table.net.hosts).host} : 5 }}",
    ]
    if "marks" in table.sets:
        choices.append("meta mark set udp dport map @marks")
    if "dynamic" in table.sets:
        choices += ["add @seen { ip saddr }", "update @seen { ip daddr }", "add @seen { ip saddr counter }"]
        choices.append("add @seen { ip saddr limit rate over 1/minute burst 1 packets } counter drop")
    if "timeout" in table.sets:
        choices += ["update @seen { ip saddr timeout 30m }", "delete @seen { ip saddr }"]
    if "pairs" in table.sets:
        choices.append("add @pairs { ip saddr . udp dport }")
    if "verdicts" in table.sets:
        choices.append("ip saddr vmap @verdicts")
    return choices


def _mangling(table: _Table, place: _Place) -> list[str]:
    rng = table.rng
    if place.family == "arp":
        return [f"arp operation set {rng.choice(('reply', 'request'))}"]
    host, device = rng.choice(table.net.hosts), rng.choice(table.net.devices)
    choices = [
        f"ip dscp set {rng.choice(('cs0', 'cs1', 'ef'))}",
        "ip ecn set ce",
        f"udp dport set {rng.choice(PORTS)}",
        f"udp sport set {rng.choice(PORTS)}",
        "ip id set 7",
        "icmp type echo-reply icmp sequence set 9",
        f"meta priority set {rng.choice(('1:2', 'none'))}",
    ]
    if table.net.turns is False or not table.net.forwarders:
        choices += [f"ip ttl set {rng.choice((1, 5, 33, 63))}"] * 2
    if table.net.turns and place.hook in ("ingress", "egress", "prerouting", "output"):
        choices += [f"ip daddr set {host.host}", f"ip saddr set {host.host}"]
    if place.family in ("netdev", "bridge"):
        choices += [f"ether daddr set {device.mac}", f"ether saddr set {device.mac}"]
    if place.hook in ("ingress", "prerouting") and place.family in ("netdev", "bridge", "ip", "inet"):
        choices.append(f"meta pkttype set {rng.choice(('host', 'other', 'broadcast'))}")
    return choices


def _sideways(table: _Table, place: _Place) -> list[str]:
    """Statements fwd and dup of the netdev family, where they close no circle."""
    rng, net = table.rng, table.net
    if place.family != "netdev" or not place.dev or rng.random() < 0.6:
        return []
    words = [word for word, feature in (("fwd", Feature.FWD), ("dup", Feature.DUP)) if feature in net.features]
    if not words:
        return []
    target = rng.choice([*net.devices_of(table.netns), net.sink(table.netns)])
    at = (table.netns, place.dev, "in" if place.hook == "ingress" else "out")
    if not net.may_redirect(at, (table.netns, target.name, "out")):
        return []
    return [f'{rng.choice(words)} to "{target.name}"'] * 6


def _rejects(table: _Table, place: _Place) -> list[str]:
    rng = table.rng
    code = rng.choice(("port-unreachable", "admin-prohibited", "host-unreachable"))
    ip = f"reject with icmp type {code}"
    if place.family in ("inet", "netdev", "bridge"):
        return [f"reject with icmpx type {code}" if code != "net-unreachable" else "reject", "reject"]
    return ["reject", ip, ip]
