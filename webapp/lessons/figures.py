"""figures.toml: what was measured elsewhere, and what follows from it by arithmetic. Charts draw it, questions ask it.

A row's ``runs`` are the values of its runs, by series ("" where there is one series). What a chart shows is worked out
here: of a chart in Mb/s with ``frame`` bytes a packet, the nanoseconds a packet takes (pktgen counts 8 bits for each of
its bytes, and nothing for what the wire adds).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

MBIT = 1e6
BYTE = 8
SECOND = 1e9  # ns

Runs = Annotated[tuple[float, ...], msgspec.Meta(min_length=1)]


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured of one configuration. ``tone`` says which rows belong together: 0 or 1."""

    id: str
    runs: Mapping[str, Runs]
    tone: Literal[0, 1] = 0


class Chart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one unit, and where they are from: ``source``, and ``sources`` in further languages.

    ``frame``: bytes of a packet, where the unit is Mb/s.
    """

    id: str
    unit: Literal["Mb/s", "instructions"]
    source: str
    sources: Mapping[str, str] = {}
    url: str = ""
    frame: int = 0
    rows: Annotated[tuple[Row, ...], msgspec.Meta(min_length=2)]

    def source_in(self, language: str) -> str:
        """Where the rows are from, in a language."""
        return self.sources.get(language, self.source)

    def row(self, id: str) -> Row:
        """The row of that id; KeyError where there is none."""
        for row in self.rows:
            if row.id == id:
                return row
        raise KeyError(id)

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the series, in order."""
        return tuple(self.rows[0].runs)

    def rate(self, row: Row, series: str) -> float:
        """Packets per second, on the average of the runs."""
        return mean(row.runs[series]) * MBIT / (self.frame * BYTE)

    def cost(self, row: Row, series: str) -> float:
        """What one packet takes, on the average of the runs: nanoseconds, or instructions."""
        return SECOND / self.rate(row, series) if self.frame else mean(row.runs[series])

    def spread(self, row: Row, series: str) -> tuple[float, float]:
        """What one packet takes in the best and in the worst of the runs."""
        each = [SECOND / (run * MBIT / (self.frame * BYTE)) if self.frame else run for run in row.runs[series]]
        return min(each), max(each)


class Difference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price: what ``row`` takes more than ``over``."""

    row: str
    over: str


class Lens(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What things on a packet's way are priced at: rows of ``chart`` in ``series``, in instructions.

    ``time`` is a chart in ns; its ``plain`` and ``filter`` rows are what the same two things took there.
    """

    chart: str
    series: str
    plain: str
    check: Difference
    chain: Difference
    clsact: Difference
    filter: Difference
    time: str
    time_plain: str
    time_filter: Difference


class Figures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file."""

    charts: tuple[Chart, ...] = ()
    lens: Lens | None = None

    def chart(self, id: str) -> Chart:
        """The chart of that id; KeyError where there is none."""
        for chart in self.charts:
            if chart.id == id:
                return chart
        raise KeyError(id)


class Prices(msgspec.Struct, frozen=True):
    """Instructions that a packet takes at its way out of a device. ``plain`` is what it takes with nothing attached.

    ``check``: netfilter egress is used, but not at this device; ``chain``: a base chain without rules; ``clsact``: tc
    is there, without filters; ``filter``: a filter that accepts, its clsact included. ``ns_low`` and ``ns_high`` are
    nanoseconds per instruction, as two measurements of the same thing give them. ``source`` says where from.
    """

    plain: float
    check: float
    chain: float
    clsact: float
    filter: float
    ns_low: float
    ns_high: float
    source: str
    time_source: str


def mean(values: tuple[float, ...]) -> float:
    """The average."""
    return sum(values) / len(values)


def prices(figures: Figures, language: str) -> Prices | None:
    """What the lens of a lesson reckons with; None where it has none. KeyError where it names what is not there."""
    lens = figures.lens
    if lens is None:
        return None
    chart, time = figures.chart(lens.chart), figures.chart(lens.time)

    def of(difference: Difference) -> float:
        row, over = chart.row(difference.row), chart.row(difference.over)
        return chart.cost(row, lens.series) - chart.cost(over, lens.series)

    plain = chart.cost(chart.row(lens.plain), lens.series)
    series = time.series[0]
    whole = time.cost(time.row(lens.time_plain), series)
    more = time.cost(time.row(lens.time_filter.row), series) - time.cost(time.row(lens.time_filter.over), series)
    low, high = sorted((whole / plain, more / of(lens.filter)))
    return Prices(
        plain, of(lens.check), of(lens.chain), of(lens.clsact), of(lens.filter), low, high,
        chart.source_in(language), time.source_in(language),
    )  # fmt: skip
