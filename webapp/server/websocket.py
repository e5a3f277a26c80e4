"""WebSocket on the server's side: the handshake, frames out, frames in (RFC 6455; RFC 7692 for compression).

Each message is compressed by itself ("no context takeover"): no connection keeps a dictionary, and one message to many
is framed and compressed once for all of them.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_CONTINUATION = 0
_DATA = (TEXT, BINARY)

NORMAL, PROTOCOL_ERROR, NO_TEXT, TOO_LONG = 1000, 1002, 1007, 1009
"""Why a connection is closed (RFC 6455, section 7.4.1)."""

WORTH_COMPRESSING = 1024
"""Bytes from which a message is compressed: a cursor is not, a lab is."""

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
_TAIL = b"\x00\x00\xff\xff"
"""What ends each flushed block and is not sent (RFC 7692, section 7.2.1)."""


class BrokenError(Exception):
    """The other side does not keep to the protocol, or to the limit of a message; ``code`` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a server answers to a request for a websocket, and whether messages may be compressed."""

    answer: bytes
    deflates: bool


def handshake(environ: Mapping[str, str]) -> Handshake | None:
    """The answer to a WSGI request; None: it asks for no websocket of version 13."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    try:
        nonce = b64decode(key, validate=True)
    except ValueError:  # neither base64 nor ASCII
        return None
    if len(nonce) != 16 or environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13":
        return None
    accept = b64encode(sha1(key.encode() + _MAGIC, usedforsecurity=False).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines.append(f"Sec-WebSocket-Accept: {accept}")
    deflates = _offers_deflate(environ.get("HTTP_SEC_WEBSOCKET_EXTENSIONS", ""))
    if deflates:
        lines.append(f"Sec-WebSocket-Extensions: {_DEFLATE}")
    return Handshake("\r\n".join((*lines, "", "")).encode(), deflates)


def _offers_deflate(extensions: str) -> bool:
    """Does one of the offers ask for nothing that we do not do, such as a smaller window for what we send?"""
    for offer in extensions.split(","):
        name, *parameters = (part.strip() for part in offer.split(";"))
        known = ("client_max_window_bits", "client_no_context_takeover", "server_no_context_takeover")
        if name == "permessage-deflate" and all(one.split("=")[0].strip() in known for one in parameters):
            return True
    return False


def frame(opcode: int, body: bytes, *, deflated: bool = False) -> bytes:
    """One frame that is a whole message, as a server sends it: not masked."""
    first = 0x80 | (0x40 if deflated else 0) | opcode
    length = len(body)
    if length < 126:
        return bytes((first, length)) + body
    if length < 65536:
        return struct.pack(">BBH", first, 126, length) + body
    return struct.pack(">BBQ", first, 127, length) + body


def message(body: str | bytes, *, deflates: bool) -> bytes:
    """The frame of a message, compressed where that is agreed on and worth it."""
    opcode, content = (TEXT, body.encode()) if isinstance(body, str) else (BINARY, body)
    if not deflates or len(content) < WORTH_COMPRESSING:
        return frame(opcode, content)
    packer = zlib.compressobj(level=3, wbits=-15)
    packed = packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)
    return frame(opcode, packed.removesuffix(_TAIL), deflated=True)


def closing(code: int) -> bytes:
    """The frame that says goodbye."""
    return frame(CLOSE, struct.pack(">H", code))


@dataclass(frozen=True, slots=True)
class Message:
    """What a browser has to say."""

    body: str | bytes


@dataclass(frozen=True, slots=True)
class Control:
    """One of the protocol's own words: CLOSE, PING or PONG."""

    opcode: int
    body: bytes


class Frames:
    """What a browser sends, put together from the bytes as they come. No message may exceed ``most`` bytes, packed or
    unpacked: a frame that announces more is refused before it is read.
    """

    def __init__(self, most: int, *, deflates: bool) -> None:
        self._most = most
        self._deflates = deflates
        self._bytes = bytearray()
        self._parts = bytearray()
        self._opcode = 0
        self._deflated = False

    def feed(self, data: bytes) -> Iterator[Message | Control]:
        """What is complete with ``data``, in order. BrokenError."""
        self._bytes += data
        while (found := self._frame()) is not None:
            first, body = found
            opcode = first & 0x0F
            if opcode >= CLOSE:
                yield self._control(first, opcode, body)
            elif (whole := self._part(first, opcode, body)) is not None:
                yield Message(whole)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next frame: its first byte and its body, unmasked."""
        buffer = self._bytes
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            if len(buffer) < 4:
                return None
            length, start = struct.unpack_from(">H", buffer, 2)[0], 4
        elif length == 127:
            if len(buffer) < 10:
                return None
            length, start = struct.unpack_from(">Q", buffer, 2)[0], 10
        if not buffer[1] & 0x80:
            raise BrokenError(PROTOCOL_ERROR)  # section 5.1: a browser masks
        if length > self._most - len(self._parts):
            raise BrokenError(TOO_LONG)
        end = start + 4 + length
        if len(buffer) < end:
            return None
        first, mask, body = buffer[0], bytes(buffer[start : start + 4]), bytes(buffer[start + 4 : end])
        del buffer[:end]
        return first, _unmasked(mask, body)

    @staticmethod
    def _control(first: int, opcode: int, body: bytes) -> Control:
        if len(body) > 125 or first & 0xF0 != 0x80 or opcode not in (CLOSE, PING, PONG):
            raise BrokenError(PROTOCOL_ERROR)
        return Control(opcode, body)

    def _part(self, first: int, opcode: int, body: bytes) -> str | bytes | None:
        """Adds a frame to its message; the message, once it is whole."""
        begins = opcode in _DATA
        deflated = bool(first & 0x40)
        if first & 0x30 or not (begins or opcode == _CONTINUATION) or begins == bool(self._opcode):
            raise BrokenError(PROTOCOL_ERROR)
        if deflated and not (begins and self._deflates):
            raise BrokenError(PROTOCOL_ERROR)
        if begins:
            self._opcode, self._deflated = opcode, deflated
        self._parts += body
        if not first & 0x80:
            return None
        content, opcode = bytes(self._parts), self._opcode
        self._parts, self._opcode = bytearray(), 0
        if self._deflated:
            content = self._inflated(content)
        try:
            return content.decode() if opcode == TEXT else content
        except UnicodeDecodeError as error:
            raise BrokenError(NO_TEXT) from error

    def _inflated(self, content: bytes) -> bytes:
        opener = zlib.decompressobj(wbits=-15)
        try:
            opened = opener.decompress(content + _TAIL, self._most + 1)
        except zlib.error as error:
            raise BrokenError(PROTOCOL_ERROR) from error
        if len(opened) > self._most:
            raise BrokenError(TOO_LONG)
        return opened


def _unmasked(mask: bytes, body: bytes) -> bytes:
    length = len(body)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(body) ^ int.from_bytes(key)).to_bytes(length)
