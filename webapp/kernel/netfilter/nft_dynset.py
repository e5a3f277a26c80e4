"""dynset: packets add, update and delete elements (net/netfilter/nft_dynset.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    NftSet,
    NftSetElem,
    nf_tables_bind_set,
    nf_tables_unbind_set,
    nft_elem_expr_init,
    nft_parse_register_load,
    nft_set_lookup,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_DYNSET_F_EXPR,
    NFT_DYNSET_F_INV,
    NFT_DYNSET_OP_DELETE,
    NFT_DYNSET_OP_UPDATE,
    NFT_SET_CONSTANT,
    NFT_SET_EVAL,
    NFT_SET_MAP,
    NFT_SET_OBJECT,
    NFT_SET_TIMEOUT,
    Dynset,
    Expr,
)

_DEFAULT_SIZE = 0xFFFF


class NftDynset(NftExpr):
    """Breaks when the set is full (inverted: when it is not); else runs the element's expressions."""

    __slots__ = ("clock", "end", "exprs", "invert", "net", "op", "own_exprs", "set", "sreg_data", "start", "timeout")

    def __init__(self, ctx: NftCtx, attrs: Dynset) -> None:
        super().__init__(ctx, attrs)
        if attrs.flags & ~(NFT_DYNSET_F_INV | NFT_DYNSET_F_EXPR):
            raise KernelError(Errno.EOPNOTSUPP)
        nft_set: NftSet = nft_set_lookup(ctx, attrs.set_name, attrs.set_id)
        if nft_set.flags & NFT_SET_OBJECT or not nft_set.updates:
            raise KernelError(Errno.EOPNOTSUPP)
        if nft_set.flags & NFT_SET_CONSTANT:
            raise KernelError(Errno.EBUSY)
        if attrs.op > NFT_DYNSET_OP_DELETE or (attrs.timeout and not nft_set.flags & NFT_SET_TIMEOUT):
            raise KernelError(Errno.EOPNOTSUPP)
        self.net = ctx.net
        self.clock = ctx.net.machine.clock
        self.set = nft_set
        self.op = attrs.op
        self.invert = bool(attrs.flags & NFT_DYNSET_F_INV)
        self.timeout = attrs.timeout * NSEC_PER_MSEC
        self.start = nft_parse_register_load(ctx, attrs.sreg_key, nft_set.klen)
        self.end = self.start + nft_set.klen
        self.sreg_data = self._parse_data(ctx, attrs)
        self.own_exprs = bool(attrs.expressions)
        self.exprs = self._parse_expressions(ctx, attrs)
        nf_tables_bind_set(ctx, nft_set, nft_set.flags & NFT_SET_MAP)
        if nft_set.size == 0:
            ctx.trans.assign(nft_set, "size", _DEFAULT_SIZE)

    def _parse_data(self, ctx: NftCtx, attrs: Dynset) -> int:
        if attrs.sreg_data is None:
            if self.set.flags & NFT_SET_MAP:
                raise KernelError(Errno.EINVAL)
            return -1
        if not self.set.flags & NFT_SET_MAP or self.set.verdict_map:
            raise KernelError(Errno.EOPNOTSUPP)
        return nft_parse_register_load(ctx, attrs.sreg_data, self.set.dlen)

    def _parse_expressions(self, ctx: NftCtx, attrs: Dynset) -> tuple[NftExpr, ...]:
        if not attrs.expressions:
            return self.set.exprs
        if not self.set.flags & NFT_SET_EVAL or (len(attrs.expressions) > 1 and not attrs.flags & NFT_DYNSET_F_EXPR):
            raise KernelError(Errno.EINVAL)
        exprs = tuple(nft_elem_expr_init(ctx, expr) for expr in attrs.expressions)
        declared = tuple(type(expr) for expr in self.set.exprs)
        if declared and declared != tuple(type(expr) for expr in exprs):
            raise KernelError(Errno.EOPNOTSUPP)
        return exprs

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        key = bytes(regs[self.start : self.end])
        now = self.clock.now
        ops = self.set.ops
        elem = ops.lookup(key)
        if elem is not None and elem.expired(now):
            ops.remove(elem)
            elem = None
        if self.op == NFT_DYNSET_OP_DELETE:
            if elem is not None:
                ops.remove(elem)
            return None
        if elem is None:
            elem = self._new(key, regs, now)
            if elem is None:
                return None if self.invert else NFT_BREAK
        if self.op == NFT_DYNSET_OP_UPDATE and elem.timeout:
            elem.expires = now + (self.timeout or self.set.timeout)
        verdict = elem.update_expr(regs, pkt) if elem.exprs else None
        return NFT_BREAK if self.invert else verdict

    def _new(self, key: bytes, regs: bytearray, now: int) -> NftSetElem | None:
        """nft_dynset_new: None when the set is full, counting elements that are not expired."""
        nft_set = self.set
        if len(nft_set.ops) >= nft_set.size:
            for old in [elem for elem in nft_set.ops if elem.expired(now)]:
                nft_set.ops.remove(old)
            if len(nft_set.ops) >= nft_set.size:
                return None
        elem = NftSetElem(key)
        elem.timeout = self.timeout or nft_set.timeout
        elem.expires = now + elem.timeout
        if self.sreg_data >= 0:
            elem.data = bytes(regs[self.sreg_data : self.sreg_data + nft_set.dlen])
        elem.exprs = tuple(expr.clone(self.net) for expr in self.exprs)
        nft_set.ops.insert(elem, now)
        return elem

    def deactivate(self, ctx: NftCtx) -> None:
        nf_tables_unbind_set(ctx, self.set, self.set.flags & NFT_SET_MAP)

    def dump(self, *, reset: bool = False) -> Expr:
        exprs = tuple(expr.dump() for expr in self.exprs) if self.own_exprs else ()
        flags = NFT_DYNSET_F_INV if self.invert else 0
        attrs: Expr = replace(self.attrs, set_name=self.set.name, set_id=0, expressions=exprs, flags=flags)
        return attrs

    def value(self, regs: bytearray) -> str:
        return regs[self.start : self.end].hex()
