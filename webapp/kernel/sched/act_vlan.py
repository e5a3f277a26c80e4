"""Pushes, pops and changes VLAN tags and Ethernet headers (net/sched/act_vlan.c).

A tag that is pushed stands beside the frame, in vlan_tci; the one that stood there before goes into the frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.core.skbuff import (
    VLAN_VID_MASK,
    skb_eth_pop,
    skb_vlan_pop,
    skb_vlan_pop_payload,
    skb_vlan_push,
)
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q
from webapp.kernel.uapi.pkt_cls import TC_ACT_SHOT
from webapp.kernel.uapi.pkt_sched import Action, TcGen, VlanAction, VlanOptions

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

_VLANS = frozenset((ETH_P_8021Q, ETH_P_8021AD))
_PRIO_SHIFT = 13
_PRIO_MASK = 7 << _PRIO_SHIFT
_PROTOCOLS = {ETH_P_8021Q: "802.1Q", ETH_P_8021AD: "802.1ad"}
_WITH_TAG = frozenset((VlanAction.PUSH, VlanAction.MODIFY))
_WORDS = {
    VlanAction.POP: "pop",
    VlanAction.PUSH: "push",
    VlanAction.MODIFY: "modify",
    VlanAction.POP_ETH: "pop_eth",
    VlanAction.PUSH_ETH: "push_eth",
}


class TcfVlan(TcAction):
    """struct tcf_vlan: ``params`` as asked for, with the defaults that a dump says."""

    __slots__ = ("params",)

    def __init__(self) -> None:
        super().__init__()
        self.params = VlanOptions(TcGen())


@kfunc("net/sched/act_vlan.c", "tcf_vlan_act", verdict=verdict_name)
def tcf_vlan_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Works on the frame from its Ethernet header on; what cannot be done drops the packet."""
    v = cast("TcfVlan", a)
    tcf_action_update_bstats(v, skb)
    if skb.tc_at_ingress:
        skb.data = skb.mac_header
    done = _apply(skb, v.params)
    if skb.tc_at_ingress:
        skb.data = skb.network_header
    if not done:
        v.qstats.drops += 1
        return TC_ACT_SHOT
    return v.action


def _apply(skb: SkBuff, p: VlanOptions) -> bool:
    if p.v_action == VlanAction.POP:
        return skb_vlan_pop(skb)
    if p.v_action == VlanAction.PUSH:
        skb_vlan_push(skb, p.protocol or ETH_P_8021Q, (p.priority or 0) << _PRIO_SHIFT | (p.vid or 0))
        return True
    if p.v_action == VlanAction.MODIFY:
        return _modify(skb, p)
    if p.v_action == VlanAction.POP_ETH:
        return skb_eth_pop(skb)
    # skb_eth_push is for what has no network header yet; whatever tc meets has one.
    return False


def _modify(skb: SkBuff, p: VlanOptions) -> bool:
    """Changes the outer tag, which stands beside the frame then; there may be none."""
    if skb.vlan_proto:
        tci = skb.vlan_tci
    elif skb.protocol in _VLANS:
        popped = skb_vlan_pop_payload(skb)
        if popped is None:
            return False
        tci = popped
    else:
        return True
    tci = tci & ~VLAN_VID_MASK | (p.vid or 0)
    if p.priority is not None:
        tci = tci & ~_PRIO_MASK | p.priority << _PRIO_SHIFT
    skb.vlan_proto = p.protocol or ETH_P_8021Q
    skb.vlan_tci = tci
    return True


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, VlanOptions)
    options = request.options
    if options.v_action not in _WORDS:
        raise KernelError(Errno.EINVAL)
    if options.v_action in _WITH_TAG:
        if options.vid is None:
            raise KernelError(Errno.EINVAL)
        if options.vid >= VLAN_VID_MASK:
            raise KernelError(Errno.ERANGE)
        if options.protocol not in (None, *_VLANS):
            raise KernelError(Errno.EPROTONOSUPPORT)


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, VlanOptions)
    options = request.options
    if options.v_action not in _WITH_TAG:
        cast("TcfVlan", a).params = options
        return
    priority = options.priority
    if options.v_action == VlanAction.PUSH:
        priority = priority or 0
    cast("TcfVlan", a).params = VlanOptions(
        options.gen, options.v_action, options.vid, options.protocol or ETH_P_8021Q, priority
    )


def _dump(a: TcAction, gen: TcGen) -> VlanOptions:
    p = cast("TcfVlan", a).params
    return VlanOptions(gen, p.v_action, p.vid, p.protocol, p.priority, p.eth_dst, p.eth_src)


def _text(a: TcAction) -> str:
    p = cast("TcfVlan", a).params
    words = [_WORDS[p.v_action]]
    if p.v_action in _WITH_TAG:
        words.append(f"id {p.vid} protocol {_PROTOCOLS[p.protocol or ETH_P_8021Q]}")
        if p.priority is not None:
            words.append(f"priority {p.priority}")
    if p.eth_dst is not None and p.eth_src is not None:
        words.append(f"dst_mac {p.eth_dst.hex(':')} src_mac {p.eth_src.hex(':')}")
    return " ".join(words)


VLAN_OPS = TcActionOps("vlan", tcf_vlan_act, _check, _check_new, TcfVlan, _change, _dump, _text, lambda _: True)
