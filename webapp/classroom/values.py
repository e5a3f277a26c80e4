"""What events, deeds and views speak of: labs, questions, tasks, cursors; all of limited size."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from webapp.classroom.limits import MAX_CHOICES, MAX_LANGUAGES, MAX_NAME, MAX_SCRIPT, MAX_TEXT, MAX_TITLE

Name = Annotated[str, msgspec.Meta(max_length=MAX_NAME)]
Title = Annotated[str, msgspec.Meta(max_length=MAX_TITLE)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Script = Annotated[str, msgspec.Meta(max_length=MAX_SCRIPT)]
Natural = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Coordinate = Annotated[float, msgspec.Meta(ge=-1e7, le=1e7)]

Role = Literal["teacher", "co-teacher", "student", "projector"]


class RoomHook(msgspec.Struct, frozen=True):
    """A hook of the picture; ``dev`` is empty for one of the namespace."""

    netns: Name
    dev: Name
    station: Name


class Viewport(msgspec.Struct, frozen=True):
    """What part of the picture is shown: its centre in the picture's own units, and the scale."""

    x: Coordinate
    y: Coordinate
    scale: Annotated[float, msgspec.Meta(gt=0, le=100)]


class Spot(msgspec.Struct, frozen=True):
    """Where the laser pointer is, in the picture's own units."""

    x: Coordinate
    y: Coordinate


class RoomCursor(msgspec.Struct, frozen=True, tag=True):
    """Where the teacher is. ``lab`` counts the room's labs from 1 (0: none is shown yet); ``number`` grows.

    ``blank`` is the blacked-out projector. Cursors are no events: the last one wins, and is kept.
    """

    number: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 0
    lab: Natural = 0
    probe: Natural = 0
    step: Natural = 0
    twin: bool = False
    level: Literal["hooks", "functions", "expressions", "registers"] = "hooks"
    viewport: Viewport | None = None
    hook: RoomHook | None = None
    laser: Spot | None = None
    blank: bool = False


class RoomLab(msgspec.Struct, frozen=True):
    """A lab that the room sees; with ``other``, two of them side by side."""

    title: Title
    script: Script
    other_title: Title = ""
    other: Script = ""


class RoomOption(msgspec.Struct, frozen=True):
    """One possible answer: a letter, what it says, and the hook of the picture that it stands for."""

    id: Name
    text: Text
    detail: Text = ""
    hook: RoomHook | None = None


class QuestionWords(msgspec.Struct, frozen=True):
    """A question in one language: ``options`` and ``feedback`` in the order of the question's options."""

    language: Name
    prompt: Text
    options: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MAX_CHOICES)]
    feedback: Annotated[tuple[Text, ...], msgspec.Meta(max_length=MAX_CHOICES)] = ()
    explanation: Text = ""


class RoomQuestion(msgspec.Struct, frozen=True):
    """A question at a step of a walk. ``right`` are the right options' ids, empty where the teacher decides later.

    Whoever is not a teacher gets it without ``right`` and ``explanation`` until it is revealed. ``lesson`` and ``task``
    say where it was prepared, and ``words`` are then its texts by language; all texts are plain.
    """

    kind: Literal["hook", "verdict", "field", "capture", "choice"]
    prompt: Text
    options: Annotated[tuple[RoomOption, ...], msgspec.Meta(min_length=2, max_length=MAX_CHOICES)]
    several: bool = False
    right: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MAX_CHOICES)] = ()
    explanation: Text = ""
    lab: Natural = 0
    probe: Natural = 0
    step: Natural = 0
    lesson: Name = ""
    task: Name = ""
    words: Annotated[tuple[QuestionWords, ...], msgspec.Meta(max_length=MAX_LANGUAGES)] = ()


class TaskWords(msgspec.Struct, frozen=True):
    """A task in one language."""

    language: Name
    title: Title
    text: Text


class RoomTask(msgspec.Struct, frozen=True):
    """An exercise: a lab to start from, or a task of a lesson, which then grades it and has ``words`` by language.

    ``expect`` is how much the lesson looks at, ``hints`` how many it gives.
    """

    title: Title
    text: Text
    script: Script = ""
    lesson: Name = ""
    task: Name = ""
    words: Annotated[tuple[TaskWords, ...], msgspec.Meta(max_length=MAX_LANGUAGES)] = ()
    expect: Natural = 0
    hints: Natural = 0


WorkState = Literal["begun", "tried", "solved"]


class Work(msgspec.Struct, frozen=True):
    """How far a student has come with a task. Of what a lesson expects, ``met`` holds; ``hints`` were taken."""

    state: WorkState
    points: Natural = 0
    of: Natural = 0
    commands: Natural = 0
    met: Natural = 0
    hints: Natural = 0
