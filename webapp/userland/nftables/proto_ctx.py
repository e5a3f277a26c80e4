"""What is known about a packet at a place in a rule (struct proto_ctx, nftables src/proto.c and *_pctx_update)."""

from __future__ import annotations

from msgspec import Struct, field

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_BRIDGE, NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_NETDEV
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.proto import (
    HOOK_PROTOCOLS,
    ICMP,
    ICMP6,
    INET_SERVICE_PROTO,
    IP,
    IP6,
    UNKNOWN,
    ProtoBase,
    ProtoDesc,
    device_protocol,
)

ICMP_ECHO = 8
ICMP6_ECHO_REQUEST, ICMP6_ECHO_REPLY = 128, 129


class ProtoCtx(Struct):
    """Protocol of each layer, with where it was learnt; ``stacked_ll`` are link layer headers below the present one."""

    family: int
    descs: dict[ProtoBase, ProtoDesc] = field(default_factory=dict)
    locations: dict[ProtoBase, Location] = field(default_factory=dict)
    transports: list[ProtoDesc] = field(default_factory=list)
    stacked_ll: list[ProtoDesc] = field(default_factory=list)
    icmp_type: int = 0

    def __post_init__(self) -> None:
        base, desc = HOOK_PROTOCOLS[self.family]
        self.descs[base] = desc

    def desc(self, base: ProtoBase) -> ProtoDesc | None:
        return self.descs.get(base)

    def location(self, base: ProtoBase) -> Location:
        return self.locations.get(base, NOWHERE)

    def update(self, base: ProtoBase, location: Location, desc: ProtoDesc) -> None:
        """From here on the layer holds this protocol."""
        if base is ProtoBase.TRANSPORT and desc not in self.transports:
            self.transports.append(desc)
        self.descs[base] = desc
        self.locations[base] = location

    def ambiguous(self, base: ProtoBase) -> bool:
        """Whether a set named several transport protocols."""
        return base is ProtoBase.TRANSPORT and len(self.transports) > 1

    def conflict(self, base: ProtoBase, desc: ProtoDesc) -> ProtoDesc:
        """Another protocol than ``desc`` that the layer may hold."""
        if base is ProtoBase.TRANSPORT:
            return next(other for other in self.transports if other is not desc)
        return self.descs[base]

    # --- learning from matches --------------------------------------------------------------------------------------

    def relational(self, rel: ex.Relational) -> None:
        """Learns from an equality (relational_expr_pctx_update)."""
        left, right = rel.left, rel.right
        if not is_protocol(left):
            return
        if isinstance(right, ex.Value):
            self._learn(left, right.value, rel.location)
        elif isinstance(right, ex.Set):
            for elem in right.expressions:
                if isinstance(elem, ex.SetElem) and isinstance(elem.key, ex.Value):
                    self._learn(left, elem.key.value, rel.location)
        elif isinstance(right, ex.SetRef) and isinstance(left, ex.Meta):
            self._learn(left, 0, rel.location)

    def _learn(self, left: ex.Expr, value: int, location: Location) -> None:
        if isinstance(left, ex.Payload):
            self._learn_payload(left, value, location)
        elif isinstance(left, ex.Meta):
            self._learn_meta(left, value, location)
        elif isinstance(left, ex.Ct):
            self._learn_ct(left, value, location)

    def _learn_payload(self, left: ex.Payload, value: int, location: Location) -> None:
        base = self.descs.get(left.base)
        if base is None:
            return
        desc = base.upper(value)
        if desc is None:
            if base is ICMP:
                # An echo reply is type 0, which cannot be told from "none"; it counts as echo.
                self.icmp_type = value or ICMP_ECHO
            elif base is ICMP6:
                self.icmp_type = ICMP6_ECHO_REQUEST if value == ICMP6_ECHO_REPLY else value
            return
        if desc.base is base.base is ProtoBase.LL and not left.is_raw:
            self.stacked_ll.append(base)
        self.update(desc.base, location, desc)

    def _learn_meta(self, left: ex.Meta, value: int, location: Location) -> None:
        hook_base, hook_desc = HOOK_PROTOCOLS[self.family]
        if left.key == uapi.NFT_META_IIFTYPE:
            if hook_base < ProtoBase.NETWORK and self.family not in {NFPROTO_INET, NFPROTO_NETDEV}:
                return
            self.update(ProtoBase.LL, location, device_protocol(value) or UNKNOWN)
        elif left.key == uapi.NFT_META_NFPROTO:
            if (value, hook_desc) in {(NFPROTO_IPV4, IP), (NFPROTO_IPV6, IP6)}:
                return
            own = hook_desc if value == self.family and hook_base is ProtoBase.NETWORK else UNKNOWN
            self.update(ProtoBase.NETWORK, location, hook_desc.upper(value) or own)
        elif left.key == uapi.NFT_META_L4PROTO:
            self.update(ProtoBase.TRANSPORT, location, INET_SERVICE_PROTO.upper(value) or UNKNOWN)
        elif left.key == uapi.NFT_META_PROTOCOL and self.family in {NFPROTO_NETDEV, NFPROTO_BRIDGE}:
            self.update(ProtoBase.NETWORK, location, hook_desc.upper(value) or UNKNOWN)

    def _learn_ct(self, left: ex.Ct, value: int, location: Location) -> None:
        base = ct_base(left.key)
        lower = self.descs.get(base)
        desc = lower.upper(value) if lower is not None else None
        if desc is not None:
            self.update(ProtoBase(base + 1), location, desc)


_META_PROTOCOL = frozenset(
    (uapi.NFT_META_IIFTYPE, uapi.NFT_META_NFPROTO, uapi.NFT_META_L4PROTO, uapi.NFT_META_PROTOCOL)
)
_CT_NETWORK = frozenset((
    uapi.NFT_CT_SRC, uapi.NFT_CT_SRC_IP, uapi.NFT_CT_SRC_IP6, uapi.NFT_CT_DST, uapi.NFT_CT_DST_IP,
    uapi.NFT_CT_DST_IP6, uapi.NFT_CT_PROTOCOL,
))  # fmt: skip


def ct_base(key: int) -> ProtoBase:
    """The layer that a ct key speaks of."""
    if key in _CT_NETWORK:
        return ProtoBase.NETWORK
    if key in {uapi.NFT_CT_PROTO_SRC, uapi.NFT_CT_PROTO_DST}:
        return ProtoBase.TRANSPORT
    return ProtoBase.LL if key == uapi.NFT_CT_L3PROTOCOL else ProtoBase.INVALID


_PROTOCOL_FIELDS = {(IP, "protocol"), (IP6, "nexthdr")}


def is_protocol(expr: ex.Expr) -> bool:
    """Whether the answer says which protocol lies above (EXPR_F_PROTOCOL)."""
    if isinstance(expr, ex.Payload):
        return expr.desc.key == expr.tmpl.token or (expr.desc, expr.tmpl.token) in _PROTOCOL_FIELDS
    if isinstance(expr, ex.Meta):
        return expr.key in _META_PROTOCOL
    return isinstance(expr, ex.Ct) and expr.key in {uapi.NFT_CT_PROTOCOL, uapi.NFT_CT_L3PROTOCOL}
