"""What nft has the kernel keep for it, and the kernel does not read: comments, byte orders, typeof (libnftnl's udata).

Attributes are bytes of type, length, value. Of typeof nft stores a tree of numbers; here it is the expression's text,
and behind its NUL what each field is.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

COMMENT = 0
"""Of rules, elements, tables, chains and objects: text that ends with a NUL."""

ELEM_FLAGS = 1
ELEM_F_INTERVAL_OPEN = 1
"""NFTNL_UDATA_SET_ELEM_FLAGS: the interval has no end."""

SET_KEYBYTEORDER = 0
SET_DATABYTEORDER = 1
SET_MERGE_ELEMENTS = 2
SET_KEY_TYPEOF = 3
SET_DATA_TYPEOF = 4
SET_EXPR = 5
SET_DATA_INTERVAL = 6
SET_COMMENT = 7


def put(type_: int, value: bytes) -> bytes:
    """One attribute; at most 255 bytes."""
    return bytes((type_, len(value))) + value


def put_text(type_: int, text: str) -> bytes:
    """One attribute of text."""
    return put(type_, text.encode() + b"\0")


def put_comment(text: str | None) -> bytes:
    """A comment, or nothing."""
    return b"" if text is None else put_text(COMMENT, text)


def put_number(type_: int, number: int) -> bytes:
    """One attribute of a 32-bit number."""
    return put(type_, number.to_bytes(4, "little"))


def parse(userdata: bytes) -> dict[int, bytes]:
    """The attributes by type."""
    found = {}
    at = 0
    while at + 2 <= len(userdata):
        type_, length = userdata[at], userdata[at + 1]
        found[type_] = userdata[at + 2 : at + 2 + length]
        at += 2 + length
    return found


def text(attributes: dict[int, bytes], type_: int) -> str | None:
    """An attribute's text, or None."""
    value = attributes.get(type_)
    return None if value is None else value.split(b"\0", 1)[0].decode(errors="replace")


def number(attributes: dict[int, bytes], type_: int) -> int | None:
    """An attribute's number, or None."""
    value = attributes.get(type_)
    return None if value is None else int.from_bytes(value, "little")


class Field(NamedTuple):
    """A field of typeof: its type's number, which of the types of that number, its byte order and its bits."""

    type: int
    variant: int
    byteorder: int
    bits: int


_FIELD = Struct("<BBBH")


def put_typeof(type_: int, text: str, fields: list[Field]) -> bytes:
    """The attribute of a key or of data that were given as expressions."""
    return put(type_, text.encode() + b"\0" + b"".join(_FIELD.pack(*field) for field in fields))


def typeof_fields(attributes: dict[int, bytes], type_: int) -> list[Field]:
    """The fields; none without such an attribute."""
    packed = attributes.get(type_, b"").partition(b"\0")[2]
    return [Field._make(field) for field in _FIELD.iter_unpack(packed)]


def comment(userdata: bytes) -> str | None:
    """The comment of a rule, element, table, chain or object."""
    return text(parse(userdata), COMMENT)
