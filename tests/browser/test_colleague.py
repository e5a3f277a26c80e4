"""The workshop as somebody meets it who has read nothing.

A host with a container behind a veth pair, tc's redirect that passes nft by, its cure, both side by side, and the whole
handed to a colleague and to a real kernel.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.test_workshop import (
    badge,
    drag,
    has_line,
    inside,
    middle,
    on_canvas,
    open_workshop,
    row,
    script_of,
    take,
    tile,
)
from tests.live.__main__ import in_model, on_kernel
from tests.live.test_live import OBSTACLE
from webapp.livekernel.compare import compare

SLOW = 20_000
"""ms for what runs the lab many times, on a machine that does other things as well."""
RULE = "host/vethc1/nft egress"
PASSED_BY = re.compile("nft egress on vethc1, 1 rule, passed by, nf_skip_egress is 1")
REMEDY = "Hand over in netfilter instead of tc"


def items(page: Page, count: int) -> None:
    expect(page.get_by_role("treeitem", include_hidden=True)).to_have_count(count, timeout=SLOW)


def passed_by(page: Page) -> None:
    expect(badge(page, RULE)).to_have_accessible_name(PASSED_BY, timeout=SLOW)


def visited(page: Page) -> None:
    expect(badge(page, RULE)).to_have_accessible_name(re.compile("nft egress on vethc1, 1 rule, visited"), timeout=SLOW)


def remedy(page: Page) -> Locator:
    """What "why not?" offers in the place of the redirect."""
    why = page.locator("#panel-why")
    expect(why.get_by_role("heading", name="Why was nft egress on vethc1 not reached?")).to_be_visible(timeout=SLOW)
    expect(why.locator("li.decided")).to_contain_text("tcf_mirred_act", timeout=SLOW)
    offer = why.locator(".edits > li", has_text=REMEDY)
    expect(offer).to_be_visible(timeout=SLOW)
    return offer


def build(page: Page, shot: Callable[[str], None]) -> None:
    """By the pointer: two hosts, a container behind the first, a cable, a probe, a rule, a redirect."""
    open_workshop(page)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.4, 0.4))
    items(page, 1)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.8, 0.4))
    items(page, 2)
    drag(page, middle(tile(page, "container")), inside(page, "host"))
    items(page, 5)
    shot("container")
    drag(page, middle(tile(page, "veth")), inside(page, "h2"))
    expect(page.locator("div.placing")).to_contain_text("where is the other end?")
    page.mouse.click(*inside(page, "host"))
    items(page, 7)
    drag(page, middle(tile(page, "probe")), inside(page, "h2"))
    expect(page.locator(".terminal .log")).to_contain_text("1 packets transmitted, 1 received", timeout=SLOW)
    # it is played by itself, to its end
    expect(page.locator("header .count")).to_have_text(re.compile(r"^step (\d+) of \1$"), timeout=SLOW)
    shot("probe")
    drag(page, middle(tile(page, "chain")), middle(badge(page, RULE)))
    expect(badge(page, RULE)).to_have_accessible_name(re.compile("nft egress on vethc1, 1 rule"), timeout=SLOW)
    shot("rule")
    drag(page, middle(badge(page, "host/eth0/tc ingress")), middle(badge(page, "host/vethc1/tc egress")))
    menu = page.get_by_role("menu")
    expect(menu).to_contain_text("mirred egress redirect dev vethc1")
    shot("choice")
    menu.get_by_role("menuitem", name="tc redirect").click()
    has_line(page, r"^tc -n host filter add dev eth0 ingress .* mirred egress redirect dev vethc1$")


@pytest.fixture
def shot(page: Page, tmp_path: Path) -> Callable[[str], None]:
    """Keeps a picture of a stage, for whoever looks."""

    def keep(name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png")

    return keep


def twin(page: Page) -> None:
    """Both sides are there, opened where they part."""
    expect(page).to_have_url(re.compile("/twin"))
    expect(page.get_by_text("first divergence")).to_be_attached(timeout=SLOW)
    for side in page.locator(".side").all():
        expect(side.locator("text.name", has_text="host").first).to_be_attached()
    expect(page.locator("tbody tr.here")).to_have_count(1)


def handed_on(page: Page, browser: Browser, link: str, script: Path) -> None:
    """A colleague with the link sees the same; the script prints the same on a real kernel."""
    elsewhere = browser.new_context(viewport={"width": 1440, "height": 900})
    colleague = elsewhere.new_page()
    colleague.goto(link)
    visited(colleague)
    assert script_of(colleague) == script_of(page)
    elsewhere.close()
    assert script.read_text().endswith(script_of(page))
    if OBSTACLE is None:
        differences = compare(on_kernel(script.read_text()), in_model(script.read_text())).differences
        assert not differences, "\n".join(map(str, differences))


@pytest.mark.parametrize(
    ("size", "theme"), [((1440, 900), "light"), ((1024, 768), "dark")], ids=["1440 light", "1024 dark"]
)
def test_a_newcomer_finds_the_rule_passed_by_cures_it_and_hands_it_on(
    size: tuple[int, int], theme: str, page: Page, browser: Browser, shot: Callable[[str], None], tmp_path: Path
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    build(page, shot)

    # the rule is passed by, and that is written at its badge, which its menu does not cover
    passed_by(page)
    chip = page.locator(".room").get_by_text("passed by: nf_skip_egress = 1")
    expect(chip).to_be_visible()
    badge(page, RULE).click()
    menu = page.get_by_role("toolbar", name="nft egress on vethc1")
    expect(menu).to_be_visible()
    bar, words = menu.bounding_box(), chip.bounding_box()
    assert bar
    assert words
    assert bar["y"] + bar["height"] <= words["y"]
    shot("passed-by")

    # why?
    menu.get_by_role("button", name="Why not?").click()
    offer = remedy(page)
    shot("why")
    with page.context.expect_page() as opened:
        offer.get_by_role("link", name="Try as twin").click()
    twin = opened.value
    expect(twin.get_by_text("first divergence")).to_be_visible(timeout=SLOW)
    expect(twin.get_by_text(re.compile(r"\d+ of \d+ stops differ"))).to_be_visible()
    twin.screenshot(path=tmp_path / "twin.png")
    twin.close()

    # the cure: what hands over in tc is dragged anew, as nft's
    drag(page, middle(badge(page, "host/eth0/tc ingress")), middle(badge(page, RULE)))
    page.get_by_role("menu").get_by_role("menuitem", name="nft fwd").click()
    visited(page)
    assert "mirred" not in script_of(page)
    shot("cured")

    # a colleague opens the link, and sees the same at the same step
    page.get_by_role("button", name="Share").click()
    link = page.get_by_role("textbox", name="Link").input_value()
    page.keyboard.press("Escape")
    elsewhere = browser.new_context(viewport={"width": size[0], "height": size[1]})
    colleague = elsewhere.new_page()
    colleague.goto(link)
    visited(colleague)
    has_line(colleague, r'fwd to "vethc1"')
    assert script_of(colleague) == script_of(page)
    colleague.screenshot(path=tmp_path / "colleague.png")
    elsewhere.close()

    # the script prints the same on a real kernel
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator("[role=menuitem]", has=page.locator("strong:text-is('Script')")).click()
    script = tmp_path / download.value.suggested_filename
    download.value.save_as(script)
    assert script.read_text().endswith(script_of(page))
    if OBSTACLE is None:
        differences = compare(on_kernel(script.read_text()), in_model(script.read_text())).differences
        assert not differences, "\n".join(map(str, differences))


def handed_on_by_keys(page: Page, browser: Browser, tmp_path: Path) -> None:
    press = page.keyboard.press
    # the two are compared
    page.locator("summary", has_text="Twin").press("Enter")
    press("ArrowDown")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    press("Enter")
    twin(page)
    page.go_back()
    visited(page)
    # and handed on
    page.get_by_role("button", name="Share").press("Enter")
    field = page.get_by_role("textbox", name="Link", exact=True)
    expect(field).to_be_focused()
    link = field.input_value()
    press("Escape")
    page.locator("summary", has_text="Export").press("Enter")
    press("ArrowDown")
    expect(page.get_by_role("menuitem", name=re.compile("^Script"))).to_be_focused()
    with page.expect_download() as download:
        press("Enter")
    script = tmp_path / download.value.suggested_filename
    download.value.save_as(script)
    handed_on(page, browser, link, script)


def test_the_same_with_the_keyboard_alone(page: Page, browser: Browser, tmp_path: Path) -> None:
    open_workshop(page)
    press = page.keyboard.press
    tile(page, "host").focus()
    press("Enter")
    items(page, 1)
    press("Enter")
    items(page, 2)
    tile(page, "container").focus()
    press("Enter")
    expect(row(page, "host")).to_be_focused()
    press("Enter")
    items(page, 5)
    # a cable: from the host, to the other
    tile(page, "veth").focus()
    press("Enter")
    expect(row(page, "host")).to_be_focused()
    press("Enter")
    expect(page.locator("div.placing")).to_contain_text("where is the other end?")
    expect(row(page, "h2")).to_be_focused()
    press("Enter")
    items(page, 7)
    row(page, "h2").focus()
    press("y")
    expect(page.locator(".terminal .log")).to_contain_text("1 packets transmitted, 1 received", timeout=SLOW)
    # a rule by "Add…"
    press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What").select_option("chain")
    dialog.get_by_label("Hook").select_option(RULE)
    dialog.get_by_role("button", name="Add").press("Enter")
    expect(dialog).to_be_hidden()
    expect(badge(page, RULE)).to_have_accessible_name(re.compile("1 rule"), timeout=SLOW)
    # g takes hold of a hook; where it hands over is chosen in the tree
    badge(page, "host/eth0/tc ingress").focus()
    press("Enter")
    press("g")
    destination = page.get_by_role("treeitem", name=re.compile("^vethc1"))
    for _ in range(20):
        if destination.evaluate("row => row === document.activeElement"):
            break
        press("ArrowDown")
    expect(destination).to_be_focused()
    press("Enter")
    expect(page.get_by_role("menuitem", name="tc redirect")).to_be_focused()
    press("Enter")
    passed_by(page)
    # w asks why not; the cure is among the answers
    row(page, "nft egress").focus()
    press("w")
    offer = remedy(page)
    offer.get_by_role("button", name="Write to script").press("Enter")
    expect(page.get_by_role("heading", name="nft egress on vethc1 was reached.")).to_be_visible(timeout=SLOW)
    visited(page)
    handed_on_by_keys(page, browser, tmp_path)


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """A page that is touched."""
    profile = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield profile.new_page()
    profile.close()


def handed_on_by_taps(phone: Page, browser: Browser, tmp_path: Path) -> None:
    phone.locator("summary", has_text="Twin").tap()
    phone.get_by_role("menuitem").first.tap()
    twin(phone)
    phone.screenshot(path=tmp_path / "twin.png")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.go_back()
    visited(phone)
    phone.get_by_role("button", name="Share").tap()
    link = phone.get_by_role("textbox", name="Link", exact=True).input_value()
    phone.get_by_role("dialog").get_by_role("button", name="Close").tap()
    phone.locator("summary", has_text="Export").tap()
    with phone.expect_download() as download:
        phone.get_by_role("menuitem", name=re.compile("^Script")).tap()
    script = tmp_path / download.value.suggested_filename
    download.value.save_as(script)
    handed_on(phone, browser, link, script)


def test_the_same_by_taps_on_a_phone(phone: Page, browser: Browser, tmp_path: Path) -> None:
    def tap(at: tuple[float, float]) -> None:
        phone.touchscreen.tap(*at)

    def view(name: str) -> None:
        phone.get_by_role("navigation", name="Workshop").get_by_role("button", name=name).tap()

    def shot(name: str) -> None:
        phone.screenshot(path=tmp_path / f"{name}.png")

    open_workshop(phone)
    for count in (1, 2):
        take(phone, "host")
        tap(on_canvas(phone, 0.5, 0.5))
        items(phone, count)
    take(phone, "container")
    tap(inside(phone, "host"))
    items(phone, 5)
    take(phone, "veth")
    tap(inside(phone, "h2"))
    expect(phone.locator("div.placing")).to_contain_text("where is the other end?")
    tap(inside(phone, "host"))
    items(phone, 7)
    shot("connected")
    take(phone, "probe")
    tap(inside(phone, "h2"))
    expect(phone.locator("header .count")).to_have_text(re.compile(r"^step (\d+) of \1$"), timeout=SLOW)
    take(phone, "chain")
    tap(middle(badge(phone, RULE)))
    expect(badge(phone, RULE)).to_have_accessible_name(re.compile("1 rule"), timeout=SLOW)
    shot("rule")
    tap(middle(badge(phone, "host/eth0/tc ingress")))
    bar = phone.get_by_role("toolbar", name="tc ingress on eth0")
    shot("bar")
    bar.get_by_role("button", name="Redirect").tap()
    shot("taken")
    view("Tree")
    phone.get_by_role("treeitem", name=re.compile("^vethc1")).tap()
    shot("choice")
    phone.get_by_role("menuitem", name="tc redirect").tap()
    passed_by(phone)  # it is the picture that asked, and that is shown
    tap(middle(badge(phone, RULE)))
    shot("passed-by")
    phone.get_by_role("toolbar", name="nft egress on vethc1").get_by_role("button", name="Why not?").tap()
    offer = remedy(phone)
    shot("why")
    offer.get_by_role("button", name="Write to script").tap()
    expect(phone.get_by_role("heading", name="nft egress on vethc1 was reached.")).to_be_visible(timeout=SLOW)
    view("Picture")
    visited(phone)
    shot("cured")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    handed_on_by_taps(phone, browser, tmp_path)
