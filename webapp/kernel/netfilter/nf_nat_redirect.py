"""Redirecting: the destination becomes this host (net/netfilter/nf_nat_redirect.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.ipv6.address import (
    IN6ADDR_LOOPBACK,
    IPV6_ADDR_LINKLOCAL,
    IPV6_ADDR_LOOPBACK,
    IPV6_ADDR_MAPPED,
    IPV6_ADDR_SITELOCAL,
    ipv6_addr_type,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack_core import nf_verdict_name
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_DST, NatRange, nf_nat_setup_info
from webapp.kernel.uapi.netfilter import NF_DROP, NF_INET_LOCAL_OUT
from webapp.kernel.uapi.nf_tables import NF_NAT_RANGE_MAP_IPS
from webapp.kernel.uapi.rtnetlink import Ifa

if TYPE_CHECKING:
    from webapp.kernel.ipv4.in_device import InDevice
    from webapp.kernel.ipv6.if_inet6 import Inet6Dev

_INADDR_LOOPBACK = b"\x7f\0\0\1"
_SCOPE_MASK = IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL | IPV6_ADDR_SITELOCAL


@kfunc("net/netfilter/nf_nat_redirect.c", "nf_nat_redirect_ipv4", verdict=nf_verdict_name)
def nf_nat_redirect_ipv4(skb: SkBuff, range_: NatRange, hooknum: int) -> int:
    """To 127.0.0.1 at OUTPUT, else to the first address of the incoming device; NF_DROP where it has none."""
    address = _INADDR_LOOPBACK
    if hooknum != NF_INET_LOCAL_OUT:
        in_dev: InDevice | None = skb.dev.in_dev
        address = in_dev.ifa_list[0].local if in_dev is not None and in_dev.ifa_list else INADDR_ANY
        if address == INADDR_ANY:
            return NF_DROP
    return _redirect(skb, range_, address)


def _redirect(skb: SkBuff, range_: NatRange, address: bytes) -> int:
    wanted = range_._replace(flags=range_.flags | NF_NAT_RANGE_MAP_IPS, min_addr=address, max_addr=address)
    return nf_nat_setup_info(skb.nfct, wanted, NF_NAT_MANIP_DST)


@kfunc("net/netfilter/nf_nat_redirect.c", "nf_nat_redirect_ipv6", verdict=nf_verdict_name)
def nf_nat_redirect_ipv6(skb: SkBuff, range_: NatRange, hooknum: int) -> int:
    """To ::1 at OUTPUT, else to the device's first usable address of the destination's scope."""
    if hooknum == NF_INET_LOCAL_OUT:
        return _redirect(skb, range_, IN6ADDR_LOOPBACK)
    at = skb.network_header + 24
    scope = ipv6_addr_type(skb.head[at : at + 16]) & _SCOPE_MASK
    idev: Inet6Dev | None = skb.dev.inet6_dev
    for ifa in idev.addr_list if idev is not None else ():
        kind = ipv6_addr_type(ifa.addr)
        tentative = ifa.flags & Ifa.TENTATIVE and not ifa.flags & Ifa.OPTIMISTIC
        if not (kind & IPV6_ADDR_MAPPED or tentative or (scope and not scope & kind)):
            return _redirect(skb, range_, ifa.addr)
    return NF_DROP
