"""What bridges and their ports are asked for and tell (include/uapi/linux/if_bridge.h, and IFLA_BR_* of if_link.h).

A record's field None means that the attribute is not there. Times are in hundredths of a second (clock_t).
"""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec

from webapp.kernel.uapi.if_link import LinkData
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import Ntf, Nud

AF_BRIDGE = 7

USER_HZ = 100


class BrState(IntEnum):
    """STP states of a port: BR_STATE_*."""

    DISABLED = 0
    LISTENING = 1
    LEARNING = 2
    FORWARDING = 3
    BLOCKING = 4


class BridgeInfo(LinkData, frozen=True):
    """IFLA_INFO_DATA of kind bridge: IFLA_BR_*. ``fdb_flush`` True empties the database."""

    forward_delay: int | None = None
    hello_time: int | None = None
    max_age: int | None = None
    ageing_time: int | None = None
    stp_state: int | None = None
    priority: int | None = None
    vlan_filtering: int | None = None
    vlan_protocol: int | None = None
    vlan_default_pvid: int | None = None
    group_fwd_mask: int | None = None
    group_address: bytes | None = None
    mcast_snooping: int | None = None
    no_linklocal_learn: int | None = None
    nf_call_iptables: int | None = None
    nf_call_ip6tables: int | None = None
    nf_call_arptables: int | None = None
    fdb_flush: bool = False
    bridge_id: bytes = b""
    hello_timer: int = 0
    gc_timer: int = 0


class BridgePortInfo(LinkData, frozen=True):
    """IFLA_INFO_SLAVE_DATA of kind bridge, and IFLA_PROTINFO of family AF_BRIDGE: IFLA_BRPORT_*."""

    state: int | None = None
    priority: int | None = None
    cost: int | None = None
    hairpin: bool | None = None
    learning: bool | None = None
    flood: bool | None = None
    mcast_flood: bool | None = None
    bcast_flood: bool | None = None
    isolated: bool | None = None
    locked: bool | None = None
    group_fwd_mask: int | None = None
    fdb_flush: bool = False
    port_no: int = 0
    port_id: int = 0
    bridge_id: bytes = b""
    forward_delay_timer: int = 0


class VlanInfo(IntFlag):
    """BRIDGE_VLAN_INFO_*: what a vlan is on a port."""

    NONE = 0
    MASTER = 0x01
    PVID = 0x02
    UNTAGGED = 0x04
    BRENTRY = 0x20


class BridgeVlanInfo(msgspec.Struct, frozen=True):
    """struct bridge_vlan_info: the vlans ``vid`` to ``vid_end`` of a port or of the bridge itself."""

    vid: int
    vid_end: int
    flags: VlanInfo


class BridgeLink(msgspec.Struct, frozen=True):
    """One RTM_NEWLINK message of family AF_BRIDGE: a port or, for its vlans, the bridge itself.

    ``port`` is None for the bridge itself, ``link`` IFLA_LINK.
    """

    ifindex: int
    name: str
    flags: int
    mtu: int
    master: int | None
    link: int | None
    port: BridgePortInfo | None
    vlans: tuple[BridgeVlanInfo, ...]


class DumpBridgeLinks(msgspec.Struct, frozen=True):
    """RTM_GETLINK of AF_BRIDGE with NLM_F_DUMP: BridgeLink values, with ``vlans`` of the bridges themselves too."""

    vlans: bool = False
    family: int = AF_BRIDGE


class SetBridgeLink(msgspec.Struct, frozen=True):
    """RTM_SETLINK of AF_BRIDGE: port flags, or vlans to add. ``self_`` and ``master`` are BRIDGE_FLAGS_*."""

    ifindex: int
    port: BridgePortInfo | None = None
    vlans: BridgeVlanInfo | None = None
    self_: bool = False
    master: bool = False
    family: int = AF_BRIDGE


class DelBridgeLink(msgspec.Struct, frozen=True):
    """RTM_DELLINK of AF_BRIDGE: vlans to take away."""

    ifindex: int
    vlans: BridgeVlanInfo
    self_: bool = False
    master: bool = False
    family: int = AF_BRIDGE


class Fdb(msgspec.Struct, frozen=True):
    """struct ndmsg of family AF_BRIDGE with its attributes: one entry of a forwarding database.

    ``dst``, ``port``, ``vni``, ``via`` are where a vxlan device sends to; ``used`` and ``updated`` (seconds ago) and
    ``master`` are only in answers, None where there is no such.
    """

    ifindex: int
    lladdr: bytes
    state: Nud = Nud.NONE
    flags: Ntf = Ntf.NONE
    vlan: int = 0
    dst: bytes | None = None
    port: int | None = None
    vni: int | None = None
    src_vni: int | None = None
    via: int | None = None
    master: int | None = None
    used: int | None = None
    updated: int | None = None
    link_netnsid: int | None = None


class NewFdb(msgspec.Struct, frozen=True):
    """RTM_NEWNEIGH of family AF_BRIDGE."""

    fdb: Fdb
    nlm_flags: NlmFlags = NlmFlags.CREATE | NlmFlags.EXCL
    family: int = AF_BRIDGE


class DelFdb(msgspec.Struct, frozen=True):
    """RTM_DELNEIGH of family AF_BRIDGE."""

    fdb: Fdb
    family: int = AF_BRIDGE


class GetFdb(msgspec.Struct, frozen=True):
    """RTM_GETNEIGH of family AF_BRIDGE: answers one Fdb. ``master`` names the bridge instead of a device."""

    lladdr: bytes
    ifindex: int = 0
    master: int = 0
    flags: Ntf = Ntf.NONE
    vlan: int = 0
    vni: int | None = None
    family: int = AF_BRIDGE


class DumpFdb(msgspec.Struct, frozen=True):
    """RTM_GETNEIGH of family AF_BRIDGE with NLM_F_DUMP: Fdb values, of one device or one bridge if given."""

    ifindex: int = 0
    master: int = 0
    family: int = AF_BRIDGE


class FlushFdb(msgspec.Struct, frozen=True):
    """RTM_DELNEIGH of family AF_BRIDGE with NLM_F_BULK: every entry that fits what is given.

    ``state`` and ``flags`` count in the bits of their masks.
    """

    ifindex: int
    flags: Ntf = Ntf.NONE
    port: int = 0
    vlan: int = 0
    state: Nud = Nud.NONE
    state_mask: Nud = Nud.NONE
    family: int = AF_BRIDGE
