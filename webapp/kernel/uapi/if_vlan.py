"""What vlan devices are asked for and tell: IFLA_VLAN_* (include/uapi/linux/if_link.h, if_vlan.h)."""

from __future__ import annotations

from enum import IntFlag

from webapp.kernel.uapi.if_link import LinkData


class VlanFlags(IntFlag):
    """enum vlan_flags."""

    REORDER_HDR = 0x1
    GVRP = 0x2
    LOOSE_BINDING = 0x4
    MVRP = 0x8
    BRIDGE_BINDING = 0x10


class VlanInfo(LinkData, frozen=True):
    """IFLA_INFO_DATA of kind vlan. None: the attribute is not there.

    ``flags`` counts where ``mask`` has a bit. The qos maps are pairs (from, to): a tag's priority and the packet's at
    ingress, the packet's and the tag's at egress.
    """

    id: int | None = None
    protocol: int | None = None
    flags: int = 0
    mask: int = 0
    ingress_qos: tuple[tuple[int, int], ...] = ()
    egress_qos: tuple[tuple[int, int], ...] = ()
