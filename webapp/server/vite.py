"""The bundle's files for a page, from Vite's manifest (static/build/manifest.json)."""

from __future__ import annotations

from pathlib import Path

import msgspec

from webapp.lessons.shown import LANGUAGES


class _Chunk(msgspec.Struct):
    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True):
    """What a page's HTML names: one script, the chunks that it imports, its style sheets. Paths below static/build.

    ``words`` is the script that has to run before it, with the page's words; empty in English, whose words are in the
    page's own.
    """

    script: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]
    words: str


class Manifest:
    """The manifest, read once."""

    def __init__(self, build: Path) -> None:
        path = build / "manifest.json"
        if not path.is_file():
            raise FileNotFoundError(f"{path}: the front end was not built (make run builds it)")
        self._chunks = msgspec.json.decode(path.read_bytes(), type=dict[str, _Chunk])

    def entry(self, page: str, language: str = LANGUAGES[0]) -> Entry:
        """The files of src/pages/PAGE.ts, and of src/text/LANGUAGE."""
        key = f"src/pages/{page}.ts"
        chunks = self._with_imports(key)
        styles = dict.fromkeys(style for chunk in chunks for style in chunk.css)
        return Entry(chunks[0].file, tuple(chunk.file for chunk in chunks[1:]), tuple(styles), self.words(language))

    def words(self, language: str) -> str:
        """The script with the words of ``language``; empty in English."""
        return "" if language == LANGUAGES[0] else self._chunks[f"src/text/{language}/index.ts"].file

    def _with_imports(self, key: str) -> list[_Chunk]:
        seen: dict[str, _Chunk] = {}
        waiting = [key]
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen[name] = self._chunks[name]
                waiting.extend(seen[name].imports)
        return list(seen.values())
