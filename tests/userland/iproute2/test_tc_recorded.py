"""tc as a whole, against what iproute2 6.1 printed on Linux 6.18 for the labs beside this file (tc_labs/NAME.out).

Compared to the letter, without the times since installation: commands take some on the real machine.
"""

from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = Path(__file__).parent / "tc_labs"


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_prints_what_the_real_tool_prints(name: str) -> None:
    printed = "".join(entry.transcript for entry in Lab().run((LABS / f"{name}.sh").read_text()))
    assert printed.splitlines() == (LABS / f"{name}.out").read_text().splitlines()
