"""struct net_bridge and struct net_bridge_port (net/bridge/br_private.h)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice

MAC = bytes
"""A link-layer address: 6 bytes."""


class BrState(IntEnum):
    """STP states of a port (include/uapi/linux/if_bridge.h)."""

    DISABLED = 0
    LISTENING = 1
    LEARNING = 2
    FORWARDING = 3
    BLOCKING = 4


class FdbEntry:
    """struct net_bridge_fdb_entry: ``port`` is None for the bridge's own addresses.

    ``local``: the frame is for this host. ``static``: it does not age. ``updated`` is virtual time in ns.
    """

    __slots__ = ("address", "by_user", "local", "port", "static", "updated")

    def __init__(self, address: MAC, port: BridgePort | None, updated: int, *, local: bool, static: bool) -> None:
        self.address = address
        self.port = port
        self.local = local
        self.static = static
        self.by_user = False
        self.updated = updated


class BridgePort:
    """struct net_bridge_port: a device under a bridge, with the flags of ``bridge link``."""

    __slots__ = (
        "bcast_flood",
        "br",
        "dev",
        "flood",
        "hairpin",
        "isolated",
        "learning",
        "mcast_flood",
        "number",
        "state",
    )

    def __init__(self, br: Bridge, dev: NetDevice, number: int) -> None:
        self.br = br
        self.dev = dev
        self.number = number
        self.state = BrState.DISABLED
        self.learning = self.flood = self.mcast_flood = self.bcast_flood = True
        self.hairpin = self.isolated = False


class Bridge:
    """struct net_bridge. ``ports`` has the port that was added last first, as the kernel's list.

    ``ageing_time`` is in ns. ``fdb`` maps addresses to entries.
    """

    __slots__ = (
        "ageing_time",
        "dev",
        "fdb",
        "group_fwd_mask",
        "mcast_snooping",
        "mtu_set_by_user",
        "nf_call_arptables",
        "nf_call_iptables",
        "ports",
    )

    def __init__(self, dev: NetDevice) -> None:
        self.dev = dev
        self.ports: list[BridgePort] = []
        self.fdb: dict[MAC, FdbEntry] = {}
        self.ageing_time = 300 * NSEC_PER_SEC
        self.group_fwd_mask = 0
        self.mcast_snooping = True
        self.mtu_set_by_user = False
        self.nf_call_iptables = False
        self.nf_call_arptables = False
