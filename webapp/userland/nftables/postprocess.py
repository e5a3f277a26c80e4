"""From registers' bytes to the fields that a person wrote (the second half of nftables src/netlink_delinearize.c, with
the payload dependencies of payload.c and the protocol contexts of payload.c, meta.c and proto.c).

What is known about a packet grows from statement to statement: which protocol lies at which layer. A match that only
says so is kept back as a dependency of the layer above it and dropped as soon as a field of that layer says it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
    NFPROTO_UNSPEC,
)
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import statement as s
from webapp.userland.nftables.datatype import (
    BITMASK,
    INTEGER,
    INVALID,
    IP6ADDR,
    IPADDR,
    REJECT_ICMP_CODE,
    REJECT_ICMPV6_CODE,
    REJECT_ICMPX_CODE,
    STRING,
    XINTEGER,
    Byteorder,
    DataType,
    concat_type,
    string_value,
)
from webapp.userland.nftables.delinearize import Chains, Parser, Raw, no_chains, typed
from webapp.userland.nftables.proto import (
    ETH,
    HOOK_PROTOCOLS,
    ICMP,
    ICMP6,
    INET,
    INET_SERVICE_PROTO,
    IP,
    IP6,
    TH,
    UNKNOWN,
    UNKNOWN_TEMPLATE,
    VLAN,
    HdrTemplate,
    IcmpDep,
    ProtoBase,
    ProtoDesc,
    device_protocol,
)
from webapp.userland.nftables.rule import SetDecl
from webapp.userland.nftables.setelem import bitmask_binops

_ETH_P_IP, _ETH_P_IPV6, _ETH_P_8021Q = 0x0800, 0x86DD, 0x8100
_ICMP_ECHO = 8
_ICMP6_ECHO_REQUEST, _ICMP6_ECHO_REPLY = IcmpDep.ECHO6.value
_NFPROTO_OF = {_ETH_P_IP: NFPROTO_IPV4, _ETH_P_IPV6: NFPROTO_IPV6}

_PROTOCOL_FIELDS = frozenset((
    ("ip", "protocol"), ("ip6", "nexthdr"), ("ether", "type"), ("vlan", "type"), ("ah", "nexthdr"), ("comp", "nexthdr"),
    ("icmp", "type"), ("icmpv6", "type"),
))  # fmt: skip
"""Fields that say what lies above (EXPR_F_PROTOCOL)."""

_META_BASES = {
    uapi.NFT_META_IIFTYPE: ProtoBase.INVALID,
    uapi.NFT_META_NFPROTO: ProtoBase.LL,
    uapi.NFT_META_PROTOCOL: ProtoBase.LL,
    uapi.NFT_META_L4PROTO: ProtoBase.NETWORK,
}
"""Meta keys that say what lies above, by the layer they speak for."""


_CT_NETWORK = frozenset((uapi.NFT_CT_SRC, uapi.NFT_CT_DST, uapi.NFT_CT_PROTOCOL))
"""ct keys that speak for the network layer."""
_CT_ADDRESSES: dict[tuple[int, ProtoDesc | None], int] = {
    (uapi.NFT_CT_SRC, IP): uapi.NFT_CT_SRC_IP,
    (uapi.NFT_CT_DST, IP): uapi.NFT_CT_DST_IP,
    (uapi.NFT_CT_SRC, IP6): uapi.NFT_CT_SRC_IP6,
    (uapi.NFT_CT_DST, IP6): uapi.NFT_CT_DST_IP6,
}


def delinearize_rule(
    family: int, expressions: tuple[uapi.Expr, ...], sets: Mapping[str, SetDecl], chains: Chains = no_chains
) -> tuple[s.Stmt, ...]:
    """A rule's statements (netlink_delinearize_rule). Raises DelinearizeError for what this nft does not know."""
    parser = Parser(family, sets, chains)
    for expr in expressions:
        parser.parse(expr)
    return Postprocessor(family, parser.stmts).run()


def is_protocol(expr: e.Expr) -> bool:
    """Whether a match of this says which protocol lies above."""
    if isinstance(expr, e.Payload):
        return (expr.desc.name, expr.tmpl.token) in _PROTOCOL_FIELDS
    return isinstance(expr, e.Meta) and expr.key in _META_BASES


def _base(expr: e.Expr) -> ProtoBase:
    """The layer that a meta or ct key speaks for."""
    if isinstance(expr, e.Meta):
        return _META_BASES.get(expr.key, ProtoBase.INVALID)
    return ProtoBase.NETWORK if isinstance(expr, e.Ct) and expr.key in _CT_NETWORK else ProtoBase.INVALID


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _mask_end(mask: int) -> int:
    """mask_length: the first zero bit above the first one."""
    at = _trailing_zeros(mask) + 1
    while mask >> at & 1:
        at += 1
    return at


def _contiguous(mask: int, bits: int) -> bool:
    """expr_mask_is_prefix: ones from the top down."""
    return mask == 0 or mask >> _trailing_zeros(mask) == (1 << bits - _trailing_zeros(mask)) - 1


class Postprocessor:
    """One rule's statements, gone through once."""

    def __init__(self, family: int, stmts: list[s.Stmt]) -> None:
        self.family = family
        self.base, desc = HOOK_PROTOCOLS[family]
        self.protocols: dict[ProtoBase, ProtoDesc] = {self.base: desc}
        self.stacked: list[ProtoDesc] = []
        self.icmp_type = 0
        self.deps: dict[ProtoBase, s.ExprStmt] = {}
        self.dep_icmp_type = 0
        self.prev: s.Stmt | None = None
        self.source = stmts
        self.done: list[s.Stmt] = []

    def run(self) -> tuple[s.Stmt, ...]:
        """The statements as they are listed."""
        for stmt in self.source:
            if isinstance(stmt, s.ExprStmt):
                self._match(stmt)
            else:
                self._statement(stmt)
                self.deps.clear()
        return tuple(self.done)

    # --- dependencies (payload_dependency_*)

    def _dep_base(self, base: ProtoBase) -> ProtoBase | None:
        if base in self.deps:
            return base
        if base is ProtoBase.TRANSPORT and ProtoBase.INNER in self.deps:
            return ProtoBase.INNER
        return None

    def _release(self, base: ProtoBase) -> None:
        found = self._dep_base(base)
        if found is None:
            return
        stmt = self.deps.pop(found)
        self.done = [other for other in self.done if other is not stmt]
        if self.prev is stmt:
            self.prev = None

    def _store(self, stmt: s.ExprStmt, base: ProtoBase) -> None:
        if self._ignored_icmp_type(stmt):
            return
        self.deps[ProtoBase(base + 1)] = stmt

    def _ignored_icmp_type(self, stmt: s.ExprStmt) -> bool:
        """payload_dependency_store_icmp_type: echo stands for two types, so it may not be left out."""
        relation = stmt.expr
        if not isinstance(relation, e.Relational) or not isinstance(relation.left, e.Payload):
            return False
        left = relation.left
        if left.tmpl.token != "type" or left.desc not in (ICMP, ICMP6) or not isinstance(relation.right, e.Value):
            return False
        number = relation.right.value
        if left.desc is ICMP6:
            self.dep_icmp_type = number
            return number in IcmpDep.ECHO6.value
        self.dep_icmp_type = number or _ICMP_ECHO
        return self.dep_icmp_type == _ICMP_ECHO

    def _kill(self, payload: e.Payload) -> e.Payload:
        """payload_dependency_kill: what this field implies need not be said. A port of no known protocol is raw."""
        found = self._dep_base(payload.base)
        if payload.desc is UNKNOWN or found is None:
            return payload
        relation = self.deps[found].expr
        assert isinstance(relation, e.Relational)
        if payload.desc is TH and not self._speaks_of_network(relation.left, payload):
            return replace(payload, desc=UNKNOWN, tmpl=UNKNOWN_TEMPLATE, dtype=XINTEGER)
        if self._may_kill(relation, payload):
            self._release(payload.base)
        return payload

    def _speaks_of_network(self, left: e.Expr, payload: e.Payload) -> bool:
        """A protocol field of the IP header restricts the rule to that protocol where families are mixed."""
        return (
            self.family in (NFPROTO_BRIDGE, NFPROTO_NETDEV, NFPROTO_INET)
            and isinstance(left, e.Payload)
            and left.base is ProtoBase.NETWORK
            and left.desc in (IP, IP6)
            and payload.base is ProtoBase.TRANSPORT
        )

    def _may_kill(self, dep: e.Relational, payload: e.Payload) -> bool:
        left = dep.left
        if self._speaks_of_network(left, payload):
            return False
        if (
            self.family in (NFPROTO_BRIDGE, NFPROTO_NETDEV, NFPROTO_INET)
            and isinstance(left, e.Payload)
            and dep.op is e.Op.EQ
            and payload.base is left.base
        ):
            if is_protocol(payload):
                return False
            if payload.base is ProtoBase.LL:
                return _may_kill_link(dep, left)
        if payload.base is not ProtoBase.TRANSPORT or not isinstance(left, e.Payload):
            return True
        if left.base is ProtoBase.TRANSPORT and left.desc in (ICMP, ICMP6):
            return self._may_kill_icmp(left, payload)
        return True

    def _may_kill_icmp(self, left: e.Payload, payload: e.Payload) -> bool:
        """payload_may_dependency_kill_icmp: asks for the last type that was seen, whichever type the dependency is."""
        dep = payload.tmpl.icmp_dep
        if dep is IcmpDep.ANY or left.desc is not payload.desc:
            return False
        return bool(self.dep_icmp_type == dep.value[0])

    # --- protocol contexts

    def _update(self, base: ProtoBase, desc: ProtoDesc) -> None:
        self.protocols[base] = desc

    def _learn(self, left: e.Expr, right: e.Expr) -> None:
        """relational_expr_pctx_update: what a match that holds says about the packet."""
        if isinstance(right, e.SetRef):
            if right.set.anonymous and isinstance(right.set.init, e.Set):
                for element in right.set.init.expressions:
                    if isinstance(element, e.SetElem):
                        self._learn(left, element.key)
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
            self._update(ProtoBase.LL, device_protocol(number) or UNKNOWN)
        elif key == uapi.NFT_META_NFPROTO:
            found = desc.upper(number)
            if found is None:
                known = number == self.family and self.base is ProtoBase.NETWORK
                found = HOOK_PROTOCOLS[self.family][1] if known else UNKNOWN
            self._update(ProtoBase.NETWORK, found)
        elif key == uapi.NFT_META_L4PROTO:
            self._update(ProtoBase.TRANSPORT, INET_SERVICE_PROTO.upper(number) or UNKNOWN)
        elif self.family in (NFPROTO_NETDEV, NFPROTO_BRIDGE):
            self._update(ProtoBase.NETWORK, HOOK_PROTOCOLS[self.family][1].upper(number) or UNKNOWN)

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
        self._update(desc.base, desc)

    def _desc_at(self, payload: e.Payload) -> tuple[ProtoDesc, int] | None:
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

    def _has_field(self, template: HdrTemplate) -> bool:
        """Whether messages of the ICMP type that is known, if one is, have this field."""
        dep = template.icmp_dep
        return not self.icmp_type or dep is IcmpDep.ANY or self.icmp_type == dep.value[0]

    def _complete(self, payload: e.Payload) -> e.Payload:
        """payload_expr_complete: the field that has this place and length."""
        if not payload.is_raw:
            return payload
        found = self._desc_at(payload)
        if found is None or found[0] is INET:
            return payload
        desc, skip = found
        for template in desc.templates.values():
            if template.meta_key is not None or (template.offset, template.len) != (payload.offset - skip, payload.len):
                continue
            if not self._has_field(template):
                continue
            return e.payload_of(desc, template)
        return payload

    def _expand(self, payload: e.Payload) -> list[e.Payload]:
        """payload_expr_expand: the fields that lie side by side in what was loaded at once; the last may be cut."""
        found = self._desc_at(payload)
        fields: list[e.Payload] = []
        offset, left = payload.offset, payload.len
        if found is not None:
            desc, skip = found
            offset -= skip
            for template in desc.templates.values():
                if template.meta_key is not None or template.offset != offset:
                    continue
                if not self._has_field(template):
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

    # --- matches

    def _match(self, stmt: s.ExprStmt) -> None:
        expr = stmt.expr
        if isinstance(expr, e.Relational):
            self._relational(expr)
        else:
            self._append(s.ExprStmt(self.expr(expr)))

    def _append(self, stmt: s.Stmt) -> None:
        self.done.append(stmt)
        self.prev = stmt

    def _relational(self, expr: e.Relational) -> None:
        left, right = expr.left, expr.right
        if isinstance(left, e.Payload):
            self._payload_match(expr.op, left, right)
            return
        if isinstance(left, e.Concat):
            left, right = self._concat_match(left, right)
        else:
            left = self.expr(left)
            right = self._constant(right, left)
        op = expr.op
        if isinstance(left, e.Binop):
            done = self._binop_match(op, left, right)
            if done is None:
                return
            op, left, right = done
        stmt = s.ExprStmt(e.Relational(op, left, right))
        merged = self._merge_range(stmt)
        if merged is not None:
            self.done.pop()
            self._append(merged)
            return
        self._append(stmt)
        if isinstance(left, (e.Meta, e.Ct)):
            self._meta_match(stmt, _base(expr.left))

    def _constant(self, right: e.Expr, left: e.Expr) -> e.Expr:
        """The right side, of the left side's type."""
        if isinstance(right, e.SetRef):
            return _retype_set(right, left.dtype) if left.dtype is not INVALID else right
        right = typed(right, left.dtype, left.byteorder)
        if isinstance(right, e.Value):
            return self.on_value(right)
        if isinstance(right, e.Range):
            return right
        return right

    def on_value(self, constant: e.Value) -> e.Expr:
        """expr_postprocess_value: strings without end are wildcards; flags are taken apart."""
        if constant.dtype.root is STRING:
            return _string(constant)
        return bitmask_binops(constant)

    def _concat_match(self, left: e.Concat, right: e.Expr) -> tuple[e.Expr, e.Expr]:
        subtypes = right.dtype.subtypes if isinstance(right, e.SetRef) else ()
        whole = self._concat(left, subtypes)
        if isinstance(right, e.Concat) and isinstance(whole, e.Concat):
            parts = zip(right.expressions, whole.expressions, strict=True)
            return whole, e.concat(tuple(self._constant(constant, field) for constant, field in parts))
        if isinstance(right, e.SetRef) and isinstance(whole, e.Concat):
            right = _narrow_set(right, whole)
        return whole, right

    def _merge_range(self, stmt: s.ExprStmt) -> s.ExprStmt | None:
        """expr_may_merge_range: >= and <= of the same thing, one after the other, are a range."""
        prev = self.prev
        if not isinstance(prev, s.ExprStmt) or not self.done or self.done[-1] is not prev:
            return None
        first, second = prev.expr, stmt.expr
        if not isinstance(first, e.Relational) or not isinstance(second, e.Relational):
            return None
        # nft itself asks no more than this: of two fields of one header it lists the second one as the range
        if type(_converted(first.left)) is not type(_converted(second.left)):
            return None
        if (first.op, second.op) == (e.Op.GTE, e.Op.LTE):
            op = e.Op.EQ
        elif (first.op, second.op) == (e.Op.LT, e.Op.GT):
            op = e.Op.NEQ
        else:
            return None
        bounds = e.Range(first.right, second.right, dtype=second.right.dtype, byteorder=second.right.byteorder)
        return s.ExprStmt(e.Relational(op, second.left, bounds))

    def _payload_match(self, op: e.Op, left: e.Payload, right: e.Expr) -> None:
        if op in (e.Op.EQ, e.Op.NEQ) and isinstance(right, (Raw, e.Value)):
            self._payload_expand(op, left, right)
            return
        if isinstance(right, e.SetRef):
            self._check_icmp(left, right)
        field = self._kill(self._complete(left))
        if isinstance(right, e.SetRef):
            right = _retype_set(right, field.dtype)
        else:
            right = typed(right, field.dtype, field.byteorder)
            right = replace(right, dtype=field.dtype) if isinstance(right, e.Value) else _retype(right, field.dtype)
        stmt = s.ExprStmt(e.Relational(op, field, right))
        merged = self._merge_range(stmt)
        if merged is not None:
            self.done.pop()
            stmt = merged
        self._append(stmt)

    def _check_icmp(self, payload: e.Payload, right: e.SetRef) -> None:
        """payload_icmp_check: a set of ICMP types says that the fields are those of such messages."""
        desc = self.protocols.get(payload.base)
        init = right.set.init
        if not right.set.anonymous or not isinstance(init, e.Set) or desc not in (ICMP, ICMP6) or self.icmp_type:
            return
        first = next(iter(init.expressions), None)
        if payload.len == 8 and payload.offset == 0 and isinstance(first, e.SetElem) and isinstance(first.key, e.Value):
            self.icmp_type = first.key.value

    def _payload_expand(self, op: e.Op, payload: e.Payload, right: Raw | e.Value) -> None:
        number = int.from_bytes(right.data, "big") if isinstance(right, Raw) else right.value
        fields = self._expand(payload)
        left_bits = sum(field.len for field in fields)
        base = payload.base
        for field in fields:
            left_bits -= field.len
            part = number >> left_bits & (1 << field.len) - 1
            constant = _field_constant(field, part)
            relation = e.Relational(op, replace(field, len=field.tmpl.len or field.len), constant)
            if op is e.Op.EQ:
                self._learn(field, constant)
            if self._is_stacked(base, field, op, constant):
                base = ProtoBase(base - 1)
            killed = self._kill(field)
            if killed is not field:
                relation = e.Relational(op, killed, _field_constant(killed, part))
            stmt = s.ExprStmt(relation)
            self._append(stmt)
            if op is e.Op.EQ and is_protocol(field):
                self._store(stmt, base)

    def _is_stacked(self, base: ProtoBase, field: e.Payload, op: e.Op, constant: e.Expr) -> bool:
        """payload_is_stacked: a header that names another one of its own layer (vlan)."""
        desc = self.protocols.get(base)
        if desc is None or not is_protocol(field) or op is not e.Op.EQ or not isinstance(constant, e.Value):
            return False
        upper = desc.upper(constant.value)
        return upper is not None and upper.base is desc.base

    def _meta_match(self, stmt: s.ExprStmt, base: ProtoBase) -> None:
        """ct_meta_common_postprocess: a match of something that speaks for the layer ``base``."""
        relation = stmt.expr
        assert isinstance(relation, e.Relational)
        op, left, right = relation.op, relation.left, relation.right
        assert isinstance(left, (e.Meta, e.Ct))
        if op is not e.Op.EQ or isinstance(right, (e.Range, e.Set, e.SetRef)):
            return
        self._learn(left, right)
        if self._dep_base(base) is not None and self._ct_meta_may_kill(left, right):
            self._release(base)
        if isinstance(left, e.Meta) and is_protocol(left):
            self._store(stmt, base)

    def _ct_meta_may_kill(self, left: e.Meta | e.Ct, right: e.Expr) -> bool:
        relation = self.deps[ProtoBase.NETWORK].expr if ProtoBase.NETWORK in self.deps else None
        if not isinstance(relation, e.Relational):
            return True
        nfproto = _nfproto_of(relation)
        if nfproto is None:
            return True
        if self.family not in (NFPROTO_INET, NFPROTO_NETDEV, NFPROTO_BRIDGE):
            return self.family == nfproto
        if isinstance(left, e.Ct):
            wanted = {32: NFPROTO_IPV4, 128: NFPROTO_IPV6}.get(left.len)
            return wanted == nfproto or left.key == uapi.NFT_CT_PROTOCOL
        if left.key != uapi.NFT_META_L4PROTO:
            return True
        number = right.value if isinstance(right, e.Value) else -1
        return {1: NFPROTO_IPV4, 58: NFPROTO_IPV6}.get(number) == nfproto

    # --- masks

    def _trim(self, payload: e.Payload, mask: int, bits: int) -> tuple[e.Payload, int] | None:
        """payload_expr_trim: the field that a mask of ``bits`` cuts out, and the shift of its constants."""
        found = self._desc_at(payload)
        if found is None or mask == 0:
            return None
        desc, skip = found
        shift, end = _trailing_zeros(mask), _mask_end(mask)
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

    def _trim_force(self, payload: e.Payload, mask: int, bits: int) -> tuple[e.Payload, int] | None:
        """payload_expr_trim_force: of bytes without name, the bits that a mask leaves."""
        if not payload.is_raw or mask == 0 or payload.len <= _mask_end(mask):
            return None
        offset = payload.offset + -(-bits // 8) * 8 - _mask_end(mask)
        length = mask.bit_count()
        if -(-offset // 8) * 8 > 255 or length > payload.len:
            return None
        return e.raw_payload(payload.base, offset, length), _trailing_zeros(mask)

    def _binop_match(self, op: e.Op, left: e.Binop, right: e.Expr) -> tuple[e.Op, e.Expr, e.Expr] | None:
        """relational_binop_postprocess: the match as it is to be listed, or None where it has been added already."""
        inner, mask = left.left, left.right
        flags = right.dtype is BITMASK or right.dtype.derives(BITMASK)
        if left.op is e.Op.AND and op in (e.Op.EQ, e.Op.NEQ) and flags:
            if isinstance(right, e.Value) and not right.value:
                return (e.Op.IMPLICIT if op is e.Op.NEQ else e.Op.NEG), inner, _flag_list(mask)
            several = len(_flags(mask)) > 1 or len(_flags(right)) > 1
            if several and isinstance(right, (e.Value, e.Binop)):
                return (
                    e.Op.IMPLICIT if op is e.Op.EQ else e.Op.NEQ,
                    inner,
                    e.Flagcmp(_flag_list(right), _flag_list(mask), dtype=right.dtype),
                )
        if left.op is not e.Op.AND or not isinstance(mask, e.Value):
            return op, left, right
        if inner.dtype in (IPADDR, IP6ADDR) and isinstance(right, e.Value) and _contiguous(mask.value, mask.len):
            length = mask.len - _trailing_zeros(mask.value) if mask.value else 0
            return op, inner, e.Prefix(right, length, dtype=right.dtype, byteorder=right.byteorder, len=right.len)
        if isinstance(inner, e.Exthdr):
            return self._exthdr_trim(op, inner, mask, right) or (op, left, right)
        if not isinstance(inner, e.Payload):
            return op, left, right
        trimmed = self._trim(inner, mask.value, mask.len)
        if trimmed is not None:
            field, shift = trimmed
            self._payload_match(op, field, _shifted(right, shift, field.len))
            return None
        forced = self._trim_force(inner, mask.value, mask.len) if isinstance(right, e.Value) else None
        if forced is not None:
            field, shift = forced
            return op, field, _shifted(right, shift, field.len)
        return op, left, right

    def _exthdr_trim(
        self, op: e.Op, option: e.Exthdr, mask: e.Value, right: e.Expr
    ) -> tuple[e.Op, e.Expr, e.Expr] | None:
        """exthdr_find_template: a field of an option that is no whole number of bytes."""
        if option.desc is None or not mask.value:
            return None
        shift, end = _trailing_zeros(mask.value), _mask_end(mask.value)
        offset = option.offset + option.len - end
        for template in option.desc.templates.values():
            if (template.offset, template.len) == (offset, end - shift):
                field = replace(option, tmpl=template, offset=template.offset, dtype=template.dtype, len=template.len)
                shifted = _shifted(right, shift, template.len)
                if isinstance(shifted, e.Value):
                    shifted = replace(shifted, dtype=template.dtype)
                return op, field, shifted
        return None

    # --- expressions

    def expr(self, expr: e.Expr) -> e.Expr:
        """expr_postprocess: an expression, its payload completed and what it implies dropped."""
        handler = _EXPRESSIONS.get(type(expr))
        return expr if handler is None else handler(self, expr)

    def on_payload(self, expr: e.Payload) -> e.Expr:
        return self._kill(self._complete(expr))

    def on_exthdr(self, expr: e.Exthdr) -> e.Expr:
        """exthdr_dependency_kill."""
        if expr.op == uapi.NFT_EXTHDR_OP_TCPOPT:
            self._release(ProtoBase.TRANSPORT)
        elif expr.op in (uapi.NFT_EXTHDR_OP_IPV4, uapi.NFT_EXTHDR_OP_IPV6):
            self._release(ProtoBase.NETWORK)
        return expr

    def on_unary(self, expr: e.Unary) -> e.Expr:
        arg = self.expr(expr.arg)
        order = Byteorder.BIG if arg.byteorder is Byteorder.HOST else Byteorder.HOST
        return replace(expr, arg=arg, dtype=arg.dtype, byteorder=order, len=arg.len)

    def on_ct(self, expr: e.Ct) -> e.Expr:
        """ct_expr_update_type: an address of the family that the rule speaks of."""
        key = _CT_ADDRESSES.get((expr.key, self.protocols.get(ProtoBase.NETWORK)))
        return expr if key is None else e.ct(key, expr.direction, expr.location)

    def on_hash(self, expr: e.Hash) -> e.Expr:
        return expr if expr.expr is None else replace(expr, expr=self.expr(expr.expr))

    def on_range(self, expr: e.Range) -> e.Expr:
        return replace(expr, left=self.expr(expr.left), right=self.expr(expr.right))

    def on_any_concat(self, expr: e.Concat) -> e.Expr:
        return self._concat(expr, ())

    def on_key(self, key: e.Expr) -> e.Expr:
        """A set's key, in which masks cut fields out at once."""
        if isinstance(key, e.Binop) and key.op is e.Op.AND:
            return self._cut(key)
        return self.expr(key)

    def _cut(self, binop: e.Binop) -> e.Expr:
        """A masked payload where there is no constant to be shifted along."""
        if isinstance(binop.left, e.Payload) and isinstance(binop.right, Raw):
            trimmed = self._trim(binop.left, int.from_bytes(binop.right.data, "big"), binop.right.len)
            if trimmed is not None:
                return self._kill(self._complete(trimmed[0]))
        return self.expr(binop)

    def on_binop(self, expr: e.Binop) -> e.Expr:
        if expr.op is e.Op.RSHIFT:
            field = self._shifted_field(expr)
            if field is not None:
                return field
        left = self.expr(expr.left)
        if expr.op in (e.Op.LSHIFT, e.Op.RSHIFT):
            right = typed(expr.right, INTEGER, Byteorder.HOST)
            return replace(expr, left=left, right=right, dtype=XINTEGER, byteorder=Byteorder.HOST)
        order = Byteorder.HOST if expr.right.len > left.len else left.byteorder
        right = self.expr(typed(expr.right, left.dtype, order))
        return replace(expr, left=left, right=right, dtype=left.dtype, byteorder=left.byteorder)

    def _shifted_field(self, expr: e.Binop) -> e.Expr | None:
        """payload_binop_postprocess: a field that was masked and shifted down to be a number."""
        inner = expr.left.arg if isinstance(expr.left, e.Unary) else expr.left
        if not isinstance(inner, e.Binop) or inner.op is not e.Op.AND or not isinstance(inner.right, Raw):
            return None
        mask = int.from_bytes(inner.right.data, "big")
        if isinstance(inner.left, e.Payload):
            trimmed = self._trim(inner.left, mask, inner.right.len)
            return None if trimmed is None else self._kill(self._complete(trimmed[0]))
        if isinstance(inner.left, e.Exthdr):
            wanted = e.value(mask, INTEGER, Byteorder.BIG, inner.right.len)
            found = self._exthdr_trim(e.Op.EQ, inner.left, wanted, wanted)
            return None if found is None else found[1]
        return None

    def _concat(self, expr: e.Concat, subtypes: tuple[DataType, ...]) -> e.Expr:
        fields = []
        for number, part in enumerate(expr.expressions):
            known = subtypes[number] if number < len(subtypes) else None
            if isinstance(part, e.Binop) and part.op is e.Op.AND:
                field = self._cut(part)
            elif isinstance(part, Raw) and known is not None:
                field = typed(part, known, known.byteorder)
            else:
                field = self.expr(part)
            fields.append(field)
        return replace(expr, expressions=tuple(fields), dtype=concat_type(tuple(field.dtype for field in fields)))

    def on_map(self, expr: e.Map) -> e.Expr:
        key, mappings = expr.map, expr.mappings
        if (
            isinstance(key, e.Binop)
            and key.op is e.Op.AND
            and isinstance(key.left, e.Payload)
            and isinstance(key.right, Raw)
        ):
            trimmed = self._trim(key.left, int.from_bytes(key.right.data, "big"), key.right.len)
            if trimmed is not None:
                field, shift = trimmed
                key, mappings = field, _shifted(mappings, shift, field.len)
        if isinstance(key, e.Concat):
            done = self._concat(key, mappings.dtype.subtypes)
            if isinstance(mappings, e.SetRef) and isinstance(done, e.Concat):
                mappings = _narrow_set(mappings, done)
        else:
            done = self.expr(key)
            if isinstance(mappings, e.SetRef) and done.dtype is not INVALID:
                mappings = _retype_set(mappings, done.dtype)
        return replace(expr, map=done, mappings=mappings)

    # --- statements

    def _statement(self, stmt: s.Stmt) -> None:
        done: s.Stmt = stmt
        if isinstance(stmt, s.PayloadStmt):
            done = self._payload_stmt(stmt)
        elif isinstance(stmt, s.RejectStmt):
            done = self._reject(stmt)
        elif isinstance(stmt, (s.MetaStmt, s.ObjrefStmt)):
            done = replace(stmt, expr=self.expr(stmt.expr))
        elif isinstance(stmt, s.CtStmt):
            done = replace(stmt, expr=_event_list(stmt.key, self.expr(stmt.expr)))
        elif isinstance(stmt, s.SetStmt):
            done = replace(stmt, key=self._typed_key(stmt.key, stmt.set))
        elif isinstance(stmt, s.MapStmt):
            done = replace(stmt, key=self._typed_key(stmt.key, stmt.set), data=self.expr(stmt.data))
        elif isinstance(stmt, (s.NatStmt, s.TproxyStmt, s.FwdStmt, s.DupStmt, s.QueueStmt)):
            done = self._operands(stmt)
        elif isinstance(stmt, s.ExthdrStmt):
            done = replace(stmt, val=self.expr(stmt.val))
        self._append(done)

    def _operands(self, stmt: Any) -> s.Stmt:
        """Addresses, ports, devices and numbers of a statement."""
        names = ("addr", "proto", "port", "to", "dev", "queue")
        operands = {name: getattr(stmt, name) for name in names if isinstance(getattr(stmt, name, None), e.Expr)}
        changed: s.Stmt = replace(stmt, **{name: self.expr(operand) for name, operand in operands.items()})
        return changed

    def _typed_key(self, key: e.Expr, ref: e.Expr) -> e.Expr:
        if isinstance(key, e.SetElem) and isinstance(key.key, e.Concat):
            return replace(key, key=self._concat(key.key, ref.dtype.subtypes))
        return self.expr(key)

    def _payload_stmt(self, stmt: s.PayloadStmt) -> s.Stmt:
        """stmt_payload_postprocess: fields that are no whole bytes are written with what lies around them."""
        assert isinstance(stmt.expr, e.Payload)
        payload, val = self._complete(stmt.expr), stmt.val
        if payload.is_raw and isinstance(val, e.Binop):
            cut = self._written_field(payload, val)
            if cut is not None:
                payload, val = cut
        field = self.expr(payload)
        val = self.expr(typed(val, field.dtype, field.byteorder))
        return replace(stmt, expr=field, val=val)

    def _written_field(self, payload: e.Payload, val: e.Binop) -> tuple[e.Payload, e.Expr] | None:
        """stmt_payload_binop_postprocess: the bits that change, and what they become."""
        full = (1 << payload.len) - 1
        number: int | None = None
        if val.op is e.Op.OR and isinstance(val.left, e.Binop) and val.left.op is e.Op.AND:
            kept, joined = _raw_number(val.left.right), _raw_number(val.right)
            source = val.left.left
            if kept is not None and joined is not None:
                mask, number = full ^ kept ^ joined, joined
        elif val.op is e.Op.AND:
            kept, source = _raw_number(val.right), val.left
            if kept is not None:
                mask, number = full ^ kept, 0
        elif val.op is e.Op.OR:
            joined, source = _raw_number(val.right), val.left
            if joined is not None:
                mask, number = joined, joined
        if number is None or source != payload:
            return None
        found = self._trim(payload, mask, payload.len) or self._trim_force(payload, mask, payload.len)
        if found is None:
            return None
        field, shift = found
        completed = self._complete(field)
        return completed, e.value(number >> shift, completed.dtype, Byteorder.BIG, field.len)

    def _reject(self, stmt: s.RejectStmt) -> s.Stmt:
        """stmt_reject_postprocess: of which family the code is, and that the rule need not say so again."""
        if self.family in (NFPROTO_IPV4, NFPROTO_IPV6):
            if stmt.type == uapi.NFT_REJECT_TCP_RST:
                self._release(ProtoBase.TRANSPORT)
            dtype = REJECT_ICMP_CODE if self.family == NFPROTO_IPV4 else REJECT_ICMPV6_CODE
            return replace(stmt, family=self.family, expr=_recoded(stmt, dtype))
        if stmt.type == uapi.NFT_REJECT_ICMPX_UNREACH:
            return replace(stmt, expr=_recoded(stmt, REJECT_ICMPX_CODE))
        network = self.protocols.get(ProtoBase.NETWORK)
        done = replace(stmt, verbose=True)
        if network is IP:
            done = replace(done, family=NFPROTO_IPV4, expr=_recoded(stmt, REJECT_ICMP_CODE))
        elif network is IP6:
            done = replace(done, family=NFPROTO_IPV6, expr=_recoded(stmt, REJECT_ICMPV6_CODE))
        self._release(ProtoBase.NETWORK)
        return done


_EXPRESSIONS: dict[type, Callable[[Postprocessor, Any], e.Expr]] = {
    e.Payload: Postprocessor.on_payload,
    e.Exthdr: Postprocessor.on_exthdr,
    e.Binop: Postprocessor.on_binop,
    e.Concat: Postprocessor.on_any_concat,
    e.Unary: Postprocessor.on_unary,
    e.Map: Postprocessor.on_map,
    e.Ct: Postprocessor.on_ct,
    e.Hash: Postprocessor.on_hash,
    e.SetElem: lambda self, expr: replace(expr, key=self.on_key(expr.key)),
    e.Range: Postprocessor.on_range,
    Raw: lambda _, expr: typed(expr, INTEGER, Byteorder.BIG),
    e.Value: Postprocessor.on_value,
}


def _recoded(stmt: s.RejectStmt, dtype: DataType) -> e.Expr:
    return e.value(stmt.icmp_code or 0, dtype, Byteorder.HOST, 8)


def _may_kill_link(dep: e.Relational, left: e.Payload) -> bool:
    """payload_may_dependency_kill_ll: only ``ether type vlan`` is implied by a field of the VLAN header."""
    if left.desc is VLAN:
        return False
    if left.desc is ETH and isinstance(dep.right, e.Value):
        return dep.right.value == _ETH_P_8021Q
    return True


def _nfproto_of(dep: e.Relational) -> int | None:
    """__meta_dependency_may_kill: which family a dependency speaks of; None: it speaks of none."""
    if not isinstance(dep.right, e.Value):
        return None
    if isinstance(dep.left, e.Meta):
        if dep.left.key == uapi.NFT_META_NFPROTO:
            return dep.right.value
        if dep.left.key == uapi.NFT_META_PROTOCOL:
            return _NFPROTO_OF.get(dep.right.value, NFPROTO_UNSPEC)
        return None
    if isinstance(dep.left, e.Payload) and dep.left.base is ProtoBase.LL and dep.left.tmpl.token == "type":
        return _NFPROTO_OF.get(dep.right.value, NFPROTO_UNSPEC)
    return None


def _converted(expr: e.Expr) -> e.Expr:
    return expr.arg if isinstance(expr, e.Unary) else expr


def _raw_number(expr: e.Expr) -> int | None:
    if isinstance(expr, Raw):
        return int.from_bytes(expr.data, "big")
    return expr.value if isinstance(expr, e.Value) else None


def _field_constant(field: e.Payload, number: int) -> e.Expr:
    """The constant that a field is compared with; of a field that is cut short, a prefix."""
    missing = (0 if field.is_raw else field.tmpl.len) - field.len
    if field.desc in (UNKNOWN, TH) or missing <= 0:
        return e.value(number, field.dtype, field.byteorder, field.len)
    whole = e.value(number << missing, field.dtype, field.byteorder, field.tmpl.len)
    return e.Prefix(whole, field.len, dtype=field.dtype, byteorder=field.byteorder, len=field.tmpl.len)


def _shifted(expr: e.Expr, shift: int, bits: int) -> e.Expr:
    """binop_adjust: constants of a masked comparison as constants of the field."""
    if isinstance(expr, e.Value):
        return replace(expr, value=expr.value >> shift, len=bits)
    if isinstance(expr, Raw):
        return e.value(int.from_bytes(expr.data, "big") >> shift, INVALID, Byteorder.BIG, bits)
    if isinstance(expr, (e.Range, e.Mapping)):
        left = _shifted(expr.left, shift, bits)
        return (
            replace(expr, left=left, right=_shifted(expr.right, shift, bits))
            if isinstance(expr, e.Range)
            else replace(expr, left=left)
        )
    if isinstance(expr, e.SetElem):
        return replace(expr, key=_shifted(expr.key, shift, bits))
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(_shifted(element, shift, bits) for element in expr.expressions))
    if isinstance(expr, e.SetRef) and expr.set.anonymous and expr.set.init is not None:
        return replace(expr, set=replace(expr.set, init=_shifted(expr.set.init, shift, bits)))
    return expr


def _retype(expr: e.Expr, dtype: DataType) -> e.Expr:
    """A set's elements as values of another type."""
    if isinstance(expr, e.Value):
        return bitmask_binops(replace(expr, dtype=dtype))
    if isinstance(expr, e.Range):
        return replace(expr, left=_retype(expr.left, dtype), right=_retype(expr.right, dtype), dtype=dtype)
    if isinstance(expr, e.Prefix):
        return replace(expr, prefix=_retype(expr.prefix, dtype), dtype=dtype)
    if isinstance(expr, e.SetElem):
        return replace(expr, key=_retype(expr.key, dtype))
    if isinstance(expr, e.Mapping):
        return replace(expr, left=_retype(expr.left, dtype))
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(_retype(element, dtype) for element in expr.expressions), dtype=dtype)
    return expr


def _retype_set(ref: e.SetRef, dtype: DataType) -> e.SetRef:
    """expr_set_type of a set: an anonymous one takes the type of what is looked up in it."""
    if not ref.set.anonymous or ref.set.init is None or dtype.subtypes or dtype is ref.dtype or dtype is XINTEGER:
        return ref
    return replace(ref, set=replace(ref.set, init=_retype(ref.set.init, dtype)), dtype=dtype)


def _narrow_set(ref: e.SetRef, looked_up: e.Concat) -> e.SetRef:
    """An anonymous set of concatenations, its numbers of unknown size as those that are looked up in it."""
    if not ref.set.anonymous or ref.set.init is None:
        return ref
    pairs = zip(ref.dtype.subtypes, looked_up.expressions, strict=False)
    fields = tuple(None if subtype.size else field for subtype, field in pairs)
    if not any(fields):
        return ref
    return replace(ref, set=replace(ref.set, init=_narrow(ref.set.init, fields)))


def _narrow(expr: e.Expr, looked_up: tuple[e.Expr | None, ...]) -> e.Expr:
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(_narrow(element, looked_up) for element in expr.expressions))
    if isinstance(expr, e.SetElem):
        return replace(expr, key=_narrow(expr.key, looked_up))
    if isinstance(expr, e.Mapping):
        return replace(expr, left=_narrow(expr.left, looked_up))
    if isinstance(expr, e.Concat):
        fields = zip(expr.expressions, looked_up, strict=True)
        return replace(expr, expressions=tuple(_narrow_value(constant, field) for constant, field in fields))
    return expr


def _narrow_value(constant: e.Expr, field: e.Expr | None) -> e.Expr:
    """A register that begins with a number: the number, of the type and width of what is looked up."""
    if field is None:
        return constant
    if isinstance(constant, e.Range):
        left, right = _narrow_value(constant.left, field), _narrow_value(constant.right, field)
        return replace(constant, left=left, right=right, dtype=field.dtype)
    if not isinstance(constant, e.Value):
        return constant
    spare = constant.len - (field.len + 7) // 8 * 8
    if spare <= 0:
        return replace(constant, dtype=field.dtype)
    return replace(constant, value=constant.value >> spare, len=field.len, dtype=field.dtype)


def _string(constant: e.Value) -> e.Value:
    """expr_postprocess_string: a string that fills its bytes without a NUL goes on as it likes."""
    size = (constant.len + 7) // 8
    data = constant.value.to_bytes(size, "little")
    if data[-1:] != b"\0":
        return replace(constant, value=string_value(data.decode(errors="replace") + "*"), len=constant.len + 8)
    text = data.split(b"\0", 1)[0]
    if text.endswith(b"*"):
        escaped = text[:-1].decode(errors="replace") + "\\*"
        return replace(constant, value=string_value(escaped), len=(len(text) + 2) * 8)
    return constant


def _flags(expr: e.Expr) -> tuple[e.Expr, ...]:
    if isinstance(expr, e.Binop) and expr.op is e.Op.OR:
        return (*_flags(expr.left), *_flags(expr.right))
    return (expr,)


def _flag_list(mask: e.Expr) -> e.Expr:
    """binop_tree_to_list: bit | bit as bit,bit."""
    flags = _flags(mask)
    return flags[0] if len(flags) == 1 else e.List(flags, dtype=mask.dtype, byteorder=mask.byteorder, len=mask.len)


def _event_list(key: int, expr: e.Expr) -> e.Expr:
    return _flag_list(expr) if key == uapi.NFT_CT_EVENTMASK else expr
