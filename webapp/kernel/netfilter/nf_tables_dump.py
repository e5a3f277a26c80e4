"""The ruleset as user space reads it (the get functions of net/netfilter/nf_tables_api.c).

Each answers with all that fits its arguments, in the kernel's order; None or NFPROTO_UNSPEC fits everything. What is
asked for by name and is not there is ENOENT. ``reset`` zeroes the state of counters and quotas that it returns.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import NftChain, NftSet, NftSetElem, NftTable, NftVerdict
from webapp.kernel.netfilter.nf_tables_chain import bad, nft_base_chain_netdev, nft_table_lookup
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.kernel.uapi.nf_tables import (
    NFT_CHAIN_BASE,
    NFT_SET_ELEM_INTERVAL_END,
    Chain,
    Hook,
    Obj,
    Rule,
    Set,
    SetElem,
    Table,
)


def _tables(net: Net, family: int, name: str | None) -> Iterator[NftTable]:
    for table in net.nft.tables.values():
        if family in (NFPROTO_UNSPEC, table.family) and name in (None, table.name):
            yield table


def nf_tables_getgen(net: Net) -> int:
    """The number of the ruleset's generation."""
    seq: int = net.nft.base_seq
    return seq


def nf_tables_gettable(net: Net, family: int = NFPROTO_UNSPEC, name: str | None = None) -> tuple[Table, ...]:
    """Tables in the order of their creation."""
    if name is not None:
        nft_table_lookup(net, family, name)
    return tuple(
        Table(table.family, table.name, table.handle, table.flags, table.use, table.userdata)
        for table in _tables(net, family, name)
    )


def nf_tables_getchain(
    net: Net, family: int = NFPROTO_UNSPEC, table: str | None = None, name: str | None = None
) -> tuple[Chain, ...]:
    """Chains; base chains with their hook, devices in the order in which they were named."""
    chains = [chain for owner in _tables(net, family, table) for chain in owner.chains.values()]
    if name is not None:
        chains = [chain for chain in chains if chain.name == name]
        if not chains:
            raise bad(Errno.ENOENT, "name")
    return tuple(_chain(chain) for chain in chains)


def _chain(chain: NftChain) -> Chain:
    table, base = chain.table, chain.base
    if base is None:
        return Chain(table.family, table.name, chain.name, chain.handle, None, None, None, chain.flags, chain.use,
                     chain.userdata)  # fmt: skip
    devices = tuple(base.hooks) if nft_base_chain_netdev(table.family, base.hooknum) else ()
    hook = Hook(base.hooknum, base.priority, devices)
    return Chain(table.family, table.name, chain.name, chain.handle, hook, base.policy, base.type,
                 chain.flags | NFT_CHAIN_BASE, chain.use, chain.userdata)  # fmt: skip


def nf_tables_getrule(
    net: Net,
    family: int = NFPROTO_UNSPEC,
    table: str | None = None,
    chain: str | None = None,
    handle: int | None = None,
    *,
    reset: bool = False,
) -> tuple[Rule, ...]:
    """Rules with their expressions, chain by chain; ``position`` is the handle of the rule before."""
    rules = []
    for owner in _tables(net, family, table):
        for where in owner.chains.values():
            if chain not in (None, where.name):
                continue
            before = 0
            for rule in where.rules:
                if handle in (None, rule.handle):
                    exprs = tuple(expr.dump(reset=reset) for expr in rule.exprs)
                    rules.append(Rule(owner.family, owner.name, where.name, rule.handle, before, exprs, rule.userdata))
                before = rule.handle
    if handle is not None and not rules:
        raise bad(Errno.ENOENT, "handle")
    return tuple(rules)


def nf_tables_getset(
    net: Net, family: int = NFPROTO_UNSPEC, table: str | None = None, name: str | None = None
) -> tuple[Set, ...]:
    """Sets and maps, anonymous ones included, without their elements."""
    sets = [nft_set for owner in _tables(net, family, table) for nft_set in owner.sets.values()]
    if name is not None:
        sets = [nft_set for nft_set in sets if nft_set.name == name]
        if not sets:
            raise bad(Errno.ENOENT, "name")
    return tuple(_set(nft_set) for nft_set in sets)


def _set(nft_set: NftSet) -> Set:
    attrs, table = nft_set.attrs, nft_set.table
    return Set(
        table.family, table.name, nft_set.name, nft_set.handle, nft_set.flags, attrs.key_type, attrs.key_len,
        attrs.data_type, attrs.data_len, attrs.obj_type, attrs.policy, nft_set.size, attrs.concat,
        nft_set.timeout // NSEC_PER_MSEC, attrs.gc_interval, tuple(expr.dump() for expr in nft_set.exprs),
        attrs.userdata,
    )  # fmt: skip


def nf_tables_getsetelem(net: Net, family: int, table: str, name: str, *, reset: bool = False) -> tuple[SetElem, ...]:
    """The elements of one set that have not expired; ENOENT."""
    nft_set = nft_table_lookup(net, family, table).sets.get(name)
    if nft_set is None:
        raise bad(Errno.ENOENT, "set")
    now = net.machine.clock.now
    return tuple(_elem(nft_set, elem, now, reset=reset) for elem in nft_set.elements() if not elem.expired(now))


def nf_tables_getsetelem_key(
    net: Net, family: int, table: str, name: str, wanted: SetElem, *, reset: bool = False
) -> SetElem:
    """The element that matches a key, as a packet would (nft get element); ENOENT."""
    nft_set = nft_table_lookup(net, family, table).sets.get(name)
    if nft_set is None:
        raise bad(Errno.ENOENT, "set")
    now = net.machine.clock.now
    if wanted.key is None:
        elem = nft_set.catchall
    elif wanted.flags & NFT_SET_ELEM_INTERVAL_END:
        ends = (elem for elem in nft_set.ops if elem.flags & NFT_SET_ELEM_INTERVAL_END and elem.key >= wanted.key)
        elem = min(ends, key=lambda elem: elem.key, default=None)
    elif wanted.flags or wanted.key_end is not None:
        elem = nft_set.ops.find(NftSetElem(wanted.key, wanted.key_end, wanted.flags))
    else:
        elem = nft_set.ops.lookup(wanted.key)
    if elem is None or elem.expired(now):
        raise bad(Errno.ENOENT, "elements", 0)
    return _elem(nft_set, elem, now, reset=reset)


def _elem(nft_set: NftSet, elem: NftSetElem, now: int, *, reset: bool) -> SetElem:
    timeout = expiration = None
    if elem.timeout:
        expiration = (elem.expires - now) // NSEC_PER_MSEC
    if elem.timeout != nft_set.timeout:
        timeout = elem.timeout // NSEC_PER_MSEC
    data = elem.data.dump() if isinstance(elem.data, NftVerdict) else elem.data
    key = None if elem is nft_set.catchall else elem.key
    return SetElem(
        key, elem.key_end, data, elem.flags, timeout, expiration, elem.userdata,
        tuple(expr.dump(reset=reset) for expr in elem.exprs), elem.obj.name if elem.obj is not None else None,
    )  # fmt: skip


def nf_tables_getobj(
    net: Net,
    family: int = NFPROTO_UNSPEC,
    table: str | None = None,
    type_: int | None = None,
    name: str | None = None,
    *,
    reset: bool = False,
) -> tuple[Obj, ...]:
    """Stateful objects and their state."""
    found = [
        obj
        for owner in _tables(net, family, table)
        for obj in owner.objects.values()
        if type_ in (None, obj.type) and name in (None, obj.name)
    ]
    if name is not None and not found:
        raise KernelError(Errno.ENOENT)
    return tuple(
        Obj(obj.table.family, obj.table.name, obj.name, obj.handle, obj.type, obj.expr.dump(reset=reset), obj.use,
            obj.userdata)
        for obj in found
    )  # fmt: skip
