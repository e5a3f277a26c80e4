"""meta: what the kernel knows of a packet beside its bytes (net/netfilter/nft_meta.c).

One function a key: ``_GET`` maps NFT_META_* to the length of the value and to the function that gives it, as the
register holds it (little-endian); a function that gives None breaks the rule.
"""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.clock import NSEC_PER_SEC
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.skbuff import PACKET_BROADCAST, PACKET_LOOPBACK, PACKET_MULTICAST, PACKET_OTHERHOST
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.machine import StaticKeys
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_chain_validate_hooks,
    nft_parse_register_load,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.uapi.if_ether import ETH_P_IP, ETH_P_IPV6
from webapp.kernel.uapi.netfilter import (
    NF_INET_FORWARD,
    NF_INET_LOCAL_IN,
    NF_INET_PRE_ROUTING,
    NF_NETDEV_INGRESS,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_META_CGROUP,
    NFT_META_CPU,
    NFT_META_IIF,
    NFT_META_IIFGROUP,
    NFT_META_IIFKIND,
    NFT_META_IIFNAME,
    NFT_META_IIFTYPE,
    NFT_META_L4PROTO,
    NFT_META_LEN,
    NFT_META_MARK,
    NFT_META_NFPROTO,
    NFT_META_NFTRACE,
    NFT_META_OIF,
    NFT_META_OIFGROUP,
    NFT_META_OIFKIND,
    NFT_META_OIFNAME,
    NFT_META_OIFTYPE,
    NFT_META_PKTTYPE,
    NFT_META_PRANDOM,
    NFT_META_PRIORITY,
    NFT_META_PROTOCOL,
    NFT_META_RTCLASSID,
    NFT_META_SDIF,
    NFT_META_SDIFNAME,
    NFT_META_SECPATH,
    NFT_META_SKGID,
    NFT_META_SKUID,
    NFT_META_TIME_DAY,
    NFT_META_TIME_HOUR,
    NFT_META_TIME_NS,
    Meta,
    MetaSet,
)

_SECONDS_PER_DAY = 86400


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _u16(value: int) -> bytes:
    return value.to_bytes(2, "little") + b"\0\0"


def _u8(value: int) -> bytes:
    return bytes((value, 0, 0, 0))


def _ifname(dev: NetDevice | None) -> bytes:
    return (dev.name.encode() if dev is not None else b"").ljust(16, b"\0")


def _ifindex(dev: NetDevice | None) -> bytes:
    return (dev.ifindex if dev is not None else 0).to_bytes(4, "little")


def _len(pkt: NftPktinfo) -> bytes:
    return _u32(pkt.skb.len)


def _protocol(pkt: NftPktinfo) -> bytes:
    return (pkt.skb.protocol << 16).to_bytes(4, "big")


def _nfproto(pkt: NftPktinfo) -> bytes:
    return _u8(pkt.state.pf)


def _l4proto(pkt: NftPktinfo) -> bytes | None:
    return _u8(pkt.tprot) if pkt.l4proto else None


def _priority(pkt: NftPktinfo) -> bytes:
    return _u32(pkt.skb.priority)


def _mark(pkt: NftPktinfo) -> bytes:
    return pkt.skb.mark.to_bytes(4, "little")


def _iif(pkt: NftPktinfo) -> bytes:
    return _ifindex(pkt.state.in_)


def _oif(pkt: NftPktinfo) -> bytes:
    return _ifindex(pkt.state.out)


def _iifname(pkt: NftPktinfo) -> bytes:
    return _ifname(pkt.state.in_)


def _oifname(pkt: NftPktinfo) -> bytes:
    return _ifname(pkt.state.out)


def _iftype(pkt: NftPktinfo) -> bytes:
    return _u16(pkt.skb.dev.type)


def _oiftype(pkt: NftPktinfo) -> bytes | None:
    return _u16(pkt.state.out.type) if pkt.state.out is not None else None


def _iifgroup(pkt: NftPktinfo) -> bytes | None:
    return _u32(pkt.state.in_.group) if pkt.state.in_ is not None else None


def _oifgroup(pkt: NftPktinfo) -> bytes | None:
    return _u32(pkt.state.out.group) if pkt.state.out is not None else None


def _kind(dev: NetDevice | None) -> bytes | None:
    return dev.kind.encode().ljust(16, b"\0") if dev is not None and dev.kind else None


def _iifkind(pkt: NftPktinfo) -> bytes | None:
    return _kind(pkt.state.in_)


def _oifkind(pkt: NftPktinfo) -> bytes | None:
    return _kind(pkt.state.out)


def _skugid(pkt: NftPktinfo) -> bytes | None:
    """The owner of the packet's socket if that is of this namespace; everybody in a lab is root."""
    sk = pkt.skb.sk
    return bytes(4) if sk is not None and sk.net is pkt.state.net else None


def _pkttype(pkt: NftPktinfo) -> bytes | None:
    skb = pkt.skb
    if skb.pkt_type != PACKET_LOOPBACK:
        return _u8(skb.pkt_type)
    if skb.protocol == ETH_P_IPV6:
        return _u8(PACKET_MULTICAST)
    if skb.protocol == ETH_P_IP:
        multicast = skb.head[skb.network_header + 16] & 0xF0 == 0xE0
        return _u8(PACKET_MULTICAST if multicast else PACKET_BROADCAST)
    return None


def _zero(pkt: NftPktinfo) -> bytes:
    """The one CPU, the one cgroup, no route class, no IPsec, no VRF."""
    return bytes(4)


def _no_name(pkt: NftPktinfo) -> bytes:
    return bytes(16)


def _random(pkt: NftPktinfo) -> bytes:
    return _u32(pkt.state.net.nft.random())


def _time_ns(pkt: NftPktinfo) -> bytes:
    return pkt.state.net.machine.clock.now.to_bytes(8, "little")


def _time_day(pkt: NftPktinfo) -> bytes:
    """Days of the week since the clock's zero, a Thursday as 1 January 1970."""
    return _u8((4 + pkt.state.net.machine.clock.now // NSEC_PER_SEC // _SECONDS_PER_DAY) % 7)


def _time_hour(pkt: NftPktinfo) -> bytes:
    return _u32(pkt.state.net.machine.clock.now // NSEC_PER_SEC % _SECONDS_PER_DAY)


Get = Callable[[NftPktinfo], "bytes | None"]

_GET: dict[int, tuple[int, Get]] = {
    NFT_META_LEN: (4, _len),
    NFT_META_PROTOCOL: (2, _protocol),
    NFT_META_PRIORITY: (4, _priority),
    NFT_META_MARK: (4, _mark),
    NFT_META_IIF: (4, _iif),
    NFT_META_OIF: (4, _oif),
    NFT_META_IIFNAME: (16, _iifname),
    NFT_META_OIFNAME: (16, _oifname),
    NFT_META_IIFTYPE: (2, _iftype),
    NFT_META_OIFTYPE: (2, _oiftype),
    NFT_META_SKUID: (4, _skugid),
    NFT_META_SKGID: (4, _skugid),
    NFT_META_RTCLASSID: (4, _zero),
    NFT_META_NFPROTO: (4, _nfproto),
    NFT_META_L4PROTO: (4, _l4proto),
    NFT_META_PKTTYPE: (4, _pkttype),
    NFT_META_CPU: (4, _zero),
    NFT_META_IIFGROUP: (4, _iifgroup),
    NFT_META_OIFGROUP: (4, _oifgroup),
    NFT_META_CGROUP: (4, _zero),
    NFT_META_PRANDOM: (4, _random),
    NFT_META_SECPATH: (1, _zero),
    NFT_META_IIFKIND: (16, _iifkind),
    NFT_META_OIFKIND: (16, _oifkind),
    NFT_META_TIME_NS: (8, _time_ns),
    NFT_META_TIME_DAY: (1, _time_day),
    NFT_META_TIME_HOUR: (4, _time_hour),
    NFT_META_SDIF: (4, _zero),
    NFT_META_SDIFNAME: (16, _no_name),
}

_INET = (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET)
_NF_BR_PRE_ROUTING = 0

_Hooks = dict[int, tuple[int, ...]]
"""Hooks by family."""

_PKTTYPE_HOOKS: _Hooks = {
    NFPROTO_BRIDGE: (_NF_BR_PRE_ROUTING,),
    NFPROTO_NETDEV: (NF_NETDEV_INGRESS,),
    **dict.fromkeys(_INET, (NF_INET_PRE_ROUTING,)),
}
_SECPATH_HOOKS: _Hooks = {
    NFPROTO_NETDEV: (NF_NETDEV_INGRESS,),
    **dict.fromkeys(_INET, (NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_FORWARD)),
}
_SDIF_HOOKS: _Hooks = dict.fromkeys(_INET, (NF_INET_LOCAL_IN, NF_INET_FORWARD))

_GET_HOOKS: dict[int, _Hooks] = {
    NFT_META_SECPATH: _SECPATH_HOOKS,
    NFT_META_SDIF: _SDIF_HOOKS,
    NFT_META_SDIFNAME: _SDIF_HOOKS,
}


def _validate(ctx: NftCtx, hooks: _Hooks) -> None:
    if ctx.family not in hooks:
        raise KernelError(Errno.EOPNOTSUPP)
    nft_chain_validate_hooks(ctx, hooks[ctx.family])


class NftMetaGet(NftExpr):
    """Loads one fact."""

    __slots__ = ("get", "place")

    def __init__(self, ctx: NftCtx, attrs: Meta) -> None:
        super().__init__(ctx, attrs)
        if attrs.key not in _GET:
            raise KernelError(Errno.EOPNOTSUPP)
        length, self.get = _GET[attrs.key]
        dreg = nft_parse_register_store(ctx, attrs.dreg, length)
        self.place = slice(dreg, dreg + padded(length))

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        value = self.get(pkt)
        if value is None:
            return NFT_BREAK
        regs[self.place] = value
        return None

    def validate(self, ctx: NftCtx) -> None:
        if self.attrs.key in _GET_HOOKS:
            _validate(ctx, _GET_HOOKS[self.attrs.key])

    def value(self, regs: bytearray) -> str:
        return regs[self.place].hex()


class NftMetaSet(NftExpr):
    """Stores a register; the subclasses are the keys."""

    __slots__ = ("end", "sreg")

    length = 4

    def __init__(self, ctx: NftCtx, attrs: MetaSet) -> None:
        super().__init__(ctx, attrs)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, self.length)
        self.end = self.sreg + self.length

    def value(self, regs: bytearray) -> str:
        return regs[self.sreg : self.end].hex()


class _SetMark(NftMetaSet):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        pkt.skb.mark = int.from_bytes(regs[self.sreg : self.end], "little")


class _SetPriority(NftMetaSet):
    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        pkt.skb.priority = int.from_bytes(regs[self.sreg : self.end], "little")


class _SetPkttype(NftMetaSet):
    __slots__ = ()

    length = 1

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        wanted = regs[self.sreg]
        if wanted <= PACKET_OTHERHOST and pkt.skb.pkt_type <= PACKET_OTHERHOST:
            pkt.skb.pkt_type = wanted

    def validate(self, ctx: NftCtx) -> None:
        _validate(ctx, _PKTTYPE_HOOKS)


class _SetNftrace(NftMetaSet):
    __slots__ = ()

    length = 1

    def __init__(self, ctx: NftCtx, attrs: MetaSet) -> None:
        super().__init__(ctx, attrs)
        keys = ctx.net.machine.keys
        keys.nft_trace_enabled += 1
        ctx.trans.undo(lambda: _trace_disable(keys))

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        pkt.skb.nf_trace = 1 if regs[self.sreg] else 0

    def deactivate(self, ctx: NftCtx) -> None:
        keys = ctx.net.machine.keys
        ctx.trans.on_commit(lambda: _trace_disable(keys))


def _trace_disable(keys: StaticKeys) -> None:
    keys.nft_trace_enabled -= 1


_SET: dict[int, type[NftMetaSet]] = {
    NFT_META_MARK: _SetMark,
    NFT_META_PRIORITY: _SetPriority,
    NFT_META_PKTTYPE: _SetPkttype,
    NFT_META_NFTRACE: _SetNftrace,
}


def nft_meta(ctx: NftCtx, attrs: Meta | MetaSet) -> NftExpr:
    """The expression that loads or sets; EOPNOTSUPP for keys that cannot be set."""
    if isinstance(attrs, Meta):
        return NftMetaGet(ctx, attrs)
    setter = _SET.get(attrs.key)
    if setter is None:
        raise KernelError(Errno.EOPNOTSUPP)
    return setter(ctx, attrs)
