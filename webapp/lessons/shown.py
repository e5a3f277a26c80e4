"""What the browser is given of a lesson: texts as HTML that is safe to insert, tasks without their answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from webapp.workshop.questions import Reason

Kind = Literal["predict", "verdict", "fields", "capture", "order", "choice", "script", "build"]

LANGUAGES = ("en", "de")
"""The first is the one that everything else falls back to."""


class HookPlace(msgspec.Struct, frozen=True):
    """A hook of the picture. ``dev`` is empty where it is that of any device."""

    netns: str
    dev: str
    station: str


class ShownOption(msgspec.Struct, frozen=True):
    """An answer to choose; ``hook`` where it can be clicked in the picture. ``label`` is HTML."""

    id: str
    label: str
    hook: HookPlace | None = None


class ShownExpectation(msgspec.Struct, frozen=True):
    """What a graded task expects, as HTML, and the command that tries it ("" where none is needed)."""

    id: str
    text: str
    probe: str


class ShownProse(msgspec.Struct, frozen=True, tag=True):
    """Prose, as HTML. Code spans that name a hook carry data-hook, those that name a kernel function data-function."""

    html: str


class ShownTask(msgspec.Struct, frozen=True, tag=True):
    """A task. ``many``: several options may be chosen; of an order, the chosen ones are put in order.

    ``expect`` are the expectations that are not hidden, ``hidden`` is how many others there are; ``par`` counts
    commands (0: not a graded task), ``points`` is what all expectations are worth. ``hints`` counts them.
    """

    id: str
    kind: Kind
    prompt: str
    many: bool
    options: tuple[ShownOption, ...]
    expect: tuple[ShownExpectation, ...]
    hidden: int
    points: int
    par: int
    hints: int


class Link(msgspec.Struct, frozen=True):
    """A manual page, or a kernel function with its file."""

    kind: Literal["man", "function"]
    title: str
    url: str


class LessonEntry(msgspec.Struct, frozen=True):
    """A lesson in the list of lessons. ``summary`` is HTML, ``minutes`` what it takes; ``tasks`` are their ids.

    ``confirmed``, kernels that printed the same as the model, is told on the page of the course only: it takes time.
    ``ahead``: it shows what is not in Linux, too, of which no kernel can confirm anything.
    """

    slug: str
    number: int
    title: str
    summary: str
    minutes: int
    tasks: tuple[str, ...]
    confirmed: tuple[str, ...]
    ahead: bool


class Feedback(msgspec.Struct, frozen=True):
    """What there is to say of one part of an answer, as HTML. ``option`` is an option's or mistake's id.

    ``misconception`` is the belief that leads there, in a sentence, or empty.
    """

    option: str
    right: bool
    text: str
    misconception: str


class Met(msgspec.Struct, frozen=True):
    """An expectation after grading. ``seen`` says in a sentence what the model saw, ``feedback`` what to think of."""

    id: str
    hidden: bool
    met: bool
    points: int
    text: str
    probe: str
    seen: str
    feedback: str


class Divergence(msgspec.Struct, frozen=True):
    """Where the learner's walk parts from the solution's: the last stop of both, and the next of each ("" for none)."""

    common: str
    yours: str
    solution: str
    step: int


class ComputedHint(msgspec.Struct, frozen=True):
    """What the model adds to a hint: reasons as "why not?" gives them, where two walks part, or what failed."""

    reasons: tuple[Reason, ...] = ()
    divergence: Divergence | None = None
    failing: Met | None = None


# What the browser keeps


class TaskProgress(msgspec.Struct, frozen=True):
    """One task: how far, the answer or script last given, and of a graded task points and the fewest commands.

    ``state``: "open" (tried, not solved), "right" (at the first try), "solved", or "shown" (the solution was seen).
    """

    task: str
    state: Literal["open", "right", "solved", "shown"]
    tries: int
    hints: int
    points: int = 0
    commands: int = 0
    chosen: tuple[str, ...] = ()
    script: str = ""


class LessonProgress(msgspec.Struct, frozen=True):
    """One lesson: its tasks, and ``at``, the block that was last looked at."""

    lesson: str
    at: int
    tasks: tuple[TaskProgress, ...]


class Progress(msgspec.Struct, frozen=True):
    """All that is kept of one learner. ``version`` is 1; ``language`` is empty where the browser's is followed."""

    version: int
    language: str
    lessons: tuple[LessonProgress, ...]
