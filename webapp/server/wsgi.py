"""The application for gunicorn: ``gunicorn -c deploy/gunicorn.conf.py webapp.server.wsgi:app`` (deploy/README.md).

DATABASE_URL or HOOKWALK_DATA say where things are kept, REDIS_URL is what several processes reach each other through,
PROXIES how many reverse proxies stand in front, whose word about a browser's address counts, CONNECTIONS how many
browsers a process takes.
"""

from __future__ import annotations

import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.lab.collector import collect_seldom
from webapp.server.app import create_app
from webapp.server.environment import database
from webapp.server.sessions import MAX_CONNECTIONS


def _app() -> Flask:
    made = create_app(
        database=database(),
        queue=os.environ.get("REDIS_URL") or None,
        connections=int(os.environ.get("CONNECTIONS", MAX_CONNECTIONS)),
    )
    proxies = int(os.environ.get("PROXIES", "0"))
    if proxies:
        # around Socket.IO, too: its handlers see the browser's address
        made.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            made.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return made


collect_seldom()
app = _app()
