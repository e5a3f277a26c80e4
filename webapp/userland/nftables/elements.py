"""Elements of sets as the kernel takes them (nftables src/netlink.c, alloc_nftnl_setelem; intervals.c)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs
from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import userdata
from webapp.userland.nftables.datatype import INTEGER, Byteorder, string_text
from webapp.userland.nftables.expression import Expr
from webapp.userland.nftables.intervals import big_endian, bounds, key_of
from webapp.userland.nftables.linearize import stateful
from webapp.userland.nftables.netlink_data import data, export, high_end, low_end, pad, size_of, verdict
from webapp.userland.nftables.rule import SetDecl


def elements(declared: SetDecl, init: ex.Set, *, first_segment: bool) -> tuple[uapi.SetElem, ...]:
    """The elements of a set. ``first_segment``: what lies below the first interval gets an end of its own."""
    return tuple(made for _, made in placed_elements(declared, init, first_segment=first_segment))


def placed_elements(declared: SetDecl, init: ex.Set, *, first_segment: bool) -> Iterator[tuple[Expr, uapi.SetElem]]:
    """Each element for the kernel with the one that it comes from."""
    if declared.flags & uapi.NFT_SET_INTERVAL and not declared.flags & uapi.NFT_SET_CONCAT:
        yield from _segments(declared, init, first_segment=first_segment)
        return
    for elem in init.expressions:
        yield elem, _element(declared, elem)


def room(declared: SetDecl, init: ex.Set) -> int:
    """How many elements an anonymous set is made for: an end for each interval, even where none is sent."""
    if not declared.flags & uapi.NFT_SET_INTERVAL or declared.flags & uapi.NFT_SET_CONCAT:
        return len(init.expressions)
    ranges = [key_of(elem) for elem in init.expressions if not isinstance(key_of(elem), ex.SetElemCatchall)]
    first_segment = bool(ranges) and bounds(ranges[0])[0] > 0
    return len(init.expressions) + len(ranges) + first_segment


def _data_of(elem: ex.SetElem) -> Expr | None:
    return elem.key.right if isinstance(elem.key, ex.Mapping) else None


def _value(declared: SetDecl, elem: ex.SetElem) -> tuple[uapi.Data | None, str | None]:
    """An element's data or object."""
    right = _data_of(elem)
    if right is None:
        return None, None
    if declared.flags & uapi.NFT_SET_OBJECT:
        assert isinstance(right, ex.Value)
        return None, string_text(right.value)
    if isinstance(right, ex.Verdict):
        return verdict(right), None
    if isinstance(right, ex.Concat) and any(isinstance(field, ex.Range | ex.Prefix) for field in right.expressions):
        low = b"".join(pad(data(low_end(field))) for field in right.expressions)
        return low + b"".join(pad(data(high_end(field))) for field in right.expressions), None
    return data(right), None


def _element(declared: SetDecl, elem: Expr) -> uapi.SetElem:
    assert isinstance(elem, ex.SetElem)
    key = key_of(elem)
    value, obj = _value(declared, elem)
    made = uapi.SetElem(
        None,
        data=value,
        timeout=elem.timeout,
        expiration=elem.expiration,
        userdata=_userdata(elem.comment),
        expressions=tuple(stateful(stmt) for stmt in elem.stmts),
        objref=obj,
    )
    if isinstance(key, ex.SetElemCatchall):
        return structs.replace(made, flags=uapi.NFT_SET_ELEM_CATCHALL)
    if isinstance(key, ex.Concat) and declared.flags & uapi.NFT_SET_INTERVAL:
        low = b"".join(pad(_comparable(low_end(field))) for field in key.expressions)
        high = b"".join(pad(_comparable(high_end(field))) for field in key.expressions)
        return structs.replace(made, key=low, key_end=high)
    return structs.replace(made, key=data(key))


def _comparable(field: Expr) -> bytes:
    """A field's bytes as an interval set compares them, from the first."""
    if isinstance(field, ex.Value) and field.dtype.root is INTEGER and field.byteorder is Byteorder.HOST:
        return export(field.value, Byteorder.BIG, size_of(field))
    return data(field)


def _segments(declared: SetDecl, init: ex.Set, *, first_segment: bool) -> Iterator[tuple[Expr, uapi.SetElem]]:
    """Each interval as its first value and, marked as end, the value after its last."""
    assert declared.key is not None
    bits = declared.key.len
    ranges = [elem for elem in init.expressions if not isinstance(key_of(elem), ex.SetElemCatchall)]
    if first_segment and ranges and bounds(key_of(ranges[0]))[0] > 0:
        yield ranges[0], uapi.SetElem(big_endian(0, bits), flags=uapi.NFT_SET_ELEM_INTERVAL_END)
    starts = {bounds(key_of(elem))[0] for elem in ranges} if declared.anonymous else set()
    for elem in init.expressions:
        assert isinstance(elem, ex.SetElem)
        key = key_of(elem)
        if isinstance(key, ex.SetElemCatchall):
            yield elem, _element(declared, elem)
            continue
        low, high = bounds(key)
        plain = replace(elem, key=_low_key(elem))
        open_end = high == (1 << bits) - 1
        made = structs.replace(_element(declared, plain), key=big_endian(low, bits))
        yield elem, structs.replace(made, userdata=_userdata(elem.comment, interval_open=open_end))
        if not open_end and high + 1 not in starts:
            yield elem, uapi.SetElem(big_endian(high + 1, bits), flags=uapi.NFT_SET_ELEM_INTERVAL_END)


def _low_key(elem: ex.SetElem) -> Expr:
    if isinstance(elem.key, ex.Mapping):
        return replace(elem.key, left=low_end(elem.key.left))
    return low_end(elem.key)


def _userdata(comment: str | None, *, interval_open: bool = False) -> bytes:
    """An element's comment, and whether its interval goes to the type's last value."""
    made = userdata.put_comment(comment)
    return made + (userdata.put_number(userdata.ELEM_FLAGS, userdata.ELEM_F_INTERVAL_OPEN) if interval_open else b"")
