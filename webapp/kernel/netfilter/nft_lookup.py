"""lookup: is the register's value in a set, and what does a map have for it (net/netfilter/nft_lookup.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    NftSet,
    NftVerdict,
    nf_tables_bind_set,
    nf_tables_unbind_set,
    nft_parse_register_load,
    nft_parse_register_store,
    nft_set_lookup,
    padded,
)
from webapp.kernel.netfilter.nf_tables_validate import nft_set_validate
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_CONTINUE,
    NFT_LOOKUP_F_INV,
    NFT_REG_VERDICT,
    NFT_SET_MAP,
    Expr,
    Lookup,
)


class NftLookup(NftExpr):
    """Breaks unless the value is (or with NFT_LOOKUP_F_INV is not) in the set."""

    __slots__ = ("clock", "end", "invert", "set", "start")

    def __init__(self, ctx: NftCtx, attrs: Lookup) -> None:
        super().__init__(ctx, attrs)
        self.set: NftSet = nft_set_lookup(ctx, attrs.set, attrs.set_id)
        self.clock = ctx.net.machine.clock
        self.start = nft_parse_register_load(ctx, attrs.sreg, self.set.klen)
        self.end = self.start + self.set.klen
        self.invert = bool(attrs.flags & NFT_LOOKUP_F_INV)
        self.parse_dreg(ctx, attrs)
        nf_tables_bind_set(ctx, self.set, self.set.flags & NFT_SET_MAP)

    def parse_dreg(self, ctx: NftCtx, attrs: Lookup) -> None:
        """A map may be asked for its keys alone, unless it is anonymous."""
        if self.set.flags & NFT_SET_MAP and self.set.anonymous:
            raise KernelError(Errno.EINVAL)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        elem = self.set.do_lookup(bytes(regs[self.start : self.end]), self.clock.now)
        if (elem is not None) is self.invert:
            return NFT_BREAK
        if elem is not None and elem.exprs:
            return elem.update_expr(regs, pkt)
        return None

    def validate(self, ctx: NftCtx) -> None:
        if self.set.verdict_map:
            nft_set_validate(ctx, self.set)

    def deactivate(self, ctx: NftCtx) -> None:
        nf_tables_unbind_set(ctx, self.set, self.set.flags & NFT_SET_MAP)

    def dump(self, *, reset: bool = False) -> Expr:
        attrs: Expr = replace(self.attrs, set=self.set.name, set_id=0)
        return attrs

    def value(self, regs: bytearray) -> str:
        return regs[self.start : self.end].hex()


class NftMapLookup(NftLookup):
    """Loads what the map has for the value; breaks where it has nothing."""

    __slots__ = ("dreg", "dreg_end", "size")

    def parse_dreg(self, ctx: NftCtx, attrs: Lookup) -> None:
        if self.invert or not self.set.flags & NFT_SET_MAP or attrs.dreg is None:
            raise KernelError(Errno.EINVAL)
        if self.set.verdict_map != (attrs.dreg == NFT_REG_VERDICT):
            raise KernelError(Errno.EINVAL)
        if not self.set.verdict_map:
            self.size = padded(self.set.dlen)
            self.dreg = nft_parse_register_store(ctx, attrs.dreg, self.set.dlen)
            self.dreg_end = self.dreg + self.size

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        elem = self.set.do_lookup(bytes(regs[self.start : self.end]), self.clock.now)
        if elem is None:
            return NFT_BREAK
        data = elem.data
        if isinstance(data, NftVerdict):
            pkt.chain = data.chain
            verdict = elem.update_expr(regs, pkt) if elem.exprs else None
            if verdict is not None:
                return verdict
            return data.code if data.code != NFT_CONTINUE else None
        if data is not None:
            regs[self.dreg : self.dreg_end] = data.ljust(self.size, b"\0")
        return elem.update_expr(regs, pkt) if elem.exprs else None

    def value(self, regs: bytearray) -> str:
        return super().value(regs) if self.set.verdict_map else regs[self.dreg : self.dreg + self.set.dlen].hex()


def nft_lookup(ctx: NftCtx, attrs: Lookup) -> NftExpr:
    """The expression for a set's or a map's look-up."""
    return NftLookup(ctx, attrs) if attrs.dreg is None else NftMapLookup(ctx, attrs)
