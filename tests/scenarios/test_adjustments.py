"""Manual corrections up and down."""

from datetime import date

from ledgers import program
from scenarios.conftest import Play


def test_adjustment_upwards_is_a_lot_of_its_own(play: Play) -> None:
    ledger = play(program(pending="P14D", expiry="P12M", round_up_to="month"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.adjust("m-1", 20, key="a-1")
    ledger.adjust("m-1", 5, expires_at=ledger.local("2026-06-01T00:00"), key="a-2")
    ledger.expect("m-1", available=25)
    assert ledger.ladder("m-1") == {date(2026, 6, 1): 5, date(2027, 6, 1): 20}
    assert ledger.trial_balance()["adjusted"] == 25


def test_adjustment_downwards_draws_like_a_redemption(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 10, expires_at=ledger.local("2026-07-01T00:00"), key="A")
    ledger.accrue("m-1", 10, expires_at=ledger.local("2026-06-01T00:00"), key="B")
    assert ledger.adjust("m-1", -15, key="a-1").code == "APPLIED"
    assert ledger.ladder("m-1") == {date(2026, 7, 1): 5}
    assert ledger.adjust("m-1", -6, key="a-2").code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", available=5)
    assert ledger.trial_balance()["adjusted"] == -15


def test_adjustment_pays_debt_first(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 10, key="A")
    ledger.redeem("m-1", 10, key="r-1")
    ledger.reverse("A", key="back")
    ledger.expect("m-1", debt=10)
    ledger.adjust("m-1", 12, key="a-1")
    ledger.expect("m-1", available=2)
