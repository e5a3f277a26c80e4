"""fib for IPv6 (net/ipv6/netfilter/nft_fib_ipv6.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.errno import Errno
from webapp.kernel.ipv6.address import (
    IN6ADDR_ANY,
    IPV6_ADDR_LINKLOCAL,
    IPV6_ADDR_MULTICAST,
    IPV6_ADDR_UNICAST,
    ipv6_addr_type,
)
from webapp.kernel.ipv6.fib6_rules import fib6_rule_lookup
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.if_inet6 import ipv6_chk_addr
from webapp.kernel.ipv6.route import RT6_LOOKUP_F_IFACE, fib6_table_lookup, ip6_route_output
from webapp.kernel.netfilter.nf_tables import NftPktinfo
from webapp.kernel.netfilter.nft_fib import NftFib, nft_fib_can_skip
from webapp.kernel.uapi.netfilter import NF_INET_PRE_ROUTING
from webapp.kernel.uapi.rtnetlink import Rtn

_ICMPV6 = 58
_REFUSALS = {
    Errno.EINVAL: Rtn.BLACKHOLE,
    Errno.EACCES: Rtn.PROHIBIT,
    Errno.EAGAIN: Rtn.THROW,
}


def _flow(expr: NftFib, pkt: NftPktinfo, dev: NetDevice | None) -> tuple[Flowi6, int]:
    """nft_fib6_flowi_init: the flow, and how strictly its device is meant."""
    skb = pkt.skb
    head, at = skb.head, skb.network_header
    saddr, daddr = head[at + 8 : at + 24], head[at + 24 : at + 40]
    flow = Flowi6(daddr, saddr) if expr.dest else Flowi6(saddr, daddr)
    flow.proto = pkt.tprot
    flow.tclass = (head[at] << 4 | head[at + 1] >> 4) & 0xFF
    flags = 0
    if ipv6_addr_type(flow.daddr) & IPV6_ADDR_LINKLOCAL:
        flags = RT6_LOOKUP_F_IFACE
        flow.oif = (dev or skb.dev).ifindex
    if expr.with_mark:
        flow.mark = skb.mark
    return flow, flags


def nft_fib6_eval_type(expr: NftFib, pkt: NftPktinfo) -> int:
    """__nft_fib6_eval_type: RTN_*, as seen from the device that the rule names."""
    dev = expr.device(pkt)
    flow, _ = _flow(expr, pkt, dev)
    net = pkt.state.net
    here = dev is not None and ipv6_chk_addr(net, flow.daddr, dev, True)
    rt = ip6_route_output(net, None, flow)
    if rt.error:
        return int(_REFUSALS.get(Errno(rt.error), Rtn.UNREACHABLE))
    if rt.type == Rtn.ANYCAST:
        return int(Rtn.ANYCAST)
    if here or (dev is None and rt.type == Rtn.LOCAL):
        return int(Rtn.LOCAL)
    addrtype = ipv6_addr_type(flow.daddr)
    if addrtype & IPV6_ADDR_MULTICAST:
        return int(Rtn.MULTICAST)
    return int(Rtn.UNICAST if addrtype & IPV6_ADDR_UNICAST else Rtn.UNSPEC)


def _is_dad(pkt: NftPktinfo) -> bool:
    """nft_fib_v6_skip_icmpv6: neighbour discovery from no address."""
    head, at = pkt.skb.head, pkt.skb.network_header
    if pkt.tprot != _ICMPV6 or head[at + 8 : at + 24] != IN6ADDR_ANY:
        return False
    return bool(ipv6_addr_type(head[at + 24 : at + 40]) & IPV6_ADDR_LINKLOCAL)


def nft_fib6_eval(expr: NftFib, pkt: NftPktinfo) -> NetDevice | None:
    """nft_fib6_eval: the device that the address is routed to, if it is the one that the rule names."""
    state = pkt.state
    if nft_fib_can_skip(pkt) or (state.hook == NF_INET_PRE_ROUTING and _is_dad(pkt)):
        return state.in_
    wanted = expr.device(pkt)
    flow, flags = _flow(expr, pkt, wanted)
    result = fib6_rule_lookup(state.net, flow, fib6_table_lookup, flow.oif, flags)
    if result.error or result.f6i is None or result.nh is None:
        return None
    if result.f6i.type in (Rtn.LOCAL, Rtn.ANYCAST) or (wanted is not None and wanted is not result.nh.dev):
        return None
    return result.nh.dev
