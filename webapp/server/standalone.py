"""A page in one file that plays a lab's walks without a server and without a network, also when opened from a disk.

It holds the player's script and style sheet (static/src/pages/player.ts, built as one file each) and the walks, packed.
Its content-security policy names both by their hashes and allows nothing else: what a lab says cannot run.
"""

from __future__ import annotations

import gzip
import html
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

import msgspec

from webapp import assets
from webapp.lab.lab import Lab
from webapp.lessons.shown import LANGUAGES
from webapp.server.protocol import PROTOCOL_VERSION, LabState, PlayerData, Recording, Steps
from webapp.server.translation import sentence
from webapp.server.vite import Manifest

PLAYER = assets.BUILD / "player"

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="app"></div>
<noscript><h1>{title}</h1><p>{plea}</p><pre>{lab}</pre></noscript>
<script type="text/plain" id="page-data">{data}</script>
{words}<script type="module">{script}</script>
</body>
</html>
"""


def player_data(state: LabState, lab: Lab, probe: int = 0, step: int = 0, link: str = "") -> PlayerData:
    """The page's data: ``state`` shows ``lab``, which must have been recorded."""
    probes = (entry.probe for entry in lab.entries if entry.probe is not None)
    recordings = tuple(
        Recording(Steps("", number, 0, one.walk.steps, 0, one.walk.states), one.topology)
        for number, one in enumerate(probes)
    )
    shown = msgspec.structs.replace(state, lab="")
    last = max(0, len(recordings) - 1)
    return PlayerData(PROTOCOL_VERSION, shown, recordings, min(max(0, probe), last), max(0, step), link)


def standalone(data: PlayerData, language: str = LANGUAGES[0], player: Path = PLAYER) -> bytes:
    """The page, in ``language``. FileNotFoundError: the front end was not built."""
    script, style = _player(player)
    words = _words(language)
    scripts = " ".join(_source(one) for one in (words, script) if one)
    # gzip's header has no time in it: the same lab is the same file
    packed = b64encode(gzip.compress(msgspec.json.encode(data), mtime=0)).decode()
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {_source(style)}; font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        language=language,
        plea=sentence(language, "This page draws packets with JavaScript."),
        title=html.escape(f"{data.lab.title or 'Lab'} · Hookwalk"),
        style=style,
        lab=html.escape(data.lab.script),
        data=packed,
        words=f'<script type="module">{words}</script>\n' if words else "",
        script=script,
    ).encode()


@cache
def _player(folder: Path) -> tuple[str, str]:
    """Script and style sheet, as they may stand inside their elements."""
    entry = Manifest(folder).entry("player")
    style = "".join((folder / style).read_text() for style in entry.styles)
    return _inline(folder / entry.script), style.replace("</style", "<\\/style")


@cache
def _words(language: str) -> str:
    """The script that runs before the player's; empty in English."""
    file = Manifest(assets.BUILD).words(language)
    return _inline(assets.BUILD / file) if file else ""


def _inline(script: Path) -> str:
    """A script as it may stand inside its element."""
    return script.read_text().replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
