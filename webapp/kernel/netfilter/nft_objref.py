"""objref: runs a named object, or the one that a map has (net/netfilter/nft_objref.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    NftSet,
    is_object_map,
    nf_tables_bind_set,
    nf_tables_unbind_set,
    nft_parse_register_load,
    nft_set_lookup,
)
from webapp.kernel.uapi.nf_tables import NFT_BREAK, NFT_SET_OBJECT, Expr, Objref, ObjrefMap


class NftObjref(NftExpr):
    """Runs one object."""

    __slots__ = ("obj",)

    def __init__(self, ctx: NftCtx, attrs: Objref) -> None:
        super().__init__(ctx, attrs)
        obj = ctx.table.objects.get((attrs.imm_type, attrs.imm_name))
        if obj is None:
            raise KernelError(Errno.ENOENT)
        ctx.trans.assign(obj, "use", obj.use + 1)
        self.obj = obj

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return self.obj.expr.eval(regs, pkt)

    def deactivate(self, ctx: NftCtx) -> None:
        ctx.trans.assign(self.obj, "use", self.obj.use - 1)


class NftObjrefMap(NftExpr):
    """Runs what the map has for the register's value; breaks where it has nothing."""

    __slots__ = ("clock", "end", "set", "start")

    def __init__(self, ctx: NftCtx, attrs: ObjrefMap) -> None:
        super().__init__(ctx, attrs)
        self.set: NftSet = nft_set_lookup(ctx, attrs.set_name, attrs.set_id)
        if not is_object_map(self.set):
            raise KernelError(Errno.EINVAL)
        self.clock = ctx.net.machine.clock
        self.start = nft_parse_register_load(ctx, attrs.set_sreg, self.set.klen)
        self.end = self.start + self.set.klen
        nf_tables_bind_set(ctx, self.set, NFT_SET_OBJECT)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        elem = self.set.do_lookup(bytes(regs[self.start : self.end]), self.clock.now)
        if elem is None or elem.obj is None:
            return NFT_BREAK
        return elem.obj.expr.eval(regs, pkt)

    def deactivate(self, ctx: NftCtx) -> None:
        nf_tables_unbind_set(ctx, self.set, NFT_SET_OBJECT)

    def dump(self, *, reset: bool = False) -> Expr:
        attrs: Expr = replace(self.attrs, set_name=self.set.name, set_id=0)
        return attrs

    def value(self, regs: bytearray) -> str:
        return regs[self.start : self.end].hex()


def nft_objref(ctx: NftCtx, attrs: Objref | ObjrefMap) -> NftExpr:
    """The expression for an object by name or by map."""
    return NftObjrefMap(ctx, attrs) if isinstance(attrs, ObjrefMap) else NftObjref(ctx, attrs)
