"""limit: a token bucket in nanoseconds, as expression and as object (net/netfilter/nft_limit.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import NFT_BREAK, NFT_LIMIT_F_INV, NFT_LIMIT_PKT_BYTES, NFT_LIMIT_PKTS, Limit

NFT_LIMIT_PKT_BURST_DEFAULT = 5
_U64_MAX = 2**64 - 1


class NftLimit(NftExpr):
    """Breaks when the bucket does not hold what the packet costs; inverted ("over") when it does."""

    __slots__ = ("clock", "cost", "invert", "last", "nsecs", "rate", "tokens", "tokens_max")

    stateful = True

    def __init__(self, ctx: NftCtx, attrs: Limit) -> None:
        if attrs.rate == 0:
            raise KernelError(Errno.EINVAL)
        if attrs.type not in (NFT_LIMIT_PKTS, NFT_LIMIT_PKT_BYTES) or attrs.flags & ~NFT_LIMIT_F_INV:
            raise KernelError(Errno.EOPNOTSUPP)
        if attrs.type == NFT_LIMIT_PKTS and attrs.burst == 0:
            attrs = replace(attrs, burst=NFT_LIMIT_PKT_BURST_DEFAULT)
        super().__init__(ctx, attrs)
        self.rate = attrs.rate
        self.nsecs = attrs.unit * NSEC_PER_SEC
        self.invert = bool(attrs.flags & NFT_LIMIT_F_INV)
        # what one packet costs; of a byte limit, 0: it depends on the packet
        self.cost = self.nsecs // self.rate if attrs.type == NFT_LIMIT_PKTS else 0
        if attrs.type == NFT_LIMIT_PKTS:
            self.tokens_max = self.cost * attrs.burst
        else:
            self.tokens_max = self.nsecs * (self.rate + attrs.burst) // self.rate
        if max(self.nsecs * (self.rate + attrs.burst), self.tokens_max) > _U64_MAX:
            raise KernelError(Errno.EOVERFLOW)
        self.clock = ctx.net.machine.clock
        self.tokens = self.tokens_max
        self.last = self.clock.now

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        cost = self.cost or self.nsecs * (len(skb.head) - skb.data) // self.rate
        now = self.clock.now
        tokens = min(self.tokens + now - self.last, self.tokens_max)
        self.last = now
        within = tokens >= cost
        self.tokens = tokens - cost if within else tokens
        return None if within is not self.invert else NFT_BREAK

    def dump(self, *, reset: bool = False) -> Limit:
        limit: Limit = self.attrs
        return limit

    def update(self, attrs: Limit) -> None:
        """A limit object keeps its bucket when it is added again."""

    def clone(self, net: Net) -> NftLimit:
        twin = NftLimit.__new__(NftLimit)
        for name in ("attrs", *NftLimit.__slots__):
            setattr(twin, name, getattr(self, name))
        twin.tokens, twin.last = self.tokens_max, self.clock.now
        return twin
