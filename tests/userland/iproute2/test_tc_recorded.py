"""tc as a whole, against what iproute2 6.1 printed for the labs beside this file: tc_labs/NAME.out on Linux 6.18, and
tc_labs_6.12/NAME.out on Debian's 6.12, whose modules 6.18 was built without.

Compared to the letter, without the times since installation: commands take some on the real machine.
"""

import re
from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = sorted(Path(__file__).parent.glob("tc_labs*/*.sh"))

TIMES = re.compile(r" (installed|used|firstused) \d+ sec")


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"{lab.parent.name}/{lab.stem}")
def test_prints_what_the_real_tool_prints(lab: Path) -> None:
    kernel = "6.12" if lab.parent.name.endswith("6.12") else "6.18"
    printed = "".join(entry.transcript for entry in Lab(kernel=kernel).run(lab.read_text()))
    assert TIMES.sub("", printed).splitlines() == TIMES.sub("", lab.with_suffix(".out").read_text()).splitlines()
