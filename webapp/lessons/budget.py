"""How long a lesson takes: 150 words a minute, and a time for each kind of task."""

from __future__ import annotations

from webapp.lessons.model import Lesson, Predict, Prose, Text
from webapp.lessons.text import words
from webapp.lessons.view import kind_of

WORDS_PER_MINUTE = 150
SECONDS = {
    "predict": 30,
    "verdict": 25,
    "choice": 30,
    "fields": 45,
    "capture": 45,
    "order": 60,
    "script": 120,
    "build": 150,
}
"""What a task takes beside the reading of its question."""


def seconds(lesson: Lesson, text: Text) -> float:
    """What the whole lesson takes."""
    tasks = {task.id: kind_of(task) for task in lesson.tasks}
    total = 0.0
    for part in text.parts:
        markdown = part.markdown if isinstance(part, Prose) else f"{part.prompt}\n\n{part.right}"
        total += words(markdown) * 60 / WORDS_PER_MINUTE
        if not isinstance(part, Prose):
            total += SECONDS[tasks[part.id]]
    return total


def minutes(lesson: Lesson, text: Text) -> int:
    """The same, as people say it."""
    return max(1, round(seconds(lesson, text) / 60))


def seconds_to_prediction(lesson: Lesson, text: Text) -> float | None:
    """How long it takes until the first prediction has been read; None where there is none."""
    tasks = {task.id: task for task in lesson.tasks}
    total = 0.0
    for part in text.parts:
        markdown = part.markdown if isinstance(part, Prose) else part.prompt
        total += words(markdown) * 60 / WORDS_PER_MINUTE
        if not isinstance(part, Prose):
            if isinstance(tasks[part.id], Predict):
                return total
            total += SECONDS[kind_of(tasks[part.id])]
    return None
