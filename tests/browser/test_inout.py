"""What goes into the page and out of it: files, links, frames of other sites, pages that need no server."""

import json
import re
import zlib
from base64 import urlsafe_b64encode
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests import kit
from tests.browser.conftest import axe_violations

COUNT = "header .count"
PAIR = """\
ip netns add a
ip netns add b
ip link add va netns a address 02:00:00:00:00:01 type veth peer name vb netns b address 02:00:00:00:00:02
ip -n a link set va up
ip -n b link set vb up
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip netns exec b nft -f - <<'X'
table ip t {
	chain i { type filter hook input priority 0; counter %s; }
}
X
ip netns exec a ping -c 1 -W 1 10.0.0.2
"""
RULESET = """\
table ip filter {
	chain forward {
		type filter hook forward priority filter; policy drop;
		iifname "lan0" oifname "wan0" ip saddr 192.168.9.0/24 accept
		xt target "LOG"
	}
}
"""


def link(version: str, text: str) -> str:
    packed = zlib.compressobj(9, wbits=-15)
    return f"#{version}.{urlsafe_b64encode(packed.compress(text.encode()) + packed.flush()).decode().rstrip('=')}"


def export(page: Page, name: str, folder: Path) -> Path:
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.locator("[role=menuitem]", has=page.locator(f"strong:text-is('{name}')")).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_an_exported_page_plays_from_the_disk_without_a_network(
    page: Page, context: BrowserContext, tmp_path: Path
) -> None:
    page.goto("/lab/redirect?step=10")
    expect(page.locator("header .count")).to_be_visible()
    file = export(page, "HTML", tmp_path)
    assert file.stat().st_size < 400_000
    asked: list[str] = []
    alone = context.new_page()
    problems: list[str] = []
    alone.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    alone.on("pageerror", lambda error: problems.append(str(error)))
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(file.as_uri())
    expect(alone.get_by_role("heading", name="Redirected past netfilter")).to_be_visible()
    expect(alone.locator(COUNT)).to_have_text(re.compile(r"step [2-9]\d* of \d+"))
    alone.keyboard.press("Home")
    alone.get_by_role("button", name="Play").click()
    expect(alone.locator(COUNT)).to_have_text(re.compile(r"step [3-9] of"))
    alone.keyboard.press("End")
    expect(alone.locator('[data-hook="host/vethh/nft egress"]')).to_have_accessible_name(re.compile("passed by"))
    expect(alone.get_by_role("link", name="Open in Hookwalk")).to_have_attribute("href", re.compile("/lab/redirect"))
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert axe_violations(alone) == []
    assert problems == []


def test_the_picture_is_written_as_svg_and_png_and_the_frames_as_pcapng(page: Page, tmp_path: Path) -> None:
    page.goto("/lab/fwd?step=40")
    expect(page.locator("header .count")).to_be_visible()
    svg = export(page, "SVG", tmp_path).read_text()
    assert "<svg" in svg
    assert "var(--" not in svg
    assert "class=" not in svg
    assert "/lab/fwd" in svg
    assert export(page, "PNG", tmp_path).read_bytes().startswith(b"\x89PNG")
    assert export(page, "pcapng", tmp_path).read_bytes().startswith(b"\x0a\x0d\x0d\x0a")
    assert export(page, "Script", tmp_path).read_text().startswith("#")
    assert axe_violations(page) == []


def test_a_shared_link_opens_the_very_lab_elsewhere(page: Page, context: BrowserContext) -> None:
    page.goto(f"/lab{link('v1', PAIR % '')}")
    expect(page.locator("header .count")).to_be_visible()
    page.get_by_role("button", name="Share").click()
    field = page.get_by_role("textbox", name="Link")
    expect(field).to_have_value(re.compile(r"/lab#v1\."))
    expect(page.get_by_text(re.compile(r"\d+ characters: the lab itself is in the link"))).to_be_visible()
    expect(page.get_by_role("textbox", name="For a web page")).to_have_value(
        re.compile(r'<iframe src="http.*/embed#v1')
    )
    assert axe_violations(page) == []
    other = context.new_page()
    other.goto(field.input_value())
    expect(
        other.locator('[data-hook="b//input"]').or_(other.locator('[data-hook^="b/"][data-hook$="input"]')).first
    ).to_be_visible()
    expect(other.get_by_text("10.0.0.2").first).to_be_visible()


def test_a_link_that_is_bad_says_what_is_wrong(page: Page) -> None:
    page.goto("/lab#v9.AAAA")
    expect(page.get_by_role("status").filter(has_text="newer Hookwalk (v9)")).to_be_visible()
    page.goto("/twin#v1.AAAA")
    expect(page.get_by_role("status").filter(has_text="cut off or was changed")).to_be_visible()
    page.goto(f"/twin{link('v1', 'true')}")
    expect(page.get_by_role("status").filter(has_text="holds one lab")).to_be_visible()


def test_two_scripts_are_compared_by_value(page: Page) -> None:
    title = "<img src=x onerror=alert(1)>"
    both = json.dumps({"t": title, "s": PAIR % "", "u": "dropping", "o": PAIR % "drop"})
    page.goto(f"/twin{link('v2', both)}")
    expect(page.get_by_role("heading", name=title, exact=False).first).to_be_attached()
    expect(page.get_by_role("tab", name="Path")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ stops differ"))).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("dropped")).first).to_be_visible()
    page.get_by_role("tab", name="Captures").click()
    expect(page.get_by_role("cell", name=re.compile("echo reply")).first).to_be_visible()
    page.get_by_role("tab", name="Fields").click()
    page.get_by_role("tab", name="Counters").click()
    expect(page.get_by_role("tabpanel")).to_be_visible()
    assert axe_violations(page) == []


@pytest.mark.parametrize(("path", "shown"), [("/embed/redirect", True), ("/lab/redirect", False)])
def test_only_the_embedded_page_is_shown_in_frames_of_other_sites(
    path: str, shown: bool, context: BrowserContext, server: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text(f'<iframe src="{server}{path}" width="960" height="640"></iframe>')
    page = context.new_page()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as site:
        Thread(target=site.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{site.server_address[1]}/")
        site.shutdown()
    frame = page.frame_locator("iframe")
    if shown:
        expect(frame.locator(COUNT)).to_be_visible()
        expect(frame.get_by_role("link", name="Open in Hookwalk")).to_have_attribute(
            "href", re.compile("^/lab/redirect")
        )
    else:
        page.wait_for_timeout(500)
        expect(frame.locator(COUNT)).to_have_count(0)


def test_a_ruleset_is_opened_as_a_lab_and_a_capture_is_refused(page: Page, tmp_path: Path) -> None:
    page.goto("/lab/redirect")
    expect(page.locator("header .count")).to_be_visible()
    ruleset, capture = tmp_path / "gate.nft", tmp_path / "x.pcapng"
    ruleset.write_text(RULESET)
    capture.write_bytes(b"\x0a\x0d\x0d\x0a\x00\x00")
    chooser = page.get_by_label("Open a file").first
    page.locator("input[type=file]").set_input_files(capture)
    expect(page.get_by_role("alert").filter(has_text="packet capture")).to_be_visible()
    page.locator("input[type=file]").set_input_files(ruleset)
    expect(page.get_by_text("Made a lab of the ruleset.")).to_be_visible()
    expect(page.get_by_text('left out: xt target "LOG"', exact=False).first).to_be_visible()
    expect(page.get_by_text("192.168.9.1").first).to_be_visible()
    expect(page.locator("nav .title", has_text="gate")).to_be_visible()
    expect(chooser).to_be_attached()
    assert axe_violations(page) == []


def test_a_lab_is_opened_where_it_is_dropped(page: Page) -> None:
    page.goto("/lab/redirect")
    expect(page.locator("header .count")).to_be_visible()
    script = kit.lab("001-plain").read_text()
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.items.add(new File([text], "plain.sh"));
          window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        script,
    )
    expect(page.locator("nav .title", has_text="plain")).to_be_visible()


def test_a_short_link_is_made_when_it_is_asked_for_and_leads_back_to_the_lab(page: Page) -> None:
    page.goto("/lab" + link("v1", PAIR % "accept"))
    expect(page.locator(COUNT)).to_be_visible()
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share")
    expect(dialog.get_by_text("This server will keep the lab")).to_be_visible()
    dialog.get_by_role("button", name="Make a short link").click()
    short = dialog.get_by_label("Short link", exact=True)
    expect(short).to_have_value(re.compile(r"/s/[a-z2-7]{8}$"))
    assert axe_violations(page) == []
    page.goto(short.input_value())
    expect(page).to_have_url(re.compile(r"/lab\??[^#]*#v1\."))
    expect(page.locator(COUNT)).to_be_visible()
