"""Says a word for every packet (net/sched/act_simple.c), in the kernel's log, which is not part of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.pkt_sched import Action, SimpleOptions, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff


class TcfDefact(TcAction):
    """struct tcf_defact."""

    __slots__ = ("sdata",)

    def __init__(self) -> None:
        super().__init__()
        self.sdata = ""


@kfunc("net/sched/act_simple.c", "tcf_simp_act", verdict=verdict_name)
def tcf_simp_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Counts the packet; what it says stands in the note of the walk."""
    tcf_action_update_bstats(a, skb)
    return a.action


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, SimpleOptions)
    if request.options.sdata is None:
        raise KernelError(Errno.EINVAL)


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, SimpleOptions)
    cast("TcfDefact", a).sdata = request.options.sdata or ""


def _dump(a: TcAction, gen: TcGen) -> SimpleOptions:
    return SimpleOptions(gen, cast("TcfDefact", a).sdata)


def _text(a: TcAction) -> str:
    return f"<{cast('TcfDefact', a).sdata}>"


SIMPLE_OPS = TcActionOps("simple", tcf_simp_act, _check, _check_new, TcfDefact, _change, _dump, _text, lambda _: False)
