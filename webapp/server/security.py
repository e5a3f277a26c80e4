"""Headers of every answer: nothing is loaded from elsewhere, nothing inline is run."""

from __future__ import annotations

from flask import Flask, Response

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def policy(*, frame_ancestors: str = "'self'") -> str:
    """The content-security policy; ``frame_ancestors`` are the sites that may show the page in a frame."""
    directives = _POLICY | {"frame-ancestors": frame_ancestors}
    return "; ".join(f"{directive} {sources}" for directive, sources in directives.items())


_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def init_app(app: Flask) -> None:
    """Every answer of ``app`` carries the headers."""
    app.after_request(_add_headers)
