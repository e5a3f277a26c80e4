"""The lab that most rows measure, and frames sent through it one way."""

import sys
from pathlib import Path

from tests.bench.table import computed
from webapp.lab.lab import Lab
from webapp.lab.limits import Limits

LAB = Path(__file__).with_name("redirect.sh")
FRAMES = 3000
SEND = (
    "ip netns exec outside mausezahn wire -a 02:00:00:00:00:02 -b 02:00:00:00:00:04 -A 10.0.0.2 -B 10.0.0.3 "
    f"-t udp dp=9 -c {FRAMES} -q"
)
UNLIMITED = Limits(
    script_bytes=sys.maxsize,
    namespaces=sys.maxsize,
    devices=sys.maxsize,
    rules=sys.maxsize,
    packets=sys.maxsize,
    steps=sys.maxsize,
    seconds=3600.0,
)


def built(*, record: bool = False) -> Lab:
    """The redirect lab after its script has run."""
    lab = Lab(limits=UNLIMITED, record=record)
    lab.append(LAB.read_text())
    return lab


def sent(lab: Lab) -> float:
    """Seconds for FRAMES one-way frames through the lab; each must have arrived."""
    before = _received(lab)
    seconds = computed(lambda: lab.append(SEND))
    arrived = _received(lab) - before
    assert arrived == FRAMES, arrived
    return seconds


def _received(lab: Lab) -> int:
    return lab.machine.namespaces["container"].devices["vethc"].stats.rx_packets
