"""A lesson's folder as values: lesson.toml, text.md, text.LANGUAGE.md, the scripts and the recordings beside them."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from webapp.kernel.trace import SkbState
from webapp.lessons import text
from webapp.lessons.figures import Figures, prices
from webapp.lessons.model import (
    Build,
    Capture,
    Choice,
    Claim,
    Fields,
    Graded,
    HookOption,
    Lesson,
    LineOption,
    Logic,
    Order,
    Predict,
    Script,
    Task,
    TaskText,
    Text,
    Verdict,
    Wrong,
)
from webapp.lessons.places import END, device, place
from webapp.lessons.shown import LANGUAGES
from webapp.lessons.stage import AFTER
from webapp.userland.shell import ScriptError, parse

_File = TypeVar("_File", Logic, Figures)
FOLDER = re.compile(r"(?P<number>\d\d)-[a-z0-9]+(?:-[a-z0-9]+)*")
_MARKER = re.compile(r"#:[ \t]*task[ \t]+(?P<id>\S+)[ \t]*")
FIELDS = frozenset((*SkbState.__struct_fields__, "bytes")) - {"head"}


class LessonError(Exception):
    """What is wrong in a lesson's files: file and line (0: the file as a whole) come first in its text."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}" if line else f"{path}: {message}")
        self.path = path
        self.line = line
        self.message = message


def read(folder: Path) -> Lesson:
    """Reads a lesson. LessonError where its files are not as docs/writing-lessons.md says."""
    name = FOLDER.fullmatch(folder.name)
    if name is None:
        raise LessonError(folder, 0, "a lesson's folder is called NN-slug")
    logic = _logic(folder / "lesson.toml")
    texts = dict(_texts(folder, logic))
    labs = {"setup" if path.stem == "setup" else path.stem: _script(path) for path in sorted(folder.glob("*.sh"))}
    labs.pop("solution", None)
    if "setup" not in labs:
        raise LessonError(folder / "setup.sh", 0, "there is no such file")
    graded = [task.id for task in logic.tasks if isinstance(task, Graded)]
    solutions = _solutions(folder / "solution.sh", graded)
    wrongs = tuple(_wrongs(folder / "wrong", graded))
    _check_labs(folder / "lesson.toml", logic, labs)
    recordings = {
        version.name: {path.stem: path.read_text() for path in sorted(version.glob("*.out"))}
        for version in sorted(folder.glob("recorded/*"))
    }
    return Lesson(
        folder.name, int(name["number"]), logic, texts, labs, solutions, wrongs, recordings, revision(folder),
        _figures(folder / "figures.toml"),
    )  # fmt: skip


def revision(folder: Path) -> str:
    """A digest of a lesson's files."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def _source(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError as error:
        raise LessonError(path, 0, "there is no such file") from error
    except UnicodeDecodeError as error:
        raise LessonError(path, 0, f"is no UTF-8 text: {error.reason}") from error


# lesson.toml and figures.toml


def _logic(path: Path) -> Logic:
    source = _source(path)
    logic = _converted(path, source, Logic)
    for at, problem in _problems(logic):
        raise LessonError(path, _line_of(source, at), problem)
    return logic


def _figures(path: Path) -> Figures:
    if not path.exists():
        return Figures()
    source = _source(path)
    found = _converted(path, source, Figures)
    for number, chart in enumerate(found.charts):
        for row_number, row in enumerate(chart.rows):
            if tuple(row.runs) != chart.series:
                at = f"charts[{number}].rows[{row_number}].runs"
                raise LessonError(path, _line_of(source, at), f"{row.id}: the series are {', '.join(chart.series)!r}")
        if (chart.unit == "Mb/s") != bool(chart.frame):
            raise LessonError(
                path, _line_of(source, f"charts[{number}].frame"), "`frame` belongs to Mb/s, and to that only"
            )
    try:
        prices(found, LANGUAGES[0])
    except KeyError as error:
        raise LessonError(path, _line_of(source, "lens"), f"there is no {error.args[0]!r}") from error
    return found


def _converted(path: Path, source: str, kind: type[_File]) -> _File:
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise LessonError(path, int(line[1]) if line else source.count("\n") + 1, str(error)) from error
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `$")
        at = where.rstrip("`").lstrip(".")
        said = f"{message} (in {at})" if at else message
        raise LessonError(path, _line_of(source, at), said) from error


def _line_of(source: str, at: str) -> int:
    """Where `tasks[1].options[2].hook` stands: its table's header, the line of its key, or the nth { of its array."""
    lines = source.splitlines()
    low, high, table = 0, len(lines), ""
    found = 0
    for name, number in re.findall(r"(\w+)(?:\[(\d+)\])?", at):
        table = f"{table}.{name}" if table else name
        headers = [n for n in range(low, high) if re.fullmatch(rf"\[\[?{re.escape(table)}\]\]?\s*(#.*)?", lines[n])]
        index = int(number) if number else 0
        if index < len(headers):
            found, low = headers[index], headers[index]
            high = headers[index + 1] if index + 1 < len(headers) else high
            continue
        key = next((n for n in range(low, high) if re.match(rf"\s*{name}\s*=", lines[n])), None)
        if key is None:
            break
        found = low = key
        tables = [n for n in range(key, high) if re.match(r"(\s*\w+\s*=\s*\[)?\s*\{", lines[n])]
        if number and index < len(tables):
            found = low = tables[index]
            high = low + 1
    return found + 1


def _problems(logic: Logic) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for number, task in enumerate(logic.tasks):
        at = f"tasks[{number}]"
        if task.id in seen:
            yield f"{at}.id", f"there are two tasks {task.id}"
        seen.add(task.id)
        yield from ((f"{at}.{where}", problem) for where, problem in _task_problems(task))


def _task_problems(task: Task) -> Iterator[tuple[str, str]]:
    for kind in ("options", "expect", "hints", "mistakes"):
        ids = [one.id for one in getattr(task, kind, ())]
        for number, name in enumerate(ids):
            if name in ids[:number]:
                yield f"{kind}[{number}].id", f"there are two {kind} {name}"
    for number, claim in enumerate(getattr(task, "expect", ())):
        yield from ((f"expect[{number}].{where}", problem) for where, problem in _claim_problems(claim))
    for number, option in enumerate(getattr(task, "options", ())):
        problems = _claim_problems(option) if isinstance(option, Claim) else _option_problems(option)
        yield from ((f"options[{number}].{where}", problem) for where, problem in problems)
    for number, hint in enumerate(task.hints):
        if hint.hook:
            yield from _places(f"hints[{number}].hook", hint.hook)
    yield from _question_problems(task)


def _question_problems(task: Task) -> Iterator[tuple[str, str]]:
    match task:
        case Predict(after=after, on=on):
            yield from _places("after", after)
            yield from _devices("on", on)
        case Verdict(hook=hook):
            yield from _places("hook", hook)
        case Fields(at=at, until=until):
            yield from (*_places("at", at), *_places("until", until))
        case Capture(on=on):
            yield from _devices("on", on)
        case Order():
            yield from _mistake_problems(task)
        case Choice():
            yield from _choice_problems(task)
        case Script() | Build():
            yield from _hint_problems(task)


def _choice_problems(task: Choice) -> Iterator[tuple[str, str]]:
    for number, option in enumerate(task.options):
        at = f"options[{number}]"
        if option.commands and not task.expect:
            yield f"{at}.commands", "the task says by `expect` what commands are to do"
        if option.counts and not (option.commands or option.probe):
            yield f"{at}.counts", "counters grow while a probe runs: `probe` says which"
    for where, claims in (("options", task.options), ("expect", task.expect)):
        for number, claim in enumerate(claims):
            if claim.same:
                yield f"{where}[{number}].same", "a question has no solution to compare with"


def _mistake_problems(task: Order) -> Iterator[tuple[str, str]]:
    known = {option.id for option in task.options}
    for number, mistake in enumerate(task.mistakes):
        for key, name in (("first", mistake.first), ("second", mistake.second)):
            if name not in known:
                yield f"mistakes[{number}].{key}", f"there is no option {name}"


def _hint_problems(task: Graded) -> Iterator[tuple[str, str]]:
    known = {one.id for one in task.expect}
    for number, hint in enumerate(task.hints):
        if hint.computed in ("why-not", "divergence") and hint.expect not in known:
            yield f"hints[{number}].expect", f"there is no expectation {hint.expect!r}"
        if hint.computed == "why-not" and not hint.hook:
            yield f"hints[{number}].hook", "why-not asks about a hook"


def _option_problems(option: object) -> Iterator[tuple[str, str]]:
    hook = getattr(option, "hook", "")
    if isinstance(option, HookOption) and hook != END:
        yield from _places("hook", hook)
    if isinstance(option, LineOption):
        yield from _places("frame", option.frame)
    field = getattr(option, "field", "")
    if field and field not in FIELDS:
        yield "field", f"an sk_buff has no field {field!r} here; it has {', '.join(sorted(FIELDS))}"


def _claim_problems(claim: Claim) -> Iterator[tuple[str, str]]:
    for key in ("meets", "misses", "comes"):
        for hook in getattr(claim, key):
            yield from _places(key, hook)
    for key in ("at", "dropped_at"):
        yield from _places(key, getattr(claim, key))
    for hook in (*claim.counts, *claim.verdicts):
        yield from _places("counts", hook)
    for dev in (claim.where, *claim.captured):
        yield from _devices("where" if dev == claim.where else "captured", dev)
    for field in claim.state:
        if field not in FIELDS - {"bytes"}:
            yield "state", f"an sk_buff has no field {field!r} here; it has {', '.join(sorted(FIELDS - {'bytes'}))}"
    for offset, octets in claim.frame.items():
        if not offset.isdecimal() or not re.fullmatch(r"\s*([0-9a-fA-F]{2}\s*)+", octets):
            yield "frame", f"{offset!r} = {octets!r} is no offset with bytes in hexadecimal"
    if (claim.state or claim.frame) and not claim.at:
        yield "at", "state and frame are those at a place: `at` says which"
    said = (claim.fate, claim.where, claim.reason, claim.dropped_at, claim.meets, claim.misses, claim.comes)
    more = (claim.verdicts, claim.state, claim.frame, claim.counts, claim.captured, claim.prints, claim.same)
    commands = getattr(claim, "commands", "")
    if not any((*said, *more, commands)) and claim.code is None:
        yield "id", "says nothing that could be so or not"


def _places(at: str, said: str) -> Iterator[tuple[str, str]]:
    if said:
        try:
            place(said)
        except ValueError as error:
            yield at, str(error)


def _devices(at: str, said: str) -> Iterator[tuple[str, str]]:
    if said:
        try:
            device(said)
        except ValueError as error:
            yield at, str(error)


def _check_labs(path: Path, logic: Logic, labs: Mapping[str, str]) -> None:
    graded: set[str] = set()
    for number, task in enumerate(logic.tasks):
        known = task.lab.removeprefix(AFTER) in graded if task.lab.startswith(AFTER) else task.lab in labs
        if not known:
            line = _line_of(path.read_text(), f"tasks[{number}].lab")
            raise LessonError(path, line, f"there is no lab {task.lab!r}: it is setup, NAME of NAME.sh, or "
                              "after ID, a graded task that comes before")  # fmt: skip
        if isinstance(task, Graded):
            graded.add(task.id)


# Texts and scripts


def _texts(folder: Path, logic: Logic) -> Iterator[tuple[str, Text]]:
    ids = [task.id for task in logic.tasks]
    for language in LANGUAGES:
        path = folder / ("text.md" if language == LANGUAGES[0] else f"text.{language}.md")
        if language != LANGUAGES[0] and not path.exists():
            continue  # the check misses it; the lesson is shown in English
        try:
            found = text.read(language, _source(path))
        except text.TextError as error:
            raise LessonError(path, error.line, error.message) from error
        tasks = [part for part in found.parts if isinstance(part, TaskText)]
        for at, part in enumerate(tasks):
            if at >= len(ids) or part.id != ids[at]:
                wanted = f"{ids[at]} is the next" if at < len(ids) else "there are no more"
                raise LessonError(path, part.line, f"the task {part.id} stands here, but in lesson.toml {wanted}")
        if len(tasks) < len(ids):
            raise LessonError(path, 0, f"the task {ids[len(tasks)]} of lesson.toml is missing")
        yield language, found


def _script(path: Path) -> str:
    source = _source(path)
    try:
        parse(source)
    except ScriptError as error:
        raise LessonError(path, error.line, error.message) from error
    return source


def _solutions(path: Path, graded: list[str]) -> Mapping[str, str]:
    if not graded:
        return {}
    parts = _sections(path, _script(path), graded)
    for name in graded:
        if name not in parts:
            raise LessonError(path, 0, f"there is no solution of {name}: a line `#: task {name}` begins it")
    return parts


def _wrongs(folder: Path, graded: list[str]) -> Iterator[Wrong]:
    for path in sorted(folder.glob("*.sh")):
        parts = _sections(path, _script(path), graded)
        if len(parts) != 1:
            raise LessonError(path, 1, "a wrong answer is one to one task: `#: task ID` in its first line")
        for name, commands in parts.items():
            yield Wrong(path.stem, name, commands)


def _sections(path: Path, source: str, graded: list[str]) -> dict[str, str]:
    """Commands by task. The marker may be left out where there is only one graded task."""
    found: dict[str, list[str]] = {}
    current = graded[0] if len(graded) == 1 else ""
    for number, line in enumerate(source.splitlines(), 1):
        marker = _MARKER.fullmatch(line)
        if marker is not None:
            current = marker["id"]
            if current not in graded:
                raise LessonError(path, number, f"there is no graded task {current}")
            found.setdefault(current, [])
        elif current:
            found.setdefault(current, []).append(line)
        elif line.strip() and not line.startswith("#"):
            raise LessonError(path, number, "commands of which task? a line `#: task ID` says so")
    return {name: "\n".join(lines).strip() + "\n" for name, lines in found.items()}
