"""The German of lessons, interface and server calls one thing by one word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RETIRED = re.compile(r"\b(?:\w*-)?(?:(?:Basis)?[Kk]etten?|Rahmens?|Namensr(?:aum|äume)\w*)\b")
"""Instead of Chain, Frame and Namespace, as who works with nft and ip says in German, too."""


def texts() -> Iterator[Path]:
    yield from (ROOT / "lessons").rglob("*.de.md")
    yield from (ROOT / "webapp" / "lessons" / "template").rglob("*.de.md")
    yield from (ROOT / "static" / "src" / "text" / "de").glob("*.ts")
    yield ROOT / "webapp" / "lessons" / "words.py"
    yield ROOT / "webapp" / "server" / "german.py"


@pytest.mark.parametrize("path", sorted(texts()), ids=lambda path: str(path.relative_to(ROOT)))
def test_chain_frame_and_namespace_have_no_second_german_word(path: Path) -> None:
    assert RETIRED.findall(path.read_text()) == []


@pytest.mark.parametrize("said", ["die Kette", "netdev-Ketten", "des Namensraums", "ein Rahmen", "Basiskette"])
def test_the_retired_words_are_recognised(said: str) -> None:
    assert RETIRED.search(said)
