"""Base chains and others: hooks, priorities, devices (chain_evaluate, mnl_nft_chain_add)."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import (
    NFPROTO_ARP,
    NFPROTO_BRIDGE,
    NFPROTO_INET,
    NFPROTO_IPV4,
    NFPROTO_IPV6,
    NFPROTO_NETDEV,
)
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import BatchEvaluator, Placed, places
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.rule import FAMILY_NAMES, ChainDecl, Priority

NFT_CHAIN_BASE_HOOKS: dict[int, dict[str, int]] = {
    NFPROTO_INET: {"prerouting": 0, "input": 1, "forward": 2, "output": 3, "postrouting": 4, "ingress": 5},
    NFPROTO_ARP: {"input": 0, "output": 1, "forward": 2},
    NFPROTO_NETDEV: {"ingress": 0, "egress": 1},
}
for _family in (NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE):
    NFT_CHAIN_BASE_HOOKS[_family] = {
        name: number for name, number in NFT_CHAIN_BASE_HOOKS[NFPROTO_INET].items() if name != "ingress"
    }

_IP_FAMILIES = frozenset((NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6))
_PRIORITIES: dict[str, tuple[int, frozenset[int], str | None]] = {
    "raw": (-300, _IP_FAMILIES, None),
    "mangle": (-150, _IP_FAMILIES, None),
    "dstnat": (-100, _IP_FAMILIES, "prerouting"),
    "filter": (0, _IP_FAMILIES | {NFPROTO_ARP, NFPROTO_NETDEV}, None),
    "security": (50, _IP_FAMILIES, None),
    "srcnat": (100, _IP_FAMILIES, "postrouting"),
}
_BRIDGE_PRIORITIES: dict[str, tuple[int, frozenset[int], str | None]] = {
    "dstnat": (-300, frozenset((NFPROTO_BRIDGE,)), "prerouting"),
    "filter": (-200, frozenset((NFPROTO_BRIDGE,)), None),
    "out": (100, frozenset((NFPROTO_BRIDGE,)), "output"),
    "srcnat": (300, frozenset((NFPROTO_BRIDGE,)), "postrouting"),
}
"""Names of priorities: the number, the families, and the hooks (None: all) that know them (std_prios)."""


class ChainCommands(BatchEvaluator):
    """Chains."""

    def add_chain(self, data: ChainDecl, flags: int) -> None:
        """A chain; base chains with hook, priority and devices."""
        self.require_table()
        handle = data.handle
        self.ruleset.chains.add((handle.family, handle.table.name, handle.chain.name))
        hook = self.hook(data)
        policy = data.policy
        number = None
        if policy is not None:
            number = self._policy(policy)
        comment = userdata.put_comment(data.comment)
        message = uapi.NewChain(
            handle.family,
            handle.table.name,
            handle.chain.name,
            hook,
            number,
            data.type.name or None,
            data.flags,
            userdata=comment,
            nlmsg_flags=flags,
        )
        fields = places(handle) | {"hook": data.hook.location, "type": data.type.location}
        self.batch.append(Placed(message, self.where, fields, elements=_device_places(data.devices)))

    def _policy(self, expr: ex.Expr) -> int:
        if isinstance(expr, ex.Symbol):
            words = {"accept": 1, "drop": 0}
            if expr.identifier not in words:
                raise NftError("wrong policy", expr.location)
            return words[expr.identifier]
        assert isinstance(expr, ex.Value)
        return expr.value

    def hook(self, data: ChainDecl) -> uapi.Hook | None:
        if not data.hook:
            if data.devices is None:
                return None
            # Devices for a chain that exists already.
            return uapi.Hook(0, 0, device_names(data.devices))
        family = data.handle.family
        number = NFT_CHAIN_BASE_HOOKS[family].get(data.hook.name)
        if number is None:
            raise NftError(f"The {FAMILY_NAMES[family]} family does not support this hook", data.hook.location)
        assert data.priority is not None
        priority = self.priority(data.priority, family, data.hook.name)
        needs_device = family == NFPROTO_NETDEV or (family == NFPROTO_INET and data.hook.name == "ingress")
        if not needs_device and data.devices is not None:
            raise NftError("This chain type cannot be bound to device", data.devices.location)
        if needs_device and data.devices is None:
            raise NftError("Missing `device' in this chain definition", data.location)
        return uapi.Hook(number, priority, device_names(data.devices))

    def priority(self, priority: Priority, family: int, hook: str) -> int:
        """The number of a priority."""
        if not priority.name:
            return priority.offset
        table = _BRIDGE_PRIORITIES if family == NFPROTO_BRIDGE else _PRIORITIES
        number, families, hooks = table.get(priority.name, (0, frozenset(), None))
        if family not in families or (hooks is not None and hook not in hooks.split()):
            raise NftError("invalid priority expression value in this context.", priority.location)
        return number + priority.offset


def device_names(devices: ex.Expr | None) -> tuple[str, ...]:
    """The names in a list of devices."""
    if not isinstance(devices, ex.List):
        return ()
    return tuple(dt.string_text(name.value) for name in devices.expressions if isinstance(name, ex.Value))


def _device_places(devices: ex.Expr | None) -> tuple[Location, ...]:
    return tuple(name.location for name in devices.expressions) if isinstance(devices, ex.List) else ()
