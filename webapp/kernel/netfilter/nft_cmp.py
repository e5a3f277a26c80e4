"""cmp: register against constant, as memcmp(3) orders bytes (net/netfilter/nft_cmp.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_load, nft_value_init
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_CMP_EQ,
    NFT_CMP_GT,
    NFT_CMP_GTE,
    NFT_CMP_LT,
    NFT_CMP_LTE,
    NFT_CMP_NEQ,
    Cmp,
)


class NftCmp(NftExpr):
    """Breaks unless the comparison holds; the subclasses are the operators."""

    __slots__ = ("data", "place")

    def __init__(self, ctx: NftCtx, attrs: Cmp) -> None:
        super().__init__(ctx, attrs)
        self.data = nft_value_init(attrs.data)
        start = nft_parse_register_load(ctx, attrs.sreg, len(self.data))
        self.place = slice(start, start + len(self.data))

    def value(self, regs: bytearray) -> str:
        return regs[self.place].hex()


class _CmpEq(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] == self.data else NFT_BREAK


class _CmpNeq(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] != self.data else NFT_BREAK


class _CmpLt(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] < self.data else NFT_BREAK


class _CmpLte(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] <= self.data else NFT_BREAK


class _CmpGt(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] > self.data else NFT_BREAK


class _CmpGte(NftCmp):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return None if regs[self.place] >= self.data else NFT_BREAK


_OPS: dict[int, type[NftCmp]] = {
    NFT_CMP_EQ: _CmpEq,
    NFT_CMP_NEQ: _CmpNeq,
    NFT_CMP_LT: _CmpLt,
    NFT_CMP_LTE: _CmpLte,
    NFT_CMP_GT: _CmpGt,
    NFT_CMP_GTE: _CmpGte,
}


def nft_cmp(ctx: NftCtx, attrs: Cmp) -> NftExpr:
    """The expression for the operator; EINVAL for an unknown one."""
    operator = _OPS.get(attrs.op)
    if operator is None:
        raise KernelError(Errno.EINVAL)
    return operator(ctx, attrs)
