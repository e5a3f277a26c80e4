"""What must be matched before a header's field can be (nftables src/payload.c, payload_gen_*dependency;
resolve_ll_protocol_conflict and payload dependencies of src/evaluate.c).
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_BRIDGE, NFPROTO_INET
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.evaluate.context import Context, EvalContext
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.expression import Expr, Op
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.proto import (
    ETH,
    HOOK_PROTOCOLS,
    ICMP,
    ICMP6,
    IGMP,
    INET,
    INET_SERVICE_PROTO,
    IP,
    IP6,
    NETDEV,
    NFT_INNER_LL,
    IcmpDep,
    ProtoBase,
    ProtoDesc,
    device_type,
)


class DependencyEvaluator(EvalContext):
    """Puts the matches that a field depends on before the present statement."""

    def payload_dependencies(self, expr: ex.Payload) -> ex.Payload:
        """Matches what must be known before the field can be read; its offset grows by stacked headers."""
        if expr.is_raw:
            return expr
        pctx = self.protocols()
        base = expr.base
        desc = pctx.desc(base)
        if desc is None:
            self.add_dependency(self.gen_dependency(expr))
            desc = pctx.descs[base]
            if desc is not expr.desc and base is ProtoBase.LL:
                return self._stack_on(desc, expr)
            return self.icmp_dependency(expr, desc)
        if pctx.ambiguous(base):
            other = pctx.conflict(base, expr.desc)
            raise expr_error(expr, f"conflicting protocols specified: {other.name} vs. {expr.desc.name}")
        if desc is expr.desc:
            if desc.base is ProtoBase.LL:
                return replace(expr, offset=expr.offset + sum(below.length for below in pctx.stacked_ll))
            return self.icmp_dependency(expr, desc)
        if base is ProtoBase.LL:
            resolved = self._resolve_ll_conflict(desc, expr)
            if resolved is not None:
                return resolved
            desc = pctx.descs[base]
            if desc is expr.desc:
                return expr
        raise expr_error(expr, f"conflicting protocols specified: {pctx.descs[base].name} vs. {expr.desc.name}")

    def _stack_on(self, desc: ProtoDesc, expr: ex.Payload) -> ex.Payload:
        number = desc.number_of(expr.desc)
        if number is None:
            raise expr_error(expr, f"conflicting protocols specified: {desc.name} vs. {expr.desc.name}")
        nstmt = self._ll_dependency(number, expr)
        shifted = replace(expr, offset=expr.offset + self.protocols().stacked_ll[0].length)
        self.add_dependency(nstmt)
        return shifted

    def _resolve_ll_conflict(self, desc: ProtoDesc, expr: ex.Payload) -> ex.Payload | None:
        """Stacks a link layer header on another; None if that cannot be (resolve_ll_protocol_conflict)."""
        pctx = self.protocols()
        if desc in {INET, NETDEV}:
            if self.inner_desc is not None:
                pctx.update(ProtoBase.LL, expr.location, ETH)
            else:
                self.add_dependency(self.iiftype_dependency(expr))
                desc = expr.desc
        elif expr.desc in pctx.stacked_ll:
            return expr
        if pctx.desc(ProtoBase.NETWORK) is not None:
            # nothing can come between a link layer header and a network one that is known
            return None
        number = desc.number_of(expr.desc)
        if number is None:
            return None
        nstmt = self._ll_dependency(number, expr)
        shifted = replace(expr, offset=expr.offset + sum(below.length for below in pctx.stacked_ll))
        self.add_dependency(nstmt)
        return shifted

    def _ll_dependency(self, number: int, expr: ex.Payload) -> st.ExprStmt:
        desc = self.protocols().descs[expr.base]
        assert desc.key is not None
        left = ex.payload(desc, desc.key, expr.location)
        right = ex.value(number, left.dtype, left.dtype.byteorder, left.len, expr.location)
        return self.dependency(protocol_match(left, right, expr.location))

    def iiftype_dependency(self, expr: ex.Payload) -> st.ExprStmt:
        """meta iiftype ether: there is such a header only on such devices."""
        arphrd = device_type(expr.desc)
        if arphrd is None:
            raise expr_error(expr, "protocol specification is invalid for this family")
        left = ex.meta(uapi.NFT_META_IIFTYPE, expr.location)
        right = ex.value(arphrd, dt.ARPHRD_TYPE, Byteorder.HOST, 16, expr.location)
        return self.dependency(protocol_match(left, right, expr.location))

    def dependency(self, stmt: st.ExprStmt) -> st.ExprStmt:
        """Evaluates a match that evaluation itself wants; inside of a tunnel it asks the inner packet."""
        kept, inner, length = self.ctx, self.inner_desc, self.stmt_len
        self.stmt_len = 0
        self.ctx = Context()
        evaluated = replace(stmt, expr=self.expr(stmt.expr))
        self.ctx, self.stmt_len = kept, length
        self.inner_desc = inner
        rel = evaluated.expr
        if inner is not None and isinstance(rel, ex.Relational) and isinstance(rel.left, ex.Payload | ex.Meta):
            evaluated = replace(evaluated, expr=replace(rel, left=replace(rel.left, inner=inner)))
        return evaluated

    def add_dependency(self, stmt: st.ExprStmt) -> None:
        """Puts a match before the present statement."""
        self.done.append(stmt)

    def gen_dependency(self, expr: ex.Payload) -> st.ExprStmt:
        """The match that makes sure that there is such a header (payload_gen_dependency)."""
        pctx = self.protocols()
        hook_base = HOOK_PROTOCOLS[pctx.family][0]
        if expr.base < hook_base:
            if expr.base < hook_base - 1:
                raise expr_error(expr, "payload base is invalid for this family")
            return self.iiftype_dependency(expr)
        desc = pctx.desc(ProtoBase(expr.base - 1)) or self._special_dependency(expr)
        if desc is None:
            lower = ProtoBase(expr.base - 1).text
            raise expr_error(expr, f"ambiguous payload specification: no {lower} protocol specified")
        if pctx.family == NFPROTO_BRIDGE and desc is ETH and expr.desc in {IP, IP6}:
            # skb->protocol is that of the network header even where the VLAN tag is not in the packet's bytes.
            desc = NETDEV
        return self.protocol_dependency(desc, expr.desc, expr)

    def _special_dependency(self, expr: ex.Payload) -> ProtoDesc | None:
        """What may lie below where the rule does not say: both IP versions, or the one that ICMP implies."""
        pctx = self.protocols()
        lower = pctx.desc(ProtoBase.LL)
        if expr.base is ProtoBase.LL:
            return self._ll_header()
        if expr.base is not ProtoBase.TRANSPORT:
            return None
        if expr.desc not in {ICMP, ICMP6, IGMP}:
            return INET_SERVICE_PROTO
        desc = lower or self._ll_header()
        if desc is None:
            return INET_SERVICE_PROTO
        if expr.inner is not None and expr.inner.inner is not None and not expr.inner.inner.flags & NFT_INNER_LL:
            desc = NETDEV
        upper = IP6 if expr.desc is ICMP6 else IP
        self.done.append(self.protocol_dependency(desc, upper, expr))
        return upper

    def _ll_header(self) -> ProtoDesc | None:
        family = self.protocols().family
        if family == NFPROTO_INET:
            return INET
        return {NFPROTO_BRIDGE: ETH}.get(family, NETDEV if HOOK_PROTOCOLS[family][1] is NETDEV else None)

    def protocol_dependency(self, desc: ProtoDesc, upper: ProtoDesc, expr: Expr) -> st.ExprStmt:
        """Matches that ``upper`` lies upon ``desc`` (payload_add_dependency)."""
        number = desc.number_of(upper)
        if number is None:
            raise expr_error(expr, f"conflicting protocols specified: {desc.name} vs. {upper.name}")
        tmpl = desc.protocol_template
        assert tmpl is not None
        left: Expr
        if tmpl.meta_key is not None:
            left = ex.meta(tmpl.meta_key, expr.location)
        else:
            left = ex.payload_of(desc, tmpl, expr.location)
        right = ex.value(number, tmpl.dtype, tmpl.dtype.byteorder, tmpl.len, expr.location)
        return self.dependency(protocol_match(left, right, expr.location))

    def icmp_dependency(self, expr: ex.Payload, desc: ProtoDesc) -> ex.Payload:
        """Fields that only some ICMP messages have ask for the type first (payload_gen_icmp_dependency)."""
        dep = expr.tmpl.icmp_dep
        if desc not in {ICMP, ICMP6} or dep is IcmpDep.ANY:
            return expr
        pctx = self.protocols()
        wanted = {IcmpDep.ECHO: 8, IcmpDep.ECHO6: 128, IcmpDep.ADDRESS6: 135}.get(dep, dep.value[0])
        known = pctx.icmp_type
        if known:
            if known == wanted or (dep is not IcmpDep.ECHO and known in dep.value):
                return expr
            raise expr_error(expr, f"incompatible icmp match: rule has {known}, need {wanted}")
        assert desc.key is not None
        left = ex.payload(desc, desc.key, expr.location)
        types = [
            ex.value(number, left.dtype, Byteorder.BIG, BITS_PER_BYTE, expr.location) for number in _icmp_types(dep)
        ]
        right: Expr = types[0]
        op = Op.EQ
        if len(types) > 1:
            right = ex.Set(tuple(ex.SetElem(kind, location=expr.location) for kind in types), location=expr.location)
            op = Op.IMPLICIT
        pctx.icmp_type = wanted
        rel = ex.Relational(op, left, right, location=expr.location)
        self.add_dependency(self.dependency(st.ExprStmt(rel, location=expr.location)))
        return expr


def _icmp_types(dep: IcmpDep) -> tuple[int, ...]:
    if dep is IcmpDep.ECHO:
        return (8, 0)
    if dep is IcmpDep.ECHO6:
        return (128, 129)
    return (130, 131, 132, 135, 136, 137) if dep is IcmpDep.ADDRESS6 else dep.value


def protocol_match(left: Expr, right: Expr, location: Location) -> st.ExprStmt:
    """A match that evaluation itself wants."""
    return st.ExprStmt(ex.Relational(Op.EQ, left, right, location=location), location=location)
