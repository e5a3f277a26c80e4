"""include/uapi/linux/netlink.h: what qualifies a request."""

from __future__ import annotations

from enum import IntFlag


class NlmFlags(IntFlag):
    """NLM_F_*: flags of a request that makes something.

    ``ip … add`` sends CREATE | EXCL, replace CREATE | REPLACE, change REPLACE, append CREATE | APPEND, prepend CREATE.
    """

    NONE = 0
    REPLACE = 0x100
    EXCL = 0x200
    CREATE = 0x400
    APPEND = 0x800
