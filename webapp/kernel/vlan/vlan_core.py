"""Packets that come in with a tag (net/8021q/vlan_core.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import (
    PACKET_HOST,
    PACKET_MULTICAST,
    PACKET_OTHERHOST,
    VLAN_VID_MASK,
    SkBuff,
    kfree_skb_reason,
)
from webapp.kernel.ethernet.etherdevice import ETH_ALEN
from webapp.kernel.kfunc import kfunc

VLAN_PRIO_SHIFT = 13


class VlanDev:
    """struct vlan_dev_priv: the device below, the tag, and what a packet's priority is in it and the other way round.

    ``flags`` are VlanFlags. ``real_dev_addr`` is the address that the device below had when this one was opened.
    ``inherits`` (NET_ADDR_STOLEN): nobody gave the device an address, it has that of the device below.
    """

    __slots__ = (
        "egress_priority", "flags", "ingress_priority", "inherits", "real_dev", "real_dev_addr", "vlan_id",
        "vlan_proto",
    )  # fmt: skip

    def __init__(self, real_dev: NetDevice, vlan_proto: int, vlan_id: int, flags: int) -> None:
        self.real_dev = real_dev
        self.real_dev_addr = b""
        self.vlan_proto = vlan_proto
        self.vlan_id = vlan_id
        self.flags = flags
        self.inherits = False
        self.ingress_priority: dict[int, int] = {}
        self.egress_priority: dict[int, int] = {}


def vlan_find_dev(real_dev: NetDevice, vlan_proto: int, vlan_id: int) -> NetDevice | None:
    """vlan_find_dev: the vlan device above ``real_dev`` with that tag."""
    return real_dev.vlan_info.get((vlan_proto, vlan_id))


@kfunc("net/8021q/vlan_core.c", "vlan_do_receive")
def vlan_do_receive(skb: SkBuff) -> bool | None:
    """Takes the tag off and gives the packet to its vlan device; False: that one is down; None: there is none."""
    dev = vlan_find_dev(skb.dev, skb.vlan_proto, skb.vlan_tci & VLAN_VID_MASK)
    if dev is None:
        return None
    if not dev.flags & Iff.UP:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return False
    skb.dev = dev
    if skb.pkt_type == PACKET_OTHERHOST and skb.head[skb.mac_header : skb.mac_header + ETH_ALEN] == dev.address:
        skb.pkt_type = PACKET_HOST
    vlan: VlanDev = dev.priv
    skb.priority = vlan.ingress_priority.get(skb.vlan_tci >> VLAN_PRIO_SHIFT, 0)
    skb.vlan_proto = skb.vlan_tci = 0
    stats = dev.stats
    stats.rx_packets += 1
    stats.rx_bytes += len(skb.head) - skb.data
    if skb.pkt_type == PACKET_MULTICAST:
        stats.multicast += 1
    return True
