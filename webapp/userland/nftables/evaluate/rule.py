"""Evaluation of rules (rule_evaluate, stmt_evaluate)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_BRIDGE
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.evaluate.context import Context
from webapp.userland.nftables.evaluate.error import stmt_error
from webapp.userland.nftables.evaluate.nat import NatEvaluator
from webapp.userland.nftables.evaluate.objref import ObjrefEvaluator
from webapp.userland.nftables.evaluate.payload_stmt import PayloadStmtEvaluator
from webapp.userland.nftables.evaluate.reject import RejectEvaluator
from webapp.userland.nftables.evaluate.set_stmt import SetStmtEvaluator
from webapp.userland.nftables.evaluate.stmt import StmtEvaluator
from webapp.userland.nftables.evaluate.stmt_reduce import reduce_statements
from webapp.userland.nftables.proto_ctx import ProtoCtx
from webapp.userland.nftables.rule import RuleDecl


class RuleEvaluator(
    StmtEvaluator, PayloadStmtEvaluator, RejectEvaluator, NatEvaluator, SetStmtEvaluator, ObjrefEvaluator
):
    """Evaluates rules."""

    chain_id = 0

    def rule(self, rule: RuleDecl) -> RuleDecl:
        """The rule with all that its statements depend on. Raises NftError."""
        return replace(rule, stmts=self.statements(rule.stmts, rule.handle.family))

    def statements(self, stmts: Sequence[st.Stmt], family: int) -> tuple[st.Stmt, ...]:
        """Statements in the context of a new rule of a family."""
        self.pctx = ProtoCtx(family)
        self.inner_pctx = ProtoCtx(NFPROTO_BRIDGE)
        self.inner_desc = None
        self.done = []
        self.ctx = Context()
        terminal: st.Stmt | None = None
        for stmt in stmts:
            if terminal is not None:
                raise stmt_error(stmt, "Statement after terminal statement has no effect", terminal.location)
            self.stmt = stmt
            self.stmt_len = 0
            made = self.statement(stmt)
            self.done.append(made)
            if is_terminal(made):
                terminal = stmt
            self.inner_desc = None
        self.stmt = None
        return reduce_statements(self.done, family)

    def statement(self, stmt: st.Stmt) -> st.Stmt:
        """One statement; what it depends on goes to ``done`` before it."""
        evaluate = _STATEMENTS.get(type(stmt))
        return stmt if evaluate is None else evaluate(self, stmt)

    def chain_stmt(self, stmt: st.ChainStmt) -> st.Stmt:
        kept = (self.pctx, self.inner_pctx, self.inner_desc, self.done, self.stmt, self.stmt_len)
        rules = tuple(self.statements(rule, self.cmd.handle.family) for rule in stmt.rules)
        self.pctx, self.inner_pctx, self.inner_desc, self.done, self.stmt, self.stmt_len = kept
        return replace(stmt, rules=rules)


def is_terminal(stmt: st.Stmt) -> bool:
    """Whether no statement may follow (STMT_F_TERMINAL)."""
    if isinstance(stmt, st.VerdictStmt):
        return isinstance(stmt.expr, ex.Verdict) and stmt.expr.verdict != uapi.NFT_CONTINUE
    return isinstance(stmt, st.RejectStmt | st.NatStmt | st.FwdStmt | st.QueueStmt | st.ChainStmt)


_STATEMENTS: dict[type[st.Stmt], Callable[[RuleEvaluator, Any], st.Stmt]] = {
    st.ExprStmt: RuleEvaluator.match,
    st.VerdictStmt: RuleEvaluator.verdict_stmt,
    st.ChainStmt: RuleEvaluator.chain_stmt,
    st.PayloadStmt: RuleEvaluator.payload_stmt,
    st.ExthdrStmt: RuleEvaluator.exthdr_stmt,
    st.OptstripStmt: RuleEvaluator.optstrip,
    st.MetaStmt: RuleEvaluator.meta_stmt,
    st.CtStmt: RuleEvaluator.ct_stmt,
    st.LogStmt: RuleEvaluator.log,
    st.RejectStmt: RuleEvaluator.reject,
    st.NatStmt: RuleEvaluator.nat,
    st.TproxyStmt: RuleEvaluator.tproxy,
    st.QueueStmt: RuleEvaluator.queue,
    st.DupStmt: RuleEvaluator.dup,
    st.FwdStmt: RuleEvaluator.fwd,
    st.SetStmt: RuleEvaluator.set_stmt,
    st.MapStmt: RuleEvaluator.map_stmt,
    st.MeterStmt: RuleEvaluator.meter,
    st.ObjrefStmt: RuleEvaluator.objref,
}
