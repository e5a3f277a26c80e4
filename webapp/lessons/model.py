"""What lesson.toml declares: the logic of a lesson, without a word for people (those stand in text.md).

A place is written NETNS/DEV/STATION with the station's words joined by "-" (host/vethh/nft-egress), NETNS//STATION for
any device, and NETNS/DEV for a device. Right answers stand nowhere: webapp.lessons.answers computes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from webapp.lessons.figures import Figures

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=64)]
"""What logic and texts are tied by."""

Fate = Literal["delivered", "dropped", "stolen", "lost", "none"]
"""How a packet ended, as webapp.workshop.journey has it."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is so or not, when the model has run. All that is given must hold.

    ``probe`` are commands that are run first, at the end of the lab; the last of them that sent packets is looked at.
    Without any, the lab as it stands is, with the probe that the task names.

    ``fate``, ``where`` (a device or namespace) and ``reason`` (the kernel's drop reason) say how the packet ended that
    the probe sent first; ``dropped_at`` names the hook. ``code`` is the probe's exit code. ``meets`` are hooks at which
    something ran for the packet, ``misses`` those at which nothing did; ``comes`` are places that the packet, or a copy
    of it, comes to, whatever runs there; ``verdicts`` are what hooks answered for it (TC_ACT_OK). ``at`` is the place
    where the packet is as
    ``state`` (fields of an sk_buff) and ``frame`` (bytes in hexadecimal, by offset from the first header) say when it
    comes there. ``counts`` says by how many packets the counters of a hook's rules or filters grow while the probe
    runs, ``captured`` how many frames tcpdump shows on a device. ``prints`` are texts that the probe must print;
    ``same`` are commands that must print what they print after the solution.
    """

    probe: str = ""
    fate: Fate | None = None
    where: str = ""
    reason: str = ""
    dropped_at: str = ""
    code: int | None = None
    meets: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    comes: tuple[str, ...] = ()
    verdicts: Mapping[str, str] = msgspec.field(default_factory=dict)
    at: str = ""
    state: Mapping[str, int | str] = msgspec.field(default_factory=dict)
    frame: Mapping[str, str] = msgspec.field(default_factory=dict)
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    captured: Mapping[str, int] = msgspec.field(default_factory=dict)
    prints: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


class Expectation(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim that a graded task wants to hold, worth ``points``. A ``hidden`` one is shown only with the result."""

    id: Id
    hidden: bool = False
    points: Annotated[int, msgspec.Meta(ge=1)] = 1


class Hint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hint: text alone, or what the model computes of the learner's lab below the text.

    why-not: why did the probe of ``expect`` not meet ``hook``? divergence: where does its walk part from the
    solution's? failing: what is expected, and what was seen instead.
    """

    id: Id
    computed: Literal["", "why-not", "divergence", "failing"] = ""
    expect: str = ""
    hook: str = ""


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer to choose. One that is not right has a ``misconception`` that leads to it."""

    id: Id
    misconception: str = ""


class HookOption(Option, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A hook, or "end": no hook any more."""

    hook: str


class VerdictOption(Option, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of the packet at a hook; "passed": the hook is not asked at all.

    "off": netfilter is patched out there, as it is used nowhere; "empty": it is looked whether a chain is there, and
    none is. Where neither is offered, "goes-on" is right for both.
    """

    verdict: Literal["goes-on", "dropped", "taken", "passed", "off", "empty"]


class FieldOption(Option, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the sk_buff that may change; or "bytes", the frame from the first header that both have."""

    field: str


class LineOption(Option, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of tcpdump: the frame as it is when it comes to ``frame``, the ``nth`` time that one comes there."""

    frame: str
    nth: Annotated[int, msgspec.Meta(ge=1)] = 1


class ClaimOption(Claim, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer that is a claim; or ``commands``, run at the end of the lab, and the task says what they are to do."""

    id: Id
    misconception: str = ""
    commands: str = ""


class Mistake(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of an order: ``first`` was put before ``second``, which is wrong."""

    id: Id
    first: str
    second: str
    misconception: str = ""


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    """``lab``: "setup", "after ID" (setup and that task's solution) or NAME for NAME.sh in the lesson's folder."""

    id: Id
    lab: str = "setup"
    hints: tuple[Hint, ...] = ()


class _Question(_Task, frozen=True, kw_only=True):
    """``command`` is run at the end of the lab; the probe asked about is its last, or probe number ``probe``.

    ``packet``: the one that the probe sent first, or the one that answers it; "both" follows the one and the other.
    """

    command: str = ""
    probe: int = 0
    packet: Literal["sent", "answer", "both"] = "sent"


class Predict(_Question, frozen=True, kw_only=True, tag="predict", tag_field="kind", forbid_unknown_fields=True):
    """Which hook runs next after ``after`` ("": from the beginning); with ``on``, the first one on that device.

    With ``empty``, hooks count at which nothing is attached.
    """

    after: str = ""
    on: str = ""
    empty: bool = False
    options: tuple[HookOption, ...]


class Verdict(_Question, frozen=True, kw_only=True, tag="verdict", tag_field="kind", forbid_unknown_fields=True):
    """What becomes of the packet at ``hook``?"""

    hook: str
    options: tuple[VerdictOption, ...]


class Fields(_Question, frozen=True, kw_only=True, tag="fields", tag_field="kind", forbid_unknown_fields=True):
    """Which of these change at the hook ``at``; with ``until``, from its arrival at ``at`` to its arrival there?"""

    at: str
    until: str = ""
    options: tuple[FieldOption, ...]


class Capture(_Question, frozen=True, kw_only=True, tag="capture", tag_field="kind", forbid_unknown_fields=True):
    """Which of these lines does tcpdump show on the device ``on``?"""

    on: str
    options: tuple[LineOption, ...]


class Order(_Question, frozen=True, kw_only=True, tag="order", tag_field="kind", forbid_unknown_fields=True):
    """Put the hooks into the order in which they ran; those that did not run are left out."""

    empty: bool = False
    options: tuple[HookOption, ...]
    mistakes: tuple[Mistake, ...] = ()


class Choice(_Question, frozen=True, kw_only=True, tag="choice", tag_field="kind", forbid_unknown_fields=True):
    """Which claim holds; or which commands do what ``expect`` says? With ``many``, several may be right.

    ``walk``: the walk is shown beside the question.
    """

    options: tuple[ClaimOption, ...]
    expect: tuple[Expectation, ...] = ()
    many: bool = False
    walk: bool = False


class _Graded(_Task, frozen=True, kw_only=True):
    """``par``: how many commands it takes; without it, as many as the solution has."""

    expect: Annotated[tuple[Expectation, ...], msgspec.Meta(min_length=1)]
    par: int | None = None


class Script(_Graded, frozen=True, kw_only=True, tag="script", tag_field="kind", forbid_unknown_fields=True):
    """Rules or commands are to be written or repaired: a change."""


class Build(_Graded, frozen=True, kw_only=True, tag="build", tag_field="kind", forbid_unknown_fields=True):
    """Something is to be built in the workshop: a construction."""


class RowOption(Option, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a chart."""

    row: str


class Figure(_Question, frozen=True, kw_only=True, tag="figure", tag_field="kind", forbid_unknown_fields=True):
    """Which of these rows of ``chart`` takes a packet the least, or the most? The figures answer, and not the model."""

    chart: str
    ask: Literal["least", "most"]
    series: str = ""
    options: tuple[RowOption, ...]


Question = Predict | Verdict | Fields | Capture | Order | Choice | Figure
Graded = Script | Build
Task = Question | Graded


class Logic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """lesson.toml. ``man`` are manual pages, "nft(8)"; ``functions`` are kernel functions that the lesson is about."""

    man: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    functions: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    tasks: Annotated[tuple[Task, ...], msgspec.Meta(min_length=1)]


# Texts


class TaskText(msgspec.Struct, frozen=True):
    """What text.md says about a task: Markdown by id. ``lines`` are where each part stands, for messages.

    ``prompt`` is the question or the order; ``right`` what to say to a right answer. ``options``, ``feedback`` (by
    option, mistake or expectation), ``expect``, ``hints`` and ``wrong`` (by name of the file) are by id.
    """

    id: str
    line: int
    prompt: str
    right: str
    options: Mapping[str, str]
    feedback: Mapping[str, str]
    expect: Mapping[str, str]
    hints: Mapping[str, str]
    wrong: Mapping[str, str]


class Prose(msgspec.Struct, frozen=True):
    """Markdown between two tasks, and the line that it begins on."""

    line: int
    markdown: str


class Text(msgspec.Struct, frozen=True):
    """One language's text.md: its title, and prose and tasks in order."""

    language: str
    title: str
    summary: str
    parts: tuple[Prose | TaskText, ...]


class Wrong(msgspec.Struct, frozen=True):
    """A wrong answer to a graded task: commands after its lab."""

    name: str
    task: str
    commands: str


class Lesson(msgspec.Struct, frozen=True):
    """A lesson as read from its folder.

    ``labs`` are scripts by name ("setup" among them), ``solutions`` commands by task, ``recordings`` what kernels
    printed, by version and name of the proof (webapp.lessons.proofs). ``revision`` changes with any of its files;
    ``figures`` are those of figures.toml.
    """

    slug: str
    number: int
    logic: Logic
    texts: Mapping[str, Text]
    labs: Mapping[str, str]
    solutions: Mapping[str, str]
    wrongs: tuple[Wrong, ...]
    recordings: Mapping[str, Mapping[str, str]]
    revision: str
    figures: Figures = Figures()

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks in the order of lesson.toml, which is that of the text."""
        return self.logic.tasks
