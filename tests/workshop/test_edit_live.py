"""Labs that operations alone have made print the same on this machine's kernel as in the model."""

import pytest

from tests.live.__main__ import on_kernel
from webapp.lab.lab import Lab
from webapp.livekernel import real
from webapp.livekernel.compare import compare
from webapp.livekernel.config import read_config
from webapp.workshop.document import apply
from webapp.workshop.edit import edit
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
    AddVeth,
    AddVxlan,
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


def obstacle() -> str | None:
    """Why these labs cannot run here: they use these programs, and the egress hook."""
    config = read_config()
    if config is not None and "NETFILTER_EGRESS" not in config:
        return "no CONFIG_NETFILTER_EGRESS"
    return real.obstacle((*real.COMMANDS, "mausezahn", "nc", "bridge"))


OBSTACLE = obstacle()
HOSTS = (AddNamespace("host"), AddNamespace("host"), AddVeth("host", "h2"))
LIST = tuple(AddCommand(netns, line) for netns in ("host", "h2") for line in ("nft list ruleset", "ip -br addr"))

LABS = {
    "two hosts": (
        *HOSTS,
        AddChain("host", "eth0", "nft egress"),
        AddChain("h2", "eth0", "nft ingress", "ip protocol icmp counter"),
        AddChain("h2", "", "input"),
        AddChain("h2", "", "arp in"),
        AddProbe("host", "ping"),
        AddProbe("h2", "udp", port=99),
        AddProbe("h2", "tcp"),
        AddProbe("host", "gptp"),
        AddProbe("host", "dhcp"),
        AddProbe("host", "arp-announce"),
        *LIST,
    ),
    "a container behind a router": (
        *HOSTS,
        AddNamespace("container", host="host"),
        SetForwarding("host", on=True),
        AddRoute("h2"),
        AddProbe("c1", "ping", to="10.0.0.2"),
        AddProbe("h2", "ping", to="10.0.1.2"),
        SetForwarding("host", on=False),
        AddCommand("c1", "ip route"),
        *LIST,
    ),
    "from tc redirect to nft fwd": (
        *HOSTS,
        AddNamespace("container", host="host"),
        AddRoute("h2"),
        AddChain("host", "vethc1", "nft egress"),
        Redirect(("host", "eth0"), "ingress", "vethc1", "tc", match="10.0.1.2"),
        AddFilter(("host", "vethc1"), "egress", "bpf da bytecode '1,6 0 0 0,'"),
        Redirect(("host", "eth0"), "ingress", "vethc1", "nft"),
        AddProbe("h2", "ping", to="10.0.1.2"),
        AddCommand("host", "tc -s filter show dev vethc1 egress"),
        *LIST,
    ),
    "a bridge": (
        *HOSTS,
        AddDevice("host", "bridge"),
        AddNamespace("container"),
        AddVeth("host", "c1", a_bridge="br0"),
        AddNamespace("container"),
        AddVeth("host", "c2", a_bridge="br0"),
        AddAddress(("host", "br0")),
        AddProbe("c1", "ping"),
        AddProbe("host", "ping", to="10.0.1.2"),
        Enslave(("host", "eth0"), "br0"),
        SetLink(("h2", "eth0"), up=False),
        Enslave(("host", "eth0"), ""),
        *LIST,
    ),
    "a tunnel": (
        *HOSTS,
        AddVxlan(("host", "eth0"), ("h2", "eth0")),
        AddChain("host", "eth0", "nft egress", "udp dport 4789 counter"),
        AddNeighbour(("host", "eth0")),
        AddProbe("host", "ping", to="10.0.1.2"),
        *LIST,
    ),
    "moved, renamed, copied and deleted": (
        *HOSTS,
        AddNamespace("container", host="host"),
        AddDevice("host", "macvlan", lower="eth0"),
        AddAddress(("host", "macvlan0"), "10.7.0.1/24"),
        AddChain("host", "macvlan0", "nft egress"),
        AddChain("host", "eth0", "nft egress"),
        MoveDevice(("host", "macvlan0"), "h2"),
        MoveDevice(("c1", "eth0"), "h2"),
        Rename(Item("device", "host", "vethc1"), "uplink"),
        Delete((Item("hook", "host", "eth0", "nft egress"), Item("namespace", "c1"))),
        AddProbe("h2", "ping", to="10.0.1.1"),
        *LIST,
    ),
}


def built(operations):
    script = ""
    for operation in operations:
        script = apply(script, edit(script, operation).changes)
    return script


@pytest.mark.parametrize("name", LABS)
def test_no_command_of_a_lab_made_by_operations_fails(name):
    failed = [entry for entry in Lab().run(built(LABS[name])) if entry.code and "ping" not in entry.command]
    assert not failed


@pytest.mark.skipif(OBSTACLE is not None, reason=f"no labs on this kernel: {OBSTACLE}")
@pytest.mark.parametrize("name", LABS)
def test_a_lab_made_by_operations_prints_the_same_on_this_kernel(name):
    script = built(LABS[name])
    model = "".join(entry.transcript for entry in Lab().run(script))
    found = compare(on_kernel(script), model)
    assert found.total >= 3
    assert not found.differences, "\n".join((script, *map(str, found.differences)))


def test_a_copied_container_hangs_on_the_same_host():
    script = built((*HOSTS, AddNamespace("container", host="host")))
    copied = edit(script, Copy((Item("namespace", "c1"),))).commands
    script = built((*HOSTS, AddNamespace("container", host="host"), Paste("\n".join(copied))))
    assert "ip link add vethc2 netns host type veth peer name eth0 netns c2\n" in script
    assert "ip -n c2 addr add 10.0.2.2/24 dev eth0\nip -n c2 route add default via 10.0.2.1\n" in script
