"""References to stateful objects (stmt_evaluate_objref)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.arg import ArgEvaluator
from webapp.userland.nftables.evaluate.map import map_source
from webapp.userland.nftables.expression import Expr, is_constant
from webapp.userland.nftables.rule import SetDecl, Spec

NFT_OBJ_MAXNAMELEN = 256


class ObjrefEvaluator(ArgEvaluator):
    """Evaluates the object's name, or the map that it is taken from."""

    def objref(self, stmt: st.ObjrefStmt) -> st.Stmt:
        if isinstance(stmt.expr, ex.Map):
            return replace(stmt, expr=self._object_map(stmt, stmt.expr))
        name = self.arg(stmt, dt.STRING, NFT_OBJ_MAXNAMELEN * BITS_PER_BYTE, Byteorder.HOST, stmt.expr)
        if not is_constant(name):
            raise NftError("Counter expression must be constant", name.location)
        return replace(stmt, expr=name)

    def _object_map(self, stmt: st.ObjrefStmt, expr: ex.Map) -> Expr:
        self.context(None, 0)
        source = self.expr(expr.map)
        if is_constant(source):
            raise NftError("Map expression can not be constant", source.location)
        if isinstance(expr.mappings, ex.Set):
            ref = self._implicit_object_map(stmt, source, expr.mappings)
        else:
            ref = self.map_reference(expr.mappings, source)
            if not ref.set.flags & uapi.NFT_SET_OBJECT:
                raise NftError("Expression is not a map with objects", ref.location)
        return replace(expr, map=map_source(source, ref), mappings=ref, dtype=dt.STRING)

    def _implicit_object_map(self, stmt: st.ObjrefStmt, source: Expr, mappings: ex.Set) -> ex.SetRef:
        key: Expr = ex.value(0, self.ctx.dtype or dt.INVALID, self.ctx.byteorder, self.ctx.len, stmt.location)
        if isinstance(source, ex.Concat):
            key = source
        data = ex.value(0, dt.STRING, Byteorder.HOST, NFT_OBJ_MAXNAMELEN * BITS_PER_BYTE)
        flags = uapi.NFT_SET_OBJECT | uapi.NFT_SET_ANONYMOUS | mappings.set_flags
        outer = self.set
        self.set = SetDecl(replace(self.cmd.handle, set=Spec("__objmap%d")), key, data, flags, stmt.type)
        init = self.expr(mappings)
        self.set = outer
        assert isinstance(init, ex.Set)
        return self.implicit_set("__objmap%d", key, data, init, flags | init.set_flags, stmt.type)
