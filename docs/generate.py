"""Writes the files that are made from the program (`make docs`); with --check, only says which are stale."""

import sys
from collections.abc import Callable
from pathlib import Path

from commands import commands
from kernel_map import kernel_map
from webapp.server import typescript

ROOT = Path(__file__).parents[1]

# file, relative to the repository: what makes its text
GENERATED: dict[str, Callable[[], str]] = {
    "docs/commands.md": commands,
    "docs/kernel-map.md": kernel_map,
    "static/src/protocol.ts": typescript.generate,
}


def main(args: list[str]) -> int:
    """Exit code 1 if --check finds a file that is not what the program would write."""
    stale = [name for name, text in GENERATED.items() if not is_fresh(ROOT / name, text())]
    if "--check" in args:
        for name in stale:
            print(f"{name} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).write_text(GENERATED[name]())
        print(f"wrote {name}")
    return 0


def is_fresh(path: Path, text: str) -> bool:
    """Whether the file holds this text."""
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
