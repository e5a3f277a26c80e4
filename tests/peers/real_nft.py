"""The nft that is installed, asked in a network namespace of its own what it makes of a rule."""

from __future__ import annotations

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self

VERSION = "v1.0.6"
"""The version that the model behaves as."""
_END = "--end--"


class RealNft:
    """One shell in a fresh network namespace; every rule is loaded into an empty ruleset there and listed."""

    def __init__(self) -> None:
        self.shell = subprocess.Popen(
            ["unshare", "-n", "sh"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"TZ": "UTC-2", "LC_ALL": "C"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.shell.communicate()

    @staticmethod
    def installed() -> bool:
        """Whether that version is there and may be used."""
        if shutil.which("nft") is None or shutil.which("unshare") is None:
            return False
        asked = subprocess.run(["unshare", "-n", "nft", "--version"], capture_output=True, text=True, check=False)
        return asked.returncode == 0 and VERSION in asked.stdout

    def listing(self, commands: list[str], chain: str) -> str | None:
        """The only rule of a chain (``FAMILY TABLE CHAIN``) after the commands; None: tool or kernel refuse them."""
        assert self.shell.stdin is not None
        assert self.shell.stdout is not None
        script = "\n".join(["flush ruleset", *commands])
        self.shell.stdin.write(f"nft -f - <<'EOF' && nft -s -p list chain {chain}\n{script}\nEOF\necho {_END}\n")
        self.shell.stdin.flush()
        lines: list[str] = []
        for line in self.shell.stdout:
            if line.strip() == _END:
                break
            lines.append(line.strip())
        inner = [line for line in lines if not line.startswith(("table ", "chain ", "type ")) and line != "}"]
        return " ".join(inner) if lines else None
