"""An edit in the making: commands that are added, text that is replaced, and commands that are cut out.

Where a command is added after one of another kind, a blank line stands between them if one stands below; what is cut
takes that blank line along. So what was added and is cut again leaves no trace.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from webapp.userland.shell import AndOrList, HereDocument
from webapp.workshop.document import Block, Document
from webapp.workshop.names import Names
from webapp.workshop.operations import Change, Edit, Item
from webapp.workshop.run import Run, read, run

Span = tuple[int, int]

_RULES = frozenset(("tc", "nft"))
_PROGRAM = re.compile(r"(?:ip netns exec \S+ +)?(?:\S*/)?(\w+)")


class Draft:
    """What an operation does to a script. Only what asks for ``run``, or for ``names`` that are free, runs it."""

    def __init__(self, text: str) -> None:
        self.document = read(text)
        self.made: list[Item] = []
        self._setup: list[str] = []
        self._end: list[str] = []
        self._changes: list[Change] = []
        self._cuts: list[Span] = []
        self._shown: list[str] = []

    @cached_property
    def run(self) -> Run:
        """The script and its machine."""
        return run(self.document.text)

    @cached_property
    def names(self) -> Names:
        """What is free in it; what is handed out is taken."""
        return Names(self.run)

    def add(self, *commands: str) -> None:
        """Commands that make something, before the probes at the script's end."""
        self._setup += commands
        self._shown += commands

    def append(self, *commands: str) -> None:
        """Commands at the script's end."""
        self._end += commands
        self._shown += commands

    def replace(self, start: int, end: int, insert: str) -> None:
        """Another text in the place of one."""
        self._changes.append(Change(start, end, insert))

    def show(self, *commands: str) -> None:
        """Commands that changes of the text come to."""
        self._shown += commands

    def cut(self, spans: Iterable[Span]) -> None:
        """Takes out stretches of text."""
        self._cuts += spans

    def edit(self) -> Edit:
        """All of it, in order."""
        inserted = self._insertions()
        filled = {change.start for change in inserted}
        cuts = (span if span[1] in filled else _with_blank(self.document, span) for span in merged(self._cuts))
        changes = [*self._changes, *(Change(start, end, "") for start, end in cuts), *inserted]
        changes.sort(key=lambda change: (change.start, change.end))
        return Edit(tuple(changes), tuple(self._shown), tuple(self.made))

    def _insertions(self) -> list[Change]:
        document = self.document
        setup, end = document.setup_end, document.content_end
        if self._setup and self._end and setup == end:
            return [_inserted(document, setup, [*self._spaced_setup(), "", *self._end])]
        found = []
        if self._setup:
            found.append(_inserted(document, setup, self._spaced_setup()))
        if self._end:
            follows = not document.blocks or document.probes < len(document.blocks)
            found.append(_inserted(document, end, self._end if follows else ["", *self._end]))
        return found

    def _spaced_setup(self) -> list[str]:
        document = self.document
        if document.probes and document.ends_here(document.setup_end):
            last = document.blocks[document.probes - 1].commands[-1]
            if _is_rule(document.calls[last].program) != _is_rule(_program(self._setup[0])):
                return ["", *self._setup]
        return self._setup


def _is_rule(program: str) -> bool:
    return program in _RULES


def _program(command: str) -> str:
    match = _PROGRAM.match(command)
    return match[1] if match else ""


def _inserted(document: Document, at: int, lines: Sequence[str]) -> Change:
    """Whole lines at the beginning of a line, or after a last line that has no newline."""
    unended = at > 0 and document.text[at - 1] != "\n"
    text = "\n".join(lines)
    return Change(at, at, f"\n{text}" if unended else f"{text}\n")


# Cutting


def cut_commands(document: Document, removed: Collection[int], others: Iterable[Span] = ()) -> list[Span]:
    """The stretches to take out so that commands are gone; ``others`` are stretches within here-documents."""
    spans: list[Span] = []
    for block in document.blocks:
        gone = [index for index in block.commands if index in removed]
        if len(gone) == len(block.commands):
            spans.append((block.start, block.end))
        elif gone:
            spans += _within(document, block, removed)
    whole = [(block.start, block.end) for block in document.blocks if set(block.commands) <= set(removed)]
    spans += (tidy(document.text, span) for span in others if not any(a <= span[0] < b for a, b in whole))
    return merged(spans)


def _within(document: Document, block: Block, removed: Collection[int]) -> Iterable[Span]:
    """The places of some commands of a block that keeps others."""
    first = 0
    for steps in document.lists:
        if first in block.commands:
            kept = [number for number in range(len(steps)) if first + number not in removed]
            yield from _list_spans(document, first, steps, kept)
            for number in range(len(steps)):
                if number not in kept:
                    yield from _bodies(steps[number].command.heredocs)
        first += len(steps)


def _list_spans(document: Document, first: int, steps: AndOrList, kept: Sequence[int]) -> Iterable[Span]:
    if not kept:
        end = document.end_of(first + len(steps) - 1)
        blanks = re.compile(r"[ \t]*").match(document.text, end)
        yield steps[0].command.start, blanks.end() if blanks else end
        return
    if kept[0]:
        yield steps[0].command.start, steps[kept[0]].command.start
    for number in range(kept[0] + 1, len(steps)):
        if number not in kept:
            yield steps[number - 1].command.end, steps[number].command.end


def _bodies(heredocs: Iterable[HereDocument]) -> Iterable[Span]:
    return ((heredoc.start, heredoc.after) for heredoc in heredocs)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order; those that touch are one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


_AFTER = re.compile(r"[ \t]*;?[ \t]*(?=\n|\Z)")


def tidy(text: str, span: Span) -> Span:
    """A stretch within a line, with its semicolon; where it is all that a line has, the line."""
    start, end = span
    line = text.rfind("\n", 0, start) + 1
    after = _AFTER.match(text, end)
    if not text[line:start].strip() and after is not None:
        return line, min(after.end() + 1, len(text))
    semicolon = re.compile(r"[ \t]*;[ \t]*").match(text, end)
    return start, semicolon.end() if semicolon else end


def _with_blank(document: Document, span: Span) -> Span:
    """Whole lines take along the blank line above where there is one below; the last line its newline."""
    text = document.text
    start, end = span
    if start and text[start - 1] != "\n":
        return span
    if _blank_above(text, start) and (document.ends_here(end) or text[end : document.after_line(end)].strip() == "}"):
        start -= 1
    if end == len(text) and not text.endswith("\n") and start:
        start -= 1
    return start, end


def _blank_above(text: str, start: int) -> bool:
    return start > 1 and text[start - 2 : start] == "\n\n"
