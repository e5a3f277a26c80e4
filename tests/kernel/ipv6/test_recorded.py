"""Labs of IPv6 against what Linux 6.18 printed (labs/NAME.out beside NAME.sh), times and process numbers apart."""

import re
from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = sorted((Path(__file__).parent / "labs").glob("*.sh"))
TIMES = re.compile(r"(time[= ]|rtt min\S* = |ipg/ewma )\S+( [nmu]?sec\b| ?m?s\b)?")


def without_times(text: str) -> list[str]:
    return TIMES.sub(r"\1", text).splitlines()


@pytest.mark.parametrize("lab", LABS, ids=[lab.stem for lab in LABS])
def test_the_model_prints_what_the_kernel_printed(lab: Path) -> None:
    printed = "".join(entry.transcript for entry in Lab(lab.name).run(lab.read_text()))
    assert without_times(printed) == without_times(lab.with_suffix(".out").read_text())
