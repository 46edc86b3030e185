"""HTTP/2 by hand: the few frames with which a client can be rude."""

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, END_HEADERS, END_STREAM_AND_HEADERS = 0x1, 0x4, 0x5
CANCEL, ENHANCE_YOUR_CALM = 8, 11
_HEADER = struct.Struct(">BHBBI")


class Frame(NamedTuple):
    """A frame as it stands on the wire."""

    kind: int
    flags: int
    stream: int
    payload: bytes = b""

    def __bytes__(self) -> bytes:
        length = len(self.payload)
        return _HEADER.pack(length >> 16, length & 0xFFFF, self.kind, self.flags, self.stream) + self.payload


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(Frame(SETTINGS, 0, 0))


def call_headers(path: str) -> bytes:
    """The headers of a gRPC call, as HPACK without a dynamic table."""
    pairs = {":path": path, ":authority": "localhost", "content-type": "application/grpc", "te": "trailers"}
    # Entries 3 and 6 of the static table: POST and http.
    return b"\x83\x86" + b"".join(b"\x00" + _string(name) + _string(value) for name, value in pairs.items())


def _string(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def frames(connection: socket.socket) -> Iterator[Frame]:
    """The frames that come until the other end closes, or resets, the connection."""
    with connection.makefile("rb") as received:
        try:
            while header := received.read(_HEADER.size):
                high, low, kind, flags, stream = _HEADER.unpack(header)
                yield Frame(kind, flags, stream, received.read(high << 16 | low))
        except (ConnectionError, struct.error):
            return
