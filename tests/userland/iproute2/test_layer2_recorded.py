"""Bridges, vxlan, vlan, macvlan and ifb: ip, bridge and packets, against Debian's 6.12 (layer2/NAME.out).

Compared to the letter, except: usage texts (ours say what the model knows), times, the order of neighbours and of
vxlan's database (hash tables), the link-layer addresses of groups that MVRP and IPv6 listen to, queues.
"""

import re
from itertools import groupby
from pathlib import Path

import pytest

from webapp.lab.lab import Lab

LABS = Path(__file__).parent / "layer2"
LISTED = re.compile(r"\d+\.\d+\.\d+\.\d+ (dev \S+ |lladdr |router |[A-Z])|[0-9a-f]{2}(:[0-9a-f]{2}){5} dst ")
NOT_MODELLED = re.compile(r"33:33:|01:80:c2:00:00:21 ")
NORMAL = (
    (r"^Usage: (?:.*\n)*?(?=rc=|\Z)", "Usage\n"),
    (r"time[= ][0-9.]+ ?ms", "time T"),
    (r"^rtt .*", "rtt"),
    (r" used \d+/\d+", " used"),
    (r" installed .*", ""),
    (r"_timer +[0-9.]+", "_timer T"),
    (r"num([rt])xqueues \d+", r"num\1xqueues N"),
)


def comparable(text: str) -> list[str]:
    for pattern, words in NORMAL:
        text = re.sub(pattern, words, text, flags=re.MULTILINE)
    kept = [line for line in text.splitlines() if not NOT_MODELLED.match(line)]
    lines = []
    for is_listed, run in groupby(kept, key=lambda line: bool(LISTED.match(line))):
        block = list(run)
        lines += sorted(block) if is_listed else block
    return lines


@pytest.mark.parametrize("name", sorted(path.stem for path in LABS.glob("*.sh")))
def test_prints_what_the_real_kernel_and_tools_print(name: str) -> None:
    printed = "".join(entry.transcript for entry in Lab(kernel="6.12").run((LABS / f"{name}.sh").read_text()))
    assert comparable(printed) == comparable((LABS / f"{name}.out").read_text())
