"""Requests about vlan devices (net/8021q/vlan_netlink.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import ARPHRD_ETHER, ETH_MAX_MTU, NetDevice, NetDeviceOps
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.rtnetlink import RtnlLinkOps
from webapp.kernel.core.skbuff import VLAN_VID_MASK
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ethernet.etherdevice import ETH_ALEN, is_valid_ether_addr
from webapp.kernel.uapi.if_ether import ETH_P_8021AD, ETH_P_8021Q
from webapp.kernel.uapi.if_link import LinkData, LinkMessage
from webapp.kernel.uapi.if_vlan import VlanFlags, VlanInfo
from webapp.kernel.vlan.vlan_core import VlanDev, vlan_find_dev
from webapp.kernel.vlan.vlan_dev import (
    register_vlan_dev,
    unregister_vlan_dev,
    vlan_dev_change_mtu,
    vlan_dev_change_rx_flags,
    vlan_dev_get_iflink,
    vlan_dev_hard_start_xmit,
    vlan_dev_open,
    vlan_dev_set_mac_address,
    vlan_dev_stop,
)

_PRIORITY = 0x7


def vlan_setup(dev: NetDevice) -> None:
    """vlan_setup: what is zero is the lower device's when the device is registered."""
    dev.address = dev.broadcast = bytes(ETH_ALEN)
    dev.min_mtu = 0
    dev.max_mtu = ETH_MAX_MTU
    dev.unicast_flt = True


def vlan_validate(link: LinkMessage) -> None:
    """vlan_validate: refuses values that no vlan device can have."""
    if link.address is not None:
        if len(link.address) != ETH_ALEN:
            raise _refusal(Errno.EINVAL, "Invalid link address")
        if not is_valid_ether_addr(link.address):
            raise _refusal(Errno.EADDRNOTAVAIL, "Invalid link address")
    data = link.data
    if not isinstance(data, VlanInfo):
        raise _refusal(Errno.EINVAL, "VLAN properties not specified")
    if data.protocol not in (None, ETH_P_8021Q, ETH_P_8021AD):
        raise _refusal(Errno.EPROTONOSUPPORT, "Invalid VLAN protocol")
    if data.id is not None and data.id >= VLAN_VID_MASK:
        raise _refusal(Errno.ERANGE, "Invalid VLAN id")


def _refusal(errno: Errno, words: str) -> KernelError:
    return KernelError(errno, f"8021q: {words}")


def vlan_changelink(dev: NetDevice, data: LinkData) -> None:
    """vlan_changelink: flags and priorities; the tag stays as it is."""
    assert isinstance(data, VlanInfo)
    vlan: VlanDev = dev.priv
    vlan.flags = vlan.flags & ~data.mask | data.flags & data.mask
    for tag, priority in data.ingress_qos:
        vlan.ingress_priority[tag & _PRIORITY] = priority
    for priority, tag in data.egress_qos:
        # a value that does not fit in the tag's three bits loses its upper ones
        vlan.egress_priority[priority] = tag & _PRIORITY


def vlan_newlink(dev: NetDevice, link: LinkMessage, link_net: Net) -> None:
    """vlan_newlink."""
    data = link.data
    assert isinstance(data, VlanInfo)
    if data.id is None:
        raise _refusal(Errno.EINVAL, "VLAN id not specified")
    if link.link is None:
        raise _refusal(Errno.EINVAL, "link not specified")
    real_dev = link_net.dev_get_by_index(link.link)
    if real_dev is None:
        raise _refusal(Errno.ENODEV, "link does not exist")
    vlan = dev.priv = VlanDev(real_dev, data.protocol or ETH_P_8021Q, data.id, VlanFlags.REORDER_HDR)
    dev.xmit_dst_release = real_dev.xmit_dst_release
    if real_dev.type != ARPHRD_ETHER:
        raise _refusal(Errno.EOPNOTSUPP, "VLANs not supported on device")
    if vlan_find_dev(real_dev, vlan.vlan_proto, vlan.vlan_id) is not None:
        raise _refusal(Errno.EEXIST, "VLAN device already exists")
    if link.mtu is None:
        dev.mtu = real_dev.mtu
    elif dev.mtu > real_dev.mtu:
        raise KernelError(Errno.EINVAL)
    vlan_changelink(dev, data)
    register_vlan_dev(dev, link.ifindex)


def vlan_fill_info(dev: NetDevice) -> VlanInfo:
    """vlan_fill_info. The priorities of packets stand in the order of a hash of their four lower bits."""
    vlan: VlanDev = dev.priv
    newest_first = reversed(vlan.egress_priority.items())
    return VlanInfo(
        id=vlan.vlan_id,
        protocol=vlan.vlan_proto,
        flags=vlan.flags,
        ingress_qos=tuple(sorted(pair for pair in vlan.ingress_priority.items() if pair[1])),
        egress_qos=tuple(sorted((pair for pair in newest_first if pair[1]), key=lambda pair: pair[0] & 0xF)),
    )


def vlan_get_link_net(dev: NetDevice) -> Net:
    """vlan_get_link_net: where the device below lives."""
    net: Net = dev.priv.real_dev.net
    return net


VLAN_LINK_OPS = RtnlLinkOps(
    NetDeviceOps(
        ndo_start_xmit=vlan_dev_hard_start_xmit,
        ndo_open=vlan_dev_open,
        ndo_stop=vlan_dev_stop,
        ndo_set_mac_address=vlan_dev_set_mac_address,
        ndo_change_mtu=vlan_dev_change_mtu,
        ndo_change_rx_flags=vlan_dev_change_rx_flags,
        ndo_get_iflink=vlan_dev_get_iflink,
    ),
    vlan_setup,
    vlan_newlink,
    unregister_vlan_dev,
    validate=vlan_validate,
    get_link_net=vlan_get_link_net,
    changelink=vlan_changelink,
    fill_info=vlan_fill_info,
)
"""vlan_link_ops."""
