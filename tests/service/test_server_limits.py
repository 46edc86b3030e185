"""What a server is told in its limits is what its clients meet."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger._pb.journal_service_pb2 import WatchRequest
from service import http2
from service.http2 import Frame
from service.looks import figure, wait_until
from service.networks import SECONDS

# By default, all of these take longer.
SOON = 5
MAX_CONCURRENT_STREAMS, MAX_HEADER_LIST_SIZE = 3, 6


@contextmanager
def limited(served: ll.Ledger, clock: ll.ManualClock, **limits: Any) -> Iterator[ll.Server]:
    given = ll.ServerLimits(**limits)
    with ll.serve(served, test_clock=clock, limits=given, probes="127.0.0.1:0") as running:
        yield running


def connected(server: ll.Server) -> socket.socket:
    host, port = server.address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), SECONDS)


def watch_by_hand() -> bytes:
    """A call of Watch by somebody who opens no window for what comes."""
    message = WatchRequest(from_sequence=1).SerializeToString()
    headers = http2.call_headers("/loyalty.ledger.v1.JournalService/Watch")
    asked = b"\0" + len(message).to_bytes(4, "big") + message
    return bytes(Frame(http2.HEADERS, http2.END_HEADERS, 1, headers)) + bytes(
        Frame(http2.DATA, http2.END_STREAM, 1, asked)
    )


def test_a_greeting_that_does_not_come(served: ll.Ledger, clock: ll.ManualClock) -> None:
    with limited(served, clock, greeting_seconds=0.2) as server, connected(server) as silent:
        began = time.monotonic()
        assert silent.recv(1) == b""
        assert time.monotonic() - began < SOON


def test_a_sign_of_life_that_does_not_come(served: ll.Ledger, clock: ll.ManualClock) -> None:
    limits = {"keepalive_seconds": 0.2, "keepalive_timeout_seconds": 0.2}
    with limited(served, clock, **limits) as server, connected(server) as silent:
        silent.sendall(http2.PREFACE)
        began = time.monotonic()
        kinds = [frame.kind for frame in http2.frames(silent)]
        assert http2.PING in kinds
        assert time.monotonic() - began < SOON


def test_a_reader_that_takes_nothing(served: ll.Ledger, clock: ll.ManualClock) -> None:
    served.enroll("m-1")
    keys = [f"{number:0100}" for number in range(12_000)]
    served.post_batch(
        pa.table({"verb": ["accrue"] * 12_000, "key": keys, "member": ["m-1"] * 12_000, "points": [1] * 12_000})
    )
    with limited(served, clock, patience_seconds=0.2) as server, connected(server) as slow:
        assert server.probes is not None
        slow.sendall(http2.PREFACE + watch_by_hand())
        wait_until(lambda: figure(str(server.probes), "grpc_server_handling_seconds_count") == 1)
        began = time.monotonic()
        wait_until(lambda: figure(str(server.probes), "loyalty_watchers") == 0)
        assert time.monotonic() - began < SOON


def test_what_a_connection_is_told(served: ll.Ledger, clock: ll.ManualClock) -> None:
    with limited(served, clock, streams=7, header_bytes=20_000) as server, connected(server) as connection:
        connection.sendall(http2.PREFACE)
        settings = next(frame.payload for frame in http2.frames(connection) if frame.kind == http2.SETTINGS)
        told = {settings[at + 1]: int.from_bytes(settings[at + 2 : at + 6], "big") for at in range(0, len(settings), 6)}
        assert (told[MAX_CONCURRENT_STREAMS], told[MAX_HEADER_LIST_SIZE]) == (7, 20_000)
        connection.shutdown(socket.SHUT_RDWR)


def test_calls_that_are_reset(served: ll.Ledger, clock: ll.ManualClock) -> None:
    headers = http2.call_headers("/loyalty.ledger.v1.LedgerService/AccruePoints")
    burst = b""
    for stream in range(1, 1_001, 2):
        burst += bytes(Frame(http2.HEADERS, http2.END_STREAM_AND_HEADERS, stream, headers))
        burst += bytes(Frame(http2.RST_STREAM, 0, stream, http2.CANCEL.to_bytes(4, "big")))
    last = bytes(Frame(http2.HEADERS, http2.END_STREAM_AND_HEADERS, 1_001, headers))
    with limited(served, clock, pending_resets=1_000) as server, connected(server) as connection:
        connection.sendall(http2.PREFACE + burst + last)
        assert any((frame.kind, frame.stream) == (http2.HEADERS, 1_001) for frame in http2.frames(connection))
        connection.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"calls": 0}, "the limit calls is 0; it has to be 1 to 1073741824"),
        ({"connections": -1}, "the limit connections is -1; it has to be 1 to 1073741824"),
        ({"streams": 1 << 40}, "the limit streams is 1099511627776; it has to be 1 to 1073741824"),
        ({"pending_resets": 0}, "the limit pending_resets is 0"),
        ({"header_bytes": 0}, "the limit header_bytes is 0"),
        ({"patience_seconds": 0}, "the limit patience_seconds is 0; it has to be 0.001 to 86400"),
        ({"keepalive_seconds": 1e9}, "the limit keepalive_seconds is 1000000000; it has to be 0.001 to 86400"),
        ({"greeting_seconds": -1.0}, "greeting_seconds -1 is no span of time"),
        ({"keepalive_timeout_seconds": float("nan")}, "keepalive_timeout_seconds NaN is no span of time"),
    ],
)
def test_limits_with_which_no_server_can_work(
    served: ll.Ledger, clock: ll.ManualClock, limits: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says), limited(served, clock, **limits):
        pass
