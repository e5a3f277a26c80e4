"""The pages as a browser gets them."""

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.lab.builtin import BUILTINS
from webapp.server.app import create_app


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def page_data(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


@pytest.mark.parametrize("slug", [lab.slug for lab in BUILTINS])
def test_every_built_in_lab_has_a_page_that_carries_its_walk(client: FlaskClient, slug: str) -> None:
    answer = client.get(f"/lab/{slug}")
    assert answer.status_code == 200
    data = page_data(answer.text)
    assert data["lab"]["slug"] == slug  # type: ignore[index]
    assert data["walk"]["steps"]  # type: ignore[index]


@pytest.mark.parametrize("slug", [lab.slug for lab in BUILTINS])
def test_no_command_of_a_built_in_lab_fails_but_the_probes_that_are_to_be_stopped(
    client: FlaskClient, slug: str
) -> None:
    data = page_data(client.get(f"/lab/{slug}").text)
    entries = data["lab"]["entries"]  # type: ignore[index]
    assert [entry["command"] for entry in entries if entry["code"] and entry["probe"] < 0] == []


def test_the_home_page_asks_about_the_redirect_of_the_commit_message(client: FlaskClient) -> None:
    data = page_data(client.get("/").text)
    assert data["question"]["lesson"] == "07-where-did-my-egress-rule-go"  # type: ignore[index]
    assert data["question"]["stage"]["hidden"]  # type: ignore[index]


def test_a_twin_page_carries_both_labs(client: FlaskClient) -> None:
    data = page_data(client.get("/twin/redirect/fwd").text)
    assert (data["lab"]["slug"], data["other"]["slug"]) == ("redirect", "fwd")  # type: ignore[index]


def test_a_link_s_page_carries_no_lab(client: FlaskClient) -> None:
    assert page_data(client.get("/lab").text)["lab"] is None


def test_the_workshop_begins_empty_or_with_a_built_in_lab(client: FlaskClient) -> None:
    assert page_data(client.get("/workshop").text)["lab"] is None
    assert page_data(client.get("/workshop/redirect").text)["lab"]["slug"] == "redirect"  # type: ignore[index]


@pytest.mark.parametrize("path", ["/workshop/nope", "/lab/nope", "/twin/redirect/nope", "/nope", "/lab/..%2f..%2fetc"])
def test_what_does_not_exist_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_answer_carries_the_content_security_policy(client: FlaskClient) -> None:
    for path in ("/", "/nope", "/icon.svg"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy


def test_the_data_of_a_page_cannot_end_its_script_element(client: FlaskClient) -> None:
    html = client.get("/lab/redirect").text
    body = html.split('id="page-data">', 1)[1].split("</script>", 1)[0]
    assert "<" not in body


def test_a_page_speaks_the_browsers_language_unless_the_reader_chose_one(client: FlaskClient) -> None:
    def language(**headers: str) -> str:
        found = re.search(r'<html lang="(\w+)">', client.get("/", headers=headers).text)
        assert found
        return found[1]

    assert language() == "en"
    assert language(accept_language="de-AT,de;q=0.9,en;q=0.8") == "de"
    assert language(accept_language="fr,en;q=0.5,de;q=0.4") == "en"
    assert language(accept_language="fr") == "en"
    client.set_cookie("language", "en")
    assert language(accept_language="de") == "en"
    client.set_cookie("language", "de")
    assert language(accept_language="en") == "de"
    client.set_cookie("language", "xx")
    assert language(accept_language="de") == "de"


def test_only_another_language_than_english_has_a_script_of_words(client: FlaskClient) -> None:
    scripts = re.compile(r'<script type="module" src="/static/assets/(\w+)')
    assert scripts.findall(client.get("/").text) == ["home"]
    assert scripts.findall(client.get("/", headers={"Accept-Language": "de"}).text) == ["words", "home"]
