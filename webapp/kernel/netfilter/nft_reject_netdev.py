"""reject in netdev ingress: the answer leaves by the same device (net/netfilter/nft_reject_netdev.c).

It is built from the frame itself and goes straight to ``__dev_queue_xmit``: past OUTPUT and POSTROUTING, but through
the egress hooks of netfilter and tc.
"""

from __future__ import annotations

from webapp.kernel.core.dev import dev_queue_xmit
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.netfilter.nf_reject_ipv4 import nf_reject_skb_v4_tcp_reset, nf_reject_skb_v4_unreach
from webapp.kernel.ipv6.netfilter.nf_reject_ipv6 import nf_reject_skb_v6_tcp_reset, nf_reject_skb_v6_unreach
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_chain_validate_hooks
from webapp.kernel.netfilter.nft_reject import NftReject
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_DROP, NF_NETDEV_INGRESS
from webapp.kernel.uapi.nf_tables import NFT_REJECT_TCP_RST, Reject
from webapp.kernel.wire import ethernet


@kfunc("net/netfilter/nft_reject_netdev.c", "nft_reject_queue_xmit")
def nft_reject_queue_xmit(nskb: SkBuff, oldskb: SkBuff) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.about(nskb)
    old = ethernet.parse(oldskb.head, oldskb.mac_header)
    nskb.push_header(ethernet.emit(old.source, old.dest, oldskb.protocol))
    dev_queue_xmit(nskb)


class NftRejectNetdev(NftReject):
    """Answers a unicast packet of IPv4 or IPv6, and drops."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        skb, dev = pkt.skb, pkt.state.in_
        if dev is not None and not skb.head[skb.mac_header] & 1:
            answer = self._answer(pkt, dev)
            if answer is not None:
                nft_reject_queue_xmit(answer, skb)
        return NF_DROP

    def _answer(self, pkt: NftPktinfo, dev: NetDevice) -> SkBuff | None:
        if pkt.skb.protocol == ETH_P_IPV6:
            return self._answer_v6(pkt, dev)
        if pkt.skb.protocol != ETH_P_IP:
            return None
        ttl = int(pkt.state.net.ipv4.sysctl_ip_default_ttl)
        if self.type == NFT_REJECT_TCP_RST:
            return nf_reject_skb_v4_tcp_reset(pkt.skb, dev, ttl)
        return nf_reject_skb_v4_unreach(pkt.skb, dev, self.icmp_code, ttl)

    def _answer_v6(self, pkt: NftPktinfo, dev: NetDevice) -> SkBuff | None:
        hop_limit = int(pkt.state.net.ipv6.devconf_all.hop_limit)
        if self.type == NFT_REJECT_TCP_RST:
            return nf_reject_skb_v6_tcp_reset(pkt.skb, dev, hop_limit)
        return nf_reject_skb_v6_unreach(pkt.skb, dev, self.icmpv6_code, hop_limit)

    def validate(self, ctx: NftCtx) -> None:
        nft_chain_validate_hooks(ctx, (NF_NETDEV_INGRESS,))


def nft_reject_netdev(ctx: NftCtx, attrs: Reject) -> NftExpr:
    """The expression; ENOENT where the kernel is built without CONFIG_NFT_REJECT_NETDEV."""
    if not ctx.table.net.machine.version.reject_at_netdev:
        raise KernelError(Errno.ENOENT)
    return NftRejectNetdev(ctx, attrs)
