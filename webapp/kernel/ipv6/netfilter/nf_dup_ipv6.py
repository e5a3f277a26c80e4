"""A copy of an IPv6 packet for another gateway (net/ipv6/netfilter/nf_dup_ipv6.c, nft_dup_ipv6.c)."""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.ip6_output import ip6_local_out
from webapp.kernel.ipv6.route import ip6_route_output
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import IP_CT_UNTRACKED
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_load
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING
from webapp.kernel.uapi.nf_tables import Dup


@kfunc("net/ipv6/netfilter/nf_dup_ipv6.c", "nf_dup_ipv6")
def nf_dup_ipv6(net: Net, skb: SkBuff, hook: int, gw: bytes, oif: int) -> None:
    nft = net.nft
    if nft.duplicating:
        return
    copy = skb.clone()
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(copy)
    copy.nfct, copy.nfctinfo = None, IP_CT_UNTRACKED
    if hook in (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN):
        at = copy.network_header + 7
        copy.write(at, bytes((copy.head[at] - 1 & 0xFF,)))
    rt = ip6_route_output(net, None, Flowi6(gw, oif=oif))
    if rt.error:
        kfree_skb_reason(copy, DropReason.NOT_SPECIFIED)
        return
    copy.dst, copy.dev, copy.protocol = rt, rt.dev, ETH_P_IPV6
    machine = net.machine
    machine.local_bh_disable()
    nft.duplicating = True
    ip6_local_out(net, copy.sk, copy)
    nft.duplicating = False
    machine.local_bh_enable()


class NftDupIpv6(NftExpr):
    """Sends a copy to a gateway, by a device if one is named, and goes on."""

    __slots__ = ("sreg_addr", "sreg_dev")

    def __init__(self, ctx: NftCtx, attrs: Dup) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg_addr is None:
            raise KernelError(Errno.EINVAL)
        self.sreg_addr = nft_parse_register_load(ctx, attrs.sreg_addr, 16)
        self.sreg_dev = None if attrs.sreg_dev is None else nft_parse_register_load(ctx, attrs.sreg_dev, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        oif = 0 if self.sreg_dev is None else int.from_bytes(regs[self.sreg_dev : self.sreg_dev + 4], "little")
        state = pkt.state
        nf_dup_ipv6(state.net, pkt.skb, state.hook, bytes(regs[self.sreg_addr : self.sreg_addr + 16]), oif)
