"""struct dst_entry (include/net/dst.h): where a packet goes next, as two function pointers and a device."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.skbuff import SkBuff


class DstEntry:
    """A route as it hangs on a packet; routes of a family derive from it.

    ``input`` takes the packet upward or onward (ip_local_deliver, ip_forward, ip_error), ``output`` downward
    (ip_output). ``error`` is a positive errno for routes that refuse, else 0.
    """

    __slots__ = ("dev", "error", "input", "mtu", "output")

    def __init__(
        self,
        dev: NetDevice,
        input_: Callable[[SkBuff], int],
        output: Callable[[SkBuff], int],
        error: int = 0,
        mtu: int = 0,
    ) -> None:
        self.dev = dev
        self.input = input_
        self.output = output
        self.error = error
        self.mtu = mtu
