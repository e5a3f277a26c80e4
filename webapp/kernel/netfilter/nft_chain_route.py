"""Chains of type route: what OUTPUT changes in a packet may change its way (net/netfilter/nft_chain_route.c)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.netfilter import ip_route_me_harder
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_tables import NftChain, NftPktinfo
from webapp.kernel.netfilter.nf_tables_chain import NftChainType
from webapp.kernel.netfilter.nf_tables_core import nft_do_chain, verdict_name
from webapp.kernel.netfilter.nf_tables_ipv4 import nft_set_pktinfo_ipv4
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NF_DROP, NF_INET_LOCAL_OUT, NFPROTO_INET, NFPROTO_IPV4
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


@kfunc(_FILE, "nf_route_table_inet", verdict=verdict_name)
def nf_route_table_inet(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    if state.pf == NFPROTO_IPV4:
        return nf_route_table_hook4(priv, skb, state)
    return nft_do_chain(NftPktinfo(skb, state), priv)


NFT_CHAIN_ROUTE: dict[tuple[int, str], NftChainType] = {
    (NFPROTO_IPV4, "route"): NftChainType("route", {NF_INET_LOCAL_OUT: nf_route_table_hook4}),
    (NFPROTO_INET, "route"): NftChainType("route", {NF_INET_LOCAL_OUT: nf_route_table_inet}),
}
