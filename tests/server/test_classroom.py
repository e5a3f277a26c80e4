"""Rooms over sockets, without sockets: what each connection is answered, and what it is told."""

from collections.abc import Callable, Iterator

import msgspec
import pytest

from tests.waiting import wait_until
from webapp.classroom.deeds import (
    AskRoom,
    CloseRoom,
    CollectTask,
    Deed,
    DismissCoTeachers,
    GiveAnswer,
    HandOut,
    OfferLab,
    RemoveMember,
    ReportWork,
    RequestLab,
    RevealAnswer,
    ShowLab,
)
from webapp.classroom.values import RoomCursor, RoomLab, RoomOption, RoomQuestion, RoomTask, Work
from webapp.classroom.views import Board, OwnView, RoomView
from webapp.lessons import stage
from webapp.lessons.course import Shelf
from webapp.lessons.model import Graded, Order
from webapp.server import classroom as classroom_module
from webapp.server import roomlessons
from webapp.server.classroom import Classroom, everyone
from webapp.server.labs import RefusedError
from webapp.server.limits import RATES, Limits, Rate
from webapp.server.protocol import (
    AskLesson,
    AskRoomHint,
    CoTeacherInvited,
    Failed,
    GetResults,
    GetRoomLab,
    GetRoomWalk,
    GradeWork,
    InviteCoTeacher,
    JoinRoom,
    LeaveRoom,
    MoveCursor,
    OpenRoom,
    Presence,
    RoomAnswer,
    RoomDone,
    RoomGraded,
    RoomHinted,
    RoomJoined,
    RoomLabRun,
    RoomLeft,
    RoomNoted,
    RoomOpened,
    RoomRequest,
    RoomResults,
    RoomWalk,
    SayWhere,
)
from webapp.store import rooms
from webapp.store.database import Database, now

LAB = RoomLab("Two", "ip netns add a\nip -n a link set lo up\nip netns exec a ping -c 1 127.0.0.1\n")
QUESTION = RoomQuestion("choice", "Which?", (RoomOption("A", "one"), RoomOption("B", "two")), right=("B",))


class Hall:
    """The door of one process: who is in which group, and what each was told."""

    def __init__(self) -> None:
        self.groups: dict[str, set[str]] = {}
        self.told: dict[str, list[tuple[str, msgspec.Struct]]] = {}

    def tell(self, event: str, value: msgspec.Struct, group: str) -> None:
        for sid in {*self.groups.get(group, ()), group}:
            self.told.setdefault(sid, []).append((event, value))

    tell_here = tell

    def enter(self, sid: str, group: str) -> None:
        self.groups.setdefault(group, set()).add(sid)

    def leave(self, sid: str, group: str) -> None:
        self.groups.get(group, set()).discard(sid)


class Person:
    """A connection to a classroom."""

    count = 0

    def __init__(self, classroom: Classroom, hall: Hall) -> None:
        Person.count += 1
        self.sid = f"sid{Person.count}"
        self.classroom = classroom
        self.hall = hall

    def ask(self, request: RoomRequest) -> RoomAnswer:
        return self.classroom.answer(self.sid, "10.0.0.1", request)

    def do(self, deed: Deed) -> RoomDone:
        answer = self.ask(deed)
        assert isinstance(answer, RoomDone), answer
        return answer

    def refused(self, request: RoomRequest) -> str:
        answer = self.ask(request)
        assert isinstance(answer, Failed), answer
        return answer.code

    def join(self, code: str, **how: object) -> RoomJoined:
        answer = self.ask(msgspec.convert({"type": "JoinRoom", "code": code} | how, JoinRoom))
        assert isinstance(answer, RoomJoined), answer
        return answer

    def told(self, event: str) -> list[msgspec.Struct]:
        return [value for name, value in self.hall.told.get(self.sid, ()) if name == event]

    def last(self, event: str) -> msgspec.Struct | None:
        return (self.told(event) or [None])[-1]


class School:
    """Processes of a server over one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.halls = [Hall()]
        self.classrooms = [Classroom(database, Limits(), self.halls[0])]

    def person(self) -> Person:
        return Person(self.classrooms[-1], self.halls[-1])

    def restart(self) -> None:
        """A new process, which knows nothing but the database."""
        self.halls.append(Hall())
        self.classrooms.append(Classroom(self.database, Limits(), self.halls[-1]))

    def kept_step(self, code: str) -> int | None:
        """The step of the cursor that is in the database."""
        kept = rooms.cursor(self.database, code)
        return None if kept is None else msgspec.json.decode(kept, type=RoomCursor).step

    def open(self) -> tuple[RoomOpened, Person]:
        teacher = self.person()
        opened = teacher.ask(OpenRoom("Redirect"))
        assert isinstance(opened, RoomOpened)
        assert teacher.join(opened.code, token=opened.teacher).role == "teacher"
        return opened, teacher


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    made = Database.temporary()
    yield made
    made.close()


@pytest.fixture
def school(database: Database) -> School:
    return School(database)


def test_a_lesson_reaches_everyone_and_each_sees_what_is_theirs(school: School) -> None:
    opened, teacher = school.open()
    student, projector = school.person(), school.person()
    joined = student.join(opened.code.lower(), name="Ada")
    assert (joined.role, joined.member, joined.board) == ("student", 1, None)
    assert joined.own is not None
    seen = projector.join(opened.code, projector=True)
    assert (seen.role, seen.own, seen.board, seen.key, seen.view.joined) == ("projector", None, None, "", 1)

    teacher.do(ShowLab(LAB))
    teacher.do(AskRoom(QUESTION))
    assert student.do(GiveAnswer(1, ("A",))).own.chosen == ("A",)  # type: ignore[union-attr]
    wait_until(lambda: isinstance(view := projector.last("view"), RoomView) and view.question.answered == 1)  # type: ignore[union-attr]
    teacher.do(RevealAnswer(1))
    view, board = projector.last("view"), teacher.last("board")
    assert isinstance(view, RoomView)
    assert isinstance(board, Board)
    assert view.question is not None
    assert view.question.right == ("B",)
    assert [member.name for member in board.members] == ["Ada"]
    results = teacher.ask(GetResults())
    assert isinstance(results, RoomResults)
    assert "Ada,A,no" in results.csv
    for other in (student, projector):
        assert other.told("board") == []
        assert other.refused(GetResults()) == "refused"
        assert "Ada" not in repr(other.told("view"))


def test_the_lab_that_the_room_sees_is_run_once_for_everybody(school: School) -> None:
    opened, teacher = school.open()
    teacher.do(ShowLab(LAB))
    students = [school.person() for _ in range(3)]
    for student in students:
        student.join(opened.code)
    runs = [student.ask(GetRoomLab(1)) for student in students]
    walks = [student.ask(GetRoomWalk(1, other=False, probe=0)) for student in students]
    assert all(isinstance(run, RoomLabRun) and run.lab.lab == "" and run.lab.script == LAB.script for run in runs)
    assert all(isinstance(walk, RoomWalk) and walk.done.steps == len(walk.walk.steps) > 0 for walk in walks)
    assert students[0].refused(GetRoomLab(2)) == "unknown_name"
    assert students[0].refused(GetRoomWalk(1, other=True, probe=0)) == "unknown_name"
    assert students[0].refused(GetRoomWalk(1, other=False, probe=7)) == "unknown_name"


def test_a_text_that_is_no_lab_does_not_enter_the_room(school: School) -> None:
    opened, teacher = school.open()
    assert teacher.refused(ShowLab(RoomLab("x", "for i in 1; do true; done\n"))) == "script"
    assert teacher.join(opened.code, token=opened.teacher).view.lab is None


def test_students_lead_nobody(school: School) -> None:
    opened, teacher = school.open()
    student, projector = school.person(), school.person()
    student.join(opened.code)
    projector.join(opened.code, projector=True)
    for somebody in (student, projector):
        for request in (MoveCursor(RoomCursor(step=3)), ShowLab(LAB), AskRoom(QUESTION), RemoveMember(1)):
            assert somebody.refused(request) == "refused"
    assert teacher.told("cursor") == []


def test_who_is_in_no_room_can_do_nothing(school: School) -> None:
    opened, _teacher = school.open()
    somebody = school.person()
    requests: tuple[RoomRequest, ...] = (GiveAnswer(1, ()), GetRoomLab(1), MoveCursor(RoomCursor()), GetResults())
    for request in requests:
        assert somebody.refused(request) == "refused"
    assert somebody.refused(JoinRoom("ZZZZZZ")) == "unknown_name"
    assert somebody.refused(JoinRoom("no code")) == "unknown_name"
    assert somebody.refused(JoinRoom(opened.code, token="guessed")) == "refused"
    somebody.join(opened.code)
    assert isinstance(somebody.ask(LeaveRoom()), RoomNoted)
    assert somebody.refused(GetRoomLab(1)) == "refused"


def test_cursors_reach_everyone_the_last_one_wins_and_no_more_than_twenty_come_in_a_second(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    for step in range(70):
        assert isinstance(teacher.ask(MoveCursor(RoomCursor(lab=1, step=step))), RoomNoted)
    wait_until(lambda: isinstance(last := student.last("cursor"), RoomCursor) and last.step == 69)
    cursors = [cursor for cursor in student.told("cursor") if isinstance(cursor, RoomCursor)]
    assert len(cursors) < 40
    numbers = [cursor.number for cursor in cursors]
    assert numbers == sorted(set(numbers))


def test_late_joiners_and_a_restarted_server_land_on_the_right_step(school: School) -> None:
    opened, teacher = school.open()
    first = school.person()
    key = first.join(opened.code, name="Ada").key
    teacher.do(ShowLab(LAB))
    teacher.do(AskRoom(QUESTION))
    first.do(GiveAnswer(1, ("B",)))
    teacher.ask(MoveCursor(RoomCursor(lab=1, step=9)))
    late = school.person().join(opened.code)
    assert (late.cursor.lab, late.cursor.step) == (1, 9)

    def kept() -> bool:
        school.restart()
        return school.person().join(opened.code, projector=True).cursor.step == 9

    wait_until(kept)
    again = school.person().join(opened.code, key=key)
    assert (again.member, again.own.name, again.own.chosen) == (1, "Ada", ("B",))  # type: ignore[union-attr]
    assert (again.view.lab.number, again.view.question.answered) == (1, 1)  # type: ignore[union-attr]


def test_any_process_answers_for_any_room(school: School) -> None:
    opened, teacher = school.open()
    school.restart()
    elsewhere = school.person()
    elsewhere.join(opened.code)
    teacher.do(AskRoom(QUESTION))  # in the first process
    elsewhere.do(GiveAnswer(1, ("A",)))  # in the second
    teacher.do(RevealAnswer(1))
    assert elsewhere.refused(GiveAnswer(1, ("B",))) == "refused"
    board = teacher.last("board")
    assert isinstance(board, Board)
    assert board.members[0].chosen == ("A",)


def test_a_student_is_asked_for_her_lab_and_told_when_she_is_sent_out(school: School) -> None:
    opened, teacher = school.open()
    student, other = school.person(), school.person()
    key = student.join(opened.code).key
    other.join(opened.code)
    teacher.do(RequestLab(1))
    asked = student.last("own")
    assert isinstance(asked, OwnView)
    assert asked.requested
    assert other.told("own") == []
    student.do(OfferLab(LAB))
    teacher.do(RemoveMember(1))
    out = student.last("own")
    assert isinstance(out, OwnView)
    assert out.removed
    assert student.last("left") == RoomLeft()
    assert other.told("left") == []
    views = len(student.told("view"))
    teacher.do(ShowLab(LAB))
    assert len(student.told("view")) == views
    assert student.refused(GetRoomLab(1)) == "refused"
    assert isinstance(other.ask(GetRoomLab(1)), RoomLabRun)
    assert student.refused(OfferLab(LAB)) == "refused"
    assert student.refused(JoinRoom(opened.code, key=key)) == "refused"


def test_what_the_queue_between_processes_has_lost_is_said_at_the_next_beat(school: School) -> None:
    opened, teacher = school.open()
    here, _ = school.person(), school.restart()
    there = school.person()
    here.join(opened.code)
    key = there.join(opened.code)
    school.classrooms[1].beat(opened.code)
    teacher.do(ShowLab(LAB))
    teacher.do(RequestLab(key.member))
    teacher.ask(MoveCursor(RoomCursor(lab=1, step=5)))
    wait_until(lambda: school.kept_step(opened.code) == 5)
    assert there.told("cursor") == []
    school.classrooms[1].beat(opened.code)
    view, own, cursor = (there.last(event) for event in ("view", "own", "cursor"))
    assert isinstance(view, RoomView)
    assert view.lab is not None
    assert isinstance(own, OwnView)
    assert own.requested
    assert isinstance(cursor, RoomCursor)
    assert cursor.step == 5
    told = sum(map(len, school.halls[1].told.values()))
    school.classrooms[1].beat(opened.code)  # nothing has happened since
    assert not [event for event, _ in school.halls[1].told[there.sid][told:] if event != "presence"]


@pytest.mark.parametrize("by", ["the database", "the queue"])
def test_a_teacher_who_comes_to_a_process_whose_clock_is_behind_is_followed(
    by: str, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, teacher = school.open()
    school.restart()
    student, again = school.person(), school.person()
    student.join(opened.code)
    if by == "the queue":
        again.join(opened.code, token=opened.teacher)
    first = teacher.ask(MoveCursor(RoomCursor(step=1)))
    assert isinstance(first, RoomNoted)
    monkeypatch.setattr(classroom_module, "now", lambda: now() - 60_000)
    if by == "the queue":
        heard = RoomCursor(number=first.number, step=1)
        assert school.classrooms[1].heard(everyone(opened.code), heard)
        assert not school.classrooms[1].heard(everyone(opened.code), heard)
    else:
        wait_until(lambda: school.kept_step(opened.code) == 1)
        again.join(opened.code, token=opened.teacher)
    then = again.ask(MoveCursor(RoomCursor(step=2)))
    assert isinstance(then, RoomNoted)
    assert then.number > first.number
    wait_until(lambda: isinstance(cursor := student.last("cursor"), RoomCursor) and cursor.step == 2)


def test_no_two_processes_give_cursors_one_number(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classroom_module, "now", lambda: 1_800_000_000_000)
    tags = iter((17, 18))
    monkeypatch.setattr(classroom_module.secrets, "randbelow", lambda _: next(tags))
    opened, _ = school.open()
    numbers = []
    for _ in range(2):
        school.restart()
        teacher = school.person()
        teacher.join(opened.code, token=opened.teacher)
        moved = [teacher.ask(MoveCursor(RoomCursor(step=step))) for step in range(3)]
        numbers += [answer.number for answer in moved if isinstance(answer, RoomNoted)]
    assert len(set(numbers)) == 6
    assert max(numbers) < 2**53


def test_who_was_sent_out_in_another_process_is_out_at_this_one_s_next_beat(school: School) -> None:
    opened, teacher = school.open()
    school.restart()
    elsewhere = school.person()
    elsewhere.join(opened.code)
    teacher.do(RemoveMember(1))  # in the first process
    assert elsewhere.refused(GetResults()) == "refused"
    school.classrooms[-1].beat(opened.code)
    assert elsewhere.told("left") == [RoomLeft()]
    assert all(elsewhere.sid not in group for group in school.halls[-1].groups.values())


def test_a_co_teacher_teaches_along_until_the_link_is_taken_back(school: School) -> None:
    opened, teacher = school.open()
    student, colleague = school.person(), school.person()
    student.join(opened.code)
    assert student.refused(InviteCoTeacher()) == "refused"
    invited = teacher.ask(InviteCoTeacher())
    assert isinstance(invited, CoTeacherInvited)
    assert colleague.join(opened.code, token=invited.token).role == "co-teacher"
    colleague.do(AskRoom(QUESTION))
    for request in (RemoveMember(1), CloseRoom(), DismissCoTeachers(), InviteCoTeacher()):
        answer = colleague.ask(request)
        assert isinstance(answer, Failed)
        assert answer.message == "Only the teacher who opened the room may do that."
    board = teacher.last("board")
    assert isinstance(board, Board)
    assert board.invited
    teacher.do(DismissCoTeachers())
    assert colleague.last("left") == RoomLeft()
    assert colleague.refused(RevealAnswer(1)) == "refused"
    assert colleague.refused(JoinRoom(opened.code, token=invited.token)) == "refused"
    assert teacher.told("left") == student.told("left") == []


def test_each_process_says_again_who_is_there_so_that_a_silent_one_is_known_to_be_gone(school: School) -> None:
    opened, teacher = school.open()
    school.person().join(opened.code)
    heard = len(teacher.told("presence"))
    school.classrooms[0].beat(opened.code)
    presence = teacher.told("presence")[heard:]
    assert [one.member for said in presence if isinstance(said, Presence) for one in said.members][:1] == [1]


def test_the_teacher_sees_who_is_where(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    student.ask(SayWhere(following=False, step=5))

    def seen(presence: msgspec.Struct | None) -> list[tuple[int, bool, int]]:
        return (
            [(one.member, one.following, one.step) for one in presence.members]
            if isinstance(presence, Presence)
            else []
        )

    wait_until(lambda: seen(teacher.last("presence")) == [(1, False, 5)])
    school.classrooms[0].leave(student.sid)
    wait_until(lambda: isinstance(presence := teacher.last("presence"), Presence) and presence.members == ())
    assert student.told("presence") == []


# Abuse


def limited(database: Database, **rates: Rate) -> Callable[[], Person]:
    hall = Hall()
    classroom = Classroom(database, Limits({**RATES, **rates}), hall)
    return lambda: Person(classroom, hall)


def test_who_tries_codes_must_wait(database: Database) -> None:
    person = limited(database, guess=Rate(3, 1))
    assert [person().refused(JoinRoom("BBBBBB")) for _ in range(5)] == ["unknown_name"] * 3 + ["busy"] * 2


def test_who_tries_teachers_tokens_must_wait(database: Database) -> None:
    person = limited(database, guess=Rate(3, 1))
    opened = person().ask(OpenRoom())
    assert isinstance(opened, RoomOpened)
    tries = [person().refused(JoinRoom(opened.code, token=f"guess{n}")) for n in range(5)]
    assert tries == ["refused"] * 3 + ["busy"] * 2


def test_an_address_opens_few_rooms_and_fills_none(database: Database) -> None:
    person = limited(database, room=Rate(2, 1), join=Rate(3, 1))
    rooms = [person().ask(OpenRoom()) for _ in range(3)]
    assert [isinstance(room, RoomOpened) for room in rooms] == [True, True, False]
    code = rooms[0].code  # type: ignore[union-attr]
    joined = [person().ask(JoinRoom(code)) for _ in range(5)]
    assert [isinstance(one, RoomJoined) for one in joined] == [True] * 3 + [False] * 2


def test_a_connection_that_floods_is_told_to_wait(database: Database) -> None:
    person = limited(database, connection=Rate(10, 60))()
    assert [person.refused(GetRoomLab(1)) for _ in range(12)] == ["refused"] * 10 + ["busy"] * 2


def test_a_room_runs_few_labs_at_a_time(database: Database) -> None:
    person = limited(database, **{"room lab": Rate(2, 1)})
    teacher = person()
    opened = teacher.ask(OpenRoom())
    assert isinstance(opened, RoomOpened)
    teacher.join(opened.code, token=opened.teacher)
    answers = [teacher.ask(ShowLab(RoomLab(str(n), "true\n"))) for n in range(3)]
    assert [isinstance(answer, RoomDone) for answer in answers] == [True, True, False]


# Lessons in a room

LESSON = "07-where-did-my-egress-rule-go"


def test_a_question_of_a_lesson_brings_its_lab_its_step_and_its_words_in_every_language(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    asked = teacher.ask(AskLesson(LESSON, "next"))
    assert isinstance(asked, RoomDone)
    assert asked.lab == 1
    view = student.last("view")
    assert isinstance(view, RoomView)
    question = view.question
    assert question is not None
    assert (question.kind, question.lab, question.lesson, question.task, view.frozen) == (
        "hook",
        1,
        LESSON,
        "next",
        True,
    )
    assert [option.hook.dev if option.hook else "" for option in question.options] == [
        "vethh",
        "eth0",
        "vethh",
        "vethc",
    ]
    assert {one.language: len(one.options) for one in question.words} == {"en": 4, "de": 4}
    assert question.words[0].prompt == "tc ingress of eth0 has just decided to redirect. Which hook runs next?"
    # a late joiner stands where the question is asked
    late = school.person().join(opened.code)
    assert (late.cursor.lab, late.cursor.step) == (1, question.step)
    walk = student.ask(GetRoomWalk(1, other=False, probe=question.probe))
    assert isinstance(walk, RoomWalk)
    assert walk.walk.steps[question.step].station == "tc ingress"


def test_what_a_lesson_says_to_its_question_comes_with_the_reveal_and_survives_a_restart(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    teacher.ask(AskLesson(LESSON, "next"))
    hidden = student.last("view")
    assert isinstance(hidden, RoomView)
    assert hidden.question is not None
    assert hidden.question.right == ()
    assert all(one.explanation == "" and one.feedback == () for one in hidden.question.words)
    student.do(GiveAnswer(1, ("A",)))
    teacher.do(RevealAnswer(1))
    school.restart()
    shown = school.person().join(opened.code, projector=True).view.question
    assert shown is not None
    assert shown.right == ("C",)
    english, german = shown.words
    assert "__dev_queue_xmit()" in english.explanation
    assert english.feedback[0].startswith("Egress order is netfilter, then tc")
    assert german.explanation not in ("", english.explanation)


def test_two_questions_about_one_lab_show_it_once(school: School) -> None:
    _opened, teacher = school.open()
    numbers = [teacher.ask(AskLesson(LESSON, task)) for task in ("next", "flag", "drop-there")]
    assert [answer.lab for answer in numbers if isinstance(answer, RoomDone)] == [1, 1, 2]


def test_every_question_of_the_course_can_be_asked_but_for_orders(school: School) -> None:
    course = Shelf().course()
    for lesson in course.lessons:
        for task in lesson.tasks:
            if isinstance(task, Order):
                with pytest.raises(RefusedError, match="order"):
                    roomlessons.question(course, lesson.slug, task.id)
            elif not isinstance(task, Graded):
                _lab, question = roomlessons.question(course, lesson.slug, task.id)
                assert 0 < len(question.right) < len(question.options)
                assert all(one.prompt and all(one.options) for one in question.words)
            else:
                assert all(one.text for one in roomlessons.task(course, lesson.slug, task.id).words)


def test_only_teachers_ask_and_only_what_there_is(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    assert student.refused(AskLesson(LESSON, "next")) == "refused"
    assert teacher.refused(AskLesson(LESSON, "dns")) == "refused"
    assert teacher.refused(AskLesson(LESSON, "none")) == "unknown_name"
    assert teacher.refused(HandOut(RoomTask("x", "", lesson=LESSON, task="next"))) == "refused"


def hand_out(teacher: Person, task: str = "dns") -> RoomTask:
    teacher.do(HandOut(RoomTask("", "", lesson=LESSON, task=task)))
    board = teacher.last("board")
    assert isinstance(board, Board)
    assert board.tasks[-1].lesson == LESSON
    return roomlessons.task(Shelf().course(), LESSON, task)


def solution() -> str:
    lesson = Shelf().course().lesson(LESSON)
    assert lesson is not None
    task = next(task for task in lesson.tasks if task.id == "dns")
    assert isinstance(task, Graded)
    return stage.solved_script(lesson, task)


def on_board(teacher: Person) -> tuple[int, int, int, int, int]:
    board = teacher.last("board")
    assert isinstance(board, Board)
    task = board.tasks[-1]
    return task.begun, task.tried, task.some, task.solved, task.hints


def test_a_task_of_a_lesson_is_graded_by_the_lesson_and_the_board_counts_who_is_where(school: School) -> None:
    opened, teacher = school.open()
    students = [school.person() for _ in range(3)]
    keys = [student.join(opened.code).key for student in students]
    task = hand_out(teacher)
    view = students[0].last("view")
    assert isinstance(view, RoomView)
    assert view.task is not None
    assert view.task.task == task
    students[0].do(ReportWork(1, Work("begun")))
    tried = students[1].ask(GradeWork(1, "en", task.script))
    solved = students[2].ask(GradeWork(1, "de", solution()))
    assert isinstance(tried, RoomGraded)
    assert not tried.graded.solved
    assert isinstance(solved, RoomGraded)
    assert solved.graded.solved
    assert any(one.hidden for one in solved.graded.expect)
    wait_until(lambda: on_board(teacher) == (1, 1, 1, 1, 0))
    # what was solved stays so, also after a restart
    students[2].ask(GradeWork(1, "de", task.script))
    school.restart()
    again = school.person().join(opened.code, key=keys[2])
    assert again.own is not None
    assert again.own.work is not None
    assert again.own.work.state == "solved"
    assert "solved" not in repr(again.view.task)


def test_nobody_s_word_counts_where_a_lesson_grades(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    task = hand_out(teacher)
    for work in (Work("solved"), Work("tried", 3, 3), Work("begun", hints=2)):
        assert student.refused(ReportWork(1, work)) == "refused"
    assert teacher.refused(GradeWork(1, "en", task.script)) == "refused"
    assert student.refused(GradeWork(2, "en", task.script)) == "refused"
    teacher.do(CollectTask(1))
    assert student.refused(GradeWork(1, "en", task.script)) == "refused"


def test_hints_are_counted_on_the_board(school: School) -> None:
    opened, teacher = school.open()
    student = school.person()
    student.join(opened.code)
    task = hand_out(teacher)
    hints = [student.ask(AskRoomHint(1, "en", task.script)) for _ in range(task.hints)]
    assert [hint.hinted.number for hint in hints if isinstance(hint, RoomHinted)] == [0, 1, 2]
    assert student.refused(AskRoomHint(1, "en", task.script)) == "unknown_name"
    student.ask(GradeWork(1, "en", solution()))
    wait_until(lambda: on_board(teacher) == (0, 0, 0, 1, 3))


def test_labs_that_one_student_has_checked_are_limited(database: Database) -> None:
    person = limited(database, grade=Rate(2, 1))
    teacher, student = person(), person()
    opened = teacher.ask(OpenRoom())
    assert isinstance(opened, RoomOpened)
    teacher.join(opened.code, token=opened.teacher)
    student.join(opened.code)
    task = hand_out(teacher)
    answers = [student.ask(GradeWork(1, "en", task.script)) for _ in range(3)]
    assert [isinstance(answer, RoomGraded) for answer in answers] == [True, True, False]


def test_the_teacher_is_told_the_number_of_the_lab_that_is_shown(school: School) -> None:
    _opened, teacher = school.open()
    assert teacher.do(ShowLab(LAB)).lab == 1
    assert teacher.do(ShowLab(RoomLab("Other", "true\n"))).lab == 2
