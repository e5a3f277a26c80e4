"""The parser's tables: made once, kept for the next start, made anew where nothing can be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.userland.nftables import tables


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hookwalk"


def fresh() -> tables.Tables:
    return tables.tables.__wrapped__()


def test_the_second_start_reads_what_the_first_wrote(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fresh()
    assert len(list(cache.iterdir())) == 1
    monkeypatch.setattr(tables, "build", lambda: pytest.fail("made twice"))
    assert fresh() == made


def test_what_cannot_be_read_is_made_anew(cache: Path) -> None:
    made = fresh()
    (kept,) = cache.iterdir()
    kept.write_text("{")
    assert fresh() == made
    assert kept.read_text() != "{"


def test_without_a_place_to_keep_them_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert fresh().start >= 0
