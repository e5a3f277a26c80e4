"""Chains of type nat: NAT asks them about the first packet of a connection (net/netfilter/nft_chain_nat.c)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_nat_proto import nf_nat_register_chain, nf_nat_unregister_chain
from webapp.kernel.netfilter.nf_tables import NftChain, NftPktinfo
from webapp.kernel.netfilter.nf_tables_chain import NftChainType
from webapp.kernel.netfilter.nf_tables_core import nft_do_chain, verdict_name
from webapp.kernel.netfilter.nf_tables_ipv4 import nft_set_pktinfo_ipv4
from webapp.kernel.netfilter.nf_tables_ipv6 import nft_set_pktinfo_ipv6
from webapp.kernel.uapi.netfilter import (
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)


@kfunc("net/netfilter/nft_chain_nat.c", "nft_nat_do_chain", verdict=verdict_name)
def nft_nat_do_chain(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    if state.pf == NFPROTO_IPV4:
        nft_set_pktinfo_ipv4(pkt)
    else:
        nft_set_pktinfo_ipv6(pkt)
    return nft_do_chain(pkt, priv)


_HOOKS = (NF_INET_PRE_ROUTING, NF_INET_POST_ROUTING, NF_INET_LOCAL_OUT, NF_INET_LOCAL_IN)

NFT_CHAIN_NAT: dict[tuple[int, str], NftChainType] = {
    (family, "nat"): NftChainType(
        "nat", dict.fromkeys(_HOOKS, nft_nat_do_chain), nf_nat_register_chain, nf_nat_unregister_chain
    )
    for family in (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET)
}
"""struct nft_chain_type of the nat type, by family."""
