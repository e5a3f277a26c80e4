"""Where a cursor stands in a script that is being typed: the words before it, or the here-document that it is in.

The text need not be a script yet: quotes and here-documents may be open. What follows the cursor is not looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLANK = re.compile(r"(?:[ \t]|\\\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_END = re.compile(r"\n|;|&&|&(?!>)|\|\|")
_HEREDOC = re.compile(r"<<(-?)[ \t]*('[^'\n]*'|\"[^\"\n]*\"|[^\s;&|<>]+)")
_REDIRECTION = re.compile(r"(?:[0-9]*(?:>>|>\||[<>]&?)|&>>?)[ \t]*[^\s;&|<>]*")
_PART = re.compile(r"[^\s'\"\\;&|<>]+|\\.?", re.DOTALL)


@dataclass(slots=True)
class Cursor:
    """The command that the cursor is in.

    ``words`` are those before the one that is being typed, which is ``word`` from ``start`` on, without its quotes.
    ``body`` is the here-document up to the cursor, or None where the cursor is in none. ``comment``: in one.
    """

    words: list[str] = field(default_factory=list)
    word: str = ""
    start: int = 0
    body: str | None = None
    comment: bool = False


def cursor(script: str, offset: int) -> Cursor:
    """Reads the script up to ``offset`` (Unicode characters)."""
    return _Reader(script[:offset]).read()


class _Reader:
    """One run over the text before the cursor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.now = Cursor()
        self.delimiters: list[tuple[str, bool]] = []

    def read(self) -> Cursor:
        text = self.text
        while self.at < len(text):
            if self._take(_BLANK):
                continue
            if self._take(_COMMENT):
                if self.at == len(text):
                    return Cursor(start=self.at, comment=True)
                continue
            heredoc = self._take(_HEREDOC)
            if heredoc and self.at < len(text):
                self.delimiters.append((heredoc[2].strip("'\""), bool(heredoc[1])))
            elif heredoc or self._take(_REDIRECTION):
                continue
            elif end := self._take(_END):
                if end[0] == "\n" and (inside := self._heredocs()) is not None:
                    return inside
                self.now = Cursor()
            elif self._word():
                return self.now
        self.now.start = len(text)
        return self.now

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def _word(self) -> bool:
        """One word; whether the cursor is at its end."""
        text, start = self.text, self.at
        said = ""
        inner = -1
        while self.at < len(text):
            part = self._take(_PART)
            if part is not None:
                said += part[0].removeprefix("\\")
            elif text[self.at] in "'\"":
                end = text.find(text[self.at], self.at + 1)
                if end < 0:
                    inner = self.at + 1
                    said, self.at = said + text[inner:], len(text)
                else:
                    said, self.at = said + text[self.at + 1 : end], end + 1
            else:
                break
        if self.at == start:  # a sign that is no part of a word
            self.at += 1
            return False
        if self.at < len(text):
            self.now.words.append(said)
            return False
        self.now.word = said
        self.now.start = inner if inner >= 0 and inner - 1 == start else start
        return True

    def _heredocs(self) -> Cursor | None:
        """Passes over the here-documents of the line that ended; the cursor's place if it is in one."""
        for delimiter, tabs in self.delimiters:
            begin = self.at
            while True:
                end = self.text.find("\n", self.at)
                if end < 0:
                    self.now.body = self.text[begin:]
                    self.now.start = len(self.text)
                    return self.now
                line = self.text[self.at : end]
                self.at = end + 1
                if (line.lstrip("\t") if tabs else line) == delimiter:
                    break
        self.delimiters.clear()
        return None
