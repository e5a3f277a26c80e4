"""Chains: hooks, priorities, devices, policies."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.hooks import HOOK_WORDS
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, Item, at, gather, last, number, once
from webapp.userland.nftables.productions.sequence import SequenceActions
from webapp.userland.nftables.productions.stmt import VERDICTS
from webapp.userland.nftables.rule import Handle, Spec
from webapp.userland.nftables.scanner import Token

CHAIN_TYPES = ("filter", "nat", "route")
IFNAMSIZ = 16


class ChainActions(SequenceActions):
    """Chains and the items of their blocks."""

    def _chain(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.ChainDecl:
        found = gather(items)
        hook = last(found, "hook")
        type_, hook_name, devices, priority, hook_loc = hook if hook is not None else (None, None, None, None, loc)
        for more, _ in found.get("devices", ()):
            devices = more if devices is None else replace(devices, expressions=devices.expressions + more.expressions)
        return decl.ChainDecl(
            handle,
            Spec(type_.text, at(type_)) if type_ is not None else decl.NO_NAME,
            Spec(hook_name.text, at(hook_name)) if hook_name is not None else decl.NO_NAME,
            priority,
            devices,
            last(found, "policy"),
            uapi.NFT_CHAIN_HW_OFFLOAD if "flags" in found else 0,
            once(found, "comment"),
            tuple(replace(rule, handle=handle) for rule, _ in found.get("rule", ())),
            hook_loc,
        )

    def chain_policy(self, args: Args, loc: Location) -> list[Any]:
        if any(item is not None and item[0] == "policy" for item in args[0]):
            raise NftError("you cannot set chain policy twice", args[1][2])
        return self.item(args, loc)

    def hook_spec(self, args: Args, loc: Location) -> Item:
        if args[1].text not in CHAIN_TYPES:
            raise NftError("unknown chain type", at(args[1]))
        hook = args[3]
        if hook.text not in HOOK_WORDS:
            raise NftError("unknown chain hook", at(hook))
        return "hook", (args[1], hook, args[4], args[5], loc), loc

    def policy_spec(self, args: Args, loc: Location) -> Item:
        return "policy", replace(args[1], location=loc), loc

    def policy(self, args: Args, loc: Location) -> ex.Expr:
        return ex.value(VERDICTS[args[0].text], datatype.INTEGER, Byteorder.HOST, 32, loc)

    def chain_flags(self, args: Args, loc: Location) -> Item:
        return "flags", True, loc

    def devices_spec(self, args: Args, loc: Location) -> Item:
        return "devices", self._devices(args[2], loc), loc

    def block_rule(self, args: Args, loc: Location) -> Item:
        return "rule", args[0], loc

    def device(self, args: Args, loc: Location) -> ex.Expr:
        return ex.List((self._ifname(args[1]),), location=loc)

    def device_variable(self, args: Args, loc: Location) -> ex.Expr:
        return self._devices(args[1], loc)

    def _devices(self, expr: ex.Expr, loc: Location) -> ex.List:
        """Device names as a list of strings, from a list, a set or a single word."""
        if isinstance(expr, ex.List | ex.Set):
            members = [elem.key if isinstance(elem, ex.SetElem) else elem for elem in expr.expressions]
        else:
            members = [expr]
        names: list[ex.Expr] = []
        for member in members:
            if isinstance(member, ex.Symbol):
                place = member.location
                names.append(self._ifname(Token("STRING", member.identifier, place.start, place.end)))
            elif isinstance(member, ex.List | ex.Set):
                names += self._devices(member, loc).expressions
            else:
                names.append(member)
        return ex.List(tuple(names), location=loc)

    def _ifname(self, token: Token) -> ex.Expr:
        name = token.text
        if not name:
            raise NftError("empty interface name", at(token))
        if len(name) >= IFNAMSIZ:
            raise NftError("interface name too long", at(token))
        wanted = name.removesuffix("\\*") + "*" if name.endswith("\\*") else name
        return ex.value(
            datatype.string_value(wanted),
            datatype.IFNAME,
            Byteorder.HOST,
            len(wanted) * datatype.BITS_PER_BYTE,
            at(token),
        )

    def device_list(self, args: Args, loc: Location) -> ex.Expr:
        return self._devices(ex.List(tuple(args[1])), loc)

    def device_name(self, args: Args, loc: Location) -> ex.Expr:
        return self._ifname(args[0])

    def device_name_newline(self, args: Args, loc: Location) -> ex.Expr:
        return self._ifname(args[1])

    def prio_spec(self, args: Args, loc: Location) -> decl.Priority:
        return replace(args[1], location=loc)

    def prio_number(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority("", args[0], loc)

    def prio_variable(self, args: Args, loc: Location) -> decl.Priority:
        expr = args[0]
        if isinstance(expr, ex.Symbol):
            number = datatype.number(expr.identifier)
            return decl.Priority(expr.identifier, 0, loc) if number is None else decl.Priority("", number, loc)
        if isinstance(expr, ex.Value):
            return decl.Priority("", expr.value, loc)
        raise NftError("invalid priority expression", expr.location)

    def prio_name(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, 0, loc)

    def prio_plus(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, number(args[2]), loc)

    def prio_minus(self, args: Args, loc: Location) -> decl.Priority:
        return decl.Priority(args[0].text, -number(args[2]), loc)
