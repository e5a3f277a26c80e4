"""What netfilter asks of IPv6 (net/ipv6/netfilter.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv6.address import IPV6_ADDR_LINKLOCAL, IPV6_ADDR_MULTICAST, ipv6_addr_type
from webapp.kernel.ipv6.fib6_rules import fib6_rules_early_flow_dissect
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.route import ip6_route_output
from webapp.kernel.kfunc import kfunc

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_FLOWINFO = 0x0FFFFFFF


@kfunc("net/ipv6/netfilter.c", "ip6_route_me_harder")
def ip6_route_me_harder(net: Net, sk: Any, skb: SkBuff) -> int:
    """Looks a packet of this host's own up again, after OUTPUT changed its mark or addresses: 0 or -errno."""
    head, nh = skb.head, skb.network_header
    flow = Flowi6(head[nh + 24 : nh + 40], head[nh + 8 : nh + 24], mark=skb.mark)
    flowinfo = int.from_bytes(head[nh : nh + 4], "big") & _FLOWINFO
    flow.tclass, flow.flowlabel = flowinfo >> 20, flowinfo & 0xFFFFF
    if sk is not None and sk.bound_dev_if:
        flow.oif = sk.bound_dev_if
    elif ipv6_addr_type(flow.daddr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL) and skb.dst is not None:
        flow.oif = skb.dst.dev.ifindex
    if net.ipv6.fib6_rules_require_fldissect:
        fib6_rules_early_flow_dissect(skb, flow)
    rt = ip6_route_output(net, None, flow)
    if rt.error:
        return -rt.error
    skb.dst = rt
    return 0
