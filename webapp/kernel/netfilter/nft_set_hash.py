"""Sets of single values (net/netfilter/nft_set_hash.c; nft_set_bitmap.c finds the same)."""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.netfilter.nf_tables import NftSetElem


class NftHashSet:
    """Elements by key."""

    __slots__ = ("elems", "lookup")

    def __init__(self) -> None:
        self.elems: dict[bytes, NftSetElem] = {}
        self.lookup = self.elems.get

    def insert(self, elem: NftSetElem, now: int) -> NftSetElem | None:
        other = self.elems.get(elem.key)
        if other is not None and not other.expired(now):
            return other
        self.elems[elem.key] = elem
        return None

    def find(self, elem: NftSetElem) -> NftSetElem | None:
        return self.elems.get(elem.key)

    def remove(self, elem: NftSetElem) -> None:
        self.elems.pop(elem.key, None)

    def restore(self, elem: NftSetElem) -> None:
        self.elems[elem.key] = elem

    def __iter__(self) -> Iterator[NftSetElem]:
        return iter(tuple(self.elems.values()))

    def __len__(self) -> int:
        return len(self.elems)
