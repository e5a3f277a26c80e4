"""The kernel's ruleset as nft's cache holds it, and its listing (nftables src/cache.c, rule.c).

``load`` reads it over netlink's get functions; the print functions give the text of ``nft list``. The layout is that
of nft 1.0.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.netfilter.nf_tables_dump import (
    nf_tables_getchain,
    nf_tables_getobj,
    nf_tables_getrule,
    nf_tables_getset,
    nf_tables_getsetelem,
    nf_tables_gettable,
)
from webapp.kernel.netfilter.nf_tables_flowtable import nf_tables_getflowtable
from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.userland.nftables import expression as e
from webapp.userland.nftables import statement as s
from webapp.userland.nftables import userdata
from webapp.userland.nftables.datatype import Output
from webapp.userland.nftables.delinearize import stmt_of
from webapp.userland.nftables.hooks import HOOK_NAMES, prio2str
from webapp.userland.nftables.obj_type import OBJECT_NAMES
from webapp.userland.nftables.postprocess import delinearize_rule
from webapp.userland.nftables.print import bytes_print, limit_print, quota_print, set_print, stmt_print
from webapp.userland.nftables.rule import SetDecl
from webapp.userland.nftables.setelem import set_of
from webapp.userland.nftables.times import format_time


class Rule(Struct, frozen=True):
    """A rule as it is listed."""

    record: uapi.Rule
    stmts: tuple[s.Stmt, ...]
    comment: str | None


class Chain(Struct, frozen=True):
    """A chain and its rules."""

    record: uapi.Chain
    rules: tuple[Rule, ...]


class Set(Struct, frozen=True):
    """A set: what the kernel said, and the declaration that nft makes of it."""

    record: uapi.Set
    declaration: SetDecl


class Table(Struct, frozen=True):
    """A table and what it holds, in the kernel's order."""

    record: uapi.Table
    objects: tuple[uapi.Obj, ...] = ()
    sets: tuple[Set, ...] = ()
    chains: tuple[Chain, ...] = ()
    flowtables: tuple[uapi.Flowtable, ...] = ()
    by_name: Mapping[str, SetDecl] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """``table FAMILY NAME``."""
        return f"table {FAMILY_NAMES[self.record.family]} {self.record.name}"


def load(net: Net, family: int = NFPROTO_UNSPEC, name: str | None = None, *, reset: bool = False) -> tuple[Table, ...]:
    """The tables of a family and name, whole. ``reset``: the state of rules is zeroed as it is read.

    Raises KernelError ENOENT for a table that is asked for by name and is not there.
    """
    return tuple(_load_table(net, table, reset=reset) for table in nf_tables_gettable(net, family, name))


def _load_table(net: Net, table: uapi.Table, *, reset: bool) -> Table:
    family, name = table.family, table.name
    sets = tuple(
        Set(record, set_of(record, nf_tables_getsetelem(net, family, name, record.name), stmt_of))
        for record in nf_tables_getset(net, family, name)
    )
    by_name = {found.record.name: found.declaration for found in sets}
    chains = nf_tables_getchain(net, family, name)
    rules = nf_tables_getrule(net, family, name, reset=reset)
    bound = {chain.name for chain in chains if chain.flags & uapi.NFT_CHAIN_BINDING}

    def of_chain(chain: str) -> tuple[uapi.Rule, ...]:
        return tuple(rule for rule in rules if rule.chain == chain)

    def implicit(chain: str) -> tuple[tuple[s.Stmt, ...], ...] | None:
        if chain not in bound:
            return None
        return tuple(delinearize_rule(family, rule.expressions, by_name, implicit) for rule in of_chain(chain))

    def listed(rule: uapi.Rule) -> Rule:
        stmts = delinearize_rule(family, rule.expressions, by_name, implicit)
        return Rule(rule, stmts, userdata.comment(rule.userdata))

    made = tuple(
        Chain(chain, tuple(listed(rule) for rule in of_chain(chain.name)))
        for chain in chains
        if chain.name not in bound
    )
    flowtables = nf_tables_getflowtable(net, family, name)
    return Table(table, nf_tables_getobj(net, family, name), sets, made, flowtables, by_name)


# --- printing ------------------------------------------------------------------------------------------------------


def _handle(number: int, output: Output) -> str:
    return f" # handle {number}" if output.handle else ""


def _comment(data: bytes, indent: str) -> str:
    text = userdata.comment(data)
    return f'{indent}comment "{text}"\n' if text is not None else ""


def ruleset_print(tables: tuple[Table, ...], output: Output) -> str:
    """``nft list ruleset``."""
    return "".join(table_print(table, output) for table in tables)


def table_print(table: Table, output: Output) -> str:
    """``nft list table``."""
    record = table.record
    handle = f" # handle {record.handle}" if output.handle else ""
    text = f"{table.heading} {{{handle}\n"
    blocks = []
    if record.flags & uapi.NFT_TABLE_F_DORMANT:
        text += "\tflags dormant\n"
        blocks.append("")
    text += _comment(record.userdata, "\t")
    blocks += [obj_print(obj, output) for obj in table.objects]
    blocks += [set_block(found, output) for found in table.sets if not found.declaration.anonymous]
    blocks += [flowtable_print(found, output) for found in table.flowtables]
    blocks += [chain_print(chain, output) for chain in table.chains]
    return text + "\n".join(blocks) + "}\n"


# flowtables


def flowtable_print(record: uapi.Flowtable, output: Output) -> str:
    """A flowtable, its devices by name."""
    priority = priority_print(record.family, record.hook, output)
    text = f"\tflowtable {record.name} {{{_handle(record.handle, output)}\n"
    text += f"\t\thook ingress priority {priority}\n"
    if record.hook.devices:
        text += f"\t\tdevices = {{ {', '.join(sorted(record.hook.devices))} }}\n"
    if record.flags & uapi.NFT_FLOWTABLE_COUNTER:
        text += "\t\tcounter\n"
    return text + "\t}\n"


def flowtables_print(tables: tuple[Table, ...], output: Output, name: str = "") -> str:
    """``nft list flowtables``, or the one of that name: every table's, without the rest."""
    text = ""
    for table in tables:
        found = (flowtable for flowtable in table.flowtables if name in ("", flowtable.name))
        text += f"{table.heading} {{\n" + "\n".join(flowtable_print(each, output) for each in found) + "}\n"
    return text


# chains


def chain_print(chain: Chain, output: Output) -> str:
    """A chain with its rules."""
    rules = "".join(f"\t\t{rule_print(rule, output)}\n" for rule in chain.rules)
    return f"{chain_declaration(chain, output)}{rules}\t}}\n"


def chain_declaration(chain: Chain, output: Output) -> str:
    """A chain's head, without the closing brace."""
    record = chain.record
    text = f"\tchain {record.name} {{{_handle(record.handle, output)}\n"
    text += _comment(record.userdata, "\t\t")
    if record.hook is not None:
        hook = HOOK_NAMES[record.family][record.hook.num]
        priority = priority_print(record.family, record.hook, output)
        policy = "accept" if record.policy else "drop"
        devices = _devices(record.hook.devices)
        text += f"\t\ttype {record.type} hook {hook}{devices} priority {priority}; policy {policy};\n"
    return text


def _devices(devices: tuple[str, ...]) -> str:
    if not devices:
        return ""
    return f' device "{devices[0]}"' if len(devices) == 1 else f" devices = {{ {', '.join(sorted(devices))} }}"


def priority_print(family: int, hook: uapi.Hook, output: Output) -> str:
    """A priority by its name where it has one (prio2str)."""
    if output.numeric_priority:
        return str(hook.priority)
    return prio2str(hook.priority, family, HOOK_NAMES[family][hook.num])


def rule_print(rule: Rule, output: Output) -> str:
    """A rule on one line."""
    text = " ".join(stmt_print(stmt, output) for stmt in rule.stmts)
    if rule.comment is not None:
        text += f' comment "{rule.comment}"'
    return text + _handle(rule.record.handle, output)


# sets


_SET_FLAGS = (
    (uapi.NFT_SET_CONSTANT, "constant"),
    (uapi.NFT_SET_EVAL, "dynamic"),
    (uapi.NFT_SET_INTERVAL, "interval"),
    (uapi.NFT_SET_TIMEOUT, "timeout"),
)


def set_block(found: Set, output: Output) -> str:
    """A set or map with its elements."""
    text = set_declaration(found, output)
    init = found.declaration.init
    if isinstance(init, e.Set) and init.expressions and not output.terse:
        text += f"\t\telements = {set_print(init, output)}\n"
    return text + "\t}\n"


def set_declaration(found: Set, output: Output) -> str:
    """A set's head, without elements and closing brace."""
    decl = found.declaration
    lines = [_key_and_data(found)]
    constant = decl.flags & uapi.NFT_SET_CONSTANT
    if not constant and decl.policy:
        lines.append("policy memory")
    if not constant and decl.size:
        lines.append(f"size {decl.size}")
    shown = decl.flags & ~uapi.NFT_SET_TIMEOUT if decl.timeout else decl.flags
    if any(shown & flag for flag, _ in _SET_FLAGS):
        lines.append("flags " + ",".join(word for flag, word in _SET_FLAGS if decl.flags & flag))
    if decl.stmts:
        stateless = replace(output, stateless=True)
        lines.append(" ".join(stmt_print(stmt, stateless) for stmt in decl.stmts))
    if decl.automerge:
        lines.append("auto-merge")
    if decl.timeout:
        lines.append(f"timeout {format_time(decl.timeout, seconds=output.seconds)}")
    if decl.gc_interval:
        lines.append(f"gc-interval {format_time(decl.gc_interval, seconds=output.seconds)}")
    if decl.comment is not None:
        lines.append(f'comment "{decl.comment}"')
    kind = "map" if decl.is_map else "set"
    head = f"\t{kind} {found.record.name} {{{_handle(found.record.handle, output)}\n"
    return head + "".join(f"\t\t{line}\n" for line in lines)


def _key_and_data(found: Set) -> str:
    decl = found.declaration
    udata = userdata.parse(found.record.userdata)
    assert decl.key is not None
    key = userdata.text(udata, userdata.SET_KEY_TYPEOF)
    word = "type" if key is None else "typeof"
    text = f"{word} {decl.key.dtype.name if key is None else key}"
    if decl.flags & uapi.NFT_SET_OBJECT:
        return f"{text} : {OBJECT_NAMES.get(decl.objtype, 'unknown')}"
    if decl.data is None:
        return text
    data = userdata.text(udata, userdata.SET_DATA_TYPEOF) if key is not None else None
    interval = "interval " if userdata.number(udata, userdata.SET_DATA_INTERVAL) else ""
    return f"{text} : {interval}{data or decl.data.dtype.name}"


# objects


def obj_print(obj: uapi.Obj, output: Output) -> str:
    """A stateful object."""
    text = f"\t{OBJECT_NAMES[obj.type]} {obj.name} {{{_handle(obj.handle, output)}\n"
    text += _comment(obj.userdata, "\t\t")
    body = _OBJECT_BODIES[type(obj.data)](obj.data, output)
    if body:
        text += f"\t\t{body}\n"
    return text + "\t}\n"


def _counter_body(data: uapi.Counter, output: Output) -> str:
    return "" if output.stateless else f"packets {data.packets} bytes {data.bytes}"


def _quota_body(data: uapi.Quota, output: Output) -> str:
    return quota_print(data.bytes, data.consumed, data.flags, output)


def _limit_body(data: uapi.Limit, output: Output) -> str:
    return limit_print(data)


_OBJECT_BODIES: dict[type, Callable[..., str]] = {
    uapi.Counter: _counter_body,
    uapi.Quota: _quota_body,
    uapi.Limit: _limit_body,
}


# other listings


def tables_print(tables: tuple[Table, ...], output: Output) -> str:
    """``nft list tables``."""
    return "".join(f"{table.heading}{_handle(table.record.handle, output)}\n" for table in tables)


def chains_print(tables: tuple[Table, ...], output: Output) -> str:
    """``nft list chains``: without rules."""
    return _in_tables(tables, lambda table: [chain_declaration(chain, output) + "\t}\n" for chain in table.chains])


def one_chain_print(table: Table, name: str, output: Output) -> str:
    """``nft list chain``."""
    return _in_tables(
        (table,), lambda _: [chain_print(chain, output) for chain in table.chains if chain.record.name == name]
    )


def sets_print(tables: tuple[Table, ...], output: Output, *, maps: bool = False) -> str:
    """``nft list sets``, ``nft list maps``."""

    def wanted(table: Table) -> list[str]:
        return [
            set_block(found, output)
            for found in table.sets
            if found.declaration.is_map is maps and not found.declaration.anonymous
        ]

    return _in_tables(tables, wanted)


def one_set_print(table: Table, name: str, output: Output) -> str:
    """``nft list set``, ``nft list map``."""
    return _in_tables(
        (table,), lambda _: [set_block(found, output) for found in table.sets if found.record.name == name]
    )


def objects_print(
    tables: tuple[Table, ...], objects: tuple[uapi.Obj, ...], type_: int, output: Output, name: str | None = None
) -> str:
    """``nft list counters`` and the like, ``nft reset counters``: only tables that have objects at all."""
    owners = {(obj.family, obj.table) for obj in objects}
    having = tuple(table for table in tables if (table.record.family, table.record.name) in owners)

    def wanted(table: Table) -> list[str]:
        return [
            obj_print(obj, output)
            for obj in objects
            if (obj.family, obj.table, obj.type) == (table.record.family, table.record.name, type_)
            and name in (None, obj.name)
        ]

    return _in_tables(having, wanted)


def _in_tables(tables: tuple[Table, ...], blocks: Callable[[Table], list[str]]) -> str:
    return "".join(f"{table.heading} {{\n{''.join(blocks(table))}}}\n" for table in tables)


__all__ = [
    "Chain", "Rule", "Set", "Table", "bytes_print", "chain_print", "chains_print", "load", "obj_print", "objects_print",
    "one_chain_print", "one_set_print", "priority_print", "rule_print", "ruleset_print", "set_block", "sets_print",
    "table_print", "tables_print",
]  # fmt: skip
