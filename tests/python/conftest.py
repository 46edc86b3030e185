"""Ledgers for the tests of the package: on a manual clock that starts at noon on 1 March 2026, UTC."""

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
def ledger(path: Path, clock: ll.ManualClock) -> Iterator[ll.Ledger]:
    with ll.open(path, clock=clock) as opened:
        yield opened


@pytest.fixture
def member(ledger: ll.Ledger) -> str:
    """A member with a card and 100 points that never expire."""
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.accrue("m-1", 100, key="welcome")
    return "m-1"
