"""Packets through filters and actions, against what Linux printed for the same labs: random ones on 6.18
(labs/NAME.out), and on Debian's 6.12 (labs_6.12/NAME.out) what 6.18 was built without.
"""

from pathlib import Path

import pytest

from webapp.lab.lab import Lab
from webapp.livekernel.compare import compare

LABS = sorted(Path(__file__).parent.glob("labs*/*.sh"))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: f"{lab.parent.name}/{lab.stem}")
def test_filters_decide_and_count_as_on_the_kernel(lab: Path) -> None:
    kernel = "6.12" if lab.parent.name.endswith("6.12") else "6.18"
    printed = "".join(entry.transcript for entry in Lab(kernel=kernel).run(lab.read_text()))
    assert compare(lab.with_suffix(".out").read_text(), printed).differences == ()
