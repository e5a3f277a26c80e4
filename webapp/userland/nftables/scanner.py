"""The scanner: text to tokens (nftables src/scanner.l). The longest match wins, as with flex."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from webapp.userland.nftables.words import CANDIDATES, GLOBAL, OPERATORS


class Token:
    """A piece of the input: terminal, text, and the characters [start, end) where it stands."""

    __slots__ = ("type", "text", "start", "end")

    def __init__(self, type_: str, text: str, start: int, end: int) -> None:
        self.type = type_
        self.text = text
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"<{self.type} {self.text!r}>"


_SPACE = re.compile(r"[ \t]*")
_WORD = re.compile(r"[A-Za-z_.][A-Za-z0-9/\-_.]*")
_QUOTED = re.compile(r'"([^"]*)"')
_ASTERISK = re.compile(
    r"[A-Za-z_.][A-Za-z0-9/\-_.]*\\\*[A-Za-z_.][A-Za-z0-9/\-_.]*|[A-Za-z_.][A-Za-z0-9/\-_.]*\\?\*|\\\*"
)
_NUMBERS = (
    re.compile(r"(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}"),
    re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}"),
    re.compile(r"(?=[0-9]+[dhms])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m(?!s))?(?:[0-9]+s)?(?:[0-9]+ms)?"),
    re.compile(r"0[xX][0-9a-fA-F]+"),
    re.compile(r"[0-9]+"),
    re.compile(r"[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}(?=[ \t\n:\-},])"),
)
_HEX, _DECIMAL = 3, 4
_SIMPLE_NUMBER = re.compile(r"[0-9]+(?=[\s,;}/-])")
_IP6_CHARACTERS = re.compile(r"[0-9a-fA-F:]*(?:\.[0-9]+\.[0-9]+\.[0-9]+)?")
_FIXED = re.compile(r"8021ad|8021q")
_OPERATOR = re.compile("|".join(re.escape(sign) for sign in sorted(OPERATORS, key=len, reverse=True)))
_MAX_U64 = 1 << 64


class Scanner:
    """Tokens of a text, one by one; ``row`` says which terminals the parser has room for."""

    __slots__ = ("text", "at")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def next(self, row: Mapping[str, int]) -> Token:
        """The next token; $END at the end of the text."""
        text = self.text
        at = self._skip()
        if at >= len(text):
            return Token("$END", "", len(text), len(text) + 1)
        first = text[at]
        if first == "\n":
            self.at = at + 1
            return Token("NEWLINE", "\n", at, at + 1)
        if first.isascii() and (first.isalpha() or first == "_"):
            return self._word(at, row)
        if first.isdigit() and first.isascii():
            return self._number(at)
        return self._other(at, first)

    def _skip(self) -> int:
        """Past blanks, comments and continued lines; a line that is only a comment takes its newline with it."""
        text = self.text
        at = self.at
        while True:
            match = _SPACE.match(text, at)
            assert match is not None
            line_start = at == 0 or text[at - 1] == "\n"
            at = match.end()
            if text.startswith("\\\n", at):
                at += 2
            elif text.startswith("#", at):
                end = text.find("\n", at)
                at = len(text) if end < 0 else end + line_start
            else:
                return at

    def _take(self, type_: str, at: int, end: int, text: str | None = None) -> Token:
        self.at = end
        return Token(type_, self.text[at:end] if text is None else text, at, end)

    def _word(self, at: int, row: Mapping[str, int]) -> Token:
        match = _WORD.match(self.text, at)
        assert match is not None
        end = match.end()
        following = self.text[end : end + 1]
        if following in {":", "*", "\\"}:
            longer = self._longer(at, end)
            if longer is not None:
                return longer
        word = match.group()
        if "/" in word and "MBYTES" in row:
            # In a rate, the slash of mbytes/second is a sign of its own (SCANSTATE_RATE).
            word = word.split("/", 1)[0]
            end = at + len(word)
        names = CANDIDATES.get(word)
        if names is None:
            return self._take("STRING", at, end)
        for name in names:
            if name in row:
                return self._take(name, at, end)
        return self._take(names[-1] if word in GLOBAL else "STRING", at, end)

    def _longer(self, at: int, end: int) -> Token | None:
        """A link layer or IPv6 address or wildcard that begins like a word."""
        asterisk = _ASTERISK.match(self.text, at)
        if asterisk is not None and asterisk.end() > end:
            return self._take("ASTERISK_STRING", at, asterisk.end())
        reach = max(self._address_end(at), self._classid_end(at))
        return self._take("STRING", at, reach) if reach > end else None

    def _address_end(self, at: int) -> int:
        mac = _NUMBERS[0].match(self.text, at)
        return max(self._ip6_end(at), at if mac is None else mac.end())

    def _classid_end(self, at: int) -> int:
        match = _NUMBERS[-1].match(self.text, at)
        return at if match is None else match.end()

    def _ip6_end(self, at: int) -> int:
        """The end of the longest IPv6 address from here on, or ``at``."""
        match = _IP6_CHARACTERS.match(self.text, at)
        assert match is not None
        end = match.end()
        if self.text.count(":", at, end) < 2:
            return at
        while end > at + 1:
            try:
                ipaddress.IPv6Address(self.text[at:end])
            except ValueError:
                end -= 1
            else:
                return end
        return at

    def _number(self, at: int) -> Token:
        simple = _SIMPLE_NUMBER.match(self.text, at)
        if simple is not None:
            return self._decimal(at, simple.end())
        fixed = _FIXED.match(self.text, at)
        best, which = (at, -1) if fixed is None else (fixed.end(), -1)
        for index, pattern in enumerate(_NUMBERS):
            match = pattern.match(self.text, at)
            if match is not None and match.end() > best:
                best, which = match.end(), index
        ip6 = self._ip6_end(at)
        if ip6 > best:
            best, which = ip6, -1
        if which == _HEX:
            value = int(self.text[at:best], 16)
            return self._take(
                "NUM" if value < _MAX_U64 else "STRING", at, best, str(value) if value < _MAX_U64 else None
            )
        return self._decimal(at, best) if which == _DECIMAL else self._take("STRING", at, best)

    def _decimal(self, at: int, end: int) -> Token:
        """A number; a leading zero makes it octal, and what is no number then is a string."""
        digits = self.text[at:end]
        octal = digits.startswith("0")
        if octal and not set(digits) <= set("01234567"):
            return self._take("STRING", at, end)
        value = int(digits, 8 if octal else 10)
        return self._take("NUM", at, end, str(value)) if value < _MAX_U64 else self._take("STRING", at, end)

    def _other(self, at: int, first: str) -> Token:
        text = self.text
        if first == '"' and (quoted := _QUOTED.match(text, at)):
            return self._take("QUOTED_STRING", at, quoted.end(), quoted[1])
        if first == ":" and (end := self._ip6_end(at)) > at:
            return self._take("STRING", at, end)
        if first == "[" and (end := self._ip6_end(at + 1)) > at + 1 and text.startswith("]", end):
            return self._take("STRING", at, end + 1, text[at + 1 : end])
        if first in {".", "\\"} and (asterisk := _ASTERISK.match(text, at)):
            return self._take("ASTERISK_STRING", at, asterisk.end())
        if first == "." and (word := _WORD.match(text, at)) and word.end() > at + 1:
            return self._take("STRING", at, word.end())
        if text.startswith("\r\n", at):
            return self._take("CRLF", at, at + 2)
        operator = _OPERATOR.match(text, at)
        if operator is not None:
            return self._take(OPERATORS[operator.group()], at, operator.end())
        return self._take("JUNK", at, at + 1)
