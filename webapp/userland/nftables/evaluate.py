"""Evaluation of expressions: words become values, types are checked, what a match depends on is matched before it
(nftables src/evaluate.c, expr_evaluate_* and payload.c, payload_gen_*).

``Evaluator.expr`` returns the evaluated node; nodes are never changed. The context says what a word would mean at the
present place: type, byte order, length in bits, the greatest value, and the set key or concatenation it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_BRIDGE, NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import Byteorder, DataType, DatatypeError, Names
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.expression import Expr, Op
from webapp.userland.nftables.intervals import IntervalError, merged, sorted_ranges
from webapp.userland.nftables.location import NETLINK, Location
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
from webapp.userland.nftables.proto_ctx import ProtoCtx
from webapp.userland.nftables.rule import Cmd, CmdObj, CmdOp, Handle, SetDecl, Spec

BITS = 8
NFT_REG_BITS = 128
NFT_MAX_EXPR_LEN_BITS = 512
NFT_MAX_EXPR_RECURSION = 16
_SHIFTS = (Op.LSHIFT, Op.RSHIFT)
_TCP_OPTIONS_BITS = (15 * 4 - 20) * BITS
_IP_OPTIONS_BITS = 40 * BITS
_ETH_IP, _ETH_IP6 = 0x0800, 0x86DD


class Cache(Protocol):
    """What nft knows of the ruleset in the kernel and of what the present batch adds to it."""

    def table(self, family: int, name: str) -> bool:
        """Whether there is such a table."""

    def find_set(self, family: int, table: str, name: str) -> SetDecl | None:
        """The set or map of a table."""

    def near_table(self, name: str) -> tuple[int, str] | None:
        """A table with a similar name: family and name."""

    def near_set(self, name: str) -> SetDecl | None:
        """A set with a similar name."""

    def set_changed(self, made: SetDecl) -> None:
        """Evaluation has completed what a set is."""


class Context(Struct):
    """struct expr_ctx."""

    dtype: DataType | None = None
    byteorder: Byteorder = Byteorder.INVALID
    len: int = 0
    maxval: int = 0
    key: Expr | None = None


def is_constant(expr: Expr) -> bool:
    """Whether the value is known already (EXPR_F_CONSTANT)."""
    if isinstance(expr, ex.Concat):
        return all(is_constant(part) for part in expr.expressions)
    if isinstance(expr, ex.Mapping):
        return is_constant(expr.left)
    if isinstance(expr, ex.SetElem):
        return is_constant(expr.key)
    if isinstance(expr, ex.Map):
        return isinstance(expr.mappings, ex.SetRef)
    return isinstance(expr, ex.Value | ex.Verdict | ex.Prefix | ex.Range | ex.Set | ex.SetRef | ex.SetElemCatchall)


def is_singleton(expr: Expr) -> bool:
    """Whether it is one value, not several (EXPR_F_SINGLETON)."""
    if isinstance(expr, ex.Concat):
        return all(is_singleton(part) for part in expr.expressions)
    if isinstance(expr, ex.Mapping):
        return is_singleton(expr.left)
    return isinstance(expr, ex.Value | ex.Verdict | ex.SetElemCatchall)


_NAMES = {
    ex.Verdict: "verdict", ex.Symbol: "symbol", ex.Value: "value", ex.Prefix: "prefix", ex.Range: "range",
    ex.Payload: "payload", ex.Exthdr: "exthdr", ex.Meta: "meta", ex.Socket: "socket", ex.Osf: "osf", ex.Ct: "ct",
    ex.Concat: "concat", ex.List: "list", ex.Set: "set", ex.SetRef: "set reference", ex.SetElem: "set element",
    ex.SetElemCatchall: "catch-all set element", ex.Mapping: "mapping", ex.Map: "map", ex.Unary: "unary",
    ex.Binop: "binop", ex.Relational: "relational", ex.Numgen: "numgen", ex.Hash: "hash", ex.Rt: "rt",
    ex.Tunnel: "tunnel", ex.Fib: "fib", ex.Xfrm: "xfrm",
}  # fmt: skip


def expr_name(expr: Expr) -> str:
    """What errors call an expression."""
    return _NAMES[type(expr)]


def _error(expr: Expr, message: str, second: Expr | None = None) -> NftError:
    return NftError(message, expr.location, second.location if second is not None else None)


def payload_needs_adjustment(expr: Expr, offset: int) -> bool:
    """Whether a field does not fill whole bytes."""
    return offset % BITS != 0 or expr.len % BITS != 0


def offset_shift(length: int, offset: int) -> tuple[int, int]:
    """How far a field's bits lie from the end of its bytes, and the bits to load beyond its own bytes."""
    extra = 0
    shift = -(-length // BITS) * BITS - (offset % BITS + length)
    while shift < 0:
        shift += BITS
        extra += BITS
    return shift, extra


class Evaluator:
    """Evaluates the expressions of one command at a time."""

    def __init__(self, cache: Cache, names: Names) -> None:
        self.cache = cache
        self.names = names
        self.ctx = Context()
        self.cmd = Cmd(CmdOp.ADD, CmdObj.RULE, Handle())
        self.pctx = ProtoCtx(NFPROTO_IPV4)
        self.inner_pctx = ProtoCtx(NFPROTO_BRIDGE)
        self.inner_desc: ProtoDesc | None = None
        self.done: list[st.Stmt] = []
        self.stmt: st.Stmt | None = None
        self.stmt_len = 0
        self.set: SetDecl | None = None
        self.set_data_interval = False
        self.list_depth = 0
        self.binop_depth = 0
        self.implicit_sets: list[SetDecl] = []
        self.set_id = 0

    # --- context ----------------------------------------------------------------------------------------------------

    def context(
        self,
        dtype: DataType | None,
        length: int,
        byteorder: Byteorder | None = None,
        maxval: int = 0,
        key: Expr | None = None,
    ) -> None:
        """What words mean from here on; without byte order, the type's."""
        if byteorder is None:
            byteorder = Byteorder.INVALID if dtype is None else dtype.byteorder
        self.ctx = Context(dtype, byteorder, length, maxval, key)

    def protocols(self) -> ProtoCtx:
        """The protocol context in force: inside of a tunnel, the inner packet's."""
        return self.pctx if self.inner_desc is None else self.inner_pctx

    def expr(self, expr: Expr) -> Expr:
        """Evaluates one expression. Raises NftError."""
        return _EVALUATE[type(expr)](self, expr)

    def primary(self, expr: Expr) -> Expr:
        """A source of values says what its comparison's other side means."""
        self.context(expr.dtype, expr.len, expr.byteorder)
        return expr

    # --- words and constants ----------------------------------------------------------------------------------------

    def symbol(self, expr: ex.Symbol) -> Expr:
        if expr.symtype is ex.SymbolType.SET:
            return self.expr(ex.SetRef(self.lookup_set(expr), location=expr.location))
        if self.ctx.dtype is None:
            raise _error(expr, "No symbol type information")
        try:
            parsed = dt.parse_symbol(self.ctx.dtype, expr.identifier, self.names)
        except DatatypeError as error:
            raise _error(expr, str(error)) from None
        return self.expr(ex.value(parsed.value, parsed.dtype, parsed.byteorder, parsed.len, expr.location))

    def lookup_set(self, expr: ex.Symbol) -> SetDecl:
        """The set that @name refers to."""
        family, table = self.cmd.handle.family, self.cmd.handle.table
        if not self.cache.table(family, table.name):
            raise self.table_not_found()
        found = self.cache.find_set(family, table.name, expr.identifier)
        if found is None or found.key is None:
            raise self.set_not_found(expr.identifier, expr.location)
        return found

    def table_not_found(self) -> NftError:
        near = self.cache.near_table(self.cmd.handle.table.name)
        hint = f"; did you mean table ‘{near[1]}’ in family {FAMILY_NAMES[near[0]]}?" if near is not None else ""
        return NftError(f"No such file or directory{hint}", self.cmd.handle.table.location)

    def set_not_found(self, name: str, location: Location) -> NftError:
        near = self.cache.near_set(name)
        if near is None:
            return NftError("No such file or directory", location)
        kind = "map" if near.is_map else "set"
        family = FAMILY_NAMES[near.handle.family]
        return NftError(
            f"No such file or directory; did you mean {kind} ‘{near.handle.set.name}’ in table {family} "
            f"‘{near.handle.table.name}’?",
            location,
        )

    def value(self, expr: ex.Value) -> Expr:
        root = expr.dtype.root
        if root is dt.INTEGER:
            return self.integer(expr)
        if root is dt.STRING:
            return self.string(expr)
        raise _error(expr, f"Unexpected datatype {expr.dtype.name}")

    def integer(self, expr: ex.Value) -> Expr:
        if self.ctx.maxval and expr.value > self.ctx.maxval:
            raise _error(expr, f"Value {expr.value} exceeds valid range 0-{self.ctx.maxval}")
        length = max(self.stmt_len, self.ctx.len)
        largest = (1 << length) - 1
        if expr.value > largest:
            raise _error(expr, f"Value {expr.value} exceeds valid range 0-{largest}")
        return replace(expr, byteorder=self.ctx.byteorder, len=length)

    def string(self, expr: ex.Value) -> Expr:
        dtype = self.ctx.dtype or dt.STRING
        length = expr.len
        if self.ctx.len:
            if expr.len > self.ctx.len:
                raise _error(expr, f"String exceeds maximum length of {self.ctx.len // BITS}")
            length = self.ctx.len
        text = dt.string_text(expr.value)
        if not text:
            raise _error(expr, "Empty string is not allowed")
        if not text.endswith("*"):
            return ex.value(expr.value, dtype, Byteorder.HOST, length, expr.location)
        if text == "*":
            raise _error(expr, "All-wildcard strings are not supported")
        if text.endswith("\\*"):
            return ex.value(dt.string_value(text[:-2] + "*"), dtype, Byteorder.HOST, length, expr.location)
        kept = text[:-1]
        base = ex.value(dt.string_value(kept), dtype, Byteorder.HOST, length, expr.location)
        return ex.Prefix(
            base, len(kept.encode()) * BITS, dtype=dtype, byteorder=Byteorder.HOST, len=length, location=expr.location
        )

    def verdict(self, expr: ex.Verdict) -> Expr:
        return self.primary(expr)

    def set_ref(self, expr: ex.SetRef) -> Expr:
        key = expr.set.key
        assert key is not None
        self.context(key.dtype, key.len, key=key)
        return replace(expr, dtype=key.dtype, len=key.len)

    # --- payload ----------------------------------------------------------------------------------------------------

    def payload(self, expr: ex.Payload) -> Expr:
        key = self.ctx.key
        if expr.inner is not None:
            self.enter_tunnel(expr)
        resolved = self.payload_dependencies(expr)
        self.primary(resolved)
        self.ctx.key = key
        if payload_needs_adjustment(resolved, resolved.offset):
            return self.bits(resolved, resolved.offset)
        return resolved

    def enter_tunnel(self, expr: ex.Payload) -> None:
        """Matches the tunnel's protocol first, and looks inside from here on (expr_evaluate_inner)."""
        pctx = self.protocols()
        tunnel = expr.inner
        assert tunnel is not None
        transport = pctx.desc(ProtoBase.TRANSPORT)
        if transport is None and tunnel.base < ProtoBase.INNER:
            lower = pctx.desc(ProtoBase(tunnel.base - 1)) or IP
            number = lower.number_of(tunnel)
            if number is None:
                raise _error(expr, f"conflicting protocols specified: {lower.name} vs. {tunnel.name}")
            left = ex.meta(uapi.NFT_META_L4PROTO, expr.location)
            right = ex.value(number, left.dtype, left.dtype.byteorder, left.len, expr.location)
            self.add_dependency(_match(left, right, expr.location))
            pctx.update(ProtoBase.TRANSPORT, expr.location, tunnel)
        if tunnel.base is ProtoBase.INNER:
            below = pctx.desc(ProtoBase.TRANSPORT)
            if below is None:
                raise _error(expr, "no transport protocol specified")
            if below.number_of(tunnel) is None:
                raise _error(expr, f"unexpected transport protocol {below.name}")
            pctx.update(ProtoBase.INNER, expr.location, tunnel)
        if expr.base is not ProtoBase.INNER:
            self.inner_desc = tunnel

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
            raise _error(expr, f"conflicting protocols specified: {other.name} vs. {expr.desc.name}")
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
        raise _error(expr, f"conflicting protocols specified: {pctx.descs[base].name} vs. {expr.desc.name}")

    def _stack_on(self, desc: ProtoDesc, expr: ex.Payload) -> ex.Payload:
        number = desc.number_of(expr.desc)
        if number is None:
            raise _error(expr, f"conflicting protocols specified: {desc.name} vs. {expr.desc.name}")
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
        return self.dependency(_match(left, right, expr.location))

    def iiftype_dependency(self, expr: ex.Payload) -> st.ExprStmt:
        """meta iiftype ether: there is such a header only on such devices."""
        arphrd = device_type(expr.desc)
        if arphrd is None:
            raise _error(expr, "protocol specification is invalid for this family")
        left = ex.meta(uapi.NFT_META_IIFTYPE, expr.location)
        right = ex.value(arphrd, dt.ARPHRD_TYPE, Byteorder.HOST, 16, expr.location)
        return self.dependency(_match(left, right, expr.location))

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
                raise _error(expr, "payload base is invalid for this family")
            return self.iiftype_dependency(expr)
        desc = pctx.desc(ProtoBase(expr.base - 1)) or self._special_dependency(expr)
        if desc is None:
            lower = ProtoBase(expr.base - 1).text
            raise _error(expr, f"ambiguous payload specification: no {lower} protocol specified")
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
            raise _error(expr, f"conflicting protocols specified: {desc.name} vs. {upper.name}")
        tmpl = desc.protocol_template
        assert tmpl is not None
        left: Expr
        if tmpl.meta_key is not None:
            left = ex.meta(tmpl.meta_key, expr.location)
        else:
            left = ex.payload_of(desc, tmpl, expr.location)
        right = ex.value(number, tmpl.dtype, tmpl.dtype.byteorder, tmpl.len, expr.location)
        return self.dependency(_match(left, right, expr.location))

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
            raise _error(expr, f"incompatible icmp match: rule has {known}, need {wanted}")
        assert desc.key is not None
        left = ex.payload(desc, desc.key, expr.location)
        types = [ex.value(number, left.dtype, Byteorder.BIG, BITS, expr.location) for number in _icmp_types(dep)]
        right: Expr = types[0]
        op = Op.EQ
        if len(types) > 1:
            right = ex.Set(tuple(ex.SetElem(kind, location=expr.location) for kind in types), location=expr.location)
            op = Op.IMPLICIT
        pctx.icmp_type = wanted
        rel = ex.Relational(op, left, right, location=expr.location)
        self.add_dependency(self.dependency(st.ExprStmt(rel, location=expr.location)))
        return expr

    def bits(self, expr: ex.Payload | ex.Exthdr, offset: int) -> Expr:
        """Masks and shifts a field out of the bytes that hold it (expr_evaluate_bits)."""
        if isinstance(self.stmt, st.PayloadStmt):
            return expr
        shift, extra = offset_shift(expr.len, offset)
        masklen = expr.len + shift
        if masklen > NFT_REG_BITS:
            raise _error(expr, f"mask length {masklen} exceeds allowed maximum of {NFT_REG_BITS}\n")
        root = expr.dtype.root
        mask = ex.value(((1 << expr.len) - 1) << shift, root, Byteorder.HOST, masklen, expr.location)
        loaded = replace(expr, len=expr.len + extra) if extra else expr
        common: dict[str, Any] = {"dtype": expr.dtype, "len": masklen, "location": expr.location}
        masked: Expr = ex.Binop(Op.AND, loaded, mask, byteorder=expr.byteorder, **common)
        if not shift:
            return masked
        byteorder = expr.byteorder
        if (self.ctx.key is not None or self.stmt_len > 0) and -(-masklen // BITS) > 1:
            masked = ex.Unary(_conversion(expr, Byteorder.HOST), masked, byteorder=Byteorder.HOST, **common)
            byteorder = Byteorder.HOST
        by = ex.value(shift, root, Byteorder.HOST, BITS, expr.location)
        return ex.Binop(Op.RSHIFT, masked, by, byteorder=byteorder, **common)

    def exthdr(self, expr: ex.Exthdr) -> Expr:
        if expr.op in {uapi.NFT_EXTHDR_OP_IPV4, uapi.NFT_EXTHDR_OP_IPV6}:
            wanted = IP if expr.op == uapi.NFT_EXTHDR_OP_IPV4 else IP6
            pctx = self.protocols()
            base = pctx.desc(ProtoBase.NETWORK)
            if base is not None and base is not wanted:
                raise _error(expr, f"cannot use exthdr with {base.name}")
            if base is None:
                lower = pctx.desc(ProtoBase.LL)
                if lower is None:
                    raise _error(expr, f"Cannot generate dependency: no {ProtoBase.LL.text} protocol specified")
                self.done.insert(0, self.protocol_dependency(lower, wanted, expr))
        return self.exthdr_field(expr)

    def exthdr_field(self, expr: ex.Exthdr) -> Expr:
        """The field itself, without what it depends on."""
        key = self.ctx.key
        made: Expr = expr
        if expr.flags & uapi.NFT_EXTHDR_F_PRESENT:
            expr = replace(expr, dtype=dt.BOOLEAN)
            made = expr
        self.primary(expr)
        self.ctx.key = key
        if payload_needs_adjustment(expr, expr.offset):
            made = self.bits(expr, expr.offset)
        total = expr.tmpl.len + expr.offset
        if expr.op == uapi.NFT_EXTHDR_OP_TCPOPT and total > _TCP_OPTIONS_BITS:
            raise _error(expr, f"offset and size {total} exceeds max tcp headerlen ({_TCP_OPTIONS_BITS})")
        if expr.op == uapi.NFT_EXTHDR_OP_IPV4 and total > _IP_OPTIONS_BITS:
            raise _error(expr, f"offset and size {total} exceeds max ip option len ({_IP_OPTIONS_BITS})")
        return made

    # --- other sources ----------------------------------------------------------------------------------------------

    def rt(self, expr: ex.Rt) -> Expr:
        pctx = self.protocols()
        if expr.key == uapi.NFT_RT_NEXTHOP4:
            network = pctx.desc(ProtoBase.NETWORK)
            if network is IP:
                expr = replace(expr, dtype=dt.IPADDR, len=32)
            elif network is IP6:
                expr = replace(expr, key=uapi.NFT_RT_NEXTHOP6, dtype=dt.IP6ADDR, len=128)
        for key, dtype, family, name in (
            (uapi.NFT_RT_NEXTHOP4, dt.IPADDR, NFPROTO_IPV6, "ip"),
            (uapi.NFT_RT_NEXTHOP6, dt.IP6ADDR, NFPROTO_IPV4, "ip6"),
        ):
            if expr.key != key:
                continue
            if expr.dtype is not dtype:
                raise _error(
                    expr,
                    'cannot determine ip protocol version, use "ip nexthop" or "ip6 nexthop" instead',
                )
            if pctx.family == family:
                raise _error(expr, f"{name} nexthop will not match")
        return self.primary(expr)

    def ct(self, expr: ex.Ct) -> Expr:
        pctx = self.protocols()
        network = pctx.desc(ProtoBase.NETWORK)
        if expr.key in {uapi.NFT_CT_SRC, uapi.NFT_CT_DST}:
            dtype = {IP: dt.IPADDR, IP6: dt.IP6ADDR}.get(network) if network is not None else None
            if dtype is None:
                side = "s" if expr.key == uapi.NFT_CT_SRC else "d"
                raise _error(
                    expr,
                    f'cannot determine ip protocol version, use "ip {side}addr" or "ip6 {side}addr" instead',
                )
            return self.primary(replace(expr, dtype=dtype, len=dtype.size))
        if expr.key in {uapi.NFT_CT_PROTO_SRC, uapi.NFT_CT_PROTO_DST} and pctx.desc(ProtoBase.TRANSPORT) is None:
            # ports of an unknown protocol have no type: only a number in hex could be compared with them
            expr = replace(expr, dtype=dt.INVALID)
        wrong = {
            uapi.NFT_CT_SRC_IP: (IP6, IP),
            uapi.NFT_CT_DST_IP: (IP6, IP),
            uapi.NFT_CT_SRC_IP6: (IP, IP6),
            uapi.NFT_CT_DST_IP6: (IP, IP6),
        }.get(expr.key)
        if wrong is not None and network is wrong[0]:
            raise NftError(
                f"conflicting protocols specified: {wrong[0].name} vs. {wrong[1].name}",
                expr.location,
                pctx.location(ProtoBase.NETWORK),
            )
        return self.primary(expr)

    def meta(self, expr: ex.Meta) -> Expr:
        if expr.key == uapi.NFT_META_NFPROTO and self.protocols().family != NFPROTO_INET:
            raise _error(expr, "meta nfproto is only useful in the inet family")
        self.primary(expr)
        if expr.key == uapi.NFT_META_TIME_DAY:
            self.ctx.maxval = 6
        return expr

    def socket(self, expr: ex.Socket) -> Expr:
        self.primary(expr)
        if expr.key in {uapi.NFT_SOCKET_TRANSPARENT, uapi.NFT_SOCKET_WILDCARD}:
            self.ctx.maxval = 1
        return expr

    def xfrm(self, expr: ex.Xfrm) -> Expr:
        if self.protocols().family not in {NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET}:
            raise _error(expr, "ipsec expression is only valid in ip/ip6/inet tables")
        return self.primary(expr)

    def _integer_compatible(self, expr: ex.Numgen | ex.Hash) -> Any:
        dtype = self.ctx.dtype
        if dtype is not None and dtype.basetype is dt.INTEGER and self.ctx.len == 32:
            return replace(expr, dtype=dtype, len=32)
        return expr

    def numgen(self, expr: ex.Numgen) -> Expr:
        made: ex.Numgen = self._integer_compatible(expr)
        self.context(made.dtype, made.len, made.byteorder, made.mod + made.offset - 1)
        return made

    def hash(self, expr: ex.Hash) -> Expr:
        made: ex.Hash = self._integer_compatible(expr)
        self.context(None, 0)
        if made.expr is not None:
            made = replace(made, expr=self.expr(made.expr))
        self.context(made.dtype, made.len, made.byteorder, made.mod + made.offset - 1)
        return made

    # --- composed values --------------------------------------------------------------------------------------------

    def prefix(self, expr: ex.Prefix) -> Expr:
        base = self.expr(expr.prefix)
        if isinstance(base, ex.Prefix):
            return base
        if not is_constant(base):
            raise _error(expr, "Prefix expression is undefined for non-constant expressions")
        root = base.dtype.root
        if root not in {dt.INTEGER, dt.STRING} or not isinstance(base, ex.Value):
            raise _error(expr, f"Prefix expression is undefined for {base.dtype.desc} types")
        if expr.prefix_len > base.len:
            raise _error(expr, f"Prefix length {expr.prefix_len} is invalid for type of {base.len} bits width")
        mask = prefix_mask(base.len, expr.prefix_len) if root is dt.INTEGER else (1 << expr.prefix_len) - 1
        return replace(
            expr,
            prefix=replace(base, value=base.value & mask),
            dtype=base.dtype,
            byteorder=base.byteorder,
            len=base.len,
        )

    def range_bounds(self, expr: ex.Range) -> tuple[ex.Value, ex.Value]:
        """Both ends as values."""
        kept = replace(self.ctx)
        bounds = []
        for side in (expr.left, expr.right):
            self.ctx = replace(kept)
            bound = self.expr(side)
            if bound.dtype.root is not dt.INTEGER:
                raise _error(bound, f"Range expression is undefined for {bound.dtype.desc} types", expr)
            if not isinstance(bound, ex.Value):
                raise _error(bound, "Range is not constant", expr)
            bounds.append(bound)
        return bounds[0], bounds[1]

    def range(self, expr: ex.Range) -> Expr:
        left, right = self.range_bounds(expr)
        if left.value > right.value:
            raise _error(expr, "Range has zero or negative size")
        if left.value == right.value:
            return left
        return _range(left, right, expr.location)

    def flag_list(self, expr: ex.List) -> Expr:
        total = 0
        dtype = self.ctx.dtype
        for member in expr.expressions:
            kept = replace(self.ctx)
            value = self.expr(member)
            self.ctx = kept
            if not isinstance(value, ex.Value):
                raise _error(value, "List member must be a constant value")
            if value.dtype.basetype is not dt.BITMASK:
                raise _error(value, f"Basetype of type {value.dtype.desc} is not bitmask")
            total |= value.value
        return ex.value(total, dtype or dt.INVALID, Byteorder.HOST, self.ctx.len, expr.location)

    def concat(self, expr: ex.Concat) -> Expr:
        dtype = self.ctx.dtype
        key_ctx = self.ctx.key if isinstance(self.ctx.key, ex.Concat) else None
        keys = list(key_ctx.expressions) if key_ctx is not None else []
        subtypes = list(dtype.subtypes) if dtype is not None else []
        fields: list[Expr] = []
        size = 0
        for at, part in enumerate(expr.expressions):
            if key_ctx is not None and at >= len(keys):
                raise _error(expr, "too many concatenation components", key_ctx)
            self._check_ct_address(part)
            if dtype is not None and at >= len(subtypes) and all(is_constant(field) for field in fields) and fields:
                raise _error(part, f"unexpected concat component, expecting {dtype.desc}", expr)
            wanted = self._field_context(at, keys, subtypes, dtype)
            self.ctx.key = part
            field = self._member(part)
            self._check_field(field)
            if dtype is None and field.dtype.size == 0 and field.len == 0:
                raise _error(
                    field, f"can not use variable sized data types ({field.dtype.name}) in concat expressions", expr
                )
            size += dt.padded(wanted or field.dtype.size or field.len)
            fields.append(field)
            self.inner_desc = None
            if size > NFT_MAX_EXPR_LEN_BITS:
                raise _error(
                    field,
                    f"Concatenation of size {size} exceeds maximum size of {NFT_MAX_EXPR_LEN_BITS}",
                )
        made = ex.Concat(
            tuple(fields),
            dtype=dt.concat_type(tuple(field.dtype for field in fields)),
            len=size,
            location=expr.location,
        )
        if dtype is not None and len(fields) < len(subtypes):
            raise _error(made, f"datatype mismatch, expected {dtype.desc}, expression has type {made.dtype.desc}")
        self.context(made.dtype, made.len, key=key_ctx or made)
        return made

    def _field_context(self, at: int, keys: list[Expr], subtypes: list[DataType], dtype: DataType | None) -> int:
        if keys:
            key = keys[at]
            self.context(key.dtype, key.len, key.byteorder)
            return key.len
        if dtype is None or at >= len(subtypes):
            self.context(dt.INVALID, 0)
            return 0
        self.context(subtypes[at], subtypes[at].size)
        return subtypes[at].size

    def _check_ct_address(self, expr: Expr) -> None:
        if isinstance(expr, ex.Ct) and expr.key in {uapi.NFT_CT_SRC, uapi.NFT_CT_DST}:
            raise _error(expr, "specify either ip or ip6 for address matching")

    def _check_field(self, field: Expr) -> None:
        if isinstance(field, ex.Range | ex.Prefix) and self.list_depth > 0:
            return
        refused = ex.Range | ex.Prefix | ex.Verdict | ex.Symbol | ex.List | ex.Set | ex.SetRef | ex.Mapping
        if isinstance(field, refused | ex.SetElemCatchall):
            raise _error(field, f"cannot use {expr_name(field)} in concatenation")

    def _member(self, expr: Expr) -> Expr:
        # Inside of concatenations, ranges are allowed where the whole is an element of a set.
        return self.expr(expr)

    # --- byte order -------------------------------------------------------------------------------------------------

    def byteorder_conversion(self, expr: Expr, byteorder: Byteorder) -> Expr:
        """The expression in another byte order: constants change theirs, the rest are swapped when the rule runs."""
        if expr.byteorder is byteorder:
            return expr
        if isinstance(expr, ex.Concat):
            return self._concat_conversion(expr, byteorder)
        root = expr.dtype.root
        if root is dt.STRING:
            return expr
        if root is not dt.INTEGER:
            raise _error(
                expr,
                f"Byteorder mismatch: expected {_ORDER_NAMES[byteorder]}, {expr_name(expr)} got "
                f"{_ORDER_NAMES[expr.byteorder]}",
            )
        if is_constant(expr) or -(-expr.len // BITS) < 2:
            return replace(expr, byteorder=byteorder)
        return ex.Unary(
            _conversion(expr, byteorder),
            expr,
            dtype=expr.dtype,
            byteorder=byteorder,
            len=expr.len,
            location=expr.location,
        )

    def _concat_conversion(self, expr: ex.Concat, byteorder: Byteorder) -> Expr:
        fields: list[Expr] = []
        for field in expr.expressions:
            made = field
            if field.byteorder is not Byteorder.BIG and field.dtype.root is not dt.STRING:
                if isinstance(field, ex.Value):
                    size = -(-field.len // BITS)
                    swapped = int.from_bytes(field.value.to_bytes(size, "little"), "big")
                    made = replace(field, value=swapped if field.byteorder is Byteorder.HOST else field.value)
                elif -(-field.len // BITS) >= 2:
                    made = self.byteorder_conversion(field, byteorder)
            fields.append(made)
        return replace(expr, expressions=tuple(fields))

    # --- binary operations ------------------------------------------------------------------------------------------

    def binop(self, expr: ex.Binop) -> Expr:
        sign = expr.op.value
        self.binop_depth += 1
        longest = self.ctx.len
        left = self.expr(expr.left)
        if expr.op in _SHIFTS:
            self.context(dt.INTEGER, max(left.len, longest), left.byteorder)
        right = self.expr(expr.right)
        if is_constant(left) and not is_constant(right):
            left, right = right, left
        where = replace(expr, left=left, right=right)
        if left.dtype.root not in {dt.INTEGER, dt.STRING}:
            raise _error(left, f"Binary operation ({sign}) is undefined for {left.dtype.desc} types", where)
        if is_constant(left) and not is_singleton(left):
            raise _error(left, f"Binary operation ({sign}) is undefined for {expr_name(left)} expressions", where)
        if left.dtype.root is not right.dtype.root:
            raise _error(
                left,
                f"Binary operation ({sign}) with different base types ({left.dtype.root.name} vs "
                f"{right.dtype.root.name}) is not supported",
                where,
            )
        if is_constant(right) and not is_singleton(right):
            raise _error(left, f"Binary operation ({sign}) is undefined for {expr_name(right)} expressions", where)
        if expr.op in _SHIFTS and not isinstance(right, ex.Value):
            raise _error(right, f"Right hand side of binary operation ({sign}) must be constant", where)
        made = self._shift(where) if expr.op in _SHIFTS else self._bitwise(where)
        self.binop_depth -= 1
        if self.binop_depth == 0:
            self._check_chain(made)
        return made

    def _check_chain(self, expr: Expr) -> None:
        count = 0
        at: Expr = expr
        while isinstance(at, ex.Binop):
            count += 1
            at = at.left
            if count >= NFT_MAX_EXPR_RECURSION:
                raise _error(at, f"Binary operation limit {NFT_MAX_EXPR_RECURSION} reached ")

    def _shift(self, expr: ex.Binop) -> Expr:
        left, right = expr.left, expr.right
        assert isinstance(right, ex.Value)
        limit = max(self.stmt_len, left.len)
        if right.value >= limit:
            which = "Left" if expr.op is Op.LSHIFT else "Right"
            raise _error(
                right,
                f"{which} shift of {right.value} bits is undefined for type of {limit} bits width",
                left,
            )
        made = replace(
            expr,
            left=self.byteorder_conversion(left, Byteorder.HOST),
            right=self.byteorder_conversion(right, Byteorder.HOST),
            dtype=dt.INTEGER,
            byteorder=Byteorder.HOST,
            len=limit,
        )
        return self._fold(made) if isinstance(left, ex.Value) else made

    def _bitwise(self, expr: ex.Binop) -> Expr:
        left = expr.left
        length, byteorder, dtype = left.len, left.byteorder, left.dtype
        if self.stmt_len > left.len:
            length, byteorder, dtype = self.stmt_len, Byteorder.HOST, dt.INTEGER
            left = self.byteorder_conversion(left, byteorder)
        right = self.byteorder_conversion(expr.right, byteorder)
        made = replace(expr, left=left, right=right, dtype=dtype, byteorder=byteorder, len=length)
        if isinstance(left, ex.Value) and isinstance(right, ex.Value):
            return self._fold(made)
        return made

    def _fold(self, expr: ex.Binop) -> Expr:
        """Two constants make one (constant_binop_simplify)."""
        left, right = expr.left, expr.right
        assert isinstance(left, ex.Value)
        assert isinstance(right, ex.Value)
        mask = (1 << expr.len) - 1
        result = _FOLD[expr.op](left.value, right.value, mask)
        return self.expr(ex.value(result, expr.dtype, expr.byteorder, expr.len, expr.location))

    def unary(self, expr: ex.Unary) -> Expr:
        return expr

    # --- matches ----------------------------------------------------------------------------------------------------

    def relational(self, expr: ex.Relational) -> Expr:
        right = expr.right
        if isinstance(right, ex.Symbol) and right.symtype is ex.SymbolType.SET:
            right = self.expr(right)
        left = self.expr(expr.left)
        op = expr.op
        pctx = self.protocols()
        right, op = self._hour_range(left, right, op)
        right = right if _evaluated_range(right) else self.expr(right)
        rel = ex.Relational(op, left, right, location=expr.location)
        self._check_relational(rel)
        if not isinstance(left, ex.Concat) and isinstance(right, ex.Set):
            rel = _singleton_set(rel)
        if rel.op in {Op.EQ, Op.IMPLICIT}:
            pctx.relational(rel)
        rel = self._ordered(rel) if rel.op in {Op.LT, Op.GT, Op.LTE, Op.GTE} else self._equality(rel)
        return self.binop_transfer(rel)

    def _hour_range(self, left: Expr, right: Expr, op: Op) -> tuple[Expr, Op]:
        """A range of hours that crosses midnight is the inverse of the range between its ends."""
        if not isinstance(left, ex.Meta) or left.key not in {uapi.NFT_META_TIME_HOUR, uapi.NFT_META_TIME_DAY}:
            return right, op
        if not isinstance(right, ex.Range):
            return right, op
        low, high = self.range_bounds(right)
        if low.value > high.value and op in {Op.EQ, Op.IMPLICIT, Op.NEQ}:
            low, high = high, low
            op = Op.EQ if op is Op.NEQ else Op.NEQ
        if low.value > high.value:
            raise _error(right, "Range has zero or negative size")
        return (low if low.value == high.value else _range(low, high, right.location)), op

    def _check_relational(self, rel: ex.Relational) -> None:
        left, right, sign = rel.left, rel.right, rel.op.value
        if not is_constant(right):
            raise _error(right, f"Right hand side of relational expression ({sign}) must be constant", rel)
        if is_constant(left):
            raise _error(left, f"Relational expression ({sign}) has constant value", right)
        if not same_type(left.dtype, right.dtype):
            raise _error(
                right,
                f"datatype mismatch, expected {left.dtype.desc}, expression has type {right.dtype.desc}",
                left,
            )
        secmark = (isinstance(left, ex.Meta) and left.key == uapi.NFT_META_SECMARK) or (
            isinstance(left, ex.Ct) and left.key == uapi.NFT_CT_SECMARK
        )
        if secmark:
            raise _error(right, "Cannot be used with right hand side constant value", left)

    def _equality(self, rel: ex.Relational) -> ex.Relational:
        left, right = rel.left, rel.right
        if rel.op is Op.NEG:
            if isinstance(left, ex.Binop):
                raise _error(left, "cannot combine negation with binary expression", right)
            if not isinstance(right, ex.Value) or right.dtype.basetype is not dt.BITMASK:
                raise _error(left, "negation can only be used with singleton bitmask values", right)
        if isinstance(right, ex.Range):
            big = Byteorder.BIG
            bounds = replace(
                right,
                left=self.byteorder_conversion(right.left, big),
                right=self.byteorder_conversion(right.right, big),
            )
            return replace(rel, left=self.byteorder_conversion(left, big), right=bounds)
        if isinstance(right, ex.Prefix):
            return replace(rel, right=replace(right, prefix=self.byteorder_conversion(right.prefix, left.byteorder)))
        if isinstance(right, ex.Value):
            return replace(rel, right=self.byteorder_conversion(right, left.byteorder))
        if isinstance(right, ex.Concat):
            raise _error(left, "Use concatenations with sets and maps, not singleton values", right)
        if isinstance(right, ex.Set):
            if not right.expressions:
                raise _error(right, "Set is empty")
            right = self.implicit_set("__set%d", left, None, right, right.set_flags | uapi.NFT_SET_ANONYMOUS)
        if isinstance(right, ex.SetRef):
            self._check_ct_address(left)
            if right.set.flags & uapi.NFT_SET_INTERVAL:
                left = self.byteorder_conversion(left, Byteorder.BIG)
        return replace(rel, left=left, right=right)

    def _ordered(self, rel: ex.Relational) -> ex.Relational:
        for side in (rel.left, rel.right):
            if isinstance(side, ex.Concat) or (side is rel.right and not is_singleton(side)):
                raise _error(
                    side, f"Relational expression ({rel.op.value}) is undefined for {expr_name(side)} expressions", rel
                )
        return replace(
            rel,
            left=self.byteorder_conversion(rel.left, Byteorder.BIG),
            right=self.byteorder_conversion(rel.right, Byteorder.BIG),
        )

    def binop_transfer(self, rel: ex.Relational) -> ex.Relational:
        """Shifts move from what is loaded to the constant, where they cost nothing."""
        left = rel.left
        if not isinstance(left, ex.Binop) or left.op not in {Op.LSHIFT, Op.RSHIFT, Op.XOR}:
            return rel
        moved = self.transfer(left, rel.right)
        if moved is None:
            return rel
        return replace(rel, left=transferred_left(left), right=moved)

    def transfer(self, left: ex.Binop, right: Expr) -> Expr | None:
        """The constant side after the transfer; None where there can be none (__binop_transfer)."""
        if isinstance(right, ex.SetRef):
            if not right.set.anonymous or right.set.init is None:
                return None
            init = self.transfer(left, right.set.init)
            if init is None:
                return None
            made = replace(right.set, init=init)
            self.replace_implicit(made)
            return replace(right, set=made)
        if isinstance(right, ex.Set):
            if not all(self._can_transfer(left, elem) for elem in right.expressions):
                return None
            return replace(right, expressions=tuple(self._transfer_one(left, elem) for elem in right.expressions))
        if not isinstance(right, ex.Value | ex.Range) or not self._can_transfer(left, right):
            return None
        return self._transfer_one(left, right)

    def _can_transfer(self, left: ex.Binop, right: Expr) -> bool:
        if isinstance(right, ex.SetElem):
            return self._can_transfer(left, right.key)
        if isinstance(right, ex.Mapping):
            return self._can_transfer(left, right.left)
        if isinstance(right, ex.Range):
            return self._can_transfer(left, right.left) and self._can_transfer(left, right.right)
        if not isinstance(right, ex.Value):
            return False
        if left.op is Op.XOR:
            return is_constant(left.right)
        assert isinstance(left.right, ex.Value)
        shift = left.right.value
        if left.op is Op.LSHIFT:
            if right.value & ((1 << shift) - 1):
                raise _error(right, "Comparison is always false", left)
            return True
        if self.ctx.len < right.len + shift:
            self.ctx.len += shift
        return True

    def _transfer_one(self, left: ex.Binop, right: Expr) -> Expr:
        if isinstance(right, ex.SetElem):
            return replace(right, key=self._transfer_one(left, right.key))
        if isinstance(right, ex.Mapping):
            return replace(right, left=self._transfer_one(left, right.left))
        if isinstance(right, ex.Range):
            return replace(
                right, left=self._transfer_one(left, right.left), right=self._transfer_one(left, right.right)
            )
        assert isinstance(right, ex.Value)
        opposite = {Op.LSHIFT: Op.RSHIFT, Op.RSHIFT: Op.LSHIFT}.get(left.op, left.op)
        return self.expr(ex.Binop(opposite, right, left.right, location=right.location))

    # --- sets -------------------------------------------------------------------------------------------------------

    def set_expr(self, expr: ex.Set) -> Expr:
        flags = expr.set_flags
        members: list[Expr] = []
        for member in expr.expressions:
            assert isinstance(member, ex.SetElem)
            kept = replace(self.ctx)
            self.list_depth += 1
            elem = self.expr(member)
            self.list_depth -= 1
            self.ctx = kept
            assert isinstance(elem, ex.SetElem)
            flags |= self._add_member(members, elem)
        if self.set is not None and self.set.flags & uapi.NFT_SET_CONCAT:
            flags |= uapi.NFT_SET_CONCAT
        return ex.Set(
            tuple(members),
            flags | uapi.NFT_SET_CONSTANT,
            dtype=self.ctx.dtype or dt.INVALID,
            len=self.ctx.len,
            location=expr.location,
        )

    def _add_member(self, members: list[Expr], elem: ex.SetElem) -> int:
        """Adds an element, or the elements of the set that it is; the flags that it asks of the set."""
        key = elem.key
        if isinstance(key, ex.Mapping) and isinstance(key.left, ex.Set):
            flags = 0
            for inner in key.left.expressions:
                assert isinstance(inner, ex.SetElem)
                mapping = ex.Mapping(inner.key, key.right, location=elem.location)
                flags |= self._add_member(members, ex.SetElem(mapping, location=elem.location))
            return flags
        if isinstance(key, ex.SetRef):
            raise _error(key, "Set reference cannot be part of another set")
        if not is_constant(key):
            raise _error(key, "Set member is not constant")
        if isinstance(key, ex.Set):
            members.extend(key.expressions)
            return key.set_flags
        members.append(elem)
        if is_singleton(key):
            return 0
        plain = key.left if isinstance(key, ex.Mapping) else key
        concat = uapi.NFT_SET_CONCAT if isinstance(plain, ex.Concat) else 0
        return uapi.NFT_SET_INTERVAL | concat

    def set_elem(self, expr: ex.SetElem) -> Expr:
        declared = self.set
        if declared is not None:
            self._check_elem_stmts(expr, declared)
            key = declared.key
            assert key is not None
            self.context(key.dtype, key.len, key.byteorder, key=key)
        made_key = self.expr(expr.key)
        if declared is not None:
            self._check_elem_key(made_key, declared)
        return replace(expr, key=made_key, dtype=made_key.dtype, len=made_key.len)

    def _check_elem_stmts(self, expr: ex.SetElem, declared: SetDecl) -> None:
        if not expr.stmts:
            return
        kind = "map" if declared.is_map else "set"
        if not declared.stmts:
            if not declared.flags & (uapi.NFT_SET_ANONYMOUS | uapi.NFT_SET_EVAL):
                raise NftError(f"missing statement in {kind} declaration", expr.stmts[0].location)
            return
        if len(expr.stmts) != len(declared.stmts):
            raise _error(
                expr.key,
                f"number of statements mismatch, set expects {len(declared.stmts)} but element has {len(expr.stmts)}",
            )
        for given, wanted in zip(expr.stmts, declared.stmts, strict=True):
            if type(given) is not type(wanted):
                raise NftError(
                    f"statement mismatch, element expects {stmt_name(given)}, but {kind} has type {stmt_name(wanted)}",
                    given.location,
                )

    def _check_elem_key(self, key: Expr, declared: SetDecl) -> None:
        kind = "map" if declared.is_map else "set"
        assert declared.key is not None
        plain = key.left if isinstance(key, ex.Mapping) else key
        if not declared.flags & (uapi.NFT_SET_ANONYMOUS | uapi.NFT_SET_INTERVAL):
            fields = plain.expressions if isinstance(plain, ex.Concat) else (plain,)
            for field in fields:
                if isinstance(field, ex.Prefix | ex.Range):
                    raise _error(
                        field,
                        f"You must add 'flags interval' to your {kind} declaration if you want to add "
                        f"{expr_name(field)} elements",
                    )
        if isinstance(plain, ex.SetElemCatchall | ex.Set):
            return
        if not compatible(declared.key.dtype, plain.dtype):
            raise _error(
                key,
                f"Element mismatches {kind} definition, expected {declared.key.dtype.desc}, not '{plain.dtype.desc}'",
            )

    def catchall(self, expr: ex.SetElemCatchall) -> Expr:
        if self.set is not None and self.set.key is not None:
            return replace(expr, len=self.set.key.len)
        return expr

    def mapping(self, expr: ex.Mapping) -> Expr:
        declared = self.set
        if declared is None:
            raise _error(expr, "mapping outside of map context")
        if not declared.is_map:
            raise NftError("set is not a map", declared.location if declared.anonymous else NETLINK)
        key, data = declared.key, declared.data
        assert key is not None
        self.context(key.dtype, key.len, key.byteorder, key=self.ctx.key)
        left = self.expr(expr.left)
        if not is_constant(left):
            raise _error(left, "Key must be a constant")
        if data is None:
            raise NftError("map has no mapping data", declared.location)
        self.context(data.dtype, data.len, data.byteorder)
        right = self.expr(expr.right)
        if not is_constant(right):
            raise _error(right, "Value must be a constant")
        interval = _has_interval(right)
        if declared.anonymous and interval:
            self.set_data_interval = True
        declared_interval = isinstance(data, ex.Range)
        if not declared.anonymous and declared_interval:
            right = expand_range(right)
        if not (declared_interval or self.set_data_interval) and not is_singleton(right):
            raise _error(right, "Value must be a singleton")
        if declared.flags & uapi.NFT_SET_OBJECT and not isinstance(right, ex.Value):
            raise _error(right, f"Object mapping data should be a value, not {expr_name(right)}")
        actual = right.left if isinstance(right, ex.Range) else right
        if declared.flags & uapi.NFT_SET_MAP and not compatible(data.dtype, actual.dtype):
            raise _error(
                right,
                f"Element mapping mismatches map definition, expected {data.dtype.desc}, not '{actual.dtype.desc}'",
            )
        return replace(expr, left=left, right=right, dtype=left.dtype, len=left.len)

    def implicit_set(
        self, name: str, key: Expr, data: Expr | None, init: Expr, flags: int, objtype: int = 0
    ) -> ex.SetRef:
        """Declares the anonymous set that a rule needs (implicit_set_declaration)."""
        self.set_id += 1
        interval = bool(flags & uapi.NFT_SET_INTERVAL)
        field_len: tuple[int, ...] = ()
        if isinstance(key, ex.Concat):
            self._check_concat_elements(init)
            if interval:
                field_len = field_lengths(key)
                flags |= uapi.NFT_SET_CONCAT
        if isinstance(init, ex.Set) and interval and not flags & uapi.NFT_SET_CONCAT:
            init = self.intervals(init, automerge=True)
        made = SetDecl(
            replace(self.cmd.handle, set=Spec(name), chain=Spec(), handle=self.cmd.handle.handle),
            key,
            data,
            flags,
            objtype=objtype,
            automerge=interval and not field_len,
            init=init,
            field_len=field_len,
            id=self.set_id,
            location=init.location,
        )
        self.implicit_sets.append(made)
        return ex.SetRef(made, dtype=key.dtype, len=key.len, location=init.location)

    def replace_implicit(self, made: SetDecl) -> None:
        """Puts a completed anonymous set in the place of its first version."""
        for at, other in enumerate(self.implicit_sets):
            if other.id == made.id:
                self.implicit_sets[at] = made

    def _check_concat_elements(self, init: Expr) -> None:
        if not isinstance(init, ex.Set):
            return
        for elem in init.expressions:
            key = elem.key if isinstance(elem, ex.SetElem) else elem
            plain = key.left if isinstance(key, ex.Mapping) else key
            if not isinstance(plain, ex.Concat | ex.SetElemCatchall):
                raise _error(elem, "expression is not a concatenation")

    def intervals(self, init: ex.Set, *, automerge: bool) -> ex.Set:
        """The elements of an interval set in order: overlapping ones joined, or refused."""
        try:
            members = merged(init.expressions) if automerge else sorted_ranges(init.expressions)
        except IntervalError as error:
            raise _error(error.element, str(error), error.other) from None
        return replace(init, expressions=tuple(members))

    # --- maps -------------------------------------------------------------------------------------------------------

    def map(self, expr: ex.Map) -> Expr:
        self._check_ct_address(expr.map)
        if isinstance(expr.map, ex.Concat):
            for part in expr.map.expressions:
                self._check_ct_address(part)
        outer = replace(self.ctx)
        self.context(None, 0)
        source = self.expr(expr.map)
        if is_constant(source):
            raise _error(source, "Map expression can not be constant")
        self.stmt_len = 0
        mappings: Expr = expr.mappings
        if isinstance(mappings, ex.Set):
            source, ref = self._implicit_map(expr, source, mappings, outer)
        else:
            ref = self.map_reference(mappings, source)
        data = ref.set.data
        assert ref.set.key is not None
        assert data is not None
        if not compatible(ref.set.key.dtype, source.dtype):
            raise _error(
                ref,
                f"datatype mismatch, map expects {ref.set.key.dtype.desc}, mapping expression has type "
                f"{source.dtype.desc}",
                source,
            )
        if ref.set.flags & uapi.NFT_SET_INTERVAL:
            source = self.byteorder_conversion(source, Byteorder.BIG)
        return ex.Map(source, ref, dtype=data.dtype, byteorder=data.byteorder, len=data.len, location=expr.location)

    def map_reference(self, mappings: Expr, source: Expr) -> ex.SetRef:
        """A named map."""
        if isinstance(mappings, ex.Symbol):
            kept = replace(self.ctx)
            mappings = self.expr(mappings)
            self.ctx = kept
        if not isinstance(mappings, ex.SetRef):
            raise _error(mappings, f"invalid mapping expression {expr_name(mappings)}", source)
        if not mappings.set.is_map:
            raise _error(mappings, "Expression is not a map")
        return mappings

    def _implicit_map(self, expr: ex.Map, source: Expr, mappings: ex.Set, outer: Context) -> tuple[Expr, ex.SetRef]:
        if isinstance(self.ctx.key, ex.Concat):
            key: Expr = self.ctx.key
        else:
            key = ex.value(0, self.ctx.dtype or dt.INVALID, self.ctx.byteorder, self.ctx.len, expr.location)
        if outer.dtype is None:
            raise _error(expr, "Implicit map expression without known datatype")
        data: Expr
        if outer.dtype is dt.VERDICT:
            data = ex.verdict(0)
        else:
            byteorder = outer.byteorder if outer.dtype is dt.INTEGER else outer.dtype.byteorder
            data = ex.value(0, outer.dtype, byteorder, outer.len)
        flags = uapi.NFT_SET_MAP | uapi.NFT_SET_ANONYMOUS | mappings.set_flags
        draft = SetDecl(replace(self.cmd.handle, set=Spec("__map%d")), key, data, flags)
        outer_set, outer_interval = self.set, self.set_data_interval
        self.set, self.set_data_interval = draft, False
        self.context(key.dtype, key.len, key=self.ctx.key)
        init = self.expr(mappings)
        if not isinstance(init, ex.Set):
            raise _error(init, "Expression is not a map")
        if init.set_flags & uapi.NFT_SET_INTERVAL and not init.set_flags & uapi.NFT_SET_CONCAT:
            init = self.intervals(init, automerge=False)
        self.context(key.dtype, key.len)
        if isinstance(source, ex.Binop) and source.op in {Op.LSHIFT, Op.RSHIFT, Op.XOR}:
            moved = self.transfer(source, init)
            if isinstance(moved, ex.Set):
                source, init = transferred_left(source), moved
        if self.set_data_interval:
            data = _range_of(data)
            init = replace(init, expressions=tuple(_expanded(elem) for elem in init.expressions))
        self.set, self.set_data_interval = outer_set, outer_interval
        key = replace(key, len=self.ctx.len)
        ref = self.implicit_set("__map%d", key, data, init, flags | init.set_flags)
        return source, ref


def _icmp_types(dep: IcmpDep) -> tuple[int, ...]:
    if dep is IcmpDep.ECHO:
        return (8, 0)
    if dep is IcmpDep.ECHO6:
        return (128, 129)
    return (130, 131, 132, 135, 136, 137) if dep is IcmpDep.ADDRESS6 else dep.value


def _match(left: Expr, right: Expr, location: Location) -> st.ExprStmt:
    return st.ExprStmt(ex.Relational(Op.EQ, left, right, location=location), location=location)


def _conversion(expr: Expr, byteorder: Byteorder) -> Op:
    assert expr.byteorder is not Byteorder.INVALID
    return Op.HTON if byteorder is Byteorder.BIG else Op.NTOH


_ORDER_NAMES = {Byteorder.INVALID: "invalid", Byteorder.HOST: "host endian", Byteorder.BIG: "big endian"}

_FOLD: dict[Op, Callable[[int, int, int], int]] = {
    Op.AND: lambda a, b, mask: a & b & mask,
    Op.XOR: lambda a, b, mask: (a ^ b) & mask,
    Op.OR: lambda a, b, mask: (a | b) & mask,
    Op.LSHIFT: lambda a, b, mask: a << b & mask,
    Op.RSHIFT: lambda a, b, mask: (a & mask) >> b,
}


def prefix_mask(width: int, length: int) -> int:
    """The mask of a prefix."""
    return ((1 << length) - 1) << (width - length)


def _range(left: Expr, right: Expr, location: Location) -> ex.Range:
    return ex.Range(left, right, dtype=left.dtype, byteorder=left.byteorder, len=left.len, location=location)


def _range_of(data: Expr) -> ex.Range:
    """Data that are two values, low and high: twice as long."""
    return ex.Range(data, data, dtype=data.dtype, byteorder=data.byteorder, len=data.len * 2, location=data.location)


def _evaluated_range(expr: Expr) -> bool:
    if isinstance(expr, ex.Range):
        return isinstance(expr.left, ex.Value) and isinstance(expr.right, ex.Value) and expr.len > 0
    return isinstance(expr, ex.SetRef) and expr.len > 0


def same_type(a: DataType, b: DataType) -> bool:
    """datatype_equal: the same number (integers of several lengths are one type)."""
    return a.type == b.type


def compatible(a: DataType, b: DataType) -> bool:
    """datatype_compatible: marks take any integer."""
    return (a.type == dt.MARK.type and a.root is b.root) or same_type(a, b)


def _singleton_set(rel: ex.Relational) -> ex.Relational:
    """{ x } is x (optimize_singleton_set)."""
    right = rel.right
    assert isinstance(right, ex.Set)
    if len(right.expressions) != 1:
        return rel
    elem = right.expressions[0]
    assert isinstance(elem, ex.SetElem)
    op = rel.op
    made: Expr = right
    if not elem.stmts and isinstance(elem.key, ex.Prefix | ex.Range | ex.Value):
        made = elem.key
    if op is Op.IMPLICIT and made.dtype.basetype is dt.BITMASK and made.dtype is not dt.CT_STATE:
        op = Op.EQ
    return replace(rel, op=op, right=made)


def transferred_left(left: ex.Binop) -> Expr:
    """What is loaded once the constant has taken the operation over (binop_transfer_handle_lhs)."""
    if left.op is Op.RSHIFT:
        assert isinstance(left.right, ex.Value)
        width = left.left.len
        mask = ((1 << width) - 1) << left.right.value
        return replace(left, op=Op.AND, right=replace(left.right, value=mask))
    return replace(left.left, dtype=left.dtype)


def field_lengths(concat: ex.Concat) -> tuple[int, ...]:
    """The bytes of each field."""
    return tuple(-(-field.len // BITS) for field in concat.expressions)


def _has_interval(expr: Expr) -> bool:
    if isinstance(expr, ex.Concat):
        return any(isinstance(field, ex.Range | ex.Prefix) for field in expr.expressions)
    return isinstance(expr, ex.Range | ex.Prefix)


def expand_range(expr: Expr) -> Expr:
    """A single value as the range that it is (__mapping_expr_expand)."""
    if isinstance(expr, ex.Value):
        return _range(expr, expr, expr.location)
    if isinstance(expr, ex.Concat):
        return replace(
            expr,
            expressions=tuple(
                _range(field, field, field.location) if isinstance(field, ex.Value) else field
                for field in expr.expressions
            ),
        )
    return expr


def _expanded(elem: Expr) -> Expr:
    if isinstance(elem, ex.SetElem) and isinstance(elem.key, ex.Mapping):
        return replace(elem, key=replace(elem.key, right=expand_range(elem.key.right)))
    return elem


def stmt_name(stmt: st.Stmt) -> str:
    """What errors call a statement."""
    if isinstance(stmt, st.NatStmt):
        return stmt.type.value
    names = {st.ConnlimitStmt: "connlimit", st.TproxyStmt: "tproxy", st.ExprStmt: "expression"}
    return names.get(type(stmt), type(stmt).__name__.removesuffix("Stmt").lower())


FAMILY_NAMES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6", 0: ""}

_EVALUATE: dict[type[Expr], Callable[[Evaluator, Any], Expr]] = {
    ex.Symbol: Evaluator.symbol,
    ex.Value: Evaluator.value,
    ex.Verdict: Evaluator.verdict,
    ex.SetRef: Evaluator.set_ref,
    ex.Payload: Evaluator.payload,
    ex.Exthdr: Evaluator.exthdr,
    ex.Meta: Evaluator.meta,
    ex.Socket: Evaluator.socket,
    ex.Tunnel: Evaluator.primary,
    ex.Osf: Evaluator.primary,
    ex.Fib: Evaluator.primary,
    ex.Rt: Evaluator.rt,
    ex.Ct: Evaluator.ct,
    ex.Xfrm: Evaluator.xfrm,
    ex.Numgen: Evaluator.numgen,
    ex.Hash: Evaluator.hash,
    ex.Prefix: Evaluator.prefix,
    ex.Range: Evaluator.range,
    ex.List: Evaluator.flag_list,
    ex.Concat: Evaluator.concat,
    ex.Unary: Evaluator.unary,
    ex.Binop: Evaluator.binop,
    ex.Relational: Evaluator.relational,
    ex.Set: Evaluator.set_expr,
    ex.SetElem: Evaluator.set_elem,
    ex.SetElemCatchall: Evaluator.catchall,
    ex.Mapping: Evaluator.mapping,
    ex.Map: Evaluator.map,
}
