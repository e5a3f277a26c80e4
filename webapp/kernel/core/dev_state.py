"""A device's life (the other half of net/core/dev.c): registered, opened, renamed, moved, closed, gone.

Whoever wants to know hears it through NETDEV_CHAIN, as the kernel's notifier chain.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from webapp.kernel.core.dev_addr_lists import dev_set_rx_mode
from webapp.kernel.core.link_watch import (
    default_operstate,
    linkwatch_fire_event,
    linkwatch_init_dev,
    linkwatch_urgent_event,
)
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.net_namespace import peernet2id_alloc
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.sched.sch_generic import Qdisc, dev_shutdown
from webapp.kernel.uapi.pkt_sched import TC_H_ROOT

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.machine import Machine

IFNAMSIZ = 16


class NetdevEvent(Enum):
    """enum netdev_cmd."""

    REGISTER = "NETDEV_REGISTER"
    UNREGISTER = "NETDEV_UNREGISTER"
    UP = "NETDEV_UP"
    GOING_DOWN = "NETDEV_GOING_DOWN"
    DOWN = "NETDEV_DOWN"
    CHANGE = "NETDEV_CHANGE"
    CHANGENOARP = "NETDEV_CHANGE, IFF_NOARP"
    CHANGENAME = "NETDEV_CHANGENAME"
    CHANGEADDR = "NETDEV_CHANGEADDR"
    CHANGEMTU = "NETDEV_CHANGEMTU"
    CHANGEUPPER = "NETDEV_CHANGEUPPER"


NETDEV_CHAIN: list[Callable[[NetdevEvent, NetDevice], None]] = []
"""netdev_chain, filled in boot.py. Called with the event and the device, after the change (UNREGISTER: before)."""


def call_netdevice_notifiers(event: NetdevEvent, dev: NetDevice) -> None:
    """Tells everyone on the chain."""
    for notify in NETDEV_CHAIN:
        notify(event, dev)


def dev_valid_name(name: str) -> bool:
    """Names are 1 to 15 bytes without slash, colon or space, and not . or .."""
    encoded = name.encode()
    return 0 < len(encoded) < IFNAMSIZ and name not in (".", "..") and not any(c in "/:" or c.isspace() for c in name)


def dev_alloc_name(net: Net, name: str) -> str:
    """dev_alloc_name: veth%d becomes the first free of veth0, veth1, …; EINVAL for a name that cannot be."""
    if not dev_valid_name(name):
        raise KernelError(Errno.EINVAL)
    if "%" not in name:
        return name
    prefix, _, suffix = name.partition("%d")
    number = 0
    while f"{prefix}{number}{suffix}" in net.devices:
        number += 1
    return f"{prefix}{number}{suffix}"


def register_netdevice(net: Net, dev: NetDevice, ifindex: int = 0) -> None:
    """Puts ``dev`` into ``net`` under its name; EEXIST where the name is taken, EBUSY where the asked index is."""
    name = dev_alloc_name(net, dev.name)
    if name in net.devices:
        raise KernelError(Errno.EEXIST)
    if ifindex in net.by_index:
        raise KernelError(Errno.EBUSY)
    dev.name = name
    dev.net = net
    dev.ifindex = ifindex or net.new_index()
    dev.iflink = dev.iflink or dev.ifindex
    dev.qdisc = dev.qdisc or Qdisc("noop", dev, 0, TC_H_ROOT)
    net.devices[name] = dev
    net.by_index[dev.ifindex] = dev
    dev.registered = True
    linkwatch_init_dev(dev)
    call_netdevice_notifiers(NetdevEvent.REGISTER, dev)


def unregister_netdevice(dev: NetDevice) -> None:
    """Closes the device, tells everyone, and takes it out of its namespace."""
    dev.dismantle = True
    dev_close(dev)
    dev_shutdown(dev)
    call_netdevice_notifiers(NetdevEvent.UNREGISTER, dev)
    _unlist(dev)
    if dev.netdev_ops.ndo_uninit is not None:
        dev.netdev_ops.ndo_uninit(dev)


def _unlist(dev: NetDevice) -> None:
    dev.registered = False
    del dev.net.devices[dev.name]
    del dev.net.by_index[dev.ifindex]


def dev_open(dev: NetDevice) -> None:
    """IFF_UP on; nothing happens where it is on already."""
    if dev.flags & Iff.UP:
        return
    if dev.netdev_ops.ndo_open is not None:
        dev.netdev_ops.ndo_open(dev)
    dev.flags |= Iff.UP
    dev_set_rx_mode(dev)
    dev_activate(dev)
    call_netdevice_notifiers(NetdevEvent.UP, dev)
    linkwatch_run_queue(dev.net.machine)


def dev_close(dev: NetDevice) -> None:
    """IFF_UP off."""
    if not dev.flags & Iff.UP:
        return
    call_netdevice_notifiers(NetdevEvent.GOING_DOWN, dev)
    dev_deactivate(dev)
    dev.flags &= ~Iff.UP
    if dev.netdev_ops.ndo_stop is not None:
        dev.netdev_ops.ndo_stop(dev)
    call_netdevice_notifiers(NetdevEvent.DOWN, dev)
    linkwatch_run_queue(dev.net.machine)


def dev_activate(dev: NetDevice) -> None:
    """dev_activate (net/sched/sch_generic.c): the root qdisc, the default where there was none yet, takes packets.

    Without carrier it is there but takes none until the carrier comes.
    """
    assert dev.qdisc is not None
    if dev.qdisc.kind == "noop":
        dev.qdisc = Qdisc("noqueue" if dev.no_queue else "fq_codel", dev, 0, TC_H_ROOT)
    dev.xmit_active = dev.carrier


def dev_deactivate(dev: NetDevice) -> None:
    """dev_deactivate: what is sent now ends in the noop qdisc."""
    dev.xmit_active = False


def netif_carrier_on(dev: NetDevice) -> None:
    """The link is there (net/sched/sch_generic.c)."""
    if not dev.carrier:
        _carrier(dev, True)


def netif_carrier_off(dev: NetDevice) -> None:
    """The link is gone."""
    if dev.carrier:
        _carrier(dev, False)


def _carrier(dev: NetDevice, carrier: bool) -> None:
    dev.carrier = carrier
    if dev.registered:
        dev.carrier_changes += 1
        linkwatch_fire_event(dev)


def linkwatch_run_queue(machine: Machine) -> None:
    """__linkwatch_run_queue (net/core/link_watch.c): what changes of carrier lead to. The delay has passed at once."""
    waiting: list[NetDevice] = []
    while machine.lweventlist:
        # what hears of a change may change too
        dev = machine.lweventlist.pop(0)
        if machine.linkwatch_busy and not linkwatch_urgent_event(dev):
            waiting.append(dev)
        elif dev.registered:
            dev.operstate = default_operstate(dev)
            if dev.flags & Iff.UP:
                if dev.carrier:
                    dev_activate(dev)
                else:
                    dev_deactivate(dev)
                call_netdevice_notifiers(NetdevEvent.CHANGE, dev)
    machine.lweventlist += waiting


def netif_stacked_transfer_operstate(lower: NetDevice, dev: NetDevice) -> None:
    """netif_stacked_transfer_operstate (net/core/dev.c): a device has the carrier of the one that it lies on."""
    if lower.carrier:
        netif_carrier_on(dev)
    else:
        netif_carrier_off(dev)


def netdev_upper_dev_link(dev: NetDevice, upper: NetDevice) -> None:
    """netdev_upper_dev_link: ``upper`` is made on top of ``dev``."""
    upper.lower = dev
    dev.upper.append(upper)


def netdev_upper_dev_unlink(dev: NetDevice, upper: NetDevice) -> None:
    """netdev_upper_dev_unlink."""
    upper.lower = None
    dev.upper.remove(upper)


def dev_change_name(dev: NetDevice, name: str) -> None:
    """Renames the device within its namespace; EEXIST where the name is taken."""
    if name == dev.name:
        return
    name = dev_alloc_name(dev.net, name)
    if name in dev.net.devices:
        raise KernelError(Errno.EEXIST)
    devices = dev.net.devices
    del devices[dev.name]
    dev.name = name
    devices[name] = dev
    call_netdevice_notifiers(NetdevEvent.CHANGENAME, dev)


def dev_change_net_namespace(dev: NetDevice, net: Net, pattern: str = "", new_ifindex: int = 0) -> None:
    """Moves a device: closed and unregistered here, registered there, with its old number where that is free.

    ``pattern`` is the name to take there where the old one is in use, ``new_ifindex`` the number to take.
    """
    if dev.netns_immutable:
        raise KernelError(Errno.EINVAL, "The interface netns is immutable")
    if net is dev.net:
        return
    name = dev.name
    if name in net.devices:
        if not pattern:
            raise KernelError(Errno.EEXIST, "An interface with the same name exists in the target netns")
        name = dev_alloc_name(net, pattern)
        if name in net.devices:
            raise KernelError(Errno.EEXIST)
    if new_ifindex and new_ifindex in net.by_index:
        raise KernelError(Errno.EBUSY, f"The ifindex {new_ifindex} is not available in the target netns")
    dev_close(dev)
    dev_shutdown(dev)
    call_netdevice_notifiers(NetdevEvent.UNREGISTER, dev)
    peernet2id_alloc(dev.net, net)
    _unlist(dev)
    dev.name = name
    dev.qdisc = None
    operstate = dev.operstate
    register_netdevice(net, dev, new_ifindex or (0 if dev.ifindex in net.by_index else dev.ifindex))
    # only a device that is new has its state found out (linkwatch_init_dev)
    dev.operstate = operstate
