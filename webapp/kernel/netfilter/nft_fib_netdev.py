"""fib at a device (net/netfilter/nft_fib_netdev.c)."""

from __future__ import annotations

from webapp.kernel.netfilter.nf_tables import NftPktinfo
from webapp.kernel.netfilter.nft_fib_inet import NftFibInet
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.nf_tables import NFT_BREAK

_HEADERS = {ETH_P_IP: 20, ETH_P_IPV6: 40}


class NftFibNetdev(NftFibInet):
    """The packet's family is its ethertype; others do not match, nor do headers that are cut off."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        size = _HEADERS.get(skb.protocol)
        if size is None or len(skb.head) - skb.network_header < size:
            return NFT_BREAK
        self.look_up(regs, pkt, ipv6=skb.protocol == ETH_P_IPV6)
        return None
