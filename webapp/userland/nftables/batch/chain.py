"""Base chains and others: hooks, priorities, devices (chain_evaluate, mnl_nft_chain_add)."""

from __future__ import annotations

from webapp.kernel.uapi import nf_tables as uapi
from webapp.kernel.uapi.netfilter import NFPROTO_INET, NFPROTO_NETDEV
from webapp.userland.nftables import datatype as dt
from webapp.userland.nftables import expression as ex
from webapp.userland.nftables import userdata
from webapp.userland.nftables.batch.batch import BatchEvaluator, Placed, places
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.hooks import HOOKS, std_prio_lookup
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.rule import FAMILY_NAMES, ChainDecl, Priority


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
        number = HOOKS[family].get(data.hook.name)
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
        number = std_prio_lookup(priority.name, family, hook)
        if number is None:
            raise NftError("invalid priority expression value in this context.", priority.location)
        return number + priority.offset


def device_names(devices: ex.Expr | None) -> tuple[str, ...]:
    """The names in a list of devices."""
    if not isinstance(devices, ex.List):
        return ()
    return tuple(dt.string_text(name.value) for name in devices.expressions if isinstance(name, ex.Value))


def _device_places(devices: ex.Expr | None) -> tuple[Location, ...]:
    return tuple(name.location for name in devices.expressions) if isinstance(devices, ex.List) else ()
