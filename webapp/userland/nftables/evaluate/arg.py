"""What a statement sets or hands over (stmt_evaluate_arg)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder, DataType, compatible
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.expr import Evaluator
from webapp.userland.nftables.expression import Expr, is_constant, prefix_mask
from webapp.userland.nftables.statement import stmt_name

ADDRESSES: dict[int, DataType] = {NFPROTO_IPV4: dt.IPADDR, NFPROTO_IPV6: dt.IP6ADDR}
"""The type of an IP version's addresses."""


class ArgEvaluator(Evaluator):
    """Evaluates the arguments of statements."""

    def arg(self, stmt: st.Stmt, dtype: DataType, length: int, byteorder: Byteorder, expr: Expr) -> Expr:
        """The value that a statement sets or hands over (stmt_evaluate_arg)."""
        self.context(dtype, length, byteorder)
        return self.checked_arg(stmt, dtype, length, byteorder, self.expr(expr))

    def checked_arg(self, stmt: st.Stmt, dtype: DataType, length: int, byteorder: Byteorder, expr: Expr) -> Expr:
        """Checks the type of an evaluated argument and brings it into byte order."""
        if (
            isinstance(expr, ex.Payload)
            and expr.dtype.type == dt.INTEGER.type
            and (dtype.root.type != dt.INTEGER.type or expr.len != length)
        ):
            raise NftError(
                f"datatype mismatch: expected {dtype.desc}, expression has type {expr.dtype.desc} with length "
                f"{expr.len}",
                expr.location,
                stmt.location,
            )
        if not compatible(dtype, expr.dtype):
            raise NftError(
                f"datatype mismatch: expected {dtype.desc}, expression has type {expr.dtype.desc}",
                expr.location,
                stmt.location,
            )
        if dtype.type == dt.MARK.type and not is_constant(expr):
            return byteorder_conversion(expr, byteorder)
        if isinstance(expr, ex.Set):
            raise NftError("you cannot use a set here, unknown value to use", expr.location, stmt.location)
        if isinstance(expr, ex.SetRef):
            raise NftError("you cannot reference a set here, unknown value to use", expr.location, stmt.location)
        if isinstance(expr, ex.Rt) or (isinstance(expr, ex.Numgen) and dtype is dt.IPADDR):
            return byteorder_conversion(expr, byteorder)
        if isinstance(expr, ex.Prefix):
            return self.prefix_range(expr)
        return expr

    def prefix_range(self, expr: ex.Prefix) -> Expr:
        """A prefix as the range of its values (stmt_prefix_conversion)."""
        base = expr.prefix
        if not isinstance(base, ex.Value):
            raise NftError(f"you cannot specify a prefix here, unknown type {base.dtype.name}", expr.location)
        if base.dtype.root is not dt.INTEGER:
            raise NftError("Prefix expression expected integer value", expr.location)
        low = base.value & prefix_mask(base.len, expr.prefix_len)
        high = base.value | ((1 << (expr.len - expr.prefix_len)) - 1)
        if low == high:
            return base
        return ex.value_range(replace(base, value=low), replace(base, value=high), expr.location)


def refuse_range(stmt: st.Stmt, expr: Expr) -> None:
    """One value is wanted, no range of them."""
    if isinstance(expr, ex.Range):
        raise NftError(f"{stmt_name(stmt)}: range argument not supported", expr.location)
