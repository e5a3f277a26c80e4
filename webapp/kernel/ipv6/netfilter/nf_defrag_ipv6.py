"""Fragments are put together before they are tracked (net/ipv6/netfilter/nf_defrag_ipv6_hooks.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno
from webapp.kernel.ipv6.netfilter.nf_conntrack_reasm import nf_ct_frag6_gather
from webapp.kernel.ipv6.reassembly import IP6_DEFRAG_CONNTRACK_IN, IP6_DEFRAG_CONNTRACK_OUT
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookOps, NfHookState, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.netfilter.nf_conntrack import IP_CT_UNTRACKED, IPS_TEMPLATE, NetnsCt
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_DROP,
    NF_INET_LOCAL_OUT,
    NF_INET_PRE_ROUTING,
    NF_IP6_PRI_CONNTRACK_DEFRAG,
    NF_STOLEN,
    NFPROTO_IPV6,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def _name(verdict: int) -> str:
    return {NF_ACCEPT: "NF_ACCEPT", NF_DROP: "NF_DROP", NF_STOLEN: "NF_STOLEN"}.get(verdict, "")


@kfunc("net/ipv6/netfilter/nf_defrag_ipv6_hooks.c", "ipv6_defrag", verdict=_name)
def ipv6_defrag(priv: None, skb: SkBuff, state: NfHookState) -> int:
    """A fragment waits for the rest; the last one to come goes on as the whole packet."""
    ct = skb.nfct
    if (ct is not None and not ct.status & IPS_TEMPLATE) or (ct is None and skb.nfctinfo == IP_CT_UNTRACKED):
        return NF_ACCEPT
    user = IP6_DEFRAG_CONNTRACK_IN if state.hook == NF_INET_PRE_ROUTING else IP6_DEFRAG_CONNTRACK_OUT
    code = nf_ct_frag6_gather(state.net, skb, user + (0 if ct is None else ct.zone.id))
    if code == -Errno.EINPROGRESS:
        return NF_STOLEN
    return NF_ACCEPT if code == 0 else NF_DROP


def nf_defrag_ipv6_enable(net: Net) -> None:
    """Somebody in the namespace needs whole packets: the hooks come with the first."""
    tables: NetnsCt = net.ct
    users = tables.defrag_users
    users[NFPROTO_IPV6] = users.get(NFPROTO_IPV6, 0) + 1
    if users[NFPROTO_IPV6] > 1:
        return
    tables.defrag_ops[NFPROTO_IPV6] = tuple(
        NfHookOps(ipv6_defrag, NFPROTO_IPV6, hooknum, NF_IP6_PRI_CONNTRACK_DEFRAG, None, None)
        for hooknum in (NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT)
    )
    for ops in tables.defrag_ops[NFPROTO_IPV6]:
        nf_register_net_hook(net, ops)


def nf_defrag_ipv6_disable(net: Net) -> None:
    """One of them does no more."""
    tables: NetnsCt = net.ct
    tables.defrag_users[NFPROTO_IPV6] -= 1
    if not tables.defrag_users[NFPROTO_IPV6]:
        for ops in tables.defrag_ops.pop(NFPROTO_IPV6):
            nf_unregister_net_hook(net, ops)
