"""What kinds of expressions, objects and chains this kernel has; boot.py puts them into nf_tables' tables."""

from __future__ import annotations

from webapp.kernel.bridge.netfilter.nft_meta_bridge import nft_meta_bridge
from webapp.kernel.bridge.netfilter.nft_reject_bridge import NftRejectBridge
from webapp.kernel.ipv4.netfilter.nf_dup_ipv4 import NftDupIpv4
from webapp.kernel.ipv6.netfilter.nf_dup_ipv6 import NftDupIpv6
from webapp.kernel.netfilter.nf_tables import ExprInit, ObjInit
from webapp.kernel.netfilter.nf_tables_chain import NftChainType
from webapp.kernel.netfilter.nft_bitwise import nft_bitwise
from webapp.kernel.netfilter.nft_byteorder import NftByteorder
from webapp.kernel.netfilter.nft_chain_filter import NFT_CHAIN_FILTER
from webapp.kernel.netfilter.nft_chain_nat import NFT_CHAIN_NAT
from webapp.kernel.netfilter.nft_chain_route import NFT_CHAIN_ROUTE
from webapp.kernel.netfilter.nft_cmp import nft_cmp
from webapp.kernel.netfilter.nft_counter import NftCounter
from webapp.kernel.netfilter.nft_ct import NftNotrack, nft_ct
from webapp.kernel.netfilter.nft_dup_netdev import NftDupNetdev
from webapp.kernel.netfilter.nft_dynset import NftDynset
from webapp.kernel.netfilter.nft_exthdr import nft_exthdr
from webapp.kernel.netfilter.nft_fib_inet import NftFibInet
from webapp.kernel.netfilter.nft_fib_netdev import NftFibNetdev
from webapp.kernel.netfilter.nft_flow_offload import NftFlowOffload
from webapp.kernel.netfilter.nft_fwd_netdev import nft_fwd
from webapp.kernel.netfilter.nft_hash import nft_hash
from webapp.kernel.netfilter.nft_immediate import nft_immediate
from webapp.kernel.netfilter.nft_last import NftLast
from webapp.kernel.netfilter.nft_limit import NftLimit
from webapp.kernel.netfilter.nft_log import NftLog
from webapp.kernel.netfilter.nft_lookup import nft_lookup
from webapp.kernel.netfilter.nft_masq import NftMasq
from webapp.kernel.netfilter.nft_meta import nft_meta
from webapp.kernel.netfilter.nft_nat import NftNat
from webapp.kernel.netfilter.nft_numgen import nft_numgen
from webapp.kernel.netfilter.nft_objref import nft_objref
from webapp.kernel.netfilter.nft_payload import nft_payload
from webapp.kernel.netfilter.nft_quota import NftQuota
from webapp.kernel.netfilter.nft_range import NftRange
from webapp.kernel.netfilter.nft_redir import NftRedir
from webapp.kernel.netfilter.nft_reject_inet import NftRejectInet
from webapp.kernel.netfilter.nft_reject_netdev import nft_reject_netdev
from webapp.kernel.netfilter.nft_rt import NftRt
from webapp.kernel.uapi.netfilter import (
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
    NFPROTO_UNSPEC,
)
from webapp.kernel.uapi.nf_tables import NFT_OBJECT_COUNTER, NFT_OBJECT_LIMIT, NFT_OBJECT_QUOTA

EXPR_TYPES: dict[tuple[int, str], ExprInit] = {
    (NFPROTO_UNSPEC, "immediate"): nft_immediate,
    (NFPROTO_UNSPEC, "cmp"): nft_cmp,
    (NFPROTO_UNSPEC, "lookup"): nft_lookup,
    (NFPROTO_UNSPEC, "bitwise"): nft_bitwise,
    (NFPROTO_UNSPEC, "byteorder"): NftByteorder,
    (NFPROTO_UNSPEC, "payload"): nft_payload,
    (NFPROTO_UNSPEC, "dynset"): NftDynset,
    (NFPROTO_UNSPEC, "range"): NftRange,
    (NFPROTO_UNSPEC, "meta"): nft_meta,
    (NFPROTO_UNSPEC, "exthdr"): nft_exthdr,
    (NFPROTO_UNSPEC, "last"): NftLast,
    (NFPROTO_UNSPEC, "counter"): NftCounter,
    (NFPROTO_UNSPEC, "objref"): nft_objref,
    (NFPROTO_UNSPEC, "limit"): NftLimit,
    (NFPROTO_UNSPEC, "quota"): NftQuota,
    (NFPROTO_UNSPEC, "numgen"): nft_numgen,
    (NFPROTO_UNSPEC, "hash"): nft_hash,
    (NFPROTO_UNSPEC, "log"): NftLog,
    (NFPROTO_UNSPEC, "notrack"): NftNotrack,
    (NFPROTO_UNSPEC, "ct"): nft_ct,
    (NFPROTO_UNSPEC, "nat"): NftNat,
    (NFPROTO_UNSPEC, "masq"): NftMasq,
    (NFPROTO_UNSPEC, "redir"): NftRedir,
    (NFPROTO_UNSPEC, "flow_offload"): NftFlowOffload,
    (NFPROTO_UNSPEC, "rt"): NftRt,
    (NFPROTO_IPV4, "fib"): NftFibInet,
    (NFPROTO_IPV6, "fib"): NftFibInet,
    (NFPROTO_INET, "fib"): NftFibInet,
    (NFPROTO_NETDEV, "fib"): NftFibNetdev,
    (NFPROTO_IPV4, "dup"): NftDupIpv4,
    (NFPROTO_IPV6, "dup"): NftDupIpv6,
    (NFPROTO_BRIDGE, "meta"): nft_meta_bridge,
    (NFPROTO_BRIDGE, "reject"): NftRejectBridge,
    (NFPROTO_NETDEV, "fwd"): nft_fwd,
    (NFPROTO_NETDEV, "dup"): NftDupNetdev,
    (NFPROTO_NETDEV, "reject"): nft_reject_netdev,
    (NFPROTO_IPV4, "reject"): NftRejectInet,
    (NFPROTO_IPV6, "reject"): NftRejectInet,
    (NFPROTO_INET, "reject"): NftRejectInet,
}

OBJECT_TYPES: dict[int, ObjInit] = {
    NFT_OBJECT_COUNTER: NftCounter,
    NFT_OBJECT_QUOTA: NftQuota,
    NFT_OBJECT_LIMIT: NftLimit,
}

CHAIN_TYPES: dict[tuple[int, str], NftChainType] = {**NFT_CHAIN_FILTER, **NFT_CHAIN_NAT, **NFT_CHAIN_ROUTE}
