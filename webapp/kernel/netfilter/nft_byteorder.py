"""byteorder: between network and host order (net/netfilter/nft_byteorder.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
)
from webapp.kernel.uapi.nf_tables import NFT_BYTEORDER_HTON, NFT_BYTEORDER_NTOH, Byteorder


class NftByteorder(NftExpr):
    """Reverses the bytes of one unit: on a little-endian machine both directions are the same."""

    __slots__ = ("dreg", "dreg_end", "sreg", "sreg_end")

    def __init__(self, ctx: NftCtx, attrs: Byteorder) -> None:
        super().__init__(ctx, attrs)
        if attrs.op not in (NFT_BYTEORDER_NTOH, NFT_BYTEORDER_HTON) or attrs.size not in (2, 4, 8):
            raise KernelError(Errno.EINVAL)
        if attrs.len != attrs.size:
            raise KernelError(Errno.EOPNOTSUPP)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, attrs.len)
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, attrs.len)
        self.sreg_end = self.sreg + attrs.size
        self.dreg_end = self.dreg + max(attrs.size, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        value = regs[self.sreg : self.sreg_end]
        value.reverse()
        regs[self.dreg : self.dreg_end] = value.ljust(4, b"\0")

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.dreg + self.attrs.size].hex()
