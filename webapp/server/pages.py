"""The pages. Each carries what it shows, so that the picture stands before the socket does."""

from __future__ import annotations

from functools import cache
from threading import Lock

import msgspec
from flask import Blueprint, Response, abort, current_app, render_template, request

from webapp.lab.builtin import BUILTINS, Builtin, builtin
from webapp.server import security
from webapp.server.labs import OpenLab
from webapp.server.language import language_of
from webapp.server.protocol import PROTOCOL_VERSION, BuiltinLab, LabState, PageData, Steps
from webapp.server.translation import translated

blueprint = Blueprint("pages", __name__)

FIRST_LAB = "redirect"

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M3 5v3a4 4 0 0 0 8 0V5" fill="none" stroke="#181c24" stroke-width="2" stroke-linecap="round"/>'
    '<path d="M8.5 7 11 4.5 13.5 7" fill="none" stroke="#181c24" stroke-width="2" stroke-linejoin="round"/>'
    '<circle cx="3" cy="4" r="2" fill="#cc1160"/></svg>'
)


_running = Lock()


def preload() -> None:
    """Runs the built-in labs, the first page's before the others, so that no request waits for its lab."""
    for slug in (FIRST_LAB, *(lab.slug for lab in BUILTINS)):
        _shown(slug)


def _shown(slug: str) -> tuple[LabState, Steps]:
    """A built-in lab, run once for all: labs are deterministic. Its key is empty: no session holds it."""
    with _running:
        return _run(slug)


@cache
def _run(slug: str) -> tuple[LabState, Steps]:
    found = builtin(slug)
    assert found is not None
    opened = OpenLab(found.script)
    opened.key = ""
    state = opened.state()
    entry = next(entry for entry in opened.lab.entries if entry.probe is not None)
    assert entry.probe is not None
    walk = entry.probe.walk
    return state, Steps("", 0, 0, walk.steps, 0, walk.states)


def listed(lab: Builtin) -> BuiltinLab:
    """A built-in lab as the list of labs shows it."""
    return BuiltinLab(lab.slug, lab.title, lab.summary, lab.statements, lab.twin)


def _page(title: str, slug: str = "", other: str = "", page: str = "walk") -> str:
    lab, walk = _shown(slug) if slug else (None, None)
    other_lab, other_walk = _shown(other) if other else (None, None)
    data = PageData(PROTOCOL_VERSION, tuple(map(listed, BUILTINS)), lab, walk, other_lab, other_walk)
    return write(title, data, page)


def write(title: str, data: msgspec.Struct, page: str) -> str:
    """The HTML of static/src/pages/PAGE.ts with the data that it shows."""
    language = language_of(request)
    # in a script element only "<" can end or confuse the data
    text = msgspec.json.encode(translated(language, data)).decode().replace("<", "\\u003c")
    entry = current_app.extensions["hookwalk"].manifest.entry(page, language)
    themed = page != "embed"  # a frame looks as the system wants, whatever was chosen here
    return render_template("walk.html", title=title, data=text, entry=entry, themed=themed)


def _known(slug: str) -> Builtin:
    return builtin(slug) or abort(404)


@blueprint.get("/lab")
def lab_of_link() -> str:
    """A lab by value: the link's part after # holds the script, which the server never sees before it is opened."""
    return _page("Lab")


@blueprint.get("/lab/<slug>")
def lab(slug: str) -> str:
    """One of the built-in labs; ?step=N is the browser's."""
    found = _known(slug)
    return _page(found.title, found.slug)


@blueprint.get("/twin/<slug>/<other>")
def twin(slug: str, other: str) -> str:
    """Two built-in labs side by side on one step axis."""
    first, second = _known(slug), _known(other)
    return _page(f"{first.title} / {second.title}", first.slug, second.slug)


@blueprint.get("/workshop")
def workshop() -> str:
    """An empty lab to build in; the browser puts in what it kept, or the lab that the link holds after #."""
    return _page("Workshop", page="workshop")


@blueprint.get("/workshop/<slug>")
def workshop_of(slug: str) -> str:
    """A built-in lab to start from."""
    found = _known(slug)
    return _page(f"{found.title} · Workshop", found.slug, page="workshop")


@blueprint.get("/embed")
@blueprint.get("/embed/<slug>")
def embed(slug: str = "") -> Response:
    """A walk without the page around it, for other sites' frames; without a slug the link holds the lab after #."""
    found = _known(slug) if slug else None
    response = Response(_page(found.title if found else "Lab", slug, page="embed"))
    response.headers["Content-Security-Policy"] = security.policy(frame_ancestors="*")
    return response


@blueprint.get("/twin")
def twin_of_link() -> str:
    """Two labs by value: the link holds both after #."""
    return _page("Twin")


@blueprint.get("/icon.svg")
def icon() -> Response:
    """The mark, for the browser's tab."""
    return Response(_ICON, mimetype="image/svg+xml")
