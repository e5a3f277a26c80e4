"""last: when a rule was last reached (net/netfilter/nft_last.c)."""

from __future__ import annotations

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import Last


class NftLast(NftExpr):
    """Remembers the time; ``at`` is None until the first packet."""

    __slots__ = ("at", "clock")

    stateful = True

    def __init__(self, ctx: NftCtx, attrs: Last) -> None:
        super().__init__(ctx, attrs)
        self.clock = ctx.net.machine.clock
        self.at = self.clock.now - attrs.msecs * NSEC_PER_MSEC if attrs.set else None

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        self.at = self.clock.now

    def dump(self, *, reset: bool = False) -> Last:
        return Last() if self.at is None else Last(1, (self.clock.now - self.at) // NSEC_PER_MSEC)

    def clone(self, net: Net) -> NftLast:
        twin = NftLast.__new__(NftLast)
        twin.attrs, twin.clock, twin.at = self.attrs, self.clock, self.at
        return twin
