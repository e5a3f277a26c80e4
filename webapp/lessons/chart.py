"""A chart as HTML that is safe to insert: bars as SVG that begin at zero, and the same values as a table.

In a text it is a block of code that begins with ``chart ID``: its caption, and a line ``row: label`` for each row.
Colours are currentColor where no style sheet says better (static/src/chart.css), so it can be printed as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from webapp.lessons.figures import Chart, Row, mean
from webapp.lessons.text import inline, plain
from webapp.lessons.words import number, say

WIDTH = 360
BAR = 12
"""In units of the picture, which is as wide as its column."""
_LABEL = 15
_GAP = 8
_ROOM = 70
_TONES = ("1", "0.45")


class Written(NamedTuple):
    """What a text says of a chart: Markdown."""

    caption: str
    labels: Mapping[str, str]


def written(body: str) -> Written:
    """The lines of a chart's block."""
    caption: list[str] = []
    labels: dict[str, str] = {}
    for line in body.splitlines():
        row, colon, label = line.partition(": ")
        if colon and row and " " not in row:
            labels[row] = label.strip()
        elif line.strip():
            caption.append(line.strip())
    return Written(" ".join(caption), labels)


def html(chart: Chart, said: Written, language: str) -> str:
    """The figure."""
    source = escape(chart.source_in(language))
    link = f'<a href="{escape(chart.url)}">{source}</a>' if chart.url else source
    unit = say(language, "chart ns" if chart.frame else "chart instructions")
    return (
        f'<figure class="chart"><figcaption><strong>{inline(said.caption)}</strong> {escape(unit)}</figcaption>'
        f"{_svg(chart, said, language)}{_table(chart, said, language)}"
        f'<p class="source">{escape(say(language, "chart source"))} {link}</p></figure>'
    )


def _svg(chart: Chart, said: Written, language: str) -> str:
    top = max(chart.spread(row, series)[1] for row in chart.rows for series in chart.series)
    scale = (WIDTH - _ROOM) / top
    parts: list[str] = []
    at = 0
    for row in chart.rows:
        label = escape(plain(said.labels.get(row.id, row.id)))
        parts.append(f'<text x="0" y="{at + 11}" font-size="11" fill="currentColor">{label}</text>')
        at += _LABEL
        for number_, series in enumerate(chart.series):
            parts += _bar(chart, row, series, at, scale, row.tone or number_, language)
            at += BAR + 2
        at += _GAP
    title = escape(f"{plain(said.caption)} {say(language, 'chart below')}")
    return (
        f'<svg viewBox="0 0 {WIDTH} {at - _GAP}" width="{WIDTH}" role="img" aria-label="{title}">{"".join(parts)}</svg>'
    )


def _bar(chart: Chart, row: Row, series: str, at: int, scale: float, tone: int, language: str) -> Iterator[str]:
    cost = chart.cost(row, series)
    low, high = chart.spread(row, series)
    yield (
        f'<rect class="tone-{tone}" x="0" y="{at}" width="{cost * scale:.1f}" height="{BAR}" '
        f'fill="currentColor" fill-opacity="{_TONES[tone]}"/>'
    )
    if high > low:  # best and worst of the runs
        middle = at + BAR / 2
        yield (
            f'<line x1="{low * scale:.1f}" x2="{high * scale:.1f}" y1="{middle}" y2="{middle}" stroke="currentColor" '
            'stroke-width="1.5"/>'
        )
    said = f"{series}: {number(language, cost, 1)}".removeprefix(": ")
    yield f'<text x="{high * scale + 5:.1f}" y="{at + 10}" font-size="10" fill="currentColor">{escape(said)}</text>'


def _table(chart: Chart, said: Written, language: str) -> str:
    heads = [say(language, "chart row"), *_heads(chart, language)]
    rows = (
        f'<tr><th scope="row">{inline(said.labels.get(row.id, row.id))}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(chart, row, language))
        + "</tr>"
        for row in chart.rows
    )
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _heads(chart: Chart, language: str) -> Iterator[str]:
    if chart.frame:
        yield from (say(language, key) for key in ("chart runs", "chart rate", "chart cost"))
    else:
        first = chart.rows[0]
        for series in chart.series:
            yield series
            yield say(language, "chart over", row=first.id)


def _cells(chart: Chart, row: Row, language: str) -> Iterator[str]:
    if chart.frame:
        runs = row.runs[chart.series[0]]
        yield f"{number(language, min(runs))}–{number(language, max(runs))} {chart.unit}"
        yield number(language, round(chart.rate(row, chart.series[0]), -3))
        yield number(language, chart.cost(row, chart.series[0]), 1)
        return
    for series in chart.series:
        yield number(language, mean(row.runs[series]), 1)
        more = chart.cost(row, series) - chart.cost(chart.rows[0], series)
        yield "" if row is chart.rows[0] else number(language, more, 1, signed=True)
