"""Byte order: constants change theirs, the rest are swapped when the rule runs (byteorder_conversion)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr, Op, expr_name, is_constant

_ORDER_NAMES = {Byteorder.INVALID: "invalid", Byteorder.HOST: "host endian", Byteorder.BIG: "big endian"}


def byteorder_conversion(expr: Expr, byteorder: Byteorder) -> Expr:
    """The expression in another byte order: constants change theirs, the rest are swapped when the rule runs."""
    if expr.byteorder is byteorder:
        return expr
    if isinstance(expr, ex.Concat):
        return _concat_conversion(expr, byteorder)
    root = expr.dtype.root
    if root is dt.STRING:
        return expr
    if root is not dt.INTEGER:
        raise expr_error(
            expr,
            f"Byteorder mismatch: expected {_ORDER_NAMES[byteorder]}, {expr_name(expr)} got "
            f"{_ORDER_NAMES[expr.byteorder]}",
        )
    if is_constant(expr) or -(-expr.len // BITS_PER_BYTE) < 2:
        return replace(expr, byteorder=byteorder)
    return ex.Unary(
        conversion(expr, byteorder),
        expr,
        dtype=expr.dtype,
        byteorder=byteorder,
        len=expr.len,
        location=expr.location,
    )


def _concat_conversion(expr: ex.Concat, byteorder: Byteorder) -> Expr:
    fields: list[Expr] = []
    for field in expr.expressions:
        made = field
        if field.byteorder is not Byteorder.BIG and field.dtype.root is not dt.STRING:
            if isinstance(field, ex.Value):
                size = -(-field.len // BITS_PER_BYTE)
                swapped = int.from_bytes(field.value.to_bytes(size, "little"), "big")
                made = replace(field, value=swapped if field.byteorder is Byteorder.HOST else field.value)
            elif -(-field.len // BITS_PER_BYTE) >= 2:
                made = byteorder_conversion(field, byteorder)
        fields.append(made)
    return replace(expr, expressions=tuple(fields))


def conversion(expr: Expr, byteorder: Byteorder) -> Op:
    """The operation that swaps."""
    assert expr.byteorder is not Byteorder.INVALID
    return Op.HTON if byteorder is Byteorder.BIG else Op.NTOH
