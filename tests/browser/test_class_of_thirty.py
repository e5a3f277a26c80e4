"""A whole lesson: a teacher, thirty students, a projector; two questions, a task, kill -9, late joiners.

The teacher, the projector and two phones are browsers, the other students Socket.IO clients.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_classroom import show_lab, step
from tests.server.test_classroom_live import QUESTION, Client, Server, leave, single
from tests.waiting import wait_until

STUDENTS = 30
PHONES = 2
LATE = 3
TASK = {"title": "Let it pass", "text": "Change one rule."}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = single(tmp_path)
    made.start()
    yield made
    made.kill()


class Lesson:
    """Everybody in the room, and what may be said of all of them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.desk = Client(url)
        opened = self.desk.ask("OpenRoom", title="Redirect")
        self.code = opened["code"]
        self.desk.how = {"code": self.code, "token": opened["teacher"]}
        self.desk.join()
        self.errors: list[str] = []
        self._browser = browser
        self.teacher = self._page(1440, 900, f"/teach/{self.code}#{opened['teacher']}")
        self.wall = self._page(1024, 768, f"/projector/{self.code}")
        self.phones = [self._phone(f"Phone {number}") for number in range(PHONES)]
        self.students = [self.client(f"s{number}") for number in range(STUDENTS - PHONES - LATE)]
        wait_until(lambda: all(one.joined for one in self.students))

    def client(self, name: str) -> Client:
        return Client(self.url, code=self.code, name=name)

    def _page(self, width: int, height: int, path: str) -> Page:
        page = self._browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(self.url + path)
        return page

    def _phone(self, name: str) -> Page:
        page = self._page(390, 844, f"/join/{self.code}")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Join").click()
        return page

    def come_late(self) -> None:
        late = [self.client(f"late{number}") for number in range(LATE)]
        wait_until(lambda: all(one.joined for one in late))
        self.students += late

    def at(self, number: int) -> None:
        """Everyone is at the step that the teacher's page calls so."""
        seen = re.compile(f"step {number}( of|$)")
        for page in (self.teacher, *self.phones):
            expect(page.get_by_text(seen).first).to_be_visible(timeout=20_000)
        wait_until(lambda: self.desk.step and all(one.step == self.desk.step for one in self.students), 30)

    def all_see(self, **question: object) -> None:
        """Everyone sees the question so; what none of them may see is not in what they were told."""

        def seen(one: Client) -> bool:
            return bool(one.question) and all(one.question[key] == value for key, value in question.items())

        wait_until(lambda: all(seen(one) for one in self.students), 30)

    def close(self) -> None:
        leave([self.desk, *self.students])
        for page in (self.teacher, self.wall, *self.phones):
            page.context.close()


@pytest.fixture
def room(browser: Browser, server: Server) -> Iterator[Lesson]:
    made = Lesson(browser, server.url)
    yield made
    made.close()
    assert made.errors == []


def answer_by_phone(page: Page, name: str) -> None:
    page.get_by_role("group", name="Which?").get_by_role("button", name=name).click()
    page.get_by_role("button", name=re.compile("^Send")).click()


def counts(question: dict[str, Any]) -> dict[str, int]:
    return {count["option"]: count["count"] for count in question["counts"]}


def test_a_lesson_of_one_teacher_and_thirty_students(room: Lesson, server: Server) -> None:
    show_lab(room.teacher)
    for number in (2, 3, 4, 5):
        step(room.teacher, number)
    room.at(5)
    question_with_late_joiners(room)
    kill_and_restart(room, server)
    task(room)
    question_at_another_step(room)
    nothing_leaked(room)


def question_with_late_joiners(room: Lesson) -> None:
    desk = room.desk

    # a first question: answered by all, counted for all, revealed to all; each of it when the teacher wants it
    desk.done("AskRoom", question=QUESTION)
    room.all_see(number=1, counts=[], right=[], revealed=False)
    for phone, name in zip(room.phones, ("one", "two"), strict=True):
        answer_by_phone(phone, name)
    for number, student in enumerate(room.students):
        student.done("GiveAnswer", question=1, chosen=["AB"[number % 2]])
    here = STUDENTS - LATE
    expect(room.wall.get_by_text(f"{here} of {here} have answered")).to_be_visible(timeout=20_000)
    expect(room.wall.locator(".bar")).to_have_count(0)
    room.all_see(answered=here, counts=[], right=[])

    # late joiners land in the question at the teacher's step
    room.come_late()
    room.at(5)
    room.all_see(number=1, right=[], revealed=False)
    for late in room.students[-LATE:]:
        late.done("GiveAnswer", question=1, chosen=["B"])
    desk.done("CountAnswers", question=1)
    room.all_see(answered=STUDENTS, right=[])
    assert counts(room.students[0].question) == {"A": 14, "B": 16}
    expect(room.wall.locator(".bar")).not_to_have_count(0)


def kill_and_restart(room: Lesson, server: Server) -> None:
    # kill -9: what was acknowledged a moment ago is there, everybody comes back, nobody is somebody else
    desk = room.desk
    members = [one.joined["member"] for one in room.students]
    before = desk.done("RevealAnswer", question=1)
    server.kill()
    server.start()
    wait_until(lambda: all(one.is_back() for one in (desk, *room.students)), 40)
    wait_until(lambda: all(one.told["view"]["revision"] >= before for one in room.students), 40)
    room.all_see(number=1, answered=STUDENTS, right=["B"], revealed=True)
    room.at(5)
    assert [one.joined["member"] for one in room.students] == members
    assert counts(room.students[-1].question) == {"A": 14, "B": 16}
    expect(room.phones[1].get_by_text("Right.")).to_be_visible(timeout=20_000)
    expect(room.phones[0].get_by_text("Not quite.")).to_be_visible(timeout=20_000)


def task(room: Lesson) -> None:
    # a task, which lets the room go; the board counts
    desk = room.desk
    desk.done("HandOut", task=TASK)
    wait_until(lambda: all(one.told["view"]["task"] and not one.told["view"]["frozen"] for one in room.students))
    for phone in room.phones:
        expect(phone.get_by_text("Let it pass").first).to_be_visible(timeout=20_000)
    for number, student in enumerate(room.students):
        state = "solved" if number < 20 else "tried"
        student.done("ReportWork", task=1, work={"state": state, "points": 1, "of": 1, "commands": 2})
    wait_until(lambda: desk.told["board"]["tasks"][0]["solved"] == 20 and desk.told["board"]["tasks"][0]["tried"] == 8)
    desk.done("CollectTask", task=1)


def question_at_another_step(room: Lesson) -> None:
    # "I don't know" counts as an answer
    desk = room.desk
    step(room.teacher, 6)
    room.at(6)
    desk.done("AskRoom", question=QUESTION | {"prompt": "And now?"})
    room.all_see(number=2, answered=0, right=[])
    for student in room.students:
        student.done("GiveAnswer", question=2, chosen=[])
    room.all_see(answered=len(room.students), counts=[])
    desk.done("RevealAnswer", question=2)
    room.all_see(number=2, revealed=True, right=["B"])


def nothing_leaked(room: Lesson) -> None:
    told = repr([one.told for one in room.students])
    assert room.desk.how["token"] not in told
    assert not any(one.told.get("board") for one in room.students)
    assert "Phone" not in told
    expect(room.wall.locator("body")).not_to_contain_text("Phone")
    results = room.desk.ask("GetResults")["csv"]
    assert results.count("\n") >= STUDENTS
