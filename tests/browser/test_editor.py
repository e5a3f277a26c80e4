"""The script's editor: a faulty rule is explained and put right; by keyboard alone, and after a reload."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import axe_violations

SCRIPT = """\
ip netns add host
ip netns add c1
ip -n host link add vethh type veth peer name vethc netns c1
ip netns exec host nft -f - <<'X'
table netdev t {
	chain e {
		type filter hook egress device "vethh" priority filter; policy accept;
		ip daddr 10.0.0.3 counter
		masquerade
	}
}
X
ip -n host link set vethx up
"""
CARD = ".cm-card"


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Lab script")


def write(page: Page, script: str) -> None:
    page.goto("/workshop")
    editor(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(script)


def text(page: Page) -> str:
    """The script as the browser keeps it."""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    doc: str = page.evaluate("JSON.parse(localStorage['hookwalk.document.workshop']).doc")
    return doc


def select(page: Page, word: str) -> None:
    """Finds a word with the editor's own search, and leaves it selected."""
    page.keyboard.press("Control+f")
    page.keyboard.type(word)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def test_a_faulty_rule_is_marked_explained_and_put_right(page: Page) -> None:
    write(page, SCRIPT)
    card = page.locator(CARD).first
    expect(card).to_contain_text("9:3 Error: NAT is only supported for IPv4/IPv6")
    expect(card).to_contain_text("Put the rule into an ip table")
    expect(page.locator(".cm-wrong").first).to_have_text("masquerade")
    expect(page.locator(".cm-wrong").nth(1)).to_have_text("vethx")
    page.get_by_role("button", name="Write vethh").click()
    expect(page.locator(CARD)).to_have_count(1)
    page.get_by_role("button", name="Go to column 3").click()
    expect(editor(page)).to_be_focused()
    page.keyboard.press("Shift+End")
    page.keyboard.insert_text("accept")
    expect(page.locator(CARD)).to_have_count(0)
    assert "masquerade" not in text(page)
    assert "link set vethh up" in text(page)


def test_the_rule_at_the_cursor_shows_what_it_compiles_to(page: Page) -> None:
    write(page, SCRIPT.replace("\t\tmasquerade\n", ""))
    select(page, "daddr")
    compiled = page.get_by_role("region", name="Compiled")
    expect(compiled).to_contain_text("[ payload load 4b @ network header + 16 => reg 1 ]")
    expect(compiled).to_contain_text("[ counter pkts 0 bytes 0 ]")
    page.keyboard.press("Control+Home")
    expect(compiled).to_contain_text("Put the cursor on an nft rule")


def test_completion_knows_the_devices_of_the_namespace_and_the_grammar(page: Page) -> None:
    write(page, SCRIPT.replace("\t\tmasquerade\n", "").replace("vethx", "vethh"))
    expect(page.get_by_role("treeitem").filter(has_text="vethh").first).to_be_visible()
    page.keyboard.press("Control+End")
    page.keyboard.type("ip -n c1 link set v")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_contain_text("vethc")
    page.wait_for_timeout(150)  # a list that has only just opened does not take Enter, lest it be meant for the text
    page.keyboard.press("Enter")
    page.keyboard.type(" u")
    expect(page.get_by_role("option", name=re.compile("^up"))).to_be_visible()
    page.wait_for_timeout(150)
    page.keyboard.press("Tab")
    assert text(page).endswith("ip -n c1 link set vethc up")


def test_a_text_that_is_no_script_yet_is_kept_as_a_draft_and_the_picture_stays(page: Page) -> None:
    write(page, "ip netns add host\n")
    host = page.get_by_role("treeitem").filter(has_text="host")
    expect(host.first).to_be_visible()
    page.keyboard.type("ip netns add 'c1")
    expect(page.locator(CARD)).to_contain_text("2:14 unexpected EOF while looking for matching")
    expect(page.locator(CARD)).to_contain_text("draft")
    expect(host.first).to_be_visible()
    page.keyboard.type("'")
    expect(page.locator(CARD)).to_have_count(0)
    expect(page.get_by_role("treeitem").filter(has_text="c1").first).to_be_visible()


def test_undo_reaches_back_over_a_reload(page: Page) -> None:
    write(page, "ip netns add one\n")
    page.wait_for_timeout(900)  # a rest, after which typing is another step
    page.keyboard.type("ip netns add two")
    expect(page.get_by_role("treeitem").filter(has_text="two").first).to_be_visible()
    page.reload()
    expect(editor(page)).to_contain_text("ip netns add two")
    undo = page.get_by_role("button", name=re.compile("Undo"))
    undo.click()
    expect(editor(page)).not_to_contain_text("two")
    expect(editor(page)).to_contain_text("ip netns add one")
    page.get_by_role("button", name=re.compile("Redo")).click()
    expect(page.get_by_role("treeitem").filter(has_text="two").first).to_be_visible()


def test_escape_and_tab_leave_the_editor_and_tab_alone_does_not(page: Page) -> None:
    write(page, "ip netns add one\n")
    page.keyboard.press("Tab")
    expect(editor(page)).to_be_focused()
    assert text(page).endswith("\t")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor(page)).not_to_be_focused()


def test_errors_and_help_are_reached_by_keyboard(page: Page) -> None:
    write(page, SCRIPT)
    expect(page.locator(CARD)).to_have_count(2)
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    page.keyboard.press("F1")
    expect(page.locator(".cm-help")).to_contain_text("Source becomes the address of the device")
    page.keyboard.press("Escape")
    expect(page.locator(".cm-help")).to_have_count(0)
    expect(editor(page)).to_be_focused()


def test_what_is_chosen_in_the_picture_is_marked_in_the_script(page: Page) -> None:
    write(page, SCRIPT.replace("\t\tmasquerade\n", "").replace("vethx", "vethh"))
    page.locator('[role="treeitem"][data-key*="device c1/vethc"]').click()
    expect(page.locator(".cm-chosen")).to_have_count(1)
    expect(page.locator(".cm-chosen")).to_contain_text("vethc")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_errors_on_the_page(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    write(page, SCRIPT)
    expect(page.locator(CARD)).to_have_count(2)
    assert axe_violations(page) == []


def test_a_rule_is_compiled_on_a_page_on_which_nothing_was_done_yet(page: Page) -> None:
    page.goto("/workshop/redirect")
    page.get_by_role("textbox", name="Lab script").get_by_text("hook egress device").click()
    page.keyboard.press("End")
    for _ in "er; }":
        page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("region", name="Compiled")).to_contain_text("counter pkts 0 bytes 0")
