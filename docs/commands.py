"""docs/commands.md: what a lab may type, from what the programs say of themselves."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

from webapp.userland import iproute2
from webapp.userland.programs import MODULES, PROGRAMS

HEAD = """# Commands

The programs that a lab may run, and what of them is modelled; made from their docstrings (`make docs`). Each takes the
words of the real one and prints what it prints; what is not modelled is refused, never accepted and ignored.
"""

# Of iproute2's programs: how the docstrings of their parts begin.
PARTS = {"ip": ("ip ",), "bridge": ("bridge ",), "tc": ("tc ", "The classifier ", "The action ", "Actions")}


def commands() -> str:
    """The page's text: a section for each program."""
    parts = [HEAD]
    for name, program in PROGRAMS.items():
        source = importlib.import_module(f"webapp.userland.{MODULES[name]}") if name in MODULES else program
        parts.append(f"## {name}\n\n{inspect.getdoc(source)}\n")
        if name in PARTS:
            parts.append("\n".join(f"- {line}" for line in sorted(part_lines(name))) + "\n")
    return "\n".join(parts)


def part_lines(program: str) -> Iterator[str]:
    """The docstrings of a program's objects, classifiers and actions, each as one line."""
    for module in pkgutil.iter_modules(iproute2.__path__):
        text = inspect.getdoc(importlib.import_module(f"webapp.userland.iproute2.{module.name}")) or ""
        if text.startswith(PARTS[program]) and module.name != program:
            yield " ".join(text.split())
