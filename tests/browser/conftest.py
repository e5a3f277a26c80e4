"""The browser's tests: the application as a process of its own, on a free loopback port, and headless Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import chromium
from tests.browser.server import free_port, serving

AXE = Path(__file__).parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a server for all journeys; one that restarts it has its own (server.serving)."""
    with serving(free_port()) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one for all journeys."""
    with chromium.launched() as launched:
        yield launched


@pytest.fixture
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """A browser profile of its own for each test; paths are relative to the server."""
    profile = browser.new_context(base_url=server, viewport={"width": 1440, "height": 900})
    yield profile
    profile.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when a script throws or the console shows an error."""
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield opened
    assert errors == []


def axe_violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is now: "rule: selector"."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{rule['id']}: {_path(node['target'])}" for rule in found for node in rule["nodes"]]


def _path(target: list[str | list[str]]) -> str:
    """A node's selectors; a list in the list leads through shadow roots."""
    return " ".join(part if isinstance(part, str) else " >>> ".join(part) for part in target)
