"""What routes mean: next hops, their scopes, and when they die (net/ipv4/fib_semantics.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.neighbour import NUD_NONE, NUD_REACHABLE, NUD_VALID, neigh_lookup
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.addr_type import inet_addr_type_table
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.fib_rules import fib_lookup
from webapp.kernel.ipv4.fib_table import FibAlias, fib_table_lookup
from webapp.kernel.ipv4.flow import INET_DSCP_LEGACY_TOS_MASK, Flowi4
from webapp.kernel.ipv4.in_device import inet_select_addr
from webapp.kernel.ipv4.ip_fib import (
    FIB_PROPS,
    NO_ROUTE,
    FibConfig,
    FibInfo,
    FibNh,
    FibResult,
    ip_ignore_linkdown,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.rtnetlink import RT_TABLE_LOCAL, RT_TABLE_MAIN, Rtax, Rtn, Rtnh, RtScope

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_DEAD = int(Rtnh.DEAD)
_LINKDOWN = int(Rtnh.LINKDOWN)
_ROUTABLE = frozenset((Rtn.UNICAST, Rtn.LOCAL, Rtn.BROADCAST, Rtn.ANYCAST, Rtn.MULTICAST))


# --- making -------------------------------------------------------------------------------------------------------


def _inval(extack: str) -> KernelError:
    return KernelError(Errno.EINVAL, extack)


_METRICS_BOUNDS = {Rtax.MTU: 65535 - 15, Rtax.ADVMSS: 65535 - 40, Rtax.HOPLIMIT: 255}


def _init_metrics(info: FibInfo) -> None:
    """ip_fib_metrics_init: values that are too big are cut, as by ip_metrics_convert."""
    for metric, bound in _METRICS_BOUNDS.items():
        if info.metrics.get(metric, 0) > bound:
            info.metrics[metric] = bound
    info.mtu = info.metrics.get(Rtax.MTU, 0)


@kfunc("net/ipv4/fib_semantics.c", "fib_create_info")
def fib_create_info(net: Net, cfg: FibConfig) -> FibInfo:
    """Checks what is asked for and makes it, or finds the same thing that is there already."""
    prop = FIB_PROPS[cfg.type]
    if prop.scope > cfg.scope:
        raise _inval("Invalid scope")
    if cfg.flags & (Rtnh.DEAD | Rtnh.LINKDOWN):
        raise _inval("Invalid rtm_flags - can not contain DEAD or LINKDOWN")
    info = FibInfo(cfg)
    _init_metrics(info)
    if cfg.multipath:
        for hop in cfg.multipath:
            if hop.flags & (Rtnh.DEAD | Rtnh.LINKDOWN):
                raise _inval("Invalid flags for nexthop - can not contain DEAD or LINKDOWN")
            flags = int(cfg.flags & ~0xFF | hop.flags)
            info.nhs.append(FibNh(info, hop.oif, hop.gateway, flags, hop.weight))
    else:
        info.nhs.append(FibNh(info, cfg.oif, cfg.gateway, int(cfg.flags), 1))
    if prop.error:
        if cfg.gateway is not None or cfg.oif or cfg.multipath:
            raise _inval("Gateway, device and multipath can not be specified for this route type")
    else:
        _check_nexthops(net, cfg, info)
    for other in net.ipv4.fib_infos:
        if other.same(info):
            other.treeref += 1
            return other  # type: ignore[no-any-return]  # net.ipv4 is Any below the IPv4 layer
    info.treeref = 1
    net.ipv4.fib_infos.append(info)
    return info


def _check_nexthops(net: Net, cfg: FibConfig, info: FibInfo) -> None:
    if cfg.type not in _ROUTABLE:
        raise _inval("Invalid route type")
    if cfg.scope > RtScope.HOST:
        raise _inval("Invalid scope")
    if cfg.scope == RtScope.HOST:
        _local_nexthop(net, info)
    else:
        for nh in info.nhs:
            fib_check_nh(net, nh, cfg.table, cfg.scope)
        if all(nh.flags & _LINKDOWN for nh in info.nhs):
            info.flags |= _LINKDOWN
    if info.prefsrc is not None and not fib_valid_prefsrc(net, cfg, info.prefsrc):
        raise _inval("Invalid prefsrc address")
    fib_rebalance(info)


def _local_nexthop(net: Net, info: FibInfo) -> None:
    if len(info.nhs) != 1:
        raise _inval("Route with host scope can not have multiple nexthops")
    nh = info.nhs[0]
    if nh.gateway is not None:
        raise _inval("Route with host scope can not have a gateway")
    nh.scope = RtScope.NOWHERE
    dev = net.dev_get_by_index(nh.oif)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    nh.dev = dev


def fib_check_nh(net: Net, nh: FibNh, table: int, scope: int) -> None:
    """fib_check_nh: finds the next hop's device and scope, or says why it cannot be reached."""
    if nh.gateway is not None:
        _check_nh_gateway(net, nh, table, scope)
    else:
        _check_nh_nongw(net, nh)
    if not nh.dev.carrier:
        nh.flags |= _LINKDOWN


def _check_nh_nongw(net: Net, nh: FibNh) -> None:
    if nh.flags & (Rtnh.PERVASIVE | Rtnh.ONLINK):
        raise _inval("Invalid flags for nexthop - PERVASIVE and ONLINK can not be set")
    dev = net.dev_get_by_index(nh.oif)
    if dev is None or dev.in_dev is None:
        raise KernelError(Errno.ENODEV)
    if not dev.flags & Iff.UP:
        raise KernelError(Errno.ENETDOWN, "Device for nexthop is not up")
    nh.dev = dev
    nh.scope = RtScope.HOST


def _check_nh_onlink(net: Net, nh: FibNh, scope: int) -> None:
    assert nh.gateway is not None
    if scope >= RtScope.LINK:
        raise _inval("Nexthop has invalid scope")
    dev = net.dev_get_by_index(nh.oif)
    if dev is None:
        raise KernelError(Errno.ENODEV, "Nexthop device required for onlink")
    if not dev.flags & Iff.UP:
        raise KernelError(Errno.ENETDOWN, "Nexthop device is not up")
    if inet_addr_type_table(net, nh.gateway, RT_TABLE_LOCAL) != Rtn.UNICAST:
        raise _inval("Nexthop has invalid gateway")
    nh.dev = dev
    nh.scope = RtScope.LINK


def _check_nh_gateway(net: Net, nh: FibNh, table: int, scope: int) -> None:
    """fib_check_nh_v4_gw: a gateway must be nearer than what lies behind it."""
    if nh.flags & Rtnh.ONLINK:
        _check_nh_onlink(net, nh, scope)
        return
    assert nh.gateway is not None
    flow = Flowi4(nh.gateway, oif=nh.oif, scope=max(scope + 1, RtScope.LINK))
    found = net.ipv4.tables.get(table) if table not in (0, RT_TABLE_MAIN) else None
    result: FibResult = NO_ROUTE
    if found is not None:
        result = fib_table_lookup(found, flow, True)
    if found is None or result.error:
        result = fib_lookup(net, flow, True)
    if result.error:
        raise KernelError(Errno(result.error), "Nexthop has invalid gateway")
    if result.type not in (Rtn.UNICAST, Rtn.LOCAL):
        raise _inval("Nexthop has invalid gateway")
    nh.scope = result.scope
    nh.oif = result.nh.oif
    nh.dev = result.nh.dev
    if nh.dev is None:
        raise _inval("No egress device for nexthop gateway")
    if not nh.dev.flags & Iff.UP:
        raise KernelError(Errno.ENETDOWN)


def fib_valid_prefsrc(net: Net, cfg: FibConfig, prefsrc: bytes) -> bool:
    """fib_valid_prefsrc: a preferred source must be an address of this host."""
    if cfg.type == Rtn.LOCAL and cfg.dst and int.from_bytes(prefsrc, "big") == cfg.dst:
        return True
    table = RT_TABLE_LOCAL if cfg.table == RT_TABLE_MAIN else cfg.table
    kind = inet_addr_type_table(net, prefsrc, table)
    if kind != Rtn.LOCAL and table != RT_TABLE_LOCAL:
        kind = inet_addr_type_table(net, prefsrc, RT_TABLE_LOCAL)
    return kind == Rtn.LOCAL


def fib_release_info(net: Net, info: FibInfo) -> None:
    """fib_release_info: one route less uses it."""
    info.treeref -= 1
    if not info.treeref:
        net.ipv4.fib_infos.remove(info)


# --- comparing ----------------------------------------------------------------------------------------------------


def fib_nh_match(cfg: FibConfig, info: FibInfo) -> bool:
    """fib_nh_match: whether a route to delete has the next hops that were named; what was not named fits."""
    if cfg.priority and cfg.priority != info.priority:
        return False
    if cfg.multipath:
        return len(cfg.multipath) == len(info.nhs) and all(
            hop.oif in (0, nh.oif) and hop.gateway in (None, nh.gateway)
            for hop, nh in zip(cfg.multipath, info.nhs, strict=True)
        )
    if cfg.oif or cfg.gateway is not None:
        nh = info.nhs[0]
        return cfg.oif in (0, nh.oif) and cfg.gateway in (None, nh.gateway)
    return True


def fib_metrics_match(cfg: FibConfig, info: FibInfo) -> bool:
    """fib_metrics_match: whether every metric that was named is the route's."""
    return all(info.metrics.get(metric, 0) == value for metric, value in cfg.metrics or ())


# --- life and death -----------------------------------------------------------------------------------------------


def fib_sync_down_addr(net: Net, local: bytes) -> int:
    """fib_sync_down_addr: routes of the main table with that preferred source are dead; how many."""
    dead = [info for info in net.ipv4.fib_infos if info.prefsrc == local and info.tb_id == RT_TABLE_MAIN]
    for info in dead:
        info.flags |= _DEAD
    return len(dead)


def fib_sync_down_dev(dev: NetDevice, event: NetdevEvent, force: bool) -> int:
    """fib_sync_down_dev: next hops over ``dev`` are dead, or without link for NETDEV_CHANGE; how many routes are.

    Next hops of scope NOWHERE (local addresses) stay, unless ``force``.
    """
    spared = -1 if force else RtScope.NOWHERE
    bits = _LINKDOWN if event is NetdevEvent.CHANGE else _DEAD | _LINKDOWN
    routes = 0
    for info in dev.net.ipv4.fib_infos:
        if all(nh.dev is not dev for nh in info.nhs):
            continue
        dead = 0
        for nh in info.nhs:
            if nh.flags & _DEAD:
                dead += 1
            elif nh.dev is dev and nh.scope != spared:
                nh.flags |= bits
                dead += 1
            if event is NetdevEvent.UNREGISTER and nh.dev is dev:
                dead = len(info.nhs)
                break
        if dead == len(info.nhs):
            info.flags |= bits
            routes += 1
        fib_rebalance(info)
    return routes


def fib_sync_up(dev: NetDevice, bits: int) -> int:
    """fib_sync_up: next hops over ``dev`` that were dead or without link (``bits``: RTNH_F_*) live again."""
    if not dev.flags & Iff.UP:
        return 0
    if bits & _DEAD and dev.carrier:
        bits |= _LINKDOWN
    routes = 0
    for info in dev.net.ipv4.fib_infos:
        if all(nh.dev is not dev for nh in info.nhs):
            continue
        alive = 0
        for nh in info.nhs:
            if not nh.flags & bits:
                alive += 1
            elif nh.dev is dev and dev.in_dev is not None:
                alive += 1
                nh.flags &= ~bits
        if alive:
            info.flags &= ~bits
            routes += 1
        fib_rebalance(info)
    return routes


# --- choosing -----------------------------------------------------------------------------------------------------


def fib_rebalance(info: FibInfo) -> None:
    """fib_rebalance: the share of the 31-bit hash that each next hop of several gets."""
    if len(info.nhs) < 2:
        return

    def usable(nh: FibNh) -> bool:
        return not nh.flags & _DEAD and not (nh.flags & _LINKDOWN and ip_ignore_linkdown(nh.dev))

    total = sum(nh.weight for nh in info.nhs if usable(nh))
    weight = 0
    for nh in info.nhs:
        if usable(nh):
            weight += nh.weight
            nh.upper_bound = ((weight << 31) + total // 2) // total - 1
        else:
            nh.upper_bound = -1


def fib_good_nh(nh: FibNh) -> bool:
    """fib_good_nh: whether the gateway is not known to be dead."""
    if nh.scope != RtScope.LINK or nh.gateway is None:
        return True
    neigh = neigh_lookup(nh.dev.net.ipv4.arp_tbl, nh.gateway, nh.dev)
    return neigh is None or bool(neigh.nud_state & NUD_VALID)


def fib_multipath_hash(flow: Flowi4) -> int:
    """fib_multipath_hash of layer 3 (policy 0): 31 bits of addresses and protocol, mixed by a multiplication.

    Linux uses siphash with a random key, so which of several next hops a flow gets is anybody's guess there.
    """
    mixed = (int.from_bytes(flow.saddr, "big") << 32 | flow.key) * 0x9E3779B97F4A7C15
    return (mixed >> 33) & 0x7FFFFFFF


def fib_select_multipath(result: FibResult, hash_: int) -> FibResult:
    """fib_select_multipath: the next hop in whose share the hash falls."""
    assert result.alias is not None
    use_neigh = result.nh.dev.net.ipv4.sysctl_fib_multipath_use_neigh
    first: FibResult | None = None
    for candidate in result.alias.results:
        if use_neigh:
            if not fib_good_nh(candidate.nh):
                continue
            first = first or candidate
        if hash_ <= candidate.nh.upper_bound:
            return candidate
    return first or result


def fib_detect_death(
    info: FibInfo, order: int, last: tuple[FibInfo | None, int], default: int
) -> tuple[bool, tuple[FibInfo | None, int]]:
    """fib_detect_death: whether a default gateway looks dead, and which is the last resort so far."""
    nh = info.nhs[0]
    state = NUD_NONE
    if nh.gateway is not None:
        neigh = neigh_lookup(nh.dev.net.ipv4.arp_tbl, nh.gateway, nh.dev)
        state = NUD_NONE if neigh is None else neigh.nud_state
    if state == NUD_REACHABLE or (state & NUD_VALID and order != default):
        return False, last
    if state & NUD_VALID or (last[1] < 0 and order > default):
        return True, (info, order)
    return True, last


def fib_select_default(result: FibResult, flow: Flowi4) -> FibResult:
    """fib_select_default: among default routes of the same priority, one whose gateway is not known to be dead."""
    chosen = result.alias
    assert chosen is not None
    table = chosen.table
    priority, tos = result.info.priority, 0
    current: FibAlias | None = None
    first: FibAlias | None = None
    last: tuple[FibInfo | None, int] = (None, -1)
    order = -1
    by_info = {alias.info: alias for alias in table.find(0, 0)}
    for alias in table.find(0, 0):
        info = alias.info
        if alias.tos and alias.tos != flow.tos & INET_DSCP_LEGACY_TOS_MASK:
            continue
        if info.priority > priority and alias.tos == tos:
            if tos:
                continue
            break
        if info.flags & _DEAD:
            continue
        tos, priority = alias.tos, info.priority
        if info.scope != result.scope or alias.type != Rtn.UNICAST:
            continue
        nh = info.nhs[0]
        if nh.gateway is None or nh.scope != RtScope.LINK:
            continue
        if current is None:
            if info is not result.info:
                break
            first = alias
        else:
            assert first is not None
            dead, last = fib_detect_death(current.info, order, last, first.default)
            if not dead:
                first.default = order
                return current.results[0]
        current = alias
        order += 1
    if order <= 0 or current is None or first is None:
        if first is not None:
            first.default = -1
        return result
    dead, last = fib_detect_death(current.info, order, last, first.default)
    if not dead:
        first.default = order
        return current.results[0]
    first.default = last[1]
    return by_info[last[0]].results[0] if last[0] is not None else result


def fib_result_prefsrc(net: Net, result: FibResult) -> bytes:
    """fib_result_prefsrc: the address to speak from on a route."""
    if result.info.prefsrc is not None:
        return result.info.prefsrc
    nh = result.nh
    return inet_select_addr(nh.dev, nh.gateway or INADDR_ANY, result.scope)


def fib_select_path(net: Net, result: FibResult, flow: Flowi4) -> FibResult:
    """fib_select_path: one next hop of several; fills in the flow's source address."""
    if not flow.oif:
        if len(result.info.nhs) > 1:
            result = fib_select_multipath(result, fib_multipath_hash(flow))
        elif not result.prefixlen and result.type == Rtn.UNICAST and result.table.num_default > 1:
            result = fib_select_default(result, flow)
    if flow.saddr == INADDR_ANY:
        flow.saddr = fib_result_prefsrc(net, result)
    return result
