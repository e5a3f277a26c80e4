"""The pages of a room: where rooms are opened and entered, a teacher's, a student's, the projector's; its QR code."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for

from webapp.classroom.qr import qr_svg
from webapp.classroom.rights import typed_code
from webapp.lab.builtin import BUILTINS
from webapp.server import roomlessons
from webapp.server.lessonpages import language, shelf
from webapp.server.pages import write
from webapp.server.protocol import PROTOCOL_VERSION, RoomData, TeachingLab

blueprint = Blueprint("rooms", __name__)


@blueprint.get("/classroom")
def classroom() -> str:
    """Opens a room, or goes into one by its code."""
    return write("Classroom", RoomData(PROTOCOL_VERSION, "", ()), "classroom")


@blueprint.get("/join")
@blueprint.get("/join/<code>")
def join(code: str = "") -> str:
    """A student's page. Whether there is such a room, the socket says."""
    return write("Classroom", RoomData(PROTOCOL_VERSION, typed_code(code), ()), "join" if code else "classroom")


@blueprint.get("/teach/<code>")
def teach(code: str) -> str:
    """The teacher's page; what makes one the teacher stands after the # of the link."""
    labs = tuple(TeachingLab(lab.title, lab.script) for lab in BUILTINS)
    lessons = roomlessons.ready(shelf().course(), language())
    return write("Classroom", RoomData(PROTOCOL_VERSION, typed_code(code), labs, lessons), "teach")


@blueprint.get("/projector/<code>")
def projector(code: str) -> str:
    """What is thrown on the wall."""
    return write("Classroom", RoomData(PROTOCOL_VERSION, typed_code(code), ()), "projector")


@blueprint.get("/join/<code>/qr.svg")
def qr(code: str) -> Response:
    """The QR code of the link by which students join. It holds the code and nothing else: no teacher's token."""
    known = typed_code(code) or abort(404)
    link = request.host_url.rstrip("/") + url_for("rooms.join", code=known)
    return Response(qr_svg(link), mimetype="image/svg+xml")
