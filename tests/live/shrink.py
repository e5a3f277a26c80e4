"""Makes a lab smaller while it still shows what it is about: delta debugging over commands, and over nft's lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

# A lab as the lines that can be left out; those in between two of a heredoc's blocks go with the block.
_Part = tuple[int, int]


def shrink(text: str, shows: Callable[[str], bool], budget: int = 300) -> str:
    """The smallest lab that was found with at most ``budget`` trials; ``shows`` holds for it."""
    trials = _Trials(shows, budget)
    smaller = True
    while smaller:
        smaller = False
        size = max(len(_parts(text)) // 2, 1)
        while size:
            shrunk = _without_any(text, size, trials)
            smaller |= shrunk != text
            text = shrunk
            size //= 2
    return text


class _Trials:
    """Asks ``shows`` as long as the budget lasts."""

    def __init__(self, shows: Callable[[str], bool], left: int) -> None:
        self.shows = shows
        self.left = left

    def __call__(self, text: str) -> bool:
        if self.left <= 0:
            return False
        self.left -= 1
        return self.shows(text)


def _without_any(text: str, size: int, trials: _Trials) -> str:
    """Leaves out runs of ``size`` parts, from the end, wherever it can be done."""
    at = len(_parts(text))
    while at > 0:
        parts = _parts(text)
        at = min(at, len(parts))
        start = max(at - size, 0)
        smaller = _without(text, parts[start:at])
        if smaller != text and trials(smaller):
            text = smaller
        at = start
    return text


def _without(text: str, parts: list[_Part]) -> str:
    gone = {number for start, end in parts for number in range(start, end)}
    return "".join(line for number, line in enumerate(text.splitlines(keepends=True)) if number not in gone)


def _parts(text: str) -> list[_Part]:
    """Each command; of an nft heredoc also each table, chain, set and rule: ranges of line numbers."""
    return sorted(set(_ranges(text.splitlines())))


def _ranges(lines: list[str]) -> Iterator[_Part]:
    end = None
    start = 0
    opened: list[int] = []
    for number, line in enumerate(lines):
        if end is None:
            if line.startswith("#"):
                continue
            if "<<'" in line:
                start, end = number, line.split("<<'")[1].split("'")[0]
            elif "disable_ipv6" not in line:
                # a namespace without this line is full of IPv6's own packets
                following = number + 1 < len(lines) and "disable_ipv6" in lines[number + 1]
                yield number, number + 1 + following
        elif line == end:
            yield start, number + 1
            end = None
        elif line.rstrip().endswith("{") and "=" not in line:
            opened.append(number)
        elif line.strip() == "}" and opened:
            yield opened.pop(), number + 1
        else:
            yield number, number + 1
