"""masquerade (net/netfilter/nft_masq.c)."""

from __future__ import annotations

from webapp.kernel.netfilter.nf_nat_masquerade import nf_nat_masquerade_ipv4, nf_nat_masquerade_ipv6
from webapp.kernel.netfilter.nf_tables import NftCtx, NftPktinfo
from webapp.kernel.netfilter.nft_nat import NftNatExpr
from webapp.kernel.uapi.netfilter import NF_DROP, NF_INET_POST_ROUTING, NFPROTO_IPV4
from webapp.kernel.uapi.nf_tables import Masq


class NftMasq(NftNatExpr):
    """snat to an address of the device that the packet leaves by."""

    __slots__ = ()

    hooks = (NF_INET_POST_ROUTING,)

    def __init__(self, ctx: NftCtx, attrs: Masq) -> None:
        super().__init__(ctx, attrs)
        self.track(ctx, ctx.family)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        out = pkt.state.out
        if out is None or pkt.skb.nfct is None:
            return NF_DROP
        masquerade = nf_nat_masquerade_ipv4 if pkt.state.pf == NFPROTO_IPV4 else nf_nat_masquerade_ipv6
        return masquerade(pkt.skb, self.range(regs), out)
