"""`hookwalk verify`: verdicts, and what stands beside them."""

import pytest

from tests import kit
from webapp.cli import main
from webapp.livekernel import functions
from webapp.livekernel.compare import compare
from webapp.livekernel.config import described, lacks, parse_config
from webapp.livekernel.side_by_side import side_by_side

CONFIG = parse_config("CONFIG_NETFILTER_EGRESS=y\nCONFIG_NET_CLS_U32=m\n# CONFIG_CLS_U32_MARK is not set\n")


def test_a_lab_that_agrees_with_a_recording_exits_with_0(capsys):
    assert main(["verify", "--on", "recorded:6.12", str(kit.lab("001-plain"))]) == 0
    assert "001-plain.sh: agrees" in capsys.readouterr().out


def test_a_lab_that_differs_exits_with_1_and_shows_the_first_difference(capsys, tmp_path):
    lab = tmp_path / "lab.sh"
    lab.write_text("sysctl net.ipv4.ip_forward\nfalse\n")
    lab.with_suffix(".out").write_text("net.ipv4.ip_forward = 1\nrc=1 line=2\n")
    assert main(["verify", "--on", "recorded", str(lab)]) == 1
    shown = capsys.readouterr().out
    assert "1 of 2 observations differ" in shown
    assert "first difference: sysctl net.ipv4.ip_forward: kernel '1', model '0'" in shown
    assert [line[:1] for line in shown.splitlines() if "ip_forward = 1" in line] == [">"]


def test_a_recording_beside_the_lab_goes_by_its_version(tmp_path, capsys):
    lab = tmp_path / "lab.sh"
    lab.write_text("false\n")
    lab.with_suffix(".6.1.out").write_text("rc=1 line=1\n")
    assert main(["verify", "--on", "recorded:6.1", str(lab)]) == 0
    assert main(["verify", "--on", "recorded:6.12", str(lab)]) == 2
    assert "nothing recorded of Linux 6.12" in capsys.readouterr().err


@pytest.mark.parametrize("on", ["mars", "vm", "vm:0.01", "host:1"])
def test_a_kernel_that_is_not_there_exits_with_2(on, capsys):
    assert main(["verify", "--on", on, str(kit.lab("001-plain"))]) == 2
    assert capsys.readouterr().err.startswith("hookwalk: ")


def test_functions_need_a_kernel_of_our_own(capsys):
    assert main(["verify", "--functions", str(kit.lab("001-plain"))]) == 2
    assert "--functions needs --on vm:VERSION" in capsys.readouterr().err


def test_a_configuration_says_what_is_built_in_and_what_is_not():
    assert "NETFILTER_EGRESS=y" in described(CONFIG)
    assert "NET_CLS_U32=m CLS_U32_MARK=n" in described(CONFIG)
    assert described(None) == "its configuration cannot be read"


def test_what_a_lab_needs_and_a_kernel_lacks_is_said_with_its_consequence():
    lab = "tc filter add dev v0 egress u32 match mark 1 0xff action mirred egress redirect dev v1\n"
    said = list(lacks(CONFIG, lab))
    assert "this kernel has no CONFIG_CLS_U32_MARK: `u32 match mark` is accepted and matches every mark" in said
    assert not [line for line in said if "CLS_U32:" in line]
    assert list(lacks(None, lab)) == []


def test_two_columns_are_aligned_and_every_difference_is_marked():
    real = "a\nrc=1 line=1\nb\nrc=1 line=3\n"
    model = "a\nb\nrc=2 line=3\nc\n"
    rows = list(side_by_side(real, model, compare(real, model), 60, None))
    assert [row[0] for row in rows] == [" ", ">", " ", "*", " "]
    assert rows[2].split() == ["b", "|", "b"]
    assert list(side_by_side(real, model, compare(real, model), 60, 0)) == [rows[1]]


def test_a_trace_is_read_with_its_depths_and_without_module_names_and_suffixes():
    text = "### ping\na() {\n  b [nf_tables]() {\n    c.constprop.0();\n  }\n}\n### arping\nd();\n"
    one, two = functions.read_traces(text)
    assert (one.command, one.calls) == ("ping", [(0, "a"), (1, "b"), (2, "c")])
    assert (two.command, two.calls) == ("arping", [(0, "d")])
    assert functions.restricted(one.calls, {"a", "c"}) == [(0, "a"), (1, "c")]


def test_an_empty_hook_of_a_security_module_is_no_difference():
    calls = [(0, "a"), (1, "nf_hook_slow"), (0, "nf_hook_slow"), (1, "b")]
    assert functions.restricted(calls, {"a", "b", "nf_hook_slow"}) == [(0, "a"), (0, "nf_hook_slow"), (1, "b")]
