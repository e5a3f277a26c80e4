import subprocess
from pathlib import Path

import pytest

from tests import kit
from webapp.kernel.machine import LimitError
from webapp.kernel.trace import StepKind
from webapp.lab.lab import Entry, Lab
from webapp.lab.limits import Limits
from webapp.userland.shell import ScriptError

TRAP = "trap '__rc=$?; echo \"rc=$__rc line=$LINENO\"' ERR\n"

PAIR = """\
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link set v0 up
ip -n b link set v1 up
ip addr add 10.0.0.1/24 dev v0
ip -n b addr add 10.0.0.2/24 dev v1
"""


def transcript(entries: list[Entry]) -> str:
    return "".join(entry.transcript for entry in entries)


@pytest.mark.parametrize(
    "script",
    [
        "false\ntrue\nfalse",
        "false || true\ntrue && false\nfalse && true\nfalse || false",
        "true || false && false\nfalse && true || echo a",
        "echo a; false; echo b",
        "nosuch\n/bin/nosuch a\n./nosuch\nnosuch || true",
        "echo 'a b'  c >/dev/null\necho x >&2\necho -n y\necho -e 'a\\tb\\cd'\necho",
        "nosuch 2>/dev/null\nnosuch >/dev/null 2>&1\nnosuch 2>&1 >/dev/null",
        "false \\\n a\nfalse 'a\nb' && true\nfalse \\\n && true",
        "sleep\nsleep x\nsleep 0\nsleep -1\nsleep 0.01s 0\nsleep --x",
    ],
)
def test_a_lab_prints_what_bash_prints_with_the_recordings_trap(script: str, tmp_path: Path) -> None:
    (tmp_path / "trap.sh").write_text(TRAP)
    (tmp_path / "lab.sh").write_text(script)
    environment = {"BASH_ENV": str(tmp_path / "trap.sh"), "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    real = subprocess.run(
        ["bash", "lab.sh"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert transcript(Lab().append(script)) == real.stdout.decode()


def test_an_entry_says_where_it_ran_and_what_was_typed() -> None:
    lab = Lab()
    lab.append("ip netns add b\n" + PAIR)
    (entry,) = lab.append("\nip netns exec b ping -c 1 10.0.0.1")
    assert (entry.line, entry.netns, entry.command, entry.code) == (8, "b", "ip netns exec b ping -c 1 10.0.0.1", 0)


def test_lines_count_on_from_one_append_to_the_next() -> None:
    lab = Lab()
    assert transcript(lab.append("true\nfalse")) == "rc=1 line=2\n"
    assert transcript(lab.append("\n\nfalse # again")) == "rc=1 line=5\n"
    assert lab.script == "true\nfalse\n\n\nfalse # again\n"


def test_without_last_is_the_lab_rebuilt_from_all_but_the_last_append() -> None:
    lab = Lab()
    lab.append("ip netns add b\n")
    lab.append("ip netns add c\n")
    before = lab.without_last()
    assert list(before.machine.namespaces) == ["b"]
    assert before.script == "ip netns add b\n"


def test_text_that_is_no_lab_runs_nothing_and_changes_nothing() -> None:
    lab = Lab()
    with pytest.raises(ScriptError):
        lab.append("ip netns add b\nip link | cat")
    assert (lab.script, lab.entries, lab.machine.namespaces) == ("", [], {})


def test_probes_leave_walks_only_in_a_lab_that_records() -> None:
    script = "ip netns add b\n" + PAIR + "ping -c 1 10.0.0.2"
    assert all(entry.probe is None for entry in Lab().append(script))
    *others, ping = Lab(record=True).append(script)
    assert all(entry.probe is None for entry in others)
    assert ping.probe is not None
    walk = ping.probe.walk
    assert (walk.command, walk.line, walk.netns) == ("ping -c 1 10.0.0.2", 7, "")
    assert [step.dev for step in walk.steps if step.symbol == "veth_xmit"][:2] == ["v0", "v1"]


def test_the_same_lab_gives_the_same_walks() -> None:
    script = kit.lab("010-tc-redirect-host-to-container").read_text()
    first, second = (Lab(record=True).append(script) for _ in range(2))
    assert [entry.probe for entry in first] == [entry.probe for entry in second]


def test_recording_changes_nothing_that_is_printed() -> None:
    script = kit.lab("010-tc-redirect-host-to-container").read_text()
    assert transcript(Lab(record=True).append(script)) == transcript(Lab().append(script))


def test_a_hook_that_was_passed_by_is_a_step_with_its_reason() -> None:
    lab = Lab(record=True)
    lab.append(kit.lab("010-tc-redirect-host-to-container").read_text())
    walk = next(entry.probe.walk for entry in lab.entries if entry.probe is not None)
    passed = [(step.dev, step.station) for step in walk.steps if step.kind is StepKind.PASSED_BY]
    assert ("vethh", "nft egress") in passed


@pytest.mark.parametrize(
    ("limits", "script", "message"),
    [
        (Limits(script_bytes=10), "echo 1234567", "longer than 10 bytes"),
        (Limits(commands=2), "true\ntrue\ntrue", "more than 2 commands"),
        (Limits(namespaces=1), "ip netns add b\nip netns add c", "more than 1 namespaces"),
        (Limits(devices=3), "ip netns add b\n" + PAIR, "more than 3 devices"),
        (
            Limits(rules=1),
            "nft add table ip t\nnft add chain ip t c\nnft add rule ip t c drop\nnft add rule ip t c drop",
            "more than 1 rules",
        ),
        (Limits(packets=100), "ip netns add b\n" + PAIR + "ping -c 200 -i 0.01 10.0.0.2", "more than 100 packets"),
    ],
)
def test_a_lab_has_limits(limits: Limits, script: str, message: str) -> None:
    with pytest.raises(LimitError, match=message):
        Lab(limits=limits).append(script)


def test_a_long_walk_is_cut_and_says_so() -> None:
    lab = Lab(limits=Limits(steps=10), record=True)
    *_, ping = lab.append("ip netns add b\n" + PAIR + "ping -c 1 10.0.0.2")
    assert ping.code == 0
    assert ping.probe is not None
    assert (len(ping.probe.walk.steps), ping.probe.walk.truncated) == (10, True)


def test_a_ping_without_an_end_is_interrupted() -> None:
    lab = Lab(limits=Limits(patience=3))
    *_, ping = lab.append("ip netns add b\n" + PAIR + "ping 10.0.0.2")
    assert "3 packets transmitted, 3 received" in ping.output
