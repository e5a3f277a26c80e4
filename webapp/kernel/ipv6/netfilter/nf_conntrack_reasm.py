"""Putting IPv6 fragments together before they are tracked (net/ipv6/netfilter/nf_conntrack_reasm.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.errno import Errno
from webapp.kernel.ipv6.exthdrs_core import EXTENSIONS
from webapp.kernel.ipv6.ipv6 import ip6cb
from webapp.kernel.ipv6.reassembly import (
    FragQueue,
    fq_find,
    inet_frag_kill,
    inet_frag_queue_insert,
    ip6_frag_reasm,
    ipv6frag_thdr_truncated,
)
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Queued
from webapp.kernel.wire.ipv6 import (
    FRAGMENT_HLEN,
    HLEN,
    IP6_MF,
    IP6_OFFSET,
    IPV6_MAXPLEN,
    NEXTHDR_AUTH,
    NEXTHDR_FRAGMENT,
    NEXTHDR_NONE,
)

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net


def find_prev_fhdr(head: bytes, nh: int) -> tuple[int, int] | None:
    """find_prev_fhdr: where the type of the fragment header is written (from the IPv6 header on), and where it lies."""
    nhoff, start, nexthdr = 6, nh + HLEN, head[nh + 6]
    while nexthdr != NEXTHDR_FRAGMENT:
        if nexthdr not in EXTENSIONS or nexthdr == NEXTHDR_NONE or len(head) < start + 2:
            return None
        length = (head[start + 1] + 2) << 2 if nexthdr == NEXTHDR_AUTH else (head[start + 1] + 1) << 3
        nhoff, nexthdr, start = start - nh, head[start], start + length
    return (nhoff, start) if start + FRAGMENT_HLEN <= len(head) else None


@kfunc("net/ipv6/netfilter/nf_conntrack_reasm.c", "nf_ct_frag6_gather")
def nf_ct_frag6_gather(net: Net, skb: SkBuff, user: int) -> int:
    """0: the packet goes on, whole or as it came; -EINPROGRESS: it waits, or came before; -EINVAL: it is wrong."""
    head, nh = skb.head, skb.network_header
    found = None if head[nh + 4 : nh + 6] == b"\0\0" else find_prev_fhdr(head, nh)
    if found is None or ipv6frag_thdr_truncated_first(head, found[1]):
        return 0
    nhoff, at = found
    transport, skb.transport_header = skb.transport_header, at
    queue = fq_find(net, skb, user)
    if queue is None:
        return -Errno.ENOMEM
    code = _queue(net, queue, skb, nhoff)
    if code == -Errno.EPROTO:
        skb.transport_header = transport
        return 0
    return code


def ipv6frag_thdr_truncated_first(head: bytes, at: int) -> bool:
    """Whether a first fragment lacks a part of the headers (RFC 8200): that is for the receiver to refuse."""
    return not (head[at + 2] << 8 | head[at + 3]) & IP6_OFFSET and ipv6frag_thdr_truncated(head, at)


def _queue(net: Net, queue: FragQueue, skb: SkBuff, nhoff: int) -> int:
    """nf_ct_frag6_queue."""
    at = skb.transport_header
    word = skb.head[at + 2] << 8 | skb.head[at + 3]
    offset = word & IP6_OFFSET
    end = offset + len(skb.head) - at - FRAGMENT_HLEN
    if end > IPV6_MAXPLEN:
        return -Errno.EINVAL
    if word & IP6_MF and end & 7:
        inet_frag_kill(net, queue)
        return -Errno.EPROTO
    reason = inet_frag_queue_insert(net, queue, skb, offset, end, last=not word & IP6_MF)
    if reason is DropReason.DUP_FRAG:
        kfree_skb_reason(skb, reason)
        return -Errno.EINPROGRESS
    if reason is not None:
        skb.dst = None
        return -Errno.EINVAL
    cb = ip6cb(skb)
    known, cb.nhoff = cb.nhoff, nhoff
    if not queue.complete:
        skb.dst = None
        recorder = RECORDER.get()
        if recorder is not None:
            recorder.note(Queued("fragments"))
        return -Errno.EINPROGRESS
    if ip6_frag_reasm(net, queue, skb) is None:
        return -Errno.EINPROGRESS
    ip6cb(skb).nhoff = known
    skb.data = skb.network_header
    skb.ignore_df = 1
    return 0
