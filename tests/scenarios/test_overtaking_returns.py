"""Undoing that arrives before what it undoes."""

from datetime import date

from ledgers import PlayedLedger, program
from model import Receipt
from scenarios.conftest import Play

DAY = date(2026, 5, 1)


def receipt(number: str) -> Receipt:
    return Receipt("12", "3", DAY, number)


def opened(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(program(**settings), "2026-05-01T12:00")
    ledger.enroll("m-1")
    return ledger


def test_return_overtakes_the_sale(play: Play) -> None:
    ledger = opened(play)
    parked = ledger.reverse(receipt("4712"), amount="16.00", receipt=receipt("4715"), key="back-1")
    assert parked.code == "PARKED"
    assert ledger.reverse(receipt("4712"), amount="16.00", receipt=receipt("4715"), key="back-1") == parked.again()
    sold = ledger.purchase("m-1", amount="40.00", receipt=receipt("4712"), key="p-1")
    assert (sold.code, sold.awarded, sold.taken_back, sold.available) == ("APPLIED", 40, 16, 24)
    ledger.expect("m-1", available=24)
    assert ledger.reverse("p-1", amount="24.01", key="back-2").code == "REVERSAL_EXCEEDS_ORIGINAL"
    ledger.reverse("p-1", key="back-3")
    ledger.expect("m-1")


def test_void_overtakes_the_sale(play: Play) -> None:
    ledger = opened(play)
    assert ledger.reverse(receipt("4713"), key="void").code == "PARKED"
    late = ledger.purchase("m-1", amount="40.00", receipt=receipt("4713"), key="p-1")
    assert (late.code, late.available) == ("ALREADY_REVERSED", 0)
    assert ledger.purchase("m-1", amount="40.00", receipt=receipt("4713"), key="p-1") == late.again()
    ledger.expect("m-1")


def test_parked_by_key(play: Play) -> None:
    ledger = opened(play)
    ledger.accrue("m-1", 100, key="A")
    assert ledger.reverse("r-1", key="undo-1").code == "PARKED"
    assert ledger.redeem("m-1", 30, key="r-1").code == "ALREADY_REVERSED"
    assert ledger.reverse("r-2", points=10, key="undo-2").code == "PARKED"
    redeemed = ledger.redeem("m-1", 30, key="r-2")
    assert (redeemed.code, redeemed.awarded, redeemed.available) == ("APPLIED", 30, 80)
    assert ledger.reverse("r-2", points=21, key="undo-3").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("r-2", points=20, key="undo-4").code == "APPLIED"
    ledger.expect("m-1", available=100)


def test_void_of_a_hold_not_seen_yet(play: Play) -> None:
    ledger = opened(play)
    ledger.accrue("m-1", 100, key="A")
    assert ledger.void("hold", key="v-1").code == "PARKED"
    assert ledger.authorize("m-1", 30, key="hold").code == "ALREADY_REVERSED"
    ledger.expect("m-1", available=100)
    assert ledger.capture("hold", key="c-1").code == "NOT_AN_AUTHORIZATION"


def test_excess_is_dropped(play: Play) -> None:
    ledger = opened(play)
    ledger.reverse("p-1", amount="30.00", key="back-1")
    ledger.reverse("p-1", amount="30.00", key="back-2")
    sold = ledger.purchase("m-1", amount="40.00", key="p-1")
    assert (sold.awarded, sold.taken_back, sold.available) == (40, 40, 0)
    assert ledger.reverse("p-1", amount="0.01", key="back-3").code == "REVERSAL_EXCEEDS_ORIGINAL"


def test_parked_undo_is_undone(play: Play) -> None:
    ledger = opened(play)
    assert ledger.reverse("p-1", key="void").code == "PARKED"
    assert ledger.reverse("void", key="void-back").code == "APPLIED"
    assert ledger.purchase("m-1", amount="40.00", key="p-1").code == "APPLIED"
    ledger.expect("m-1", available=40)


def test_unknown_sequence_is_not_parked(play: Play) -> None:
    ledger = opened(play)
    assert ledger.reverse(999_999, key="back-1").code == "TRANSACTION_NOT_FOUND"
    assert ledger.capture("never-seen", key="c-1").code == "TRANSACTION_NOT_FOUND"


def test_refused_original_has_nothing_to_undo(play: Play) -> None:
    ledger = opened(play)
    assert ledger.reverse("r-1", points=5, key="back-1").code == "PARKED"
    assert ledger.redeem("m-1", 10, key="r-1").code == "INSUFFICIENT_POINTS"
    assert ledger.reverse("r-1", key="back-2").code == "APPLIED"
    ledger.expect("m-1")


def test_sale_with_points_undone_before_it_came(play: Play) -> None:
    ledger = opened(play)
    ledger.accrue("m-1", 300, key="A")
    ledger.reverse(receipt("1"), amount="16.00", key="back-1")
    sold = ledger.purchase("m-1", amount="40.00", redeem=250, receipt=receipt("1"), key="p-1")
    assert (sold.awarded, sold.spent, sold.taken_back) == (37, 250, 15)
    ledger.expect("m-1", available=300 - 250 + 100 + 22)
