"""What stands in a lab, in the words of the programs that put it there."""

from __future__ import annotations

import re
from functools import cached_property
from io import StringIO

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.kernel.trace import FilterRun, RuleRun
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS

_TABLE = re.compile(r"table (\S+) (\S+) \{")
_CHAIN = re.compile(r"\tchain (\S+) \{")
_HANDLE = re.compile(r"\t\t(.*) # handle (\d+)")
_COUNTER = re.compile(r"counter packets \d+ bytes \d+")

RuleKey = tuple[str, str, str, int]
"""Family, table, chain, handle."""


def listed(net: Net, *argv: str) -> str:
    """What a program prints in a namespace; nothing where it fails."""
    output = StringIO()
    process = Process(net.machine, net, output, StringIO(), PROGRAMS)
    return output.getvalue() if process.execute(list(argv)) == 0 else ""


class Wording:
    """A machine's rules and filters, as text. A counter's figures are left out."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._rules: dict[str, dict[RuleKey, str]] = {}

    @cached_property
    def nets(self) -> dict[str, Net]:
        """The namespaces by name; "" is the one in which a lab starts."""
        return {"": self._machine.init_net, **self._machine.namespaces}

    def rules(self, netns: str) -> dict[RuleKey, str]:
        """All rules of a namespace."""
        if netns not in self._rules:
            self._rules[netns] = _rules(self.nets[netns]) if netns in self.nets else {}
        return self._rules[netns]

    def rule(self, netns: str, run: RuleRun) -> str:
        """A rule that ran; its handle where it is there no more."""
        text = self.rules(netns).get((run.family, run.table, run.chain, run.handle))
        return text or f"handle {run.handle}"

    @staticmethod
    def filter(run: FilterRun) -> str:
        """A filter that was consulted: its kind, its preference, and its keys where it has some."""
        keys = [line.rpartition(":")[0] or line for line in run.detail[:3] if line.startswith("match")]
        return " ".join((run.kind, f"pref {run.pref}", *keys))


def _rules(net: Net) -> dict[RuleKey, str]:
    found: dict[RuleKey, str] = {}
    family = table = chain = ""
    for line in listed(net, "nft", "-a", "list", "ruleset").splitlines():
        if match := _TABLE.match(line):
            family, table = match.groups()
        elif match := _CHAIN.match(line):
            chain = match[1]
        elif match := _HANDLE.fullmatch(line):
            found[family, table, chain, int(match[2])] = _COUNTER.sub("counter", match[1])
    return found
