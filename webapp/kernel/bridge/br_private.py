"""struct net_bridge, struct net_bridge_port and what hangs on them (net/bridge/br_private.h)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.uapi.if_bridge import BrState, VlanInfo
from webapp.kernel.uapi.if_ether import ETH_P_8021Q

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_nf_core import FakeRtable
    from webapp.kernel.clock import Timer
    from webapp.kernel.core.net_device import NetDevice

MAC = bytes
"""A link-layer address: 6 bytes."""

BR_GROUPFWD_DEFAULT = 0
BR_GROUPFWD_RESTRICTED = 0x0007
BR_GROUPFWD_MACPAUSE = 0x0002
BR_GROUPFWD_8021AD = 0xB801
BR_PORT_BITS = 10
BR_MAX_PORTS = 1 << BR_PORT_BITS
ETH_DATA_LEN = 1500


class FdbEntry:
    """struct net_bridge_fdb_entry: ``port`` is None for the bridge's own addresses.

    ``local``: the frame is for this host. ``static``: it does not age. ``by_user``: made by request. ``sticky``: it
    does not move to another port. ``updated`` and ``used`` are virtual time in ns.
    """

    __slots__ = ("address", "by_user", "ext_learned", "local", "port", "static", "sticky", "updated", "used", "vlan")

    def __init__(self, address: MAC, vlan: int, port: BridgePort | None, now: int) -> None:
        self.address = address
        self.vlan = vlan
        self.port = port
        self.local = self.static = self.by_user = self.sticky = self.ext_learned = False
        self.updated = self.used = now


class BridgeVlan:
    """struct net_bridge_vlan: one vlan of a port, or with MASTER of the bridge (for the host itself with BRENTRY)."""

    __slots__ = ("flags", "refcnt", "vid")

    def __init__(self, vid: int, flags: VlanInfo) -> None:
        self.vid = vid
        self.flags = flags
        self.refcnt = 0

    @property
    def should_use(self) -> bool:
        """br_vlan_should_use: a port's vlan always counts, the bridge's only as BRENTRY."""
        return not self.flags & VlanInfo.MASTER or bool(self.flags & VlanInfo.BRENTRY)


class VlanGroup:
    """struct net_bridge_vlan_group: the vlans of a port or of the bridge, ``pvid`` that of untagged frames or 0."""

    __slots__ = ("pvid", "vlans")

    def __init__(self) -> None:
        self.pvid = 0
        self.vlans: dict[int, BridgeVlan] = {}

    def usable(self) -> Iterator[BridgeVlan]:
        """The vlans that count, in order of their numbers."""
        return (vlan for _, vlan in sorted(self.vlans.items()) if vlan.should_use)


class BridgePort:
    """struct net_bridge_port: a device under a bridge, with the flags of ``bridge link``."""

    __slots__ = (
        "bcast_flood",
        "br",
        "dev",
        "flood",
        "forward_delay_timer",
        "group_fwd_mask",
        "hairpin",
        "isolated",
        "learning",
        "locked",
        "mcast_flood",
        "number",
        "path_cost",
        "priority",
        "state",
        "vlgrp",
    )

    def __init__(self, br: Bridge, dev: NetDevice, number: int) -> None:
        self.br = br
        self.dev = dev
        self.number = number
        self.state = BrState.DISABLED
        self.learning = self.flood = self.mcast_flood = self.bcast_flood = True
        self.hairpin = self.isolated = self.locked = False
        self.group_fwd_mask = 0
        self.priority = 0x8000 >> BR_PORT_BITS
        self.path_cost = 0
        # when the timer falls due that only STP waits for
        self.forward_delay_timer = 0
        self.vlgrp = VlanGroup()

    @property
    def port_id(self) -> int:
        """br_make_port_id."""
        return self.priority << BR_PORT_BITS | self.number


class Bridge:
    """struct net_bridge. ``ports`` has the port that was added last first, as the kernel's list.

    Times are in ns. ``fdb`` maps (address, vlan) to entries, the newest last. ``group_fwd_mask`` is what was asked for,
    ``group_fwd_mask_required`` what the vlan protocol demands. ``bridge_addr`` is the bridge's identity: its address
    from the first port or request on, zeros before.
    """

    __slots__ = (
        "ageing_time",
        "bridge_addr",
        "default_pvid",
        "dev",
        "fake_rtable",
        "fdb",
        "forward_delay",
        "gc_work",
        "group_addr",
        "group_addr_set",
        "group_fwd_mask",
        "group_fwd_mask_required",
        "hello_time",
        "max_age",
        "mcast_snooping",
        "mtu_set_by_user",
        "nf_call_arptables",
        "nf_call_ip6tables",
        "nf_call_iptables",
        "no_ll_learn",
        "ports",
        "priority",
        "vlan_enabled",
        "vlan_proto",
        "vlgrp",
    )

    def __init__(self, dev: NetDevice) -> None:
        self.dev = dev
        self.ports: list[BridgePort] = []
        self.fake_rtable: FakeRtable | None = None
        self.fdb: dict[tuple[MAC, int], FdbEntry] = {}
        self.priority = 0x8000
        self.bridge_addr = bytes(6)
        self.forward_delay = 15 * NSEC_PER_SEC
        self.hello_time = 2 * NSEC_PER_SEC
        self.max_age = 20 * NSEC_PER_SEC
        self.ageing_time = 300 * NSEC_PER_SEC
        self.gc_work: Timer | None = None
        self.group_addr = bytes.fromhex("0180c2000000")
        self.group_addr_set = False
        self.group_fwd_mask = self.group_fwd_mask_required = BR_GROUPFWD_DEFAULT
        self.mcast_snooping = True
        self.no_ll_learn = False
        self.mtu_set_by_user = False
        self.nf_call_iptables = self.nf_call_ip6tables = self.nf_call_arptables = False
        self.vlan_enabled = False
        self.vlan_proto = ETH_P_8021Q
        self.default_pvid = 1
        self.vlgrp = VlanGroup()

    @property
    def bridge_id(self) -> bytes:
        """struct bridge_id: priority and address."""
        return self.priority.to_bytes(2, "big") + self.bridge_addr


class BrInputSkbCb:
    """struct br_input_skb_cb, in skb.cb while the bridge has the frame.

    ``vlan_filtered``: the frame has passed a vlan-aware port and carries its vlan in vlan_tci.
    """

    __slots__ = ("brdev", "src_port_isolated", "vlan_filtered")

    def __init__(self) -> None:
        self.brdev: NetDevice | None = None
        self.vlan_filtered = False
        self.src_port_isolated = False


def br_port_get(dev: NetDevice) -> BridgePort | None:
    """br_port_get_rcu: the port that a device is, None for any other device."""
    port = dev.rx_handler_data
    return port if isinstance(port, BridgePort) else None
