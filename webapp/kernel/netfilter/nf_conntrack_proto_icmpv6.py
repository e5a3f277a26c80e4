"""Tracking ICMPv6 (net/netfilter/nf_conntrack_proto_icmpv6.c)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import IP_CT_UNTRACKED, IPS_CONFIRMED, NfConn
from webapp.kernel.netfilter.nf_conntrack_core import L4Proto, nf_conntrack_inet_error, nf_ct_refresh_acct
from webapp.kernel.netfilter.nf_conntrack_proto import nf_bad_checksum
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NFPROTO_IPV6

_FILE = "net/netfilter/nf_conntrack_proto_icmpv6.c"

IPPROTO_ICMPV6 = 58
_ECHO_REQUEST, _ECHO_REPLY, _NI_QUERY, _NI_REPLY = 128, 129, 139, 140
ICMPV6_INVERT = {_ECHO_REQUEST: _ECHO_REPLY, _ECHO_REPLY: _ECHO_REQUEST, _NI_QUERY: _NI_REPLY, _NI_REPLY: _NI_QUERY}
"""invmap."""

_NOT_TRACKED = frozenset((130, 131, 132, 133, 134, 135, 136, 143))
"""noct_valid_new: multicast listeners, router and neighbour discovery."""


@kfunc(_FILE, "nf_conntrack_icmpv6_packet")
def nf_conntrack_icmpv6_packet(ct: NfConn, skb: SkBuff, dataoff: int, ctinfo: int, state: NfHookState) -> int:
    """Only requests begin a connection."""
    begins = ct.tuples[0].dport >> 8 in (_ECHO_REQUEST, _NI_QUERY)
    if state.pf != NFPROTO_IPV6 or not (begins or ct.status & IPS_CONFIRMED):
        return -NF_ACCEPT
    nf_ct_refresh_acct(ct, ctinfo, skb, ct.net.ct.icmpv6_timeout)
    return NF_ACCEPT


@kfunc(_FILE, "nf_conntrack_icmpv6_error")
def nf_conntrack_icmpv6_error(tmpl: NfConn | None, skb: SkBuff, dataoff: int, state: NfHookState) -> int:
    """Looks at every message first: discovery is left UNTRACKED, errors are RELATED to what they quote."""
    head = skb.head
    if len(head) < dataoff + 8 or nf_bad_checksum(skb, dataoff, IPPROTO_ICMPV6, state):
        return -NF_ACCEPT
    kind = head[dataoff]
    if kind in _NOT_TRACKED:
        skb.nfctinfo = IP_CT_UNTRACKED
        return NF_ACCEPT
    if kind >= 128:
        return NF_ACCEPT
    nh = skb.network_header
    return nf_conntrack_inet_error(tmpl, skb, dataoff + 8, state, head[nh + 24 : nh + 40])


L4PROTO_ICMPV6 = L4Proto(nf_conntrack_icmpv6_packet)
