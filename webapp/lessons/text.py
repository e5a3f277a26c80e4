"""text.md: Markdown that is divided by tasks, and its rendering.

    # Title
    > One sentence for the list of lessons.

    Prose.

    ::: first-hook
    The question.

    :: feedback tc-first
    What to say to this option.
    :::

    Prose.

Parts of a task begin with a line ":: KIND ID": option, feedback, expect, hint or wrong; ":: right" has no id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from webapp.lessons.model import Prose, TaskText, Text
from webapp.workshop.journey import HOOKS

KINDS = ("option", "feedback", "expect", "hint", "wrong", "right")

_TASK = re.compile(r":::[ \t]+(?P<id>\S+)[ \t]*\Z")
_PART = re.compile(r"::[ \t]+(?P<kind>\w+)(?:[ \t]+(?P<id>\S+))?[ \t]*\Z")
_FENCE = re.compile(r"[ ]{0,3}(```+|~~~+)")
_TITLE = re.compile(r"# (?P<title>\S.*)")


class TextError(Exception):
    """What is wrong in a text, and on which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


Lines = list[tuple[int, str, bool]]
"""Number, text, and whether the line is inside of a block of code."""


def read(language: str, source: str) -> Text:
    """A text. TextError where it has no title, or tasks that are not well written."""
    lines = list(_lines(source))
    head = next((at for at, (_, text, _) in enumerate(lines) if text.strip()), 0)
    match = _TITLE.fullmatch(lines[head][1].rstrip()) if lines else None
    if match is None:
        raise TextError(lines[head][0] if lines else 1, "a text begins with its title: `# Title`")
    summary, rest = _summary(lines[head + 1 :])
    return Text(language, match["title"], summary, tuple(_parts(rest)))


def _lines(source: str) -> Iterator[tuple[int, str, bool]]:
    fence = ""
    for number, text in enumerate(source.splitlines(), 1):
        mark = _FENCE.match(text)
        inside = bool(fence)
        if mark and not fence:
            fence, inside = mark[1], True
        elif mark and mark[1].startswith(fence):
            fence = ""
        yield number, text, inside


def _summary(lines: Lines) -> tuple[str, Lines]:
    at = next((at for at, (_, text, _) in enumerate(lines) if text.strip()), len(lines))
    if at == len(lines) or not lines[at][1].startswith(">"):
        number = lines[at][0] if at < len(lines) else 1
        raise TextError(number, "after the title comes the summary: a line that begins with `>`")
    end = at
    while end < len(lines) and lines[end][1].startswith(">"):
        end += 1
    return " ".join(text.lstrip("> ").strip() for _, text, _ in lines[at:end]), lines[end:]


def _parts(lines: Lines) -> Iterator[Prose | TaskText]:
    prose: Lines = []
    at = 0
    while at < len(lines):
        number, text, code = lines[at]
        task = None if code else _TASK.match(text)
        if task is None:
            if not code and text.startswith("::"):
                raise TextError(number, f"{text.strip()!r} stands in no task: a task begins with `::: ID`")
            prose.append(lines[at])
            at += 1
            continue
        yield from _prose(prose)
        prose = []
        end = next((n for n in range(at + 1, len(lines)) if not lines[n][2] and lines[n][1].rstrip() == ":::"), None)
        if end is None:
            raise TextError(number, f"the task {task['id']} is not ended by a line `:::`")
        yield _task(task["id"], number, lines[at + 1 : end])
        at = end + 1
    yield from _prose(prose)


def _prose(lines: Lines) -> Iterator[Prose]:
    text = _joined(lines)
    if text:
        yield Prose(next(number for number, line, _ in lines if line.strip()), text)


def _joined(lines: Lines) -> str:
    return "\n".join(text for _, text, _ in lines).strip()


def _task(id: str, number: int, lines: Lines) -> TaskText:
    found: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    starts = [at for at, (_, text, code) in enumerate(lines) if not code and text.startswith("::")]
    prompt = _joined(lines[: starts[0]] if starts else lines)
    if not prompt:
        raise TextError(number, f"the task {id} asks nothing")
    for at, end in pairwise([*starts, len(lines)]):
        line, text, _ = lines[at]
        part = _PART.match(text)
        if part is None or part["kind"] not in KINDS or (part["id"] is None) != (part["kind"] == "right"):
            raise TextError(line, f"{text.strip()!r} is no part of a task: `:: option ID`, … or `:: right`")
        name = part["id"] or ""
        if name in found[part["kind"]]:
            raise TextError(line, f"{part['kind']} {name} stands there twice".replace("  ", " "))
        body = _joined(lines[at + 1 : end])
        if not body:
            raise TextError(line, f"{text.strip()!r} has no text")
        found[part["kind"]][name] = body
    return TaskText(
        id, number, prompt, found["right"].get("", ""), found["option"], found["feedback"], found["expect"],
        found["hint"], found["wrong"],
    )  # fmt: skip


# Rendering

_HOOK = re.compile(r"(?P<hook>(?:nft|tc) (?:ingress|egress)|(?:bridge |arp )?[a-z]+) (?:on|an) (?P<dev>\S+)")
_FUNCTION = re.compile(r"[a-z_][a-z0-9_]*\(\)")


def _code_inline(self: Any, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
    del self, options, env
    text = tokens[idx].content
    attributes = ""
    if hook := _HOOK.fullmatch(text):
        attributes = f' data-hook="{escape(hook["hook"])} on {escape(hook["dev"])}"'
    elif _FUNCTION.fullmatch(text):
        attributes = f' data-function="{escape(text.removesuffix("()"))}"'
    return f"<code{attributes}>{escape(text)}</code>"


def _fence(self: Any, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
    name, figure = _chart_id(tokens[idx]), env.get("figure")
    if name and figure is not None:
        return str(figure(name, tokens[idx].content))
    rendered: str = self.fence(tokens, idx, options, env)
    return rendered


def _markdown() -> MarkdownIt:
    # HTML in a text is shown as text, and links lead to http(s) only (validateLink)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("code_inline", _code_inline)
    markdown.add_render_rule("fence", _fence)
    return markdown


_MARKDOWN = _markdown()

Figure = Callable[[str, str], str]
"""Makes a chart of its id and the body of its block, as HTML that is safe to insert."""


def html(markdown: str, figure: Figure | None = None) -> str:
    """Blocks of Markdown as HTML that is safe to insert, charts among them if ``figure`` is there to make them."""
    rendered: str = _MARKDOWN.render(markdown, {"figure": figure})
    return rendered


def charts(markdown: str) -> Iterator[tuple[str, str, int]]:
    """The charts of a text: their ids, the bodies of their blocks, and the lines from its beginning to each."""
    for token in _MARKDOWN.parse(markdown):
        if token.type == "fence" and (name := _chart_id(token)):
            yield name, token.content, token.map[0] if token.map else 0


def _chart_id(token: Token) -> str:
    word, _, name = token.info.strip().partition(" ")
    return name.strip() if word == "chart" else ""


def plain(markdown: str) -> str:
    """A line of Markdown without its marks."""
    return "".join(token.content for token in tokens(markdown) if token.type in ("text", "code_inline"))


def reading(markdown: str) -> str:
    """Markdown as plain text, a paragraph a line: for where no markup is."""
    parts = []
    for token in tokens(markdown):
        if token.type in ("text", "code_inline", "fence", "code_block"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type in ("paragraph_close", "heading_close"):
            parts.append("\n")
    return "".join(parts).strip()


def inline(markdown: str) -> str:
    """One line of Markdown as HTML that is safe to insert."""
    rendered: str = _MARKDOWN.renderInline(" ".join(markdown.split()))
    return rendered


def tokens(markdown: str) -> Iterator[Token]:
    """All tokens of a text, those inside of paragraphs among them."""
    for token in _MARKDOWN.parse(markdown):
        yield token
        yield from token.children or ()


def words(markdown: str) -> int:
    """How many words there are to read; code in blocks is looked at, not read."""
    read_ = (token.content for token in tokens(markdown) if token.type in ("text", "code_inline"))
    return sum(len(re.findall(r"[^\s–—·|→]+", text)) for text in read_)


def hook_named(span: str) -> tuple[str, str] | None:
    """The station and the device that a code span names in some language's words, or None."""
    match = _HOOK.fullmatch(span)
    return (match["hook"], match["dev"]) if match and match["hook"] in HOOKS else None


def code_spans(markdown: str) -> Iterator[str]:
    """What stands between backquotes."""
    return (token.content for token in tokens(markdown) if token.type == "code_inline")
