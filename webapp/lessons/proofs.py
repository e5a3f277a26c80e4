"""What of a lesson is run on real kernels: its labs as they stand, and each graded task with its solution and probes.

recorded/VERSION/NAME.out beside the lesson is what a kernel printed for the proof of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from webapp.lab.lab import Lab
from webapp.lessons.memory import remembered
from webapp.lessons.model import Graded, Lesson
from webapp.lessons.stage import AFTER, script_of, solved_script, start_script, with_commands
from webapp.livekernel.compare import Comparison, compare
from webapp.workshop.document import Document


def proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts, by name. Each ends with the rules and filters that it has made, and what they counted."""
    return {name: _with_listings(script) for name, script in _proofs(lesson)}


def _proofs(lesson: Lesson) -> Iterator[tuple[str, str]]:
    for task in lesson.tasks:
        if isinstance(task, Graded):
            yield task.id, with_commands(solved_script(lesson, task), _probes(task))
        elif task.command:
            yield task.id, with_commands(start_script(lesson, task), task.command)
        elif not task.lab.startswith(AFTER):
            yield task.lab, script_of(lesson, task.lab)


def _probes(task: Graded) -> str:
    return "\n".join("\n".join((expectation.probe, *expectation.same)).strip() for expectation in task.expect)


def wrong_proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts of the known wrong answers with the probes that they fail, by "TASK.NAME"."""
    found = {}
    for task in lesson.tasks:
        for wrong in lesson.wrongs:
            if isinstance(task, Graded) and wrong.task == task.id:
                script = with_commands(start_script(lesson, task), wrong.commands)
                found[f"{task.id}.{wrong.name}"] = _with_listings(with_commands(script, _probes(task)))
    return found


def _with_listings(script: str) -> str:
    """The script, and after it a listing for each namespace with nft rules and each side of a device with filters."""
    listings: dict[str, None] = {}
    for call in Document(script).calls:
        words = call.arguments
        if call.program == "nft" and call.netns:
            listings[f"ip netns exec {call.netns} nft list ruleset"] = None
        if call.program == "tc" and words[:2] == ["filter", "add"] and "dev" in words[:-1]:
            side = next((word for word in words if word in ("ingress", "egress")), "")
            dev = words[words.index("dev") + 1]
            listings[f"tc -n {call.netns} -s filter show dev {dev} {side}".rstrip()] = None
    return with_commands(script, "\n".join(listings))


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
