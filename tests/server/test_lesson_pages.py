"""The pages of the course as a browser gets them."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from webapp import assets
from webapp.lessons.course import Shelf
from webapp.lessons.scaffold import scaffold
from webapp.server.app import create_app

SLUG = "07-where-did-my-egress-rule-go"
GERMAN = {"Accept-Language": "de"}


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with create_app().test_client() as client:
        yield client


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_only_the_list_of_lessons_waits_for_what_confirms_them(client: FlaskClient) -> None:
    lists = {
        path: data_of(client.get(path).text)["course"]["lessons"] for path in ("/", f"/lessons/{SLUG}", "/lessons")
    }
    kernels = {path: {tuple(one["confirmed"]) for one in lessons} for path, lessons in lists.items()}
    assert kernels == {"/": {()}, f"/lessons/{SLUG}": {()}, "/lessons": {("6.1", "6.12", "6.18")}}


def test_the_home_page_of_another_course_asks_that_ones_question(client: FlaskClient, tmp_path: Path) -> None:
    scaffold(tmp_path, "01-mine")
    with create_app(shelf=Shelf(tmp_path)).test_client() as other:
        asked = [data_of(each.get("/").text)["question"] for each in (client, other)]
    assert [(one["lesson"], one["own"]) for one in asked] == [(SLUG, True), ("01-mine", False)]


def test_the_course_is_told_in_the_readers_language(client: FlaskClient) -> None:
    english, german = (data_of(client.get("/lessons", headers=headers).text) for headers in ({}, GERMAN))
    assert [lesson["slug"] for lesson in english["course"]["lessons"]] == [
        lesson["slug"] for lesson in german["course"]["lessons"]
    ]
    assert english["course"]["language"] == "en"
    assert german["course"]["language"] == "de"
    assert english["faults"] == []


def test_a_lesson_carries_its_first_task_without_the_answer(client: FlaskClient) -> None:
    data = data_of(client.get(f"/lessons/{SLUG}").text)
    assert data["lesson"]["slug"] == SLUG
    assert data["stage"]["task"] == "next"
    assert data["stage"]["hidden"]
    assert not [step for step in data["stage"]["walk"]["steps"] if step["dev"] == "vethh"]


def test_there_is_no_lesson_of_another_name(client: FlaskClient) -> None:
    assert client.get("/lessons/99-none").status_code == 404
    assert client.get("/lessons/99-none/worksheet").status_code == 404


def test_a_worksheet_is_html_without_answers_and_its_key_has_them(client: FlaskClient) -> None:
    sheet = client.get(f"/lessons/{SLUG}/worksheet").text
    key = client.get(f"/lessons/{SLUG}/worksheet?key").text
    solution = "nft add rule netdev own arrives udp dport 53 drop"
    assert solution in key
    assert solution not in sheet
    assert 'class="right"' in key
    assert 'class="right"' not in sheet
    assert "<style" not in sheet
    assert " style=" not in sheet


def test_a_worksheet_is_german_for_who_reads_german(client: FlaskClient) -> None:
    sheet = client.get(f"/lessons/{SLUG}/worksheet", headers=GERMAN).text
    assert '<html lang="de">' in sheet
    assert "Arbeitsblatt" in sheet


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One lesson of one's own, with its misconceptions."""
    for name in ("misconceptions.md", "misconceptions.de.md", SLUG):
        source = assets.LESSONS / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return tmp_path


def test_a_lesson_that_cannot_be_read_says_why_in_its_page_and_in_the_list(folder: Path) -> None:
    client = create_app(shelf=Shelf(folder, watched=True)).test_client()
    assert data_of(client.get(f"/lessons/{SLUG}").text)["lesson"]["slug"] == SLUG
    toml = folder / SLUG / "lesson.toml"
    whole = toml.read_text()
    toml.write_text(whole.replace('kind = "predict"', 'kind = "guess"', 1))
    data = data_of(client.get(f"/lessons/{SLUG}").text)
    assert data["lesson"] is None
    assert data["watched"]
    [fault] = data_of(client.get("/lessons").text)["faults"]
    assert fault["message"].startswith(f"{SLUG}/lesson.toml")
    assert str(folder) not in json.dumps(data)
    toml.write_text(whole)
    assert data_of(client.get(f"/lessons/{SLUG}").text)["faults"] == []


def test_a_course_without_lessons_is_a_page_all_the_same(tmp_path: Path) -> None:
    client = create_app(shelf=Shelf(tmp_path, watched=True)).test_client()
    assert data_of(client.get("/").text)["question"] is None
    assert data_of(client.get("/lessons").text)["course"]["lessons"] == []
