"""What the server keeps for those who ask it to: short links, and progress in the lessons by a code word.

The routes take and give JSON (protocol.py). A page of another site cannot ask: its browser would first ask whether it
may send JSON here, and is not told so.
"""

from __future__ import annotations

import threading
from typing import TypeVar

import msgspec
from flask import Blueprint, Response, abort, current_app, render_template, request

from webapp.lessons.shown import Progress
from webapp.server.addresses import problem
from webapp.server.language import language_of
from webapp.server.limits import Limits
from webapp.server.protocol import (
    Failed,
    FailureCode,
    ForgetProgress,
    KeepLink,
    KeepProgress,
    KeptProgress,
    LoadProgress,
    ProgressRequest,
    SaveProgress,
    ShortLink,
)
from webapp.server.translation import translated
from webapp.store import links, progress
from webapp.store.database import Database

blueprint = Blueprint("keeping", __name__)

MAX_PROGRESS = 200_000
"""Bytes of one learner's progress."""

_HASHING = threading.BoundedSemaphore(2)
"""Code words that are hashed at one time: each takes 16 MB and tens of milliseconds."""

_STATUS: dict[FailureCode, int] = {"malformed": 400, "limit": 413, "unknown_name": 404, "busy": 429}

Body = TypeVar("Body")


def _database() -> Database:
    database: Database = current_app.extensions["hookwalk"].database
    return database


def _limits() -> Limits:
    limits: Limits = current_app.extensions["hookwalk"].limits
    return limits


def _answer(value: msgspec.Struct) -> Response:
    status = _STATUS[value.code] if isinstance(value, Failed) else 200
    response = Response(
        msgspec.json.encode(translated(language_of(request), value)), status, mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _body(type_: type[Body]) -> Body | Failed:
    """The request's body as what it must be."""
    if request.mimetype != "application/json":
        return Failed("malformed", "this address takes JSON")
    try:
        return msgspec.json.decode(request.get_data(), type=type_)
    except msgspec.MsgspecError as error:
        return Failed("malformed", f"not a message of this protocol: {error}")


def _must_wait(kind: str, *, counted: bool = True) -> Failed | None:
    address = request.remote_addr or ""
    seconds = _limits().wait(kind, address) if counted else _limits().blocked(kind, address)
    return Failed("busy", f"Too many requests from your address. Try again in {seconds} s.") if seconds else None


# Short links


@blueprint.post("/s")
def keep_link() -> Response:
    """Keeps a lab's link by value; the same lab always has the same short link."""
    return _answer(_kept_link())


def _kept_link() -> ShortLink | Failed:
    asked = _body(KeepLink)
    if isinstance(asked, Failed):
        return asked
    wrong = problem(asked.address)
    if wrong:
        return Failed("limit" if "too long" in wrong else "malformed", wrong)
    return _must_wait("link") or ShortLink(f"/s/{links.keep(_database(), asked.address)}")


@blueprint.get("/s/<code>")
def open_link(code: str) -> str:
    """A page that goes on to the lab: a link by value is longer than what a redirect may carry."""
    address = links.find(_database(), code.lower()) if len(code) <= 32 else None
    if address is None:
        abort(404)
    # in a script element only "<" can end or confuse the data
    data = msgspec.json.encode(KeepLink(address)).decode().replace("<", "\\u003c")
    language = language_of(request)
    entry = current_app.extensions["hookwalk"].manifest.entry("short", language)
    return render_template("walk.html", title="Lab", data=data, entry=entry, language=language)


# Progress


@blueprint.post("/progress")
def keep_progress() -> Response:
    """Gives a code word, or loads, saves or deletes what is kept under one."""
    return _answer(_kept_progress())


def _kept_progress() -> KeptProgress | Failed:
    if request.content_length is not None and request.content_length > MAX_PROGRESS:
        return Failed("limit", "The progress is too long to be kept.")
    asked = _body(ProgressRequest)  # type: ignore[arg-type]  # a union is no type[Body], and msgspec takes it
    if isinstance(asked, Failed):
        return asked
    refused = _must_wait("progress") or _must_wait("guess", counted=False)
    if refused:
        return refused
    with _HASHING:
        found = _done(asked)
    if found is None:
        _limits().wait("guess", request.remote_addr or "")
        return Failed("unknown_name", "Nothing is kept under these words. Check them, or begin with a new code word.")
    return found


def _done(asked: KeepProgress | LoadProgress | SaveProgress | ForgetProgress) -> KeptProgress | None:
    database = _database()
    match asked:
        case KeepProgress(content):
            return KeptProgress(progress.new(database, msgspec.json.encode(content)), content)
        case LoadProgress(word):
            kept = progress.load(database, word)
            return None if kept is None else KeptProgress(str(progress.written(word)), _read(kept))
        case SaveProgress(word, content):
            saved = progress.save(database, word, msgspec.json.encode(content))
            return KeptProgress(str(progress.written(word)), content) if saved else None
        case ForgetProgress(word):
            return KeptProgress("", Progress(1, "", ())) if progress.forget(database, word) else None


def _read(kept: bytes) -> Progress:
    return msgspec.json.decode(kept, type=Progress)
