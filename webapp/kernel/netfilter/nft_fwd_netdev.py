"""fwd to a device, or to a neighbour on it (net/netfilter/nft_fwd_netdev.c)."""

from __future__ import annotations

from webapp.kernel.core.neighbour import neigh_xmit
from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.kfunc import kfunc
from webapp.kernel.netfilter.nf_dup_netdev import lane, nf_fwd_netdev_egress
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_chain_validate_hooks,
    nft_parse_register_load,
)
from webapp.kernel.trace import RECORDER
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import (
    NF_DROP,
    NF_NETDEV_EGRESS,
    NF_NETDEV_INGRESS,
    NF_STOLEN,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.uapi.nf_tables import NFT_BREAK, Fwd


def _note_station(pkt: NftPktinfo) -> None:
    recorder = RECORDER.get()
    if recorder is not None:
        recorder.stop_at("fwd", lane(pkt.state), pkt.state.in_ or pkt.state.out)


@kfunc("net/netfilter/nft_fwd_netdev.c", "nft_fwd_netdev_eval", station="fwd")
def nft_fwd_netdev_eval(pkt: NftPktinfo, oif: int) -> int:
    _note_station(pkt)
    skb = pkt.skb
    skb.skb_iif = skb.dev.ifindex
    skb.redirected = 1
    skb.from_ingress = int(pkt.state.hook == NF_NETDEV_INGRESS)
    nf_fwd_netdev_egress(pkt, oif)
    return NF_STOLEN


@kfunc("net/netfilter/nft_fwd_netdev.c", "nft_fwd_neigh_eval", station="fwd")
def nft_fwd_neigh_eval(pkt: NftPktinfo, oif: int, address: bytes) -> int | None:
    _note_station(pkt)
    verdict = _decrease_ttl(pkt.skb) if len(address) == 4 else _decrease_hop_limit(pkt.skb)
    if verdict is not None:
        return verdict
    dev = pkt.state.net.dev_get_by_index(oif)
    if dev is None:
        return None
    pkt.skb.dev = dev
    neigh_xmit(dev.net.ipv4.arp_tbl if len(address) == 4 else dev.net.ipv6.nd_tbl, dev, address, pkt.skb)
    return NF_STOLEN


def _decrease_ttl(skb: SkBuff) -> int | None:
    """Takes 1 off the TTL; NF_DROP where none is left, NFT_BREAK for packets of another protocol."""
    at = skb.network_header
    if skb.protocol != ETH_P_IP:
        return NFT_BREAK
    if len(skb.head) < at + 20 or skb.head[at + 8] <= 1:
        return NF_DROP
    # ip_decrease_ttl (include/net/ip.h) as a little-endian machine does it
    check = int.from_bytes(skb.head[at + 10 : at + 12], "little") + 1
    check = check + (check >= 0xFFFF) & 0xFFFF
    skb.write(at + 8, bytes((skb.head[at + 8] - 1, skb.head[at + 9])) + check.to_bytes(2, "little"))
    return None


def _decrease_hop_limit(skb: SkBuff) -> int | None:
    """The same over IPv6."""
    at = skb.network_header
    if skb.protocol != ETH_P_IPV6:
        return NFT_BREAK
    if len(skb.head) < at + 40 or skb.head[at + 7] <= 1:
        return NF_DROP
    skb.write(at + 7, bytes((skb.head[at + 7] - 1,)))
    return None


class NftFwdNetdev(NftExpr):
    """The packet leaves by another device; what follows in chain and hook does not see it."""

    __slots__ = ("sreg_dev",)

    def __init__(self, ctx: NftCtx, attrs: Fwd) -> None:
        super().__init__(ctx, attrs)
        self.sreg_dev = nft_parse_register_load(ctx, attrs.sreg_dev, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        return nft_fwd_netdev_eval(pkt, int.from_bytes(regs[self.sreg_dev : self.sreg_dev + 4], "little"))

    def validate(self, ctx: NftCtx) -> None:
        nft_chain_validate_hooks(ctx, (NF_NETDEV_INGRESS, NF_NETDEV_EGRESS))


class NftFwdNeigh(NftFwdNetdev):
    """The same with the link-layer header of a neighbour and one TTL less.

    Where the device is gone, 6.18 goes on with the next expression, the TTL being decremented already.
    """

    __slots__ = ("addr_end", "sreg_addr")

    def __init__(self, ctx: NftCtx, attrs: Fwd) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg_addr is None or attrs.nfproto is None:
            raise KernelError(Errno.EINVAL)
        if attrs.nfproto not in (NFPROTO_IPV4, NFPROTO_IPV6):
            raise KernelError(Errno.EOPNOTSUPP)
        length = 4 if attrs.nfproto == NFPROTO_IPV4 else 16
        self.sreg_addr = nft_parse_register_load(ctx, attrs.sreg_addr, length)
        self.addr_end = self.sreg_addr + length

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        oif = int.from_bytes(regs[self.sreg_dev : self.sreg_dev + 4], "little")
        return nft_fwd_neigh_eval(pkt, oif, bytes(regs[self.sreg_addr : self.addr_end]))


def nft_fwd(ctx: NftCtx, attrs: Fwd) -> NftExpr:
    """The expression for a device or for a neighbour."""
    return NftFwdNetdev(ctx, attrs) if attrs.sreg_addr is None else NftFwdNeigh(ctx, attrs)
