"""The hooks of connection tracking, which are there while a rule of the namespace needs it
(net/netfilter/nf_conntrack_proto.c).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from webapp.kernel.core.skbuff import CHECKSUM_PARTIAL, SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.netfilter.nf_defrag_ipv4 import nf_defrag_ipv4_disable, nf_defrag_ipv4_enable
from webapp.kernel.ipv6.netfilter.nf_defrag_ipv6 import nf_defrag_ipv6_disable, nf_defrag_ipv6_enable
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import HookFn, NfHookOps, NfHookState, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.netfilter.nf_conntrack import IPS_CONFIRMED, IPS_TEMPLATE, NetnsCt, NfConn, nf_reset_ct
from webapp.kernel.netfilter.nf_conntrack_core import (
    nf_conntrack_confirm,
    nf_conntrack_in,
    nf_ct_iterate,
    nf_verdict_name,
)
from webapp.kernel.uapi.netfilter import (
    NF_ACCEPT,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NF_IP_PRI_CONNTRACK,
    NF_IP_PRI_CONNTRACK_CONFIRM,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.wire.checksum import checksum, pseudo_header

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_FILE = "net/netfilter/nf_conntrack_proto.c"
_IPPROTO_ICMP = 1


def nf_bad_checksum(skb: SkBuff, dataoff: int, protocol: int, state: NfHookState) -> bool:
    """nf_checksum (net/netfilter/utils.c), asked at PREROUTING only and unless nf_conntrack_checksum is 0."""
    if state.hook != NF_INET_PRE_ROUTING or not state.net.ct.sysctl_checksum or skb.ip_summed == CHECKSUM_PARTIAL:
        return False
    head, nh = skb.head, skb.network_header
    data = head[dataoff:]
    if state.pf == NFPROTO_IPV6:
        data = pseudo_header(head[nh + 8 : nh + 24], head[nh + 24 : nh + 40], protocol, len(data)) + data
    elif protocol != _IPPROTO_ICMP:
        data = pseudo_header(head[nh + 12 : nh + 16], head[nh + 16 : nh + 20], protocol, len(data)) + data
    bad = bool(checksum(data))
    skb.csum_valid = int(not bad)
    return bad


# --- hooks --------------------------------------------------------------------------------------------------------


@kfunc(_FILE, "ipv4_conntrack_in", verdict=nf_verdict_name)
def ipv4_conntrack_in(priv: None, skb: SkBuff, state: NfHookState) -> int:
    return nf_conntrack_in(skb, state)


@kfunc(_FILE, "ipv4_conntrack_local", verdict=nf_verdict_name)
def ipv4_conntrack_local(priv: None, skb: SkBuff, state: NfHookState) -> int:
    at = skb.network_header + 6
    if skb.head[at] & 0x3F or skb.head[at + 1]:
        # a socket that sends its own fragments (IP_NODEFRAG): they are not tracked
        ct: NfConn | None = skb.nfct
        if ct is not None and ct.status & IPS_TEMPLATE:
            nf_reset_ct(skb)
        return NF_ACCEPT
    return nf_conntrack_in(skb, state)


@kfunc(_FILE, "ipv6_conntrack_in", verdict=nf_verdict_name)
def ipv6_conntrack_in(priv: None, skb: SkBuff, state: NfHookState) -> int:
    return nf_conntrack_in(skb, state)


@kfunc(_FILE, "ipv6_conntrack_local", verdict=nf_verdict_name)
def ipv6_conntrack_local(priv: None, skb: SkBuff, state: NfHookState) -> int:
    return nf_conntrack_in(skb, state)


@kfunc(_FILE, "nf_confirm", verdict=nf_verdict_name)
def nf_confirm(priv: None, skb: SkBuff, state: NfHookState) -> int:
    """The last hook of a packet's way: what came through belongs to the table."""
    ct: NfConn | None = skb.nfct
    if ct is None or ct.status & IPS_CONFIRMED:
        return NF_ACCEPT
    return nf_conntrack_confirm(skb)


_OPS: dict[int, tuple[tuple[HookFn, int, int], ...]] = {
    NFPROTO_IPV4: (
        (ipv4_conntrack_in, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK),
        (ipv4_conntrack_local, NF_INET_LOCAL_OUT, NF_IP_PRI_CONNTRACK),
        (nf_confirm, NF_INET_POST_ROUTING, NF_IP_PRI_CONNTRACK_CONFIRM),
        (nf_confirm, NF_INET_LOCAL_IN, NF_IP_PRI_CONNTRACK_CONFIRM),
    ),
    NFPROTO_IPV6: (
        (ipv6_conntrack_in, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK),
        (ipv6_conntrack_local, NF_INET_LOCAL_OUT, NF_IP_PRI_CONNTRACK),
        (nf_confirm, NF_INET_POST_ROUTING, NF_IP_PRI_CONNTRACK_CONFIRM),
        (nf_confirm, NF_INET_LOCAL_IN, NF_IP_PRI_CONNTRACK_CONFIRM),
    ),
}
"""ipv4_conntrack_ops and ipv6_conntrack_ops: function, hook, priority."""

_DEFRAG: dict[int, tuple[Callable[[Net], None], Callable[[Net], None]]] = {
    NFPROTO_IPV4: (nf_defrag_ipv4_enable, nf_defrag_ipv4_disable),
    NFPROTO_IPV6: (nf_defrag_ipv6_enable, nf_defrag_ipv6_disable),
}
"""What must put fragments together first, by family."""


def nf_ct_netns_get(net: Net, nfproto: int) -> None:
    """A rule needs connection tracking. EPROTO for families without; bridges have theirs in a module of its own."""
    for pf in _families(nfproto):
        _get(net, pf)


def nf_ct_netns_put(net: Net, nfproto: int) -> None:
    """A rule that needed connection tracking is gone."""
    for pf in _families(nfproto):
        _put(net, pf)


def _families(nfproto: int) -> tuple[int, ...]:
    if nfproto == NFPROTO_INET:
        return NFPROTO_IPV4, NFPROTO_IPV6
    if nfproto not in _OPS:
        raise KernelError(Errno.EPROTO)
    return (nfproto,)


def _get(net: Net, pf: int) -> None:
    """nf_ct_netns_do_get: the first user brings the hooks; what was not watched meanwhile has lost its windows."""
    tables: NetnsCt = net.ct
    tables.users[pf] = tables.users.get(pf, 0) + 1
    if tables.users[pf] > 1:
        return
    if pf in _DEFRAG:
        _DEFRAG[pf][0](net)
    tables.ops[pf] = tuple(NfHookOps(hook, pf, hooknum, priority, None, None) for hook, hooknum, priority in _OPS[pf])
    for ops in tables.ops[pf]:
        nf_register_net_hook(net, ops)
    for ct in nf_ct_iterate(net):
        if ct.tcp is not None and ct.tuples[0].l3num == pf:
            for side in ct.tcp.seen:
                side.td_maxwin = 0


def _put(net: Net, pf: int) -> None:
    tables: NetnsCt = net.ct
    tables.users[pf] -= 1
    if tables.users[pf]:
        return
    for ops in tables.ops.pop(pf):
        nf_unregister_net_hook(net, ops)
    if pf in _DEFRAG:
        _DEFRAG[pf][1](net)
