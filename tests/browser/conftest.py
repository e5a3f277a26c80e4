"""The browser's tests: the application as a process of its own, on a free loopback port, and headless Chromium."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium

AXE = Path(__file__).parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on that port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of `hookwalk serve`, run as a process of its own."""
    port = free_port()
    serve = [sys.executable, "-m", "webapp.cli", "serve", "--host", LOOPBACK, "--port", str(port)]
    process = subprocess.Popen(serve)
    deadline = time.monotonic() + 20
    try:
        while not accepts_connections(port):
            assert process.poll() is None, f"hookwalk serve ended with exit code {process.returncode}"
            assert time.monotonic() < deadline, "hookwalk serve does not listen"
            time.sleep(0.05)
        yield f"http://{LOOPBACK}:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium, one for all journeys."""
    executable = chromium.find()
    assert executable, "no Chromium: run tests/browser/chromium.py"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=list(chromium.FLAGS))
        yield launched
        launched.close()


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
    return [f"{rule['id']}: {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]
