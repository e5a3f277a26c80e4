"""Diagnostics: the real tools' words (recorded with the labs of tests/userland), at the place that they mean."""

from __future__ import annotations

import re

import pytest

from tests.kit import TESTS
from webapp.lab.lab import Lab
from webapp.workshop.diagnostics import diagnostics
from webapp.workshop.explanations import EXPLANATIONS, explanation
from webapp.workshop.questions import Diagnostic

RECORDED = (
    "nftables/labs/syntax",
    "nftables/labs/changes",
    "nftables/labs/devices",
    "iproute2/labs/link_add",
    "iproute2/labs/address",
    "iproute2/labs/route",
    "iproute2/labs/netns",
    "iproute2/tc_labs/filter",
    "iproute2/layer2/bridge_vlan",
)
FAILED = re.compile(r"^rc=\d+ line=(\d+)$", re.MULTILINE)
MARKS = re.compile(r" *\^+(?: *[~^]+)*")


def found(script: str) -> list[Diagnostic]:
    lab = Lab(record=True)
    lab.append(script)
    return list(diagnostics(lab.script, lab.entries, lab.machine))


def one(command: str, *, netns: str = "ip netns add a\nip netns add b\n") -> tuple[str, Diagnostic]:
    """The only diagnostic of a command after a few namespaces, and the text that it marks."""
    script = netns + command
    (diagnostic,) = found(script)
    return script[diagnostic.start : diagnostic.end], diagnostic


@pytest.mark.parametrize("name", RECORDED)
def test_every_command_that_failed_has_one_with_the_first_words_of_the_real_tool(name: str) -> None:
    path = TESTS / "userland" / name
    script = path.with_suffix(".sh").read_text()
    recorded = path.with_suffix(".out").read_text()
    diagnosed = found(script)
    assert diagnosed
    failures = FAILED.split(recorded)
    printed = {int(line): output for output, line in zip(failures[::2], failures[1::2], strict=False)}
    lines = script.splitlines()
    commands = {diagnostic.line: diagnostic for diagnostic in diagnosed if diagnostic.line in printed}
    # here-documents put the place of the error behind the line of the command
    assert len(commands) >= 0.6 * len([line for line in printed if printed[line].strip()])
    for line, diagnostic in commands.items():
        assert diagnostic.message in printed[line], lines[line - 1]


def test_columns_of_a_command_line_are_those_that_nft_marks() -> None:
    path = TESTS / "userland/nftables/labs/syntax"
    script = path.with_suffix(".sh").read_text()
    lines = script.splitlines()
    failures = FAILED.split(path.with_suffix(".out").read_text())
    marked = 0
    by_line = {diagnostic.line: diagnostic for diagnostic in found(script)}
    for output, number in zip(failures[::2], failures[1::2], strict=False):
        printed = output.strip("\n").split("\n")
        first = next((at for at, line in enumerate(printed) if line.startswith("Error: ")), None)
        command = lines[int(number) - 1]
        if first is None or first + 2 >= len(printed) or not MARKS.fullmatch(printed[first + 2]):
            continue
        start = printed[first + 2].index("^")
        plain = command.replace("'", "").replace('"', "")
        place = plain.find(printed[first + 1])
        if place < 0 or start >= len(printed[first + 1]):
            continue
        said = printed[first + 1][start : printed[first + 2].rindex("^") + 1]
        diagnostic = by_line[int(number)]
        assert command[diagnostic.column - 1 :].startswith(said[:1]), command
        assert script[diagnostic.start : diagnostic.end].replace("'", "").startswith(said.split("'")[0]), command
        marked += 1
    assert marked > 20


def test_a_here_document_is_marked_at_its_line_and_column_behind_tabs_that_the_shell_takes_away() -> None:
    script = (
        "ip netns add a\n"
        "ip netns exec a nft -f - <<-'X'\n"
        "\ttable netdev t {\n"
        "\t\tchain e {\n"
        "\t\t\tip daddr 10.0.0.3 counter masquerade\n"
        "\t\t}\n"
        "\t}\n"
        "\tX\n"
    )
    (diagnostic,) = found(script)
    assert (diagnostic.line, diagnostic.column) == (5, 30)
    assert script[diagnostic.start : diagnostic.end] == "masquerade"
    assert diagnostic.message == "Error: NAT is only supported for IPv4/IPv6"
    assert "ip table" in diagnostic.explanation


@pytest.mark.parametrize(
    ("command", "marked", "message"),
    [
        ("ip -n a link set vaa up", "vaa", 'Cannot find device "vaa"'),
        ("ip -n a link set 'vaa' up", "vaa", 'Cannot find device "vaa"'),
        ("ip -n a addr add 10.0.0.300/24 dev lo", "10.0.0.300/24", "any valid prefix is expected"),
        ("ip -n c link", "c", 'Cannot open network namespace "c": No such file or directory'),
        ("ip link frobnicate", "frobnicate", 'Command "frobnicate" is unknown, try "ip link help".'),
        ("ip lonk", "lonk", 'Object "lonk" is unknown, try "ip help".'),
        ("ip -n a link set lo netns x", "x", 'Error: argument "x" is wrong: Invalid "netns" value'),
        ("ip netns exec a nft add rule ip t c tcp dprt 22", "dprt", "Error: syntax error, unexpected string"),
        ("ip netns exec a nft 'add rule ip t c tcp dprt 22'", "dprt", "Error: syntax error, unexpected string"),
        ('nft add rule ip "t" c tcp dprt 22', "dprt", "Error: syntax error, unexpected string"),
        ("pong 10.0.0.1", "pong", "pong: command not found"),
        ("ping -c1 10.9.9.9", "ping -c1 10.9.9.9", "ping: connect: Network is unreachable"),
    ],
)
def test_the_word_that_is_complained_of_is_marked(command: str, marked: str, message: str) -> None:
    said, diagnostic = one(f"{command}\n")
    assert said == marked
    assert message in diagnostic.message
    assert diagnostic.line == 3  # the line of the command
    assert diagnostic.explanation


def test_a_place_behind_the_last_word_marks_that_word_and_keeps_its_column() -> None:
    said, diagnostic = one("nft add rule ip t c tcp dport\n")
    assert (said, diagnostic.column) == ("dport", 30)


PAIR = "ip link add va type veth peer name vb\nip link set va up\nip link set vb up\nip addr add 10.0.0.1/24 dev va\n"


@pytest.mark.parametrize(
    "script",
    [
        "ip netns add a\nip -n a link set lo up\nip netns exec a ping -c1 -W1 127.0.0.2\n",
        f"{PAIR}ping -c1 -W1 10.0.0.9\n",
        "false || true\n",
        "ip link del nothing || true\n",
        "ip link del nothing 2>/dev/null\n",
        "false\n",
        "timeout 1 tcpdump -i lo\n",
    ],
)
def test_what_did_its_work_or_was_not_to_succeed_is_no_mistake(script: str) -> None:
    assert found(script) == []


def test_the_command_that_ends_a_list_without_success_is_the_one() -> None:
    script = "true && ip link del nothing && ip link add va type veth\n"
    (diagnostic,) = found(script)
    assert script[diagnostic.start : diagnostic.end] == "nothing"


@pytest.mark.parametrize(
    ("script", "title", "fixed"),
    [
        ("ip link add veth0 type veth peer name x\nip link set vet0 up\n", "Write veth0", "ip link set veth0 up\n"),
        ("ip -n c link set lo up\n", "Add ip netns add c", "ip netns add c\nip -n c link set lo up\n"),
        (
            "ip link add dd type dummy\ntc filter add dev dd egress matchall action ok\n",
            "Add tc qdisc add dev dd clsact",
            "tc qdisc add dev dd clsact\ntc filter add dev dd egress matchall action ok\n",
        ),
        (
            "nft add table ip addresses\nnft add chain ip adresses c\n",
            "Write addresses",
            "nft add chain ip addresses c\n",
        ),
    ],
)
def test_what_can_be_done_about_it_does_it(script: str, title: str, fixed: str) -> None:
    (diagnostic,) = found(script)
    fix = next(fix for fix in diagnostic.fixes if fix.title == title)
    for change in reversed(fix.changes):
        script = script[: change.start] + change.insert + script[change.end :]
    assert script.endswith(fixed)
    assert found(script) == []


def test_offsets_count_characters() -> None:
    script = "# 😀 ☂\nip link set vaa up\n"
    (diagnostic,) = found(script)
    assert script[diagnostic.start : diagnostic.end] == "vaa"


def test_no_explanation_is_hidden_by_one_before_it() -> None:
    words = [
        "Error: NAT is only supported for IPv4/IPv6",
        "Error: syntax error, unexpected newline, expecting string",
        "Error: syntax error, unexpected string, expecting number",
        'Error: argument "x" is wrong: Device does not exist',
        'Error: argument "x" is wrong: Invalid "mtu" value',
        "RTNETLINK answers: File exists",
        "RTNETLINK answers: No such file or directory",
        "Error: Could not process rule: File exists",
    ]
    assert len({explanation(said) for said in words}) == len(words)
    assert explanation("nonsense") == ""
    assert len({pattern.pattern for pattern, _ in EXPLANATIONS}) == len(EXPLANATIONS)
