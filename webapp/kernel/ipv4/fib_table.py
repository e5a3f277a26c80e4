"""Routing tables and how they are searched (net/ipv4/fib_trie.c, with another algorithm).

A table is a dictionary for each prefix length, asked from the longest. Aliases of one prefix are kept as in the kernel:
by falling TOS, then by rising priority. What changes tables is in fib_trie.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from webapp.kernel.ipv4.flow import INET_DSCP_LEGACY_TOS_MASK, Flowi4
from webapp.kernel.ipv4.ip_fib import FIB_PROPS, NO_ROUTE, FibInfo, FibResult, fib_lookup_good_nhc
from webapp.kernel.uapi.rtnetlink import RT_TABLE_LOCAL, RT_TABLE_MAIN, Rtn, Rtnh

if TYPE_CHECKING:
    from webapp.kernel.core.net_namespace import Net

_DEAD = int(Rtnh.DEAD)


class FibAlias:
    """struct fib_alias: a route of a table. ``results`` are look-up results ready made, one for each next hop."""

    __slots__ = ("default", "dst", "error", "info", "plen", "results", "table", "tos", "type")

    def __init__(self, table: FibTable, dst: int, plen: int, tos: int, type_: Rtn, info: FibInfo) -> None:
        self.table = table
        self.dst = dst
        self.plen = plen
        self.tos = tos
        self.type = type_
        self.info = info
        self.default = -1
        self.error = FIB_PROPS[type_].error
        self.results = [FibResult(self, nh) for nh in info.nhs]


class FibTable:
    """struct fib_table. ``levels`` has (shift, dictionary of aliases by the upper bits) from /32 to /0."""

    __slots__ = ("id", "levels", "num_default", "_by_length")

    def __init__(self, id_: int) -> None:
        self.id = id_
        self.num_default = 0
        self._by_length: dict[int, dict[int, list[FibAlias]]] = {}
        self.levels: list[tuple[int, dict[int, list[FibAlias]]]] = []

    def find(self, dst: int, plen: int) -> list[FibAlias]:
        """The aliases of a prefix; not to be changed by the caller."""
        return self._by_length.get(plen, {}).get(dst >> (32 - plen), [])

    def insert(self, place: int, alias: FibAlias) -> None:
        """Puts an alias at ``place`` among those of its prefix."""
        level = self._by_length.setdefault(alias.plen, {})
        level.setdefault(alias.dst >> (32 - alias.plen), []).insert(place, alias)
        self.num_default += not alias.plen
        self._sort()

    def replace(self, place: int, alias: FibAlias) -> FibAlias:
        """Exchanges the alias at ``place`` of the prefix, and returns the old one."""
        aliases = self._by_length[alias.plen][alias.dst >> (32 - alias.plen)]
        old, aliases[place] = aliases[place], alias
        return old

    def remove(self, alias: FibAlias) -> None:
        """Takes an alias out."""
        level = self._by_length[alias.plen]
        key = alias.dst >> (32 - alias.plen)
        level[key].remove(alias)
        if not level[key]:
            del level[key]
        if not level:
            del self._by_length[alias.plen]
        self.num_default -= not alias.plen
        self._sort()

    def _sort(self) -> None:
        self.levels = [(32 - plen, level) for plen, level in sorted(self._by_length.items(), reverse=True)]

    def __iter__(self) -> Iterator[FibAlias]:
        """All aliases in the order of a dump: by address, then by falling length of the prefix."""
        aliases = [
            (alias.dst, -alias.plen, place, alias)
            for level in self._by_length.values()
            for same in level.values()
            for place, alias in enumerate(same)
        ]
        aliases.sort(key=lambda item: item[:3])
        return (alias for *_, alias in aliases)


def fib_table_lookup(table: FibTable, flow: Flowi4, ignore_linkstate: bool = False) -> FibResult:
    """fib_table_lookup: the most specific route that fits; its ``error`` for refusing ones, EAGAIN where none does."""
    key = flow.key
    for shift, level in table.levels:
        aliases = level.get(key >> shift)
        if aliases is not None:
            result = _semantic_match(aliases, flow, ignore_linkstate)
            if result is not None:
                return result
    return NO_ROUTE


def fib_lookup_merged(net: Net, flow: Flowi4, ignore_linkstate: bool = False) -> FibResult:
    """fib_lookup while nobody has touched the rules: local and main table are one trie (until fib_unmerge)."""
    key = flow.key
    for shift, level in net.ipv4.fib_merged:
        aliases = level.get(key >> shift)
        if aliases is not None:
            result = _semantic_match(aliases, flow, ignore_linkstate)
            if result is not None:
                return result
    return NO_ROUTE


def fib_merge(net: Net) -> None:
    """The levels of local and main table in the order in which their common trie is searched: local first."""
    tables = net.ipv4.tables
    both = [level for id_ in (RT_TABLE_LOCAL, RT_TABLE_MAIN) if id_ in tables for level in tables[id_].levels]
    net.ipv4.fib_merged = sorted(both, key=lambda level: level[0])


def _semantic_match(aliases: list[FibAlias], flow: Flowi4, ignore_linkstate: bool) -> FibResult | None:
    for alias in aliases:
        info = alias.info
        if alias.tos and alias.tos != flow.tos & INET_DSCP_LEGACY_TOS_MASK:
            continue
        if info.scope < flow.scope:
            continue
        if alias.error:
            return alias.results[0]
        if info.flags & _DEAD:
            continue
        for result in alias.results:
            if fib_lookup_good_nhc(result.nh, flow, ignore_linkstate):
                return result
    return None
