"""Tables, chains, rules and objects as user space asks for them (net/netfilter/nf_tables_api.c).

Sets are in nf_tables_set.py, batches in nfnetlink.py. Requests take effect at once and are undone through ``Trans``
when the batch fails; they raise KernelError with a BadAttr that names the field at fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NFT_OBJECT_TYPES,
    NftablesPernet,
    NftChain,
    NftCtx,
    NftObject,
    NftRule,
    NftTable,
    Trans,
    nft_expr_init,
)
from webapp.kernel.netfilter.nf_tables_chain import (
    bad,
    nf_tables_delchain,
    nf_tables_newchain,
    nf_tables_register_hook,
    nf_tables_unregister_hook,
    nft_delchain,
    nft_table_lookup,
)
from webapp.kernel.netfilter.nf_tables_flowtable import (
    nf_tables_delflowtable,
    nf_tables_newflowtable,
    nft_delflowtable,
)
from webapp.kernel.netfilter.nf_tables_set import (
    nf_tables_delset,
    nf_tables_delsetelem,
    nf_tables_newset,
    nf_tables_newsetelem,
    nft_delset,
)
from webapp.kernel.netfilter.nf_tables_validate import nft_table_validate
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
    NFPROTO_UNSPEC,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_CHAIN_BINDING,
    NFT_TABLE_F_DORMANT,
    NFT_TABLE_F_OWNER,
    NFT_TABLE_F_PERSIST,
    NLM_F_APPEND,
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    OBJECT_TYPES,
    BadAttr,
    DelChain,
    DelFlowtable,
    DelObj,
    DelRule,
    DelSet,
    DelSetElem,
    DelTable,
    NewChain,
    NewFlowtable,
    NewObj,
    NewRule,
    NewSet,
    NewSetElem,
    NewTable,
)

_FAMILIES = frozenset((NFPROTO_INET, NFPROTO_IPV4, NFPROTO_ARP, NFPROTO_NETDEV, NFPROTO_BRIDGE, NFPROTO_IPV6))
_TABLE_FLAGS = NFT_TABLE_F_DORMANT | NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST
NFT_RULE_MAXEXPRS = 128


def nf_tables_net_init(net: Net) -> None:
    """nf_tables_init_net: an empty ruleset."""
    net.nft = NftablesPernet()


def nf_tables_net_exit(net: Net) -> None:
    """nf_tables_pre_exit_net: the ruleset goes before the namespace's devices do."""
    trans = Trans()
    nf_tables_deltable(net, DelTable(NFPROTO_UNSPEC), trans)
    trans.commit()


def nf_tables_validate(net: Net, trans: Trans) -> None:
    """Judges every table whose rules or maps have changed in this batch."""
    for table in net.nft.tables.values():
        if table.validate:
            nft_table_validate(table, trans)


def nf_tables_commit(net: Net) -> None:
    """A new generation of the ruleset begins."""
    for table in net.nft.tables.values():
        table.validate = False
    net.nft.base_seq += 1


# --- tables --------------------------------------------------------------------------------------------------------


def nf_tables_newtable(net: Net, request: NewTable, trans: Trans) -> None:
    """Adds a table, or changes whether one is dormant. EEXIST, EOPNOTSUPP."""
    if request.family not in _FAMILIES:
        raise KernelError(Errno.EOPNOTSUPP)
    if request.flags & ~_TABLE_FLAGS or request.flags & (NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST):
        # a table with an owner lasts as long as the owner's socket, and nft closes its own
        raise KernelError(Errno.EOPNOTSUPP)
    nft: NftablesPernet = net.nft
    table = nft.tables.get((request.family, request.name))
    if table is not None:
        if request.nlmsg_flags & NLM_F_EXCL:
            raise bad(Errno.EEXIST, "name")
        if request.nlmsg_flags & NLM_F_REPLACE:
            raise KernelError(Errno.EOPNOTSUPP)
        _updtable(table, request.flags, trans)
        return
    nft.table_handle += 1
    table = NftTable(net, request.family, request.name, request.flags, request.userdata, nft.table_handle)
    trans.assign(nft, "tables", {**nft.tables, (request.family, request.name): table})


def _updtable(table: NftTable, flags: int, trans: Trans) -> None:
    """nf_tables_updtable: putting to sleep and waking up."""
    if flags == table.flags:
        return
    if flags & NFT_TABLE_F_DORMANT:
        for chain in table.chains.values():
            nf_tables_unregister_hook(chain, trans)
        trans.assign(table, "flags", flags)
    else:
        trans.assign(table, "flags", flags)
        for chain in table.chains.values():
            nf_tables_register_hook(chain, trans)


def nf_tables_deltable(net: Net, request: DelTable, trans: Trans) -> None:
    """Deletes a table with all it has, or every table of a family, or all. ENOENT."""
    nft: NftablesPernet = net.nft
    if request.name is None and request.handle is None:
        for table in tuple(nft.tables.values()):
            if request.family in (NFPROTO_UNSPEC, table.family):
                _flush_table(net, table, trans)
        return
    if request.handle is not None:
        by_handle = (
            table
            for table in nft.tables.values()
            if table.handle == request.handle and request.family in (NFPROTO_UNSPEC, table.family)
        )
        found = next(by_handle, None)
    else:
        found = nft.tables.get((request.family, request.name or ""))
    if found is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, "name" if request.handle is None else "handle")
    _flush_table(net, found, trans)


def _flush_table(net: Net, table: NftTable, trans: Trans) -> None:
    """nft_flush_table: the rules first, so that nothing is referred to when the rest goes."""
    for chain in tuple(table.chains.values()):
        if not chain.flags & NFT_CHAIN_BINDING:
            _delrule_by_chain(NftCtx(net, table, chain, trans))
    for nft_set in tuple(table.sets.values()):
        if not nft_set.anonymous:
            nft_delset(NftCtx(net, table, None, trans), nft_set)
    for flowtable in tuple(table.flowtables.values()):
        nft_delflowtable(net, flowtable, trans)
    trans.assign(table, "objects", {})
    for chain in tuple(table.chains.values()):
        if not chain.flags & NFT_CHAIN_BINDING:
            nft_delchain(NftCtx(net, table, chain, trans), chain)
    tables = {key: other for key, other in net.nft.tables.items() if other is not table}
    trans.assign(net.nft, "tables", tables)


# --- rules ---------------------------------------------------------------------------------------------------------


def _chain_of(ctx: NftCtx, name: str | None, chain_id: int) -> NftChain:
    chain = ctx.trans.chains.get(chain_id) if name is None else ctx.table.chains.get(name)
    if chain is None or chain.table is not ctx.table:
        raise bad(Errno.ENOENT, "chain" if name is not None else "chain_id")
    return chain


def _rule_by_handle(chain: NftChain, handle: int, attribute: str) -> NftRule:
    for rule in chain.rules:
        if rule.handle == handle:
            return rule
    raise bad(Errno.ENOENT, attribute)


def nf_tables_newrule(net: Net, request: NewRule, trans: Trans) -> None:
    """Appends, inserts or replaces a rule.

    ENOENT for what it refers to and is not there, EOPNOTSUPP or EINVAL for expressions that the chain cannot have.
    """
    table = nft_table_lookup(net, request.family, request.table)
    ctx = NftCtx(net, table, None, trans)
    chain = ctx.chain = _chain_of(ctx, request.chain, request.chain_id)
    if chain.bound:
        raise KernelError(Errno.EOPNOTSUPP)
    old = _old_rule(chain, request, trans)
    handle = table.alloc_handle() if request.handle is None else request.handle
    if len(request.expressions) > NFT_RULE_MAXEXPRS:
        raise KernelError(Errno.EINVAL)
    exprs = []
    for index, attrs in enumerate(request.expressions):
        try:
            exprs.append(nft_expr_init(ctx, attrs))
        except KernelError as error:
            raise KernelError(error.errno, error.extack, BadAttr(-1, "expressions", index)) from error
    rule = NftRule(chain, handle, tuple(exprs), request.userdata)
    trans.assign(table, "validate", True)
    trans.assign(chain, "use", chain.use + 1)
    if request.id:
        trans.rules[request.id] = rule
    rules = list(chain.rules)
    if request.nlmsg_flags & NLM_F_REPLACE:
        assert old is not None
        if chain.flags & NFT_CHAIN_BINDING:
            raise KernelError(Errno.EOPNOTSUPP)
        rules[rules.index(old)] = rule
        _deactivate(ctx, old)
    elif request.nlmsg_flags & NLM_F_APPEND:
        rules.insert(len(rules) if old is None else rules.index(old) + 1, rule)
    else:
        rules.insert(0 if old is None else rules.index(old), rule)
    trans.assign(chain, "rules", tuple(rules))


def _old_rule(chain: NftChain, request: NewRule, trans: Trans) -> NftRule | None:
    """The rule to replace, or the one to stand next to."""
    flags = request.nlmsg_flags
    if request.handle is not None:
        rule = _rule_by_handle(chain, request.handle, "handle")
        if flags & NLM_F_EXCL:
            raise bad(Errno.EEXIST, "handle")
        if not flags & NLM_F_REPLACE:
            raise KernelError(Errno.EOPNOTSUPP)
        return rule
    if not flags & NLM_F_CREATE or flags & NLM_F_REPLACE:
        raise KernelError(Errno.EINVAL)
    if request.position is not None:
        return _rule_by_handle(chain, request.position, "position")
    if request.position_id:
        found = trans.rules.get(request.position_id)
        if found is None or found.chain is not chain:
            raise bad(Errno.ENOENT, "position_id")
        return found
    return None


def _deactivate(ctx: NftCtx, rule: NftRule) -> None:
    """The rule lets go of what it refers to."""
    chain = rule.chain
    ctx.trans.assign(chain, "use", chain.use - 1)
    for expr in rule.exprs:
        expr.deactivate(ctx)


def _delrule_by_chain(ctx: NftCtx) -> None:
    assert ctx.chain is not None
    for rule in ctx.chain.rules:
        _deactivate(ctx, rule)
    ctx.trans.assign(ctx.chain, "rules", ())


def nf_tables_delrule(net: Net, request: DelRule, trans: Trans) -> None:
    """Deletes a rule, those of a chain, or those of a table. ENOENT."""
    table = nft_table_lookup(net, request.family, request.table)
    ctx = NftCtx(net, table, None, trans)
    if request.chain is None:
        for chain in tuple(table.chains.values()):
            if not chain.flags & NFT_CHAIN_BINDING:
                ctx.chain = chain
                _delrule_by_chain(ctx)
        return
    found = table.chains.get(request.chain)
    if found is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, "chain")
    if found.flags & NFT_CHAIN_BINDING:
        raise KernelError(Errno.EOPNOTSUPP)
    ctx.chain = found
    if request.handle is None and not request.id:
        _delrule_by_chain(ctx)
        return
    rule = _rule_to_delete(found, request, trans)
    if rule is not None:
        _deactivate(ctx, rule)
        trans.assign(found, "rules", tuple(other for other in found.rules if other is not rule))


def _rule_to_delete(chain: NftChain, request: DelRule, trans: Trans) -> NftRule | None:
    if request.handle is None:
        rule = trans.rules.get(request.id)
        if rule is None or rule.chain is not chain:
            raise bad(Errno.ENOENT, "id")
        return rule
    try:
        return _rule_by_handle(chain, request.handle, "handle")
    except KernelError:
        if request.destroy:
            return None
        raise


# --- objects -------------------------------------------------------------------------------------------------------


def nf_tables_newobj(net: Net, request: NewObj, trans: Trans) -> None:
    """Adds an object, or updates one of that name. EEXIST, ENOENT for types that the model does not have."""
    table = nft_table_lookup(net, request.family, request.table)
    kind = OBJECT_TYPES[type(request.data)]
    obj = table.objects.get((kind, request.name))
    if obj is not None:
        if request.nlmsg_flags & NLM_F_EXCL:
            raise bad(Errno.EEXIST, "name")
        if request.nlmsg_flags & NLM_F_REPLACE:
            raise KernelError(Errno.EOPNOTSUPP)
        trans.on_commit(lambda: obj.expr.update(request.data))
        return
    init = NFT_OBJECT_TYPES.get(kind)
    if init is None:
        raise KernelError(Errno.ENOENT)
    expr = init(NftCtx(net, table, None, trans), request.data)
    new = NftObject(table, request.name, kind, table.alloc_handle(), expr, request.userdata)
    trans.assign(table, "objects", {**table.objects, (kind, request.name): new})


def nf_tables_delobj(net: Net, request: DelObj, trans: Trans) -> None:
    """Deletes an object. ENOENT, EBUSY while a rule or element uses it."""
    table = nft_table_lookup(net, request.family, request.table)
    if request.handle is not None:
        objects = (obj for obj in table.objects.values() if (obj.handle, obj.type) == (request.handle, request.type))
        obj = next(objects, None)
    else:
        obj = table.objects.get((request.type, request.name or ""))
    attribute = "name" if request.handle is None else "handle"
    if obj is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, attribute)
    if obj.use:
        raise bad(Errno.EBUSY, attribute)
    trans.assign(table, "objects", {key: other for key, other in table.objects.items() if other is not obj})


NF_TABLES_CB: dict[type, Callable[[Net, Any, Trans], None]] = {
    NewTable: nf_tables_newtable,
    DelTable: nf_tables_deltable,
    NewChain: nf_tables_newchain,
    DelChain: nf_tables_delchain,
    NewRule: nf_tables_newrule,
    DelRule: nf_tables_delrule,
    NewSet: nf_tables_newset,
    DelSet: nf_tables_delset,
    NewSetElem: nf_tables_newsetelem,
    DelSetElem: nf_tables_delsetelem,
    NewObj: nf_tables_newobj,
    DelObj: nf_tables_delobj,
    NewFlowtable: nf_tables_newflowtable,
    DelFlowtable: nf_tables_delflowtable,
}
"""nf_tables_cb: what handles each kind of message of a batch."""
