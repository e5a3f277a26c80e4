"""hash: jhash of registers, or of the packet's flow (net/netfilter/nft_hash.c, include/linux/jhash.h)."""

from __future__ import annotations

import struct

from msgspec.structs import replace

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
)
from webapp.kernel.uapi.nf_tables import NFT_HASH_JENKINS, NFT_HASH_SYM, Hash

_MASK = 0xFFFFFFFF
_JHASH_INITVAL = 0xDEADBEEF


def _rol(word: int, shift: int) -> int:
    return (word << shift | word >> (32 - shift)) & _MASK


def _mix(a: int, b: int, c: int) -> tuple[int, int, int]:
    a = (a - c & _MASK) ^ _rol(c, 4)
    c = c + b & _MASK
    b = (b - a & _MASK) ^ _rol(a, 6)
    a = a + c & _MASK
    c = (c - b & _MASK) ^ _rol(b, 8)
    b = b + a & _MASK
    a = (a - c & _MASK) ^ _rol(c, 16)
    c = c + b & _MASK
    b = (b - a & _MASK) ^ _rol(a, 19)
    a = a + c & _MASK
    c = (c - b & _MASK) ^ _rol(b, 4)
    b = b + a & _MASK
    return a, b, c


def _final(a: int, b: int, c: int) -> int:
    c = (c ^ b) - _rol(b, 14) & _MASK
    a = (a ^ c) - _rol(c, 11) & _MASK
    b = (b ^ a) - _rol(a, 25) & _MASK
    c = (c ^ b) - _rol(b, 16) & _MASK
    a = (a ^ c) - _rol(c, 4) & _MASK
    b = (b ^ a) - _rol(a, 14) & _MASK
    return (c ^ b) - _rol(b, 24) & _MASK


def jhash(key: bytes, initval: int) -> int:
    """Bob Jenkins' lookup3 hash of some bytes."""
    a = b = c = _JHASH_INITVAL + len(key) + initval & _MASK
    at, left = 0, len(key)
    while left > 12:
        x, y, z = struct.unpack_from("<III", key, at)
        a, b, c = _mix(a + x & _MASK, b + y & _MASK, c + z & _MASK)
        at, left = at + 12, left - 12
    if not left:
        return c
    x, y, z = struct.unpack("<III", key[at:].ljust(12, b"\0"))
    return _final(a + x & _MASK, b + y & _MASK, c + z & _MASK)


def reciprocal_scale(value: int, end: int) -> int:
    """A 32-bit value scaled to 0 … end - 1 (include/linux/math.h)."""
    return value * end >> 32


class NftJhash(NftExpr):
    """Hashes registers."""

    __slots__ = ("dreg", "end", "seed", "start")

    def __init__(self, ctx: NftCtx, attrs: Hash) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg is None:
            raise KernelError(Errno.EINVAL)
        if attrs.len == 0 or attrs.modulus < 1:
            raise KernelError(Errno.ERANGE)
        if attrs.offset + attrs.modulus - 1 > _MASK:
            raise KernelError(Errno.EOVERFLOW)
        self.start = nft_parse_register_load(ctx, attrs.sreg, attrs.len)
        self.end = self.start + attrs.len
        self.seed: int = ctx.net.nft.random() if attrs.seed is None else attrs.seed
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        number = jhash(bytes(regs[self.start : self.end]), self.seed)
        number = reciprocal_scale(number, self.attrs.modulus) + self.attrs.offset
        regs[self.dreg : self.dreg + 4] = number.to_bytes(4, "little")

    def value(self, regs: bytearray) -> str:
        return str(int.from_bytes(regs[self.dreg : self.dreg + 4], "little"))


class NftSymhash(NftExpr):
    """Hashes the flow so that both directions give the same number; the kernel's own key differs from boot to boot."""

    __slots__ = ("dreg",)

    def __init__(self, ctx: NftCtx, attrs: Hash) -> None:
        super().__init__(ctx, replace(attrs, type=NFT_HASH_SYM))
        if attrs.modulus < 1:
            raise KernelError(Errno.ERANGE)
        if attrs.offset + attrs.modulus - 1 > _MASK:
            raise KernelError(Errno.EOVERFLOW)
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, 4)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        number = reciprocal_scale(jhash(_flow(pkt), 0), self.attrs.modulus) + self.attrs.offset
        regs[self.dreg : self.dreg + 4] = number.to_bytes(4, "little")

    def value(self, regs: bytearray) -> str:
        return str(int.from_bytes(regs[self.dreg : self.dreg + 4], "little"))


def _flow(pkt: NftPktinfo) -> bytes:
    """Addresses, protocol and ports of the packet, the lower end first."""
    skb = pkt.skb
    head, at = skb.head, skb.network_header
    if not pkt.l4proto:
        return struct.pack("<H", skb.protocol)
    if skb.protocol == 0x86DD:
        ends = [head[at + 8 : at + 24], head[at + 24 : at + 40]]
    else:
        ends = [head[at + 12 : at + 16], head[at + 16 : at + 20]]
    if pkt.tprot in (6, 17, 132) and not pkt.fragoff:
        ends[0] += head[pkt.thoff : pkt.thoff + 2]
        ends[1] += head[pkt.thoff + 2 : pkt.thoff + 4]
    return b"".join(sorted(ends)) + bytes((pkt.tprot,))


def nft_hash(ctx: NftCtx, attrs: Hash) -> NftExpr:
    """The expression for the kind of hash."""
    if attrs.type == NFT_HASH_JENKINS:
        return NftJhash(ctx, attrs)
    if attrs.type == NFT_HASH_SYM:
        return NftSymhash(ctx, attrs)
    raise KernelError(Errno.EOPNOTSUPP)
