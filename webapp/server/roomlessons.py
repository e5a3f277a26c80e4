"""What a room takes from lessons: their questions and tasks, in all languages at once, for each reads their own.

A room's texts are plain: a lesson's Markdown is read out.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from webapp.classroom.deeds import RefusedDeedError, Who
from webapp.classroom.limits import MAX_CHOICES, MAX_TEXT, MAX_TITLE
from webapp.classroom.room import Room
from webapp.classroom.values import (
    QuestionWords,
    RoomHook,
    RoomLab,
    RoomOption,
    RoomQuestion,
    RoomTask,
    TaskWords,
    Work,
)
from webapp.lessons import answers, places, stage
from webapp.lessons import model as lessons
from webapp.lessons.course import Course
from webapp.lessons.shown import LANGUAGES
from webapp.lessons.text import reading
from webapp.lessons.view import option_words, task_text, text_of
from webapp.server.labs import RefusedError
from webapp.server.protocol import Answer, Failed, Graded, Hinted, TeachingLesson, TeachingTask

LETTERS = "ABCDEFGH"

_KINDS: Mapping[str, str] = {"predict": "hook", "fields": "field"}
"""A room's word for a lesson's kind of question, where it is another one."""


def ready(course: Course, language: str) -> tuple[TeachingLesson, ...]:
    """Every lesson as a deck: a teacher needs to prepare nothing."""
    return tuple(
        TeachingLesson(
            one.slug, text_of(one, language).title, tuple(_teaching(one, task, language) for task in one.tasks)
        )
        for one in course.lessons
    )


def _teaching(lesson: lessons.Lesson, task: lessons.Task, language: str) -> TeachingTask:
    prompt = _cut(reading(task_text(lesson, task.id, language).prompt))
    is_graded = isinstance(task, lessons.Graded)
    return TeachingTask(task.id, prompt, is_graded, not is_graded and not _unaskable(task))


def _unaskable(task: lessons.Task) -> str:
    if isinstance(task, lessons.Order):
        return "A room cannot be asked for an order."
    if isinstance(task, lessons.Question) and len(task.options) > MAX_CHOICES:
        return "The question has too many answers for a room."
    return ""


def _find(course: Course, slug: str, id: str) -> tuple[lessons.Lesson, lessons.Task]:
    lesson = course.lesson(slug)
    task = next((task for task in lesson.tasks if task.id == id), None) if lesson is not None else None
    if lesson is None or task is None:
        raise RefusedError(Failed("unknown_name", f"there is no lesson {slug!r} with a task {id!r}"))
    return lesson, task


def question(course: Course, slug: str, id: str) -> tuple[RoomLab, RoomQuestion]:
    """A lesson's question with its lab, which the room has yet to number. RefusedError where it cannot be asked."""
    lesson, task = _find(course, slug, id)
    if isinstance(task, lessons.Graded):
        raise RefusedError(Failed("refused", f"the task {id} is graded by its script"))
    if why := _unaskable(task):
        raise RefusedError(Failed("refused", why))
    asked, right = answers.ask(lesson, task), answers.answer(lesson, task)
    letters = dict(zip((option.id for option in task.options), LETTERS, strict=False))
    words = tuple(_question_words(course, lesson, task, language) for language in LANGUAGES)
    first = words[0]
    hooks = map(_hook, task.options)
    options = tuple(
        RoomOption(letter, text, hook=hook)
        for letter, text, hook in zip(letters.values(), first.options, hooks, strict=True)
    )
    return RoomLab(_cut(lesson.texts[LANGUAGES[0]].title, MAX_TITLE), asked.lab.script), RoomQuestion(
        kind=_kind(task),  # type: ignore[arg-type]  # one of them
        prompt=first.prompt,
        options=options,
        several=answers.takes_many(task),
        right=tuple(sorted(letters[name] for name in right.options)),
        explanation=first.explanation,
        probe=asked.number,
        step=right.shown,
        lesson=slug,
        task=id,
        words=words,
    )


def _kind(task: lessons.Question) -> str:
    if isinstance(task, lessons.Figure):
        return "choice"
    tag = str(task.__struct_config__.tag)
    return _KINDS.get(tag, tag)


def _hook(option: object) -> RoomHook | None:
    if not isinstance(option, lessons.HookOption) or option.hook == places.END:
        return None
    netns, dev, station = places.place(option.hook)
    return RoomHook(netns, dev, station)


def _question_words(course: Course, lesson: lessons.Lesson, task: lessons.Question, language: str) -> QuestionWords:
    text = task_text(lesson, task.id, language)
    beliefs = course.misconceptions.get(language, {})

    def feedback(option: lessons.Option | lessons.ClaimOption) -> str:
        said = (text.feedback.get(option.id, ""), beliefs.get(option.misconception, ""))
        return _cut(reading(next(filter(None, said), "")))

    return QuestionWords(
        language,
        _cut(reading(text.prompt)),
        tuple(_cut(reading(one)) for one in option_words(lesson, task, text, language)),
        tuple(map(feedback, task.options)),
        _cut(reading(text.right)),
    )


def task(course: Course, slug: str, id: str) -> RoomTask:
    """A lesson's graded task, to be handed out. RefusedError where it is none."""
    lesson, found = _find(course, slug, id)
    if not isinstance(found, lessons.Graded):
        raise RefusedError(Failed("refused", f"the task {id} is a question"))
    words = tuple(_task_words(lesson, found, language) for language in LANGUAGES)
    script = stage.start_script(lesson, found)
    return RoomTask(words[0].title, words[0].text, script, slug, id, words, len(found.expect), len(found.hints))


def _task_words(lesson: lessons.Lesson, task: lessons.Graded, language: str) -> TaskWords:
    text = task_text(lesson, task.id, language)
    return TaskWords(language, _cut(text_of(lesson, language).title, MAX_TITLE), _cut(reading(text.prompt)))


def _cut(text: str, most: int = MAX_TEXT) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# Work


def work_of(room: Room, who: Who, number: int) -> Work:
    """A student's work on a lesson's task so far. RefusedDeedError where there is no such task, or no lesson's."""
    if not 1 <= number <= len(room.tasks):
        raise RefusedDeedError("There is no such task.")
    found = room.tasks[number - 1]
    if not found.handed.lesson:
        raise RefusedDeedError("No lesson grades this task.")
    if found.collected:
        raise RefusedDeedError("This task is over.")
    return found.work.get(who.member, Work("begun"))


def work_after(before: Work, found: Answer) -> Work:
    """The work once a lab was graded, or a hint was given."""
    if isinstance(found, Hinted):
        return msgspec.structs.replace(before, hints=before.hints + 1)
    assert isinstance(found, Graded)
    met = sum(one.met for one in found.expect)
    return Work("solved" if found.solved else "tried", found.points, found.of, found.commands, met, before.hints)
