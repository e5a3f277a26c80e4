"""A bare Socket.IO broadcast, for comparison: the same library, mode and message, and nothing else."""

from flask import Flask
from flask_socketio import SocketIO, emit, join_room

from webapp.server.sockets import Json

app = Flask("bare")
socketio = SocketIO(app, async_mode="threading", json=Json)


@socketio.on("connect")
def connect(_auth: object = None) -> None:
    """Everyone is in the one room."""
    join_room("room")


@socketio.on("room")
def move(message: dict[str, dict[str, object]]) -> dict[str, str]:
    """A cursor for everyone, with the number that the classroom would give it."""
    emit("cursor", message["cursor"] | {"number": 1_800_000_000_000}, to="room")
    return {"type": "RoomNoted"}


@app.get("/icon.svg")
def icon() -> str:
    """Answers once it serves."""
    return ""
