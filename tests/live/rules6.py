"""IPv6 in random rulesets: matches, statements and the table of NAT."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.live.networks import Feature

if TYPE_CHECKING:
    from tests.live.networks import Network


def ip6_match(net: Network, rng: Random) -> str:
    """A match of the IPv6 header."""
    host = rng.choice(net.hosts).six
    where = rng.choice(("saddr", "daddr"))
    choices = [
        f"ip6 {where} {host}",
        f"ip6 {where} != {host}",
        f"ip6 {where} 2001:db8:1::/48",
        f"ip6 hoplimit {rng.choice(('64', '63', '< 64', '62-63', '{ 62, 63 }'))}",
        f"ip6 nexthdr {rng.choice(('ipv6-icmp', 'udp', '!= tcp', '{ udp, ipv6-icmp }'))}",
        f"ip6 length {rng.choice(('64', '> 64', '< 100'))}",
        f"ip6 dscp {rng.choice(('cs0', '!= cs0'))}",
        "exthdr frag exists",
        "frag more-fragments 1",
        "frag frag-off > 0",
    ]
    if Feature.SETS in net.features:
        choices += [
            f"ip6 {where} {{ {', '.join(sorted({one.six for one in net.hosts}))} }}",
            f"ip6 saddr . ip6 daddr {{ {host} . {rng.choice(net.hosts).six} }}",
        ]
    return rng.choice(choices)


def icmpv6_match(rng: Random) -> str:
    """A match of the ICMPv6 header."""
    return rng.choice((
        f"icmpv6 type {rng.choice(('echo-request', 'echo-reply', 'packet-too-big', 'time-exceeded'))}",
        "icmpv6 type { echo-request, echo-reply }",
        "icmpv6 type != echo-request",
        "icmpv6 code 0",
        f"icmpv6 sequence {rng.choice(('1', '2', '> 1'))}",
        "icmpv6 type packet-too-big icmpv6 mtu 1280",
    ))  # fmt: skip


def ip6_statements(net: Network, rng: Random, hook: str) -> list[str]:
    """Statements that fit IPv6 alone."""
    choices = []
    if Feature.SETS in net.features:
        choices += ["meta mark set ip6 hoplimit map { 64 : 1, 60-63 : 2 }"]
    if Feature.MANGLE in net.features:
        choices += ["ip6 dscp set ef", f"udp dport set {rng.choice((53, 80, 99))}", "icmpv6 sequence set 9"]
        if net.turns is False or not net.forwarders:
            choices.append(f"ip6 hoplimit set {rng.choice((1, 5, 63))}")
        if net.turns and hook in ("ingress", "egress", "prerouting", "output"):
            choices.append(f"ip6 {rng.choice(('saddr', 'daddr'))} set {rng.choice(net.hosts).six}")
    if Feature.REJECT in net.features and hook in ("input", "forward", "output"):
        codes = ("port-unreachable", "admin-prohibited", "addr-unreachable", "no-route")
        choices += ["reject", f"reject with icmpv6 type {rng.choice(codes)}"]
    return choices


def ip6_nat(net: Network, rng: Random, hook: str) -> str:
    """What NAT does to an IPv6 address."""
    host = rng.choice(net.hosts).six
    if hook in ("postrouting", "input"):
        return rng.choice((f"snat to {host}", f"snat to [{host}]:3000-3001", "masquerade"[: 10 * (hook != "input")]))
    return rng.choice((f"dnat to {host}", f"dnat to [{host}]:99", "redirect to :99", "redirect"))
