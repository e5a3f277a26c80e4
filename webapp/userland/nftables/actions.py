"""What the parser makes of each production of grammar.lark: commands, declarations, statements, expressions."""

from __future__ import annotations

from webapp.userland.nftables.productions.command import CommandActions
from webapp.userland.nftables.productions.expr import ExprActions
from webapp.userland.nftables.productions.nat import NatActions
from webapp.userland.nftables.productions.obj import ObjActions
from webapp.userland.nftables.productions.payload import PayloadActions
from webapp.userland.nftables.productions.set_stmt import SetStmtActions
from webapp.userland.nftables.productions.spec import SpecActions
from webapp.userland.nftables.productions.stmt import StmtActions


class Actions(
    CommandActions, SpecActions, ObjActions, StmtActions, NatActions, SetStmtActions, ExprActions, PayloadActions
):
    """The actions by the names that grammar.lark gives them."""
