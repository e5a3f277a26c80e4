"""Elements of sets (setelem_evaluate, mnl_nft_setelem_add, mnl_nft_setelem_del)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.batch.batch import CREATE
from webapp.userland.nftables.batch.set import SetCommands
from webapp.userland.nftables.elements import placed_elements
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import expr_name
from webapp.userland.nftables.intervals import IntervalError, bounds, key_of, merged, sorted_ranges
from webapp.userland.nftables.rule import Cmd, SetDecl


class ElementCommands(SetCommands):
    """Elements, and what is known of those in the kernel."""

    def add_set_elements(self, data: SetDecl) -> None:
        """The elements of a declaration."""
        if data.init is None:
            return
        handle = data.handle
        known = self.ruleset.find_set(handle.family, handle.table.name, handle.set.name)
        if known is None:
            return
        self._add_to(known, data.init, CREATE)

    def add_elements(self, cmd: Cmd, init: ex.Expr, flags: int) -> None:
        """add element."""
        self._add_to(self.known_set(cmd), init, flags)

    def known_set(self, cmd: Cmd) -> SetDecl:
        self.require_table()
        handle = cmd.handle
        known = self.ruleset.find_set(handle.family, handle.table.name, handle.set.name)
        if known is None:
            raise self.set_not_found(handle.set.name, handle.set.location)
        return known

    def evaluated_elements(self, known: SetDecl, init: ex.Expr) -> ex.Set:
        """Elements for a known set (setelem_evaluate)."""
        key = known.key
        assert key is not None
        self.set = known
        self.stmt = None
        self.stmt_len = 0
        self.context(key.dtype, key.len, key.byteorder)
        try:
            made = self.expr(init)
        finally:
            self.set = None
        if not isinstance(made, ex.Set):
            raise NftError(
                f"Set {known.handle.set.name}: Unexpected initial type {expr_name(made)}, missing {{ }}?", init.location
            )
        return made

    def _add_to(self, known: SetDecl, init: ex.Expr, flags: int) -> None:
        made = self.evaluated_elements(known, init)
        present = known.init.expressions if isinstance(known.init, ex.Set) else ()
        if known.flags & uapi.NFT_SET_INTERVAL and not known.flags & uapi.NFT_SET_CONCAT:
            made = self._intervals(known, made, present)
        together = (*present, *made.expressions)
        self.ruleset.set_changed(replace(known, init=ex.Set(together, location=made.location)))
        if made.expressions:
            message = partial(uapi.NewSetElem, nlmsg_flags=flags)
            self.emit_elements(known, made, message, first_segment=not present)

    def _intervals(self, known: SetDecl, made: ex.Set, present: Sequence[ex.Expr]) -> ex.Set:
        """New intervals in order. With auto-merge those of the kernel that they join with are replaced."""
        if not known.automerge:
            ordered = self.intervals(made, automerge=False)
            try:
                sorted_ranges((*present, *ordered.expressions))
            except IntervalError as error:
                new = error.element if error.element in ordered.expressions else error.other
                raise NftError("interval overlaps with an existing one", new.location) from None
            return ordered
        joined = merged((*present, *made.expressions))
        before = {bounds(key_of(elem)) for elem in present if not isinstance(key_of(elem), ex.SetElemCatchall)}
        after = {bounds(key_of(elem)) for elem in joined if not isinstance(key_of(elem), ex.SetElemCatchall)}
        gone = [elem for elem in present if _bounds(elem) in before - after]
        if gone:
            self.emit_elements(known, replace(made, expressions=tuple(gone)), uapi.DelSetElem)
        return replace(made, expressions=tuple(elem for elem in joined if _bounds(elem) not in before))

    def delete_elements(self, cmd: Cmd, init: ex.Expr, *, destroy: bool) -> None:
        known = self.known_set(cmd)
        made = self.evaluated_elements(known, init)
        present = known.init.expressions if isinstance(known.init, ex.Set) else ()
        if known.flags & uapi.NFT_SET_INTERVAL and not known.flags & uapi.NFT_SET_CONCAT:
            there = {_bounds(elem) for elem in present}
            for elem in made.expressions:
                if _bounds(elem) not in there and not destroy:
                    raise NftError("element does not exist", elem.location)
        gone = {_bounds(elem) for elem in made.expressions}
        kept = tuple(elem for elem in present if _bounds(elem) not in gone)
        self.ruleset.set_changed(replace(known, init=ex.Set(kept)))
        self.emit_elements(known, made, partial(uapi.DelSetElem, destroy=destroy))

    def emit_elements(
        self, known: SetDecl, init: ex.Set, message: Callable[..., uapi.Message], *, first_segment: bool = False
    ) -> None:
        """Adds or deletes elements."""
        handle = known.handle
        pairs = list(placed_elements(known, init, first_segment=first_segment))
        made = message(
            handle.family, handle.table.name, handle.set.name, tuple(elem for _, elem in pairs), set_id=known.id
        )
        handle = replace(handle, table=self.cmd.handle.table or handle.table)
        self.emit(made, handle, elements=tuple(expr.location for expr, _ in pairs))


def _bounds(elem: ex.Expr) -> object:
    key = key_of(elem)
    return bounds(key) if isinstance(key, ex.Value | ex.Range | ex.Prefix) else key
