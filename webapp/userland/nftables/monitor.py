"""nft monitor: prints what the kernel tells its netlink groups (nftables src/monitor.c, do_command_monitor).

Of what 1.0.6 can watch, the packets are modelled that a rule has set nftrace for.
"""

from __future__ import annotations

from collections import deque

from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.jobs import Task, Wait
from webapp.userland.nftables.datatype import Output
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.rule import MonitorDecl
from webapp.userland.nftables.trace_print import TracePrinter
from webapp.userland.process import Process

_EVENTS = ("", "new", "destroy")


def monitor_evaluate(monitor: MonitorDecl) -> None:
    """cmd_evaluate_monitor; NftError for an event that there is not, or one that is not modelled."""
    if monitor.event.name not in _EVENTS:
        raise NftError(f"invalid event {monitor.event.name}", monitor.event.location)
    if monitor.obj != "trace":
        raise NftError("monitor is supported here for trace only", monitor.location)


def monitor(process: Process, cmd: MonitorDecl, output: Output) -> Task:
    """Until somebody sends a signal. Traces are neither new nor destroyed: who asks for such waits for nothing."""
    messages: deque[uapi.Trace] = deque()
    listeners = process.net.nft.trace_listeners
    listener = messages.append
    printer = TracePrinter(process.net, output)
    if not cmd.event:
        listeners.append(listener)
    try:
        while True:
            yield Wait(None, lambda: messages)
            while messages:
                process.stdout.write("".join(f"{line}\n" for line in printer.lines(messages.popleft())))
    finally:
        if not cmd.event:
            listeners.remove(listener)
