"""What lessons say of Linux, on the kernel that runs the tests: every lab, solution, option and wrong answer.

Against the recordings of other kernels they are held by `hookwalk lessons check`.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.kernel.version import VERSIONS
from webapp.lessons.course import Shelf
from webapp.lessons.proofs import played, proofs, wrong_proofs
from webapp.livekernel import real
from webapp.livekernel.compare import compare

SIDE_BY_SIDE = 12
"""Scripts at one time: most of what they do is to wait for an answer that does not come."""

COMMANDS = (*real.COMMANDS, "arping", "mausezahn", "nc", "trafgen")


@pytest.mark.skipif(real.kernel_version() not in VERSIONS, reason="the model does not play this machine's kernel")
@pytest.mark.skipif(real.obstacle(COMMANDS) is not None, reason=f"no labs on this machine: {real.obstacle(COMMANDS)}")
def test_this_kernel_prints_what_the_model_prints_for_every_solution_and_wrong_answer(tmp_path: Path) -> None:
    scripts = {
        tmp_path / f"{lesson.slug}.{name}.sh": script
        for lesson in Shelf().course().lessons
        for name, script in {**proofs(lesson), **wrong_proofs(lesson)}.items()
    }
    for file, script in scripts.items():
        file.write_text(script)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        printed = dict(zip(scripts, pool.map(real.run, scripts), strict=True))
    # a machine that is busy may let a probe run out of time: what differs is asked once more, alone
    differing = [file for file in scripts if _differences(printed[file], scripts[file])]
    found = {file.stem: _differences(real.run(file), scripts[file]) for file in differing}
    assert not {name: differences for name, differences in found.items() if differences}


def _differences(printed: str, script: str) -> list[str]:
    return [str(one) for one in compare(printed, played(script, real.kernel_version())).differences]
