"""Hints that the model computes of a learner's lab."""

from __future__ import annotations

from webapp.kernel.machine import LimitError
from webapp.kernel.trace import Step
from webapp.lessons import stage
from webapp.lessons.grade import Judged, grade
from webapp.lessons.model import Expectation, Graded, Hint, Lesson
from webapp.lessons.places import met, place
from webapp.lessons.shown import ComputedHint, Divergence, Met
from webapp.lessons.text import html, inline
from webapp.lessons.view import task_text
from webapp.lessons.words import hook_name
from webapp.userland.shell import ScriptError
from webapp.workshop.journey import Place, Ways
from webapp.workshop.operations import OperationError
from webapp.workshop.whynot import why_not


def computed(lesson: Lesson, task: Graded, hint: Hint, script: str, language: str) -> ComputedHint:
    """What the model adds to a hint; nothing where the script cannot be run, or where all is as expected."""
    try:
        match hint.computed:
            case "why-not":
                return _why_not(task, hint, script)
            case "divergence":
                return _divergence(lesson, task, hint, script, language)
            case "failing":
                return _failing(lesson, task, script, language)
            case _:
                return ComputedHint()
    except (ScriptError, LimitError, OperationError):
        return ComputedHint()


def _expectation(task: Graded, hint: Hint) -> Expectation:
    return next(one for one in task.expect if one.id == hint.expect)


def _why_not(task: Graded, hint: Hint, script: str) -> ComputedHint:
    probe = _expectation(task, hint).probe
    whole = stage.with_commands(script, probe)
    probes = [entry for entry in stage.run(whole, record=True).entries if entry.probe is not None]
    answer = why_not(whole, len(probes) - 1, place(hint.hook), limits=stage.LIMITS)
    return ComputedHint(reasons=answer.reasons)


def _divergence(lesson: Lesson, task: Graded, hint: Hint, script: str, language: str) -> ComputedHint:
    expectation = _expectation(task, hint)
    mine, theirs = (_stops(expectation, text) for text in (script, stage.solved_script(lesson, task)))
    same = 0
    while same < min(len(mine), len(theirs)) and mine[same][0] == theirs[same][0]:
        same += 1
    if same == len(mine) == len(theirs):
        return ComputedHint()
    yours, wanted = (hook_name(language, stops[same][0]) if same < len(stops) else "" for stops in (mine, theirs))
    common = hook_name(language, mine[same - 1][0]) if same else ""
    step = mine[min(same, len(mine) - 1)][1] if mine else -1
    return ComputedHint(divergence=Divergence(common, yours, wanted, step))


def _stops(expectation: Expectation, script: str) -> list[tuple[Place, int]]:
    """The hooks that ran something for the packet, and their steps."""
    seen = stage.probe(stage.run(script), expectation.probe, ())
    if seen.ways is None:
        return []
    return [(seen.ways.places[step.number], step.number) for step in _own(seen.ways) if met(step)]


def _own(ways: Ways) -> list[Step]:
    sent = ways.sent()
    packets = set(ways.family(sent.skb)) if sent is not None and sent.skb else set()
    return [step for step in ways.walk.steps if step.skb in packets]


def _failing(lesson: Lesson, task: Graded, script: str, language: str) -> ComputedHint:
    failed = next((one for one in grade(lesson, task, script).judged if not one.met), None)
    return ComputedHint(failing=shown(lesson, task, failed, language)) if failed is not None else ComputedHint()


def shown(lesson: Lesson, task: Graded, judged: Judged, language: str) -> Met:
    """An expectation after grading, in words."""
    wanted = judged.expectation
    text = task_text(lesson, task.id, language)
    feedback = "" if judged.met else text.feedback.get(wanted.id, "")
    return Met(
        wanted.id,
        wanted.hidden,
        judged.met,
        wanted.points,
        inline(text.expect.get(wanted.id, wanted.id)),
        wanted.probe.strip(),
        inline(judged.seen(language)),
        html(feedback) if feedback else "",
    )
