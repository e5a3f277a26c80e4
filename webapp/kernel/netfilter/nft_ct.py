"""ct and notrack (net/netfilter/nft_ct.c), as far as there is no connection tracking."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import Ct, CtSet

IP_CT_UNTRACKED = 7


class NftNotrack(NftExpr):
    """Marks the packet as not to be tracked, unless it is already."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        skb = pkt.skb
        if skb.nfct is None:
            skb.nfctinfo = IP_CT_UNTRACKED


def nft_ct_netdev(ctx: NftCtx, attrs: Ct | CtSet) -> NftExpr:
    """EPROTO: below IP there is no connection tracking (nf_ct_netns_get)."""
    raise KernelError(Errno.EPROTO)
