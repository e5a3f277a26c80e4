"""Links by value, as they may be kept behind a short one: the pages, places and versions of static/src/core/link.ts."""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error

import msgspec

from webapp.server.protocol import MAX_SCRIPT

MAX_ADDRESS = 300_000
"""Characters of a link that is kept."""

_MAX_BYTES = 8 * MAX_SCRIPT + 4096
"""What a link's lab may unpack to: that of two of the longest scripts."""

_ADDRESS = re.compile(
    r"(?P<page>/lab|/workshop|/twin)"
    r"(?P<search>(\?(probe|step|level)=[a-z0-9]{1,12}(&(probe|step|level)=[a-z0-9]{1,12}){0,2})?)"
    r"#(?P<version>v1|v2)\.(?P<packed>[A-Za-z0-9_-]+)"
)


class _Shared(msgspec.Struct):
    """What v2 packs: titles and scripts."""

    s: str
    t: str = ""
    u: str = ""
    o: str = ""


def problem(address: str) -> str:
    """Why ``address`` is no link to a lab by value; empty where it is one."""
    if len(address) > MAX_ADDRESS:
        return "The lab is too long for a short link. Save it as a script instead."
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return "Only the link of a lab can be kept."
    try:
        text = _unpacked(found["packed"]).decode()
        shared = msgspec.json.decode(text, type=_Shared) if found["version"] == "v2" else _Shared(text)
    except (zlib.error, Base64Error, UnicodeDecodeError, msgspec.MsgspecError):
        return "The link is cut off or was changed: its lab cannot be unpacked."
    if max(len(shared.s), len(shared.o)) > MAX_SCRIPT:
        return "The lab is too long for a short link. Save it as a script instead."
    return ""


def _unpacked(packed: str) -> bytes:
    """The bytes; zlib.error where they are none, or too many."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflate.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), _MAX_BYTES)
    if not inflate.eof:
        raise zlib.error("cut off, or too long")
    return content
