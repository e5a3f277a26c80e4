"""What a room needs over HTTP: the picture of its code, to be pointed a telephone at."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for

from webapp.classroom.qr import qr_svg
from webapp.classroom.rights import typed_code

blueprint = Blueprint("rooms", __name__)


@blueprint.get("/join/<code>/qr.svg")
def qr(code: str) -> Response:
    """The QR code of the link by which students join. It holds the code and nothing else: no teacher's token."""
    known = typed_code(code) or abort(404)
    link = request.host_url.rstrip("/") + url_for("rooms.qr", code=known).removesuffix("/qr.svg")
    return Response(qr_svg(link), mimetype="image/svg+xml")
