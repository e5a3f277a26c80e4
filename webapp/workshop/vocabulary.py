"""The words that iproute2's readers know, asked of the readers themselves: their tables, and what their code compares.

So nothing is offered that is refused, and a word that is new to a reader is new here too. A reader that only says that
something is not modelled does not count.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from webapp.userland.iproute2 import bridge, ip, iplink_kinds, m_action, tc, tc_common, tc_filter

_PACKAGE = "webapp.userland.iproute2"
_OF_A_REFUSAL = 2
"""Names in the code of a reader that does nothing else: not_modelled, and perhaps the value that it takes."""

_REFUSED = frozenset(("_unmodelled", "_vf", "_vrf"))
_LISTING = frozenset(("show", "list", "lst", "flush", "save"))
_TABLES = {"show": ("FILTER_OPTIONS", "LIST_OPTIONS"), "get": ("GET_OPTIONS",)}
_CHANGING = ("MODIFY_OPTIONS", "OPTIONS", "WORDS")
_PROGRAMS: Mapping[str, ModuleType] = {"ip": ip, "tc": tc, "bridge": bridge}
_ALIASES = frozenset(("lst", "shot", "help", "da", "bc", "bcf", "obj", "action_", "flowid", "brd", "qlen", "xdp"))
CONTROLS = tuple(word for word in tc_common._CONTROLS if word not in _ALIASES)  # noqa: SLF001 # the reader's own table


def _modelled(reader: object) -> bool:
    names = getattr(getattr(reader, "__code__", None), "co_names", ())
    only_refuses = "not_modelled" in names and len(names) <= _OF_A_REFUSAL
    return not only_refuses and getattr(reader, "__name__", "") not in _REFUSED


def _words(table: Mapping[str, Any]) -> tuple[str, ...]:
    """A table's words, without abbreviations' stars, without what is refused, each once."""
    words = (word.removesuffix("*") for word, reader in table.items() if _modelled(reader))
    return tuple(word for word in dict.fromkeys(words) if word not in _ALIASES)


def options(program: str) -> tuple[str, ...]:
    """The global options of ip, tc or bridge."""
    words = _words(_PROGRAMS[program].OPTIONS)
    return tuple(word if word.startswith("-") else f"-{word}" for word in words)


def objects(program: str) -> tuple[str, ...]:
    """``ip OBJECT``: the words, as they are mostly written."""
    return tuple(word for word in _words(_PROGRAMS[program].OBJECTS) if word != "neighbor")


def reader(program: str, word: str) -> ModuleType | None:
    """The module that reads what follows an object, which may be abbreviated."""
    for name, run in _PROGRAMS[program].OBJECTS.items():
        if name.rstrip("*").startswith(word) and _modelled(run):
            return import_module(run.__module__)
    return None


def commands(module: ModuleType, word: str) -> tuple[str, ...]:
    """``ip link COMMAND``: from the table of commands, or from the function that reads them (``do_filter``)."""
    table = getattr(module, "COMMANDS", None)
    if table is not None:
        return _words(table)
    name = next((name for name in compared(module) if name.startswith("do_") and word[:4] in name), "")
    return tuple(said for said in compared(module).get(name, ()) if said not in _ALIASES)


def arguments(module: ModuleType, command: str) -> Mapping[str, Callable[..., Any] | None]:
    """What may follow a command: each word with its reader, None where that is a part of a function."""
    kind = "show" if command in _LISTING else command
    run = next((run for name, run in getattr(module, "COMMANDS", {}).items() if name.startswith(command)), None)
    if run is not None:
        module = import_module(run.__module__)
    for name in _TABLES.get(kind, _CHANGING):
        table = getattr(module, name, None)
        if table is not None:
            return {word: table.get(word) or table.get(f"{word}*") for word in _words(table)}
    if module.__name__.endswith("ipnetns"):
        return {}
    said = (word for name, words in compared(module).items() if not name.startswith("do_") for word in words)
    return dict.fromkeys(word for word in said if word not in _ALIASES)


def takes_value(option: Callable[..., Any] | None) -> bool:
    """Whether a word's reader takes another one behind it."""
    code = getattr(option, "__code__", None)
    return code is not None and "value" in code.co_names


LINK_KINDS = tuple(sorted({*iplink_kinds.LINK_UTILS, "veth"} - {"bridge_slave"}))
"""``ip link add … type KIND``."""

FILTER_KINDS = tuple(tc_filter.PRINTERS)
ACTION_KINDS = tuple(m_action.PARSERS)


def kind_words(kind: str) -> tuple[str, ...]:
    """What ``type KIND`` of a link brings along."""
    if kind == "veth":
        return ("peer",)
    module = _module(f"iplink_{kind}")
    return () if module is None else tuple(arguments(module, "add"))


def filter_words(kind: str) -> tuple[str, ...]:
    """The words of a classifier."""
    module = _module(f"f_{kind}")
    table = getattr(module, "_MATCHES", None)
    said = _words(table) if table is not None else _said(module)
    return tuple(dict.fromkeys((*said, "action")))


def action_words(kind: str) -> tuple[str, ...]:
    """The words of an action, and what may become of the packet after it."""
    return tuple(dict.fromkeys((*_said(_module(f"m_{kind}")), *CONTROLS, "action")))


def _said(module: ModuleType | None) -> tuple[str, ...]:
    if module is None:
        return ()
    words = dict.fromkeys(word for said in compared(module).values() for word in said)
    return tuple(word for word in words if word not in _ALIASES and word != module.__name__.rsplit("_", 1)[-1])


def _module(name: str) -> ModuleType | None:
    try:
        return import_module(f"{_PACKAGE}.{name}")
    except ModuleNotFoundError:
        return None


@functools.cache
def compared(module: ModuleType) -> Mapping[str, tuple[str, ...]]:
    """By function: the words that it compares an argument with, also by way of the module's tables."""
    tree = ast.parse(inspect.getsource(module))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    readers = ((node.name, node) for node in functions if "print" not in node.name and "format" not in node.name)
    return {name: tuple(dict.fromkeys(_compared_in(node, module))) for name, node in readers}


def _compared_in(function: ast.FunctionDef, module: ModuleType) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "matches":
            yield from _constants(node.args[1:], module)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.In):
            yield from _constants(node.comparators, module)
        elif isinstance(node, ast.For | ast.comprehension):
            yield from _constants([node.iter], module)


def _constants(nodes: list[ast.expr], module: ModuleType) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value[:1].isalpha() and " " not in node.value:
                yield node.value
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            yield from _constants(node.elts, module)
        elif isinstance(node, ast.Name) and node.id.isupper():
            table = getattr(module, node.id, ())
            if isinstance(table, dict | frozenset | tuple) and "UNMODELLED" not in node.id:
                yield from (word.rstrip("*") for word in table if isinstance(word, str) and word[:1].isalpha())
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "keys")
        ):
            yield from _constants([node.func.value], module)
