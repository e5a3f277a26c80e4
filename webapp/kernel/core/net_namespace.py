"""struct net (net/core/net_namespace.c): one network namespace and what belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice, PacketType
    from webapp.kernel.machine import Machine


class Net:
    """One namespace. ``name`` is its name under /run/netns, empty for the one in which a lab starts.

    ``sysctl`` holds every sysctl below net. by its dotted name, as the text that sysctl(8) prints; readers on the hot
    path keep their own parsed copy. ``ipv4``, ``ipv6``, ``nft``, ``nf``, ``ct`` are the subsystems' records, made by
    ``boot.setup_net``.
    """

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.name = name
        self.devices: dict[str, NetDevice] = {}
        self.by_index: dict[int, NetDevice] = {}
        self.last_ifindex = 0
        self.loopback: NetDevice = None  # type: ignore[assignment]  # made by boot.setup_net at once
        self.ptype_all: list[PacketType] = []
        self.ptype_specific: dict[int, list[PacketType]] = {}
        self.sysctl: dict[str, str] = {}
        self.nf: Any = None
        self.nft: Any = None
        self.ipv4: Any = None
        self.ipv6: Any = None
        self.ct: Any = None

    def __repr__(self) -> str:
        return f"<netns {self.name or 'init'}>"

    def new_index(self) -> int:
        """dev_new_index: interface numbers count up per namespace and are not reused."""
        self.last_ifindex += 1
        return self.last_ifindex

    def dev_get_by_name(self, name: str) -> NetDevice | None:
        """The device of that name, or None."""
        return self.devices.get(name)

    def dev_get_by_index(self, ifindex: int) -> NetDevice | None:
        """The device of that number, or None."""
        return self.by_index.get(ifindex)
