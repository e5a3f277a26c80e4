"""Matches every packet of its protocol (net/sched/cls_matchall.c)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import (
    TcAction,
    tcf_action_exec,
    tcf_exts_destroy,
    tcf_exts_dump,
    tcf_exts_hw_stats_update,
    tcf_exts_validate,
)
from webapp.kernel.sched.cls_api import (
    TcfChange,
    TcfProto,
    TcfProtoOps,
    TcfResult,
    check_cls_flags,
    note_filter,
    verdict_name,
)
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.pkt_sched import ClsFlags, FilterRequest, MatchallOptions

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff


class ClsMallHead:
    """struct cls_mall_head: the one filter of a preference."""

    __slots__ = ("actions", "classid", "flags", "handle", "hits")

    def __init__(self, handle: int, classid: int, flags: ClsFlags, actions: tuple[TcAction, ...]) -> None:
        self.handle = handle
        self.classid = classid
        self.flags = flags
        self.actions = actions
        self.hits = 0


@kfunc("net/sched/cls_matchall.c", "mall_classify", verdict=verdict_name)
def mall_classify(skb: SkBuff, tp: TcfProto, res: TcfResult) -> int:
    """Runs the actions."""
    head: ClsMallHead | None = tp.root
    if head is None:
        return -1
    res.classid = head.classid
    head.hits += 1
    verdict = tcf_action_exec(skb, head.actions, res)
    if RECORDER.get() is not None:
        note_filter(tp, head.handle, True, (), verdict)
    return verdict


def _init(tp: TcfProto) -> None:
    """There is nothing before the filter is."""


def _destroy(tp: TcfProto) -> None:
    head: ClsMallHead | None = tp.root
    if head is not None:
        tcf_exts_destroy(head.actions)


def _get(tp: TcfProto, handle: int) -> ClsMallHead | None:
    head: ClsMallHead | None = tp.root
    return head if head is not None and head.handle == handle else None


def _change(net: Net, tp: TcfProto, request: FilterRequest, found: Any, how: TcfChange) -> None:
    options = request.options
    if options is None:
        raise KernelError(Errno.EINVAL)
    if tp.root is not None:
        raise KernelError(Errno.EEXIST)
    assert isinstance(options, MatchallOptions)
    check_cls_flags(options.flags)
    if options.flags & ClsFlags.SKIP_SW:
        raise KernelError(Errno.EOPNOTSUPP)
    actions = tcf_exts_validate(net, tp, options.actions, how, options.flags)
    tp.root = ClsMallHead(request.handle or 1, options.classid or 0, options.flags | ClsFlags.NOT_IN_HW, actions)


def _delete(tp: TcfProto, found: Any) -> bool:
    return True


def _walk(tp: TcfProto) -> Iterator[ClsMallHead]:
    if tp.root is not None:
        yield tp.root


def _dump(tp: TcfProto, found: Any) -> tuple[int, MatchallOptions]:
    head: ClsMallHead = found
    if not head.flags & ClsFlags.SKIP_HW:
        tcf_exts_hw_stats_update(head.actions)
    return head.handle, MatchallOptions(tcf_exts_dump(head.actions), head.classid or None, head.flags, head.hits)


CLS_MALL_OPS = TcfProtoOps("matchall", mall_classify, _init, _destroy, _get, _change, _delete, _walk, _dump)
