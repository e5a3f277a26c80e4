"""Chains and the hooks they hang on (net/netfilter/nf_tables_api.c, the events from nft_chain_filter.c).

Device hooks are bound to names: a chain waits for a device that does not exist yet, and hooks come and go as devices
appear, disappear and are renamed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.core import HookFn, NfHookOps, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.netfilter.nf_tables import NftBaseChain, NftChain, NftCtx, NftHook, NftTable, Trans
from webapp.kernel.uapi.netfilter import (
    NF_INET_INGRESS,
    NF_IP_PRI_CONNTRACK,
    NF_NETDEV_EGRESS,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_CHAIN_BASE,
    NFT_CHAIN_BINDING,
    NFT_CHAIN_HW_OFFLOAD,
    NFT_NETDEVICE_MAX,
    NFT_TABLE_F_DORMANT,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    BadAttr,
    DelChain,
    Hook,
    NewChain,
)

_IFNAMSIZ = 16


@dataclass(frozen=True, slots=True)
class NftChainType:
    """struct nft_chain_type: the function that runs a chain at each hook where the type may hang, and what hangs it."""

    name: str
    hooks: dict[int, HookFn]
    ops_register: Callable[[Net, NfHookOps], None] = nf_register_net_hook
    ops_unregister: Callable[[Net, NfHookOps], None] = nf_unregister_net_hook


NFT_CHAIN_TYPES: dict[tuple[int, str], NftChainType] = {}
"""chain_type by (family, name); filled in boot.py."""


def bad(errno: Errno, attribute: str, index: int = -1) -> KernelError:
    """An error with the field at fault (NL_SET_BAD_ATTR)."""
    return KernelError(errno, "", BadAttr(-1, attribute, index))


def nft_table_lookup(net: Net, family: int, name: str) -> NftTable:
    """A table by family and name; ENOENT."""
    table: NftTable | None = net.nft.tables.get((family, name))
    if table is None:
        raise bad(Errno.ENOENT, "table")
    return table


# --- hooks ---------------------------------------------------------------------------------------------------------


def nft_base_chain_netdev(family: int, hooknum: int) -> bool:
    """Whether a hook hangs at devices."""
    return family == NFPROTO_NETDEV or (family == NFPROTO_INET and hooknum == NF_INET_INGRESS)


def _register(chain: NftChain, pf: int, dev: NetDevice | None, trans: Trans | None) -> NfHookOps:
    base = chain.base
    assert base is not None
    net, type_ = chain.table.net, _type_of(chain, base)
    ops = NfHookOps(base.hookfn, pf, base.hooknum, base.priority, chain, dev)
    type_.ops_register(net, ops)
    if trans is not None:
        trans.undo(lambda: type_.ops_unregister(net, ops))
    return ops


def _type_of(chain: NftChain, base: NftBaseChain) -> NftChainType:
    return NFT_CHAIN_TYPES[chain.table.family, base.type]


def _register_device_hook(chain: NftChain, hook: NftHook, trans: Trans | None) -> None:
    """Hangs the chain at the device of that name, if there is one."""
    dev = chain.table.net.dev_get_by_name(hook.ifname)
    if dev is not None:
        hook.ops.append(_register(chain, chain.table.family, dev, trans))


def nf_tables_register_hook(chain: NftChain, trans: Trans) -> None:
    """Hangs a base chain at its hook; a chain of a dormant table stays away. An inet chain hangs at ip and ip6."""
    base, table = chain.base, chain.table
    if base is None or table.flags & NFT_TABLE_F_DORMANT:
        return
    if nft_base_chain_netdev(table.family, base.hooknum):
        for hook in base.hooks.values():
            _register_device_hook(chain, hook, trans)
            trans.undo(hook.ops.clear)
        return
    families = (NFPROTO_IPV4, NFPROTO_IPV6) if table.family == NFPROTO_INET else (table.family,)
    trans.assign(base, "ops", tuple(_register(chain, pf, None, trans) for pf in families))


def _unregister(chain: NftChain, hooks: tuple[NftHook, ...]) -> None:
    for hook in hooks:
        for ops in hook.ops:
            nf_unregister_net_hook(chain.table.net, ops)
        hook.ops.clear()


def nf_tables_unregister_hook(chain: NftChain, trans: Trans) -> None:
    """Takes a base chain off its hook when the batch has succeeded."""
    base, table = chain.base, chain.table
    if base is None or table.flags & NFT_TABLE_F_DORMANT:
        return
    hooks, plain = tuple(base.hooks.values()), base.ops
    type_ = _type_of(chain, base)

    def unregister() -> None:
        _unregister(chain, hooks)
        for ops in plain:
            type_.ops_unregister(table.net, ops)

    trans.assign(base, "ops", ())
    trans.on_commit(unregister)


def nf_tables_netdev_event(event: NetdevEvent, dev: NetDevice) -> None:
    """Devices that appear, disappear or get another name gain and lose the chains that name them."""
    if event not in (NetdevEvent.REGISTER, NetdevEvent.UNREGISTER, NetdevEvent.CHANGENAME):
        return
    by_name = dev.net.machine.version.netdev_chain_by_name
    for table in dev.net.nft.tables.values():
        for chain in list(table.chains.values()):
            base = chain.base
            if base is None or not nft_base_chain_netdev(table.family, base.hooknum):
                continue
            if not by_name:
                _bound_device_event(chain, base, event, dev)
            elif not table.flags & NFT_TABLE_F_DORMANT:
                _device_event(chain, base, event, dev)


def _device_event(chain: NftChain, base: NftBaseChain, event: NetdevEvent, dev: NetDevice) -> None:
    for hook in base.hooks.values():
        held = [ops for ops in hook.ops if ops.dev is dev]
        wanted = event is not NetdevEvent.UNREGISTER and hook.ifname == dev.name
        if wanted and not held:
            _register_device_hook(chain, hook, None)
        elif held and not wanted:
            for ops in held:
                nf_unregister_net_hook(chain.table.net, ops)
                hook.ops.remove(ops)


def _bound_device_event(chain: NftChain, base: NftBaseChain, event: NetdevEvent, dev: NetDevice) -> None:
    """Before 6.16 a hook belongs to its device: it is renamed with it, goes with it, and is not made again.

    6.1 deletes a chain that has lost its last device (nft_netdev_event).
    """
    for name, hook in list(base.hooks.items()):
        held = [ops for ops in hook.ops if ops.dev is dev]
        if not held:
            continue
        hooks = dict(base.hooks)
        if event is NetdevEvent.CHANGENAME:
            base.hooks = {dev.name if other == name else other: found for other, found in hooks.items()}
            hook.ifname = dev.name
        elif event is NetdevEvent.UNREGISTER:
            for ops in held:
                nf_unregister_net_hook(chain.table.net, ops)
            del hooks[name]
            base.hooks = hooks
            if not hooks and not dev.net.machine.version.netdev_chain_outlives_devices:
                chain.table.chains = {key: other for key, other in chain.table.chains.items() if other is not chain}


# --- chains --------------------------------------------------------------------------------------------------------


def nft_parse_devices(net: Net, hook: Hook) -> dict[str, NftHook]:
    """nf_tables_parse_netdev_hooks: EEXIST for a name given twice, EFBIG for too many, ENOENT where it must exist."""
    hooks: dict[str, NftHook] = {}
    for index, name in enumerate(hook.devices):
        if not 0 < len(name) < _IFNAMSIZ:
            raise bad(Errno.EINVAL, "hook", index)
        if name in hooks:
            raise KernelError(Errno.EEXIST)
        if not net.machine.version.netdev_chain_by_name and net.dev_get_by_name(name) is None:
            raise bad(Errno.ENOENT, "hook", index)
        hooks[name] = NftHook(name)
        if len(hooks) == NFT_NETDEVICE_MAX:
            raise KernelError(Errno.EFBIG)
    return hooks


def _parse_hook(net: Net, request: NewChain, hook: Hook, policy: int) -> NftBaseChain:
    """nft_chain_parse_hook of a new chain: EOPNOTSUPP where the family or the type has no such hook."""
    if (request.family, "filter") not in NFT_CHAIN_TYPES:
        raise KernelError(Errno.EOPNOTSUPP)
    type_ = NFT_CHAIN_TYPES.get((request.family, request.type or "filter"))
    if type_ is None:
        raise bad(Errno.ENOENT, "type")
    hookfn = type_.hooks.get(hook.num)
    egress = request.family == NFPROTO_NETDEV and hook.num == NF_NETDEV_EGRESS
    if egress and not net.machine.version.netdev_egress:
        raise KernelError(Errno.EOPNOTSUPP)
    if hookfn is None or (type_.name == "nat" and hook.priority <= NF_IP_PRI_CONNTRACK):
        raise KernelError(Errno.EOPNOTSUPP)
    base = NftBaseChain(type_.name, hook.num, hook.priority, policy, hookfn)
    if nft_base_chain_netdev(request.family, hook.num):
        base.hooks = nft_parse_devices(net, hook)
    elif hook.devices:
        raise KernelError(Errno.EOPNOTSUPP)
    return base


def nf_tables_newchain(net: Net, request: NewChain, trans: Trans) -> None:
    """Adds a chain, or changes one: its policy, its devices, with ``handle`` its name.

    EEXIST for a hook that an existing chain does not have, EOPNOTSUPP for hooks and flags that there are not.
    """
    table = nft_table_lookup(net, request.family, request.table)
    chain = _chain_to_change(table, request)
    if request.policy is not None:
        if (chain is not None and chain.base is None) or (chain is None and request.hook is None):
            raise bad(Errno.EOPNOTSUPP, "policy")
        if request.policy not in (0, 1):
            raise KernelError(Errno.EINVAL)
    if request.flags & ~(NFT_CHAIN_BASE | NFT_CHAIN_HW_OFFLOAD | NFT_CHAIN_BINDING):
        raise KernelError(Errno.EOPNOTSUPP)
    if chain is None:
        _addchain(net, table, request, trans)
        return
    attribute = "name" if request.handle is None else "handle"
    if chain.flags & NFT_CHAIN_BINDING:
        raise KernelError(Errno.EINVAL)
    if request.nlmsg_flags & NLM_F_EXCL:
        raise bad(Errno.EEXIST, attribute)
    if request.nlmsg_flags & NLM_F_REPLACE or (request.flags and request.flags & ~NFT_CHAIN_BASE != chain.flags):
        raise KernelError(Errno.EOPNOTSUPP)
    _updchain(table, chain, request, attribute, trans)


def _chain_to_change(table: NftTable, request: NewChain) -> NftChain | None:
    if request.handle is not None:
        return _chain_by_handle(table, request.handle)
    if request.name is None and not request.chain_id:
        raise KernelError(Errno.EINVAL)
    return table.chains.get(request.name or "")


def _chain_by_handle(table: NftTable, handle: int) -> NftChain:
    for chain in table.chains.values():
        if chain.handle == handle:
            return chain
    raise bad(Errno.ENOENT, "handle")


def _addchain(net: Net, table: NftTable, request: NewChain, trans: Trans) -> None:
    base = None
    if request.hook is not None:
        if request.flags & NFT_CHAIN_BINDING:
            raise KernelError(Errno.EOPNOTSUPP)
        if request.flags & NFT_CHAIN_HW_OFFLOAD:
            # no device of the model can take filters into its hardware
            raise KernelError(Errno.EOPNOTSUPP)
        base = _parse_hook(net, request, request.hook, 1 if request.policy is None else request.policy)
    elif request.flags & (NFT_CHAIN_BASE | NFT_CHAIN_HW_OFFLOAD):
        raise KernelError(Errno.EOPNOTSUPP)
    name = request.name
    if name is None:
        if not request.flags & NFT_CHAIN_BINDING:
            raise KernelError(Errno.EINVAL)
        net.nft.chain_id += 1
        name = f"__chain{net.nft.chain_id}"
    chain = NftChain(table, name, table.alloc_handle(), request.flags & ~NFT_CHAIN_BASE, request.userdata)
    chain.base = base
    if request.chain_id:
        trans.chains[request.chain_id] = chain
    trans.assign(table, "chains", {**table.chains, name: chain})
    nf_tables_register_hook(chain, trans)


def _updchain(table: NftTable, chain: NftChain, request: NewChain, attribute: str, trans: Trans) -> None:
    base = chain.base
    if request.hook is not None:
        if base is None:
            raise bad(Errno.EEXIST, attribute)
        _check_same_hook(chain, base, request.hook, request.type, attribute)
        if nft_base_chain_netdev(table.family, base.hooknum):
            _add_devices(chain, base, request.hook, trans)
    if request.handle is not None and request.name is not None:
        if request.name in table.chains:
            raise bad(Errno.EEXIST, "name")
        chains = {request.name if other is chain else name: other for name, other in table.chains.items()}
        trans.assign(table, "chains", chains)
        trans.assign(chain, "name", request.name)
    if request.policy is not None:
        trans.assign(base, "policy", request.policy)


def _check_same_hook(chain: NftChain, base: NftBaseChain, hook: Hook, type_: str | None, attribute: str) -> None:
    at_device = nft_base_chain_netdev(chain.table.family, base.hooknum)
    checked = not at_device or chain.table.net.machine.version.chain_hook_checked
    if checked and (hook.num, hook.priority) != (base.hooknum, base.priority):
        raise KernelError(Errno.EOPNOTSUPP)
    if type_ is not None:
        if (chain.table.family, type_) not in NFT_CHAIN_TYPES:
            raise bad(Errno.ENOENT, "type")
        if type_ != base.type:
            raise bad(Errno.EEXIST, attribute)
    if hook.devices and not at_device:
        raise KernelError(Errno.EOPNOTSUPP)


def _add_devices(chain: NftChain, base: NftBaseChain, hook: Hook, trans: Trans) -> None:
    new = {name: found for name, found in nft_parse_devices(chain.table.net, hook).items() if name not in base.hooks}
    trans.assign(base, "hooks", {**base.hooks, **new})
    if not chain.table.flags & NFT_TABLE_F_DORMANT:
        for found in new.values():
            _register_device_hook(chain, found, trans)


def nf_tables_delchain(net: Net, request: DelChain, trans: Trans) -> None:
    """Deletes a chain with its rules, or takes devices off it. ENOENT, EBUSY while something jumps to it."""
    table = nft_table_lookup(net, request.family, request.table)
    attribute = "name" if request.handle is None else "handle"
    if request.handle is not None:
        chain = next((chain for chain in table.chains.values() if chain.handle == request.handle), None)
    else:
        chain = table.chains.get(request.name or "")
    if chain is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, attribute)
    if chain.flags & NFT_CHAIN_BINDING:
        raise KernelError(Errno.EOPNOTSUPP)
    base = chain.base
    if request.hook is not None:
        if request.destroy:
            raise KernelError(Errno.EOPNOTSUPP)
        if base is not None and nft_base_chain_netdev(table.family, base.hooknum):
            _del_devices(chain, base, request.hook, trans)
            return
    ctx = NftCtx(net, table, chain, trans)
    for rule in chain.rules:
        trans.assign(chain, "use", chain.use - 1)
        for expr in rule.exprs:
            expr.deactivate(ctx)
    trans.assign(chain, "rules", ())
    if chain.use > 0:
        raise bad(Errno.EBUSY, attribute)
    nft_delchain(ctx, chain)


def _del_devices(chain: NftChain, base: NftBaseChain, hook: Hook, trans: Trans) -> None:
    """nft_delchain_hook: ENOENT for a device that the chain does not name."""
    gone = nft_parse_devices(chain.table.net, hook)
    if any(name not in base.hooks for name in gone):
        raise KernelError(Errno.ENOENT)
    old = tuple(base.hooks[name] for name in gone)
    trans.assign(base, "hooks", {name: found for name, found in base.hooks.items() if name not in gone})
    trans.on_commit(lambda: _unregister(chain, old))


def nft_delchain(ctx: NftCtx, chain: NftChain) -> None:
    """The chain, without rules by now, goes."""
    nf_tables_unregister_hook(chain, ctx.trans)
    chains = {name: other for name, other in ctx.table.chains.items() if other is not chain}
    ctx.trans.assign(ctx.table, "chains", chains)
