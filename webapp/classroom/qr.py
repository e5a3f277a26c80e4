"""QR codes of links, as SVG."""

from __future__ import annotations

from io import BytesIO

import segno


def qr_svg(link: str) -> bytes:
    """The code on white, with the quiet zone that readers need, scaled by its frame."""
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, omitsize=True, dark="#181c24", light="#ffffff"
    )
    return out.getvalue()
