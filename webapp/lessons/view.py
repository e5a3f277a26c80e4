"""A lesson as the browser is shown it: rendered texts, tasks without their answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from webapp.lessons import answers, chart, proofs, stage
from webapp.lessons.model import (
    Capture,
    ClaimOption,
    Fields,
    Figure,
    Graded,
    HookOption,
    Lesson,
    Option,
    Prose,
    Question,
    Task,
    TaskText,
    Text,
    Verdict,
)
from webapp.lessons.places import END, place
from webapp.lessons.shown import (
    LANGUAGES,
    HookPlace,
    Kind,
    LessonEntry,
    Link,
    ShownExpectation,
    ShownOption,
    ShownProse,
    ShownTask,
)
from webapp.lessons.text import html, inline
from webapp.lessons.words import hook_name, say

_MAN = re.compile(r"(?P<name>[\w.-]+)\((?P<section>\d)\)")


def text_of(lesson: Lesson, language: str) -> Text:
    """The lesson's text; in English where there is none in the language."""
    return lesson.texts.get(language) or lesson.texts[LANGUAGES[0]]


def task_text(lesson: Lesson, id: str, language: str) -> TaskText:
    """What a text says about a task; what it lacks is taken from the English one."""
    found, first = (_task_text(text_of(lesson, name), id) for name in (language, LANGUAGES[0]))
    if found is first:
        return found
    return TaskText(
        id,
        found.line,
        found.prompt,
        found.right or first.right,
        {**first.options, **found.options},
        {**first.feedback, **found.feedback},
        {**first.expect, **found.expect},
        {**first.hints, **found.hints},
        {**first.wrong, **found.wrong},
    )


def _task_text(text: Text, id: str) -> TaskText:
    return next(part for part in text.parts if isinstance(part, TaskText) and part.id == id)


def blocks(lesson: Lesson, language: str) -> Iterator[ShownProse | ShownTask]:
    """Prose and tasks in order."""
    tasks = {task.id: task for task in lesson.tasks}
    for part in text_of(lesson, language).parts:
        if isinstance(part, Prose):
            yield ShownProse(prose(lesson, part.markdown, language))
        else:
            yield shown_task(lesson, tasks[part.id], language)


def prose(lesson: Lesson, markdown: str, language: str) -> str:
    """Prose with its charts, as HTML that is safe to insert. KeyError for a chart that figures.toml does not have."""

    def figure(id: str, body: str) -> str:
        return chart.html(lesson.figures.chart(id), chart.written(body), language)

    return html(markdown, figure)


def shown_task(lesson: Lesson, task: Task, language: str) -> ShownTask:
    """A task without its answer."""
    text = task_text(lesson, task.id, language)
    prompt = html(f"{say(language, 'ahead')}\n\n{text.prompt}" if looks_ahead(lesson, task) else text.prompt)
    if isinstance(task, Graded):
        seen = [one for one in task.expect if not one.hidden]
        return ShownTask(
            task.id,
            kind_of(task),
            prompt,
            False,
            (),
            tuple(ShownExpectation(o.id, inline(text.expect.get(o.id, o.id)), o.probe.strip()) for o in seen),
            len(task.expect) - len(seen),
            sum(one.points for one in task.expect),
            par(lesson, task),
            len(task.hints),
        )
    options = tuple(shown_options(lesson, task, text, language))
    many = answers.takes_many(task)
    return ShownTask(task.id, kind_of(task), prompt, many, options, (), 0, 1, 0, len(task.hints))


def looks_ahead(lesson: Lesson, task: Task) -> bool:
    """Whether a task's lab holds what is not in Linux; its question then begins by saying so."""
    command = task.command if isinstance(task, Question) else ""
    return proofs.looks_ahead(stage.with_commands(stage.start_script(lesson, task), command))


def goes_ahead(lesson: Lesson) -> bool:
    """Whether any of a lesson's labs holds what is not in Linux."""
    return any(proofs.looks_ahead(script) for _, script in proofs.scripts(lesson))


def kind_of(task: Task) -> Kind:
    """The word for a task's kind."""
    if isinstance(task, Figure):
        return "choice"
    kind: Kind = task.__struct_config__.tag  # type: ignore[assignment]
    return kind


def par(lesson: Lesson, task: Graded) -> int:
    """How many commands a task takes."""
    if task.par is not None:
        return task.par
    return stage.commands_over(stage.start_script(lesson, task), stage.solved_script(lesson, task))


def shown_options(lesson: Lesson, task: Question, text: TaskText, language: str) -> Iterator[ShownOption]:
    """The options, with the texts that are written or, where none is, what the model calls them."""
    words = option_words(lesson, task, text, language)
    for option in task.options:
        hook = None
        if isinstance(option, HookOption) and option.hook != END:
            hook = HookPlace(*place(option.hook))
        yield ShownOption(option.id, inline(next(words)), hook)


def option_words(lesson: Lesson, task: Question, text: TaskText, language: str) -> Iterator[str]:
    """The same texts alone, in Markdown."""
    lines: Mapping[str, str] = {}
    if isinstance(task, Capture):
        lines = answers.capture_lines(answers.ask(lesson, task), task)
    for option in task.options:
        yield text.options.get(option.id) or _label(task, option, lines, language)


def _label(task: Question, option: Option | ClaimOption, lines: Mapping[str, str], language: str) -> str:
    if isinstance(option, HookOption):
        return say(language, "end") if option.hook == END else hook_name(language, place(option.hook))
    if isinstance(task, Verdict):
        verdict = next(one.verdict for one in task.options if one.id == option.id)
        return say(language, verdict)
    if isinstance(task, Fields):
        field = next(one.field for one in task.options if one.id == option.id)
        return say(language, "bytes") if field == "bytes" else f"`{field}`"
    return f"`{lines[option.id]}`" if option.id in lines else option.id


def links(lesson: Lesson) -> tuple[Link, ...]:
    """The manual pages and kernel functions of a lesson."""
    pages = (_MAN.fullmatch(page) for page in lesson.logic.man)
    man = [
        Link("man", page[0], f"https://manpages.debian.org/{page['name']}.{page['section']}") for page in pages if page
    ]
    functions = [
        Link("function", f"{name}()", f"https://elixir.bootlin.com/linux/v6.12/C/ident/{name}")
        for name in lesson.logic.functions
    ]
    return (*man, *functions)


def entry(lesson: Lesson, language: str, minutes: int, *, proved: bool) -> LessonEntry:
    """A lesson in the list; with ``proved`` it says by which kernels, which takes time."""
    text = text_of(lesson, language)
    ids = tuple(task.id for task in lesson.tasks)
    confirmed = proofs.confirmed(lesson) if proved else ()
    return LessonEntry(
        lesson.slug, lesson.number, text.title, inline(text.summary), minutes, ids, confirmed, goes_ahead(lesson)
    )
