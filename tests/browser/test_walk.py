"""One lab in the browser: stepping, the terminal, links, files, and what survives a lost server."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import axe_violations
from tests.browser.server import free_port, serving

EGRESS_NFT = '[data-hook="host/vethh/nft egress"]'
EGRESS_TC = '[data-hook="host/vethh/tc egress"]'
COUNT = "header .count"


def open_lab(page: Page, path: str = "/lab/redirect") -> None:
    page.goto(path)
    expect(page.locator(COUNT)).to_be_visible()


def type_command(page: Page, line: str) -> None:
    page.get_by_role("textbox", name="Command in").fill(line)
    page.keyboard.press("Enter")
    expect(page.get_by_text("running …")).to_have_count(0)


def step_count(page: Page) -> int:
    found = re.search(r"of (\d+)", page.locator(COUNT).inner_text())
    assert found
    return int(found[1])


def go_to_badge(page: Page, symbol: str, dev: str) -> None:
    """Steps forward until the inspector is at ``symbol`` of a device."""
    for _ in range(step_count(page)):
        heading = page.locator(".inspector header").inner_text()
        if symbol in heading and f"on {dev}" in heading:
            return
        page.keyboard.press("ArrowRight")
    raise AssertionError(f"no step at {symbol} on {dev}")


def test_the_redirected_packet_passes_by_the_egress_hook_of_vethh_and_visits_tc(page: Page) -> None:
    open_lab(page)
    page.keyboard.press("End")
    egress = page.locator(EGRESS_NFT)
    expect(egress).to_have_accessible_name(re.compile("nft egress on vethh.*passed by.*nf_skip_egress is 1"))
    expect(page.locator(EGRESS_TC)).to_have_accessible_name(re.compile("tc egress on vethh.*visited"))
    expect(page.locator(COUNT)).to_have_text(re.compile(rf"step {step_count(page)} of {step_count(page)}"))


def test_stepping_back_undoes_what_stepping_forward_showed(page: Page) -> None:
    open_lab(page)
    before = page.locator(".scene").inner_text()
    for key in ("ArrowRight",) * 8 + ("ArrowLeft",) * 8:
        page.keyboard.press(key)
    expect(page.locator(COUNT)).to_have_text(re.compile("step 1 of"))
    expect(page.locator(".scene")).to_have_text(re.compile(re.escape(before.split("\n", maxsplit=1)[0])))


def test_the_variant_with_fwd_meets_the_egress_hook(page: Page) -> None:
    open_lab(page, "/lab/fwd")
    page.keyboard.press("End")
    expect(page.locator(EGRESS_NFT)).to_have_accessible_name(re.compile("nft egress on vethh.*visited"))


def test_a_redirect_changed_to_fwd_in_the_terminal_meets_the_egress_hook(page: Page) -> None:
    open_lab(page)
    page.get_by_role("tab", name="host").click()
    type_command(page, "tc filter del dev eth0 ingress")
    type_command(page, 'nft add rule netdev t i ip daddr 10.0.0.3 fwd to "vethh"')
    page.get_by_role("button", name="Send again").click()
    expect(page.locator(".probe")).to_have_count(2)
    page.keyboard.press("Escape")
    page.locator(".picture").click(position={"x": 5, "y": 5})
    page.keyboard.press("End")
    expect(page.locator(EGRESS_NFT)).to_have_accessible_name(re.compile("nft egress on vethh.*visited"))
    type_command(page, "nft list chain netdev t e")
    expect(page.locator(".terminal .log")).to_contain_text("counter packets 1 bytes 98")


def test_an_error_in_the_terminal_speaks_as_the_real_tool_and_loses_nothing(page: Page) -> None:
    open_lab(page)
    page.get_by_role("tab", name="host").click()
    type_command(page, "nft add rule netdev t i ip daddr 10.0.0 drop")
    expect(page.locator(".terminal .log")).to_contain_text("Error:")
    type_command(page, "echo $(id)")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("textbox", name="Command in")).to_have_value("echo $(id)")


def test_the_terminal_completes_names_and_remembers_lines(page: Page) -> None:
    open_lab(page)
    page.get_by_role("tab", name="host").click()
    line = page.get_by_role("textbox", name="Command in")
    line.press_sequentially("ip link show veth")
    line.press("Tab")
    expect(line).to_have_value("ip link show vethh ")
    line.press("Enter")
    expect(line).to_have_value("")
    line.press("ArrowUp")
    expect(line).to_have_value("ip link show vethh")


def test_the_last_command_can_be_taken_back(page: Page) -> None:
    open_lab(page)
    page.get_by_role("tab", name="host").click()
    type_command(page, "ip link set eth0 down")
    expect(page.locator(".terminal .log")).to_contain_text("ip link set eth0 down")
    page.get_by_role("button", name="Take the last command back").click()
    expect(page.locator(".terminal .log")).not_to_contain_text("ip link set eth0 down")


def test_a_link_carries_lab_and_step(page: Page, context: BrowserContext) -> None:
    open_lab(page)
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"step=\d+"))
    text = page.locator(COUNT).inner_text()
    other = context.new_page()
    other.goto(page.url)
    expect(other.locator(COUNT)).to_have_text(text)


def test_a_changed_lab_is_shared_by_value(page: Page, context: BrowserContext) -> None:
    open_lab(page)
    page.get_by_role("tab", name="host").click()
    type_command(page, "ip link set vethh mtu 1400")
    expect(page).to_have_url(re.compile(r"/lab\?*[^#]*#v1\."))
    assert len(page.url) < 2000
    other = context.new_page()
    other.goto(page.url)
    other.get_by_role("tab", name="host").click()
    expect(other.locator(".terminal .log")).to_contain_text("ip link set vethh mtu 1400")


def test_a_link_that_is_cut_off_says_so(page: Page) -> None:
    page.goto("/lab#v1.AAAA")
    expect(page.get_by_role("status").filter(has_text="cut off")).to_be_visible()


def test_a_lab_from_a_file_is_opened_and_one_that_is_none_is_refused_at_its_place(page: Page, tmp_path: Path) -> None:
    open_lab(page)
    good, bad = tmp_path / "mine.sh", tmp_path / "bad.sh"
    good.write_text("ip netns add solo\nip -n solo link set lo up\nip netns exec solo ping -c 1 127.0.0.1\n")
    bad.write_text("ip netns add solo\nwhile true; do :; done\n")
    chooser = page.get_by_label("Open a file").first
    chooser.set_input_files(good)
    expect(page.locator(".scene")).to_contain_text("solo")
    chooser.set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("2:")


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    open_lab(page)
    page.keyboard.press("n")
    page.keyboard.press("d")
    expect(page.get_by_label("Detail")).to_have_value("functions")
    page.keyboard.press("Home")
    expect(page.locator(COUNT)).to_have_text(re.compile("step 1 of"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.get_by_role("textbox", name="Command in")).to_be_focused()
    page.keyboard.type("ping -c 1 10.0.0.3")
    page.keyboard.press("Enter")
    expect(page.locator(".probe")).to_have_count(2)


def test_playing_reaches_the_last_step(page: Page) -> None:
    open_lab(page)
    page.get_by_label("Speed").select_option("4")
    page.keyboard.press("End")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.locator(".picture").click(position={"x": 5, "y": 5})
    page.keyboard.press(" ")
    expect(page.locator(COUNT)).to_have_text(re.compile(rf"step {step_count(page)} of"), timeout=10_000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_the_playhead_of_the_score_can_be_dragged(page: Page) -> None:
    open_lab(page)
    slider = page.get_by_role("slider")
    box = page.locator(".score svg").bounding_box()
    assert box
    page.mouse.move(box["x"] + 110, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    expect(slider).to_have_attribute("aria-valuenow", re.compile(r"\d{2}"))


@pytest.mark.parametrize("path", ["/lab/redirect", "/lab/container-policy", "/twin/redirect/fwd"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page: Page, path: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto(path)
    expect(page.locator(COUNT)).to_be_visible()
    for _ in range(6):
        page.keyboard.press("n")
    assert axe_violations(page) == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_no_screen_scrolls_sideways(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    for path in ("/lab/redirect", "/twin/redirect/fwd"):
        page.goto(path)
        expect(page.locator(COUNT)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_twin_marks_where_the_two_walks_part(page: Page) -> None:
    page.goto("/twin/redirect/fwd")
    expect(page.get_by_text("first divergence")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("tbody tr.here")).to_have_count(1)


def test_a_server_that_was_restarted_is_given_the_lab_again(context: BrowserContext) -> None:
    port = free_port()
    page = context.new_page()
    with serving(port) as url:
        open_lab(page, f"{url}/lab/redirect")
        page.get_by_role("tab", name="host").click()
        type_command(page, "ip link set vethh mtu 1400")
        page.locator(".picture").click(position={"x": 5, "y": 5})
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        place = page.locator(COUNT).inner_text()
    expect(page.get_by_text("Connection lost")).to_be_visible()
    with serving(port):
        expect(page.get_by_text("Connection lost")).to_have_count(0, timeout=15_000)
        type_command(page, "ip link show vethh")
        expect(page.locator(".terminal .log")).to_contain_text("mtu 1400")
        expect(page.locator(COUNT)).to_have_text(place)


def test_the_chosen_theme_stands_on_the_next_page_before_anything_is_drawn_but_not_in_a_frame(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/lab/redirect")
    page.get_by_role("button", name="Light or dark").click()
    # what the document says when its body begins: the scripts of the page have not run yet
    page.add_init_script(
        "new MutationObserver((_, watch) => { if (!document.body) return;"
        " window.atFirst = document.documentElement.dataset.theme ?? ''; watch.disconnect(); })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page.goto("/workshop")
    assert page.evaluate("window.atFirst") == "dark"
    page.goto("/embed/redirect")
    assert page.evaluate("window.atFirst") == ""
