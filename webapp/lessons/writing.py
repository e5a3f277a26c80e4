"""How a text is written: nothing that the page does not render, and its own language throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.lessons import text
from webapp.lessons.model import Prose, TaskText, Text
from webapp.lessons.words import say

_HTML = re.compile(r"</?[a-z][^<>]*>|<!--")

FEW = 4
"""So many words may be the same in two languages: names, and what a program says."""


def parts_of(part: TaskText) -> dict[str, dict[str, str]]:
    """What is said of a task, by kind and id; but for its question, and what is said to a right answer."""
    return {
        "option": dict(part.options),
        "feedback": dict(part.feedback),
        "expect": dict(part.expect),
        "hint": dict(part.hints),
        "wrong": dict(part.wrong),
    }


def pieces(part: Prose | TaskText) -> dict[str, str]:
    """The Markdown of a part, by a name that is the same in all languages."""
    if isinstance(part, Prose):
        return {"": part.markdown}
    said = {f":: {kind} {name}": markdown for kind, texts in parts_of(part).items() for name, markdown in texts.items()}
    return {"the question": part.prompt, ":: right": part.right, **said}


def markup_faults(markdown: str) -> Iterator[str]:
    """What the page would show in another way than it is meant, or not at all."""
    for token in text.tokens(markdown):
        if token.type == "heading_open" and token.tag == "h1":
            yield "a lesson has one title: write `##` for a heading"
        elif token.type == "image":
            yield "a lesson has no pictures of its own: the page draws the lab, and charts"
        elif token.type == "text" and (html := _HTML.search(token.content)):
            yield f"{html[0]} is HTML, and would be shown as it is written"
        elif token.type == "link_open" and not str(token.attrGet("href")).startswith(("https://", "/")):
            yield f"the link {token.attrGet('href')} leads neither to https nor into Hookwalk"


def hook_faults(markdown: str, language: str) -> Iterator[str]:
    """Hooks that are written as another language writes them."""
    for span in text.code_spans(markdown):
        hook = text.hook_named(span)
        own = say(language, "hook", station=hook[0], dev=hook[1]) if hook else span
        if own != span:
            yield f"the hook `{span}` is called `{own}` in this language"


def untranslated(found: Text, first: Text) -> Iterator[tuple[int, str]]:
    """What stands in a text as in the one that it translates, with its line."""
    if found.language == first.language:
        return
    for name in ("title", "summary"):
        if _same(getattr(found, name), getattr(first, name)):
            yield 1, f"the {name} is not translated: text.md says the same"
    for part, other in zip(found.parts, first.parts, strict=False):
        theirs = pieces(other)
        for name, markdown in pieces(part).items():
            if _same(markdown, theirs.get(name, "")):
                where = f"{part.id}: {name}" if isinstance(part, TaskText) else "what begins here"
                yield part.line, f"{where} is not translated: text.md says the same"


def _same(markdown: str, other: str) -> bool:
    said = _said(markdown)
    return len(said) > FEW and said == _said(other)


def _said(markdown: str) -> list[str]:
    """The words, but for code and charts."""
    return [word for token in text.tokens(markdown) if token.type == "text" for word in token.content.split()]
