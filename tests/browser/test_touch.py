"""The workshop by touch: what is dragged with a finger, and what pans."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_workshop import Point, has_line, inside, middle, on_canvas, open_workshop, script_of, tile

SIZES = {"phone": (390, 844), "tablet": (1024, 768)}
HELD = 600
"""ms after which a finger that rests has taken hold of what is below it."""


@pytest.fixture(params=list(SIZES))
def touched(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """A page that is touched."""
    width, height = SIZES[request.param]
    profile = browser.new_context(
        base_url=server, viewport={"width": width, "height": height}, has_touch=True, is_mobile=True
    )
    yield profile.new_page()
    profile.close()


@pytest.fixture
def touch(touched: Page) -> Callable[..., None]:
    """Sends where the fingers are now."""
    session = touched.context.new_cdp_session(touched)

    def send(kind: str, *points: Point) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    return send


@pytest.fixture
def finger(touched: Page, touch: Callable[..., None]) -> Callable[..., None]:
    """Puts a finger down, moves it, and lifts it; ``rests`` is how long it stays before it moves (ms)."""
    send = touch

    def drag(start: Point, end: Point, rests: int = 0) -> None:
        send("touchStart", start)
        touched.wait_for_timeout(rests)
        for part in range(1, 9):
            send("touchMove", tuple(a + (b - a) * part / 8 for a, b in zip(start, end, strict=True)))
        send("touchEnd")

    return drag


def view(page: Page, name: str) -> None:
    """On a phone one part is shown at a time."""
    button = page.get_by_role("navigation", name="Workshop").get_by_role("button", name=name)
    if button.is_visible():
        button.tap()


def items(page: Page, count: int) -> None:
    expect(page.get_by_role("treeitem", include_hidden=True)).to_have_count(count)


def transform(page: Page) -> str | None:
    return page.locator(".room .scene svg > g").first.get_attribute("transform")


def device(page: Page, name: str) -> Point:
    return middle(page.get_by_role("group", name="Canvas").locator("text", has_text=name).last)


def test_a_tile_is_dragged_onto_the_picture(touched: Page, finger: Callable[..., None]) -> None:
    open_workshop(touched)
    finger(middle(tile(touched, "host")), on_canvas(touched, 0.5, 0.4))
    items(touched, 1)
    has_line(touched, "ip netns add host")
    finger(middle(tile(touched, "container")), inside(touched, "host"))
    items(touched, 4)


def test_a_device_that_a_finger_rests_on_is_taken_along(touched: Page, finger: Callable[..., None]) -> None:
    open_workshop(touched)
    for x, count in ((0.3, 1), (0.8, 2)):
        finger(middle(tile(touched, "host")), on_canvas(touched, x, 0.4))
        items(touched, count)
    finger(middle(tile(touched, "dummy")), inside(touched, "host"))
    items(touched, 3)
    touched.keyboard.press("Escape")
    finger(device(touched, "dummy0"), inside(touched, "h2"), HELD)
    has_line(touched, "^ip -n h2 link add dummy0")


def test_a_finger_that_moves_at_once_pans_and_changes_nothing(touched: Page, finger: Callable[..., None]) -> None:
    open_workshop(touched)
    finger(middle(tile(touched, "host")), on_canvas(touched, 0.5, 0.4))
    items(touched, 1)
    finger(middle(tile(touched, "dummy")), inside(touched, "host"))
    items(touched, 2)
    touched.keyboard.press("Escape")  # what was just made is chosen, and would be taken along
    script, before = script_of(touched), transform(touched)
    start = device(touched, "dummy0")
    finger(start, (start[0] - 60, start[1] + 40))
    touched.wait_for_function(
        "before => document.querySelector('.room .scene svg > g').getAttribute('transform') !== before", arg=before
    )
    assert script_of(touched) == script
    expect(touched.locator(".chip")).to_have_count(0)


def test_two_fingers_zoom_about_the_point_between_them(touched: Page, touch: Callable[..., None]) -> None:
    open_workshop(touched, "/workshop/redirect")
    script = script_of(touched)
    name = touched.get_by_role("group", name="Canvas").locator("text.name").first
    before = name.bounding_box()
    assert before
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    touch("touchStart", (x - 20, y), (x + 20, y))
    for apart in range(25, 45, 5):
        touch("touchMove", (x - apart, y), (x + apart, y))
    touch("touchEnd")
    touched.wait_for_function(
        "width => document.querySelector('.room text.name').getBoundingClientRect().width > width * 1.5",
        arg=before["width"],
    )
    after = name.bounding_box()
    assert after
    assert abs(after["x"] + after["width"] / 2 - x) < 10
    assert abs(after["y"] + after["height"] / 2 - y) < 10
    assert script_of(touched) == script


def test_the_bar_is_whole_on_every_screen(touched: Page) -> None:
    open_workshop(touched, "/workshop/redirect")
    width = touched.viewport_size["width"] if touched.viewport_size else 0
    bar = touched.locator("header.bar")
    for item in bar.locator("a.mark svg, .actions button:visible, .actions summary:visible").all():
        box = item.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    mark = bar.locator("a.mark svg").bounding_box()
    assert mark
    assert mark["width"] == 22
