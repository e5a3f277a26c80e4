"""range: within or outside of two values, both included (net/netfilter/nft_range.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_load, nft_value_init
from webapp.kernel.uapi.nf_tables import NFT_BREAK, NFT_RANGE_EQ, NFT_RANGE_NEQ, Range


class NftRange(NftExpr):
    """Breaks unless the register is within, or with NFT_RANGE_NEQ outside."""

    __slots__ = ("end", "from_data", "outside", "start", "to_data")

    def __init__(self, ctx: NftCtx, attrs: Range) -> None:
        super().__init__(ctx, attrs)
        self.from_data = nft_value_init(attrs.from_data)
        self.to_data = nft_value_init(attrs.to_data)
        if len(self.from_data) != len(self.to_data) or attrs.op not in (NFT_RANGE_EQ, NFT_RANGE_NEQ):
            raise KernelError(Errno.EINVAL)
        self.start = nft_parse_register_load(ctx, attrs.sreg, len(self.from_data))
        self.end = self.start + len(self.from_data)
        self.outside = attrs.op == NFT_RANGE_NEQ

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        value = regs[self.start : self.end]
        return None if (self.from_data <= value <= self.to_data) is not self.outside else NFT_BREAK

    def value(self, regs: bytearray) -> str:
        return regs[self.start : self.end].hex()
