"""redirect (net/netfilter/nft_redir.c)."""

from __future__ import annotations

from webapp.kernel.netfilter.nf_nat_redirect import nf_nat_redirect_ipv4, nf_nat_redirect_ipv6
from webapp.kernel.netfilter.nf_tables import NftCtx, NftPktinfo
from webapp.kernel.netfilter.nft_nat import NftNatExpr
from webapp.kernel.uapi.netfilter import NF_DROP, NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING, NFPROTO_IPV4
from webapp.kernel.uapi.nf_tables import Redir


class NftRedir(NftNatExpr):
    """dnat to this host."""

    __slots__ = ()

    hooks = (NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT)

    def __init__(self, ctx: NftCtx, attrs: Redir) -> None:
        super().__init__(ctx, attrs)
        self.track(ctx, ctx.family)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        if pkt.skb.nfct is None:
            return NF_DROP
        redirect = nf_nat_redirect_ipv4 if pkt.state.pf == NFPROTO_IPV4 else nf_nat_redirect_ipv6
        return redirect(pkt.skb, self.range(regs), pkt.state.hook)
