"""Matches trees of ematches, or everything (net/sched/cls_basic.c)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import TcAction, tcf_action_exec, tcf_exts_destroy, tcf_exts_dump, tcf_exts_validate
from webapp.kernel.sched.cls_api import TcfChange, TcfProto, TcfProtoOps, TcfResult, note_filter, verdict_name
from webapp.kernel.sched.ematch import tcf_em_tree_match, tcf_em_tree_validate
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.pkt_cls_ematch import Ematch
from webapp.kernel.uapi.pkt_sched import BasicOptions, FilterRequest

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff


class BasicFilter:
    """struct basic_filter."""

    __slots__ = ("actions", "classid", "ematches", "handle", "police")

    def __init__(self, handle: int, options: BasicOptions, actions: tuple[TcAction, ...]) -> None:
        self.handle = handle
        self.ematches: tuple[Ematch, ...] = options.ematches
        self.classid = options.classid or 0
        self.police = options.police
        self.actions = actions


@kfunc("net/sched/cls_basic.c", "basic_classify", verdict=verdict_name)
def basic_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """Asks the filters, the newest first."""
    recorder = RECORDER.get()
    for f in tp.root:
        matched = tcf_em_tree_match(skb, f.ematches)
        verdict = -1
        if matched:
            res.classid = f.classid
            verdict = tcf_action_exec(skb, f.actions, res)
        if recorder is not None:
            count = len(f.ematches)
            note_filter(tp, f.handle, matched, (f"{count} ematch{'' if count == 1 else 'es'}",), verdict)
        if verdict >= 0:
            return verdict
    return -1


def _init(tp: TcfProto) -> None:
    tp.root = ()


def _destroy(tp: TcfProto) -> None:
    for f in tp.root:
        tcf_exts_destroy(f.actions)


def _get(tp: TcfProto, handle: int) -> BasicFilter | None:
    return next((f for f in tp.root if f.handle == handle), None)


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    options = request.options
    if options is None:
        raise KernelError(Errno.EINVAL)
    assert isinstance(options, BasicOptions)
    handle = found.handle if found is not None else request.handle or _free_handle(tp)
    actions = tcf_exts_validate(net, tp, options.actions, how)
    try:
        tcf_em_tree_validate(options.ematches)
    except KernelError:
        tcf_exts_destroy(actions)
        raise
    new = BasicFilter(handle, options, actions)
    if found is None:
        tp.root = (new, *tp.root)
        return
    tp.root = tuple(new if f is found else f for f in tp.root)
    tcf_exts_destroy(found.actions)


def _free_handle(tp: TcfProto) -> int:
    taken = {f.handle for f in tp.root}
    return next(handle for handle in range(1, len(taken) + 2) if handle not in taken)


def _delete(tp: TcfProto, found: Any) -> bool:
    tp.root = tuple(f for f in tp.root if f is not found)
    tcf_exts_destroy(found.actions)
    return not tp.root


def _walk(tp: TcfProto) -> Iterator[BasicFilter]:
    yield from tp.root


def _dump(tp: TcfProto, found: Any) -> tuple[int, BasicOptions]:
    f: BasicFilter = found
    return f.handle, BasicOptions(tcf_exts_dump(f.actions), f.classid or None, f.ematches, f.police)


CLS_BASIC_OPS = TcfProtoOps("basic", basic_classify, _init, _destroy, _get, _change, _delete, _walk, _dump)
