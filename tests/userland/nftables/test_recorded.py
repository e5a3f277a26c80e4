"""nft as a whole, against what nft 1.0.6 printed on Linux 6.18 for the labs beside this file (labs/NAME.out).

syntax: what is wrong with words; evaluation: what is wrong with their meaning, or for the kernel; changes: rules, sets
and objects added, replaced and taken away.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = Path(__file__).parent / "labs"


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_prints_what_the_real_tool_prints(name: str) -> None:
    printed = "".join(entry.transcript for entry in Lab().run((LABS / f"{name}.sh").read_text()))
    assert printed.splitlines() == (LABS / f"{name}.out").read_text().splitlines()
