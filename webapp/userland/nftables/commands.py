"""Commands to batch messages (nftables src/evaluate.c, cmd_evaluate; mnl.c; cmd.c, nft_cmd_expand).

``Compiler.command`` evaluates one command and appends what the kernel is to do, each message with the places that its
fields were typed at, so that the kernel's refusals can be shown where they belong.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs
from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import CREATE, Placed, SeveralError, places
from webapp.userland.nftables.batch.chain import device_names
from webapp.userland.nftables.batch.flowtable import FlowtableCommands
from webapp.userland.nftables.batch.obj import ObjCommands
from webapp.userland.nftables.batch.rule import RuleCommands
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.obj_type import OBJECT_TYPES
from webapp.userland.nftables.rule import (
    FAMILY_NAMES,
    ChainDecl,
    Cmd,
    CmdObj,
    CmdOp,
    Declaration,
    FlowtableDecl,
    ObjDecl,
    RuleDecl,
    SetDecl,
    TableDecl,
)

_EXCL = uapi.NLM_F_CREATE | uapi.NLM_F_EXCL


class Compiler(RuleCommands, FlowtableCommands, ObjCommands):
    """Evaluates commands one after the other into one batch."""

    def command(self, cmd: Cmd) -> None:
        """One command that changes the ruleset. Raises NftError; the batch is then of no use."""
        self.cmd = cmd
        self.where = cmd.location
        handler = _COMMANDS.get(cmd.op)
        if handler is None:
            raise NftError(f"{cmd.op.value} is not supported here", cmd.location)
        handler(self, cmd)

    def finished(self) -> list[Placed]:
        """The batch, its sets with all that later commands found out about them."""
        return [self._completed(placed) for placed in self.batch]

    def _completed(self, placed: Placed) -> Placed:
        message = placed.message
        if not isinstance(message, uapi.NewSet):
            return placed
        known = self.ruleset.find_set(message.family, message.table, message.name)
        if known is None or known.anonymous:
            return placed
        return replace(
            placed, message=structs.replace(message, flags=message.flags | (known.flags & uapi.NFT_SET_EVAL))
        )

    def add(self, cmd: Cmd) -> None:
        flags = _EXCL if cmd.op is CmdOp.CREATE else CREATE
        data = cmd.data
        if isinstance(data, TableDecl):
            self.add_table(data, flags)
        elif isinstance(data, RuleDecl):
            self.add_rule(data, cmd.op)
        elif isinstance(data, ex.Expr):
            self.add_elements(cmd, data, flags)
        else:
            self._add_declaration(data, flags)
            if isinstance(data, ChainDecl):
                for rule in data.rules:
                    self.add_rule(rule, CmdOp.ADD)
            elif isinstance(data, SetDecl):
                self.add_set_elements(data)

    def add_table(self, data: TableDecl, flags: int) -> None:
        """A table; then its chains, objects, sets and flowtables, at last elements and rules."""
        handle = data.handle
        self.ruleset.tables.add((handle.family, handle.table.name))
        comment = userdata.put_comment(data.comment)
        self.emit(uapi.NewTable(handle.family, handle.table.name, data.flags, comment, flags), handle)
        errors: list[NftError] = []
        ordered = [cmd for kind in _BLOCK_ORDER for cmd in data.commands if isinstance(cmd.data, kind)]
        outer = self.cmd
        for cmd in ordered:
            self.cmd = cmd
            self.where = places(cmd.handle)["name"]
            self._collect(errors, self._add_declaration, cmd.data, CREATE)
        for cmd in ordered:
            self.cmd = cmd
            if isinstance(cmd.data, SetDecl):
                self._collect(errors, self.add_set_elements, cmd.data)
        for cmd in ordered:
            self.cmd = cmd
            if isinstance(cmd.data, ChainDecl):
                for rule in cmd.data.rules:
                    self._collect(errors, self.add_rule, rule, CmdOp.ADD)
        self.cmd = outer
        if errors:
            raise SeveralError(errors)

    def _collect(self, errors: list[NftError], function: Callable[..., None], *arguments: object) -> None:
        try:
            function(*arguments)
        except NftError as error:
            errors.append(error)

    def _add_declaration(self, data: Declaration, flags: int) -> None:
        if isinstance(data, ChainDecl):
            self.add_chain(data, flags)
        elif isinstance(data, SetDecl):
            self.add_set(data, flags)
        elif isinstance(data, FlowtableDecl):
            self.add_flowtable(data, flags)
        elif isinstance(data, ObjDecl):
            self.add_object(data, flags)

    def delete(self, cmd: Cmd) -> None:
        destroy = cmd.op is CmdOp.DESTROY
        handle = cmd.handle
        family, table, number = handle.family, handle.table.name, handle.handle.id or None
        if cmd.obj is CmdObj.TABLE:
            self.ruleset.forget_table(family, table or None)
            self.emit(uapi.DelTable(family, table or None, number, destroy), handle)
        elif cmd.obj is CmdObj.CHAIN:
            self._delete_chain(cmd, number, destroy=destroy)
        elif cmd.obj is CmdObj.RULE:
            self.emit(uapi.DelRule(family, table, handle.chain.name, number, destroy=destroy), handle)
            refs = self.ruleset.chain_rules(family, table, handle.chain.name)
            if number is not None and ("handle", number) in refs:
                refs.remove(("handle", number))
        elif cmd.obj is CmdObj.SET:
            self.ruleset.sets.pop((family, table, handle.set.name), None)
            self.emit(uapi.DelSet(family, table, handle.set.name or None, number, destroy), handle)
        elif cmd.obj is CmdObj.ELEMENTS:
            assert isinstance(cmd.data, ex.Expr)
            self.delete_elements(cmd, cmd.data, destroy=destroy)
        elif cmd.obj is CmdObj.FLOWTABLE:
            hook = None
            if isinstance(cmd.data, FlowtableDecl):
                hook = uapi.Hook(0, 0, device_names(cmd.data.devices))
            self.emit(uapi.DelFlowtable(family, table, handle.flowtable.name or None, number, hook, destroy), handle)
        else:
            kind = OBJECT_TYPES[cmd.obj]
            self.emit(uapi.DelObj(family, table, kind, handle.obj.name or None, number, destroy), handle)

    def _delete_chain(self, cmd: Cmd, number: int | None, *, destroy: bool) -> None:
        handle = cmd.handle
        hook = None
        if isinstance(cmd.data, ChainDecl):
            hook = self.hook(cmd.data)
        else:
            self.ruleset.chains.discard((handle.family, handle.table.name, handle.chain.name))
        message = uapi.DelChain(handle.family, handle.table.name, handle.chain.name or None, number, hook, destroy)
        self.emit(message, handle)

    def flush(self, cmd: Cmd) -> None:
        handle = cmd.handle
        family, table = handle.family, handle.table.name
        if cmd.obj is CmdObj.RULESET:
            self.ruleset.forget_table(family, None)
            self.emit(uapi.DelTable(family), handle)
        elif cmd.obj is CmdObj.TABLE:
            self.ruleset.rules = {key: refs for key, refs in self.ruleset.rules.items() if key[:2] != (family, table)}
            self.emit(uapi.DelRule(family, table), handle)
        elif cmd.obj is CmdObj.CHAIN:
            self.ruleset.rules[family, table, handle.chain.name] = []
            self.emit(uapi.DelRule(family, table, handle.chain.name), handle)
        else:
            known = self.known_set(cmd)
            if known.is_map != (cmd.obj is CmdObj.MAP):
                raise self.set_not_found(handle.set.name, handle.set.location)
            self.ruleset.set_changed(replace(known, init=ex.Set(())))
            self.emit(uapi.DelSetElem(family, table, handle.set.name), handle)

    def rename(self, cmd: Cmd) -> None:
        handle = cmd.handle
        self.require_table()
        key = (handle.family, handle.table.name, handle.chain.name)
        if key not in self.ruleset.chains:
            near = self.ruleset.near_chain(handle.chain.name)
            hint = ""
            if near is not None:
                hint = f"; did you mean chain ‘{near[2]}’ in table {FAMILY_NAMES[near[0]]} ‘{near[1]}’?"
            raise NftError(f"No such file or directory{hint}", handle.chain.location)
        number = self.ruleset.chain_handle(*key)
        self.ruleset.chains.discard(key)
        self.ruleset.chains.add((*key[:2], cmd.new_name))
        self.emit(uapi.NewChain(handle.family, handle.table.name, cmd.new_name, handle=number), handle)


_BLOCK_ORDER = (ChainDecl, ObjDecl, SetDecl, FlowtableDecl)
"""What a table's block declares, in the order in which it is sent."""

_COMMANDS: dict[CmdOp, Callable[[Compiler, Cmd], None]] = {
    CmdOp.ADD: Compiler.add,
    CmdOp.CREATE: Compiler.add,
    CmdOp.INSERT: Compiler.add,
    CmdOp.REPLACE: Compiler.add,
    CmdOp.DELETE: Compiler.delete,
    CmdOp.DESTROY: Compiler.delete,
    CmdOp.FLUSH: Compiler.flush,
    CmdOp.RENAME: Compiler.rename,
}
