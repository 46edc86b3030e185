"""Ledgers for the tests of the package: on a manual clock that starts at noon on 1 March 2026, UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import loyalty_ledger as ll

# Files whose tests are played on a ledger of this process and on a client of a server.
PLAYED_ON_BOTH = (
    "test_answers_out",
    "test_bad_arguments",
    "test_bad_returns_and_gifts",
    "test_corrections",
    "test_exceptions",
    "test_limits",
    "test_members",
    "test_mixed_tables",
    "test_named_members",
    "test_offline",
    "test_reads",
    "test_referral_coupons",
    "test_referrals",
    "test_support_reads",
    "test_tables_in",
    "test_tables_refused",
    "test_verbs",
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `embedded` are about what needs the ledger's files."""
    is_played = metafunc.module.__name__.rpartition(".")[2] in PLAYED_ON_BOTH
    if is_played and "ledger" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("embedded"):
        metafunc.parametrize("ledger", ["embedded", "remote"], indirect=True)


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "points.ledger"


@pytest.fixture
def ledger(request: pytest.FixtureRequest, path: Path, clock: ll.ManualClock) -> Iterator[ll.Ledger | ll.Client]:
    """A ledger of this process, or a client of a server in front of it."""
    with ll.open(path, clock=clock) as opened:
        if getattr(request, "param", "embedded") == "embedded":
            yield opened
            return
        with ll.serve(opened, test_clock=clock) as server, ll.connect(server.address, channels=1) as client:
            yield client


@pytest.fixture
def member(ledger: ll.Ledger) -> str:
    """A member with a card and 100 points that never expire."""
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.accrue("m-1", 100, key="welcome")
    return "m-1"
