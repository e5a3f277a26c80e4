"""Tracking UDP (net/netfilter/nf_conntrack_proto_udp.c)."""

from __future__ import annotations

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.core import NfHookState
from webapp.kernel.netfilter.nf_conntrack import (
    IPPROTO_UDP,
    IPS_ASSURED,
    IPS_CONFIRMED,
    IPS_NAT_CLASH,
    IPS_SEEN_REPLY,
    NetnsCt,
    NfConn,
)
from webapp.kernel.netfilter.nf_conntrack_core import L4Proto, nf_ct_refresh_acct
from webapp.kernel.netfilter.nf_conntrack_proto import nf_bad_checksum
from webapp.kernel.uapi.netfilter import NF_ACCEPT


def _udp_error(skb: SkBuff, dataoff: int, state: NfHookState) -> bool:
    """udp_error: a datagram that is cut off, or whose checksum is wrong."""
    head = skb.head
    left = len(head) - dataoff
    if left < 8 or not 8 <= (head[dataoff + 4] << 8 | head[dataoff + 5]) <= left:
        return True
    if not head[dataoff + 6] and not head[dataoff + 7]:
        return False
    return nf_bad_checksum(skb, dataoff, IPPROTO_UDP, state)


@kfunc("net/netfilter/nf_conntrack_proto_udp.c", "nf_conntrack_udp_packet")
def nf_conntrack_udp_packet(ct: NfConn, skb: SkBuff, dataoff: int, ctinfo: int, state: NfHookState) -> int:
    """Traffic both ways for more than two seconds is a stream: it lives longer, and is ASSURED."""
    if _udp_error(skb, dataoff, state):
        return -NF_ACCEPT
    tables: NetnsCt = ct.net.ct
    now = ct.net.machine.clock.now
    status = ct.status
    if not status & IPS_CONFIRMED:
        ct.stream_ts = now + 2 * NSEC_PER_SEC
    if not status & IPS_SEEN_REPLY or now <= ct.stream_ts:
        nf_ct_refresh_acct(ct, ctinfo, skb, tables.udp_timeout)
        return NF_ACCEPT
    nf_ct_refresh_acct(ct, ctinfo, skb, tables.udp_timeout_stream)
    if not status & IPS_NAT_CLASH:
        ct.status |= IPS_ASSURED
    return NF_ACCEPT


L4PROTO_UDP = L4Proto(nf_conntrack_udp_packet, allow_clash=True)
