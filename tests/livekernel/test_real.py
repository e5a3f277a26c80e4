import os
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest

from tests import kit
from webapp.livekernel import real
from webapp.livekernel.compare import compare

OBSTACLE = real.obstacle((*real.COMMANDS, "arping", "mausezahn"))
needs_kernel = pytest.mark.skipif(OBSTACLE is not None, reason=f"no labs on this kernel: {OBSTACLE}")


@needs_kernel
@pytest.mark.parametrize("name", ["001-plain", "072-forward-off", "202-neg-nft-statements"])
def test_this_kernel_prints_what_was_recorded_of_its_version(name):
    recorded = kit.recording(name, real.kernel_version())
    if recorded is None:
        pytest.skip(f"nothing recorded of {real.kernel_version()}")
    assert compare(recorded, real.run(kit.lab(name))).differences == ()


@needs_kernel
def test_a_failing_command_is_followed_by_its_exit_code_and_line(tmp_path):
    lab = tmp_path / "lab.sh"
    lab.write_text("true\n\nfalse\nsysctl -n \\\n  net.ipv4.nope 2>/dev/null\necho end\n")
    assert real.run(lab) == "rc=1 line=3\nrc=1 line=4\nend\n"


@needs_kernel
def test_a_lab_that_takes_too_long_is_ended(tmp_path):
    lab = tmp_path / "lab.sh"
    lab.write_text("echo begin\nsleep 60\necho end\n")
    assert real.run(lab, timeout=1) == "begin\nTIMEOUT\n"


@needs_kernel
def test_a_lab_leaves_nothing_behind(tmp_path):
    lab = tmp_path / "lab.sh"
    lab.write_text("ip netns list\nip netns add a\nip link add v0 type veth peer name v1\n")
    assert real.run(lab) == ""
    assert real.run(lab) == ""


def test_missing_commands_are_named():
    assert real.obstacle(("bash", "no-such-command")) == "not installed: no-such-command"


@needs_kernel
@pytest.mark.skipif(os.geteuid() != 0, reason="is about becoming somebody else")
def test_a_user_who_is_not_root_runs_labs_in_a_user_namespace_or_is_told_why_not():
    script = (
        "import sys; from pathlib import Path; from webapp.livekernel import real; print(real.run(Path(sys.argv[1])))"
    )
    with NamedTemporaryFile("w", suffix=".sh") as lab:
        lab.write("ip netns add a\nip -n a link set lo up\nip netns exec a nft list ruleset\nip -br link show dev lo\n")
        lab.flush()
        Path(lab.name).chmod(0o644)
        ran = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", script, lab.name],
            capture_output=True, text=True, check=False, cwd=kit.TESTS.parent,
        )  # fmt: skip
    assert ran.stdout.startswith("lo ") or "user namespaces are closed" in ran.stderr, ran.stdout + ran.stderr
