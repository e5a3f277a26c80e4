"""A lesson in a room: a teacher, two students on phones, a projector; a question, a late joiner, a server that ends."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import axe_violations
from tests.browser.server import free_port, serving

NewPage = Callable[[int, int], Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Makes a page in a browser profile of its own, which fails the test when a script throws."""
    profiles = []
    errors: list[str] = []

    def make(width: int, height: int) -> Page:
        profile = browser.new_context(viewport={"width": width, "height": height})
        profiles.append(profile)
        page = profile.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield make
    for profile in profiles:
        profile.close()
    assert errors == []


def open_room(page: Page, url: str) -> str:
    """Opens a room as its teacher; returns the code."""
    page.goto(f"{url}/classroom")
    page.get_by_label("What it is about").fill("Redirect")
    page.get_by_role("button", name="Open a room").click()
    link = page.get_by_role("link", name="Go to the room").get_attribute("href")
    assert link
    page.goto(link)
    expect(page.get_by_role("heading", name="Who is where")).to_be_visible()
    return link.split("/teach/")[1].split("#")[0]


def join(page: Page, url: str, code: str, name: str = "") -> None:
    page.goto(f"{url}/join/{code}")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Join").click()


def show_lab(page: Page) -> None:
    page.get_by_text("Show a lab").click()
    page.get_by_role("button", name="Redirected past netfilter").click()
    expect(page.get_by_text(re.compile("^step 1 of"))).to_be_visible()


def step(page: Page, number: int) -> None:
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(re.compile(f"^step {number} of"))).to_be_visible()


def test_a_lesson_in_a_room(new_page: NewPage) -> None:
    port = free_port()
    teacher, ada, late, wall = new_page(1440, 900), new_page(390, 844), new_page(390, 844), new_page(1024, 768)
    with serving(port) as url:
        code = open_room(teacher, url)
        join(ada, url, code, "Ada")
        wall.goto(f"{url}/projector/{code}")
        expect(wall.get_by_text("1 in the room")).to_be_visible()
        show_lab(teacher)
        for number in (2, 3, 4, 5):
            step(teacher, number)
        expect(ada.get_by_text(re.compile("^step 5 of"))).to_be_visible()

        # frozen, asked: nobody sees a count or the answer before the teacher wants it
        teacher.keyboard.press("q")
        join(late, url, code)
        for student in (ada, late):
            expect(student.get_by_role("heading", name="Which hook runs next?")).to_be_visible()
            expect(student.get_by_text("frozen, step 5")).to_be_visible()
        ada.get_by_role("group", name="Which hook runs next?").get_by_role("button", name="tc ingress on eth0").click()
        ada.get_by_role("button", name=re.compile("^Send")).click()
        late.get_by_role("button", name="I don’t know").click()
        expect(wall.get_by_text("2 of 2 have answered")).to_be_visible()
        expect(wall.locator(".bar")).to_have_count(0)
        assert axe_violations(teacher) == []
        assert axe_violations(ada) == []
        assert axe_violations(wall) == []

    # the server is gone, and comes back: all of them are where they were
    with serving(port) as url:
        expect(teacher.get_by_text("2 of 2 have answered")).to_be_visible(timeout=20_000)
        teacher.get_by_role("button", name="Reveal to the room").click()
        expect(ada.get_by_text("Right.")).to_be_visible(timeout=20_000)
        expect(late.get_by_text("This is the answer.")).to_be_visible(timeout=20_000)
        expect(wall.locator("li.right")).to_contain_text("tc ingress", timeout=20_000)
        expect(wall.locator("body")).not_to_contain_text("Ada")
        teacher.keyboard.press("u")
        step(teacher, 6)
        ada.reload()
        expect(wall.locator(".page")).to_have_attribute("data-step", teacher_step(teacher))


def teacher_step(page: Page) -> str:
    """The walk's step at the teacher's playhead, as the room was told it."""
    page.wait_for_timeout(300)
    number = page.locator(".crowd .here").evaluate("(bar) => [...bar.parentElement.children].indexOf(bar)")
    assert number == 5
    return page.locator(".sees").get_attribute("data-step") or ""


def test_a_code_that_is_none_and_a_link_that_is_not_the_teacher_s_are_refused_in_words(new_page: NewPage) -> None:
    page, other = new_page(1024, 768), new_page(390, 844)
    with serving(free_port()) as url:
        page.goto(f"{url}/join")
        page.get_by_label("Code").fill("ABC")
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("alert")).to_contain_text("six letters")
        code = open_room(page, url)
        other.goto(f"{url}/teach/{code}#guessed")
        expect(other.get_by_role("alert")).to_contain_text("does not open the room as a teacher")
        expect(other.get_by_role("heading", name="Who is where")).to_have_count(0)
