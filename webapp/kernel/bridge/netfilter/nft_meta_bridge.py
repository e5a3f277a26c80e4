"""meta's words of the bridge family: which bridge, which vlan (net/bridge/netfilter/nft_meta_bridge.c)."""

from __future__ import annotations

from webapp.kernel.bridge.br_private import Bridge, br_port_get
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.netfilter.nf_tables import NftCtx, NftExpr, NftPktinfo, nft_parse_register_store, padded
from webapp.kernel.netfilter.nft_meta import nft_meta
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_META_BRI_IIFNAME,
    NFT_META_BRI_IIFPVID,
    NFT_META_BRI_IIFVPROTO,
    NFT_META_BRI_OIFNAME,
    Meta,
    MetaSet,
)

_IFNAMSIZ = 16
_LENGTHS = {
    NFT_META_BRI_IIFNAME: _IFNAMSIZ,
    NFT_META_BRI_OIFNAME: _IFNAMSIZ,
    NFT_META_BRI_IIFPVID: 2,
    NFT_META_BRI_IIFVPROTO: 2,
}


def nft_meta_get_bridge(dev: NetDevice | None) -> NetDevice | None:
    """The bridge of a port."""
    port = br_port_get(dev) if dev is not None else None
    return None if port is None else port.br.dev


class NftMetaBridgeGet(NftExpr):
    """Loads one fact about the bridge; breaks off where the bridge knows nothing of vlans."""

    __slots__ = ("dreg", "end", "key")

    def __init__(self, ctx: NftCtx, attrs: Meta) -> None:
        super().__init__(ctx, attrs)
        self.key = attrs.key
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, _LENGTHS[attrs.key])
        self.end = self.dreg + padded(_LENGTHS[attrs.key])

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        state = pkt.state
        if self.key in (NFT_META_BRI_IIFNAME, NFT_META_BRI_OIFNAME):
            bridge = nft_meta_get_bridge(state.in_ if self.key == NFT_META_BRI_IIFNAME else state.out)
            name = "" if bridge is None else bridge.name
            regs[self.dreg : self.end] = name.encode().ljust(_IFNAMSIZ, b"\0")
            return None
        port = br_port_get(state.in_) if state.in_ is not None else None
        if port is None or not port.br.vlan_enabled:
            return NFT_BREAK
        value = self._vlan(port.br, port.vlgrp.pvid)
        regs[self.dreg : self.end] = value.ljust(self.end - self.dreg, b"\0")
        return None

    def _vlan(self, br: Bridge, pvid: int) -> bytes:
        if self.key == NFT_META_BRI_IIFPVID:
            return pvid.to_bytes(2, "little")
        return br.vlan_proto.to_bytes(2, "big")

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.end].hex()


def nft_meta_bridge(ctx: NftCtx, attrs: Meta | MetaSet) -> NftExpr:
    """The expression of the bridge family, that knows what others know too."""
    if isinstance(attrs, Meta) and attrs.key in _LENGTHS:
        return NftMetaBridgeGet(ctx, attrs)
    return nft_meta(ctx, attrs)
