"""What macvlan devices are asked for and tell: IFLA_MACVLAN_* (include/uapi/linux/if_link.h)."""

from __future__ import annotations

from enum import IntEnum

from webapp.kernel.uapi.if_link import LinkData

MACVLAN_FLAG_NOPROMISC = 1


class MacvlanMode(IntEnum):
    """enum macvlan_mode: whom a device talks to besides the outside. SOURCE is not part of the model."""

    PRIVATE = 1
    VEPA = 2
    BRIDGE = 4
    PASSTHRU = 8


class MacvlanInfo(LinkData, frozen=True):
    """IFLA_INFO_DATA of kind macvlan. None: the attribute is not there.

    ``bc_queue_len`` is how many broadcasts may wait for the device, ``bc_queue_len_used`` what its port grants.
    """

    mode: int | None = None
    flags: int | None = None
    bc_queue_len: int | None = None
    bc_queue_len_used: int | None = None
