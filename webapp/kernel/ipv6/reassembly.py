"""Putting fragments together (net/ipv6/reassembly.c): behind INPUT, so that hooks see the fragments."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import Timer
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import skb_truesize
from webapp.kernel.ipv6.address import ipv6_addr_needs_scope_id
from webapp.kernel.ipv6.exthdrs_core import ipv6_skip_exthdr
from webapp.kernel.ipv6.icmp import icmpv6_param_prob, icmpv6_send
from webapp.kernel.ipv6.ipv6 import IP6SKB_FRAGMENTED, ip6cb
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Queued
from webapp.kernel.wire.icmpv6 import ICMPV6_EXC_FRAGTIME, ICMPV6_HDR_FIELD, ICMPV6_TIME_EXCEED
from webapp.kernel.wire.ipv6 import FRAGMENT_HLEN, HLEN, IP6_MF, IP6_OFFSET, IPV6_MAXPLEN

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

ICMPV6_HDR_INCOMP = 3

IP6_DEFRAG_LOCAL_DELIVER, IP6_DEFRAG_CONNTRACK_IN, IP6_DEFRAG_CONNTRACK_OUT = 0, 1, 1 + 0x10000
"""enum ip6_defrag_users (include/net/ipv6_frag.h): connection tracking adds its zone."""

Key = tuple[int, bytes, bytes, int, int]
"""Identification, source, destination, device where that matters, and for whom."""


class FragQueue:
    """struct frag_queue: the fragments of one packet so far, by offset. ``length`` is known once the last is here."""

    __slots__ = ("fragments", "key", "length", "max_size", "meat", "mem", "timer")

    def __init__(self, key: Key, timer: Timer) -> None:
        self.key = key
        self.timer = timer
        self.fragments: dict[int, SkBuff] = {}
        self.length = -1
        self.meat = 0
        self.mem = 0
        self.max_size = 0

    @property
    def complete(self) -> bool:
        """Whether no fragment is missing."""
        return self.meat == self.length and 0 in self.fragments


def _payload(skb: SkBuff) -> int:
    """Where the data of a fragment begins."""
    return skb.transport_header + FRAGMENT_HLEN


@kfunc("net/ipv6/reassembly.c", "ipv6_frag_rcv")
def ipv6_frag_rcv(skb: SkBuff) -> SkBuff | None:
    """Takes a fragment; gives back the whole packet with the last missing one, else None."""
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    cb = ip6cb(skb)
    if cb.flags & IP6SKB_FRAGMENTED or head[nh + 4 : nh + 6] == b"\0\0" or len(head) < at + FRAGMENT_HLEN:
        icmpv6_param_prob(skb, ICMPV6_HDR_FIELD, at - nh)
        return None
    word = head[at + 2] << 8 | head[at + 3]
    if not word & (IP6_OFFSET | IP6_MF):
        cb.nhoff = at - nh
        cb.flags |= IP6SKB_FRAGMENTED
        cb.frag_max_size = len(head) - nh
        skb.transport_header = at + FRAGMENT_HLEN
        return skb
    if not word & IP6_OFFSET and ipv6frag_thdr_truncated(head, at):
        icmpv6_param_prob(skb, ICMPV6_HDR_INCOMP, 0)
        return None
    net = skb.dev.net
    queue = fq_find(net, skb, IP6_DEFRAG_LOCAL_DELIVER)
    if queue is None:
        kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
        return None
    return _queue(net, queue, skb, word)


def ipv6frag_thdr_truncated(head: bytes, at: int) -> bool:
    """ipv6frag_thdr_truncated: the first fragment must hold the whole upper-layer header."""
    start, nexthdr, _ = ipv6_skip_exthdr(head, at + FRAGMENT_HLEN, head[at])
    if start < 0:
        return True
    return len(head) < start + {6: 20, 17: 8, 58: 1}.get(nexthdr, 1)


def fq_find(net: Net, skb: SkBuff, user: int) -> FragQueue | None:
    """fq_find: the queue of a fragment, made if need be; None beyond ip6frag_high_thresh."""
    ipv6 = net.ipv6
    head, nh, at = skb.head, skb.network_header, skb.transport_header
    ident = int.from_bytes(head[at + 4 : at + 8], "big")
    saddr, daddr = head[nh + 8 : nh + 24], head[nh + 24 : nh + 40]
    iif = skb.dev.ifindex if ipv6_addr_needs_scope_id(daddr) else 0
    key = (ident, saddr, daddr, iif, user)
    queue: FragQueue | None = ipv6.frags.get(key)
    if queue is None:
        if ipv6.frags_mem > ipv6.sysctl_ip6frag_high_thresh:
            return None
        timer = net.machine.clock.call_later(ipv6.sysctl_ip6frag_time, partial(ip6_frag_expire, net, key))
        queue = ipv6.frags[key] = FragQueue(key, timer)
    return queue


def _queue(net: Net, queue: FragQueue, skb: SkBuff, word: int) -> SkBuff | None:
    """ip6_frag_queue: a fragment takes its place; overlapping ones end the whole packet (RFC 5722)."""
    nh = skb.network_header
    offset = word & IP6_OFFSET
    length = len(skb.head) - _payload(skb)
    end = offset + length
    problem = -1
    if end > IPV6_MAXPLEN:
        problem = skb.transport_header + 2 - nh
    elif word & IP6_MF and end & 7:
        problem = 4
    if problem >= 0:
        icmpv6_param_prob(skb, ICMPV6_HDR_FIELD, problem)
        return None
    reason = inet_frag_queue_insert(net, queue, skb, offset, end, last=not word & IP6_MF)
    if reason is not None:
        kfree_skb_reason(skb, reason)
        return None
    if queue.complete:
        return ip6_frag_reasm(net, queue, skb)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("fragments"))
    return None


def inet_frag_queue_insert(
    net: Net, queue: FragQueue, skb: SkBuff, offset: int, end: int, *, last: bool
) -> DropReason | None:
    """inet_frag_queue_insert: why a fragment is not taken, None if it is; the whole queue goes with a wrong one."""
    known_end = max((at + len(f.head) - _payload(f) for at, f in queue.fragments.items()), default=0)
    if last:
        if end < known_end or queue.length not in (-1, end):
            inet_frag_kill(net, queue)
            return DropReason.NOT_SPECIFIED
        queue.length = end
    elif queue.length != -1 and end > queue.length:
        inet_frag_kill(net, queue)
        return DropReason.NOT_SPECIFIED
    if end == offset:
        inet_frag_kill(net, queue)
        return DropReason.NOT_SPECIFIED
    for at, other in queue.fragments.items():
        other_end = at + len(other.head) - _payload(other)
        if offset < other_end and at < end:
            if at <= offset and end <= other_end:
                return DropReason.DUP_FRAG
            inet_frag_kill(net, queue)
            return DropReason.NOT_SPECIFIED
    queue.fragments[offset] = skb
    queue.meat += end - offset
    size = skb_truesize(skb)
    queue.mem += size
    net.ipv6.frags_mem += size
    queue.max_size = max(queue.max_size, len(skb.head) - skb.network_header)
    return None


def _forget(net: Net, queue: FragQueue) -> None:
    queue.timer.cancel()
    net.ipv6.frags_mem -= queue.mem
    net.ipv6.frags.pop(queue.key, None)


def inet_frag_kill(net: Net, queue: FragQueue) -> None:
    """inet_frag_kill: what came so far is dropped."""
    _forget(net, queue)
    for fragment in queue.fragments.values():
        kfree_skb_reason(fragment, DropReason.NOT_SPECIFIED)


def ip6_frag_reasm(net: Net, queue: FragQueue, skb: SkBuff) -> SkBuff | None:
    """ip6_frag_reasm, nf_ct_frag6_reasm: the last packet to come becomes the whole, with the first one's headers."""
    _forget(net, queue)
    first = queue.fragments[0]
    nh, at = first.network_header, first.transport_header
    nhoff = ip6cb(first).nhoff
    pieces = [f.head[_payload(f) :] for _, f in sorted(queue.fragments.items())]
    data = b"".join(pieces)
    length = at - nh - HLEN + len(data)
    if length > IPV6_MAXPLEN:
        inet_frag_kill(net, queue)
        return None
    headers = bytearray(first.head[:at])
    headers[nh + nhoff] = first.head[at]
    headers[nh + 4 : nh + 6] = length.to_bytes(2, "big")
    for fragment in queue.fragments.values():
        if fragment is not skb:
            consume_skb(fragment)
    for name in _MORPHED:
        setattr(skb, name, getattr(first, name))
    skb.head = bytes(headers) + data
    skb.frags = tuple(map(len, pieces))
    skb.transport_header = at
    skb.data = at
    cb = ip6cb(skb)
    cb.nhoff = nhoff
    cb.flags |= IP6SKB_FRAGMENTED
    cb.frag_max_size = queue.max_size
    return skb


_MORPHED = (
    "cb", "dev", "mac_header", "mark", "network_header", "nf_trace", "nfct", "nfctinfo", "pkt_type", "priority",
    "protocol", "skb_iif", "tc_index",
)  # fmt: skip


@kfunc("net/ipv6/reassembly.c", "ip6_frag_expire")
def ip6_frag_expire(net: Net, key: Key) -> None:
    """The rest did not come in time: the sender is told, if the first fragment is here to quote."""
    queue: FragQueue | None = net.ipv6.frags.get(key)
    if queue is None:
        return
    _forget(net, queue)
    first = queue.fragments.pop(0, None)
    for fragment in queue.fragments.values():
        kfree_skb_reason(fragment, DropReason.FRAG_REASM_TIMEOUT)
    if first is not None:
        icmpv6_send(first, ICMPV6_TIME_EXCEED, ICMPV6_EXC_FRAGTIME, 0)
        kfree_skb_reason(first, DropReason.FRAG_REASM_TIMEOUT)
