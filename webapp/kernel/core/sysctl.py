"""/proc/sys/net of one namespace (kernel/sysctl.c, fs/proc/proc_sysctl.c): named values with the code behind them.

A value lives where the packet path reads it; an entry knows how to word it and what a write to it does. To a program
the tree is a mapping from dotted names to texts: it looks whether the name is there (ENOENT is the program's to tell),
reads ``tree[name]`` and writes ``tree[name] = text``, which raises KernelError (EINVAL, EACCES) as the file would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, NamedTuple

from webapp.kernel.errno import Errno, KernelError

INT_MAX = 2**31 - 1
INT_MIN = -(2**31)

_NUMBER = re.compile(r"\s*([-+]?)(0[xX][0-9a-fA-F]+|[0-9]+)\s*\Z")


class CtlTable(NamedTuple):
    """struct ctl_table: one file. ``write`` None: the file is read-only."""

    read: Callable[[], str]
    write: Callable[[str], None] | None


class SysctlTree(MutableMapping[str, str]):
    """The files of a namespace. Setting a name that is not there makes a file that just keeps its text."""

    def __init__(self) -> None:
        self._entries: dict[str, CtlTable] = {}
        # tables that nobody has looked into, by directory: most namespaces come and go without it
        self._unread: dict[str, list[Callable[[], dict[str, CtlTable]]]] = {}

    def __getitem__(self, name: str) -> str:
        self._read_directory(name.rpartition(".")[0])
        return self._entries[name].read()

    def __setitem__(self, name: str, text: str) -> None:
        self._read_directory(name.rpartition(".")[0])
        entry = self._entries.get(name)
        if entry is None:
            self._entries[name] = text_entry(text)
        elif entry.write is None:
            raise KernelError(Errno.EACCES)
        else:
            entry.write(text)

    def __delitem__(self, name: str) -> None:
        self._read_directory(name.rpartition(".")[0])
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        for directory in list(self._unread):
            self._read_directory(directory)
        return iter(self._entries)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def register(self, directory: str, table: Callable[[], dict[str, CtlTable]]) -> None:
        """register_net_sysctl: ``directory`` is a dotted path (net.ipv4.conf.v0).

        ``table`` is called when a program first looks there.
        """
        self._unread.setdefault(directory, []).append(table)

    def _read_directory(self, directory: str) -> None:
        for table in self._unread.pop(directory, ()):
            for name, entry in table().items():
                self._entries[f"{directory}.{name}"] = entry

    def unregister(self, directory: str) -> None:
        """unregister_net_sysctl_table: everything below the path goes."""
        below = f"{directory}."
        for unread in [path for path in self._unread if f"{path}.".startswith(below)]:
            del self._unread[unread]
        for name in [name for name in self._entries if name.startswith(below)]:
            del self._entries[name]


def proc_dointvec(text: str, minimum: int = INT_MIN, maximum: int = INT_MAX) -> int:
    """The number that was written, in C's notation; EINVAL for what is none or not within the bounds."""
    match = _NUMBER.match(text)
    if match is None:
        raise KernelError(Errno.EINVAL)
    digits = match[2]
    octal = len(digits) > 1 and digits.isdigit() and digits[0] == "0"
    if octal and not set(digits) <= set("01234567"):
        raise KernelError(Errno.EINVAL)
    value = int(digits, 8 if octal else 0)
    value = -value if match[1] == "-" else value
    if not minimum <= value <= maximum:
        raise KernelError(Errno.EINVAL)
    return value


def int_entry(
    owner: Any,
    field: str,
    minimum: int = INT_MIN,
    maximum: int = INT_MAX,
    *,
    unit: int = 1,
    changed: Callable[[], None] | None = None,
) -> CtlTable:
    """A whole number kept as ``owner.field``, there in ``unit`` times what the file says; ``changed`` runs after."""

    def read() -> str:
        return str(getattr(owner, field) // unit)

    def write(text: str) -> None:
        setattr(owner, field, proc_dointvec(text, minimum, maximum) * unit)
        if changed is not None:
            changed()

    return CtlTable(read, write)


def text_entry(text: str) -> CtlTable:
    """A file that keeps whatever is written."""
    content = [text]

    def write(written: str) -> None:
        content[0] = written.strip()

    return CtlTable(lambda: content[0], write)
