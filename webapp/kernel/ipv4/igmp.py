"""Membership of multicast groups (net/ipv4/igmp.c). Reports to routers are not sent: no multicast routing here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev_addr_lists import dev_mc_add, dev_mc_del
from webapp.kernel.core.net_device import ARPHRD_ETHER, NetDevice
from webapp.kernel.core.sock import InetSock
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.address import IGMP_ALL_HOSTS, ipv4_is_multicast
from webapp.kernel.ipv4.fib_rules import fib_lookup
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.in_device import InDevice

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def ip_mc_inc_group(in_dev: InDevice, group: bytes) -> None:
    """ip_mc_inc_group: one member more; with the first, the device listens to the group's link-layer address."""
    members = in_dev.mc_list.get(group, 0)
    in_dev.mc_list[group] = members + 1
    if not members and in_dev.dev.type == ARPHRD_ETHER:
        dev_mc_add(in_dev.dev, ip_eth_mc_map(group))


def ip_mc_dec_group(in_dev: InDevice, group: bytes) -> None:
    """ip_mc_dec_group: one member less."""
    members = in_dev.mc_list.get(group, 0) - 1
    if members > 0:
        in_dev.mc_list[group] = members
    elif in_dev.mc_list.pop(group, None) is not None and in_dev.dev.type == ARPHRD_ETHER:
        dev_mc_del(in_dev.dev, ip_eth_mc_map(group))


def ip_eth_mc_map(group: bytes) -> bytes:
    """ip_eth_mc_map (include/net/ip.h): the link-layer address of an IPv4 group (RFC 1112)."""
    return b"\x01\x00\x5e" + bytes((group[1] & 0x7F,)) + group[2:]


def ip_mc_up(in_dev: InDevice) -> None:
    """ip_mc_up: every host on a link that is up is in 224.0.0.1."""
    ip_mc_inc_group(in_dev, IGMP_ALL_HOSTS)


def ip_mc_down(in_dev: InDevice) -> None:
    """ip_mc_down: the device goes down."""
    ip_mc_dec_group(in_dev, IGMP_ALL_HOSTS)


def ip_check_mc(in_dev: InDevice, group: bytes) -> bool:
    """ip_check_mc_rcu: whether the device takes packets for a group."""
    return group in in_dev.mc_list


def _mc_find_dev(net: Net, group: bytes, ifindex: int) -> NetDevice | None:
    """ip_mc_find_dev: the interface that was named, or the one on the way to the group."""
    if ifindex:
        return net.dev_get_by_index(ifindex)
    result = fib_lookup(net, Flowi4(group))
    return None if result.error else result.nh.dev


def ip_mc_join_group(sk: InetSock, group: bytes, ifindex: int) -> None:
    """ip_mc_join_group (IP_ADD_MEMBERSHIP): EINVAL, ENODEV, and EADDRINUSE for a socket that is a member already."""
    if not ipv4_is_multicast(group):
        raise KernelError(Errno.EINVAL)
    dev = _mc_find_dev(sk.net, group, ifindex)
    if dev is None or dev.in_dev is None:
        raise KernelError(Errno.ENODEV)
    if (group, dev.ifindex) in sk.mc_list:
        raise KernelError(Errno.EADDRINUSE)
    sk.mc_list.append((group, dev.ifindex))
    ip_mc_inc_group(dev.in_dev, group)


def ip_mc_leave_group(sk: InetSock, group: bytes, ifindex: int) -> None:
    """ip_mc_leave_group (IP_DROP_MEMBERSHIP): EADDRNOTAVAIL for a group that was not joined."""
    dev = _mc_find_dev(sk.net, group, ifindex)
    if dev is None or (group, dev.ifindex) not in sk.mc_list:
        raise KernelError(Errno.EADDRNOTAVAIL)
    sk.mc_list.remove((group, dev.ifindex))
    if dev.in_dev is not None:
        ip_mc_dec_group(dev.in_dev, group)


def ip_mc_drop_socket(sk: InetSock) -> None:
    """ip_mc_drop_socket: a socket closes."""
    for group, ifindex in sk.mc_list:
        dev = sk.net.dev_get_by_index(ifindex)
        if dev is not None and dev.in_dev is not None:
            ip_mc_dec_group(dev.in_dev, group)
    sk.mc_list.clear()


def ip_mc_sf_allow(sk: InetSock, group: bytes, ifindex: int) -> bool:
    """ip_mc_sf_allow: whether a socket gets a group's packets; with IP_MULTICAST_ALL (the default) any."""
    return sk.mc_all or (group, ifindex) in sk.mc_list
