"""Sets as the kernel dumps them, back to sets as nft writes them (nftables src/netlink.c and segtree.c).

Of an interval set the kernel has first values and first values after; these are paired to ranges, and ranges become
prefixes where the type has such. Elements are listed in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import userdata
from webapp.userland.nftables.datatype import (
    BITMASK,
    INTEGER,
    INTEGERS,
    IP6ADDR,
    IPADDR,
    STRING,
    VERDICT,
    Byteorder,
    DataType,
    lookup_type,
    padded,
    string_value,
)
from webapp.userland.nftables.rule import Handle, NumberSpec, SetDecl, Spec
from webapp.userland.nftables.statement import Stmt

NEVER_TIMEOUT = 2**64 - 1
ParseStmt = Callable[[uapi.Expr], Stmt]


def number(data: bytes, byteorder: Byteorder) -> int:
    """A constant of a register's bytes."""
    return int.from_bytes(data, "little" if byteorder is Byteorder.HOST else "big")


def value(data: bytes, dtype: DataType, byteorder: Byteorder) -> e.Value:
    """A typed constant of a register's bytes."""
    return e.value(number(data, byteorder), dtype, byteorder, len(data) * 8)


def set_of(record: uapi.Set, elements: Iterable[uapi.SetElem], parse_stmt: ParseStmt) -> SetDecl:
    """The declaration of a set with its elements (netlink_delinearize_set, netlink_delinearize_setelem)."""
    udata = userdata.parse(record.userdata)
    key = _typeof(udata, userdata.SET_KEY_TYPEOF) or _typed(
        record.key_type, record.key_len, userdata.number(udata, userdata.SET_KEYBYTEORDER)
    )
    data = None
    if record.flags & uapi.NFT_SET_MAP:
        if record.data_type == uapi.NFT_DATA_VERDICT:
            data = e.Expr(dtype=VERDICT)
        else:
            data = _typeof(udata, userdata.SET_DATA_TYPEOF) or _typed(
                record.data_type, record.data_len, userdata.number(udata, userdata.SET_DATABYTEORDER)
            )
    handle = Handle(record.family, Spec(record.table), set=Spec(record.name), handle=NumberSpec(record.handle))
    declaration = SetDecl(
        handle,
        key,
        data,
        record.flags,
        record.obj_type,
        record.timeout,
        record.gc_interval,
        record.size,
        record.policy,
        bool(userdata.number(udata, userdata.SET_MERGE_ELEMENTS)),
        userdata.SET_KEY_TYPEOF in udata,
        userdata.text(udata, userdata.SET_COMMENT),
        stmts=tuple(parse_stmt(expr) for expr in record.expressions),
        field_len=record.concat,
    )
    return replace(declaration, init=_elements(declaration, elements, parse_stmt))


def _typeof(udata: dict[int, bytes], type_: int) -> e.Expr | None:
    """A key or data as the expression that it was given as (set_make_key), None if it was given as a type."""
    fields = tuple(
        e.Expr(
            dtype=INTEGERS[field.variant] if field.variant else lookup_type(field.type) or INTEGER,
            byteorder=Byteorder(field.byteorder),
            len=field.bits,
        )
        for field in userdata.typeof_fields(udata, type_)
    )
    return e.concat(fields) if len(fields) > 1 else fields[0] if fields else None


def _typed(number_: int, length: int, byteorder: int | None) -> e.Expr:
    """What a set's key or data is, by its type's number; a type without size takes the register's."""
    dtype = lookup_type(number_) or INTEGER
    order = dtype.byteorder if byteorder is None else Byteorder(byteorder)
    return e.Expr(dtype=dtype, byteorder=order, len=dtype.size if dtype.size and not dtype.subtypes else length * 8)


def _elements(declaration: SetDecl, elements: Iterable[uapi.SetElem], parse_stmt: ParseStmt) -> e.Set:
    key = declaration.key
    assert key is not None
    interval = bool(declaration.flags & uapi.NFT_SET_INTERVAL)
    if interval and not declaration.flags & uapi.NFT_SET_CONCAT:
        pairs = _decompose(list(elements), key.len)
    else:
        pairs = [(elem, elem.key_end) for elem in elements]
    made = tuple(_element(declaration, elem, last, parse_stmt) for elem, last in pairs)
    if not interval:
        made = tuple(sorted(made, key=_listed_order))
    return e.Set(made, declaration.flags, dtype=key.dtype, byteorder=key.byteorder, len=key.len)


def _listed_order(element: e.SetElem) -> tuple[bool, bytes]:
    """By value, whatever its byte order; strings by their letters; the catch-all last."""
    inner = element.key
    if isinstance(inner, e.Mapping):
        inner = inner.left
    if isinstance(inner, e.SetElemCatchall):
        return True, b""
    parts = inner.expressions if isinstance(inner, e.Concat) else (inner,)
    return False, b"".join(_sort_bytes(part) for part in parts)


def _sort_bytes(expr: e.Expr) -> bytes:
    while isinstance(expr, (e.Binop, e.Range)):
        expr = expr.left
    if isinstance(expr, e.Prefix):
        expr = expr.prefix
    if not isinstance(expr, e.Value):
        return b""
    size = max((expr.len + 7) // 8, (expr.value.bit_length() + 7) // 8, 1)
    return expr.value.to_bytes(size, "little" if expr.dtype.root is STRING else "big")


def _decompose(elements: list[uapi.SetElem], bits: int) -> list[tuple[uapi.SetElem, bytes | None]]:
    """interval_map_decompose: starts paired with the last value before the next start or end."""
    catchall = [(elem, None) for elem in elements if elem.key is None]
    points = sorted(
        (elem for elem in elements if elem.key is not None),
        key=lambda elem: (elem.key or b"", not elem.flags & uapi.NFT_SET_ELEM_INTERVAL_END),
    )
    pairs: list[tuple[uapi.SetElem, bytes | None]] = []
    low: uapi.SetElem | None = None
    for point in points:
        if low is not None and low.key is not None and point.key is not None:
            last = int.from_bytes(point.key, "big") - 1
            pairs.append((low, last.to_bytes(len(low.key), "big")))
        low = None if point.flags & uapi.NFT_SET_ELEM_INTERVAL_END else point
    if low is not None and low.key is not None:
        full = (1 << bits) - 1 << (len(low.key) * 8 - bits)
        pairs.append((low, full.to_bytes(len(low.key), "big")))
    return [*pairs, *catchall]


def _element(declaration: SetDecl, elem: uapi.SetElem, last: bytes | None, parse_stmt: ParseStmt) -> e.SetElem:
    key = declaration.key
    assert key is not None
    if elem.key is None:
        made: e.Expr = e.SetElemCatchall(dtype=key.dtype, byteorder=key.byteorder, len=key.len)
    elif key.dtype.subtypes:
        made = _concatenation(declaration, key, elem.key, last)
    else:
        order = Byteorder.BIG if declaration.flags & uapi.NFT_SET_INTERVAL else key.byteorder
        made = span(elem.key, last, key.dtype, order, key.len)
    timeout = NEVER_TIMEOUT if elem.timeout == 0 else elem.timeout
    return e.SetElem(
        _with_data(declaration, elem, made),
        timeout,
        elem.expiration,
        userdata.comment(elem.userdata),
        tuple(parse_stmt(expr) for expr in elem.expressions),
        dtype=made.dtype,
        byteorder=made.byteorder,
        len=made.len,
    )


def _with_data(declaration: SetDecl, elem: uapi.SetElem, key: e.Expr) -> e.Expr:
    """The key alone, or mapped to its data or object."""
    if elem.objref is not None:
        bits = (len(elem.objref) + 1) * 8
        return e.Mapping(key, e.value(string_value(elem.objref), STRING, Byteorder.HOST, bits))
    if isinstance(elem.data, uapi.Verdict):
        return e.Mapping(key, e.verdict(elem.data.code, elem.data.chain or None))
    if elem.data is None or declaration.data is None:
        return key
    data = declaration.data
    first, last = elem.data, None
    if len(first) == 2 * _data_length(data.dtype):
        # a map to intervals (SET_DATA_INTERVAL): the first and the last value
        first, last = first[: len(first) // 2], first[len(first) // 2 :]
    if data.dtype.subtypes:
        return e.Mapping(key, _concatenation(declaration, data, first, last))
    if last is not None:
        return e.Mapping(key, _data_span(first, last, data))
    return e.Mapping(key, _bitmask(value(first, data.dtype, data.byteorder)))


def _data_span(first: bytes, last: bytes, data: e.Expr) -> e.Expr:
    """range_expr_to_prefix: where a map's data are intervals, one address is a network of its own."""
    made = span(first, last, data.dtype, data.byteorder, data.dtype.size)
    if not isinstance(made, e.Value) or data.dtype not in (IPADDR, IP6ADDR):
        return made
    return e.Prefix(made, made.len, dtype=made.dtype, byteorder=made.byteorder, len=made.len)


def _data_length(dtype: DataType) -> int:
    """Bytes that one value takes in registers; 0 for a type without a size."""
    if dtype.subtypes:
        return sum(padded(subtype.size) // 8 for subtype in dtype.subtypes)
    return dtype.size // 8


def _concatenation(declaration: SetDecl, whole: e.Expr, first: bytes, last: bytes | None) -> e.Concat:
    """The fields of a concatenated key, each a value, range or prefix.

    Fields whose size is not known, as that of a plain number where no typeof tells, share what the others leave.
    """
    dtype = whole.dtype
    typeof = whole.expressions if isinstance(whole, e.Concat) else ()
    fields = []
    at = 0
    interval = bool(declaration.flags & uapi.NFT_SET_INTERVAL)
    sized = sum(padded(subtype.size) // 8 for subtype in dtype.subtypes)
    unsized = sum(not subtype.size for subtype in dtype.subtypes)
    for number_, subtype in enumerate(dtype.subtypes):
        bits = typeof[number_].len if typeof else subtype.size
        if not bits and number_ < len(declaration.field_len):
            bits = declaration.field_len[number_] * 8
        length = (bits + 7) // 8 or (len(first) - sized) // unsized
        order = typeof[number_].byteorder if typeof else subtype.byteorder
        if interval and order is Byteorder.HOST:
            order = Byteorder.BIG
        high = None if last is None else last[at : at + length]
        fields.append(span(first[at : at + length], high, subtype, order, bits or length * 8))
        at += padded(length * 8) // 8
    return e.concat(tuple(fields))


def span(first: bytes, last: bytes | None, dtype: DataType, byteorder: Byteorder, bits: int) -> e.Expr:
    """From ``first`` to ``last``: a value, a prefix where the type is written so, or a range."""
    low = replace(value(first, dtype, byteorder), len=bits)
    if last is None or last == first:
        return _bitmask(_string(low))
    high = replace(value(last, dtype, byteorder), len=bits)
    if dtype.root is STRING:
        return _string_prefix(first, last, dtype) or e.Range(low, high, dtype=dtype, byteorder=byteorder, len=bits)
    width = (low.value ^ high.value).bit_length()
    whole = low.value & (1 << width) - 1 == 0 and high.value & (1 << width) - 1 == (1 << width) - 1
    if whole and dtype in (IPADDR, IP6ADDR):
        return e.Prefix(low, bits - width, dtype=dtype, byteorder=byteorder, len=bits)
    return e.Range(low, high, dtype=dtype, byteorder=byteorder, len=bits)


def _string_prefix(first: bytes, last: bytes, dtype: DataType) -> e.Expr | None:
    """A wildcard: all strings that begin alike."""
    head = first.rstrip(b"\0")
    if last == head + b"\xff" * (len(first) - len(head)):
        text = head.decode(errors="replace") + "*"
        return e.value(string_value(text), dtype, Byteorder.HOST, len(first) * 8)
    return None


def _string(constant: e.Value) -> e.Value:
    """Strings are numbers of their bytes in host order, whatever the set's."""
    if constant.dtype.root is STRING and constant.byteorder is Byteorder.BIG:
        data = constant.value.to_bytes((constant.len + 7) // 8, "big")
        return replace(constant, value=int.from_bytes(data, "little"), byteorder=Byteorder.HOST)
    return constant


def _bitmask(constant: e.Value) -> e.Expr:
    return bitmask_binops(constant)


def bitmask_binops(constant: e.Value) -> e.Expr:
    """bitmask_expr_to_binops: of flags, several bits are written as bit | bit."""
    if not constant.dtype.derives(BITMASK):
        return constant
    bits = [1 << at for at in range(constant.value.bit_length()) if constant.value >> at & 1]
    if len(bits) < 2:
        return constant
    made: e.Expr = replace(constant, value=bits[0])
    for bit in bits[1:]:
        made = e.Binop(
            e.Op.OR, made, replace(constant, value=bit), dtype=constant.dtype, byteorder=constant.byteorder,
            len=constant.len,
        )  # fmt: skip
    return made
