"""Chains of type route: what OUTPUT changes in a packet may change its way (net/netfilter/nft_chain_route.c)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.netfilter import ip_route_me_harder
from webapp.kernel.ipv6.netfilter import ip6_route_me_harder
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_tables import NftChain, NftPktinfo
from webapp.kernel.netfilter.nf_tables_chain import NftChainType
from webapp.kernel.netfilter.nf_tables_core import nft_do_chain, verdict_name
from webapp.kernel.netfilter.nf_tables_ipv4 import nft_set_pktinfo_ipv4
from webapp.kernel.netfilter.nf_tables_ipv6 import nft_set_pktinfo_ipv6
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_LOCAL_OUT,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.uapi.rtnetlink import Rtn

_FILE = "net/netfilter/nft_chain_route.c"


@kfunc(_FILE, "nf_route_table_hook4", verdict=verdict_name)
def nf_route_table_hook4(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    nft_set_pktinfo_ipv4(pkt)
    before = _routing_key(skb)
    verdict = nft_do_chain(pkt, priv)
    if verdict == NF_ACCEPT and _routing_key(skb) != before:
        error = ip_route_me_harder(state.net, state.sk, skb, Rtn.UNSPEC)
        if error < 0:
            return -error << 16 | NF_DROP
    return verdict


def _routing_key(skb: SkBuff) -> tuple[int, int, bytes]:
    """Mark, TOS and addresses."""
    at = skb.network_header
    return skb.mark, skb.head[at + 1], skb.head[at + 12 : at + 20]


@kfunc(_FILE, "nf_route_table_hook6", verdict=verdict_name)
def nf_route_table_hook6(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    nft_set_pktinfo_ipv6(pkt)
    before = _routing_key6(skb)
    verdict = nft_do_chain(pkt, priv)
    if verdict == NF_ACCEPT and _routing_key6(skb) != before:
        error = ip6_route_me_harder(state.net, state.sk, skb)
        if error < 0:
            return -error << 16 | NF_DROP
    return verdict


def _routing_key6(skb: SkBuff) -> tuple[int, bytes, bytes]:
    """Mark, traffic class with flow label, and hop limit with addresses."""
    at = skb.network_header
    return skb.mark, skb.head[at : at + 4], skb.head[at + 7 : at + 40]


@kfunc(_FILE, "nf_route_table_inet", verdict=verdict_name)
def nf_route_table_inet(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    if state.pf == NFPROTO_IPV4:
        return nf_route_table_hook4(priv, skb, state)
    return nf_route_table_hook6(priv, skb, state)


NFT_CHAIN_ROUTE: dict[tuple[int, str], NftChainType] = {
    (NFPROTO_IPV4, "route"): NftChainType("route", {NF_INET_LOCAL_OUT: nf_route_table_hook4}),
    (NFPROTO_IPV6, "route"): NftChainType("route", {NF_INET_LOCAL_OUT: nf_route_table_hook6}),
    (NFPROTO_INET, "route"): NftChainType("route", {NF_INET_LOCAL_OUT: nf_route_table_inet}),
}
