"""Where the files lie that the server reads: in the installed package, or beside it in a checkout."""

from pathlib import Path

_INSTALLED = Path(__file__).parent / "_assets"  # hatch_build.py puts them there; a checkout has none
ROOT = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parents[1]

BUILD = ROOT / "static" / "build"  # Vite's output, with manifest.json
TEMPLATES = ROOT / "templates"
LESSONS = ROOT / "lessons"
