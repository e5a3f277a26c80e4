"""The parser: an LALR(1) automaton over the tables of grammar.lark, with nft's way of recovering from errors.

After an error the rest of the line is passed over and parsing goes on in the block that encloses it, so that one run
shows several errors. As in bison's automaton, a state reduces by its most frequent rule whatever the token is, so that
an error is found in a later state; what that state wants is told when there are no more than four.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from webapp.userland.nftables import exthdr
from webapp.userland.nftables.actions import Actions
from webapp.userland.nftables.erec import MAX_ERRORS, NftError
from webapp.userland.nftables.location import Location
from webapp.userland.nftables.proto import PROTOCOLS
from webapp.userland.nftables.rule import Cmd
from webapp.userland.nftables.scanner import Scanner, Token
from webapp.userland.nftables.tables import Tables, tables
from webapp.userland.nftables.words import CANDIDATES, CLASSES, NAMES, RANK, WORD_OPERATORS

Action = Callable[[Actions, list[Any], Location], Any]
_MOST_EXPECTED = 4


@functools.cache
def _actions() -> list[tuple[str, int, Action | None]]:
    """Each rule with the method that makes its value; None: the only symbol's value is the rule's."""
    return [(name, size, getattr(Actions, alias) if alias else None) for name, size, alias in tables().rules]


def parse(text: str) -> tuple[list[Cmd], list[NftError]]:
    """The commands of an input, and its errors. With errors, the commands are what could be made out."""
    return Parser(text).run()


class Parser:
    """One run over one text."""

    __slots__ = ("actions", "at_end", "errors", "result", "scanner", "states", "table", "values", "spans")

    def __init__(self, text: str) -> None:
        self.table: Tables = tables()
        self.scanner = Scanner(text)
        self.states = [self.table.start]
        self.values: list[Any] = []
        self.spans: list[tuple[int, int]] = []
        self.actions = Actions(self.spans)
        self.errors: list[NftError] = []
        self.at_end = False
        self.result: list[Cmd] = []

    def run(self) -> tuple[list[Cmd], list[NftError]]:
        """Until the end of the text, or too many errors."""
        rows = self.table.actions
        before = ""
        while True:
            token = self.scanner.next(rows[self.states[-1]])
            try:
                if self._shift(token):
                    return self.result, self.errors
                before = token.text
                continue
            except NftError as error:
                self.errors.append(error)
                token_read = token
            except _UnexpectedTokenError:
                self.errors.append(self._syntax_error(token, before))
                token_read = token
            if len(self.errors) >= MAX_ERRORS or not self._recover(token_read):
                return self.result, self.errors

    def _shift(self, token: Token) -> bool:
        """Reduces as far as the token asks for, then shifts it; whether that was the end."""
        rows, gotos, defaults = self.table.actions, self.table.gotos, self.table.defaults
        states, values, spans = self.states, self.values, self.spans
        rules = _actions()
        end = self.table.end
        type_ = token.type
        while True:
            action = rows[states[-1]].get(type_)
            if action is None:
                action = defaults[states[-1]]
                if not action:
                    raise _UnexpectedTokenError
            if action >= 0:
                states.append(action)
                values.append(token)
                spans.append((token.start, token.end))
                return False
            name, size, method = rules[~action]
            if size:
                if method is not None:
                    span = (spans[-size][0], spans[-1][1])
                    try:
                        value = method(self.actions, values[-size:], Location(*span))
                    finally:
                        del states[-size:], values[-size:], spans[-size:]
                    values.append(value)
                    spans.append(span)
                else:
                    states.pop()
            else:
                assert method is not None
                here = spans[-1][1] if spans else 0
                # Nothing stands, for nft, where the token before it ends.
                first = max(here - 1, 0)
                values.append(method(self.actions, [], Location(first, here)))
                spans.append((first, here))
            states.append(gotos[states[-1]][name])
            if states[-1] == end and type_ == "$END":
                self.result = values[-1]
                return True

    def _recover(self, token: Token) -> bool:
        """Leaves what is unfinished, skips to the end of the line; whether there is more to read."""
        gotos = self.table.gotos
        while "common_block" not in gotos[self.states[-1]]:
            if not self.values:
                return False
            self.states.pop()
            self.values.pop()
            self.spans.pop()
        while token.type not in {"NEWLINE", "SEMICOLON"}:
            if token.type == "$END":
                return False
            token = self.scanner.next({})
        self.states.append(gotos[self.states[-1]]["common_block"])
        self.values.append(None)
        self.spans.append((token.start, token.end))
        return True

    def _syntax_error(self, token: Token, before: str) -> NftError:
        state = self.states[-1]
        default = self.table.defaults[state]
        expected: list[str] = []
        for terminal, action in self.table.actions[state].items():
            # nft 1.0.6 does not know "last" yet.
            if action != default and terminal != "LAST":
                expected += (word for word in _words(terminal, before) if word not in expected)
        message = f"syntax error, unexpected {_name(token)}"
        if 0 < len(expected) <= _MOST_EXPECTED:
            ranked = sorted(expected, key=lambda name: RANK.get(name, len(RANK)))
            message += f", expecting {' or '.join(_shown(name) for name in ranked)}"
        return NftError(message, Location(token.start, token.end))


class _UnexpectedTokenError(Exception):
    """The automaton has no action for the token."""


def _name(token: Token) -> str:
    if token.type in NAMES:
        return NAMES[token.type]
    return token.text


def _words(terminal: str, before: str) -> list[str]:
    """What a terminal stands for, by the names of ``RANK``."""
    if terminal == "FIELD":
        desc = PROTOCOLS.get(before) or exthdr.EXTHDRS.get(before)
        if desc is None:
            return ["field"] * (_MOST_EXPECTED + 1)
        return [token for token in desc.templates if token != "l4proto"]
    if terminal in CLASSES:
        return list(CLASSES[terminal])
    if terminal in _WORD_OF:
        return [_WORD_OF[terminal]]
    return [terminal]


# bytes is a keyword, its multiples are not.
_WORD_OF = {names[-1]: word for word, names in CANDIDATES.items() if word not in WORD_OPERATORS} | {
    "NUM": "number",
    "KBYTES": "string",
    "MBYTES": "string",
    "STRING": "string",
    "QUOTED_STRING": "quoted-string",
    "ASTERISK_STRING": "asterisk",
}


def _shown(name: str) -> str:
    return {"quoted-string": "quoted string", "asterisk": NAMES["ASTERISK_STRING"]}.get(name, NAMES.get(name, name))
