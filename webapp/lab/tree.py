"""A walk as text: an indented tree of kernel functions, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from webapp.kernel.trace import (
    ActionRun,
    ChainRun,
    Cloned,
    Consumed,
    Delivered,
    Dropped,
    FilterRun,
    Neighbour,
    Note,
    Queued,
    Routed,
    RuleRun,
    Step,
    StepKind,
    Tapped,
    Traced,
    Tracked,
    Translated,
    Walk,
)

_INDENT = "  "
_NSEC_PER_MSEC = 1_000_000


class Detail(StrEnum):
    """How much of a walk is shown: only the stops of the picture, every function, or every expression too."""

    HOOKS = "hooks"
    FUNCTIONS = "functions"
    EXPRESSIONS = "expressions"


def lines(walk: Walk, detail: Detail) -> Iterator[str]:
    """The walk's lines: its command first, then one line a step and one a note."""
    yield f"### {walk.command}   # line {walk.line}, in {walk.netns or 'the namespace of the lab'}"
    depths = _depths(walk, detail)
    start = time = walk.steps[0].time if walk.steps else 0
    for step in walk.steps:
        if step.number not in depths:
            continue
        if step.time != time:
            time = step.time
            yield f"# after {(time - start) / _NSEC_PER_MSEC:g} ms"
        indent = _INDENT * depths[step.number]
        yield indent + _step(step)
        for note in step.notes:
            for line in _note(note, detail):
                yield f"{indent}{_INDENT}| {line}"
    if walk.truncated:
        yield "# the walk was cut here: it has more steps than may be recorded"


def _depths(walk: Walk, detail: Detail) -> dict[int, int]:
    """The steps to show, and how deep each stands among those that are shown."""
    depths: dict[int, int] = {}
    inside: list[Step] = []
    for step in walk.steps:
        while inside and step.number > inside[-1].last:
            inside.pop()
        if detail is Detail.HOOKS and not step.station and step.kind is StepKind.RUN and not _ends(step):
            continue
        depths[step.number] = len(inside)
        inside.append(step)
    return depths


def _ends(step: Step) -> bool:
    return any(isinstance(note, (Dropped, Delivered)) for note in step.notes)


_MISSED = {StepKind.PASSED_BY: "passed by", StepKind.OFF: "off", StepKind.EMPTY: "empty"}


def _step(step: Step) -> str:
    words = [f"{step.symbol}()"]
    if step.dev or step.netns:
        words.append(f"{step.netns}:{step.dev}" if step.dev else step.netns)
    if step.skb:
        words.append(f"#{step.skb}" if not step.parent else f"#{step.skb} of #{step.parent}")
    if step.station:
        words.append(f"[{step.station}]")
    if step.kind is not StepKind.RUN:
        words.append(f"-- {_MISSED[step.kind]}" + (f": {step.reason}" if step.reason else ""))
    if step.verdict:
        words.append(f"= {step.verdict}")
    return " ".join(words)


def _note(note: Note, detail: Detail) -> Iterator[str]:
    yield _words(note)
    if detail is Detail.EXPRESSIONS:
        if isinstance(note, RuleRun):
            for run in note.expressions:
                yield f"{_INDENT}[ {run.name} {run.operands} ] {run.value}{'' if run.goes_on else ' (ends the rule)'}"
        elif isinstance(note, FilterRun):
            for line in note.detail:
                yield _INDENT + line


_WORDS = {
    Cloned: "cloned as #{0.child}",
    Dropped: "dropped: {0.reason}",
    Consumed: "consumed",
    Queued: "waits in the queue: {0.queue}",
    Routed: "route to {0.destination}: {0.result}",
    Tracked: "connection: {0.state}",
    Traced: "{0.line}",
    Translated: "{0.field} is {0.address} now",
    Tapped: "a packet socket sees it at {0.dev}",
    Delivered: "delivered to {0.socket}",
}


def _words(note: Note) -> str:
    if isinstance(note, (RuleRun, ChainRun, FilterRun, ActionRun)):
        return _decision(note)
    if isinstance(note, Neighbour):
        return f"neighbour {note.address} {note.lladdr or '?'} {note.state}"
    return _WORDS[type(note)].format(note)


def _decision(note: RuleRun | ChainRun | FilterRun | ActionRun) -> str:
    match note:
        case RuleRun():
            return f"rule {note.family} {note.table} {note.chain} handle {note.handle}: {note.verdict or 'goes on'}"
        case ChainRun():
            return f"chain {note.family} {note.table} {note.chain}, priority {note.priority}: {note.verdict}"
        case FilterRun():
            verdict = note.verdict or ("matched" if note.matched else "no match")
            return f"filter {note.kind} chain {note.chain} pref {note.pref} protocol {note.protocol}: {verdict}"
        case ActionRun():
            return f"action {note.kind} {note.detail}: {note.verdict}"
