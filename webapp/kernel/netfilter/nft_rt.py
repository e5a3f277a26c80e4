"""rt: facts about the packet's route (net/netfilter/nft_rt.c)."""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.ipv4.flow import Flowi4
from webapp.kernel.ipv4.route import Rtable, ip_route_output_key
from webapp.kernel.ipv4.route import dst_mtu as ipv4_mtu
from webapp.kernel.ipv6.flow import Flowi6
from webapp.kernel.ipv6.route import Rt6Info, ip6_route_output, rt6_nexthop
from webapp.kernel.ipv6.route import dst_mtu as ip6_mtu
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_chain_validate_hooks,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.uapi.netfilter import (
    NF_INET_FORWARD,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_RT_CLASSID,
    NFT_RT_NEXTHOP4,
    NFT_RT_NEXTHOP6,
    NFT_RT_TCPMSS,
    NFT_RT_XFRM,
    Rt,
)

_TCP_MSS_DEFAULT = 536
_TCP_HLEN = 20


def _nexthop4(pkt: NftPktinfo) -> bytes | None:
    skb, rt = pkt.skb, pkt.skb.dst
    if pkt.state.pf != NFPROTO_IPV4 or not isinstance(rt, Rtable):
        return None
    at = skb.network_header
    return skb.head[at + 16 : at + 20] if rt.gateway is None else rt.gateway


def _nexthop6(pkt: NftPktinfo) -> bytes | None:
    skb, rt = pkt.skb, pkt.skb.dst
    if pkt.state.pf != NFPROTO_IPV6 or not isinstance(rt, Rt6Info):
        return None
    at = skb.network_header
    return rt6_nexthop(rt, skb.head[at + 24 : at + 40])


def _tcpmss(pkt: NftPktinfo) -> bytes:
    """get_tcpmss: what fits into the smaller of the paths there and back."""
    skb, net = pkt.skb, pkt.state.net
    rt, at = skb.dst, skb.network_header
    mtu, headers = 0, 0
    if isinstance(rt, Rtable):
        mtu, headers = ipv4_mtu(rt), 20 + _TCP_HLEN
        back = ip_route_output_key(net, Flowi4(skb.head[at + 12 : at + 16]))
        if isinstance(back, Rtable):
            mtu = min(mtu, ipv4_mtu(back))
    elif isinstance(rt, Rt6Info):
        mtu, headers = ip6_mtu(rt), 40 + _TCP_HLEN
        back6 = ip6_route_output(net, None, Flowi6(skb.head[at + 8 : at + 24]))
        if not back6.error:
            mtu = min(mtu, ip6_mtu(back6))
    mss = mtu - headers if headers < mtu <= 0xFFFF else _TCP_MSS_DEFAULT
    return mss.to_bytes(2, "little")


_KEYS: dict[int, tuple[int, Callable[[NftPktinfo], bytes | None]]] = {
    # routes have no realms here, and there is no IPsec
    NFT_RT_CLASSID: (4, lambda _: bytes(4)),
    NFT_RT_NEXTHOP4: (4, _nexthop4),
    NFT_RT_NEXTHOP6: (16, _nexthop6),
    NFT_RT_TCPMSS: (2, _tcpmss),
    NFT_RT_XFRM: (1, lambda _: bytes(1)),
}


class NftRt(NftExpr):
    """One fact; a packet without a route, or of another family, does not match."""

    __slots__ = ("dreg", "end", "get")

    def __init__(self, ctx: NftCtx, attrs: Rt) -> None:
        super().__init__(ctx, attrs)
        if attrs.key not in _KEYS:
            raise KernelError(Errno.EOPNOTSUPP)
        length, self.get = _KEYS[attrs.key]
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, length)
        self.end = self.dreg + padded(length)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        found = None if pkt.skb.dst is None else self.get(pkt)
        if found is None:
            return NFT_BREAK
        regs[self.dreg : self.end] = found.ljust(self.end - self.dreg, b"\0")
        return None

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.end].hex()

    def validate(self, ctx: NftCtx) -> None:
        if ctx.family not in (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET):
            raise KernelError(Errno.EOPNOTSUPP)
        if self.attrs.key == NFT_RT_TCPMSS:
            nft_chain_validate_hooks(ctx, (NF_INET_FORWARD, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING))
