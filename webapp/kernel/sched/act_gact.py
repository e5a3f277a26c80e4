"""Verdicts as actions: pass, drop, continue … (net/sched/act_gact.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_EXT_MASK,
    TC_ACT_EXT_VAL_MASK,
    TC_ACT_GOTO_CHAIN,
    TC_ACT_JUMP,
    TC_ACT_OK,
    TC_ACT_PIPE,
    TC_ACT_RECLASSIFY,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
    TC_ACT_UNSPEC,
)
from webapp.kernel.uapi.pkt_sched import Action, GactOptions, GactProb, GactRandom, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_WORDS = {
    TC_ACT_UNSPEC: "continue",
    TC_ACT_OK: "pass",
    TC_ACT_SHOT: "drop",
    TC_ACT_RECLASSIFY: "reclassify",
    TC_ACT_PIPE: "pipe",
    TC_ACT_STOLEN: "stolen",
    TC_ACT_TRAP: "trap",
}


def control_text(action: int) -> str:
    """A control in tc's words."""
    if action >= 0 and action & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        return f"goto chain {action & TC_ACT_EXT_VAL_MASK}"
    if action >= 0 and action & TC_ACT_EXT_MASK == TC_ACT_JUMP:
        return f"jump {action & TC_ACT_EXT_VAL_MASK}"
    return _WORDS.get(action, str(action))


class TcfGact(TcAction):
    """struct tcf_gact. With ``prob``, every pval-th packet gets the other control."""

    __slots__ = ("packets", "prob")

    def __init__(self) -> None:
        super().__init__()
        self.prob: GactProb | None = None
        self.packets = 0


@kfunc("net/sched/act_gact.c", "tcf_gact_act", verdict=verdict_name)
def tcf_gact_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Says its verdict, and counts a drop."""
    gact = cast("TcfGact", a)
    action = gact.action
    prob = gact.prob
    if prob is not None:
        gact.packets += 1
        if gact.packets % prob.pval == 0:
            action = prob.paction
    tcf_action_update_bstats(gact, skb)
    if action == TC_ACT_SHOT:
        gact.qstats.drops += 1
    return action


def _check(net: Net, request: Action, how: ActInit) -> None:
    assert isinstance(request.options, GactOptions)
    prob = request.options.prob
    if prob is None:
        return
    if prob.ptype == GactRandom.NETRAND:
        # The same lab gives the same walk: there is no chance in the model.
        raise KernelError(Errno.EOPNOTSUPP, "random netrand is not modelled, random determ is")
    if prob.paction >= 0 and prob.paction & TC_ACT_EXT_MASK == TC_ACT_GOTO_CHAIN:
        raise KernelError(Errno.EINVAL, "goto chain not allowed on fallback")


def _check_new(net: Net, request: Action) -> None:
    """Nothing is needed."""


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, GactOptions)
    prob = request.options.prob
    if prob is not None:
        cast("TcfGact", a).prob = GactProb(prob.ptype, max(1, prob.pval), prob.paction)


def _dump(a: TcAction, gen: TcGen) -> GactOptions:
    return GactOptions(gen, cast("TcfGact", a).prob)


def _offloadable(a: TcAction) -> bool:
    opcode = a.action & TC_ACT_EXT_MASK if a.action >= 0 else 0
    return opcode == TC_ACT_GOTO_CHAIN or a.action in (TC_ACT_OK, TC_ACT_SHOT, TC_ACT_TRAP)


GACT_OPS = TcActionOps(
    "gact", tcf_gact_act, _check, _check_new, TcfGact, _change, _dump, lambda a: control_text(a.action), _offloadable
)
