"""The workshop in the browser: a lab built with the mouse, with the keyboard alone, and on a phone by taps."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import axe_violations

Point = tuple[float, float]


def script_of(page: Page) -> str:
    """The lab script as the browser keeps it: what a reload would bring back."""
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    text: str = page.evaluate("JSON.parse(localStorage.getItem('hookwalk.document.workshop') ?? '{\"doc\": \"\"}').doc")
    return text


def has_line(page: Page, pattern: str) -> None:
    """Waits until a line of the script matches."""
    found = re.compile(pattern)
    page.wait_for_function(
        "pattern => { window.dispatchEvent(new Event('pagehide'));"
        " const doc = JSON.parse(localStorage.getItem('hookwalk.document.workshop') ?? '{\"doc\": \"\"}').doc;"
        " return doc.split('\\n').some((line) => new RegExp(pattern).test(line)); }",
        arg=found.pattern,
    )


def middle(locator: Locator) -> Point:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def badge(page: Page, key: str) -> Locator:
    return page.locator(f'[data-hook="{key}"]')


def tile(page: Page, name: str) -> Locator:
    return page.locator(f'[data-tile="{name}"]')


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("treeitem").filter(has_text=re.compile(rf"^\s*›?\s*{name}\b"))


def drag(page: Page, start: Point, end: Point) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def on_canvas(page: Page, x: float, y: float) -> Point:
    """A point of the picture's room, as parts of its width and height."""
    box = page.locator(".room").bounding_box()
    assert box
    return box["x"] + box["width"] * x, box["y"] + box["height"] * y


def inside(page: Page, namespace: str, *, dx: float = 0) -> Point:
    """The title of a namespace."""
    place = page.get_by_role("group", name="Canvas").locator("text.name", has_text=re.compile(rf"^{namespace}\b")).first
    x, y = middle(place)
    return x + dx, y


def open_workshop(page: Page, path: str = "/workshop") -> None:
    page.goto(path)
    expect(page.locator(".room svg").first).to_be_visible()


def two_hosts(page: Page) -> None:
    """Built with three drags."""
    open_workshop(page)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.4, 0.4))
    expect(page.get_by_role("treeitem")).to_have_count(1)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.7, 0.4))
    expect(page.get_by_role("treeitem")).to_have_count(2)
    drag(page, middle(tile(page, "veth")), on_canvas(page, 0.5, 0.4))
    expect(page.get_by_role("treeitem")).to_have_count(4)


def test_three_drags_give_two_hosts_that_ping(page: Page) -> None:
    two_hosts(page)
    drag(page, middle(tile(page, "probe")), inside(page, "h2"))
    expect(page.locator(".terminal .log")).to_contain_text("1 packets transmitted, 1 received")
    has_line(page, r"^ip netns exec h2 ping")


def test_the_command_that_a_drop_stands_for_is_seen_before_it_and_escape_leaves_all_as_it_was(page: Page) -> None:
    two_hosts(page)
    before = script_of(page)
    page.mouse.move(*middle(tile(page, "bridge")))
    page.mouse.down()
    page.mouse.move(*inside(page, "h2"), steps=4)
    expect(page.locator(".chip")).to_contain_text("type bridge")
    expect(page.locator(".terminal .preview")).to_contain_text("type bridge")
    page.keyboard.press("Escape")
    expect(page.locator(".chip:not(.back)")).to_have_count(0)
    page.mouse.up()
    expect(page.get_by_role("treeitem")).to_have_count(4)
    assert script_of(page) == before


def test_a_chain_is_hung_on_a_badge_and_a_filter_cannot_be(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    ingress = badge(page, "host/vethh/nft ingress")
    expect(ingress).to_have_accessible_name(re.compile("nothing attached"))
    drag(page, middle(tile(page, "filter")), middle(ingress))
    expect(page.get_by_role("status").filter(has_text="A filter hangs at a tc hook.")).to_have_count(1)
    drag(page, middle(tile(page, "chain")), middle(ingress))
    expect(badge(page, "host/vethh/nft ingress")).to_have_accessible_name(re.compile(r"nft ingress on vethh, 1 rule"))
    has_line(page, r"hook ingress device \"vethh\"")


def test_a_drag_from_a_badge_to_another_device_redirects_and_asks_how(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    drag(page, middle(badge(page, "host/vethh/nft ingress")), middle(badge(page, "host/eth0/nft egress")))
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_have_text("nft fwd")
    expect(menu).to_contain_text('fwd to "eth0"')
    menu.get_by_role("menuitem", name="nft fwd").click()
    has_line(page, r"fwd to \"?eth0")
    expect(badge(page, "host/vethh/nft ingress")).to_have_accessible_name(re.compile("1 rule"))


def test_a_cable_is_drawn_from_a_jack_and_a_device_is_dragged_into_another_namespace(page: Page) -> None:
    two_hosts(page)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.05, 0.9))
    expect(page.get_by_role("treeitem")).to_have_count(5)
    plate = page.locator(".room text.name", has_text=re.compile("^eth0")).first
    x, y = middle(plate)
    third = inside(page, "h3")
    drag(page, (x, y), (third[0] + 10, third[1] + 60))
    expect(page.get_by_role("treeitem").nth(4)).to_have_attribute("aria-level", "2")
    page.get_by_role("button", name=re.compile("^Undo: move")).click()
    expect(page.get_by_role("button", name=re.compile("^Redo: move"))).to_be_enabled()


def test_a_device_dropped_on_a_bridge_s_bar_is_plugged_in(page: Page) -> None:
    two_hosts(page)
    drag(page, middle(tile(page, "bridge")), inside(page, "h2"))
    expect(row(page, "br0")).to_have_count(1)
    row(page, "h2").click()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What").select_option("veth")
    dialog.get_by_label("From").select_option("h2/br0")
    dialog.get_by_role("combobox", name="To", exact=True).select_option("host/")
    expect(dialog.locator("pre")).to_contain_text("master br0")
    dialog.get_by_role("button", name="Add").click()
    expect(dialog).to_be_hidden()
    has_line(page, r"master br0")


def test_a_name_is_changed_in_its_place(page: Page) -> None:
    two_hosts(page)
    page.mouse.dblclick(*inside(page, "h2"))
    field = page.get_by_role("textbox", name="New name of h2")
    field.fill("server")
    field.press("Enter")
    expect(row(page, "server")).to_have_count(1)
    row(page, "server").press("F2")
    field = page.get_by_role("textbox", name="New name of server")
    field.fill("never")
    field.press("Escape")
    expect(row(page, "server")).to_have_count(1)
    assert "h2" not in script_of(page)


def test_what_is_selected_is_deleted_copied_and_pasted(page: Page) -> None:
    two_hosts(page)
    page.mouse.click(*inside(page, "h2"))
    expect(row(page, "h2")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ControlOrMeta+c")
    expect(page.get_by_role("status").filter(has_text="h2 copied")).to_have_count(1)
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator("[role=treeitem][aria-level='1']")).to_have_count(3)
    page.keyboard.press("Delete")
    expect(page.locator("[role=treeitem][aria-level='1']")).to_have_count(2)


def test_a_rubber_band_and_shift_select_several(page: Page) -> None:
    two_hosts(page)
    box = page.locator(".room").bounding_box()
    assert box
    drag(page, (box["x"] + 8, box["y"] + 8), (box["x"] + box["width"] - 8, box["y"] + box["height"] - 8))
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_have_count(2)
    page.keyboard.down("Shift")
    page.mouse.click(*inside(page, "h2"))
    page.keyboard.up("Shift")
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("[role=treeitem][aria-selected=true]")).to_have_count(0)


def test_namespaces_are_rearranged_by_their_titles(page: Page) -> None:
    two_hosts(page)
    first, second = inside(page, "host"), inside(page, "h2")
    left = min(first, second)
    right = max(first, second)
    drag(page, left, (right[0] + 160, right[1] + 60))
    has_line(page, r"^#: rows ")
    moved = "host" if left == first else "h2"
    other = "h2" if moved == "host" else "host"
    page.wait_for_function(
        "([a, b]) => { const at = (name) => [...document.querySelectorAll('.room text.name')]"
        ".find((text) => text.textContent.trim() === name)?.getBoundingClientRect().x; return at(a) > at(b); }",
        arg=[moved, other],
    )
    page.get_by_role("button", name="Undo: rearrange").click()
    expect(page.get_by_role("button", name="Redo: rearrange")).to_be_enabled()


def test_undo_goes_back_to_the_beginning_and_redo_to_the_end(page: Page) -> None:
    two_hosts(page)
    built = script_of(page)
    for left in (2, 1, 0):
        page.keyboard.press("ControlOrMeta+z")
        expect(page.get_by_role("treeitem")).to_have_count(left)
    expect(page.get_by_role("button", name="Nothing to undo")).to_be_disabled()
    expect(page.get_by_text("Drag a host here, or press")).to_be_visible()
    for there in (1, 2, 4):
        page.keyboard.press("ControlOrMeta+Shift+z")
        expect(page.get_by_role("treeitem")).to_have_count(there)
    assert script_of(page) == built


def test_a_reload_keeps_the_lab_and_its_history(page: Page) -> None:
    two_hosts(page)
    page.reload()
    expect(page.get_by_role("treeitem")).to_have_count(4)
    page.get_by_role("button", name=re.compile("^Undo: connect")).click()
    expect(page.get_by_role("treeitem")).to_have_count(2)


def test_a_reload_that_brings_back_an_older_address_keeps_the_lab(page: Page) -> None:
    open_workshop(page)
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.4, 0.4))
    expect(page).to_have_url(re.compile("#v1"))
    older = page.evaluate("location.href")
    drag(page, middle(tile(page, "host")), on_canvas(page, 0.7, 0.4))
    expect(page.get_by_role("treeitem")).to_have_count(2)
    page.wait_for_url(lambda url: url != older)
    page.evaluate("older => history.replaceState(null, '', older)", older)
    page.reload()
    expect(page.get_by_role("button", name="Undo: add host")).to_be_visible()
    expect(row(page, "h2")).to_have_count(1)


def test_another_lab_in_the_place_of_one_s_own_can_be_undone(page: Page) -> None:
    two_hosts(page)
    built = script_of(page)
    open_workshop(page, "/workshop/redirect")
    expect(row(page, "outside")).to_have_count(1)
    page.get_by_role("button", name="Undo: open another lab").click()
    expect(row(page, "h2")).to_have_count(1)
    assert script_of(page) == built


def test_what_cannot_be_done_is_said_in_words_and_nothing_is_lost(page: Page) -> None:
    two_hosts(page)
    before = script_of(page)
    row(page, "h2").press("F2")
    field = page.get_by_role("textbox", name="New name of h2")
    field.fill("host")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("host")
    assert script_of(page) == before


def test_two_hosts_are_built_and_ping_with_the_keyboard_alone(page: Page) -> None:
    open_workshop(page)
    tile(page, "host").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("treeitem")).to_have_count(2)
    said = page.get_by_role("status").filter(has_text=re.compile("."))
    expect(said.filter(has_text="h2 added")).to_have_count(1)
    # a container behind a host: chosen in the tree
    tile(page, "container").focus()
    page.keyboard.press("Enter")
    expect(row(page, "host")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(row(page, "h2")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="netns h2")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("[role=treeitem][aria-level='1']")).to_have_count(3)
    # Add…: a probe
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What").select_option("probe")
    dialog.get_by_label("Namespace").select_option("h2")
    expect(dialog.locator("pre")).to_contain_text("ping")
    dialog.get_by_role("button", name="Send").press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(".terminal .log")).to_contain_text("1 received")


def test_with_the_keyboard_a_hook_is_filled_broken_at_and_emptied(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    row(page, "wire").focus()
    tile(page, "chain").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[role=treeitem]:focus")).to_have_count(1)  # where one goes on
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    has_line(page, r"hook ingress device \"wire\"")
    chain = row(page, "nft ingress").first
    expect(chain).to_have_attribute("aria-selected", "true")
    chain.focus()
    page.keyboard.press("b")
    expect(badge(page, "outside/wire/nft ingress")).to_have_accessible_name(re.compile("break point"))
    page.keyboard.press("x")
    expect(badge(page, "outside/wire/nft ingress")).to_have_accessible_name(re.compile("nothing attached"))


def test_playing_stops_at_a_break_point(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    badge(page, "host/vethh/tc egress").click()
    page.keyboard.press("b")
    page.keyboard.press("Shift+B")
    expect(badge(page, "host/vethh/tc egress")).to_have_accessible_name(re.compile("the packet is here"))


def test_the_walk_page_has_a_door_that_carries_the_script(page: Page) -> None:
    page.goto("/lab/redirect")
    page.get_by_role("link", name="Edit in the workshop").click()
    expect(row(page, "outside")).to_have_count(1)
    expect(page).to_have_url(re.compile("/workshop"))


def test_commands_of_the_terminal_are_part_of_the_document(page: Page) -> None:
    two_hosts(page)
    page.get_by_role("tab", name="h2").click()
    page.get_by_role("textbox", name="Command in").fill("ip link set eth0 mtu 1400")
    page.keyboard.press("Enter")
    has_line(page, r"^ip -n h2 link set eth0 mtu 1400")
    page.get_by_role("button", name="Undo: ip link set eth0 mtu 1400").click()
    expect(page.get_by_role("button", name="Redo: ip link set eth0 mtu 1400")).to_be_enabled()


@pytest.fixture
def phone(browser: Browser, server: str) -> Iterator[Page]:
    """A page that is touched."""
    profile: BrowserContext = browser.new_context(
        base_url=server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    yield profile.new_page()
    profile.close()


def take(phone: Page, name: str) -> None:
    tile(phone, name).tap()
    expect(tile(phone, name)).to_have_attribute("aria-pressed", "true")


def test_on_a_phone_tiles_are_tapped_and_then_places(phone: Page) -> None:
    open_workshop(phone)
    for count in (1, 2):
        take(phone, "host")
        phone.touchscreen.tap(*on_canvas(phone, 0.5, 0.5))
        expect(phone.get_by_role("treeitem", include_hidden=True)).to_have_count(count)
    take(phone, "veth")
    phone.touchscreen.tap(*on_canvas(phone, 0.5, 0.5))
    expect(phone.get_by_role("treeitem", include_hidden=True)).to_have_count(4)
    phone.get_by_role("button", name="Tree").tap()
    expect(phone.get_by_role("treeitem").first).to_be_visible()
    phone.get_by_role("button", name="Script").tap()
    expect(phone.get_by_role("complementary", name="Lab script")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("path", ["/workshop", "/workshop/redirect"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, path: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    open_workshop(page, path)
    assert axe_violations(page) == []
    if path == "/workshop/redirect":
        badge(page, "host/vethh/nft egress").click()
        expect(page.get_by_role("toolbar")).to_be_visible()
        assert axe_violations(page) == []
    page.keyboard.press("a")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert axe_violations(page) == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_width_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_workshop(page, "/workshop/redirect")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_panel(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    open_workshop(page, "/workshop/redirect")
    found: dict[str, list[str]] = {}
    for name in ("Walk", "Table", "Step", "Results", "Reach", "Capture", "Why not?"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel")).to_be_visible()
        found[name] = axe_violations(page)
    page.get_by_role("button", name="nft egress on vethh host").click()
    expect(page.get_by_text("Smallest edits that reach it")).to_be_visible()
    found["answer"] = axe_violations(page)
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Add a probe").click()
    page.get_by_role("button", name="frame", exact=True).click()
    found["frame"] = axe_violations(page)
    page.locator("summary", has_text="Twin").click()
    found["menu"] = axe_violations(page)
    page.keyboard.press("Escape")
    badge(page, "host/vethh/nft egress").click()
    page.get_by_role("toolbar").get_by_role("button", name="Rule").click()
    expect(page.get_by_role("region", name="Rule at nft egress on vethh")).to_be_visible()
    found["rule"] = axe_violations(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
