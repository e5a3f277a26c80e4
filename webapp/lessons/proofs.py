"""What of a lesson is run on real kernels: its labs as they stand, and each graded task with its solution and probes.

recorded/VERSION/NAME.out beside the lesson is what a kernel printed for the proof of that name. Commands that only the
model knows are left out: a proof holds what Linux has of a lab.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from webapp.lab.lab import Lab
from webapp.lessons.memory import remembered
from webapp.lessons.model import Choice, Graded, Lesson
from webapp.lessons.stage import AFTER, script_of, solved_script, start_script, with_commands
from webapp.livekernel.compare import Comparison, compare
from webapp.userland.programs import MODEL_ONLY
from webapp.workshop.document import Document


def proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts, by name. Each ends with the rules and filters that it has made, and what they counted."""
    return remembered(
        lesson, ("proofs",), lambda: {name: _with_listings(linux_part(script)) for name, script in scripts(lesson)}
    )


def scripts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What the proofs are made of, by name: all that a lesson runs but the wrong answers."""
    for task in lesson.tasks:
        if isinstance(task, Graded):
            yield task.id, with_commands(solved_script(lesson, task), _probes(task))
            continue
        if isinstance(task, Choice):
            yield from _option_scripts(lesson, task)
        if task.command:
            yield task.id, with_commands(start_script(lesson, task), task.command)
        elif not task.lab.startswith(AFTER):
            yield task.lab, script_of(lesson, task.lab)


def _option_scripts(lesson: Lesson, task: Choice) -> Iterator[tuple[str, str]]:
    """What a choice is decided by: the options that do something of their own, by "TASK.OPTION"."""
    for option in task.options:
        if option.commands or option.probe:
            probes = "\n".join(one.probe for one in task.expect) if option.commands and task.expect else option.probe
            own = with_commands(option.commands, probes or task.command)
            yield f"{task.id}.{option.id}", with_commands(start_script(lesson, task), own)


def _probes(task: Graded) -> str:
    return "\n".join("\n".join((expectation.probe, *expectation.same)).strip() for expectation in task.expect)


def wrong_proofs(lesson: Lesson) -> Mapping[str, str]:
    """The scripts of the known wrong answers with the probes that they fail, by "TASK.NAME"."""
    return {name: _with_listings(linux_part(script)) for name, script in wrong_scripts(lesson)}


def wrong_scripts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """What the proofs of wrong answers are made of, by "TASK.NAME"."""
    for task in lesson.tasks:
        for wrong in lesson.wrongs:
            if isinstance(task, Graded) and wrong.task == task.id:
                script = with_commands(start_script(lesson, task), wrong.commands)
                yield f"{task.id}.{wrong.name}", with_commands(script, _probes(task))


def looks_ahead(script: str) -> bool:
    """Whether a script runs what is not in Linux. OperationError: the text is no script."""
    return any(call.program in MODEL_ONLY for call in Document(script).calls)


def linux_part(script: str) -> str:
    """The script without the commands that a real machine does not have; other commands of their lines go, too."""
    document = Document(script)
    kept, at = "", 0
    for block in document.blocks:
        if any(document.calls[number].program in MODEL_ONLY for number in block.commands):
            kept, at = kept + script[at : block.start], block.end
    return kept + script[at:]


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
