"""Ledgers that earlier formats wrote, byte for byte: they open, say what they said, and go on."""

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

import loyalty_ledger as ll

EARLIER = Path(__file__).parent / "earlier"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(params=[3, 4])
def earlier(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A ledger of one purchase of bob's and one gift to ann; from format 4 on she has brought him."""
    path = tmp_path / f"format-{request.param}"
    with tarfile.open(EARLIER / f"{path.name}.tar.gz") as archive:
        archive.extractall(path, filter="data")
    return path


def held(ledger: ll.Ledger) -> list[tuple[int, int]]:
    balances = [ledger.balance(member) for member in ("ann", "bob")]
    return [(one.available, one.pending) for one in balances]


def test_it_says_what_it_said_and_goes_on(earlier: Path) -> None:
    clock = ll.ManualClock(NOON)
    with ll.open(earlier, clock=clock) as ledger:
        rewards = [(0, 0), (0, 0)] if earlier.name == "format-3" else [(0, 500), (0, 250)]
        assert held(ledger) == [(100, rewards[0][1]), (20, rewards[1][1])]
        assert ledger.verify().ok
        assert ledger.accrue("ann", 100, key="gift").replayed
        ledger.accrue("ann", 11, key="another")
        digest = ledger.digest()
    with ll.open(earlier, clock=clock) as ledger:
        assert ledger.digest() == digest
        assert ledger.balance("ann").available == 111
        assert ledger.verify().ok
