"""Rules, with the anonymous sets and chains that they need (rule_evaluate, mnl_nft_rule_add)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import CREATE
from webapp.userland.nftables.batch.element import ElementCommands
from webapp.userland.nftables.cache import RuleRef
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.linearize import Linearizer
from webapp.userland.nftables.rule import CmdObj, CmdOp, Handle, RuleDecl

_RULE_FLAGS = {
    CmdOp.ADD: uapi.NLM_F_CREATE | uapi.NLM_F_APPEND,
    CmdOp.INSERT: uapi.NLM_F_CREATE,
    CmdOp.REPLACE: uapi.NLM_F_REPLACE,
}


class RuleCommands(ElementCommands):
    """Rules."""

    def add_rule(self, rule: RuleDecl, op: CmdOp) -> None:
        """A rule with the anonymous sets and chains that it needs."""
        if self.cmd.obj is not CmdObj.RULE:
            self.where = rule.location
        self.implicit_sets = []
        evaluated = self.rule(rule)
        handle = rule.handle
        for declared in self.implicit_sets:
            self.emit_set(declared, CREATE)
            if isinstance(declared.init, ex.Set) and declared.init.expressions:
                self.emit_elements(declared, declared.init, uapi.NewSetElem, first_segment=True)
        stmts = self._bound_chains(evaluated.stmts, handle)
        linear = Linearizer()
        expressions = linear.rule(stmts)
        comment = userdata.put_comment(rule.comment)
        self.rule_id += 1
        message = uapi.NewRule(
            handle.family,
            handle.table.name,
            handle.chain.name,
            expressions,
            comment,
            handle.handle.id or None,
            handle.position.id or None,
            self.rule_id,
            nlmsg_flags=_RULE_FLAGS[op],
        )
        message = self._placed_rule(message, handle, op)
        self.emit(message, handle, expressions=tuple(linear.locations), host_order=tuple(linear.host_order))

    def _placed_rule(self, message: uapi.NewRule, handle: Handle, op: CmdOp) -> uapi.NewRule:
        """Keeps the order of the chain's rules known, and turns an index into the rule that it means."""
        refs = self.ruleset.chain_rules(handle.family, handle.table.name, handle.chain.name)
        own: RuleRef = ("id", message.id)
        at = len(refs) if op is CmdOp.ADD else 0
        if handle.index:
            if handle.index.id >= len(refs):
                raise NftError("Could not process rule: No such file or directory", handle.index.location)
            kind, number = refs[handle.index.id]
            at = handle.index.id + (op is CmdOp.ADD)
            message = (
                structs.replace(message, position=number)
                if kind == "handle"
                else structs.replace(message, position_id=number)
            )
        elif handle.position and ("handle", handle.position.id) in refs:
            at = refs.index(("handle", handle.position.id)) + (op is CmdOp.ADD)
        if op is CmdOp.REPLACE:
            known = ("handle", handle.handle.id)
            if known in refs:
                refs[refs.index(known)] = own
        else:
            refs.insert(at, own)
        return message

    def _bound_chains(self, stmts: Sequence[st.Stmt], handle: Handle) -> tuple[st.Stmt, ...]:
        """jump { … }: makes the chain without name, and the verdict that goes to it."""
        made: list[st.Stmt] = []
        for stmt in stmts:
            if not isinstance(stmt, st.ChainStmt):
                made.append(stmt)
                continue
            self.chain_id += 1
            name = f"__chain{self.chain_id}"
            self.emit(
                uapi.NewChain(
                    handle.family, handle.table.name, name, flags=uapi.NFT_CHAIN_BINDING, chain_id=self.chain_id
                ),
                handle,
            )
            for rule in stmt.rules:
                linear = Linearizer()
                inner = self._bound_chains(rule, handle)
                message = uapi.NewRule(handle.family, handle.table.name, name, linear.rule(inner))
                self.emit(message, handle, expressions=tuple(linear.locations))
            made.append(st.VerdictStmt(ex.verdict(stmt.verdict, name, stmt.location), location=stmt.location))
        return tuple(made)
