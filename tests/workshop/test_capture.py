"""A capture that is read from a walk is what the model's tcpdump prints when it listens; its file can be read."""

import subprocess
from pathlib import Path
from shutil import which
from struct import unpack_from

import pytest

from tests.kit import lab as case
from webapp.lab.builtin import builtin
from webapp.lab.lab import Entry, Lab
from webapp.userland.tcpdump.frame import read_frame
from webapp.workshop.capture import Capture, capture


def probe_of(script: str, number: int = 0) -> Entry:
    lab = Lab(record=True)
    lab.append(script)
    return [entry for entry in lab.entries if entry.probe is not None][number]


def captured(script: str, netns: str, dev: str) -> Capture:
    probe = probe_of(script).probe
    assert probe is not None
    return capture(probe.walk, probe.topology, netns, dev)


def heard(script: str, netns: str, dev: str) -> list[str]:
    """What tcpdump prints during the first probe, when it is started before it."""
    line = probe_of(script).line
    lines = script.splitlines()
    lines.insert(line - 1, f"ip netns exec {netns} tcpdump -l -n -i {dev or 'any'} &")
    lab = Lab(record=True)
    lab.append("\n".join(lines[: line + 1]) + "\nkill %1\nwait\n")
    output = "".join(entry.output for entry in lab.entries)
    return [text for text in output.splitlines() if text.startswith(("00:00:", "IP ", "ARP"))]


REDIRECT = builtin("redirect")
assert REDIRECT is not None


@pytest.mark.parametrize(
    ("name", "netns", "dev"),
    [
        ("010-tc-redirect-host-to-container", "h", "vethh"),
        ("010-tc-redirect-host-to-container", "h", ""),
        ("025-nft-dup-ingress", "h", "vethh"),
        ("030-vxlan-overlay-and-underlay", "a", "vx"),
        ("030-vxlan-overlay-and-underlay", "a", "v0"),
        ("060-bridge-plain", "s", "br0"),
        ("060-bridge-plain", "s", "pc"),
        ("076-defrag-by-conntrack", "b", "v1"),
        ("080-arp-dropped-at-egress", "a", "v0"),
        ("307-act-vlan-push-pop.vm", "b", "v1"),
        ("086-lo-down", "a", "v0"),
    ],
)
def test_the_lines_are_those_of_a_tcpdump_that_listened(name: str, netns: str, dev: str) -> None:
    script = case(name).read_text()
    lines = [line for frame in captured(script, netns, dev).frames for line in frame.text.splitlines()]
    assert lines == heard(script, netns, dev)


def test_frames_know_their_step_and_direction() -> None:
    probe = probe_of(REDIRECT.script).probe
    assert probe is not None
    request, reply = capture(probe.walk, probe.topology, "host", "vethh").frames
    assert (request.outgoing, reply.outgoing) == (True, False)
    assert probe.walk.steps[request.step].symbol == "dev_hard_start_xmit"
    assert probe.walk.steps[reply.step].station == "tc ingress"


# the file, read by a reader of its own


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    at = 0
    while at < len(data):
        kind, length = unpack_from("<II", data, at)
        assert length % 4 == 0
        assert unpack_from("<I", data, at + length - 4) == (length,)
        found.append((kind, data[at + 8 : at + length - 4]))
        at += length
    return found


def options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while True:
        code, length = unpack_from("<HH", data, at)
        if code == 0:
            assert at + 4 == len(data)
            return found
        found[code] = data[at + 4 : at + 4 + length]
        at += 4 + length + (-length % 4)


def test_the_file_holds_the_frames_with_times_directions_and_comments() -> None:
    probe = probe_of(REDIRECT.script).probe
    assert probe is not None
    result = capture(probe.walk, probe.topology, "host", "")
    (kind, header), *rest = blocks(result.pcapng)
    assert (kind, unpack_from("<IHHq", header)) == (0x0A0D0D0A, (0x1A2B3C4D, 1, 0, -1))
    names = [options(body[8:])[2] for kind, body in rest if kind == 1]
    assert names == [b"host/eth0", b"host/vethh"]
    packets = [body for kind, body in rest if kind == 6]
    assert len(packets) == len(result.frames) == 4
    for body, frame in zip(packets, result.frames, strict=True):
        interface, high, low, length, original = unpack_from("<IIIII", body)
        assert length == original == 98
        found = options(body[20 + length + -length % 4 :])
        assert found[2] == (b"\2" if frame.outgoing else b"\1") + bytes(3)
        assert high << 32 | low == probe.walk.steps[frame.step].time
        read = read_frame(body[20 : 20 + length], 0)
        assert read.data[read.network + 9] == 1  # ICMP
        assert names[interface].decode().split("/")[1] == probe.walk.steps[frame.step].dev
    comment = options(packets[0][20 + 98 + 2 :])[1].decode()
    assert comment.splitlines() == [
        "step 18 tc ingress on host/eth0: taken",
        "step 25 nft ingress on host/eth0: passed by, tc ingress took the packet",
        "step 27 nft egress on host/vethh: passed by, nf_skip_egress = 1",
        "step 28 tc egress on host/vethh: ok",
    ]


def test_a_comment_says_where_a_frame_was_dropped() -> None:
    result = captured(case("007-ingress-nft-drop").read_text(), "b", "v1")
    (_, body), *_ = [block for block in blocks(result.pcapng) if block[0] == 6]
    comment = options(body[20 + 98 + 2 :])[1].decode()
    assert "nft ingress on b/v1: drop" in comment
    assert "dropped, NETFILTER_DROP" in comment


@pytest.mark.skipif(which("tshark") is None, reason="tshark is not installed")
def test_wireshark_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "lab.pcapng"
    path.write_bytes(captured(REDIRECT.script, "host", "").pcapng)
    fields = [word for name in ("frame.interface_name", "frame.comment", "icmp.type") for word in ("-e", name)]
    output = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", *fields], capture_output=True, text=True, check=True
    )
    rows = [row.split("\t") for row in output.stdout.splitlines()]
    assert [(row[0], row[2]) for row in rows] == [
        ("host/eth0", "8"), ("host/vethh", "8"), ("host/vethh", "0"), ("host/eth0", "0"),
    ]  # fmt: skip
    assert "passed by, nf_skip_egress = 1" in rows[0][1]
