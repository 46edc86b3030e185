"""Tills that were offline, and members that were not active, through the Python door."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import loyalty_ledger as ll

PROGRAM = """
zone = "Europe/Berlin"
[currencies.points]
expiry = { sliding = "P18M" }
[offline]
floor_limit = 150
overdraft = "debt"
"""


@pytest.fixture
def till(tmp_path: Path, clock: ll.ManualClock) -> Any:
    with ll.open(tmp_path / "till.ledger", program=PROGRAM, clock=clock) as ledger:
        ledger.enroll("m-1")
        ledger.accrue("m-1", 100, key="a")
        yield ledger


def test_what_is_missing_is_owed_and_flagged(till: ll.Ledger) -> None:
    answer = till.redeem("m-1", 130, offline=True, source=ll.Source(store="12"), key="r")
    assert (answer.awarded, answer.charged, answer.flags) == (130, 0, ("OFFLINE_OVERDRAFT",))
    assert till.balance("m-1").debt == 30
    assert till.store_accounts() == {}


def test_what_is_above_the_floor_limit_is_the_stores(till: ll.Ledger) -> None:
    for number, store in enumerate(["12", "12", "9"]):
        answer = till.redeem("m-1", 151, offline=True, source=ll.Source(store=store), key=f"r-{number}")
        assert (answer.code, answer.awarded, answer.charged) == ("APPLIED", 0, 151)
    assert till.store_accounts() == {"12": 302, "9": 151}
    assert (till.balance("m-1").available, till.trial_balance().balanced) == (100, True)
    credit = till.reverse("r-2", key="back")
    assert (credit.awarded, credit.charged) == (0, -151)
    assert till.store_accounts() == {"12": 302}
    with pytest.raises(ll.UnknownCurrency):
        till.store_accounts(wallet="stars")
    assert till.verify().ok


@pytest.mark.parametrize("wrong", [None, 1, "yes"])
def test_offline_is_a_bool(till: ll.Ledger, wrong: Any) -> None:
    for call in (
        lambda: till.redeem("m-1", 1, offline=wrong, key="r"),
        lambda: till.capture("a", offline=wrong, key="c"),
    ):
        with pytest.raises(TypeError, match="offline"):
            call()


def test_lots_show_the_date_of_their_wallet(till: ll.Ledger, clock: ll.ManualClock) -> None:
    view = till.balance("m-1")
    assert [lot.expires_at for lot in view.lots] == [view.next_expiry]
    assert view.next_expiry is not None and view.next_expiry - view.at > timedelta(days=540)
    assert till.entry(key="a").effects[0].moved[0].expires_at is None
    clock.advance_to(view.next_expiry)
    assert till.balance("m-1").available == 0
