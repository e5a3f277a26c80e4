"""How large a lab may grow, so that one lab cannot take a server away from the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import LimitError, Machine


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a lab may ask for.

    ``rules`` counts nft rules and tc filters together; ``packets`` and ``output`` (characters) count per command,
    ``steps`` per walk; ``file_bytes`` is for all files that programs write (tcpdump -w); ``patience`` is the virtual
    time (seconds) after which a command that would run for ever is interrupted; ``seconds`` is the processor's
    time for all of a lab's commands: what else the machine does must not decide how a lab ends.
    """

    script_bytes: int = 100_000
    commands: int = 2_000
    namespaces: int = 256
    devices: int = 1_024
    rules: int = 5_000
    packets: int = 100_000
    output: int = 4_000_000
    file_bytes: int = 8_000_000
    steps: int = 20_000
    patience: int = 30
    seconds: float = 20.0

    def check_size(self, machine: Machine) -> None:
        """Raises LimitError where the machine has outgrown its lab."""
        nets = (machine.init_net, *machine.namespaces.values())
        sizes = (
            ("namespaces", len(nets) - 1, self.namespaces),
            ("devices", sum([len(net.devices) for net in nets]), self.devices),
            ("rules and filters", _rules(nets) + _filters(nets), self.rules),
        )
        for what, size, limit in sizes:
            if size > limit:
                raise LimitError(f"more than {limit} {what} in a lab")


# Both run after each command of a lab: what is empty must cost nothing, for there may be many namespaces.


def _rules(nets: Iterable[Net]) -> int:
    tables = [table for net in nets if net.nft.tables for table in net.nft.tables.values()]
    return sum(len(chain.rules) for table in tables for chain in table.chains.values())


def _filters(nets: Iterable[Net]) -> int:
    devices = [dev for net in nets for dev in net.devices.values() if dev.miniq_ingress or dev.miniq_egress]
    queues = [miniq for dev in devices for miniq in (dev.miniq_ingress, dev.miniq_egress) if miniq is not None]
    return sum(len(chain.filter_chain) for miniq in queues for chain in miniq.block.chain_list.values())
