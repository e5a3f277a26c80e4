"""The netdev family's hooks at a device (include/linux/netfilter_netdev.h)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.kfunc import Site, kfunc
from webapp.kernel.netfilter.core import NfHookState, nf_hook_slow
from webapp.kernel.trace import RECORDER, Lane, StepKind
from webapp.kernel.uapi.netfilter import NF_NETDEV_EGRESS, NF_NETDEV_INGRESS, NFPROTO_NETDEV

if TYPE_CHECKING:
    from webapp.kernel.core.net_device import NetDevice
    from webapp.kernel.core.skbuff import SkBuff

_HEADER = "include/linux/netfilter_netdev.h"
_NAMES = {1: "NF_ACCEPT", 0: "NF_STOLEN", -1: "NF_DROP"}

INGRESS_SITE = Site(_HEADER, "nf_hook_ingress", lane=Lane.IN, station="nft ingress")
EGRESS_SITE = Site(_HEADER, "nf_hook_egress", lane=Lane.OUT, station="nft egress")


def _name(result: int) -> str:
    return _NAMES[result]


@kfunc(_HEADER, "nf_hook_ingress", lane=Lane.IN, station="nft ingress", verdict=_name)
def nf_hook_ingress(skb: SkBuff) -> int:
    """1: the packet goes on; 0: stolen; -1: dropped. The caller has seen that the device has ingress hooks."""
    dev = skb.dev
    entries = dev.nf_hooks_ingress
    if entries is None:
        return 1
    return nf_hook_slow(skb, NfHookState(NF_NETDEV_INGRESS, NFPROTO_NETDEV, dev, None, dev.net), entries)


@kfunc(_HEADER, "nf_hook_egress", lane=Lane.OUT, station="nft egress", verdict=_name)
def nf_hook_egress(skb: SkBuff, dev: NetDevice) -> int:
    """1: the packet goes on; 0: stolen; -1: dropped.

    A packet on which tc put nf_skip_egress is on the tc layer already, below netfilter: it passes by.
    """
    entries = dev.nf_hooks_egress
    if skb.nf_skip_egress or entries is None:
        recorder = RECORDER.get()
        if recorder is not None:
            if entries is None:
                recorder.not_run(StepKind.EMPTY, "")
            else:
                recorder.not_run(StepKind.PASSED_BY, "nf_skip_egress = 1")
        return 1
    return nf_hook_slow(skb, NfHookState(NF_NETDEV_EGRESS, NFPROTO_NETDEV, None, dev, dev.net), entries)


def note_missed(site: Site, skb: SkBuff, dev: NetDevice, kind: StepKind, reason: str = "") -> None:
    """Records that a netdev hook did not run here."""
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.missed(site, skb, dev, kind, reason)


def note_ingress_passed(skb: SkBuff, dev: NetDevice) -> None:
    """Records that tc has taken the packet from before the device's netfilter ingress hooks, where it has any."""
    if dev.nf_hooks_ingress is not None:
        note_missed(INGRESS_SITE, skb, dev, StepKind.PASSED_BY, "tc ingress took the packet")
