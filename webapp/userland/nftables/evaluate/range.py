"""Prefixes, ranges and lists of flags (expr_evaluate_prefix, expr_evaluate_range, expr_evaluate_list)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.evaluate.context import EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr, is_constant, prefix_mask, value_range


class RangeEvaluator(EvalContext):
    """Evaluates values that are made of values."""

    def prefix(self, expr: ex.Prefix) -> Expr:
        base = self.expr(expr.prefix)
        if isinstance(base, ex.Prefix):
            return base
        if not is_constant(base):
            raise expr_error(expr, "Prefix expression is undefined for non-constant expressions")
        root = base.dtype.root
        if root not in {dt.INTEGER, dt.STRING} or not isinstance(base, ex.Value):
            raise expr_error(expr, f"Prefix expression is undefined for {base.dtype.desc} types")
        if expr.prefix_len > base.len:
            raise expr_error(expr, f"Prefix length {expr.prefix_len} is invalid for type of {base.len} bits width")
        mask = prefix_mask(base.len, expr.prefix_len) if root is dt.INTEGER else (1 << expr.prefix_len) - 1
        return replace(
            expr,
            prefix=replace(base, value=base.value & mask),
            dtype=base.dtype,
            byteorder=base.byteorder,
            len=base.len,
        )

    def range_bounds(self, expr: ex.Range) -> tuple[ex.Value, ex.Value]:
        """Both ends as values."""
        kept = replace(self.ctx)
        bounds = []
        for side in (expr.left, expr.right):
            self.ctx = replace(kept)
            bound = self.expr(side)
            if bound.dtype.root is not dt.INTEGER:
                raise expr_error(bound, f"Range expression is undefined for {bound.dtype.desc} types", expr)
            if not isinstance(bound, ex.Value):
                raise expr_error(bound, "Range is not constant", expr)
            bounds.append(bound)
        return bounds[0], bounds[1]

    def range(self, expr: ex.Range) -> Expr:
        left, right = self.range_bounds(expr)
        if left.value > right.value:
            raise expr_error(expr, "Range has zero or negative size")
        if left.value == right.value:
            return left
        return value_range(left, right, expr.location)

    def flag_list(self, expr: ex.List) -> Expr:
        total = 0
        dtype = self.ctx.dtype
        for member in expr.expressions:
            kept = replace(self.ctx)
            value = self.expr(member)
            self.ctx = kept
            if not isinstance(value, ex.Value):
                raise expr_error(value, "List member must be a constant value")
            if value.dtype.basetype is not dt.BITMASK:
                raise expr_error(value, f"Basetype of type {value.dtype.desc} is not bitmask")
            total |= value.value
        return ex.value(total, dtype or dt.INVALID, Byteorder.HOST, self.ctx.len, expr.location)
