"""Sets or swaps the addresses of the Ethernet header, or marks congestion (net/sched/act_skbmod.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.core.net_device import ARPHRD_ETHER
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import Action, SkbmodOptions, TcGen
from webapp.kernel.wire.checksum import update

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_ECN_MASK = _ECN_CE = 3


class TcfSkbmod(TcAction):
    """struct tcf_skbmod."""

    __slots__ = ("params",)

    def __init__(self) -> None:
        super().__init__()
        self.params = SkbmodOptions(TcGen())


@kfunc("net/sched/act_skbmod.c", "tcf_skbmod_act", verdict=verdict_name)
def tcf_skbmod_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Changes an Ethernet frame; a control of drop drops before."""
    d = cast("TcfSkbmod", a)
    tcf_action_update_bstats(d, skb)
    if d.action == TC_ACT_SHOT:
        d.qstats.overlimits += 1
        return TC_ACT_SHOT
    p = d.params
    if p.ecn:
        _set_ce(skb)
    elif skb.dev.type == ARPHRD_ETHER and skb.mac_header >= 0:
        _edit_header(skb, p)
    return d.action


def _edit_header(skb: SkBuff, p: SkbmodOptions) -> None:
    at = skb.mac_header
    dst, src = skb.head[at : at + 6], skb.head[at + 6 : at + 12]
    if p.swapmac:
        dst, src = src, dst
    skb.write(at, (p.dmac or dst) + (p.smac or src))
    if p.etype is not None:
        skb.write(at + 12, p.etype.to_bytes(2))


def _set_ce(skb: SkBuff) -> None:
    """INET_ECN_set_ce: congestion experienced, for packets that can say so (ECT)."""
    at, head = skb.network_header, skb.head
    protocol = skb.protocol
    if protocol == ETH_P_IP and len(head) >= at + 20:
        tos = head[at + 1]
        if tos & _ECN_MASK not in (0, _ECN_CE):
            old = int.from_bytes(head[at : at + 2])
            check = update(int.from_bytes(head[at + 10 : at + 12]), old, old | _ECN_CE)
            skb.write(at + 1, bytes((tos | _ECN_CE,)))
            skb.write(at + 10, check.to_bytes(2))
    elif protocol == ETH_P_IPV6 and len(head) >= at + 40 and head[at + 1] >> 4 & _ECN_MASK:
        skb.write(at + 1, bytes((head[at + 1] | _ECN_CE << 4,)))


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, SkbmodOptions)
    p = request.options
    if p.dmac is None and p.smac is None and p.etype is None and not p.swapmac and not p.ecn:
        raise KernelError(Errno.EINVAL)


def _change(net: Net, a: TcAction, request: Action) -> None:
    """Swapping excludes setting, and marking excludes both."""
    assert isinstance(request.options, SkbmodOptions)
    p = request.options
    if p.ecn:
        p = SkbmodOptions(p.gen, ecn=True)
    elif p.swapmac:
        p = SkbmodOptions(p.gen, swapmac=True)
    cast("TcfSkbmod", a).params = p


def _dump(a: TcAction, gen: TcGen) -> SkbmodOptions:
    p = cast("TcfSkbmod", a).params
    return SkbmodOptions(gen, p.dmac, p.smac, p.etype, p.swapmac, p.ecn)


def _text(a: TcAction) -> str:
    p = cast("TcfSkbmod", a).params
    words = []
    if p.etype is not None:
        words.append(f"set etype {p.etype:#x}")
    if p.dmac is not None:
        words.append(f"set dmac {p.dmac.hex(':')}")
    if p.smac is not None:
        words.append(f"set smac {p.smac.hex(':')}")
    if p.swapmac:
        words.append("swap mac")
    if p.ecn:
        words.append("ecn")
    return " ".join(words)


SKBMOD_OPS = TcActionOps(
    "skbmod", tcf_skbmod_act, _check, _check_new, TcfSkbmod, _change, _dump, _text, lambda _: False
)
