import pytest

from webapp.lab.lab import Entry, Lab
from webapp.server.labs import RefusedError
from webapp.server.protocol import OpenRuleset, RulesetLab
from webapp.server.workshop import answer
from webapp.workshop.open_ruleset import RulesetError, accepted, ruleset_lab

FIREWALL = """\
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		iifname "lo" accept
		ct state established,related accept
		iifname "eth0" ip saddr 192.168.7.0/24 icmp type echo-request accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		iifname "eth1" oifname "eth0" ip daddr 192.168.7.20 accept
	}
}
"""


def run(script: str) -> list[Entry]:
    entries = Lab().append(script)
    assert [(one.command, one.output) for one in entries if one.code and "ping" not in one.command] == []
    return entries


def listed(script: str) -> str:
    lab = Lab()
    lab.append(script)
    return lab.append("ip netns exec host nft list ruleset")[0].output


def test_a_ruleset_becomes_a_lab_in_which_it_is_loaded_as_it_was() -> None:
    made = ruleset_lab(FIREWALL)
    run(made.script)
    assert listed(made.script).replace("\n\n", "\n") == FIREWALL.replace("\n\n", "\n")


def test_devices_are_those_that_the_rules_name_with_the_addresses_beside_them() -> None:
    script = ruleset_lab(FIREWALL).script
    assert "ip -n host link add eth0 type veth peer name eth0 netns h1" in script
    assert "ip -n host addr add 192.168.7.1/24 dev eth0" in script
    assert "ip -n h1 addr add 192.168.7.20/24 dev eth0" in script
    assert "ip -n host link add eth1 type veth" in script


def test_the_first_probes_meet_the_rules() -> None:
    pings = [one for one in run(ruleset_lab(FIREWALL).script) if "ping" in one.command]
    assert [one.code for one in pings] == [1, 0, 0]  # forwarded against the policy; to the host, and from it


INPUT = "table ip t {\n chain i {\n  type filter hook input priority 0;\n  %s\n }\n}"
INGRESS = "table netdev t {\n chain i {\n  type filter hook ingress %s priority 0;\n  %s\n }\n}"


@pytest.mark.parametrize(
    ("ruleset", "command"),
    [
        (INGRESS % ('devices = { "v0", "v1" }', ""), "add v1 type veth"),
        (INGRESS % ('device "a"', 'fwd to "b"'), "add name b type veth"),
        (INPUT % 'iifname vmap { "w0" : accept }', "add w0 type veth"),
        (INPUT % 'iifname "eth*" drop', "add eth0 type veth"),
        (INPUT % 'iifname "eth3.7"', "add link eth3 name eth3.7 type vlan id 7"),
        (INPUT % 'iifname "wg0"', "add wg0 type dummy"),
        (INPUT % "", "add eth0 type veth"),
        ('table ip t {\n set s {\n  type ifname\n  elements = { "x7" }\n }\n}', "add x7 type veth"),
        ("table bridge" + INPUT.removeprefix("table ip") % 'iifname "p1"', "set p1 master br0"),
    ],
)
def test_every_way_of_naming_a_device_makes_one(ruleset: str, command: str) -> None:
    script = ruleset_lab(ruleset).script
    assert f"ip -n host link {command}" in script
    run(script)


def test_what_the_model_does_not_know_is_left_out_with_a_note_and_a_comment_in_its_place() -> None:
    made = ruleset_lab('table ip t {\n\tchain c {\n\t\txt target "MASQUERADE"\n\t\tip daddr 10.0.0.1 drop\n\t}\n}\n')
    assert any("left out" in note and "xt target" in note for note in made.notes)
    assert '\t\t# left out: xt target "MASQUERADE"' in made.script
    assert "ip daddr 10.0.0.1 drop" in listed(made.script)


def test_a_chain_whose_hook_is_refused_goes_as_a_whole() -> None:
    def load(text: str) -> str:
        return "/dev/stdin:3:3-9: Error: no such hook\n" if "\n  type" in text else ""

    taken = accepted(
        "table ip t {\n chain c {\n  type filter hook nope priority 0;\n  drop\n }\n chain d {\n }\n}", load
    )
    assert taken.text.splitlines()[1].startswith(" # left out: chain c {")
    assert taken.text.splitlines()[5:] == [" chain d {", " }", "}"]


def test_elements_over_several_lines_are_one_part() -> None:
    def load(text: str) -> str:
        return "/dev/stdin:4:3-9: Error: bad element\n" if "\n   1," in text else ""

    taken = accepted("table ip t {\n set s {\n  elements = { 0,\n   1,\n   2 }\n }\n}", load)
    assert taken.text.splitlines()[2:6] == ["  # left out: elements = { 0, (bad element)", "   # 1,", "   # 2 }", " }"]


def test_what_nft_cannot_read_is_its_error_at_its_line() -> None:
    with pytest.raises(RulesetError) as caught:
        ruleset_lab("table ip t {\n\tchain c {\n\t\tip saddr drop\n\t}\n}\n")
    assert (caught.value.line, caught.value.message.startswith("syntax error")) == (3, True)


@pytest.mark.parametrize("text", ["", "hello", "<img src=x>", "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"])
def test_what_is_no_ruleset_says_so(text: str) -> None:
    with pytest.raises(RulesetError, match="no table in it"):
        ruleset_lab(text)


def test_a_here_document_ends_where_the_lab_says_and_not_where_the_text_does() -> None:
    made = ruleset_lab("table ip t {\n chain X {\n }\n}\nX\nreboot\n".replace("X\nreboot\n", "# X\n"))
    run(made.script)
    with pytest.raises(RulesetError):
        ruleset_lab("table ip t {\n}\nX\nreboot\n")


def test_the_server_answers_with_the_lab_or_with_nft_s_error() -> None:
    def no_lab(key: str) -> object:
        raise AssertionError(key)

    made = answer(OpenRuleset(FIREWALL), no_lab)  # type: ignore[arg-type]
    assert isinstance(made, RulesetLab)
    with pytest.raises(RefusedError) as refused:
        answer(OpenRuleset("table ip t {\n what\n}\n"), no_lab)  # type: ignore[arg-type]
    assert (refused.value.failed.code, refused.value.failed.line) == ("script", 2)
