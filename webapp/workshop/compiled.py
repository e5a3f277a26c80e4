"""What a rule of a script compiles to: the expressions that the kernel runs, as ``nft --debug=netlink`` prints them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from webapp.kernel.core.net_namespace import Net
from webapp.kernel.machine import Machine
from webapp.kernel.uapi import nf_tables as uapi
from webapp.userland.nftables.batch.batch import Placed
from webapp.userland.nftables.cache import RulesetCache
from webapp.userland.nftables.commands import Compiler
from webapp.userland.nftables.erec import NftError
from webapp.userland.nftables.interface_names import InterfaceNames
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.netlink_debug import element_debug, rule_debug, set_debug
from webapp.userland.nftables.parser import parse as parse_nft
from webapp.userland.nftables.rule import CmdOp, RuleDecl
from webapp.userland.shell import Command, ScriptError, parse
from webapp.workshop.invocation import argument_places, body_place, invocation


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """``rule`` as it stands in the script, and a line for each of its expressions; both empty where there is none."""

    rule: str = ""
    lines: tuple[str, ...] = ()


def compile_rule(machine: Machine, script: str, offset: int) -> CompiledRule:
    """The rule at ``offset`` (characters) of the script. Nothing is sent to the kernel."""
    try:
        commands = [step.command for steps in parse(script) for step in steps]
    except ScriptError:
        return CompiledRule()
    for command in commands:
        run = invocation(command.argv)
        if run.program == "nft" and _contains(script, command, offset):
            net = machine.namespaces.get(run.netns, machine.init_net)
            text, places = _input(script, command, run.first)
            return _at(net, text, bisect_right(places, offset) - 1)
    return CompiledRule()


def _contains(script: str, command: Command, offset: int) -> bool:
    if command.spans[0][0] <= offset <= command.spans[-1][1]:
        return True
    lines = command.stdin.split("\n")[:-1]
    return bool(lines) and command.body <= offset <= body_place(script, command, len(lines), len(lines[-1]) + 1)


def _input(script: str, command: Command, first: int) -> tuple[str, list[int]]:
    """What nft reads, and where each of its characters stands in the script."""
    if not command.stdin:
        options = next(
            (at for at in range(first + 1, len(command.argv)) if not command.argv[at].startswith("-")), first
        )
        text, places = argument_places(script, command, options)
        return f"{text}\n", places
    places = []
    for number, line in enumerate(command.stdin.split("\n"), 1):
        start = body_place(script, command, number, 1)
        places += range(start, start + len(line) + 1)
    return command.stdin, places


class _Watching(Compiler):
    """A compiler that keeps which messages each rule has become."""

    def __init__(self, net: Net) -> None:
        super().__init__(RulesetCache(net), InterfaceNames(net))
        self.rules: list[tuple[Location, range]] = []

    def add_rule(self, rule: RuleDecl, op: CmdOp) -> None:
        before = len(self.batch)
        super().add_rule(rule, op)
        self.rules.append((rule.location, range(before, len(self.batch))))


def _at(net: Net, text: str, at: int) -> CompiledRule:
    compiler = _Watching(net)
    for cmd in parse_nft(text)[0]:
        try:
            compiler.command(cmd)
        except NftError:
            continue
    batch = compiler.finished()
    line_start, line_end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    for location, messages in compiler.rules:
        if location.start <= at <= location.end or line_start <= location.start <= line_end:
            lines = [line for number in messages for line in _lines(batch[number])]
            return CompiledRule(" ".join(text[location.start : location.end].split()), tuple(lines))
    return CompiledRule()


def _lines(placed: Placed) -> list[str]:
    message = placed.message
    if isinstance(message, uapi.NewRule):
        return [line.strip() for line in rule_debug(message).splitlines()[1:] if line.strip()]
    if isinstance(message, uapi.NewSet):
        return [set_debug(message)]
    if isinstance(message, uapi.NewSetElem):
        return [element_debug(element).strip() for element in message.elements]
    return []
