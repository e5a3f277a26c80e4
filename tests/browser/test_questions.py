"""Asking the model in the browser: results, frames by hand, reachability, captures, "why not?", the walk as a table."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import axe_violations

SLOW = 20_000
"""ms for what runs the lab many times, on a machine that does other things as well."""
EGRESS = "nft egress on vethh"
EDITOR = ".cm-scroller"
"""What is the editor's own (test_editor.py)."""


@pytest.fixture
def workshop(page: Page) -> Page:
    page.goto("/workshop/redirect")
    expect(page.locator("#panel-walk .score")).to_be_visible(timeout=SLOW)
    return page


def panel(page: Page, name: str) -> Locator:
    """Opens one of the tabs beneath the picture."""
    page.locator(f"#tab-{name}").click()
    return page.locator(f"#panel-{name}")


def ask_why(page: Page) -> Locator:
    why = panel(page, "why")
    why.get_by_role("button", name=EGRESS).click()
    expect(why.get_by_role("heading", name="Smallest edits that reach it")).to_be_visible(timeout=SLOW)
    return why


def script(page: Page) -> str:
    return page.locator(".cm-content").first.inner_text()


def test_why_not_says_where_it_was_decided_and_its_steps_move_the_playhead(workshop: Page) -> None:
    why = ask_why(workshop)
    expect(why.get_by_role("heading", name=f"Why was {EGRESS} not reached?")).to_be_visible()
    decided = why.locator("li.decided")
    expect(decided).to_have_count(1)
    expect(decided).to_contain_text("tcf_mirred_act")
    expect(decided).to_contain_text("Decided here.")
    link = decided.get_by_role("button")
    number = link.inner_text().removeprefix("step ")
    link.click()
    expect(workshop.locator("header .count")).to_have_text(re.compile(rf"^step {number} of"))


def test_an_edit_written_to_the_script_reaches_the_hook_and_is_one_step_of_the_history(workshop: Page) -> None:
    why = ask_why(workshop)
    why.get_by_role("button", name="Write to script").first.click()
    expect(why.get_by_role("heading", name=f"{EGRESS} was reached.")).to_be_visible(timeout=SLOW)
    undo = workshop.get_by_role("button", name="Undo: why not")
    undo.click()
    expect(workshop.get_by_role("button", name="Nothing to undo")).to_be_visible()
    expect(why.get_by_text("The lab has changed since this was asked.")).to_be_visible(timeout=SLOW)


def test_an_edit_is_tried_as_a_twin_by_its_link(workshop: Page) -> None:
    why = ask_why(workshop)
    link = why.get_by_role("link", name="Try as twin").first
    expect(link).to_have_attribute("href", re.compile(r"^/twin\?*.*#v2\."))
    with workshop.context.expect_page() as opened:
        link.click()
    expect(opened.value.get_by_text("Hand over in netfilter instead of tc").first).to_be_visible(timeout=SLOW)


def test_why_not_is_asked_from_the_tree_with_a_key(workshop: Page) -> None:
    row = workshop.get_by_role("treeitem", name="nft egress")
    row.click()
    row.press("w")
    why = workshop.locator("#panel-why")
    expect(why.get_by_role("heading", name=f"Why was {EGRESS} not reached?")).to_be_visible()
    expect(why.get_by_text("Decided here.")).to_be_visible(timeout=SLOW)


def test_the_walk_page_asks_too_and_an_edit_is_run_in_its_terminal(page: Page) -> None:
    page.goto("/lab/redirect")
    expect(page.locator("header .count")).to_be_visible(timeout=SLOW)
    why = ask_why(page)
    why.get_by_role("button", name="Run in terminal").first.click()
    expect(why.get_by_role("heading", name=f"{EGRESS} was reached.")).to_be_visible(timeout=SLOW)
    expect(page.locator(".probe")).to_have_count(2)


def test_a_frame_by_hand_is_added_as_a_probe_and_shown_as_it_is_sent(workshop: Page) -> None:
    results = panel(workshop, "results")
    expect(results.locator("tbody tr")).to_have_count(1)
    results.get_by_role("button", name="Add a probe").click()
    results.get_by_role("button", name="frame").click()
    results.get_by_label("Begin with").select_option("gptp")
    command = results.get_by_label("Command", exact=True)
    expect(command).to_contain_text("01:80:c2:00:00:0e 02:00:00:00:00:02 88:f7", timeout=SLOW)
    expect(results.locator(".bytes .row").first).to_contain_text("0180c2")
    results.get_by_label("VLAN").fill("4095")
    expect(results.get_by_text("0 to 4094, or nothing")).to_be_visible()
    expect(results.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    results.get_by_label("VLAN").fill("5")
    expect(command).to_contain_text("81:00", timeout=SLOW)
    results.get_by_role("button", name="Send", exact=True).click()
    expect(results.locator("tbody tr")).to_have_count(2, timeout=SLOW)
    expect(workshop.get_by_role("button", name="Undo: add raw from outside")).to_be_enabled()


def test_results_are_sorted_and_chosen_with_the_keyboard_and_sent_again(workshop: Page) -> None:
    results = panel(workshop, "results")
    expect(results.locator("td.fate")).to_contain_text("delivered")
    results.get_by_role("button", name="Send all again").click()
    rows = results.locator("tbody tr")
    expect(rows).to_have_count(2, timeout=SLOW)
    sort = results.get_by_role("columnheader", name="No.").get_by_role("button")
    sort.press("Enter")
    expect(rows.first.locator(".number")).to_have_text("2")
    rows.first.locator(".show").focus()
    workshop.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator(".show")).to_be_focused()
    workshop.keyboard.press("Enter")
    expect(rows.nth(1)).to_have_class(re.compile("current"))


def test_who_reaches_whom_is_a_table_whose_cells_send_their_ping(workshop: Page) -> None:
    reach = panel(workshop, "reach")
    expect(reach.get_by_text("4 of 6 pairs reached")).to_be_visible(timeout=SLOW)
    first = reach.locator("td button").first
    expect(first).to_have_accessible_name(re.compile("outside to host, 10.0.0.1: reached"))
    first.focus()
    workshop.keyboard.press("ArrowRight")
    workshop.keyboard.press("ArrowDown")
    cell = reach.locator("td button:focus")
    expect(cell).to_have_accessible_name(re.compile("host to container.*the next hop does not answer ARP"))
    workshop.keyboard.press("Enter")
    expect(panel(workshop, "results").locator("tbody tr")).to_have_count(2, timeout=SLOW)


def test_the_capture_lens_shows_what_tcpdump_sees_and_saves_it(workshop: Page, tmp_path: Path) -> None:
    capture = panel(workshop, "capture")
    expect(workshop.get_by_role("img", name="capture open on")).to_have_count(0)
    workshop.get_by_role("treeitem", name="vethh").click()
    lines = capture.locator("ol li")
    expect(lines).to_have_count(2, timeout=SLOW)
    expect(lines.first).to_contain_text("IP 10.0.0.2 > 10.0.0.3: ICMP echo request")
    expect(lines.first).to_contain_text("out")
    expect(lines.nth(1)).to_contain_text("in")
    expect(workshop.get_by_role("img", name="capture open on vethh")).to_be_attached()
    lines.nth(1).get_by_role("button").click()
    expect(lines.nth(1).get_by_role("button")).to_have_attribute("aria-current", "step")
    with workshop.expect_download() as download:
        capture.get_by_role("button", name="Save as pcapng").click()
    saved = tmp_path / "saved"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "redirect-host-vethh.pcapng"
    assert saved.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"  # a section header block


def test_the_table_of_the_walk_is_walked_with_the_arrow_keys(workshop: Page) -> None:
    table = panel(workshop, "table")
    current = table.locator("tr.current")
    expect(current).to_contain_text("socket send")
    current.locator("[aria-current]").focus()
    workshop.keyboard.press("ArrowDown")
    expect(workshop.locator("header .count")).to_have_text(re.compile("^step 2 of"))
    expect(current.locator("[aria-current]")).to_be_focused()
    workshop.keyboard.press("End")
    expect(workshop.locator("header .count")).to_have_text(re.compile(r"^step (\d+) of \1$"))
    expect(current).to_be_in_viewport()


def test_a_cable_is_seen_from_either_end(workshop: Page) -> None:
    step = panel(workshop, "step")
    step.get_by_role("button", name="Seen from either end: wire ↔ eth0").click()
    expect(step.get_by_text("egress on wire → ingress on eth0 (host)")).to_be_visible()
    expect(step.get_by_text("egress on eth0 → ingress on wire (outside)")).to_be_visible()


def test_nft_registers_are_a_level_of_detail(page: Page) -> None:
    page.goto("/lab/fwd")
    expect(page.locator("header .count")).to_be_visible(timeout=SLOW)
    page.get_by_label("Detail").select_option("registers")
    registers = page.locator("dl[aria-label=Registers]")
    for _ in range(60):
        if registers.count():
            break
        page.keyboard.press("ArrowRight")
    expect(registers).to_contain_text("reg 1")
    expect(page).to_have_url(re.compile("level=registers"))


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)], ids=lambda size: str(size[0]))
def test_axe_finds_nothing_in_the_panels(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/workshop/redirect")
    expect(page.locator("#tab-walk")).to_be_attached(timeout=SLOW)
    if size[0] < 768:
        page.get_by_role("navigation", name="Workshop").get_by_role("button", name="Walk").click()
    found = {}
    for name in ("table", "results", "reach", "capture", "why"):
        opened = panel(page, name)
        if name == "reach":
            expect(opened.get_by_text("4 of 6 pairs reached")).to_be_visible(timeout=SLOW)
        if name == "capture":
            opened.get_by_label("Device", exact=True).select_option('["host","vethh"]')
            expect(opened.locator("ol li")).to_have_count(2, timeout=SLOW)
        if name == "why":
            ask_why(page)
        found[name] = [one for one in axe_violations(page) if EDITOR not in one]
    assert found == {name: [] for name in found}
