"""Evaluated statements to the kernel's expressions (nftables src/netlink_linearize.c, netlink.c).

Registers are counted in units of 32 bits from 1, as nft does; ``_register`` turns such a number into the kernel's,
which has a name of its own (NFT_REG_1 …) for every fourth.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITMASK, BITS_PER_BYTE, IFINDEX, STRING, Byteorder, padded, string_text
from webapp.userland.nftables.expression import Expr, Op, is_constant, prefix_mask
from webapp.userland.nftables.location import NOWHERE, Location
from webapp.userland.nftables.netlink_data import data, export, high_end, low_end, size_of, verdict
from webapp.userland.nftables.proto import ProtoBase, ProtoDesc

_FULL = 4
"""32-bit registers that an expression takes unless it is a concatenation."""

_CMP = {
    Op.EQ: uapi.NFT_CMP_EQ, Op.IMPLICIT: uapi.NFT_CMP_EQ, Op.NEQ: uapi.NFT_CMP_NEQ, Op.LT: uapi.NFT_CMP_LT,
    Op.GT: uapi.NFT_CMP_GT, Op.LTE: uapi.NFT_CMP_LTE, Op.GTE: uapi.NFT_CMP_GTE,
}  # fmt: skip
_BOOL = {Op.AND: uapi.NFT_BITWISE_AND, Op.OR: uapi.NFT_BITWISE_OR, Op.XOR: uapi.NFT_BITWISE_XOR}


def _register(reg: int) -> int:
    if reg == uapi.NFT_REG_VERDICT:
        return reg
    if (reg - 1) % _FULL == 0:
        return (reg - 1) // _FULL + uapi.NFT_REG_1
    return uapi.NFT_REG32_00 + reg - 1


def space(bits: int) -> int:
    """32-bit registers that so many bits take."""
    return padded(bits) // 32


def stateful(stmt: st.Stmt) -> uapi.Expr:
    """The expression of a statement that keeps state."""
    return _STATEFUL[type(stmt)](stmt)


def _counter(stmt: st.CounterStmt) -> uapi.Expr:
    return uapi.Counter(bytes=stmt.bytes, packets=stmt.packets)


def _limit(stmt: st.LimitStmt) -> uapi.Expr:
    return uapi.Limit(stmt.rate, stmt.unit, stmt.burst, stmt.type, stmt.flags)


def _quota(stmt: st.QuotaStmt) -> uapi.Expr:
    return uapi.Quota(stmt.bytes, stmt.flags, stmt.used)


def _connlimit(stmt: st.ConnlimitStmt) -> uapi.Expr:
    return uapi.Connlimit(stmt.count, stmt.flags)


def _last(stmt: st.LastStmt) -> uapi.Expr:
    return uapi.Last(int(stmt.used is not None), stmt.used or 0)


_STATEFUL: dict[type[st.Stmt], Callable[[Any], uapi.Expr]] = {
    st.CounterStmt: _counter,
    st.LimitStmt: _limit,
    st.QuotaStmt: _quota,
    st.ConnlimitStmt: _connlimit,
    st.LastStmt: _last,
}


class Linearizer:
    """Collects a rule's expressions, each with its place in the input.

    ``host_order[i]`` tells whether the constants of expression i are numbers in host order, which libnftnl wants to
    know for printing.
    """

    def __init__(self) -> None:
        self.expressions: list[uapi.Expr] = []
        self.locations: list[Location] = []
        self.host_order: list[bool] = []
        self.reg_low = 1

    def rule(self, stmts: Sequence[st.Stmt]) -> tuple[uapi.Expr, ...]:
        """All expressions of a rule."""
        for stmt in stmts:
            _STATEMENTS[type(stmt)](self, stmt)
        return tuple(self.expressions)

    def add(self, made: uapi.Expr, location: Location = NOWHERE, order: Byteorder = Byteorder.BIG) -> None:
        self.expressions.append(made)
        self.locations.append(location)
        self.host_order.append(order is Byteorder.HOST)

    # --- registers --------------------------------------------------------------------------------------------------

    def get(self, expr: Expr | None) -> int:
        """Takes registers for an expression's value."""
        reg = self.reg_low
        self.reg_low += self._width(expr)
        return reg

    def release(self, expr: Expr | None) -> None:
        """Gives them back."""
        self.reg_low -= self._width(expr)

    def _width(self, expr: Expr | None) -> int:
        return space(expr.len) if isinstance(expr, ex.Concat) else _FULL

    def load(self, expr: Expr) -> int:
        """Puts a value into registers that are free again afterwards; the kernel's number of the first."""
        reg = self.get(expr)
        self.gen(expr, reg)
        self.release(expr)
        return _register(reg)

    # --- expressions ------------------------------------------------------------------------------------------------

    def gen(self, expr: Expr, dreg: int) -> None:
        """Makes what puts an expression's value into a register."""
        _EXPRESSIONS[type(expr)](self, expr, dreg)

    def payload(self, expr: ex.Payload, dreg: int) -> None:
        base = expr.base - 1
        if expr.inner is not None and expr.base is ProtoBase.INNER:
            base = uapi.NFT_PAYLOAD_TUN_HEADER
        made = uapi.Payload(_register(dreg), base, expr.offset // BITS_PER_BYTE, size_of(expr))
        self.add(self._inside(made, expr.inner), expr.location)

    def meta(self, expr: ex.Meta, dreg: int) -> None:
        self.add(self._inside(uapi.Meta(expr.key, _register(dreg)), expr.inner), expr.location)

    def _inside(self, made: uapi.Payload | uapi.Meta, tunnel: ProtoDesc | None) -> uapi.Expr:
        if tunnel is None or tunnel.inner is None:
            return made
        return uapi.Inner(0, tunnel.inner.type, tunnel.inner.flags, tunnel.inner.hdrsize, made)

    def exthdr(self, expr: ex.Exthdr, dreg: int) -> None:
        self.add(
            uapi.Exthdr(
                _register(dreg), expr.raw_type, expr.offset // BITS_PER_BYTE, size_of(expr), expr.op, expr.flags
            ),
            expr.location,
        )

    def ct(self, expr: ex.Ct, dreg: int) -> None:
        self.add(uapi.Ct(expr.key, _register(dreg), expr.direction), expr.location)

    def rt(self, expr: ex.Rt, dreg: int) -> None:
        self.add(uapi.Rt(expr.key, _register(dreg)), expr.location)

    def socket(self, expr: ex.Socket, dreg: int) -> None:
        self.add(uapi.Socket(expr.key, _register(dreg), expr.level), expr.location)

    def tunnel(self, expr: ex.Tunnel, dreg: int) -> None:
        self.add(uapi.Tunnel(_register(dreg), expr.key), expr.location)

    def osf(self, expr: ex.Osf, dreg: int) -> None:
        self.add(uapi.Osf(_register(dreg), expr.ttl, expr.flags), expr.location)

    def fib(self, expr: ex.Fib, dreg: int) -> None:
        self.add(uapi.Fib(_register(dreg), expr.result, expr.flags), expr.location)

    def xfrm(self, expr: ex.Xfrm, dreg: int) -> None:
        self.add(uapi.Xfrm(_register(dreg), expr.key, expr.direction, expr.spnum), expr.location)

    def numgen(self, expr: ex.Numgen, dreg: int) -> None:
        self.add(uapi.Numgen(_register(dreg), expr.mod, expr.type, expr.offset), expr.location)

    def hash(self, expr: ex.Hash, dreg: int) -> None:
        sreg, length = None, 0
        if expr.expr is not None:
            sreg = self.load(expr.expr)
            length = size_of(expr.expr)
        self.add(uapi.Hash(_register(dreg), expr.mod, expr.type, sreg, length, expr.seed, expr.offset), expr.location)

    def concat(self, expr: ex.Concat, dreg: int) -> None:
        for field in expr.expressions:
            self.gen(field, dreg)
            dreg += space(field.len)

    def value(self, expr: ex.Value, dreg: int) -> None:
        order = Byteorder.BIG if expr.dtype.root is STRING else expr.byteorder
        self.add(uapi.Immediate(_register(dreg), data(expr)), expr.location, order)

    def verdict_value(self, expr: ex.Verdict, dreg: int) -> None:
        location = expr.location if expr.chain is None else expr.chain.location
        self.add(uapi.Immediate(_register(dreg), verdict(expr)), location)

    def set_elem(self, expr: ex.SetElem, dreg: int) -> None:
        self.gen(expr.key, dreg)

    def unary(self, expr: ex.Unary, dreg: int) -> None:
        self.gen(expr.arg, dreg)
        size = 8 if expr.arg.len % 64 == 0 else 4 if expr.arg.len % 32 == 0 else 2
        op = uapi.NFT_BYTEORDER_HTON if expr.op is Op.HTON else uapi.NFT_BYTEORDER_NTOH
        reg = _register(dreg)
        self.add(uapi.Byteorder(reg, reg, op, size_of(expr), size), expr.location)

    def binop(self, expr: ex.Binop, dreg: int) -> None:
        reg = _register(dreg)
        length = size_of(expr)
        if expr.op in {Op.LSHIFT, Op.RSHIFT}:
            assert isinstance(expr.right, ex.Value)
            self.gen(expr.left, dreg)
            op = uapi.NFT_BITWISE_LSHIFT if expr.op is Op.LSHIFT else uapi.NFT_BITWISE_RSHIFT
            by = export(expr.right.value, Byteorder.HOST, 4)
            self.add(uapi.Bitwise(reg, reg, length, op, data=by), expr.location, Byteorder.HOST)
            return
        if is_constant(expr.right):
            self._mask_xor(expr, dreg)
            return
        self.gen(expr.left, dreg)
        other = self.load(expr.right)
        self.add(uapi.Bitwise(reg, reg, length, _BOOL[expr.op], sreg2=other), expr.location)

    def _mask_xor(self, expr: ex.Binop, dreg: int) -> None:
        """A chain of and, or, xor with constants is one mask and one xor."""
        steps: list[ex.Binop] = []
        at: Expr = expr
        while isinstance(at, ex.Binop) and is_constant(at.right) and at.op in _BOOL:
            steps.append(at)
            at = at.left
        self.gen(at, dreg)
        whole = (1 << expr.len) - 1
        mask, xor = whole, 0
        for step in reversed(steps):
            assert isinstance(step.right, ex.Value)
            number = step.right.value
            kept, flipped = {
                Op.AND: (number, 0),
                Op.OR: (~number & whole, number),
                Op.XOR: (whole, number),
            }[step.op]
            xor = flipped ^ (xor & kept)
            mask &= kept
        self._bitwise(dreg, size_of(expr), mask, xor, expr.byteorder, expr.location)

    def _bitwise(self, dreg: int, length: int, mask: int, xor: int, order: Byteorder, location: Location) -> None:
        reg = _register(dreg)
        self.add(
            uapi.Bitwise(reg, reg, length, mask=export(mask, order, length), xor=export(xor, order, length)),
            location,
            order,
        )

    def map(self, expr: ex.Map, dreg: int) -> None:
        ref = expr.mappings
        assert isinstance(ref, ex.SetRef)
        to_verdict = dreg == uapi.NFT_REG_VERDICT
        sreg = self.get(expr.map) if to_verdict else dreg
        self.gen(expr.map, sreg)
        if to_verdict:
            self.release(expr.map)
        self.add(
            uapi.Lookup(ref.set.handle.set.name, _register(sreg), _register(dreg), set_id=ref.set.id), expr.location
        )

    # --- matches ----------------------------------------------------------------------------------------------------

    def relational(self, expr: ex.Relational, dreg: int) -> None:
        right = expr.right
        if isinstance(right, ex.Range):
            self._range(expr, right)
        elif isinstance(right, ex.SetRef):
            flags = uapi.NFT_LOOKUP_F_INV if expr.op is Op.NEQ else 0
            sreg = self.load(expr.left)
            self.add(uapi.Lookup(right.set.handle.set.name, sreg, flags=flags, set_id=right.set.id), expr.location)
        elif isinstance(right, ex.Prefix):
            self._prefix(expr, right)
        elif expr.op in {Op.IMPLICIT, Op.NEG} and right.dtype.basetype is BITMASK:
            self._flags(expr)
        else:
            sreg = self.load(expr.left)
            self._cmp(sreg, expr, data(right), right)

    def _cmp(self, sreg: int, expr: ex.Relational, value: bytes, right: Expr) -> None:
        order = Byteorder.BIG if right.dtype.root is STRING else right.byteorder
        self.add(uapi.Cmp(sreg, _CMP[expr.op], value), expr.location, order)

    def _range(self, expr: ex.Relational, right: ex.Range) -> None:
        sreg = self.load(expr.left)
        if expr.op is Op.NEQ:
            self.add(uapi.Range(sreg, uapi.NFT_RANGE_NEQ, data(right.left), data(right.right)), expr.location)
        else:
            self.add(uapi.Cmp(sreg, uapi.NFT_CMP_GTE, data(right.left)), expr.location)
            self.add(uapi.Cmp(sreg, uapi.NFT_CMP_LTE, data(right.right)), expr.location)

    def _prefix(self, expr: ex.Relational, right: ex.Prefix) -> None:
        base = right.prefix
        assert isinstance(base, ex.Value)
        whole_bytes = right.byteorder is Byteorder.BIG and right.prefix_len and right.prefix_len % BITS_PER_BYTE == 0
        if expr.left.dtype.root is STRING or whole_bytes:
            # Only the bytes that the prefix covers are loaded and compared.
            length = right.prefix_len // BITS_PER_BYTE
            sreg = self.load(replace(expr.left, len=right.prefix_len))
            self._cmp(sreg, expr, data(base)[:length], base)
            return
        reg = self.get(expr.left)
        self.gen(expr.left, reg)
        self._bitwise(reg, size_of(right), prefix_mask(right.len, right.prefix_len), 0, right.byteorder, expr.location)
        self.release(expr.left)
        self._cmp(_register(reg), expr, data(base), base)

    def _flags(self, expr: ex.Relational) -> None:
        """Whether any of the flags is set, or (!) none."""
        right = expr.right
        reg = self.get(expr.left)
        self.gen(expr.left, reg)
        self.release(expr.left)
        value = data(right)
        if isinstance(expr.left, ex.Binop):
            self.add(uapi.Cmp(_register(reg), uapi.NFT_CMP_EQ, value), expr.location, right.byteorder)
            return
        length = size_of(expr.left)
        assert isinstance(right, ex.Value)
        self._bitwise(reg, length, right.value, 0, right.byteorder, expr.location)
        op = uapi.NFT_CMP_EQ if expr.op is Op.NEG else uapi.NFT_CMP_NEQ
        self.add(uapi.Cmp(_register(reg), op, bytes(length)), expr.location, right.byteorder)

    # --- statements -------------------------------------------------------------------------------------------------

    def match(self, stmt: st.ExprStmt) -> None:
        self.gen(stmt.expr, uapi.NFT_REG_VERDICT)

    def verdict_stmt(self, stmt: st.VerdictStmt) -> None:
        self.gen(stmt.expr, uapi.NFT_REG_VERDICT)

    def stateful_stmt(self, stmt: st.Stmt) -> None:
        self.add(stateful(stmt), stmt.location)

    def objref(self, stmt: st.ObjrefStmt) -> None:
        expr = stmt.expr
        if isinstance(expr, ex.Map):
            ref = expr.mappings
            assert isinstance(ref, ex.SetRef)
            self.add(uapi.ObjrefMap(self.load(expr.map), ref.set.handle.set.name, ref.set.id), expr.location)
            return
        assert isinstance(expr, ex.Value)
        self.add(uapi.Objref(stmt.type, string_text(expr.value)), expr.location)

    def payload_stmt(self, stmt: st.PayloadStmt) -> None:
        field = stmt.expr
        assert isinstance(field, ex.Payload)
        sreg = self.load(stmt.val)
        desc = field.desc
        csum_type = csum_offset = 0
        if desc.checksum is not None:
            csum_type = desc.checksum_type
            csum_offset = desc.templates[desc.checksum].offset // BITS_PER_BYTE
        pseudo = field.base is ProtoBase.NETWORK and field.tmpl.token in desc.pseudohdr
        flags = int(pseudo or field.base is ProtoBase.INNER)
        self.add(
            uapi.PayloadSet(
                sreg,
                field.base - 1,
                field.offset // BITS_PER_BYTE,
                field.len // BITS_PER_BYTE,
                csum_type,
                csum_offset,
                flags,
            ),
            field.location,
        )

    def exthdr_stmt(self, stmt: st.ExthdrStmt) -> None:
        sreg = self.load(stmt.val)
        field = stmt.expr
        while isinstance(field, ex.Binop):
            field = field.left
        assert isinstance(field, ex.Exthdr)
        self.add(
            uapi.ExthdrSet(field.raw_type, field.op, sreg, field.offset // BITS_PER_BYTE, size_of(field)),
            field.location,
        )

    def optstrip(self, stmt: st.OptstripStmt) -> None:
        assert isinstance(stmt.expr, ex.Exthdr)
        self.add(uapi.ExthdrSet(stmt.expr.raw_type, stmt.expr.op), stmt.expr.location)

    def meta_stmt(self, stmt: st.MetaStmt) -> None:
        self.add(uapi.MetaSet(stmt.key, self.load(stmt.expr)), stmt.location)

    def ct_stmt(self, stmt: st.CtStmt) -> None:
        self.add(uapi.CtSet(stmt.key, self.load(stmt.expr), stmt.direction), stmt.location)

    def log(self, stmt: st.LogStmt) -> None:
        if stmt.group is not None:
            made = uapi.Log(stmt.prefix, stmt.group, stmt.snaplen or 0, stmt.qthreshold or 0)
        else:
            made = uapi.Log(stmt.prefix, level=stmt.level, flags=stmt.logflags)
        self.add(made, stmt.location)

    def reject(self, stmt: st.RejectStmt) -> None:
        assert stmt.type is not None
        self.add(uapi.Reject(stmt.type, stmt.icmp_code or 0), stmt.location)

    def nat(self, stmt: st.NatStmt) -> None:
        low = self.reg_low
        address = self._nat_address(stmt)
        ports: dict[str, int] = {name: reg for name, reg in address.items() if "proto" in name}
        if stmt.proto is not None:
            first, last = self._pair(stmt.proto)
            ports["reg_proto_min"] = first
            if last is not None:
                ports["reg_proto_max"] = last
        self.reg_low = low
        flags = stmt.flags
        if stmt.type is st.NatType.MASQUERADE:
            self.add(uapi.Masq(flags=flags, **ports), stmt.location)
            return
        if stmt.type is st.NatType.REDIRECT:
            self.add(uapi.Redir(flags=flags, **ports), stmt.location)
            return
        kind = uapi.NFT_NAT_SNAT if stmt.type is st.NatType.SNAT else uapi.NFT_NAT_DNAT
        self.add(uapi.Nat(kind, stmt.family, flags=flags, **(address | ports)), stmt.location)

    def _pair(self, expr: Expr) -> tuple[int, int | None]:
        """Registers of a value, or of both ends of a range; they stay taken."""
        if not isinstance(expr, ex.Range):
            reg = self.get(None)
            self.gen(expr, reg)
            return _register(reg), None
        first, last = self.get(None), self.get(None)
        self.gen(expr.left, first)
        self.gen(expr.right, last)
        return _register(first), _register(last)

    def _nat_address(self, stmt: st.NatStmt) -> dict[str, int]:
        addr = stmt.addr
        if addr is None:
            return {}
        start = self.reg_low
        first, last = self._pair(addr)
        regs = {"reg_addr_min": first}
        if last is not None:
            regs["reg_addr_max"] = last
        width = space({NFPROTO_IPV4: 32, NFPROTO_IPV6: 128}.get(stmt.family, 32))
        interval = _maps_to_interval(addr)
        concat = bool(stmt.type_flags & st.NAT_F_CONCAT)
        if interval and concat:
            # The data are address . port of the low end, then of the high end.
            regs["reg_proto_min"] = _register(start + width)
            regs["reg_addr_max"] = _register(start + width + 1)
            regs["reg_proto_max"] = _register(start + 2 * width + 1)
        elif interval:
            regs["reg_addr_max"] = _register(start + width)
        elif concat:
            regs["reg_proto_min"] = _register(start + width)
        return regs

    def tproxy(self, stmt: st.TproxyStmt) -> None:
        low = self.reg_low
        addr = self._pair(stmt.addr)[0] if stmt.addr is not None else None
        port = self._pair(stmt.port)[0] if stmt.port is not None else None
        self.reg_low = low
        self.add(uapi.Tproxy(stmt.family, addr, port), stmt.location)

    def synproxy(self, stmt: st.SynproxyStmt) -> None:
        self.add(uapi.Synproxy(stmt.mss, stmt.wscale, stmt.flags), stmt.location)

    def dup(self, stmt: st.DupStmt) -> None:
        low = self.reg_low
        to = self._pair(stmt.to)[0]
        dev = self._pair(stmt.dev)[0] if stmt.dev is not None else None
        self.reg_low = low
        made = uapi.Dup(sreg_dev=to) if stmt.to.dtype is IFINDEX else uapi.Dup(sreg_addr=to, sreg_dev=dev)
        self.add(made, stmt.location)

    def fwd(self, stmt: st.FwdStmt) -> None:
        low = self.reg_low
        dev = self._pair(stmt.dev)[0]
        addr = self._pair(stmt.addr)[0] if stmt.addr is not None else None
        self.reg_low = low
        self.add(uapi.Fwd(dev, addr, stmt.family or None), stmt.location)

    def queue(self, stmt: st.QueueStmt) -> None:
        queue = stmt.queue
        if queue is None:
            self.add(uapi.Queue(flags=stmt.flags), stmt.location)
            return
        first, last = low_end(queue), high_end(queue)
        if isinstance(first, ex.Value) and isinstance(last, ex.Value):
            total = last.value - first.value + 1
            self.add(uapi.Queue(first.value, total, stmt.flags), stmt.location)
            return
        self.add(uapi.Queue(flags=stmt.flags, sreg_qnum=self.load(queue)), stmt.location)

    def notrack(self, stmt: st.NotrackStmt) -> None:
        self.add(uapi.Notrack(), stmt.location)

    def flow(self, stmt: st.FlowStmt) -> None:
        self.add(uapi.FlowOffload(stmt.table_name), stmt.location)

    def set_stmt(self, stmt: st.SetStmt) -> None:
        ref, elem = stmt.set, stmt.key
        assert isinstance(ref, ex.SetRef)
        assert isinstance(elem, ex.SetElem)
        key = self.load(elem.key)
        self.add(self._dynset(ref, stmt.op, key, None, elem, stmt.stmts), stmt.location)

    def map_stmt(self, stmt: st.MapStmt) -> None:
        ref, elem, value = stmt.set, stmt.key, stmt.data
        assert isinstance(ref, ex.SetRef)
        assert isinstance(elem, ex.SetElem)
        assert isinstance(value, ex.SetElem)
        key = self.get(elem.key)
        self.gen(elem.key, key)
        sreg = self.load(value.key)
        self.release(elem.key)
        self.add(self._dynset(ref, stmt.op, _register(key), sreg, elem, stmt.stmts), stmt.location)

    def _dynset(
        self, ref: ex.SetRef, op: int, key: int, sreg: int | None, elem: ex.SetElem, stmts: Sequence[st.Stmt]
    ) -> uapi.Expr:
        return uapi.Dynset(
            ref.set.handle.set.name,
            op,
            key,
            sreg,
            elem.timeout or 0,
            tuple(stateful(stmt) for stmt in stmts),
            uapi.NFT_DYNSET_F_EXPR if len(stmts) > 1 else 0,
            ref.set.id,
        )


def _maps_to_interval(expr: Expr) -> bool:
    return (
        isinstance(expr, ex.Map)
        and isinstance(expr.mappings, ex.SetRef)
        and isinstance(expr.mappings.set.data, ex.Range)
    )


_EXPRESSIONS: dict[type[Expr], Callable[[Linearizer, Any, int], None]] = {
    ex.Payload: Linearizer.payload,
    ex.Meta: Linearizer.meta,
    ex.Exthdr: Linearizer.exthdr,
    ex.Ct: Linearizer.ct,
    ex.Rt: Linearizer.rt,
    ex.Socket: Linearizer.socket,
    ex.Tunnel: Linearizer.tunnel,
    ex.Osf: Linearizer.osf,
    ex.Fib: Linearizer.fib,
    ex.Xfrm: Linearizer.xfrm,
    ex.Numgen: Linearizer.numgen,
    ex.Hash: Linearizer.hash,
    ex.Concat: Linearizer.concat,
    ex.Value: Linearizer.value,
    ex.Verdict: Linearizer.verdict_value,
    ex.SetElem: Linearizer.set_elem,
    ex.Unary: Linearizer.unary,
    ex.Binop: Linearizer.binop,
    ex.Map: Linearizer.map,
    ex.Relational: Linearizer.relational,
}

_STATEMENTS: dict[type[st.Stmt], Callable[[Linearizer, Any], None]] = {
    st.ExprStmt: Linearizer.match,
    st.VerdictStmt: Linearizer.verdict_stmt,
    st.CounterStmt: Linearizer.stateful_stmt,
    st.LimitStmt: Linearizer.stateful_stmt,
    st.QuotaStmt: Linearizer.stateful_stmt,
    st.ConnlimitStmt: Linearizer.stateful_stmt,
    st.LastStmt: Linearizer.stateful_stmt,
    st.ObjrefStmt: Linearizer.objref,
    st.PayloadStmt: Linearizer.payload_stmt,
    st.ExthdrStmt: Linearizer.exthdr_stmt,
    st.OptstripStmt: Linearizer.optstrip,
    st.MetaStmt: Linearizer.meta_stmt,
    st.CtStmt: Linearizer.ct_stmt,
    st.LogStmt: Linearizer.log,
    st.RejectStmt: Linearizer.reject,
    st.NatStmt: Linearizer.nat,
    st.TproxyStmt: Linearizer.tproxy,
    st.SynproxyStmt: Linearizer.synproxy,
    st.DupStmt: Linearizer.dup,
    st.FwdStmt: Linearizer.fwd,
    st.QueueStmt: Linearizer.queue,
    st.NotrackStmt: Linearizer.notrack,
    st.FlowStmt: Linearizer.flow,
    st.SetStmt: Linearizer.set_stmt,
    st.MapStmt: Linearizer.map_stmt,
}
