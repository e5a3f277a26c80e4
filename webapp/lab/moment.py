"""A moment of a lab, from which any number of labs go on by themselves, as processes do after fork(2).

The kernel's own tables, types and functions are there once for all machines; what belongs to the machine is copied.
pickle walks through it in C, several times faster than the script would be run again where that is long.
"""

from __future__ import annotations

import gc
import pickle
import sys
from collections.abc import Callable, Iterable
from io import BytesIO
from types import CellType, CodeType, FunctionType, GetSetDescriptorType, MappingProxyType, MemberDescriptorType
from typing import Any, cast

from webapp.lab.collector import collecting_nothing
from webapp.lab.lab import Lab

_PACKAGES = ("webapp.kernel.", "webapp.userland.", "webapp.lab.")


class Moment:
    """A lab as it is now. TypeError: it cannot be copied, for a program runs in the background.

    RecursionError: what it is made of hangs together in too long a chain.
    """

    def __init__(self, lab: Lab) -> None:
        pickler = _Pickler(_common())
        with collecting_nothing():
            pickler.dump(lab)
        self._kept = pickler.kept
        self._copy = pickler.file.getvalue()

    def lab(self) -> Lab:
        """A lab that goes on from here."""
        with collecting_nothing():
            unpickler = pickle.Unpickler(BytesIO(self._copy))  # noqa: S301 - nobody else has written it
            unpickler.persistent_load = self._kept.__getitem__  # type: ignore[method-assign]
            return cast(Lab, unpickler.load())


class _Pickler(pickle.Pickler):
    """``kept`` is what copies have in common; a place in it stands for the thing."""

    def __init__(self, common: Iterable[Any]) -> None:
        self.file = BytesIO()
        super().__init__(self.file, pickle.HIGHEST_PROTOCOL)
        self.kept = list(common)
        self._places = {id(thing): place for place, thing in enumerate(self.kept)}

    def persistent_id(self, obj: Any) -> int | None:
        return self._places.get(id(obj))

    def reducer_override(self, obj: Any) -> Any:
        """Functions within functions, with what they hold on to; pickle itself knows only those of modules."""
        if type(obj) is FunctionType and "<locals>" in obj.__qualname__:
            self._keep(obj.__code__)
            return _function, (obj.__code__, obj.__module__, obj.__defaults__, obj.__closure__)
        if type(obj) is CellType:
            return CellType, (), (obj.cell_contents,), None, None, _fill
        return NotImplemented

    def _keep(self, thing: object) -> None:
        if id(thing) not in self._places:
            self._places[id(thing)] = len(self.kept)
            self.kept.append(thing)


def _function(code: CodeType, module: str, defaults: tuple[Any, ...] | None, closure: tuple[CellType, ...]) -> Any:
    return FunctionType(code, vars(sys.modules[module]), code.co_name, defaults, closure)


def _fill(cell: CellType, contents: tuple[object]) -> None:
    (cell.cell_contents,) = contents


# What there is once

_PLAIN = (int, str, bytes, float, bool, type(None))
_OF_CLASSES = (MemberDescriptorType, GetSetDescriptorType)


def _common() -> Iterable[Any]:
    """All that the modules of the model hold: their types, their functions and their tables."""
    found: dict[int, Any] = {}
    waiting = [thing for name, module in list(sys.modules.items()) if name.startswith(_PACKAGES)
               for thing in vars(module).values()]  # fmt: skip
    while waiting:
        thing = waiting.pop()
        if id(thing) not in found and type(thing) not in _PLAIN:
            found[id(thing)] = thing
            waiting += _parts(thing)
    return found.values()


def _parts(thing: Any) -> Iterable[Any]:
    """What is found in a table, a type, or a value of one of the model's types."""
    if isinstance(thing, type):
        own = vars(thing).values() if thing.__module__.startswith(_PACKAGES) else ()
        return [part for part in own if not isinstance(part, _OF_CLASSES)]
    walk = _WALKS.get(type(thing))
    if walk is not None:
        return walk(thing)
    return gc.get_referents(thing) if type(thing).__module__.startswith(_PACKAGES) else ()


def _table(table: dict[Any, Any]) -> Iterable[Any]:
    return [*table.keys(), *table.values()]


_WALKS: dict[type, Callable[[Any], Iterable[Any]]] = {
    dict: _table,
    MappingProxyType: _table,
    list: list,
    tuple: list,
    set: list,
    frozenset: list,
}
