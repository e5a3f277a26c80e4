"""ct and notrack (net/netfilter/nft_ct.c).

One function a key: ``_GET`` maps NFT_CT_* to the length of the value, whether a direction may, must or must not be
given, and the function that gives the value as the register holds it; None breaks the rule. Not modelled, and refused:
label, secmark, event and id.
"""

from __future__ import annotations

from collections.abc import Callable

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_conntrack import (
    IP_CT_IS_REPLY,
    IP_CT_NEW,
    IP_CT_UNTRACKED,
    IPS_CONFIRMED,
    IPS_TEMPLATE,
    NF_CT_STATE_INVALID_BIT,
    NF_CT_STATE_UNTRACKED_BIT,
    NfConn,
    Tuple,
    Zone,
)
from webapp.kernel.netfilter.nf_conntrack_proto import nf_ct_netns_get, nf_ct_netns_put
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftPktinfo,
    nft_parse_register_load,
    nft_parse_register_store,
    padded,
)
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.kernel.uapi.nf_tables import (
    NFT_BREAK,
    NFT_CT_AVGPKT,
    NFT_CT_BYTES,
    NFT_CT_DIRECTION,
    NFT_CT_DST,
    NFT_CT_DST_IP,
    NFT_CT_DST_IP6,
    NFT_CT_EXPIRATION,
    NFT_CT_HELPER,
    NFT_CT_L3PROTOCOL,
    NFT_CT_MARK,
    NFT_CT_PKTS,
    NFT_CT_PROTO_DST,
    NFT_CT_PROTO_SRC,
    NFT_CT_PROTOCOL,
    NFT_CT_SRC,
    NFT_CT_SRC_IP,
    NFT_CT_SRC_IP6,
    NFT_CT_STATE,
    NFT_CT_STATUS,
    NFT_CT_ZONE,
    Ct,
    CtSet,
)


def _u32(value: int) -> bytes:
    return (value & 0xFFFFFFFF).to_bytes(4, "little")


def _direction(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ctinfo >= IP_CT_IS_REPLY)


def _status(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ct.status)


def _mark(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ct.mark)


def _expiration(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    # until the confirmation there is a duration where the kernel takes a time for it, long past
    return _u32(ct.expires() // NSEC_PER_MSEC if ct.status & IPS_CONFIRMED else 0)


def _l3proto(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ct.tuples[0].l3num)


def _protocol(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ct.protonum)


def _counters(ct: NfConn, direction: int | None) -> tuple[int, int]:
    """Packets and bytes of one direction, or of both; zeros where nobody counted from the beginning."""
    if ct.acct is None:
        return 0, 0
    counted = ct.acct if direction is None else (ct.acct[direction],)
    return sum(one[0] for one in counted), sum(one[1] for one in counted)


def _packets(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _counters(ct, direction)[0].to_bytes(8, "little")


def _bytes(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _counters(ct, direction)[1].to_bytes(8, "little")


def _avgpkt(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    packets, total = _counters(ct, direction)
    return (total // packets if packets else 0).to_bytes(8, "little")


def _zone(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _u32(ct.zone.id if direction is None else ct.zone.of(direction))


def _tuple(ct: NfConn, direction: int | None) -> Tuple:
    return ct.tuples[direction or 0]


def _src(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _tuple(ct, direction).src


def _dst(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _tuple(ct, direction).dst


def _proto_src(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _tuple(ct, direction).sport.to_bytes(2, "big") + b"\0\0"


def _proto_dst(ct: NfConn, ctinfo: int, direction: int | None) -> bytes:
    return _tuple(ct, direction).dport.to_bytes(2, "big") + b"\0\0"


def _src_ip(ct: NfConn, ctinfo: int, direction: int | None) -> bytes | None:
    return _src(ct, ctinfo, direction) if ct.tuples[0].l3num == NFPROTO_IPV4 else None


def _dst_ip(ct: NfConn, ctinfo: int, direction: int | None) -> bytes | None:
    return _dst(ct, ctinfo, direction) if ct.tuples[0].l3num == NFPROTO_IPV4 else None


def _src_ip6(ct: NfConn, ctinfo: int, direction: int | None) -> bytes | None:
    return _src(ct, ctinfo, direction) if ct.tuples[0].l3num == NFPROTO_IPV6 else None


def _dst_ip6(ct: NfConn, ctinfo: int, direction: int | None) -> bytes | None:
    return _dst(ct, ctinfo, direction) if ct.tuples[0].l3num == NFPROTO_IPV6 else None


def _helper(ct: NfConn, ctinfo: int, direction: int | None) -> None:
    """The helper of the connection that expected this one: no helpers, no expectations."""


Get = Callable[[NfConn, int, "int | None"], "bytes | None"]

_NEVER, _MAY, _MUST = range(3)

_GET: dict[int, tuple[int, int, Get]] = {
    NFT_CT_DIRECTION: (1, _NEVER, _direction),
    NFT_CT_STATUS: (4, _NEVER, _status),
    NFT_CT_MARK: (4, _NEVER, _mark),
    NFT_CT_EXPIRATION: (4, _NEVER, _expiration),
    NFT_CT_HELPER: (16, _NEVER, _helper),
    NFT_CT_L3PROTOCOL: (1, _MAY, _l3proto),
    NFT_CT_PROTOCOL: (1, _MAY, _protocol),
    NFT_CT_SRC: (16, _MUST, _src),
    NFT_CT_DST: (16, _MUST, _dst),
    NFT_CT_SRC_IP: (4, _MUST, _src_ip),
    NFT_CT_DST_IP: (4, _MUST, _dst_ip),
    NFT_CT_SRC_IP6: (16, _MUST, _src_ip6),
    NFT_CT_DST_IP6: (16, _MUST, _dst_ip6),
    NFT_CT_PROTO_SRC: (2, _MUST, _proto_src),
    NFT_CT_PROTO_DST: (2, _MUST, _proto_dst),
    NFT_CT_BYTES: (8, _MAY, _bytes),
    NFT_CT_PKTS: (8, _MAY, _packets),
    NFT_CT_AVGPKT: (8, _MAY, _avgpkt),
    NFT_CT_ZONE: (2, _MAY, _zone),
}
_COUNTED = frozenset((NFT_CT_BYTES, NFT_CT_PKTS, NFT_CT_AVGPKT))
_PRINTED = frozenset((
    NFT_CT_SRC, NFT_CT_DST, NFT_CT_SRC_IP, NFT_CT_DST_IP, NFT_CT_SRC_IP6, NFT_CT_DST_IP6, NFT_CT_PROTO_SRC,
    NFT_CT_PROTO_DST, NFT_CT_BYTES, NFT_CT_PKTS, NFT_CT_AVGPKT, NFT_CT_ZONE,
))  # fmt: skip
"""Keys whose direction a dump tells."""


class _Tracked(NftExpr):
    """An expression that needs connection tracking as long as it is there."""

    __slots__ = ()

    def track(self, ctx: NftCtx) -> None:
        """nf_ct_netns_get; the end of ``__init__``."""
        net, family = ctx.net, ctx.family
        nf_ct_netns_get(net, family)
        ctx.trans.undo(lambda: nf_ct_netns_put(net, family))

    def deactivate(self, ctx: NftCtx) -> None:
        net, family = ctx.net, ctx.family
        ctx.trans.on_commit(lambda: nf_ct_netns_put(net, family))


class NftCtGet(_Tracked):
    """Loads one fact about the packet's connection; a template (``ct zone set``) is none."""

    __slots__ = ("direction", "dreg", "end", "get")

    def __init__(self, ctx: NftCtx, attrs: Ct) -> None:
        if attrs.key not in _GET:
            raise KernelError(Errno.EOPNOTSUPP)
        length, direction, self.get = _GET[attrs.key]
        if attrs.key in (NFT_CT_SRC, NFT_CT_DST):
            length = _address_length(ctx.family)
        _check_direction(attrs.direction, direction)
        self.direction = attrs.direction
        super().__init__(ctx, attrs if attrs.key in _PRINTED else Ct(attrs.key, attrs.dreg))
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, length)
        self.end = self.dreg + padded(length)
        self.track(ctx)
        if attrs.key in _COUNTED:
            ctx.net.ct.sysctl_acct = 1

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> int | None:
        ct: NfConn | None = pkt.skb.nfct
        if ct is None or ct.status & IPS_TEMPLATE:
            return NFT_BREAK
        value = self.get(ct, pkt.skb.nfctinfo, self.direction)
        if value is None:
            return NFT_BREAK
        regs[self.dreg : self.dreg + len(value)] = value
        return None

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.end].hex()


def _address_length(family: int) -> int:
    """Bytes of an address of the family; EAFNOSUPPORT."""
    if family == NFPROTO_IPV4:
        return 4
    if family not in (NFPROTO_IPV6, NFPROTO_INET):
        raise KernelError(Errno.EAFNOSUPPORT)
    return 16


def _check_direction(direction: int | None, wanted: int) -> None:
    """EINVAL where a direction is given that may not be, is missing, or is none."""
    missing = direction is None
    if (wanted == _MUST and missing) or (wanted == _NEVER and not missing) or direction not in (None, 0, 1):
        raise KernelError(Errno.EINVAL)


class NftCtState(_Tracked):
    """Loads what the packet is to its connection, as a bit."""

    __slots__ = ("dreg",)

    def __init__(self, ctx: NftCtx, attrs: Ct) -> None:
        _check_direction(attrs.direction, _NEVER)
        super().__init__(ctx, attrs)
        self.dreg = nft_parse_register_store(ctx, attrs.dreg, 4)
        self.track(ctx)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        skb = pkt.skb
        if skb.nfct is not None:
            state = 1 << skb.nfctinfo % IP_CT_IS_REPLY + 1
        else:
            state = NF_CT_STATE_UNTRACKED_BIT if skb.nfctinfo == IP_CT_UNTRACKED else NF_CT_STATE_INVALID_BIT
        regs[self.dreg : self.dreg + 4] = state.to_bytes(4, "little")

    def value(self, regs: bytearray) -> str:
        return regs[self.dreg : self.dreg + 4].hex()


class NftCtSetMark(_Tracked):
    """Sets the connection's mark."""

    __slots__ = ("sreg",)

    def __init__(self, ctx: NftCtx, attrs: CtSet) -> None:
        _check_direction(attrs.direction, _NEVER)
        super().__init__(ctx, attrs)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, 4)
        self.track(ctx)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        ct: NfConn | None = pkt.skb.nfct
        if ct is not None and not ct.status & IPS_TEMPLATE:
            ct.mark = int.from_bytes(regs[self.sreg : self.sreg + 4], "little")

    def value(self, regs: bytearray) -> str:
        return regs[self.sreg : self.sreg + 4].hex()


class NftCtSetZone(_Tracked):
    """Has a packet that is not tracked yet tracked in a zone, by way of a template."""

    __slots__ = ("dir", "sreg")

    def __init__(self, ctx: NftCtx, attrs: CtSet) -> None:
        _check_direction(attrs.direction, _MAY)
        super().__init__(ctx, attrs)
        self.sreg = nft_parse_register_load(ctx, attrs.sreg, 2)
        self.dir = 3 if attrs.direction is None else 1 << attrs.direction
        self.track(ctx)

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        skb = pkt.skb
        if skb.nfct is not None:
            return
        zone = Zone(int.from_bytes(regs[self.sreg : self.sreg + 2], "little"), self.dir)
        template = NfConn(pkt.state.net, zone, _NO_TUPLE, _NO_TUPLE)
        template.status = IPS_TEMPLATE | IPS_CONFIRMED
        skb.nfct, skb.nfctinfo = template, IP_CT_NEW

    def value(self, regs: bytearray) -> str:
        return regs[self.sreg : self.sreg + 2].hex()


_NO_TUPLE = Tuple(0, 0, b"", b"", 0, 0)


def nft_ct(ctx: NftCtx, attrs: Ct | CtSet) -> NftExpr:
    """The expression that loads or sets; EOPNOTSUPP for keys that cannot be, or that the model does not have."""
    if isinstance(attrs, Ct):
        return NftCtState(ctx, attrs) if attrs.key == NFT_CT_STATE else NftCtGet(ctx, attrs)
    if attrs.key == NFT_CT_MARK:
        return NftCtSetMark(ctx, attrs)
    if attrs.key == NFT_CT_ZONE:
        return NftCtSetZone(ctx, attrs)
    raise KernelError(Errno.EOPNOTSUPP)


class NftNotrack(NftExpr):
    """Marks the packet as not to be tracked, unless it is already."""

    __slots__ = ()

    def eval(self, regs: bytearray, pkt: NftPktinfo) -> None:
        skb = pkt.skb
        if skb.nfct is None:
            skb.nfctinfo = IP_CT_UNTRACKED
