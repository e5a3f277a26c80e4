"""struct flowi6 (include/net/flow.h): what a route look-up may look at."""

from __future__ import annotations

from webapp.kernel.ipv6.address import IN6ADDR_ANY

LOOPBACK_IFINDEX = 1


class Flowi6:
    """A flow. ``daddr`` and ``saddr`` are 16 bytes; ``tclass`` and ``flowlabel`` are numbers.

    ``oif`` and ``iif`` are interface numbers (0: any); a look-up may fill in ``saddr``.
    """

    __slots__ = ("daddr", "dport", "flowlabel", "iif", "mark", "oif", "proto", "saddr", "sport", "tclass")

    def __init__(
        self,
        daddr: bytes,
        saddr: bytes = IN6ADDR_ANY,
        tclass: int = 0,
        oif: int = 0,
        iif: int = LOOPBACK_IFINDEX,
        mark: int = 0,
        proto: int = 0,
    ) -> None:
        self.daddr = daddr
        self.saddr = saddr
        self.tclass = tclass
        self.flowlabel = 0
        self.oif = oif
        self.iif = iif
        self.mark = mark
        self.proto = proto
        self.sport = 0
        self.dport = 0
