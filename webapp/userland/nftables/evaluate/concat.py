"""Concatenations (expr_evaluate_concat)."""

from __future__ import annotations

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import DataType
from webapp.userland.nftables.evaluate.context import EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.evaluate.selector import check_ct_address
from webapp.userland.nftables.expression import NFT_MAX_EXPR_LEN_BITS, Expr, expr_name, is_constant


class ConcatEvaluator(EvalContext):
    """Evaluates concatenations: each field has a type of its own."""

    def concat(self, expr: ex.Concat) -> Expr:
        dtype = self.ctx.dtype
        key_ctx = self.ctx.key if isinstance(self.ctx.key, ex.Concat) else None
        keys = list(key_ctx.expressions) if key_ctx is not None else []
        subtypes = list(dtype.subtypes) if dtype is not None else []
        fields: list[Expr] = []
        size = 0
        for at, part in enumerate(expr.expressions):
            if key_ctx is not None and at >= len(keys):
                raise expr_error(expr, "too many concatenation components", key_ctx)
            check_ct_address(part)
            if dtype is not None and at >= len(subtypes) and all(is_constant(field) for field in fields) and fields:
                raise expr_error(part, f"unexpected concat component, expecting {dtype.desc}", expr)
            wanted = self._field_context(at, keys, subtypes, dtype)
            self.ctx.key = part
            field = self.expr(part)
            self._check_field(field)
            if dtype is None and field.dtype.size == 0 and field.len == 0:
                raise expr_error(
                    field, f"can not use variable sized data types ({field.dtype.name}) in concat expressions", expr
                )
            size += dt.padded(wanted or field.dtype.size or field.len)
            fields.append(field)
            self.inner_desc = None
            if size > NFT_MAX_EXPR_LEN_BITS:
                raise expr_error(
                    field,
                    f"Concatenation of size {size} exceeds maximum size of {NFT_MAX_EXPR_LEN_BITS}",
                )
        made = ex.Concat(
            tuple(fields),
            dtype=dt.concat_type(tuple(field.dtype for field in fields)),
            len=size,
            location=expr.location,
        )
        if dtype is not None and len(fields) < len(subtypes):
            raise expr_error(made, f"datatype mismatch, expected {dtype.desc}, expression has type {made.dtype.desc}")
        self.context(made.dtype, made.len, key=key_ctx or made)
        return made

    def _field_context(self, at: int, keys: list[Expr], subtypes: list[DataType], dtype: DataType | None) -> int:
        if keys:
            key = keys[at]
            self.context(key.dtype, key.len, key.byteorder)
            return key.len
        if dtype is None or at >= len(subtypes):
            self.context(dt.INVALID, 0)
            return 0
        self.context(subtypes[at], subtypes[at].size)
        return subtypes[at].size

    def _check_field(self, field: Expr) -> None:
        """Ranges are allowed where the concatenation is an element of a set."""
        if isinstance(field, ex.Range | ex.Prefix) and self.list_depth > 0:
            return
        refused = ex.Range | ex.Prefix | ex.Verdict | ex.Symbol | ex.List | ex.Set | ex.SetRef | ex.Mapping
        if isinstance(field, refused | ex.SetElemCatchall):
            raise expr_error(field, f"cannot use {expr_name(field)} in concatenation")
