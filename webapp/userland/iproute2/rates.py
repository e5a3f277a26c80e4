"""Rates, sizes and ticks as tc reads and writes them (lib/utils_math.c, lib/json_print_math.c, tc/tc_core.c)."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_RATES = {
    "": 1.0, "bit": 1.0, "kibit": 1024.0, "kbit": 1e3, "mibit": 1024.0**2, "mbit": 1e6, "gibit": 1024.0**3,
    "gbit": 1e9, "tibit": 1024.0**4, "tbit": 1e12, "bps": 8.0, "kibps": 8 * 1024.0, "kbps": 8e3,
    "mibps": 8 * 1024.0**2, "mbps": 8e6, "gibps": 8 * 1024.0**3, "gbps": 8e9, "tibps": 8 * 1024.0**4, "tbps": 8e12,
}  # fmt: skip
_SIZES = {
    "": 1, "b": 1, "k": 1024, "kb": 1024, "m": 1024**2, "mb": 1024**2, "g": 1024**3, "gb": 1024**3,
    "kbit": 1024 // 8, "mbit": 1024**2 // 8, "gbit": 1024**3 // 8,
}  # fmt: skip
_UINT_MAX = 0xFFFFFFFF
_TICKS_IN_USEC = 15.625
"""psched ticks are 64 ns (/proc/net/psched)."""

_USEC_PER_SEC = 1_000_000


def _split(text: str, units: dict[str, float] | dict[str, int]) -> float | None:
    """A number with a unit; None if it is not one."""
    match = _NUMBER.match(text)
    if match is None:
        return None
    scale = units.get(text[match.end() :].lower())
    return None if scale is None else float(match[0]) * scale


def get_rate64(text: str) -> int | None:
    """A rate in bytes a second."""
    bits = _split(text, _RATES)
    return None if bits is None else int(bits / 8) & (1 << 64) - 1


def get_size(text: str) -> int | None:
    """A size in bytes."""
    size = _split(text, _SIZES)
    return None if size is None or not 0 <= size <= _UINT_MAX else int(size)


def get_size_and_cell(text: str) -> tuple[int, int] | None:
    """SIZE[/CELL]: the size and the logarithm of the cell, -1 where it is not given."""
    size_text, slash, cell_text = text.partition("/")
    size = get_size(size_text)
    if size is None or not slash:
        return None if size is None else (size, -1)
    cell = int(cell_text) if cell_text.isdecimal() else 0
    return (size, cell.bit_length() - 1) if cell and cell & (cell - 1) == 0 else None


def tc_calc_xmittime(rate: int, size: int) -> int:
    """Ticks that ``size`` bytes take."""
    return int(int(_USEC_PER_SEC * (size / rate)) * _TICKS_IN_USEC) & _UINT_MAX


def tc_calc_xmitsize(rate: int, ticks: int) -> int:
    """Bytes that go in ``ticks``."""
    return int(rate * int(ticks / _TICKS_IN_USEC) / _USEC_PER_SEC) & _UINT_MAX


def tc_cell_log(mtu: int) -> int:
    """tc_calc_rtable: how coarse a table of 256 sizes up to ``mtu`` (0: 2047) must be."""
    mtu = mtu or 2047
    return max(0, mtu.bit_length() - 8)


def sprint_rate(rate: int) -> str:
    """A rate in bytes a second, as bits: 1Mbit."""
    bits = rate << 3
    unit = ""
    for next_unit in ("K", "M", "G", "T"):
        if bits < 1000 or (bits % 1000 and bits < 1_000_000):
            break
        bits //= 1000
        unit = next_unit
    return f"{bits}{unit}bit"


def sprint_size(size: int) -> str:
    """A size, rounded where that hardly changes it: 2Kb for 2040."""
    for unit, factor, error in (("Mb", 1024**2, 1024), ("Kb", 1024, 16)):
        rounded = round(size / factor)
        if size >= factor and abs(factor * rounded - size) < error:
            return f"{rounded}{unit}"
    return f"{size}b"
