import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import kit
from webapp import cli

REDIRECT = str(kit.lab("010-tc-redirect-host-to-container"))


def test_run_prints_what_the_lab_prints(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lab = tmp_path / "lab.sh"
    lab.write_text("echo a\nfalse\nnosuch\n")
    assert cli.main(["run", str(lab)]) == 0
    assert capsys.readouterr().out == f"a\nrc=1 line=2\n{lab}: line 3: nosuch: command not found\nrc=127 line=3\n"


def test_a_text_that_is_no_lab_is_refused_at_its_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    lab = tmp_path / "lab.sh"
    lab.write_text("echo a\necho b | cat\n")
    assert cli.main(["run", str(lab)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{lab}:2:8: ")


def test_a_lab_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["run", str(tmp_path / "none.sh")]) == 2
    assert "none.sh" in capsys.readouterr().err


def test_walk_prints_a_tree_of_kernel_functions(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["walk", REDIRECT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("### ping ")
    assert lines[1].startswith("raw_sendmsg()")
    depth = {line.strip().split("()")[0]: len(line) - len(line.lstrip()) for line in reversed(lines) if "()" in line}
    assert depth["raw_sendmsg"] < depth["ip_output"] < depth["__dev_queue_xmit"] < depth["veth_xmit"]


@pytest.mark.parametrize("detail", ["hooks", "functions", "expressions"])
def test_a_passed_by_hook_is_shown_with_its_reason_at_every_detail(
    detail: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["walk", REDIRECT, "--detail", detail]) == 0
    passed = [line for line in capsys.readouterr().out.splitlines() if "-- passed by: " in line]
    assert any("vethh" in line and "[nft egress]" in line for line in passed)


def test_walk_json_is_the_walks_as_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["walk", REDIRECT, "--json"]) == 0
    (walk,) = json.loads(capsys.readouterr().out)
    assert walk["command"].startswith("ping ")
    assert walk["steps"][0]["symbol"] == "raw_sendmsg"


def test_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("hookwalk 0.")


def test_run_starts_without_the_web_and_networkx() -> None:
    check = (
        "import sys\nfrom webapp import cli\n"
        f"cli.main(['run', {REDIRECT!r}])\n"
        "sys.exit(' '.join({'flask', 'networkx', 'socketio'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_files_of_a_lab_are_written_only_where_asked(tmp_path: Path) -> None:
    script = tmp_path / "lab.sh"
    script.write_text("tcpdump -n -w ../../out/x.pcap -i lo & ping -c 1 127.0.0.1\n")
    assert cli.main(["run", str(script)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["lab.sh"]
    assert cli.main(["run", "--files", str(tmp_path / "files"), str(script)]) == 0
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["x.pcap"]
    assert (tmp_path / "files" / "x.pcap").read_bytes()[:4] == b"\xd4\xc3\xb2\xa1"


def test_why_prints_what_decided_and_the_smallest_edits(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["why", REDIRECT, "--hook", "h/vethh/nft-egress"]) == 0
    output = capsys.readouterr().out
    assert "* tcf_mirred_act, step 23: sent the packet to egress of h/vethh, inside tc. Decided here." in output
    assert "1. Hand over in netfilter instead of tc" in output


@pytest.mark.parametrize(
    "words", [["--hook", "h/vethh/egress"], ["--hook", "x/prerouting"], ["--hook", "h/input", "--probe", "1"]]
)
def test_why_needs_a_hook_and_a_probe_that_there_are(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["why", REDIRECT, *words]) == cli.EXIT_REFUSED
    assert capsys.readouterr().err.startswith("hookwalk: ")


def test_export_writes_a_page_that_needs_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "lab.html"
    assert cli.main(["export", REDIRECT, "--format", "html", "-o", str(page), "--title", "<b>A</b>"]) == 0
    text = page.read_text()
    policy = text.split('http-equiv="Content-Security-Policy" content="')[1].split('"')[0]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<title>&lt;b&gt;A&lt;/b&gt; · Hookwalk</title>" in text
    assert 'src="http' not in text
    assert text.count("<script") == 2


def test_export_writes_a_capture_of_one_probe(tmp_path: Path) -> None:
    file = tmp_path / "lab.pcapng"
    assert cli.main(["export", REDIRECT, "--format", "pcapng", "-o", str(file), "--probe", "1"]) == 0
    assert file.read_bytes()[:4] == b"\x0a\x0d\x0d\x0a"


def test_export_of_a_probe_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "lab.html"
    assert cli.main(["export", REDIRECT, "--format", "html", "-o", str(file), "--probe", "9"]) == 2
    assert "has 1 probes" in capsys.readouterr().err
    assert not file.exists()


def test_export_of_the_script_is_the_script(tmp_path: Path) -> None:
    file = tmp_path / "copy.sh"
    assert cli.main(["export", REDIRECT, "--format", "script", "-o", str(file)]) == 0
    assert file.read_text() == Path(REDIRECT).read_text()
