"""Flowtables as user space asks for them (net/netfilter/nf_tables_api.c)."""

from __future__ import annotations

from webapp.kernel.core.dev_state import NetdevEvent
from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.errno import Errno, KernelError
from webapp.kernel.netfilter.core import NfHookOps, nf_register_net_hook, nf_unregister_net_hook
from webapp.kernel.netfilter.nf_flow_table_core import NfFlowtable, nf_flow_table_cleanup
from webapp.kernel.netfilter.nf_flow_table_ip import nf_flow_offload_ip_hook
from webapp.kernel.netfilter.nf_tables import NftHook, NftTable, Trans
from webapp.kernel.netfilter.nf_tables_chain import bad, nft_parse_devices, nft_table_lookup
from webapp.kernel.uapi.netfilter import (
    NF_NETDEV_INGRESS,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.kernel.uapi.nf_tables import (
    NFT_FLOWTABLE_COUNTER,
    NFT_FLOWTABLE_HW_OFFLOAD,
    NLM_F_EXCL,
    NLM_F_REPLACE,
    DelFlowtable,
    Flowtable,
    Hook,
    NewFlowtable,
)

_FAMILIES = frozenset((NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET))


class NftFlowtable:
    """struct nft_flowtable: the devices at whose ingress it hangs, by name; ``use`` counts rules that add to it."""

    __slots__ = ("data", "flags", "handle", "hooks", "name", "priority", "table", "use")

    def __init__(self, table: NftTable, request: NewFlowtable, hooks: dict[str, NftHook]) -> None:
        self.table = table
        self.name = request.name
        self.handle = table.alloc_handle()
        self.priority = request.hook.priority
        self.flags = request.flags
        self.use = 0
        self.hooks = hooks
        self.data = NfFlowtable(table.net, count=bool(request.flags & NFT_FLOWTABLE_COUNTER))

    def dump(self) -> Flowtable:
        table = self.table
        hook = Hook(NF_NETDEV_INGRESS, self.priority, tuple(self.hooks))
        return Flowtable(table.family, table.name, self.name, self.handle, hook, self.flags, self.use)


def _register(flowtable: NftFlowtable, hook: NftHook, trans: Trans | None) -> None:
    """Hangs the flowtable at the device of that name, if there is one."""
    net = flowtable.table.net
    dev = net.dev_get_by_name(hook.ifname)
    if dev is None:
        return
    ops = NfHookOps(nf_flow_offload_ip_hook, NFPROTO_NETDEV, NF_NETDEV_INGRESS, flowtable.priority, flowtable.data, dev)
    nf_register_net_hook(net, ops)
    hook.ops.append(ops)
    if trans is not None:
        trans.undo(lambda: _unregister(net, hook))


def _unregister(net: Net, *hooks: NftHook) -> None:
    for hook in hooks:
        for ops in hook.ops:
            nf_unregister_net_hook(net, ops)
        hook.ops.clear()


def _new_hooks(table: NftTable, hooks: dict[str, NftHook]) -> None:
    """EEXIST for a device that a flowtable of this table has already."""
    for other in table.flowtables.values():
        for index, name in enumerate(hooks):
            if name in other.hooks:
                raise bad(Errno.EEXIST, "hook", index)


def nf_tables_newflowtable(net: Net, request: NewFlowtable, trans: Trans) -> None:
    """Adds a flowtable, or devices to one. EEXIST, EOPNOTSUPP for other hooks than ingress and for hardware."""
    table = nft_table_lookup(net, request.family, request.table)
    if request.family not in _FAMILIES:
        raise KernelError(Errno.ENOENT)
    if request.flags & ~NFT_FLOWTABLE_COUNTER:
        # no device of the model can take flows into its hardware
        known = not request.flags & ~(NFT_FLOWTABLE_COUNTER | NFT_FLOWTABLE_HW_OFFLOAD)
        raise KernelError(Errno.EOPNOTSUPP if known else Errno.EINVAL)
    flowtable: NftFlowtable | None = table.flowtables.get(request.name)
    if request.hook.num != NF_NETDEV_INGRESS:
        raise KernelError(Errno.EOPNOTSUPP)
    hooks = nft_parse_devices(net, request.hook)
    if flowtable is not None:
        if request.nlmsg_flags & NLM_F_EXCL:
            raise bad(Errno.EEXIST, "name")
        if request.nlmsg_flags & NLM_F_REPLACE:
            raise KernelError(Errno.EOPNOTSUPP)
        hooks = {name: hook for name, hook in hooks.items() if name not in flowtable.hooks}
        _new_hooks(table, hooks)
        trans.assign(flowtable, "hooks", {**flowtable.hooks, **hooks})
    else:
        _new_hooks(table, hooks)
        flowtable = NftFlowtable(table, request, hooks)
        trans.assign(table, "flowtables", {**table.flowtables, request.name: flowtable})
    for hook in hooks.values():
        _register(flowtable, hook, trans)


def nf_tables_delflowtable(net: Net, request: DelFlowtable, trans: Trans) -> None:
    """Deletes a flowtable, or takes devices off it. ENOENT, EBUSY while a rule adds to it."""
    table = nft_table_lookup(net, request.family, request.table)
    attribute = "name" if request.handle is None else "handle"
    flowtable: NftFlowtable | None
    if request.handle is not None:
        by_handle = (found for found in table.flowtables.values() if found.handle == request.handle)
        flowtable = next(by_handle, None)
    else:
        flowtable = table.flowtables.get(request.name or "")
    if flowtable is None:
        if request.destroy:
            return
        raise bad(Errno.ENOENT, attribute)
    if request.hook is not None:
        _del_devices(net, flowtable, request.hook, trans)
        return
    if flowtable.use:
        raise bad(Errno.EBUSY, attribute)
    nft_delflowtable(net, flowtable, trans)


def _del_devices(net: Net, flowtable: NftFlowtable, hook: Hook, trans: Trans) -> None:
    """nft_delflowtable_hook: ENOENT for a device that the flowtable does not name."""
    if any(name not in flowtable.hooks for name in hook.devices):
        raise KernelError(Errno.ENOENT)
    gone = [flowtable.hooks[name] for name in hook.devices]
    rest = {name: found for name, found in flowtable.hooks.items() if name not in hook.devices}
    trans.assign(flowtable, "hooks", rest)
    trans.on_commit(lambda: _unregister(net, *gone))


def nft_delflowtable(net: Net, flowtable: NftFlowtable, trans: Trans) -> None:
    """The flowtable goes: its connections are the stack's again."""
    table = flowtable.table
    trans.assign(table, "flowtables", {name: it for name, it in table.flowtables.items() if it is not flowtable})

    def forget() -> None:
        _unregister(net, *flowtable.hooks.values())
        nf_flow_table_cleanup(flowtable.data, None)

    trans.on_commit(forget)


def nf_tables_flowtable_event(event: NetdevEvent, dev: NetDevice) -> None:
    """Devices that appear, disappear or get another name gain and lose the flowtables that name them."""
    if event not in (NetdevEvent.REGISTER, NetdevEvent.UNREGISTER, NetdevEvent.CHANGENAME):
        return
    by_name = dev.net.machine.version.netdev_chain_by_name
    for table in dev.net.nft.tables.values():
        for flowtable in table.flowtables.values():
            for hook in tuple(flowtable.hooks.values()):
                if by_name:
                    _device_event(flowtable, hook, event, dev)
                else:
                    _bound_device_event(flowtable, hook, event, dev)


def _device_event(flowtable: NftFlowtable, hook: NftHook, event: NetdevEvent, dev: NetDevice) -> None:
    held = any(ops.dev is dev for ops in hook.ops)
    wanted = event is not NetdevEvent.UNREGISTER and hook.ifname == dev.name
    if held and not wanted:
        _unregister(dev.net, hook)
    elif wanted and not held:
        _register(flowtable, hook, None)


def _bound_device_event(flowtable: NftFlowtable, hook: NftHook, event: NetdevEvent, dev: NetDevice) -> None:
    """Before 6.16 a hook belongs to its device: it is renamed with it, and goes with it."""
    if all(ops.dev is not dev for ops in hook.ops):
        return
    if event is NetdevEvent.UNREGISTER:
        _unregister(dev.net, hook)
        flowtable.hooks = {name: other for name, other in flowtable.hooks.items() if other is not hook}
    elif event is NetdevEvent.CHANGENAME:
        hook.ifname = dev.name
        flowtable.hooks = {other.ifname: other for other in flowtable.hooks.values()}


def nf_tables_getflowtable(net: Net, family: int = 0, table: str | None = None) -> tuple[Flowtable, ...]:
    """The flowtables of a namespace, those that fit; 0 and None fit everything."""
    return tuple(
        flowtable.dump()
        for owner in net.nft.tables.values()
        if family in (0, owner.family) and table in (None, owner.name)
        for flowtable in owner.flowtables.values()
    )
