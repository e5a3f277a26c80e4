"""Sentences that the library makes, said in the browser's language.

The library speaks English. What it says to people leaves through here: a catalogue (webapp/server/german.py) has for
each of its sentences, written with ``{name}`` where a value stands, the same sentence in the other language. Code, the
output of programs and what people wrote pass as they are; so does a sentence that no catalogue knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import TypeVar

import msgspec

from webapp.lessons.shown import ComputedHint
from webapp.server.german import GERMAN
from webapp.server.protocol import (
    BuiltinLab,
    CompletionOption,
    CourseData,
    Failed,
    Hinted,
    LabState,
    LessonData,
    PageData,
    PlayerData,
    Reachability,
    RulesetLab,
    ScriptCompletions,
    WhyNot,
)
from webapp.workshop.questions import Diagnostic, Fix, Reach, Reason, Remedy

CATALOGUES: Mapping[str, Mapping[str, str]] = {"de": GERMAN}

PROSE: Mapping[type, tuple[str, ...]] = {
    BuiltinLab: ("title", "summary"),
    CompletionOption: ("detail",),
    ComputedHint: ("reasons",),
    CourseData: ("labs",),
    Diagnostic: ("explanation", "fixes"),
    Failed: ("message", "explanation"),
    Fix: ("title",),
    Hinted: ("computed",),
    LabState: ("title", "summary", "diagnostics"),
    LessonData: ("labs",),
    PageData: ("labs", "lab", "other"),
    PlayerData: ("lab",),
    Reach: ("reason",),
    Reachability: ("pairs",),
    Reason: ("title", "text"),
    Remedy: ("title",),
    RulesetLab: ("notes",),
    ScriptCompletions: ("options",),
    WhyNot: ("reasons", "remedies"),
}
"""The fields of messages that are for people, and those that hold such messages."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")

T = TypeVar("T")


def translated(language: str, value: T) -> T:
    """A message with its prose in ``language``; also a text, or a tuple of either."""
    return _translated(language, value) if language in CATALOGUES else value  # type: ignore[return-value]


def _translated(language: str, value: object) -> object:
    if isinstance(value, str):
        return sentence(language, value)
    if isinstance(value, tuple):
        return tuple(_translated(language, one) for one in value)
    if isinstance(value, msgspec.Struct):
        fields = {name: _translated(language, getattr(value, name)) for name in PROSE.get(type(value), ())}
        return msgspec.structs.replace(value, **fields) if fields else value
    return value


def sentence(language: str, text: str) -> str:
    """The text in ``language``, or as it is."""
    catalogue = CATALOGUES.get(language, {})
    if text in catalogue:
        return catalogue[text]
    for pattern, template in _patterns(language):
        match = pattern.fullmatch(text)
        if match is not None:
            return template.format(**{name: _value(language, name, said) for name, said in match.groupdict().items()})
    return text


def _value(language: str, name: str, said: str) -> str:
    """What stands in a placeholder; one in capital letters is a phrase of its own."""
    return sentence(language, said) if name.isupper() and said else said


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Those with the most words of their own first: they say the least by chance."""
    open_ones = [(source, said) for source, said in CATALOGUES.get(language, {}).items() if _PLACEHOLDER.search(source)]
    open_ones.sort(key=lambda pair: -len(_PLACEHOLDER.sub("", pair[0])))
    return tuple((re.compile(_pattern(source), re.DOTALL), said) for source, said in open_ones)


def _pattern(source: str) -> str:
    seen: set[str] = set()
    parts = []
    for number, part in enumerate(_PLACEHOLDER.split(source)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>.*?)" if part.isupper() else f"(?P<{part}>.+?)")
    return "".join(parts)
