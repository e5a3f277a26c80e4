"""A lab script as the workshop edits it: its commands, and the places at which they stand, to the character."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from webapp.userland.iproute2.arguments import matches
from webapp.userland.programs import PROBES
from webapp.userland.shell import AndOrList, Command, ScriptError, Word, parse
from webapp.workshop.invocation import invocation
from webapp.workshop.operations import Change, OperationError

ARRANGEMENT = "#:"
"""How the comment lines begin that say where things stand in the picture; they are a script's last lines."""

_BLANK = re.compile(r"[ \t]*\Z")
_END_OF_COMMAND = re.compile(r"[ \t]*(?:;(?!;)|&(?!&))?")


@dataclass(frozen=True, slots=True)
class Call:
    """What a command comes to once ``ip netns exec`` and ``timeout`` are taken off.

    ``netns`` is the namespace that it works in, ``netns_words`` those that name it (the last one counts); ``words``
    are the program and its arguments without the global options of ip, tc and bridge.
    """

    netns: str
    netns_words: tuple[Word, ...]
    words: tuple[Word, ...]
    options: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The program's name, empty for none."""
        return self.words[0].text.rpartition("/")[2] if self.words else ""

    @property
    def arguments(self) -> list[str]:
        """What follows the program, without global options."""
        return [word.text for word in self.words[1:]]


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a script that hold whole lists of commands, with their here-documents: ``start`` to ``end``.

    ``commands`` are the indices of its commands in Document.commands.
    """

    start: int
    end: int
    commands: range


class Document:
    """A script that was read. OperationError where it is not one."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self.lists: tuple[AndOrList, ...] = parse(text)
        except ScriptError as error:
            message = f"Line {error.line} of the script cannot be read ({error.message}). Mend it, or undo, first."
            raise OperationError(message) from error
        self.commands: tuple[Command, ...] = tuple(step.command for steps in self.lists for step in steps)
        self.calls: tuple[Call, ...] = tuple(call(command.words) for command in self.commands)
        self.blocks: tuple[Block, ...] = tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        """A block goes on while a list begins on the line on which the one before it ends."""
        start = end = first = count = 0
        for steps in self.lists:
            begin = steps[0].command.start
            if count == first or begin >= end:
                if count > first:
                    yield Block(start, end, range(first, count))
                start, end, first = self.text.rfind("\n", 0, begin) + 1, 0, count
            count += len(steps)
            afters = [heredoc.after for step in steps for heredoc in step.command.heredocs]
            end = max(end, self.after_line(steps[-1].command.end), *afters)
        if count > first:
            yield Block(start, end, range(first, count))

    def after_line(self, at: int) -> int:
        """Where the line after that of ``at`` begins, or the text ends."""
        newline = self.text.find("\n", at)
        return len(self.text) if newline < 0 else newline + 1

    def end_of(self, index: int) -> int:
        """Where a command ends, with the ; or & that ends it."""
        match = _END_OF_COMMAND.match(self.text, self.commands[index].end)
        assert match is not None
        return match.end() if match[0].strip() else self.commands[index].end

    def block_of(self, index: int) -> Block:
        """The block of a command."""
        return self.blocks[bisect_left(self.blocks, index + 1, key=lambda block: block.commands.stop)]

    @cached_property
    def listening(self) -> tuple[bool, ...]:
        """Per command, whether it only sends packets, waits, or lists."""
        return tuple(map(only_looks, self.calls))

    @cached_property
    def probes(self) -> int:
        """The index of the first block of the probes and listings at the end of the script."""
        number = len(self.blocks)
        while number and all(self.listening[index] for index in self.blocks[number - 1].commands):
            number -= 1
        return number

    @cached_property
    def arrangement(self) -> int:
        """Where the comment lines begin that say how things are arranged; the end of the text if there are none."""
        first = at = len(self.text)
        floor = self.blocks[-1].end if self.blocks else 0
        while at > floor:
            start = self.text.rfind("\n", 0, at - 1) + 1
            line = self.text[start:at]
            if line.startswith(ARRANGEMENT):
                first = start
            elif not _BLANK.match(line.rstrip("\n")):
                break
            at = start
        return first

    @cached_property
    def setup_end(self) -> int:
        """Where commands are added that make something: before the probes and listings at the script's end."""
        if self.probes:
            return self.blocks[self.probes - 1].end
        if self.blocks:
            return self.blocks[0].start
        return self.content_end

    @cached_property
    def content_end(self) -> int:
        """Where the last line ends that is neither blank nor one of the arrangement."""
        kept = len(self.text[: self.arrangement].rstrip("\n \t"))
        return self.after_line(kept) if kept else 0

    def ends_here(self, at: int) -> bool:
        """Whether what follows is a blank line, the arrangement or nothing."""
        line = self.text[at : self.after_line(at)]
        return at >= self.arrangement or not line.strip()


def call(words: Sequence[Word]) -> Call:
    """Takes off what only says where a program runs."""
    found = invocation([word.text for word in words])
    program = (*words[found.first : found.first + 1], *words[found.arguments :])
    return Call(found.netns, tuple(words[place] for place in found.places), program, found.options)


_WAITING = frozenset(("tcpdump", "sleep", "wait", "kill", "echo", "true", "false", "cat"))
_LISTINGS = ("show", "list", "lst", "get")


def only_looks(call: Call) -> bool:
    """Whether a command leaves the machine's configuration alone."""
    program, arguments = call.program, call.arguments
    if program in PROBES or program in _WAITING:
        return True
    if program == "nft":
        plain = [word for word in arguments if not word.startswith("-")]
        return bool(plain) and plain[0] == "list"
    if program in ("ip", "tc", "bridge"):
        return len(arguments) < 2 or any(matches(arguments[1], verb) for verb in _LISTINGS)
    if program == "sysctl":
        return not any("=" in word or word in ("-w", "--write") for word in arguments)
    if program == "conntrack":
        return not any(word in ("-F", "-D", "-U", "-I") for word in arguments)
    return False


def sets_link(call: Call) -> bool:
    """Whether a command is ``ip link set`` of something."""
    words = call.arguments
    return call.program == "ip" and len(words) > 2 and matches(words[0], "link") and matches(words[1], "set")


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text after changes, which are in order and do not overlap."""
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += text[at : change.start], change.insert
        at = change.end
    return "".join((*parts, text[at:]))
