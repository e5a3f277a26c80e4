"""The constants of a match, of a type and width that fit the field they are compared with (binop_adjust,
expr_set_type and expr_postprocess_* of nftables src/netlink_delinearize.c).
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as e
from webapp.userland.nftables.datatype import (
    INVALID,
    XINTEGER,
    Byteorder,
    DataType,
    string_value,
)
from webapp.userland.nftables.delinearize import Raw
from webapp.userland.nftables.proto import (
    TH,
    UNKNOWN,
)
from webapp.userland.nftables.setelem import bitmask_binops


def raw_number(expr: e.Expr) -> int | None:
    """What a constant is as a number; None: it is no constant."""
    if isinstance(expr, Raw):
        return int.from_bytes(expr.data, "big")
    return expr.value if isinstance(expr, e.Value) else None


def field_constant(field: e.Payload, number: int) -> e.Expr:
    """The constant that a field is compared with; of a field that is cut short, a prefix."""
    missing = (0 if field.is_raw else field.tmpl.len) - field.len
    if field.desc in (UNKNOWN, TH) or missing <= 0:
        return e.value(number, field.dtype, field.byteorder, field.len)
    whole = e.value(number << missing, field.dtype, field.byteorder, field.tmpl.len)
    return e.Prefix(whole, field.len, dtype=field.dtype, byteorder=field.byteorder, len=field.tmpl.len)


def shifted(expr: e.Expr, shift: int, bits: int) -> e.Expr:
    """binop_adjust: constants of a masked comparison as constants of the field."""
    if isinstance(expr, e.Value):
        return replace(expr, value=expr.value >> shift, len=bits)
    if isinstance(expr, Raw):
        return e.value(int.from_bytes(expr.data, "big") >> shift, INVALID, Byteorder.BIG, bits)
    if isinstance(expr, (e.Range, e.Mapping)):
        left = shifted(expr.left, shift, bits)
        return (
            replace(expr, left=left, right=shifted(expr.right, shift, bits))
            if isinstance(expr, e.Range)
            else replace(expr, left=left)
        )
    if isinstance(expr, e.SetElem):
        return replace(expr, key=shifted(expr.key, shift, bits))
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(shifted(element, shift, bits) for element in expr.expressions))
    if isinstance(expr, e.SetRef) and expr.set.anonymous and expr.set.init is not None:
        return replace(expr, set=replace(expr.set, init=shifted(expr.set.init, shift, bits)))
    return expr


def retype(expr: e.Expr, dtype: DataType) -> e.Expr:
    """A set's elements as values of another type."""
    if isinstance(expr, e.Value):
        return bitmask_binops(replace(expr, dtype=dtype))
    if isinstance(expr, e.Range):
        return replace(expr, left=retype(expr.left, dtype), right=retype(expr.right, dtype), dtype=dtype)
    if isinstance(expr, e.Prefix):
        return replace(expr, prefix=retype(expr.prefix, dtype), dtype=dtype)
    if isinstance(expr, e.SetElem):
        return replace(expr, key=retype(expr.key, dtype))
    if isinstance(expr, e.Mapping):
        return replace(expr, left=retype(expr.left, dtype))
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(retype(element, dtype) for element in expr.expressions), dtype=dtype)
    return expr


def retype_set(ref: e.SetRef, dtype: DataType) -> e.SetRef:
    """expr_set_type of a set: an anonymous one takes the type of what is looked up in it."""
    if not ref.set.anonymous or ref.set.init is None or dtype.subtypes or dtype is ref.dtype or dtype is XINTEGER:
        return ref
    return replace(ref, set=replace(ref.set, init=retype(ref.set.init, dtype)), dtype=dtype)


def narrow_set(ref: e.SetRef, looked_up: e.Concat) -> e.SetRef:
    """An anonymous set of concatenations, its numbers of unknown size as those that are looked up in it."""
    if not ref.set.anonymous or ref.set.init is None:
        return ref
    pairs = zip(ref.dtype.subtypes, looked_up.expressions, strict=False)
    fields = tuple(None if subtype.size else field for subtype, field in pairs)
    if not any(fields):
        return ref
    return replace(ref, set=replace(ref.set, init=_narrow(ref.set.init, fields)))


def _narrow(expr: e.Expr, looked_up: tuple[e.Expr | None, ...]) -> e.Expr:
    if isinstance(expr, e.Set):
        return replace(expr, expressions=tuple(_narrow(element, looked_up) for element in expr.expressions))
    if isinstance(expr, e.SetElem):
        return replace(expr, key=_narrow(expr.key, looked_up))
    if isinstance(expr, e.Mapping):
        return replace(expr, left=_narrow(expr.left, looked_up))
    if isinstance(expr, e.Concat):
        fields = zip(expr.expressions, looked_up, strict=True)
        return replace(expr, expressions=tuple(_narrow_value(constant, field) for constant, field in fields))
    return expr


def _narrow_value(constant: e.Expr, field: e.Expr | None) -> e.Expr:
    """A register that begins with a number: the number, of the type and width of what is looked up."""
    if field is None:
        return constant
    if isinstance(constant, e.Range):
        left, right = _narrow_value(constant.left, field), _narrow_value(constant.right, field)
        return replace(constant, left=left, right=right, dtype=field.dtype)
    if not isinstance(constant, e.Value):
        return constant
    spare = constant.len - (field.len + 7) // 8 * 8
    if spare <= 0:
        return replace(constant, dtype=field.dtype)
    return replace(constant, value=constant.value >> spare, len=field.len, dtype=field.dtype)


def string(constant: e.Value) -> e.Value:
    """expr_postprocess_string: a string that fills its bytes without a NUL goes on as it likes."""
    size = (constant.len + 7) // 8
    data = constant.value.to_bytes(size, "little")
    if data[-1:] != b"\0":
        return replace(constant, value=string_value(data.decode(errors="replace") + "*"), len=constant.len + 8)
    text = data.split(b"\0", 1)[0]
    if text.endswith(b"*"):
        escaped = text[:-1].decode(errors="replace") + "\\*"
        return replace(constant, value=string_value(escaped), len=(len(text) + 2) * 8)
    return constant


def flags_of(expr: e.Expr) -> tuple[e.Expr, ...]:
    """The parts of bit | bit."""
    if isinstance(expr, e.Binop) and expr.op is e.Op.OR:
        return (*flags_of(expr.left), *flags_of(expr.right))
    return (expr,)


def flag_list(mask: e.Expr) -> e.Expr:
    """binop_tree_to_list: bit | bit as bit,bit."""
    several = flags_of(mask)
    return (
        several[0] if len(several) == 1 else e.List(several, dtype=mask.dtype, byteorder=mask.byteorder, len=mask.len)
    )


def event_list(key: int, expr: e.Expr) -> e.Expr:
    """What a ct key is set to; of events a list."""
    return flag_list(expr) if key == uapi.NFT_CT_EVENTMASK else expr
