"""Who sees what of a room. The public view holds no name, no text and no lab of a student but what was shown."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from webapp.classroom.deeds import Who
from webapp.classroom.room import Question, Room, Task
from webapp.classroom.values import QuestionWords, RoomOption, RoomTask, Work


class AnswerCount(msgspec.Struct, frozen=True):
    """How many chose an option."""

    option: str
    count: int


class SeenQuestion(msgspec.Struct, frozen=True):
    """A question as the room sees it.

    ``counts`` is empty until the teacher shows them, ``right``, ``explanation`` and the feedback in ``words`` until the
    reveal. ``answered`` includes those who say that they do not know.
    """

    number: int
    kind: str
    prompt: str
    options: tuple[RoomOption, ...]
    several: bool
    lab: int
    probe: int
    step: int
    answered: int
    counts: tuple[AnswerCount, ...]
    revealed: bool
    right: tuple[str, ...]
    explanation: str
    lesson: str = ""
    task: str = ""
    words: tuple[QuestionWords, ...] = ()


class SeenLab(msgspec.Struct, frozen=True):
    """The lab that the room sees; ``number`` asks for it. ``student``: it is a student's, who is not named."""

    number: int
    title: str
    twin: bool
    student: bool


class SeenTask(msgspec.Struct, frozen=True):
    """The task that is on."""

    number: int
    task: RoomTask


class RoomView(msgspec.Struct, frozen=True, tag=True):
    """The room as everyone may see it, projector included. ``joined`` students have come so far.

    A view replaces every earlier one: the higher ``revision`` is the later.
    """

    code: str
    revision: int
    title: str
    lab: SeenLab | None
    frozen: bool
    question: SeenQuestion | None
    task: SeenTask | None
    joined: int
    closed: bool


class OwnView(msgspec.Struct, frozen=True, tag=True):
    """What a student sees of herself: her answer to the last question, which is ``question``, her work on the task
    that is on, whether her lab was asked for, and whether she was sent out.
    """

    revision: int
    name: str
    question: int
    answered: bool
    chosen: tuple[str, ...]
    work: Work | None
    requested: bool
    offered: bool
    removed: bool


class BoardMember(msgspec.Struct, frozen=True):
    """A student on the teacher's board."""

    member: int
    name: str
    answered: bool
    chosen: tuple[str, ...]
    work: Work | None
    requested: bool
    offered: bool


class BoardTask(msgspec.Struct, frozen=True):
    """How many are where with a task. ``lesson`` grades it, if any; of those who tried, ``some`` have met a part of
    what it expects. ``hints`` were taken in all.
    """

    number: int
    title: str
    begun: int
    tried: int
    solved: int
    collected: bool
    lesson: str = ""
    some: int = 0
    hints: int = 0


class BoardLab(msgspec.Struct, frozen=True):
    """A lab of the room; ``member``: whose, 0 for the teacher's."""

    number: int
    title: str
    twin: bool
    member: int


class Board(msgspec.Struct, frozen=True, tag=True):
    """The room as its teachers see it: who is where, every question with its answers, and whether there is a link for
    co-teachers (``invited``).
    """

    revision: int
    members: tuple[BoardMember, ...]
    questions: tuple[SeenQuestion, ...]
    tasks: tuple[BoardTask, ...]
    labs: tuple[BoardLab, ...]
    invited: bool


def room_view(code: str, room: Room) -> RoomView:
    """What everyone may see."""
    question = room.question
    return RoomView(
        code=code,
        revision=room.revision,
        title=room.title,
        lab=_seen_lab(room),
        frozen=room.frozen,
        question=_seen(question, len(room.questions)) if question is not None else None,
        task=SeenTask(len(room.tasks), room.task.handed) if room.task is not None else None,
        joined=len(room.present),
        closed=room.closed,
    )


def own_view(room: Room, who: Who) -> OwnView:
    """What a student sees of herself."""
    member = room.members[who.member]
    answers = room.question.answers if room.question is not None else {}
    return OwnView(
        revision=room.revision,
        name=member.name,
        question=len(room.questions),
        answered=member.number in answers,
        chosen=answers.get(member.number, ()),
        work=room.task.work.get(member.number) if room.task is not None else None,
        requested=member.requested,
        offered=member.offered is not None,
        removed=member.removed,
    )


def board(room: Room) -> Board:
    """What teachers see."""
    own = ((member, own_view(room, Who("student", member.number))) for member in room.present)
    return Board(
        revision=room.revision,
        members=tuple(
            BoardMember(member.number, one.name, one.answered, one.chosen, one.work, one.requested, one.offered)
            for member, one in own
        ),
        questions=tuple(_seen(question, number, whole=True) for number, question in enumerate(room.questions, 1)),
        tasks=tuple(_board_task(task, number) for number, task in enumerate(room.tasks, 1)),
        labs=tuple(
            BoardLab(number, shown.lab.title, bool(shown.lab.other), shown.member)
            for number, shown in enumerate(room.labs, 1)
        ),
        invited=room.co_teacher != "",
    )


def _seen_lab(room: Room) -> SeenLab | None:
    if not room.labs:
        return None
    shown = room.labs[-1]
    return SeenLab(len(room.labs), shown.lab.title, bool(shown.lab.other), shown.member != 0)


def _seen(question: Question, number: int, *, whole: bool = False) -> SeenQuestion:
    asked = question.asked
    counts = question.histogram.items() if whole or question.counted else ()
    uncovered = whole or question.revealed
    return SeenQuestion(
        number=number,
        kind=asked.kind,
        prompt=asked.prompt,
        options=asked.options,
        several=asked.several,
        lab=asked.lab,
        probe=asked.probe,
        step=asked.step,
        answered=len(question.answers),
        counts=tuple(AnswerCount(option, count) for option, count in counts),
        revealed=question.revealed,
        right=question.right if uncovered else (),
        explanation=question.explanation if uncovered else "",
        lesson=asked.lesson,
        task=asked.task,
        words=asked.words if uncovered else tuple(replace(one, feedback=(), explanation="") for one in asked.words),
    )


def _board_task(task: Task, number: int) -> BoardTask:
    works = task.work.values()
    states = [work.state for work in works]
    return BoardTask(
        number=number,
        title=task.handed.title,
        begun=states.count("begun"),
        tried=states.count("tried"),
        solved=states.count("solved"),
        collected=task.collected,
        lesson=task.handed.lesson,
        some=sum(work.state == "tried" and work.met > 0 for work in works),
        hints=sum(work.hints for work in works),
    )
