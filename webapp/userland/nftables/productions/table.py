"""Blocks of tables."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.chain import ChainActions
from webapp.userland.nftables.productions.flowtable import FlowtableActions
from webapp.userland.nftables.productions.obj import OBJECT_OF
from webapp.userland.nftables.productions.production import Args, Item, at, flags, gather, once
from webapp.userland.nftables.productions.scope import ScopeActions
from webapp.userland.nftables.productions.set import SetActions
from webapp.userland.nftables.rule import Cmd, CmdObj, CmdOp, Handle, Spec
from webapp.userland.nftables.scanner import Token


class TableActions(ChainActions, SetActions, FlowtableActions, ScopeActions):
    """A table, and what is declared in it."""

    def table_flags(self, args: Args, loc: Location) -> Item:
        flags = {"dormant": uapi.NFT_TABLE_F_DORMANT, "owner": uapi.NFT_TABLE_F_OWNER}
        if args[1].text not in flags:
            raise NftError(f"unknown table option {args[1].text}", at(args[1]))
        return "flags", flags[args[1].text], loc

    def _table(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.TableDecl:
        found = gather(items)
        commands = tuple(self._inside(value, handle) for value, _ in found.get("cmd", ()))
        return decl.TableDecl(handle, flags(found), once(found, "comment"), commands, loc)

    def _inside(self, cmd: Cmd, table: Handle) -> Cmd:
        """A declaration inside of a table's block, with the table's name."""
        handle = replace(cmd.handle, family=table.family, table=table.table)
        data = cmd.data
        assert isinstance(data, decl.ChainDecl | decl.SetDecl | decl.FlowtableDecl | decl.ObjDecl)
        data = replace(data, handle=handle)
        if isinstance(data, decl.ChainDecl):
            data = replace(data, rules=tuple(replace(rule, handle=handle) for rule in data.rules))
        return replace(cmd, handle=handle, data=data)

    def _inner(self, obj: CmdObj, data: Any, loc: Location) -> Item:
        return "cmd", Cmd(CmdOp.ADD, obj, data.handle, data, location=loc), loc

    def inner_chain(self, args: Args, loc: Location) -> Item:
        self._close_scope()
        name = args[1]
        return self._inner(CmdObj.CHAIN, self._chain(Handle(chain=Spec(name.text, at(name))), args[4], at(name)), loc)

    def inner_set(self, args: Args, loc: Location) -> Item:
        name = args[1]
        return self._inner(CmdObj.SET, self._set(Handle(set=Spec(name.text, at(name))), args[3], at(name)), loc)

    def inner_map(self, args: Args, loc: Location) -> Item:
        name = args[1]
        return self._inner(CmdObj.SET, self._map(Handle(set=Spec(name.text, at(name))), args[3], at(name)), loc)

    def inner_flowtable(self, args: Args, loc: Location) -> Item:
        name = args[1]
        handle = Handle(flowtable=Spec(name.text, at(name)))
        return self._inner(CmdObj.FLOWTABLE, self._flowtable(handle, args[3], at(name)), loc)

    def _inner_obj(self, obj: CmdObj, name: Token, items: list[Item | None], loc: Location) -> Item:
        found = gather(items)
        handle = Handle(obj=Spec(name.text, at(name)))
        data = decl.ObjDecl(handle, OBJECT_OF[obj](found), once(found, "comment"), at(name))
        return self._inner(obj, data, loc)

    def inner_counter(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.COUNTER, args[1], args[3], loc)

    def inner_quota(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.QUOTA, args[1], args[3], loc)

    def inner_limit(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.LIMIT, args[1], args[3], loc)

    def inner_secmark(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.SECMARK, args[1], args[3], loc)

    def inner_synproxy(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.SYNPROXY, args[1], args[3], loc)

    def inner_ct_helper(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_HELPER, args[2], args[4], loc)

    def inner_ct_timeout(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_TIMEOUT, args[2], args[4], loc)

    def inner_ct_expect(self, args: Args, loc: Location) -> Item:
        return self._inner_obj(CmdObj.CT_EXPECT, args[2], args[4], loc)
