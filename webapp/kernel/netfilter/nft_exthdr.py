"""exthdr: options of TCP and IPv4, extension headers of IPv6, chunks of SCTP (net/netfilter/nft_exthdr.c)."""

from __future__ import annotations

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.netfilter.nf_tables_ipv6 import ipv6_find_hdr
from webapp.kernel.netfilter.nft_payload import nft_csum_replace
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import NF_DROP
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_EXTHDR_F_PRESENT,
    NFT_EXTHDR_OP_IPV4,
    NFT_EXTHDR_OP_IPV6,
    NFT_EXTHDR_OP_SCTP,
    NFT_EXTHDR_OP_TCPOPT,
    Exthdr,
    ExthdrSet,
)

_IPPROTO_TCP = 6
_IPPROTO_SCTP = 132
_TCPOPT_NOP = 1
_TCPOPT_MSS = 2
_IPOPTS = frozenset((7, 131, 137, 148))
"""Record route, loose and strict source route, router alert: the options that the kernel looks for."""


class NftExthdr(NftExpr):
    """Loads bytes of an option, or with NFT_EXTHDR_F_PRESENT whether it is there."""

    __slots__ = ("dreg", "end", "present", "size")

    def __init__(self, ctx: NftCtx, attrs: Exthdr) -> None:
        super().__init__(ctx, attrs)
        if attrs.flags & ~NFT_EXTHDR_F_PRESENT:
            raise KernelError(Errno.EINVAL)
        self.present = bool(attrs.flags & NFT_EXTHDR_F_PRESENT)
        self.size = padded(attrs.len)
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, attrs.len)
        self.end = self.dreg + self.size

    def find(self, pkt: NftPktinfo) -> tuple[int, int] | None:
        """Where the option begins in skb.head, and its length (0: not limited by it)."""
        raise NotImplementedError

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        found = self.find(pkt)
        if self.present:
            regs[self.dreg : self.dreg + 4] = (found is not None).to_bytes(4, "little")
            return None
        if found is None:
            return NFT_BREAK
        start, length = found
        if length and self.attrs.offset + self.attrs.len > length:
            return NFT_BREAK
        start += self.attrs.offset
        data = pkt.skb.head[start : start + self.attrs.len]
        if len(data) < self.attrs.len:
            return NFT_BREAK
        regs[self.dreg : self.end] = data.ljust(self.size, b"\0")
        return None

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.dreg + self.attrs.len].hex()


def tcp_option(pkt: NftPktinfo, kind: int) -> tuple[int, int] | None:
    """An option of the TCP header, as nft_exthdr_tcp_eval walks them."""
    head, at = pkt.skb.head, pkt.thoff
    if pkt.tprot != _IPPROTO_TCP or pkt.fragoff or not pkt.l4proto or len(head) < at + 20:
        return None
    end = at + (head[at + 12] >> 4) * 4
    if end < at + 20 or end > len(head):
        return None
    at += 20
    while at < end - 1:
        length = 1 if head[at] <= _TCPOPT_NOP or head[at + 1] == 0 else head[at + 1]
        if head[at] == kind:
            return (at, length) if at + length <= end else None
        at += length
    return None


class _Tcp(NftExthdr):
    __slots__ = ()

    def find(self, pkt: NftPktinfo) -> tuple[int, int] | None:
        return tcp_option(pkt, self.attrs.type)


class _Ipv4(NftExthdr):
    __slots__ = ()

    def __init__(self, ctx: NftCtx, attrs: Exthdr) -> None:
        if attrs.type not in _IPOPTS:
            raise KernelError(Errno.EOPNOTSUPP)
        super().__init__(ctx, attrs)

    def find(self, pkt: NftPktinfo) -> tuple[int, int] | None:
        skb = pkt.skb
        head, at = skb.head, skb.network_header
        if skb.protocol != ETH_P_IP or len(head) < at + 20:
            return None
        end = at + (head[at] & 0x0F) * 4
        at += 20
        while at < min(end, len(head)) and head[at] != 0:
            if head[at] == 1:
                at += 1
                continue
            length = head[at + 1] if at + 1 < end else 0
            if length < 2 or at + length > end:
                return None
            if head[at] == self.attrs.type:
                return at, length
            at += length
        return None


class _Ipv6(NftExthdr):
    __slots__ = ()

    def find(self, pkt: NftPktinfo) -> tuple[int, int] | None:
        skb = pkt.skb
        if skb.protocol != ETH_P_IPV6:
            return None
        found = ipv6_find_hdr(skb.head, skb.network_header, self.attrs.type)
        return (found[1], 0) if found is not None else None


class _Sctp(NftExthdr):
    __slots__ = ()

    def find(self, pkt: NftPktinfo) -> tuple[int, int] | None:
        if pkt.tprot != _IPPROTO_SCTP or not pkt.l4proto:
            return None
        head, at = pkt.skb.head, pkt.thoff + 12
        while at + 4 <= len(head):
            length = int.from_bytes(head[at + 2 : at + 4], "big")
            if length == 0:
                return None
            if head[at] == self.attrs.type:
                return (at, length) if at + length <= len(head) else None
            at += (length + 3) & ~3
        return None


_LOADS: dict[int, type[NftExthdr]] = {
    NFT_EXTHDR_OP_IPV6: _Ipv6,
    NFT_EXTHDR_OP_TCPOPT: _Tcp,
    NFT_EXTHDR_OP_IPV4: _Ipv4,
    NFT_EXTHDR_OP_SCTP: _Sctp,
}


class NftTcpOptionSet(NftExpr):
    """Writes 2 or 4 bytes of an option; an MSS is only ever made smaller. A missing option is left alone."""

    __slots__ = ("end", "sreg")

    def __init__(self, ctx: NftCtx, attrs: ExthdrSet) -> None:
        super().__init__(ctx, attrs)
        if attrs.sreg is None or attrs.op != NFT_EXTHDR_OP_TCPOPT or attrs.len not in (2, 4) or attrs.offset < 2:
            raise KernelError(Errno.EOPNOTSUPP)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, attrs.len)
        self.end = self.sreg + attrs.len

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        if pkt.tprot != _IPPROTO_TCP or pkt.fragoff or not pkt.l4proto:
            return NFT_BREAK
        found = tcp_option(pkt, self.attrs.type)
        if found is None:
            return None
        start, length = found
        if self.attrs.offset + self.attrs.len > length:
            return NFT_BREAK
        at = start + self.attrs.offset
        skb = pkt.skb
        old, new = skb.head[at : at + self.attrs.len], bytes(regs[self.sreg : self.end])
        if old == new or (self.attrs.type == _TCPOPT_MSS and old <= new):
            return None
        _write(pkt, at, new)
        return None

    def value(self, regs: bytearray) -> str:
        return regs[self.sreg : self.end].hex()


class NftTcpOptionStrip(NftExpr):
    """Overwrites an option with NOPs."""

    __slots__ = ()

    def __init__(self, ctx: NftCtx, attrs: ExthdrSet) -> None:
        super().__init__(ctx, attrs)
        if attrs.op != NFT_EXTHDR_OP_TCPOPT or attrs.type <= _TCPOPT_NOP:
            raise KernelError(Errno.EOPNOTSUPP)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        if pkt.tprot != _IPPROTO_TCP or pkt.fragoff or not pkt.l4proto:
            return NFT_BREAK
        found = tcp_option(pkt, self.attrs.type)
        if found is not None:
            start, length = found
            if start + length > len(pkt.skb.head):
                return NF_DROP
            _write(pkt, start, bytes((_TCPOPT_NOP,)) * length)
        return None


def _write(pkt: NftPktinfo, at: int, new: bytes) -> None:
    """Overwrites bytes of the TCP header and mends its checksum, word by word from the header's start."""
    skb, lead = pkt.skb, (at - pkt.thoff) & 1
    begin = at - lead
    end = at + len(new) + ((at + len(new) - pkt.thoff) & 1)
    old = skb.head[begin:end]
    skb.write(at, new)
    nft_csum_replace(skb, pkt.thoff + 16, old, skb.head[begin:end])


def nft_exthdr(ctx: NftCtx, attrs: Exthdr | ExthdrSet) -> NftExpr:
    """The expression that loads, writes or strips; EOPNOTSUPP for what the kernel cannot do."""
    if isinstance(attrs, ExthdrSet):
        return NftTcpOptionStrip(ctx, attrs) if attrs.sreg is None else NftTcpOptionSet(ctx, attrs)
    load = _LOADS.get(attrs.op)
    if load is None:
        raise KernelError(Errno.EOPNOTSUPP)
    return load(ctx, attrs)
