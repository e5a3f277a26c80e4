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
    NFPROTO_IPV4,
    NFPROTO_IPV6,
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
)
from webapp.userland.nftables.delinearize import Chains, Parser, Raw, no_chains, typed
from webapp.userland.nftables.postprocess.constants import (
    event_list,
    field_constant,
    flag_list,
    flags_of,
    narrow_set,
    raw_number,
    retype,
    retype_set,
    shifted,
    string,
)
from webapp.userland.nftables.postprocess.context import META_BASES, Context, is_protocol, mask_end, trailing_zeros
from webapp.userland.nftables.postprocess.dependency import Dependencies
from webapp.userland.nftables.proto import (
    IP,
    IP6,
    ProtoBase,
    ProtoDesc,
)
from webapp.userland.nftables.rule import SetDecl
from webapp.userland.nftables.setelem import bitmask_binops

_CT_NETWORK = frozenset((uapi.NFT_CT_SRC, uapi.NFT_CT_DST, uapi.NFT_CT_PROTOCOL))
"""ct keys that speak for the network layer."""
_CT_ADDRESSES: dict[tuple[int, ProtoDesc | None], int] = {
    (uapi.NFT_CT_SRC, IP): uapi.NFT_CT_SRC_IP,
    (uapi.NFT_CT_DST, IP): uapi.NFT_CT_DST_IP,
    (uapi.NFT_CT_SRC, IP6): uapi.NFT_CT_SRC_IP6,
    (uapi.NFT_CT_DST, IP6): uapi.NFT_CT_DST_IP6,
}


class Postprocessor:
    """One rule's statements, gone through once."""

    def __init__(self, family: int, stmts: list[s.Stmt]) -> None:
        self.family = family
        self.source = stmts
        self.done: list[s.Stmt] = []
        self.prev: s.Stmt | None = None
        self.context = Context(family)
        self.dependencies = Dependencies(family, self.done)

    def run(self) -> tuple[s.Stmt, ...]:
        """The statements as they are listed."""
        for stmt in self.source:
            if isinstance(stmt, s.ExprStmt):
                self._match(stmt)
            else:
                self._statement(stmt)
                self.dependencies.deps.clear()
        return tuple(self.done)

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
            return retype_set(right, left.dtype) if left.dtype is not INVALID else right
        right = typed(right, left.dtype, left.byteorder)
        if isinstance(right, e.Value):
            return self.on_value(right)
        if isinstance(right, e.Range):
            return right
        return right

    def on_value(self, constant: e.Value) -> e.Expr:
        """expr_postprocess_value: strings without end are wildcards; flags are taken apart."""
        if constant.dtype.root is STRING:
            return string(constant)
        return bitmask_binops(constant)

    def _concat_match(self, left: e.Concat, right: e.Expr) -> tuple[e.Expr, e.Expr]:
        subtypes = right.dtype.subtypes if isinstance(right, e.SetRef) else ()
        whole = self._concat(left, subtypes)
        if isinstance(right, e.Concat) and isinstance(whole, e.Concat):
            parts = zip(right.expressions, whole.expressions, strict=True)
            return whole, e.concat(tuple(self._constant(constant, field) for constant, field in parts))
        if isinstance(right, e.SetRef) and isinstance(whole, e.Concat):
            right = narrow_set(right, whole)
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
            self.context.check_icmp(left, right)
        field = self.dependencies.kill(self.context.complete(left))
        if isinstance(right, e.SetRef):
            right = retype_set(right, field.dtype)
        else:
            right = typed(right, field.dtype, field.byteorder)
            right = replace(right, dtype=field.dtype) if isinstance(right, e.Value) else retype(right, field.dtype)
        stmt = s.ExprStmt(e.Relational(op, field, right))
        merged = self._merge_range(stmt)
        if merged is not None:
            self.done.pop()
            stmt = merged
        self._append(stmt)

    def _payload_expand(self, op: e.Op, payload: e.Payload, right: Raw | e.Value) -> None:
        number = int.from_bytes(right.data, "big") if isinstance(right, Raw) else right.value
        fields = self.context.expand(payload)
        left_bits = sum(field.len for field in fields)
        base = payload.base
        for field in fields:
            left_bits -= field.len
            part = number >> left_bits & (1 << field.len) - 1
            constant = field_constant(field, part)
            relation = e.Relational(op, replace(field, len=field.tmpl.len or field.len), constant)
            if op is e.Op.EQ:
                self.context.learn(field, constant)
            if self.context.is_stacked(base, field, op, constant):
                base = ProtoBase(base - 1)
            killed = self.dependencies.kill(field)
            if killed is not field:
                relation = e.Relational(op, killed, field_constant(killed, part))
            stmt = s.ExprStmt(relation)
            self._append(stmt)
            if op is e.Op.EQ and is_protocol(field):
                self.dependencies.store(stmt, base)

    def _meta_match(self, stmt: s.ExprStmt, base: ProtoBase) -> None:
        """ct_meta_common_postprocess: a match of something that speaks for the layer ``base``."""
        relation = stmt.expr
        assert isinstance(relation, e.Relational)
        op, left, right = relation.op, relation.left, relation.right
        assert isinstance(left, (e.Meta, e.Ct))
        if op is not e.Op.EQ or isinstance(right, (e.Range, e.Set, e.SetRef)):
            return
        self.context.learn(left, right)
        if self.dependencies.dep_base(base) is not None and self.dependencies.ct_meta_may_kill(left, right):
            self.dependencies.release(base)
        if isinstance(left, e.Meta) and is_protocol(left):
            self.dependencies.store(stmt, base)

    def _binop_match(self, op: e.Op, left: e.Binop, right: e.Expr) -> tuple[e.Op, e.Expr, e.Expr] | None:
        """relational_binop_postprocess: the match as it is to be listed, or None where it has been added already."""
        inner, mask = left.left, left.right
        flags = right.dtype is BITMASK or right.dtype.derives(BITMASK)
        if left.op is e.Op.AND and op in (e.Op.EQ, e.Op.NEQ) and flags:
            if isinstance(right, e.Value) and not right.value:
                return (e.Op.IMPLICIT if op is e.Op.NEQ else e.Op.NEG), inner, flag_list(mask)
            several = len(flags_of(mask)) > 1 or len(flags_of(right)) > 1
            if several and isinstance(right, (e.Value, e.Binop)):
                return (
                    e.Op.IMPLICIT if op is e.Op.EQ else e.Op.NEQ,
                    inner,
                    e.Flagcmp(flag_list(right), flag_list(mask), dtype=right.dtype),
                )
        if left.op is not e.Op.AND or not isinstance(mask, e.Value):
            return op, left, right
        if inner.dtype in (IPADDR, IP6ADDR) and isinstance(right, e.Value) and _contiguous(mask.value, mask.len):
            length = mask.len - trailing_zeros(mask.value) if mask.value else 0
            return op, inner, e.Prefix(right, length, dtype=right.dtype, byteorder=right.byteorder, len=right.len)
        if isinstance(inner, e.Exthdr):
            return self._exthdr_trim(op, inner, mask, right) or (op, left, right)
        if not isinstance(inner, e.Payload):
            return op, left, right
        trimmed = self.context.trim(inner, mask.value, mask.len)
        if trimmed is not None:
            field, shift = trimmed
            self._payload_match(op, field, shifted(right, shift, field.len))
            return None
        forced = self.context.trim_force(inner, mask.value, mask.len) if isinstance(right, e.Value) else None
        if forced is not None:
            field, shift = forced
            return op, field, shifted(right, shift, field.len)
        return op, left, right

    def _exthdr_trim(
        self, op: e.Op, option: e.Exthdr, mask: e.Value, right: e.Expr
    ) -> tuple[e.Op, e.Expr, e.Expr] | None:
        """exthdr_find_template: a field of an option that is no whole number of bytes."""
        if option.desc is None or not mask.value:
            return None
        shift, end = trailing_zeros(mask.value), mask_end(mask.value)
        offset = option.offset + option.len - end
        for template in option.desc.templates.values():
            if (template.offset, template.len) == (offset, end - shift):
                field = replace(option, tmpl=template, offset=template.offset, dtype=template.dtype, len=template.len)
                constant = shifted(right, shift, template.len)
                if isinstance(constant, e.Value):
                    constant = replace(constant, dtype=template.dtype)
                return op, field, constant
        return None

    def expr(self, expr: e.Expr) -> e.Expr:
        """expr_postprocess: an expression, its payload completed and what it implies dropped."""
        handler = _EXPRESSIONS.get(type(expr))
        return expr if handler is None else handler(self, expr)

    def on_payload(self, expr: e.Payload) -> e.Expr:
        return self.dependencies.kill(self.context.complete(expr))

    def on_exthdr(self, expr: e.Exthdr) -> e.Expr:
        """exthdr_dependency_kill."""
        if expr.op == uapi.NFT_EXTHDR_OP_TCPOPT:
            self.dependencies.release(ProtoBase.TRANSPORT)
        elif expr.op in (uapi.NFT_EXTHDR_OP_IPV4, uapi.NFT_EXTHDR_OP_IPV6):
            self.dependencies.release(ProtoBase.NETWORK)
        return expr

    def on_unary(self, expr: e.Unary) -> e.Expr:
        arg = self.expr(expr.arg)
        order = Byteorder.BIG if arg.byteorder is Byteorder.HOST else Byteorder.HOST
        return replace(expr, arg=arg, dtype=arg.dtype, byteorder=order, len=arg.len)

    def on_ct(self, expr: e.Ct) -> e.Expr:
        """ct_expr_update_type: an address of the family that the rule speaks of."""
        key = _CT_ADDRESSES.get((expr.key, self.context.protocols.get(ProtoBase.NETWORK)))
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
            trimmed = self.context.trim(binop.left, int.from_bytes(binop.right.data, "big"), binop.right.len)
            if trimmed is not None:
                return self.dependencies.kill(self.context.complete(trimmed[0]))
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
            trimmed = self.context.trim(inner.left, mask, inner.right.len)
            return None if trimmed is None else self.dependencies.kill(self.context.complete(trimmed[0]))
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
            trimmed = self.context.trim(key.left, int.from_bytes(key.right.data, "big"), key.right.len)
            if trimmed is not None:
                field, shift = trimmed
                key, mappings = field, shifted(mappings, shift, field.len)
        if isinstance(key, e.Concat):
            done = self._concat(key, mappings.dtype.subtypes)
            if isinstance(mappings, e.SetRef) and isinstance(done, e.Concat):
                mappings = narrow_set(mappings, done)
        else:
            done = self.expr(key)
            if isinstance(mappings, e.SetRef) and done.dtype is not INVALID:
                mappings = retype_set(mappings, done.dtype)
        return replace(expr, map=done, mappings=mappings)

    def _statement(self, stmt: s.Stmt) -> None:
        done: s.Stmt = stmt
        if isinstance(stmt, s.PayloadStmt):
            done = self._payload_stmt(stmt)
        elif isinstance(stmt, s.RejectStmt):
            done = self._reject(stmt)
        elif isinstance(stmt, (s.MetaStmt, s.ObjrefStmt)):
            done = replace(stmt, expr=self.expr(stmt.expr))
        elif isinstance(stmt, s.CtStmt):
            done = replace(stmt, expr=event_list(stmt.key, self.expr(stmt.expr)))
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
        payload, val = self.context.complete(stmt.expr), stmt.val
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
            kept, joined = raw_number(val.left.right), raw_number(val.right)
            source = val.left.left
            if kept is not None and joined is not None:
                mask, number = full ^ kept ^ joined, joined
        elif val.op is e.Op.AND:
            kept, source = raw_number(val.right), val.left
            if kept is not None:
                mask, number = full ^ kept, 0
        elif val.op is e.Op.OR:
            joined, source = raw_number(val.right), val.left
            if joined is not None:
                mask, number = joined, joined
        if number is None or source != payload:
            return None
        found = self.context.trim(payload, mask, payload.len) or self.context.trim_force(payload, mask, payload.len)
        if found is None:
            return None
        field, shift = found
        completed = self.context.complete(field)
        return completed, e.value(number >> shift, completed.dtype, Byteorder.BIG, field.len)

    def _reject(self, stmt: s.RejectStmt) -> s.Stmt:
        """stmt_reject_postprocess: of which family the code is, and that the rule need not say so again."""
        if self.family in (NFPROTO_IPV4, NFPROTO_IPV6):
            if stmt.type == uapi.NFT_REJECT_TCP_RST:
                self.dependencies.release(ProtoBase.TRANSPORT)
            dtype = REJECT_ICMP_CODE if self.family == NFPROTO_IPV4 else REJECT_ICMPV6_CODE
            return replace(stmt, family=self.family, expr=_recoded(stmt, dtype))
        if stmt.type == uapi.NFT_REJECT_ICMPX_UNREACH:
            return replace(stmt, expr=_recoded(stmt, REJECT_ICMPX_CODE))
        network = self.context.protocols.get(ProtoBase.NETWORK)
        done = replace(stmt, verbose=True)
        if network is IP:
            done = replace(done, family=NFPROTO_IPV4, expr=_recoded(stmt, REJECT_ICMP_CODE))
        elif network is IP6:
            done = replace(done, family=NFPROTO_IPV6, expr=_recoded(stmt, REJECT_ICMPV6_CODE))
        self.dependencies.release(ProtoBase.NETWORK)
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


def delinearize_rule(
    family: int, expressions: tuple[uapi.Expr, ...], sets: Mapping[str, SetDecl], chains: Chains = no_chains
) -> tuple[s.Stmt, ...]:
    """A rule's statements (netlink_delinearize_rule). Raises DelinearizeError for what this nft does not know."""
    parser = Parser(family, sets, chains)
    for expr in expressions:
        parser.parse(expr)
    return Postprocessor(family, parser.stmts).run()


def _base(expr: e.Expr) -> ProtoBase:
    """The layer that a meta or ct key speaks for."""
    if isinstance(expr, e.Meta):
        return META_BASES.get(expr.key, ProtoBase.INVALID)
    return ProtoBase.NETWORK if isinstance(expr, e.Ct) and expr.key in _CT_NETWORK else ProtoBase.INVALID


def _contiguous(mask: int, bits: int) -> bool:
    """expr_mask_is_prefix: ones from the top down."""
    return mask == 0 or mask >> trailing_zeros(mask) == (1 << bits - trailing_zeros(mask)) - 1


def _recoded(stmt: s.RejectStmt, dtype: DataType) -> e.Expr:
    return e.value(stmt.icmp_code or 0, dtype, Byteorder.HOST, 8)


def _converted(expr: e.Expr) -> e.Expr:
    return expr.arg if isinstance(expr, e.Unary) else expr
