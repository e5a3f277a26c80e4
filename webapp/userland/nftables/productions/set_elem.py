"""Sets of elements."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, Item, gather, last, once


class SetElemActions:
    """Elements, with what they carry."""

    def empty_set(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Set((), location=loc)

    def set_expr(self, args: Args, loc: Location) -> ex.Expr:
        return ex.Set(tuple(args[1]), location=loc)

    def set_member_set(self, args: Args, loc: Location) -> ex.Expr:
        return ex.SetElem(args[1], location=loc)

    def set_member_mapping(self, args: Args, loc: Location) -> ex.Expr:
        elem = args[1]
        return replace(elem, key=ex.Mapping(elem.key, args[3], location=elem.location))

    def set_elem(self, args: Args, loc: Location) -> ex.Expr:
        return self._elem(args[0], args[1] if len(args) > 1 else [], args[0].location)

    def _elem(self, key: ex.Expr, options: list[Any], loc: Location) -> ex.SetElem:
        stmts = tuple(option for option in options if isinstance(option, st.Stmt))
        found = gather([option for option in options if isinstance(option, tuple)])
        return ex.SetElem(
            key, last(found, "timeout"), last(found, "expires"), once(found, "comment"), stmts, location=loc
        )

    def catchall(self, args: Args, loc: Location) -> ex.Expr:
        return ex.SetElemCatchall(location=loc)

    def elem_timeout(self, args: Args, loc: Location) -> Item:
        return "timeout", args[1], loc

    def elem_expires(self, args: Args, loc: Location) -> Item:
        return "expires", args[1], loc
