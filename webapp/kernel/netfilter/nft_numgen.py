"""numgen: numbers in turn or at random (net/netfilter/nft_numgen.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftablesPernet, NftCtx, NftExpr, NftPktinfo, nft_parse_register_store
from webapp.kernel.netfilter.nft_hash import reciprocal_scale
from webapp.kernel.uapi.nf_tables import NFT_NG_INCREMENTAL, NFT_NG_RANDOM, Numgen

_U32_MAX = 2**32 - 1


class NftNgInc(NftExpr):
    """Counts modulo ``modulus``; the first number is the offset."""

    __slots__ = ("counter", "dreg")

    def __init__(self, ctx: NftCtx, attrs: Numgen) -> None:
        super().__init__(ctx, attrs)
        check_modulus(attrs.modulus, attrs.offset)
        self.counter = attrs.modulus - 1
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        self.counter = self.counter + 1 if self.counter + 1 < self.attrs.modulus else 0
        regs[self.dreg : self.dreg + 4] = (self.counter + self.attrs.offset).to_bytes(4, "little")

    def value(self, regs: bytearray) -> str:
        return str(int.from_bytes(regs[self.dreg : self.dreg + 4], "little"))


class NftNgRandom(NftExpr):
    """Draws below ``modulus``; the machine's random numbers are the same in every run."""

    __slots__ = ("dreg", "nft")

    def __init__(self, ctx: NftCtx, attrs: Numgen) -> None:
        super().__init__(ctx, attrs)
        check_modulus(attrs.modulus, attrs.offset)
        self.nft: NftablesPernet = ctx.net.nft
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        number = reciprocal_scale(self.nft.random(), self.attrs.modulus) + self.attrs.offset
        regs[self.dreg : self.dreg + 4] = number.to_bytes(4, "little")

    def value(self, regs: bytearray) -> str:
        return str(int.from_bytes(regs[self.dreg : self.dreg + 4], "little"))


def check_modulus(modulus: int, offset: int) -> None:
    """ERANGE for modulus 0, EOVERFLOW where the greatest number does not fit."""
    if modulus == 0:
        raise KernelError(Errno.ERANGE)
    if offset + modulus - 1 > _U32_MAX:
        raise KernelError(Errno.EOVERFLOW)


def nft_numgen(ctx: NftCtx, attrs: Numgen) -> NftExpr:
    """The expression for the kind of numbers."""
    if attrs.type == NFT_NG_INCREMENTAL:
        return NftNgInc(ctx, attrs)
    if attrs.type == NFT_NG_RANDOM:
        return NftNgRandom(ctx, attrs)
    raise KernelError(Errno.EINVAL)
