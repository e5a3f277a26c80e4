"""create_app: the Flask application with its pages and its sockets, and the server for one machine."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from threading import Thread

from flask import Flask
from flask_socketio import SocketIO
from werkzeug.serving import run_simple

from webapp import assets
from webapp.lessons.course import Shelf
from webapp.lessons.proofs import confirmed
from webapp.server import keeping, language, lessonpages, roompages, security, wire
from webapp.server.classroom import Classroom
from webapp.server.limits import Limits
from webapp.server.pages import blueprint, preload
from webapp.server.sessions import MAX_CONNECTIONS, Sessions
from webapp.server.sockets import Groups, Json, Queue, is_quick
from webapp.server.sockets import init_app as init_sockets
from webapp.server.verify import LiveKernel
from webapp.server.vite import Manifest
from webapp.store.database import Database

MAX_MESSAGE = 512 * 1024
"""Bytes of one message from a browser; the longest script fits."""


@dataclass(frozen=True, slots=True)
class Hookwalk:
    """What the application keeps besides Flask's own, under app.extensions["hookwalk"]."""

    manifest: Manifest
    sessions: Sessions
    database: Database
    limits: Limits


def create_app(
    live: LiveKernel | None = None,
    shelf: Shelf | None = None,
    database: Database | None = None,
    queue: str | None = None,
    connections: int = MAX_CONNECTIONS,
) -> Flask:
    """The application; its Socket.IO server is app.extensions["socketio"].

    With ``live`` it may run its own built-in labs, and nothing else, on this machine's kernel. ``shelf`` holds the
    lessons, Hookwalk's own where it is None. Without a ``database`` nothing is kept beyond the end of the process.
    ``queue`` is the URL of the Redis through which several processes reach each other's browsers. ``connections`` is
    how many browsers this process takes.
    """
    app = Flask(
        "hookwalk", template_folder=str(assets.TEMPLATES), static_folder=str(assets.BUILD), static_url_path="/static"
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_MESSAGE
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000  # the bundle's file names carry a hash of their content
    app.extensions["hookwalk"] = Hookwalk(
        Manifest(assets.BUILD),
        Sessions(connections, live=live, shelf=shelf),
        database or Database.temporary(),
        Limits(),
    )
    security.init_app(app)
    language.init_app(app)
    app.register_blueprint(blueprint)
    app.register_blueprint(lessonpages.blueprint)
    app.register_blueprint(keeping.blueprint)
    app.register_blueprint(roompages.blueprint)
    between = {"client_manager": Queue(queue)} if queue else {}
    socketio = SocketIO(app, async_mode="threading", max_http_buffer_size=MAX_MESSAGE, json=Json, **between)
    wire.install(socketio, is_quick)
    kept = app.extensions["hookwalk"]
    classroom = Classroom(kept.database, kept.limits, Groups(socketio), kept.sessions.shelf)
    for manager in between.values():
        manager.heard = classroom.heard
    init_sockets(socketio, kept.sessions, classroom)
    return app


def serve(host: str, port: int, database: Database, live: LiveKernel | None = None, shelf: Shelf | None = None) -> None:
    """Serves the application until it is interrupted; says the URL once it can be opened."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # neither its start-up lines nor a line for each request
    app = create_app(live, shelf, database)
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host  # noqa: S104 - words, not a binding
    print(f"Hookwalk is at http://{shown}:{port}/  (Ctrl-C ends it)", file=sys.stderr, flush=True)  # noqa: T201
    Thread(target=_preload, args=[app], name="preload", daemon=True).start()
    run_simple(host, port, app, threaded=True)


def _preload(app: Flask) -> None:
    """Runs what the first pages would wait for: the built-in labs, then the proofs of the lessons."""
    preload()
    for lesson in app.extensions["hookwalk"].sessions.shelf.course().lessons:
        confirmed(lesson)
