from webapp.kernel.trace import Band, Lane
from webapp.lab.lab import Lab
from webapp.lab.topology import Cable, HookView, graph, topology

SCRIPT = """\
ip netns add a
ip netns add b
ip netns exec a sysctl -qw net.ipv4.ip_forward=1
ip link add v0 netns a address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip -n a link set v0 up
ip -n a addr add 10.0.0.1/24 dev v0
ip -n a addr add 10.1.0.1/24 dev v0
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress protocol ip matchall action ok
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e { type filter hook egress device "v0" priority 0; counter; meta mark 1 drop; }
	chain other { counter; }
}
table inet f {
	chain in { type filter hook input priority 0; }
}
X
"""


def test_a_topology_shows_namespaces_devices_cables_and_what_hangs_at_the_hooks() -> None:
    lab = Lab()
    assert all(entry.code == 0 for entry in lab.append(SCRIPT))
    seen = topology(lab.machine)
    a, b = seen.namespaces
    assert (a.name, a.forwarding, b.name, b.forwarding) == ("a", True, "b", False)
    lo, v0 = a.devices
    assert (lo.name, lo.kind, lo.up, v0.name, v0.ifindex, v0.kind, v0.address) == (
        "lo", "loopback", False, "v0", 2, "veth", "02:00:00:00:00:01",
    )  # fmt: skip
    assert (v0.up, v0.carrier, v0.mtu, v0.addresses, v0.master) == (
        True, False, 1500, ("10.0.0.1/24", "10.1.0.1/24"), "",
    )  # fmt: skip
    assert seen.cables == (Cable(("a", "v0"), ("b", "v1"), "veth"),)
    nft, *tc = v0.hooks
    assert nft == HookView(
        "nft egress",
        Band.NETFILTER,
        Lane.OUT,
        2,
        (
            "chain netdev t e: counter packets 0 bytes 0",
            "chain netdev t e: meta mark 0x00000001 drop",
        ),
    )
    assert [(hook.station, hook.band, hook.lane, hook.count) for hook in tc] == [
        ("tc ingress", Band.TC, Lane.IN, 0),
        ("tc egress", Band.TC, Lane.OUT, 1),
    ]
    assert a.hooks == (HookView("input", Band.L3, Lane.IN, 0, ()),)


def test_the_namespace_of_the_start_is_shown_once_it_has_a_device_of_its_own() -> None:
    lab = Lab()
    assert topology(lab.machine).namespaces == ()
    lab.append("ip link add d0 type dummy")
    assert [net.name for net in topology(lab.machine).namespaces] == [""]


def test_the_graph_ties_devices_by_cables() -> None:
    lab = Lab()
    lab.append(SCRIPT)
    tied = graph(lab.machine)
    assert sorted(tied) == [("a", "lo"), ("a", "v0"), ("b", "lo"), ("b", "v1")]
    assert list(tied.edges(data="kind")) == [(("a", "v0"), ("b", "v1"), "veth")]


TUNNEL = """\
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a addr add 192.0.2.1/24 dev v0
ip -n b addr add 192.0.2.2/24 dev v1
ip -n a link add vx type vxlan id 7 remote 192.0.2.2 dstport 4789 dev v0
ip -n b link add vx type vxlan id 7 remote 192.0.2.1 dstport 4789
ip -n b link add other type vxlan id 8 remote 192.0.2.1 dstport 4789
ip -n a link add br0 type bridge
ip -n a link set vx master br0
"""


def test_a_topology_shows_tunnels_what_they_lie_on_and_the_ports_of_a_bridge() -> None:
    lab = Lab()
    assert all(entry.code == 0 for entry in lab.append(TUNNEL))
    seen = topology(lab.machine)
    assert seen.cables == (Cable(("a", "v0"), ("b", "v1"), "veth"),)
    assert seen.tunnels == (Cable(("a", "vx"), ("b", "vx"), "tunnel"),)
    devices = {(net.name, dev.name): dev for net in seen.namespaces for dev in net.devices}
    assert (devices["a", "vx"].kind, devices["a", "vx"].lower, devices["a", "vx"].master) == (
        "vxlan",
        ("a", "v0"),
        "br0",
    )
    assert (devices["a", "br0"].kind, devices["b", "vx"].lower) == ("bridge", None)


def test_chains_of_the_bridge_family_have_stations_of_their_own() -> None:
    lab = Lab()
    lab.append("nft add table bridge t\nnft add chain bridge t c '{ type filter hook forward priority 0; }'")
    lab.append("ip link add br0 type bridge")
    (start,) = topology(lab.machine).namespaces
    assert [(hook.station, hook.lane) for hook in start.hooks] == [("bridge forward", Lane.OUT)]
