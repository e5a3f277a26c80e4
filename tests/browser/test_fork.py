"""Forks and variants, colours, break points, rules, and a lab that is open in two tabs: by pointer and by keyboard."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import axe_violations
from tests.browser.test_workshop import badge, has_line, open_workshop, row, script_of

TEXT = "ip netns add a\nip netns add b\nip netns exec a ping -c 1 127.0.0.1\nip netns exec b ip link set lo up\n"


def has_no_line(page: Page, pattern: str) -> None:
    """Waits until no line of the script matches."""
    page.wait_for_function(
        "pattern => { window.dispatchEvent(new Event('pagehide'));"
        " const doc = JSON.parse(localStorage.getItem('hookwalk.document.workshop') ?? '{\"doc\": \"\"}').doc;"
        " return !doc.split('\\n').some((line) => new RegExp(pattern).test(line)); }",
        arg=pattern,
    )


def walked(page: Page, path: str = "/workshop/redirect") -> None:
    open_workshop(page, path)
    expect(page.get_by_role("slider").first).to_be_visible()


def test_a_fork_from_a_walk_keeps_the_lab_as_a_variant_that_the_twin_compares_with(page: Page) -> None:
    walked(page)
    before = script_of(page)
    page.get_by_role("button", name="Fork here").click()
    has_no_line(page, "nft list ruleset")
    has_line(page, "ping -c 1 -W 1 10.0.0.3")
    told = page.get_by_role("region", name=re.compile("Forked"))
    expect(told).to_be_visible()
    assert axe_violations(page) == []
    told.get_by_role("button", name="Undo the fork").click()
    has_line(page, "nft list ruleset")
    assert script_of(page) == before
    expect(told).to_have_count(0)

    page.reload()
    page.get_by_role("button", name="Variants 1").click()
    dialog = page.get_by_role("dialog", name="Variants")
    expect(dialog.get_by_role("listitem")).to_contain_text("before the fork at line")
    assert axe_violations(page) == []


def test_a_fork_by_keyboard_and_what_comes_of_it(page: Page) -> None:
    walked(page)
    page.keyboard.press("Shift+F")
    has_no_line(page, "nft list ruleset")
    expect(page.get_by_role("status").filter(has_text="Forked")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name=re.compile("Forked"))).to_have_count(0)
    page.locator("summary", has_text="Twin").press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="before: fork at line")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/twin"))
    expect(page.get_by_text("before: fork at line").first).to_be_visible()


def test_a_fork_from_a_row_of_the_table(page: Page) -> None:
    walked(page)
    page.get_by_role("tab", name="Table").click()
    page.get_by_role("table").get_by_role("button", name="Fork here").click()
    has_no_line(page, "nft list ruleset")


def test_a_fork_from_a_line_of_the_script_by_button_and_by_keys(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    editor = page.get_by_role("textbox", name="Lab script")
    editor.get_by_text("ip netns add container").click()
    page.get_by_role("button", name="Fork at line 5").click()
    expect(page.get_by_role("treeitem").filter(has_text=re.compile("vethh"))).to_have_count(0)
    expect(row(page, "container")).to_have_count(1)
    page.keyboard.press("ControlOrMeta+z")
    has_line(page, "nft list ruleset")
    editor.get_by_text("ip netns add host").click()
    page.keyboard.press("ControlOrMeta+Shift+F")
    expect(row(page, "container")).to_have_count(0)
    expect(page.get_by_role("button", name="Variants 1")).to_be_visible()  # the same lab is kept once


def test_variants_are_opened_deleted_and_brought_back(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    page.get_by_role("button", name="Variants").click()
    dialog = page.get_by_role("dialog", name="Variants")
    dialog.get_by_role("button", name="Keep the lab as it is now").click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_role("button", name=re.compile("^Delete")).click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    page.keyboard.press("Enter")  # on Bring back
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    dialog.get_by_role("button", name=re.compile("^Rename")).press("Enter")
    expect(dialog.get_by_role("textbox", name=re.compile("^New name"))).to_be_focused()
    assert axe_violations(page) == []
    page.keyboard.type("before the mirror")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status").filter(has_text="before the mirror")).to_have_count(1)
    expect(dialog.get_by_role("button", name="Rename: before the mirror")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("not this")
    page.keyboard.press("Escape")  # gives the name up, and leaves the dialog open
    expect(dialog.get_by_role("listitem")).to_contain_text("before the mirror")
    page.keyboard.press("Escape")
    page.reload()
    page.get_by_role("button", name="Variants 1").click()
    expect(dialog.get_by_role("listitem")).to_contain_text("before the mirror")
    page.keyboard.press("Escape")
    kept = script_of(page)
    page.locator("body").press("Shift+F")
    has_no_line(page, "nft list ruleset")
    page.get_by_role("button", name="Variants").click()
    dialog.get_by_role("button", name=re.compile("^Open")).last.click()
    has_line(page, "nft list ruleset")
    assert script_of(page) == kept
    page.keyboard.press("ControlOrMeta+z")
    has_no_line(page, "nft list ruleset")


def test_break_points_survive_a_reload_and_go_with_their_hooks(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    badge(page, "host/eth0/tc ingress").click()
    page.keyboard.press("b")
    badge(page, "container/vethc/nft ingress").click()
    page.keyboard.press("b")
    page.reload()
    badge(page, "host/eth0/tc ingress").click()
    expect(page.get_by_role("button", name="Break", exact=True)).to_have_attribute("aria-pressed", "true")
    row(page, "vethc").click()
    page.keyboard.press("Delete")
    expect(row(page, "vethc")).to_have_count(0)
    page.reload()
    badge(page, "host/eth0/tc ingress").click()
    expect(page.get_by_role("button", name="Break", exact=True)).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("localStorage.getItem('hookwalk.breaks.workshop')") == '["host/eth0/tc ingress"]'


def test_a_probe_is_deleted_in_its_row_and_by_the_delete_key(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Delete probe 1").click()
    has_no_line(page, "ping -c 1")
    expect(page.get_by_text("No probe", exact=False).first).to_be_visible()
    page.keyboard.press("ControlOrMeta+z")
    has_line(page, "ping -c 1")
    page.get_by_role("table").get_by_role("button", name=re.compile("ping")).focus()
    assert axe_violations(page) == []
    page.keyboard.press("Delete")
    has_no_line(page, "ping -c 1")


def test_what_another_tab_writes_is_offered_and_neither_text_is_lost(context: BrowserContext, page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    before = script_of(page)
    other = context.new_page()
    walked(other, "/workshop")
    other.keyboard.press("Shift+F")
    has_no_line(other, "nft list ruleset")
    forked = script_of(other)
    told = page.get_by_role("region", name=re.compile("Another tab"))
    expect(told).to_be_visible()
    assert axe_violations(page) == []
    told.get_by_role("button", name="Take the other").click()
    assert script_of(page) == forked
    page.keyboard.press("ControlOrMeta+z")
    assert script_of(page) == before
    expect(other.get_by_role("region", name=re.compile("Another tab"))).to_be_visible()
    other.get_by_role("button", name="Keep mine").click()
    assert script_of(other) == forked
    other.get_by_role("button", name="Variants").click()
    expect(other.get_by_role("dialog", name="Variants")).to_contain_text("from the other tab")
    other.close()


def test_a_namespace_is_marked_from_its_menu_from_the_tree_and_by_keyboard(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    row(page, "host").click()
    page.get_by_role("toolbar", name="host").get_by_role("button", name=re.compile("^Colour")).click()
    dialog = page.get_by_role("dialog", name="Colour of host")
    assert axe_violations(page) == []
    dialog.get_by_role("radio", name="green").click()
    has_line(page, "^#: colour host 3$")
    expect(row(page, "host")).to_contain_text("marked green")
    page.keyboard.press("k")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    has_line(page, "^#: colour host 4$")
    row(page, "host").locator(".mark").click()
    dialog.get_by_role("radio", name="none").click()
    has_no_line(page, "^#: colour")
    page.keyboard.press("ControlOrMeta+z")
    has_line(page, "^#: colour host 4$")
    assert axe_violations(page) == []


def test_a_rule_is_written_in_a_field_that_completes_checks_and_compiles(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    badge(page, "container/vethc/nft ingress").click()
    page.get_by_role("toolbar").get_by_role("button", name=re.compile("^Rule")).click()
    form = page.get_by_role("region", name="Rule at nft ingress on vethc")
    field = form.get_by_role("textbox", name="nft rule")
    expect(field).to_be_focused()
    page.keyboard.type("ip daddr 10.0.0.3 foo drop")
    expect(form.get_by_role("status")).to_contain_text("23: Error: syntax error, unexpected drop")
    expect(form.get_by_role("button", name="Apply")).to_be_disabled()
    assert axe_violations(page) == []
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("ip daddr 10.0.0.3 coun")
    expect(form.get_by_role("option", name=re.compile("counter"))).to_be_visible()
    page.wait_for_timeout(150)  # a list that has just opened takes no key, lest one chooses what one has not seen
    page.keyboard.press("Tab")
    page.keyboard.type(" drop")
    expect(form.get_by_role("listitem").last).to_contain_text("drop")
    expect(form).to_contain_text("nft add rule netdev t i ip daddr 10.0.0.3 counter drop")
    assert axe_violations(page) == []
    form.get_by_role("button", name="Apply").click()
    has_line(page, "^ip netns exec container nft add rule netdev t i ip daddr 10.0.0.3 counter drop$")
    expect(form).to_have_count(0)
    page.keyboard.press("ControlOrMeta+z")
    has_no_line(page, "nft add rule")


def test_a_filter_is_written_by_keyboard_alone(page: Page) -> None:
    open_workshop(page, "/workshop/redirect")
    row(page, "tc ingress").first.focus()
    page.keyboard.press("c")
    form = page.get_by_role("region", name="Filter at tc ingress on eth0")
    expect(form.get_by_role("textbox", name="tc filter")).to_be_focused()
    page.keyboard.type("matchall action foo")
    expect(form.get_by_role("status")).to_contain_text("Bad action type foo")
    for _ in "foo":
        page.keyboard.press("Backspace")
    page.keyboard.type("drop")
    expect(form.get_by_role("status")).to_contain_text("Fits")
    page.keyboard.press("Enter")
    has_line(page, r"filter add dev eth0 ingress pref 20 matchall action drop$")
    expect(form).to_have_count(0)
