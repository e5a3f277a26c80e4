"""The files that programs write: they stay in the lab, and are as large together as the lab allows."""

from __future__ import annotations

from webapp.kernel.machine import LimitError


class Files:
    """Contents by name, as it was typed. LimitError where all of them together exceed ``limit`` bytes."""

    __slots__ = ("_contents", "_limit", "_size")

    def __init__(self, limit: int = 8_000_000) -> None:
        self._contents: dict[str, bytearray] = {}
        self._limit = limit
        self._size = 0

    def create(self, name: str) -> None:
        """open(2) with O_CREAT and O_TRUNC."""
        self._size -= len(self._contents.get(name, b""))
        self._contents[name] = bytearray()

    def append(self, name: str, data: bytes) -> None:
        """write(2) at the end of a file that was created."""
        self._size += len(data)
        if self._size > self._limit:
            raise LimitError(f"more than {self._limit} bytes in a lab's files")
        self._contents[name] += data

    def read(self, name: str) -> bytes | None:
        """All of a file; None where there is none of that name."""
        content = self._contents.get(name)
        return None if content is None else bytes(content)

    def all(self) -> dict[str, bytes]:
        """Every file."""
        return {name: bytes(content) for name, content in self._contents.items()}
