"""Short links, and progress by a code word, over HTTP."""

import json
import re
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from webapp.server.addresses import MAX_ADDRESS, problem
from webapp.server.app import create_app
from webapp.server.keeping import MAX_PROGRESS
from webapp.server.limits import Limits, Rate
from webapp.server.protocol import MAX_SCRIPT


def deflated(text: str) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return urlsafe_b64encode(deflate.compress(text.encode()) + deflate.flush()).decode().rstrip("=")


def link(script: str, page: str = "/lab", search: str = "") -> str:
    return f"{page}{search}#v1.{deflated(script)}"


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app()


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def keep(client: FlaskClient, address: str) -> TestResponse:
    return client.post("/s", json={"address": address})


def test_a_short_link_opens_the_lab_where_it_was_shared(client: FlaskClient) -> None:
    address = link("ip netns add a\n", "/workshop", "?probe=1&step=12&level=functions")
    path = keep(client, address).json["path"]  # type: ignore[index]
    assert re.fullmatch(r"/s/[a-z2-7]{8}", path)
    page = client.get(path)
    assert page.status_code == 200
    found = re.search(r'id="page-data">(.*?)</script>', page.text)
    assert found
    assert json.loads(found[1]) == {"address": address}
    assert client.get(path.upper().replace("/S/", "/s/")).status_code == 200


def test_the_same_lab_has_the_same_short_link(client: FlaskClient) -> None:
    first, second, other = (keep(client, link(script)).json for script in ("x", "x", "y"))
    assert first == second != other


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://elsewhere.example/#v1.AwA",
        "//elsewhere.example/lab#v1.AwA",
        "/lab",
        "/lab/redirect",
        "/lab#v1.",
        "/lab#v9.AwA",
        "/lab?probe=javascript:1#v1.AwA",
        "/lab?other=1#v1.AwA",
        "/lab#v1.AwA\n",
        "/lab#v1.AAAA",
        "/lab#v1.<script>",
        f"/lab#v2.{deflated('no json')}",
        f"/lab#v2.{deflated('{}')}",
        link("x" * (MAX_SCRIPT + 1)),
        link("\0" * 50_000_000),
        "/lab#v1." + "A" * MAX_ADDRESS,
    ],
    ids=range(17),
)
def test_what_is_no_link_of_a_lab_is_not_kept(client: FlaskClient, address: str) -> None:
    answer = keep(client, address)
    assert answer.status_code in (400, 413)
    assert answer.json["type"] == "Failed"  # type: ignore[index]


def test_two_labs_side_by_side_have_a_short_link(client: FlaskClient) -> None:
    shared = json.dumps({"t": "one", "s": "ip netns add a\n", "u": "two", "o": "ip netns add b\n"})
    assert keep(client, f"/twin#v2.{deflated(shared)}").status_code == 200


@given(st.text(max_size=80))
def test_any_text_is_a_link_or_has_a_problem(text: str) -> None:
    assert problem(text)
    assert problem(f"/lab#v1.{text}") or re.fullmatch(r"[\w-]+", text)


def test_a_code_that_was_not_given_is_not_found(client: FlaskClient) -> None:
    assert [client.get(f"/s/{code}").status_code for code in ("aaaaaaaa", "x" * 400, "..%2f")] == [404] * 3


@pytest.mark.parametrize("path", ["/s", "/progress"])
def test_what_is_not_json_is_refused(client: FlaskClient, path: str) -> None:
    for answer in (client.post(path, data={"address": "/lab#v1.AwA"}), client.post(path, json=[1])):
        assert (answer.status_code, answer.json["code"]) == (400, "malformed")  # type: ignore[index]


# Progress

PROGRESS = {
    "version": 1,
    "language": "",
    "lessons": [
        {
            "lesson": "01-what-a-hook-is",
            "at": 3,
            "tasks": [
                {
                    "task": "predict",
                    "state": "right",
                    "tries": 1,
                    "hints": 0,
                    "points": 0,
                    "commands": 0,
                    "chosen": ["a"],
                    "script": "",
                }
            ],
        }
    ],
}


def test_progress_is_kept_and_loaded_by_its_code_word(client: FlaskClient) -> None:
    kept = client.post("/progress", json={"type": "KeepProgress", "progress": PROGRESS}).json
    assert kept is not None
    assert re.fullmatch(r"[a-z]+ [a-z]+ [a-z]+", kept["word"])
    typed = kept["word"].title().replace(" ", "-")
    for request in ({"type": "SaveProgress", "progress": PROGRESS | {"language": "de"}}, {"type": "LoadProgress"}):
        answer = client.post("/progress", json=request | {"word": typed})
        assert answer.json == kept | {"progress": PROGRESS | {"language": "de"}}
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_forgotten_is_kept_no_more_and_cannot_be_saved_again(client: FlaskClient) -> None:
    kept = client.post("/progress", json={"type": "KeepProgress", "progress": PROGRESS}).json
    assert kept is not None
    word = kept["word"]
    answer = client.post("/progress", json={"type": "ForgetProgress", "word": word})
    assert (answer.status_code, answer.json["progress"]["lessons"]) == (200, [])  # type: ignore[index]
    for request in ({"type": "LoadProgress"}, {"type": "SaveProgress", "progress": PROGRESS}):
        assert client.post("/progress", json=request | {"word": word}).status_code == 404


def test_progress_of_another_shape_or_too_long_is_refused(client: FlaskClient) -> None:
    answer = client.post("/progress", json={"type": "KeepProgress", "progress": {"version": "x"}})
    assert answer.json["code"] == "malformed"  # type: ignore[index]
    long = {"type": "KeepProgress", "progress": PROGRESS | {"language": "x" * MAX_PROGRESS}}
    assert client.post("/progress", json=long).json["code"] == "limit"  # type: ignore[index]


def test_who_guesses_code_words_must_wait() -> None:
    client = create_app().test_client()
    guess = {"type": "LoadProgress", "word": "abandon ability able"}
    codes = [client.post("/progress", json=guess).json["code"] for _ in range(40)]  # type: ignore[index]
    assert codes[:30] == ["unknown_name"] * 30
    assert "busy" in codes[30:]


# Rooms


def test_a_room_s_code_is_a_picture_and_what_is_no_code_has_none(client: FlaskClient) -> None:
    answer = client.get("/join/bcdfgh/qr.svg")
    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "image/svg+xml", b"<svg")
    assert client.get("/join/BCDFGH/qr.svg").data == answer.data
    assert client.get("/join/nope/qr.svg").status_code == 404


# Limits


def test_an_address_has_a_burst_and_then_a_rate() -> None:
    now = [0.0]
    limits = Limits({"x": Rate(3, 60)}, lambda: now[0])
    assert [limits.wait("x", "10.0.0.1") for _ in range(5)] == [0, 0, 0, 1, 1]
    assert limits.wait("x", "10.0.0.2") == 0
    now[0] += 1
    assert [limits.wait("x", "10.0.0.1") for _ in range(2)] == [0, 1]


def test_a_whole_ipv6_network_counts_as_one_address() -> None:
    limits = Limits({"x": Rate(1, 1)}, lambda: 0.0)
    assert limits.wait("x", "2001:db8::1") == 0
    assert limits.wait("x", "2001:db8::ffff:1") > 0
    assert limits.wait("x", "2001:db8:0:1::1") == 0
