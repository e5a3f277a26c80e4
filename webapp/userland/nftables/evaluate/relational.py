"""Matches (expr_evaluate_relational)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder, same_type
from webapp.userland.nftables.evaluate.binop import BinopEvaluator
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.evaluate.range import RangeEvaluator
from webapp.userland.nftables.evaluate.selector import check_ct_address
from webapp.userland.nftables.expression import Expr, Op, expr_name, is_constant, is_singleton, value_range


class RelationalEvaluator(BinopEvaluator, RangeEvaluator):
    """Evaluates comparisons."""

    def relational(self, expr: ex.Relational) -> Expr:
        right = expr.right
        if isinstance(right, ex.Symbol) and right.symtype is ex.SymbolType.SET:
            right = self.expr(right)
        left = self.expr(expr.left)
        op = expr.op
        pctx = self.protocols()
        right, op = self._hour_range(left, right, op)
        right = right if _evaluated_range(right) else self.expr(right)
        rel = ex.Relational(op, left, right, location=expr.location)
        self._check_relational(rel)
        if not isinstance(left, ex.Concat) and isinstance(right, ex.Set):
            rel = _singleton_set(rel)
        if rel.op in {Op.EQ, Op.IMPLICIT}:
            pctx.relational(rel)
        rel = self._ordered(rel) if rel.op in {Op.LT, Op.GT, Op.LTE, Op.GTE} else self._equality(rel)
        return self.binop_transfer(rel)

    def _hour_range(self, left: Expr, right: Expr, op: Op) -> tuple[Expr, Op]:
        """A range of hours that crosses midnight is the inverse of the range between its ends."""
        if not isinstance(left, ex.Meta) or left.key not in {uapi.NFT_META_TIME_HOUR, uapi.NFT_META_TIME_DAY}:
            return right, op
        if not isinstance(right, ex.Range):
            return right, op
        low, high = self.range_bounds(right)
        if low.value > high.value and op in {Op.EQ, Op.IMPLICIT, Op.NEQ}:
            low, high = high, low
            op = Op.EQ if op is Op.NEQ else Op.NEQ
        if low.value > high.value:
            raise expr_error(right, "Range has zero or negative size")
        return (low if low.value == high.value else value_range(low, high, right.location)), op

    def _check_relational(self, rel: ex.Relational) -> None:
        left, right, sign = rel.left, rel.right, rel.op.value
        if not is_constant(right):
            raise expr_error(right, f"Right hand side of relational expression ({sign}) must be constant", rel)
        if is_constant(left):
            raise expr_error(left, f"Relational expression ({sign}) has constant value", right)
        if not same_type(left.dtype, right.dtype):
            raise expr_error(
                right,
                f"datatype mismatch, expected {left.dtype.desc}, expression has type {right.dtype.desc}",
                left,
            )
        secmark = (isinstance(left, ex.Meta) and left.key == uapi.NFT_META_SECMARK) or (
            isinstance(left, ex.Ct) and left.key == uapi.NFT_CT_SECMARK
        )
        if secmark:
            raise expr_error(right, "Cannot be used with right hand side constant value", left)

    def _equality(self, rel: ex.Relational) -> ex.Relational:
        left, right = rel.left, rel.right
        if rel.op is Op.NEG:
            if isinstance(left, ex.Binop):
                raise expr_error(left, "cannot combine negation with binary expression", right)
            if not isinstance(right, ex.Value) or right.dtype.basetype is not dt.BITMASK:
                raise expr_error(left, "negation can only be used with singleton bitmask values", right)
        if isinstance(right, ex.Range):
            big = Byteorder.BIG
            bounds = replace(
                right,
                left=byteorder_conversion(right.left, big),
                right=byteorder_conversion(right.right, big),
            )
            return replace(rel, left=byteorder_conversion(left, big), right=bounds)
        if isinstance(right, ex.Prefix):
            return replace(rel, right=replace(right, prefix=byteorder_conversion(right.prefix, left.byteorder)))
        if isinstance(right, ex.Value):
            return replace(rel, right=byteorder_conversion(right, left.byteorder))
        if isinstance(right, ex.Concat):
            raise expr_error(left, "Use concatenations with sets and maps, not singleton values", right)
        if isinstance(right, ex.Set):
            if not right.expressions:
                raise expr_error(right, "Set is empty")
            right = self.implicit_set("__set%d", left, None, right, right.set_flags | uapi.NFT_SET_ANONYMOUS)
        if isinstance(right, ex.SetRef):
            check_ct_address(left)
            if right.set.flags & uapi.NFT_SET_INTERVAL:
                left = byteorder_conversion(left, Byteorder.BIG)
        return replace(rel, left=left, right=right)

    def _ordered(self, rel: ex.Relational) -> ex.Relational:
        for side in (rel.left, rel.right):
            if isinstance(side, ex.Concat) or (side is rel.right and not is_singleton(side)):
                raise expr_error(
                    side, f"Relational expression ({rel.op.value}) is undefined for {expr_name(side)} expressions", rel
                )
        return replace(
            rel,
            left=byteorder_conversion(rel.left, Byteorder.BIG),
            right=byteorder_conversion(rel.right, Byteorder.BIG),
        )


def _evaluated_range(expr: Expr) -> bool:
    if isinstance(expr, ex.Range):
        return isinstance(expr.left, ex.Value) and isinstance(expr.right, ex.Value) and expr.len > 0
    return isinstance(expr, ex.SetRef) and expr.len > 0


def _singleton_set(rel: ex.Relational) -> ex.Relational:
    """{ x } is x (optimize_singleton_set)."""
    right = rel.right
    assert isinstance(right, ex.Set)
    if len(right.expressions) != 1:
        return rel
    elem = right.expressions[0]
    assert isinstance(elem, ex.SetElem)
    op = rel.op
    made: Expr = right
    if not elem.stmts and isinstance(elem.key, ex.Prefix | ex.Range | ex.Value):
        made = elem.key
    if op is Op.IMPLICIT and made.dtype.basetype is dt.BITMASK and made.dtype is not dt.CT_STATE:
        op = Op.EQ
    return replace(rel, op=op, right=made)
