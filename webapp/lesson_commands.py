"""`hookwalk lessons`: check, new, record, verify."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from webapp import assets
from webapp.lessons.check import check as faults_of
from webapp.lessons.course import misconceptions
from webapp.lessons.model import Lesson
from webapp.lessons.proofs import played, proofs, wrong_proofs
from webapp.lessons.read import FOLDER, LessonError, read
from webapp.lessons.scaffold import ScaffoldError, scaffold
from webapp.livekernel.compare import compare
from webapp.verify import CannotVerifyError, kernel

EXIT_REFUSED = 2
SECONDS = 60.0
"""What one script may take on a real kernel."""


HERE = Path("lessons")
"""The course of whoever calls: a folder in the one in which they stand."""


def _folders(folder: Path | None) -> tuple[Path, list[Path]]:
    """The course, and its lessons that are meant: all, or the one that ``folder`` is.

    Without a folder it is the course here, or Hookwalk's own where there is none.
    """
    folder = (folder or (HERE if HERE.is_dir() else assets.LESSONS)).resolve()
    if FOLDER.fullmatch(folder.name):
        return folder.parent, [folder]
    return folder, sorted(path for path in folder.glob("*") if FOLDER.fullmatch(path.name))


def check(folder: Path | None, *, recorded: bool = True) -> int:
    """Prints what is wrong, lesson by lesson. Exit code 1 where anything is, 2 where there is no lesson.

    Without ``recorded`` a lesson may have no recordings; those that it has are checked all the same.
    """
    course, lessons = _folders(folder)
    if not lessons:
        print(f"hookwalk: there is no lesson in {course}", file=sys.stderr)
        return EXIT_REFUSED
    try:
        beliefs = misconceptions(course)
    except LessonError as error:
        print(error)
        return 1
    count = 0
    for path in lessons:
        faults = faults_of(path, beliefs, recorded=recorded)
        count += len(faults)
        print(f"{path.name}: {'passes' if not faults else _counted(len(faults), 'fault')}")
        for fault in faults:
            shown = fault._replace(path=fault.path.relative_to(course))
            print(f"    {shown}")
    print(f"{_counted(len(lessons), 'lesson')}, {_counted(count, 'fault')}")
    return 1 if count else 0


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def new(slug: str, course: Path) -> int:
    """Writes the files of a lesson that passes the check but for its recordings."""
    try:
        folder = scaffold(course, slug)
    except ScaffoldError as error:
        print(f"hookwalk: {error}", file=sys.stderr)
        return EXIT_REFUSED
    print(f"{folder} is begun. `hookwalk serve --lessons {folder.parent}` shows it and follows what you save.")
    print("`hookwalk lessons check --unrecorded` says what it lacks; `lessons record` has a real kernel confirm it.")
    return 0


def record(folder: Path | None, on: str) -> int:
    """Runs the proofs of lessons on a kernel and writes what it printed to recorded/VERSION/NAME.out."""
    return _on_kernel(folder, on, proofs, _write)


def verify(folder: Path | None, on: str) -> int:
    """Runs the proofs and the wrong answers of lessons on a kernel; exit code 1 where the model prints otherwise."""
    return _on_kernel(folder, on, lambda lesson: {**proofs(lesson), **wrong_proofs(lesson)}, _compare)


Output = tuple[Path, str, str, str, str]
"""The lesson's folder, the proof's name and script, the kernel's version, and what it printed."""


def _on_kernel(
    folder: Path | None,
    on: str,
    scripts_of: Callable[[Lesson], Mapping[str, str]],
    work: Callable[[Output], bool],
) -> int:
    good = True
    try:
        with TemporaryDirectory() as place:
            scripts: dict[Path, tuple[Path, str, str]] = {}
            for path in _folders(folder)[1]:
                for name, script in scripts_of(read(path)).items():
                    file = Path(place) / f"{path.name}.{name}.sh"
                    file.write_text(script)
                    scripts[file] = path, name, script
            machine = kernel(on, list(scripts), SECONDS)
            for file, (path, name, script) in scripts.items():
                good &= work((path, name, script, machine.version, machine.output(file)))
    except (LessonError, CannotVerifyError) as error:
        print(f"hookwalk: {error}", file=sys.stderr)
        return EXIT_REFUSED
    return 0 if good else 1


def _write(output: Output) -> bool:
    path, name, _, version, printed = output
    file = path / "recorded" / version / f"{name}.out"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(printed)
    return _compare(output)


def _compare(output: Output) -> bool:
    path, name, script, version, printed = output
    comparison = compare(printed, played(script, version))
    print(f"{path.name} {name}: {'agrees' if comparison.agrees else 'differs'} with Linux {version}")
    for difference in comparison.differences:
        print(f"    {difference}")
    return comparison.agrees
