"""Routes as they are configured, and as they follow addresses and devices (net/ipv4/fib_frontend.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.neighbour import neigh_forget, neigh_ifdown
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import INADDR_ANY, INADDR_BROADCAST, ipv4_is_zeronet, number
from webapp.kernel.ipv4.fib_rules import fib4_rules_early_flow_dissect, fib_lookup, fib_new_table
from webapp.kernel.ipv4.fib_semantics import (
    fib_result_prefsrc,
    fib_sync_down_addr,
    fib_sync_down_dev,
    fib_sync_up,
)
from webapp.kernel.ipv4.fib_table import FibAlias
from webapp.kernel.ipv4.fib_trie import fib_table_delete, fib_table_flush, fib_table_insert, rt_cache_flush
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.in_device import (
    InDevice,
    InetAddrEvent,
    InIfaddr,
    inet_ifa_byprefix,
    inet_select_addr,
)
from webapp.kernel.ipv4.ip_fib import FibConfig, FibInfo
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_LOCAL,
    RT_TABLE_MAIN,
    DelRoute,
    DumpRoutes,
    Ifa,
    NewRoute,
    NextHop,
    Route,
    Rtn,
    Rtnh,
    Rtprot,
    RtScope,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net
    from webapp.kernel.ipv4.route import Rtable

_RTCF_BROADCAST_MULTICAST_LOCAL = 0x10000000 | 0x20000000 | 0x80000000


def fib_flush(net: Net) -> None:
    """fib_flush: dead routes leave every table."""
    for table in net.ipv4.tables.values():
        fib_table_flush(net, table)
    rt_cache_flush(net)


# --- validation of sources ----------------------------------------------------------------------------------------


def fib_compute_spec_dst(skb: SkBuff) -> bytes:
    """fib_compute_spec_dst: our address that a received packet was for, to answer from."""
    dev = skb.dev
    head, nh = skb.head, skb.network_header
    rt: Rtable = skb.dst  # type: ignore[assignment]  # received packets have been routed
    if rt.flags & _RTCF_BROADCAST_MULTICAST_LOCAL == 0x80000000:
        return head[nh + 16 : nh + 20]
    saddr = head[nh + 12 : nh + 16]
    if ipv4_is_zeronet(saddr):
        return inet_select_addr(dev, saddr, RtScope.LINK)
    net = dev.net
    in_dev = dev.in_dev
    vmark = in_dev is not None and (in_dev.cnf.src_valid_mark or net.ipv4.devconf_all.src_valid_mark)
    flow = Flowi4(saddr, tos=head[nh + 1] & INET_DSCP_MASK, mark=skb.mark if vmark else 0)
    result = fib_lookup(net, flow)
    if result.error:
        return inet_select_addr(dev, saddr, RtScope.UNIVERSE)
    return fib_result_prefsrc(net, result)


def fib_info_nh_uses_dev(info: FibInfo, dev: NetDevice) -> bool:
    """fib_info_nh_uses_dev."""
    return any(nh.dev is dev for nh in info.nhs)


def fib_validate_source(
    skb: SkBuff, src: bytes, dst: bytes, tos: int, oif: int, dev: NetDevice, in_dev: InDevice
) -> DropReason | bool:
    """fib_validate_source: whether a packet from ``src`` may come in on ``dev``.

    A DropReason says why not (a source of our own, or rp_filter); True means that the source is on the link itself.
    """
    net = dev.net
    ipv4 = net.ipv4
    conf_all = ipv4.devconf_all
    cnf = in_dev.cnf
    rpf = max(cnf.rp_filter, conf_all.rp_filter)
    if not rpf and (dev.ifindex != oif or not (cnf.send_redirects or conf_all.send_redirects)):
        if cnf.accept_local or conf_all.accept_local:
            return False
        if not (ipv4.fib_has_custom_local_routes or ipv4.fib_has_custom_rules):
            return DropReason.IP_LOCAL_SOURCE if src in ipv4.inet_addr_lst else False
    return _validate_source(skb, src, dst, tos, oif, dev, rpf, in_dev)


def _validate_source(
    skb: SkBuff, src: bytes, dst: bytes, tos: int, oif: int, dev: NetDevice, rpf: int, in_dev: InDevice
) -> DropReason | bool:
    """__fib_validate_source: looks the way back up."""
    net = dev.net
    conf_all = net.ipv4.devconf_all
    vmark = in_dev.cnf.src_valid_mark or conf_all.src_valid_mark
    flow = Flowi4(src, dst, tos, iif=oif or 1, mark=skb.mark if vmark else 0)
    if net.ipv4.fib_rules_require_fldissect:
        fib4_rules_early_flow_dissect(skb, flow)
        flow.sport, flow.dport = flow.dport, flow.sport
    result = fib_lookup(net, flow)
    if result.error:
        return DropReason.IP_RPFILTER if rpf else False
    if result.type != Rtn.UNICAST and (
        result.type != Rtn.LOCAL or not (in_dev.cnf.accept_local or conf_all.accept_local)
    ):
        return DropReason.IP_LOCAL_SOURCE
    if fib_info_nh_uses_dev(result.info, dev) or (result.type == Rtn.LOCAL and dev is net.loopback):
        return result.nh.scope >= RtScope.HOST
    if not in_dev.ifa_list:
        return DropReason.IP_RPFILTER if rpf else False
    if rpf == 1:
        return DropReason.IP_RPFILTER
    flow.oif = dev.ifindex
    result = fib_lookup(net, flow, True)
    return not result.error and result.type == Rtn.UNICAST and result.nh.scope >= RtScope.HOST


# --- rtnetlink ----------------------------------------------------------------------------------------------------


def _inval(extack: str) -> KernelError:
    return KernelError(Errno.EINVAL, extack)


def rtm_to_fib_config(route: Route, nlflags: NlmFlags) -> FibConfig:
    """rtm_to_fib_config: the request in the kernel's terms, or what is wrong with it."""
    if route.tos & 3:
        raise _inval("Invalid dsfield (tos): ECN bits must be 0")
    dst = number(route.dst) if route.dst is not None else 0
    if route.dst_len > 32:
        raise _inval("Invalid prefix length")
    if dst & (0xFFFFFFFF >> route.dst_len):
        raise _inval("Invalid prefix for given prefix length")
    return FibConfig(
        dst=dst,
        dst_len=route.dst_len,
        table=route.table or RT_TABLE_MAIN,
        type=route.type,
        scope=route.scope,
        protocol=route.protocol,
        tos=route.tos,
        flags=route.flags,
        oif=route.oif,
        gateway=_gateway(route.gateway),
        prefsrc=route.prefsrc,
        priority=route.priority,
        metrics=route.metrics or None,
        multipath=tuple(NextHop(hop.oif, _gateway(hop.gateway), hop.weight, hop.flags) for hop in route.multipath),
        nlflags=nlflags,
    )


def _gateway(gateway: bytes | None) -> bytes | None:
    return None if gateway == INADDR_ANY else gateway


@kfunc("net/ipv4/fib_frontend.c", "inet_rtm_newroute")
def inet_rtm_newroute(net: Net, request: NewRoute) -> None:
    """RTM_NEWROUTE."""
    cfg = rtm_to_fib_config(request.route, request.nlm_flags)
    fib_table_insert(net, fib_new_table(net, cfg.table), cfg)
    if cfg.type == Rtn.LOCAL:
        net.ipv4.fib_has_custom_local_routes = True


@kfunc("net/ipv4/fib_frontend.c", "inet_rtm_delroute")
def inet_rtm_delroute(net: Net, request: DelRoute) -> None:
    """RTM_DELROUTE: ESRCH where there is no such table or route."""
    cfg = rtm_to_fib_config(request.route, NlmFlags.NONE)
    table = net.ipv4.tables.get(cfg.table)
    if table is None:
        raise KernelError(Errno.ESRCH, "FIB table does not exist")
    fib_table_delete(net, table, cfg)


def fib_dump_info(alias: FibAlias, net: Net) -> Route:
    """fib_dump_info: a route of a table as an RTM_NEWROUTE message says it."""
    info = alias.info
    several = len(info.nhs) > 1
    hops = tuple(NextHop(nh.oif, nh.gateway, nh.weight, _nh_flags(nh.flags)) for nh in info.nhs)
    first = info.nhs[0]
    return Route(
        dst=alias.dst.to_bytes(4, "big") if alias.plen else None,
        dst_len=alias.plen,
        tos=alias.tos,
        table=alias.table.id,
        protocol=info.protocol,
        scope=info.scope,
        type=alias.type,
        flags=Rtnh(info.flags) if several else Rtnh(info.flags) | _nh_flags(first.flags),
        oif=0 if several else first.oif,
        gateway=None if several else first.gateway,
        prefsrc=info.prefsrc,
        priority=info.priority,
        metrics=tuple(sorted(info.metrics.items())),
        multipath=hops if several else (),
    )


def _nh_flags(flags: int) -> Rtnh:
    """fib_nexthop_info: what of a next hop's flags is shown."""
    return Rtnh(flags & (Rtnh.ONLINK | Rtnh.DEAD | Rtnh.LINKDOWN))


def inet_dump_fib(net: Net, request: DumpRoutes) -> tuple[Route, ...]:
    """RTM_GETROUTE with NLM_F_DUMP: the routes of a table (ENOENT), or of all."""
    tables = net.ipv4.tables
    if request.table:
        if request.table not in tables:
            raise KernelError(Errno.ENOENT, "ipv4: FIB table does not exist")
        return tuple(fib_dump_info(alias, net) for alias in tables[request.table])
    # fib_table_hash: 256 buckets, the newest table of a bucket first
    order = sorted(enumerate(tables), key=lambda item: (item[1] & 0xFF, -item[0]))
    return tuple(fib_dump_info(alias, net) for _, id_ in order for alias in tables[id_])


# --- addresses ----------------------------------------------------------------------------------------------------


def fib_magic(new: bool, type_: Rtn, dst: int, dst_len: int, ifa: InIfaddr, priority: int) -> None:
    """fib_magic: adds or deletes a route that follows from an address; what cannot be is let be."""
    net = ifa.in_dev.dev.net
    cfg = FibConfig(
        dst=dst,
        dst_len=dst_len,
        table=RT_TABLE_MAIN if type_ == Rtn.UNICAST else RT_TABLE_LOCAL,
        type=type_,
        scope=RtScope.HOST if type_ == Rtn.LOCAL else RtScope.LINK,
        protocol=Rtprot.KERNEL,
        oif=ifa.in_dev.dev.ifindex,
        prefsrc=ifa.local,
        priority=priority,
        nlflags=NlmFlags.CREATE | NlmFlags.APPEND,
    )
    table = fib_new_table(net, cfg.table)
    try:
        if new:
            fib_table_insert(net, table, cfg)
        else:
            fib_table_delete(net, table, cfg)
    except KernelError:
        return


def _prefix_type(dev: NetDevice) -> Rtn:
    return Rtn.LOCAL if dev.flags & Iff.LOOPBACK else Rtn.UNICAST


def _has_subnet(ifa: InIfaddr) -> bool:
    return bool(ifa.network) and (ifa.network != number(ifa.local) or ifa.prefixlen < 32)


def fib_add_ifaddr(ifa: InIfaddr) -> None:
    """fib_add_ifaddr: the local route of an address, and on a device that is up its broadcast and its subnet."""
    in_dev = ifa.in_dev
    dev = in_dev.dev
    prim: InIfaddr | None = ifa
    if ifa.flags & Ifa.SECONDARY:
        prim = inet_ifa_byprefix(in_dev, ifa.network, ifa.mask)
        if prim is None:
            return
    assert prim is not None
    fib_magic(True, Rtn.LOCAL, number(ifa.local), 32, prim, 0)
    if not dev.flags & Iff.UP:
        return
    if ifa.broadcast is not None and ifa.broadcast != INADDR_BROADCAST:
        fib_magic(True, Rtn.BROADCAST, number(ifa.broadcast), 32, prim, 0)
        neigh_forget(dev.net.ipv4.arp_tbl, ifa.broadcast, dev, force=False)
    if not ifa.flags & Ifa.SECONDARY and _has_subnet(ifa):
        if not ifa.flags & Ifa.NOPREFIXROUTE:
            fib_magic(True, _prefix_type(dev), ifa.network, ifa.prefixlen, prim, ifa.metric)
        if ifa.prefixlen < 31:
            brd = ifa.network | ~ifa.mask & 0xFFFFFFFF
            fib_magic(True, Rtn.BROADCAST, brd, 32, prim, 0)
            neigh_forget(dev.net.ipv4.arp_tbl, brd.to_bytes(4, "big"), dev, force=False)


def fib_modify_prefix_metric(ifa: InIfaddr, metric: int) -> None:
    """fib_modify_prefix_metric: the subnet's route gets another priority."""
    dev = ifa.in_dev.dev
    if (
        not dev.flags & Iff.UP
        or ifa.flags & (Ifa.SECONDARY | Ifa.NOPREFIXROUTE)
        or not ifa.network
        or (ifa.network == number(ifa.local) and ifa.prefixlen == 32)
    ):
        return
    fib_magic(True, _prefix_type(dev), ifa.network, ifa.prefixlen, ifa, metric)
    fib_magic(False, _prefix_type(dev), ifa.network, ifa.prefixlen, ifa, ifa.metric)


class _StillNeeded:
    """Which of a leaving address's routes another address needs too (LOCAL_OK, BRD_OK, BRD0_OK, BRD1_OK)."""

    __slots__ = ("brd", "brd0", "brd1", "gone", "local")

    def __init__(self) -> None:
        self.local = self.brd = self.brd0 = self.brd1 = False
        self.gone = True


def _scan(ifa: InIfaddr, prim: InIfaddr, iprim: InIfaddr | None, any_: int, brd: int) -> _StillNeeded:
    in_dev = ifa.in_dev
    needed = _StillNeeded()
    prim1: InIfaddr | None = None
    same_prefsrc = False
    ifa_brd = number(ifa.broadcast) if ifa.broadcast else 0
    for other in in_dev.ifa_list:
        if other is ifa:
            needed.gone = False
            continue
        if iprim is not None and other.same_subnet(iprim):
            continue
        if other.flags & Ifa.SECONDARY:
            if other.same_subnet(prim):
                prim1 = prim
            else:
                if not same_prefsrc:
                    continue
                if prim1 is None or not other.same_subnet(prim1):
                    prim1 = inet_ifa_byprefix(in_dev, other.network, other.mask)
                if prim1 is None or prim1.local != prim.local:
                    continue
        else:
            if prim.local != other.local:
                continue
            prim1 = other
            same_prefsrc = same_prefsrc or prim is not prim1
        other_brd = number(other.broadcast) if other.broadcast else 0
        needed.local = needed.local or ifa.local == other.local
        broadcasts = {other_brd}
        if prim1 is other and other.prefixlen < 31 and other.network:
            broadcasts |= {other.network, other.network | ~other.mask & 0xFFFFFFFF}
        needed.brd = needed.brd or ifa_brd in broadcasts
        needed.brd1 = needed.brd1 or brd in broadcasts
        needed.brd0 = needed.brd0 or any_ in broadcasts
    return needed


def fib_del_ifaddr(ifa: InIfaddr, iprim: InIfaddr | None) -> None:
    """fib_del_ifaddr: takes away the routes that came with an address, unless another one needs them.

    With ``iprim`` (promotion) the addresses of that subnet count as deleted, though they are still listed.
    """
    in_dev = ifa.in_dev
    dev = in_dev.dev
    net = dev.net
    any_ = ifa.network
    brd = ifa.network | ~ifa.mask & 0xFFFFFFFF
    prim: InIfaddr | None = ifa
    subnet = False
    if ifa.flags & Ifa.SECONDARY:
        prim = inet_ifa_byprefix(in_dev, any_, ifa.mask)
    elif _has_subnet(ifa):
        if not ifa.flags & Ifa.NOPREFIXROUTE:
            fib_magic(False, _prefix_type(dev), any_, ifa.prefixlen, ifa, 0)
        subnet = True
    if prim is None:
        return
    needed = _StillNeeded() if in_dev.dead else _scan(ifa, prim, iprim, any_, brd)
    if not needed.brd and ifa.broadcast is not None:
        fib_magic(False, Rtn.BROADCAST, number(ifa.broadcast), 32, prim, 0)
    if subnet and ifa.prefixlen < 31:
        if not needed.brd1:
            fib_magic(False, Rtn.BROADCAST, brd, 32, prim, 0)
        if not needed.brd0:
            fib_magic(False, Rtn.BROADCAST, any_, 32, prim, 0)
    if not needed.local:
        fib_magic(False, Rtn.LOCAL, number(ifa.local), 32, prim, 0)
        gone = needed.gone and inet_addr_type(net, ifa.local) != Rtn.LOCAL
        if gone and fib_sync_down_addr(net, ifa.local):
            fib_flush(net)


# --- events -------------------------------------------------------------------------------------------------------


def fib_disable_ip(dev: NetDevice, event: NetdevEvent, force: bool) -> None:
    """fib_disable_ip: routes over the device die, and its neighbours are forgotten."""
    if fib_sync_down_dev(dev, event, force):
        fib_flush(dev.net)
    else:
        rt_cache_flush(dev.net)
    neigh_ifdown(dev.net.ipv4.arp_tbl, dev)


def fib_inetaddr_event(event: InetAddrEvent, ifa: InIfaddr) -> None:
    """fib_inetaddr_event: routes follow addresses; without the last one the device has no IPv4 routes."""
    dev = ifa.in_dev.dev
    if event is InetAddrEvent.UP:
        fib_add_ifaddr(ifa)
        fib_sync_up(dev, int(Rtnh.DEAD))
    else:
        fib_del_ifaddr(ifa, None)
        if not ifa.in_dev.ifa_list:
            fib_disable_ip(dev, NetdevEvent.DOWN, True)
            return
    rt_cache_flush(dev.net)


def fib_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """fib_netdev_event: routes follow devices."""
    if event is NetdevEvent.UNREGISTER:
        fib_disable_ip(dev, event, True)
        return
    in_dev = dev.in_dev
    if in_dev is None:
        return
    if event is NetdevEvent.UP:
        for ifa in in_dev.ifa_list:
            fib_add_ifaddr(ifa)
        fib_sync_up(dev, int(Rtnh.DEAD))
        rt_cache_flush(dev.net)
    elif event is NetdevEvent.DOWN:
        fib_disable_ip(dev, event, False)
    elif event is NetdevEvent.CHANGE:
        if dev.carrier:
            fib_sync_up(dev, int(Rtnh.LINKDOWN))
        else:
            fib_sync_down_dev(dev, event, False)
        rt_cache_flush(dev.net)
    elif event is NetdevEvent.CHANGEMTU:
        rt_cache_flush(dev.net)
