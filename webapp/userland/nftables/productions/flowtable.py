"""Flowtables."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import rule as decl
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.hooks import HOOK_WORDS
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.productions.production import Args, Item, at, flags, gather, last
from webapp.userland.nftables.rule import Handle, Spec


class FlowtableActions:
    """Flowtables and the items of their blocks."""

    def _flowtable(self, handle: Handle, items: list[Item | None], loc: Location) -> decl.FlowtableDecl:
        found = gather(items)
        hook = last(found, "hook")
        return decl.FlowtableDecl(
            handle,
            Spec(hook[0].text, at(hook[0])) if hook is not None else decl.NO_NAME,
            hook[1] if hook is not None else None,
            last(found, "devices"),
            flags(found),
            loc,
        )

    def flowtable_hook(self, args: Args, loc: Location) -> Item:
        if args[1].text not in HOOK_WORDS:
            raise NftError("unknown chain hook", at(args[1]))
        return "hook", (args[1], args[2]), loc

    def flowtable_flags(self, args: Args, loc: Location) -> Item:
        return "flags", uapi.NFT_FLOWTABLE_HW_OFFLOAD, loc

    def flowtable_counter(self, args: Args, loc: Location) -> Item:
        return "flags", uapi.NFT_FLOWTABLE_COUNTER, loc
