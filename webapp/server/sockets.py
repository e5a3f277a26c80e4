"""Socket.IO on one side, typed messages on the other. Nothing is decided here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec
from flask import request as connection
from flask_socketio import ConnectionRefusedError as RefuseConnection
from flask_socketio import SocketIO
from socketio import RedisManager

from webapp.classroom.values import RoomCursor
from webapp.lessons.shown import LANGUAGES
from webapp.server.classroom import Classroom
from webapp.server.protocol import Answer, Failed, Request, RoomAnswer, RoomRequest, Steps
from webapp.server.sessions import Sessions
from webapp.server.translation import sentence, translated

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


def read_room(body: object) -> RoomRequest | Failed:
    """The same for the messages of a room."""
    try:
        request: RoomRequest = msgspec.convert(body, RoomRequest)
    except msgspec.ValidationError as error:
        return Failed("malformed", f"not a message of this protocol: {error}")
    return request


def is_quick(words: object) -> bool:
    """Is what a browser says answered at once, without the database? Such words keep their order: the last counts."""
    return (
        isinstance(words, list)
        and len(words) == 2
        and words[0] == "room"
        and isinstance(words[1], dict)
        and words[1].get("type") in ("MoveCursor", "SayWhere")
    )


class Queue(RedisManager):  # type: ignore[misc]  # it ships no types
    """What several processes reach each other through. This one also listens for cursors: its own must come after."""

    def __init__(self, url: str) -> None:
        super().__init__(url, json=Json)
        self.heard: Callable[[str, RoomCursor], object] = lambda _group, _cursor: None

    def _handle_emit(self, message: dict[str, Any]) -> None:
        super()._handle_emit(message)
        if message["event"] == "cursor":
            self.heard(message["room"], msgspec.convert(message["data"][0], RoomCursor))


class Groups:
    """Socket.IO's rooms, as the classroom needs them (classroom.Door)."""

    def __init__(self, socketio: SocketIO) -> None:
        self._socketio = socketio

    def tell(self, event: str, value: msgspec.Struct, group: str) -> None:
        """Sends an event to all of a group, in all processes."""
        # as builtins: a message queue between processes carries no types
        self._socketio.emit(event, msgspec.to_builtins(value), to=group)

    def tell_here(self, event: str, value: msgspec.Struct, group: str) -> None:
        """Sends an event to those of a group who are connected to this process."""
        self._socketio.emit(event, value, to=group, ignore_queue=True)

    def enter(self, sid: str, group: str) -> None:
        """Puts a connection into a group."""
        self._socketio.server.enter_room(sid, group)

    def leave(self, sid: str, group: str) -> None:
        """Takes it out; one that is lost leaves by itself."""
        if self._socketio.server.manager.is_connected(sid, "/"):  # else all processes would be asked to let it go
            self._socketio.server.leave_room(sid, group)


def _sid() -> str:
    sid: str = connection.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it to Flask's request
    return sid


def _language(auth: object) -> str:
    """That of the page, which names it when it connects."""
    named = auth.get("language") if isinstance(auth, dict) else None
    return named if named in LANGUAGES else LANGUAGES[0]


def init_app(socketio: SocketIO, sessions: Sessions, classroom: Classroom) -> None:
    """Ties sessions and rooms to the socket's events."""

    def connect(auth: object = None) -> None:
        language = _language(auth)
        if not sessions.open(_sid(), language):
            raise RefuseConnection(sentence(language, "This server is full. Try again in a few minutes."))

    def disconnect(_reason: object = None) -> None:
        sessions.close(_sid())
        classroom.leave(_sid())

    def request(body: object = None, *_: object) -> Answer:
        message = read(body)
        if isinstance(message, Failed):
            return message
        sid = _sid()

        def send(steps: Steps) -> None:
            socketio.emit("steps", steps, to=sid, ignore_queue=True)

        session = sessions.get(sid)
        return translated(session.language, session.answer(message, send))

    def room(body: object = None, *_: object) -> RoomAnswer:
        message = read_room(body)
        if isinstance(message, Failed):
            return message
        sid = _sid()
        return translated(sessions.get(sid).language, classroom.answer(sid, connection.remote_addr or "", message))

    def unknown(event: str, *_: object) -> Answer:
        return Failed("malformed", f"there is no event {event[:64]!r}")

    def fault(error: BaseException) -> Answer:
        log.error("a request failed", exc_info=error)
        return Failed("internal", "the server made a mistake with this request; your lab is unchanged")

    socketio.on_event("connect", connect)
    socketio.on_event("disconnect", disconnect)
    socketio.on_event("request", request)
    socketio.on_event("room", room)
    socketio.on_event("*", unknown)
    socketio.on_error_default(fault)
