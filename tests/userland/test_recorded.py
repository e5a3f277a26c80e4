"""Labs of single programs against what the real programs printed (NAME.out beside NAME.sh), times apart.

Recorded on Linux 6.18 with iputils 20221126, arping 2.23, procps-ng 4.0.2 and netcat-openbsd 1.219 in the convention of
tests/cases. Ports of the system's choice are left out, too.
"""

import re
from pathlib import Path

import pytest

from webapp.lab.lab import Lab

HERE = Path(__file__).parent
LABS = ("arping", "iputils/ping", "netcat/tcp", "netcat/udp", "procps/sysctl", "shell/jobs")
TIMES = re.compile(r"(time[= ]|rtt min\S* = |ipg/ewma )\S+( [nmu]?sec\b| ?m?s\b)?")


PORTS = re.compile(r"(?<=^Connection received on )(\S+) [3-6]\d{4}$", re.MULTILINE)


def without_times(text: str) -> list[str]:
    return PORTS.sub(r"\1", TIMES.sub(r"\1", text)).splitlines()


@pytest.mark.parametrize("name", LABS)
def test_a_program_prints_what_the_real_one_printed(name: str) -> None:
    lab = Lab(name)
    script = (HERE / f"{name}.sh").read_text()
    printed = "".join(entry.transcript for entry in lab.run(script))
    assert without_times(printed) == without_times((HERE / f"{name}.out").read_text())
