"""fib in tables of IPv4, of IPv6, and of both (net/netfilter/nft_fib_inet.c)."""

from __future__ import annotations

from webapp.kernel.ipv4.netfilter.nft_fib_ipv4 import nft_fib4_eval, nft_fib4_eval_type
from webapp.kernel.ipv6.netfilter.nft_fib_ipv6 import nft_fib6_eval, nft_fib6_eval_type
from webapp.kernel.netfilter.nf_tables import NftPktinfo
from webapp.kernel.netfilter.nft_fib import NftFib
from webapp.kernel.uapi.netfilter import NFPROTO_IPV6
from webapp.kernel.uapi.nf_tables import NFT_FIB_RESULT_ADDRTYPE


class NftFibInet(NftFib):
    """The packet's family is the hook's."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        self.look_up(regs, pkt, ipv6=pkt.state.pf == NFPROTO_IPV6)
        return None

    def look_up(self, regs: bytearray, pkt: NftPktinfo, *, ipv6: bool) -> None:
        """Asks the routing table of one family."""
        if self.result == NFT_FIB_RESULT_ADDRTYPE:
            self.store_type(regs, (nft_fib6_eval_type if ipv6 else nft_fib4_eval_type)(self, pkt))
        else:
            self.store_device(regs, (nft_fib6_eval if ipv6 else nft_fib4_eval)(self, pkt))
