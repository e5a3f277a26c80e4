"""What a lab may type: each name and the program behind it, which is imported when it is first run."""

from __future__ import annotations

from importlib import import_module

from webapp.userland import builtins, coreutils
from webapp.userland.jobs import Result
from webapp.userland.process import Process, Program


def _program(module: str) -> Program:
    """The ``main`` of a module below webapp.userland."""

    def run(process: Process, argv: list[str]) -> Result:
        main: Program = import_module(f"webapp.userland.{module}").main
        return main(process, argv)

    return run


MODULES = {
    "ip": "iproute2.ip",
    "bridge": "iproute2.bridge",
    "tc": "iproute2.tc",
    "nft": "nftables.nft",
    "ping": "iputils.ping",
    "arping": "arping",
    "mausezahn": "mausezahn.mausezahn",
    "trafgen": "trafgen",
    "sysctl": "procps.sysctl",
    "conntrack": "conntrack",
    "nat64-preview": "nat64_preview",
    "nc": "netcat",
    "tcpdump": "tcpdump.tcpdump",
    "timeout": "timeout",
}
"""Where the ``main`` of each program is that is a module of its own, below webapp.userland."""

PROGRAMS: dict[str, Program] = {name: _program(module) for name, module in MODULES.items()} | {
    "sleep": coreutils.sleep,
    "wait": builtins.wait,
    "kill": builtins.kill,
    "true": coreutils.true,
    "false": coreutils.false,
    "echo": coreutils.echo,
}
"""Every program by name."""

PROBES = frozenset(("ping", "arping", "mausezahn", "trafgen", "nc"))
"""The programs that send packets, and whose packets are worth a walk. They wait, so they are all tasks (jobs.py)."""

MODEL_ONLY = frozenset(("nat64-preview",))
"""The programs that no real machine has: what they do is not in Linux."""
