"""A room as its log says it is: replay() of the same events is always the same room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from webapp.classroom.events import (
    Answered,
    Asked,
    Closed,
    Collected,
    Counted,
    Event,
    Frozen,
    HandedOut,
    Invited,
    Joined,
    LabDeclined,
    LabOffered,
    LabRequested,
    LabShown,
    Named,
    Opened,
    Removed,
    Revealed,
    Worked,
)
from webapp.classroom.values import RoomLab, RoomQuestion, RoomTask, Work


@dataclass(slots=True)
class Member:
    """A student. ``offered`` is the lab that she lets the room see; ``requested``: she was asked for it."""

    number: int
    key: str
    name: str
    removed: bool = False
    requested: bool = False
    offered: RoomLab | None = None
    offers: int = 0


@dataclass(slots=True)
class Question:
    """A question and its answers by member. ``right`` is what was revealed, or what its author prepared."""

    asked: RoomQuestion
    answers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    changes: dict[int, int] = field(default_factory=dict)
    counted: bool = False
    revealed: bool = False
    right: tuple[str, ...] = ()
    explanation: str = ""

    @property
    def histogram(self) -> dict[str, int]:
        """How many chose each option, in the options' order."""
        counts = dict.fromkeys((option.id for option in self.asked.options), 0)
        for chosen in self.answers.values():
            for option in chosen:
                counts[option] += 1
        return counts


@dataclass(slots=True)
class Task:
    """A task and the work on it by member."""

    handed: RoomTask
    work: dict[int, Work] = field(default_factory=dict)
    reports: dict[int, int] = field(default_factory=dict)
    collected: bool = False


@dataclass(slots=True)
class Shown:
    """A lab that the room saw or sees. ``member``: whose, 0 for the teacher's."""

    lab: RoomLab
    member: int


@dataclass(slots=True)
class Room:
    """All that is known of a room. Members, labs, questions and tasks are numbered from 1 by their order."""

    revision: int = 0
    title: str = ""
    teacher: str = ""
    co_teacher: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    labs: list[Shown] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    frozen: bool = False
    closed: bool = False

    @property
    def question(self) -> Question | None:
        """The question that was asked last."""
        return self.questions[-1] if self.questions else None

    @property
    def task(self) -> Task | None:
        """The task that was handed out last, while it is on."""
        return self.tasks[-1] if self.tasks and not self.tasks[-1].collected else None

    @property
    def present(self) -> list[Member]:
        """The students who were not sent out."""
        return [member for member in self.members.values() if not member.removed]

    def apply(self, event: Event) -> None:
        """Takes one event of the log, the next in order. Events were checked before they were written (deeds.py)."""
        self.revision += 1
        match event:
            case Opened(title, teacher, co_teacher):
                self.title, self.teacher, self.co_teacher = title, teacher, co_teacher
            case Joined(member, key, name):
                self.members[member] = Member(member, key, name)
            case Named(member, name):
                self.members[member].name = name
            case Removed(member):
                self._remove(member)
            case Invited(co_teacher):
                self.co_teacher = co_teacher
            case LabShown(lab, member):
                self.labs.append(Shown(lab, member))
            case Frozen(on):
                self.frozen = on
            case LabRequested() | LabOffered() | LabDeclined():
                self._apply_offer(event)
            case Asked() | Answered() | Counted() | Revealed():
                self._apply_question(event)
            case HandedOut() | Worked() | Collected():
                self._apply_task(event)
            case Closed():
                self.closed, self.frozen = True, False

    def _remove(self, number: int) -> None:
        member = self.members[number]
        member.removed, member.requested, member.offered = True, False, None

    def _apply_offer(self, event: LabRequested | LabOffered | LabDeclined) -> None:
        member = self.members[event.member]
        member.requested = isinstance(event, LabRequested)
        if isinstance(event, LabOffered):
            member.offered = event.lab
            member.offers += 1
        elif isinstance(event, LabDeclined):
            member.offered = None

    def _apply_question(self, event: Asked | Answered | Counted | Revealed) -> None:
        if isinstance(event, Asked):
            asked = event.question
            self.questions.append(Question(asked, right=asked.right, explanation=asked.explanation))
            return
        question = self.questions[event.question - 1]
        match event:
            case Answered(_, member, chosen):
                question.answers[member] = chosen
                question.changes[member] = question.changes.get(member, 0) + 1
            case Counted():
                question.counted = True
            case Revealed(_, right, explanation):
                question.counted = question.revealed = True
                question.right, question.explanation = right, explanation

    def _apply_task(self, event: HandedOut | Worked | Collected) -> None:
        if isinstance(event, HandedOut):
            self.tasks.append(Task(event.task))
            return
        task = self.tasks[event.task - 1]
        if isinstance(event, Worked):
            task.work[event.member] = event.work
            task.reports[event.member] = task.reports.get(event.member, 0) + 1
        else:
            task.collected = True


def replay(events: Iterable[Event]) -> Room:
    """The room after ``events``."""
    room = Room()
    for event in events:
        room.apply(event)
    return room
