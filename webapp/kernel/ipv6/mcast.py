"""Groups, and MLDv2 reports of them (net/ipv6/mcast.c, RFC 3810), for members without source filters.

Linux sends a report two clock ticks after a change and repeats it at a random time; the model takes the middle of the
range. Queries are not answered: there is no multicast router.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.dev_addr_lists import dev_mc_add, dev_mc_del
from webapp.kernel.core.net_device import ARPHRD_ETHER, Iff, NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import Inet6Sock
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.ip_output import dst_output
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IN6ADDR_LINKLOCAL_ALLNODES,
    MLD2_ALL_MCR,
    SCOPE_LINKLOCAL,
    addrconf_addr_solict_mult,
    ipv6_addr_is_multicast,
)
from webapp.kernel.ipv6.if_inet6 import Ifmcaddr6, Inet6Dev, ipv6_get_lladdr
from webapp.kernel.ipv6.ipv6 import Inet6SkbParm
from webapp.kernel.ipv6.route import icmp6_dst_alloc, rt6_lookup
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import nf_hook
from webapp.kernel.trace import RECORDER, Lane
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_OUT, NFPROTO_IPV6
from webapp.kernel.uapi.rtnetlink import Ifa
from webapp.kernel.wire import icmpv6, ipv6

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

MLD2_CHANGE_TO_INCLUDE = 3
MLD2_CHANGE_TO_EXCLUDE = 4

_ROUTER_ALERT = bytes((icmpv6.IPPROTO_ICMPV6, 0, ipv6.IPV6_TLV_ROUTERALERT, 2, 0, 0, ipv6.IPV6_TLV_PADN, 0))
_TICKS = 8 * NSEC_PER_MSEC
"""Two jiffies of 4 ms."""

Record = tuple[int, bytes]
"""The kind of a change, and the group."""


# --- membership ---------------------------------------------------------------------------------------------------


def ipv6_dev_mc_inc(dev: NetDevice, group: bytes) -> None:
    """ipv6_dev_mc_inc: one member more; the first one is reported to the link."""
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None:
        return
    known = idev.mc_list.get(group)
    if known is not None:
        known.users += 1
        return
    mc = Ifmcaddr6(group)
    mc.noreport = group == IN6ADDR_LINKLOCAL_ALLNODES or group[1] & 0xF < SCOPE_LINKLOCAL
    idev.mc_list = {group: mc, **idev.mc_list}
    idev.mc_tomb.pop(group, None)
    igmp6_group_added(idev, mc)


def ipv6_dev_mc_dec(dev: NetDevice, group: bytes) -> None:
    """ipv6_dev_mc_dec: one member less; when the last one leaves, the link hears of it."""
    idev: Inet6Dev | None = dev.inet6_dev
    mc = None if idev is None else idev.mc_list.get(group)
    if idev is None or mc is None:
        return
    mc.users -= 1
    if not mc.users:
        del idev.mc_list[group]
        igmp6_group_dropped(idev, mc)


def addrconf_join_solict(idev: Inet6Dev, addr: bytes) -> None:
    """addrconf_join_solict (net/ipv6/addrconf.c): to be asked for an address, one is in its group."""
    if not idev.dev.flags & (Iff.LOOPBACK | Iff.NOARP):
        ipv6_dev_mc_inc(idev.dev, addrconf_addr_solict_mult(addr))


def addrconf_leave_solict(idev: Inet6Dev, addr: bytes) -> None:
    """addrconf_leave_solict."""
    if not idev.dev.flags & (Iff.LOOPBACK | Iff.NOARP):
        ipv6_dev_mc_dec(idev.dev, addrconf_addr_solict_mult(addr))


def igmp6_group_added(idev: Inet6Dev, mc: Ifmcaddr6) -> None:
    """igmp6_group_added: the device listens; one that is up tells."""
    _load(idev, mc, on=True)
    if idev.dev.flags & Iff.UP and not mc.noreport:
        mc.crcount = idev.mc_qrv
        mld_ifc_event(idev)


def _load(idev: Inet6Dev, mc: Ifmcaddr6, *, on: bool) -> None:
    """MAF_LOADED: the link-layer address of the group (ndisc_mc_map) is among those that the device listens to."""
    if mc.loaded is not on and idev.dev.type == ARPHRD_ETHER:
        mc.loaded = on
        (dev_mc_add if on else dev_mc_del)(idev.dev, b"\x33\x33" + mc.addr[12:])


def igmp6_group_dropped(idev: Inet6Dev, mc: Ifmcaddr6) -> None:
    """igmp6_group_dropped: the same when it is left."""
    _load(idev, mc, on=False)
    if mc.noreport or idev.dead or not idev.dev.flags & Iff.UP:
        return
    mc.crcount = idev.mc_qrv
    idev.mc_tomb[mc.addr] = mc
    mld_ifc_event(idev)


def ipv6_mc_up(idev: Inet6Dev) -> None:
    """ipv6_mc_up: the link is ready, and hears of every group."""
    for mc in idev.mc_list.values():
        idev.mc_tomb.pop(mc.addr, None)
        igmp6_group_added(idev, mc)


def ipv6_mc_down(idev: Inet6Dev) -> None:
    """ipv6_mc_down: nothing more is reported."""
    for mc in idev.mc_list.values():
        _load(idev, mc, on=False)
    idev.mc_ifc_count = idev.mc_dad_count = 0
    idev.mc_tomb.clear()
    for timer in (idev.mc_ifc_timer, idev.mc_dad_timer):
        if timer is not None:
            timer.cancel()
    idev.mc_ifc_timer = idev.mc_dad_timer = None


# --- reports ------------------------------------------------------------------------------------------------------


def _repeat_after(idev: Inet6Dev) -> int:
    """unsolicited_report_interval: the middle of the range of the random delay."""
    return idev.cnf.mldv2_unsolicited_report_interval * NSEC_PER_MSEC // 2 + _TICKS


def mld_ifc_event(idev: Inet6Dev) -> None:
    """mld_ifc_event: something changed."""
    idev.mc_ifc_count = idev.mc_qrv
    _start_ifc(idev, _TICKS)


def _start_ifc(idev: Inet6Dev, delay: int) -> None:
    if idev.mc_ifc_timer is not None:
        idev.mc_ifc_timer.cancel()
    idev.mc_ifc_timer = idev.dev.net.machine.clock.call_later(delay, partial(mld_ifc_work, idev))


@kfunc("net/ipv6/mcast.c", "mld_ifc_work")
def mld_ifc_work(idev: Inet6Dev) -> None:
    """Reports what has changed, as often as the robustness variable says."""
    idev.mc_ifc_timer = None
    _send_changes(idev)
    if idev.mc_ifc_count:
        idev.mc_ifc_count -= 1
        if idev.mc_ifc_count:
            _start_ifc(idev, _repeat_after(idev))


def _send_changes(idev: Inet6Dev) -> None:
    """mld_send_cr: first the groups that were left, then those that were joined."""
    records: list[Record] = []
    for mc in list(idev.mc_tomb.values()):
        records.append((MLD2_CHANGE_TO_INCLUDE, mc.addr))
        mc.crcount -= 1
        if not mc.crcount:
            del idev.mc_tomb[mc.addr]
    for mc in idev.mc_list.values():
        if mc.crcount:
            records.append((MLD2_CHANGE_TO_EXCLUDE, mc.addr))
            mc.crcount -= 1
    if records:
        mld_sendpack(idev.dev, records)


def ipv6_mc_dad_complete(idev: Inet6Dev) -> None:
    """ipv6_mc_dad_complete: reports made without an address are made again with one."""
    idev.mc_dad_count = idev.mc_qrv
    mld_dad_work(idev)


@kfunc("net/ipv6/mcast.c", "mld_dad_work")
def mld_dad_work(idev: Inet6Dev) -> None:
    """mld_send_initial_cr: every group, as if it were new."""
    idev.mc_dad_timer = None
    records = [(MLD2_CHANGE_TO_EXCLUDE, mc.addr) for mc in idev.mc_list.values() if not mc.noreport]
    if records:
        mld_sendpack(idev.dev, records)
    idev.mc_dad_count -= 1
    if idev.mc_dad_count > 0:
        clock = idev.dev.net.machine.clock
        idev.mc_dad_timer = clock.call_later(_repeat_after(idev), partial(mld_dad_work, idev))


@kfunc("net/ipv6/mcast.c", "mld_sendpack", station="socket send", lane=Lane.OUT)
def mld_sendpack(dev: NetDevice, records: list[Record]) -> None:
    """Sends one report, with router alert and hop limit 1; from :: while there is no link-local address."""
    net = dev.net
    saddr = ipv6_get_lladdr(dev, Ifa.TENTATIVE) or IN6ADDR_ANY
    groups = b"".join(bytes((kind, 0, 0, 0)) + group for kind, group in records)
    message = icmpv6.emit(icmpv6.ICMPV6_MLD2_REPORT, 0, len(records), saddr, MLD2_ALL_MCR, groups)
    length = len(_ROUTER_ALERT) + len(message)
    header = ipv6.emit(saddr, MLD2_ALL_MCR, ipv6.NEXTHDR_HOP, length, hop_limit=1)
    skb = SkBuff(header + _ROUTER_ALERT + message, ETH_P_IPV6, dev)
    skb.network_header = 0
    skb.transport_header = ipv6.HLEN + len(_ROUTER_ALERT)
    skb.sk = net.ipv6.igmp_sk
    skb.cb = Inet6SkbParm()
    skb.dst = icmp6_dst_alloc(dev)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(skb)
    if nf_hook(NFPROTO_IPV6, NF_INET_LOCAL_OUT, net, skb, None, dev, dst_output, net.ipv6.igmp_sk) == 1:
        dst_output(skb)


# --- sockets ------------------------------------------------------------------------------------------------------


def _find_dev(net: Net, group: bytes, ifindex: int) -> NetDevice | None:
    """The interface that was named, or the one on the way to the group."""
    if ifindex:
        return net.dev_get_by_index(ifindex)
    rt = rt6_lookup(net, group, IN6ADDR_ANY, 0, strict=False)
    return None if rt is None else rt.dev


def ipv6_sock_mc_join(sk: Inet6Sock, group: bytes, ifindex: int) -> None:
    """ipv6_sock_mc_join (IPV6_ADD_MEMBERSHIP): EINVAL, ENODEV, EADDRINUSE for a socket that is a member already."""
    if not ipv6_addr_is_multicast(group):
        raise KernelError(Errno.EINVAL)
    if any(known == group and ifindex in (0, index) for known, index in sk.mc_list):
        raise KernelError(Errno.EADDRINUSE)
    dev = _find_dev(sk.net, group, ifindex)
    if dev is None or dev.inet6_dev is None:
        raise KernelError(Errno.ENODEV)
    sk.mc_list.append((group, dev.ifindex))
    ipv6_dev_mc_inc(dev, group)


def ipv6_sock_mc_drop(sk: Inet6Sock, group: bytes, ifindex: int) -> None:
    """ipv6_sock_mc_drop (IPV6_DROP_MEMBERSHIP): EADDRNOTAVAIL for a group that was not joined."""
    found = next((one for one in sk.mc_list if one[0] == group and ifindex in (0, one[1])), None)
    if found is None:
        raise KernelError(Errno.EADDRNOTAVAIL)
    sk.mc_list.remove(found)
    dev = sk.net.dev_get_by_index(found[1])
    if dev is not None:
        ipv6_dev_mc_dec(dev, group)


def ipv6_sock_mc_close(sk: Inet6Sock) -> None:
    """ipv6_sock_mc_close: a socket closes."""
    while sk.mc_list:
        ipv6_sock_mc_drop(sk, *sk.mc_list[0])


def inet6_mc_check(sk: Inet6Sock, group: bytes) -> bool:
    """inet6_mc_check: whether a socket gets a group's packets; with IPV6_MULTICAST_ALL (the default) any."""
    return sk.mc_all or any(known == group for known, _ in sk.mc_list)
