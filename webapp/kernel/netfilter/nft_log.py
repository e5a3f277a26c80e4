"""log: a line in the kernel log (net/netfilter/nft_log.c).

Outside of the first namespace Linux writes nothing unless net.netfilter.nf_log_all_netns is set; here the rule's own
step of the trace is all that is left of it. Logging to nfnetlink_log needs a listener, of which the model has none.
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import NF_LOG_MASK, NFT_LOGLEVEL_AUDIT, NFT_LOGLEVEL_WARNING, Log


class NftLog(NftExpr):
    """Goes on."""

    __slots__ = ()

    def __init__(self, ctx: NftCtx, attrs: Log) -> None:
        if attrs.group is not None and (attrs.level is not None or attrs.flags):
            raise KernelError(Errno.EINVAL)
        if attrs.group is None:
            level = NFT_LOGLEVEL_WARNING if attrs.level is None else attrs.level
            if level > NFT_LOGLEVEL_AUDIT or attrs.flags & ~NF_LOG_MASK:
                raise KernelError(Errno.EINVAL)
            attrs = replace(attrs, level=level)
        super().__init__(ctx, attrs)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        return None
