"""The language of a page: what the reader chose, else the browser's.

The choice is a cookie, which static/src/text/language.ts sets.
"""

from __future__ import annotations

from functools import partial

from flask import Flask, Request, Response, request

from webapp.lessons.shown import LANGUAGES
from webapp.server.translation import sentence

COOKIE = "language"


def language_of(request: Request) -> str:
    """One of LANGUAGES; English where none of them is asked for."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def init_app(app: Flask) -> None:
    """Templates know ``language``, and ``say(text)`` is the text in it; a cache keeps a page for each language."""

    @app.context_processor
    def _words() -> dict[str, object]:
        language = language_of(request)
        return {"language": language, "say": partial(sentence, language)}

    @app.after_request
    def _varies(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.update(("Accept-Language", "Cookie"))
        return response
