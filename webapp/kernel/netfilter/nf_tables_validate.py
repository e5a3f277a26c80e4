"""Validation of what can be reached from base chains (net/netfilter/nf_tables_api.c).

Chains that no base chain reaches are not judged: they may even jump to themselves.
"""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftChain, NftCtx, NftSet, NftTable, NftVerdict, Trans
from webapp.kernel.uapi.nf_tables import NFT_JUMP_STACK_SIZE, NFT_SET_ELEM_INTERVAL_END


def nft_chain_validate(ctx: NftCtx, chain: NftChain, level: int) -> None:
    """Judges a chain as seen from ctx.chain, a base chain, at a depth of ``level`` jumps.

    EMLINK when jumps are nested too deeply, ELOOP for a jump to a base chain, and what expressions themselves refuse.
    """
    if level == NFT_JUMP_STACK_SIZE:
        raise KernelError(Errno.EMLINK)
    if level > 0 and chain.base is not None:
        raise KernelError(Errno.ELOOP)
    ctx.net.machine.charge_jump()
    outer, ctx.level = ctx.level, level
    for rule in chain.rules:
        for expr in rule.exprs:
            expr.validate(ctx)
    ctx.level = outer


def nft_set_validate(ctx: NftCtx, nft_set: NftSet) -> None:
    """Judges the chains that a verdict map leads to."""
    for elem in nft_set.elements():
        if elem.flags & NFT_SET_ELEM_INTERVAL_END:
            continue
        if isinstance(elem.data, NftVerdict) and elem.data.chain is not None:
            nft_chain_validate(ctx, elem.data.chain, ctx.level + 1)


def nft_table_validate(table: NftTable, trans: Trans) -> None:
    """Judges every base chain of the table."""
    for chain in table.chains.values():
        if chain.base is not None:
            nft_chain_validate(NftCtx(table.net, table, chain, trans), chain, 0)
