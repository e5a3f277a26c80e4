"""What a tunnel took out of its packets is received by a queue of the tunnel's device (net/core/gro_cells.c).

The queue is polled when the backlog is empty. Nothing is merged: the model's programs send nothing that GRO merges.
"""

from __future__ import annotations

from collections import deque

from webapp.kernel.core.dev import netif_receive_skb_core
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NET_RX_DROP, NET_RX_SUCCESS, Iff, NetDevice, PacketType
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.trace import RECORDER, Queued

GRO_NORMAL_BATCH = 8
"""net.core.gro_normal_batch: so many packets are received as one list."""


class GroCell:
    """struct gro_cell: the packets that wait."""

    __slots__ = ("dev", "napi_skbs")

    def __init__(self, dev: NetDevice) -> None:
        self.dev = dev
        self.napi_skbs: deque[SkBuff] = deque()

    def poll(self) -> None:
        """gro_cell_poll: receives them all, some at a time (gro_normal_list)."""
        machine = self.dev.net.machine
        waiting = self.napi_skbs
        while waiting:
            batch: list[SkBuff] = []
            while waiting and len(batch) < GRO_NORMAL_BATCH:
                machine.charge()
                batch.append(waiting.popleft())
            netif_receive_skb_list(batch)


def gro_cells_receive(cell: GroCell, skb: SkBuff) -> int:
    """gro_cells_receive: NET_RX_SUCCESS, or NET_RX_DROP where the device is down or the queue is full."""
    dev = cell.dev
    machine = dev.net.machine
    if not dev.flags & Iff.UP or len(cell.napi_skbs) > machine.netdev_max_backlog:
        dev.stats.rx_dropped += 1
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return NET_RX_DROP
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("backlog"))
    cell.napi_skbs.append(skb)
    if len(cell.napi_skbs) == 1:
        machine.napi_schedule(cell.poll)
    return NET_RX_SUCCESS


def netif_receive_skb_list(skbs: list[SkBuff]) -> None:
    """netif_receive_skb_list (net/core/dev.c): all pass the device's hooks before a protocol receives the first.

    Neighbours for the same protocol reach it as a list.
    """
    ready: list[SkBuff] = []
    last: PacketType | None = None
    for skb in skbs:
        orig_dev = skb.dev
        _, skb2, ptype = netif_receive_skb_core(skb)
        if ptype is None or skb2 is None:
            continue
        if ptype is not last:
            _deliver(ready, last, orig_dev)
            ready, last = [], ptype
        ready.append(skb2)
    if skbs:
        _deliver(ready, last, orig_dev)


def _deliver(skbs: list[SkBuff], ptype: PacketType | None, orig_dev: NetDevice) -> None:
    """__netif_receive_skb_list_ptype: some protocols have a function of their own for lists."""
    if ptype is None:
        return
    if ptype.list_func is not None:
        ptype.list_func(skbs[0], skbs[0].dev, ptype, orig_dev, skbs[1:])
        return
    for skb in skbs:
        ptype.func(skb, skb.dev, ptype, orig_dev)
        if ptype.owner is not None:
            consume_skb(skb)
