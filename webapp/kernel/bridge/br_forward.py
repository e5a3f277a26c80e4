"""Out of a port, or out of all of them (net/bridge/br_forward.c)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from webapp.kernel.bridge.br_nf_core import br_drop_fake_rtable
from webapp.kernel.bridge.br_vlan import br_allowed_egress, br_handle_vlan
from webapp.kernel.core.dev import dev_queue_xmit, is_skb_forwardable
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import ETH_HLEN
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.uapi.if_bridge import BrState
from webapp.kernel.uapi.netfilter import NF_BR_FORWARD, NF_BR_LOCAL_OUT, NF_BR_POST_ROUTING, NFPROTO_BRIDGE

if TYPE_CHECKING:
    from webapp.kernel.bridge.br_private import Bridge, BridgePort
    from webapp.kernel.core.net_device import NetDevice


class BrPktType(Enum):
    """enum br_pkt_type."""

    UNICAST = "unicast"
    MULTICAST = "multicast"
    BROADCAST = "broadcast"


def should_deliver(port: BridgePort, skb: SkBuff) -> bool:
    """A frame does not go back to where it came from, nor between isolated ports, nor to a port that is blocked."""
    return (
        (skb.dev is not port.dev or port.hairpin)
        and port.state is BrState.FORWARDING
        and (not skb.cb.vlan_filtered or br_allowed_egress(port.vlgrp, skb))
        and not (port.isolated and skb.cb.src_port_isolated)
    )


@kfunc("net/bridge/br_forward.c", "br_dev_queue_push_xmit")
def br_dev_queue_push_xmit(skb: SkBuff) -> int:
    """The last step: the Ethernet header comes back and the port's own egress path begins."""
    skb.push(ETH_HLEN)
    if not is_skb_forwardable(skb.dev, skb):
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return 0
    br_drop_fake_rtable(skb)
    dev_queue_xmit(skb)
    return 0


@kfunc("net/bridge/br_forward.c", "br_forward_finish")
def br_forward_finish(skb: SkBuff) -> int:
    """After FORWARD or OUTPUT: the bridge family's POSTROUTING."""
    dev = skb.dev
    if nf_hook(NFPROTO_BRIDGE, NF_BR_POST_ROUTING, dev.net, skb, None, dev, br_dev_queue_push_xmit) == 1:
        return br_dev_queue_push_xmit(skb)
    return 0


@kfunc("net/bridge/br_forward.c", "__br_forward")
def br_forward_to_port(to: BridgePort, skb: SkBuff, local_orig: bool) -> None:
    """Towards one port: the bridge family's FORWARD, or OUTPUT for what this host sends."""
    if not br_handle_vlan(to.br, to.vlgrp, skb):
        return
    indev: NetDevice | None = skb.dev
    skb.dev = to.dev
    hook = NF_BR_FORWARD
    if local_orig:
        hook, indev = NF_BR_LOCAL_OUT, None
    if nf_hook(NFPROTO_BRIDGE, hook, to.dev.net, skb, indev, to.dev, br_forward_finish) == 1:
        br_forward_finish(skb)


@kfunc("net/bridge/br_forward.c", "br_forward")
def br_forward(to: BridgePort | None, skb: SkBuff, local_rcv: bool, local_orig: bool) -> None:
    """To the port behind which the address is. With ``local_rcv`` the caller still needs the packet."""
    if to is not None and should_deliver(to, skb):
        br_forward_to_port(to, skb.clone() if local_rcv else skb, local_orig)
    elif not local_rcv:
        kfree_skb_reason(skb, DropReason.NO_TX_TARGET)


def _wants(port: BridgePort, skb: SkBuff, kind: BrPktType) -> bool:
    """The port's flooding flags; they do not hold for broadcast and multicast that the bridge itself sends."""
    if kind is BrPktType.UNICAST:
        return port.flood
    if skb.dev is port.br.dev:
        return True
    return port.mcast_flood if kind is BrPktType.MULTICAST else port.bcast_flood


@kfunc("net/bridge/br_forward.c", "br_flood")
def br_flood(br: Bridge, skb: SkBuff, kind: BrPktType, local_rcv: bool, local_orig: bool) -> None:
    """Out of every port that may have it: copies first, the packet itself last."""
    last: BridgePort | None = None
    for port in br.ports:
        if not _wants(port, skb, kind) or not should_deliver(port, skb):
            continue
        if last is not None:
            br_forward_to_port(last, skb.clone(), local_orig)
        last = port
    if last is not None:
        br_forward_to_port(last, skb.clone() if local_rcv else skb, local_orig)
    elif not local_rcv:
        kfree_skb_reason(skb, DropReason.NO_TX_TARGET)
