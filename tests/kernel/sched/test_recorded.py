"""Packets through random filters and actions, against what Linux 6.18 printed for the same labs (labs/NAME.out)."""

from pathlib import Path

import pytest

from webapp.lab.lab import Lab
from webapp.livekernel.compare import compare

LABS = Path(__file__).parent / "labs"


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_filters_decide_and_count_as_on_the_kernel(name: str) -> None:
    printed = "".join(entry.transcript for entry in Lab().run((LABS / f"{name}.sh").read_text()))
    assert compare((LABS / f"{name}.out").read_text(), printed).differences == ()
