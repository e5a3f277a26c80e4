"""Addresses of interfaces, how they come by themselves, and net.ipv6.conf (net/ipv6/addrconf.c, anycast.c).

Where Linux waits for a random time, the model waits for the middle of the range. Router advertisements are not heard,
so there are no addresses but link-local ones and those that are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from webapp.kernel.clock import NSEC_PER_MSEC, NSEC_PER_SEC
from webapp.kernel.core.dev_flags import netif_oper_up
from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.neighbour import neigh_ifdown, neigh_sysctl_table
from webapp.kernel.core.net_device import ARPHRD_ETHER, Iff, NetDevice
from webapp.kernel.core.rtnetlink import rtnl_dump_ifinfo
from webapp.kernel.core.sock import AF_INET6
from webapp.kernel.core.sysctl import CtlTable, int_entry, proc_dointvec
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.devinet import fixed_entry
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IN6ADDR_INTERFACELOCAL_ALLNODES,
    IN6ADDR_INTERFACELOCAL_ALLROUTERS,
    IN6ADDR_LINKLOCAL_ALLNODES,
    IN6ADDR_LINKLOCAL_ALLROUTERS,
    IN6ADDR_LOOPBACK,
    IN6ADDR_SITELOCAL_ALLROUTERS,
    IPV6_ADDR_ANY,
    IPV6_ADDR_LOOPBACK,
    IPV6_ADDR_MULTICAST,
    addrconf_addr_solict_mult,
    addrconf_ifid_eui48,
    ipv6_addr_prefix,
    ipv6_addr_scope,
    ipv6_addr_type,
    number,
)
from webapp.kernel.ipv6.if_inet6 import (
    DEVCONF_DEFAULTS,
    IF_RA_RCVD,
    IF_READY,
    IF_RS_SENT,
    IFA_LINK,
    IfaState,
    Inet6Dev,
    Inet6Ifaddr,
    Ipv6Devconf,
    ipv6_get_lladdr,
    rt_scope,
)
from webapp.kernel.ipv6.ip6_fib import (
    IP6_RT_PRIO_ADDRCONF,
    RTF_ANYCAST,
    RTF_LOCAL,
    RTF_NONEXTHOP,
    Fib6Config,
    Fib6Info,
    fib6_sync_down_dev,
    fib6_sync_linkdown,
    fib6_sync_up,
    rt_genid_bump_ipv6,
)
from webapp.kernel.ipv6.mcast import (
    addrconf_join_solict,
    addrconf_leave_solict,
    ipv6_dev_mc_dec,
    ipv6_dev_mc_inc,
    ipv6_mc_dad_complete,
    ipv6_mc_down,
    ipv6_mc_up,
)
from webapp.kernel.ipv6.ndisc import ndisc_send_na, ndisc_send_ns, ndisc_send_rs
from webapp.kernel.ipv6.route import ip6_del_rt, ip6_ins_rt, ip6_route_add, ip6_route_info_create
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.if_link import DumpLinks, LinkInfo
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    INFINITY_LIFE_TIME,
    RT_TABLE_LOCAL,
    RT_TABLE_MAIN,
    Address,
    DelAddress,
    DumpAddresses,
    Ifa,
    NewAddress,
    Rtn,
    Rtprot,
)
from webapp.kernel.wire.ipv6 import IPV6_MIN_MTU

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

IN6_ADDR_GEN_MODE_EUI64 = 0

# Files of net.ipv6.conf.* whose effects are not modelled; they can be read, and written with what they say.
_FIXED = {
    "accept_ra_defrtr": 1,
    "accept_ra_from_local": 0,
    "accept_ra_min_hop_limit": 1,
    "accept_ra_min_lft": 0,
    "accept_ra_mtu": 1,
    "accept_ra_pinfo": 1,
    "accept_ra_rt_info_max_plen": 0,
    "accept_ra_rt_info_min_plen": 0,
    "accept_ra_rtr_pref": 1,
    "accept_source_route": 0,
    "accept_untracked_na": 0,
    "autoconf": 1,
    "disable_policy": 0,
    "force_mld_version": 0,
    "ioam6_enabled": 0,
    "ioam6_id": 65535,
    "ioam6_id_wide": 4294967295,
    "max_desync_factor": 600,
    "mc_forwarding": 0,
    "mldv1_unsolicited_report_interval": 10000,
    "optimistic_dad": 0,
    "ra_defrtr_metric": 1024,
    "ra_honor_pio_life": 0,
    "ra_honor_pio_pflag": 0,
    "regen_max_retry": 3,
    "regen_min_advance": 2,
    "router_probe_interval": 60,
    "rpl_seg_enabled": 0,
    "seg6_enabled": 0,
    "seg6_require_hmac": 0,
    "temp_prefered_lft": 86400,
    "temp_valid_lft": 604800,
    "use_oif_addrs_only": 0,
    "use_optimistic": 0,
    "use_tempaddr": 0,
}


# --- net.ipv6.conf ------------------------------------------------------------------------------------------------


def _on_change(net: Net, cnf: Ipv6Devconf, name: str, apply: Callable[[Net, Ipv6Devconf], None]) -> CtlTable:
    """A file whose new value is put into effect; nothing happens where it stays."""

    def write(text: str) -> None:
        value = proc_dointvec(text)
        if value != getattr(cnf, name):
            setattr(cnf, name, value)
            apply(net, cnf)

    return CtlTable(lambda: str(getattr(cnf, name)), write)


def _devices(net: Net, cnf: Ipv6Devconf) -> list[Inet6Dev]:
    """The records that a file is about: all, none for the default, one."""
    idevs = [dev.inet6_dev for dev in net.devices.values() if dev.inet6_dev is not None]
    return idevs if cnf is net.ipv6.devconf_all else [idev for idev in idevs if idev.cnf is cnf]


def addrconf_disable_ipv6(net: Net, cnf: Ipv6Devconf) -> None:
    """addrconf_disable_ipv6: switching IPv6 off is to a device as going down."""
    if cnf is net.ipv6.devconf_all:
        net.ipv6.devconf_dflt.disable_ipv6 = cnf.disable_ipv6
    for idev in _devices(net, cnf):
        if bool(idev.cnf.disable_ipv6) != bool(cnf.disable_ipv6) or idev.cnf is cnf:
            idev.cnf.disable_ipv6 = cnf.disable_ipv6
            addrconf_notify(NetdevEvent.DOWN if cnf.disable_ipv6 else NetdevEvent.UP, idev.dev)


def addrconf_fixup_forwarding(net: Net, cnf: Ipv6Devconf) -> None:
    """addrconf_fixup_forwarding: what ``all`` says is said to the default and to every device."""
    if cnf is net.ipv6.devconf_all:
        net.ipv6.devconf_dflt.forwarding = cnf.forwarding
    for idev in _devices(net, cnf):
        if bool(idev.cnf.forwarding) != bool(cnf.forwarding) or idev.cnf is cnf:
            idev.cnf.forwarding = cnf.forwarding
            dev_forward_change(idev)
    rt_genid_bump_ipv6(net)


_ALLROUTERS = (IN6ADDR_LINKLOCAL_ALLROUTERS, IN6ADDR_INTERFACELOCAL_ALLROUTERS, IN6ADDR_SITELOCAL_ALLROUTERS)


def dev_forward_change(idev: Inet6Dev) -> None:
    """dev_forward_change: a router is in the routers' groups and has its subnets' anycast addresses."""
    dev = idev.dev
    if dev.flags & Iff.MULTICAST:
        for group in _ALLROUTERS:
            if idev.cnf.forwarding:
                ipv6_dev_mc_inc(dev, group)
            else:
                ipv6_dev_mc_dec(dev, group)
    for ifa in list(idev.addr_list):
        if not ifa.flags & Ifa.TENTATIVE:
            if idev.cnf.forwarding:
                addrconf_join_anycast(ifa)
            else:
                addrconf_leave_anycast(ifa)


def _mtu_entry(net: Net, cnf: Ipv6Devconf, dev: NetDevice | None) -> CtlTable:
    """addrconf_sysctl_mtu: from 1280 to the device's MTU."""

    def write(text: str) -> None:
        cnf.mtu = proc_dointvec(text, IPV6_MIN_MTU, 0x7FFFFFFF if dev is None else dev.mtu)
        rt_genid_bump_ipv6(net)

    return CtlTable(lambda: str(cnf.mtu), write)


_EFFECTS = {"disable_ipv6": addrconf_disable_ipv6, "forwarding": addrconf_fixup_forwarding}
_BOUNDS = {
    "accept_dad": (-1, 2),
    "addr_gen_mode": (0, 1),
    "hop_limit": (1, 255),
    "ndisc_tclass": (0, 255),
}


def addrconf_sysctl_register(net: Net, name: str, cnf: Ipv6Devconf, dev: NetDevice | None) -> None:
    """__addrconf_sysctl_register: net.ipv6.conf.NAME."""
    net.sysctl.register(f"net.ipv6.conf.{name}", partial(_addrconf_sysctl_table, net, cnf, dev))


def _addrconf_sysctl_table(net: Net, cnf: Ipv6Devconf, dev: NetDevice | None) -> dict[str, CtlTable]:
    table = {}
    for field in DEVCONF_DEFAULTS:
        if field in _EFFECTS:
            table[field] = _on_change(net, cnf, field, _EFFECTS[field])
        elif field == "mtu":
            table[field] = _mtu_entry(net, cnf, dev)
        else:
            table[field] = int_entry(cnf, field, *_BOUNDS.get(field, ()))
    fixed = {**_FIXED, "use_tempaddr": -1} if dev is not None and dev.flags & Iff.LOOPBACK else _FIXED
    table.update((field, fixed_entry(value)) for field, value in fixed.items())
    return table


def _register_dev_sysctl(idev: Inet6Dev) -> None:
    dev = idev.dev
    net: Net = dev.net
    net.ipv6.names[dev] = dev.name
    addrconf_sysctl_register(net, dev.name, idev.cnf, dev)
    net.sysctl.register(f"net.ipv6.neigh.{dev.name}", partial(neigh_sysctl_table, idev.nd_parms))


def _unregister_dev_sysctl(dev: NetDevice) -> None:
    net: Net = dev.net
    name = net.ipv6.names.pop(dev)
    net.sysctl.unregister(f"net.ipv6.conf.{name}")
    net.sysctl.unregister(f"net.ipv6.neigh.{name}")


# --- devices ------------------------------------------------------------------------------------------------------


def addrconf_link_ready(dev: NetDevice) -> bool:
    """addrconf_link_ready: packets can leave."""
    return netif_oper_up(dev) and dev.xmit_active


def ipv6_add_dev(dev: NetDevice) -> Inet6Dev:
    """ipv6_add_dev: gives a device its IPv6 record, its sysctls and its groups."""
    idev = Inet6Dev(dev)
    if dev.flags & (Iff.NOARP | Iff.LOOPBACK):
        idev.cnf.accept_dad = -1
    dev.inet6_dev = idev
    _register_dev_sysctl(idev)
    if dev.flags & Iff.UP and addrconf_link_ready(dev):
        idev.if_flags |= IF_READY
    ipv6_dev_mc_inc(dev, IN6ADDR_INTERFACELOCAL_ALLNODES)
    ipv6_dev_mc_inc(dev, IN6ADDR_LINKLOCAL_ALLNODES)
    if idev.cnf.forwarding and dev.flags & Iff.MULTICAST:
        ipv6_dev_mc_inc(dev, IN6ADDR_LINKLOCAL_ALLROUTERS)
    return idev


def ipv6_find_idev(dev: NetDevice) -> Inet6Dev | None:
    """ipv6_find_idev: the record, made if the MTU allows it; a device that is up is in its groups then."""
    idev: Inet6Dev | None = dev.inet6_dev
    if idev is None:
        if dev.mtu < IPV6_MIN_MTU:
            return None
        idev = ipv6_add_dev(dev)
    if dev.flags & Iff.UP:
        ipv6_mc_up(idev)
    return idev


def addrconf_notify(event: NetdevEvent, dev: NetDevice) -> None:
    """addrconf_notify: follows a device's life."""
    idev: Inet6Dev | None = dev.inet6_dev
    if event is NetdevEvent.REGISTER:
        if idev is None and dev.mtu >= IPV6_MIN_MTU:
            ipv6_add_dev(dev)
    elif event is NetdevEvent.CHANGEMTU:
        _change_mtu(dev, idev)
    elif event in (NetdevEvent.UP, NetdevEvent.CHANGE):
        _up_or_change(event, dev, idev)
    elif event in (NetdevEvent.DOWN, NetdevEvent.UNREGISTER):
        addrconf_ifdown(dev, unregister=event is NetdevEvent.UNREGISTER)
    elif event is NetdevEvent.CHANGENAME and idev is not None:
        _unregister_dev_sysctl(dev)
        _register_dev_sysctl(idev)


def _change_mtu(dev: NetDevice, idev: Inet6Dev | None) -> None:
    if dev.mtu < IPV6_MIN_MTU:
        addrconf_ifdown(dev, unregister=not dev.flags & Iff.LOOPBACK)
        return
    if idev is not None:
        idev.cnf.mtu = dev.mtu
        rt_genid_bump_ipv6(dev.net)
        return
    ipv6_add_dev(dev)
    _up_or_change(NetdevEvent.UP, dev, dev.inet6_dev)


def _up_or_change(event: NetdevEvent, dev: NetDevice, idev: Inet6Dev | None) -> None:
    if (idev is not None and idev.cnf.disable_ipv6) or not dev.flags & Iff.UP:
        return
    if event is NetdevEvent.UP and idev is not None:
        addrconf_permanent_addr(idev)
    if not addrconf_link_ready(dev):
        if event is NetdevEvent.CHANGE:
            fib6_sync_linkdown(dev.net, dev)
        return
    if idev is None and dev.mtu >= IPV6_MIN_MTU:
        idev = ipv6_add_dev(dev)
    if idev is None:
        return
    if event is NetdevEvent.CHANGE and idev.if_flags & IF_READY:
        ipv6_mc_up(idev)
        fib6_sync_up(dev.net, dev)
        return
    idev.if_flags |= IF_READY
    if dev.flags & Iff.LOOPBACK:
        init_loopback(dev)
    else:
        addrconf_dev_config(dev)
    addrconf_dad_run(idev)
    fib6_sync_up(dev.net, dev)


def addrconf_permanent_addr(idev: Inet6Dev) -> None:
    """addrconf_permanent_addr: routes of addresses that were there before the device went up."""
    for ifp in list(idev.addr_list):
        if ifp.flags & Ifa.PERMANENT:
            if not ifp.flags & Ifa.NOPREFIXROUTE:
                addrconf_prefix_route(idev.dev, ifp.addr, ifp.prefix_len, ifp.rt_priority)
            if ifp.state is IfaState.PREDAD:
                addrconf_dad_start(ifp)


def init_loopback(dev: NetDevice) -> None:
    """init_loopback: ::1."""
    idev = ipv6_find_idev(dev)
    if idev is None:
        return
    try:
        ifp = ipv6_add_addr(idev, IN6ADDR_LOOPBACK, 128, Ifa.PERMANENT)
    except KernelError:
        return
    ifp.flags &= ~Ifa.TENTATIVE
    ipv6_ifa_notify(True, ifp)


def addrconf_dev_config(dev: NetDevice) -> None:
    """addrconf_dev_config: the route to groups, and the link-local address made of the device's."""
    if dev.type != ARPHRD_ETHER:
        idev: Inet6Dev | None = dev.inet6_dev
        if idev is not None and dev.flags & Iff.MULTICAST:
            ipv6_mc_up(idev)
        return
    idev = ipv6_find_idev(dev)
    if idev is None or idev.cnf.disable_ipv6:
        return
    addrconf_add_mroute(dev)
    if idev.cnf.addr_gen_mode == IN6_ADDR_GEN_MODE_EUI64:
        addrconf_add_linklocal(idev, b"\xfe\x80" + bytes(6) + addrconf_ifid_eui48(dev.address))


def addrconf_add_mroute(dev: NetDevice) -> None:
    """addrconf_add_mroute: ff00::/8 in table local."""
    cfg = Fib6Config(
        dst=0xFF << 120,
        dst_len=8,
        table=RT_TABLE_LOCAL,
        metric=IP6_RT_PRIO_ADDRCONF,
        ifindex=dev.ifindex,
        type=Rtn.MULTICAST,
        protocol=Rtprot.KERNEL,
    )
    _add_quietly(dev.net, cfg)


def _add_quietly(net: Net, cfg: Fib6Config) -> None:
    """ip6_route_add of the kernel's own: what is there stays."""
    try:
        ip6_route_add(net, cfg)
    except KernelError:
        return


def addrconf_prefix_route(dev: NetDevice, prefix: bytes, plen: int, metric: int, expires: int = 0) -> None:
    """addrconf_prefix_route: the neighbours of an address are on the link."""
    cfg = Fib6Config(
        dst=number(ipv6_addr_prefix(prefix, plen)),
        dst_len=plen,
        metric=metric or IP6_RT_PRIO_ADDRCONF,
        ifindex=dev.ifindex,
        protocol=Rtprot.KERNEL,
        expires=expires,
    )
    _add_quietly(dev.net, cfg)


def addrconf_add_linklocal(idev: Inet6Dev, addr: bytes) -> None:
    """addrconf_add_linklocal."""
    try:
        ifp = ipv6_add_addr(idev, addr, 64, Ifa.PERMANENT)
    except KernelError:
        return
    addrconf_prefix_route(idev.dev, addr, 64, 0)
    addrconf_dad_start(ifp)


def addrconf_ifdown(dev: NetDevice, *, unregister: bool) -> None:
    """addrconf_ifdown: routes, neighbours and addresses go; permanent addresses stay with keep_addr_on_down."""
    net: Net = dev.net
    idev: Inet6Dev | None = dev.inet6_dev
    fib6_sync_down_dev(net, dev, gone=unregister)
    neigh_ifdown(net.ipv6.nd_tbl, dev)
    if idev is None:
        return
    if unregister:
        idev.dead = True
        dev.inet6_dev = None
    all_keeps = net.ipv6.devconf_all.keep_addr_on_down
    keeps = (all_keeps or idev.cnf.keep_addr_on_down) > 0 and not unregister and not idev.cnf.disable_ipv6
    if idev.rs_timer is not None:
        idev.rs_timer.cancel()
    if not unregister:
        idev.if_flags &= ~(IF_RS_SENT | IF_RA_RCVD | IF_READY)
    for ifa in list(idev.addr_list):
        _stop_dad(ifa)
        if keeps and ifa.flags & Ifa.PERMANENT and not ifa.scope & IFA_LINK:
            ifa.state = IfaState.PREDAD
            ifa.flags = ifa.flags if ifa.flags & Ifa.NODAD else ifa.flags | Ifa.TENTATIVE
            addrconf_leave_solict(idev, ifa.addr)
            continue
        ifa.state = IfaState.DEAD
        idev.addr_list.remove(ifa)
        _unhash(net, ifa)
        ipv6_ifa_notify(False, ifa)
    if unregister:
        idev.ac_list.clear()
    ipv6_mc_down(idev)
    if unregister:
        idev.mc_list = {}
        _unregister_dev_sysctl(dev)


# --- addresses ----------------------------------------------------------------------------------------------------


def _unhash(net: Net, ifa: Inet6Ifaddr) -> None:
    same = net.ipv6.inet6_addr_lst[ifa.addr]
    same.remove(ifa)
    if not same:
        del net.ipv6.inet6_addr_lst[ifa.addr]
    if ifa.timer is not None:
        ifa.timer.cancel()
        ifa.timer = None


def addrconf_f6i_alloc(idev: Inet6Dev, addr: bytes, *, anycast: bool) -> Fib6Info:
    """addrconf_f6i_alloc: the local or anycast route of an address, in no table yet."""
    cfg = Fib6Config(
        dst=number(addr),
        dst_len=128,
        table=RT_TABLE_LOCAL,
        ifindex=idev.dev.ifindex,
        flags=RTF_NONEXTHOP | (RTF_ANYCAST if anycast else RTF_LOCAL),
        type=Rtn.ANYCAST if anycast else Rtn.LOCAL,
        protocol=Rtprot.KERNEL,
    )
    return ip6_route_info_create(idev.dev.net, cfg)


def ipv6_add_addr(idev: Inet6Dev, addr: bytes, plen: int, flags: Ifa) -> Inet6Ifaddr:
    """ipv6_add_addr: EADDRNOTAVAIL, ENODEV, EACCES (IPv6 is off), EEXIST.

    Addresses stand by falling scope, of one scope the newest first.
    """
    net: Net = idev.dev.net
    kind = ipv6_addr_type(addr)
    if kind & IPV6_ADDR_MULTICAST and not flags & Ifa.MCAUTOJOIN:
        words = 'ipv6: Cannot assign multicast address without "IFA_F_MCAUTOJOIN" flag'
        raise KernelError(Errno.EADDRNOTAVAIL, words)
    if kind == IPV6_ADDR_ANY:
        raise KernelError(Errno.EADDRNOTAVAIL, "ipv6: Invalid address")
    if kind & IPV6_ADDR_LOOPBACK and not idev.dev.flags & Iff.LOOPBACK:
        raise KernelError(Errno.EADDRNOTAVAIL, "ipv6: Cannot assign loopback address on this device")
    if idev.dead:
        raise KernelError(Errno.ENODEV, "ipv6: device is going away")
    if idev.cnf.disable_ipv6:
        raise KernelError(Errno.EACCES, "ipv6: IPv6 is disabled on this device")
    rt = addrconf_f6i_alloc(idev, addr, anycast=False)
    idev.nd_parms.set_all()
    if any(other.idev is idev for other in net.ipv6.inet6_addr_lst.get(addr, ())):
        raise KernelError(Errno.EEXIST, "ipv6: address already assigned")
    ifa = Inet6Ifaddr(idev, addr, plen, flags if flags & Ifa.NODAD else flags | Ifa.TENTATIVE, rt)
    net.ipv6.inet6_addr_lst.setdefault(addr, []).insert(0, ifa)
    scope = ipv6_addr_scope(addr)
    place = next((at for at, other in enumerate(idev.addr_list) if scope >= ipv6_addr_scope(other.addr)), None)
    idev.addr_list.insert(len(idev.addr_list) if place is None else place, ifa)
    return ifa


def ipv6_ifa_notify(new: bool, ifp: Inet6Ifaddr) -> None:
    """__ipv6_ifa_notify: an address is in use (``new``), or gone: its routes and groups follow."""
    net: Net = ifp.idev.dev.net
    if new:
        if ifp.rt.table is None:
            ip6_ins_rt(net, ifp.rt, RT_TABLE_LOCAL)
        if ifp.idev.cnf.forwarding:
            addrconf_join_anycast(ifp)
        if ifp.peer_addr != IN6ADDR_ANY:
            addrconf_prefix_route(ifp.idev.dev, ifp.peer_addr, 128, ifp.rt_priority)
    else:
        if ifp.idev.cnf.forwarding:
            addrconf_leave_anycast(ifp)
        addrconf_leave_solict(ifp.idev, ifp.addr)
        ip6_del_rt(net, ifp.rt)
    rt_genid_bump_ipv6(net)


def addrconf_join_anycast(ifp: Inet6Ifaddr) -> None:
    """addrconf_join_anycast: a router has its subnet's anycast address (RFC 4291 2.6.1)."""
    if ifp.prefix_len >= 127:
        return
    addr = ipv6_addr_prefix(ifp.addr, ifp.prefix_len)
    if addr == IN6ADDR_ANY:
        return
    idev = ifp.idev
    users, rt = idev.ac_list.get(addr, (0, None))
    if rt is None:
        rt = addrconf_f6i_alloc(idev, addr, anycast=True)
        ip6_ins_rt(idev.dev.net, rt, RT_TABLE_LOCAL)
        addrconf_join_solict(idev, addr)
    idev.ac_list[addr] = (users + 1, rt)


def addrconf_leave_anycast(ifp: Inet6Ifaddr) -> None:
    """addrconf_leave_anycast."""
    idev = ifp.idev
    addr = ipv6_addr_prefix(ifp.addr, ifp.prefix_len)
    if addr not in idev.ac_list:
        return
    users, rt = idev.ac_list[addr]
    if users > 1:
        idev.ac_list[addr] = (users - 1, rt)
        return
    del idev.ac_list[addr]
    addrconf_leave_solict(idev, addr)
    ip6_del_rt(idev.dev.net, rt)


def ipv6_del_addr(ifp: Inet6Ifaddr) -> None:
    """ipv6_del_addr: with the last address of a prefix its route goes."""
    idev = ifp.idev
    net: Net = idev.dev.net
    _stop_dad(ifp)
    ifp.state = IfaState.DEAD
    idev.addr_list.remove(ifp)
    _unhash(net, ifp)
    ipv6_ifa_notify(False, ifp)
    if ifp.flags & Ifa.PERMANENT and not ifp.flags & Ifa.NOPREFIXROUTE:
        _cleanup_prefix_route(ifp)
    if ifp.peer_addr != IN6ADDR_ANY:
        _del_prefix_route(ifp.idev.dev, ifp.peer_addr, 128)
    if ipv6_get_lladdr(idev.dev, Ifa.TENTATIVE) is None and idev.rs_timer is not None:
        idev.rs_timer.cancel()


def _cleanup_prefix_route(ifp: Inet6Ifaddr) -> None:
    """check_cleanup_prefix_route, cleanup_prefix_route: unless another address is of the same prefix."""
    prefix = ipv6_addr_prefix(ifp.addr, ifp.prefix_len)
    for other in ifp.idev.addr_list:
        same = other.prefix_len == ifp.prefix_len and ipv6_addr_prefix(other.addr, ifp.prefix_len) == prefix
        if same and not other.flags & Ifa.NOPREFIXROUTE:
            return
    _del_prefix_route(ifp.idev.dev, prefix, ifp.prefix_len)


def _prefix_route(dev: NetDevice, prefix: bytes, plen: int) -> Fib6Info | None:
    """addrconf_get_prefix_route."""
    net: Net = dev.net
    for f6i in net.ipv6.fib6_tables[RT_TABLE_MAIN].find(number(ipv6_addr_prefix(prefix, plen)), plen):
        if f6i.protocol == Rtprot.KERNEL and f6i.nhs[0].dev is dev:
            return f6i  # type: ignore[no-any-return]  # net.ipv6 is Any below the IPv6 layer
    return None


def _del_prefix_route(dev: NetDevice, prefix: bytes, plen: int) -> None:
    route = _prefix_route(dev, prefix, plen)
    if route is not None:
        ip6_del_rt(dev.net, route)


# --- duplicate address detection ----------------------------------------------------------------------------------


def _stop_dad(ifp: Inet6Ifaddr) -> None:
    if ifp.dad_timer is not None:
        ifp.dad_timer.cancel()
        ifp.dad_timer = None


def addrconf_dad_start(ifp: Inet6Ifaddr) -> None:
    """addrconf_dad_start: the address is looked after, now (Linux: by a work item, which runs at once)."""
    if ifp.state is not IfaState.DEAD:
        ifp.state = IfaState.PREDAD
        addrconf_dad_work(ifp)


def addrconf_dad_run(idev: Inet6Dev) -> None:
    """addrconf_dad_run: what is still tentative is looked after again."""
    for ifp in list(idev.addr_list):
        if ifp.flags & Ifa.TENTATIVE and ifp.state is IfaState.DAD and ifp.dad_timer is None:
            addrconf_dad_kick(ifp)


def addrconf_dad_kick(ifp: Inet6Ifaddr) -> None:
    """addrconf_dad_kick: the first question comes within router_solicitation_delay."""
    idev = ifp.idev
    machine = idev.dev.net.machine
    if idev.cnf.enhanced_dad or idev.dev.net.ipv6.devconf_all.enhanced_dad:
        machine.nonces += 1
        ifp.dad_nonce = machine.nonces.to_bytes(6, "big")
    ifp.dad_probes = idev.cnf.dad_transmits
    _dad_later(ifp, idev.cnf.router_solicitation_delay * NSEC_PER_SEC // 2)


def _dad_later(ifp: Inet6Ifaddr, delay: int) -> None:
    _stop_dad(ifp)
    ifp.dad_timer = ifp.idev.dev.net.machine.clock.call_later(delay, partial(addrconf_dad_work, ifp))


@kfunc("net/ipv6/addrconf.c", "addrconf_dad_work")
def addrconf_dad_work(ifp: Inet6Ifaddr) -> None:
    """One step of duplicate address detection (RFC 4862 5.4): begin, ask, give up or be done."""
    ifp.dad_timer = None
    if ifp.state is IfaState.PREDAD:
        ifp.state = IfaState.DAD
        addrconf_dad_begin(ifp)
        return
    if ifp.state is IfaState.ERRDAD:
        addrconf_dad_stop(ifp, failed=True)
        return
    idev = ifp.idev
    if ifp.state is not IfaState.DAD or idev.dead or not idev.if_flags & IF_READY:
        return
    if not ifp.dad_probes:
        ifp.state = IfaState.POSTDAD
        tentative = bool(ifp.flags & Ifa.TENTATIVE)
        ifp.flags &= ~(Ifa.TENTATIVE | Ifa.OPTIMISTIC | Ifa.DADFAILED)
        addrconf_dad_completed(ifp, tentative)
        return
    ifp.dad_probes -= 1
    _dad_later(ifp, max(idev.nd_parms.retrans_time, 10 * NSEC_PER_MSEC))
    ndisc_send_ns(idev.dev, ifp.addr, addrconf_addr_solict_mult(ifp.addr), IN6ADDR_ANY, ifp.dad_nonce)


def addrconf_dad_begin(ifp: Inet6Ifaddr) -> None:
    """addrconf_dad_begin: asks, or takes the address as it is where that is not wanted."""
    idev = ifp.idev
    dev = idev.dev
    addrconf_join_solict(idev, ifp.addr)
    unwanted = dev.net.ipv6.devconf_all.accept_dad < 1 and idev.cnf.accept_dad < 1
    if dev.flags & (Iff.NOARP | Iff.LOOPBACK) or unwanted or not ifp.flags & Ifa.TENTATIVE or ifp.flags & Ifa.NODAD:
        tentative = bool(ifp.flags & Ifa.TENTATIVE)
        ifp.flags &= ~(Ifa.TENTATIVE | Ifa.OPTIMISTIC | Ifa.DADFAILED)
        ifp.state = IfaState.POSTDAD
        addrconf_dad_completed(ifp, tentative)
    elif not idev.if_flags & IF_READY:
        addrconf_dad_stop(ifp, failed=False)
    else:
        addrconf_dad_kick(ifp)


def addrconf_dad_stop(ifp: Inet6Ifaddr, *, failed: bool) -> None:
    """addrconf_dad_stop: a permanent address stays, tentative; another one goes."""
    if ifp.flags & Ifa.PERMANENT:
        _stop_dad(ifp)
        ifp.flags |= Ifa.TENTATIVE
        if failed:
            ifp.flags &= ~Ifa.OPTIMISTIC
            ifp.flags |= Ifa.DADFAILED
    else:
        ipv6_del_addr(ifp)


@kfunc("net/ipv6/addrconf.c", "addrconf_dad_failure")
def addrconf_dad_failure(ifp: Inet6Ifaddr) -> None:
    """Somebody else has the address."""
    if ifp.state is IfaState.DAD:
        ifp.state = IfaState.POSTDAD
        ifp.flags |= Ifa.DADFAILED
        addrconf_dad_stop(ifp, failed=True)


@kfunc("net/ipv6/addrconf.c", "addrconf_dad_completed")
def addrconf_dad_completed(ifp: Inet6Ifaddr, send_na: bool) -> None:
    """The address is ours: it gets its local route; with the first link-local one, groups and routers hear of us."""
    idev = ifp.idev
    dev = idev.dev
    _stop_dad(ifp)
    ipv6_ifa_notify(True, ifp)
    first = ifp.scope == IFA_LINK and _ipv6_lonely_lladdr(ifp)
    send_rs = (
        first and _accepts_ra(idev) and idev.cnf.router_solicitations != 0 and not dev.flags & Iff.LOOPBACK
    )  # fmt: skip
    if first:
        ipv6_mc_dad_complete(idev)
    if send_na and (idev.cnf.ndisc_notify or dev.net.ipv6.devconf_all.ndisc_notify):
        ndisc_send_na(
            dev, IN6ADDR_LINKLOCAL_ALLNODES, ifp.addr,
            router=bool(idev.cnf.forwarding), solicited=False, override=True, inc_opt=True,
        )  # fmt: skip
    if send_rs:
        lladdr = ipv6_get_lladdr(dev, Ifa.TENTATIVE)
        if lladdr is not None:
            ndisc_send_rs(dev, lladdr, IN6ADDR_LINKLOCAL_ALLROUTERS)
            idev.rs_interval = idev.cnf.router_solicitation_interval * NSEC_PER_SEC
            idev.rs_probes = 1
            idev.if_flags |= IF_RS_SENT
            _rs_later(idev, idev.rs_interval)


def _ipv6_lonely_lladdr(ifp: Inet6Ifaddr) -> bool:
    """ipv6_lonely_lladdr: the only link-local address that is in use."""
    return not any(
        other is not ifp and other.scope == IFA_LINK and not other.flags & (Ifa.TENTATIVE | Ifa.OPTIMISTIC)
        for other in ifp.idev.addr_list
    )


def _accepts_ra(idev: Inet6Dev) -> bool:
    """ipv6_accept_ra: routers ask no routers, unless they are told to."""
    return bool(idev.cnf.accept_ra == 2 if idev.cnf.forwarding else idev.cnf.accept_ra)


def _rs_later(idev: Inet6Dev, delay: int) -> None:
    if idev.rs_timer is not None:
        idev.rs_timer.cancel()
    idev.rs_timer = idev.dev.net.machine.clock.call_later(delay, partial(addrconf_rs_timer, idev))


@kfunc("net/ipv6/addrconf.c", "addrconf_rs_timer")
def addrconf_rs_timer(idev: Inet6Dev) -> None:
    """Nobody answered: routers are asked again, after twice the time (RFC 7559)."""
    idev.rs_timer = None
    limit = idev.cnf.router_solicitations
    if idev.dead or not idev.if_flags & IF_READY or not _accepts_ra(idev) or idev.if_flags & IF_RA_RCVD:
        return
    if idev.rs_probes >= limit >= 0:
        return
    idev.rs_probes += 1
    lladdr = ipv6_get_lladdr(idev.dev, Ifa.TENTATIVE)
    if lladdr is None:
        return
    ndisc_send_rs(idev.dev, lladdr, IN6ADDR_LINKLOCAL_ALLROUTERS)
    idev.rs_interval = min(2 * idev.rs_interval, idev.cnf.router_solicitation_max_interval * NSEC_PER_SEC)
    delay = idev.cnf.router_solicitation_delay * NSEC_PER_SEC if idev.rs_probes == limit else idev.rs_interval
    _rs_later(idev, delay)


# --- rtnetlink ----------------------------------------------------------------------------------------------------

_SETTABLE = (
    Ifa.NODAD | Ifa.HOMEADDRESS | Ifa.MANAGETEMPADDR | Ifa.NOPREFIXROUTE | Ifa.MCAUTOJOIN | Ifa.OPTIMISTIC
)  # fmt: skip
_REFUSED = Ifa.HOMEADDRESS | Ifa.MANAGETEMPADDR | Ifa.MCAUTOJOIN | Ifa.OPTIMISTIC


def _device(net: Net, ifindex: int) -> Inet6Dev:
    dev = net.dev_get_by_index(ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "ipv6: Unable to find the interface")
    idev = ipv6_find_idev(dev)
    if idev is None:
        raise KernelError(Errno.EINVAL)
    return idev


def _local_of(address: Address) -> tuple[bytes | None, bytes]:
    """extract_addr: the address, and its peer where there is another one."""
    local, peer = address.local, address.address
    if local is None:
        return peer, IN6ADDR_ANY
    return local, peer if peer is not None and peer != local else IN6ADDR_ANY


@kfunc("net/ipv6/addrconf.c", "inet6_rtm_newaddr")
def inet6_rtm_newaddr(net: Net, request: NewAddress) -> None:
    """RTM_NEWADDR: adds an address, or changes the lifetimes and flags of one that is there (NLM_F_REPLACE)."""
    address = request.address
    local, peer = _local_of(address)
    if local is None:
        raise KernelError(Errno.EINVAL)
    if address.prefixlen > 128:
        raise KernelError(Errno.EINVAL, "ipv6: Invalid prefix length")
    if address.flags & _REFUSED:
        raise KernelError(Errno.EOPNOTSUPP)
    idev = _device(net, address.ifindex)
    if not address.valid_lft or address.preferred_lft > address.valid_lft:
        raise KernelError(Errno.EINVAL, "ipv6: address lifetime invalid")
    existing = next((ifa for ifa in net.ipv6.inet6_addr_lst.get(local, ()) if ifa.idev is idev), None)
    if existing is not None:
        if request.nlm_flags & NlmFlags.EXCL or not request.nlm_flags & NlmFlags.REPLACE:
            raise KernelError(Errno.EEXIST, "ipv6: address already assigned")
        inet6_addr_modify(existing, address)
        return
    ifp = ipv6_add_addr(idev, local, address.prefixlen, address.flags & _SETTABLE)
    ifp.peer_addr = peer
    ifp.rt_priority = address.metric
    ifp.proto = address.proto
    _set_lifetimes(ifp, address.valid_lft, address.preferred_lft)
    if not ifp.flags & Ifa.NOPREFIXROUTE:
        addrconf_prefix_route(idev.dev, local, ifp.prefix_len, ifp.rt_priority, _expiry(ifp))
    addrconf_dad_start(ifp)


def _expiry(ifp: Inet6Ifaddr) -> int:
    """When the address's prefix is no longer on the link (ns), 0: never."""
    return 0 if ifp.valid_lft == INFINITY_LIFE_TIME else ifp.tstamp + ifp.valid_lft * NSEC_PER_SEC


def inet6_addr_modify(ifp: Inet6Ifaddr, address: Address) -> None:
    """inet6_addr_modify: other lifetimes, flags and metric; the prefix's route follows."""
    had_route = not ifp.flags & Ifa.NOPREFIXROUTE
    ifp.flags &= ~(_SETTABLE | Ifa.DEPRECATED | Ifa.PERMANENT)
    ifp.flags |= address.flags & _SETTABLE
    ifp.proto = address.proto
    _set_lifetimes(ifp, address.valid_lft, address.preferred_lft)
    if had_route and (ifp.flags & Ifa.NOPREFIXROUTE or address.metric not in (0, ifp.rt_priority)):
        _del_prefix_route(ifp.idev.dev, ifp.addr, ifp.prefix_len)
        had_route = False
    ifp.rt_priority = address.metric or ifp.rt_priority
    if ifp.flags & Ifa.NOPREFIXROUTE:
        return
    route = _prefix_route(ifp.idev.dev, ifp.addr, ifp.prefix_len) if had_route else None
    if route is not None:
        route.expires = _expiry(ifp)
    else:
        addrconf_prefix_route(ifp.idev.dev, ifp.addr, ifp.prefix_len, ifp.rt_priority, _expiry(ifp))


def _set_lifetimes(ifp: Inet6Ifaddr, valid_lft: int, prefered_lft: int) -> None:
    """An address that may run out is watched by a timer (addrconf_verify_rtnl)."""
    ifp.tstamp = ifp.idev.dev.net.machine.clock.now
    ifp.valid_lft, ifp.prefered_lft = valid_lft, prefered_lft
    ifp.flags &= ~(Ifa.PERMANENT | Ifa.DEPRECATED)
    if valid_lft == INFINITY_LIFE_TIME:
        ifp.flags |= Ifa.PERMANENT
    if not prefered_lft:
        ifp.flags |= Ifa.DEPRECATED
    if ifp.timer is not None:
        ifp.timer.cancel()
        ifp.timer = None
    _verify(ifp)


def _verify(ifp: Inet6Ifaddr) -> None:
    clock = ifp.idev.dev.net.machine.clock
    age = (clock.now - ifp.tstamp) // NSEC_PER_SEC
    if ifp.valid_lft != INFINITY_LIFE_TIME and age >= ifp.valid_lft:
        ipv6_del_addr(ifp)
        return
    if ifp.prefered_lft != INFINITY_LIFE_TIME and age >= ifp.prefered_lft:
        ifp.flags |= Ifa.DEPRECATED
    ends = [end for end in (ifp.prefered_lft, ifp.valid_lft) if end != INFINITY_LIFE_TIME and end > age]
    if ends:
        ifp.timer = clock.call_later((min(ends) - age) * NSEC_PER_SEC, partial(_verify, ifp))


@kfunc("net/ipv6/addrconf.c", "inet6_rtm_deladdr")
def inet6_rtm_deladdr(net: Net, request: DelAddress) -> None:
    """RTM_DELADDR: EADDRNOTAVAIL for an address that is not there."""
    wanted = request.address
    local, _ = _local_of(wanted)
    if local is None:
        raise KernelError(Errno.EINVAL)
    dev = net.dev_get_by_index(wanted.ifindex)
    if dev is None:
        raise KernelError(Errno.ENODEV, "ipv6: Unable to find the interface")
    if dev.inet6_dev is None:
        raise KernelError(Errno.ENXIO, "ipv6: IPv6 is disabled on this device")
    for ifp in dev.inet6_dev.addr_list:
        if ifp.addr == local and ifp.prefix_len == wanted.prefixlen:
            ipv6_del_addr(ifp)
            return
    raise KernelError(Errno.EADDRNOTAVAIL, "ipv6: address not found")


def inet6_dump_ifinfo(net: Net, request: DumpLinks) -> tuple[LinkInfo, ...]:
    """inet6_dump_ifinfo: links as RTM_GETLINK for AF_INET6 lists them: without queue, group and other namespaces."""
    links = rtnl_dump_ifinfo(net, DumpLinks(request.master, request.kind))
    return tuple(
        replace(link, qdisc="", group=None, link_netnsid=None, link=None if link.link == link.ifindex else link.link)
        for link in links
        if net.by_index[link.ifindex].inet6_dev is not None
    )


def _left(lifetime: int, age: int) -> int:
    return lifetime if lifetime == INFINITY_LIFE_TIME else max(lifetime - age, 0)


def inet6_fill_ifaddr(ifa: Inet6Ifaddr) -> Address:
    """inet6_fill_ifaddr: an address as an RTM_NEWADDR message says it."""
    dev = ifa.idev.dev
    age = (dev.net.machine.clock.now - ifa.tstamp) // NSEC_PER_SEC
    peer = ifa.peer_addr if ifa.peer_addr != IN6ADDR_ANY else None
    return Address(
        ifindex=dev.ifindex,
        prefixlen=ifa.prefix_len,
        local=None if peer is None else ifa.addr,
        address=ifa.addr if peer is None else peer,
        scope=rt_scope(ifa.scope),
        flags=ifa.flags,
        valid_lft=_left(ifa.valid_lft, age),
        preferred_lft=_left(ifa.prefered_lft, age),
        metric=ifa.rt_priority,
        proto=ifa.proto,
        family=AF_INET6,
    )


def inet6_dump_ifaddr(net: Net, request: DumpAddresses) -> tuple[Address, ...]:
    """All addresses in the order of interface numbers, or those of one interface."""
    if request.ifindex and request.ifindex not in net.by_index:
        raise KernelError(Errno.ENODEV)
    return tuple(
        inet6_fill_ifaddr(ifa)
        for ifindex, dev in sorted(net.by_index.items())
        if dev.inet6_dev is not None and request.ifindex in (0, ifindex)
        for ifa in dev.inet6_dev.addr_list
    )
