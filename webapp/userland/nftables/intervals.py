"""Interval sets: elements in order, joined where they overlap or touch, and as the kernel wants them
(nftables src/intervals.c).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.datatype import STRING
from webapp.userland.nftables.expression import Expr


class IntervalError(Exception):
    """Two elements that cannot be in one set."""

    def __init__(self, message: str, element: Expr, other: Expr) -> None:
        super().__init__(message)
        self.element = element
        self.other = other


def key_of(elem: Expr) -> Expr:
    """The key of an element, of a mapping its left side."""
    key = elem.key if isinstance(elem, ex.SetElem) else elem
    return key.left if isinstance(key, ex.Mapping) else key


def bounds(key: Expr) -> tuple[int, int]:
    """The least and greatest value of a key. Strings count from their first byte, as a big number."""
    if isinstance(key, ex.Range):
        return bounds(key.left)[0], bounds(key.right)[1]
    if isinstance(key, ex.Prefix):
        low = bounds(key.prefix)[0]
        return low, low | ((1 << (key.len - key.prefix_len)) - 1)
    assert isinstance(key, ex.Value)
    value = key.value
    if key.dtype.root is STRING:
        value = int.from_bytes(value.to_bytes(key.len // 8, "little"), "big")
    return value, value


def _is_catchall(elem: Expr) -> bool:
    return isinstance(key_of(elem), ex.SetElemCatchall)


def sorted_ranges(elements: Sequence[Expr]) -> list[Expr]:
    """In order of their keys. Raises IntervalError where two overlap without being the same."""
    catchall = [elem for elem in elements if _is_catchall(elem)]
    ranges = sorted((elem for elem in elements if not _is_catchall(elem)), key=lambda elem: bounds(key_of(elem)))
    made: list[Expr] = []
    for elem in ranges:
        if made:
            before, here = bounds(key_of(made[-1])), bounds(key_of(elem))
            if before == here:
                continue
            if here[0] <= before[1]:
                raise IntervalError("conflicting intervals specified", elem, made[-1])
        made.append(elem)
    return catchall + made


def merged(elements: Sequence[Expr]) -> list[Expr]:
    """In order of their keys, neighbours and overlapping ones as one (auto-merge); maps only refuse overlaps."""
    if any(isinstance(elem, ex.SetElem) and isinstance(elem.key, ex.Mapping) for elem in elements):
        return sorted_ranges(elements)
    catchall = [elem for elem in elements if _is_catchall(elem)]
    ranges = sorted((elem for elem in elements if not _is_catchall(elem)), key=lambda elem: bounds(key_of(elem)))
    made: list[Expr] = []
    for elem in ranges:
        low, high = bounds(key_of(elem))
        if made:
            before_low, before_high = bounds(key_of(made[-1]))
            if low <= before_high + 1:
                if high > before_high:
                    made[-1] = _with_bounds(made[-1], before_low, high)
                continue
        made.append(elem)
    return catchall + made


def _with_bounds(elem: Expr, low: int, high: int) -> Expr:
    assert isinstance(elem, ex.SetElem)
    key = elem.key
    left = ex.value(low, key.dtype, key.byteorder, key.len, key.location)
    right = replace(left, value=high)
    made = ex.Range(left, right, dtype=key.dtype, byteorder=key.byteorder, len=key.len, location=key.location)
    return replace(elem, key=made)


def big_endian(value: int, bits: int) -> bytes:
    """The bytes of an interval's end: the kernel compares them from the first."""
    return value.to_bytes(-(-bits // 8))
