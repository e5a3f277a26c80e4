"""`make bench`: what the model, the kernel, the command and the page cost, side by side in one run.

Times are the best of several runs: what the machine can do, not what else it was doing. What runs in this process
computes and never waits, so that its processor's time is taken; the rest is by the clock on the wall. The exit code is
1 if a goal is missed.
"""

import gzip
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.bench import cases, classroom, picture, scaling
from tests.bench.kernel import on_kernel
from tests.bench.redirect import FRAMES, LAB, built, sent
from tests.bench.table import MILLISECONDS, Row, best, computed
from tests.browser import chromium
from tests.browser.server import free_port, serving
from webapp import assets
from webapp.lab.lab import Lab
from webapp.livekernel import real


def model_lab() -> float:
    """The lab built and its ping traced, in this process."""
    lab = Lab(record=True)
    seconds = computed(lambda: lab.append(LAB.read_text()))
    assert "1 received" in lab.entries[-1].output, lab.entries[-1].output
    return seconds


def frames(*, record: bool) -> float:
    """Seconds for FRAMES one-way frames through the redirect lab."""
    return sent(built(record=record))


def process() -> float:
    """The whole command, from exec to exit."""
    command = [sys.executable, "-m", "webapp.cli", "run", str(LAB)]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def script_sizes() -> Iterator[tuple[str, int]]:
    """Per page, the bytes, gzipped, of the scripts that it loads before anything is clicked."""
    manifest = msgspec.json.decode((assets.BUILD / "manifest.json").read_bytes())
    for entry in sorted(key for key, chunk in manifest.items() if chunk.get("isEntry")):
        yield Path(entry).stem, script_size(manifest, entry)


def script_size(manifest: dict[str, Any], entry: str) -> int:
    """The bytes, gzipped, of a script and of those that it imports."""
    waiting, seen = [entry], set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += manifest[key].get("imports", [])
    return sum(len(gzip.compress((assets.BUILD / manifest[key]["file"]).read_bytes())) for key in seen)


def page_interactive(path: str) -> float:
    """Seconds until the scripts of a page have run, in a browser that has nothing cached."""
    with serving(free_port()) as url, chromium.launched() as browser:

        def load() -> float:
            with browser.new_context() as context:
                page = context.new_page()
                page.goto(url + path, wait_until="load")
                entry = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
                return float(page.evaluate(entry)) / MILLISECONDS

        return statistics.median(load() for _ in range(5))


def rows() -> Iterator[Row]:
    """Measures, row by row."""
    model = best(25, model_lab)
    yield Row("redirect lab and one traced ping, model", f"{model * MILLISECONDS:.1f} ms")
    if reason := real.obstacle():
        yield Row("the same by plain commands, this kernel", "not run", reason)
    else:
        kernel = best(9, lambda: on_kernel(LAB.read_text()))
        yield Row("the same by plain commands, this kernel", f"{kernel * MILLISECONDS:.1f} ms")
        yield Row("kernel's time / model's", f"{kernel / model:.1f}", ">= 5", kernel >= 5 * model)

    before = FRAMES / best(12, lambda: frames(record=False))
    recorded = FRAMES / best(5, lambda: frames(record=True))
    after = FRAMES / best(12, lambda: frames(record=False))
    yield Row("one-way frames a second, not recorded", f"{before:,.0f}", ">= 15,000", before >= 15_000)
    yield Row("one-way frames a second, recorded", f"{recorded:,.0f}", ">= 3,000", recorded >= 3_000)
    kept = after / before
    yield Row("the first again, after recording was on and off", f"{kept:.0%}", ">= 95 %", kept >= 0.95)

    yield Row("hookwalk run, whole process", f"{best(9, process) * MILLISECONDS:.0f} ms")

    for page, size in script_sizes():
        yield Row(f"scripts of page {page}, gzip", f"{size / 1024:.1f} KiB", "<= 150 KiB", size <= 150 * 1024)
    if chromium.find() is None:
        yield Row("first page interactive", "not run", "no Chromium")
    else:
        interactive = page_interactive("/")
        yield Row("first page interactive", f"{interactive * MILLISECONDS:.0f} ms", "<= 1000 ms", interactive <= 1)

    yield from picture.rows()
    yield from scaling.rows()
    yield from classroom.rows()
    yield from cases.rows()


def main() -> int:
    """Prints each row as it is measured."""
    missed = False
    for row in rows():
        print(row, flush=True)
        missed |= row.reached is False
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
