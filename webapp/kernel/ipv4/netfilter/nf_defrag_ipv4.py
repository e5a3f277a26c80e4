"""Fragments are put together before they are tracked (net/ipv4/netfilter/nf_defrag_ipv4.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.ip_fragment import IP_DEFRAG_CONNTRACK_IN, IP_DEFRAG_CONNTRACK_OUT, ip_defrag
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookOps, NfHookState, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.netfilter.nf_conntrack import IP_CT_UNTRACKED, NetnsCt
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_INET_LOCAL_OUT,
    NF_INET_PRE_ROUTING,
    NF_IP_PRI_CONNTRACK_DEFRAG,
    NF_STOLEN,
    NFPROTO_IPV4,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def _name(verdict: int) -> str:
    return {NF_ACCEPT: "NF_ACCEPT", NF_STOLEN: "NF_STOLEN"}.get(verdict, "")


@kfunc("net/ipv4/netfilter/nf_defrag_ipv4.c", "ipv4_conntrack_defrag", verdict=_name)
def ipv4_conntrack_defrag(priv: None, skb: SkBuff, state: NfHookState) -> int:
    """A fragment waits for the rest; the last one to come goes on as the whole packet."""
    at = skb.network_header + 6
    if not (skb.head[at] & 0x3F or skb.head[at + 1]) or (skb.nfct is None and skb.nfctinfo == IP_CT_UNTRACKED):
        return NF_ACCEPT
    user = IP_DEFRAG_CONNTRACK_IN if state.hook == NF_INET_PRE_ROUTING else IP_DEFRAG_CONNTRACK_OUT
    zone = skb.nfct.zone.id if skb.nfct is not None else 0
    if ip_defrag(state.net, skb, user + zone) is None:
        return NF_STOLEN
    skb.ignore_df = 1
    return NF_ACCEPT


def nf_defrag_ipv4_enable(net: Net) -> None:
    """Somebody in the namespace needs whole packets: the hooks come with the first."""
    tables: NetnsCt = net.ct
    users = tables.defrag_users
    users[NFPROTO_IPV4] = users.get(NFPROTO_IPV4, 0) + 1
    if users[NFPROTO_IPV4] > 1:
        return
    tables.defrag_ops[NFPROTO_IPV4] = tuple(
        NfHookOps(ipv4_conntrack_defrag, NFPROTO_IPV4, hooknum, NF_IP_PRI_CONNTRACK_DEFRAG, None, None)
        for hooknum in (NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT)
    )
    for ops in tables.defrag_ops[NFPROTO_IPV4]:
        nf_register_net_hook(net, ops)


def nf_defrag_ipv4_disable(net: Net) -> None:
    """One of them does no more."""
    tables: NetnsCt = net.ct
    tables.defrag_users[NFPROTO_IPV4] -= 1
    if not tables.defrag_users[NFPROTO_IPV4]:
        for ops in tables.defrag_ops.pop(NFPROTO_IPV4):
            nf_unregister_net_hook(net, ops)
