"""include/uapi/linux/netfilter/nfnetlink_conntrack.h: what user space is told of connections."""

from __future__ import annotations

import msgspec


class CtTuple(msgspec.Struct, frozen=True):
    """CTA_TUPLE_*: one direction. ``sport`` and ``dport`` are of protocols with ports, the icmp fields of ICMP."""

    src: bytes
    dst: bytes
    sport: int | None = None
    dport: int | None = None
    icmp_type: int | None = None
    icmp_code: int | None = None
    icmp_id: int | None = None


class CtEntry(msgspec.Struct, frozen=True):
    """CTA_*: one connection. ``timeout`` in seconds and ``tcp_state`` are missing of offloaded ones.

    ``counters`` are (packets, bytes) by direction, where accounting is on. ``zone`` counts in both directions;
    ``zone_orig`` and ``zone_reply`` in one.
    """

    l3num: int
    protonum: int
    orig: CtTuple
    reply: CtTuple
    status: int
    mark: int
    id: int
    use: int
    timeout: int | None = None
    tcp_state: int | None = None
    counters: tuple[tuple[int, int], tuple[int, int]] | None = None
    zone: int | None = None
    zone_orig: int | None = None
    zone_reply: int | None = None
