"""Sets fields of the packet's record, not of the packet: mark, priority, type (net/sched/act_skbedit.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.core.skbuff import PACKET_OTHERHOST
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import ActFlags, Action, SkbeditOptions, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_ALL_BITS = 0xFFFFFFFF


class TcfSkbedit(TcAction):
    """struct tcf_skbedit: ``params`` as asked for."""

    __slots__ = ("params",)

    def __init__(self) -> None:
        super().__init__()
        self.params = SkbeditOptions(TcGen())


@kfunc("net/sched/act_skbedit.c", "tcf_skbedit_act", verdict=verdict_name)
def tcf_skbedit_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Sets what it was told to; a queue mapping has no effect on devices with one queue, which all of them have."""
    d = cast("TcfSkbedit", a)
    tcf_action_update_bstats(d, skb)
    params = d.params
    if params.priority is not None:
        skb.priority = params.priority
    if params.inheritdsfield:
        priority = _dscp(skb)
        if priority is None:
            d.qstats.drops += 1
            return TC_ACT_SHOT
        skb.priority = priority
    if params.mark is not None:
        mask = _ALL_BITS if params.mask is None else params.mask
        skb.mark = skb.mark & ~mask | params.mark & mask
    if params.ptype is not None:
        skb.pkt_type = params.ptype
    return d.action


def _dscp(skb: SkBuff) -> int | None:
    """The DS code point of an IP packet, the old priority of another, None where the header is not whole."""
    at = skb.network_header
    head = skb.head
    if skb.protocol == ETH_P_IP:
        return head[at + 1] >> 2 if len(head) >= at + 20 else None
    if skb.protocol == ETH_P_IPV6:
        return int.from_bytes(head[at : at + 2]) >> 6 & 0x3F if len(head) >= at + 40 else None
    return skb.priority


def _check(net: Net, request: Action, how: ActInit) -> None:
    assert isinstance(request.options, SkbeditOptions)
    options = request.options
    if options.queue_mapping is not None and how.at_ingress and not request.flags & ActFlags.SKIP_SW:
        raise KernelError(
            Errno.EOPNOTSUPP,
            'act_skbedit: "queue_mapping" option on receive side is hardware only, use skip_sw',
        )
    if options.ptype is not None and options.ptype > PACKET_OTHERHOST:
        raise KernelError(Errno.EINVAL)


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, SkbeditOptions)
    options = request.options
    fields = (options.priority, options.queue_mapping, options.mark, options.mask, options.ptype)
    if not options.inheritdsfield and all(field is None for field in fields):
        raise KernelError(Errno.EINVAL)


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, SkbeditOptions)
    cast("TcfSkbedit", a).params = request.options


def _dump(a: TcAction, gen: TcGen) -> SkbeditOptions:
    p = cast("TcfSkbedit", a).params
    return SkbeditOptions(gen, p.priority, p.queue_mapping, p.mark, p.mask, p.ptype, p.inheritdsfield)


def _text(a: TcAction) -> str:
    p = cast("TcfSkbedit", a).params
    words = []
    if p.queue_mapping is not None:
        words.append(f"queue_mapping {p.queue_mapping}")
    if p.priority is not None:
        words.append(f"priority {p.priority >> 16:x}:{p.priority & 0xFFFF:x}")
    if p.mark is not None:
        words.append(f"mark {p.mark}" + ("" if p.mask is None else f"/{p.mask:#x}"))
    if p.ptype is not None:
        words.append(f"ptype {('host', 'broadcast', 'multicast', 'otherhost')[p.ptype]}")
    if p.inheritdsfield:
        words.append("inheritdsfield")
    return " ".join(words)


def _offloadable(a: TcAction) -> bool:
    p = cast("TcfSkbedit", a).params
    set_fields = [p.priority is not None, p.queue_mapping is not None, p.mark is not None, p.ptype is not None]
    return sum(set_fields) == 1 and p.queue_mapping is None and not p.inheritdsfield


SKBEDIT_OPS = TcActionOps(
    "skbedit", tcf_skbedit_act, _check, _check_new, TcfSkbedit, _change, _dump, _text, _offloadable
)
