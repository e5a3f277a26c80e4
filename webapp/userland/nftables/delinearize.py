"""The kernel's expressions back to nft's statements (nftables src/netlink_delinearize.c).

First ``Parser`` follows the registers and makes a statement wherever an expression ends one; constants are still bytes
(``Raw``). Then ``Postprocessor`` goes through the statements with what is known about the packet's protocols: raw bytes
become fields, masks and shifts that only cut a field out go away, constants take their type, and matches that
nft had to add by itself (``meta protocol ip`` before ``ip saddr``) are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_IPV4, NFPROTO_NETDEV
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import exthdr as x
from webapp.userland.nftables import keys
from webapp.userland.nftables import statement as s
from webapp.userland.nftables.datatype import (
    BOOLEAN,
    IFINDEX,
    INET_SERVICE,
    INTEGER,
    INVALID,
    IP6ADDR,
    IPADDR,
    QUEUE,
    STRING,
    Byteorder,
    padded,
    string_value,
)
from webapp.userland.nftables.proto import TH, HdrTemplate, ProtoBase
from webapp.userland.nftables.rule import SetDecl


class Raw(e.Expr, frozen=True):
    """A constant whose type is not known yet: a register's bytes. ``bits`` of it matter (the last ones)."""

    data: bytes


class DelinearizeError(Exception):
    """An expression that this nft does not know."""


Chains = Callable[[str], "tuple[tuple[s.Stmt, ...], ...] | None"]
"""The rules of a chain that is bound to the rule that jumps to it; None for all other chains."""


def raw(data: bytes) -> Raw:
    """A constant of a register's bytes."""
    return Raw(data, len=len(data) * 8)


def _register(number: int) -> int:
    """netlink_parse_register: counted in units of 4 bytes from 1, 0 the verdict."""
    if number == uapi.NFT_REG_VERDICT:
        return 0
    return 1 + (number - 1) * 4 if number <= uapi.NFT_REG_4 else 1 + number - uapi.NFT_REG32_00


_CMP_OPS = (e.Op.EQ, e.Op.NEQ, e.Op.LT, e.Op.LTE, e.Op.GT, e.Op.GTE)
_BITWISE_OPS = {
    uapi.NFT_BITWISE_LSHIFT: e.Op.LSHIFT,
    uapi.NFT_BITWISE_RSHIFT: e.Op.RSHIFT,
    uapi.NFT_BITWISE_AND: e.Op.AND,
    uapi.NFT_BITWISE_OR: e.Op.OR,
    uapi.NFT_BITWISE_XOR: e.Op.XOR,
}


class Parser:
    """Follows the registers through one rule's expressions."""

    def __init__(self, family: int, sets: Mapping[str, SetDecl], chains: Chains) -> None:
        self.family = family
        self.sets = sets
        self.chains = chains
        self.registers: dict[int, e.Expr] = {}
        self.stmts: list[s.Stmt] = []

    def parse(self, expr: uapi.Expr) -> None:
        """One expression; raises DelinearizeError for what is unknown."""
        handler = _PARSERS.get(type(expr))
        if handler is None:
            raise DelinearizeError(f"unknown expression type '{expr.name}'")
        handler(self, expr)

    def get(self, number: int) -> e.Expr:
        """What a register holds."""
        found = self.registers.get(_register(number))
        if found is None:
            raise DelinearizeError("Relational expression has no left hand side")
        return found

    def set(self, number: int, expr: e.Expr) -> None:
        """Puts an expression into a register."""
        self.registers[_register(number)] = expr

    def concat(self, number: int, bits: int) -> e.Expr:
        """What a register and those behind it hold, ``bits`` in all (netlink_parse_concat_expr)."""
        first = self.get(number)
        if not first.len or first.len > bits - 8:
            return first
        parts = []
        register = _register(number)
        while bits > 0:
            part = self.registers.get(register)
            if part is None or not part.len:
                raise DelinearizeError("Relational expression size mismatch")
            parts.append(part)
            bits -= padded(part.len)
            register += padded(part.len) // 32
        return e.Concat(tuple(parts))

    def set_ref(self, name: str) -> e.SetRef:
        """A set by name."""
        found = self.sets.get(name)
        if found is None or found.key is None:
            raise DelinearizeError(f"Unknown set '{name}' in lookup expression")
        return e.SetRef(found, dtype=found.key.dtype, byteorder=found.key.byteorder, len=found.key.len)

    # -- the expressions

    def immediate(self, expr: uapi.Immediate) -> None:
        if not isinstance(expr.data, uapi.Verdict):
            self.set(expr.dreg, raw(expr.data))
            return
        rules = self.chains(expr.data.chain) if expr.data.chain else None
        if rules is not None:
            self.stmts.append(s.ChainStmt(expr.data.code, rules))
        else:
            self.stmts.append(s.VerdictStmt(e.verdict(expr.data.code, expr.data.chain or None)))

    def cmp(self, expr: uapi.Cmp) -> None:
        left = self.concat(expr.sreg, len(expr.data) * 8)
        right: e.Expr = raw(expr.data)
        if isinstance(left, e.Concat):
            right = e.Concat(tuple(raw(part) for part in _slices(left, expr.data)))
        elif left.len > right.len and left.dtype.root is not STRING:
            right = e.Prefix(raw(expr.data.ljust(left.len // 8, b"\0")), right.len, len=left.len)
        self.stmts.append(s.ExprStmt(e.Relational(_CMP_OPS[expr.op], left, right)))

    def range(self, expr: uapi.Range) -> None:
        op = e.Op.EQ if expr.op == uapi.NFT_RANGE_EQ else e.Op.NEQ
        bounds = e.Range(raw(expr.from_data), raw(expr.to_data))
        self.stmts.append(s.ExprStmt(e.Relational(op, self.get(expr.sreg), bounds)))

    def lookup(self, expr: uapi.Lookup) -> None:
        ref = self.set_ref(expr.set)
        left = self.concat(expr.sreg, ref.len)
        if expr.dreg is None:
            op = e.Op.NEQ if expr.flags & uapi.NFT_LOOKUP_F_INV else e.Op.EQ
            self.stmts.append(s.ExprStmt(e.Relational(op, left, ref)))
            return
        data = ref.set.data
        mapped = e.Map(left, ref) if data is None else e.Map(left, ref, dtype=data.dtype, byteorder=data.byteorder,
                                                             len=data.len)  # fmt: skip
        if expr.dreg == uapi.NFT_REG_VERDICT:
            self.stmts.append(s.ExprStmt(mapped))
        else:
            self.set(expr.dreg, mapped)

    def bitwise(self, expr: uapi.Bitwise) -> None:
        left = self.get(expr.sreg)
        if expr.op == uapi.NFT_BITWISE_MASK_XOR:
            self.set(expr.dreg, _mask_xor(left, expr.mask or b"", expr.xor or b""))
            return
        op = _BITWISE_OPS[expr.op]
        if op in (e.Op.LSHIFT, e.Op.RSHIFT):
            right: e.Expr = Raw(expr.data or b"", len=32)
            self.set(expr.dreg, e.Binop(op, left, right, len=expr.len * 8))
            return
        right = raw(expr.data) if expr.data is not None else self.get(expr.sreg2 or 0)
        self.set(expr.dreg, e.Binop(op, left, right, len=left.len))

    def byteorder(self, expr: uapi.Byteorder) -> None:
        op = e.Op.NTOH if expr.op == uapi.NFT_BYTEORDER_NTOH else e.Op.HTON
        arg = self.get(expr.sreg)
        self.set(expr.dreg, e.Unary(op, arg, len=arg.len))

    def payload(self, expr: uapi.Payload) -> None:
        self.set(expr.dreg, _raw_payload(expr.base, expr.offset, expr.len))

    def payload_set(self, expr: uapi.PayloadSet) -> None:
        self.stmts.append(s.PayloadStmt(_raw_payload(expr.base, expr.offset, expr.len), self.get(expr.sreg)))

    def exthdr(self, expr: uapi.Exthdr) -> None:
        self.set(expr.dreg, _exthdr(expr.op, expr.type, expr.offset * 8, expr.len * 8, expr.flags))

    def exthdr_set(self, expr: uapi.ExthdrSet) -> None:
        if expr.sreg is None:
            self.stmts.append(s.OptstripStmt(_exthdr(expr.op, expr.type, 0, 0, uapi.NFT_EXTHDR_F_PRESENT)))
            return
        option = _exthdr(expr.op, expr.type, expr.offset * 8, expr.len * 8, 0)
        self.stmts.append(s.ExthdrStmt(option, typed(self.get(expr.sreg), option.dtype, option.byteorder)))

    def meta(self, expr: uapi.Meta) -> None:
        self.set(expr.dreg, e.meta(expr.key))

    def meta_set(self, expr: uapi.MetaSet) -> None:
        key = keys.META[expr.key]
        self.stmts.append(s.MetaStmt(expr.key, typed(self.get(expr.sreg), key.dtype, key.byteorder)))

    def ct(self, expr: uapi.Ct) -> None:
        self.set(expr.dreg, e.ct(expr.key, expr.direction))

    def ct_set(self, expr: uapi.CtSet) -> None:
        key = keys.CT[expr.key]
        self.stmts.append(s.CtStmt(expr.key, typed(self.get(expr.sreg), key.dtype, key.byteorder), expr.direction))

    def hash(self, expr: uapi.Hash) -> None:
        inner = None
        if expr.sreg is not None and expr.type == uapi.NFT_HASH_JENKINS:
            inner = self.concat(expr.sreg, expr.len * 8)
        hashed = e.Hash(expr.type, inner, expr.modulus, expr.seed, expr.offset, dtype=INTEGER,
                        byteorder=Byteorder.HOST, len=32)  # fmt: skip
        self.set(expr.dreg, hashed)

    def log(self, expr: uapi.Log) -> None:
        stmt = s.LogStmt(
            expr.prefix,
            expr.group,
            expr.snaplen or None,
            expr.qthreshold or None,
            expr.level if expr.group is None else None,
            expr.flags,
        )
        self.stmts.append(stmt)

    def reject(self, expr: uapi.Reject) -> None:
        code = e.value(expr.icmp_code, INTEGER, Byteorder.HOST, 8)
        self.stmts.append(s.RejectStmt(expr.type, expr.icmp_code, code))

    def fwd(self, expr: uapi.Fwd) -> None:
        dev = typed(self.get(expr.sreg_dev), IFINDEX, Byteorder.HOST)
        addr = None
        if expr.sreg_addr is not None:
            dtype = IPADDR if expr.nfproto == NFPROTO_IPV4 else IP6ADDR
            addr = typed(self.get(expr.sreg_addr), dtype, Byteorder.BIG)
        self.stmts.append(s.FwdStmt(dev, addr, expr.nfproto or 0))

    def dup(self, expr: uapi.Dup) -> None:
        dev = None
        if expr.sreg_dev is not None:
            dev = typed(self.get(expr.sreg_dev), IFINDEX, Byteorder.HOST)
        if expr.sreg_addr is not None:
            dtype = IP6ADDR if self.get(expr.sreg_addr).len == IP6ADDR.size else IPADDR
            self.stmts.append(s.DupStmt(typed(self.get(expr.sreg_addr), dtype, Byteorder.BIG), dev))
        elif dev is not None:
            self.stmts.append(s.DupStmt(dev))

    def objref(self, expr: uapi.Objref) -> None:
        bits = (len(expr.imm_name) + 1) * 8
        name = e.value(string_value(expr.imm_name), STRING, Byteorder.HOST, bits)
        self.stmts.append(s.ObjrefStmt(expr.imm_type, name))

    def objref_map(self, expr: uapi.ObjrefMap) -> None:
        ref = self.set_ref(expr.set_name)
        mapped = e.Map(self.concat(expr.set_sreg, ref.len), ref, dtype=STRING, byteorder=Byteorder.HOST)
        self.stmts.append(s.ObjrefStmt(ref.set.objtype, mapped))

    def dynset(self, expr: uapi.Dynset) -> None:
        ref = self.set_ref(expr.set_name)
        key = self.concat(expr.sreg_key, ref.len)
        if isinstance(key, Raw):
            key = typed(key, ref.dtype, ref.byteorder)
        element = e.SetElem(key, expr.timeout or None)
        inner = Parser(self.family, self.sets, self.chains)
        for each in expr.expressions:
            inner.parse(each)
        if expr.sreg_data is None:
            self.stmts.append(s.SetStmt(expr.op, ref, element, tuple(inner.stmts)))
            return
        data = self.get(expr.sreg_data)
        if ref.set.data is not None:
            data = typed(self.concat(expr.sreg_data, ref.set.data.len), ref.set.data.dtype, ref.set.data.byteorder)
        self.stmts.append(s.MapStmt(expr.op, ref, element, data, tuple(inner.stmts)))

    def nat(self, expr: uapi.Nat) -> None:
        kind = s.NatType.SNAT if expr.type == uapi.NFT_NAT_SNAT else s.NatType.DNAT
        dtype = IPADDR if expr.family == NFPROTO_IPV4 else IP6ADDR
        family = expr.family if self.family == NFPROTO_INET else 0
        type_flags = s.NAT_F_PREFIX if expr.flags & uapi.NF_NAT_RANGE_NETMAP else 0
        addr = None if expr.reg_addr_min is None else self.get(expr.reg_addr_min)
        proto: e.Expr | None = None
        if isinstance(addr, e.Map) and expr.reg_addr_max not in (None, expr.reg_addr_min):
            type_flags |= s.NAT_F_INTERVAL
            family = expr.family
        elif isinstance(addr, e.Map) and addr.len == dtype.size + 32:
            # the port is the second field of the map's value
            type_flags |= s.NAT_F_CONCAT
            family = expr.family
        else:
            addr = self._bounds(expr.reg_addr_min, expr.reg_addr_max, dtype)
            proto = self._bounds(expr.reg_proto_min, expr.reg_proto_max, INET_SERVICE)
            if isinstance(addr, e.Range):
                addr = _range_to_prefix(addr)
        self.stmts.append(s.NatStmt(kind, addr, proto, expr.flags, family, type_flags))

    def masq(self, expr: uapi.Masq | uapi.Redir) -> None:
        kind = s.NatType.MASQUERADE if isinstance(expr, uapi.Masq) else s.NatType.REDIRECT
        proto = self._bounds(expr.reg_proto_min, expr.reg_proto_max, INET_SERVICE)
        self.stmts.append(s.NatStmt(kind, None, proto, expr.flags))

    def _bounds(self, first: int | None, last: int | None, dtype: Any) -> e.Expr | None:
        if first is None:
            return None
        low = typed(self.get(first), dtype, Byteorder.BIG)
        if last in (None, first):
            return low
        return e.Range(low, typed(self.get(last or 0), dtype, Byteorder.BIG), dtype=dtype, byteorder=Byteorder.BIG)

    def tproxy(self, expr: uapi.Tproxy) -> None:
        dtype = IPADDR if expr.family == NFPROTO_IPV4 else IP6ADDR
        addr = None if expr.reg_addr is None else typed(self.get(expr.reg_addr), dtype, Byteorder.BIG)
        port = None if expr.reg_port is None else typed(self.get(expr.reg_port), INET_SERVICE, Byteorder.BIG)
        self.stmts.append(s.TproxyStmt(addr, port, expr.family, self.family))

    def queue(self, expr: uapi.Queue) -> None:
        if expr.sreg_qnum is not None:
            number = typed(self.get(expr.sreg_qnum), QUEUE, Byteorder.HOST)
        else:
            number = e.value(expr.num, QUEUE, Byteorder.HOST, 16)
            if expr.total > 1:
                last = e.value(expr.num + expr.total - 1, QUEUE, Byteorder.HOST, 16)
                number = e.Range(number, last, dtype=QUEUE, byteorder=Byteorder.HOST, len=16)
        self.stmts.append(s.QueueStmt(number, expr.flags))


def _range_to_prefix(expr: e.Range) -> e.Expr:
    """range_expr_to_prefix: a range of constants that is a whole network reads as one."""
    low, high = expr.left, expr.right
    if not isinstance(low, e.Value) or not isinstance(high, e.Value):
        return expr
    hosts = low.value ^ high.value
    if hosts & hosts + 1 or low.value & hosts:
        return expr
    length = low.len - hosts.bit_length()
    return e.Prefix(low, length, dtype=low.dtype, byteorder=low.byteorder, len=low.len)


def _slices(concat: e.Concat, data: bytes) -> list[bytes]:
    """The bytes of each field of a concatenation."""
    parts = []
    at = 0
    for part in concat.expressions:
        parts.append(data[at : at + part.len // 8])
        at += padded(part.len) // 8
    return parts


def _mask_xor(left: e.Expr, mask: bytes, xor: bytes) -> e.Expr:
    """netlink_parse_bitwise_mask_xor: which of &, ^ and | were meant."""
    size = len(mask)
    full = (1 << size * 8) - 1
    m, flip, join = int.from_bytes(mask, "big"), int.from_bytes(xor, "big"), 0
    if m != full or flip:
        join = (m & flip) ^ flip
        flip &= m
        m |= join
    expr = left
    for op, number, wanted in ((e.Op.AND, m, m != full), (e.Op.XOR, flip, flip), (e.Op.OR, join, join)):
        if wanted:
            expr = e.Binop(op, expr, raw(number.to_bytes(size, "big")), len=left.len)
    return expr


def _raw_payload(base: int, offset: int, length: int) -> e.Payload:
    """payload_init_raw: two bytes where ports are, are ports."""
    expr = e.raw_payload(ProtoBase(min(base + 1, ProtoBase.INNER)), offset * 8, length * 8)
    if expr.base is ProtoBase.TRANSPORT and length == 2 and offset in (0, 2):
        template = TH.templates["dport" if offset else "sport"]
        return replace(expr, desc=TH, tmpl=template, dtype=INET_SERVICE)
    return expr


def _exthdr_desc(op: int, type_: int) -> x.ExthdrDesc | None:
    if op == uapi.NFT_EXTHDR_OP_TCPOPT:
        return x.tcp_option(type_)
    if op == uapi.NFT_EXTHDR_OP_DCCP:
        return x.dccp_option(type_)
    table = {
        uapi.NFT_EXTHDR_OP_IPV4: x.IP_OPTIONS,
        uapi.NFT_EXTHDR_OP_SCTP: x.SCTP_CHUNKS,
        uapi.NFT_EXTHDR_OP_IPV6: x.EXTHDRS,
    }.get(op, {})
    return next((desc for desc in table.values() if desc.type == type_), None)


def _variants(desc: x.ExthdrDesc) -> tuple[x.ExthdrDesc, ...]:
    """The headers of one number, in the order in which their fields are looked for."""
    if desc is x.RT:
        return x.RT, x.SRH, x.RT0, x.RT2
    return x.TCP_SACK_BLOCKS if desc is x.TCP_OPTIONS["sack"] else (desc,)


def _exthdr(op: int, type_: int, offset: int, bits: int, flags: int) -> e.Exthdr:
    """exthdr_init_raw: the field at that place, if it has a name."""
    desc = _exthdr_desc(op, type_)
    tmpl: HdrTemplate | None = None
    if desc is not None:
        for candidate in _variants(desc):
            for template in candidate.templates.values():
                if tmpl is None and (template.offset, template.len) == (offset, bits):
                    desc, tmpl = candidate, template
    present = bool(flags & uapi.NFT_EXTHDR_F_PRESENT)
    dtype = BOOLEAN if present else INTEGER if tmpl is None else tmpl.dtype
    unknown = next(iter(x.TCPOPT_FALLBACK.templates.values()))
    return e.Exthdr(desc, tmpl or unknown, op, type_, offset, flags, dtype=dtype, byteorder=Byteorder.BIG, len=bits)


def typed(expr: e.Expr, dtype: Any, byteorder: Byteorder) -> e.Expr:
    """expr_set_type: bytes become a constant of the type; bounds of ranges and fields likewise."""
    if isinstance(expr, Raw):
        number = int.from_bytes(expr.data, "little" if byteorder is Byteorder.HOST else "big")
        return e.value(number, dtype, byteorder, len(expr.data) * 8)
    if isinstance(expr, e.Range):
        left, right = typed(expr.left, dtype, byteorder), typed(expr.right, dtype, byteorder)
        return replace(expr, left=left, right=right, dtype=dtype, byteorder=byteorder)
    if isinstance(expr, e.Prefix):
        return replace(expr, prefix=typed(expr.prefix, dtype, byteorder), dtype=dtype, byteorder=byteorder)
    if isinstance(expr, e.Concat) and dtype.subtypes:
        fields = zip(expr.expressions, dtype.subtypes, strict=True)
        return e.concat(tuple(typed(field, subtype, subtype.byteorder) for field, subtype in fields))
    if isinstance(expr, e.Binop):
        right = expr.right if expr.op in (e.Op.LSHIFT, e.Op.RSHIFT) else typed(expr.right, dtype, byteorder)
        return replace(expr, left=typed(expr.left, dtype, byteorder), right=right, dtype=dtype, byteorder=byteorder)
    if isinstance(expr, e.Value) and expr.dtype is INVALID:
        return replace(expr, dtype=dtype, byteorder=byteorder)
    return expr


def _stateless(make: Callable[[Any], s.Stmt]) -> Callable[[Parser, Any], None]:
    """A handler for expressions that are statements by themselves."""

    def handle(parser: Parser, expr: Any) -> None:
        parser.stmts.append(make(expr))

    return handle


def _source(make: Callable[[Any], e.Expr]) -> Callable[[Parser, Any], None]:
    """A handler for expressions that load something that needs nothing else."""

    def handle(parser: Parser, expr: Any) -> None:
        parser.set(expr.dreg, make(expr))

    return handle


_PARSERS: dict[type, Callable[[Parser, Any], None]] = {
    uapi.Immediate: Parser.immediate,
    uapi.Cmp: Parser.cmp,
    uapi.Range: Parser.range,
    uapi.Lookup: Parser.lookup,
    uapi.Bitwise: Parser.bitwise,
    uapi.Byteorder: Parser.byteorder,
    uapi.Payload: Parser.payload,
    uapi.PayloadSet: Parser.payload_set,
    uapi.Exthdr: Parser.exthdr,
    uapi.ExthdrSet: Parser.exthdr_set,
    uapi.Meta: Parser.meta,
    uapi.MetaSet: Parser.meta_set,
    uapi.Ct: Parser.ct,
    uapi.CtSet: Parser.ct_set,
    uapi.Hash: Parser.hash,
    uapi.Log: Parser.log,
    uapi.Reject: Parser.reject,
    uapi.Fwd: Parser.fwd,
    uapi.Dup: Parser.dup,
    uapi.Objref: Parser.objref,
    uapi.ObjrefMap: Parser.objref_map,
    uapi.Dynset: Parser.dynset,
    uapi.Nat: Parser.nat,
    uapi.Masq: Parser.masq,
    uapi.Redir: Parser.masq,
    uapi.Tproxy: Parser.tproxy,
    uapi.Queue: Parser.queue,
    uapi.Counter: _stateless(lambda expr: s.CounterStmt(expr.packets, expr.bytes)),
    uapi.Limit: _stateless(lambda expr: s.LimitStmt(expr.rate, expr.unit, expr.burst, expr.type, expr.flags)),
    uapi.Quota: _stateless(lambda expr: s.QuotaStmt(expr.bytes, expr.consumed, expr.flags)),
    uapi.Connlimit: _stateless(lambda expr: s.ConnlimitStmt(expr.count, expr.flags)),
    uapi.Last: _stateless(lambda expr: s.LastStmt(expr.msecs if expr.set else None)),
    uapi.Notrack: _stateless(lambda _: s.NotrackStmt()),
    uapi.FlowOffload: _stateless(lambda expr: s.FlowStmt(expr.table_name)),
    uapi.Synproxy: _stateless(lambda expr: s.SynproxyStmt(expr.mss, expr.wscale, expr.flags)),
    uapi.Numgen: _source(lambda expr: e.numgen(expr.type, expr.modulus, expr.offset)),
    uapi.Fib: _source(lambda expr: e.fib(expr.flags, expr.result)),
    uapi.Rt: _source(lambda expr: e.rt(expr.key)),
    uapi.Socket: _source(lambda expr: e.socket(expr.key, expr.level)),
    uapi.Tunnel: _source(lambda expr: e.tunnel(expr.key)),
    uapi.Osf: _source(lambda expr: e.osf(expr.ttl, expr.flags)),
    uapi.Xfrm: _source(lambda expr: e.xfrm(expr.key, expr.dir, expr.spnum)),
}


def no_chains(name: str) -> None:
    """No chain is bound to a rule."""


def stmt_of(expr: uapi.Expr) -> s.Stmt:
    """The statement that one stateful expression is (netlink_parse_set_expr)."""
    parser = Parser(NFPROTO_NETDEV, {}, no_chains)
    parser.parse(expr)
    return parser.stmts[0]
