"""A device's flags and addresses, read and changed by request (the third part of net/core/dev.c)."""

from __future__ import annotations

from webapp.kernel.core.dev_addr_lists import dev_set_allmulti, dev_set_promiscuity
from webapp.kernel.core.dev_state import (
    NetdevEvent,
    call_netdevice_notifiers,
    dev_close,
    dev_open,
)
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import is_valid_ether_addr
from webapp.kernel.uapi.if_link import OperState

_SETTABLE = Iff.NOTRAILERS | Iff.NOARP | Iff.DYNAMIC | Iff.MULTICAST
_COUNTED = Iff.PROMISC | Iff.ALLMULTI
_RADIATED = Iff.RUNNING | Iff.LOWER_UP


def netif_oper_up(dev: NetDevice) -> bool:
    """RFC 2863: up, or nobody knows better."""
    return dev.operstate in (OperState.UP, OperState.UNKNOWN)


def dev_get_flags(dev: NetDevice) -> int:
    """The flags as user space sees them: RUNNING and LOWER_UP are made here, PROMISC only if it was asked for."""
    flags = dev.flags & ~(_COUNTED | _RADIATED) | dev.gflags & _COUNTED
    if dev.flags & Iff.UP:
        if netif_oper_up(dev):
            flags |= Iff.RUNNING
        if dev.carrier:
            flags |= Iff.LOWER_UP
    return flags


def dev_change_flags(dev: NetDevice, flags: int) -> None:
    """Gives the device ``flags``, of which UP opens or closes it; flags that no request can change keep their value."""
    old = dev.flags
    dev.flags = flags & _SETTABLE | old & ~_SETTABLE
    if flags & Iff.UP:
        dev_open(dev)
    else:
        dev_close(dev)
    changed = (dev.gflags ^ flags) & _COUNTED
    dev.gflags ^= changed
    if changed & Iff.PROMISC:
        dev_set_promiscuity(dev, 1 if flags & Iff.PROMISC else -1)
    if changed & Iff.ALLMULTI:
        dev_set_allmulti(dev, 1 if flags & Iff.ALLMULTI else -1)
    if dev.flags & Iff.UP and (old ^ dev.flags) & _SETTABLE:
        if (old ^ dev.flags) & Iff.NOARP:
            call_netdevice_notifiers(NetdevEvent.CHANGENOARP, dev)
        call_netdevice_notifiers(NetdevEvent.CHANGE, dev)


def dev_validate_mtu(dev: NetDevice, mtu: int) -> None:
    """EINVAL outside the device's limits; a maximum of 0 is none."""
    if mtu < 0 or mtu < dev.min_mtu:
        raise KernelError(Errno.EINVAL, "mtu less than device minimum")
    if 0 < dev.max_mtu < mtu:
        raise KernelError(Errno.EINVAL, "mtu greater than device maximum")


def dev_set_mtu(dev: NetDevice, mtu: int) -> None:
    """Changes the MTU; EINVAL outside the device's limits."""
    if mtu == dev.mtu:
        return
    dev_validate_mtu(dev, mtu)
    if dev.netdev_ops.ndo_change_mtu is not None:
        dev.netdev_ops.ndo_change_mtu(dev, mtu)
    else:
        dev.mtu = mtu
    call_netdevice_notifiers(NetdevEvent.CHANGEMTU, dev)


def dev_set_mac_address(dev: NetDevice, address: bytes) -> None:
    """Changes the link-layer address; EADDRNOTAVAIL for one that no device may have."""
    if not is_valid_ether_addr(address):
        raise KernelError(Errno.EADDRNOTAVAIL)
    address = address[: len(dev.address)]
    if dev.netdev_ops.ndo_set_mac_address is not None:
        dev.netdev_ops.ndo_set_mac_address(dev, address)
    else:
        dev.address = address
    dev.addr_assigned = True
    call_netdevice_notifiers(NetdevEvent.CHANGEADDR, dev)
