"""Setting fields of headers (stmt_evaluate_payload, stmt_evaluate_exthdr)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.evaluate.arg import ArgEvaluator, refuse_range
from webapp.userland.nftables.evaluate.byteorder import byteorder_conversion
from webapp.userland.nftables.evaluate.context import NFT_REG_BITS
from webapp.userland.nftables.evaluate.payload import offset_shift, payload_needs_adjustment
from webapp.userland.nftables.expression import Expr, Op, is_constant
from webapp.userland.nftables.proto import UNKNOWN_TEMPLATE, VLAN, ProtoBase


class PayloadStmtEvaluator(ArgEvaluator):
    """Evaluates what is written into the packet."""

    def exthdr_stmt(self, stmt: st.ExthdrStmt) -> st.Stmt:
        assert isinstance(stmt.expr, ex.Exthdr)
        field = self.exthdr_field(stmt.expr)
        val = self.arg(stmt, field.dtype, field.len, Byteorder.BIG, stmt.val)
        refuse_range(stmt, val)
        return replace(stmt, expr=field, val=val)

    def optstrip(self, stmt: st.OptstripStmt) -> st.Stmt:
        return replace(stmt, expr=self.expr(stmt.expr))

    def payload_stmt(self, stmt: st.PayloadStmt) -> st.Stmt:
        if not isinstance(stmt.expr, ex.Payload) or stmt.expr.inner is not None:
            raise NftError("payload statement for this expression is not supported", stmt.expr.location)
        field = self.payload_dependencies(stmt.expr)
        val = self.arg(stmt, field.dtype, field.len, field.byteorder, stmt.val)
        if not is_constant(val):
            val = byteorder_conversion(val, field.byteorder)
        refuse_range(stmt, val)
        aligned = _needs_aligned_fetch(field)
        if not payload_needs_adjustment(field, field.offset) and (not aligned or field.len // BITS_PER_BYTE % 2 == 0):
            return replace(stmt, expr=field, val=val)
        return self._adjusted_payload(stmt, field, val, aligned=aligned)

    def _adjusted_payload(self, stmt: st.PayloadStmt, field: ex.Payload, val: Expr, *, aligned: bool) -> st.Stmt:
        """Writes whole bytes: those that are there, with the field's bits replaced."""
        first = field.offset // BITS_PER_BYTE
        shift, extra = offset_shift(field.len, field.offset)
        size = -(-(field.len + extra) // BITS_PER_BYTE)
        if size * BITS_PER_BYTE > NFT_REG_BITS:
            raise NftError(
                f"uneven load cannot span more than {NFT_REG_BITS // BITS_PER_BYTE} bytes, got {size}", field.location
            )
        if aligned and size % 2:
            size += 1
            if first % 2:
                first -= 1
            else:
                shift += BITS_PER_BYTE
        whole = (1 << size * BITS_PER_BYTE) - 1
        others = whole ^ (((1 << field.len) - 1) << shift)
        loaded = ex.Payload(
            field.desc,
            UNKNOWN_TEMPLATE,
            field.base,
            first * BITS_PER_BYTE,
            is_raw=True,
            dtype=dt.XINTEGER,
            byteorder=field.byteorder,
            len=size * BITS_PER_BYTE,
            location=field.location,
        )
        target = replace(field, len=size * BITS_PER_BYTE, offset=first * BITS_PER_BYTE)
        if isinstance(val, ex.Value):
            mask = ex.value(others, dt.INTEGER, field.byteorder, size * BITS_PER_BYTE, field.location)
            kept = self._whole(ex.Binop(Op.AND, loaded, mask, location=field.location), loaded)
            written = replace(val, value=val.value << shift, len=size * BITS_PER_BYTE)
            made = self._whole(ex.Binop(Op.XOR, kept, written, location=field.location), loaded)
            return replace(stmt, expr=target, val=replace(made, dtype=field.dtype))
        if isinstance(val, ex.Binop):
            return self._own_field(stmt, field, val, loaded, shift, others)
        raise NftError("payload statement for this expression is not supported", val.location)

    def _own_field(
        self, stmt: st.PayloadStmt, field: ex.Payload, val: ex.Binop, loaded: ex.Payload, shift: int, others: int
    ) -> st.Stmt:
        """FIELD set FIELD & VALUE: computed on the whole bytes."""
        steps = [val]
        while isinstance(steps[-1].left, ex.Binop):
            steps.append(steps[-1].left)
        inmost = steps[-1]
        own = inmost.left
        if not isinstance(own, ex.Payload) or own.tmpl is not field.tmpl or not isinstance(inmost.right, ex.Value):
            raise NftError("payload statement for this expression is not supported", val.location)
        number = inmost.right.value << shift
        if inmost.op is Op.AND:
            number |= others
        right = ex.value(number, dt.INTEGER, field.byteorder, loaded.len, inmost.right.location)
        made: Expr = self._whole(ex.Binop(inmost.op, loaded, right, location=val.location), loaded)
        for step in reversed(steps[:-1]):
            made = self._whole(replace(step, left=made), loaded)
        return replace(stmt, expr=replace(loaded, dtype=field.dtype, desc=field.desc), val=made)

    def _whole(self, expr: ex.Binop, loaded: ex.Payload) -> ex.Binop:
        return replace(expr, dtype=loaded.dtype, byteorder=loaded.byteorder, len=loaded.len)


def _needs_aligned_fetch(field: ex.Payload) -> bool:
    """Checksums and VLAN tags are written in steps of two bytes."""
    return field.base is ProtoBase.INNER or field.desc.checksum is not None or field.desc is VLAN
