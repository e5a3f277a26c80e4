"""tcpdump's lines against those of tcpdump 4.99.3 on Linux 6.18, for the same traffic in the same labs.

Left out: what the system chooses (ports, sequence numbers, timestamps, identifications) and checksums, which the kernel
leaves to the card, so that the real tcpdump calls them incorrect.
"""

import re
from pathlib import Path

import pytest

from webapp.kernel.core.skbuff import PACKET_OUTGOING
from webapp.lab.lab import Lab
from webapp.userland.tcpdump.frame import read_frame
from webapp.userland.tcpdump.pcap_filter import FilterError, compile_filter
from webapp.userland.tcpdump.savefile import frames

HERE = Path(__file__).parent
CHOSEN = (
    (re.compile(r"(?<=\.\d\.)(3[2-9]|[45]\d|60)\d{3}\b"), "PORT"),
    (re.compile(r"(seq|ack) \d{5,}(:\d{5,})?"), r"\1 N"),
    (re.compile(r"TS val \d+ ecr \d+"), "TS"),
    (re.compile(r"\bid \d+"), "id N"),
    (re.compile(r"cksum 0x\w{4} \((in)?correct[^)]*\)"), "cksum"),
    (re.compile(r"\[(bad udp cksum[^]]*|udp sum ok)\]"), "[cksum]"),
    (re.compile(r"(\d\d:\d\d:\d\d\.\d)\d{5}"), r"\1"),
)


def without_chosen(text: str) -> list[str]:
    for pattern, replacement in CHOSEN:
        text = pattern.sub(replacement, text)
    return text.splitlines()


@pytest.mark.parametrize("name", ["bytes", "files", "filters", "options"])
def test_tcpdump_prints_what_the_real_one_printed(name: str) -> None:
    lab = Lab(name)
    printed = "".join(entry.transcript for entry in lab.run((HERE / f"{name}.sh").read_text()))
    assert without_chosen(printed) == without_chosen((HERE / f"{name}.out").read_text())


PAIR = """
ip netns add a
ip netns add b
ip link add va netns a type veth peer name vb netns b
ip -n a addr add 10.0.0.1/24 dev va
ip -n b addr add 10.0.0.2/24 dev vb
ip -n a link set va up
ip -n b link set vb up
ip netns exec a ping -c 1 10.0.0.2 >/dev/null
"""


def lines(lab: Lab, script: str) -> list[str]:
    return [line for entry in lab.append(script) for line in entry.output.splitlines() if line.startswith("IP ")]


def test_what_egress_drops_is_not_heard_and_what_ingress_drops_is() -> None:
    lab = Lab()
    lab.append(PAIR)
    lab.append("ip netns exec a tcpdump -n -t -i va icmp & ip netns exec b tcpdump -n -t -i vb icmp &")
    drop = "nft 'table netdev t { chain c { type filter hook %s device %s priority 0; drop; }; }'"
    lab.append(f"ip netns exec b {drop % ('ingress', 'vb')}")
    assert len(lines(lab, "ip netns exec a ping -c 1 -W 1 10.0.0.2")) == 2
    lab.append(f"ip netns exec a {drop % ('egress', 'va')}")
    assert lines(lab, "ip netns exec a ping -c 1 -W 1 10.0.0.2") == []


def test_a_capture_stays_in_the_lab() -> None:
    lab = Lab()
    lab.append(PAIR)
    lab.append("ip netns exec a tcpdump -n -c 2 -w x.pcap -i va icmp &")
    lab.append("ip netns exec a ping -c 1 10.0.0.2")
    assert list(lab.files) == ["x.pcap"]
    assert [frame.data[34] for frame in frames(lab.files["x.pcap"])] == [8, 0]


def test_a_capture_is_one_that_others_can_read(tmp_path: Path) -> None:
    scapy = pytest.importorskip("scapy.utils")
    lab = Lab()
    lab.append(PAIR)
    lab.append("ip netns exec a tcpdump -n -w x.pcap -i any &")
    lab.append("ip netns exec a tcpdump -n -w y.pcap -i va &")
    lab.append("ip netns exec a ping -c 1 10.0.0.2")
    (tmp_path / "y.pcap").write_bytes(lab.files["y.pcap"])
    packets = scapy.rdpcap(str(tmp_path / "y.pcap"))
    assert [bytes(packet) for packet in packets] == [frame.data for frame in frames(lab.files["y.pcap"])]
    assert len(lab.files["x.pcap"]) == len(lab.files["y.pcap"]) + 6 * len(packets)


@pytest.mark.parametrize(
    "expression", ["tcp[", "tcp[0", "ip[0:3] = 1", "host 1.2.3.4.5", "and", "not", "vlan (", "src"]
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(FilterError):
        compile_filter(expression)


def test_a_load_behind_the_end_matches_nothing() -> None:
    frame = read_frame(bytes(12) + b"\x08\x00" + bytes([0x45]) + bytes(19), 0)
    for expression in ("ip[40] = 0", "ip[40] != 0", "udp[0] = 0", "1/0 = 1"):
        test = compile_filter(expression)
        assert test is not None
        assert not test(frame)
    assert frame.pkttype != PACKET_OUTGOING
