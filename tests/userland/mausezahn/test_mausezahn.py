"""frames.json holds what mausezahn 0.6.8 sent and said on Linux 6.18, at the far end of a veth cable."""

import json
from io import StringIO
from pathlib import Path

import pytest

from webapp.kernel.boot import add_namespace, boot
from webapp.kernel.core.net_namespace import Net
from webapp.kernel.core.skbuff import PACKET_OUTGOING
from webapp.kernel.packet.af_packet import PacketSock, packet_bind, packet_create
from webapp.kernel.uapi.if_ether import ETH_P_ALL
from webapp.userland.process import Process
from webapp.userland.programs import PROGRAMS
from webapp.userland.shell import parse

RECORDED_IPV6 = json.loads((Path(__file__).parent / "ipv6.json").read_text())
RECORDED = json.loads((Path(__file__).parent / "frames.json").read_text())
SET_UP = """
ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 netns b address 02:00:00:00:00:02
ip link set v0 up
ip -n b link set v1 up
ip addr add 10.0.0.1/24 brd + dev v0
ip neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev v0
"""


def run(net: Net, line: str) -> tuple[int | None, str, str]:
    ((step,),) = parse(line)
    out, err = StringIO(), StringIO()
    code = Process(net.machine, net, out, err, PROGRAMS).execute(step.command.argv)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def wire() -> tuple[Net, PacketSock]:
    """A namespace with v0, and a tap on it."""
    machine = boot()
    add_namespace(machine, "b")
    for line in SET_UP.strip().splitlines():
        assert run(machine.init_net, line) == (0, "", "")
    tap = packet_create(machine.init_net, ETH_P_ALL)
    packet_bind(tap, machine.init_net.devices["v0"].ifindex)
    return machine.init_net, tap


def sent(tap: PacketSock) -> list[str]:
    return [message.data.hex() for message in tap.receive_queue if message.pkttype == PACKET_OUTGOING]


def without_kernel_fields(frame: str) -> str:
    """Where the kernel routed the packet, it filled in the IP header's identification and checksum."""
    return frame[:36] + frame[40:48] + frame[52:]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["command"])
def test_mausezahn_sends_the_same_bytes_as_the_real_one(recorded: dict, wire: tuple[Net, PacketSock]) -> None:
    net, tap = wire
    code, _, err = run(net, f"mausezahn {recorded['command']}")
    frames = sent(tap)
    expected = recorded["frames"]
    if " -a " not in recorded["command"] and " -t " in recorded["command"]:
        frames, expected = (list(map(without_kernel_fields, side)) for side in (frames, expected))
    assert (frames, code, err) == (expected, recorded["code"], recorded["stderr"])


@pytest.mark.parametrize("recorded", RECORDED_IPV6, ids=lambda recorded: recorded["command"])
def test_mausezahn_sends_the_same_bytes_over_ipv6(recorded: dict, wire: tuple[Net, PacketSock]) -> None:
    net, tap = wire
    code, _, _ = run(net, f"mausezahn {recorded['command']}")
    assert (sent(tap), code) == (recorded["frames"], 0)


@pytest.mark.parametrize("option", ["-6 -t icmp", "-M 5", "-S", "-V", "-x", "-f a", "-t dns", "-t bpdu"])
def test_what_is_not_modelled_is_refused(option: str, wire: tuple[Net, PacketSock]) -> None:
    net, tap = wire
    code, _, err = run(net, f"mausezahn v0 {option} ff:ff:ff:ff:ff:ff")
    assert code == 1
    assert err.endswith("is not modelled\n")
    assert not sent(tap)


def test_endless_sending_is_interrupted(wire: tuple[Net, PacketSock]) -> None:
    net, tap = wire
    code, _, _ = run(net, "mausezahn v0 -q -c 0 -d 5s ff:ff:ff:ff:ff:ff")
    assert (code, len(sent(tap))) == (0, 6)
