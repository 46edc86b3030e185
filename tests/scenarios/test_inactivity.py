"""Points that live as long as their member is active."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger, program
from ledgers.played import currency
from scenarios.conftest import Play

SLIDING = program(expiry='{ sliding = "P18M" }')


def active_until_2025(play: Play) -> PlayedLedger:
    ledger = play(SLIDING, "2024-11-05T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 250, key="A")
    ledger.at("2025-02-10T12:00").redeem("m-1", 50, key="r-1")
    ledger.at("2025-09-01T12:00").adjust("m-1", 20, key="goodwill")
    ledger.expect("m-1", available=220)
    return ledger


def test_expires_as_a_whole(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-08-10T23:59:59").expect("m-1", available=220)
    ledger.at("2026-08-11T00:00").expect("m-1")
    assert ledger.trial_balance()["expired"] == 220


def test_activity_on_the_last_day(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-08-10T12:00").accrue("m-1", 10, key="B")
    ledger.expect("m-1", available=230)
    assert [str(day) for day in ledger.ladder("m-1")] == ["2028-02-11"]


@pytest.mark.parametrize("swept", [False, True])
def test_late_activity_brings_them_back(play: Play, swept: bool) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-08-11T09:00")
    if swept:
        ledger.sweep()
    assert ledger.redeem("m-1", 1, key="refused").code == "INSUFFICIENT_POINTS"
    ledger.at("2026-08-12T12:00")
    if swept:
        ledger.sweep()
    ledger.accrue("m-1", 10, occurred_at=ledger.local("2026-08-09T12:00"), key="B")
    ledger.expect("m-1", available=230)
    assert [str(day) for day in ledger.ladder("m-1")] == ["2028-02-10"]
    assert ledger.balance("m-1", at=ledger.local("2026-08-11T12:00")).available == 0
    assert ledger.redeem("m-1", 1, key="refused").code == "INSUFFICIENT_POINTS"
    figures = ledger.trial_balance()
    assert (figures["expired"], figures["reinstated"]) == (220, 220)


def test_late_activity_after_the_expiry_brings_nothing_back(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-08-13T12:00").accrue("m-1", 10, occurred_at=ledger.local("2026-08-11T00:00"), key="B")
    ledger.expect("m-1", available=10)


def test_sale_of_nothing_is_activity_and_a_return_is_none(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-03-01T12:00").purchase("m-1", amount=0, key="p-1")
    ledger.at("2026-04-01T12:00").reverse("r-1", points=10, key="back-1")
    ledger.reverse("p-1", key="back-2")
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2027-09-02": 230}


def test_late_activity_never_moves_the_date_back(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2025-09-02T12:00")
    ledger.purchase("m-1", amount=0, occurred_at=ledger.now() - timedelta(days=30), key="p-1")
    ledger.purchase("m-1", amount=0, occurred_at=ledger.now() - timedelta(days=50), key="p-2")
    assert [str(day) for day in ledger.ladder("m-1")] == ["2027-02-04"]


def test_what_is_gone_again_did_not_expire_a_second_time(play: Play) -> None:
    """A return counted expired points as taken, and was undone; activity between those two brings none of them back."""
    ledger = active_until_2025(play)
    ledger.at("2026-08-12T12:00").reverse("A", points=30, key="back")
    ledger.at("2026-08-13T12:00").accrue("m-1", 10, occurred_at=ledger.local("2026-08-12T00:00"), key="B")
    ledger.at("2026-08-14T12:00").reverse("back", key="back-back")
    ledger.expect("m-1", available=10)
    ledger.at("2026-08-15T12:00").redeem("m-1", 1, occurred_at=ledger.local("2026-08-14T11:00"), key="r-2")
    ledger.expect("m-1", available=9)


def test_what_is_gone_again_is_not_what_a_later_inactivity_took(play: Play) -> None:
    ledger = active_until_2025(play)
    ledger.at("2026-08-12T12:00").reverse("A", points=30, key="back")
    ledger.at("2026-08-13T12:00").accrue("m-1", 10, key="B")
    ledger.at("2028-02-14T00:00").expect("m-1")
    ledger.reverse("back", key="back-back")
    ledger.purchase("m-1", amount=0, occurred_at=ledger.local("2028-02-13T12:00"), key="p-1")
    ledger.expect("m-1", available=10)


def two_wallets(play: Play) -> PlayedLedger:
    """Purchases earn stars and are paid with points; both expire on 2026-05-06 if nothing happens."""
    sliding = '{ sliding = "P18M" }'
    stars = currency("stars", "P0D", sliding, None, "fefo")
    text = program(expiry=sliding, others=stars, earns="stars") + '[spending]\ncurrency = "points"\n'
    ledger = play(text, "2024-11-05T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 250, key="points")
    ledger.accrue("m-1", 40, wallet="stars", key="stars")
    return ledger


@pytest.mark.parametrize("swept", [False, True])
def test_late_purchase_keeps_both_wallets_alive(play: Play, swept: bool) -> None:
    """It earns in one and is paid from the other, and brings both back."""
    ledger = two_wallets(play)
    ledger.at("2026-05-06T00:00").expect("m-1")
    if swept:
        ledger.sweep()
    ledger.at("2026-05-08T12:00")
    late = ledger.local("2026-05-05T20:00")
    sold = ledger.purchase("m-1", amount="40.00", redeem=50, occurred_at=late, key="p-1")
    assert (sold.code, sold.awarded, sold.spent) == ("APPLIED", 39, 50)
    ledger.expect("m-1", available=200)
    assert ledger.balance("m-1", wallet="stars").available == 79
    assert [str(day) for day in ledger.ladder("m-1")] == ["2027-11-06"]
    assert [str(day) for day in ledger.ladder("m-1", wallet="stars")] == ["2027-11-06"]


@pytest.mark.parametrize("swept", [False, True])
def test_late_purchase_that_captures_keeps_both_wallets_alive(play: Play, swept: bool) -> None:
    ledger = two_wallets(play)
    ledger.at("2026-05-05T19:00").authorize("m-1", 60, ttl=timedelta(days=7), key="hold")
    ledger.at("2026-05-06T00:00").expect("m-1", held=60)
    if swept:
        ledger.sweep()
    ledger.at("2026-05-08T12:00")
    late = ledger.local("2026-05-05T20:00")
    sold = ledger.purchase("m-1", amount="40.00", capture="hold", capture_points=50, occurred_at=late, key="p-1")
    assert (sold.code, sold.awarded, sold.spent) == ("APPLIED", 39, 50)
    ledger.expect("m-1", available=200)
    assert ledger.balance("m-1", wallet="stars").available == 79
