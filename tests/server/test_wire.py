"""Engine.IO over our own websockets: slow browsers, long messages, pings, upgrades."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from engineio.packet import CLOSE, MESSAGE, Packet
from engineio.socket import Socket
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.test import create_environ
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Event, TextMessage
from wsproto.events import Ping as WebsocketPing
from wsproto.events import Pong as WebsocketPong

from tests.waiting import wait_until
from webapp.server import wire

HANDSHAKE = {"HTTP_SEC_WEBSOCKET_KEY": "dGhlIHNhbXBsZSBub25jZQ==", "HTTP_SEC_WEBSOCKET_VERSION": "13"}
MOST = 100_000


class Browser:
    """Its end of a connection, which reads only when it is told to."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._speaks = Connection(ConnectionType.CLIENT)
        self._head = b""
        self._parts = ""
        self.events: list[Event] = []
        sock.settimeout(15)

    @property
    def texts(self) -> list[str]:
        return [event.data for event in self.events if isinstance(event, TextMessage)]

    def send(self, event: Event) -> None:
        self.sock.sendall(self._speaks.send(event))

    def read(self, enough: Callable[[list[Event]], object]) -> None:
        """Takes what comes until it is enough, or nothing comes any more."""
        while not enough(self.events):
            data = self.sock.recv(65536)
            if not data:
                return
            if not self._head.endswith(b"\r\n\r\n"):
                head, end, data = (self._head + data).partition(b"\r\n\r\n")
                self._head = head + end
                if not end:
                    continue
            self._speaks.receive_data(data)
            for event in self._speaks.events():
                self._take(event)

    def _take(self, event: Event) -> None:
        if isinstance(event, TextMessage):
            self._parts += event.data
            if not event.message_finished:
                return
            event, self._parts = TextMessage(self._parts), ""
        self.events.append(event)

    def read_text(self, text: str) -> None:
        self.read(lambda _: text in self.texts)
        assert text in self.texts


@pytest.fixture
def engine() -> Any:
    """A server's Engine.IO with our driver; pings come at once."""
    socketio = SocketIO(Flask("test"), async_mode="threading", max_http_buffer_size=MOST, ping_interval=0.01)
    wire.install(socketio)
    return socketio.server.eio


@contextmanager
def connected(engine: Any, sent_before: tuple[Packet, ...] = ()) -> Iterator[tuple[Any, Browser]]:
    """A session of Engine.IO, and the browser at its other end."""
    session = engine.sockets["sid"] = Socket(engine, "sid")
    for packet in sent_before:
        session.send(packet)
    with socket.create_server(("127.0.0.1", 0)) as server:
        browser = Browser(socket.create_connection(server.getsockname()))
        ours, _ = server.accept()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    made = engine._async["websocket"](session._websocket_handler, engine)

    def serve() -> None:
        with suppress(StopIteration):
            made(HANDSHAKE | {"gunicorn.socket": ours}, lambda *_: None)
        ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        wait_until(lambda: session.upgraded)
        yield session, browser
    finally:
        browser.sock.close()
        thread.join(15)
        assert not thread.is_alive()


def say(session: Any, text: str) -> None:
    session.send(Packet(MESSAGE, text))


def test_what_was_said_before_the_browser_listened_comes_first(engine: Any) -> None:
    with connected(engine, (Packet(MESSAGE, "one"),)) as (session, browser):
        say(session, "two")
        browser.read_text("4two")
        assert browser.texts == ["4one", "4two"]


def test_what_a_browser_says_reaches_its_session(engine: Any) -> None:
    heard: list[tuple[str, str]] = []
    engine.on("message", lambda sid, text: heard.append((sid, text)))
    with connected(engine) as (_, browser):
        browser.send(TextMessage("4hello"))
        wait_until(lambda: heard)
        browser.send(WebsocketPing(b"there?"))
        browser.read(lambda events: WebsocketPong(bytearray(b"there?")) in events)
    assert heard == [("sid", "hello")]


def test_a_browser_that_takes_nothing_for_a_while_gets_all_words_and_of_cursors_the_last(engine: Any) -> None:
    with connected(engine) as (session, browser):
        for number in range(2000):
            say(session, f'2["cursor",{number},"{"x" * 400}"]')
            say(session, f'2["own",{number},"{"x" * 400}"]')
        say(session, "end")
        browser.read_text("4end")
        cursors = [int(text.split(",")[1]) for text in browser.texts if text.startswith('42["cursor"')]
        words = [int(text.split(",")[1]) for text in browser.texts if text.startswith('42["own"')]
    assert words == list(range(2000))
    assert cursors == sorted(set(cursors))
    assert cursors[-1] == 1999
    assert len(cursors) < 1000


def test_a_browser_that_takes_nothing_for_long_is_cut_off(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_WAITING", 50_000)
    with connected(engine) as (session, browser):
        for _ in range(1000):
            say(session, "x" * 10_000)
        wait_until(lambda: session.closed)
        with suppress(ConnectionResetError):
            browser.read(lambda _: False)
        assert len(browser.texts) < 1000


def test_a_message_to_many_is_framed_once(engine: Any) -> None:
    packet = Packet(MESSAGE, '2["view",{}]')
    first = wire.framed(packet, deflates=False)
    assert wire.framed(packet, deflates=False) is first
    assert wire.framed(packet, deflates=True) is not first
    assert first.kind == "view"


def test_who_announces_a_message_that_is_too_long_is_cut_off_before_it_comes(engine: Any) -> None:
    with connected(engine) as (session, browser):
        browser.sock.sendall(b"\x81\xff" + (MOST + 1).to_bytes(8) + bytes(4))
        browser.read(lambda _: False)
        (goodbye,) = (event for event in browser.events if isinstance(event, CloseConnection))
        assert goodbye.code == 1009
        wait_until(lambda: session.closed)


@pytest.mark.parametrize("text", ["", "x", "9", "42"])
def test_what_is_no_packet_harms_nobody(text: str, engine: Any) -> None:
    with connected(engine) as (session, browser):
        browser.send(TextMessage(text))
        if text != "42":  # a packet, and no message that anybody waits for
            wait_until(lambda: session.closed)


def test_a_browser_is_pinged_again_after_each_answer_without_a_thread_of_its_own(engine: Any) -> None:
    with connected(engine) as (session, browser):
        before = threading.active_count()
        session.schedule_ping()
        for number in range(1, 4):
            browser.read(lambda _, number=number: browser.texts.count("2") == number)
            assert session.last_ping is not None
            browser.send(TextMessage("3"))
        assert threading.active_count() <= before


def test_who_does_not_answer_a_ping_is_gone(engine: Any) -> None:
    with connected(engine) as (session, browser):
        session.last_ping = 1.0
        assert not session.check_ping_timeout()
        browser.read(lambda _: False)
        assert browser.texts == ["1"]
        assert session.closed


def test_the_server_may_end_the_connection_and_waits_until_it_has(engine: Any) -> None:
    with connected(engine) as (session, browser):
        session.close(wait=True)
        browser.read(lambda _: False)
        assert browser.texts == [str(CLOSE)]


def test_a_browser_that_polled_changes_over_and_misses_nothing(engine: Any) -> None:
    session = Socket(engine, "sid")
    session.connected = True
    say(session, "while it polled")
    with socket.create_server(("127.0.0.1", 0)) as server:
        browser = Browser(socket.create_connection(server.getsockname()))
        ours, _ = server.accept()

    def serve() -> None:
        with suppress(ConnectionError):
            session._upgrade_websocket(HANDSHAKE | {"werkzeug.socket": ours}, lambda *_: None)
        ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    browser.send(TextMessage("2probe"))
    browser.read_text("3probe")
    say(session, "in between")
    browser.send(TextMessage("5"))
    browser.read_text("4in between")
    assert [text for text in browser.texts if text.startswith("4")] == ["4while it polled", "4in between"]
    assert session.upgraded
    browser.sock.close()
    thread.join(15)
    assert session.closed


def test_quick_words_keep_their_order_and_others_do_not_hold_them_up() -> None:
    app = Flask("test")
    socketio = SocketIO(app, async_mode="threading")
    wire.install(socketio, lambda words: words[0] == "quick")  # type: ignore[index]
    heard: list[object] = []
    go_on = threading.Event()
    socketio.on_event("quick", heard.append)
    socketio.on_event("slow", lambda _: go_on.wait(15) and heard.append("slow"))
    with connected(socketio.server.eio) as (_, browser):
        socketio.server.eio.handlers["connect"]("sid", create_environ() | {"flask.app": app})
        browser.send(TextMessage("40"))
        browser.read(lambda _: any(text.startswith("40") for text in browser.texts))
        browser.send(TextMessage('42["slow",0]'))
        for number in range(100):
            browser.send(TextMessage(f'42["quick",{number}]'))
        wait_until(lambda: len(heard) == 100)
        go_on.set()
        wait_until(lambda: len(heard) == 101)
    assert heard == [*range(100), "slow"]


def test_what_asks_for_no_websocket_is_told_so(engine: Any) -> None:
    session = Socket(engine, "sid")
    status: list[str] = []
    made = engine._async["websocket"](session._websocket_handler, engine)
    with socket.socket() as ours:
        body = b"".join(made({"gunicorn.socket": ours}, lambda line, _: status.append(line)))
    assert (status, session.closed) == (["400 BAD REQUEST"], True)
    assert body
