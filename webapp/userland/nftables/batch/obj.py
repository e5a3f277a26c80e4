"""Stateful objects (obj_evaluate, mnl_nft_obj_add)."""

from __future__ import annotations

from msgspec import structs

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import BatchEvaluator
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.rule import CT_TIMEOUT_STATES, ObjDecl


class ObjCommands(BatchEvaluator):
    """Objects."""

    def add_object(self, data: ObjDecl, flags: int) -> None:
        """A stateful object."""
        self.require_table()
        handle = data.handle
        made = data.data
        if made is None:
            raise NftError("missing options", data.location)
        if isinstance(made, uapi.CtExpect) and not (made.l4proto and made.dport and made.timeout and made.size):
            raise NftError("missing options", data.location)
        if isinstance(made, uapi.CtTimeout):
            given = dict(made.data)
            states = CT_TIMEOUT_STATES.get(made.l4proto, {}).values()
            made = structs.replace(made, data=tuple((number, given.get(number, default)) for number, default in states))
        comment = userdata.put_comment(data.comment)
        self.emit(uapi.NewObj(handle.family, handle.table.name, handle.obj.name, made, comment, flags), handle)
