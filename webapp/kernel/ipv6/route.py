"""Where IPv6 packets go (net/ipv6/route.c): look-ups, routes that refuse, and what is learned about paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.dst import DstEntry
from webapp.kernel.core.neighbour import NUD_FAILED, NUD_VALID, neigh_lookup
from webapp.kernel.core.net_device import Iff, NetDevice
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.core.sock import AF_INET6, InetSock, IpPmtudisc
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IPV6_ADDR_ANY,
    IPV6_ADDR_LINKLOCAL,
    IPV6_ADDR_LOOPBACK,
    IPV6_ADDR_MAPPED,
    IPV6_ADDR_UNICAST,
    ipv6_addr_is_multicast,
    ipv6_addr_type,
    number,
    printed,
    rt6_need_strict,
)
from webapp.kernel.ipv6.fib6_rules import fib6_rule_lookup, fib6_rules_early_flow_dissect
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.if_inet6 import Inet6Dev, Inet6Ifaddr, ipv6_chk_addr, ipv6_dev_get_saddr
from webapp.kernel.ipv6.ip6_fib import (
    IP6_RT_PRIO_USER,
    NO_ROUTE,
    RTF_ANYCAST,
    RTF_GATEWAY,
    RTF_LOCAL,
    RTF_NONEXTHOP,
    RTF_REJECT,
    Fib6Config,
    Fib6Info,
    Fib6Nh,
    Fib6Result,
    Fib6Table,
    Rt6Exception,
    fib6_add,
    fib6_del,
    fib6_del_nexthop,
    fib6_get_table,
    fib6_new_table,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Routed
from webapp.kernel.uapi.netlink import NlmFlags
from webapp.kernel.uapi.rtnetlink import (
    RT_TABLE_MAIN,
    DelRoute,
    DumpRoutes,
    GetRoute,
    Ifa,
    NewRoute,
    NextHop,
    Route,
    Rtax,
    Rtn,
    Rtnh,
    Rtprot,
    RtScope,
)
from webapp.kernel.wire.icmpv6 import (
    ICMPV6_ADDR_UNREACH,
    ICMPV6_ADM_PROHIBITED,
    ICMPV6_DEST_UNREACH,
    ICMPV6_NOROUTE,
)
from webapp.kernel.wire.ipv6 import HLEN as IPV6_HLEN
from webapp.kernel.wire.ipv6 import IPV6_MAXPLEN, IPV6_MIN_MTU

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

RT6_LOOKUP_F_IFACE = 0x1
RT6_LOOKUP_F_REACHABLE = 0x2
RT6_LOOKUP_F_IGNORE_LINKSTATE = 0x40

IP6_MAX_MTU = IPV6_HLEN + IPV6_MAXPLEN

_DEAD = int(Rtnh.DEAD)
_LINKDOWN = int(Rtnh.LINKDOWN)
_ERRORS = {
    Rtn.BLACKHOLE: Errno.EINVAL,
    Rtn.PROHIBIT: Errno.EACCES,
    Rtn.THROW: Errno.EAGAIN,
    Rtn.UNREACHABLE: Errno.EHOSTUNREACH,
}


class Ipv6Functions:
    """The functions further up the stack that routes point at; filled in af_inet6.py."""

    __slots__ = (
        "addrconf_dad_failure", "icmpv6_send", "ip6_forward", "ip6_input", "ip6_mc_input", "ip6_output",
        "ndisc_send_redirect",
    )  # fmt: skip

    ip6_input: Callable[[SkBuff], int]
    ip6_mc_input: Callable[[SkBuff], int]
    ip6_forward: Callable[[SkBuff], int]
    ip6_output: Callable[[SkBuff], int]
    icmpv6_send: Callable[[SkBuff, int, int, int], None]
    ndisc_send_redirect: Callable[[SkBuff, bytes], None]
    addrconf_dad_failure: Callable[[Inet6Ifaddr], None]


FUNCTIONS = Ipv6Functions()


class Rt6Info(DstEntry):
    """struct rt6_info. ``idev_dev`` is the device that it is about: a local route's ``dev`` is lo.

    ``gateway`` None: the destination is the next hop. ``plen`` is the length of its prefix; ``mtu`` a route's own or
    learned MTU until ``expires`` (ns, 0: for ever); ``hoplimit`` 0 leaves it to the sysctl.
    """

    __slots__ = ("expires", "f6i", "flags", "gateway", "genid", "hoplimit", "idev_dev", "locked_mtu", "plen", "type")

    def __init__(
        self, dev: NetDevice, flags: int, type_: Rtn, input_: Callable[[SkBuff], int], output: Callable[[SkBuff], int]
    ) -> None:
        super().__init__(dev, input_, output)
        self.idev_dev = dev
        self.flags = flags
        self.type = type_
        self.plen = 128
        self.gateway: bytes | None = None
        self.hoplimit = 0
        self.expires = 0
        self.locked_mtu = False
        self.genid = dev.net.ipv6.rt_genid
        self.f6i: Fib6Info | None = None


def rt6_valid(rt: Rt6Info) -> bool:
    """ip6_dst_check: whether a route that somebody kept may still be used."""
    return bool(rt.genid == rt.dev.net.ipv6.rt_genid)


def rt6_nexthop(rt: Rt6Info, daddr: bytes) -> bytes:
    """rt6_nexthop: whom to give a packet for ``daddr``."""
    return daddr if rt.gateway is None else rt.gateway


# --- MTU and hop limit --------------------------------------------------------------------------------------------


def _idev_mtu(dev: NetDevice) -> int:
    idev: Inet6Dev | None = dev.inet6_dev
    return IPV6_MIN_MTU if idev is None else idev.cnf.mtu


def dst_mtu(rt: Rt6Info) -> int:
    """ip6_mtu: the path's MTU as far as it is known."""
    if rt.mtu and (not rt.expires or rt.dev.net.machine.clock.now < rt.expires):
        return min(rt.mtu, IP6_MAX_MTU)
    return min(_idev_mtu(rt.dev), IP6_MAX_MTU)


def ip6_dst_mtu_forward(rt: Rt6Info) -> int:
    """ip6_dst_mtu_maybe_forward with forwarding: what was learned or asked for counts only if it is locked."""
    return dst_mtu(rt) if rt.locked_mtu else min(_idev_mtu(rt.dev), IP6_MAX_MTU)


def ip6_dst_hoplimit(rt: Rt6Info) -> int:
    """ip6_dst_hoplimit: the route's, else the device's, else the namespace's."""
    if rt.hoplimit:
        return rt.hoplimit
    idev: Inet6Dev | None = rt.dev.inet6_dev
    cnf = rt.dev.net.ipv6.devconf_all if idev is None else idev.cnf
    return int(cnf.hop_limit)


def ip6_sk_dst_hoplimit(sk: InetSock, flow: Flowi6, rt: Rt6Info) -> int:
    """ip6_sk_dst_hoplimit: the socket's, else the route's."""
    limit = sk.mc_ttl if ipv6_addr_is_multicast(flow.daddr) else sk.uc_ttl
    return ip6_dst_hoplimit(rt) if limit < 0 else limit


def ip6_sk_accept_pmtu(sk: InetSock) -> bool:
    """ip6_sk_accept_pmtu: whether the socket heeds the path's MTU; else the device's."""
    return sk.pmtudisc < IpPmtudisc.INTERFACE


def ip6_sk_ignore_df(sk: InetSock) -> bool:
    """ip6_sk_ignore_df: whether packets that are too long may be fragmented here."""
    return sk.pmtudisc < IpPmtudisc.DO or sk.pmtudisc == IpPmtudisc.OMIT


# --- choosing among the routes of a table -------------------------------------------------------------------------


def _ignores_linkdown(dev: NetDevice) -> bool:
    idev: Inet6Dev | None = dev.inet6_dev
    return idev is not None and bool(idev.cnf.ignore_routes_with_linkdown)


def rt6_score_route(f6i: Fib6Info, nh: Fib6Nh, oif: int, strict: int) -> int:
    """rt6_score_route with find_match: the greater the better; negative: not to be taken."""
    if nh.flags & _DEAD or (f6i.expires and nh.dev.net.machine.clock.now >= f6i.expires):
        return -3
    if nh.flags & _LINKDOWN and not strict & RT6_LOOKUP_F_IGNORE_LINKSTATE and _ignores_linkdown(nh.dev):
        return -3
    score = 2 if oif in (0, nh.dev.ifindex) else 0
    if not score and strict & RT6_LOOKUP_F_IFACE:
        return -3
    if strict & RT6_LOOKUP_F_REACHABLE and nh.gateway is not None and not f6i.flags & RTF_NONEXTHOP:
        neigh = neigh_lookup(nh.dev.net.ipv6.nd_tbl, nh.gateway, nh.dev)
        if neigh is not None and not neigh.nud_state & NUD_VALID and neigh.nud_state & NUD_FAILED:
            return -2
    return score


def _rt6_select(routes: list[Fib6Info], oif: int, strict: int) -> tuple[Fib6Info, Fib6Nh] | None:
    """rt6_select: the best route of the lowest metric that has one at all; beyond it metrics no longer count."""
    first = routes[0].metric
    for group in ([f6i for f6i in routes if f6i.metric == first], [f6i for f6i in routes if f6i.metric != first]):
        best: tuple[Fib6Info, Fib6Nh] | None = None
        best_score = -1
        for f6i in group:
            for nh in f6i.nhs:
                score = rt6_score_route(f6i, nh, oif, strict)
                if score > best_score:
                    best, best_score = (f6i, nh), score
        if best is not None:
            return best
    return None


def rt6_multipath_hash(flow: Flowi6) -> int:
    """rt6_multipath_hash of layer 3: 31 bits of the addresses. Linux uses siphash with a random key."""
    mixed = (number(flow.saddr) * 3 + number(flow.daddr) + flow.proto) * 0x9E3779B97F4A7C15
    return (mixed >> 64 ^ mixed >> 17) & 0x7FFFFFFF


def _select_path(f6i: Fib6Info, nh: Fib6Nh, flow: Flowi6, oif: int, strict: int) -> Fib6Nh:
    """fib6_select_path: among siblings the one in whose share the flow's hash falls, if it may be taken."""
    if len(f6i.nhs) < 2:
        return nh
    hash_ = rt6_multipath_hash(flow)
    chosen = next((each for each in f6i.nhs if hash_ <= each.upper_bound), nh)
    return chosen if rt6_score_route(f6i, chosen, oif, strict) >= 0 else nh


def fib6_table_lookup(net: Net, table: Fib6Table, flow: Flowi6, oif: int, strict: int) -> Fib6Result:
    """fib6_table_lookup: the most specific route that may be taken; on hosts, rather one whose gateway answers."""
    for attempt in (strict, strict & ~RT6_LOOKUP_F_REACHABLE):
        for routes in table.lookup(flow.daddr):
            found = _rt6_select(routes, oif, attempt)
            if found is not None:
                f6i, nh = found
                error = _ERRORS.get(f6i.type, Errno.ENETUNREACH) if f6i.flags & RTF_REJECT else 0
                return Fib6Result(f6i, _select_path(f6i, nh, flow, oif, attempt), error)
        if not strict & RT6_LOOKUP_F_REACHABLE:
            break
    return NO_ROUTE


# --- routes for packets -------------------------------------------------------------------------------------------


def dst_discard(skb: SkBuff) -> int:
    """dst_discard: routes that refuse silently."""
    kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
    return 0


def _pkt_drop(skb: SkBuff, code: int, reason: DropReason) -> None:
    """ip6_pkt_drop: the sender is told, whether or not we forward."""
    head, nh = skb.head, skb.network_header
    if ipv6_addr_type(head[nh + 24 : nh + 40]) == IPV6_ADDR_ANY:
        reason = DropReason.IP_INADDRERRORS
    FUNCTIONS.icmpv6_send(skb, ICMPV6_DEST_UNREACH, code, 0)
    kfree_skb_reason(skb, reason)


@kfunc("net/ipv6/route.c", "ip6_pkt_discard")
def ip6_pkt_discard(skb: SkBuff) -> int:
    """The input where there is no route."""
    _pkt_drop(skb, ICMPV6_NOROUTE, DropReason.IP_INNOROUTES)
    return 0


@kfunc("net/ipv6/route.c", "ip6_pkt_discard_out")
def ip6_pkt_discard_out(skb: SkBuff) -> int:
    """The same for what starts here."""
    rt = skb.dst
    assert rt is not None
    skb.dev = rt.dev
    _pkt_drop(skb, ICMPV6_NOROUTE, DropReason.IP_OUTNOROUTES)
    return 0


@kfunc("net/ipv6/route.c", "ip6_pkt_prohibit")
def ip6_pkt_prohibit(skb: SkBuff) -> int:
    """The input of prohibiting routes."""
    _pkt_drop(skb, ICMPV6_ADM_PROHIBITED, DropReason.IP_INNOROUTES)
    return 0


@kfunc("net/ipv6/route.c", "ip6_pkt_prohibit_out")
def ip6_pkt_prohibit_out(skb: SkBuff) -> int:
    """The same for what starts here."""
    rt = skb.dst
    assert rt is not None
    skb.dev = rt.dev
    _pkt_drop(skb, ICMPV6_ADM_PROHIBITED, DropReason.IP_OUTNOROUTES)
    return 0


def ip6_link_failure(skb: SkBuff) -> None:
    """ip6_link_failure: the neighbour of a waiting packet does not answer."""
    FUNCTIONS.icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0)
    rt = skb.dst
    if isinstance(rt, Rt6Info) and rt.expires:
        rt.expires = rt.dev.net.machine.clock.now


def _reject(net: Net, error: int) -> Rt6Info:
    """ip6_null_entry, ip6_prohibit_entry, ip6_blk_hole_entry."""
    rt = Rt6Info(net.loopback, RTF_REJECT | RTF_NONEXTHOP, Rtn.UNREACHABLE, ip6_pkt_discard, ip6_pkt_discard_out)
    if error == Errno.EINVAL:
        rt.input = rt.output = dst_discard
    elif error == Errno.EACCES:
        rt.input, rt.output = ip6_pkt_prohibit, ip6_pkt_prohibit_out
    rt.error = error
    return rt


def _input_of(f6i: Fib6Info) -> Callable[[SkBuff], int]:
    if f6i.type in (Rtn.LOCAL, Rtn.ANYCAST):
        return FUNCTIONS.ip6_input
    return FUNCTIONS.ip6_mc_input if f6i.dst >> 120 == 0xFF and f6i.plen >= 8 else FUNCTIONS.ip6_forward


def _rt_init(net: Net, f6i: Fib6Info, nh: Fib6Nh, error: int) -> Rt6Info:
    """ip6_rt_copy_init: the route that packets carry. Local ones lead to lo."""
    if error:
        rt = _reject(net, error)
        rt.type = f6i.type
    else:
        dev = net.loopback if f6i.flags & (RTF_LOCAL | RTF_ANYCAST) else nh.dev
        rt = Rt6Info(dev, f6i.flags, f6i.type, _input_of(f6i), FUNCTIONS.ip6_output)
    rt.idev_dev = nh.dev
    rt.plen = f6i.plen
    if nh.gateway is not None:
        rt.gateway = nh.gateway
        rt.flags |= RTF_GATEWAY
    rt.mtu = f6i.metrics.get(Rtax.MTU, 0)
    rt.locked_mtu = bool(f6i.metrics.get(Rtax.LOCK, 0) & 1 << Rtax.MTU)
    rt.hoplimit = f6i.metrics.get(Rtax.HOPLIMIT, 0)
    rt.f6i = f6i
    return rt


def _cached_exception(nh: Fib6Nh, daddr: bytes) -> Rt6Exception | None:
    """rt6_find_cached_rt: what was learned about ``daddr``, unless it has expired."""
    known = nh.exceptions.get(daddr)
    if known is not None and known.expires and nh.dev.net.machine.clock.now >= known.expires:
        del nh.exceptions[daddr]
        return None
    return known


def _route_of(net: Net, result: Fib6Result, daddr: bytes) -> Rt6Info:
    """The tail of ip6_pol_route: an exception's route, or the one that the next hop keeps for all."""
    f6i, nh = result.f6i, result.nh
    if f6i is None or nh is None:
        return _reject(net, result.error)
    if nh.exceptions:
        known = _cached_exception(nh, daddr)
        if known is not None:
            rt = _rt_init(net, f6i, nh, result.error)
            rt.plen = 128
            rt.mtu, rt.expires = known.mtu or rt.mtu, known.expires
            if known.gateway is not None:
                rt.gateway = known.gateway
            return rt
    cached = nh.rt
    if cached is None or cached.genid != net.ipv6.rt_genid:
        cached = nh.rt = _rt_init(net, f6i, nh, result.error)
    return cached


def _note_routed(rt: Rt6Info, daddr: bytes) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Routed(printed(daddr), route_words(rt, daddr)))


def route_words(rt: Rt6Info, daddr: bytes) -> str:
    """A route as ``ip route get`` begins its line."""
    if rt.error:
        return f"unreachable {printed(daddr)}: {Errno(rt.error).strerror}"
    kind = "" if rt.type == Rtn.UNICAST else f"{rt.type.name.lower()} "
    via = "" if rt.gateway is None else f" via {printed(rt.gateway)}"
    return f"{kind}{printed(daddr)}{via} dev {rt.dev.name}"


def _pol_route(net: Net, flow: Flowi6, oif: int, flags: int) -> Rt6Info:
    """ip6_pol_route."""
    strict = flags | (0 if net.ipv6.devconf_all.forwarding else RT6_LOOKUP_F_REACHABLE)
    return _route_of(net, fib6_rule_lookup(net, flow, fib6_table_lookup, oif, strict), flow.daddr)


@kfunc("net/ipv6/route.c", "ip6_route_input")
def ip6_route_input(skb: SkBuff) -> None:
    """Finds the route of a packet that came in and hangs it on it; one that refuses where there is none."""
    head, nh = skb.head, skb.network_header
    dev = skb.dev
    flow = Flowi6(
        head[nh + 24 : nh + 40], head[nh + 8 : nh + 24], (head[nh] << 4 | head[nh + 1] >> 4) & 0xFF, 0, dev.ifindex
    )
    flow.mark = skb.mark
    flow.proto = head[nh + 6]
    if dev.net.ipv6.fib6_rules_require_fldissect:
        fib6_rules_early_flow_dissect(skb, flow)
    rt = _pol_route(dev.net, flow, flow.iif, RT6_LOOKUP_F_IFACE if rt6_need_strict(flow.daddr) else 0)
    _note_routed(rt, flow.daddr)
    skb.dst = rt


def ip6_route_output(net: Net, sk: InetSock | None, flow: Flowi6, flags: int = 0) -> Rt6Info:
    """ip6_route_output_flags: the route of a packet that starts here; look at its ``error``."""
    bound = sk is not None and sk.bound_dev_if
    if bound or rt6_need_strict(flow.daddr) or (flow.oif and flow.saddr == IN6ADDR_ANY):
        flags |= RT6_LOOKUP_F_IFACE
    return _pol_route(net, flow, flow.oif, flags)


def ip6_route_get_saddr(net: Net, f6i: Fib6Info | None, daddr: bytes) -> bytes | None:
    """ip6_route_get_saddr: the route's preferred source, else the best one on its device."""
    if f6i is not None and f6i.prefsrc is not None:
        return f6i.prefsrc
    return ipv6_dev_get_saddr(net, None if f6i is None else f6i.nhs[0].dev, daddr)


def ip6_dst_lookup(net: Net, sk: InetSock | None, flow: Flowi6) -> Rt6Info | int:
    """ip6_dst_lookup_tail: the route of a packet that starts here, or a negative errno. Fills in the source address."""
    rt: Rt6Info | None = None
    flags = 0
    if flow.saddr == IN6ADDR_ANY:
        rt = ip6_route_output(net, sk, flow)
        saddr = ip6_route_get_saddr(net, None if rt.error else rt.f6i, flow.daddr)
        if saddr is None:
            _note_routed(rt, flow.daddr)
            return -Errno.EADDRNOTAVAIL
        flow.saddr = saddr
        if rt.error:
            rt = None
        if flow.oif:
            flags = RT6_LOOKUP_F_IFACE
    if rt is None:
        rt = ip6_route_output(net, sk, flow, flags)
    _note_routed(rt, flow.daddr)
    return -rt.error if rt.error else rt


def icmp6_dst_alloc(dev: NetDevice) -> Rt6Info:
    """icmp6_dst_alloc: a route for ND and MLD, which leave by the device that they are about.

    It has no gateway: who gets the packet is decided by its header, as the hooks leave it.
    """
    return Rt6Info(dev, 0, Rtn.UNICAST, FUNCTIONS.ip6_input, FUNCTIONS.ip6_output)


def rt6_lookup(net: Net, daddr: bytes, saddr: bytes, oif: int, *, strict: bool) -> Rt6Info | None:
    """rt6_lookup: the route for an address, None where there is none."""
    flow = Flowi6(daddr, saddr, oif=oif)
    flags = RT6_LOOKUP_F_IFACE if strict and oif else 0
    rt = _route_of(net, fib6_rule_lookup(net, flow, fib6_table_lookup, oif, flags), daddr)
    return None if rt.error else rt


# --- path MTU and redirects ---------------------------------------------------------------------------------------


def _learn(rt: Rt6Info, daddr: bytes) -> Rt6Exception | None:
    f6i = rt.f6i
    if f6i is None:
        return None
    nh = next((nh for nh in f6i.nhs if nh.dev is rt.idev_dev), f6i.nhs[0])
    return nh.exceptions.setdefault(daddr, Rt6Exception())


def ip6_update_pmtu(skb: SkBuff, net: Net, mtu: int, oif: int, mark: int) -> None:
    """ip6_update_pmtu: an ICMPv6 message, quoting the packet at skb.data, says that only ``mtu`` bytes go through."""
    head, at = skb.head, skb.data
    flow = Flowi6(head[at + 24 : at + 40], head[at + 8 : at + 24], oif=oif, mark=mark)
    rt = ip6_route_output(net, None, flow)
    if rt.error or rt.locked_mtu or mtu < IPV6_MIN_MTU or mtu >= dst_mtu(rt):
        return
    known = _learn(rt, flow.daddr)
    if known is not None:
        known.mtu = mtu
        known.expires = net.machine.clock.now + net.ipv6.ip6_rt_mtu_expires


def rt6_do_redirect(net: Net, dev: NetDevice, daddr: bytes, saddr: bytes, router: bytes, target: bytes) -> None:
    """rt6_do_redirect: only the router in use may redirect."""
    rt = ip6_route_output(net, None, Flowi6(daddr, saddr, oif=dev.ifindex))
    if rt.error or rt.gateway != router or rt.dev is not dev:
        return
    known = _learn(rt, daddr)
    if known is not None:
        known.gateway = target


# --- routes as they are asked for ---------------------------------------------------------------------------------


def _inval(extack: str) -> KernelError:
    return KernelError(Errno.EINVAL, extack)


def _is_reject(cfg: Fib6Config, dev: NetDevice | None, addr_type: int) -> bool:
    """fib6_is_reject: routes over lo would loop, and refuse instead."""
    if cfg.flags & RTF_REJECT:
        return True
    return (
        dev is not None
        and bool(dev.flags & Iff.LOOPBACK)
        and not addr_type & IPV6_ADDR_LOOPBACK
        and not cfg.flags & (RTF_ANYCAST | RTF_LOCAL)
    )


def _check_nh(net: Net, cfg: Fib6Config, dev: NetDevice | None) -> NetDevice:
    """ip6_route_check_nh: the device over which the gateway is reached, without another gateway."""
    assert cfg.gateway is not None
    oif = 0 if dev is None else dev.ifindex
    table = fib6_get_table(net, cfg.table)
    if table is not None:
        result = fib6_table_lookup(net, table, Flowi6(cfg.gateway), oif, RT6_LOOKUP_F_IFACE if oif else 0)
        if result.nh is not None and not result.error and result.nh.gateway is None:
            return result.nh.dev
    rt = rt6_lookup(net, cfg.gateway, IN6ADDR_ANY, oif, strict=True)
    if rt is None or rt.flags & RTF_GATEWAY or (dev is not None and rt.dev is not dev):
        raise KernelError(Errno.EHOSTUNREACH)
    return rt.dev


def _validate_gw(net: Net, cfg: Fib6Config, dev: NetDevice | None) -> NetDevice:
    """ip6_validate_gw: a gateway must be a neighbour, and not ourselves."""
    gateway = cfg.gateway
    assert gateway is not None
    gw_type = ipv6_addr_type(gateway)
    near = bool(gw_type & IPV6_ADDR_LINKLOCAL)
    local = "Gateway can not be a local address"
    checked = dev is not None or not near
    if checked and ipv6_chk_addr(net, gateway, dev if near else None, near, banned=Ifa.NONE):
        raise _inval(local)
    if gw_type != IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST:
        if not gw_type & (IPV6_ADDR_UNICAST | IPV6_ADDR_MAPPED):
            raise _inval("Invalid gateway address")
        if not cfg.nh_flags & Rtnh.ONLINK:
            dev = _check_nh(net, cfg, dev)
    if dev is None:
        raise _inval("Egress device not specified")
    if dev.flags & Iff.LOOPBACK:
        raise _inval("Egress device can not be loopback device for this route")
    return dev


def _nh_init(net: Net, cfg: Fib6Config) -> tuple[Fib6Nh, int]:
    """fib6_nh_init: the next hop, and flags that the route gets by it."""
    dev: NetDevice | None = None
    if cfg.ifindex:
        dev = net.dev_get_by_index(cfg.ifindex)
        if dev is None or dev.inet6_dev is None:
            raise KernelError(Errno.ENODEV)
    if cfg.nh_flags & Rtnh.ONLINK:
        if dev is None:
            raise KernelError(Errno.ENODEV, "Nexthop device required for onlink")
        if not dev.flags & Iff.UP:
            raise KernelError(Errno.ENETDOWN, "Nexthop device is not up")
    addr_type = ipv6_addr_type(cfg.dst.to_bytes(16, "big"))
    if _is_reject(cfg, dev, addr_type):
        if net.loopback.inet6_dev is None:
            raise KernelError(Errno.ENODEV)
        return Fib6Nh(net.loopback, None, 0, 1), RTF_REJECT | RTF_NONEXTHOP
    if cfg.gateway is not None:
        dev = _validate_gw(net, cfg, dev)
    if dev is None:
        raise KernelError(Errno.ENODEV)
    if dev.inet6_dev is None or dev.inet6_dev.cnf.disable_ipv6:
        raise KernelError(Errno.EACCES, "IPv6 is disabled on nexthop device")
    if not dev.flags & Iff.UP and not cfg.flags & (RTF_LOCAL | RTF_ANYCAST):
        raise KernelError(Errno.ENETDOWN, "Nexthop device is not up")
    flags = cfg.nh_flags & int(Rtnh.ONLINK)
    if not cfg.flags & (RTF_LOCAL | RTF_ANYCAST) and not dev.carrier:
        flags |= _LINKDOWN
    return Fib6Nh(dev, cfg.gateway, flags, cfg.weight), 0


def ip6_route_info_create(net: Net, cfg: Fib6Config) -> Fib6Info:
    """ip6_route_info_create: a route that is in no table yet, or what is wrong with it."""
    if cfg.dst_len > 128:
        raise _inval("Invalid prefix length")
    table = fib6_get_table(net, cfg.table)
    if table is None:
        fib6_new_table(net, cfg.table)
    nh, flags = _nh_init(net, cfg)
    f6i = Fib6Info(cfg, nh)
    f6i.flags |= flags
    if not f6i.protocol:
        f6i.protocol = Rtprot.BOOT
    if cfg.prefsrc is not None and not ipv6_chk_addr(net, cfg.prefsrc, nh.dev, strict=False):
        raise _inval("Invalid source address")
    return f6i


def ip6_route_add(net: Net, cfg: Fib6Config) -> None:
    """ip6_route_add: makes a route and puts it in its table."""
    f6i = ip6_route_info_create(net, cfg)
    fib6_add(net, fib6_new_table(net, cfg.table), f6i, cfg.nlflags)


def ip6_ins_rt(net: Net, f6i: Fib6Info, table: int) -> None:
    """ip6_ins_rt: puts a route that was made before in its table."""
    fib6_add(net, fib6_new_table(net, table), f6i, None)


def ip6_del_rt(net: Net, f6i: Fib6Info) -> None:
    """ip6_del_rt."""
    fib6_del(net, f6i)


def ip6_route_del(net: Net, cfg: Fib6Config) -> None:
    """ip6_route_del: ESRCH where no route fits; with a gateway only that next hop of several goes."""
    table = fib6_get_table(net, cfg.table)
    if table is None:
        raise KernelError(Errno.ESRCH, "FIB table does not exist")
    for f6i in table.find(cfg.dst, cfg.dst_len):
        if cfg.metric not in (0, f6i.metric) or cfg.protocol not in (0, f6i.protocol):
            continue
        for nh in f6i.nhs:
            if cfg.ifindex not in (0, nh.dev.ifindex) or cfg.gateway not in (None, nh.gateway):
                continue
            if cfg.gateway is not None:
                fib6_del_nexthop(net, f6i, nh)
            else:
                fib6_del(net, f6i)
            return
    raise KernelError(Errno.ESRCH)


# --- rtnetlink ----------------------------------------------------------------------------------------------------

_REJECTS = (Rtn.UNREACHABLE, Rtn.BLACKHOLE, Rtn.PROHIBIT, Rtn.THROW)


def rtm_to_fib6_config(route: Route, nlflags: NlmFlags) -> Fib6Config:
    """rtm_to_fib6_config: the request in the kernel's terms, or what is wrong with it."""
    if route.tos:
        raise _inval("Invalid dsfield (tos): option not available for IPv6")
    if route.flags & (Rtnh.DEAD | Rtnh.LINKDOWN):
        raise _inval("Invalid route flags - can not contain DEAD or LINKDOWN")
    flags = RTF_REJECT if route.type in _REJECTS else RTF_LOCAL if route.type == Rtn.LOCAL else 0
    return Fib6Config(
        dst=number(route.dst) if route.dst is not None else 0,
        dst_len=route.dst_len,
        table=route.table or RT_TABLE_MAIN,
        metric=route.priority,
        ifindex=route.oif,
        gateway=route.gateway,
        flags=flags | (0 if route.gateway is None else RTF_GATEWAY),
        nh_flags=int(route.flags & Rtnh.ONLINK),
        type=route.type,
        protocol=route.protocol,
        prefsrc=route.prefsrc,
        metrics=route.metrics,
        nlflags=nlflags,
    )


@kfunc("net/ipv6/route.c", "inet6_rtm_newroute")
def inet6_rtm_newroute(net: Net, request: NewRoute) -> None:
    """RTM_NEWROUTE."""
    route = request.route
    cfg = rtm_to_fib6_config(route, request.nlm_flags)
    cfg = replace(cfg, metric=cfg.metric or IP6_RT_PRIO_USER)
    if not route.multipath:
        ip6_route_add(net, cfg)
        return
    # ip6_route_multipath_add: the first replaces or is new, the others are appended
    for place, hop in enumerate(route.multipath):
        nlflags = cfg.nlflags if not place else NlmFlags.CREATE | NlmFlags.APPEND
        one = replace(
            cfg, ifindex=hop.oif, gateway=hop.gateway, weight=hop.weight, nh_flags=int(hop.flags), nlflags=nlflags
        )
        ip6_route_add(net, one)


@kfunc("net/ipv6/route.c", "inet6_rtm_delroute")
def inet6_rtm_delroute(net: Net, request: DelRoute) -> None:
    """RTM_DELROUTE: ESRCH where there is no such table or route."""
    route = request.route
    cfg = rtm_to_fib6_config(route, NlmFlags.NONE)
    if not route.multipath:
        ip6_route_del(net, cfg)
    for hop in route.multipath:
        ip6_route_del(net, replace(cfg, ifindex=hop.oif, gateway=hop.gateway))


def _nh_flags(nh: Fib6Nh) -> Rtnh:
    return Rtnh(nh.flags & (Rtnh.ONLINK | Rtnh.DEAD | Rtnh.LINKDOWN))


def rt6_fill_node(f6i: Fib6Info) -> Route:
    """rt6_fill_node of a route as its table has it."""
    table = f6i.table
    several = len(f6i.nhs) > 1
    first = f6i.nhs[0]
    hops = tuple(NextHop(nh.dev.ifindex, nh.gateway, nh.weight, _nh_flags(nh)) for nh in f6i.nhs)
    return Route(
        dst=f6i.dst.to_bytes(16, "big") if f6i.plen else None,
        dst_len=f6i.plen,
        table=RT_TABLE_MAIN if table is None else table.id,
        protocol=f6i.protocol,
        scope=RtScope.UNIVERSE,
        type=f6i.type,
        flags=Rtnh.NONE if several else _nh_flags(first),
        oif=0 if several else first.dev.ifindex,
        gateway=None if several else first.gateway,
        prefsrc=f6i.prefsrc,
        priority=f6i.metric,
        metrics=tuple(sorted(f6i.metrics.items())),
        multipath=hops if several else (),
        expires=_expires_in(first, f6i.expires) if f6i.expires else None,
        pref=0,
        family=AF_INET6,
    )


def _expires_in(nh: Fib6Nh, expires: int) -> int:
    """Seconds, cut off towards zero; some time has always passed when a program looks."""
    return int((expires - nh.dev.net.machine.clock.now - 1) / NSEC_PER_SEC)


def inet6_dump_fib(net: Net, request: DumpRoutes) -> tuple[Route, ...]:
    """RTM_GETROUTE with NLM_F_DUMP: the routes of a table (ENOENT), or of all."""
    tables = net.ipv6.fib6_tables
    if request.table:
        if request.table not in tables:
            raise KernelError(Errno.ENOENT, "ipv6: FIB table does not exist")
        return tuple(rt6_fill_node(f6i) for f6i in tables[request.table])
    order = sorted(enumerate(tables), key=lambda item: (item[1] & 0xFF, -item[0]))
    return tuple(rt6_fill_node(f6i) for _, id_ in order for f6i in tables[id_])


@kfunc("net/ipv6/route.c", "inet6_rtm_getroute")
def inet6_rtm_getroute(net: Net, request: GetRoute) -> Route:
    """RTM_GETROUTE: the route that such a packet would take; with ``iif`` as if it came in there."""
    flow = Flowi6(request.dst, request.src or IN6ADDR_ANY, request.tos, mark=request.mark, proto=request.ipproto)
    flow.sport, flow.dport = request.sport, request.dport
    if request.iif:
        if net.dev_get_by_index(request.iif) is None:
            raise KernelError(Errno.ENODEV)
        flow.iif = request.iif
        rt = _pol_route(net, flow, request.iif, RT6_LOOKUP_F_IFACE)
    else:
        flow.oif = request.oif
        rt = ip6_route_output(net, None, flow)
    if rt.error:
        raise KernelError(Errno(rt.error))
    f6i = rt.f6i
    assert f6i is not None
    if request.fibmatch:
        return rt6_fill_node(f6i)
    return _fill_looked_up(net, request, rt, f6i)


def _fill_looked_up(net: Net, request: GetRoute, rt: Rt6Info, f6i: Fib6Info) -> Route:
    """rt6_fill_node of a route that was looked up for a destination."""
    now = net.machine.clock.now
    metrics = dict(f6i.metrics)
    if rt.mtu and rt.expires:
        metrics[Rtax.MTU] = rt.mtu
    saddr = f6i.prefsrc if request.iif else ip6_route_get_saddr(net, f6i, request.dst)
    return Route(
        dst=request.dst,
        dst_len=128,
        table=RT_TABLE_MAIN if f6i.table is None else f6i.table.id,
        protocol=f6i.protocol,
        type=f6i.type,
        flags=_nh_flags(f6i.nhs[0]) | (Rtnh.CLONED if rt.expires else Rtnh.NONE),
        oif=rt.dev.ifindex,
        gateway=rt.gateway,
        prefsrc=saddr,
        priority=f6i.metric,
        metrics=tuple(sorted(metrics.items())),
        src=request.src or IN6ADDR_ANY,
        src_len=128,
        iif=request.iif,
        expires=max(rt.expires - now - 1, 0) // NSEC_PER_SEC if rt.expires else None,
        pref=0,
        family=AF_INET6,
    )
