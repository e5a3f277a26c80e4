"""What netfilter asks of IPv4 (net/ipv4/netfilter.c), and what it has for IPv4 alone (net/ipv4/netfilter/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.core.sock import InetSock
from webapp.kernel.ipv4.addr_type import inet_addr_type
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv4.fib_rules import fib4_rules_early_flow_dissect
from webapp.kernel.ipv4.flow import FLOWI_FLAG_ANYSRC, INET_DSCP_MASK, Flowi4
from webapp.kernel.ipv4.route import ip_route_output_key
from webapp.kernel.kfunc import kfunc
from webapp.kernel.uapi.rtnetlink import Rtn

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


@kfunc("net/ipv4/netfilter.c", "ip_route_me_harder")
def ip_route_me_harder(net: Net, sk: InetSock | None, skb: SkBuff, addr_type: Rtn) -> int:
    """Looks a packet of this host's own up again, after OUTPUT changed its mark, addresses or TOS: 0 or -errno.

    ``addr_type`` is what its source is to this host (UNSPEC: find out). A source that is nobody's is left open.
    """
    head, nh = skb.head, skb.network_header
    saddr = head[nh + 12 : nh + 16]
    if addr_type == Rtn.UNSPEC:
        addr_type = inet_addr_type(net, saddr)
    known = addr_type in (Rtn.LOCAL, Rtn.UNICAST)
    flow = Flowi4(
        head[nh + 16 : nh + 20],
        saddr if known else INADDR_ANY,
        head[nh + 1] & INET_DSCP_MASK,
        oif=sk.bound_dev_if if sk is not None else 0,
        mark=skb.mark,
        flags=FLOWI_FLAG_ANYSRC if known else 0,
    )
    if net.ipv4.fib_rules_require_fldissect:
        fib4_rules_early_flow_dissect(skb, flow)
    rt = ip_route_output_key(net, flow)
    if isinstance(rt, int):
        return rt
    skb.dst = rt
    return -rt.error
