"""A course: the lessons of a folder in order, and the misconceptions that their wrong answers stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from threading import RLock

import msgspec

from webapp import assets
from webapp.lessons.model import Lesson
from webapp.lessons.read import FOLDER, LessonError, read, revision
from webapp.lessons.shown import LANGUAGES

Misconceptions = Mapping[str, Mapping[str, str]]
"""Sentences by language and id."""

_HEADING = re.compile(r"## (?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\s*")


class Course(msgspec.Struct, frozen=True):
    """``faults`` are the lessons that could not be read, by folder."""

    lessons: tuple[Lesson, ...]
    misconceptions: Misconceptions
    faults: Mapping[str, LessonError]

    def lesson(self, slug: str) -> Lesson | None:
        """The lesson of that slug."""
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)


def misconceptions(folder: Path) -> Misconceptions:
    """misconceptions.md and misconceptions.LANGUAGE.md of a course: "## ID", and the belief in a sentence or two."""
    found = {}
    for language in LANGUAGES:
        path = folder / ("misconceptions.md" if language == LANGUAGES[0] else f"misconceptions.{language}.md")
        found[language] = _misconceptions(path) if path.exists() else {}
    return found


def _misconceptions(path: Path) -> Mapping[str, str]:
    found: dict[str, str] = {}
    current = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            current = heading["id"]
            if current in found:
                raise LessonError(path, number, f"the misconception {current} stands there twice")
            found[current] = ""
        elif line.startswith("## "):
            raise LessonError(path, number, "a misconception's heading is `## its-id`")
        elif current:
            found[current] = f"{found[current]} {line.strip()}".strip()
    return found


def load(folder: Path) -> Course:
    """Reads a course. A lesson that cannot be read is left out, and told in ``faults``."""
    lessons, faults = [], {}
    for path in sorted(path for path in folder.glob("*") if FOLDER.fullmatch(path.name)):
        try:
            lessons.append(read(path))
        except LessonError as error:
            faults[path.name] = error
    return Course(tuple(lessons), misconceptions(folder), faults)


class Shelf:
    """The course that a server shows. With ``watched`` its files are looked at again at each request."""

    def __init__(self, folder: Path = assets.LESSONS, *, watched: bool = False) -> None:
        self.folder = folder
        self.watched = watched
        self._course: Course | None = None
        self._stamp: tuple[tuple[str, int], ...] = ()
        self._lock = RLock()

    def course(self) -> Course:
        """The course as it is now."""
        with self._lock:
            stamp = self._files() if self.watched else ()
            if self._course is None or stamp != self._stamp:
                self._course, self._stamp = load(self.folder), stamp
            return self._course

    def revision(self, slug: str) -> str:
        """The revision of a lesson's files as they are now; "" where there are none."""
        folder = self.folder / slug
        return revision(folder) if FOLDER.fullmatch(slug) and folder.is_dir() else ""

    def _files(self) -> tuple[tuple[str, int], ...]:
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return tuple(sorted((str(path), path.stat().st_mtime_ns) for path in files))
