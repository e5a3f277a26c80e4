"""Sets and their elements as user space asks for them (net/netfilter/nf_tables_api.c)."""

from __future__ import annotations

from msgspec.structs import replace

from webapp.kernel.clock import NSEC_PER_MSEC
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.nf_tables import (
    NftCtx,
    NftExpr,
    NftSet,
    NftSetElem,
    NftSetOps,
    NftTable,
    NftVerdict,
    Trans,
    nft_elem_expr_init,
    nft_set_lookup,
    nft_setelem_data_deactivate,
    nft_verdict_init,
    padded,
)
from webapp.kernel.netfilter.nf_tables_chain import bad, nft_table_lookup
from webapp.kernel.netfilter.nft_set_hash import NftHashSet
from webapp.kernel.netfilter.nft_set_pipapo import NftPipapoSet
from webapp.kernel.netfilter.nft_set_rbtree import NftRbtreeSet
from webapp.kernel.uapi.netfilter import NFPROTO_UNSPEC
from webapp.kernel.uapi.nf_tables import (
    NFT_DATA_VALUE_MAXLEN,
    NFT_DATA_VERDICT,
    NFT_SET_ANONYMOUS,
    NFT_SET_CONCAT,
    NFT_SET_CONSTANT,
    NFT_SET_ELEM_CATCHALL,
    NFT_SET_ELEM_INTERVAL_END,
    NFT_SET_EVAL,
    NFT_SET_EXPR,
    NFT_SET_INTERVAL,
    NFT_SET_MAP,
    NFT_SET_OBJECT,
    NFT_SET_POL_MEMORY,
    NFT_SET_POL_PERFORMANCE,
    NFT_SET_TIMEOUT,
    NLM_F_CREATE,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    BadAttr,
    DelSet,
    DelSetElem,
    NewSet,
    NewSetElem,
    SetElem,
    Verdict,
)

_SET_FLAGS = 0x1FF
_SET_FEATURES = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_TIMEOUT | NFT_SET_OBJECT | NFT_SET_EVAL
NFT_SET_EXPR_MAX = 2

_EXCLUSIVE = (
    NFT_SET_MAP | NFT_SET_OBJECT,
    NFT_SET_EVAL | NFT_SET_OBJECT,
    NFT_SET_CONSTANT | NFT_SET_TIMEOUT,
)
"""Flags that cannot stand together."""


def _check_flags(request: NewSet) -> None:
    flags = request.flags
    if flags & ~_SET_FLAGS or any(flags & pair == pair for pair in _EXCLUSIVE):
        raise KernelError(Errno.EOPNOTSUPP)
    if flags & (NFT_SET_ANONYMOUS | NFT_SET_TIMEOUT | NFT_SET_EVAL) == NFT_SET_ANONYMOUS | NFT_SET_TIMEOUT:
        raise KernelError(Errno.EOPNOTSUPP)
    if (request.timeout or request.gc_interval) and not flags & NFT_SET_TIMEOUT:
        raise KernelError(Errno.EINVAL)
    if (request.timeout or request.gc_interval) and flags & NFT_SET_ANONYMOUS:
        raise KernelError(Errno.EOPNOTSUPP)
    if request.policy not in (NFT_SET_POL_PERFORMANCE, NFT_SET_POL_MEMORY):
        raise KernelError(Errno.EOPNOTSUPP)


def _check_lengths(request: NewSet) -> None:
    flags = request.flags
    if not 0 < request.key_len <= NFT_DATA_VALUE_MAXLEN:
        raise KernelError(Errno.EINVAL)
    if flags & NFT_SET_MAP and request.data_type != NFT_DATA_VERDICT:
        if not 0 < request.data_len <= NFT_DATA_VALUE_MAXLEN:
            raise KernelError(Errno.EINVAL)
    elif request.data_type and not flags & NFT_SET_MAP:
        raise KernelError(Errno.EINVAL)
    if bool(request.obj_type) != bool(flags & NFT_SET_OBJECT):
        raise KernelError(Errno.EINVAL)
    if request.concat and sum(padded(length) for length in request.concat) != request.key_len:
        raise KernelError(Errno.EINVAL)
    if (len(request.concat) > 1) != bool(flags & NFT_SET_CONCAT):
        raise KernelError(Errno.EINVAL)
    if len(request.expressions) > NFT_SET_EXPR_MAX:
        raise KernelError(Errno.E2BIG)
    if len(request.expressions) > 1 and not flags & NFT_SET_EXPR:
        raise KernelError(Errno.EINVAL)


def _select_ops(request: NewSet) -> tuple[NftSetOps, bool]:
    """nft_select_set_ops: how the elements are kept, and whether packets may add some.

    Only the resizable hash table lets packets in; of what can do without timeouts and packets, a known size makes it a
    plain hash table, and keys of two bytes a bitmap.
    """
    flags = request.flags
    if flags & NFT_SET_INTERVAL:
        if flags & NFT_SET_EVAL:
            raise KernelError(Errno.EOPNOTSUPP)
        if flags & NFT_SET_CONCAT:
            return NftPipapoSet(request.concat), False
        return NftRbtreeSet(anonymous=bool(flags & NFT_SET_ANONYMOUS)), False
    if flags & (NFT_SET_TIMEOUT | NFT_SET_EVAL):
        return NftHashSet(), True
    bitmap = request.key_len <= 2 and not flags & _SET_FEATURES and request.policy == NFT_SET_POL_PERFORMANCE
    return NftHashSet(), not request.size and not bitmap


def _alloc_name(table: NftTable, name: str) -> str:
    """nf_tables_set_alloc_name: ``%d`` becomes the first number that gives a free name."""
    if "%" not in name:
        return name
    if name.count("%") > 1 or "%d" not in name:
        raise KernelError(Errno.EINVAL)
    number = 0
    while (made := name.replace("%d", str(number))) in table.sets:
        number += 1
    return made


def _same(nft_set: NftSet, request: NewSet, exprs: tuple[NftExpr, ...]) -> bool:
    """nft_set_is_same."""
    old = nft_set.attrs
    return (
        (old.key_type, old.data_type, old.flags, old.key_len, old.data_len, old.concat)
        == (request.key_type, request.data_type, request.flags, request.key_len, request.data_len, request.concat)
    ) and tuple(type(expr) for expr in nft_set.exprs) == tuple(type(expr) for expr in exprs)


def nf_tables_newset(net: Net, request: NewSet, trans: Trans) -> None:
    """Adds a set or map. EEXIST where one of that name is different, EINVAL and EOPNOTSUPP for what cannot be."""
    _check_flags(request)
    _check_lengths(request)
    table = nft_table_lookup(net, request.family, request.table)
    ctx = NftCtx(net, table, None, trans)
    old = table.sets.get(request.name)
    exprs = tuple(nft_elem_expr_init(ctx, expr) for expr in request.expressions)
    if old is not None:
        if request.nlmsg_flags & NLM_F_EXCL:
            raise bad(Errno.EEXIST, "name")
        if request.nlmsg_flags & NLM_F_REPLACE or old.anonymous:
            raise KernelError(Errno.EOPNOTSUPP)
        if not _same(old, request, exprs):
            raise bad(Errno.EEXIST, "name")
        _updset(old, request, trans)
        trans.sets[request.id] = old
        return
    if not request.nlmsg_flags & NLM_F_CREATE:
        raise KernelError(Errno.ENOENT)
    ops, updates = _select_ops(request)
    attrs = replace(request, name=_alloc_name(table, request.name))
    nft_set = NftSet(table, attrs, ops, table.alloc_handle(), updates=updates)
    nft_set.exprs = exprs
    trans.sets[request.id] = nft_set
    trans.assign(table, "sets", {**table.sets, attrs.name: nft_set})


def _updset(nft_set: NftSet, request: NewSet, trans: Trans) -> None:
    """A set that is added again takes the new timeout and size."""
    if request.timeout and request.timeout * NSEC_PER_MSEC != nft_set.timeout:
        trans.assign(nft_set, "timeout", request.timeout * NSEC_PER_MSEC)
    if request.size and request.size != nft_set.size:
        trans.assign(nft_set, "size", request.size)


def nf_tables_delset(net: Net, request: DelSet, trans: Trans) -> None:
    """Deletes a set. ENOENT, EBUSY while a rule uses it."""
    if request.family == NFPROTO_UNSPEC:
        raise KernelError(Errno.EAFNOSUPPORT)
    table = nft_table_lookup(net, request.family, request.table)
    if request.handle is not None:
        nft_set = next((found for found in table.sets.values() if found.handle == request.handle), None)
    else:
        nft_set = table.sets.get(request.name or "")
    attribute = "name" if request.handle is None else "handle"
    if nft_set is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, attribute)
    if nft_set.use:
        raise bad(Errno.EBUSY, attribute)
    nft_delset(NftCtx(net, table, None, trans), nft_set)


def nft_delset(ctx: NftCtx, nft_set: NftSet) -> None:
    """The set goes, and lets go of what its elements refer to."""
    for elem in nft_set.elements():
        nft_setelem_data_deactivate(ctx, elem)
    sets = {name: other for name, other in ctx.table.sets.items() if other is not nft_set}
    ctx.trans.assign(ctx.table, "sets", sets)


# --- elements ------------------------------------------------------------------------------------------------------


def nf_tables_newsetelem(net: Net, request: NewSetElem, trans: Trans) -> None:
    """Adds elements. EEXIST, ENFILE when the set is full, ENOENT for chains and objects, EBUSY for constant sets."""
    table = nft_table_lookup(net, request.family, request.table)
    ctx = NftCtx(net, table, None, trans)
    nft_set = _set_of(ctx, request.set, request.set_id)
    if nft_set.bindings and nft_set.flags & (NFT_SET_CONSTANT | NFT_SET_ANONYMOUS):
        raise KernelError(Errno.EBUSY)
    for index, attrs in enumerate(request.elements):
        try:
            _add_set_elem(ctx, nft_set, attrs, request.nlmsg_flags)
        except KernelError as error:
            raise KernelError(error.errno, error.extack, BadAttr(-1, "elements", index)) from error


def _set_of(ctx: NftCtx, name: str, set_id: int) -> NftSet:
    try:
        return nft_set_lookup(ctx, name, set_id)
    except KernelError as error:
        raise bad(error.errno, "set") from error


def _check_elem(nft_set: NftSet, attrs: SetElem) -> None:
    """Which attributes an element of this set must and may have."""
    flags = attrs.flags
    end = bool(flags & NFT_SET_ELEM_INTERVAL_END)
    if end and not nft_set.flags & NFT_SET_INTERVAL:
        raise KernelError(Errno.EINVAL)
    if bool(flags & NFT_SET_ELEM_CATCHALL) != (attrs.key is None):
        raise KernelError(Errno.EINVAL)
    for flag, value in ((NFT_SET_MAP, attrs.data), (NFT_SET_OBJECT, attrs.objref)):
        if value is None:
            if nft_set.flags & flag and not end:
                raise KernelError(Errno.EINVAL)
        elif not nft_set.flags & flag:
            raise KernelError(Errno.EINVAL)
    if nft_set.flags & NFT_SET_CONCAT and nft_set.flags & NFT_SET_INTERVAL:
        if end or (attrs.key_end is not None and attrs.key is None):
            raise KernelError(Errno.EINVAL)
    elif attrs.key_end is not None:
        raise KernelError(Errno.EINVAL)
    extras = (attrs.data, attrs.objref, attrs.timeout, attrs.expiration, attrs.userdata or None, attrs.expressions)
    if end and any(extra not in (None, ()) for extra in extras):
        raise KernelError(Errno.EINVAL)


def _add_set_elem(ctx: NftCtx, nft_set: NftSet, attrs: SetElem, nlmsg_flags: int) -> None:
    """nft_add_set_elem."""
    _check_elem(nft_set, attrs)
    now = ctx.net.machine.clock.now
    elem = NftSetElem(_key(nft_set, attrs.key), attrs.key_end, attrs.flags)
    _parse_timeout(nft_set, elem, attrs, now)
    elem.exprs = _parse_exprs(ctx, nft_set, attrs)
    elem.userdata = attrs.userdata
    if attrs.objref is not None:
        elem.obj = ctx.table.objects.get((nft_set.attrs.obj_type, attrs.objref))
        if elem.obj is None:
            raise KernelError(Errno.ENOENT)
        ctx.trans.assign(elem.obj, "use", elem.obj.use + 1)
    elem.data = _parse_data(ctx, nft_set, attrs)
    if attrs.key is None:
        _insert_catchall(ctx, nft_set, elem, now, nlmsg_flags)
        return
    if nft_set.size and len(nft_set.ops) >= nft_set.size and not attrs.flags & NFT_SET_ELEM_INTERVAL_END:
        for old in [old for old in nft_set.ops if old.expired(now)]:
            nft_set.ops.remove(old)
        if len(nft_set.ops) >= nft_set.size and nft_set.ops.find(elem) is None:
            raise KernelError(Errno.ENFILE)
    other = nft_set.ops.insert(elem, now)
    if other is not None:
        _element_clash(ctx, elem, other, nlmsg_flags)
    else:
        ctx.trans.undo(lambda: nft_set.ops.remove(elem))


def _key(nft_set: NftSet, key: bytes | None) -> bytes:
    if key is None:
        return b""
    if len(key) != nft_set.klen:
        raise KernelError(Errno.EINVAL)
    return key


def _parse_timeout(nft_set: NftSet, elem: NftSetElem, attrs: SetElem, now: int) -> None:
    given = attrs.timeout is not None or attrs.expiration is not None
    if given and not nft_set.flags & NFT_SET_TIMEOUT:
        raise KernelError(Errno.EINVAL)
    if not nft_set.flags & NFT_SET_TIMEOUT or attrs.flags & NFT_SET_ELEM_INTERVAL_END:
        return
    elem.timeout = nft_set.timeout if attrs.timeout is None else attrs.timeout * NSEC_PER_MSEC
    expiration = elem.timeout
    if attrs.expiration:
        if elem.timeout == 0:
            raise KernelError(Errno.EOPNOTSUPP)
        expiration = attrs.expiration * NSEC_PER_MSEC
        if expiration > elem.timeout:
            raise KernelError(Errno.ERANGE)
    elem.expires = now + expiration


def _parse_exprs(ctx: NftCtx, nft_set: NftSet, attrs: SetElem) -> tuple[NftExpr, ...]:
    declared = tuple(type(expr) for expr in nft_set.exprs)
    if not attrs.expressions:
        if attrs.flags & NFT_SET_ELEM_INTERVAL_END:
            return ()
        return tuple(expr.clone(ctx.net) for expr in nft_set.exprs)
    if len(attrs.expressions) > NFT_SET_EXPR_MAX:
        raise KernelError(Errno.E2BIG)
    exprs = tuple(nft_elem_expr_init(ctx, expr) for expr in attrs.expressions)
    if declared and declared != tuple(type(expr) for expr in exprs):
        raise KernelError(Errno.EOPNOTSUPP)
    return exprs


def _parse_data(ctx: NftCtx, nft_set: NftSet, attrs: SetElem) -> bytes | NftVerdict | None:
    data = attrs.data
    if data is None:
        return None
    if isinstance(data, Verdict) != nft_set.verdict_map:
        raise KernelError(Errno.EINVAL)
    if isinstance(data, Verdict):
        if nft_set.bindings:
            ctx.trans.assign(ctx.table, "validate", True)
        return nft_verdict_init(ctx, data, setelem=True)
    if len(data) != nft_set.dlen:
        raise KernelError(Errno.EINVAL)
    return data


def _insert_catchall(ctx: NftCtx, nft_set: NftSet, elem: NftSetElem, now: int, nlmsg_flags: int) -> None:
    other = nft_set.catchall
    if other is not None and not other.expired(now):
        _element_clash(ctx, elem, other, nlmsg_flags)
        return
    ctx.trans.assign(nft_set, "catchall", elem)


def _element_clash(ctx: NftCtx, elem: NftSetElem, other: NftSetElem, nlmsg_flags: int) -> None:
    """The element is there already: EEXIST if it has other data or must be new; else it may take a new timeout."""
    if not _same_data(elem.data, other.data) or elem.obj is not other.obj:
        raise KernelError(Errno.EEXIST)
    null = elem.flags & NFT_SET_ELEM_INTERVAL_END and not any(elem.key)
    if nlmsg_flags & NLM_F_EXCL and not null:
        raise KernelError(Errno.EEXIST)
    nft_setelem_data_deactivate(ctx, elem)
    if elem.timeout != other.timeout:
        ctx.trans.assign(other, "timeout", elem.timeout)
        ctx.trans.assign(other, "expires", elem.expires)


def _same_data(data: bytes | NftVerdict | None, other: bytes | NftVerdict | None) -> bool:
    if isinstance(data, NftVerdict) and isinstance(other, NftVerdict):
        return data.code == other.code and data.chain is other.chain
    return data == other


def nf_tables_delsetelem(net: Net, request: DelSetElem, trans: Trans) -> None:
    """Deletes elements, or without any all of them. ENOENT."""
    table = nft_table_lookup(net, request.family, request.table)
    ctx = NftCtx(net, table, None, trans)
    nft_set = _set_of(ctx, request.set, request.set_id)
    if nft_set.anonymous:
        raise KernelError(Errno.EOPNOTSUPP)
    if nft_set.bindings and nft_set.flags & NFT_SET_CONSTANT:
        raise KernelError(Errno.EBUSY)
    if not request.elements:
        for elem in tuple(nft_set.elements()):
            _remove(ctx, nft_set, elem)
        return
    now = net.machine.clock.now
    for index, attrs in enumerate(request.elements):
        found = _find(nft_set, attrs)
        if found is not None and not found.expired(now):
            _remove(ctx, nft_set, found)
        elif not request.destroy:
            raise bad(Errno.ENOENT, "elements", index)


def _find(nft_set: NftSet, attrs: SetElem) -> NftSetElem | None:
    if attrs.key is None:
        return nft_set.catchall
    return nft_set.ops.find(NftSetElem(_key(nft_set, attrs.key), attrs.key_end, attrs.flags))


def _remove(ctx: NftCtx, nft_set: NftSet, elem: NftSetElem) -> None:
    nft_setelem_data_deactivate(ctx, elem)
    if elem is nft_set.catchall:
        ctx.trans.assign(nft_set, "catchall", None)
        return
    nft_set.ops.remove(elem)
    ctx.trans.undo(lambda: nft_set.ops.restore(elem))
