"""Values as the kernel takes them: bytes and verdicts (nftables src/netlink.c, netlink_gen_data)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder, string_text
from webapp.userland.nftables.expression import Expr


def size_of(expr: Expr) -> int:
    """Bytes of an expression's value."""
    return -(-expr.len // BITS_PER_BYTE)


def export(value: int, byteorder: Byteorder, size: int) -> bytes:
    """A constant as the register holds it (mpz_export_data); what does not fit is cut off."""
    kept = value & ((1 << size * BITS_PER_BYTE) - 1)
    return kept.to_bytes(size, "little") if byteorder is Byteorder.HOST else kept.to_bytes(size)


def data(expr: Expr) -> bytes:
    """The bytes of a constant; fields of a concatenation are padded to whole registers (netlink_gen_data)."""
    if isinstance(expr, ex.Concat):
        return b"".join(pad(data(field)) for field in expr.expressions)
    if isinstance(expr, ex.Range):
        return pad(data(expr.left)) + pad(data(expr.right))
    if isinstance(expr, ex.Prefix):
        return data(low_end(expr)) + data(high_end(expr))
    assert isinstance(expr, ex.Value)
    return export(expr.value, expr.byteorder, size_of(expr))


def pad(value: bytes) -> bytes:
    """Filled up to a multiple of four bytes."""
    return value + bytes(-len(value) % 4)


def low_end(expr: Expr) -> Expr:
    """The least value of a range or prefix."""
    if isinstance(expr, ex.Range):
        return expr.left
    return expr.prefix if isinstance(expr, ex.Prefix) else expr


def high_end(expr: Expr) -> Expr:
    """The greatest value of a range or prefix."""
    if isinstance(expr, ex.Range):
        return expr.right
    if isinstance(expr, ex.Prefix):
        assert isinstance(expr.prefix, ex.Value)
        return replace(expr.prefix, value=expr.prefix.value + (1 << (expr.len - expr.prefix_len)) - 1)
    return expr


def verdict(expr: ex.Verdict) -> uapi.Verdict:
    """A verdict as the kernel has it."""
    chain = ""
    if expr.chain is not None:
        assert isinstance(expr.chain, ex.Value)
        chain = string_text(expr.chain.value)
    return uapi.Verdict(expr.verdict, chain)
