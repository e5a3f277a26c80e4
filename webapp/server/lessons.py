"""What the lessons' pages ask, answered from webapp/lessons."""

from __future__ import annotations

from webapp.lessons.shown import LANGUAGES
from webapp.server.protocol import (
    Answer,
    AnswerTask,
    AskHint,
    AskSolution,
    Course,
    Failed,
    GradeScript,
    OpenCourse,
    OpenLesson,
    OpenTask,
    WatchLesson,
)

LessonRequest = OpenCourse | OpenLesson | OpenTask | AnswerTask | GradeScript | AskHint | AskSolution | WatchLesson


def answer(request: LessonRequest) -> Answer:
    """Answers from the files of the lessons."""
    if isinstance(request, OpenCourse):
        return Course(LANGUAGES[0], LANGUAGES, ())
    return Failed("unknown_name", f"there is no lesson {request.lesson!r}")
