"""Many browsers of a room in one event loop: Socket.IO over websockets, as bytes, so that the load costs little.

Only what the bench needs of RFC 6455 and of Socket.IO's protocol 5: text frames, pings of Engine.IO, acknowledgements.
"""

import asyncio
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


class Follower(asyncio.Protocol):
    """One connection. ``cursors`` are the steps that came and when (time.perf_counter)."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.cursors: list[tuple[int, float]] = []
        self.connected: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.view: dict[str, Any] = {}
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0
        self._buffer = b""
        self._message = b""
        self._upgraded = False
        self._transport: asyncio.Transport

    @classmethod
    async def at(cls, url: str, source: str = "127.0.0.1") -> "Follower":
        """Connects to a server on loopback, from an address on loopback."""
        host, port = url.removeprefix("http://").split(":")
        assert host.startswith("127."), host
        make: Callable[[], Follower] = cls
        loop = asyncio.get_running_loop()
        _, self = await loop.create_connection(make, host, int(port), local_addr=(source, 0))
        try:
            await asyncio.wait_for(self.connected, 60)
        except (OSError, TimeoutError):
            self.cut()
            raise
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        host, port = transport.get_extra_info("peername")
        lines = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {host}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
        )
        transport.write("\r\n".join((*lines, "", "")).encode())

    def connection_lost(self, _exc: Exception | None) -> None:
        gone = ConnectionError("the connection was lost")
        for future in (self.connected, *self._answers.values()):
            if not future.done():
                future.set_exception(gone)
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):  # nginx, while no process listens
                self._transport.abort()
                return
            self._upgraded, self._buffer = True, rest
        while (frame := self._frame()) is not None:
            self._take(*frame)

    def _frame(self) -> tuple[int, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1], 2
        if length == 126 and len(buffer) >= 4:
            length, start = struct.unpack_from(">H", buffer, 2)[0], 4
        elif length == 127 and len(buffer) >= 10:
            length, start = struct.unpack_from(">Q", buffer, 2)[0], 10
        elif length >= 126:
            return None
        if len(buffer) < start + length:
            return None
        self._buffer = buffer[start + length :]
        return buffer[0], buffer[start : start + length]

    def _take(self, first: int, body: bytes) -> None:
        if first & 0x0F == 8:
            self._transport.close()
            return
        self._message += body
        if not first & 0x80:
            return
        message, self._message = self._message, b""
        if message.startswith(b'42["cursor"'):
            at = time.perf_counter()
            start = message.index(b'"step":') + 7
            self.cursors.append((int(message[start : message.index(b",", start)]), at))
        elif message.startswith(b"43"):
            number, _, value = message[2:].partition(b"[")
            future = self._answers.pop(int(number), None)
            if future is not None and not future.done():
                future.set_result(msgspec.json.decode(b"[" + value)[0])
        elif message.startswith(b'42["view"'):
            self.view = msgspec.json.decode(message[2:])[1]
        elif message == b"2":
            self._send(b"3")
        elif message.startswith(b"0"):
            self._send(b"40")
        elif message.startswith(b"40") and not self.connected.done():
            self.connected.set_result(None)

    def _send(self, message: bytes) -> None:
        length = len(message)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
        assert length < 65536
        self._transport.write(b"\x81" + size + bytes(4) + message)  # masked with zeros: the same bytes

    def tell(self, event: str, value: object) -> None:
        """Sends an event; the answer is not waited for."""
        self._send(b"42" + msgspec.json.encode([event, value]))

    async def ask(self, type_: str, **fields: object) -> dict[str, Any]:
        """A request of the room, and its answer."""
        self._asked += 1
        future = self._answers[self._asked] = asyncio.get_running_loop().create_future()
        self._send(f"42{self._asked}".encode() + msgspec.json.encode(["room", {"type": type_, **fields}]))
        answer: dict[str, Any] = await asyncio.wait_for(future, 60)
        assert answer["type"] != "Failed", answer
        return answer

    def close(self) -> None:
        """Leaves, as a tab that is closed."""
        self._transport.close()

    def cut(self) -> None:
        """Is gone without a word, as a telephone without a network."""
        self._transport.abort()


def resident(pid: int) -> int:
    """Bytes of memory that a process and its children have in use (/proc/PID/statm)."""
    pages = (int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in (pid, *_children(pid)))
    return sum(pages) * os.sysconf("SC_PAGE_SIZE")


def handles(pid: int) -> tuple[int, int]:
    """Open files, and threads, of a process and its children."""
    every = [Path(f"/proc/{one}") for one in (pid, *_children(pid))]
    files, threads = (sum(len(list((one / kind).iterdir())) for one in every) for kind in ("fd", "task"))
    return files, threads


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
