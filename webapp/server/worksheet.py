"""A lesson on paper: its texts and tasks, and with the key what is right and why."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase

import msgspec

from webapp.lab.topology import topology
from webapp.lessons import answers, stage
from webapp.lessons.budget import minutes
from webapp.lessons.model import Graded, Lesson, Prose, Question, Task
from webapp.lessons.shown import ShownOption, ShownTask
from webapp.lessons.text import html, inline
from webapp.lessons.view import prose, shown_task, task_text, text_of
from webapp.server.protocol import SheetData

LINES = 5
"""Empty lines to write commands on, at least."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An option with its letter; ``place`` is what is right to write before it: a cross, a number, or nothing."""

    letter: str
    label: str
    place: str


@dataclass(frozen=True, slots=True)
class Exercise:
    """A task. ``command`` is the probe that it asks about; without the key, ``right`` and ``solution`` are empty."""

    number: int
    shown: ShownTask
    command: str
    choices: tuple[Choice, ...]
    lines: range
    right: str
    solution: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the template needs: prose as HTML, and exercises, in order; ``data`` is what the page's picture shows."""

    slug: str
    language: str
    number: int
    title: str
    summary: str
    minutes: int
    script: str
    data: str
    parts: tuple[str | Exercise, ...]


def worksheet(lesson: Lesson, language: str, *, key: bool) -> Sheet:
    """A lesson for printing. Texts are HTML that is safe to insert, scripts are text."""
    text = text_of(lesson, language)
    tasks = {task.id: task for task in lesson.tasks}
    numbers = {task.id: number for number, task in enumerate(lesson.tasks, 1)}
    parts = (
        prose(lesson, part.markdown, language)
        if isinstance(part, Prose)
        else _exercise(lesson, tasks[part.id], numbers[part.id], language, key=key)
        for part in text.parts
    )
    return Sheet(
        lesson.slug, text.language, lesson.number, text.title, inline(text.summary), minutes(lesson, text),
        lesson.labs["setup"], _data(lesson, text.title), tuple(parts),
    )  # fmt: skip


def _data(lesson: Lesson, title: str) -> str:
    """SheetData for a script element, in which only "<" can end or confuse it."""
    drawn = SheetData(title, topology(stage.run(lesson.labs["setup"]).machine))
    return msgspec.json.encode(drawn).decode().replace("<", "\\u003c")


def _exercise(lesson: Lesson, task: Task, number: int, language: str, *, key: bool) -> Exercise:
    shown = shown_task(lesson, task, language)
    right = task_text(lesson, task.id, language).right if key else ""
    command = answers.ask(lesson, task).entry.command if isinstance(task, Question) else ""
    solution = lesson.solutions[task.id] if key and isinstance(task, Graded) else ""
    lines = range(0 if key or isinstance(task, Question) else max(LINES, shown.par + 2))
    return Exercise(
        number,
        shown,
        command,
        tuple(_choices(lesson, task, shown, key=key)),
        lines,
        html(right) if right else "",
        solution,
    )


def _choices(lesson: Lesson, task: Task, shown: ShownTask, *, key: bool) -> list[Choice]:
    right = answers.answer(lesson, task).options if key and isinstance(task, Question) else ()

    def place(option: ShownOption) -> str:
        if option.id not in right:
            return ""
        return str(right.index(option.id) + 1) if shown.kind == "order" else "✕"

    return [Choice(letter, one.label, place(one)) for letter, one in zip(ascii_uppercase, shown.options, strict=False)]
