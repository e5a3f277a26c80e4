"""Chains of type filter at the hooks of each family (net/netfilter/nft_chain_filter.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_tables import NftChain, NftPktinfo
from webapp.kernel.netfilter.nf_tables_chain import NftChainType
from webapp.kernel.netfilter.nf_tables_core import NF_DROPPED, nft_do_chain, verdict_name
from webapp.kernel.netfilter.nf_tables_ipv4 import nft_set_pktinfo_ipv4, nft_set_pktinfo_ipv4_validate
from webapp.kernel.netfilter.nf_tables_ipv6 import nft_set_pktinfo_ipv6, nft_set_pktinfo_ipv6_validate
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_ARP_IN,
    NF_ARP_OUT,
    NF_INET_FORWARD,
    NF_INET_INGRESS,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)

_FILE = "net/netfilter/nft_chain_filter.c"


@kfunc(_FILE, "nft_do_chain_ipv4", verdict=verdict_name)
def nft_do_chain_ipv4(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    nft_set_pktinfo_ipv4(pkt)
    return nft_do_chain(pkt, priv)


@kfunc(_FILE, "nft_do_chain_ipv6", verdict=verdict_name)
def nft_do_chain_ipv6(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    nft_set_pktinfo_ipv6(pkt)
    return nft_do_chain(pkt, priv)


@kfunc(_FILE, "nft_do_chain_arp", verdict=verdict_name)
def nft_do_chain_arp(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    return nft_do_chain(NftPktinfo(skb, state), priv)


@kfunc(_FILE, "nft_do_chain_inet", verdict=verdict_name)
def nft_do_chain_inet(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    if state.pf == NFPROTO_IPV4:
        nft_set_pktinfo_ipv4(pkt)
    else:
        nft_set_pktinfo_ipv6(pkt)
    return nft_do_chain(pkt, priv)


@kfunc(_FILE, "nft_do_chain_inet_ingress", verdict=verdict_name)
def nft_do_chain_inet_ingress(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    if skb.protocol == ETH_P_IP:
        pf, validate = NFPROTO_IPV4, nft_set_pktinfo_ipv4_validate
    elif skb.protocol == ETH_P_IPV6:
        pf, validate = NFPROTO_IPV6, nft_set_pktinfo_ipv6_validate
    else:
        return NF_ACCEPT
    ingress_state = NfHookState(NF_INET_INGRESS, pf, state.in_, state.out, state.net, state.sk, state.okfn)
    pkt = NftPktinfo(skb, ingress_state)
    if not validate(pkt):
        kfree_skb_reason(skb, DropReason.NETFILTER_DROP)
        return NF_DROPPED
    return nft_do_chain(pkt, priv)


@kfunc(_FILE, "nft_do_chain_bridge", verdict=verdict_name)
def nft_do_chain_bridge(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    protocol = int.from_bytes(skb.head[skb.mac_header + 12 : skb.mac_header + 14], "big")
    if protocol == ETH_P_IP:
        nft_set_pktinfo_ipv4_validate(pkt)
    elif protocol == ETH_P_IPV6:
        nft_set_pktinfo_ipv6_validate(pkt)
    return nft_do_chain(pkt, priv)


@kfunc(_FILE, "nft_do_chain_netdev", verdict=verdict_name)
def nft_do_chain_netdev(priv: NftChain, skb: SkBuff, state: NfHookState) -> int:
    pkt = NftPktinfo(skb, state)
    if skb.protocol == ETH_P_IP:
        nft_set_pktinfo_ipv4_validate(pkt)
    elif skb.protocol == ETH_P_IPV6:
        nft_set_pktinfo_ipv6_validate(pkt)
    return nft_do_chain(pkt, priv)


_INET_HOOKS = (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING)
_BRIDGE_HOOKS = range(5)
"""NF_BR_PRE_ROUTING to NF_BR_POST_ROUTING have the numbers of ip's."""

NFT_CHAIN_FILTER: dict[tuple[int, str], NftChainType] = {
    (NFPROTO_IPV4, "filter"): NftChainType("filter", dict.fromkeys(_INET_HOOKS, nft_do_chain_ipv4)),
    (NFPROTO_IPV6, "filter"): NftChainType("filter", dict.fromkeys(_INET_HOOKS, nft_do_chain_ipv6)),
    (NFPROTO_ARP, "filter"): NftChainType("filter", dict.fromkeys((NF_ARP_IN, NF_ARP_OUT), nft_do_chain_arp)),
    (NFPROTO_INET, "filter"): NftChainType(
        "filter", {NF_INET_INGRESS: nft_do_chain_inet_ingress, **dict.fromkeys(_INET_HOOKS, nft_do_chain_inet)}
    ),
    (NFPROTO_BRIDGE, "filter"): NftChainType("filter", dict.fromkeys(_BRIDGE_HOOKS, nft_do_chain_bridge)),
    (NFPROTO_NETDEV, "filter"): NftChainType(
        "filter", dict.fromkeys((NF_NETDEV_INGRESS, NF_NETDEV_EGRESS), nft_do_chain_netdev)
    ),
}
"""struct nft_chain_type of the filter type, by family."""
