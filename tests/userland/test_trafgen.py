"""trafgen: its packets, and that they pass tc and tcpdump by, but not netfilter."""

import pytest

from webapp.kernel.trace import StepKind
from webapp.lab.lab import Lab
from webapp.userland.trafgen import TrafgenError, packet

PAIR = """
ip netns add a
ip netns add b
ip link add v0 netns a type veth peer name v1 netns b
ip -n a link set v0 up
ip -n b link set v1 up
tc -n a qdisc add dev v0 clsact
tc -n a filter add dev v0 egress bpf da bytecode '1,6 0 0 2,'
ip netns exec a nft -f - <<'X'
table netdev t {
	chain e { type filter hook egress device "v0" priority 0; counter; }
}
X
"""
FRAME = "'{ fill(0xff, 6), 0x02, 0, 0, 0, 0, 1, c16(0x88b5), fill(0, 4) }'"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ 0xff, 10 012 b101 }", "ff 0a 0a 05"),
        ("{ c8(0x101), c16(0x0806), c32(1) }", "01 08 06 00 00 00 01"),
        ("{fill(0xab,3),1}", "ab ab ab 01"),
        ("{}", ""),
    ],
)
def test_a_packet_is_read_as_the_lexer_reads_it(text: str, expected: str) -> None:
    assert packet(text) == bytes.fromhex(expected)


@pytest.mark.parametrize("text", ["trafgen.cfg", "{ rnd(3) }", "{ eth(da=1) }", "{ 1, zz }", "{ fill(1) }", "{ 08 }"])
def test_what_is_not_modelled_is_refused(text: str) -> None:
    with pytest.raises(TrafgenError):
        packet(text)


def _sent(options: str) -> tuple[int, set[tuple[str, str]]]:
    """The exit code, and the devices and hooks at which something ran for the frame."""
    lab = Lab(record=True)
    lab.append(PAIR)
    entry = lab.append(f"ip netns exec a trafgen -o v0 -n 1 -t 1ms {options} {FRAME}")[-1]
    assert entry.probe is not None
    steps = entry.probe.walk.steps
    return entry.code, {(step.dev, step.station) for step in steps if step.station and step.kind is StepKind.RUN}


def test_frames_bypass_tc_but_not_netfilter() -> None:
    code, places = _sent("")
    assert code == 0
    assert ("v0", "nft egress") in places
    assert ("v0", "tc egress") not in places
    assert ("v1", "receive") in places


def test_with_q_they_take_the_way_of_all_frames() -> None:
    code, places = _sent("-q")
    assert code == 1, "tc drops it: ENOBUFS, which the real program meets without end"
    assert ("v0", "tc egress") in places
    assert ("v1", "receive") not in places


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-n 1 -t 1ms", "No networking device given!"),
        ("-o nosuch -n 1 -t 1ms", "This is no networking device!"),
        ("-o v0 -t 1ms", "sending without end is not modelled"),
        ("-o v0 -n 1", "sending through a ring is not modelled"),
        ("-o v0 -n 1 -t 1h", "Syntax error in time param!"),
        ("-o v0 -n 1 -t 1ms -r", "-r is not modelled"),
    ],
)
def test_a_command_line_that_it_cannot_follow(options: str, said: str) -> None:
    lab = Lab()
    lab.append(PAIR)
    entry = lab.append(f"ip netns exec a trafgen {options} {FRAME}")[-1]
    assert entry.code == 1
    assert said in entry.output
