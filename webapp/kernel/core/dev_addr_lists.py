"""What a device listens to besides its own address (net/core/dev_addr_lists.c, and dev_set_rx_mode of net/core/dev.c).

Every part of the kernel that wants all frames, all multicast frames or a further address counts.
"""

from __future__ import annotations

from webapp.kernel.core.net_device import Iff, NetDevice


def dev_set_promiscuity(dev: NetDevice, inc: int) -> None:
    """One more or one less that wants every frame."""
    dev.promiscuity += inc
    _change_rx_flag(dev, Iff.PROMISC, bool(dev.promiscuity))


def dev_set_allmulti(dev: NetDevice, inc: int) -> None:
    """One more or one less that wants every multicast frame."""
    dev.allmulti += inc
    _change_rx_flag(dev, Iff.ALLMULTI, bool(dev.allmulti))


def _change_rx_flag(dev: NetDevice, flag: int, on: bool) -> None:
    """A flag that counts who wants it; the driver hears when it changes (dev_change_rx_flags)."""
    if bool(dev.flags & flag) is not on:
        dev.flags ^= flag
        if dev.netdev_ops.ndo_change_rx_flags is not None:
            dev.netdev_ops.ndo_change_rx_flags(dev, flag)


def dev_uc_add(dev: NetDevice, address: bytes) -> None:
    """dev_uc_add: one more that wants frames to ``address``."""
    dev.uc.append(address)
    dev_set_rx_mode(dev)


def dev_uc_del(dev: NetDevice, address: bytes) -> None:
    """dev_uc_del: one less."""
    if address in dev.uc:
        dev.uc.remove(address)
        dev_set_rx_mode(dev)


def dev_mc_add(dev: NetDevice, address: bytes) -> None:
    """dev_mc_add: one more that wants frames to a group."""
    dev.mc.append(address)


def dev_mc_del(dev: NetDevice, address: bytes) -> None:
    """dev_mc_del: one less."""
    if address in dev.mc:
        dev.mc.remove(address)


def dev_set_rx_mode(dev: NetDevice) -> None:
    """__dev_set_rx_mode: an open device that cannot filter by address hears everything while it has further ones."""
    wanted = bool(dev.uc)
    if dev.flags & Iff.UP and not dev.unicast_flt and wanted is not dev.uc_promisc:
        dev.uc_promisc = wanted
        dev_set_promiscuity(dev, 1 if wanted else -1)
