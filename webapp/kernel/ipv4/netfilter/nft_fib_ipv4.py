"""fib for IPv4 (net/ipv4/netfilter/nft_fib_ipv4.c)."""

from __future__ import annotations

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.ipv4.addr_type import inet_dev_addr_type
from webapp.kernel.ipv4.address import INADDR_ANY, ipv4_is_lbcast, ipv4_is_multicast, ipv4_is_zeronet
from webapp.kernel.ipv4.fib_rules import fib_lookup
from webapp.kernel.ipv4.flow import INET_DSCP_MASK, Flowi4
from webapp.kernel.netfilter.nf_tables import NftPktinfo
from webapp.kernel.netfilter.nft_fib import NftFib, nft_fib_can_skip
from webapp.kernel.uapi.netfilter import NF_INET_FORWARD
from webapp.kernel.uapi.rtnetlink import Rtn


def _source(addr: bytes) -> bytes:
    """get_saddr: no route is looked for from an address that no host has."""
    nobody = ipv4_is_multicast(addr) or ipv4_is_lbcast(addr) or ipv4_is_zeronet(addr)
    return INADDR_ANY if nobody else addr


def _is_local_multicast(addr: bytes) -> bool:
    return addr[:3] == b"\xe0\0\0"


def nft_fib4_eval_type(expr: NftFib, pkt: NftPktinfo) -> int:
    """nft_fib4_eval_type: RTN_*, as seen from the device that the rule names."""
    skb = pkt.skb
    at = skb.network_header + (16 if expr.dest else 12)
    return int(inet_dev_addr_type(pkt.state.net, expr.device(pkt), skb.head[at : at + 4]))


def nft_fib4_eval(expr: NftFib, pkt: NftPktinfo) -> NetDevice | None:
    """nft_fib4_eval: the device that the address is routed to, if it is the one that the rule names."""
    skb, state = pkt.skb, pkt.state
    if nft_fib_can_skip(pkt):
        return state.in_
    head, at = skb.head, skb.network_header
    saddr, daddr = head[at + 12 : at + 16], head[at + 16 : at + 20]
    if ipv4_is_zeronet(saddr) and (ipv4_is_lbcast(daddr) or _is_local_multicast(daddr)):
        return skb.dev
    wanted = expr.device(pkt)
    address, other = (daddr, saddr) if expr.dest else (saddr, daddr)
    flow = Flowi4(address, _source(other), head[at + 1] & INET_DSCP_MASK)
    if state.net.machine.version.fib_asks_protocol:
        flow.proto = pkt.tprot
    if expr.with_mark:
        flow.mark = skb.mark
    if not expr.dest and expr.from_in and state.hook == NF_INET_FORWARD and state.out is not None:
        flow.iif = state.out.ifindex
    result = fib_lookup(state.net, flow, True)
    if result.error or result.type == Rtn.LOCAL:
        return None
    if wanted is None:
        return result.nh.dev
    return wanted if any(nh.dev is wanted for nh in result.info.nhs) else None
