"""reject at the hooks of IPv4 and IPv6, in the families ip, ip6 and inet (net/netfilter/nft_reject_inet.c,
net/ipv4/netfilter/nft_reject_ipv4.c, net/ipv6/netfilter/nft_reject_ipv6.c).
"""

from __future__ import annotations

from webapp.kernel.ipv4.netfilter.nf_reject_ipv4 import nf_send_reset, nf_send_unreach
from webapp.kernel.ipv6.netfilter.nf_reject_ipv6 import nf_send_reset6, nf_send_unreach6
from webapp.kernel.netfilter.nf_tables import NftCtx, NftPktinfo, nft_chain_validate_hooks
from webapp.kernel.netfilter.nft_reject import NftReject
from webapp.kernel.uapi.netfilter import (
    NF_DROP,
    NF_INET_FORWARD,
    NF_INET_INGRESS,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_PRE_ROUTING,
    NFPROTO_INET,
    NFPROTO_IPV4,
)
from webapp.kernel.uapi.nf_tables import NFT_REJECT_TCP_RST

_HOOKS = (NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING)


class NftRejectInet(NftReject):
    """Answers a packet by way of routing and OUTPUT, and drops."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        if pkt.state.pf == NFPROTO_IPV4:
            if self.type == NFT_REJECT_TCP_RST:
                nf_send_reset(pkt.state.net, pkt.skb)
            else:
                nf_send_unreach(pkt.state.net, pkt.skb, self.icmp_code)
        elif self.type == NFT_REJECT_TCP_RST:
            nf_send_reset6(pkt.state.net, pkt.skb)
        else:
            nf_send_unreach6(pkt.state.net, pkt.skb, self.icmpv6_code, pkt.state.hook)
        return NF_DROP

    def validate(self, ctx: NftCtx) -> None:
        hooks = (*_HOOKS, NF_INET_INGRESS) if ctx.family == NFPROTO_INET else _HOOKS
        nft_chain_validate_hooks(ctx, hooks)
