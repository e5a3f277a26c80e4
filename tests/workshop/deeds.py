"""Random operations on a lab as it stands, for tests."""

from hypothesis import strategies as st

from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.workshop.operations import (
    AddAddress,
    AddChain,
    AddCommand,
    AddDevice,
    AddFilter,
    AddNamespace,
    AddNeighbour,
    AddProbe,
    AddRoute,
    AddRule,
    AddVeth,
    AddVxlan,
    Arrange,
    ArrangeDevices,
    Colour,
    Copy,
    Delete,
    Enslave,
    Item,
    MoveDevice,
    Paste,
    Redirect,
    Rename,
    SetForwarding,
    SetLink,
)
from webapp.workshop.run import run

SIDES = st.sampled_from(("ingress", "egress"))
DEVICE_STATIONS = ("nft ingress", "nft egress")
STATIONS = ("prerouting", "input", "forward", "output", "postrouting", "arp in", "arp out", "bridge forward")
FILTERS = ("", "matchall action drop", "protocol ip u32 match ip dst 10.0.0.9/32 action ok")
RULES = ("", "ip daddr 10.0.0.9 counter drop", "counter\nmeta mark set 0x1")
KINDS = ("ping", "udp", "tcp", "arp", "dhcp", "gptp", "avtp", "arp-announce")
FRAME = "ffffffffffff020000000001080600010800060400010200000000010a0000010000000000000a000002"
ADDRESSES = ("10.9.0.1/24", "10.0.0.9/32", "fd00:9::1/64")
NETWORKS = ("10.77.0.0/16", "default", "fd00:77::/48")
PASTED = (
    "ip netns add a\nip -n a link add d0 type dummy\nip -n a addr add 10.0.0.1/24 dev d0",
    "ip netns add a\nip netns add b\nip link add v0 netns a type veth peer name v1 netns b",
    "nothing that could be run",
)
LINES = ("ip link add dd0 type dummy", "nft list ruleset", "ping -c 1 -W 1 127.0.0.1", "true; sleep 0.1")


def namespaces(script):
    return [net.name for net in run(script).nets if net.name]


def ports(script):
    found = [(net.name, name) for net in run(script).nets for name in net.devices if name != "lo"]
    return found or [("", "none")]


def items(script):
    found = [Item("namespace", name) for name in namespaces(script)]
    for net in run(script).topology.namespaces:
        found += [Item("device", net.name, dev.name) for dev in net.devices if dev.name != "lo"]
        found += [Item("hook", net.name, "", hook.station) for hook in net.hooks]
        found += [Item("hook", net.name, dev.name, hook.station) for dev in net.devices for hook in dev.hooks]
    return found


def chains(script):
    """Namespace, family, table and name of every chain."""
    return [
        (net.name, FAMILY_NAMES[table.family], table.name, chain)
        for net in run(script).nets
        for table in net.nft.tables.values()
        for chain in table.chains
    ]


@st.composite
def adding(draw, script):
    """An operation that adds one thing, which Delete can take away again."""
    netns = st.sampled_from(namespaces(script) or [""])
    port = draw(st.sampled_from(ports(script)))
    return draw(
        st.one_of(
            st.builds(AddNamespace, st.just("host")),
            st.builds(AddNamespace, st.just("container"), host=netns),
            st.builds(AddVeth, netns, netns),
            st.builds(AddDevice, netns, st.sampled_from(("bridge", "dummy", "ifb"))),
            st.builds(AddDevice, st.just(port[0]), st.sampled_from(("vlan", "macvlan")), lower=st.just(port[1])),
            st.builds(AddVxlan, st.sampled_from(ports(script)), st.just(port)),
            st.builds(AddChain, st.just(port[0]), st.just(port[1]), st.sampled_from(DEVICE_STATIONS),
                      st.sampled_from(RULES)),
            st.builds(AddChain, netns, st.just(""), st.sampled_from(STATIONS), st.sampled_from(RULES)),
            st.builds(AddFilter, st.just(port), SIDES, st.sampled_from(FILTERS)),
            st.builds(AddProbe, netns, st.sampled_from(KINDS)),
            st.builds(AddProbe, st.just(port[0]), st.just("raw"), dev=st.just(port[1]), raw=st.just(FRAME)),
            st.builds(AddNamespace, st.just("host"), st.sampled_from(("lan", "n-9"))),
            st.builds(AddVeth, netns, netns, *bridges(script)),
        )
    )  # fmt: skip


def bridges(script):
    """For the ends of a cable: none, or the name of a bridge, which may be one of another namespace."""
    names = [dev.name for net in run(script).nets for dev in net.devices.values() if dev.kind == "bridge"]
    return st.sampled_from(("", *names)), st.sampled_from(("", *names))


@st.composite
def arranging(draw, script):
    names = namespaces(script)
    netns = st.sampled_from(names or [""])
    order = draw(st.permutations(names))
    cut = draw(st.integers(0, len(order)))
    return draw(
        st.one_of(
            st.just(Arrange((tuple(order[:cut]), tuple(order[cut:])))),
            st.builds(Colour, netns, st.integers(0, 6)),
            st.builds(ArrangeDevices, st.just(ports(script)[0][0]), st.just(tuple(name for _, name in ports(script)))),
        )
    )


@st.composite
def changing(draw, script):
    """Any other operation."""
    netns = st.sampled_from(namespaces(script) or [""])
    port = st.sampled_from(ports(script))
    here, name = draw(port)
    mates = [other for net, other in ports(script) if net == here]
    things = items(script) or [Item("namespace", "none")]
    return draw(
        st.one_of(
            st.builds(Delete, st.tuples(st.sampled_from(things))),
            st.builds(Delete, st.tuples(st.sampled_from(things), st.sampled_from(things))),
            st.builds(Rename, st.sampled_from(things), st.sampled_from(("lan", "other", "h9"))),
            st.builds(MoveDevice, port, netns),
            st.builds(Enslave, st.just((here, name)), st.sampled_from(("", *mates))),
            st.builds(Redirect, st.just((here, name)), SIDES, st.sampled_from(mates),
                      st.sampled_from(("tc", "nft")), SIDES, st.booleans(), st.sampled_from(("", "10.0.0.9"))),
            st.builds(AddAddress, port),
            st.builds(AddRoute, netns),
            st.builds(AddNeighbour, port),
            st.builds(SetForwarding, netns, st.booleans()),
            st.builds(SetLink, port, st.booleans()),
            st.builds(AddAddress, port, st.sampled_from(ADDRESSES)),
            st.builds(AddRoute, netns, st.sampled_from(NETWORKS), st.sampled_from(("", "10.0.0.9")), st.just(name)),
            st.builds(AddNeighbour, port, st.just("10.0.0.9"), st.just("02:00:00:00:09:09")),
            st.builds(Paste, st.sampled_from(PASTED)),
            st.builds(Copy, st.tuples(st.sampled_from(things))),
            st.builds(AddCommand, netns, st.sampled_from(LINES)),
            st.sampled_from(chains(script) or [("", "ip", "t", "none")]).flatmap(
                lambda chain: st.builds(AddRule, *map(st.just, chain), st.sampled_from(RULES[1:]))),
            arranging(script),
        )
    )  # fmt: skip


def any_operation(script):
    return st.one_of(adding(script), changing(script))
