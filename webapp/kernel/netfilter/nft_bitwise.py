"""bitwise: mask and xor, shifts, and the logic of two registers (net/netfilter/nft_bitwise.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
    nft_value_init,
    padded,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_BITWISE_AND,
    NFT_BITWISE_LSHIFT,
    NFT_BITWISE_MASK_XOR,
    NFT_BITWISE_OR,
    NFT_BITWISE_RSHIFT,
    NFT_BITWISE_XOR,
    Bitwise,
)


class NftBitwise(NftExpr):
    """What the operations share. The kernel works on whole 4-byte registers; so do we."""

    __slots__ = ("dreg", "dreg_end", "size", "sreg", "sreg_end")

    def __init__(self, ctx: NftCtx, attrs: Bitwise) -> None:
        super().__init__(ctx, attrs)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, attrs.len)
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, attrs.len)
        self.size = padded(attrs.len)
        if self.sreg != self.dreg and abs(self.sreg - self.dreg) < self.size:
            raise KernelError(Errno.EINVAL)
        self.sreg_end = self.sreg + self.size
        self.dreg_end = self.dreg + self.size

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.dreg + self.attrs.len].hex()


class _MaskXor(NftBitwise):
    __slots__ = ("mask", "xor")

    def __init__(self, ctx: NftCtx, attrs: Bitwise) -> None:
        super().__init__(ctx, attrs)
        if attrs.data is not None:
            raise KernelError(Errno.EINVAL)
        self.mask = int.from_bytes(nft_value_init(attrs.mask, attrs.len), "little")
        self.xor = int.from_bytes(nft_value_init(attrs.xor, attrs.len), "little")

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        value = (int.from_bytes(regs[self.sreg : self.sreg_end], "little") & self.mask) ^ self.xor
        regs[self.dreg : self.dreg_end] = value.to_bytes(self.size, "little")


class _Shift(NftBitwise):
    __slots__ = ("shift",)

    def __init__(self, ctx: NftCtx, attrs: Bitwise) -> None:
        super().__init__(ctx, attrs)
        if attrs.mask is not None or attrs.xor is not None:
            raise KernelError(Errno.EINVAL)
        self.shift = int.from_bytes(nft_value_init(attrs.data, 4), "little")
        if not 0 < self.shift < 32:
            raise KernelError(Errno.EINVAL)

    def words(self, regs: bytearray) -> int:
        """The registers as one number whose highest word is the first register, each word in host order."""
        value = 0
        for at in range(self.sreg, self.sreg_end, 4):
            value = value << 32 | int.from_bytes(regs[at : at + 4], "little")
        return value

    def store(self, regs: bytearray, value: int) -> None:
        for at in range(self.dreg_end - 4, self.dreg - 4, -4):
            regs[at : at + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")
            value >>= 32


class _Lshift(_Shift):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        self.store(regs, self.words(regs) << self.shift)


class _Rshift(_Shift):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        self.store(regs, self.words(regs) >> self.shift)


class _Logic(NftBitwise):
    __slots__ = ("data", "sreg2")

    def __init__(self, ctx: NftCtx, attrs: Bitwise) -> None:
        super().__init__(ctx, attrs)
        if attrs.mask is not None or attrs.xor is not None or (attrs.data is None) == (attrs.sreg2 is None):
            raise KernelError(Errno.EINVAL)
        self.data = 0 if attrs.data is None else int.from_bytes(nft_value_init(attrs.data, attrs.len), "little")
        self.sreg2 = -1 if attrs.sreg2 is None else nft_parse_register_load(ctx, attrs.sreg2, attrs.len)

    def operands(self, regs: bytearray) -> tuple[int, int]:
        left = int.from_bytes(regs[self.sreg : self.sreg_end], "little")
        if self.sreg2 < 0:
            return left, self.data
        return left, int.from_bytes(regs[self.sreg2 : self.sreg2 + self.size], "little")

    def store(self, regs: bytearray, value: int) -> None:
        regs[self.dreg : self.dreg_end] = value.to_bytes(self.size, "little")


class _And(_Logic):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        left, right = self.operands(regs)
        self.store(regs, left & right)


class _Or(_Logic):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        left, right = self.operands(regs)
        self.store(regs, left | right)


class _Xor(_Logic):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        left, right = self.operands(regs)
        self.store(regs, left ^ right)


_OPS: dict[int, type[NftBitwise]] = {
    NFT_BITWISE_MASK_XOR: _MaskXor,
    NFT_BITWISE_LSHIFT: _Lshift,
    NFT_BITWISE_RSHIFT: _Rshift,
    NFT_BITWISE_AND: _And,
    NFT_BITWISE_OR: _Or,
    NFT_BITWISE_XOR: _Xor,
}


def nft_bitwise(ctx: NftCtx, attrs: Bitwise) -> NftExpr:
    """The expression for the operation; EOPNOTSUPP for an unknown one."""
    operation = _OPS.get(attrs.op)
    if operation is None:
        raise KernelError(Errno.EOPNOTSUPP)
    return operation(ctx, attrs)
