"""reject in the bridge family: the answer leaves by the port on which the frame came (nft_reject_bridge.c).

It passes the bridge family's OUTPUT and POSTROUTING like a frame of this host's own, but no hook of ip.
"""

from __future__ import annotations

from webapp.kernel.bridge.br_forward import br_forward
from webapp.kernel.bridge.br_private import BrInputSkbCb, br_port_get
from webapp.kernel.core.net_device import ETH_HLEN
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.ipv4.netfilter.nf_reject_ipv4 import nf_reject_skb_v4_tcp_reset, nf_reject_skb_v4_unreach
from webapp.kernel.netfilter.nf_tables import NftCtx, NftPktinfo, nft_chain_validate_hooks
from webapp.kernel.netfilter.nft_reject import NftReject
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP
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
    """Answers a unicast IPv4 packet, and drops."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int:
        skb, dev = pkt.skb, pkt.state.in_
        port = br_port_get(dev) if dev is not None else None
        header = ethernet.parse(skb.head, skb.mac_header)
        if port is not None and not header.dest[0] & 1 and header.proto == ETH_P_IP:
            # the answer has come in nowhere: it may leave by any port
            home = port.br.dev
            ttl = int(pkt.state.net.ipv4.sysctl_ip_default_ttl)
            if self.type == NFT_REJECT_TCP_RST:
                answer = nf_reject_skb_v4_tcp_reset(skb, home, ttl)
            else:
                answer = nf_reject_skb_v4_unreach(skb, home, self.icmp_code, ttl)
            if answer is not None:
                recorder = RECORDER.get()
                if recorder is not None:
                    recorder.about(answer)
                nft_reject_br_push_etherhdr(skb, answer)
                br_forward(port, answer, False, True)
        return NF_DROP

    def validate(self, ctx: NftCtx) -> None:
        nft_chain_validate_hooks(ctx, (NF_BR_PRE_ROUTING, NF_BR_LOCAL_IN))
