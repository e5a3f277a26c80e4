"""``python -m tests.peers SOURCES [--write] [--misses] [FOLDER…]``: nftables' own tests as a score.

SOURCES is a checkout of nftables. Without --write the score is held against docs/peers.md: exit 1 if any number of any
file is lower. --misses prints the rules behind the gaps.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tests.peers.nft_py import FOLDERS, Score, run
from tests.peers.real_nft import VERSION, RealNft

RECORD = Path(__file__).parents[2] / "docs" / "peers.md"
HEAD = """\
# nftables' own tests

What `make peers NFTABLES_SRC=DIR` prints, written by `python -m tests.peers DIR --write`. DIR is a checkout of
nftables; its `tests/py` has rules with the kernel expressions and the listing that the newest `nft` makes of them. A
rule counts once for each table of its file.

- accepted: rules that must compile, and do; those that nft 1.0.6 refuses as well do not count
- expressions, elements: compiled rules whose expressions and whose anonymous sets' elements are the recorded ones
- listing: compiled rules that, read back from their expressions, are written as recorded, or as nft 1.0.6 writes
  them: where it is installed it is asked about each difference. Rules that it or its kernel refuses do not count
- rejected: rules that must fail, and do. The rest of them are refused by a kernel, which these tests do not ask

Our `nft` is 1.0.6. Expressions are compared with those of the newest, but for libnftnl's words of 1.0.6 for single ones
and the two comparisons that 1.0.6 makes of a range. These numbers were counted with nft 1.0.6 installed. Without it,
all that 1.0.6 lists otherwise than the newest is a miss, and listings are not held against this record.

"""
COLUMNS = ("accepted", "expressions", "elements", "listing", "rejected")


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.peers")
    parser.add_argument("sources", type=Path, help="a checkout of nftables")
    parser.add_argument("folders", nargs="*", default=FOLDERS, help="of its tests/py")
    parser.add_argument("--write", action="store_true", help=f"write {RECORD.name}")
    parser.add_argument("--misses", action="store_true", help="print the rules behind the gaps")
    arguments = parser.parse_args(argv)
    asked = RealNft.installed()
    found = _run(arguments.sources, tuple(arguments.folders), asked=asked)
    rows = dict(_rows(found))
    if arguments.misses:
        for files in found.values():
            for score in files.values():
                print(*score.misses, sep="\n")
    print(_table(rows), end="")
    if arguments.write:
        RECORD.write_text(HEAD + _table(rows))
        return 0
    recorded = read(RECORD.read_text()) if RECORD.exists() else {}
    lost = [
        f"{name}: {column} was {before[column]}, is {numbers[column]}"
        for name, numbers in ((name, _numbers(score)) for name, score in rows.items())
        if (before := recorded.get(name)) is not None
        for column in COLUMNS
        if numbers[column] < before[column] and (asked or column != "listing")
    ]
    print(*lost, sep="\n", end="\n" if lost else "")
    return int(bool(lost))


def _run(sources: Path, folders: tuple[str, ...], *, asked: bool) -> dict[str, dict[str, Score]]:
    if not asked:
        print(f"nft {VERSION} cannot be asked: all that the newest nft lists otherwise is a miss")
        return run(sources, folders)
    with RealNft() as real:
        return run(sources, folders, real)


def _rows(found: dict[str, dict[str, Score]]) -> list[tuple[str, Score]]:
    """Each file and each folder, and, where it is all folders, their sum."""
    rows: list[tuple[str, Score]] = []
    everything = Score()
    for folder, files in found.items():
        total = Score()
        for name, score in files.items():
            rows.append((f"{folder}/{name}", score))
            total.add(score)
        rows.append((folder, total))
        everything.add(total)
    return [*rows, ("all", everything)] if set(found) == set(FOLDERS) else rows


def _numbers(score: Score) -> dict[str, int]:
    return {column: getattr(score, column) for column in COLUMNS}


def _table(rows: dict[str, Score]) -> str:
    lines: list[tuple[str, ...]] = [("", *COLUMNS)]
    for name, score in rows.items():
        of = (score.ok, score.compared, score.compared, score.accepted - score.unlisted, score.fail)
        lines.append((name, *(f"{getattr(score, column)}/{all_}" for column, all_ in zip(COLUMNS, of, strict=True))))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    shown = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    shown.insert(1, ["-" * width for width in widths])
    return "".join(f"| {' | '.join(line)} |\n" for line in shown)


def read(text: str) -> dict[str, dict[str, int]]:
    """The numbers of a table by row and column."""
    found: dict[str, dict[str, int]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(COLUMNS) + 1 and all(re.fullmatch(r"\d+/\d+", cell) for cell in cells[1:]):
            numbers = (int(cell.split("/")[0]) for cell in cells[1:])
            found[cells[0]] = dict(zip(COLUMNS, numbers, strict=True))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
