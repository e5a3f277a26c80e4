"""What the rule under the cursor compiles to."""

from __future__ import annotations

import pytest

from webapp.lab.lab import Lab
from webapp.workshop.compiled import compile_rule

SCRIPT = """\
ip netns add a
ip netns exec a nft -f - <<-'X'
	table netdev t {
		chain e {
			type filter hook ingress device "lo" priority filter; policy accept;
			ip daddr 10.0.0.3 counter drop
			tcp dport { 22, 80 } accept
		}
	}
	X
ip netns exec a nft add rule netdev t e 'udp dport 53 counter'
"""


@pytest.fixture(scope="module")
def lab() -> Lab:
    lab = Lab()
    lab.append(SCRIPT)
    return lab


def test_a_rule_of_a_here_document_is_found_anywhere_on_its_line(lab: Lab) -> None:
    for word in ("ip daddr", "10.0.0.3", "counter drop", "drop\n"):
        compiled = compile_rule(lab.machine, SCRIPT, SCRIPT.index(word) + 2)
        assert compiled.rule == "ip daddr 10.0.0.3 counter drop"
        assert compiled.lines == (
            "[ meta load protocol => reg 1 ]",
            "[ cmp eq reg 1 0x00000008 ]",
            "[ payload load 4b @ network header + 16 => reg 1 ]",
            "[ cmp eq reg 1 0x0300000a ]",
            "[ counter pkts 0 bytes 0 ]",
            "[ immediate reg 0 drop ]",
        )


def test_a_set_in_braces_shows_its_elements_first(lab: Lab) -> None:
    lines = compile_rule(lab.machine, SCRIPT, SCRIPT.index("{ 22")).lines
    assert lines[0].startswith("__set%d t 3")
    assert lines[-2:] == ("[ lookup reg 1 set __set%d ]", "[ immediate reg 0 accept ]")


def test_a_rule_of_a_command_line_is_found(lab: Lab) -> None:
    compiled = compile_rule(lab.machine, SCRIPT, SCRIPT.index("53"))
    assert (compiled.rule, compiled.lines[-1]) == ("udp dport 53 counter", "[ counter pkts 0 bytes 0 ]")


@pytest.mark.parametrize("word", ["netns add", "table netdev", "hook", "X\n"])
def test_where_there_is_no_rule_there_is_nothing(lab: Lab, word: str) -> None:
    assert compile_rule(lab.machine, SCRIPT, SCRIPT.index(word)).lines == ()


def test_nothing_of_the_lab_is_changed(lab: Lab) -> None:
    before = lab.append("ip netns exec a nft -a list ruleset\n")[0].output
    compile_rule(lab.machine, SCRIPT, SCRIPT.index("53"))
    assert lab.append("ip netns exec a nft -a list ruleset\n")[0].output == before


def test_the_lines_are_those_that_nft_itself_prints() -> None:
    lab = Lab()
    lab.append("nft add table ip t\nnft add chain ip t c\n")
    script = "nft --debug=netlink add rule ip t c ip saddr 10.0.0.1 tcp dport 22 counter accept\n"
    printed = lab.append(script)[0].output.splitlines()[1:]
    compiled = compile_rule(lab.machine, script, script.index("saddr"))
    assert compiled.lines == tuple(line.strip() for line in printed if line.strip())
