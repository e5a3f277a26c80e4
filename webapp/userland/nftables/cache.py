"""What nft knows of the kernel's ruleset while it evaluates a batch (nftables src/cache.c): tables, sets, rule order.

Read when asked for; commands of the batch change it as they are evaluated.
"""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables_dump import (
    nf_tables_getchain,
    nf_tables_getrule,
    nf_tables_getset,
    nf_tables_getsetelem,
    nf_tables_gettable,
)
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.userland.nftables.delinearize import stmt_of
from webapp.userland.nftables.misspell import misspelt
from webapp.userland.nftables.rule import SetDecl
from webapp.userland.nftables.setelem import set_of

TableKey = tuple[int, str]
SetKey = tuple[int, str, str]
ChainKey = tuple[int, str, str]
RuleRef = tuple[str, int]
"""("handle", number) of a rule in the kernel, ("id", number) of one of this batch."""


class RulesetCache:
    """The ruleset of a namespace and the batch's changes. ``net`` None: there is no ruleset."""

    def __init__(self, net: Net | None) -> None:
        self.net = net
        self.tables: set[TableKey] = set()
        self.chains: set[ChainKey] = set()
        self.sets: dict[SetKey, SetDecl] = {}
        self.rules: dict[ChainKey, list[RuleRef]] = {}
        if net is not None:
            self._load(net)

    def _load(self, net: Net) -> None:
        for table in nf_tables_gettable(net, NFPROTO_UNSPEC, None):
            key = (table.family, table.name)
            self.tables.add(key)
            self.chains.update((*key, chain.name) for chain in nf_tables_getchain(net, *key))
            for record in nf_tables_getset(net, *key):
                elements = nf_tables_getsetelem(net, *key, record.name)
                self.sets[*key, record.name] = set_of(record, elements, stmt_of)

    # --- asked by evaluation ----------------------------------------------------------------------------------------

    def table(self, family: int, name: str) -> bool:
        return (family, name) in self.tables

    def find_set(self, family: int, table: str, name: str) -> SetDecl | None:
        return self.sets.get((family, table, name))

    def near_table(self, name: str) -> tuple[int, str] | None:
        near = misspelt(name, [known for _, known in self.tables])
        return next((key for key in self.tables if key[1] == near), None)

    def near_chain(self, name: str) -> ChainKey | None:
        """A chain with a similar name."""
        near = misspelt(name, [key[2] for key in self.chains])
        return next((key for key in self.chains if key[2] == near), None)

    def near_set(self, name: str) -> SetDecl | None:
        near = misspelt(name, [key[2] for key in self.sets])
        return next((found for key, found in self.sets.items() if key[2] == near), None)

    def set_changed(self, made: SetDecl) -> None:
        handle = made.handle
        self.sets[handle.family, handle.table.name, handle.set.name] = replace(made, handle=handle)

    # --- changed by commands ----------------------------------------------------------------------------------------

    def forget_table(self, family: int, name: str | None) -> None:
        """The table is gone; None: all tables of the family, or (0) all."""

        def gone(key: tuple[int, ...] | tuple[int, str] | tuple[int, str, str]) -> bool:
            return family in {0, key[0]} and name in {None, key[1]}

        self.tables = {key for key in self.tables if not gone(key)}
        self.chains = {key for key in self.chains if not gone(key)}
        self.sets = {key: found for key, found in self.sets.items() if not gone(key)}
        self.rules = {key: refs for key, refs in self.rules.items() if not gone(key)}

    def chain_rules(self, family: int, table: str, chain: str) -> list[RuleRef]:
        """A chain's rules in order; changing the list changes what is known."""
        key = (family, table, chain)
        if key not in self.rules:
            found: list[RuleRef] = []
            if self.net is not None and key in self.chains and self._in_kernel(family, table):
                found = [
                    ("handle", rule.handle)
                    for rule in nf_tables_getrule(self.net, family, table)
                    if rule.chain == chain
                ]
            self.rules[key] = found
        return self.rules[key]

    def _in_kernel(self, family: int, table: str) -> bool:
        assert self.net is not None
        return any(
            (known.family, known.name) == (family, table)
            for known in nf_tables_gettable(self.net, NFPROTO_UNSPEC, None)
        )

    def chain_handle(self, family: int, table: str, chain: str) -> int | None:
        """The handle of a chain in the kernel; None for one of this batch."""
        if self.net is None or not self._in_kernel(family, table):
            return None
        return next(
            (found.handle for found in nf_tables_getchain(self.net, family, table) if found.name == chain), None
        )
