"""dup to a device, in the netdev family (net/netfilter/nft_dup_netdev.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_dup_netdev import nf_dup_netdev_egress
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_load
from webapp.kernel.uapi.nf_tables import Dup


class NftDupNetdev(NftExpr):
    """Sends a copy and goes on; the copy is on its way, to the very end, before the next expression runs."""

    __slots__ = ("sreg_dev",)

    def __init__(self, ctx: NftCtx, attrs: Dup) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg_dev is None:
            raise KernelError(Errno.EINVAL)
        self.sreg_dev = nft_parse_register_load(ctx, attrs.sreg_dev, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        nf_dup_netdev_egress(pkt, int.from_bytes(regs[self.sreg_dev : self.sreg_dev + 4], "little"))
