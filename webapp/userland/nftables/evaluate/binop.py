"""Binary operations (expr_evaluate_binop, constant_binop_simplify, binop_transfer)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.evaluate.set import SetEvaluator
from webapp.userland.nftables.expression import Expr, Op, expr_name, is_constant, is_singleton

NFT_MAX_EXPR_RECURSION = 16
_SHIFTS = (Op.LSHIFT, Op.RSHIFT)


_FOLD: dict[Op, Callable[[int, int, int], int]] = {
    Op.AND: lambda a, b, mask: a & b & mask,
    Op.XOR: lambda a, b, mask: (a ^ b) & mask,
    Op.OR: lambda a, b, mask: (a | b) & mask,
    Op.LSHIFT: lambda a, b, mask: a << b & mask,
    Op.RSHIFT: lambda a, b, mask: (a & mask) >> b,
}


class BinopEvaluator(SetEvaluator):
    """Evaluates them, and moves them from what is loaded to constants."""

    def binop(self, expr: ex.Binop) -> Expr:
        sign = expr.op.value
        self.binop_depth += 1
        longest = self.ctx.len
        left = self.expr(expr.left)
        if expr.op in _SHIFTS:
            self.context(dt.INTEGER, max(left.len, longest), left.byteorder)
        right = self.expr(expr.right)
        if is_constant(left) and not is_constant(right):
            left, right = right, left
        where = replace(expr, left=left, right=right)
        if left.dtype.root not in {dt.INTEGER, dt.STRING}:
            raise expr_error(left, f"Binary operation ({sign}) is undefined for {left.dtype.desc} types", where)
        if is_constant(left) and not is_singleton(left):
            raise expr_error(left, f"Binary operation ({sign}) is undefined for {expr_name(left)} expressions", where)
        if left.dtype.root is not right.dtype.root:
            raise expr_error(
                left,
                f"Binary operation ({sign}) with different base types ({left.dtype.root.name} vs "
                f"{right.dtype.root.name}) is not supported",
                where,
            )
        if is_constant(right) and not is_singleton(right):
            raise expr_error(left, f"Binary operation ({sign}) is undefined for {expr_name(right)} expressions", where)
        if expr.op in _SHIFTS and not isinstance(right, ex.Value):
            raise expr_error(right, f"Right hand side of binary operation ({sign}) must be constant", where)
        made = self._shift(where) if expr.op in _SHIFTS else self._bitwise(where)
        self.binop_depth -= 1
        if self.binop_depth == 0:
            self._check_chain(made)
        return made

    def _check_chain(self, expr: Expr) -> None:
        count = 0
        at: Expr = expr
        while isinstance(at, ex.Binop):
            count += 1
            at = at.left
            if count >= NFT_MAX_EXPR_RECURSION:
                raise expr_error(at, f"Binary operation limit {NFT_MAX_EXPR_RECURSION} reached ")

    def _shift(self, expr: ex.Binop) -> Expr:
        left, right = expr.left, expr.right
        assert isinstance(right, ex.Value)
        limit = max(self.stmt_len, left.len)
        if right.value >= limit:
            which = "Left" if expr.op is Op.LSHIFT else "Right"
            raise expr_error(
                right,
                f"{which} shift of {right.value} bits is undefined for type of {limit} bits width",
                left,
            )
        made = replace(
            expr,
            left=byteorder_conversion(left, Byteorder.HOST),
            right=byteorder_conversion(right, Byteorder.HOST),
            dtype=dt.INTEGER,
            byteorder=Byteorder.HOST,
            len=limit,
        )
        return self._fold(made) if isinstance(left, ex.Value) else made

    def _bitwise(self, expr: ex.Binop) -> Expr:
        left = expr.left
        length, byteorder, dtype = left.len, left.byteorder, left.dtype
        if self.stmt_len > left.len:
            length, byteorder, dtype = self.stmt_len, Byteorder.HOST, dt.INTEGER
            left = byteorder_conversion(left, byteorder)
        right = byteorder_conversion(expr.right, byteorder)
        made = replace(expr, left=left, right=right, dtype=dtype, byteorder=byteorder, len=length)
        if isinstance(left, ex.Value) and isinstance(right, ex.Value):
            return self._fold(made)
        return made

    def _fold(self, expr: ex.Binop) -> Expr:
        """Two constants make one (constant_binop_simplify)."""
        left, right = expr.left, expr.right
        assert isinstance(left, ex.Value)
        assert isinstance(right, ex.Value)
        mask = (1 << expr.len) - 1
        result = _FOLD[expr.op](left.value, right.value, mask)
        return self.expr(ex.value(result, expr.dtype, expr.byteorder, expr.len, expr.location))

    def unary(self, expr: ex.Unary) -> Expr:
        return expr

    def binop_transfer(self, rel: ex.Relational) -> ex.Relational:
        """Shifts move from what is loaded to the constant, where they cost nothing."""
        left = rel.left
        if not isinstance(left, ex.Binop) or left.op not in {Op.LSHIFT, Op.RSHIFT, Op.XOR}:
            return rel
        moved = self.transfer(left, rel.right)
        if moved is None:
            return rel
        return replace(rel, left=transferred_left(left), right=moved)

    def transfer(self, left: ex.Binop, right: Expr) -> Expr | None:
        """The constant side after the transfer; None where there can be none (__binop_transfer)."""
        if isinstance(right, ex.SetRef):
            if not right.set.anonymous or right.set.init is None:
                return None
            init = self.transfer(left, right.set.init)
            if init is None:
                return None
            made = replace(right.set, init=init)
            self.replace_implicit(made)
            return replace(right, set=made)
        if isinstance(right, ex.Set):
            if not all(self._can_transfer(left, elem) for elem in right.expressions):
                return None
            return replace(right, expressions=tuple(self._transfer_one(left, elem) for elem in right.expressions))
        if not isinstance(right, ex.Value | ex.Range) or not self._can_transfer(left, right):
            return None
        return self._transfer_one(left, right)

    def _can_transfer(self, left: ex.Binop, right: Expr) -> bool:
        if isinstance(right, ex.SetElem):
            return self._can_transfer(left, right.key)
        if isinstance(right, ex.Mapping):
            return self._can_transfer(left, right.left)
        if isinstance(right, ex.Range):
            return self._can_transfer(left, right.left) and self._can_transfer(left, right.right)
        if not isinstance(right, ex.Value):
            return False
        if left.op is Op.XOR:
            return is_constant(left.right)
        assert isinstance(left.right, ex.Value)
        shift = left.right.value
        if left.op is Op.LSHIFT:
            if right.value & ((1 << shift) - 1):
                raise expr_error(right, "Comparison is always false", left)
            return True
        if self.ctx.len < right.len + shift:
            self.ctx.len += shift
        return True

    def _transfer_one(self, left: ex.Binop, right: Expr) -> Expr:
        if isinstance(right, ex.SetElem):
            return replace(right, key=self._transfer_one(left, right.key))
        if isinstance(right, ex.Mapping):
            return replace(right, left=self._transfer_one(left, right.left))
        if isinstance(right, ex.Range):
            return replace(
                right, left=self._transfer_one(left, right.left), right=self._transfer_one(left, right.right)
            )
        assert isinstance(right, ex.Value)
        opposite = {Op.LSHIFT: Op.RSHIFT, Op.RSHIFT: Op.LSHIFT}.get(left.op, left.op)
        return self.expr(ex.Binop(opposite, right, left.right, location=right.location))


def transferred_left(left: ex.Binop) -> Expr:
    """What is loaded once the constant has taken the operation over (binop_transfer_handle_lhs)."""
    if left.op is Op.RSHIFT:
        assert isinstance(left.right, ex.Value)
        width = left.left.len
        mask = ((1 << width) - 1) << left.right.value
        return replace(left, op=Op.AND, right=replace(left.right, value=mask))
    return replace(left.left, dtype=left.dtype)
