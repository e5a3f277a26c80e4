"""200 namespaces with 600 devices in headless Chromium: how evenly they are dragged, how fast a step is drawn."""

import base64
import statistics
import zlib
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.server import free_port, serving

HOSTS = 40
CONTAINERS = 4
STEPS = 20

_FRAMES = """() => { window.frames_ = []; let last = performance.now();
    const next = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(next); };
    requestAnimationFrame(next); }"""
# scripts, styles and layout of a step; what the compositor does then, it does beside them
_STEP = """async () => { const before = performance.now();
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    for (let turn = 0; turn < 5; turn++) await Promise.resolve(); // the page's changes are made in microtasks
    document.querySelector(".scene svg").getBoundingClientRect();
    return performance.now() - before; }"""


def script() -> str:
    """HOSTS hosts, each with a bridge and containers on it, cabled to one core namespace: 201 namespaces."""
    lines = ["ip netns add core"]
    for host in range(HOSTS):
        lines += [
            f"ip netns add h{host}",
            f"ip -n h{host} link add br0 type bridge",
            f"ip link add up0 netns h{host} type veth peer name p{host} netns core",
            f"ip -n h{host} link set br0 up",
        ]
        for number in range(CONTAINERS):
            name = f"c{host}x{number}"
            lines += [
                f"ip netns add {name}",
                f"ip link add v{number} netns h{host} type veth peer name eth0 netns {name}",
                f"ip -n h{host} link set v{number} master br0 up",
                f"ip -n {name} link set eth0 up",
                f"ip -n {name} addr add 10.{host}.1.{number + 1}/24 dev eth0",
            ]
    dummies = [f"ip -n c{number}x0 link add d0 type dummy" for number in range(HOSTS)]
    return "\n".join([*lines, *dummies, "ip netns exec c0x0 ping -c 1 -W 1 10.0.1.2"]) + "\n"


def rows() -> Iterator[Row]:
    """Measures, row by row."""
    if chromium.find() is None:
        yield Row("200 namespaces in the browser", "not run", "no Chromium")
        return
    packed = zlib.compress(script().encode(), wbits=-15)
    link = "/lab#v1." + base64.urlsafe_b64encode(packed).decode().rstrip("=")
    with (
        serving(free_port()) as url,
        chromium.launched() as browser,
        browser.new_context(reduced_motion="reduce") as context,
    ):
        page = context.new_page()
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(url + link)
        page.wait_for_selector("header .count", timeout=60_000)
        page.wait_for_timeout(1000)
        frame = drag(page)
        yield Row("200 namespaces, 600 devices dragged: a frame, median", f"{frame:.1f} ms", "<= 20 ms", frame <= 20)
        step = statistics.median(page.evaluate(_STEP) for _ in range(STEPS))
        yield Row("a step drawn there", f"{step:.1f} ms", "<= 16 ms", step <= 16)


def drag(page: Page) -> float:
    """Milliseconds between frames while the picture is dragged to and fro."""
    box = page.locator(".scene").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_FRAMES)
    for at in range(120):
        page.mouse.move(x - 4 * min(at, 120 - at), y - at)
    frames: list[float] = page.evaluate("window.frames_")
    page.mouse.up()
    return statistics.median(frames)
