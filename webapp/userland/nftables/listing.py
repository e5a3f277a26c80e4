"""nft list, reset and get: what a command asks for, and the text of it (nftables src/rule.c, do_command_list)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables_dump import (
    nf_tables_getobj,
    nf_tables_getset,
    nf_tables_getsetelem,
    nf_tables_getsetelem_key,
)
from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.datatype import Output
from webapp.userland.nftables.delinearize import stmt_of
from webapp.userland.nftables.elements import elements
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.netlink_debug import tables_debug
from webapp.userland.nftables.obj_type import OBJECT_TYPES
from webapp.userland.nftables.rule import Cmd, CmdObj, CmdOp
from webapp.userland.nftables.ruleset import (
    Set,
    Table,
    chains_print,
    flowtables_print,
    load,
    objects_print,
    one_chain_print,
    one_set_print,
    ruleset_print,
    sets_print,
    table_print,
    tables_print,
)
from webapp.userland.nftables.setelem import set_of

_OBJECTS = OBJECT_TYPES | {CmdObj(f"{obj.value}s"): number for obj, number in OBJECT_TYPES.items()}
"""Of one object and of all of a kind."""


def _missing(location: Location) -> NftError:
    return NftError(Errno.ENOENT.strerror, location)


class Listing:
    """One command that asks."""

    def __init__(self, net: Net, cmd: Cmd, compiler: Compiler, output: Output) -> None:
        self.net = net
        self.cmd = cmd
        self.compiler = compiler
        self.output = output
        self.reset = cmd.op is CmdOp.RESET

    def tables(self) -> tuple[Table, ...]:
        """The tables that the command is about."""
        handle = self.cmd.handle
        reset = self.reset and self.cmd.obj in {CmdObj.RULES, CmdObj.RULE}
        try:
            return load(self.net, handle.family, handle.table.name or None, reset=reset)
        except KernelError:
            raise _missing(handle.table.location) from None

    def one(self) -> Table:
        """The one table that the command names."""
        found = self.tables()
        if not found:
            raise _missing(self.cmd.handle.table.location)
        return found[0]

    def ruleset(self) -> str:
        return ruleset_print(self.tables(), self.output)

    def table(self) -> str:
        return table_print(self.one(), self.output)

    def all_tables(self) -> str:
        return tables_print(self.tables(), self.output)

    def chain(self) -> str:
        table = self.one()
        handle = self.cmd.handle
        if all(chain.record.name != handle.chain.name for chain in table.chains):
            raise _missing(handle.chain.location)
        return one_chain_print(table, handle.chain.name, self.output)

    def all_chains(self) -> str:
        return chains_print(self.tables(), self.output)

    def rules(self) -> str:
        if self.cmd.handle.chain:
            return self.chain()
        return self.table() if self.cmd.handle.table else self.ruleset()

    def all_sets(self) -> str:
        return sets_print(self.tables(), self.output, maps=self.cmd.obj is CmdObj.MAPS)

    def set(self) -> str:
        table = self.one()
        found = self._set(table)
        text = one_set_print(table, found.record.name, self.output)
        if self.reset:
            nf_tables_getsetelem(self.net, table.record.family, table.record.name, found.record.name, reset=True)
        return text

    def _set(self, table: Table) -> Set:
        handle = self.cmd.handle
        for found in table.sets:
            if found.record.name == handle.set.name and (
                self.cmd.obj in {CmdObj.ELEMENTS, CmdObj.METER}
                or found.declaration.is_map is (self.cmd.obj is CmdObj.MAP)
            ):
                return found
        raise _missing(handle.set.location)

    def elements(self) -> str:
        """get element: those of the asked elements that are there."""
        table = self.one()
        found = self._set(table)
        asked = self.cmd.data
        assert isinstance(asked, ex.Expr)
        self.compiler.cmd = self.cmd
        made = self.compiler.evaluated_elements(found.declaration, asked)
        record = found.record
        there: list[uapi.SetElem] = []
        for elem in made.expressions:
            keys = elements(found.declaration, ex.Set((elem,)), first_segment=False)
            try:
                there += [
                    nf_tables_getsetelem_key(self.net, record.family, record.table, record.name, key, reset=self.reset)
                    for key in keys
                ]
            except KernelError as error:
                raise NftError(f"Could not process rule: {error.errno.strerror}", self.cmd.location) from None
        declared = set_of(record, there, stmt_of)
        shown = replace(table, sets=(Set(record, declared),))
        return one_set_print(shown, record.name, self.output)

    def objects(self) -> str:
        kind = _OBJECTS[self.cmd.obj]
        handle = self.cmd.handle
        tables = self.tables()
        if handle.table and not tables:
            raise _missing(handle.table.location)
        objects = tuple(
            found
            for table in tables
            for found in nf_tables_getobj(self.net, table.record.family, table.record.name, kind)
            if handle.obj.name in {"", found.name}
        )
        if self.reset:
            for found in objects:
                nf_tables_getobj(self.net, found.family, found.table, kind, found.name, reset=True)
        if handle.obj and not objects:
            raise _missing(handle.obj.location)
        return objects_print(tables, objects, kind, self.output, handle.obj.name or None)

    def flowtables(self) -> str:
        handle = self.cmd.handle
        tables = self.tables()
        if handle.flowtable and all(found.name != handle.flowtable.name for found in self.one().flowtables):
            raise _missing(handle.flowtable.location)
        return flowtables_print(tables, self.output, handle.flowtable.name)

    def nothing(self) -> str:
        raise NftError(f"list {self.cmd.obj.value} is not supported here", self.cmd.location)


_LISTINGS: dict[CmdObj, Callable[[Listing], str]] = {
    CmdObj.RULESET: Listing.ruleset,
    CmdObj.TABLE: Listing.table,
    CmdObj.TABLES: Listing.all_tables,
    CmdObj.CHAIN: Listing.chain,
    CmdObj.CHAINS: Listing.all_chains,
    CmdObj.RULES: Listing.rules,
    CmdObj.SET: Listing.set,
    CmdObj.MAP: Listing.set,
    CmdObj.METER: Listing.set,
    CmdObj.SETS: Listing.all_sets,
    CmdObj.MAPS: Listing.all_sets,
    CmdObj.ELEMENTS: Listing.elements,
    CmdObj.FLOWTABLE: Listing.flowtables,
    CmdObj.FLOWTABLES: Listing.flowtables,
    **dict.fromkeys(_OBJECTS, Listing.objects),
}


def list_command(net: Net, cmd: Cmd, compiler: Compiler, output: Output, *, netlink: bool) -> str:
    """The text that answers a list, reset or get command; with ``netlink``, the kernel's messages before it."""
    listing = Listing(net, cmd, compiler, output)
    text = _LISTINGS.get(cmd.obj, Listing.nothing)(listing)
    return _messages(net, listing) + text if netlink else text


def _messages(net: Net, listing: Listing) -> str:
    tables = listing.tables()
    wanted = listing.cmd.handle.set.name
    if wanted:
        # of one set, nothing else is asked for
        tables = tuple(
            replace(table, sets=tuple(found for found in table.sets if found.record.name == wanted), chains=())
            for table in tables
        )
    found = {
        (record.family, record.table, record.name): nf_tables_getsetelem(net, record.family, record.table, record.name)
        for table in tables
        for record in nf_tables_getset(net, table.record.family, table.record.name)
    }
    return tables_debug(tables, found)
