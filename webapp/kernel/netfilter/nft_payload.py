"""payload: bytes of the packet into registers and back (net/netfilter/nft_payload.c).

Headers are found as the kernel finds them: the link-layer header only where one was received or built (not in ip's
output path), the transport header only of the first fragment. Writes mend the checksums that nft asks to be mended:
the header's own, and the one of TCP, UDP or ICMPv6 whose pseudo header has changed.
"""

from __future__ import annotations

from webapp.kernel.core.skbuff import SkBuff
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_PAYLOAD_CSUM_INET,
    NFT_PAYLOAD_CSUM_NONE,
    NFT_PAYLOAD_CSUM_SCTP,
    NFT_PAYLOAD_INNER_HEADER,
    NFT_PAYLOAD_L4CSUM_PSEUDOHDR,
    NFT_PAYLOAD_LL_HEADER,
    NFT_PAYLOAD_NETWORK_HEADER,
    NFT_PAYLOAD_TRANSPORT_HEADER,
    Payload,
    PayloadSet,
)

_ETH_ADDRESSES = 12
_VLAN_ETH_HLEN = 18
_VLAN_HLEN = 4
_U8_MAX = 255

_IPPROTO_IPIP = 4
_IPPROTO_TCP = 6
_IPPROTO_UDP = 17
_IPPROTO_GRE = 47
_IPPROTO_ICMPV6 = 58
_IPPROTO_SCTP = 132
_IPPROTO_UDPLITE = 136


class NftPayload(NftExpr):
    """Loads bytes; breaks where the packet has no such header or ends before."""

    __slots__ = ("len", "offset", "place", "size")

    def __init__(self, ctx: NftCtx, attrs: Payload) -> None:
        super().__init__(ctx, attrs)
        if attrs.offset > _U8_MAX or attrs.len > _U8_MAX:
            raise KernelError(Errno.ERANGE)
        self.offset = attrs.offset
        self.len = attrs.len
        self.size = padded(attrs.len)
        dreg = nft_parse_register_store(ctx, attrs.dreg, attrs.len)
        self.place = slice(dreg, dreg + self.size)

    def value(self, regs: bytearray) -> str:
        return regs[self.place][: self.len].hex()


class _LinkLayer(NftPayload):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        start = skb.mac_header
        if start < 0 or skb.network_header == start:
            return NFT_BREAK
        if skb.vlan_proto and self.offset + self.len > _ETH_ADDRESSES:
            data = _with_vlan(skb)[self.offset : self.offset + self.len]
        else:
            start += self.offset
            data = skb.head[start : start + self.len]
        if len(data) < self.len:
            return NFT_BREAK
        regs[self.place] = data.ljust(self.size, b"\0")
        return None


class _Network(NftPayload):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        start = skb.network_header + self.offset
        data = skb.head[start : start + self.len]
        if len(data) < self.len:
            return NFT_BREAK
        regs[self.place] = data.ljust(self.size, b"\0")
        return None


class _Transport(NftPayload):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        if not pkt.l4proto or pkt.fragoff:
            return NFT_BREAK
        start = pkt.thoff + self.offset
        data = pkt.skb.head[start : start + self.len]
        if len(data) < self.len:
            return NFT_BREAK
        regs[self.place] = data.ljust(self.size, b"\0")
        return None


class _FastTransport(NftPayload):
    """nft_payload_fast_eval: unlike the slow one, it does not ask whether there is a transport header at all."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        if not pkt.l4proto:
            return NFT_BREAK
        start = pkt.thoff + self.offset
        data = pkt.skb.head[start : start + self.len]
        if len(data) < self.len:
            return NFT_BREAK
        regs[self.place] = data.ljust(self.size, b"\0")
        return None


class _Inner(NftPayload):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        start = nft_payload_inner_offset(pkt)
        if start < 0:
            return NFT_BREAK
        start += self.offset
        data = pkt.skb.head[start : start + self.len]
        if len(data) < self.len:
            return NFT_BREAK
        regs[self.place] = data.ljust(self.size, b"\0")
        return None


_LOADS: dict[int, type[NftPayload]] = {
    NFT_PAYLOAD_LL_HEADER: _LinkLayer,
    NFT_PAYLOAD_NETWORK_HEADER: _Network,
    NFT_PAYLOAD_TRANSPORT_HEADER: _Transport,
    NFT_PAYLOAD_INNER_HEADER: _Inner,
}


def _with_vlan(skb: SkBuff) -> bytes:
    """nft_payload_copy_vlan: the frame as it was before its VLAN tag was taken into the skb's fields."""
    addresses = skb.head[skb.mac_header : skb.mac_header + _ETH_ADDRESSES]
    tag = skb.vlan_proto.to_bytes(2, "big") + skb.vlan_tci.to_bytes(2, "big") + skb.protocol.to_bytes(2, "big")
    return addresses + tag + skb.head[skb.mac_header + 14 :]


def nft_payload_inner_offset(pkt: NftPktinfo) -> int:
    """Where the payload of TCP, UDP, GRE or IPIP begins; -1 where there is none."""
    if not pkt.l4proto or pkt.fragoff:
        return -1
    head, thoff = pkt.skb.head, pkt.thoff
    if pkt.tprot == _IPPROTO_UDP:
        return thoff + 8
    if pkt.tprot == _IPPROTO_TCP:
        return thoff + (head[thoff + 12] >> 4) * 4 if len(head) >= thoff + 20 else -1
    if pkt.tprot == _IPPROTO_GRE:
        return _gre_payload(head, thoff)
    return thoff if pkt.tprot == _IPPROTO_IPIP else -1


def _gre_payload(head: bytes, thoff: int) -> int:
    """Version 0 without routing; checksum, key and sequence number are 4 bytes each where their flag is set."""
    if len(head) < thoff + 4:
        return -1
    flags = int.from_bytes(head[thoff : thoff + 2], "big")
    if flags & 0x4007:
        return -1
    return thoff + 4 + 4 * ((flags >> 15 & 1) + (flags >> 13 & 1) + (flags >> 12 & 1))


class NftPayloadSet(NftExpr):
    """Writes a register into the packet; breaks where there is no place for it."""

    __slots__ = ("base", "csum_inet", "csum_l4", "csum_offset", "csum_sctp", "end", "inside", "len", "offset", "sreg")

    def __init__(self, ctx: NftCtx, attrs: PayloadSet) -> None:
        super().__init__(ctx, attrs)
        if attrs.csum_flags & ~NFT_PAYLOAD_L4CSUM_PSEUDOHDR:
            raise KernelError(Errno.EINVAL)
        if attrs.csum_type == NFT_PAYLOAD_CSUM_SCTP:
            if attrs.base != NFT_PAYLOAD_TRANSPORT_HEADER or attrs.csum_offset != 8:
                raise KernelError(Errno.EINVAL)
        elif attrs.csum_type not in (NFT_PAYLOAD_CSUM_NONE, NFT_PAYLOAD_CSUM_INET):
            raise KernelError(Errno.EOPNOTSUPP)
        self.base = attrs.base
        self.offset = attrs.offset
        self.len = attrs.len
        self.csum_inet = attrs.csum_type == NFT_PAYLOAD_CSUM_INET
        self.csum_sctp = attrs.csum_type == NFT_PAYLOAD_CSUM_SCTP
        self.csum_offset = attrs.csum_offset
        self.csum_l4 = bool(attrs.csum_flags)
        self.inside = attrs.base in (NFT_PAYLOAD_TRANSPORT_HEADER, NFT_PAYLOAD_INNER_HEADER)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, attrs.len)
        self.end = self.sreg + attrs.len

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        skb = pkt.skb
        data = bytes(regs[self.sreg : self.end])
        start = self._start(pkt)
        if self.base == NFT_PAYLOAD_LL_HEADER and skb.vlan_proto and self.offset + self.len > _ETH_ADDRESSES:
            if self.offset < 16:
                return None if _set_vlan(skb, self.offset, data) else NFT_BREAK
            start -= _VLAN_HLEN
        at = start + self.offset
        if start < 0 or at + self.len > len(skb.head):
            return NFT_BREAK
        if (self.csum_inet or self.csum_l4) and not (self.inside and skb.encapsulation):
            old = skb.head[at : at + self.len]
            if self.csum_inet and not nft_csum_replace(skb, start + self.csum_offset, old, data):
                return NFT_BREAK
            if self.csum_l4:
                where = nft_payload_l4csum_offset(pkt)
                if where >= 0 and not nft_csum_replace(skb, where, old, data):
                    return NFT_BREAK
        skb.write(at, data)
        if self.csum_sctp and pkt.tprot == _IPPROTO_SCTP and not pkt.fragoff:
            _sctp_checksum(skb, pkt.thoff)
        return None

    def _start(self, pkt: NftPktinfo) -> int:
        if self.base == NFT_PAYLOAD_NETWORK_HEADER:
            return pkt.skb.network_header
        if self.base == NFT_PAYLOAD_LL_HEADER:
            return pkt.skb.mac_header
        if self.base == NFT_PAYLOAD_TRANSPORT_HEADER:
            return pkt.thoff if pkt.l4proto and not pkt.fragoff else -1
        return nft_payload_inner_offset(pkt)

    def value(self, regs: bytearray) -> str:
        return regs[self.sreg : self.end].hex()


def _set_vlan(skb: SkBuff, offset: int, data: bytes) -> bool:
    """nft_payload_set_vlan: a tag that was taken into the skb's fields is written there."""
    if offset == 12 and len(data) == 2:
        skb.vlan_proto = int.from_bytes(data, "big")
    elif offset == 12 and len(data) == 4:
        skb.vlan_proto, skb.vlan_tci = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:], "big")
    elif offset == 14 and len(data) == 2:
        skb.vlan_tci = int.from_bytes(data, "big")
    else:
        return False
    return True


def _words(data: bytes) -> list[int]:
    """16-bit words; an odd last byte is the high half of its word."""
    data += b"\0" * (len(data) & 1)
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def nft_csum_replace(skb: SkBuff, at: int, old: bytes, new: bytes) -> bool:
    """Mends the checksum at ``at`` (RFC 1624); a result of 0 is written as 0xffff. False: there is no such place."""
    if at + 2 > len(skb.head):
        return False
    total = 0xFFFF - int.from_bytes(skb.head[at : at + 2], "big")
    total += sum(_words(new)) + sum(0xFFFF - word for word in _words(old))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    total = ~total & 0xFFFF
    skb.write(at, (total or 0xFFFF).to_bytes(2, "big"))
    return True


def nft_payload_l4csum_offset(pkt: NftPktinfo) -> int:
    """Where the checksum stands that covers the pseudo header; -1: there is none, or UDP does not use it."""
    if not pkt.l4proto or pkt.fragoff:
        return -1
    head, thoff = pkt.skb.head, pkt.thoff
    if pkt.tprot == _IPPROTO_TCP:
        return thoff + 16
    if pkt.tprot in (_IPPROTO_UDP, _IPPROTO_UDPLITE):
        if len(head) < thoff + 8 or (pkt.tprot == _IPPROTO_UDP and head[thoff + 6 : thoff + 8] == b"\0\0"):
            return -1
        return thoff + 6
    return thoff + 2 if pkt.tprot == _IPPROTO_ICMPV6 else -1


def _sctp_checksum(skb: SkBuff, thoff: int) -> None:
    """nft_payload_csum_sctp: CRC-32c of the packet with the checksum's own place zero."""
    if len(skb.head) < thoff + 12:
        return
    skb.write(thoff + 8, bytes(4))
    crc = 0xFFFFFFFF
    for byte in skb.head[thoff:]:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    skb.write(thoff + 8, (crc ^ 0xFFFFFFFF).to_bytes(4, "little"))


def nft_payload(ctx: NftCtx, attrs: Payload | PayloadSet) -> NftExpr:
    """The expression that loads or writes; EOPNOTSUPP for an unknown header."""
    if attrs.base not in _LOADS:
        raise KernelError(Errno.EOPNOTSUPP)
    if isinstance(attrs, PayloadSet):
        return NftPayloadSet(ctx, attrs)
    if attrs.base == NFT_PAYLOAD_TRANSPORT_HEADER and attrs.len in (1, 2, 4) and not attrs.offset % attrs.len:
        return _FastTransport(ctx, attrs)
    return _LOADS[attrs.base](ctx, attrs)
