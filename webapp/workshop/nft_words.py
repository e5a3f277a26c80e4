"""What nft's grammar takes at the end of a text: the parser's own automaton is asked, without building anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from webapp.userland.nftables import exthdr
from webapp.userland.nftables.proto import PROTOCOLS
from webapp.userland.nftables.scanner import Scanner, Token
from webapp.userland.nftables.tables import tables
from webapp.userland.nftables.words import CANDIDATES, GLOBAL, WORD_OPERATORS

_ENDS = frozenset(("NEWLINE", "SEMICOLON"))
_OF_A_HEADER = frozenset(("FIELD", "SADDR_DADDR", "DPORT"))


@dataclass(slots=True)
class Place:
    """What stands before a place: the tokens of its line, and of the lines whose braces it is in, outermost first."""

    line: list[str] = field(default_factory=list)
    scopes: list[list[str]] = field(default_factory=list)
    words: tuple[str, ...] = ()
    """The words of the language that may follow, in order of the alphabet."""
    name: bool = False
    """Whether a name or value of one's own may follow."""


class _Automaton:
    """The parser's states, without values."""

    __slots__ = ("states", "table")

    def __init__(self) -> None:
        self.table = tables()
        self.states = [self.table.start]

    def shift(self, type_: str) -> bool:
        """Steps over a token; False, and nothing has changed, where there is no room for it."""
        after = self._after(type_)
        if after is None:
            return False
        self.states = after
        return True

    def accepts(self, type_: str) -> bool:
        return self._after(type_) is not None

    def recover(self) -> None:
        """As the parser does after an error, whose line is skipped."""
        gotos = self.table.gotos
        while len(self.states) > 1 and "common_block" not in gotos[self.states[-1]]:
            self.states.pop()
        goto = gotos[self.states[-1]].get("common_block")
        if goto is not None:
            self.states.append(goto)

    def _after(self, type_: str) -> list[int] | None:
        rows, gotos, defaults, rules = self.table.actions, self.table.gotos, self.table.defaults, self.table.rules
        states = list(self.states)
        while True:
            action = rows[states[-1]].get(type_) or defaults[states[-1]]
            if not action:
                return None
            if action > 0:
                return [*states, action]
            name, size, _ = rules[~action]
            if size:
                del states[-size:]
            goto = gotos[states[-1]].get(name)
            if goto is None:
                return None
            states.append(goto)


def place(text: str) -> Place:
    """Reads ``text``, which ends where something is to follow; lines with errors are passed over."""
    automaton = _Automaton()
    scanner = Scanner(text)
    found = Place()
    skipping = False
    while True:
        token = scanner.next({} if skipping else automaton.table.actions[automaton.states[-1]])
        if token.type == "$END":
            break
        if skipping:
            skipping = token.type not in _ENDS
        elif not automaton.shift(token.type):
            automaton.recover()
            skipping = token.type not in _ENDS
        _follow(found, token)
    found.words = tuple(sorted(_words(automaton, found.line[-1] if found.line else "")))
    found.name = automaton.accepts("STRING")
    return found


def _follow(found: Place, token: Token) -> None:
    if token.type in _ENDS:
        found.line = []
    elif token.type == "LBRACE":
        found.scopes.append(found.line)
        found.line = []
    elif token.type == "RBRACE":
        found.line = found.scopes.pop() if found.scopes else []
        # behind a set in braces the line goes on; behind a block it does not
        found.line = [*found.line, "}"]
    else:
        found.line.append(token.text)


def _words(automaton: _Automaton, before: str) -> Iterator[str]:
    """As the scanner does, each word is the first of its terminals that the state has a row for."""
    row = automaton.table.actions[automaton.states[-1]]
    header = PROTOCOLS.get(before) or exthdr.EXTHDRS.get(before)
    fields = frozenset() if header is None else frozenset(token.split("[")[0] for token in header.templates)
    known: dict[str, bool] = {}
    for word, names in CANDIDATES.items():
        if word in WORD_OPERATORS:
            continue
        type_ = next((name for name in names if name in row), names[-1] if word in GLOBAL else "STRING")
        if type_ == "STRING" or (type_ in _OF_A_HEADER and header is not None and word not in fields):
            continue
        if type_ not in known:
            known[type_] = automaton.accepts(type_)
        if known[type_]:
            yield word
