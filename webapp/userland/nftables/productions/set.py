"""Sets and maps."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NF_ACCEPT
from webapp.userland.nftables import datatype
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.obj import OBJECTS
from webapp.userland.nftables.productions.production import Args, Item, flags, gather, last, number, once
from webapp.userland.nftables.rule import Handle

_SET_FLAGS = {
    "constant": uapi.NFT_SET_CONSTANT,
    "interval": uapi.NFT_SET_INTERVAL,
    "timeout": uapi.NFT_SET_TIMEOUT,
    "dynamic": uapi.NFT_SET_EVAL,
}


class SetActions:
    """Sets, maps and the items of their blocks."""

    def _set(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.SetDecl:
        found = gather(items)
        key = once(found, "key")
        stmts: tuple[st.Stmt, ...] = ()
        for value, _ in found.get("stmts", ()):
            stmts += tuple(value)
        return decl.SetDecl(
            handle,
            key[0] if key is not None else None,
            flags=flags(found),
            timeout=last(found, "timeout", 0),
            gc_interval=last(found, "gc-interval", 0),
            size=last(found, "size", 0),
            policy=last(found, "policy"),
            automerge="auto-merge" in found,
            typeof=key is not None and key[1],
            comment=once(found, "comment"),
            init=once(found, "elements"),
            stmts=stmts,
            location=loc,
        )

    def _map(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.SetDecl:
        made = self._set(handle, items, loc)
        data = last(gather(items), "data")
        if data is None:
            return made
        if isinstance(data, int):
            return replace(made, objtype=data, flags=made.flags | uapi.NFT_SET_OBJECT)
        return replace(made, data=data, flags=made.flags | uapi.NFT_SET_MAP)

    def set_type(self, args: Args, loc: Location) -> Item:
        return "key", (_concatenation(args[1], loc), False), loc

    def set_typeof(self, args: Args, loc: Location) -> Item:
        return "key", (_concatenation(args[1], loc), True), loc

    def map_type(self, args: Args, loc: Location) -> list[Item]:
        return [("key", (_concatenation(args[1], loc), False), loc), ("data", args[3], loc)]

    def map_typeof(self, args: Args, loc: Location) -> list[Item]:
        return [("key", (_concatenation(args[1], loc), True), loc), ("data", args[3], loc)]

    def data_type_atom(self, args: Args, loc: Location) -> ex.Expr:
        dtype = datatype.DATATYPES_BY_NAME.get(args[0].text)
        if dtype is None:
            raise NftError(f"unknown datatype {args[0].text}", loc)
        return ex.value(0, dtype, dtype.byteorder, dtype.size, loc)

    def data_type(self, args: Args, loc: Location) -> ex.Expr:
        return _concatenation(args[0], loc)

    def data_type_interval(self, args: Args, loc: Location) -> ex.Expr:
        kind = _concatenation(args[1], loc)
        return ex.value_range(kind, kind, loc)

    def data_object(self, args: Args, loc: Location) -> int:
        return OBJECTS[args[0].text]

    def data_typeof(self, args: Args, loc: Location) -> ex.Expr | int:
        data = _concatenation(args[0], loc)
        if isinstance(data, ex.Ct) and data.key == uapi.NFT_CT_HELPER:
            return uapi.NFT_OBJECT_CT_HELPER
        return data

    def data_typeof_interval(self, args: Args, loc: Location) -> ex.Expr:
        kind = _concatenation(args[1], loc)
        return ex.value_range(kind, kind, loc)

    def data_typeof_word(self, args: Args, loc: Location) -> ex.Expr:
        if args[0].text == "queue":
            return ex.value(0, datatype.QUEUE, Byteorder.HOST, 16, loc)
        if args[0].text != "verdict":
            raise NftError(f"map data type '{args[0].text}' lacks typeof serialization", loc)
        return ex.Verdict(NF_ACCEPT, dtype=datatype.VERDICT, location=loc)

    def set_flags(self, args: Args, loc: Location) -> Item:
        flags = 0
        for token in args[1]:
            flags |= _SET_FLAGS[token.text]
        return "flags", flags, loc

    def set_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def set_gc_interval(self, args: Args, loc: Location) -> Item:
        return "gc-interval", args[1], loc

    def set_policy(self, args: Args, loc: Location) -> Item:
        return "policy", int(args[1].text == "memory"), loc

    def set_size(self, args: Args, loc: Location) -> Item:
        return "size", number(args[1]), loc

    def set_stmts(self, args: Args, loc: Location) -> Item:
        return "stmts", args[0], loc

    def set_elements(self, args: Args, loc: Location) -> Item:
        return "elements", args[2], loc

    def set_automerge(self, args: Args, loc: Location) -> Item:
        return "auto-merge", True, loc


def _concatenation(fields: list[ex.Expr], loc: Location) -> ex.Expr:
    return fields[0] if len(fields) == 1 else ex.concat(tuple(fields), loc)
