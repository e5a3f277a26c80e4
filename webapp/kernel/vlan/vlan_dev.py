"""vlan devices (net/8021q/vlan_dev.c, vlan.c): what they send gets a tag and goes out of the device below.

The tag stands beside the frame until a driver wants it inside. VLAN_FLAG_REORDER_HDR is always set.
"""

from __future__ import annotations

from webapp.kernel.core.dev import dev_queue_xmit
from webapp.kernel.core.dev_addr_lists import dev_set_allmulti, dev_set_promiscuity, dev_uc_add, dev_uc_del
from webapp.kernel.core.dev_flags import dev_change_flags, dev_get_flags, dev_set_mtu
from webapp.kernel.core.dev_state import (
    NetdevEvent,
    call_netdevice_notifiers,
    dev_close,
    netdev_upper_dev_link,
    netdev_upper_dev_unlink,
    netif_carrier_off,
    netif_carrier_on,
    netif_stacked_transfer_operstate,
    register_netdevice,
    unregister_netdevice,
)
from webapp.kernel.core.link_watch import linkwatch_fire_event
from webapp.kernel.core.net_device import NET_XMIT_CN, NET_XMIT_SUCCESS, Iff, NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import Band, Lane
from webapp.kernel.uapi.if_vlan import VlanFlags
from webapp.kernel.vlan.vlan_core import VLAN_PRIO_SHIFT, VlanDev

_NOT_TAKEN_OVER = Iff.UP | Iff.PROMISC | Iff.ALLMULTI


@kfunc("net/8021q/vlan_dev.c", "vlan_dev_hard_start_xmit", band=Band.DRIVER, lane=Lane.OUT, station="xmit")
def vlan_dev_hard_start_xmit(skb: SkBuff, dev: NetDevice) -> int:
    """Puts the tag on and sends the packet out of the device below; sent is what that one took."""
    vlan: VlanDev = dev.priv
    length = len(skb.head) - skb.data
    skb.vlan_proto = vlan.vlan_proto
    skb.vlan_tci = vlan.vlan_id | vlan.egress_priority.get(skb.priority, 0) << VLAN_PRIO_SHIFT
    skb.dev = vlan.real_dev
    code = dev_queue_xmit(skb)
    if code in (NET_XMIT_SUCCESS, NET_XMIT_CN):
        dev.stats.tx_packets += 1
        dev.stats.tx_bytes += length
    else:
        dev.stats.tx_dropped += 1
    return code


def vlan_dev_open(dev: NetDevice) -> None:
    """vlan_dev_open: ENETDOWN while the device below is down, unless the binding is loose."""
    vlan: VlanDev = dev.priv
    real_dev = vlan.real_dev
    if not real_dev.flags & Iff.UP and not vlan.flags & VlanFlags.LOOSE_BINDING:
        raise KernelError(Errno.ENETDOWN)
    if dev.address != real_dev.address and not vlan_dev_inherit_address(dev):
        dev_uc_add(real_dev, dev.address)
    vlan.real_dev_addr = real_dev.address
    if real_dev.carrier and not vlan.flags & VlanFlags.BRIDGE_BINDING:
        netif_carrier_on(dev)


def vlan_dev_stop(dev: NetDevice) -> None:
    """vlan_dev_stop."""
    vlan: VlanDev = dev.priv
    if dev.address != vlan.real_dev.address:
        dev_uc_del(vlan.real_dev, dev.address)
    if not vlan.flags & VlanFlags.BRIDGE_BINDING:
        netif_carrier_off(dev)


def vlan_dev_inherit_address(dev: NetDevice) -> bool:
    """vlan_dev_inherit_address: has the address of the device below again, if it had no other."""
    vlan: VlanDev = dev.priv
    if not vlan.inherits:
        return False
    dev.address = vlan.real_dev.address
    call_netdevice_notifiers(NetdevEvent.CHANGEADDR, dev)
    return True


def vlan_dev_set_mac_address(dev: NetDevice, address: bytes) -> None:
    """vlan_dev_set_mac_address: an address of its own, which the device below must listen for."""
    vlan: VlanDev = dev.priv
    real_dev = vlan.real_dev
    if dev.flags & Iff.UP:
        if address != real_dev.address:
            dev_uc_add(real_dev, address)
        if dev.address != real_dev.address:
            dev_uc_del(real_dev, dev.address)
    dev.address = address
    vlan.inherits = False


def vlan_dev_change_mtu(dev: NetDevice, mtu: int) -> None:
    """vlan_dev_change_mtu: at most that of the device below (ERANGE)."""
    if mtu > dev.priv.real_dev.mtu:
        raise KernelError(Errno.ERANGE)
    dev.mtu = mtu


def vlan_dev_change_rx_flags(dev: NetDevice, change: int) -> None:
    """vlan_dev_change_rx_flags: the device below must hear as much."""
    real_dev: NetDevice = dev.priv.real_dev
    if change & Iff.ALLMULTI:
        dev_set_allmulti(real_dev, 1 if dev.flags & Iff.ALLMULTI else -1)
    if change & Iff.PROMISC:
        dev_set_promiscuity(real_dev, 1 if dev.flags & Iff.PROMISC else -1)


def vlan_dev_get_iflink(dev: NetDevice) -> int:
    """vlan_dev_get_iflink: the number that the device below has where it lives."""
    ifindex: int = dev.priv.real_dev.ifindex
    return ifindex


def register_vlan_dev(dev: NetDevice, ifindex: int) -> None:
    """register_vlan_dev, with vlan_dev_init: takes flags, state and address from the device below."""
    vlan: VlanDev = dev.priv
    real_dev = vlan.real_dev
    dev.carrier = real_dev.carrier and not vlan.flags & VlanFlags.BRIDGE_BINDING
    dev.flags = real_dev.flags & ~_NOT_TAKEN_OVER
    if not any(dev.address):
        dev.address = real_dev.address
        vlan.inherits = True
    if not any(dev.broadcast):
        dev.broadcast = real_dev.broadcast
    dev.hard_header_len = real_dev.hard_header_len
    dev.speed = real_dev.speed
    dev.tso_max_size = real_dev.tso_max_size
    register_netdevice(dev.net, dev, ifindex)
    netdev_upper_dev_link(real_dev, dev)
    _transfer_operstate(real_dev, dev)
    linkwatch_fire_event(dev)
    real_dev.vlan_info[vlan.vlan_proto, vlan.vlan_id] = dev


def unregister_vlan_dev(dev: NetDevice) -> None:
    """unregister_vlan_dev."""
    vlan: VlanDev = dev.priv
    del vlan.real_dev.vlan_info[vlan.vlan_proto, vlan.vlan_id]
    netdev_upper_dev_unlink(vlan.real_dev, dev)
    unregister_netdevice(dev)


def _transfer_operstate(real_dev: NetDevice, dev: NetDevice) -> None:
    """vlan_stacked_transfer_operstate."""
    if not dev.priv.flags & VlanFlags.BRIDGE_BINDING:
        netif_stacked_transfer_operstate(real_dev, dev)


def _sync_address(real_dev: NetDevice, dev: NetDevice) -> None:
    """vlan_sync_address: the device below has another address now."""
    vlan: VlanDev = dev.priv
    if vlan.real_dev_addr == real_dev.address:
        return
    if not vlan_dev_inherit_address(dev):
        if dev.address == real_dev.address:
            dev_uc_del(real_dev, dev.address)
        elif dev.address == vlan.real_dev_addr:
            dev_uc_add(real_dev, dev.address)
    vlan.real_dev_addr = real_dev.address


def vlan_device_event(event: NetdevEvent, dev: NetDevice) -> None:
    """vlan_device_event: what becomes of vlan devices when something happens to the device below."""
    uppers = [upper for _, upper in sorted(dev.vlan_info.items())]
    for upper in uppers:
        loose = upper.priv.flags & VlanFlags.LOOSE_BINDING
        if event is NetdevEvent.CHANGE:
            _transfer_operstate(dev, upper)
        elif event is NetdevEvent.CHANGEADDR and upper.flags & Iff.UP:
            _sync_address(dev, upper)
        elif event is NetdevEvent.CHANGEMTU and upper.mtu > dev.mtu:
            dev_set_mtu(upper, dev.mtu)
        elif event is NetdevEvent.DOWN and upper.flags & Iff.UP and not loose:
            dev_close(upper)
            _transfer_operstate(dev, upper)
        elif event is NetdevEvent.UP and not upper.flags & Iff.UP:
            if not loose:
                dev_change_flags(upper, dev_get_flags(upper) | Iff.UP)
            _transfer_operstate(dev, upper)
        elif event is NetdevEvent.UNREGISTER and dev.dismantle:
            unregister_vlan_dev(upper)
