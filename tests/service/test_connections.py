"""More connections than a server takes: those beyond are closed at once, those within are served."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

import loyalty_ledger as ll
from service.http2 import PREFACE
from service.looks import figure, wait_until
from service.networks import SECONDS

MOST = 50
CROWD = 10_000


@pytest.fixture
def server(served: ll.Ledger, clock: ll.ManualClock) -> Iterator[ll.Server]:
    limits = ll.ServerLimits(connections=MOST)
    with ll.serve(served, test_clock=clock, limits=limits, probes="127.0.0.1:0") as running:
        yield running


@contextmanager
def many_descriptors() -> Iterator[int]:
    """As many files as this process may open at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def is_taken(connection: socket.socket) -> bool:
    """Whether the server answers on it; else it has closed it."""
    with suppress(ConnectionError):
        return connection.recv(1) != b""
    return False


def opened(server: ll.Server) -> socket.socket:
    host, port = server.address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), SECONDS)
    with suppress(ConnectionError):
        connection.sendall(PREFACE)
    return connection


def test_a_crowd_is_kept_out_and_nobody_inside_is_troubled(server: ll.Server) -> None:
    with many_descriptors() as descriptors, ExitStack() as stack:
        inside = stack.enter_context(ll.connect(server.address, channels=1))
        inside.enroll("m-1")
        # The server's ends are files of this process too.
        crowd = [stack.enter_context(opened(server)) for _ in range(min(CROWD, descriptors // 2 - 200))]
        taken = [connection for connection in crowd if is_taken(connection)]
        assert len(taken) == MOST - 1 and figure(server.probes, "loyalty_connections") == MOST
        assert figure(server.probes, "loyalty_connections_limit") == MOST
        assert figure(server.probes, "loyalty_connections_refused_total") == len(crowd) - len(taken)
        assert inside.accrue("m-1", 5, key="a-1").balance.available == 5
        with ll.connect(server.address, channels=1, deadline=1) as outside, pytest.raises(ll.Unavailable):
            outside.balance("m-1")
        for connection in taken[:10]:
            connection.close()
        wait_until(lambda: figure(server.probes, "loyalty_connections") == MOST - 10)
        with ll.connect(server.address, channels=1) as later:
            assert later.accrue("m-1", 5, key="a-2").balance.available == 10
        wait_until(lambda: figure(server.probes, "loyalty_connections") == MOST - 10)
        again = [stack.enter_context(opened(server)) for _ in range(MOST)]
        assert sum(map(is_taken, again)) == 10
        assert inside.balance("m-1").available == 10
    wait_until(lambda: figure(server.probes, "loyalty_connections") == 0)
