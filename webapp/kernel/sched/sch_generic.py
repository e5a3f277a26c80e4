"""Queueing disciplines as records, and the mini qdisc of the clsact hooks (net/sched/sch_generic.c).

The model's devices transmit without a queue: a qdisc here is an entry of ``tc qdisc show`` and, for clsact and
ingress, the owner of filter blocks. Handles are 32-bit, major number in the upper half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.sched.cls_api import TcfBlock, TcfProto


class BStats:
    """struct gnet_stats_basic_packed: bytes and packets seen."""

    __slots__ = ("bytes", "packets")

    def __init__(self) -> None:
        self.bytes = 0
        self.packets = 0


class QStats:
    """struct gnet_stats_queue, without the queue's length: nothing here queues."""

    __slots__ = ("drops", "overlimits")

    def __init__(self) -> None:
        self.drops = 0
        self.overlimits = 0


class Qdisc:
    """struct Qdisc: one qdisc of a device. ``kind`` is Qdisc_ops->id; ``parent`` TC_H_ROOT, TC_H_CLSACT or a class.

    ``ingress_block`` and ``egress_block`` are clsact's (ingress has the first only), None for the others.
    """

    __slots__ = ("bstats", "dev", "egress_block", "handle", "ingress_block", "kind", "parent", "qstats")

    def __init__(self, kind: str, dev: NetDevice, handle: int, parent: int) -> None:
        self.kind = kind
        self.dev = dev
        self.handle = handle
        self.parent = parent
        self.bstats = BStats()
        self.qstats = QStats()
        self.ingress_block: TcfBlock | None = None
        self.egress_block: TcfBlock | None = None


class MiniQdisc:
    """struct mini_Qdisc: what the fast path of one side of a clsact reads. It exists while the qdisc is attached.

    ``filter_list`` holds chain 0's filters in order, and is None while there are none: then the packet is neither
    classified nor counted. ``bstats`` and ``qstats`` are the qdisc's own, shared by both sides.
    """

    __slots__ = ("block", "bstats", "filter_list", "qstats")

    def __init__(self, qdisc: Qdisc, block: TcfBlock) -> None:
        self.block = block
        self.bstats = qdisc.bstats
        self.qstats = qdisc.qstats
        self.filter_list: tuple[TcfProto, ...] | None = None

    def mini_qdisc_pair_swap(self, filters: tuple[TcfProto, ...]) -> None:
        """Chain 0 changed: the fast path reads the new list."""
        self.filter_list = filters or None
