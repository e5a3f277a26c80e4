"""How Engine.IO reaches browsers here: a driver of its own for it, made for rooms of hundreds.

Engine.IO's driver for threads has four threads, a queue and a compressor for each browser, and hands each message to
each of them. Here a browser costs the thread that reads from it. Who sends writes the frame, made once for all,
straight into the browser's socket. What a slow browser does not take waits, as little as possible: of what replaces
each other, such as cursors, only the last; and who lets too much wait loses the connection, comes back, and gets a
snapshot.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import count
from queue import Empty
from typing import Any

from engineio import exceptions
from engineio.packet import CLOSE, NOOP, PING, PONG, UPGRADE, Packet
from engineio.socket import Socket
from flask_socketio import SocketIO
from socketio import Server

from webapp.server import websocket
from webapp.server.websocket import BrokenError, Frames, Message

UNSENT = 16 * 1024
"""Bytes that the kernel takes beyond those that are on their way: what waits there can no longer be replaced."""

MOST_WAITING = 8 * 1024 * 1024
"""Bytes that wait for one browser; one that lets more wait is cut off."""

_REPLACED = re.compile(r'42\["(cursor|view|board|presence)"')
"""Messages of which only the last counts: each says all that the ones before it said."""


def install(socketio: SocketIO, is_quick: Callable[[object], bool] = lambda _words: False) -> None:
    """Has the server's Engine.IO use this driver.

    What a browser says is answered in a thread of its own, so that nobody waits; but ``is_quick`` words, an event and
    its arguments, are answered where they are read: they need no thread, and keep their order.
    """
    engine = socketio.server.eio
    driver: dict[str, Any] = engine._async  # noqa: SLF001  # where Engine.IO keeps it, for threads
    pings = _Pings(engine.ping_interval)

    def task(target: Callable[..., object], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> object:
        if getattr(target, "__func__", None) is Socket._send_ping:  # noqa: SLF001  # told apart by name only
            return _Ping(pings, target.__self__)  # type: ignore[attr-defined]
        if getattr(target, "__func__", None) is Server._handle_event_internal and is_quick(args[3]):  # noqa: SLF001
            return _Inline(partial(target, *args))
        return driver["thread"](target=target, args=args, kwargs=kwargs or {})

    engine._async = driver | {"thread": task, "websocket": partial(Wire, Slow())}  # noqa: SLF001


class _Pings:
    """One thread that pings all browsers, each ``interval`` seconds after its last answer."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._due: deque[tuple[float, Any]] = deque()
        self._some = threading.Semaphore(0)
        threading.Thread(target=self._run, name="pings", daemon=True).start()

    def later(self, engine: Any) -> None:
        self._due.append((time.monotonic() + self._interval, engine))
        self._some.release()

    def _run(self) -> None:
        while True:
            self._some.acquire()
            at, engine = self._due.popleft()
            time.sleep(max(0.0, at - time.monotonic()))
            if not engine.closing and not engine.closed:
                engine.last_ping = time.time()
                with contextlib.suppress(exceptions.EngineIOError):
                    engine.send(Packet(PING))


class _Ping:
    """What Engine.IO takes for the thread that sends the next ping."""

    def __init__(self, pings: _Pings, engine: Any) -> None:
        self._pings, self._engine = pings, engine

    def start(self) -> None:
        self._pings.later(self._engine)


@dataclass(frozen=True, slots=True)
class _Inline:
    """What Socket.IO takes for a thread: its work is done when it is started."""

    start: Callable[[], object]


class Slow:
    """One thread that goes on with the sockets that were full, as soon as they take more."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, Callable[[], None]] = {}
        threading.Thread(target=self._run, name="slow sockets", daemon=True).start()

    def watch(self, sock: socket.socket, go_on: Callable[[], None]) -> None:
        """Has ``go_on`` called once the socket takes more. Whoever calls holds the lock of the socket's wire."""
        once = select.EPOLLOUT | select.EPOLLONESHOT
        if sock.fileno() in self._watched:
            self._epoll.modify(sock, once)
        else:
            self._watched[sock.fileno()] = go_on
            self._epoll.register(sock, once)

    def forget(self, sock: socket.socket) -> None:
        """Nothing waits for the socket any more, or it is about to be closed."""
        if self._watched.pop(sock.fileno(), None) is not None:
            self._epoll.unregister(sock)

    def _run(self) -> None:
        while True:
            for number, _ in self._epoll.poll():
                if (go_on := self._watched.get(number)) is not None:
                    go_on()


class Wire:
    """One websocket, as the table of Engine.IO's driver has it: called with the handler of the browser's session."""

    def __init__(self, slow: Slow, handler: Any, server: Any) -> None:
        self._slow = slow
        self._engine = handler.__self__
        self._most: int = server.max_http_buffer_size
        self._lock = threading.Lock()
        self._rest = b""
        self._waiting: dict[str | int, bytes] = {}
        self._size = 0
        self._number = count()
        self._gone = False
        self._deflates = False
        self._sock: socket.socket

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        """Speaks with the browser until either goes."""
        gunicorn = environ.get("gunicorn.socket")
        self._sock = gunicorn or environ["werkzeug.socket"]
        agreed = websocket.handshake(environ)
        if agreed is None:
            self._engine.close(wait=False, abort=True, reason=self._engine.server.reason.TRANSPORT_ERROR)
            start_response("400 BAD REQUEST", [("Content-Type", "text/plain")])
            return (b"This is no request for a websocket.\n",)
        self._deflates = agreed.deflates
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        self._sock.setblocking(False)
        try:
            self._write(agreed.answer)
            self._converse()
        finally:
            self._end()
        if gunicorn is not None:
            raise StopIteration  # what each server takes for "the socket is no longer yours to answer on"
        raise ConnectionError

    # What is read

    def _converse(self) -> None:
        """Takes what the browser sends, until it goes or is cut off."""
        frames = Frames(self._most, deflates=self._deflates)
        take = self._upgrading() if self._engine.connected else self._taking()
        next(take)
        readable = select.poll()
        readable.register(self._sock, select.POLLIN)
        try:
            while not self._engine.closed and not self._gone:
                readable.poll()
                for found in frames.feed(self._received()):
                    if isinstance(found, Message):
                        take.send(Packet(encoded_packet=found.body))
                    elif found.opcode == websocket.PING:
                        self._write(websocket.frame(websocket.PONG, found.body))
                    elif found.opcode == websocket.CLOSE:
                        self._write(websocket.closing(websocket.NORMAL))
                        return
        except BrokenError as broken:
            self._write(websocket.closing(broken.code))
        except (OSError, ValueError, StopIteration, exceptions.EngineIOError):
            return  # lost, or what came is no packet of Engine.IO

    def _received(self) -> bytes:
        try:
            data = self._sock.recv(65536)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError
        return data

    def _upgrading(self) -> Generator[None, Packet, None]:
        """A browser that polled so far: Engine.IO's protocol, "Upgrading"."""
        engine = self._engine
        engine.upgrading = True
        probe = yield
        if (probe.packet_type, probe.data) == (PING, "probe"):
            self._send(Packet(PONG, "probe"))
            engine.queue.put(Packet(NOOP))  # ends the poll that is open
            upgrade = yield
            engine.upgraded = upgrade.packet_type == UPGRADE
        engine.upgrading = False
        if engine.upgraded:
            yield from self._taking()

    def _taking(self) -> Generator[None, Packet, None]:
        """Packets of a browser whose messages go this way from now on."""
        engine = self._engine
        engine.connected = engine.upgraded = True
        engine.send = self._send
        while True:
            self._flush_queue()
            packet = yield
            engine.receive(packet)

    def _flush_queue(self) -> None:
        """Sends what Engine.IO had put into its queue before it knew of this way."""
        queue = self._engine.queue
        with contextlib.suppress(Empty):
            while True:
                packet = queue.get(block=False)
                queue.task_done()
                if packet is not None:
                    self._send(packet)

    def _end(self) -> None:
        with self._lock:
            self._gone = True
            self._waiting.clear()
            self._slow.forget(self._sock)
        if self._engine.upgraded:
            self._engine.close(wait=False, abort=True, reason=self._engine.server.reason.TRANSPORT_CLOSE)
            self._flush_queue()  # somebody may wait until it is empty

    # What is sent

    def _send(self, packet: Packet) -> None:
        """Engine.IO's send(): never waits, never raises."""
        made = framed(packet, deflates=self._deflates)
        self._write(made.frame, made.kind)
        if packet.packet_type == CLOSE:
            self._shut()

    def _write(self, frame: bytes, kind: str = "") -> None:
        with self._lock:
            if self._gone:
                return
            if self._rest:
                self._wait(frame, kind)
                return
            self._rest = self._written(frame)
            if self._rest:
                self._slow.watch(self._sock, self._go_on)

    def _wait(self, frame: bytes, kind: str) -> None:
        if kind:
            self._size -= len(self._waiting.pop(kind, b""))
        if self._waiting and self._size + len(frame) > MOST_WAITING:
            self._shut()
            return
        self._waiting[kind or next(self._number)] = frame
        self._size += len(frame)

    def _written(self, frame: bytes) -> bytes:
        """What the kernel did not take of a frame."""
        try:
            return frame[self._sock.send(frame) :]
        except BlockingIOError:
            return frame
        except OSError:
            self._shut()
            return b""

    def _go_on(self) -> None:
        """The socket takes more."""
        with self._lock:
            while not self._gone:
                self._rest = self._written(self._rest)
                if self._rest:
                    self._slow.watch(self._sock, self._go_on)
                    return
                if not self._waiting:
                    self._slow.forget(self._sock)
                    return
                self._rest = self._waiting.pop(next(iter(self._waiting)))
                self._size -= len(self._rest)

    def _shut(self) -> None:
        """Ends the connection; whoever reads from it notices."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


class Framed:
    """A packet as it goes out. It hangs on the packet, so that one for many is framed once."""

    __slots__ = ("frame", "kind")

    def __init__(self, packet: Packet, *, deflates: bool) -> None:
        encoded = packet.encode()
        self.frame = websocket.message(encoded, deflates=deflates)
        found = _REPLACED.match(encoded) if isinstance(encoded, str) else None
        self.kind = found[1] if found else ""


def framed(packet: Packet, *, deflates: bool) -> Framed:
    """The packet's frame: made once for all who get it in the same way."""
    name = "deflated" if deflates else "plain"
    found: Framed | None = packet.__dict__.get(name)
    if found is None:
        found = packet.__dict__[name] = Framed(packet, deflates=deflates)
    return found
