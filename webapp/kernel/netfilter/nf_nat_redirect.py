"""Redirecting: the destination becomes this host (net/netfilter/nf_nat_redirect.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.address import INADDR_ANY
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack_core import nf_verdict_name
from webapp.kernel.netfilter.nf_nat_core import NF_NAT_MANIP_DST, NatRange, nf_nat_setup_info
from webapp.kernel.uapi.netfilter import NF_DROP, NF_INET_LOCAL_OUT
from webapp.kernel.uapi.nf_tables import NF_NAT_RANGE_MAP_IPS

if TYPE_CHECKING:
    from webapp.kernel.ipv4.in_device import InDevice

_INADDR_LOOPBACK = b"\x7f\0\0\1"


@kfunc("net/netfilter/nf_nat_redirect.c", "nf_nat_redirect_ipv4", verdict=nf_verdict_name)
def nf_nat_redirect_ipv4(skb: SkBuff, range_: NatRange, hooknum: int) -> int:
    """To 127.0.0.1 at OUTPUT, else to the first address of the incoming device; NF_DROP where it has none."""
    address = _INADDR_LOOPBACK
    if hooknum != NF_INET_LOCAL_OUT:
        in_dev: InDevice | None = skb.dev.in_dev
        address = in_dev.ifa_list[0].local if in_dev is not None and in_dev.ifa_list else INADDR_ANY
        if address == INADDR_ANY:
            return NF_DROP
    wanted = range_._replace(flags=range_.flags | NF_NAT_RANGE_MAP_IPS, min_addr=address, max_addr=address)
    return nf_nat_setup_info(skb.nfct, wanted, NF_NAT_MANIP_DST)
