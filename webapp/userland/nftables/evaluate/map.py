"""Maps that values are taken from (expr_evaluate_map)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder, compatible
from webapp.userland.nftables.evaluate.binop import BinopEvaluator, transferred_left
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.context import Context
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.evaluate.selector import check_ct_address
from webapp.userland.nftables.evaluate.set import expand_range
from webapp.userland.nftables.expression import Expr, Op, expr_name, is_constant
from webapp.userland.nftables.rule import SetDecl, Spec


class MapEvaluator(BinopEvaluator):
    """Evaluates maps."""

    def map(self, expr: ex.Map) -> Expr:
        check_ct_address(expr.map)
        if isinstance(expr.map, ex.Concat):
            for part in expr.map.expressions:
                check_ct_address(part)
        outer = replace(self.ctx)
        self.context(None, 0)
        source = self.expr(expr.map)
        if is_constant(source):
            raise expr_error(source, "Map expression can not be constant")
        self.stmt_len = 0
        mappings: Expr = expr.mappings
        if isinstance(mappings, ex.Set):
            source, ref = self._implicit_map(expr, source, mappings, outer)
        else:
            ref = self.map_reference(mappings, source)
        data = ref.set.data
        assert data is not None
        source = map_source(source, ref)
        return ex.Map(source, ref, dtype=data.dtype, byteorder=data.byteorder, len=data.len, location=expr.location)

    def map_reference(self, mappings: Expr, source: Expr) -> ex.SetRef:
        """A named map."""
        if isinstance(mappings, ex.Symbol):
            kept = replace(self.ctx)
            mappings = self.expr(mappings)
            self.ctx = kept
        if not isinstance(mappings, ex.SetRef):
            raise expr_error(mappings, f"invalid mapping expression {expr_name(mappings)}", source)
        if not mappings.set.is_map:
            raise expr_error(mappings, "Expression is not a map")
        return mappings

    def _implicit_map(self, expr: ex.Map, source: Expr, mappings: ex.Set, outer: Context) -> tuple[Expr, ex.SetRef]:
        if isinstance(self.ctx.key, ex.Concat):
            key: Expr = self.ctx.key
        else:
            key = ex.value(0, self.ctx.dtype or dt.INVALID, self.ctx.byteorder, self.ctx.len, expr.location)
        if outer.dtype is None:
            raise expr_error(expr, "Implicit map expression without known datatype")
        data: Expr
        if outer.dtype is dt.VERDICT:
            data = ex.verdict(0)
        else:
            byteorder = outer.byteorder if outer.dtype is dt.INTEGER else outer.dtype.byteorder
            data = ex.value(0, outer.dtype, byteorder, outer.len)
        flags = uapi.NFT_SET_MAP | uapi.NFT_SET_ANONYMOUS | mappings.set_flags
        draft = SetDecl(replace(self.cmd.handle, set=Spec("__map%d")), key, data, flags)
        outer_set, outer_interval = self.set, self.set_data_interval
        self.set, self.set_data_interval = draft, False
        self.context(key.dtype, key.len, key=self.ctx.key)
        init = self.expr(mappings)
        if not isinstance(init, ex.Set):
            raise expr_error(init, "Expression is not a map")
        if init.set_flags & uapi.NFT_SET_INTERVAL and not init.set_flags & uapi.NFT_SET_CONCAT:
            init = self.intervals(init, automerge=False)
        self.context(key.dtype, key.len)
        if isinstance(source, ex.Binop) and source.op in {Op.LSHIFT, Op.RSHIFT, Op.XOR}:
            moved = self.transfer(source, init)
            if isinstance(moved, ex.Set):
                source, init = transferred_left(source), moved
        if self.set_data_interval:
            data = _range_of(data)
            init = replace(init, expressions=tuple(_expanded(elem) for elem in init.expressions))
        self.set, self.set_data_interval = outer_set, outer_interval
        key = replace(key, len=self.ctx.len)
        ref = self.implicit_set("__map%d", key, data, init, flags | init.set_flags)
        return source, ref


def _range_of(data: Expr) -> ex.Range:
    """Data that are two values, low and high: twice as long."""
    return ex.Range(data, data, dtype=data.dtype, byteorder=data.byteorder, len=data.len * 2, location=data.location)


def _expanded(elem: Expr) -> Expr:
    if isinstance(elem, ex.SetElem) and isinstance(elem.key, ex.Mapping):
        return replace(elem, key=replace(elem.key, right=expand_range(elem.key.right)))
    return elem


def map_source(source: Expr, ref: ex.SetRef) -> Expr:
    """What is looked up in a map: of its key's type, big endian where the map has intervals."""
    key = ref.set.key
    assert key is not None
    if not compatible(key.dtype, source.dtype):
        raise expr_error(
            ref,
            f"datatype mismatch, map expects {key.dtype.desc}, mapping expression has type {source.dtype.desc}",
            source,
        )
    return byteorder_conversion(source, Byteorder.BIG) if ref.set.flags & uapi.NFT_SET_INTERVAL else source
