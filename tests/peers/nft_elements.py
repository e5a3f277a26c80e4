"""Elements of sets held against the lines of nftables' .t.payload files: ``element KEY [- KEY] [: DATA] [flags N]``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.nftnl import verdict_snprintf
from webapp.userland.nftables import userdata
from webapp.userland.nftables.datatype import STRING, VERDICT, Byteorder, lookup_type


@dataclass(frozen=True)
class Wanted:
    """An element of a payload file; keys as the digits of each field."""

    key: tuple[str, ...]
    key_end: tuple[str, ...] | None
    data: str | None
    flags: int


def read(line: str) -> list[Wanted]:
    """The elements of a line."""
    found = []
    for part in line.split("element ")[1:]:
        text, flags = re.sub(r"\s*userdata.*", "", part).rstrip(), 0
        if marked := re.search(r"\s*flags (\d+)$", text):
            text, flags = text[: marked.start()], int(marked[1])
        key, _, data = text.partition(" : ")
        first, _, last = key.partition(" - ")
        found.append(Wanted(_fields(first), _fields(last) if last else None, data.strip() or None, flags))
    return found


def _fields(text: str) -> tuple[str, ...]:
    return tuple(field.replace(" ", "") for field in text.split(" . "))


def equal(request: uapi.NewSet, elements: tuple[uapi.SetElem, ...], lines: list[str]) -> bool:
    """Whether these are the elements that the lines have; their order does not matter."""
    left = list(elements)
    wanted = [element for line in lines for element in read(line)]
    if len(left) != len(wanted):
        return False
    for element in wanted:
        found = next((got for got in left if _matches(request, got, element)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _matches(request: uapi.NewSet, got: uapi.SetElem, wanted: Wanted) -> bool:
    flags = got.flags & ~uapi.NFT_SET_ELEM_CATCHALL
    if flags != wanted.flags & ~uapi.NFT_SET_ELEM_CATCHALL:
        return False
    if got.key is not None and not _key(request, got.key, wanted.key):
        return False
    if wanted.key_end is not None and not (got.key_end is not None and _key(request, got.key_end, wanted.key_end)):
        return False
    return _data(request, got, wanted.data)


def _key(request: uapi.NewSet, key: bytes, fields: tuple[str, ...]) -> bool:
    dtype = lookup_type(request.key_type)
    known = userdata.number(userdata.parse(request.userdata), userdata.SET_KEYBYTEORDER)
    types = dtype.subtypes if dtype is not None and dtype.subtypes else (dtype,)
    at = 0
    for field, part in zip(fields, types, strict=True):
        size = len(field) // 2
        chunk = key[at : at + size]
        at += size + -size % 4
        if request.flags & uapi.NFT_SET_INTERVAL or (part is not None and part.root is STRING):
            order = Byteorder.BIG
        elif len(types) == 1 and known is not None:
            order = Byteorder(known)
        else:
            order = Byteorder.INVALID if part is None else part.byteorder
        if not _shown(chunk, field, order):
            return False
    return True


def _shown(data: bytes, digits: str, order: Byteorder) -> bool:
    number = data[::-1].hex() if order is Byteorder.HOST else data.hex()
    return number == digits or (order is Byteorder.INVALID and data[::-1].hex() == digits)


def _data(request: uapi.NewSet, got: uapi.SetElem, wanted: str | None) -> bool:
    if wanted is None:
        return got.data is None and got.objref is None
    if got.objref is not None:
        return got.objref == wanted
    if isinstance(got.data, uapi.Verdict):
        return verdict_snprintf(got.data).split() == wanted.split()
    dtype = lookup_type(request.data_type)
    if got.data is None or dtype is VERDICT:
        return False
    digits = re.sub(r"[ .-]", "", wanted)
    if dtype is not None and not dtype.subtypes and len(digits) == 2 * len(got.data):
        known = userdata.number(userdata.parse(request.userdata), userdata.SET_DATABYTEORDER)
        return _shown(got.data, digits, dtype.byteorder if known is None else Byteorder(known))
    return len(digits) <= 2 * len(got.data)
