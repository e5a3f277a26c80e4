"""sysctl of procps-ng 4.0.2, for the values below net.

Not modelled, and refused: -p, -f and --system (there are no files), --deprecated, --dry-run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.kernel.errno import Errno, KernelError
from webapp.userland.getopt import Getopt, OptionError
from webapp.userland.process import Process

_USAGE = """
Usage:
 sysctl [options] [variable[=value] ...]

For more details see sysctl(8).
"""
_SHORT = "aAXbeNnpfr:qwoxdhV"
_LONG = {
    "all": "a", "binary": "b", "ignore": "e", "names": "N", "values": "n", "load": "p", "pattern=": "r", "quiet": "q",
    "write": "w", "help": "h", "version": "V", "system": "p", "deprecated": "p", "dry-run": "p",
}  # fmt: skip


@dataclass(slots=True)
class Options:
    """What is to be shown of each variable, and how strict to be."""

    all: bool = False
    binary: bool = False
    ignore: bool = False
    names: bool = False
    values: bool = False
    quiet: bool = False
    write: bool = False
    pattern: re.Pattern[str] | None = None


_FLAGS = {
    "a": "all", "A": "all", "X": "all", "b": "binary", "e": "ignore", "N": "names", "n": "values", "q": "quiet",
    "w": "write",
}  # fmt: skip


def main(process: Process, argv: list[str]) -> int:
    """Exit code 1 if any variable could not be read or written."""
    if len(argv) == 1:
        process.stdout.write(_USAGE)
        return 1
    options = Options()
    getopt = Getopt(argv[1:], _SHORT, tuple(_LONG))
    try:
        for option, value in getopt:
            code = _option(process, options, _LONG.get(option) or _LONG.get(f"{option}=") or option, value)
            if code is not None:
                return code
    except OptionError as error:
        process.stderr.write(f"sysctl: {error}\n{_USAGE}")
        return 1
    if options.all:
        return _Sysctl(process, options).show_all()
    if not getopt.operands:
        process.stderr.write("sysctl: no variables specified\nTry `sysctl --help' for more information.\n")
        return 1
    return _Sysctl(process, options).run(getopt.operands)


def _option(process: Process, options: Options, letter: str, value: str) -> int | None:
    if letter in _FLAGS:
        setattr(options, _FLAGS[letter], True)
    elif letter == "r":
        try:
            options.pattern = re.compile(value)
        except re.error:
            process.stderr.write(f"sysctl: bad pattern {value}\n")
            return 1
    elif letter in "hd":
        process.stdout.write(_USAGE)
        return 0
    elif letter == "V":
        process.stdout.write("sysctl from procps-ng 4.0.2\n")
        return 0
    elif letter in "pf":
        process.stderr.write("sysctl: reading settings from files is not modelled\n")
        return 1
    return None


class _Sysctl:
    """One run."""

    def __init__(self, process: Process, options: Options) -> None:
        self.process = process
        self.options = options
        self.tree = process.net.sysctl

    def run(self, operands: list[str]) -> int:
        code = 0
        for operand in operands:
            name, equals, value = operand.partition("=")
            if self.options.write and not equals:
                self._complain("command line(0): invalid syntax, continuing...")
                return 1
            failed = self._write(name.strip(), value.strip()) if equals else self._show(operand)
            code = failed or code
        return code

    def show_all(self) -> int:
        pattern = self.options.pattern
        for name in sorted(self.tree):
            if pattern is None or pattern.search(name):
                self._print(name, self.tree[name])
        return 0

    def _complain(self, problem: str) -> int:
        self.process.stderr.write(f"sysctl: {problem}\n")
        return 1

    def _missing(self, components: list[str]) -> int:
        if self.options.ignore:
            return 0
        return self._complain(f"cannot stat /proc/sys/{'/'.join(components)}: No such file or directory")

    def _write(self, typed: str, value: str) -> int:
        components = _components(typed)
        if not components:
            return self._complain("Path is not under /proc/sys/: /proc/sys/")
        name = ".".join(components)
        if name not in self.tree:
            return self._missing(components)
        try:
            self.tree[name] = value
        except KernelError as error:
            key = _key(components)
            if error.errno == Errno.EACCES:
                return self._complain(f'permission denied on key "{key}"')
            return self._complain(f'setting key "{key}": {error.errno.strerror}')
        if not self.options.quiet:
            self._print(_key(components), value)
        return 0

    def _show(self, typed: str) -> int:
        components = _components(typed)
        name = ".".join(components)
        if name in self.tree:
            self._print(_key(components), self.tree[name])
            return 0
        below = sorted(other for other in self.tree if other.startswith(f"{name}."))
        for other in below:
            self._print(_key(components) + other[len(name) :], self.tree[other])
        return 0 if below else self._missing(components)

    def _print(self, key: str, value: str) -> None:
        options = self.options
        if options.names:
            text = f"{key}\n"
        elif options.binary:
            text = value
        elif options.values:
            text = f"{value}\n"
        else:
            text = f"{key} = {value}\n"
        self.process.stdout.write(text)


def _components(typed: str) -> list[str]:
    """The parts of a path, written with dots or with slashes; in dotted ones a slash stands for a dot in a name."""
    first = re.search("[./]", typed)
    if first is not None and first[0] == ".":
        return [part.replace("/", ".") for part in typed.strip(".").split(".")]
    return [part for part in typed.split("/") if part]


def _key(components: list[str]) -> str:
    """The dotted notation."""
    return ".".join(part.replace(".", "/") for part in components)
