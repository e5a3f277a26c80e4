"""The pages of the course: the home page, the list of lessons, a lesson, and a lesson on paper."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request

from webapp.lab.builtin import BUILTINS
from webapp.lessons import model as lessons
from webapp.lessons.course import Course as Files
from webapp.lessons.course import Shelf
from webapp.lessons.view import shown_task
from webapp.server.language import language_of
from webapp.server.lessons import course_of, fault_of, lesson_of, task_lab
from webapp.server.pages import listed, write
from webapp.server.protocol import PROTOCOL_VERSION, BuiltinLab, CourseData, HomeQuestion, LessonData, LessonFault
from webapp.server.worksheet import worksheet

blueprint = Blueprint("lessons", __name__)

HOME = ("07-where-did-my-egress-rule-go", "next")
"""The question on the home page, where the course has it: the redirect of the commit message."""


def shelf() -> Shelf:
    """The lessons that this server shows."""
    found: Shelf = current_app.extensions["hookwalk"].sessions.shelf
    return found


def language() -> str:
    """The reader's."""
    return language_of(request)


@blueprint.get("/")
def home() -> str:
    """What this is, a question to begin with, and the doors."""
    return write("Hookwalk", _course_data(_question(shelf().course())), "home")


@blueprint.get("/lessons")
def course() -> str:
    """All lessons; how far one is, the browser knows."""
    return write("Lessons", _course_data(None, proved=True), "course")


@blueprint.get("/lessons/<slug>")
def lesson(slug: str) -> str:
    """One lesson with the lab of its first task; or what is wrong with its files."""
    files = shelf().course()
    found = files.lesson(slug)
    if found is None and slug not in files.faults:
        abort(404)
    data = LessonData(
        PROTOCOL_VERSION,
        _labs(),
        slug,
        course_of(files, language()),
        lesson_of(files, found, language()) if found else None,
        task_lab(found, found.tasks[0], revealed=False) if found else None,
        _faults(files),
        shelf().watched,
    )
    return write(data.lesson.title if data.lesson else slug, data, "lesson")


@blueprint.get("/lessons/<slug>/worksheet")
def sheet(slug: str) -> str:
    """A lesson to be printed; with ?key, its answers."""
    found = shelf().course().lesson(slug) or abort(404)
    key = "key" in request.args
    entry = current_app.extensions["hookwalk"].manifest.entry("worksheet", language())
    return render_template("worksheet.html", sheet=worksheet(found, language(), key=key), entry=entry, key=key)


def _labs() -> tuple[BuiltinLab, ...]:
    return tuple(map(listed, BUILTINS))


def _faults(files: Files) -> tuple[LessonFault, ...]:
    return tuple(LessonFault(slug, fault_of(fault, shelf())) for slug, fault in files.faults.items())


def _course_data(question: HomeQuestion | None, *, proved: bool = False) -> CourseData:
    files = shelf().course()
    course = course_of(files, language(), proved=proved)
    return CourseData(PROTOCOL_VERSION, _labs(), course, _faults(files), question, shelf().watched)


def _question(files: Files) -> HomeQuestion | None:
    asked = ((one, task) for one in files.lessons for task in one.tasks if isinstance(task, lessons.Predict))
    every = list(asked)
    found = next((pair for pair in every if (pair[0].slug, pair[1].id) == HOME), None) or next(iter(every), None)
    if found is None:
        return None
    one, task = found
    own = (one.slug, task.id) == HOME
    return HomeQuestion(one.slug, shown_task(one, task, language()), task_lab(one, task, revealed=False), own)
