"""Grading: a learner's script is run, probes are put at its end, and what comes of them is compared. Never the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from webapp.kernel.machine import LimitError
from webapp.lab.topology import Topology, topology
from webapp.lessons import claims, stage
from webapp.lessons.memory import remembered
from webapp.lessons.model import Expectation, Graded, Lesson
from webapp.lessons.shown import LANGUAGES
from webapp.lessons.words import say
from webapp.userland.shell import ScriptError
from webapp.workshop.journey import ran
from webapp.workshop.operations import OperationError


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation: whether it is met, and what was seen. ``code`` is how its probe ended, ``ran`` are the hooks at
    which something ran for any packet, with their verdicts.
    """

    expectation: Expectation
    met: bool
    findings: tuple[claims.Finding, ...]
    code: int
    ran: tuple[str, ...]

    def seen(self, language: str) -> str:
        """What was seen: of what does not hold where it is not met."""
        told = [one for one in self.findings if one.holds == self.met]
        return " ".join(dict.fromkeys(finding.words(language) for finding in told))


@dataclass(frozen=True, slots=True)
class Result:
    """A script's grades. ``attached`` says how much hangs at which hook. ``problem`` says by language why the script
    could not be run; then nothing was judged.
    """

    judged: tuple[Judged, ...]
    attached: tuple[str, ...]
    commands: int
    problem: Mapping[str, str]

    @property
    def solved(self) -> bool:
        """Whether all is as expected."""
        return not self.problem and all(one.met for one in self.judged)

    @property
    def failing(self) -> tuple[str, ...]:
        """The expectations that are not met."""
        return tuple(one.expectation.id for one in self.judged if not one.met)

    @property
    def signatures(self) -> tuple[tuple[object, ...], ...]:
        """What tells wrong answers apart, the finest first: what is not met, and how it went instead."""
        failed = [one for one in self.judged if not one.met]
        ran = tuple((one.expectation.id, one.seen("en"), one.code, one.ran) for one in failed)
        return (
            (ran, self.attached),
            ran,
            tuple((one.expectation.id, one.seen("en"), one.code) for one in failed),
            self.failing,
        )


def grade(lesson: Lesson, task: Graded, script: str) -> Result:
    """Runs a script and its probes. Nothing raises: a script that cannot be run is a result, too."""
    try:
        judged, attached = _judge(task, script, _listings(lesson, task))
        count = stage.commands_over(stage.start_script(lesson, task), script)
    except ScriptError as error:
        return Result((), (), 0, _problem("unreadable", line=error.line, message=error.message))
    except (LimitError, OperationError) as error:
        return Result((), (), 0, _problem("limit", message=error))
    return Result(judged, attached, count, {})


def _problem(key: str, **values: object) -> Mapping[str, str]:
    return {language: say(language, key, **values) for language in LANGUAGES}


def _judge(task: Graded, script: str, listings: Mapping[str, str]) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    lab = stage.run(script)
    attached = tuple(_attached(topology(lab.machine)))
    found = []
    for expectation in task.expect:
        seen = stage.probe(lab, expectation.probe, claims.hooks(expectation))
        parts = tuple(claims.findings(expectation, seen, listings.__getitem__))
        found.append(Judged(expectation, all(part.holds for part in parts), parts, seen.code, _ran(seen)))
    return tuple(found), attached


def _attached(seen: Topology) -> Iterator[str]:
    for namespace in seen.namespaces:
        yield from (f"{namespace.name} {hook.station}: {hook.count}" for hook in namespace.hooks)
        for device in namespace.devices:
            yield from (f"{namespace.name}/{device.name} {hook.station}: {hook.count}" for hook in device.hooks)


def _ran(seen: stage.Seen) -> tuple[str, ...]:
    if seen.ways is None:
        return ()
    places = seen.ways.places
    return tuple(f"{places[step.number]} {step.station} {step.verdict}" for step in seen.ways.walk.steps if ran(step))


def _listings(lesson: Lesson, task: Graded) -> Mapping[str, str]:
    """What the commands of ``same`` print after the solution and the same probes."""
    if not any(expectation.same for expectation in task.expect):
        return {}
    return remembered(lesson, ("listings", task.id), lambda: _solution_listings(lesson, task))


def _solution_listings(lesson: Lesson, task: Graded) -> Mapping[str, str]:
    lab = stage.run(stage.solved_script(lesson, task))
    printed = {}
    for expectation in task.expect:
        stage.probe(lab, expectation.probe, ())
        for command in expectation.same:
            printed[command] = "".join(entry.output for entry in lab.append(command))
    return printed


def points(lesson: Lesson, task: Graded, result: Result) -> int:
    """What was reached. What already held at the start is worth something only once something else holds, too."""
    open_at_start = start_result(lesson, task).failing
    if result.problem or all(name in result.failing for name in open_at_start):
        return 0
    return sum(one.expectation.points for one in result.judged if one.met)


# Known wrong answers


def resembled(lesson: Lesson, task: Graded, result: Result) -> str:
    """The known wrong answer that fails as this result does; "" where none does, or where it cannot be told which."""
    if result.solved or result.problem:
        return ""
    known = wrong_results(lesson, task)
    if result.signatures == start_result(lesson, task).signatures:
        return ""  # nothing has been done yet
    for level, signature in enumerate(result.signatures):
        same = [name for name, other in known.items() if other.signatures[level] == signature]
        if len(same) == 1:
            return same[0]
    return ""


def start_result(lesson: Lesson, task: Graded) -> Result:
    """The result of the lab that a task begins with."""
    return remembered(lesson, ("start", task.id), lambda: grade(lesson, task, stage.start_script(lesson, task)))


def wrong_results(lesson: Lesson, task: Graded) -> Mapping[str, Result]:
    """The results of the known wrong answers, by name."""
    return remembered(lesson, ("wrong", task.id), lambda: _wrong_results(lesson, task))


def _wrong_results(lesson: Lesson, task: Graded) -> Mapping[str, Result]:
    start = stage.start_script(lesson, task)
    wrongs = [wrong for wrong in lesson.wrongs if wrong.task == task.id]
    return {wrong.name: grade(lesson, task, stage.with_commands(start, wrong.commands)) for wrong in wrongs}
