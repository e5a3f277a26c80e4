"""Frames of RFC 6455, beside another library that speaks them."""

import struct

import pytest
import wsproto
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.extensions import Extension, PerMessageDeflate

from webapp.server import websocket
from webapp.server.websocket import BrokenError, Control, Frames, Message, handshake

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
LENGTHS = (0, 1, 125, 126, 1023, 1024, 65535, 65536, 200_000)


def browser(*, deflates: bool) -> Connection:
    """The other side, which has agreed to what we answer."""
    extensions: list[Extension] = []
    if deflates:
        packed = PerMessageDeflate()
        packed.finalize("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
        extensions.append(packed)
    return Connection(ConnectionType.CLIENT, extensions)


def asked(extensions: str = "", **headers: str) -> dict[str, str]:
    environ = {"HTTP_SEC_WEBSOCKET_KEY": KEY, "HTTP_SEC_WEBSOCKET_VERSION": "13"}
    return environ | {"HTTP_SEC_WEBSOCKET_EXTENSIONS": extensions} | headers


def test_a_handshake_is_answered_as_the_rfc_s_example() -> None:
    agreed = handshake(asked())
    assert agreed is not None
    assert agreed.answer.startswith(b"HTTP/1.1 101 ")
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in agreed.answer
    assert b"Extensions" not in agreed.answer


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_WEBSOCKET_KEY": ""},
        {"HTTP_SEC_WEBSOCKET_KEY": "short"},
        {"HTTP_SEC_WEBSOCKET_KEY": "§"},
        {"HTTP_SEC_WEBSOCKET_VERSION": "8"},
    ],
)
def test_what_asks_for_no_websocket_gets_none(headers: dict[str, str]) -> None:
    assert handshake(asked(**headers)) is None


@pytest.mark.parametrize(
    ("extensions", "deflates"),
    [
        ("permessage-deflate; client_max_window_bits", True),
        ("permessage-deflate", True),
        ("x-other, permessage-deflate; client_no_context_takeover", True),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", True),
        ("permessage-deflate; server_max_window_bits=10", False),
        ("x-other", False),
        ("", False),
    ],
)
def test_messages_are_compressed_where_the_browser_can_do_it_in_our_way(extensions: str, deflates: bool) -> None:
    agreed = handshake(asked(extensions))
    assert agreed is not None
    assert agreed.deflates is deflates
    assert (b"server_no_context_takeover" in agreed.answer) is deflates


def received(connection: Connection, data: bytes) -> list[Event]:
    connection.receive_data(data)
    return list(connection.events())


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("deflates", [True, False])
def test_another_library_reads_what_we_send(length: int, deflates: bool) -> None:
    other = browser(deflates=deflates)
    for _ in range(2):  # the second does not depend on the first
        sent = websocket.message("x" * length, deflates=deflates)
        assert (len(sent) < length) is (deflates and length >= websocket.WORTH_COMPRESSING)
        assert "".join(event.data for event in received(other, sent) if isinstance(event, TextMessage)) == "x" * length
    (event,) = received(other, websocket.message(b"\xff\x00", deflates=deflates))
    assert isinstance(event, BytesMessage)
    assert bytes(event.data) == b"\xff\x00"


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("piece", [1, 1000, 10**6])
@pytest.mark.parametrize("deflates", [True, False])
def test_what_another_library_sends_arrives_however_it_is_cut(length: int, piece: int, deflates: bool) -> None:
    if piece == 1 and length > 2000:
        piece = 97
    other = browser(deflates=deflates)
    frames = Frames(500_000, deflates=deflates)
    text = ("ä" * length)[:length]
    sent = other.send(TextMessage(text[:3], message_finished=False)) + other.send(TextMessage(text[3:]))
    sent += other.send(Ping(b"are you there")) + other.send(BytesMessage(b"\x00\xff"))
    sent += other.send(CloseConnection(1000))
    found = [one for at in range(0, len(sent), piece) for one in frames.feed(sent[at : at + piece])]
    assert found == [
        Message(text),
        Control(websocket.PING, b"are you there"),
        Message(b"\x00\xff"),
        Control(websocket.CLOSE, struct.pack(">H", 1000)),
    ]


def test_our_pong_and_our_goodbye_are_read() -> None:
    other = browser(deflates=False)
    (pong,) = received(other, websocket.frame(websocket.PONG, b"yes"))
    assert pong == wsproto.events.Pong(bytearray(b"yes"))
    (close,) = received(other, websocket.closing(websocket.TOO_LONG))
    assert isinstance(close, CloseConnection)
    assert close.code == 1009


def from_browser(first: int, body: bytes, *, announced: int | None = None, masked: bool = True) -> bytes:
    length = len(body) if announced is None else announced
    head = struct.pack(">BBQ", first, 127 | (0x80 if masked else 0), length)
    return head + (bytes(4) if masked else b"") + body


MOST = 1000
BOMB = websocket.message("x" * 10**5, deflates=True)
BROKEN = {
    "a frame that announces too much": (from_browser(0x81, b"", announced=2**62), 1009),
    "a frame a byte too long": (from_browser(0x81, b"", announced=MOST + 1), 1009),
    "parts that are too long together": (from_browser(0x01, b"x" * 600) + from_browser(0x80, b"", announced=401), 1009),
    "a message that unpacks to too much": (from_browser(0xC1, BOMB[4:]), 1009),
    "what is no deflated block": (from_browser(0xC1, b"\xff\xff\xff"), 1002),
    "a frame that is not masked": (from_browser(0x81, b"x", masked=False), 1002),
    "a reserved bit": (from_browser(0xA1, b"x"), 1002),
    "an opcode that is none": (from_browser(0x83, b"x"), 1002),
    "a control opcode that is none": (from_browser(0x8B, b"x"), 1002),
    "a part without a beginning": (from_browser(0x80, b"x"), 1002),
    "a message within a message": (from_browser(0x01, b"x") + from_browser(0x81, b"x"), 1002),
    "a long ping": (from_browser(0x89, b"x" * 126), 1002),
    "a ping in parts": (from_browser(0x09, b"x"), 1002),
    "text that is none": (from_browser(0x81, b"\xff"), 1007),
}


@pytest.mark.parametrize(("sent", "code"), BROKEN.values(), ids=BROKEN)
def test_what_is_not_as_agreed_ends_the_connection(sent: bytes, code: int) -> None:
    assert len(BOMB) < MOST
    with pytest.raises(BrokenError) as broken:
        list(Frames(MOST, deflates=True).feed(sent))
    assert broken.value.code == code


def test_who_has_not_agreed_to_compression_may_not_use_it() -> None:
    with pytest.raises(BrokenError):
        list(Frames(MOST, deflates=False).feed(from_browser(0xC1, b"")))
