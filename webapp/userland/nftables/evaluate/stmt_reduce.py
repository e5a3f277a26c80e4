"""Fewer loads: what the family says already is left out, neighbouring fields are matched at once (nftables src/rule.c,
stmt_reduce).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_IPV4, NFPROTO_IPV6
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import statement as st
from webapp.userland.nftables.datatype import BITS_PER_BYTE, Byteorder
from webapp.userland.nftables.evaluate.context import NFT_REG_BITS
from webapp.userland.nftables.expression import Op
from webapp.userland.nftables.proto import UNKNOWN, UNKNOWN_TEMPLATE, ProtoBase
from webapp.userland.nftables.proto_ctx import is_protocol

_IP, _IP6 = 0x0800, 0x86DD


def reduce_statements(stmts: Sequence[st.Stmt], family: int) -> tuple[st.Stmt, ...]:
    """Leaves out what the family says already, and joins matches of neighbouring fields into one (stmt_reduce)."""
    kept = list(stmts)
    run: list[int] = []
    dropped: set[int] = set()
    for at, stmt in enumerate(kept):
        if not isinstance(stmt, st.ExprStmt):
            # nft 1.0.6 forgets a single candidate at no other statement, and so merges across them.
            if len(run) > 1:
                _merge(kept, run, dropped)
                run = []
            continue
        rel = stmt.expr
        if not isinstance(rel, ex.Relational) or not isinstance(rel.right, ex.Value):
            continue
        if rel.op not in {Op.EQ, Op.IMPLICIT, Op.NEQ}:
            continue
        if isinstance(rel.left, ex.Payload):
            run.append(at)
        elif rel.op is not Op.NEQ and _says_family(rel, family) and at + 1 < len(kept):
            dropped.add(at)
    _merge(kept, run, dropped)
    return tuple(stmt for at, stmt in enumerate(kept) if at not in dropped)


def _says_family(rel: ex.Relational, family: int) -> bool:
    assert isinstance(rel.right, ex.Value)
    return (
        isinstance(rel.left, ex.Meta)
        and rel.left.key == uapi.NFT_META_PROTOCOL
        and rel.left.inner is None
        and (family, rel.right.value) in {(NFPROTO_IPV4, _IP), (NFPROTO_IPV6, _IP6)}
    )


def _merge(stmts: list[st.Stmt], run: list[int], dropped: set[int]) -> None:
    """Joins the matches at ``run`` where they are adjacent in the packet (payload_do_merge)."""
    if len(run) < 2:
        return
    ordered = sorted(run, key=lambda at: _place(stmts[at]))
    last = ordered[0]
    for this in ordered[1:]:
        a, b = _relational(stmts[last]), _relational(stmts[this])
        if not _can_merge(a, b):
            last = this
            continue
        assert isinstance(b.left, ex.Payload)
        joined = _joined(a, b)
        target, gone = last, this
        if is_protocol(b.left):
            target, gone = this, last
        stmt = stmts[target]
        assert isinstance(stmt, st.ExprStmt)
        stmts[target] = replace(stmt, expr=replace(_relational(stmt), left=joined[0], right=joined[1]))
        dropped.add(gone)
        last = target


def _relational(stmt: st.Stmt) -> ex.Relational:
    assert isinstance(stmt, st.ExprStmt)
    assert isinstance(stmt.expr, ex.Relational)
    return stmt.expr


def _place(stmt: st.Stmt) -> tuple[int, int]:
    left = _relational(stmt).left
    assert isinstance(left, ex.Payload)
    return left.base, left.offset


def _can_merge(a: ex.Relational, b: ex.Relational) -> bool:
    left, right = a.left, b.left
    assert isinstance(left, ex.Payload)
    assert isinstance(right, ex.Payload)
    if (a.op is Op.NEQ) is not (b.op is Op.NEQ):
        return False
    if left.inner is not right.inner or left.base is not right.base or left.offset + left.len != right.offset:
        return False
    if any(number % BITS_PER_BYTE for number in (left.offset, left.len, right.offset, right.len)):
        return False
    total = left.len + right.len
    if total > NFT_REG_BITS:
        return False
    return total <= 32 or left.base is ProtoBase.LL or left.len > 32 or right.len > 32


def _joined(a: ex.Relational, b: ex.Relational) -> tuple[ex.Payload, ex.Value]:
    left, right = a.left, b.left
    assert isinstance(left, ex.Payload)
    assert isinstance(right, ex.Payload)
    assert isinstance(a.right, ex.Value)
    assert isinstance(b.right, ex.Value)
    total = left.len + right.len
    field = ex.Payload(
        UNKNOWN, UNKNOWN_TEMPLATE, left.base, left.offset, inner=left.inner, byteorder=Byteorder.BIG, len=total
    )
    number = _exported(a.right) << right.len | _exported(b.right)
    return field, ex.value(number, dt.INVALID, Byteorder.BIG, total, a.right.location)


def _exported(value: ex.Value) -> int:
    """A constant as the big number that its bytes in the packet make."""
    size = -(-value.len // BITS_PER_BYTE)
    host = value.byteorder is Byteorder.HOST
    return int.from_bytes(value.value.to_bytes(size, "little") if host else value.value.to_bytes(size))
