"""Blocks, chains and the classification loop (net/sched/cls_api.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_EXT_MASK,
    TC_ACT_GOTO_CHAIN,
    TC_ACT_NAMES,
    TC_ACT_RECLASSIFY,
    TC_ACT_SHOT,
    TC_ACT_UNSPEC,
)

if TYPE_CHECKING:
    from webapp.kernel.core.skbuff import SkBuff

MAX_RECLASSIFY_LOOP = 16


class TcfResult:
    """struct tcf_result: what a classification leaves behind besides its code.

    ``goto_tp`` is the list of filters of the chain that a goto named, and ``drop_reason`` is set where the classifier
    knows better why the packet is to be dropped than its caller does.
    """

    __slots__ = ("classid", "drop_reason", "goto_tp")

    def __init__(self) -> None:
        self.classid = 0
        self.goto_tp: tuple[TcfProto, ...] = ()
        self.drop_reason: DropReason | None = None


class TcfProto:
    """struct tcf_proto: the filters of one preference, one protocol and one kind in a chain."""

    __slots__ = ("chain", "classify", "prio", "protocol", "root")

    def __init__(self, protocol: int, prio: int, classify: Callable[[SkBuff, TcfProto, TcfResult], int]) -> None:
        self.protocol = protocol
        self.prio = prio
        self.classify = classify
        self.root: Any = None
        self.chain: Any = None


class TcfBlock:
    """struct tcf_block: the chains that one side of a qdisc holds."""


def verdict_name(result: object) -> str:
    """The word for a verdict, as the kernel's headers spell it."""
    if not isinstance(result, int):
        return ""
    if result & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        return "TC_ACT_GOTO_CHAIN"
    return TC_ACT_NAMES.get(result, str(result))


@kfunc("net/sched/cls_api.c", "tcf_classify", verdict=verdict_name)
def tcf_classify(skb: SkBuff, block: TcfBlock, tp_list: tuple[TcfProto, ...], res: TcfResult) -> int:
    """Asks the filters in order: the first code that is not negative decides, and TC_ACT_UNSPEC is no match at all."""
    filters = tp_list
    limit = 0
    while True:
        again = None
        protocol = skb.protocol
        for tp in filters:
            if tp.protocol not in (protocol, ETH_P_ALL):
                continue
            err = tp.classify(skb, tp, res)
            if err == TC_ACT_RECLASSIFY:
                again = tp_list
            elif err >= 0 and err & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
                again = res.goto_tp
            elif err >= 0:
                return err
            else:
                continue
            break
        if again is None:
            return TC_ACT_UNSPEC
        if limit >= MAX_RECLASSIFY_LOOP:
            res.drop_reason = DropReason.TC_RECLASSIFY_LOOP
            return TC_ACT_SHOT
        limit += 1
        filters = again
