"""The smallest edits after which a hook is reached: each candidate is applied to the script, and the script is run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from webapp.kernel.machine import LimitError
from webapp.lab.lab import Entry, Lab, Probe
from webapp.lab.limits import Limits
from webapp.lab.moment import Moment
from webapp.userland.shell import ScriptError
from webapp.workshop.candidates import Candidate
from webapp.workshop.document import Document, apply
from webapp.workshop.draft import cut_commands
from webapp.workshop.journey import Place, Ways, ran
from webapp.workshop.operations import Change
from webapp.workshop.outcomes import outcomes
from webapp.workshop.questions import Outcome, Remedy
from webapp.workshop.sources import Filter, Rule, find_filter, find_rule
from webapp.workshop.stations import is_at
from webapp.workshop.wording import Wording

MOST = 5
"""Remedies of an answer."""
TRIED = 60
"""Edits that are tried for one answer, and the processor's seconds for all of them:"""
SECONDS = 2.0
SECONDS_OF_TEXTS = 1.0
"""For running what was found once more, as an edit of the script's own text."""
LONG = 100
"""Commands of a beginning that is run once for all edits behind it: a shorter one takes less time than its copy."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A probe by its index, and the hook that its packets are to run."""

    probe: int
    target: Place


class Beginning:
    """Where all runs begin that share the first lines of a script, ``text``; ``lab`` has run them and nothing else."""

    def __init__(self, text: str, lab: Lab) -> None:
        self._text = text
        self._moment: Moment | None = None
        if len(lab.entries) >= LONG:
            with suppress(TypeError, RecursionError):
                self._moment = Moment(lab)

    def of(self, script: str) -> tuple[Lab, str] | None:
        """A lab that has run a beginning of the script, and the rest; None where there is none to share."""
        if self._moment is None or not script.startswith(self._text):
            return None
        return self._moment.lab(), script[len(self._text) :]


class Trials:
    """Runs of variants of a script, until there are too many, they take too long, or nobody wants them any more.

    ``count`` says how many edits were tried to their end; ``complete``, whether there was time for all.
    """

    def __init__(
        self, asked: Asked, beginning: Beginning, kernel: str, limits: Limits, wanted: Callable[[], bool]
    ) -> None:
        self._asked = asked
        self._beginning = beginning
        self._kernel = kernel
        self._limits = limits
        self._wanted = wanted
        self._until = time.thread_time() + SECONDS
        self.count = 0
        self.complete = True

    def each(self, found: Iterable[Candidate]) -> Iterator[Candidate]:
        """The candidates, as long as there may be more runs."""
        for candidate in found:
            if self.count >= TRIED or self._late:
                self.complete = False
                return
            yield candidate

    def try_edit(self, script: str, target: Place) -> Lab | None:
        """As ``run``, and it is counted."""
        lab = self.run(script, target)
        self.count += lab is not None or not self._late
        return lab

    def more_time(self) -> None:
        """The search is over; what it found is written into the text."""
        self._until = time.thread_time() + SECONDS_OF_TEXTS

    @property
    def _late(self) -> bool:
        return time.thread_time() >= self._until or not self._wanted()

    def run(self, script: str, target: Place) -> Lab | None:
        """The lab in which ``target`` is reached; None if it is not, or the script cannot be run within the limits."""
        lab, rest = self._beginning.of(script) or (Lab(limits=self._limits, record=True, kernel=self._kernel), script)
        probes = sum(entry.probe is not None for entry in lab.entries)
        try:
            for entry in lab.run(rest):
                if self._late:
                    return None
                if entry.probe is None:
                    continue
                if probes == self._asked.probe and not reached(entry.probe, target):
                    return None
                probes += 1
        except (LimitError, ScriptError):
            return None
        return lab if probes > self._asked.probe else None


def reached(probe: Probe, target: Place) -> bool:
    """Whether a packet of the probe ran the hook."""
    ways = Ways(probe.walk)
    return any(ran(step) and is_at(ways.places[step.number], target) for step in probe.walk.steps)


def _by_request(probe: Probe, target: Place) -> bool:
    """Whether what the probe sent first ran it, and not only an answer."""
    ways = Ways(probe.walk)
    sent = ways.sent()
    steps = (step for packet in ways.family(sent.skb) for step in ways.own[packet]) if sent is not None else ()
    return any(ran(step) and is_at(ways.places[step.number], target) for step in steps)


@dataclass(frozen=True, slots=True)
class Before:
    """The script as it is, how its probes went, and how many of its commands failed.

    ``probe`` is the index of the probe among the script's commands. ``request``: it is what the probe sent first that
    was turned away, and not an answer to it.
    """

    document: Document
    wording: Wording
    outcomes: tuple[Outcome, ...]
    failures: int
    asked: Asked
    probe: int
    request: bool


def failures(entries: Iterable[Entry]) -> int:
    """How many commands that make something failed."""
    return sum(entry.reported and entry.probe is None for entry in entries)


class Works(NamedTuple):
    """A candidate that works, with what it is ranked by.

    First what leads the very packet there that was turned away, then the fewest commands, then the fewest other probes
    that go otherwise, then what lets the probe arrive, then the order in which the candidates came.
    """

    answer: bool
    size: int
    disturbed: int
    lost: bool
    number: int
    candidate: Candidate


def remedies(before: Before, first: Sequence[str], found: Iterable[Candidate], trials: Trials) -> tuple[Remedy, ...]:
    """The best of the candidates that work. ``first`` are commands that all of them need before their own."""
    works = sorted(_working(before, first, found, trials), key=lambda works: works[:-1])
    trials.more_time()
    return tuple(_remedy(before, works.candidate, first, trials) for works in works[:MOST])


def _working(before: Before, first: Sequence[str], found: Iterable[Candidate], trials: Trials) -> Iterator[Works]:
    alone = [Candidate("Attach a counter to the hook", ())] if first else []
    enough: list[frozenset[str]] = []
    for number, candidate in enumerate(trials.each(chain(alone, found))):
        if any(commands <= frozenset(candidate.commands) for commands in enough):
            continue  # less does it
        script = apply(before.document.text, _changes(before, candidate, first))
        lab = trials.try_edit(script, candidate.hook or before.asked.target)
        if lab is None or failures(lab.entries) > before.failures:
            continue
        enough.append(frozenset(candidate.commands))
        yield _ranked(before, lab, number, candidate)


def _ranked(before: Before, lab: Lab, number: int, candidate: Candidate) -> Works:
    probe = [entry.probe for entry in lab.entries if entry.probe is not None][before.asked.probe]
    own = before.asked.probe
    after = outcomes(lab.entries)
    pairs = zip(before.outcomes, after, strict=False)
    changed = [one.probe for one, other in pairs if _went(one) != _went(other)]
    return Works(
        before.request and not _by_request(probe, candidate.hook or before.asked.target),
        1 if candidate.instead or candidate.changes else len(candidate.commands),
        len([number for number in changed if number != own]),
        after[own].fate != "delivered",
        number,
        candidate,
    )


def _went(outcome: Outcome) -> tuple[str, str, int]:
    return outcome.fate, outcome.where, outcome.code


def _changes(before: Before, candidate: Candidate, first: Sequence[str]) -> tuple[Change, ...]:
    """All of the commands added; the text changed, where the candidate is about that."""
    commands = (*first, *candidate.commands) if not candidate.changes else first
    return ((_added(before, commands),) if commands else ()) + candidate.changes


def _added(before: Before, commands: Sequence[str]) -> Change:
    """Commands before the probe, and before those that it stands with at the script's end."""
    document = before.document
    at = min(document.block_of(before.probe).start, document.setup_end)
    return Change(at, at, "".join(f"{command}\n" for command in commands))


# The script's own text


def _remedy(before: Before, candidate: Candidate, first: Sequence[str], trials: Trials) -> Remedy:
    """As an edit of the text that is there, if that does the same; else the commands are added."""
    commands = (*first, *candidate.commands)
    hook = candidate.hook or before.asked.target
    text = before.document.text
    own = _in_the_text(before, candidate, first)
    if own is not None:
        script = apply(text, own)
        lab = trials.run(script, hook)
        if lab is not None and failures(lab.entries) <= before.failures:
            return Remedy(candidate.title, hook, commands, own, script)
    changes = _changes(before, candidate, first)
    return Remedy(candidate.title, hook, commands, changes, apply(text, changes))


def _in_the_text(before: Before, candidate: Candidate, first: Sequence[str]) -> tuple[Change, ...] | None:
    """What the script says of the thing that goes is cut out, or said otherwise; the rest of the commands is added."""
    gone, document = candidate.gone, before.document
    if gone is None:
        return None
    if isinstance(gone, Filter):
        found = _filter_changes(document, gone, candidate.instead)
        done = 2 if candidate.instead else 1
    else:
        found = _rule_changes(document, before.wording, gone, candidate.instead)
        done = 1
    rest = (*first, *candidate.commands[done:])
    if found is None:
        return None
    added = [_added(before, rest)] if rest else []
    return tuple(sorted((*found, *added), key=lambda change: (change.start, change.end)))


def _filter_changes(document: Document, place: Filter, instead: str) -> list[Change] | None:
    index = find_filter(document, place)
    if index is None:
        return None
    if instead:
        words = document.calls[index].words[3:]
        return [Change(words[0].start, words[-1].end, instead)]
    return [Change(start, end, "") for start, end in cut_commands(document, {index})]


def _rule_changes(document: Document, wording: Wording, rule: Rule, instead: str) -> list[Change] | None:
    found = find_rule(document, wording.handles(rule), rule)
    if found is None:
        return None
    index, (start, end), alone = found
    if instead:
        return None if alone else [Change(start, end, instead)]
    spans = cut_commands(document, {index}) if alone else cut_commands(document, (), [(start, end)])
    return [Change(start, end, "") for start, end in spans]
