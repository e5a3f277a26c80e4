"""Statements that change sets (stmt_evaluate_set, stmt_evaluate_map, stmt_evaluate_meter)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.arg import ArgEvaluator
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.expression import Expr, is_constant
from webapp.userland.nftables.rule import SetDecl, Spec


class SetStmtEvaluator(ArgEvaluator):
    """Evaluates them against what the set is declared as."""

    def set_stmt(self, stmt: st.SetStmt) -> st.Stmt:
        ref = self._dynamic_set(stmt.set)
        key = self._dynamic_key(stmt, ref, stmt.key)
        stmts = tuple(self._stateful(inner, "set") for inner in stmt.stmts)
        made = replace(ref.set, flags=ref.set.flags | uapi.NFT_SET_EVAL)
        self.cache.set_changed(made)
        return replace(stmt, set=replace(ref, set=made), key=key, stmts=stmts)

    def map_stmt(self, stmt: st.MapStmt) -> st.Stmt:
        ref = self._dynamic_set(stmt.set)
        if not ref.set.is_map:
            raise NftError(f"{ref.set.handle.set.name} is not a map", ref.location)
        key = self._dynamic_key(stmt, ref, stmt.key)
        data = stmt.data
        kind = ref.set.data
        assert isinstance(data, ex.SetElem)
        assert kind is not None
        value = self.arg(stmt, kind.dtype, kind.len, kind.byteorder, data.key)
        if data.comment is not None:
            raise NftError("Data expression comments are not supported", data.location)
        if data.timeout:
            raise NftError("Data expression timeouts are not supported", data.location)
        stmts = tuple(self._stateful(inner, "map") for inner in stmt.stmts)
        return replace(stmt, set=ref, key=key, data=replace(data, key=value), stmts=stmts)

    def _dynamic_set(self, expr: Expr) -> ex.SetRef:
        self.context(None, 0)
        ref = self.expr(expr)
        if not isinstance(ref, ex.SetRef):
            raise NftError("Expression does not refer to a set", expr.location)
        return ref

    def _dynamic_key(self, stmt: st.Stmt, ref: ex.SetRef, elem: Expr) -> Expr:
        assert isinstance(elem, ex.SetElem)
        kind = ref.set.key
        assert kind is not None
        key = self.checked_arg(stmt, kind.dtype, kind.len, kind.byteorder, self.expr(elem.key))
        if elem.comment is not None:
            raise NftError("Key expression comments are not supported", key.location)
        return replace(elem, key=key)

    def _stateful(self, stmt: st.Stmt, name: str) -> st.Stmt:
        if not isinstance(stmt, st.STATEFUL):
            raise stmt_error(stmt, f"{name} statement must be stateful")
        return stmt

    def meter(self, stmt: st.MeterStmt) -> st.Stmt:
        """A dynamic set that the rule declares itself."""
        handle = self.cmd.handle
        if not self.cache.table(handle.family, handle.table.name):
            raise self.table_not_found()
        self.context(None, 0)
        elem = self.expr(stmt.key)
        assert isinstance(elem, ex.SetElem)
        if is_constant(elem.key):
            raise NftError("Meter key expression can not be constant", elem.key.location)
        if elem.comment is not None:
            raise NftError("Meter key expression can not contain comments", elem.key.location)
        found = self.cache.find_set(handle.family, handle.table.name, stmt.name)
        if found is None:
            flags = uapi.NFT_SET_EVAL | (uapi.NFT_SET_TIMEOUT if elem.timeout else 0)
            self.set_id += 1
            found = SetDecl(
                replace(handle, set=Spec(stmt.name, stmt.location), chain=Spec()),
                elem.key,
                flags=flags,
                size=stmt.size,
                id=self.set_id,
                location=stmt.location,
            )
            self.implicit_sets.append(found)
            self.cache.set_changed(found)
        self._stateful(stmt.stmt, "meter")
        op = uapi.NFT_DYNSET_OP_UPDATE if elem.timeout else uapi.NFT_DYNSET_OP_ADD
        return st.SetStmt(op, ex.SetRef(found, location=stmt.location), elem, (stmt.stmt,), location=stmt.location)
