"""What of a lesson is run on real kernels: its labs as they stand, and each graded task with its solution and probes.

recorded/VERSION/NAME.out beside the lesson is what a kernel printed for the proof of that name.
"""

from __future__ import annotations

from collections.abc import Mapping

from webapp.lab.lab import Lab
from webapp.lessons.memory import remembered
from webapp.lessons.model import Graded, Lesson, Question
from webapp.lessons.stage import AFTER, script_of, solved_script, start_script, with_commands
from webapp.livekernel.compare import Comparison, compare


def proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts, by name."""
    found: dict[str, str] = {}
    for task in lesson.tasks:
        if isinstance(task, Graded):
            probes = "\n".join(
                "\n".join((expectation.probe, *expectation.same))
                for expectation in task.expect
                if expectation.probe or expectation.same
            )
            found[task.id] = with_commands(solved_script(lesson, task), probes)
        elif isinstance(task, Question) and task.command:
            found[task.id] = with_commands(start_script(lesson, task), task.command)
        elif not task.lab.startswith(AFTER):
            found[task.lab] = script_of(lesson, task.lab)
    return found


def wrong_proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts of the known wrong answers with the probes that they fail, by "TASK.NAME"."""
    found = {}
    for task in lesson.tasks:
        if isinstance(task, Graded):
            probes = "\n".join(expectation.probe for expectation in task.expect if expectation.probe)
            for wrong in lesson.wrongs:
                if wrong.task == task.id:
                    script = with_commands(start_script(lesson, task), wrong.commands)
                    found[f"{task.id}.{wrong.name}"] = with_commands(script, probes)
    return found


def played(script: str, kernel: str) -> str:
    """What the model prints, playing a kernel."""
    return "".join(entry.transcript for entry in Lab(kernel=kernel).run(script))


def comparisons(lesson: Lesson, kernel: str) -> Mapping[str, Comparison | None]:
    """Each proof against what that kernel printed; None where it was not recorded."""
    recorded = lesson.recordings.get(kernel, {})
    return {
        name: compare(recorded[name], played(script, kernel)) if name in recorded else None
        for name, script in proofs(lesson).items()
    }


def confirmed(lesson: Lesson) -> tuple[str, ...]:
    """The kernels that printed the same as the model for all proofs, the oldest first."""
    return remembered(lesson, ("confirmed",), lambda: _confirmed(lesson))


def _confirmed(lesson: Lesson) -> tuple[str, ...]:
    versions = sorted(lesson.recordings, key=lambda version: tuple(map(int, version.split("."))))
    agree = (version for version in versions if _agrees(comparisons(lesson, version)))
    return tuple(agree)


def _agrees(found: Mapping[str, Comparison | None]) -> bool:
    return all(comparison is not None and comparison.agrees for comparison in found.values())
