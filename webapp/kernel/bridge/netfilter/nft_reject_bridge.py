"""reject in the bridge family: the answer leaves by the port on which the frame came (nft_reject_bridge.c).

It passes the bridge family's OUTPUT and POSTROUTING like a frame of this host's own, but no hook of ip.
"""

from __future__ import annotations

from webapp.kernel.bridge.br_forward import br_forward
from webapp.kernel.bridge.br_private import BrInputSkbCb, br_port_get
from webapp.kernel.core.net_device import ETH_HLEN, NetDevice
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.netfilter.nf_reject_ipv4 import nf_reject_skb_v4_tcp_reset, nf_reject_skb_v4_unreach
from webapp.kernel.ipv6.netfilter.nf_reject_ipv6 import nf_reject_skb_v6_tcp_reset, nf_reject_skb_v6_unreach
from webapp.kernel.netfilter.nf_tables import NftCtx, NftPktinfo, nft_chain_validate_hooks
from webapp.kernel.netfilter.nft_reject import NftReject
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_BR_LOCAL_IN, NF_BR_PRE_ROUTING, NF_DROP
from webapp.kernel.uapi.nf_tables import NFT_REJECT_TCP_RST
from webapp.kernel.wire import ethernet


def nft_reject_br_push_etherhdr(oldskb: SkBuff, nskb: SkBuff) -> None:
    """The answer's header is the frame's with its addresses exchanged, in the same vlan."""
    old = ethernet.parse(oldskb.head, oldskb.mac_header)
    nskb.push_header(ethernet.emit(old.source, old.dest, old.proto))
    nskb.mac_header = 0
    nskb.pull(ETH_HLEN)
    nskb.vlan_proto, nskb.vlan_tci = oldskb.vlan_proto, oldskb.vlan_tci
    nskb.cb = BrInputSkbCb()


class NftRejectBridge(NftReject):
    """Answers a unicast packet of IPv4 or IPv6, and drops."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        skb, dev = pkt.skb, pkt.state.in_
        port = br_port_get(dev) if dev is not None else None
        header = ethernet.parse(skb.head, skb.mac_header)
        if port is not None and not header.dest[0] & 1:
            # the answer has come in nowhere: it may leave by any port
            answer = self._answer(pkt, port.br.dev, header.proto)
            if answer is not None:
                recorder = RECORDER.get()
                if recorder is not None:
                    recorder.about(answer)
                nft_reject_br_push_etherhdr(skb, answer)
                br_forward(port, answer, False, True)
        return NF_DROP

    def _answer(self, pkt: NftPktinfo, home: NetDevice, proto: int) -> SkBuff | None:
        net = pkt.state.net
        reset = self.type == NFT_REJECT_TCP_RST
        if proto == ETH_P_IPV6:
            hop_limit = int(net.ipv6.devconf_all.hop_limit)
            if reset:
                return nf_reject_skb_v6_tcp_reset(pkt.skb, home, hop_limit)
            return nf_reject_skb_v6_unreach(pkt.skb, home, self.icmpv6_code, hop_limit)
        if proto != ETH_P_IP:
            return None
        ttl = int(net.ipv4.sysctl_ip_default_ttl)
        if reset:
            return nf_reject_skb_v4_tcp_reset(pkt.skb, home, ttl)
        return nf_reject_skb_v4_unreach(pkt.skb, home, self.icmp_code, ttl)

    def validate(self, ctx: NftCtx) -> None:
        nft_chain_validate_hooks(ctx, (NF_BR_PRE_ROUTING, NF_BR_LOCAL_IN))
