"""IPv6's control block of a packet (struct inet6_skb_parm of include/linux/ipv6.h)."""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff

IP6SKB_FORWARDED = 0x02
IP6SKB_REROUTED = 0x04
IP6SKB_ROUTERALERT = 0x08
IP6SKB_FRAGMENTED = 0x10


class Inet6SkbParm:
    """What skb.cb is while a packet is IPv6's; None on packets of sockets, which come from no device.

    ``iif`` is where it came in, ``nhoff`` where, from the IPv6 header on, the type of the header at hand is written;
    ``ra`` where its router alert option is; ``frag_max_size`` the longest fragment that it came in.
    """

    __slots__ = ("flags", "frag_max_size", "iif", "nhoff", "ra")

    def __init__(self, iif: int = 0) -> None:
        self.iif = iif
        self.nhoff = 6
        self.flags = 0
        self.frag_max_size = 0
        self.ra = 0


def ip6cb(skb: SkBuff) -> Inet6SkbParm:
    """IP6CB: the packet's control block, made if there is none."""
    if not isinstance(skb.cb, Inet6SkbParm):
        skb.cb = Inet6SkbParm()
    return skb.cb
