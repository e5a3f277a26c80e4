"""`hookwalk lessons check`: is a lesson whole, does it keep its promises, and is what it says so?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from webapp.kernel.machine import LimitError
from webapp.kernel.trace import SkbState
from webapp.kernel.version import VERSIONS
from webapp.lab.lab import Lab
from webapp.lab.topology import topology
from webapp.lessons import answers, budget, chart, grade, hints, proofs, stage, text
from webapp.lessons.course import Misconceptions
from webapp.lessons.model import (
    Build,
    Choice,
    Figure,
    Graded,
    HookOption,
    Lesson,
    Order,
    Predict,
    Prose,
    Question,
    Script,
    Task,
    TaskText,
    Text,
)
from webapp.lessons.places import END, place
from webapp.lessons.read import LessonError, read
from webapp.lessons.shown import LANGUAGES
from webapp.lessons.view import goes_ahead, par, shown_options, task_text
from webapp.lessons.words import say
from webapp.lessons.writing import hook_faults, markup_faults, parts_of, pieces, untranslated
from webapp.userland.shell import ScriptError
from webapp.workshop.operations import OperationError

WORDS_BETWEEN = 120
MINUTES = (5, 12)
SECONDS_TO_PREDICTION = 60
KERNELS = ("6.1", "6.12", "6.18")


class Fault(NamedTuple):
    """What is wrong, in which file; ``line`` is 0 where it is the file as a whole."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


def check(folder: Path, misconceptions: Misconceptions, *, recorded: bool = True) -> tuple[Fault, ...]:
    """All faults of the lesson in ``folder``; without ``recorded``, it need not be recorded on real kernels yet."""
    try:
        lesson = read(folder)
    except LessonError as error:
        return (Fault(error.path, error.line, error.message),)
    return tuple(_Check(folder, lesson, misconceptions, recorded).faults())


class _Check:
    def __init__(self, folder: Path, lesson: Lesson, misconceptions: Misconceptions, recorded: bool) -> None:
        self.folder = folder
        self.lesson = lesson
        self.misconceptions = misconceptions
        self.recorded = recorded
        self.toml = folder / "lesson.toml"

    def faults(self) -> Iterator[Fault]:
        yield from self._scripts()
        for task in self.lesson.tasks:
            yield from self._question(task) if isinstance(task, Question) else self._graded(task)
        yield from self._kinds()
        for language in LANGUAGES:
            yield from self._text(language)
        yield from self._recordings()

    def _of(self, task: Task, message: str) -> Fault:
        """A fault in what lesson.toml says about a task."""
        lines = self.toml.read_text().splitlines()
        pattern = re.compile(rf'\s*id\s*=\s*"{re.escape(task.id)}"')
        line = next((number for number, said in enumerate(lines, 1) if pattern.match(said)), 0)
        return Fault(self.toml, line, f"{task.id}: {message}")

    # Scripts

    def _scripts(self) -> Iterator[Fault]:
        """No command of a lab or solution may fail but probes."""
        used = {task.lab for task in self.lesson.tasks} | {"setup"}
        for name, script in self.lesson.labs.items():
            yield from self._runs(self.folder / f"{name}.sh", script)
            if name not in used:
                yield Fault(self.folder / f"{name}.sh", 0, "no task begins with this lab")

    def _runs(self, path: Path, script: str) -> Iterator[Fault]:
        lab = Lab(limits=stage.LIMITS, record=True)
        try:
            lab.append(script)
        except (ScriptError, LimitError) as error:
            yield Fault(path, 0, str(error))
        for entry in lab.entries:
            if entry.reported and entry.probe is None:
                said = next((line for line in entry.output.splitlines() if line.strip()), f"exit code {entry.code}")
                yield Fault(path, entry.line, f"`{entry.command.splitlines()[0]}` fails: {said}")

    # Questions

    def _question(self, task: Question) -> Iterator[Fault]:
        try:
            right = answers.answer(self.lesson, task).options
            list(shown_options(self.lesson, task, task_text(self.lesson, task.id, LANGUAGES[0]), LANGUAGES[0]))
        except (answers.NoAnswerError, ScriptError, LimitError) as error:
            yield self._of(task, f"no right answer: {error}")
            return
        if not answers.takes_many(task) and len(right) > 1:
            yield self._of(task, f"{' and '.join(right)} are both right, and one may be chosen")
        if len(task.options) < 2:
            yield self._of(task, "there is nothing to choose from")
        distractors = [option for option in task.options if option.id not in right]
        if not distractors and not isinstance(task, Order):
            yield self._of(task, "every option is right")
        for option in distractors:
            yield from self._misconception(task, option.id, option.misconception)
        if isinstance(task, Order):
            yield from self._order(task)
        for option in task.options:
            if option.id in right and option.misconception:
                yield self._of(task, f"option {option.id} is right, and names the misconception {option.misconception}")
        yield from self._option_hooks(task)
        yield from self._option_texts(task)

    def _option_hooks(self, task: Question) -> Iterator[Fault]:
        """A hook that cannot be clicked in the picture is no answer."""
        namespaces = topology(answers.ask(self.lesson, task).lab.machine).namespaces
        devices = {(one.name, dev.name) for one in namespaces for dev in one.devices}
        devices |= {(one.name, "") for one in namespaces}
        for option in task.options:
            if isinstance(option, HookOption) and option.hook != END:
                hook = place(option.hook)
                if (hook.netns, hook.dev) not in devices:
                    yield self._of(task, f"{option.id}: the lab has no {hook.netns}/{hook.dev}")

    def _misconception(self, task: Question, name: str, misconception: str) -> Iterator[Fault]:
        if not misconception:
            yield self._of(task, f"{name} is wrong, and names no misconception")
        for language in LANGUAGES:
            if misconception and misconception not in self.misconceptions.get(language, {}):
                yield self._of(task, f"{name}: there is no misconception {misconception} in {language}")
            if language in self.lesson.texts and name not in self._written(task, language).feedback:
                yield self._missing(task, language, f"feedback {name}")

    def _order(self, task: Order) -> Iterator[Fault]:
        asked = answers.ask(self.lesson, task)
        first = answers.first_steps(asked, task)
        for mistake in task.mistakes:
            one, other = first.get(mistake.first), first.get(mistake.second)
            if one is None or other is None or not answers.is_before(asked, other, one):
                yield self._of(task, f"mistake {mistake.id}: {mistake.first} before {mistake.second} is no mistake")
            yield from self._misconception(task, mistake.id, mistake.misconception)
        if len(first) < 3:
            yield self._of(task, "fewer than three hooks are in order")

    def _option_texts(self, task: Question) -> Iterator[Fault]:
        if not isinstance(task, Choice | Figure):
            return
        for language in self.lesson.texts:
            for option in task.options:
                if option.id not in self._written(task, language).options:
                    yield self._missing(task, language, f"option {option.id}")

    # Graded tasks

    def _graded(self, task: Graded) -> Iterator[Fault]:
        lesson, solution = self.lesson, self.folder / "solution.sh"
        start = stage.start_script(lesson, task)
        solved = stage.solved_script(lesson, task)
        yield from (Fault(solution, 0, one.message) for one in self._runs(solution, solved))
        result = grade.grade(lesson, task, solved)
        if result.problem:
            yield Fault(solution, 0, f"{task.id}: {result.problem[LANGUAGES[0]]}")
            return
        for one in result.judged:
            if not one.met:
                yield Fault(
                    solution, 0, f"{task.id}: the solution fails {one.expectation.id}: {one.seen(LANGUAGES[0])}"
                )
        if grade.start_result(lesson, task).solved:
            yield self._of(task, "the start passes already: there is nothing to do")
        if result.commands > par(lesson, task):
            yield self._of(task, f"par is {par(lesson, task)}, and the solution takes {result.commands} commands")
        yield from self._wrongs(task)
        yield from self._hints(task, start)
        for language in lesson.texts:
            for expectation in task.expect:
                if expectation.id not in self._written(task, language).expect:
                    yield self._missing(task, language, f"expect {expectation.id}")

    def _wrongs(self, task: Graded) -> Iterator[Fault]:
        results = grade.wrong_results(self.lesson, task)
        if not results:
            yield self._of(task, "there is no wrong answer in wrong/")
        start = grade.start_result(self.lesson, task)
        seen: dict[object, str] = {}
        for name, result in results.items():
            path = self.folder / "wrong" / f"{name}.sh"
            if result.problem:
                yield Fault(path, 0, f"{task.id}: {result.problem[LANGUAGES[0]]}")
            elif result.solved:
                yield Fault(path, 0, f"{task.id}: this wrong answer passes")
            elif result.signatures[0] in seen:
                yield Fault(path, 0, f"{task.id}: fails in the same way as {seen[result.signatures[0]]}")
            elif result.signatures == start.signatures:
                yield Fault(path, 0, f"{task.id}: fails in the same way as the start, before anything was done")
            seen.setdefault(result.signatures[0], name)
            for language in self.lesson.texts:
                if name not in self._written(task, language).wrong:
                    yield self._missing(task, language, f"wrong {name}")
        for language in self.lesson.texts:
            said = list(self._written(task, language).wrong.items())
            for at, (name, words) in enumerate(said):
                if words in [other for _, other in said[:at]]:
                    line = self._written(task, language).line
                    yield Fault(self._file(language), line, f"{task.id}: `:: wrong {name}` says what another one says")

    def _hints(self, task: Graded, start: str) -> Iterator[Fault]:
        if not task.hints:
            yield self._of(task, "there is no hint")
        for hint in task.hints:
            if hint.computed:
                found = hints.computed(self.lesson, task, hint, start, LANGUAGES[0])
                if not (found.reasons or found.divergence or found.failing):
                    yield self._of(
                        task, f"hint {hint.id} says nothing at the start: the model finds no {hint.computed}"
                    )

    # The lesson as a whole

    def _kinds(self) -> Iterator[Fault]:
        for kind, word in ((Predict, "prediction"), (Script, "change (a script task)"), (Build, "construction")):
            if not any(isinstance(task, kind) for task in self.lesson.tasks):
                yield Fault(self.toml, 0, f"there is no {word}")

    def _recordings(self) -> Iterator[Fault]:
        yield from self._of_nothing()
        for version in KERNELS:
            folder = self.folder / "recorded" / version
            found = proofs.comparisons(self.lesson, version)
            missing = [name for name, comparison in found.items() if comparison is None]
            if missing and self.recorded:
                how = f"`hookwalk lessons record --on vm:{version}`, or --on host on a {version}"
                yield Fault(folder, 0, f"nothing is recorded of {', '.join(missing)}: {how}, does it")
            for name, comparison in found.items():
                if comparison is not None and not comparison.agrees:
                    differences = "; ".join(map(str, comparison.differences[:3]))
                    yield Fault(folder / f"{name}.out", 0, f"the model prints something else: {differences}")

    def _of_nothing(self) -> Iterator[Fault]:
        """Recordings that belong to nothing any more."""
        names = proofs.proofs(self.lesson)
        for version, recorded in self.lesson.recordings.items():
            folder = self.folder / "recorded" / version
            if version not in VERSIONS:
                yield Fault(folder, 0, f"the model does not play Linux {version}")
            for name in recorded.keys() - names.keys():
                yield Fault(folder / f"{name}.out", 0, f"the lesson runs nothing that is called {name}")

    # Texts

    def _file(self, language: str) -> Path:
        return self.folder / ("text.md" if language == LANGUAGES[0] else f"text.{language}.md")

    def _written(self, task: Task, language: str) -> TaskText:
        parts = self.lesson.texts[language].parts
        return next(part for part in parts if isinstance(part, TaskText) and part.id == task.id)

    def _missing(self, task: Task, language: str, what: str) -> Fault:
        return Fault(self._file(language), self._written(task, language).line, f"{task.id}: there is no `:: {what}`")

    def _text(self, language: str) -> Iterator[Fault]:
        path = self._file(language)
        found = self.lesson.texts.get(language)
        if found is None:
            yield Fault(path, 0, "there is no such file")
            return
        yield from self._budgets(path, found)
        yield from self._ids(path, found)
        yield from self._names(path, found)
        yield from self._ahead(path, found)
        yield from self._charts(path, found)
        if not isinstance(found.parts[-1], Prose):
            yield Fault(path, found.parts[-1].line, "a lesson ends with what to remember, after its last task")
        for part in found.parts:
            for markdown in pieces(part).values():
                for told in (*markup_faults(markdown), *hook_faults(markdown, language)):
                    yield Fault(path, part.line, told)
        for line, told in untranslated(found, self.lesson.texts[LANGUAGES[0]]):
            yield Fault(path, line, told)

    def _budgets(self, path: Path, found: Text) -> Iterator[Fault]:
        count, begin = 0, 1
        for part in found.parts:
            if isinstance(part, Prose):
                count, begin = count + text.words(part.markdown), part.line
            count += 0 if isinstance(part, Prose) else text.words(part.prompt)
            if count > WORDS_BETWEEN and (not isinstance(part, Prose) or part is found.parts[-1]):
                yield Fault(path, begin, f"{count} words up to the next thing to do; {WORDS_BETWEEN} are the most")
            if not isinstance(part, Prose):
                count, begin = text.words(part.right), part.line
        minutes = budget.seconds(self.lesson, found) / 60
        if not MINUTES[0] <= minutes <= MINUTES[1]:
            yield Fault(path, 0, f"takes {minutes:.1f} minutes; a lesson takes {MINUTES[0]} to {MINUTES[1]}")
        first = budget.seconds_to_prediction(self.lesson, found)
        if first is not None and first > SECONDS_TO_PREDICTION:
            yield Fault(
                path, 0, f"the first prediction comes after {first:.0f} s; {SECONDS_TO_PREDICTION} are the most"
            )

    def _ids(self, path: Path, found: Text) -> Iterator[Fault]:
        """Every id of a text is one of lesson.toml's, and the same ids stand in all languages."""
        tasks = {task.id: task for task in self.lesson.tasks}
        for part in found.parts:
            if isinstance(part, Prose):
                continue
            known = self._known(tasks[part.id])
            first = self._written(tasks[part.id], LANGUAGES[0])
            for kind, said in parts_of(part).items():
                for name in said:
                    if name not in known[kind]:
                        yield Fault(path, part.line, f"{part.id}: `:: {kind} {name}` belongs to nothing")
                for name in parts_of(first)[kind]:
                    if name not in said:
                        yield Fault(path, part.line, f"{part.id}: `:: {kind} {name}` of text.md is missing")
            if not part.right:
                yield Fault(path, part.line, f"{part.id}: there is no `:: right`")
            for hint in tasks[part.id].hints:
                if not hint.computed and hint.id not in part.hints:
                    yield Fault(path, part.line, f"{part.id}: there is no `:: hint {hint.id}`")

    def _known(self, task: Task) -> Mapping[str, set[str]]:
        options = {one.id for one in (*getattr(task, "options", ()), *getattr(task, "mistakes", ()))}
        expect = {one.id for one in getattr(task, "expect", ())}
        wrong = {one.name for one in self.lesson.wrongs if one.task == task.id}
        return {
            "option": options,
            "feedback": options | expect,
            "expect": expect,
            "hint": {hint.id for hint in task.hints},
            "wrong": wrong,
        }

    def _ahead(self, path: Path, found: Text) -> Iterator[Fault]:
        """A lesson that shows what only the model does says so where it is chosen."""
        said = say(found.language, "not in linux")
        if goes_ahead(self.lesson) and said not in found.summary:
            yield Fault(path, 0, f"the lesson runs what only the model does: its summary has to say {said!r}")

    def _charts(self, path: Path, found: Text) -> Iterator[Fault]:
        """Each chart is there, and each of its rows has a label."""
        shown: list[str] = []
        for part in found.parts:
            for name, body, line in text.charts(part.markdown) if isinstance(part, Prose) else ():
                shown.append(name)
                known = next((one for one in self.lesson.figures.charts if one.id == name), None)
                if known is None:
                    yield Fault(path, part.line + line, f"figures.toml has no chart {name!r}")
                    continue
                said, rows = chart.written(body), {row.id for row in known.rows}
                if not said.caption:
                    yield Fault(path, part.line + line, f"the chart {name} has no caption")
                for row in sorted(rows ^ said.labels.keys()):
                    wrong = "has no label" if row in rows else "is no row"
                    yield Fault(path, part.line + line, f"the chart {name}: {row} {wrong}")
        for known in self.lesson.figures.charts:
            if found.language not in (LANGUAGES[0], *known.sources):
                yield Fault(self.folder / "figures.toml", 0, f"the chart {known.id} has no source in {found.language}")
            if known.id not in shown:
                yield Fault(path, 0, f"the chart {known.id} of figures.toml is not shown")

    def _names(self, path: Path, found: Text) -> Iterator[Fault]:
        """Hooks and functions that a text names are in a walk of the lesson."""
        functions, hooks = self._walked()
        written = self._written_in_scripts()
        if found is self.lesson.texts[LANGUAGES[0]]:
            for name in self.lesson.logic.functions:
                if name not in functions:
                    yield Fault(self.toml, 0, f"the function {name} runs in no walk of the lesson")
            for page in self.lesson.logic.man:
                if not re.fullmatch(r"[\w.-]+\(\d\)", page):
                    yield Fault(self.toml, 0, f"{page} is no manual page: write it as nft(8)")
        for part in found.parts:
            for markdown in pieces(part).values():
                for span in text.code_spans(markdown):
                    hook = text.hook_named(span)
                    if hook is not None and f"{hook[0]} on {hook[1]}" not in hooks:
                        yield Fault(path, part.line, f"the hook `{span}` is in no walk of the lesson")
                    elif (function := _function(span, written)) is not None and function not in functions:
                        yield Fault(path, part.line, f"the function `{span}` runs in no walk of the lesson")

    def _written_in_scripts(self) -> frozenset[str]:
        """The names that people gave to things."""
        lesson = self.lesson
        scripts = (*lesson.labs.values(), *lesson.solutions.values(), *(wrong.commands for wrong in lesson.wrongs))
        return frozenset(re.findall(r"\w+", "\n".join(scripts)))

    def _walked(self) -> tuple[set[str], set[str]]:
        functions: set[str] = set()
        hooks: set[str] = set()
        for _, script in (*proofs.scripts(self.lesson), *proofs.wrong_scripts(self.lesson)):
            try:
                lab = stage.run(script, record=True)
            except (ScriptError, LimitError, OperationError):
                continue  # told elsewhere
            for entry in lab.entries:
                if entry.probe is not None:
                    functions |= {step.symbol for step in entry.probe.walk.steps}
                    hooks |= answers.hooks_in(entry.probe.walk)
        return functions, hooks


_NO_FUNCTIONS = frozenset(SkbState.__struct_fields__)


def _function(span: str, written: frozenset[str]) -> str | None:
    """The kernel function that a code span names: with (), or an identifier with an underscore that is neither a field
    nor a name of the scripts.
    """
    name = span.removesuffix("()")
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        return None
    if span.endswith("()"):
        return name
    return name if "_" in name.strip("_") and name not in _NO_FUNCTIONS | written else None
