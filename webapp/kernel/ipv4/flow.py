"""struct flowi4 (include/net/flow.h): what a route look-up may look at."""

from __future__ import annotations

from webapp.kernel.ipv4.address import INADDR_ANY

LOOPBACK_IFINDEX = 1

FLOWI_FLAG_ANYSRC = 0x01
FLOWI_FLAG_KNOWN_NH = 0x02

INET_DSCP_MASK = 0xFC
INET_DSCP_LEGACY_TOS_MASK = 0x1C
"""Routes and rules with a TOS compare these bits only, as in the days of RFC 1349."""


class Flowi4:
    """A flow. ``daddr`` and ``saddr`` are 4 bytes, ``key`` is ``daddr`` as a number; a look-up may fill in ``saddr``.

    ``oif`` and ``iif`` are interface numbers, ``scope`` is how near the destination has to be.
    """

    __slots__ = ("_daddr", "dport", "flags", "iif", "key", "mark", "oif", "proto", "saddr", "scope", "sport", "tos",
                 "uid")  # fmt: skip

    def __init__(
        self,
        daddr: bytes,
        saddr: bytes = INADDR_ANY,
        tos: int = 0,
        oif: int = 0,
        iif: int = LOOPBACK_IFINDEX,
        mark: int = 0,
        proto: int = 0,
        scope: int = 0,
        flags: int = 0,
    ) -> None:
        self._daddr = daddr
        self.key = int.from_bytes(daddr, "big")
        self.saddr = saddr
        self.tos = tos
        self.oif = oif
        self.iif = iif
        self.mark = mark
        self.proto = proto
        self.scope = scope
        self.flags = flags
        self.sport = 0
        self.dport = 0
        self.uid: int | None = 0

    @property
    def daddr(self) -> bytes:
        """Where to."""
        return self._daddr

    @daddr.setter
    def daddr(self, daddr: bytes) -> None:
        self._daddr = daddr
        self.key = int.from_bytes(daddr, "big")
