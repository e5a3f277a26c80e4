"""The right answers of questions, computed by the model from the lab and its probe; and how an answer is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from webapp.kernel.trace import Dropped, Step, StepKind, Walk
from webapp.lab.lab import Entry, Lab, Probe
from webapp.lab.topology import Topology
from webapp.lessons import claims, stage
from webapp.lessons.memory import remembered
from webapp.lessons.model import (
    Capture,
    Choice,
    ClaimOption,
    Expectation,
    Fields,
    Figure,
    Lesson,
    Order,
    Predict,
    Question,
    Verdict,
)
from webapp.lessons.places import END, device, met, place, steps_at
from webapp.workshop.capture import capture, line
from webapp.workshop.journey import HOOKS, STEALING, Place, Ways, notes
from webapp.workshop.stations import is_at


class NoAnswerError(Exception):
    """A question that its lab does not answer: the packet never comes there, say."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's lab, run: the probe asked about, the packet, and what was made of it."""

    lab: Lab
    entry: Entry
    number: int
    ways: Ways
    packets: list[int]

    @property
    def walk(self) -> Walk:
        """The probe's walk."""
        return self.ways.walk

    @property
    def probe(self) -> Probe:
        """The probe."""
        assert self.entry.probe is not None
        return self.entry.probe

    def steps(self, text: str) -> list[Step]:
        """The packet's steps at a place, of which there must be one."""
        found = steps_at(self.ways, self.packets, place(text))
        if not found:
            raise NoAnswerError(f"the packet never comes to {text}")
        return found


class Answer(NamedTuple):
    """The right options, in order; the step of the walk that shows it, or -1; and the step after which it shows."""

    options: tuple[str, ...]
    step: int
    shown: int


Labels = Mapping[str, str]


def ask(lesson: Lesson, task: Question) -> Asked:
    """Runs the lab of a question. NoAnswerError where there is no such probe."""
    return remembered(lesson, ("asked", task.id), lambda: _ask(lesson, task))


def _ask(lesson: Lesson, task: Question) -> Asked:
    lab = stage.run(stage.start_script(lesson, task), record=True)
    number = task.probe
    if task.command:
        before = sum(entry.probe is not None for entry in lab.entries)
        added = [entry for entry in lab.append(task.command) if entry.probe is not None]
        number = before + len(added) - 1 if added else -1
    probes = [entry for entry in lab.entries if entry.probe is not None]
    if not 0 <= number < len(probes):
        raise NoAnswerError(f"the lab has no probe number {number}: there are {len(probes)}")
    entry = probes[number]
    assert entry.probe is not None
    ways = Ways(entry.probe.walk)
    sent = ways.sent()
    packet = sent.skb if sent is not None else 0
    packets = [packet]
    if packet and task.packet != "sent":
        reply = ways.answer(ways.fate_of(packet))
        packets = [reply] if task.packet == "answer" else [packet, reply]
    if not all(packets):
        raise NoAnswerError(f"the probe `{entry.command}` sends no such packet")
    return Asked(lab, entry, number, ways, [member for packet in packets for member in ways.family(packet)])


def answer(lesson: Lesson, task: Question) -> Answer:
    """The right answer. NoAnswerError where the lab gives none of the options."""
    return remembered(lesson, ("answer", task.id), lambda: _answer(lesson, task))


def _answer(lesson: Lesson, task: Question) -> Answer:
    asked = ask(lesson, task)
    match task:
        case Predict():
            found = _predict(asked, task)
        case Verdict():
            found = _verdict(asked, task)
        case Fields():
            found = _fields(asked, task)
        case Capture():
            found = _capture(asked, task)
        case Order():
            found = _order(asked, task)
        case Choice():
            found = _choice(lesson, asked, task)
        case Figure():
            found = _figure(lesson, asked, task)
    if not found.options:
        raise NoAnswerError("none of the options is right")
    return found


def _start(asked: Asked, after: str) -> Step:
    if after:
        return asked.steps(after)[0]
    return asked.ways.own[asked.packets[0]][0]


def _predict(asked: Asked, task: Predict) -> Answer:
    start = _start(asked, task.after)
    on = device(task.on) if task.on else None
    following = (
        step
        for step in asked.walk.steps[start.number + 1 :]
        if step.skb in asked.packets and met(step, empty=task.empty) and _is_on(asked.ways.places[step.number], on)
    )
    step = next(following, None)
    if step is None:
        right = tuple(option.id for option in task.options if option.hook == END)
        seen = asked.ways.fate_of(asked.packets[0]).step
    else:
        at = asked.ways.places[step.number]
        right = tuple(option.id for option in task.options if option.hook != END and is_at(at, place(option.hook)))
        seen = step.number
    if not right:
        said = f"{at.station} on {at}" if step is not None else "none"
        raise NoAnswerError(f"the next hook is {said}, which is no option")
    return Answer(right, seen, start.number)


def _is_on(at: Place, on: Place | None) -> bool:
    return on is None or at._replace(station="") == on


def _verdict(asked: Asked, task: Verdict) -> Answer:
    step = asked.steps(task.hook)[0]
    inside = asked.walk.steps[step.number : step.last + 1]
    dropped = any(notes(inner, Dropped) for inner in inside if inner.skb in asked.packets)
    if step.kind is StepKind.PASSED_BY:
        verdict = "passed"
    elif step.verdict in STEALING:
        verdict = "taken"
    elif dropped or step.verdict in ("NF_DROP", "TC_ACT_SHOT"):
        verdict = "dropped"
    else:
        verdict = _QUIET.get(step.kind, "goes-on")
    right = tuple(option.id for option in task.options if option.verdict == verdict)
    if not right and step.kind in _QUIET:
        right = tuple(option.id for option in task.options if option.verdict == "goes-on")
    return Answer(right, step.number, step.number - 1)


_QUIET = {StepKind.OFF: "off", StepKind.EMPTY: "empty"}


def _fields(asked: Asked, task: Fields) -> Answer:
    step = asked.steps(task.at)[0]
    end = step.after
    shown = step
    if task.until:
        shown = next((one for one in asked.steps(task.until) if one.number > step.number), shown)
        if shown is step:
            raise NoAnswerError(f"the packet does not come from {task.at} to {task.until}")
        end = shown.before
    before, after = asked.walk.states[step.before], asked.walk.states[end]
    names = {option.id: "head" if option.field == "bytes" else option.field for option in task.options}
    right = tuple(name for name, field in names.items() if getattr(before, field) != getattr(after, field))
    return Answer(right, shown.number, step.number - 1)


def _capture(asked: Asked, task: Capture) -> Answer:
    on = device(task.on)
    frames = capture(asked.walk, asked.probe.topology, on.netns, on.dev).frames
    shown = {frame.text.partition(" ")[2]: frame.step for frame in reversed(frames)}
    lines = capture_lines(asked, task)
    right = tuple(name for name, text in lines.items() if text in shown)
    return Answer(
        right, min((shown[lines[name]] for name in right), default=-1), asked.ways.own[asked.packets[0]][0].number
    )


def capture_lines(asked: Asked, task: Capture) -> Mapping[str, str]:
    """The lines of tcpdump to choose from, by option."""
    return {option.id: _line(asked, option.frame, option.nth, asked.probe.topology) for option in task.options}


def _line(asked: Asked, text: str, nth: int, topology: Topology) -> str:
    target = place(text)
    steps = [step for step in asked.walk.steps if step.skb and is_at(asked.ways.places[step.number], target)]
    if len(steps) < nth:
        raise NoAnswerError(f"{len(steps)} frames come to {text}, and line {nth} was asked for")
    found = line(asked.walk, topology, steps[nth - 1])
    if not found:
        raise NoAnswerError(f"at {text} the packet is no frame yet")
    return found


def _order(asked: Asked, task: Order) -> Answer:
    first = first_steps(asked, task)
    right = tuple(sorted(first, key=lambda name: first[name].number))
    start = asked.ways.own[asked.packets[0]][0].number
    return Answer(right, first[right[0]].number if right else -1, start)


def first_steps(asked: Asked, task: Order) -> Mapping[str, Step]:
    """The first step at each hook that ran something, by option."""
    found = {}
    for option in task.options:
        steps = steps_at(asked.ways, asked.packets, place(option.hook))
        step = next((step for step in steps if met(step, empty=task.empty)), None)
        if step is not None:
            found[option.id] = step
    return found


def is_before(asked: Asked, one: Step, other: Step) -> bool:
    """Whether a step must come before another one. What two copies of a packet do is in no order to each other."""
    if one.number >= other.number:
        return False
    parents = {child: parent for parent, children in asked.ways.children.items() for child in children}
    younger = _lineage(parents, other.skb)
    if one.skb in younger:
        # the other's packet, or one that it was made from: before it was made
        way = younger[: younger.index(one.skb)]
        return not way or one.number < asked.ways.own[way[-1]][0].number
    return _lineage(parents, one.skb)[-1] != younger[-1]


def _lineage(parents: Mapping[int, int], packet: int) -> list[int]:
    """A packet, the one it was made from, and so on."""
    found = [packet]
    while found[-1] in parents:
        found.append(parents[found[-1]])
    return found


def _choice(lesson: Lesson, asked: Asked, task: Choice) -> Answer:
    right = tuple(option.id for option in task.options if _is_right(lesson, asked, task, option))
    last = asked.walk.steps[-1].number if task.walk else asked.ways.own[asked.packets[0]][0].number
    return Answer(right, asked.ways.fate_of(asked.packets[0]).step, last)


def _is_right(lesson: Lesson, asked: Asked, task: Choice, option: ClaimOption) -> bool:
    if not (option.commands or option.probe):
        # the lab is shared by all that ask about it: only what changes nothing may run in it
        seen = stage.seen(asked.lab, [asked.entry], lambda _: -1)
        return all(part.holds for part in claims.findings(option, seen, str))
    lab = stage.run(stage.with_commands(stage.start_script(lesson, task), option.commands))
    wanted: tuple[ClaimOption | Expectation, ...] = task.expect if option.commands and task.expect else (option,)
    for claim in wanted:
        seen = stage.probe(lab, claim.probe or task.command, claims.hooks(claim))
        if not all(part.holds for part in claims.findings(claim, seen, str)):
            return False
    return True


def _figure(lesson: Lesson, asked: Asked, task: Figure) -> Answer:
    try:
        chart = lesson.figures.chart(task.chart)
        costs = {option.id: chart.cost(chart.row(option.row), task.series) for option in task.options}
    except KeyError as error:
        raise NoAnswerError(f"figures.toml has no {error.args[0]!r} of {task.chart}") from error
    best = (min if task.ask == "least" else max)(costs.values())
    right = tuple(name for name, cost in costs.items() if cost == best)
    return Answer(right, -1, asked.walk.steps[-1].number)


# Judging


class Judgement(NamedTuple):
    """``wrong`` are the chosen options that are not right and the mistakes of an order, ``missed`` the right options
    that were not chosen. Of ``credit``, 1 is all.
    """

    right: bool
    credit: float
    wrong: tuple[str, ...]
    missed: tuple[str, ...]


def judge(lesson: Lesson, task: Question, chosen: tuple[str, ...]) -> Judgement:
    """How good an answer is; options that the task does not have count as wrong."""
    right = answer(lesson, task).options
    if isinstance(task, Order):
        return _judge_order(lesson, task, chosen)
    wrong = tuple(name for name in dict.fromkeys(chosen) if name not in right)
    hits = [name for name in right if name in chosen]
    if not takes_many(task):
        whole = len(hits) == 1 and not wrong
        return Judgement(whole, float(whole), wrong, ())
    missed = tuple(name for name in right if name not in chosen)
    credit = max(0.0, (len(hits) - len(wrong)) / len(right))
    return Judgement(not wrong and not missed, credit, wrong, missed)


def takes_many(task: Question) -> bool:
    """Whether several options may be chosen."""
    return isinstance(task, Fields | Capture | Order) or (isinstance(task, Choice) and task.many)


def _judge_order(lesson: Lesson, task: Order, chosen: tuple[str, ...]) -> Judgement:
    asked = ask(lesson, task)
    first = first_steps(asked, task)
    wrong = tuple(name for name in chosen if name not in first)
    missed = tuple(name for name in answer(lesson, task).options if name not in chosen)
    put = {name: at for at, name in enumerate(chosen)}
    fixed = [(a, b) if first[a].number < first[b].number else (b, a) for a, b in combinations(first, 2)]
    fixed = [(a, b) for a, b in fixed if is_before(asked, first[a], first[b])]
    kept = [(a, b) for a, b in fixed if a in put and b in put and put[a] < put[b]]
    turned = {(b, a) for a, b in fixed if a in put and b in put and put[a] > put[b]}
    mistakes = tuple(mistake.id for mistake in task.mistakes if (mistake.first, mistake.second) in turned)
    credit = max(0.0, (len(kept) - len(wrong)) / len(fixed)) if fixed else float(not wrong and not missed)
    return Judgement(not (wrong or missed or turned), credit, (*wrong, *mistakes), missed)


def hooks_in(walk: Walk) -> set[str]:
    """The names of hooks in a walk, as texts write them: "nft egress on vethh"."""
    return {f"{step.station} on {step.dev}" for step in walk.steps if step.station in HOOKS}
