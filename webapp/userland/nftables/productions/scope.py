"""The whole input, and the variables that ``define`` binds in it and in its blocks."""

from __future__ import annotations

from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.misspell import misspelt
from webapp.userland.nftables.productions.production import Args, at
from webapp.userland.nftables.productions.sequence import SequenceActions
from webapp.userland.nftables.rule import Cmd


class ScopeActions(SequenceActions):
    """The scopes, innermost last."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self.scopes: list[dict[str, ex.Expr]] = [{}]
        self._spans = spans
        """The places of what the parser has read but not yet put together."""

    def _block(self) -> Location:
        """Where the items of the block that ends the rule stand."""
        return Location(*self._spans[-2])

    def start(self, args: Args, loc: Location) -> list[Cmd]:
        return args[0]

    def start_cmd(self, args: Args, loc: Location) -> list[Cmd]:
        return self.item(args, loc)

    def include(self, args: Args, loc: Location) -> None:
        raise NftError(f"File not found: {args[1].text}", loc)

    def define(self, args: Args, loc: Location) -> None:
        name = args[1]
        if any(name.text in scope for scope in self.scopes):
            raise NftError(f"redefinition of symbol '{name.text}'", at(name))
        self.scopes[-1][name.text] = args[3]

    def redefine(self, args: Args, loc: Location) -> None:
        self.scopes[-1][args[1].text] = args[3]

    def undefine(self, args: Args, loc: Location) -> None:
        name = args[1]
        for scope in reversed(self.scopes):
            if name.text in scope:
                del scope[name.text]
                return
        raise NftError(f"undefined symbol '{name.text}'", at(name))

    def open_scope(self, args: Args, loc: Location) -> None:
        self.scopes.append({})

    def _close_scope(self) -> None:
        if len(self.scopes) > 1:
            self.scopes.pop()

    def variable(self, args: Args, loc: Location) -> ex.Expr:
        name = args[1]
        for scope in reversed(self.scopes):
            if name.text in scope:
                return scope[name.text]
        known = [word for scope in reversed(self.scopes) for word in scope]
        near = misspelt(name.text, known)
        hint = f"; did you mean identifier '{near}'?" if near is not None else ""
        raise NftError(f"unknown identifier '{name.text}'{hint}", at(name))
