"""Statements that change sets: add, update and delete, and meters."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, number
from webapp.userland.nftables.productions.set_elem import SetElemActions
from webapp.userland.nftables.scanner import Token


class SetStmtActions(SetElemActions):
    """Each makes a statement or an element for one."""

    def _dynset(self, token: Token) -> int:
        return {
            "add": uapi.NFT_DYNSET_OP_ADD,
            "update": uapi.NFT_DYNSET_OP_UPDATE,
            "delete": uapi.NFT_DYNSET_OP_DELETE,
        }[token.text]

    def set_stmt_old(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[1]), args[3], args[2], location=loc)

    def set_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[0]), args[1], args[3], location=loc)

    def set_stmt_state(self, args: Args, loc: Location) -> st.Stmt:
        return st.SetStmt(self._dynset(args[0]), args[1], args[3], tuple(args[4]), location=loc)

    def map_stmt(self, args: Args, loc: Location) -> st.Stmt:
        return st.MapStmt(self._dynset(args[0]), args[1], args[3], args[5], location=loc)

    def map_stmt_state(self, args: Args, loc: Location) -> st.Stmt:
        return st.MapStmt(self._dynset(args[0]), args[1], args[3], args[6], tuple(args[4]), location=loc)

    def dyn_elem(self, args: Args, loc: Location) -> ex.Expr:
        return self._elem(args[0], args[1] if len(args) > 1 else [], loc)

    def meter(self, args: Args, loc: Location) -> st.Stmt:
        return st.MeterStmt(args[1].text, args[3], args[4], location=loc)

    def meter_size(self, args: Args, loc: Location) -> st.Stmt:
        return st.MeterStmt(args[1].text, args[5], args[6], number(args[3]), location=loc)
