"""Flowtables (flowtable_evaluate, mnl_nft_flowtable_add)."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_NETDEV
from webapp.userland.nftables.batch.chain import ChainCommands, device_names
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.hooks import HOOKS
from webapp.userland.nftables.rule import FlowtableDecl


class FlowtableCommands(ChainCommands):
    """Flowtables; their hooks and priorities are those of chains."""

    def add_flowtable(self, data: FlowtableDecl, flags: int) -> None:
        """A flowtable."""
        self.require_table()
        handle = data.handle
        if not data.hook or data.priority is None:
            raise NftError("missing hook and priority in flowtable declaration", data.location)
        number = HOOKS[NFPROTO_NETDEV].get(data.hook.name)
        if number is None:
            raise NftError(f"invalid hook {data.hook.name}", data.hook.location)
        hook = uapi.Hook(
            number, self.priority(data.priority, NFPROTO_NETDEV, data.hook.name), device_names(data.devices)
        )
        message = uapi.NewFlowtable(handle.family, handle.table.name, handle.flowtable.name, hook, data.flags, flags)
        self.emit(message, handle)
