"""The interface in German, and the way from one language to the other."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import AXE

TEXTS = Path(__file__).parents[2] / "static" / "src" / "text"
LITERAL = re.compile(r'"([^"\\\n]{3,})"')

SEEN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement;
    if (inside && !inside.closest("script, style, noscript, [lang='en']")) found.push(walker.currentNode.data);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const name of ["aria-label", "title", "placeholder"])
      if (!element.closest("[lang='en']")) found.push(element.getAttribute(name) ?? "");
  return found.map((text) => text.trim());
}"""


def literals(folder: Path) -> set[str]:
    files = [file for file in folder.glob("*.ts") if not file.name.endswith(".test.ts")]
    return {text for file in files for text in LITERAL.findall(file.read_text())}


@pytest.fixture(scope="module")
def english_only() -> set[str]:
    """What the English tables say and the German ones do not; not names of devices, files and topics."""
    only = literals(TEXTS) - literals(TEXTS / "de")
    return {text for text in only if not re.fullmatch(r"[a-z0-9_.]+", text)}


def german(browser: Browser) -> Page:
    return browser.new_context(locale="de-DE", viewport={"width": 1440, "height": 900}).new_page()


def leftovers(page: Page, english_only: set[str]) -> set[str]:
    return english_only & set(page.evaluate(SEEN))


@pytest.mark.parametrize(
    "path", ["/", "/lab/redirect", "/workshop", "/workshop/container-policy", "/twin/redirect/fwd", "/lessons"]
)
def test_no_english_is_left_on_a_german_page(browser: Browser, server: str, english_only: set[str], path: str) -> None:
    assert len(english_only) > 400
    page = german(browser)
    page.goto(server + path)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.locator("h1, header").first.wait_for()
    page.wait_for_timeout(500)
    assert leftovers(page, english_only) == set()
    if path.startswith(("/workshop/", "/lab")):
        for tab in page.get_by_role("tab").all()[:7]:
            tab.click()
            page.wait_for_timeout(150)
            assert leftovers(page, english_only) == set(), tab.text_content()
        page.keyboard.press("Escape")
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run({ runOnly: ['html-has-lang', 'html-lang-valid', 'valid-lang'] })")
    assert found["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_the_switch_keeps_the_lab_and_the_address(browser: Browser, server: str) -> None:
    page = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}).new_page()
    page.goto(server + "/lab/redirect?step=3")
    page.wait_for_timeout(300)
    address = page.url
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Teilen")).to_be_visible()
    assert page.url == address

    page.goto(server + "/workshop")
    page.get_by_role("button", name="Zwei Hosts machen, die sich anpingen").click()
    expect(page.locator(".cm-content")).to_contain_text("ping -c 1")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".cm-content")).to_contain_text("ping -c 1")
    expect(page.get_by_role("button", name="Send probe").first).to_be_visible()
    page.context.close()
