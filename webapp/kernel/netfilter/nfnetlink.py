"""Batches of requests: all or nothing (net/netfilter/nfnetlink.c)."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import KernelError
from webapp.kernel.netfilter.nf_tables import Trans
from webapp.kernel.netfilter.nf_tables_api import NF_TABLES_CB, nf_tables_commit, nf_tables_validate
from webapp.kernel.uapi.nf_tables import BadAttr, Message


class BatchError(KernelError):
    """A batch that was refused. ``errors`` are those of all its messages; ``where`` of each is a BadAttr."""

    def __init__(self, errors: tuple[KernelError, ...]) -> None:
        first = errors[0]
        super().__init__(first.errno, first.extack, first.where)
        self.errors = errors


def nfnetlink_rcv_batch(net: Net, batch: Sequence[Message], *, commit: bool = True) -> None:
    """Applies a batch whole or, raising BatchError, not at all; without ``commit`` it is only tried (``nft -c``).

    A message at fault does not keep the others from being looked at, so that user space hears of every error. What
    only shows when all is done (jumps too deep, an expression in the wrong hook) is looked for message by message in
    a second try.
    """
    if not _apply(net, batch, validate=False, commit=commit):
        _apply(net, batch, validate=True, commit=commit)


def _apply(net: Net, batch: Sequence[Message], *, validate: bool, commit: bool) -> bool:
    trans = Trans()
    errors: list[KernelError] = []
    for number, message in enumerate(batch):
        mark = len(trans.journal)
        try:
            NF_TABLES_CB[type(message)](net, message, trans)
            if validate:
                nf_tables_validate(net, trans)
        except KernelError as error:
            trans.rollback(mark)
            errors.append(_located(error, number))
    if errors:
        trans.rollback()
        raise BatchError(tuple(errors))
    if not validate:
        try:
            nf_tables_validate(net, trans)
        except KernelError:
            trans.rollback()
            return False
    if not commit:
        trans.rollback()
        return True
    trans.commit()
    nf_tables_commit(net)
    return True


def _located(error: KernelError, number: int) -> KernelError:
    where = error.where
    if isinstance(where, BadAttr):
        return KernelError(error.errno, error.extack, BadAttr(number, where.attribute, where.index))
    return KernelError(error.errno, error.extack, BadAttr(number))
