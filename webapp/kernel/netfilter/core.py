"""Hook registration and traversal (net/netfilter/core.c).

Entries of one hook are kept in order of priority; of equal priorities the one registered later runs first
(nf_hook_entries_grow inserts before equals).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import Site, kfunc
from webapp.kernel.netfilter.nf_conntrack import IP_CT_IS_REPLY, IP_CT_RELATED, IP_CT_RELATED_REPLY
from webapp.kernel.trace import RECORDER, Band, Lane, StepKind
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_ARP_IN,
    NF_ARP_OUT,
    NF_BR_FORWARD,
    NF_BR_LOCAL_IN,
    NF_BR_LOCAL_OUT,
    NF_BR_POST_ROUTING,
    NF_BR_PRE_ROUTING,
    NF_DROP,
    NF_INET_FORWARD,
    NF_INET_INGRESS,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_NETDEV_INGRESS,
    NF_VERDICT_MASK,
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.net_namespace import Net


class NfHookState:
    """struct nf_hook_state: where in the path a hook function is called. ``in_``/``out`` are devices or None."""

    __slots__ = ("hook", "in_", "net", "okfn", "out", "pf", "sk")

    def __init__(
        self,
        hook: int,
        pf: int,
        in_: NetDevice | None,
        out: NetDevice | None,
        net: Net,
        sk: Any = None,
        okfn: Callable[[SkBuff], Any] | None = None,
    ) -> None:
        self.hook = hook
        self.pf = pf
        self.in_ = in_
        self.out = out
        self.net = net
        self.sk = sk
        self.okfn = okfn


HookFn = Callable[[Any, SkBuff, NfHookState], int]
"""A hook function: (priv, skb, state) to an NF_* verdict; on NF_STOLEN it has taken the packet."""

NfHookEntries = tuple["NfHookOps", ...]
"""The hooks at one place, in the order in which they run."""


class NfHookOps:
    """struct nf_hook_ops: one registered hook; ``dev`` only for the netdev family and inet ingress."""

    __slots__ = ("dev", "hook", "hooknum", "pf", "priority", "priv")

    def __init__(self, hook: HookFn, pf: int, hooknum: int, priority: int, priv: Any, dev: NetDevice | None) -> None:
        self.hook = hook
        self.pf = pf
        self.hooknum = hooknum
        self.priority = priority
        self.priv = priv
        self.dev = dev


class NetNf:
    """struct netns_nf: the hooks of one namespace by (pf, hooknum); the netdev family's hang on devices."""

    __slots__ = ("hooks",)

    def __init__(self) -> None:
        self.hooks: dict[tuple[int, int], NfHookEntries] = {}


def nf_hook_entries_insert(entries: NfHookEntries | None, ops: NfHookOps) -> NfHookEntries:
    """nf_hook_entries_grow: the hooks and one more, at its place."""
    old = entries or ()
    place = next((i for i, other in enumerate(old) if ops.priority <= other.priority), len(old))
    return (*old[:place], ops, *old[place:])


def nf_hook_entries_delete(entries: NfHookEntries | None, ops: NfHookOps) -> NfHookEntries | None:
    """nf_hook_entries_delete_raw: the hooks without one; None for none."""
    return tuple(other for other in entries or () if other is not ops) or None


def _at_device(ops: NfHookOps) -> str | None:
    """The device's attribute that holds such hooks: inet ingress shares the list of netdev ingress."""
    if ops.pf == NFPROTO_NETDEV:
        return "nf_hooks_ingress" if ops.hooknum == NF_NETDEV_INGRESS else "nf_hooks_egress"
    if ops.pf == NFPROTO_INET and ops.hooknum == NF_INET_INGRESS:
        return "nf_hooks_ingress"
    return None


def _static_key(net: Net, ops: NfHookOps, step: int) -> None:
    """nf_static_key_inc/dec, and the device path's own key (net_inc_ingress_queue, net_inc_egress_queue)."""
    keys = net.machine.keys
    where = _at_device(ops)
    if where == "nf_hooks_ingress":
        keys.ingress_needed_key += step
    elif where == "nf_hooks_egress":
        keys.egress_needed_key += step
    pf, hooknum = (NFPROTO_NETDEV, NF_NETDEV_INGRESS) if where == "nf_hooks_ingress" else (ops.pf, ops.hooknum)
    keys.nf_hooks_needed[pf, hooknum] = keys.nf_hooks_needed.get((pf, hooknum), 0) + step


def nf_ct_attach(new: SkBuff, skb: SkBuff) -> None:
    """nf_ct_attach: what this host says about a tracked packet is RELATED to its connection, the other way round."""
    if skb.nfct is not None:
        new.nfct = skb.nfct
        new.nfctinfo = IP_CT_RELATED_REPLY if skb.nfctinfo < IP_CT_IS_REPLY else IP_CT_RELATED


@kfunc("net/netfilter/core.c", "nf_register_net_hook")
def nf_register_net_hook(net: Net, ops: NfHookOps) -> None:
    """Puts a hook in its place. Hooks of the netdev family and inet ingress need ``ops.dev``."""
    where = _at_device(ops)
    if where is None:
        hooks = net.nf.hooks
        hooks[ops.pf, ops.hooknum] = nf_hook_entries_insert(hooks.get((ops.pf, ops.hooknum)), ops)
    else:
        setattr(ops.dev, where, nf_hook_entries_insert(getattr(ops.dev, where), ops))
    _static_key(net, ops, 1)


@kfunc("net/netfilter/core.c", "nf_unregister_net_hook")
def nf_unregister_net_hook(net: Net, ops: NfHookOps) -> None:
    """Takes a registered hook away."""
    where = _at_device(ops)
    if where is None:
        hooks = net.nf.hooks
        rest = nf_hook_entries_delete(hooks.get((ops.pf, ops.hooknum)), ops)
        if rest is None:
            hooks.pop((ops.pf, ops.hooknum), None)
        else:
            hooks[ops.pf, ops.hooknum] = rest
    else:
        setattr(ops.dev, where, nf_hook_entries_delete(getattr(ops.dev, where), ops))
    _static_key(net, ops, -1)


def _nf_verdict(result: object) -> str:
    return {1: "NF_ACCEPT", 0: "NF_STOLEN"}.get(result, "NF_DROP") if isinstance(result, int) else ""


@kfunc("net/netfilter/core.c", "nf_hook_slow", verdict=_nf_verdict)
def nf_hook_slow(skb: SkBuff, state: NfHookState, entries: NfHookEntries) -> int:
    """Runs the hooks: 1 when all accept, 0 when one stole the packet, a negative errno when one dropped it.

    A verdict's upper half is the errno (NF_DROP_GETERR): NF_DROP without one is EPERM, NF_STOLEN with one means that
    the hook has freed the packet itself (NF_DROP_REASON).
    """
    recorder = RECORDER.get()
    if recorder is not None:
        site = STATIONS.get((state.pf, state.hook))
        if site is not None:
            recorder.stop_at(site.station, site.lane, state.in_ if site.lane is Lane.IN else state.out, site.band)
    return nf_hook_iterate(skb, state, entries)


def nf_hook_iterate(skb: SkBuff, state: NfHookState, entries: NfHookEntries) -> int:
    """What nf_hook_slow and nf_hook_bridge_pre do alike: asks one hook after the other."""
    for ops in entries:
        verdict = ops.hook(ops.priv, skb, state)
        if verdict == NF_ACCEPT:
            continue
        error = -(verdict >> 16)
        if verdict & NF_VERDICT_MASK == NF_DROP:
            kfree_skb_reason(skb, DropReason.NETFILTER_DROP)
            return error or -1
        return error
    return 1


def _station(name: str, lane: Lane) -> Site:
    return Site("include/linux/netfilter.h", "nf_hook", band=Band.L3, lane=lane, station=name)


_INET_STATIONS = {
    NF_INET_PRE_ROUTING: _station("prerouting", Lane.IN),
    NF_INET_LOCAL_IN: _station("input", Lane.IN),
    NF_INET_FORWARD: _station("forward", Lane.OUT),
    NF_INET_LOCAL_OUT: _station("output", Lane.OUT),
    NF_INET_POST_ROUTING: _station("postrouting", Lane.OUT),
}

STATIONS: dict[tuple[int, int], Site] = {
    **{(pf, hook): site for pf in (NFPROTO_IPV4, NFPROTO_IPV6) for hook, site in _INET_STATIONS.items()},
    (NFPROTO_BRIDGE, NF_BR_PRE_ROUTING): _station("bridge prerouting", Lane.IN),
    (NFPROTO_BRIDGE, NF_BR_LOCAL_IN): _station("bridge input", Lane.IN),
    (NFPROTO_BRIDGE, NF_BR_FORWARD): _station("bridge forward", Lane.OUT),
    (NFPROTO_BRIDGE, NF_BR_LOCAL_OUT): _station("bridge output", Lane.OUT),
    (NFPROTO_BRIDGE, NF_BR_POST_ROUTING): _station("bridge postrouting", Lane.OUT),
    (NFPROTO_ARP, NF_ARP_IN): _station("arp in", Lane.IN),
    (NFPROTO_ARP, NF_ARP_OUT): _station("arp out", Lane.OUT),
}
"""Where the families above the device have their stops in the picture. The netdev family's are its own functions."""


def nf_hook(pf: int, hook: int, net: Net, skb: SkBuff, in_: NetDevice | None, out: NetDevice | None,
            okfn: Callable[[SkBuff], Any] | None = None, sk: Any = None) -> int:  # fmt: skip
    """nf_hook (include/linux/netfilter.h): 1 when the packet may go on, 0 stolen, -1 dropped.

    ``okfn`` is what goes on with the packet; it is not called here, a thief may call it later.
    """
    if not net.machine.keys.nf_hooks_needed.get((pf, hook)):
        _note_missed(pf, hook, skb, in_, out, StepKind.OFF)
        return 1
    entries = net.nf.hooks.get((pf, hook))
    if entries is None:
        _note_missed(pf, hook, skb, in_, out, StepKind.EMPTY)
        return 1
    return nf_hook_slow(skb, NfHookState(hook, pf, in_, out, net, sk, okfn), entries)


def nf_hook_entries(pf: int, hook: int, net: Net, skb: SkBuff, dev: NetDevice) -> NfHookEntries | None:
    """The hooks that are to see the packet, for who runs them himself; None is noted as a hook that was missed."""
    if not net.machine.keys.nf_hooks_needed.get((pf, hook)):
        _note_missed(pf, hook, skb, dev, dev, StepKind.OFF)
        return None
    entries: NfHookEntries | None = net.nf.hooks.get((pf, hook))
    if entries is None:
        _note_missed(pf, hook, skb, dev, dev, StepKind.EMPTY)
    return entries


def _note_missed(pf: int, hook: int, skb: SkBuff, in_: NetDevice | None, out: NetDevice | None, kind: StepKind) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        site = STATIONS.get((pf, hook))
        if site is None:
            # a hook that nothing can be attached to (arp forward: nft knows no such)
            return
        recorder.missed(site, skb, (in_ if site.lane is Lane.IN else out) or skb.dev, kind, "")
