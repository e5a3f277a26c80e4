"""Fields of headers (expr_evaluate_payload, expr_evaluate_exthdr, expr_evaluate_bits)."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.evaluate.byteorder import conversion
from webapp.userland.nftables.evaluate.context import NFT_REG_BITS
from webapp.userland.nftables.evaluate.error import expr_error
from webapp.userland.nftables.evaluate.payload_dependency import DependencyEvaluator, protocol_match
from webapp.userland.nftables.expression import Expr, Op
from webapp.userland.nftables.proto import IP, IP6, ProtoBase

_TCP_OPTIONS_BITS = (15 * 4 - 20) * BITS_PER_BYTE
_IP_OPTIONS_BITS = 40 * BITS_PER_BYTE


def payload_needs_adjustment(expr: Expr, offset: int) -> bool:
    """Whether a field does not fill whole bytes."""
    return offset % BITS_PER_BYTE != 0 or expr.len % BITS_PER_BYTE != 0


def offset_shift(length: int, offset: int) -> tuple[int, int]:
    """How far a field's bits lie from the end of its bytes, and the bits to load beyond its own bytes."""
    extra = 0
    shift = -(-length // BITS_PER_BYTE) * BITS_PER_BYTE - (offset % BITS_PER_BYTE + length)
    while shift < 0:
        shift += BITS_PER_BYTE
        extra += BITS_PER_BYTE
    return shift, extra


class PayloadEvaluator(DependencyEvaluator):
    """Evaluates fields, with what they depend on."""

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
                raise expr_error(expr, f"conflicting protocols specified: {lower.name} vs. {tunnel.name}")
            left = ex.meta(uapi.NFT_META_L4PROTO, expr.location)
            right = ex.value(number, left.dtype, left.dtype.byteorder, left.len, expr.location)
            self.add_dependency(protocol_match(left, right, expr.location))
            pctx.update(ProtoBase.TRANSPORT, expr.location, tunnel)
        if tunnel.base is ProtoBase.INNER:
            below = pctx.desc(ProtoBase.TRANSPORT)
            if below is None:
                raise expr_error(expr, "no transport protocol specified")
            if below.number_of(tunnel) is None:
                raise expr_error(expr, f"unexpected transport protocol {below.name}")
            pctx.update(ProtoBase.INNER, expr.location, tunnel)
        if expr.base is not ProtoBase.INNER:
            self.inner_desc = tunnel

    def bits(self, expr: ex.Payload | ex.Exthdr, offset: int) -> Expr:
        """Masks and shifts a field out of the bytes that hold it (expr_evaluate_bits)."""
        if isinstance(self.stmt, st.PayloadStmt):
            return expr
        shift, extra = offset_shift(expr.len, offset)
        masklen = expr.len + shift
        if masklen > NFT_REG_BITS:
            raise expr_error(expr, f"mask length {masklen} exceeds allowed maximum of {NFT_REG_BITS}\n")
        root = expr.dtype.root
        mask = ex.value(((1 << expr.len) - 1) << shift, root, Byteorder.HOST, masklen, expr.location)
        loaded = replace(expr, len=expr.len + extra) if extra else expr
        common: dict[str, Any] = {"dtype": expr.dtype, "len": masklen, "location": expr.location}
        masked: Expr = ex.Binop(Op.AND, loaded, mask, byteorder=expr.byteorder, **common)
        if not shift:
            return masked
        byteorder = expr.byteorder
        if (self.ctx.key is not None or self.stmt_len > 0) and -(-masklen // BITS_PER_BYTE) > 1:
            masked = ex.Unary(conversion(expr, Byteorder.HOST), masked, byteorder=Byteorder.HOST, **common)
            byteorder = Byteorder.HOST
        by = ex.value(shift, root, Byteorder.HOST, BITS_PER_BYTE, expr.location)
        return ex.Binop(Op.RSHIFT, masked, by, byteorder=byteorder, **common)

    def exthdr(self, expr: ex.Exthdr) -> Expr:
        if expr.op in {uapi.NFT_EXTHDR_OP_IPV4, uapi.NFT_EXTHDR_OP_IPV6}:
            wanted = IP if expr.op == uapi.NFT_EXTHDR_OP_IPV4 else IP6
            pctx = self.protocols()
            base = pctx.desc(ProtoBase.NETWORK)
            if base is not None and base is not wanted:
                raise expr_error(expr, f"cannot use exthdr with {base.name}")
            if base is None:
                lower = pctx.desc(ProtoBase.LL)
                if lower is None:
                    raise expr_error(expr, f"Cannot generate dependency: no {ProtoBase.LL.text} protocol specified")
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
            raise expr_error(expr, f"offset and size {total} exceeds max tcp headerlen ({_TCP_OPTIONS_BITS})")
        if expr.op == uapi.NFT_EXTHDR_OP_IPV4 and total > _IP_OPTIONS_BITS:
            raise expr_error(expr, f"offset and size {total} exceeds max ip option len ({_IP_OPTIONS_BITS})")
        return made
