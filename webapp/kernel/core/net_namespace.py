"""struct net (net/core/net_namespace.c): one network namespace and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.kernel.core.sysctl import SysctlTree

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice, PacketType
    from webapp.kernel.machine import Machine
    from webapp.kernel.sched.act_api import TcAction


class Net:
    """One namespace. ``name`` is its name under /run/netns, empty for the one in which a lab starts.

    ``sysctl`` holds every sysctl below net. by its dotted name, as the text that sysctl(8) prints (core/sysctl.py).
    ``tc_actions`` are tc's actions by kind and index. ``ipv4``, ``ipv6``, ``nft``, ``nf``, ``ct``, ``brnf``, ``vxlan``
    are the subsystems' records, made by ``boot.setup_net``.
    """

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.devices: dict[str, NetDevice] = {}
        self.by_index: dict[int, NetDevice] = {}
        self.last_ifindex = 0
        self.netns_ids: dict[int, Net] = {}
        self.loopback: NetDevice = None  # type: ignore[assignment]  # made by boot.setup_net at once
        self.ptype_all: list[PacketType] = [] if machine.version.taps_per_net else machine.ptype_all
        self.ptype_specific: dict[int, list[PacketType]] = {}
        self.sysctl = SysctlTree()
        self.tc_actions: dict[str, dict[int, TcAction]] = {}
        self.nf: Any = None
        self.nft: Any = None
        self.ipv4: Any = None
        self.ipv6: Any = None
        self.ct: Any = None
        self.brnf: Any = None
        self.vxlan: Any = None

    def __repr__(self) -> str:
        return f"<netns {self.name or 'init'}>"

    def new_index(self) -> int:
        """dev_index_reserve: numbers count up per namespace, past those that were asked for, and are not reused."""
        self.last_ifindex += 1
        while self.last_ifindex in self.by_index:
            self.last_ifindex += 1
        return self.last_ifindex

    def dev_get_by_name(self, name: str) -> NetDevice | None:
        """The device of that name, or None."""
        return self.devices.get(name)

    def dev_get_by_index(self, ifindex: int) -> NetDevice | None:
        """The device of that number, or None."""
        return self.by_index.get(ifindex)


def peernet2id(net: Net, peer: Net) -> int:
    """The number that ``peer`` has in ``net``, NETNSA_NSID_NOT_ASSIGNED (-1) if it has none."""
    return next((nsid for nsid, other in net.netns_ids.items() if other is peer), -1)


def alloc_netid(net: Net, peer: Net, nsid: int = -1) -> int:
    """Gives ``peer`` a number in ``net``: ``nsid``, or where that is negative the lowest free one."""
    if nsid < 0:
        nsid = next(number for number in range(len(net.netns_ids) + 1) if number not in net.netns_ids)
    net.netns_ids[nsid] = peer
    return nsid


def peernet2id_alloc(net: Net, peer: Net) -> int:
    """The number of ``peer`` in ``net``, given now if it had none."""
    nsid = peernet2id(net, peer)
    return nsid if nsid >= 0 else alloc_netid(net, peer)


def unhash_nsid(peer: Net) -> None:
    """``peer`` goes away: no namespace knows it by number any more."""
    machine = peer.machine
    for net in (machine.init_net, *machine.namespaces.values()):
        for nsid in [nsid for nsid, other in net.netns_ids.items() if other is peer]:
            del net.netns_ids[nsid]
