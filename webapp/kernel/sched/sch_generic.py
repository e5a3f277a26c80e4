"""Queueing disciplines as records, and the mini qdisc of the clsact hooks (net/sched/sch_generic.c).

The model's devices transmit without a queue: a qdisc here is an entry of ``tc qdisc show`` and, for clsact and
ingress, the owner of filter blocks. Handles are 32-bit, major number in the upper half.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


@dataclass(frozen=True, slots=True)
class QdiscOps:
    """struct Qdisc_ops with its class operations, for the qdiscs that hold filters.

    ``find(classid)`` tells which class a minor number means, 0: none; ``tcf_block(q, class)`` its filters.
    """

    id: str
    init: Callable[[Qdisc], None]
    destroy: Callable[[Qdisc], None]
    find: Callable[[int], int]
    tcf_block: Callable[[Qdisc, int], TcfBlock | None]


class Qdisc:
    """struct Qdisc: one qdisc of a device. ``kind`` is Qdisc_ops->id; ``parent`` TC_H_ROOT, TC_H_CLSACT or a class.

    ``ops`` is None for those without classes (noop, noqueue). ``ingress_block`` and ``egress_block`` are clsact's
    (ingress has the first only). ``tc_u_common`` is u32's record of the hash tables of all its filters here.
    """

    __slots__ = (
        "bstats", "dev", "egress_block", "handle", "ingress_block", "kind", "ops", "parent", "qstats", "tc_u_common",
    )  # fmt: skip

    def __init__(self, kind: str, dev: NetDevice, handle: int, parent: int, ops: QdiscOps | None = None) -> None:
        self.kind = kind
        self.dev = dev
        self.handle = handle
        self.parent = parent
        self.ops = ops
        self.bstats = BStats()
        self.qstats = QStats()
        self.ingress_block: TcfBlock | None = None
        self.egress_block: TcfBlock | None = None
        self.tc_u_common: Any = None


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


def dev_shutdown(dev: NetDevice) -> None:
    """dev_shutdown: a device that goes away loses its qdiscs, and they their filters."""
    q = dev.qdisc_ingress
    if q is not None and q.ops is not None:
        q.ops.destroy(q)
    dev.qdisc_ingress = None
