"""reject: what all families share (net/netfilter/nft_reject.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr
from webapp.kernel.uapi.nf_tables import (
    NFT_REJECT_ICMP_UNREACH,
    NFT_REJECT_ICMPX_ADMIN_PROHIBITED,
    NFT_REJECT_ICMPX_HOST_UNREACH,
    NFT_REJECT_ICMPX_NO_ROUTE,
    NFT_REJECT_ICMPX_PORT_UNREACH,
    NFT_REJECT_ICMPX_UNREACH,
    NFT_REJECT_TCP_RST,
    Reject,
)
from webapp.kernel.wire.icmp import ICMP_HOST_UNREACH, ICMP_NET_UNREACH, ICMP_PKT_FILTERED, ICMP_PORT_UNREACH
from webapp.kernel.wire.icmpv6 import (
    ICMPV6_ADDR_UNREACH,
    ICMPV6_ADM_PROHIBITED,
    ICMPV6_NOROUTE,
    ICMPV6_PORT_UNREACH,
)

ICMP_CODE_V4 = {
    NFT_REJECT_ICMPX_NO_ROUTE: ICMP_NET_UNREACH,
    NFT_REJECT_ICMPX_PORT_UNREACH: ICMP_PORT_UNREACH,
    NFT_REJECT_ICMPX_HOST_UNREACH: ICMP_HOST_UNREACH,
    NFT_REJECT_ICMPX_ADMIN_PROHIBITED: ICMP_PKT_FILTERED,
}
"""icmp_code_v4: the code of each icmpx word."""

ICMP_CODE_V6 = {
    NFT_REJECT_ICMPX_NO_ROUTE: ICMPV6_NOROUTE,
    NFT_REJECT_ICMPX_PORT_UNREACH: ICMPV6_PORT_UNREACH,
    NFT_REJECT_ICMPX_HOST_UNREACH: ICMPV6_ADDR_UNREACH,
    NFT_REJECT_ICMPX_ADMIN_PROHIBITED: ICMPV6_ADM_PROHIBITED,
}
"""icmp_code_v6."""


class NftReject(NftExpr):
    """Attributes and their check; ``icmp_code`` is the code over IPv4, ``icmpv6_code`` over IPv6, icmpx translated."""

    __slots__ = ("icmp_code", "icmpv6_code", "type")

    def __init__(self, ctx: NftCtx, attrs: Reject) -> None:
        super().__init__(ctx, attrs)
        if attrs.type not in (NFT_REJECT_ICMP_UNREACH, NFT_REJECT_TCP_RST, NFT_REJECT_ICMPX_UNREACH):
            raise KernelError(Errno.EINVAL)
        if attrs.type == NFT_REJECT_ICMPX_UNREACH and attrs.icmp_code not in ICMP_CODE_V4:
            raise KernelError(Errno.EINVAL)
        self.type = attrs.type
        translated = attrs.type == NFT_REJECT_ICMPX_UNREACH
        self.icmp_code: int = ICMP_CODE_V4[attrs.icmp_code] if translated else attrs.icmp_code
        self.icmpv6_code: int = ICMP_CODE_V6[attrs.icmp_code] if translated else attrs.icmp_code
