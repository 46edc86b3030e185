"""A served ledger on a manual clock that starts at noon on 1 March 2026, UTC, and a client of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import loyalty_ledger as ll

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "points.ledger"


@pytest.fixture
def served(path: Path, clock: ll.ManualClock) -> Iterator[ll.Ledger]:
    """The ledger itself, where the server is."""
    with ll.open(path, clock=clock) as opened:
        yield opened


@pytest.fixture
def server(served: ll.Ledger, clock: ll.ManualClock) -> Iterator[ll.Server]:
    with ll.serve(served, test_clock=clock) as running:
        yield running


@pytest.fixture
def client(server: ll.Server) -> Iterator[ll.Client]:
    with ll.connect(server.address, channels=2) as connected:
        yield connected


@pytest.fixture
def ledger(client: ll.Client) -> ll.Client:
    """For tests that are played on a ledger of this process too."""
    return client


@pytest.fixture
def member(ledger: ll.Client) -> str:
    """A member with a card and 100 points that never expire."""
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.accrue("m-1", 100, key="welcome")
    return "m-1"
