"""Socket.IO on one side, typed messages on the other. Nothing is decided here."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from flask import request as connection
from flask_socketio import ConnectionRefusedError as RefuseConnection
from flask_socketio import SocketIO

from webapp.server.protocol import Answer, Failed, Request, Steps
from webapp.server.sessions import Sessions

log = logging.getLogger(__name__)


class Json:
    """The json module that Socket.IO calls: msgspec's, so that typed messages go out as they are."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        """JSON of builtins and structs; bytes are base64."""
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        """What a browser sent, as builtins."""
        return msgspec.json.decode(text)


def read(body: object) -> Request | Failed:
    """The request in a message's body, or what is wrong with it."""
    try:
        request: Request = msgspec.convert(body, Request)
    except msgspec.ValidationError as error:
        return Failed("malformed", f"not a message of this protocol: {error}")
    return request


def _sid() -> str:
    sid: str = connection.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it to Flask's request
    return sid


def init_app(socketio: SocketIO, sessions: Sessions) -> None:
    """Ties the sessions to the socket's events."""

    def connect(_auth: object = None) -> None:
        if not sessions.open(_sid()):
            raise RefuseConnection("This server is full. Try again in a few minutes.")

    def disconnect(_reason: object = None) -> None:
        sessions.close(_sid())

    def request(body: object = None, *_: object) -> Answer:
        message = read(body)
        if isinstance(message, Failed):
            return message
        sid = _sid()

        def send(steps: Steps) -> None:
            socketio.emit("steps", steps, to=sid)

        return sessions.get(sid).answer(message, send)

    def unknown(event: str, *_: object) -> Answer:
        return Failed("malformed", f"there is no event {event[:64]!r}")

    def fault(error: BaseException) -> Answer:
        log.error("a request failed", exc_info=error)
        return Failed("internal", "the server made a mistake with this request; your lab is unchanged")

    socketio.on_event("connect", connect)
    socketio.on_event("disconnect", disconnect)
    socketio.on_event("request", request)
    socketio.on_event("*", unknown)
    socketio.on_error_default(fault)
