"""Which lots a debit draws on, and what the expiry ladder says afterwards."""

from datetime import date

import pytest

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def earn_four_lots(ledger: PlayedLedger) -> None:
    """A, B and C expire at different times, D never; the order of expiry isn't the order of earning."""
    ledger.enroll("m-1")
    ledger.at("2026-01-10T12:00").accrue("m-1", 100, expires_at=ledger.local("2027-02-01T00:00"), key="A")
    ledger.at("2026-02-05T12:00").accrue("m-1", 150, expires_at=ledger.local("2027-03-01T00:00"), key="B")
    ledger.at("2026-03-01T12:00").accrue("m-1", 80, expires_at=ledger.local("2026-05-01T00:00"), key="C")
    ledger.at("2026-03-10T12:00").adjust("m-1", 50, key="D")
    ledger.expect("m-1", available=380)


def test_earliest_expiry_is_drawn_first(play: Play) -> None:
    ledger = play(program(), "2026-01-01T00:00")
    earn_four_lots(ledger)
    assert ledger.at("2026-04-15T12:00").redeem("m-1", 120, key="r-1").available == 260
    ledger.at("2026-04-16T12:00")
    assert ledger.ladder("m-1") == {date(2027, 2, 1): 60, date(2027, 3, 1): 150, None: 50}
    assert ledger.ladder() == ledger.ladder("m-1")
    ledger.at("2026-05-01T00:00").expect("m-1", available=260)
    assert ledger.at("2026-05-02T12:00").redeem("m-1", 40, key="r-2").available == 220
    ledger.at("2027-01-31T23:59:59").expect("m-1", available=220)
    ledger.at("2027-02-01T00:00").expect("m-1", available=200)
    assert ledger.trial_balance()["expired"] == 20
    ledger.at("2027-03-01T00:00").expect("m-1", available=50)
    assert ledger.trial_balance()["expired"] == 170
    refused = ledger.redeem("m-1", 60, key="r-3")
    assert refused.code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", available=50)
    assert ledger.redeem("m-1", 50, key="r-4").code == "APPLIED"
    ledger.expect("m-1")


def test_balance_can_be_asked_for_any_instant(play: Play) -> None:
    ledger = play(program(), "2026-01-01T00:00")
    earn_four_lots(ledger)
    ledger.at("2026-04-15T12:00").redeem("m-1", 120, key="r-1")
    ledger.at("2026-05-02T12:00").redeem("m-1", 40, key="r-2")
    available = {
        "2026-01-10T11:59:59": 0,
        "2026-01-10T12:00": 100,
        "2026-03-05T00:00": 330,
        "2026-04-15T11:59:59": 380,
        "2026-04-15T12:00": 260,
        "2026-05-02T12:00": 220,
        "2027-02-01T00:00": 200,
        "2027-03-01T00:00": 50,
        "2037-03-01T00:00": 50,
    }
    for instant, points in available.items():
        assert ledger.balance("m-1", at=ledger.local(instant)).available == points, instant


@pytest.mark.parametrize(
    ("draw_order", "left"),
    [
        ("fefo", {date(2027, 2, 1): 60, date(2027, 3, 1): 150, None: 50}),
        ("fifo", {date(2027, 3, 1): 130, date(2026, 5, 1): 80, None: 50}),
        ("lifo", {date(2027, 2, 1): 100, date(2027, 3, 1): 150, date(2026, 5, 1): 10}),
    ],
)
def test_each_draw_order_leaves_other_lots(play: Play, draw_order: str, left: dict[date | None, int]) -> None:
    ledger = play(program(draw_order=draw_order), "2026-01-01T00:00")
    earn_four_lots(ledger)
    ledger.at("2026-04-15T12:00").redeem("m-1", 120, key="r-1")
    assert ledger.ladder("m-1") == left


@pytest.mark.parametrize(("draw_order", "left"), [("fifo", date(2027, 1, 1)), ("lifo", date(2027, 2, 1))])
def test_activation_counts_and_not_the_order_of_booking(play: Play, draw_order: str, left: date) -> None:
    """The lot booked first activates last."""
    ledger = play(program(draw_order=draw_order), "2026-01-01T00:00")
    ledger.enroll("m-1")
    late, early = ledger.local("2026-01-10T00:00"), ledger.local("2026-01-05T00:00")
    ledger.accrue("m-1", 10, activates_at=late, expires_at=ledger.local("2027-01-01T00:00"), key="late")
    ledger.accrue("m-1", 10, activates_at=early, expires_at=ledger.local("2027-02-01T00:00"), key="early")
    ledger.at("2026-01-10T00:00").redeem("m-1", 10, key="r-1")
    assert ledger.ladder("m-1") == {left: 10}


def test_reversed_redemption_refills_the_lots_it_drew_on_last(play: Play) -> None:
    ledger = play(program(draw_order="lifo"), "2026-01-01T00:00")
    earn_four_lots(ledger)
    ledger.redeem("m-1", 140, key="r-1")
    ledger.reverse("r-1", points=30, key="back-1")
    assert ledger.ladder("m-1") == {date(2027, 2, 1): 100, date(2027, 3, 1): 150, date(2026, 5, 1): 20}
    ledger.reverse("r-1", key="back-2")
    assert ledger.ladder("m-1") == {date(2027, 2, 1): 100, date(2027, 3, 1): 150, date(2026, 5, 1): 80, None: 50}
