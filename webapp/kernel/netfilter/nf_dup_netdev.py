"""Sending packets out of a device from a netdev chain (net/netfilter/nf_dup_netdev.c).

The packet is below tc's egress again and goes through the target's whole ``__dev_queue_xmit``: unlike tc's mirred it
meets the target's netfilter egress hook.
"""

from __future__ import annotations

from webapp.kernel.core.dev import dev_queue_xmit
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_tables import NftPktinfo
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.uapi.netfilter import NF_NETDEV_INGRESS

NF_RECURSION_LIMIT = 2


def lane(state: NfHookState) -> Lane:
    """On which side of its device the chain hangs."""
    return Lane.IN if state.hook == NF_NETDEV_INGRESS else Lane.OUT


@kfunc("net/netfilter/nf_dup_netdev.c", "nf_do_netdev_egress")
def nf_do_netdev_egress(skb: SkBuff, dev: NetDevice, hook: int) -> None:
    machine = dev.net.machine
    if machine.nf_dup_skb_recursion > NF_RECURSION_LIMIT:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return
    if hook == NF_NETDEV_INGRESS and skb.mac_header >= 0:
        skb.push(skb.data - skb.mac_header)
    skb.dev = dev
    machine.nf_dup_skb_recursion += 1
    dev_queue_xmit(skb)
    machine.nf_dup_skb_recursion -= 1


@kfunc("net/netfilter/nf_dup_netdev.c", "nf_fwd_netdev_egress")
def nf_fwd_netdev_egress(pkt: NftPktinfo, oif: int) -> None:
    dev = pkt.state.net.dev_get_by_index(oif)
    if dev is None:
        kfree_skb_reason(pkt.skb, DropReason.NOT_SPECIFIED)
        return
    nf_do_netdev_egress(pkt.skb, dev, pkt.state.hook)


@kfunc("net/netfilter/nf_dup_netdev.c", "nf_dup_netdev_egress", station="dup")
def nf_dup_netdev_egress(pkt: NftPktinfo, oif: int) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.stop_at("dup", lane(pkt.state), pkt.state.in_ or pkt.state.out)
    dev = pkt.state.net.dev_get_by_index(oif)
    if dev is not None:
        nf_do_netdev_egress(pkt.skb.clone(), dev, pkt.state.hook)
