"""immediate: a constant into a register, or a verdict (net/netfilter/nft_immediate.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    NftVerdict,
    nft_parse_register_store,
    nft_value_init,
    nft_verdict_init,
    nft_verdict_uninit,
    padded,
)
from webapp.kernel.netfilter.nf_tables_validate import nft_chain_validate
from webapp.kernel.uapi.nf_tables import (
    NFT_CHAIN_BINDING,
    NFT_CONTINUE,
    NFT_REG_VERDICT,
    Expr,
    Immediate,
    Verdict,
)


def nft_immediate(ctx: NftCtx, attrs: Immediate) -> NftExpr:
    """The expression for a value or a verdict."""
    return NftImmediateVerdict(ctx, attrs) if isinstance(attrs.data, Verdict) else NftImmediate(ctx, attrs)


class NftImmediate(NftExpr):
    """Loads a constant."""

    __slots__ = ("data", "end", "start")

    def __init__(self, ctx: NftCtx, attrs: Immediate) -> None:
        super().__init__(ctx, attrs)
        data = nft_value_init(attrs.data)
        self.start = nft_parse_register_store(ctx, attrs.dreg, len(data))
        self.end = self.start + padded(len(data))
        self.data = data.ljust(padded(len(data)), b"\0")

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        regs[self.start : self.end] = self.data


class NftImmediateVerdict(NftExpr):
    """Gives a verdict."""

    __slots__ = ("chain", "code", "verdict")

    def __init__(self, ctx: NftCtx, attrs: Immediate) -> None:
        super().__init__(ctx, attrs)
        if attrs.dreg != NFT_REG_VERDICT or not isinstance(attrs.data, Verdict):
            raise KernelError(Errno.EINVAL)
        self.verdict = nft_verdict_init(ctx, attrs.data)
        self.chain = self.verdict.chain
        self.code = self.verdict.code if self.verdict.code != NFT_CONTINUE else None
        if self.chain is not None and self.chain.flags & NFT_CHAIN_BINDING:
            ctx.trans.assign(self.chain, "bound", True)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        pkt.chain = self.chain
        return self.code

    def validate(self, ctx: NftCtx) -> None:
        if self.chain is not None:
            nft_chain_validate(ctx, self.chain, ctx.level + 1)

    def deactivate(self, ctx: NftCtx) -> None:
        nft_verdict_uninit(ctx, self.verdict)
        chain = self.chain
        if chain is not None and chain.flags & NFT_CHAIN_BINDING:
            inner = NftCtx(ctx.net, ctx.table, chain, ctx.trans)
            for rule in chain.rules:
                for expr in rule.exprs:
                    expr.deactivate(inner)
            chains = {name: other for name, other in ctx.table.chains.items() if other is not chain}
            ctx.trans.assign(ctx.table, "chains", chains)

    def dump(self, *, reset: bool = False) -> Expr:
        return Immediate(NFT_REG_VERDICT, self.verdict.dump())


__all__ = ["NftImmediate", "NftImmediateVerdict", "NftVerdict", "nft_immediate"]
