"""A room as its log: what may be done, what follows, and who sees it."""

import csv
import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.classroom import limits
from webapp.classroom.deeds import (
    ALLOWED,
    AskRoom,
    CloseRoom,
    CollectTask,
    CountAnswers,
    DeclineLab,
    Deed,
    DismissCoTeachers,
    Freeze,
    GiveAnswer,
    HandOut,
    OfferLab,
    RefusedDeedError,
    RemoveMember,
    ReportWork,
    RequestLab,
    RevealAnswer,
    ShowLab,
    ShowOffered,
    TakeName,
    Who,
    decide,
)
from webapp.classroom.events import Event, decode, encode
from webapp.classroom.joining import inviting, joining, opening, returning, teacher_of
from webapp.classroom.names import ANIMALS, clean, free_animal
from webapp.classroom.qr import qr_svg
from webapp.classroom.report import results_csv
from webapp.classroom.rights import CODE_LENGTH, LETTERS, new_code, typed_code
from webapp.classroom.room import Room, replay
from webapp.classroom.values import Role, RoomHook, RoomLab, RoomOption, RoomQuestion, RoomTask, Work
from webapp.classroom.views import board, own_view, room_view

TEACHER = Who("teacher")
LAB = RoomLab("Redirect", "ip netns add a\n")
OPTIONS = (
    RoomOption("A", "nft egress", "on vethh", RoomHook("host", "vethh", "nft egress")),
    RoomOption("B", "tc egress"),
    RoomOption("C", "nothing"),
)
QUESTION = RoomQuestion(
    "hook", "Which hook runs next?", OPTIONS, right=("B",), explanation="still in tc", lab=1, step=9
)
TASK = RoomTask("Make nft see it", "Change one line.", "ip netns add b\n")


class Class:
    """A room with its log, as the server keeps both."""

    def __init__(self, students: int = 0) -> None:
        self.opening = opening("Redirect")
        self.log: list[Event] = []
        self.room = Room()
        self.keys: list[str] = []
        self.write(self.opening.event)
        for _ in range(students):
            self.join()

    def write(self, *events: Event) -> None:
        self.log += events
        for event in events:
            self.room.apply(event)

    def join(self, name: str = "") -> Who:
        event, key = joining(self.room, name)
        self.keys.append(key)
        self.write(event)
        return Who("student", event.member)

    def do(self, who: Who, deed: Deed) -> int:
        """Does it; how many events followed."""
        events = decide(self.room, who, deed)
        self.write(*events)
        return len(events)

    def refuses(self, who: Who, deed: Deed) -> str:
        with pytest.raises(RefusedDeedError) as refused:
            self.do(who, deed)
        return str(refused.value)


def view_text(room: Room) -> str:
    return msgspec.json.encode(room_view("BCDFGH", room)).decode()


# Who may do what

DEEDS: tuple[Deed, ...] = (
    ShowLab(LAB),
    ShowOffered(1),
    Freeze(on=True),
    AskRoom(QUESTION),
    CountAnswers(1),
    RevealAnswer(1),
    HandOut(TASK),
    CollectTask(1),
    RequestLab(1),
    RemoveMember(1),
    DismissCoTeachers(),
    CloseRoom(),
    GiveAnswer(1, ("A",)),
    ReportWork(1, Work("tried")),
    OfferLab(LAB),
    DeclineLab(),
    TakeName("x"),
)
STUDENTS_DEEDS = (GiveAnswer, ReportWork, OfferLab, DeclineLab, TakeName)


def test_each_deed_has_its_roles() -> None:
    assert {type(deed) for deed in DEEDS} == set(ALLOWED)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: type(deed).__name__)
def test_students_do_students_deeds_teachers_teachers_and_the_projector_none(deed: Deed) -> None:
    students = isinstance(deed, STUDENTS_DEEDS)
    held_back = isinstance(deed, (CloseRoom, DismissCoTeachers, RemoveMember))
    roles: dict[Role, bool] = {
        "teacher": not students,
        "co-teacher": not students and not held_back,
        "student": students,
        "projector": False,
    }
    for role, may in roles.items():
        lesson = Class(1)
        lesson.do(Who("student", 1), OfferLab(LAB))
        lesson.do(TEACHER, HandOut(TASK))
        lesson.do(TEACHER, AskRoom(QUESTION))
        who = Who(role, 1 if role == "student" else 0, lesson.room.co_teacher)
        if may:
            lesson.do(who, deed)
        else:
            lesson.refuses(who, deed)


def test_the_tokens_make_teachers_and_nothing_else_does() -> None:
    lesson = Class(1)
    assert teacher_of(lesson.room, lesson.opening.teacher) == TEACHER
    for token in ("", "x", lesson.keys[0], lesson.room.teacher, lesson.room.co_teacher, "\ud800"):
        with pytest.raises(RefusedDeedError):
            teacher_of(lesson.room, token)


def test_a_co_teacher_s_link_holds_until_there_is_another_or_it_is_taken_back() -> None:
    lesson = Class(1)
    event, first = inviting(lesson.room, TEACHER)
    lesson.write(event)
    colleague = teacher_of(lesson.room, first)
    assert colleague.role == "co-teacher"
    assert lesson.do(colleague, Freeze(on=True)) == 1
    assert "opened the room" in lesson.refuses(colleague, RemoveMember(1))
    with pytest.raises(RefusedDeedError, match="opened the room"):
        inviting(lesson.room, colleague)
    event, second = inviting(lesson.room, TEACHER)
    lesson.write(event)
    assert "no longer" in lesson.refuses(colleague, Freeze(on=False))
    with pytest.raises(RefusedDeedError):
        teacher_of(lesson.room, first)
    assert lesson.do(TEACHER, DismissCoTeachers()) == 1
    for token in (first, second, ""):
        with pytest.raises(RefusedDeedError):
            teacher_of(lesson.room, token)
    assert first not in str(lesson.log)


def test_a_student_comes_back_by_her_key_as_herself_unless_she_was_sent_out() -> None:
    lesson = Class(3)
    assert [returning(lesson.room, key) for key in (*lesson.keys, "", "x")] == [
        *(Who("student", number) for number in (1, 2, 3)),
        None,
        None,
    ]
    lesson.do(TEACHER, RemoveMember(2))
    with pytest.raises(RefusedDeedError):
        returning(lesson.room, lesson.keys[1])
    assert "no longer in this room" in lesson.refuses(Who("student", 2), TakeName("back"))


def test_no_token_stands_in_the_log() -> None:
    lesson = Class(2)
    log = b"".join(map(encode, lesson.log)).decode()
    for token in (lesson.opening.teacher, *lesson.keys):
        assert token not in log


# Questions


def test_a_question_freezes_the_room_counts_what_is_chosen_and_takes_no_answer_after_the_reveal() -> None:
    lesson = Class(3)
    one, two, three = (Who("student", number) for number in (1, 2, 3))
    lesson.do(TEACHER, AskRoom(QUESTION))
    lesson.do(one, GiveAnswer(1, ("A",)))
    lesson.do(two, GiveAnswer(1, ("B",)))
    lesson.do(three, GiveAnswer(1, ()))
    lesson.do(one, GiveAnswer(1, ("B",)))  # changed her mind
    seen = room_view("BCDFGH", lesson.room)
    assert (seen.frozen, seen.question.answered, seen.question.counts) == (True, 3, ())  # type: ignore[union-attr]
    lesson.do(TEACHER, CountAnswers(1))
    seen = room_view("BCDFGH", lesson.room)
    assert seen.question is not None
    assert {count.option: count.count for count in seen.question.counts} == {"A": 0, "B": 2, "C": 0}
    assert (seen.question.right, seen.question.explanation, seen.question.revealed) == ((), "", False)
    lesson.do(TEACHER, RevealAnswer(1))
    seen = room_view("BCDFGH", lesson.room)
    assert seen.question is not None
    assert (seen.question.right, seen.question.explanation, seen.question.revealed) == (("B",), "still in tc", True)
    assert "already revealed" in lesson.refuses(one, GiveAnswer(1, ("A",)))


def test_a_question_of_the_moment_gets_its_right_answer_at_the_reveal() -> None:
    lesson = Class(1)
    lesson.do(TEACHER, AskRoom(RoomQuestion("choice", "?", OPTIONS)))
    assert "which answer is right" in lesson.refuses(TEACHER, RevealAnswer(1))
    assert "which answer is right" in lesson.refuses(TEACHER, RevealAnswer(1, ("Z",)))
    lesson.do(TEACHER, RevealAnswer(1, ("C",), "because"))
    assert room_view("BCDFGH", lesson.room).question.right == ("C",)  # type: ignore[union-attr]


@pytest.mark.parametrize("chosen", [("Z",), ("A", "A"), ("A", "B")])
def test_an_answer_that_the_question_does_not_have_is_refused(chosen: tuple[str, ...]) -> None:
    lesson = Class(1)
    lesson.do(TEACHER, AskRoom(QUESTION))
    lesson.refuses(Who("student", 1), GiveAnswer(1, chosen))


def test_the_same_answer_again_writes_nothing_and_changing_it_has_an_end() -> None:
    lesson = Class(1)
    lesson.do(TEACHER, AskRoom(QUESTION))
    one = Who("student", 1)
    assert [lesson.do(one, GiveAnswer(1, ("A",))) for _ in range(3)] == [1, 0, 0]
    for turn in range(limits.MAX_CHANGES - 1):
        lesson.do(one, GiveAnswer(1, ("AB"[turn % 2 == 0],)))
    assert "stays now" in lesson.refuses(one, GiveAnswer(1, ("C",)))


# Tasks and labs


def test_a_task_is_counted_by_state_and_ends_with_the_next() -> None:
    lesson = Class(3)
    lesson.do(TEACHER, Freeze(on=True))
    lesson.do(TEACHER, HandOut(TASK))
    assert not lesson.room.frozen
    for number, state in ((1, "begun"), (2, "tried"), (3, "begun"), (3, "solved")):
        lesson.do(Who("student", number), ReportWork(1, Work(state, 1, 2, 3)))  # type: ignore[arg-type]
    assert [(task.begun, task.tried, task.solved) for task in board(lesson.room).tasks] == [(1, 1, 1)]
    lesson.do(TEACHER, HandOut(TASK))
    assert "over" in lesson.refuses(Who("student", 1), ReportWork(1, Work("solved")))


def test_a_student_s_lab_is_shown_only_as_she_offered_it_and_nobody_is_told_whose_it_is() -> None:
    lesson = Class()
    one = lesson.join("Ada")
    assert "not agreed" in lesson.refuses(TEACHER, ShowOffered(1))
    lesson.do(TEACHER, RequestLab(1))
    assert own_view(lesson.room, one).requested
    assert "not agreed" in lesson.refuses(TEACHER, ShowOffered(1))
    lesson.do(one, OfferLab(LAB))
    lesson.do(TEACHER, ShowOffered(1))
    seen = room_view("BCDFGH", lesson.room)
    assert seen.lab is not None
    assert (seen.lab.number, seen.lab.student) == (1, True)
    assert "Ada" not in view_text(lesson.room)
    lesson.do(one, DeclineLab())
    assert "not agreed" in lesson.refuses(TEACHER, ShowOffered(1))


def test_a_room_has_limits_and_says_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_LABS", 1)
    monkeypatch.setattr(limits, "MAX_MEMBERS", 2)
    lesson = Class(2)
    with pytest.raises(RefusedDeedError, match="full"):
        lesson.join()
    lesson.do(TEACHER, ShowLab(LAB))
    assert "Open a new room" in lesson.refuses(TEACHER, ShowLab(LAB))
    monkeypatch.setattr(limits, "MAX_EVENTS", lesson.room.revision)
    assert "log is full" in lesson.refuses(TEACHER, Freeze(on=True))


def test_a_closed_room_takes_nobody_and_nothing() -> None:
    lesson = Class(1)
    lesson.do(TEACHER, CloseRoom())
    assert "over" in lesson.refuses(TEACHER, Freeze(on=True))
    with pytest.raises(RefusedDeedError):
        lesson.join()
    assert returning(lesson.room, lesson.keys[0]) == Who("student", 1)


# Names, codes


def test_students_without_a_name_are_animals_each_another() -> None:
    lesson = Class(len(ANIMALS) + 2)
    names = [member.name for member in lesson.room.members.values()]
    assert len(set(names)) == len(names)
    assert names[-1] == f"{ANIMALS[1]} 2"


def test_a_name_that_is_taken_gets_a_number_at_the_door_and_is_refused_later() -> None:
    lesson = Class()
    lesson.join("Ada")
    second = lesson.join("Ada")
    assert own_view(lesson.room, second).name == "Ada 2"
    assert "called Ada" in lesson.refuses(second, TakeName(" Ada "))


@given(st.text(max_size=200))
def test_a_name_is_one_short_line(wish: str) -> None:
    name = clean(wish)
    assert len(name) <= limits.MAX_NICKNAME
    assert name == name.strip() == clean(name)
    assert name.isprintable()


@given(st.lists(st.text(max_size=limits.MAX_NAME), max_size=8))
def test_no_two_students_are_called_the_same(wishes: list[str]) -> None:
    lesson = Class()
    for wish in wishes:
        lesson.join(wish)
    names = [member.name for member in lesson.room.members.values()]
    assert len(set(names)) == len(names)
    assert all(0 < len(name) <= limits.MAX_NICKNAME for name in names)


def test_a_free_animal_is_found_when_every_kind_is_there_twice() -> None:
    taken = {*ANIMALS, *(f"{animal} 2" for animal in ANIMALS)}
    assert free_animal(taken) == f"{ANIMALS[0]} 3"


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()
    assert (len(code), set(code) <= set(LETTERS)) == (CODE_LENGTH, True)
    assert typed_code(f" {code[:3].lower()}-{code[3:]} ") == code
    assert [typed_code(text) for text in ("", "ABCDEF", "BCDFG", "BCDFGHJ", "<b>")] == [""] * 5


def test_a_qr_code_is_markup_without_style_or_script() -> None:
    svg = qr_svg("http://hookwalk.local/join/BCDFGH").decode()
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert "script" not in svg


# The end


def test_results_are_a_table_that_no_spreadsheet_runs() -> None:
    lesson = Class()
    lesson.join("=cmd|' /C calc'!A0")
    lesson.join("Ada, B.")
    lesson.do(TEACHER, AskRoom(QUESTION))
    lesson.do(Who("student", 1), GiveAnswer(1, ("B",)))
    lesson.do(Who("student", 2), GiveAnswer(1, ()))
    lesson.do(TEACHER, HandOut(TASK))
    lesson.do(Who("student", 2), ReportWork(1, Work("solved", 2, 2, 1)))
    rows = list(csv.reader(io.StringIO(results_csv(lesson.room))))
    assert rows[0][1:4] == ["question 1: Which hook runs next?", "question 1 right", "task 1: Make nft see it"]
    assert rows[1] == ["'=cmd|' /C calc'!A0", "B", "yes", "", "", ""]
    assert rows[2] == ["Ada, B.", "?", "no", "solved", "2/2", "1"]


# Whatever happens

SECRET = "S3CRET-"
numbers = st.integers(0, 4)
chosen = st.lists(st.sampled_from(["A", "B", "C", "Z"]), max_size=3).map(tuple)
labs = st.builds(RoomLab, st.just(f"{SECRET}title"), st.just(f"{SECRET}script"))
deeds = st.one_of(
    st.builds(ShowLab, st.just(LAB)),
    st.builds(ShowOffered, numbers),
    st.builds(Freeze, st.booleans()),
    st.builds(AskRoom, st.sampled_from([QUESTION, RoomQuestion("choice", "?", OPTIONS, several=True)])),
    st.builds(CountAnswers, numbers),
    st.builds(RevealAnswer, numbers, chosen),
    st.builds(HandOut, st.just(TASK)),
    st.builds(CollectTask, numbers),
    st.builds(RequestLab, numbers),
    st.builds(RemoveMember, numbers),
    st.builds(CloseRoom),
    st.builds(GiveAnswer, numbers, chosen),
    st.builds(ReportWork, numbers, st.builds(Work, st.sampled_from(["begun", "tried", "solved"]), numbers)),
    st.builds(OfferLab, labs),
    st.builds(DeclineLab),
    st.builds(TakeName, st.sampled_from([f"{SECRET}ann", f"{SECRET}bob"])),
)
people = st.one_of(
    st.just(TEACHER), st.just(Who("co-teacher")), st.just(Who("projector")), st.builds(Who, st.just("student"), numbers)
)


@given(st.lists(st.tuples(people, deeds), max_size=40))
def test_whatever_is_tried_the_log_says_all_and_the_room_keeps_its_secrets(tried: list[tuple[Who, Deed]]) -> None:
    lesson = Class(3)
    shown = False
    for who, deed in tried:
        before = len(lesson.log)
        try:
            lesson.do(who, deed)
        except RefusedDeedError as refused:
            said = str(refused)
            assert (len(lesson.log), bool(said)) == (before, True)
        else:
            assert who.role in ALLOWED[type(deed)]
            shown = shown or isinstance(deed, ShowOffered)
    room = lesson.room
    assert replay(map(decode, map(encode, lesson.log))) == room
    assert room.revision == len(lesson.log)
    text = view_text(room)
    assert shown or SECRET not in text
    assert f"{SECRET}ann" not in text
    assert f"{SECRET}script" not in text
    question = room.question
    seen = room_view("BCDFGH", room).question
    if question is not None and seen is not None:
        assert question.revealed or (seen.right, seen.explanation) == ((), "")
        assert question.counted or seen.counts == ()
        assert sum(question.histogram.values()) == sum(map(len, question.answers.values()))
    for member in room.members.values():
        own = msgspec.json.encode(own_view(room, Who("student", member.number))).decode()
        assert not any(
            other.name in own
            for other in room.members.values()
            if other.name.startswith(SECRET) and other is not member
        )
    board(room)
    results_csv(room)
