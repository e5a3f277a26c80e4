"""A copy of an IPv4 packet for another gateway (net/ipv4/netfilter/nf_dup_ipv4.c, nft_dup_ipv4.c).

The copy starts anew at OUTPUT, untracked; rules that it meets on its way make no copies of it.
"""

from __future__ import annotations

from webapp.kernel.core.drop_reason import DropReason
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import SkBuff, kfree_skb_reason
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.flow import FLOWI_FLAG_KNOWN_NH, Flowi4
from webapp.kernel.ipv4.ip_output import ip_local_out
from webapp.kernel.ipv4.route import Rtable, ip_route_output_key
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_conntrack import IP_CT_UNTRACKED
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_load
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP
from webapp.kernel.uapi.netfilter import NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING
from webapp.kernel.uapi.nf_tables import Dup

_IP_DF = 0x40
_TOS_MASK = 0x1E


def _route(net: Net, skb: SkBuff, gw: bytes, oif: int) -> bool:
    """nf_dup_ipv4_route: the way to the gateway, whatever the packet's own destination."""
    tos = skb.head[skb.network_header + 1] & _TOS_MASK
    rt = ip_route_output_key(net, Flowi4(gw, tos=tos, oif=oif, flags=FLOWI_FLAG_KNOWN_NH))
    if not isinstance(rt, Rtable):
        return False
    skb.dst, skb.dev, skb.protocol = rt, rt.dev, ETH_P_IP
    return True


@kfunc("net/ipv4/netfilter/nf_dup_ipv4.c", "nf_dup_ipv4")
def nf_dup_ipv4(net: Net, skb: SkBuff, hook: int, gw: bytes, oif: int) -> None:
    nft = net.nft
    if nft.duplicating:
        return
    copy = skb.clone()
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(copy)
    copy.nfct, copy.nfctinfo = None, IP_CT_UNTRACKED
    at = copy.network_header
    copy.write(at + 6, bytes((copy.head[at + 6] | _IP_DF,)))
    if hook in (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN):
        copy.write(at + 8, bytes((copy.head[at + 8] - 1 & 0xFF,)))
    if not _route(net, copy, gw, oif):
        kfree_skb_reason(copy, DropReason.NOT_SPECIFIED)
        return
    machine = net.machine
    machine.local_bh_disable()
    nft.duplicating = True
    ip_local_out(net, copy.sk, copy)
    nft.duplicating = False
    machine.local_bh_enable()


class NftDupIpv4(NftExpr):
    """Sends a copy to a gateway, by a device if one is named, and goes on."""

    __slots__ = ("sreg_addr", "sreg_dev")

    def __init__(self, ctx: NftCtx, attrs: Dup) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg_addr is None:
            raise KernelError(Errno.EINVAL)
        self.sreg_addr = nft_parse_register_load(ctx, attrs.sreg_addr, 4)
        self.sreg_dev = None if attrs.sreg_dev is None else nft_parse_register_load(ctx, attrs.sreg_dev, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        oif = 0 if self.sreg_dev is None else int.from_bytes(regs[self.sreg_dev : self.sreg_dev + 4], "little")
        state = pkt.state
        nf_dup_ipv4(state.net, pkt.skb, state.hook, bytes(regs[self.sreg_addr : self.sreg_addr + 4]), oif)
