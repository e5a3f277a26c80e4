"""Hook registration and traversal (net/netfilter/core.c).

Entries of one hook are kept in order of priority; of equal priorities the one registered later runs first
(nf_hook_entries_grow inserts before equals).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_INGRESS,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NFPROTO_INET,
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


def _grow(entries: NfHookEntries | None, ops: NfHookOps) -> NfHookEntries:
    old = entries or ()
    place = next((i for i, other in enumerate(old) if ops.priority <= other.priority), len(old))
    return (*old[:place], ops, *old[place:])


def _shrink(entries: NfHookEntries | None, ops: NfHookOps) -> NfHookEntries | None:
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


@kfunc("net/netfilter/core.c", "nf_register_net_hook")
def nf_register_net_hook(net: Net, ops: NfHookOps) -> None:
    """Puts a hook in its place. Hooks of the netdev family and inet ingress need ``ops.dev``."""
    where = _at_device(ops)
    if where is None:
        hooks = net.nf.hooks
        hooks[ops.pf, ops.hooknum] = _grow(hooks.get((ops.pf, ops.hooknum)), ops)
    else:
        setattr(ops.dev, where, _grow(getattr(ops.dev, where), ops))
    _static_key(net, ops, 1)


@kfunc("net/netfilter/core.c", "nf_unregister_net_hook")
def nf_unregister_net_hook(net: Net, ops: NfHookOps) -> None:
    """Takes a registered hook away."""
    where = _at_device(ops)
    if where is None:
        hooks = net.nf.hooks
        rest = _shrink(hooks.get((ops.pf, ops.hooknum)), ops)
        if rest is None:
            hooks.pop((ops.pf, ops.hooknum), None)
        else:
            hooks[ops.pf, ops.hooknum] = rest
    else:
        setattr(ops.dev, where, _shrink(getattr(ops.dev, where), ops))
    _static_key(net, ops, -1)


def _nf_verdict(result: object) -> str:
    return {1: "NF_ACCEPT", 0: "NF_STOLEN"}.get(result, "NF_DROP") if isinstance(result, int) else ""


@kfunc("net/netfilter/core.c", "nf_hook_slow", verdict=_nf_verdict)
def nf_hook_slow(skb: SkBuff, state: NfHookState, entries: NfHookEntries) -> int:
    """Runs the hooks: 1 when all accept, -EPERM (-1) when one dropped the packet, 0 when one stole it."""
    for ops in entries:
        verdict = ops.hook(ops.priv, skb, state)
        if verdict == NF_ACCEPT:
            continue
        if verdict == NF_DROP:
            kfree_skb_reason(skb, DropReason.NETFILTER_DROP)
            return -1
        return 0
    return 1


def nf_hook(pf: int, hook: int, net: Net, skb: SkBuff, in_: NetDevice | None, out: NetDevice | None,
            okfn: Callable[[SkBuff], Any], sk: Any = None) -> int:  # fmt: skip
    """nf_hook (include/linux/netfilter.h): 1 when the packet may go on; ``okfn`` is not called here."""
    if not net.machine.keys.nf_hooks_needed.get((pf, hook)):
        return 1
    entries = net.nf.hooks.get((pf, hook))
    if entries is None:
        return 1
    return nf_hook_slow(skb, NfHookState(hook, pf, in_, out, net, sk, okfn), entries)


__all__ = [
    "HookFn",
    "NetNf",
    "NfHookEntries",
    "NfHookOps",
    "NfHookState",
    "NF_NETDEV_EGRESS",
    "nf_hook",
    "nf_hook_slow",
    "nf_register_net_hook",
    "nf_unregister_net_hook",
]
