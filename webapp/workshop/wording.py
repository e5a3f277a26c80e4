"""What stands in a lab, in the words of the programs that put it there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from io import StringIO

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.kernel.trace import FilterRun, RuleRun
from webapp.kernel.uapi.nftnl import FAMILY_NAMES
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS
from webapp.workshop.document import Document
from webapp.workshop.journey import Place
from webapp.workshop.sources import Filter, Rule, filter_words

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
    """The rules and filters of a script and the machine that it made, as text. A counter's figures are left out."""

    def __init__(self, document: Document, machine: Machine) -> None:
        self._document = document
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

    def chains(self, netns: str) -> Iterator[tuple[str, str, str]]:
        """Family, table and name of all chains of a namespace."""
        net = self.nets.get(netns)
        for table in net.nft.tables.values() if net is not None else ():
            for chain in table.chains:
                yield FAMILY_NAMES[table.family], table.name, chain

    def chain(self, netns: str, name: str) -> str:
        """A chain in its table, as nft lists it; ``name`` is family, table and chain."""
        net = self.nets.get(netns)
        return _COUNTER.sub("counter", listed(net, "nft", "list", "chain", *name.split())) if net is not None else ""

    def rule(self, netns: str, run: RuleRun) -> str:
        """A rule that ran; its handle where it is there no more."""
        text = self.rules(netns).get((run.family, run.table, run.chain, run.handle))
        return text or f"handle {run.handle}"

    def handles(self, rule: Rule) -> list[int]:
        """Those of the rules of a rule's chain, in order."""
        name = rule.family, rule.table, rule.chain
        return [key[3] for key in self.rules(rule.netns) if key[:3] == name]

    def filter(self, place: Place, run: FilterRun) -> str:
        """A filter that was consulted at a hook: as the script says it, up to its actions, or by its keys."""
        side = place.station.removeprefix("tc ")
        said = filter_words(self._document, Filter(place.netns, place.dev, side, run.pref))
        if said is not None and f" {run.kind} " in said:
            return f"{run.kind} {said.split(f' {run.kind} ', 1)[1].split(' action ')[0]}"
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
