"""ip as a whole, against what iproute2 6.1 printed on Linux 6.18 for the labs beside this file (labs/NAME.out).

Compared to the letter, except: usage texts (ours say what the model knows), the order in which neighbours are listed
(a hash table's), and how many queues a device has (the recording machine's processors).
"""

import re
from itertools import groupby
from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = Path(__file__).parent / "labs"
NEIGHBOUR = re.compile(r"\d+\.\d+\.\d+\.\d+ (dev \S+ |lladdr |router |[A-Z])")


def comparable(text: str) -> list[str]:
    text = re.sub(r"^Usage: ip (?!link <options>)(?:.*\n)*?(?=rc=)", "Usage\n", text, flags=re.MULTILINE)
    text = re.sub(r"num([rt])xqueues \d+", r"num\1xqueues N", text)
    lines = []
    for is_neighbour, run in groupby(text.splitlines(), key=lambda line: bool(NEIGHBOUR.match(line))):
        block = list(run)
        lines += sorted(block) if is_neighbour else block
    return lines


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_prints_what_the_real_tool_prints(name: str) -> None:
    printed = "".join(entry.transcript for entry in Lab().run((LABS / f"{name}.sh").read_text()))
    assert comparable(printed) == comparable((LABS / f"{name}.out").read_text())
