"""Putting fragments together (net/ipv4/ip_fragment.c, net/ipv4/inet_fragment.c)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from webapp.kernel.clock import Timer
from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.skbuff import SkBuff, consume_skb, kfree_skb_reason
from webapp.kernel.core.sock import skb_truesize
from webapp.kernel.ipv4.icmp import icmp_send
from webapp.kernel.ipv4.ip import FRAG_MAX_SIZE_SHIFT
from webapp.kernel.ipv4.route import Rtable, ip_route_input_noref
from webapp.kernel.kfunc import kfunc
from webapp.kernel.trace import RECORDER, Queued
from webapp.kernel.uapi.rtnetlink import Rtn
from webapp.kernel.wire.checksum import checksum
from webapp.kernel.wire.icmp import ICMP_EXC_FRAGTIME, ICMP_TIME_EXCEEDED
from webapp.kernel.wire.ipv4 import IP_DF, IP_MF

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

IP_DEFRAG_LOCAL_DELIVER = 0
IP_DEFRAG_CONNTRACK_IN = 2
IP_DEFRAG_CONNTRACK_OUT = 0x10002

Key = tuple[int, bytes, bytes, int, int]


_ECN_MASK = _ECN_CE = 0x03
_NOT_ECT, _CE = 1 << 0, 1 << _ECN_CE


class Ipq:
    """struct ipq: the fragments of one packet so far, by offset. ``length`` is known once the last one is here."""

    __slots__ = ("fragments", "key", "length", "max_df_size", "max_size", "meat", "mem", "timer")

    def __init__(self, key: Key, timer: Timer) -> None:
        self.key = key
        self.timer = timer
        self.fragments: dict[int, SkBuff] = {}
        self.length = -1
        self.meat = 0
        self.mem = 0
        self.max_size = 0
        self.max_df_size = 0


def _payload(skb: SkBuff) -> int:
    """Where the data of a fragment begins."""
    nh = skb.network_header
    return nh + ((skb.head[nh] & 0xF) << 2)


@kfunc("net/ipv4/ip_fragment.c", "ip_defrag")
def ip_defrag(net: Net, skb: SkBuff, user: int) -> SkBuff | None:
    """Takes a fragment; gives back the whole packet with the last missing one, else None (it waits or was dropped)."""
    ipv4 = net.ipv4
    head, nh = skb.head, skb.network_header
    key = (user, head[nh + 12 : nh + 16], head[nh + 16 : nh + 20], head[nh + 4] << 8 | head[nh + 5], head[nh + 9])
    queue: Ipq | None = ipv4.frags.get(key)
    if queue is None:
        if ipv4.frags_mem > ipv4.sysctl_ipfrag_high_thresh:
            kfree_skb_reason(skb, DropReason.NOT_SPECIFIED)
            return None
        timer = net.machine.clock.call_later(ipv4.sysctl_ipfrag_time, partial(ip_expire, net, key))
        queue = ipv4.frags[key] = Ipq(key, timer)
    reason = _insert(net, queue, skb)
    if reason is not None:
        kfree_skb_reason(skb, reason)
        return None
    if queue.meat == queue.length and 0 in queue.fragments:
        return _reassemble(net, queue, skb)
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.note(Queued("fragments"))
    skb.dst = skb.dst if user == IP_DEFRAG_LOCAL_DELIVER else None
    return None


def _insert(net: Net, queue: Ipq, skb: SkBuff) -> DropReason | None:
    """ip_frag_queue: a fragment takes its place; overlapping ones end the whole packet, as RFC 8200 has it for IPv6."""
    head, nh = skb.head, skb.network_header
    word = head[nh + 6] << 8 | head[nh + 7]
    offset = (word & 0x1FFF) << 3
    length = len(head) - _payload(skb)
    end = offset + length
    last_end = max((at + len(f.head) - _payload(f) for at, f in queue.fragments.items()), default=0)
    if not word & IP_MF:
        if end < last_end or queue.length not in (-1, end):
            return DropReason.NOT_SPECIFIED
        queue.length = end
    else:
        if length & 7:
            length &= ~7
            end = offset + length
            skb.head = head[: _payload(skb) + length]
        if queue.length != -1 and end > queue.length:
            return DropReason.NOT_SPECIFIED
    if not length:
        return DropReason.NOT_SPECIFIED
    for at, other in queue.fragments.items():
        other_end = at + len(other.head) - _payload(other)
        if offset < other_end and at < end:
            if at <= offset and end <= other_end:
                return DropReason.DUP_FRAG
            _kill(net, queue, DropReason.NOT_SPECIFIED)
            return DropReason.NOT_SPECIFIED
    queue.fragments[offset] = skb
    queue.meat += length
    size = skb_truesize(skb)
    queue.mem += size
    net.ipv4.frags_mem += size
    fragment_size = len(skb.head) - nh
    queue.max_size = max(queue.max_size, fragment_size)
    if word & IP_DF:
        queue.max_df_size = max(queue.max_df_size, fragment_size)
    return None


def _forget(net: Net, queue: Ipq) -> None:
    queue.timer.cancel()
    net.ipv4.frags_mem -= queue.mem
    net.ipv4.frags.pop(queue.key, None)


def _kill(net: Net, queue: Ipq, reason: DropReason) -> None:
    _forget(net, queue)
    for fragment in queue.fragments.values():
        kfree_skb_reason(fragment, reason)


def _reassemble(net: Net, queue: Ipq, skb: SkBuff) -> SkBuff | None:
    """ip_frag_reasm: the packet that came last becomes the whole, with what the first fragment says.

    Fragments of which only some can be marked for congestion are dropped; one that is marked marks the whole (RFC 3168,
    5.3; ip_frag_ecn_table).
    """
    _forget(net, queue)
    first = queue.fragments[0]
    nh, start = first.network_header, _payload(first)
    pieces = [f.head[_payload(f) :] for _, f in sorted(queue.fragments.items())]
    data = b"".join(pieces)
    length = start - nh + len(data)
    ecn = 0
    for fragment in queue.fragments.values():
        ecn |= 1 << (fragment.head[fragment.network_header + 1] & _ECN_MASK)
    if length > 0xFFFF or (ecn & _NOT_ECT and ecn != _NOT_ECT):
        for fragment in queue.fragments.values():
            kfree_skb_reason(fragment, DropReason.NOT_SPECIFIED)
        return None
    frag_off = IP_DF if queue.max_df_size == queue.max_size else 0
    old = first.head[nh:start]
    tos = old[1] | _ECN_CE if ecn & _CE else old[1]
    words = bytes((old[0], tos)) + length.to_bytes(2, "big")
    header = words + old[4:6] + frag_off.to_bytes(2, "big") + old[8:10] + b"\0\0" + old[12:]
    header = header[:10] + checksum(header).to_bytes(2, "big") + header[12:]
    for fragment in queue.fragments.values():
        if fragment is not skb and fragment is not first:
            consume_skb(fragment)
    if skb is not first:
        _morph(skb, first)
        consume_skb(first)
    skb.head = first.head[:nh] + header + data
    skb.frags = tuple(map(len, pieces))
    skb.cb = max(queue.max_df_size, queue.max_size) << FRAG_MAX_SIZE_SHIFT
    return skb


_MORPHED = (
    "data", "dev", "dst", "mac_header", "mark", "network_header", "nf_trace", "nfct", "nfctinfo", "pkt_type",
    "priority", "protocol", "skb_iif", "tc_index", "transport_header",
)  # fmt: skip


def _morph(skb: SkBuff, first: SkBuff) -> None:
    """skb_morph: the fields that decide a packet's way become those of the first fragment."""
    for name in _MORPHED:
        setattr(skb, name, getattr(first, name))


@kfunc("net/ipv4/ip_fragment.c", "ip_expire")
def ip_expire(net: Net, key: Key) -> None:
    """The rest did not come in time: the sender is told, if the first fragment is here to quote."""
    queue: Ipq | None = net.ipv4.frags.get(key)
    if queue is None:
        return
    _forget(net, queue)
    first = queue.fragments.pop(0, None)
    for fragment in queue.fragments.values():
        kfree_skb_reason(fragment, DropReason.FRAG_REASM_TIMEOUT)
    if first is None:
        return
    head, nh = first.head, first.network_header
    first.dst = None
    reason = ip_route_input_noref(first, head[nh + 16 : nh + 20], head[nh + 12 : nh + 16], head[nh + 1], first.dev)
    local = isinstance(first.dst, Rtable) and first.dst.type == Rtn.LOCAL
    if reason is None and (local or key[0] == IP_DEFRAG_LOCAL_DELIVER):
        icmp_send(first, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0)
    kfree_skb_reason(first, DropReason.FRAG_REASM_TIMEOUT)
