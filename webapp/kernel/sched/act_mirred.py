"""Sends a packet, or a copy of it, to another device (net/sched/act_mirred.c).

Everything stays in the tc layer: what is sent on still has nf_skip_egress set, so the target's netfilter egress hook
lets it pass and its tc egress does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from webapp.kernel.core.dev import dev_queue_xmit, netif_receive_skb, netif_rx
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import ARPHRD_NONE, Iff, NetDevice
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.netfilter_netdev import note_ingress_passed
from webapp.kernel.netfilter.nf_conntrack import nf_reset_ct
from webapp.kernel.sched.act_api import ActInit, TcAction, TcActionOps, tcf_action_update_bstats
from webapp.kernel.sched.cls_api import TcfResult, verdict_name
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.uapi.pkt_cls import (
    TC_ACT_CONSUMED,
    TC_ACT_QUEUED,
    TC_ACT_SHOT,
    TC_ACT_STOLEN,
    TC_ACT_TRAP,
)
from webapp.kernel.uapi.pkt_sched import Action, MirredAction, MirredOptions, TcGen

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.core.skbuff import SkBuff

MIRRED_NEST_LIMIT = 4

_REDIRECTS = frozenset((MirredAction.EGRESS_REDIR, MirredAction.INGRESS_REDIR))
_TO_INGRESS = frozenset((MirredAction.INGRESS_REDIR, MirredAction.INGRESS_MIRROR))
_CAN_REINSERT = frozenset((TC_ACT_SHOT, TC_ACT_STOLEN, TC_ACT_QUEUED, TC_ACT_TRAP))
_TEXTS = {
    MirredAction.EGRESS_REDIR: "Egress Redirect",
    MirredAction.EGRESS_MIRROR: "Egress Mirror",
    MirredAction.INGRESS_REDIR: "Ingress Redirect",
    MirredAction.INGRESS_MIRROR: "Ingress Mirror",
}


class TcfMirred(TcAction):
    """struct tcf_mirred. ``dev`` is None once the target is gone; ``redirect`` and ``want_ingress`` say eaction."""

    __slots__ = ("dev", "eaction", "redirect", "want_ingress")

    def __init__(self) -> None:
        super().__init__()
        self.dev: NetDevice | None = None
        self.eaction = MirredAction.EGRESS_REDIR
        self.redirect = True
        self.want_ingress = False


@kfunc("net/sched/act_mirred.c", "tcf_mirred_act", station="mirred", verdict=verdict_name)
def tcf_mirred_act(skb: SkBuff, a: TcAction, res: TcfResult) -> int:
    """Redirects or mirrors; a packet that is already four deep in mirred is dropped instead."""
    m = cast("TcfMirred", a)
    machine = skb.dev.net.machine
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.stop_at("mirred", Lane.IN if skb.tc_at_ingress else Lane.OUT, skb.dev)
    if machine.mirred_nest >= MIRRED_NEST_LIMIT:
        return TC_ACT_SHOT
    tcf_action_update_bstats(m, skb)
    dev = m.dev
    if dev is None:
        m.qstats.overlimits += 1
        return m.action
    if machine.version.mirred_device_list and not m.want_ingress:
        if dev in machine.sched_mirred_dev:
            m.qstats.overlimits += 1
            return TC_ACT_SHOT if m.redirect else m.action
        machine.sched_mirred_dev.append(dev)
        verdict = _nested(skb, m, dev)
        machine.sched_mirred_dev.pop()
        return verdict
    return _nested(skb, m, dev)


def _nested(skb: SkBuff, m: TcfMirred, dev: NetDevice) -> int:
    machine = dev.net.machine
    machine.mirred_nest += 1
    verdict = tcf_mirred_to_dev(skb, m, dev)
    machine.mirred_nest -= 1
    return verdict


@kfunc("net/sched/act_mirred.c", "tcf_mirred_to_dev", verdict=verdict_name)
def tcf_mirred_to_dev(skb: SkBuff, m: TcfMirred, dev: NetDevice) -> int:
    """Sends the packet itself where it ends here anyway (at ingress), else a clone; data where the target wants it."""
    if not dev.flags & Iff.UP or not dev.carrier:
        m.qstats.overlimits += 1
        return TC_ACT_SHOT if m.redirect else m.action
    at_ingress = skb.tc_at_ingress
    in_place = at_ingress and m.redirect and m.action in _CAN_REINSERT
    if in_place:
        note_ingress_passed(skb, skb.dev)
    skb_to_send = skb if in_place else skb.clone()
    nf_reset_ct(skb_to_send)
    if m.want_ingress and not at_ingress:
        skb_to_send.dst = None
    skb_to_send.data = skb.network_header if m.want_ingress or dev.type == ARPHRD_NONE else skb.mac_header
    skb_to_send.skb_iif = skb.dev.ifindex
    skb_to_send.dev = dev
    if m.redirect:
        skb_to_send.redirected = 1
        skb_to_send.from_ingress = at_ingress
    if tcf_mirred_forward(at_ingress, m.want_ingress, skb_to_send):
        m.qstats.overlimits += 1
    return TC_ACT_CONSUMED if in_place else m.action


def tcf_mirred_forward(at_ingress: int, want_ingress: bool, skb: SkBuff) -> int:
    """Down the target's transmit path, or up its receive path: at once from ingress, by the backlog from egress."""
    if not want_ingress:
        return dev_queue_xmit(skb)
    return netif_receive_skb(skb) if at_ingress else netif_rx(skb)


def _check(net: Net, request: Action, how: ActInit) -> None:
    """What a request says is judged when it is used: a filter that names an index says nothing else."""


def _check_new(net: Net, request: Action) -> None:
    assert isinstance(request.options, MirredOptions)
    options = request.options
    if options.eaction not in _TEXTS:
        raise KernelError(Errno.EINVAL, "act_mirred: Unknown mirred option")
    if not options.ifindex and not (options.gen.index and options.gen.index in net.tc_actions.get("mirred", {})):
        raise KernelError(Errno.EINVAL, "act_mirred: Must specify device or block")
    if options.ifindex and net.dev_get_by_index(options.ifindex) is None:
        raise KernelError(Errno.ENODEV)


def _change(net: Net, a: TcAction, request: Action) -> None:
    assert isinstance(request.options, MirredOptions)
    m = cast("TcfMirred", a)
    m.eaction = MirredAction(request.options.eaction)
    m.redirect = m.eaction in _REDIRECTS
    m.want_ingress = m.eaction in _TO_INGRESS
    if request.options.ifindex:
        m.dev = net.dev_get_by_index(request.options.ifindex)


def _dump(a: TcAction, gen: TcGen) -> MirredOptions:
    m = cast("TcfMirred", a)
    return MirredOptions(gen, m.eaction, 0 if m.dev is None else m.dev.ifindex)


def _text(a: TcAction) -> str:
    m = cast("TcfMirred", a)
    return f"{_TEXTS[m.eaction]} to device {'*' if m.dev is None else m.dev.name}"


def mirred_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """A target that goes away is forgotten; the action stays and sends nothing any more."""
    if event is not NetdevEvent.UNREGISTER:
        return
    for a in dev.net.tc_actions.get("mirred", {}).values():
        m = cast("TcfMirred", a)
        if m.dev is dev:
            m.dev = None


MIRRED_OPS = TcActionOps("mirred", tcf_mirred_act, _check, _check_new, TcfMirred, _change, _dump, _text, lambda _: True)
