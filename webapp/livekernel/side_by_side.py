"""Two outputs in two columns, the first difference marked."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import zip_longest

from webapp.livekernel.compare import Comparison, Difference

_Row = tuple[int, int]  # line numbers from 1; 0: nothing on this side


def side_by_side(real: str, model: str, comparison: Comparison, width: int, context: int | None) -> Iterator[str]:
    """Rows ``real | model``, ``context`` of them around the first difference, all of them if None.

    The row of the first difference begins with >, those of the others with *.
    """
    lines = real.splitlines(), model.splitlines()
    rows = list(_aligned(*lines))
    marked = {row for one in comparison.differences if (row := _row_of(one, rows)) >= 0}
    first = min(marked, default=-1)
    column = max((width - 5) // 2, 20)
    for number, (left, right) in enumerate(rows):
        if context is not None and (first < 0 or abs(number - first) > context):
            continue
        mark = ">" if number == first else "*" if number in marked else " "
        yield f"{mark} {_cell(lines[0], left, column)} | {_cell(lines[1], right, column)}".rstrip()


def _row_of(difference: Difference, rows: list[_Row]) -> int:
    left, right = difference.lines
    return next((at for at, row in enumerate(rows) if (left and row[0] == left) or (right and row[1] == right)), -1)


def _cell(lines: list[str], number: int, width: int) -> str:
    text = lines[number - 1].expandtabs(4) if number else ""
    return text[:width].ljust(width)


def _aligned(real: list[str], model: list[str]) -> Iterator[_Row]:
    matcher = SequenceMatcher(None, real, model, autojunk=False)
    for _, left, left_end, right, right_end in matcher.get_opcodes():
        pairs = zip_longest(range(left + 1, left_end + 1), range(right + 1, right_end + 1), fillvalue=0)
        yield from pairs
