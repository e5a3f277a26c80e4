"""A script and the machine that it makes, with the device or namespace that each of its names means.

Probes and listings are not run: they make nothing, and an edit asks while the pointer moves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from io import StringIO

from webapp.kernel.core.net_device import NetDevice
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import LimitError
from webapp.lab.lab import NOT_FOUND, Lab
from webapp.lab.limits import Limits
from webapp.lab.topology import HookView, Topology, topology
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS
from webapp.userland.shell import AndOrList, Connector
from webapp.workshop.document import Document
from webapp.workshop.operations import OperationError
from webapp.workshop.references import Reference, references

LIMITS = Limits(packets=20_000, output=500_000, patience=5, seconds=3.0)
"""What one run may cost: less than a lab, for an edit runs a script several times."""

Thing = NetDevice | Net


class Run:
    """A script that was run. OperationError where it cannot be: no lab, or more than LIMITS allow.

    ``codes`` are the exit codes by command: None for one that was not run. ``means`` are the things that names mean, by
    command and reference: as they were before the command, or else after it, or else as the name was used later.
    """

    def __init__(self, text: str) -> None:
        self.document = read(text)
        self.references: tuple[tuple[Reference, ...], ...] = tuple(
            references(text, command, call)
            for command, call in zip(self.document.commands, self.document.calls, strict=True)
        )
        self.codes: list[int | None] = [None] * len(self.document.commands)
        self.output: list[str] = [""] * len(self.document.commands)
        self.means: dict[tuple[int, Reference], Thing] = {}
        self._lab = Lab(limits=LIMITS)
        self.machine = self._lab.machine
        try:
            self._run()
        except LimitError as error:
            raise OperationError(f"The script asks for too much: {error}.") from error
        self._resolve_later()

    def _run(self) -> None:
        index = 0
        for steps in self.document.lists:
            if len(steps) == 1 and self.document.listening[index]:
                self._look_up(index)
            else:
                self._run_list(index, steps)
            index += len(steps)

    def _run_list(self, index: int, steps: AndOrList) -> None:
        entries = self._lab.run_list(steps)
        code = 0
        for number, step in enumerate(steps, index):
            skipped = (step.connector is Connector.AND and code) or (step.connector is Connector.OR and not code)
            if not skipped:
                self._look_up(number)
                entry = next(entries)
                self.codes[number] = code = entry.code
                self.output[number] = entry.output
            self._look_up(number)

    def _look_up(self, index: int) -> None:
        for reference in self.references[index]:
            if (index, reference) not in self.means:
                thing = self.find(reference)
                if thing is not None:
                    self.means[index, reference] = thing

    def _resolve_later(self) -> None:
        """A ruleset may name a device that is made after it."""
        later: dict[tuple[bool, str, str], Thing] = {}
        for index in reversed(range(len(self.references))):
            for reference in self.references[index]:
                key = reference.device, reference.netns, reference.name
                known = self.means.get((index, reference)) or later.get(key)
                if known is not None:
                    later[key] = self.means[index, reference] = known

    # What stands at the end

    def net(self, netns: str) -> Net | None:
        """The namespace of that name, "" for the one in which a lab starts."""
        return self.machine.namespaces.get(netns) if netns else self.machine.init_net

    def find(self, reference: Reference) -> Thing | None:
        """What a name means now."""
        if not reference.device:
            return self.machine.namespaces.get(reference.name)
        net = self.net(reference.netns)
        return net.devices.get(reference.name) if net is not None else None

    def need_net(self, netns: str) -> Net:
        """The namespace; OperationError where there is none."""
        net = self.net(netns)
        if net is None:
            raise OperationError(f"There is no namespace {netns} in this lab. Make it first.")
        return net

    def need(self, netns: str, name: str) -> NetDevice:
        """The device; OperationError where there is none."""
        dev = self.need_net(netns).devices.get(name)
        if dev is None:
            raise OperationError(f"There is no device {name or 'without a name'} in {shown(netns)}. Make it first.")
        return dev

    @property
    def nets(self) -> list[Net]:
        """All namespaces, the one in which a lab starts first."""
        return [self.machine.init_net, *self.machine.namespaces.values()]

    @cached_property
    def topology(self) -> Topology:
        """The machine as the picture shows it."""
        return topology(self.machine)

    @cached_property
    def hooks(self) -> dict[tuple[str, str, str], Counter[str]]:
        """What hangs at each hook, by namespace, device ("" for none) and station: the lines of HookView.

        The numbers of actions are left out: they count what the kernel was asked for, not what is there.
        """
        found: dict[tuple[str, str, str], Counter[str]] = {}
        for net in self.topology.namespaces:
            found |= {(net.name, "", hook.station): _lines(hook) for hook in net.hooks}
            for dev in net.devices:
                found |= {(net.name, dev.name, hook.station): _lines(hook) for hook in dev.hooks}
        return found

    def ask(self, netns: str, argv: list[str]) -> tuple[int, str]:
        """What a listing prints in a namespace, and its exit code."""
        output = StringIO()
        process = Process(self.machine, self.need_net(netns), output, StringIO(), PROGRAMS)
        code = process.execute(argv)
        return NOT_FOUND if code is None else code, output.getvalue()

    def routes(self, netns: str, address: str) -> bool:
        """Whether a namespace has a route to an address of another one."""
        code, text = self.ask(netns, ["ip", "route", "get", address])
        return code == 0 and not text.startswith("local ")

    def uses(self, thing: Thing) -> Iterator[tuple[int, Reference]]:
        """Where a thing is named, in the order of the script."""
        yield from self._uses.get(thing, ())

    @cached_property
    def _uses(self) -> dict[Thing, list[tuple[int, Reference]]]:
        found: dict[Thing, list[tuple[int, Reference]]] = {}
        for use in sorted(self.means, key=lambda use: use[1].start):
            found.setdefault(self.means[use], []).append(use)
        return found

    @cached_property
    def failed(self) -> tuple[int, ...]:
        """The commands that fail, and the probes whose namespace or device is not there."""
        return tuple(
            index
            for index, code in enumerate(self.codes)
            if code or (code is None and self.document.listening[index] and self._dangles(index))
        )

    def _dangles(self, index: int) -> bool:
        return any(
            self.means.get((index, reference)) is None
            for reference in self.references[index]
            if not self.document.commands[index].heredocs
        )

    @cached_property
    def failures(self) -> Counter[str]:
        """The texts of the commands that fail."""
        return Counter(self.document.commands[index].source for index in self.failed)


_INDEX = re.compile(r"\bindex \d+")


def _lines(hook: HookView) -> Counter[str]:
    return Counter(_INDEX.sub("index", line) for line in hook.lines)


@lru_cache(maxsize=8)
def read(text: str) -> Document:
    """A script's commands. OperationError where it is no lab, or too long for one."""
    if len(text.encode(errors="surrogatepass")) > LIMITS.script_bytes:
        raise OperationError(f"The script is longer than {LIMITS.script_bytes} bytes.")
    return Document(text)


@lru_cache(maxsize=8)
def run(text: str) -> Run:
    """The run of a script; a drag asks for the same one many times. Nobody may change its machine."""
    return Run(text)


def shown(netns: str) -> str:
    """A namespace as people call it."""
    return netns or "the namespace in which the lab starts"
