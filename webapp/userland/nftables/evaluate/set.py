"""Sets, their elements, and the anonymous sets that rules need (expr_evaluate_set, expr_evaluate_set_elem,
expr_evaluate_mapping, implicit_set_declaration).
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import compatible
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.context import EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr, expr_name, field_lengths, is_constant, is_singleton, value_range
from webapp.userland.nftables.intervals import IntervalError, merged, sorted_ranges
from webapp.userland.nftables.location import NETLINK
from webapp.userland.nftables.rule import SetDecl, Spec
from webapp.userland.nftables.statement import stmt_name


class SetEvaluator(EvalContext):
    """Evaluates elements against what the set is declared as."""

    def set_expr(self, expr: ex.Set) -> Expr:
        flags = expr.set_flags
        members: list[Expr] = []
        for member in expr.expressions:
            assert isinstance(member, ex.SetElem)
            kept = replace(self.ctx)
            self.list_depth += 1
            elem = self.expr(member)
            self.list_depth -= 1
            self.ctx = kept
            assert isinstance(elem, ex.SetElem)
            flags |= self._add_member(members, elem)
        if self.set is not None and self.set.flags & uapi.NFT_SET_CONCAT:
            flags |= uapi.NFT_SET_CONCAT
        return ex.Set(
            tuple(members),
            flags | uapi.NFT_SET_CONSTANT,
            dtype=self.ctx.dtype or dt.INVALID,
            len=self.ctx.len,
            location=expr.location,
        )

    def _add_member(self, members: list[Expr], elem: ex.SetElem) -> int:
        """Adds an element, or the elements of the set that it is; the flags that it asks of the set."""
        key = elem.key
        if isinstance(key, ex.Mapping) and isinstance(key.left, ex.Set):
            flags = 0
            for inner in key.left.expressions:
                assert isinstance(inner, ex.SetElem)
                mapping = ex.Mapping(inner.key, key.right, location=elem.location)
                flags |= self._add_member(members, ex.SetElem(mapping, location=elem.location))
            return flags
        if isinstance(key, ex.SetRef):
            raise expr_error(key, "Set reference cannot be part of another set")
        if not is_constant(key):
            raise expr_error(key, "Set member is not constant")
        if isinstance(key, ex.Set):
            members.extend(key.expressions)
            return key.set_flags
        members.append(elem)
        if is_singleton(key):
            return 0
        plain = key.left if isinstance(key, ex.Mapping) else key
        concat = uapi.NFT_SET_CONCAT if isinstance(plain, ex.Concat) else 0
        return uapi.NFT_SET_INTERVAL | concat

    def set_elem(self, expr: ex.SetElem) -> Expr:
        declared = self.set
        if declared is not None:
            self._check_elem_stmts(expr, declared)
            key = declared.key
            assert key is not None
            self.context(key.dtype, key.len, key.byteorder, key=key)
        made_key = self.expr(expr.key)
        if declared is not None:
            self._check_elem_key(made_key, declared)
        return replace(expr, key=made_key, dtype=made_key.dtype, len=made_key.len)

    def _check_elem_stmts(self, expr: ex.SetElem, declared: SetDecl) -> None:
        if not expr.stmts:
            return
        kind = "map" if declared.is_map else "set"
        if not declared.stmts:
            if not declared.flags & (uapi.NFT_SET_ANONYMOUS | uapi.NFT_SET_EVAL):
                raise NftError(f"missing statement in {kind} declaration", expr.stmts[0].location)
            return
        if len(expr.stmts) != len(declared.stmts):
            raise expr_error(
                expr.key,
                f"number of statements mismatch, set expects {len(declared.stmts)} but element has {len(expr.stmts)}",
            )
        for given, wanted in zip(expr.stmts, declared.stmts, strict=True):
            if type(given) is not type(wanted):
                raise NftError(
                    f"statement mismatch, element expects {stmt_name(given)}, but {kind} has type {stmt_name(wanted)}",
                    given.location,
                )

    def _check_elem_key(self, key: Expr, declared: SetDecl) -> None:
        kind = "map" if declared.is_map else "set"
        assert declared.key is not None
        plain = key.left if isinstance(key, ex.Mapping) else key
        if not declared.flags & (uapi.NFT_SET_ANONYMOUS | uapi.NFT_SET_INTERVAL):
            fields = plain.expressions if isinstance(plain, ex.Concat) else (plain,)
            for field in fields:
                if isinstance(field, ex.Prefix | ex.Range):
                    raise expr_error(
                        field,
                        f"You must add 'flags interval' to your {kind} declaration if you want to add "
                        f"{expr_name(field)} elements",
                    )
        if isinstance(plain, ex.SetElemCatchall | ex.Set):
            return
        if not compatible(declared.key.dtype, plain.dtype):
            raise expr_error(
                key,
                f"Element mismatches {kind} definition, expected {declared.key.dtype.desc}, not '{plain.dtype.desc}'",
            )

    def catchall(self, expr: ex.SetElemCatchall) -> Expr:
        if self.set is not None and self.set.key is not None:
            return replace(expr, len=self.set.key.len)
        return expr

    def mapping(self, expr: ex.Mapping) -> Expr:
        declared = self.set
        if declared is None:
            raise expr_error(expr, "mapping outside of map context")
        if not declared.is_map:
            raise NftError("set is not a map", declared.location if declared.anonymous else NETLINK)
        key, data = declared.key, declared.data
        assert key is not None
        self.context(key.dtype, key.len, key.byteorder, key=self.ctx.key)
        left = self.expr(expr.left)
        if not is_constant(left):
            raise expr_error(left, "Key must be a constant")
        if data is None:
            raise NftError("map has no mapping data", declared.location)
        self.context(data.dtype, data.len, data.byteorder)
        right = self.expr(expr.right)
        if not is_constant(right):
            raise expr_error(right, "Value must be a constant")
        interval = _has_interval(right)
        if declared.anonymous and interval:
            self.set_data_interval = True
        declared_interval = isinstance(data, ex.Range)
        if not declared.anonymous and declared_interval:
            right = expand_range(right)
        if not (declared_interval or self.set_data_interval) and not is_singleton(right):
            raise expr_error(right, "Value must be a singleton")
        if declared.flags & uapi.NFT_SET_OBJECT and not isinstance(right, ex.Value):
            raise expr_error(right, f"Object mapping data should be a value, not {expr_name(right)}")
        actual = right.left if isinstance(right, ex.Range) else right
        if declared.flags & uapi.NFT_SET_MAP and not compatible(data.dtype, actual.dtype):
            raise expr_error(
                right,
                f"Element mapping mismatches map definition, expected {data.dtype.desc}, not '{actual.dtype.desc}'",
            )
        return replace(expr, left=left, right=right, dtype=left.dtype, len=left.len)

    def implicit_set(
        self, name: str, key: Expr, data: Expr | None, init: Expr, flags: int, objtype: int = 0
    ) -> ex.SetRef:
        """Declares the anonymous set that a rule needs (implicit_set_declaration)."""
        self.set_id += 1
        interval = bool(flags & uapi.NFT_SET_INTERVAL)
        field_len: tuple[int, ...] = ()
        if isinstance(key, ex.Concat):
            self._check_concat_elements(init)
            if interval:
                field_len = field_lengths(key)
                flags |= uapi.NFT_SET_CONCAT
        if isinstance(init, ex.Set) and interval and not flags & uapi.NFT_SET_CONCAT:
            init = self.intervals(init, automerge=True)
        made = SetDecl(
            replace(self.cmd.handle, set=Spec(name), chain=Spec(), handle=self.cmd.handle.handle),
            key,
            data,
            flags,
            objtype=objtype,
            automerge=interval and not field_len,
            init=init,
            field_len=field_len,
            id=self.set_id,
            location=init.location,
        )
        self.implicit_sets.append(made)
        return ex.SetRef(made, dtype=key.dtype, len=key.len, location=init.location)

    def replace_implicit(self, made: SetDecl) -> None:
        """Puts a completed anonymous set in the place of its first version."""
        for at, other in enumerate(self.implicit_sets):
            if other.id == made.id:
                self.implicit_sets[at] = made

    def _check_concat_elements(self, init: Expr) -> None:
        if not isinstance(init, ex.Set):
            return
        for elem in init.expressions:
            key = elem.key if isinstance(elem, ex.SetElem) else elem
            plain = key.left if isinstance(key, ex.Mapping) else key
            if not isinstance(plain, ex.Concat | ex.SetElemCatchall):
                raise expr_error(elem, "expression is not a concatenation")

    def intervals(self, init: ex.Set, *, automerge: bool) -> ex.Set:
        """The elements of an interval set in order: overlapping ones joined, or refused."""
        try:
            members = merged(init.expressions) if automerge else sorted_ranges(init.expressions)
        except IntervalError as error:
            raise expr_error(error.element, str(error), error.other) from None
        return replace(init, expressions=tuple(members))


def _has_interval(expr: Expr) -> bool:
    if isinstance(expr, ex.Concat):
        return any(isinstance(field, ex.Range | ex.Prefix) for field in expr.expressions)
    return isinstance(expr, ex.Range | ex.Prefix)


def expand_range(expr: Expr) -> Expr:
    """A single value as the range that it is (__mapping_expr_expand)."""
    if isinstance(expr, ex.Value):
        return value_range(expr, expr, expr.location)
    if isinstance(expr, ex.Concat):
        return replace(
            expr,
            expressions=tuple(
                value_range(field, field, field.location) if isinstance(field, ex.Value) else field
                for field in expr.expressions
            ),
        )
    return expr
