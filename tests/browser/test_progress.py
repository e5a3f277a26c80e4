"""Progress under a code word: given in one browser, taken in another."""

from playwright.sync_api import Browser, Page, expect

KEY = "hookwalk.progress"
SOLVED = """([key, task]) => localStorage.setItem(key, JSON.stringify({ version: 1, language: "", lessons: [
  { lesson: "01-what-a-hook-is", at: 1, tasks: [
    { task, state: "right", tries: 1, hints: 0, points: 0, commands: 0, chosen: [], script: "" } ] } ] }))"""


def course(browser: Browser, server: str, task: int) -> Page:
    """The course in a browser of its own, in which one task of the first lesson is solved."""
    page = browser.new_context(base_url=server, locale="en-GB").new_page()
    page.goto("/lessons")
    data = page.evaluate("JSON.parse(document.getElementById('page-data').textContent)")
    page.evaluate(SOLVED, [KEY, data["course"]["lessons"][0]["tasks"][task]])
    page.reload()
    expect(page.locator("li").filter(has_text="1. ").first.locator("i.right")).to_have_count(1)
    return page


def test_three_words_bring_progress_to_another_browser(browser: Browser, server: str) -> None:
    one = course(browser, server, 0)
    one.get_by_role("button", name="Keep my progress on this server").click()
    words = one.locator(".given .words").inner_text()
    assert len(words.split()) == 3
    one.get_by_role("button", name="I have written them down").click()
    one.reload()
    expect(one.get_by_text("under your code word")).to_be_visible()
    expect(one.get_by_text(words)).to_have_count(0)

    other = course(browser, server, 1)
    other.get_by_role("button", name="I have a code word").click()
    other.get_by_label("Your three words").fill("no such words")
    other.get_by_role("button", name="Load my progress").click()
    expect(other.get_by_role("alert")).to_contain_text("Nothing is kept under these words")
    other.get_by_label("Your three words").fill(words.upper().replace(" ", "-"))
    other.get_by_role("button", name="Load my progress").click()
    expect(other.locator("ol li").first.locator("i.right")).to_have_count(2)

    one.reload()
    expect(one.locator("ol li").first.locator("i.right")).to_have_count(2)
    one.context.close()
    other.context.close()
