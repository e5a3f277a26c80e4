"""`hookwalk lessons new`: a lesson to begin with. It is small and whole, so that each part can be seen at work."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from webapp.lessons.read import FOLDER


class ScaffoldError(Exception):
    """The lesson cannot be begun; the text says why."""


def scaffold(course: Path, slug: str) -> Path:
    """Makes the folder of a new lesson in a course, and the course's misconceptions where it has none."""
    if FOLDER.fullmatch(slug) is None:
        raise ScaffoldError(f"{slug}: a lesson is called NN-slug, as 16-flowtables")
    folder = course / slug
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already")
    with as_file(files(__package__).joinpath("template")) as template:
        shutil.copytree(template / "lesson", folder)
        for path in sorted(template.glob("*.md")):
            target = course / path.name
            if not target.exists():
                shutil.copy(path, target)
            else:
                _add_missing(path, target)
    return folder


def _add_missing(template: Path, target: Path) -> None:
    """Adds the misconceptions that the new lesson names to those of the course."""
    text = target.read_text()
    for part in template.read_text().split("\n## ")[1:]:
        if f"## {part.splitlines()[0]}\n" not in text:
            text = f"{text.rstrip()}\n\n## {part.rstrip()}\n"
    target.write_text(text)
