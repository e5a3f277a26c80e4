"""Tracking ICMP (net/netfilter/nf_conntrack_proto_icmp.c): requests with their replies, errors with what they quote."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import IPPROTO_ICMP, NfConn
from webapp.kernel.netfilter.nf_conntrack_core import L4Proto, nf_conntrack_inet_error, nf_ct_refresh_acct
from webapp.kernel.netfilter.nf_conntrack_proto import nf_bad_checksum
from webapp.kernel.uapi.netfilter import NF_ACCEPT, NFPROTO_IPV4
from webapp.kernel.wire.icmp import (
    ICMP_ADDRESS,
    ICMP_ADDRESSREPLY,
    ICMP_ECHO,
    ICMP_ECHOREPLY,
    ICMP_ERRORS,
    ICMP_INFO_REPLY,
    ICMP_INFO_REQUEST,
    ICMP_TIMESTAMP,
    ICMP_TIMESTAMPREPLY,
    NR_ICMP_TYPES,
)

_FILE = "net/netfilter/nf_conntrack_proto_icmp.c"

ICMP_REPLIES = {
    ICMP_ECHO: ICMP_ECHOREPLY,
    ICMP_TIMESTAMP: ICMP_TIMESTAMPREPLY,
    ICMP_INFO_REQUEST: ICMP_INFO_REPLY,
    ICMP_ADDRESS: ICMP_ADDRESSREPLY,
}
ICMP_INVERT = ICMP_REPLIES | {reply: request for request, reply in ICMP_REPLIES.items()}
"""invmap: the type of the answer, and of what a reply answers."""


@kfunc(_FILE, "nf_conntrack_icmp_packet")
def nf_conntrack_icmp_packet(ct: NfConn, skb: SkBuff, dataoff: int, ctinfo: int, state: NfHookState) -> int:
    """Only requests begin a connection."""
    if state.pf != NFPROTO_IPV4 or ct.tuples[0].dport >> 8 not in ICMP_REPLIES:
        return -NF_ACCEPT
    nf_ct_refresh_acct(ct, ctinfo, skb, ct.net.ct.icmp_timeout)
    return NF_ACCEPT


@kfunc(_FILE, "nf_conntrack_icmpv4_error")
def nf_conntrack_icmpv4_error(tmpl: NfConn | None, skb: SkBuff, dataoff: int, state: NfHookState) -> int:
    """Looks at every ICMP message first: NF_ACCEPT where it is no error, or one about a known connection."""
    head = skb.head
    if len(head) < dataoff + 8 or nf_bad_checksum(skb, dataoff, IPPROTO_ICMP, state):
        return -NF_ACCEPT
    kind = head[dataoff]
    if kind > NR_ICMP_TYPES:
        return -NF_ACCEPT
    if kind not in ICMP_ERRORS:
        return NF_ACCEPT
    nh = skb.network_header
    return nf_conntrack_inet_error(tmpl, skb, dataoff + 8, state, head[nh + 16 : nh + 20])


L4PROTO_ICMP = L4Proto(nf_conntrack_icmp_packet)
