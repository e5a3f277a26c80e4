"""The LALR(1) tables of grammar.lark, made by lark and kept for the next start.

Lark takes seconds to build them and its own start costs more than a small ruleset, so that the tables are kept as JSON
in the user's cache, with the text that they were made from. Where no cache can be written they are made anew.
"""

from __future__ import annotations

import functools
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any
from zlib import crc32

from msgspec import DecodeError, Struct, json

GRAMMAR = Path(__file__).with_name("grammar.lark")


class Tables(Struct, frozen=True):
    """``actions[state][terminal]``: a state to shift to, or ~rule to reduce by. ``gotos[state][nonterminal]``: a state.

    ``rules``: (nonterminal, number of symbols, action or "" to pass the only symbol's value on).
    """

    actions: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[tuple[str, int, str]]
    start: int
    end: int
    defaults: list[int]
    """By state: what to do for a token that it has no action for, ~rule; 0: that is an error."""


class _Kept(Struct, frozen=True):
    """The file in the cache."""

    made_from: str
    tables: Tables


def build() -> Tables:
    """Runs lark over the grammar."""
    from lark import Lark  # noqa: PLC0415 # only where no tables are kept: importing it takes longer than parsing
    from lark.lexer import Lexer  # noqa: PLC0415 # the same
    from lark.parsers.lalr_analysis import Shift  # noqa: PLC0415 # the same

    class NoLexer(Lexer):
        """The scanner is ours; lark only needs to be told that it has none to make."""

        def __init__(self, _conf: Any) -> None:
            pass

        def lex(self, _lexer_state: Any, _parser_state: Any) -> Any:
            raise NotImplementedError

    text = GRAMMAR.read_text()
    terminals = sorted({word for line in text.splitlines() for word in line.split("//")[0].split() if _terminal(word)})
    lark = Lark(f"{text}\n%declare {' '.join(terminals)}\n", parser="lalr", lexer=NoLexer, keep_all_tokens=True)
    table = lark.parser.parser._parse_table  # noqa: SLF001 # lark has no other way to it
    # Lark numbers its states as its sets happen to be ordered: the tables are to be the same each time.
    order = {word: at for at, word in enumerate(dict.fromkeys(re.findall(r"^(\w+):", text, re.MULTILINE)))}
    grammar = sorted(lark.rules, key=lambda rule: (order.get(rule.origin.name, -1), rule.order))
    numbers = {rule: number for number, rule in enumerate(grammar)}
    states = _numbered(table)
    actions: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in states:
        row: dict[str, int] = {}
        goto: dict[str, int] = {}
        for symbol, (action, argument) in sorted(table.states[state].items()):
            if action is not Shift:
                row[symbol] = ~numbers[argument]
            elif _terminal(symbol) or symbol == "$END":
                row[symbol] = states[argument]
            else:
                goto[symbol] = states[argument]
        actions.append(row)
        gotos.append(goto)
    rules = [(rule.origin.name, len(rule.expansion), rule.alias or "") for rule in grammar]
    starts = {~number for number, (name, _, _) in enumerate(rules) if name == "start"}
    defaults = [
        0 if starts & {*row.values()} else _default(row, goto) for row, goto in zip(actions, gotos, strict=True)
    ]
    start, end = states[table.start_states["start"]], states[table.end_states["start"]]
    return Tables(actions, gotos, rules, start, end, defaults)


def _numbered(table: Any) -> dict[int, int]:
    """The states in the order in which they are met from the start."""
    states = {table.start_states["start"]: 0}
    for state in (waiting := list(states)):
        for _, (_, argument) in sorted(table.states[state].items(), key=lambda item: item[0]):
            if isinstance(argument, int) and argument not in states:
                states[argument] = len(states)
                waiting.append(argument)
    return states


def _default(row: dict[str, int], goto: dict[str, int]) -> int:
    """bison's default reduction: the one that most tokens ask for. States that recover from errors have none."""
    reductions = Counter(action for action in row.values() if action < 0)
    if "common_block" in goto or not reductions:
        return 0
    most = max(reductions.values())
    return max(action for action, times in reductions.items() if times == most)


def _terminal(word: str) -> bool:
    return word.isupper() and word.replace("_", "").isalnum()


@functools.cache
def tables() -> Tables:
    """The tables, kept or new."""
    made_from = GRAMMAR.read_text() + Path(__file__).read_text()
    cache = _cache_directory() / f"nft-{crc32(made_from.encode()):08x}.json"
    try:
        kept = json.decode(cache.read_bytes(), type=_Kept)
        if kept.made_from == made_from:
            return kept.tables
    except (OSError, DecodeError):
        pass
    made = build()
    _keep(cache, _Kept(made_from, made))
    return made


def _cache_directory() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hookwalk"


def _keep(cache: Path, document: _Kept) -> None:
    """A process that reads meanwhile finds all of the file or none."""
    fresh = cache.with_suffix(f".{os.getpid()}")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(json.encode(document, enc_hook=str))  # lark makes subclasses of str
        fresh.replace(cache)
    except OSError:
        return
