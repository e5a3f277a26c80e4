"""What somebody in a room may do, and the events that follow from it: every deed is checked against the role."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from dataclasses import dataclass
from typing import Annotated

import msgspec

from webapp.classroom import limits
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
    LabDeclined,
    LabOffered,
    LabRequested,
    LabShown,
    Named,
    Removed,
    Revealed,
    Worked,
)
from webapp.classroom.names import NameTakenError, nickname
from webapp.classroom.room import Member, Question, Room, Task
from webapp.classroom.values import Name, Natural, Role, RoomLab, RoomQuestion, RoomTask, Text, Work


class RefusedDeedError(Exception):
    """A deed that is not done, in words for who tried it."""


OUT = "You are no longer in this room."


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody in a room. ``member`` is a student's number, 0 for all others; ``key`` the hash by which a co-teacher
    came.
    """

    role: Role
    member: int = 0
    key: str = ""


# Teachers' deeds


class ShowLab(msgspec.Struct, frozen=True, tag=True):
    """Shows a lab to the room."""

    lab: RoomLab


class ShowOffered(msgspec.Struct, frozen=True, tag=True):
    """Shows the lab that a student has offered."""

    member: Natural


class Freeze(msgspec.Struct, frozen=True, tag=True):
    """Holds everyone at the teacher's step, or lets them go."""

    on: bool


class AskRoom(msgspec.Struct, frozen=True, tag=True):
    """Asks a question; the room is frozen. An open one is over then, unanswered."""

    question: RoomQuestion


class CountAnswers(msgspec.Struct, frozen=True, tag=True):
    """Shows the room how many chose what."""

    question: Natural


class RevealAnswer(msgspec.Struct, frozen=True, tag=True):
    """Shows the right answer; with ``right`` and ``explanation`` empty, those that came with the question."""

    question: Natural
    right: Annotated[tuple[Name, ...], msgspec.Meta(max_length=limits.MAX_CHOICES)] = ()
    explanation: Text = ""


class HandOut(msgspec.Struct, frozen=True, tag=True):
    """Hands out a task; the room is let go. The one before it is over."""

    task: RoomTask


class CollectTask(msgspec.Struct, frozen=True, tag=True):
    """Ends a task."""

    task: Natural


class RequestLab(msgspec.Struct, frozen=True, tag=True):
    """Asks a student whether the room may see her lab."""

    member: Natural


class RemoveMember(msgspec.Struct, frozen=True, tag=True):
    """Sends a student out."""

    member: Natural


class DismissCoTeachers(msgspec.Struct, frozen=True, tag=True):
    """Takes the co-teachers' link back; who came by it is out."""


class CloseRoom(msgspec.Struct, frozen=True, tag=True):
    """Ends the lesson."""


# Students' deeds


class GiveAnswer(msgspec.Struct, frozen=True, tag=True):
    """Answers the open question, or answers it otherwise; empty: "I don't know"."""

    question: Natural
    chosen: Annotated[tuple[Name, ...], msgspec.Meta(max_length=limits.MAX_CHOICES)]


class ReportWork(msgspec.Struct, frozen=True, tag=True):
    """Says how far one is with the task."""

    task: Natural
    work: Work


class OfferLab(msgspec.Struct, frozen=True, tag=True):
    """Lets the room see this lab, if a teacher shows it."""

    lab: RoomLab


class DeclineLab(msgspec.Struct, frozen=True, tag=True):
    """Does not let the room see it, or takes an offer back."""


class TakeName(msgspec.Struct, frozen=True, tag=True):
    """Calls oneself otherwise; only teachers see names."""

    name: Name


Deed = (
    ShowLab
    | ShowOffered
    | Freeze
    | AskRoom
    | CountAnswers
    | RevealAnswer
    | HandOut
    | CollectTask
    | RequestLab
    | RemoveMember
    | DismissCoTeachers
    | CloseRoom
    | GiveAnswer
    | ReportWork
    | OfferLab
    | DeclineLab
    | TakeName
)

TEACHER_ONLY: frozenset[Role] = frozenset(("teacher",))
_TEACHERS: frozenset[Role] = frozenset(("teacher", "co-teacher"))
_STUDENTS: frozenset[Role] = frozenset(("student",))

ALLOWED: Mapping[type[Deed], frozenset[Role]] = {
    ShowLab: _TEACHERS,
    ShowOffered: _TEACHERS,
    Freeze: _TEACHERS,
    AskRoom: _TEACHERS,
    CountAnswers: _TEACHERS,
    RevealAnswer: _TEACHERS,
    HandOut: _TEACHERS,
    CollectTask: _TEACHERS,
    RequestLab: _TEACHERS,
    RemoveMember: TEACHER_ONLY,
    DismissCoTeachers: TEACHER_ONLY,
    CloseRoom: TEACHER_ONLY,
    GiveAnswer: _STUDENTS,
    ReportWork: _STUDENTS,
    OfferLab: _STUDENTS,
    DeclineLab: _STUDENTS,
    TakeName: _STUDENTS,
}


def decide(room: Room, who: Who, deed: Deed) -> tuple[Event, ...]:
    """The events that follow from a deed, in order; RefusedDeedError where it may not be done. Changes nothing."""
    check(room, who, ALLOWED[type(deed)])
    if isinstance(deed, GiveAnswer | ReportWork | OfferLab | DeclineLab | TakeName):
        return _decide_student(room, _member(room, who.member), deed)
    return _decide_teacher(room, deed)


def check(room: Room, who: Who, allowed: frozenset[Role]) -> None:
    """RefusedDeedError unless somebody in one of these roles may still do something in the room."""
    if not stays(room, who):
        raise RefusedDeedError(OUT)
    if who.role not in allowed:
        raise RefusedDeedError(_refusal(who.role, allowed))
    if room.closed:
        raise RefusedDeedError("The lesson is over. Open a new room for the next one.")
    if room.revision >= limits.MAX_EVENTS:
        raise RefusedDeedError("This room's log is full. Open a new room.")


def stays(room: Room, who: Who) -> bool:
    """Whether somebody who came into the room may still be there."""
    match who.role:
        case "student":
            return who.member in room.members and not room.members[who.member].removed
        case "co-teacher":
            return who.key == room.co_teacher
        case _:
            return True


def _refusal(role: Role, allowed: frozenset[Role]) -> str:
    if role == "co-teacher" and allowed == TEACHER_ONLY:
        return "Only the teacher who opened the room may do that."
    return "Students do that." if role in _TEACHERS else "Only a teacher of this room may do that."


def _decide_student(
    room: Room, member: Member, deed: GiveAnswer | ReportWork | OfferLab | DeclineLab | TakeName
) -> tuple[Event, ...]:
    match deed:
        case GiveAnswer(number, chosen):
            return _answer(_question(room, number), number, member.number, chosen)
        case ReportWork(number, work):
            return _report(_task(room, number), number, member.number, work)
        case OfferLab(lab):
            if member.offers >= limits.MAX_OFFERS:
                raise RefusedDeedError(f"You have offered {limits.MAX_OFFERS} labs; no more can be kept.")
            return (LabOffered(member.number, lab),)
        case DeclineLab():
            return (LabDeclined(member.number),) if member.requested or member.offered is not None else ()
        case TakeName(name):
            try:
                return (Named(member.number, nickname(name, _others(room, member))),)
            except NameTakenError as error:
                raise RefusedDeedError(str(error)) from error


def _answer(question: Question, number: int, member: int, chosen: tuple[str, ...]) -> tuple[Event, ...]:
    if question.revealed:
        raise RefusedDeedError("The answer is already revealed.")
    known = [option.id for option in question.asked.options]
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(known):
        raise RefusedDeedError("The question has no such answer.")
    if len(chosen) > 1 and not question.asked.several:
        raise RefusedDeedError("Choose one answer.")
    if question.answers.get(member) == chosen:
        return ()
    if question.changes.get(member, 0) >= limits.MAX_CHANGES:
        raise RefusedDeedError(f"You have changed this answer {limits.MAX_CHANGES} times; it stays now.")
    return (Answered(number, member, chosen),)


def _report(task: Task, number: int, member: int, work: Work) -> tuple[Event, ...]:
    if task.handed.lesson:
        if work != Work("begun"):
            raise RefusedDeedError("The lesson grades this task. Have your lab checked.")
        if member in task.work:
            return ()
    return _note(task, number, member, work)


def graded(room: Room, who: Who, number: int, work: Work) -> tuple[Event, ...]:
    """The events of a student's work on a lesson's task, as its lesson graded it. What was solved stays solved."""
    if who.role not in _STUDENTS:
        raise RefusedDeedError("Students do that.")
    member, task = _member(room, who.member), _task(room, number)
    if not task.handed.lesson:
        raise RefusedDeedError("No lesson grades this task.")
    before = task.work.get(member.number)
    if before is not None and before.state == "solved" and work.state != "solved":
        work = before
    return _note(task, number, member.number, work)


def _note(task: Task, number: int, member: int, work: Work) -> tuple[Event, ...]:
    if task.collected:
        raise RefusedDeedError("This task is over.")
    if task.work.get(member) == work:
        return ()
    if task.reports.get(member, 0) >= limits.MAX_CHANGES:
        raise RefusedDeedError("No more is noted of your work on this task.")
    return (Worked(number, member, work),)


def _decide_teacher(
    room: Room,
    deed: ShowLab
    | ShowOffered
    | Freeze
    | AskRoom
    | CountAnswers
    | RevealAnswer
    | HandOut
    | CollectTask
    | RequestLab
    | RemoveMember
    | DismissCoTeachers
    | CloseRoom,
) -> tuple[Event, ...]:
    match deed:
        case ShowLab(lab):
            _room_for(room.labs, limits.MAX_LABS, "labs")
            return (LabShown(lab),)
        case ShowOffered(member):
            return _show_offered(room, _member(room, member))
        case Freeze(on):
            return (Frozen(on),) if on != room.frozen else ()
        case AskRoom(question):
            return _ask(room, question)
        case CountAnswers() | RevealAnswer():
            return _uncover(_question(room, deed.question, over=True), deed)
        case HandOut(task):
            return _hand_out(room, task)
        case CollectTask(number):
            return () if _task(room, number).collected else (Collected(number),)
        case RequestLab() | RemoveMember() | DismissCoTeachers():
            return _decide_people(room, deed)
        case CloseRoom():
            return (Closed(),)


def _decide_people(room: Room, deed: RequestLab | RemoveMember | DismissCoTeachers) -> tuple[Event, ...]:
    match deed:
        case RequestLab(member):
            return () if _member(room, member).requested else (LabRequested(member),)
        case RemoveMember(member):
            return (Removed(_member(room, member).number),)
        case DismissCoTeachers():
            return (Invited(""),) if room.co_teacher else ()


def _show_offered(room: Room, member: Member) -> tuple[Event, ...]:
    if member.offered is None:
        raise RefusedDeedError("This student has not agreed to show a lab.")
    _room_for(room.labs, limits.MAX_LABS, "labs")
    return (LabShown(member.offered, member.number),)


def _ask(room: Room, question: RoomQuestion) -> tuple[Event, ...]:
    _room_for(room.questions, limits.MAX_QUESTIONS, "questions")
    ids = [option.id for option in question.options]
    if len(set(ids)) != len(ids) or not set(question.right) <= set(ids):
        raise RefusedDeedError("Each answer needs a letter of its own, and what is right must be among them.")
    return (Asked(question),) if room.frozen else (Frozen(on=True), Asked(question))


def _uncover(question: Question, deed: CountAnswers | RevealAnswer) -> tuple[Event, ...]:
    if question.revealed or (isinstance(deed, CountAnswers) and question.counted):
        return ()
    if isinstance(deed, CountAnswers):
        return (Counted(deed.question),)
    right = deed.right or question.asked.right
    if not right or not set(right) <= {option.id for option in question.asked.options}:
        raise RefusedDeedError("Say which answer is right.")
    return (Revealed(deed.question, right, deed.explanation or question.asked.explanation),)


def _hand_out(room: Room, task: RoomTask) -> tuple[Event, ...]:
    _room_for(room.tasks, limits.MAX_TASKS, "tasks")
    over = (Collected(len(room.tasks)),) if room.task is not None else ()
    let_go = (Frozen(on=False),) if room.frozen else ()
    return (*over, *let_go, HandedOut(task))


def _room_for(kept: Sized, most: int, what: str) -> None:
    if len(kept) >= most:
        raise RefusedDeedError(f"A room holds {most} {what}. Open a new room.")


def _member(room: Room, number: int) -> Member:
    member = room.members.get(number)
    if member is None or member.removed:
        raise RefusedDeedError("There is no such student in the room.")
    return member


def _others(room: Room, member: Member) -> set[str]:
    return {other.name for other in room.present if other is not member}


def _question(room: Room, number: int, *, over: bool = False) -> Question:
    """A question; unless it may be ``over``, the one that is open."""
    if not 1 <= number <= len(room.questions):
        raise RefusedDeedError("There is no such question.")
    if number != len(room.questions) and not over:
        raise RefusedDeedError("This question is over.")
    return room.questions[number - 1]


def _task(room: Room, number: int) -> Task:
    if not 1 <= number <= len(room.tasks):
        raise RefusedDeedError("There is no such task.")
    return room.tasks[number - 1]
