"""Matches the packet's mark (net/sched/cls_fw.c).

A filter's handle is the mark that it waits for, and the mask belongs to the preference. A preference without any
filter takes the mark itself for a class (the "old method").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import TcAction, tcf_action_exec, tcf_exts_destroy, tcf_exts_dump, tcf_exts_validate
from webapp.kernel.sched.cls_api import (
    TcfChange,
    TcfProto,
    TcfProtoOps,
    TcfResult,
    note_filter,
    tcf_change_indev,
    verdict_name,
)
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.pkt_cls import TC_ACT_OK
from webapp.kernel.uapi.pkt_sched import FilterRequest, FwOptions, tc_h_maj

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

HTSIZE = 256
_ALL_BITS = 0xFFFFFFFF


def fw_hash(handle: int) -> int:
    """The bucket of a mark."""
    handle ^= handle >> 16
    handle ^= handle >> 8
    return handle % HTSIZE


class FwFilter:
    """struct fw_filter. ``ifindex`` 0: any device."""

    __slots__ = ("actions", "classid", "id", "ifindex", "police")

    def __init__(self, mark: int) -> None:
        self.id = mark
        self.classid = 0
        self.ifindex = 0
        self.police = False
        self.actions: tuple[TcAction, ...] = ()


class FwHead:
    """struct fw_head: the mask, and filters by bucket, the newest first."""

    __slots__ = ("ht", "mask")

    def __init__(self, mask: int) -> None:
        self.mask = mask
        self.ht: dict[int, list[FwFilter]] = {}


# --- the packet's way ---------------------------------------------------------------------------------------------


@kfunc("net/sched/cls_fw.c", "fw_classify", verdict=verdict_name)
def fw_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """Asks the filters of the mark, under the mask."""
    head: FwHead | None = tp.root
    if head is None:
        return _classify_by_class(skb, tp, res)
    mark = skb.mark & head.mask
    recorder = RECORDER.get()
    verdict = -1
    for f in head.ht.get(fw_hash(mark), ()):
        matched = f.id == mark and f.ifindex in (0, skb.skb_iif)
        if matched:
            res.classid = f.classid
            verdict = tcf_action_exec(skb, f.actions, res)
        if recorder is not None:
            note_filter(tp, f.id, matched, (f"mark {f.id:#x}/{head.mask:#x}: {skb.mark:#x}",), verdict)
        if matched and verdict >= 0:
            return verdict
    return -1


def _classify_by_class(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """The old method: a mark without a major number, or with the qdisc's, is a class."""
    mark = skb.mark
    if mark and tc_h_maj(mark) in (0, tc_h_maj(tp.chain.block.q.handle)):
        res.classid = mark
        return TC_ACT_OK
    return -1


# --- requests -----------------------------------------------------------------------------------------------------


def _init(tp: TcfProto) -> None:
    """The head comes with the first filter."""


def _filters(tp: TcfProto) -> Iterator[FwFilter]:
    head: FwHead | None = tp.root
    if head is not None:
        for bucket in sorted(head.ht):
            yield from head.ht[bucket]


def _destroy(tp: TcfProto) -> None:
    for f in _filters(tp):
        tcf_exts_destroy(f.actions)


def _get(tp: TcfProto, handle: int) -> FwFilter | None:
    return next((f for f in _filters(tp) if f.id == handle), None)


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    """fw_change. Without options it stays with the old method."""
    options = request.options
    if options is None:
        if request.handle:
            raise KernelError(Errno.EINVAL)
        return
    assert isinstance(options, FwOptions)
    if found is None:
        _new(net, tp, request.handle, options, how)
        return
    old: FwFilter = found
    new = FwFilter(old.id)
    new.ifindex = old.ifindex
    _fw_set_parms(net, tp, new, options, how)
    bucket = tp.root.ht[fw_hash(old.id)]
    bucket[bucket.index(old)] = new
    tcf_exts_destroy(old.actions)


def _new(net: Net, tp: TcfProto, handle: int, options: FwOptions, how: TcfChange) -> None:
    if not handle:
        raise KernelError(Errno.EINVAL)
    if tp.root is None:
        tp.root = FwHead(_ALL_BITS if options.mask is None else options.mask)
    f = FwFilter(handle)
    _fw_set_parms(net, tp, f, options, how)
    tp.root.ht.setdefault(fw_hash(handle), []).insert(0, f)


def _fw_set_parms(net: Net, tp: TcfProto, f: FwFilter, options: FwOptions, how: TcfChange) -> None:
    """Actions, class and device; the mask must be the preference's."""
    actions = tcf_exts_validate(net, tp, options.actions, how)
    head: FwHead = tp.root
    try:
        if options.indev is not None:
            f.ifindex = tcf_change_indev(net, options.indev)
        _check_mask(head, options.mask)
    except KernelError:
        tcf_exts_destroy(actions)
        raise
    f.actions, f.police = actions, options.police
    f.classid = options.classid or 0


def _check_mask(head: FwHead, mask: int | None) -> None:
    if head.mask != (_ALL_BITS if mask is None else mask):
        raise KernelError(Errno.EINVAL)


def _delete(tp: TcfProto, found: Any) -> bool:
    head: FwHead = tp.root
    bucket = head.ht[fw_hash(found.id)]
    bucket.remove(found)
    tcf_exts_destroy(found.actions)
    return not any(head.ht.values())


def _dump(tp: TcfProto, found: Any) -> tuple[int, FwOptions | None]:
    """A filter that has neither class nor actions says nothing but its handle."""
    f: FwFilter = found
    if not f.classid and not f.actions:
        return f.id, None
    head: FwHead = tp.root
    indev = tp.chain.block.q.dev.net.dev_get_by_index(f.ifindex) if f.ifindex else None
    options = FwOptions(
        tcf_exts_dump(f.actions),
        f.classid or None,
        None if head.mask == _ALL_BITS else head.mask,
        None if indev is None else indev.name,
        f.police,
    )
    return f.id, options


def _walk_stops(tp: TcfProto) -> bool:
    """fw_walk stops its walker where there is no head, that is with the old method."""
    return tp.root is None


CLS_FW_OPS = TcfProtoOps(
    "fw", fw_classify, _init, _destroy, _get, _change, _delete, _filters, _dump, walk_stops=_walk_stops
)
