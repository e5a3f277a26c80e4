"""Sets of concatenated intervals (net/netfilter/nft_set_pipapo.c): each field has its own range.

The kernel's "pile packet policies" bit maps find what a plain walk over the elements finds.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftSetElem, padded

_Fields = tuple[tuple[int, int, bytes, bytes], ...]
"""Begin and end of each field in the key, its lowest and its highest value."""


class NftPipapoSet:
    """Elements with the ranges of their fields."""

    __slots__ = ("elems", "spans")

    def __init__(self, concat: tuple[int, ...]) -> None:
        spans = []
        at = 0
        for length in concat:
            spans.append((at, at + length))
            at += padded(length)
        self.spans = tuple(spans)
        self.elems: dict[NftSetElem, _Fields] = {}

    def lookup(self, key: bytes) -> NftSetElem | None:
        for elem, fields in self.elems.items():
            for start, end, low, high in fields:
                if not low <= key[start:end] <= high:
                    break
            else:
                return elem
        return None

    def _fields(self, elem: NftSetElem) -> _Fields:
        last = elem.key if elem.key_end is None else elem.key_end
        return tuple((start, end, elem.key[start:end], last[start:end]) for start, end in self.spans)

    def insert(self, elem: NftSetElem, now: int) -> NftSetElem | None:
        """EEXIST where the first or last value of the new element is in another one; EINVAL for a reversed range."""
        for old in [old for old in self.elems if old.expired(now)]:
            del self.elems[old]
        last = elem.key if elem.key_end is None else elem.key_end
        other = self.lookup(elem.key)
        if other is not None:
            if other.key == elem.key and (other.key if other.key_end is None else other.key_end) == last:
                return other
            raise KernelError(Errno.EEXIST)
        if self.lookup(last) is not None:
            raise KernelError(Errno.EEXIST)
        fields = self._fields(elem)
        if any(low > high for _, _, low, high in fields):
            raise KernelError(Errno.EINVAL)
        self.elems[elem] = fields
        return None

    def find(self, elem: NftSetElem) -> NftSetElem | None:
        """nft_pipapo_deactivate: the element that the first value lies in, wherever it ends."""
        return self.lookup(elem.key)

    def remove(self, elem: NftSetElem) -> None:
        self.elems.pop(elem, None)

    def restore(self, elem: NftSetElem) -> None:
        self.elems[elem] = self._fields(elem)

    def __iter__(self) -> Iterator[NftSetElem]:
        return iter(tuple(self.elems))

    def __len__(self) -> int:
        return len(self.elems)
