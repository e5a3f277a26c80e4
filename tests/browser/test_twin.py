"""Two labs side by side: read at every width, opened where they part, and reached from a lab that was built."""

import json
import re
import zlib
from base64 import urlsafe_b64encode

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_workshop import drag, inside, middle, open_workshop, tile, two_hosts

COUNT = "header .count"
_HOSTS = {"host": "", "h2": "10.0.0", "c1": "10.0.1", "c2": "10.0.2"}


def _lab() -> str:
    """A router and three hosts: a picture that is wider than half of a small screen."""
    lines = [f"ip netns add {name}" for name in _HOSTS]
    quiet = "sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
    lines += [f"ip netns exec {name} {quiet}" for name in _HOSTS]
    for name, net in list(_HOSTS.items())[1:]:
        lines += [
            f"ip link add to-{name} netns host type veth peer name eth0 netns {name}",
            f"ip -n host addr add {net}.1/24 dev to-{name}",
            f"ip -n {name} addr add {net}.2/24 dev eth0",
            f"ip -n host link set to-{name} up",
            f"ip -n {name} link set eth0 up",
            f"ip -n {name} route add default via {net}.1",
        ]
    return "\n".join([*lines, "ip netns exec host sysctl -qw net.ipv4.ip_forward=1", ""])


def _link() -> str:
    lab, probe = _lab(), "ip netns exec h2 ping -c 1 -W 1 10.0.1.2\n"
    off = "ip netns exec host sysctl -qw net.ipv4.ip_forward=0\n"
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps({"t": "one", "s": lab + probe, "u": "other", "o": lab + off + probe}).encode())
    return "/twin#v2." + urlsafe_b64encode(packed + packer.flush()).decode().rstrip("=")


def test_a_twin_opens_where_the_walks_part_unless_the_link_says_a_step(page: Page) -> None:
    page.goto("/twin/redirect/fwd")
    expect(page.locator(COUNT)).to_have_text(re.compile("step 6 of"))
    expect(page.locator("tbody tr.here")).to_have_count(1)
    page.get_by_role("button", name="First step").click()
    expect(page).to_have_url(re.compile(r"step=0"))
    page.reload()
    expect(page.locator(COUNT)).to_have_text(re.compile("step 1 of"))


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768)])
@pytest.mark.parametrize("path", ["/twin/redirect/fwd", _link()], ids=["three", "four"])
def test_both_pictures_are_seen_whole_and_can_be_read(page: Page, width: int, height: int, path: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(path)
    expect(page.locator(COUNT)).to_have_text(re.compile(r"step [1-9]\d* of [1-9]"))
    for side in page.locator(".side").all():
        whole = side.locator(".scene").bounding_box()
        assert whole
        for name in side.locator(".scene text.name").all():
            box = name.bounding_box()
            assert box
            assert whole["x"] <= box["x"]
            assert box["x"] + box["width"] <= whole["x"] + whole["width"]
        scale = side.locator(".scene svg > g").first.get_attribute("transform") or ""
        found = re.search(r"scale\(([\d.]+)\)", scale)
        assert found
        assert float(found[1]) >= 0.6


def test_on_a_phone_one_picture_stands_above_the_other_and_follows_the_packet(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(_link())
    expect(page.get_by_text("first divergence")).to_be_attached()
    first, second = (side.bounding_box() for side in page.locator(".side").all())
    assert first
    assert second
    assert second["y"] >= first["y"] + first["height"]
    for side in page.locator(".side").all():
        dot, whole = side.locator(".scene circle.casing").first.bounding_box(), side.locator(".scene").bounding_box()
        assert dot
        assert whole
        assert whole["x"] <= dot["x"] <= whole["x"] + whole["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_a_lab_built_from_nothing_is_compared_with_itself_before_its_last_step(page: Page, width: int) -> None:
    two_hosts(page)
    drag(page, middle(tile(page, "probe")), inside(page, "h2"))
    expect(page.locator(".terminal .log")).to_contain_text("1 packets transmitted, 1 received")
    menu = page.locator("summary", has_text="Twin")
    menu.click()
    expect(page.get_by_role("group", name="Twin")).to_contain_text("Nothing to compare with yet.")
    menu.click()
    line = page.get_by_role("textbox", name="Command in")
    line.fill("ip link set eth0 mtu 1400")
    line.press("Enter")
    expect(page.locator(".terminal .log")).to_contain_text("mtu 1400")
    page.set_viewport_size({"width": width, "height": 844})
    menu.click()
    (item,) = page.get_by_role("menuitem", name=re.compile("^before:")).all()
    item.click()
    expect(page).to_have_url(re.compile("/twin"))
    for side in page.locator(".side").all():
        expect(side.locator("text.name", has_text="h2")).to_be_attached()
    expect(page.locator(COUNT)).to_have_text(re.compile(r"step \d+ of \d+"))


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_controls_of_a_walk_stand_in_one_line(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    open_workshop(page, "/workshop/redirect")
    controls = page.get_by_role("group", name="Walk").get_by_role("button")
    boxes = [box for button in controls.all() if (box := button.bounding_box())]
    assert len(boxes) >= 7
    assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 8
    expect(page.locator(".transport").get_by_role("button", name="Fork here")).to_be_visible()
