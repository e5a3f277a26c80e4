"""What is known about a packet from the matches before (the protocol contexts of nftables src/payload.c, meta.c and
proto.c), and which fields lie where in the protocols that are known.
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_BRIDGE,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables import expression as e
from webapp.userland.nftables.proto import (
    HOOK_PROTOCOLS,
    ICMP,
    ICMP6,
    INET,
    INET_SERVICE_PROTO,
    UNKNOWN,
    HdrTemplate,
    IcmpDep,
    ProtoBase,
    ProtoDesc,
    device_protocol,
)

_ICMP_ECHO = 8
_ICMP6_ECHO_REQUEST, _ICMP6_ECHO_REPLY = IcmpDep.ECHO6.value

_PROTOCOL_FIELDS = frozenset((
    ("ip", "protocol"), ("ip6", "nexthdr"), ("ether", "type"), ("vlan", "type"), ("ah", "nexthdr"), ("comp", "nexthdr"),
    ("icmp", "type"), ("icmpv6", "type"),
))  # fmt: skip
"""Fields that say what lies above (EXPR_F_PROTOCOL)."""

META_BASES = {
    uapi.NFT_META_IIFTYPE: ProtoBase.INVALID,
    uapi.NFT_META_NFPROTO: ProtoBase.LL,
    uapi.NFT_META_PROTOCOL: ProtoBase.LL,
    uapi.NFT_META_L4PROTO: ProtoBase.NETWORK,
}
"""Meta keys that say what lies above, by the layer they speak for."""


class Context:
    """The protocols of one rule, layer by layer; ``icmp_type`` is 0 where none is known."""

    def __init__(self, family: int) -> None:
        self.family = family
        self.base, desc = HOOK_PROTOCOLS[family]
        self.protocols: dict[ProtoBase, ProtoDesc] = {self.base: desc}
        self.stacked: list[ProtoDesc] = []
        self.icmp_type = 0

    def update(self, base: ProtoBase, desc: ProtoDesc) -> None:
        """From here on this protocol is known at this layer."""
        self.protocols[base] = desc

    def learn(self, left: e.Expr, right: e.Expr) -> None:
        """relational_expr_pctx_update: what a match that holds says about the packet."""
        if isinstance(right, e.SetRef):
            if right.set.anonymous and isinstance(right.set.init, e.Set):
                for element in right.set.init.expressions:
                    if isinstance(element, e.SetElem):
                        self.learn(left, element.key)
            return
        if not isinstance(right, e.Value) or not is_protocol(left):
            return
        if isinstance(left, e.Meta):
            self._learn_meta(left.key, right.value)
        elif isinstance(left, e.Payload):
            self._learn_payload(left, right.value)

    def _learn_meta(self, key: int, number: int) -> None:
        desc = self.protocols.get(self.base, UNKNOWN)
        if key == uapi.NFT_META_IIFTYPE:
            self.update(ProtoBase.LL, device_protocol(number) or UNKNOWN)
        elif key == uapi.NFT_META_NFPROTO:
            found = desc.upper(number)
            if found is None:
                known = number == self.family and self.base is ProtoBase.NETWORK
                found = HOOK_PROTOCOLS[self.family][1] if known else UNKNOWN
            self.update(ProtoBase.NETWORK, found)
        elif key == uapi.NFT_META_L4PROTO:
            self.update(ProtoBase.TRANSPORT, INET_SERVICE_PROTO.upper(number) or UNKNOWN)
        elif self.family in (NFPROTO_NETDEV, NFPROTO_BRIDGE):
            self.update(ProtoBase.NETWORK, HOOK_PROTOCOLS[self.family][1].upper(number) or UNKNOWN)

    def _learn_payload(self, left: e.Payload, number: int) -> None:
        base = self.protocols.get(left.base)
        if base is None:
            return
        desc = base.upper(number)
        if desc is None:
            if base is ICMP:
                self.icmp_type = number or _ICMP_ECHO
            elif base is ICMP6:
                self.icmp_type = _ICMP6_ECHO_REQUEST if number == _ICMP6_ECHO_REPLY else number
            return
        if desc.base is base.base and not left.is_raw and desc.base is ProtoBase.LL:
            self.stacked.append(base)
        self.update(desc.base, desc)

    def desc_at(self, payload: e.Payload) -> tuple[ProtoDesc, int] | None:
        """get_stacked_desc: the header that a place lies in, and how many bits lie before it."""
        top = self.protocols.get(payload.base)
        if top is None or top is UNKNOWN:
            return None
        if payload.base is not ProtoBase.LL or payload.offset < top.length:
            return top, 0
        skip, offset = 0, payload.offset
        for desc in self.stacked:
            if offset < desc.length:
                return desc, skip
            offset -= desc.length
            skip += desc.length
        return top, skip

    def has_field(self, template: HdrTemplate) -> bool:
        """Whether messages of the ICMP type that is known, if one is, have this field."""
        dep = template.icmp_dep
        return not self.icmp_type or dep is IcmpDep.ANY or self.icmp_type == dep.value[0]

    def complete(self, payload: e.Payload) -> e.Payload:
        """payload_expr_complete: the field that has this place and length."""
        if not payload.is_raw:
            return payload
        found = self.desc_at(payload)
        if found is None or found[0] is INET:
            return payload
        desc, skip = found
        for template in desc.templates.values():
            if template.meta_key is not None or (template.offset, template.len) != (payload.offset - skip, payload.len):
                continue
            if not self.has_field(template):
                continue
            return e.payload_of(desc, template)
        return payload

    def expand(self, payload: e.Payload) -> list[e.Payload]:
        """payload_expr_expand: the fields that lie side by side in what was loaded at once; the last may be cut."""
        found = self.desc_at(payload)
        fields: list[e.Payload] = []
        offset, left = payload.offset, payload.len
        if found is not None:
            desc, skip = found
            offset -= skip
            for template in desc.templates.values():
                if template.meta_key is not None or template.offset != offset:
                    continue
                if not self.has_field(template):
                    continue
                if template.len > left:
                    return [*fields, replace(e.payload_of(desc, template), len=left)]
                fields.append(e.payload_of(desc, template))
                left -= template.len
                offset += template.len
                if left == 0:
                    return fields
            offset += skip
        if not fields:
            return [payload]
        return [*fields, e.raw_payload(payload.base, offset, left)]

    def trim(self, payload: e.Payload, mask: int, bits: int) -> tuple[e.Payload, int] | None:
        """payload_expr_trim: the field that a mask of ``bits`` cuts out, and the shift of its constants."""
        found = self.desc_at(payload)
        if found is None or mask == 0:
            return None
        desc, skip = found
        shift, end = trailing_zeros(mask), mask_end(mask)
        cut = -(-bits // 8) * 8 - end
        offset, room, length = payload.offset - skip + cut, payload.len, 0
        for template in desc.templates.values():
            if template.meta_key is not None or template.offset != offset:
                continue
            if template.len > room:
                return None
            room -= template.len
            offset += template.len
            length += template.len
            if room == 0:
                return None
            if shift + length == end:
                return e.raw_payload(payload.base, payload.offset + cut, length), shift
        return None

    def trim_force(self, payload: e.Payload, mask: int, bits: int) -> tuple[e.Payload, int] | None:
        """payload_expr_trim_force: of bytes without name, the bits that a mask leaves."""
        if not payload.is_raw or mask == 0 or payload.len <= mask_end(mask):
            return None
        offset = payload.offset + -(-bits // 8) * 8 - mask_end(mask)
        length = mask.bit_count()
        if -(-offset // 8) * 8 > 255 or length > payload.len:
            return None
        return e.raw_payload(payload.base, offset, length), trailing_zeros(mask)

    def check_icmp(self, payload: e.Payload, right: e.SetRef) -> None:
        """payload_icmp_check: a set of ICMP types says that the fields are those of such messages."""
        desc = self.protocols.get(payload.base)
        init = right.set.init
        if not right.set.anonymous or not isinstance(init, e.Set) or desc not in (ICMP, ICMP6) or self.icmp_type:
            return
        first = next(iter(init.expressions), None)
        if payload.len == 8 and payload.offset == 0 and isinstance(first, e.SetElem) and isinstance(first.key, e.Value):
            self.icmp_type = first.key.value

    def is_stacked(self, base: ProtoBase, field: e.Payload, op: e.Op, constant: e.Expr) -> bool:
        """payload_is_stacked: a header that names another one of its own layer (vlan)."""
        desc = self.protocols.get(base)
        if desc is None or not is_protocol(field) or op is not e.Op.EQ or not isinstance(constant, e.Value):
            return False
        upper = desc.upper(constant.value)
        return upper is not None and upper.base is desc.base


def is_protocol(expr: e.Expr) -> bool:
    """Whether a match of this says which protocol lies above."""
    if isinstance(expr, e.Payload):
        return (expr.desc.name, expr.tmpl.token) in _PROTOCOL_FIELDS
    return isinstance(expr, e.Meta) and expr.key in META_BASES


def trailing_zeros(number: int) -> int:
    """Bits below the lowest one of a number that is not 0."""
    return (number & -number).bit_length() - 1


def mask_end(mask: int) -> int:
    """mask_length: the first zero bit above the first one."""
    at = trailing_zeros(mask) + 1
    while mask >> at & 1:
        at += 1
    return at
