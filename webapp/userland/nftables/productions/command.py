"""Commands."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.obj import OBJECT_OF
from webapp.userland.nftables.productions.production import Args, Item, at, gather, once
from webapp.userland.nftables.productions.table import TableActions
from webapp.userland.nftables.rule import NO_NAME, Cmd, CmdObj, CmdOp, Handle, MonitorDecl, Spec

_CT_OBJ = {"helper": CmdObj.CT_HELPER, "timeout": CmdObj.CT_TIMEOUT, "expectation": CmdObj.CT_EXPECT}
_CT_OBJS = {"helpers": CmdObj.CT_HELPERS, "timeout": CmdObj.CT_TIMEOUTS, "expectation": CmdObj.CT_EXPECTS}


class CommandActions(TableActions):
    """Each makes a ``Cmd``."""

    def create_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.CREATE, location=loc)

    def destroy_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.DESTROY, location=loc)

    def delete_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], location=loc)

    def list_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], location=loc)

    def reset_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.RESET, location=loc)

    def flush_cmd(self, args: Args, loc: Location) -> Cmd:
        return replace(args[1], op=CmdOp.FLUSH, location=loc)

    def monitor(self, args: Args, loc: Location) -> Cmd:
        event, obj, _ = args[1:]
        return Cmd(CmdOp.MONITOR, CmdObj.MONITOR, Handle(), MonitorDecl(event, obj, loc), location=loc)

    def monitor_all_events(self, args: Args, loc: Location) -> Spec:
        return NO_NAME

    def monitor_event(self, args: Args, loc: Location) -> Spec:
        return Spec(args[0].text, loc)

    def monitor_all(self, args: Args, loc: Location) -> str:
        return ""

    def monitor_object(self, args: Args, loc: Location) -> str:
        return str(args[0].text)

    def describe(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.DESCRIBE, CmdObj.EXPR, Handle(), args[1], location=loc)

    def rename_chain(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.RENAME, CmdObj.CHAIN, args[2], new_name=args[3].text, location=loc)

    def add_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.ADD, args[1], args[2], loc)

    def add_rule_implicit(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.ADD, args[0], args[1], loc)

    def insert_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.INSERT, args[2], args[3], loc)

    def replace_rule(self, args: Args, loc: Location) -> Cmd:
        return self._rule_cmd(CmdOp.REPLACE, args[2], args[3], loc)

    def _rule_cmd(self, op: CmdOp, handle: Handle, rule: decl.RuleDecl, loc: Location) -> Cmd:
        return Cmd(op, CmdObj.RULE, handle, replace(rule, handle=handle), location=loc)

    def table_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.TABLE, args[1], decl.TableDecl(args[1], location=loc), location=loc)

    def table_block_cmd(self, args: Args, loc: Location) -> Cmd:
        self._close_scope()
        return Cmd(CmdOp.ADD, CmdObj.TABLE, args[1], self._table(args[1], args[4], loc), location=loc)

    def chain_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.CHAIN, args[1], decl.ChainDecl(args[1], location=loc), location=loc)

    def chain_block_cmd(self, args: Args, loc: Location) -> Cmd:
        self._close_scope()
        return Cmd(CmdOp.ADD, CmdObj.CHAIN, args[1], self._chain(args[1], args[4], loc), location=loc)

    def set_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.SET, args[1], self._set(args[1], args[3], self._block()), location=loc)

    def map_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.SET, args[1], self._map(args[1], args[3], self._block()), location=loc)

    def element_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.ELEMENTS, args[1], args[2], location=loc)

    def get_element(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.GET, CmdObj.ELEMENTS, args[2], args[3], location=loc)

    def flowtable_cmd(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.ADD, CmdObj.FLOWTABLE, args[1], self._flowtable(args[1], args[3], loc), location=loc)

    def _obj_cmd(self, obj: CmdObj, handle: Handle, data: uapi.ObjData, loc: Location, comment: Any = None) -> Cmd:
        return Cmd(CmdOp.ADD, obj, handle, decl.ObjDecl(handle, data, comment, loc), location=loc)

    def counter_cmd_bare(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.COUNTER, args[1], uapi.Counter(), loc)

    def counter_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.COUNTER, args[1], args[2][1], loc)

    def counter_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.COUNTER, args[1], args[3], loc)

    def quota_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.QUOTA, args[1], args[2][1], loc)

    def quota_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.QUOTA, args[1], args[3], loc)

    def limit_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.LIMIT, args[1], args[2][1], loc)

    def limit_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.LIMIT, args[1], args[3], loc)

    def secmark_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.SECMARK, args[1], uapi.Secmark(args[2].text), loc)

    def secmark_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.SECMARK, args[1], args[3], loc)

    def synproxy_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._obj_cmd(CmdObj.SYNPROXY, args[1], args[2][1], loc)

    def synproxy_block_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.SYNPROXY, args[1], args[3], loc)

    def ct_helper_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_HELPER, args[2], args[4], loc)

    def ct_timeout_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_TIMEOUT, args[2], args[4], loc)

    def ct_expect_cmd(self, args: Args, loc: Location) -> Cmd:
        return self._block_cmd(CmdObj.CT_EXPECT, args[2], args[4], loc)

    def _block_cmd(self, obj: CmdObj, handle: Handle, items: list[Item | None], loc: Location) -> Cmd:
        found = gather(items)
        return self._obj_cmd(obj, handle, OBJECT_OF[obj](found), loc, once(found, "comment"))

    def _delete(self, obj: CmdObj, handle: Handle, loc: Location, data: decl.Declaration = None) -> Cmd:
        return Cmd(CmdOp.DELETE, obj, handle, data, location=loc)

    def delete_table(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.TABLE, args[1], loc)

    def delete_chain(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.CHAIN, args[1], loc)

    def delete_rule(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.RULE, args[1], loc)

    def delete_set(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.SET, args[1], loc)

    def delete_element(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.ELEMENTS, args[1], loc, args[2])

    def delete_flowtable(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.FLOWTABLE, args[1], loc)

    def delete_flowtable_devices(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj.FLOWTABLE, args[1], loc, self._flowtable(args[1], args[3], loc))

    def delete_obj(self, args: Args, loc: Location) -> Cmd:
        return self._delete(CmdObj(args[0].text), args[1], loc)

    def delete_ct_obj(self, args: Args, loc: Location) -> Cmd:
        return self._delete(_CT_OBJ[args[1].text], args[2], loc)

    def _list(self, obj: CmdObj, handle: Handle, loc: Location) -> Cmd:
        return Cmd(CmdOp.LIST, obj, handle, location=loc)

    def list_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.TABLE, args[1], loc)

    def list_chain(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.CHAIN, args[1], loc)

    def list_set(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_flowtable(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.FLOWTABLE, args[1], loc)

    def list_all(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_obj(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)

    def list_ct_obj(self, args: Args, loc: Location) -> Cmd:
        return self._list(_CT_OBJ[args[1].text], args[2], loc)

    def list_ct_objs(self, args: Args, loc: Location) -> Cmd:
        return self._list(_CT_OBJS[args[1].text], args[3], loc)

    def list_hooks(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.HOOKS, replace(args[1], obj=Spec(args[3].text, at(args[3]))), loc)

    def reset_rules_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.RULES, args[2], loc)

    def reset_rule(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.RULE, args[1], loc)

    def reset_element(self, args: Args, loc: Location) -> Cmd:
        return Cmd(CmdOp.RESET, CmdObj.ELEMENTS, args[1], args[2], location=loc)

    def flush_table(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.TABLE, args[1], loc)

    def flush_chain(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj.CHAIN, args[1], loc)

    def flush_set(self, args: Args, loc: Location) -> Cmd:
        return self._list(CmdObj(args[0].text), args[1], loc)
