"""What vxlan devices are asked for and tell: IFLA_VXLAN_* (include/uapi/linux/if_link.h)."""

from __future__ import annotations

from enum import IntEnum

from webapp.kernel.uapi.if_link import LinkData


class VxlanDf(IntEnum):
    """enum ifla_vxlan_df: the outer packet's DF flag."""

    UNSET = 0
    SET = 1
    INHERIT = 2


class VxlanInfo(LinkData, frozen=True):
    """IFLA_INFO_DATA of kind vxlan. None: the attribute is not there.

    ``group`` is the default remote, unicast or multicast; ``link`` the number of the device below; ``ageing`` is in
    seconds, 0 the default; ``port_range`` are the source ports; ``tos`` 1 is the inner packet's.
    """

    id: int | None = None
    group: bytes | None = None
    local: bytes | None = None
    link: int | None = None
    ttl: int | None = None
    ttl_inherit: bool | None = None
    tos: int | None = None
    df: int | None = None
    label: int | None = None
    learning: bool | None = None
    ageing: int | None = None
    limit: int | None = None
    port_range: tuple[int, int] | None = None
    port: int | None = None
    udp_csum: bool | None = None
    udp_zero_csum6_tx: bool | None = None
    udp_zero_csum6_rx: bool | None = None
