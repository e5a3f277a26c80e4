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


PROGRAMS: dict[str, Program] = {
    "ip": _program("iproute2.ip"),
    "bridge": _program("iproute2.bridge"),
    "tc": _program("iproute2.tc"),
    "nft": _program("nftables.nft"),
    "ping": _program("iputils.ping"),
    "arping": _program("arping"),
    "mausezahn": _program("mausezahn.mausezahn"),
    "sysctl": _program("procps.sysctl"),
    "conntrack": _program("conntrack"),
    "nat64-preview": _program("nat64_preview"),
    "nc": _program("netcat"),
    "timeout": _program("timeout"),
    "sleep": coreutils.sleep,
    "wait": builtins.wait,
    "kill": builtins.kill,
    "true": coreutils.true,
    "false": coreutils.false,
    "echo": coreutils.echo,
}
"""Every program by name."""

PROBES = frozenset(("ping", "arping", "mausezahn", "nc"))
"""The programs that send packets, and whose packets are worth a walk. They wait, so they are all tasks (jobs.py)."""
