"""What the lessons' pages ask, answered from webapp/lessons."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

import msgspec

from webapp.kernel.trace import Step, Walk
from webapp.lessons import answers, grade, hints, stage
from webapp.lessons import model as lessons
from webapp.lessons.budget import minutes
from webapp.lessons.check import Fault, check
from webapp.lessons.course import Course as Files
from webapp.lessons.course import Shelf
from webapp.lessons.figures import prices
from webapp.lessons.proofs import confirmed
from webapp.lessons.read import LessonError
from webapp.lessons.shown import LANGUAGES, ComputedHint, Feedback
from webapp.lessons.text import html, inline
from webapp.lessons.view import blocks, entry, goes_ahead, links, par, task_text, text_of
from webapp.server.labs import RefusedError, lab_state
from webapp.server.protocol import (
    Answer,
    AnswerTask,
    AskHint,
    AskSolution,
    Course,
    Failed,
    Graded,
    GradeScript,
    Hinted,
    Judged,
    LabState,
    Lesson,
    OpenCourse,
    OpenLesson,
    OpenTask,
    Revision,
    Solution,
    Steps,
    TaskLab,
    WatchLesson,
)
from webapp.workshop.document import Document

LessonRequest = OpenCourse | OpenLesson | OpenTask | AnswerTask | GradeScript | AskHint | AskSolution | WatchLesson


def answer(request: LessonRequest, shelf: Shelf) -> Answer:
    """Answers from the files of the lessons."""
    course = shelf.course()
    if isinstance(request, OpenCourse):
        return course_of(course, request.language)
    if isinstance(request, WatchLesson):
        return _revision(request, shelf)
    lesson = course.lesson(request.lesson)
    if lesson is None:
        fault = course.faults.get(request.lesson)
        told = fault_of(fault, shelf) if fault is not None else f"there is no lesson {request.lesson!r}"
        raise RefusedError(Failed("unknown_name", told))
    if isinstance(request, OpenLesson):
        return lesson_of(course, lesson, request.language)
    return _of_task(request, course, lesson)


def _of_task(
    request: OpenTask | AnswerTask | GradeScript | AskHint | AskSolution, course: Files, lesson: lessons.Lesson
) -> Answer:
    task = next((task for task in lesson.tasks if task.id == request.task), None)
    if task is None:
        raise RefusedError(Failed("unknown_name", f"the lesson has no task {request.task!r}"))
    if isinstance(request, OpenTask):
        return task_lab(lesson, task, revealed=request.revealed)
    if isinstance(request, AskHint):
        return _hinted(lesson, task, request)
    if isinstance(request, AnswerTask):
        if isinstance(task, lessons.Graded):
            raise RefusedError(Failed("unknown_name", f"the task {task.id} is graded by its script"))
        return _judged(course, lesson, task, request)
    if isinstance(task, lessons.Question):
        raise RefusedError(Failed("unknown_name", f"the task {task.id} is a question"))
    if isinstance(request, GradeScript):
        return _graded(lesson, task, request)
    return _solution(lesson, task)


def course_of(course: Files, language: str, *, proved: bool = False) -> Course:
    """The list of lessons; with ``proved`` it says which kernels confirm each."""
    entries = (entry(one, language, minutes(one, text_of(one, language)), proved=proved) for one in course.lessons)
    return Course(_language(language), LANGUAGES, tuple(entries))


def lesson_of(course: Files, lesson: lessons.Lesson, language: str) -> Lesson:
    """A lesson with its texts."""
    text = text_of(lesson, language)
    slugs = ("", *(one.slug for one in course.lessons), "")
    at = slugs.index(lesson.slug)
    return Lesson(
        lesson.slug,
        lesson.number,
        text.language,
        tuple(lesson.texts),
        text.title,
        inline(text.summary),
        minutes(lesson, text),
        lesson.labs["setup"],
        tuple(blocks(lesson, language)),
        links(lesson),
        confirmed(lesson),
        goes_ahead(lesson),
        slugs[at - 1],
        slugs[at + 1],
        lesson.revision,
        prices(lesson.figures, text.language),
    )


def _language(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


def _revision(request: WatchLesson, shelf: Shelf) -> Revision:
    revision = shelf.revision(request.lesson)
    if not revision:
        raise RefusedError(Failed("unknown_name", f"there is no lesson {request.lesson!r}"))
    faults = _checks.faults(shelf, request.lesson) if shelf.watched else ()
    return Revision(request.lesson, revision, tuple(str(_told(fault, shelf)) for fault in faults))


class _Checks:
    """Checks of lessons that are being written, one at a time: each takes seconds, for which no learner may wait."""

    PATIENCE = 1.0
    """Seconds that a request waits; what takes longer is told to the next one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "check")
        self._lock = Lock()
        self._running: dict[str, tuple[Files, Future[Sequence[Fault]]]] = {}

    def faults(self, shelf: Shelf, slug: str) -> Sequence[Fault]:
        """What is wrong with a lesson as it is, but for recordings; nothing while that is being found out."""
        course = shelf.course()
        with self._lock:
            checked, future = self._running.get(slug, (None, None))
            if future is None or checked is not course:  # the course is another one when any of its files is
                if future is not None:
                    future.cancel()
                future = self._pool.submit(check, shelf.folder / slug, course.misconceptions, recorded=False)
                self._running[slug] = (course, future)
        try:
            return future.result(self.PATIENCE)
        except TimeoutError:
            return ()


_checks = _Checks()


def fault_of(fault: LessonError, shelf: Shelf) -> str:
    """What is wrong with a lesson's files, and where."""
    return str(_told(fault, shelf))


def _told(fault: Fault | LessonError, shelf: Shelf) -> Fault:
    """A fault with its file's place in the course, and not on the machine."""
    return Fault(fault.path.relative_to(shelf.folder), fault.line, fault.message)


# The lab of a task


def task_lab(lesson: lessons.Lesson, task: lessons.Task, *, revealed: bool) -> TaskLab:
    """The lab that a task begins with; of a question, its walk up to what is asked, or all of it."""
    title = lesson.texts[LANGUAGES[0]].title
    if isinstance(task, lessons.Graded):
        state = lab_state(stage.run(stage.start_script(lesson, task), record=True), "", title, None)
        return TaskLab(lesson.slug, task.id, state, -1, None, 0, False)
    asked = answers.ask(lesson, task)
    state = lab_state(asked.lab, "", title, None)
    walk = asked.walk
    if revealed:
        steps = Steps("", asked.number, 0, walk.steps, 0, walk.states)
        return TaskLab(lesson.slug, task.id, state, asked.number, steps, len(walk.steps), False)
    part = shown_part(walk, answers.answer(lesson, task).shown)
    steps = Steps("", asked.number, 0, part.steps, 0, part.states)
    return TaskLab(lesson.slug, task.id, _before(state, asked), asked.number, steps, len(part.steps), True)


def _before(state: LabState, asked: answers.Asked) -> LabState:
    """A lab as it was before its probe: what came of it is not told."""
    return msgspec.structs.replace(
        state,
        script="".join(state.script.splitlines(keepends=True)[: asked.entry.line - 1]),
        entries=tuple(one for one in state.entries if one.line < asked.entry.line),
        probes=state.probes[: asked.number],
        topology=asked.probe.topology,
        diagnostics=(),
        outcomes=state.outcomes[: asked.number],
    )


def shown_part(walk: Walk, last: int) -> Walk:
    """A walk up to and with step ``last``; of the functions that are still under way then, only that they began."""
    steps = tuple(_begun(step, last) if step.last > last else step for step in walk.steps[: last + 1])
    known = max((max(step.before, step.after) + 1 for step in steps), default=0)
    return Walk(walk.command, walk.line, walk.netns, steps, walk.states[:known], truncated=True)


def _begun(step: Step, last: int) -> Step:
    return Step(
        step.number, step.time, step.depth, last, step.netns, step.dev, step.band, step.lane, step.station,
        step.symbol, step.file, step.kind, step.reason, "", step.skb, step.parent, step.before, step.before, (),
    )  # fmt: skip


# Answers


def _judged(course: Files, lesson: lessons.Lesson, task: lessons.Question, request: AnswerTask) -> Judged:
    right = answers.answer(lesson, task)
    judgement = answers.judge(lesson, task, request.chosen)
    text = task_text(lesson, task.id, request.language)
    beliefs = {one.id: one.misconception for one in (*task.options, *getattr(task, "mistakes", ()))}
    sentences = course.misconceptions.get(_language(request.language), {})

    def feedback(option: str) -> Feedback:
        said = text.feedback.get(option, "")
        belief = sentences.get(beliefs.get(option, ""), "")
        return Feedback(option, option in right.options, html(said) if said else "", inline(belief) if belief else "")

    told = (*judgement.wrong, *judgement.missed) if request.chosen else ()
    chosen_right = tuple(one for one in request.chosen if one in right.options and one in text.feedback)
    return Judged(
        lesson.slug,
        task.id,
        judgement.right,
        judgement.credit,
        right.options,
        tuple(map(feedback, (*told, *chosen_right))),
        html(text.right) if text.right else "",
        right.step,
    )


def _graded(lesson: lessons.Lesson, task: lessons.Graded, request: GradeScript) -> Graded:
    result = grade.grade(lesson, task, request.script)
    like = grade.resembled(lesson, task, result)
    text = task_text(lesson, task.id, request.language)
    feedback = text.right if result.solved else text.wrong.get(like, "")
    return Graded(
        lesson.slug,
        task.id,
        result.solved,
        grade.points(lesson, task, result),
        sum(one.points for one in task.expect),
        result.commands,
        par(lesson, task),
        tuple(hints.shown(lesson, task, one, request.language) for one in result.judged),
        like,
        html(feedback) if feedback else "",
        result.problem.get(_language(request.language), ""),
    )


def _hinted(lesson: lessons.Lesson, task: lessons.Task, request: AskHint) -> Hinted:
    if not 0 <= request.number < len(task.hints):
        raise RefusedError(Failed("unknown_name", f"the task has no hint number {request.number}"))
    hint = task.hints[request.number]
    said = task_text(lesson, task.id, request.language).hints.get(hint.id, "")
    found = ComputedHint()
    if isinstance(task, lessons.Graded):
        found = hints.computed(lesson, task, hint, request.script, request.language)
    left = len(task.hints) - request.number - 1
    return Hinted(lesson.slug, task.id, request.number, html(said) if said else "", found, left)


def _solution(lesson: lessons.Lesson, task: lessons.Graded) -> Solution:
    commands = lesson.solutions[task.id]
    document = Document(commands)
    said = (commands[block.start : block.end].rstrip("\n") for block in document.blocks)
    return Solution(lesson.slug, task.id, tuple(said), stage.solved_script(lesson, task))
