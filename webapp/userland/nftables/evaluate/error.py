"""Errors at an expression or a statement (expr_error and stmt_error of nftables src/evaluate.c)."""

from __future__ import annotations

from webapp.userland.nftables import statement as st
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.location import Location


def expr_error(expr: Expr, message: str, second: Expr | None = None) -> NftError:
    """At an expression; ``second`` is the other one that it does not fit."""
    return NftError(message, expr.location, second.location if second is not None else None)


def stmt_error(stmt: st.Stmt, message: str, second: Location | None = None) -> NftError:
    """At a statement."""
    return NftError(message, stmt.location, second)
