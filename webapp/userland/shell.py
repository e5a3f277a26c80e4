"""The reader of labs: text to simple commands, in the part of the shell's grammar that a lab is written in.

POSIX Shell Command Language 2.2 (quoting), 2.3 (tokens), 2.7.4 (here-documents) and 2.9.3 (lists), as bash reads them.
A simple command may run in the background (2.9.3.1); `wait` and `kill` are programs of userland/builtins.py.
Everything else that a shell knows (pipes, variables, loops, functions) is refused at its line and column: a lab must
mean the same to bash and to us. Reading runs nothing; ``webapp.lab`` executes what is returned here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class ScriptError(Exception):
    """The text is no lab. ``line`` and ``column`` (from 1) say where, ``message`` why."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{line}:{column}: {message}")
        self.message = message
        self.line = line
        self.column = column


class Connector(StrEnum):
    """What stands between two commands of a list; ALWAYS before its first."""

    ALWAYS = ""
    AND = "&&"
    OR = "||"


class Sink(StrEnum):
    """Where a stream of a command leads to."""

    STDOUT = "stdout"
    STDERR = "stderr"
    NULL = "/dev/null"


class Word(NamedTuple):
    """One argument, quotes removed, and where it begins; ``start`` and ``end`` are its place in the text that was read.

    Quotes belong to the place.
    """

    text: str
    line: int
    column: int
    start: int
    end: int


class HereDocument(NamedTuple):
    """Where the lines of a here-document stand in the text, and where the line after its delimiter begins."""

    start: int
    end: int
    after: int


@dataclass(frozen=True, slots=True)
class Redirection:
    """``stream`` (1 or 2) now leads to what ``sink`` means at that moment; redirections work from left to right."""

    stream: int
    sink: Sink


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command.

    ``stdin`` is its last here-document. ``source`` is the command as it was typed, without here-documents.
    ``line`` is what bash says in $LINENO: the line on which the token after the first word ends, which is the line
    on which the command begins unless that token is continued from it. ``background``: it is followed by &.
    ``start`` and ``end`` are the place of ``source`` in the text that was read, ``heredocs`` those of its documents.
    """

    words: tuple[Word, ...]
    stdin: str
    redirections: tuple[Redirection, ...]
    source: str
    line: int
    start: int
    end: int
    heredocs: tuple[HereDocument, ...] = ()
    background: bool = False

    @property
    def argv(self) -> list[str]:
        """The words' texts."""
        return [word.text for word in self.words]

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where the words stand in the text that was read, quotes included."""
        return tuple((word.start, word.end) for word in self.words)

    @property
    def body(self) -> int:
        """Where the last here-document begins, 0 for none."""
        return self.heredocs[-1].start if self.heredocs else 0


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a list, and on what it waits."""

    connector: Connector
    command: Command


AndOrList = tuple[Step, ...]
"""Commands joined by && and ||, which have equal precedence and group to the left."""


def parse(text: str, first_line: int = 1) -> tuple[AndOrList, ...]:
    """Reads a script, or a part of one that begins at ``first_line``; ScriptError where it is not one."""
    return _Parser(text, first_line).script()


_OPERATOR = re.compile(
    r"\n|;;&|;;|;&|;|&&|&>>|&>|&|\|\||\|&|\||\(|\)|[0-9]*(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)"
)  # fmt: skip
_SKIPPED = re.compile(r"(?:[ \t]|\\\n)*(?:#[^\n]*)?")
_WHOLE_WORD = re.compile(r"[ \t]*([A-Za-z0-9_./:@%+,=-]+)(?=[ \t\n]|\Z)")
_PLAIN = re.compile(r"[^ \t\n'\"\\$`|&;<>()\r]+")
_IN_DOUBLE_QUOTES = re.compile(r"[^\"\\$`\r]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_RESERVED = frozenset(
    (
        "if",
        "then",
        "else",
        "elif",
        "fi",
        "for",
        "while",
        "until",
        "do",
        "done",
        "case",
        "esac",
        "select",
        "function",
        "time",
        "coproc",
        "{",
        "}",
        "!",
        "[[",
        "]]",
    )
)
_BUILTINS = frozenset(
    ("cd", "set", "export", "unset", "source", ".", "eval", "exec", "exit", "trap", "alias", "declare", "local",
     "readonly", "read", "shift", "shopt", "ulimit", "umask", "jobs", "fg", "bg", "let", "return",
     "break", "continue", "pushd", "popd", "printf", "test", "[")
)  # fmt: skip
_REFUSED = {
    "|": "pipes are not modelled",
    "|&": "pipes are not modelled",
    "(": "subshells are not modelled",
    ")": "syntax error near unexpected token `)'",
    ";;": "syntax error near unexpected token `;;'",
    ";&": "syntax error near unexpected token `;&'",
    ";;&": "syntax error near unexpected token `;;&'",
    "<<<": "here-strings are not modelled",
}
_STREAMS: dict[str, tuple[int, ...]] = {"0": (0,), "1": (1,), "2": (2,)}
_ENDS = frozenset(("\n", ";", "&", "&&", "||", ""))
_NO_EXPANSION = "variables and substitutions are not modelled; a plain $ is written '$' or \\$"
_NO_CARRIAGE_RETURN = "carriage return: lines must end in a newline alone"


class _Token(NamedTuple):
    """A word or an operator ("" at the end of the text); ``plain`` if no part of a word was quoted."""

    text: str
    start: int
    end: int
    operator: bool
    plain: bool = True


_NOWHERE = HereDocument(0, 0, 0)


@dataclass(slots=True)
class _Heredoc:
    """A here-document that was announced; its body follows the line."""

    delimiter: str
    literal: bool
    strip_tabs: bool
    start: int
    body: str = ""
    place: HereDocument = _NOWHERE


@dataclass(frozen=True, slots=True)
class _Draft:
    """A command whose here-documents may still be to come."""

    words: tuple[Word, ...]
    heredocs: tuple[_Heredoc, ...]
    redirections: tuple[Redirection, ...]
    source: str
    line: int
    start: int
    end: int

    def finish(self, *, background: bool) -> Command:
        stdin = self.heredocs[-1].body if self.heredocs else ""
        source = f"{self.source} &" if background else self.source
        places = tuple(heredoc.place for heredoc in self.heredocs)
        return Command(
            self.words, stdin, self.redirections, source, self.line, self.start, self.end, places, background
        )


class _Lexer:
    """Cuts the text into tokens, and reads here-documents when the line that announced them ends."""

    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.at = 0
        self.first_line = first_line
        self.pending: list[_Heredoc] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]

    def error(self, message: str, at: int) -> ScriptError:
        return ScriptError(message, *self.position(at))

    def position(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        line = bisect_right(self._lines, at)
        return self.first_line + line - 1, at - self._lines[line - 1] + 1

    def next(self) -> _Token:
        """The next token; comments and blanks are skipped, a newline is a token."""
        simple = _WHOLE_WORD.match(self.text, self.at)
        if simple is not None:
            start, self.at = simple.span(1)
            return _Token(simple[1], start, self.at, operator=False)
        skipped = _SKIPPED.match(self.text, self.at)
        start = self.at = self.at if skipped is None else skipped.end()
        if start == len(self.text):
            self._read_heredocs()
            return _Token("", start, start, operator=True)
        match = _OPERATOR.match(self.text, start)
        if match is None:
            return self._word()
        self.at = match.end()
        if match[0] == "\n":
            self._read_heredocs()
        return _Token(match[0], start, match.end(), operator=True)

    def _word(self) -> _Token:
        start = self.at
        parts: list[str] = []
        plain = True
        while (part := self._part()) is not None:
            text, quoted = part
            parts.append(text)
            plain = plain and not quoted
        return _Token("".join(parts), start, self.at, operator=False, plain=plain)

    def _part(self) -> tuple[str, bool] | None:
        """A stretch of a word under one quoting, and whether it was quoted; None where the word ends."""
        text, at = self.text, self.at
        match = _PLAIN.match(text, at)
        if match is not None:
            braces = _BRACES.search(match[0])
            if braces is not None:
                raise self.error("brace expansion is not modelled; quote the braces", at + braces.start())
            if match[0].startswith("~") and self._at_word_start():
                raise self.error("~ is not modelled; quote it", at)
            self.at = match.end()
            return match[0], False
        character = text[at : at + 1]
        if character == "'":
            return self._single_quotes(), True
        if character == '"':
            return self._double_quotes(), True
        if character == "\\":
            return self._backslash(), True
        if character in ("$", "`") and character:
            raise self.error(_NO_EXPANSION, at)
        if character == "\r":
            raise self.error(_NO_CARRIAGE_RETURN, at)
        return None

    def _at_word_start(self) -> bool:
        return self.at == 0 or self.text[self.at - 1] in " \t\n;&|"

    def _backslash(self) -> str:
        escaped = self.text[self.at + 1 : self.at + 2]
        self.at = min(self.at + 2, len(self.text))
        return {"\n": "", "": "\\"}.get(escaped, escaped)

    def _single_quotes(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise self.error("unexpected EOF while looking for matching `''", self.at)
        quoted = self.text[self.at + 1 : end]
        self.at = end + 1
        return quoted

    def _double_quotes(self) -> str:
        text, start = self.text, self.at
        self.at += 1
        parts: list[str] = []
        while True:
            match = _IN_DOUBLE_QUOTES.match(text, self.at)
            if match is not None:
                parts.append(match[0])
                self.at = match.end()
            character = text[self.at : self.at + 1]
            if character == '"':
                self.at += 1
                return "".join(parts)
            if character == "\\":
                escaped = text[self.at + 1 : self.at + 2]
                parts.append({"\n": "", "$": "$", "`": "`", '"': '"', "\\": "\\"}.get(escaped, "\\" + escaped))
                self.at += 2
            elif character == "\r":
                raise self.error(_NO_CARRIAGE_RETURN, self.at)
            elif character:
                raise self.error(_NO_EXPANSION, self.at)
            else:
                raise self.error("unexpected EOF while looking for matching `\"'", start)

    def _read_heredocs(self) -> None:
        for heredoc in self.pending:
            start = self.at
            heredoc.body, end = self._heredoc(heredoc)
            heredoc.place = HereDocument(start, end, self.at)
        self.pending.clear()

    def _heredoc(self, heredoc: _Heredoc) -> tuple[str, int]:
        """The body, and where the line of its delimiter begins."""
        lines: list[str] = []
        joined = False
        while self.at < len(self.text):
            start = self.at
            end = self.text.find("\n", start)
            end = len(self.text) if end < 0 else end
            line = self.text[start:end]
            self.at = min(end + 1, len(self.text))
            if heredoc.strip_tabs and not joined:
                line = line.lstrip("\t")
            if line == heredoc.delimiter and not joined:
                return "".join(lines), start
            if heredoc.literal:
                lines.append(line + "\n")
            else:
                line = self._expanded(line, end - len(line))
                joined = line.endswith("\\\n")
                lines.append(line.removesuffix("\\\n") if joined else line)
        raise self.error(f"here-document is not ended by `{heredoc.delimiter}'", heredoc.start)

    def _expanded(self, line: str, start: int) -> str:
        """A line of an unquoted here-document; it still ends in backslash and newline if the next one joins it."""
        parts: list[str] = []
        at = 0
        while at < len(line):
            if line[at] in "$`":
                raise self.error(_NO_EXPANSION + ", or in a here-document whose delimiter is quoted", start + at)
            if line[at] == "\\" and line[at + 1 : at + 2] in ("$", "`", "\\"):
                at += 1
                if at == len(line):
                    break
            elif line[at] == "\\" and at + 1 == len(line):
                return "".join(parts) + "\\\n"
            parts.append(line[at])
            at += 1
        return "".join(parts) + "\n"


class _Parser:
    """Puts tokens together to commands and lists."""

    def __init__(self, text: str, first_line: int) -> None:
        self.lexer = _Lexer(text, first_line)
        self.token = self.lexer.next()
        self.drafts: list[tuple[list[tuple[Connector, _Draft]], bool]] = []

    def script(self) -> tuple[AndOrList, ...]:
        while True:
            self._newlines()
            if self._is(""):
                break
            drafts = self._and_or_list()
            background = self._is("&")
            if background and len(drafts) > 1:
                message = "lists in the background are not modelled, only simple commands"
                raise self.lexer.error(message, self.token.start)
            self.drafts.append((drafts, background))
            if background or self._is(";"):
                self._advance()
        return tuple(
            tuple(Step(connector, draft.finish(background=background)) for connector, draft in drafts)
            for drafts, background in self.drafts
        )

    def _advance(self) -> _Token:
        """Steps to the next token; returns the one before it."""
        token = self.token
        self.token = self.lexer.next()
        return token

    def _is(self, operator: str) -> bool:
        return self.token.operator and self.token.text == operator

    def _newlines(self) -> None:
        while self._is("\n"):
            self._advance()

    def _unexpected(self, token: _Token) -> ScriptError:
        shown = "newline" if token.text == "\n" else token.text
        message = f"syntax error near unexpected token `{shown}'" if shown else "syntax error: unexpected end of file"
        if token.operator and token.text in _REFUSED:
            message = _REFUSED[token.text]
        return self.lexer.error(message, token.start)

    def _and_or_list(self) -> list[tuple[Connector, _Draft]]:
        steps = [(Connector.ALWAYS, self._command())]
        while self._is("&&") or self._is("||"):
            connector = Connector(self._advance().text)
            self._newlines()
            steps.append((connector, self._command()))
        return steps

    def _command(self) -> _Draft:
        first = self.token
        if first.operator:
            raise self._unexpected(first)
        self._check_first_word(first)
        self._advance()
        line, _ = self.lexer.position(self.token.start if self.token.operator else self.token.end - 1)
        words = [first]
        redirections: list[Redirection] = []
        heredocs: list[_Heredoc] = []
        last = first
        while not (self.token.operator and self.token.text in _ENDS):
            if not self.token.operator:
                words.append(self.token)
                last = self._advance()
                continue
            operator = self.token
            if operator.text in _REFUSED:
                raise self._unexpected(operator)
            self.token = self.lexer.next()
            last = self._target()
            if operator.text in ("<<", "<<-"):
                heredoc = _Heredoc(last.text, not last.plain, operator.text == "<<-", operator.start)
                self.lexer.pending.append(heredoc)
                heredocs.append(heredoc)
            else:
                redirections += self._redirection(operator, last)
            self._advance()
        source = self.lexer.text[first.start : last.end]
        placed = tuple(Word(word.text, *self.lexer.position(word.start), word.start, word.end) for word in words)
        return _Draft(placed, tuple(heredocs), tuple(redirections), source, line, first.start, last.end)

    def _check_first_word(self, token: _Token) -> None:
        source = self.lexer.text[token.start : token.end]
        if token.plain and token.text in _BUILTINS:
            raise self.lexer.error(f"`{token.text}' is not modelled: a lab has no state of a shell", token.start)
        if _ASSIGNMENT.match(source):
            raise self.lexer.error("variables are not modelled", token.start)
        if token.plain and token.text in _RESERVED:
            raise self.lexer.error(f"`{token.text}' is not modelled: a lab is a list of simple commands", token.start)

    def _target(self) -> _Token:
        """The word after a redirection's operator."""
        if self.token.operator:
            raise self._unexpected(self.token)
        return self.token

    def _redirection(self, operator: _Token, target: _Token) -> list[Redirection]:
        kind = operator.text.lstrip("0123456789")
        number = operator.text[: len(operator.text) - len(kind)]
        default = 0 if kind == "<" else 1
        streams = _STREAMS.get(number, ()) if number else (default,)
        if kind in ("&>", "&>>"):
            streams = (1, 2)
        sink = None
        if kind == ">&" and 0 not in streams:
            sink = {"1": Sink.STDOUT, "2": Sink.STDERR}.get(target.text)
        elif kind in (">", ">>", ">|", "&>", "&>>", "<") and (kind == "<") == (streams == (0,)):
            sink = Sink.NULL if target.text == "/dev/null" else None
        if sink is None or not streams:
            shown = self.lexer.text[operator.start : target.end]
            raise self.lexer.error(f"`{shown}' is not modelled: there are no files but /dev/null", operator.start)
        return [Redirection(stream, sink) for stream in streams if stream]
