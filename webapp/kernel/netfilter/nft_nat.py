"""snat and dnat (net/netfilter/nft_nat.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_conntrack import NfConn
from webapp.kernel.netfilter.nf_conntrack_proto import nf_ct_netns_get, nf_ct_netns_put
from webapp.kernel.netfilter.nf_nat_core import NatRange, nf_nat_setup_info
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_chain_validate_dependency,
    nft_chain_validate_hooks,
    nft_parse_register_load,
)
from webapp.kernel.uapi.netfilter import (
    NF_DROP,
    NF_INET_LOCAL_IN,
    NF_INET_LOCAL_OUT,
    NF_INET_POST_ROUTING,
    NF_INET_PRE_ROUTING,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
)
from webapp.kernel.uapi.nf_tables import (
    NF_NAT_RANGE_MAP_IPS,
    NF_NAT_RANGE_NETMAP,
    NF_NAT_RANGE_PROTO_SPECIFIED,
    NFT_NAT_DNAT,
    NFT_NAT_SNAT,
    Masq,
    Nat,
    Redir,
)

NF_NAT_RANGE_MASK = 0x7F
_ADDRESS_LENGTH = {NFPROTO_IPV4: 4, NFPROTO_IPV6: 16}
_HOOKS = {
    NFT_NAT_SNAT: (NF_INET_POST_ROUTING, NF_INET_LOCAL_IN),
    NFT_NAT_DNAT: (NF_INET_PRE_ROUTING, NF_INET_LOCAL_OUT),
}
_FAMILIES = frozenset((NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET))


class NftNatExpr(NftExpr):
    """What snat, dnat, masquerade and redirect share: ports, flags, and connection tracking while they are there."""

    __slots__ = ("flags", "proto_max", "proto_min", "tracked_family")

    hooks: tuple[int, ...] = ()

    def __init__(self, ctx: NftCtx, attrs: Nat | Masq | Redir) -> None:
        super().__init__(ctx, attrs)
        self.flags = attrs.flags
        if self.flags & ~NF_NAT_RANGE_MASK:
            raise KernelError(Errno.EOPNOTSUPP)
        self.proto_min = self.proto_max = -1
        if attrs.reg_proto_min is not None:
            self.proto_min = self.proto_max = nft_parse_register_load(ctx, attrs.reg_proto_min, 2)
            if attrs.reg_proto_max is not None:
                self.proto_max = nft_parse_register_load(ctx, attrs.reg_proto_max, 2)
            self.flags |= NF_NAT_RANGE_PROTO_SPECIFIED

    def track(self, ctx: NftCtx, family: int) -> None:
        """nf_ct_netns_get; the end of ``__init__``."""
        self.tracked_family = family
        nf_ct_netns_get(ctx.net, family)
        ctx.trans.undo(lambda: nf_ct_netns_put(ctx.net, family))

    def deactivate(self, ctx: NftCtx) -> None:
        ctx.trans.on_commit(lambda: nf_ct_netns_put(ctx.net, self.tracked_family))

    def validate(self, ctx: NftCtx) -> None:
        if ctx.family not in _FAMILIES:
            raise KernelError(Errno.EOPNOTSUPP)
        nft_chain_validate_dependency(ctx, "nat")
        nft_chain_validate_hooks(ctx, self.hooks)

    def range(self, regs: bytearray) -> NatRange:
        """The range that ports and flags make; addresses are the subclass's."""
        if self.proto_min < 0:
            return NatRange(self.flags)
        low = int.from_bytes(regs[self.proto_min : self.proto_min + 2], "big")
        high = int.from_bytes(regs[self.proto_max : self.proto_max + 2], "big")
        return NatRange(self.flags, b"", b"", low, high)


class NftNat(NftNatExpr):
    """snat or dnat to addresses and ports in registers."""

    __slots__ = ("addr_max", "addr_min", "alen", "any_family", "family", "hooks", "type")

    def __init__(self, ctx: NftCtx, attrs: Nat) -> None:
        if attrs.reg_addr_min is None and attrs.reg_proto_min is None:
            raise KernelError(Errno.EINVAL)
        if attrs.type not in _HOOKS:
            raise KernelError(Errno.EOPNOTSUPP)
        if ctx.family not in (NFPROTO_INET, attrs.family):
            raise KernelError(Errno.EOPNOTSUPP)
        self.type = attrs.type
        self.hooks = _HOOKS[attrs.type]
        self.family = attrs.family
        self.any_family = attrs.family == NFPROTO_INET
        self.alen = _ADDRESS_LENGTH.get(attrs.family, 0)
        self.addr_min = self.addr_max = -1
        if attrs.reg_addr_min is not None:
            if not self.alen:
                raise KernelError(Errno.EAFNOSUPPORT)
            self.addr_min = self.addr_max = nft_parse_register_load(ctx, attrs.reg_addr_min, self.alen)
            if attrs.reg_addr_max is not None:
                self.addr_max = nft_parse_register_load(ctx, attrs.reg_addr_max, self.alen)
        super().__init__(ctx, attrs)
        if self.addr_min >= 0:
            self.flags |= NF_NAT_RANGE_MAP_IPS
        self.track(ctx, attrs.family)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        if pkt.state.pf != self.family and not self.any_family:
            return None
        ct: NfConn | None = pkt.skb.nfct
        if ct is None:
            return NF_DROP
        range_ = self.range(regs)
        if self.addr_min >= 0:
            low = bytes(regs[self.addr_min : self.addr_min + self.alen])
            high = bytes(regs[self.addr_max : self.addr_max + self.alen])
            if self.flags & NF_NAT_RANGE_NETMAP:
                low = high = self._netmap(pkt, low, high)
            range_ = range_._replace(min_addr=low, max_addr=high)
        return nf_nat_setup_info(ct, range_, 0 if self.type == NFT_NAT_SNAT else 1)

    def _netmap(self, pkt: NftPktinfo, low: bytes, high: bytes) -> bytes:
        """nft_nat_setup_netmap: the network part from the range, the host part from the packet."""
        at = pkt.skb.network_header + (12 if self.family == NFPROTO_IPV4 else 8)
        at += 0 if self.type == NFT_NAT_SNAT else self.alen
        packet = int.from_bytes(pkt.skb.head[at : at + self.alen], "big")
        first, last = int.from_bytes(low, "big"), int.from_bytes(high, "big")
        full = (1 << self.alen * 8) - 1
        netmask = full ^ (first ^ last)
        return (packet & ~netmask & full | first & netmask).to_bytes(self.alen, "big")
