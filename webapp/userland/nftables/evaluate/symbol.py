"""Words and constants (expr_evaluate_symbol, expr_evaluate_value)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.erec import DatatypeError
from webapp.userland.nftables.evaluate.context import EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.rule import SetDecl


class SymbolEvaluator(EvalContext):
    """Finds out what words mean, and whether constants fit."""

    def symbol(self, expr: ex.Symbol) -> Expr:
        if expr.symtype is ex.SymbolType.SET:
            return self.expr(ex.SetRef(self.lookup_set(expr), location=expr.location))
        if self.ctx.dtype is None:
            raise expr_error(expr, "No symbol type information")
        try:
            parsed = dt.parse_symbol(self.ctx.dtype, expr.identifier, self.names)
        except DatatypeError as error:
            raise expr_error(expr, str(error)) from None
        return self.expr(ex.value(parsed.value, parsed.dtype, parsed.byteorder, parsed.len, expr.location))

    def lookup_set(self, expr: ex.Symbol) -> SetDecl:
        """The set that @name refers to."""
        family, table = self.cmd.handle.family, self.cmd.handle.table
        if not self.cache.table(family, table.name):
            raise self.table_not_found()
        found = self.cache.find_set(family, table.name, expr.identifier)
        if found is None or found.key is None:
            raise self.set_not_found(expr.identifier, expr.location)
        return found

    def value(self, expr: ex.Value) -> Expr:
        root = expr.dtype.root
        if root is dt.INTEGER:
            return self.integer(expr)
        if root is dt.STRING:
            return self.string(expr)
        raise expr_error(expr, f"Unexpected datatype {expr.dtype.name}")

    def integer(self, expr: ex.Value) -> Expr:
        if self.ctx.maxval and expr.value > self.ctx.maxval:
            raise expr_error(expr, f"Value {expr.value} exceeds valid range 0-{self.ctx.maxval}")
        length = max(self.stmt_len, self.ctx.len)
        largest = (1 << length) - 1
        if expr.value > largest:
            raise expr_error(expr, f"Value {expr.value} exceeds valid range 0-{largest}")
        return replace(expr, byteorder=self.ctx.byteorder, len=length)

    def string(self, expr: ex.Value) -> Expr:
        dtype = self.ctx.dtype or dt.STRING
        length = expr.len
        if self.ctx.len:
            if expr.len > self.ctx.len:
                raise expr_error(expr, f"String exceeds maximum length of {self.ctx.len // BITS_PER_BYTE}")
            length = self.ctx.len
        text = dt.string_text(expr.value)
        if not text:
            raise expr_error(expr, "Empty string is not allowed")
        if not text.endswith("*"):
            return ex.value(expr.value, dtype, Byteorder.HOST, length, expr.location)
        if text == "*":
            raise expr_error(expr, "All-wildcard strings are not supported")
        if text.endswith("\\*"):
            return ex.value(dt.string_value(text[:-2] + "*"), dtype, Byteorder.HOST, length, expr.location)
        kept = text[:-1]
        base = ex.value(dt.string_value(kept), dtype, Byteorder.HOST, length, expr.location)
        return ex.Prefix(
            base,
            len(kept.encode()) * BITS_PER_BYTE,
            dtype=dtype,
            byteorder=Byteorder.HOST,
            len=length,
            location=expr.location,
        )

    def verdict(self, expr: ex.Verdict) -> Expr:
        return self.primary(expr)

    def set_ref(self, expr: ex.SetRef) -> Expr:
        key = expr.set.key
        assert key is not None
        self.context(key.dtype, key.len, key=key)
        return replace(expr, dtype=key.dtype, len=key.len)
