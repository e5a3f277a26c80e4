"""The language of a page: what the reader chose, else the browser's.

The choice is a cookie, which static/src/text/language.ts sets.
"""

from __future__ import annotations

from flask import Request

from webapp.lessons.shown import LANGUAGES

COOKIE = "language"


def language_of(request: Request) -> str:
    """One of LANGUAGES; English where none of them is asked for."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
