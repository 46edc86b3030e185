"""Calls that are opened and reset at once, by the thousand: their connection ends, all others are served."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

import loyalty_ledger as ll
from service import http2
from service.http2 import Frame
from service.looks import figure
from service.networks import SECONDS

FLOODS = 4
CALLS = 10_000
BURST = 500
OPENING = Frame(
    http2.HEADERS,
    http2.END_STREAM_AND_HEADERS,
    1,
    http2.call_headers("/loyalty.ledger.v1.LedgerService/AccruePoints"),
)
RESET = Frame(http2.RST_STREAM, 0, 1, http2.CANCEL.to_bytes(4, "big"))


@pytest.fixture
def server(served: ll.Ledger, clock: ll.ManualClock) -> Iterator[ll.Server]:
    with ll.serve(served, test_clock=clock, probes="127.0.0.1:0") as running:
        yield running


def connected(server: ll.Server) -> socket.socket:
    host, port = server.address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), SECONDS)


def opened_and_reset(first: int, calls: int) -> bytes:
    streams = range(first, first + 2 * calls, 2)
    return b"".join(bytes(frame._replace(stream=stream)) for stream in streams for frame in (OPENING, RESET))


def flood(server: ll.Server) -> None:
    """Opens calls and resets them, and returns when the server has hung up."""
    with connected(server) as connection:
        with suppress(ConnectionError):
            connection.sendall(http2.PREFACE)
            for first in range(1, 2 * CALLS, 2 * BURST):
                connection.sendall(opened_and_reset(first, BURST))
        list(http2.frames(connection))


def test_a_call_by_hand_is_answered(server: ll.Server) -> None:
    with connected(server) as connection:
        connection.sendall(http2.PREFACE + bytes(OPENING))
        assert any((frame.kind, frame.stream) == (http2.HEADERS, 1) for frame in http2.frames(connection))


def test_whose_calls_are_reset_before_they_are_taken_is_told_to_calm_down(server: ll.Server) -> None:
    with connected(server) as connection:
        # So few that they come in one piece, before the server looks at any.
        connection.sendall(http2.PREFACE + opened_and_reset(1, 30))
        goodbye = [frame for frame in http2.frames(connection) if frame.kind == http2.GOAWAY]
    assert [int.from_bytes(frame.payload[4:8], "big") for frame in goodbye] == [http2.ENHANCE_YOUR_CALM]


def test_floods_end_and_others_are_served(server: ll.Server, client: ll.Client, served: ll.Ledger, member: str) -> None:
    with ThreadPoolExecutor(FLOODS) as threads:
        floods = [threads.submit(flood, server) for _ in range(FLOODS)]
        for number in range(50):
            client.accrue(member, 1, key=f"a/{number}")
        for one in floods:
            one.result(SECONDS)
    assert served.balance(member).available == 150
    assert served.checkpoint().sequence == 52
    assert figure(server.probes, "grpc_server_started_total") < FLOODS * CALLS // 10
