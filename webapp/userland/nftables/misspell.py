"""Words that are almost those that are meant (nftables src/misspell.c)."""

from __future__ import annotations

from collections.abc import Iterable


def misspelt(word: str, candidates: Iterable[str]) -> str | None:
    """The nearest candidate, if it is near enough to be meant (string_misspell_update)."""
    best: str | None = None
    least = 1 << 30
    for candidate in candidates:
        longer = max(len(word), len(candidate))
        if longer <= 1:
            continue
        shorter = min(len(word), len(candidate))
        threshold = -(-longer // 3) if longer - shorter <= 1 else -(-(longer + 2) // 3)
        distance = _distance(candidate, word)
        if distance <= threshold and distance < least:
            best, least = candidate, distance
    return best


def _distance(a: str, b: str) -> int:
    """Steps between two words as nft's string_distance counts them: its rows overlap and it looks one character ahead,
    so that this is not quite Damerau's distance, and other hints come out than that would give.
    """
    width = len(b)
    x, y = a + "\0", b + "\0"
    table = [0] * ((len(a) + 1) * (width + 1))
    for i in range(len(a) + 1):
        table[i * width] = i
    for j in range(width + 1):
        table[j] = j
    for i in range(1, len(a) + 1):
        for j in range(1, width + 1):
            differs = x[i] != y[j]
            at = i * width + j
            cost = min(table[at - width] + 1, table[at - 1] + 1, table[at - width - 1] + differs)
            if i > 1 and j > 1 and x[i] == y[j - 1] and x[i - 1] == y[j]:
                cost = min(cost, table[at - 2 * width - 2] + differs)
            table[at] = cost
    return table[len(a) * width + width]
