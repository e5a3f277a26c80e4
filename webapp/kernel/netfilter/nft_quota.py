"""quota: a number of bytes, as expression and as object (net/netfilter/nft_quota.c)."""

from __future__ import annotations

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo
from webapp.kernel.uapi.nf_tables import NFT_BREAK, NFT_QUOTA_F_DEPLETED, NFT_QUOTA_F_INV, Quota

_S64_MAX = 2**63 - 1


class NftQuota(NftExpr):
    """Breaks when more than the quota has gone through; inverted ("over") until then."""

    __slots__ = ("consumed", "invert", "quota")

    stateful = True

    def __init__(self, ctx: NftCtx, attrs: Quota) -> None:
        super().__init__(ctx, attrs)
        if attrs.bytes > _S64_MAX:
            raise KernelError(Errno.EOVERFLOW)
        if attrs.consumed > attrs.bytes or attrs.flags & ~NFT_QUOTA_F_INV:
            raise KernelError(Errno.EINVAL)
        self.quota = attrs.bytes
        self.consumed = attrs.consumed
        self.invert = bool(attrs.flags & NFT_QUOTA_F_INV)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        self.consumed += len(skb.head) - skb.data
        return None if (self.consumed > self.quota) is self.invert else NFT_BREAK

    def dump(self, *, reset: bool = False) -> Quota:
        flags = NFT_QUOTA_F_INV if self.invert else 0
        depleted = NFT_QUOTA_F_DEPLETED if self.consumed >= self.quota else 0
        quota = Quota(self.quota, flags | depleted, min(self.consumed, self.quota))
        if reset:
            self.consumed = 0
        return quota

    def update(self, attrs: Quota) -> None:
        """nft_quota_obj_update: the new size, the old consumption."""
        self.quota = attrs.bytes
        self.invert = bool(attrs.flags & NFT_QUOTA_F_INV)

    def clone(self, net: Net) -> NftQuota:
        twin = NftQuota.__new__(NftQuota)
        for name in ("attrs", *NftQuota.__slots__):
            setattr(twin, name, getattr(self, name))
        return twin

    def value(self, regs: bytearray) -> str:
        return f"{self.consumed} of {self.quota} bytes"
