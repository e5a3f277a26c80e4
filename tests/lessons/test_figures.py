"""What follows from measured figures, and how charts show it."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from xml.etree import ElementTree as ET

import pytest

from webapp import assets
from webapp.lessons import answers, chart, text, view
from webapp.lessons.check import check
from webapp.lessons.course import misconceptions
from webapp.lessons.figures import prices
from webapp.lessons.model import Figure, Lesson, Prose
from webapp.lessons.read import LessonError, read
from webapp.lessons.words import number

FOLDER = assets.LESSONS / "13-what-does-a-hook-cost"


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    return read(FOLDER)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    copytree(FOLDER, tmp_path / FOLDER.name)
    return tmp_path / FOLDER.name


def replace(path: Path, old: str, new: str) -> None:
    source = path.read_text()
    assert old in source
    path.write_text(source.replace(old, new, 1))


def test_nanoseconds_follow_from_megabits_as_pktgen_counts_them(lesson: Lesson) -> None:
    measured = lesson.figures.chart("commit")
    accept = measured.row("after-accept")
    # 1419, 1424, 1418, 1419, 1422, 1420 Mb/s of packets of 480 bits
    assert measured.rate(accept, "") == pytest.approx(8522e6 / 6 / 480)
    assert measured.cost(accept, "") == pytest.approx(337.95, abs=0.01)
    assert measured.spread(accept, "") == pytest.approx((480e3 / 1424, 480e3 / 1418))


def test_the_figures_are_those_of_the_commit(lesson: Lesson) -> None:
    means = [
        round(measured.cost(row, ""), 1) for measured in (lesson.figures.chart("commit"),) for row in measured.rows
    ]
    assert means == [312.2, 312.1, 338.4, 337.9, 296.4, 296.0]


def test_instructions_are_what_was_counted(lesson: Lesson) -> None:
    counted = lesson.figures.chart("instructions")
    assert counted.series == ("6.12", "6.1")
    assert counted.cost(counted.row("chain"), "6.1") == 3442.4


def test_a_price_is_a_difference_of_two_rows(lesson: Lesson) -> None:
    found = prices(lesson.figures, "en")
    assert found is not None
    assert (found.plain, found.check, found.chain) == pytest.approx((1929.5, 53.9, 300.3))
    assert (found.clsact, found.filter) == pytest.approx((87.5, 287.4))
    # the filter took 25.8 ns of the commit's machine, a whole packet 312.1
    assert found.ns_low == pytest.approx(25.8 / 287.4, abs=0.0005)
    assert found.ns_high == pytest.approx(312.1 / 1929.5, abs=0.0005)


def test_where_figures_are_from_is_said_in_the_readers_language(lesson: Lesson) -> None:
    priced = prices(lesson.figures, "de")
    assert priced is not None
    assert priced.source.startswith("dieselbe pktgen-Schleife")
    drawn = {
        language: chart.html(lesson.figures.chart("commit"), chart.written("Caption"), language)
        for language in ("en", "de")
    }
    assert "six runs each" in drawn["en"]
    assert "je sechs Läufe" in drawn["de"]


def test_a_lesson_without_figures_has_no_prices() -> None:
    assert prices(read(assets.LESSONS / "01-what-a-hook-is").figures, "en") is None


def test_a_question_about_figures_is_answered_by_them(lesson: Lesson) -> None:
    right = {task.id: answers.answer(lesson, task).options for task in lesson.tasks if isinstance(task, Figure)}
    assert right == {"fastest": ("drop",), "dearest": ("chain",)}


def figures(lesson: Lesson, language: str) -> list[ET.Element]:
    parts = [part.markdown for part in lesson.texts[language].parts if isinstance(part, Prose)]
    html = "".join(view.prose(lesson, markdown, language) for markdown in parts)
    return ET.fromstring(f"<div>{html}</div>").findall("figure")


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_chart_has_a_bar_and_a_row_for_each_value(lesson: Lesson, language: str) -> None:
    for measured, shown in zip(lesson.figures.charts, figures(lesson, language), strict=True):
        count = len(measured.rows) * len(measured.series)
        bars = shown.findall("svg/rect")
        assert len(bars) == count
        assert len(shown.findall("table/tbody/tr")) == len(measured.rows)
        costs = [measured.cost(row, series) for row in measured.rows for series in measured.series]
        widths = [float(bar.attrib["width"]) for bar in bars]
        assert widths == pytest.approx([cost * widths[0] / costs[0] for cost in costs], abs=0.3)  # they begin at zero
        assert {bar.attrib["x"] for bar in bars} == {"0"}


def test_nothing_of_a_chart_lies_outside_of_it(lesson: Lesson) -> None:
    for shown in figures(lesson, "de"):
        picture = shown.find("svg")
        assert picture is not None
        _, _, width, height = map(float, picture.attrib["viewBox"].split())
        for bar in picture.findall("rect"):
            assert float(bar.attrib["width"]) + 60 < width
            assert float(bar.attrib["y"]) + chart.BAR <= height


def test_a_chart_has_no_style_attribute_and_says_what_it_shows(lesson: Lesson) -> None:
    shown = figures(lesson, "de")[0]
    assert not any("style" in element.attrib for element in shown.iter())
    picture = shown.find("svg")
    assert picture is not None
    assert picture.attrib["role"] == "img"
    assert picture.attrib["aria-label"] == "Der Benchmark des Commits Die Werte stehen in der Tabelle darunter."
    cells = [cell.text for cell in shown.findall("table/tbody/tr[1]/td")]
    assert cells == ["1.537–1.538 Mb/s", "3.203.000", "312,2"]


def test_numbers_are_written_as_the_language_does() -> None:
    assert number("en", 1234567.25, 1) == "1,234,567.2"
    assert number("de", 1234567.25, 1) == "1.234.567,2"
    assert number("en", -37.1, 1, signed=True) == "\u221237.1"
    assert number("de", 5, signed=True) == "+5"


def test_what_a_label_says_is_no_html() -> None:
    said = chart.written("A <b>\nrow: <script>")
    assert said == chart.Written("A <b>", {"row": "<script>"})
    measured = read(FOLDER).figures.chart("commit")
    html = chart.html(measured, said._replace(labels={"before": "<script>"}), "en")
    assert "<script>" not in html
    assert "<b>" not in html


def test_a_block_without_a_maker_of_charts_stays_code() -> None:
    assert "<code" in text.html("```chart commit\ncaption\n```")
    assert list(text.charts("a\n\n```chart commit\ncaption\n```")) == [("commit", "caption\n", 2)]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("text.md", "```chart commit", "```chart other", "figures.toml has no chart 'other'"),
        ("text.md", "before: before the commit\n", "", "the chart commit: before has no label"),
        ("text.md", "before: before", "befor: before", "the chart commit: befor is no row"),
        ("text.md", "The benchmark of the commit\nbefore:", "before:", "the chart commit has no caption"),
        ("figures.toml", "sources = { de", "sources = { fr", "the chart commit has no source in de"),
        ("figures.toml", "frame = 60\n", "", "`frame` belongs to Mb/s, and to that only"),
        ("figures.toml", 'plain = "plain"', 'plain = "plane"', "there is no 'plane'"),
        ("figures.toml", '"6.1" = [3149.2]', '"6.2" = [3149.2]', "elsewhere: the series are '6.12, 6.1'"),
        ("lesson.toml", 'row = "after-drop"', 'row = "dropped"', "fastest: no right answer: figures.toml has no"),
    ],
)
def test_the_check_names_what_is_wrong_with_figures(copy: Path, file: str, old: str, new: str, message: str) -> None:
    replace(copy / file, old, new)
    found = [fault for fault in check(copy, misconceptions(assets.LESSONS)) if message in fault.message]
    assert [fault.path.name for fault in found] == [file]


def test_a_row_without_values_cannot_be_read(copy: Path) -> None:
    replace(copy / "figures.toml", "[1536, 1534, 1539, 1539, 1539, 1540]", "[]")
    with pytest.raises(LessonError, match="length"):
        read(copy)
