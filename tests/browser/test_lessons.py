"""The course in a browser: every lesson from its first page to its last, by keys alone; and what its pages look like.

The player knows what is right from the engine, and solves tasks with the lesson's own solutions. In the page it does
nothing that a keyboard cannot.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from string import ascii_uppercase

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import axe_violations
from tests.browser.server import free_port, serving
from webapp.lessons import answers
from webapp.lessons.course import Shelf
from webapp.lessons.model import Graded, Lesson, Order, Question, Task
from webapp.lessons.scaffold import scaffold
from webapp.server.language import COOKIE
from webapp.workshop.document import Document

COURSE = Shelf().course()
SLUGS = [lesson.slug for lesson in COURSE.lessons]
FIRST = "/lessons/01-what-a-hook-is"
SEVENTH = "/lessons/07-where-did-my-egress-rule-go"
PATIENCE = 20_000
TRIES = 100
"""How often the page may be asked how far an element is."""

AWAY = """(selector) => {
  const active = document.activeElement;
  if (active.matches(selector)) return 0;
  const isRest = (radio) => {  // Tab comes to the one that is chosen, or to the first
    const group = [...document.getElementsByName(radio.name)].filter((one) => one.form === radio.form && !one.disabled);
    return radio !== (group.find((one) => one === active || one.checked) ?? group[0]);
  };
  const isStop = (one) =>
    one.tabIndex >= 0 && !one.disabled && !one.closest("[inert]") &&
    one.checkVisibility({ visibilityProperty: true }) && !(one.type === "radio" && isRest(one));
  const found = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
  const stops = [...document.querySelectorAll("*")].filter(
    // a box that scrolls takes the keyboard, too
    (one) => one === active || one.matches(selector) || (one.matches(found) && isStop(one)),
  );
  const here = stops.indexOf(active);
  const steps = stops.flatMap((one, at) => (one.matches(selector) ? [at - here] : []));
  return steps.sort((a, b) => Math.abs(a) - Math.abs(b))[0] || 1;
}"""
"""By how many Tabs an element is before (less than 0) or after the one that has the keyboard, as far as it can tell."""


class Player:
    """Takes a lesson by keys."""

    def __init__(self, page: Page, lesson: Lesson) -> None:
        self.page = page
        self.lesson = lesson

    def take(self) -> None:
        """From the first section to the end."""
        for number, task in enumerate(self.lesson.tasks):
            section = f'[data-section="{number}"]'
            expect(self.page.locator(section)).to_be_visible(timeout=PATIENCE)
            expect(self.page.locator(".loading")).to_have_count(0, timeout=PATIENCE)
            if isinstance(task, Graded):
                self._solve(task, section)
            else:
                self._answer(task, section)
            self.press_on(f"{section} .actions .primary")

    def tab_to(self, selector: str) -> None:
        """Tab, forwards or backwards, until the element has the keyboard.

        The page is asked how far away it may be, so that it need not be asked after each key. The guess may be wrong;
        what counts is where the keys lead to.
        """
        for _ in range(TRIES):
            away = self.page.evaluate(AWAY, selector)
            if away == 0:
                return
            for _ in range(abs(away)):
                self.page.keyboard.press("Tab" if away > 0 else "Shift+Tab")
        raise AssertionError(f"Tab does not lead to {selector}")

    def press_on(self, selector: str) -> None:
        self.tab_to(selector)
        self.page.keyboard.press("Enter")

    def _answer(self, task: Question, section: str) -> None:
        right = answers.answer(self.lesson, task).options
        if isinstance(task, Order):
            self._order(right, section)
        elif answers.takes_many(task):
            for one in right:
                self.tab_to(f'{section} input[value="{one}"]')
                self.page.keyboard.press("Space")
            self.page.keyboard.press("Enter")
        else:
            self.tab_to(f"{section} input[type=radio]")
            for _ in task.options:
                if self.page.evaluate("document.activeElement.value") == right[0]:
                    break
                self.page.keyboard.press("ArrowDown")
            if not self.page.evaluate("document.activeElement.checked"):
                self.page.keyboard.press("Space")
            self.page.keyboard.press("Enter")
        expect(self.page.locator(f"{section} .verdict.right")).to_be_focused(timeout=PATIENCE)

    def _order(self, right: tuple[str, ...], section: str) -> None:
        """The last two are put the wrong way round, and then moved."""
        swapped = (*right[:-2], *reversed(right[-2:]))
        for one in swapped:
            self.tab_to(f'{section} .left [data-option="{one}"]')
            self.page.keyboard.press("Enter")
        if len(right) > 1:
            self.tab_to(f'{section} ol [data-option="{right[-1]}"]')
            self.page.keyboard.press("ArrowDown")
        self.press_on(f"{section} .reveal")

    def _solve(self, task: Graded, section: str) -> None:
        expect(self.page.locator(".bench .terminal")).to_be_visible(timeout=PATIENCE)
        for command in commands(self.lesson, task):
            if "\n" in command:
                self._write(command)
            else:
                self._type(command)
        self.tab_to(f"{section} .actions .primary")
        self.page.keyboard.press("Enter")
        expect(self.page.locator(f"{section} .result.solved")).to_be_focused(timeout=PATIENCE)

    def _tool(self, name: str) -> None:
        """One of the tabs below the picture."""
        self.tab_to(".tools > .tabs [role=tab][aria-selected=true]")
        for _ in range(3):
            if self.page.evaluate("document.activeElement.id") == f"tab-{name}":
                return
            self.page.keyboard.press("ArrowRight")
        raise AssertionError(name)

    def _type(self, command: str) -> None:
        if self.page.evaluate("document.activeElement.id") != "command-line":
            self._to_command_line()
        self.page.keyboard.type(command)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#command-line")).to_have_value("", timeout=PATIENCE)
        expect(self.page.locator("#command-line")).to_be_editable(timeout=PATIENCE)

    def _to_command_line(self) -> None:
        """That of the first namespace, from where every command is understood."""
        self._tool("terminal")
        self.tab_to(".terminal [role=tab][aria-selected=true]")
        self.page.keyboard.press("Home")
        while self.page.evaluate("document.activeElement.previousElementSibling !== null"):
            self.page.keyboard.press("ArrowLeft")
        self.tab_to("#command-line")

    def _write(self, command: str) -> None:
        """What takes several lines is pasted at the end of the script."""
        self._tool("script")
        self.tab_to(".cm-content")
        self.page.keyboard.press("Control+End")
        self.page.keyboard.insert_text(f"\n{command}\n")
        self.page.keyboard.press("Escape")  # Tab leads out again
        expect(self.page.locator(".bench .terminal .log")).to_contain_text(command.split("\n")[1].strip()[:10])


def commands(lesson: Lesson, task: Graded) -> list[str]:
    """A solution, command by command."""
    text = lesson.solutions[task.id]
    return [text[block.start : block.end].rstrip("\n") for block in Document(text).blocks]


OF = {"en": "of", "de": "von"}


def takes() -> Iterator[tuple[str, str]]:
    """Each lesson in a language, by turns; with HOOKWALK_LANGUAGES=all each in every one."""
    for number, slug in enumerate(SLUGS):
        every = os.environ.get("HOOKWALK_LANGUAGES") == "all"
        yield from ((slug, language) for language in (OF if every else list(OF)[number % 2 :][:1]))


@pytest.mark.parametrize(("slug", "language"), list(takes()))
def test_a_lesson_is_taken_by_keys_alone(page: Page, server: str, slug: str, language: str) -> None:
    lesson = COURSE.lesson(slug)
    assert lesson is not None
    page.emulate_media(reduced_motion="reduce")
    page.context.add_cookies([{"name": COOKIE, "value": language, "url": server}])
    page.goto(f"/lessons/{slug}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    Player(page, lesson).take()
    expect(page.locator(".end")).to_contain_text(f"{len(lesson.tasks)} {OF[language]} {len(lesson.tasks)}")
    page.goto("/lessons")
    done = page.locator(f'li.done a[href="/lessons/{slug}"]')
    expect(done).to_be_visible()


def choose(page: Page, letter: str) -> None:
    """An option of the question that is open, by its letter."""
    page.locator(f'.task.active .option:has(.letter:text-is("{letter}"))').last.click()


def badge(page: Page, key: str) -> Locator:
    """A hook in the picture."""
    return page.locator(f'[data-hook="{key}"]')


def right_letter(task: Task) -> str:
    lesson = next(lesson for lesson in COURSE.lessons if task in lesson.tasks)
    assert isinstance(task, Question)
    return ascii_uppercase[[option.id for option in task.options].index(answers.answer(lesson, task).options[0])]


def seventh() -> Lesson:
    lesson = COURSE.lesson(SEVENTH.rsplit("/", 1)[1])
    assert lesson is not None
    return lesson


def test_the_picture_does_not_tell_the_answer_until_it_is_given(page: Page) -> None:
    page.goto(SEVENTH)
    expect(page.locator(".fog")).to_have_text("hidden until you predict")
    steps = page.evaluate("JSON.parse(document.getElementById('page-data').textContent).stage.walk.steps")
    assert [step for step in steps if step["dev"] == "vethh"] == []
    choose(page, right_letter(seventh().tasks[0]))
    page.locator(".task.active .reveal").click()
    expect(page.locator(".verdict.right")).to_be_visible()
    expect(badge(page, "host/vethh/tc egress")).to_have_class(re.compile(r"\bhere\b"))
    expect(page.locator(".fog")).to_have_text("more after the next question")


def test_a_hook_is_chosen_in_the_picture(page: Page) -> None:
    page.goto(SEVENTH)
    page.locator('[data-hook="host/vethh/nft egress"]').click()
    expect(page.locator(".task.active input:checked")).to_have_value("nft-vethh")
    page.locator('[data-hook="host/vethh/tc egress"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator(".task.active input:checked")).to_have_value("tc-vethh")


def test_a_wrong_answer_is_told_the_belief_that_leads_there(page: Page) -> None:
    page.goto(SEVENTH)
    page.locator('[data-hook="host/vethh/nft egress"]').click()
    page.locator(".task.active .reveal").click()
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("You said nft egress on vethh")
    expect(verdict).to_contain_text("It was tc egress on vethh")
    expect(verdict.locator(".belief q")).not_to_be_empty()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict")).to_have_count(0)
    expect(page.locator(".fog")).to_have_text("hidden until you predict")


def test_who_does_not_know_is_told(page: Page) -> None:
    page.goto(SEVENTH)
    page.get_by_role("button", name="I don’t know").click()
    expect(page.locator(".verdict")).to_contain_text("It was tc egress on vethh")
    expect(page.locator(".pip").first).to_have_attribute("aria-label", re.compile("answer seen"))


def test_a_hook_in_the_text_points_at_the_picture(page: Page) -> None:
    page.goto(SEVENTH)
    page.get_by_role("button", name="I don’t know").click()
    named = page.locator(".verdict .hook", has_text="nft egress on vethh").first
    named.focus()
    expect(badge(page, "host/vethh/nft egress")).to_have_class(re.compile(r"\bselected\b"))
    expect(page.locator('.verdict a[href*="ident/tcf_mirred_act"]')).to_have_attribute("rel", "noopener")


def to_task(page: Page, number: int) -> None:
    """Straight to a task, as the row of numbers allows."""
    page.locator(".pip").nth(number - 1).click()
    expect(page.locator(".loading")).to_have_count(0, timeout=PATIENCE)


def test_a_task_is_graded_by_what_its_packets_do_and_helped_with_hints(page: Page) -> None:
    page.goto(SEVENTH)
    to_task(page, 5)
    active = page.locator(".task.active")
    expect(page.locator(".bench .terminal")).to_be_visible(timeout=PATIENCE)
    active.get_by_role("button", name="Check").click()
    expect(active.locator(".result")).to_contain_text("Not yet", timeout=PATIENCE)
    expect(active.locator(".unmet")).not_to_have_count(0)
    for left in (3, 2, 1):
        active.get_by_role("button", name=f"Hint ({left})").click()
    expect(active.locator(".hints .hint")).to_have_count(3)
    expect(active.locator(".hints .hint").first.locator("li")).not_to_have_count(0)
    line = page.locator("#command-line")
    line.fill("ip netns exec container nft add rule netdev own arrives drop")
    line.press("Enter")
    expect(line).to_have_value("", timeout=PATIENCE)
    active.get_by_role("button", name="Check").click()
    expect(active.locator(".result")).to_contain_text("needs a match", timeout=PATIENCE)


def test_the_solution_is_written_into_the_terminal(page: Page) -> None:
    page.goto(SEVENTH)
    to_task(page, 5)
    expect(page.locator(".bench .terminal")).to_be_visible(timeout=PATIENCE)
    active = page.locator(".task.active")
    active.get_by_role("button", name="Solution").click()
    line = page.locator("#command-line")
    expect(line).to_have_value(commands(seventh(), seventh().tasks[4])[0], timeout=PATIENCE)  # type: ignore[arg-type]
    line.press("Enter")
    expect(line).to_have_value("", timeout=PATIENCE)
    active.get_by_role("button", name="Check").click()
    expect(active.locator(".result.solved")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".pip").nth(4)).to_have_attribute("aria-label", re.compile("answer seen"))


def test_progress_is_kept_and_forgotten_on_request(page: Page) -> None:
    page.goto(SEVENTH)
    choose(page, right_letter(seventh().tasks[0]))
    page.locator(".task.active .reveal").click()
    page.locator(".task.active .primary").click()
    expect(page.locator(".section")).to_have_count(2)
    page.reload()
    expect(page.locator(".section")).to_have_count(2)
    expect(page.locator(".verdict.right")).to_be_visible()
    page.goto("/lessons")
    row = page.locator('a[href="/lessons/07-where-did-my-egress-rule-go"]').last
    expect(row).to_contain_text("1 of 6 tasks")
    page.get_by_role("button", name="Forget my progress").click()
    page.get_by_role("button", name="Yes, forget them").click()
    expect(row).to_contain_text("not begun")


def test_damaged_progress_harms_nothing(page: Page) -> None:
    page.goto("/lessons")
    page.evaluate("""() => localStorage.setItem("hookwalk.progress", '{"version":1,"lessons":[{"lesson":7},null]')""")
    page.reload()
    expect(page.locator("ol li")).not_to_have_count(0)


def test_the_home_page_asks_before_it_tells(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    page.locator('[data-hook="host/vethh/tc egress"]').click()
    page.locator(".reveal").click()
    expect(page.locator(".verdict.right")).to_be_visible()
    expect(page.get_by_role("link", name="Go on in the lesson")).to_have_attribute("href", SEVENTH)


def test_a_lesson_follows_what_is_saved_and_keeps_the_learners_place(browser: Browser, tmp_path: Path) -> None:
    text = scaffold(tmp_path, "16-try") / "text.md"
    whole = text.read_text()
    with serving(free_port(), "--lessons", str(tmp_path)) as url:
        page = browser.new_page(base_url=url)
        page.goto("/lessons/16-try")
        page.get_by_role("button", name="I don’t know").click()
        page.locator(".task.active .primary").click()
        expect(page.locator(".section")).to_have_count(2)
        text.write_text(whole.replace("# The lesson's title", "# Another title"))
        expect(page.locator("h1")).to_have_text("Another title", timeout=PATIENCE)
        expect(page.locator(".section")).to_have_count(2)
        expect(page.locator(".verdict")).to_be_visible()
        text.write_text(whole.replace("::: first\n", "::: nowhere\n"))
        expect(page.locator(".faults")).to_contain_text("text.md", timeout=PATIENCE)
        page.reload()
        expect(page.locator("main h1")).to_have_text("This lesson cannot be shown")
        text.write_text(whole)
        expect(page.locator("h1")).to_have_text("The lesson's title", timeout=PATIENCE)
        page.close()


@pytest.mark.parametrize("key", [False, True])
def test_the_worksheet_tells_answers_only_with_its_key(page: Page, key: bool) -> None:
    page.goto(f"{SEVENTH}/worksheet{'?key' if key else ''}")
    assert (page.locator("li.right").count() > 0) is key
    assert (page.locator(".why").count() > 0) is key
    assert (page.locator(".line").count() > 0) is not key


@pytest.fixture
def narrow(browser: Browser, server: str) -> Iterator[Callable[[int, int], BrowserContext]]:
    """Contexts of any size."""
    opened: list[BrowserContext] = []

    def make(width: int, height: int) -> BrowserContext:
        opened.append(browser.new_context(base_url=server, viewport={"width": width, "height": height}))
        return opened[-1]

    yield make
    for context in opened:
        context.close()


def test_a_window_that_cuts_the_picture_off_shows_on_which_sides_it_goes_on(
    narrow: Callable[[int, int], BrowserContext],
) -> None:
    for size, sides in (((390, 844), 2), ((1440, 900), 0)):
        page = narrow(*size).new_page()
        page.goto(SEVENTH)
        expect(page.locator(".fade.left, .fade.right")).to_have_count(sides)
        expect(page.locator(".fade.top, .fade.bottom")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_axe_finds_nothing_on_the_pages_of_the_course(
    narrow: Callable[[int, int], BrowserContext], size: tuple[int, int], scheme: str
) -> None:
    page = narrow(*size).new_page()
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    for path in ("/", "/lessons", FIRST, SEVENTH, f"{SEVENTH}/worksheet?key"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert axe_violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is wider than the window"
    page.goto(SEVENTH)
    page.locator('[data-hook="host/vethh/nft egress"]').dispatch_event("click")
    choose(page, "A")
    page.locator(".task.active .reveal").click()
    expect(page.locator(".verdict")).to_be_visible()
    assert axe_violations(page) == [], "a wrong answer"
    to_task(page, 5)
    expect(page.locator(".bench .terminal")).to_be_visible(timeout=PATIENCE)
    page.locator(".task.active").get_by_role("button", name="Check").click()
    expect(page.locator(".result")).to_be_visible(timeout=PATIENCE)
    assert axe_violations(page) == [], "a graded task"
