"""Sets of intervals (net/netfilter/nft_set_rbtree.c).

An interval is two elements: its first value, and the first value after it, which carries NFT_SET_ELEM_INTERVAL_END.
They are kept in order in a list; the kernel's tree finds the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftSetElem
from webapp.kernel.uapi.nf_tables import NFT_SET_ELEM_INTERVAL_END

_Place = tuple[bytes, bool]
"""Where an element stands: its key, and of equal keys ends (False) before starts (True)."""


def _place(elem: NftSetElem) -> _Place:
    return elem.key, not elem.flags & NFT_SET_ELEM_INTERVAL_END


class NftRbtreeSet:
    """Starts and ends in order."""

    __slots__ = ("anonymous", "elems", "places")

    def __init__(self, *, anonymous: bool) -> None:
        self.anonymous = anonymous
        self.places: list[_Place] = []
        self.elems: list[NftSetElem] = []

    def lookup(self, key: bytes) -> NftSetElem | None:
        """The start of the interval around the key: the last element not after it, if that is a start."""
        at = bisect_right(self.places, (key, True)) - 1
        return self.elems[at] if at >= 0 and self.places[at][1] else None

    def insert(self, elem: NftSetElem, now: int) -> NftSetElem | None:
        """EEXIST where the interval would overlap another one."""
        self._gc(now)
        key, start = place = _place(elem)
        at = bisect_left(self.places, place)
        if at < len(self.places) and self.places[at] == place:
            return self.elems[at]
        self._check_overlap(key, start, at)
        self.places.insert(at, place)
        self.elems.insert(at, elem)
        return None

    def _check_overlap(self, key: bytes, start: bool, at: int) -> None:
        """__nft_rbtree_insert: what may not stand next to what."""
        places = self.places
        # the closest elements: the last one before; for an end, of those at or after only what is no start at its key
        below = places[at - 1] if at else None
        if start:
            if below is None or not below[1]:
                return
            between = at < len(places) and not places[at][1]
            if not self.anonymous or between:
                raise KernelError(Errno.EEXIST)
            return
        following = places[at] if at < len(places) else None
        if (below is not None and not below[1]) or (following is not None and not following[1]):
            raise KernelError(Errno.EEXIST)

    def _gc(self, now: int) -> None:
        """Expired intervals are forgotten, so that they are in nobody's way."""
        for elem in [elem for elem in self.elems if elem.expired(now)]:
            at = self.elems.index(elem)
            self._delete(at)
            if at < len(self.places) and not self.places[at][1]:
                self._delete(at)

    def _delete(self, at: int) -> None:
        del self.places[at], self.elems[at]

    def find(self, elem: NftSetElem) -> NftSetElem | None:
        place = _place(elem)
        at = bisect_left(self.places, place)
        return self.elems[at] if at < len(self.places) and self.places[at] == place else None

    def remove(self, elem: NftSetElem) -> None:
        if elem in self.elems:
            self._delete(self.elems.index(elem))

    def restore(self, elem: NftSetElem) -> None:
        at = bisect_left(self.places, _place(elem))
        self.places.insert(at, _place(elem))
        self.elems.insert(at, elem)

    def __iter__(self) -> Iterator[NftSetElem]:
        return iter(tuple(self.elems))

    def __len__(self) -> int:
        """Intervals, not elements: what the set's size limits."""
        return sum(start for _, start in self.places)
