"""Receipts name documents, keys name attempts: declined, paid otherwise, reported twice, returned elsewhere."""

from datetime import date, timedelta

import pytest

from ledgers import PlayedLedger, program
from model import Receipt
from scenarios.conftest import Play

DAY = date(2026, 5, 1)


def receipt(number: str, store: str = "12") -> Receipt:
    return Receipt(store, "3", DAY, number)


def with_points(play: Play, points: int) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1", {"card": "2760001"})
    ledger.accrue("m-1", points, key="A")
    return ledger


@pytest.mark.parametrize(("redeem", "available"), [(400, 86), (None, 490)])
def test_declined_then_paid_otherwise(play: Play, redeem: int | None, available: int) -> None:
    ledger = with_points(play, 350)
    sale = receipt("4711")
    first = ledger.purchase("m-1", amount="40.00", redeem=400, receipt=sale, key="4711/1")
    assert (first.code, first.available) == ("INSUFFICIENT_POINTS", 350)
    ledger.adjust("m-1", 100, key="goodwill")
    again = ledger.purchase("m-1", amount="40.00", redeem=400, receipt=sale, key="4711/1")
    assert again == first.again()
    ledger.expect("m-1", available=450)
    paid = {} if redeem is None else {"redeem": redeem}
    second = ledger.purchase("m-1", amount="40.00", receipt=sale, key="4711/2", **paid)
    assert (second.code, second.available) == ("APPLIED", available)
    reported = ledger.purchase(card="2760001", amount="40.00", receipt=sale, key="e-receipt/4711")
    assert reported == second.again()
    assert ledger.purchase("m-1", amount="41.00", receipt=sale, key="e-receipt/2").code == "RECEIPT_REUSED"
    ledger.enroll("m-2")
    assert ledger.purchase("m-2", amount="40.00", receipt=sale, key="e-receipt/3").code == "RECEIPT_REUSED"
    ledger.expect("m-1", available=available)


def test_return_in_another_store(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.purchase("m-1", amount="40.00", receipt=receipt("1"), key="p-1")
    slip = receipt("77", store="99")
    back = ledger.reverse(receipt("1"), amount="16.00", receipt=slip, key="back-1")
    assert (back.code, back.cash) == ("APPLIED", 1600)
    ledger.expect("m-1", available=124)
    assert ledger.reverse(receipt("1"), amount="16.00", receipt=slip, key="back-2") == back.again()
    assert ledger.reverse(receipt("1"), amount="17.00", receipt=slip, key="back-3").code == "RECEIPT_REUSED"
    assert ledger.purchase("m-1", amount="5.00", receipt=slip, key="p-2").code == "APPLIED"
    ledger.expect("m-1", available=129)
    assert ledger.reverse(slip.returned(), key="back-back").code == "APPLIED"
    ledger.expect("m-1", available=145)


def test_refused_return_leaves_its_receipt(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.purchase("m-1", amount="40.00", receipt=receipt("1"), key="p-1")
    slip = receipt("2")
    assert ledger.reverse("p-1", amount="41.00", receipt=slip, key="b-1").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("p-1", amount="40.00", receipt=slip, key="b-2").code == "APPLIED"
    ledger.expect("m-1", available=100)


@pytest.mark.parametrize(
    "wrong",
    [Receipt("12", "3", DAY, ""), Receipt("", "3", DAY, "1"), Receipt("12", "3", DAY + timedelta(days=400), "1")],
)
def test_wrong_receipts(play: Play, wrong: Receipt) -> None:
    ledger = with_points(play, 100)
    assert ledger.purchase("m-1", amount="40.00", receipt=wrong, key="p-1").code == "RECEIPT_INVALID"
    assert ledger.purchase("m-1", amount="40.00", receipt=receipt("1"), key="p-1").code == "APPLIED"


def test_retry_after_close_and_lost_card_gets_the_first_answer(play: Play) -> None:
    ledger = with_points(play, 100)
    first = ledger.purchase(card="2760001", amount="40.00", receipt=receipt("1"), key="p-1")
    ledger.at("2026-05-02T12:00").replace_alias("m-1", "card", "2760001", "2760002", key="lost")
    assert ledger.purchase(card="2760001", amount="40.00", receipt=receipt("1"), key="p-1") == first.again()
    ledger.close_member("m-1", key="close")
    assert ledger.purchase(card="2760001", amount="40.00", receipt=receipt("1"), key="p-1") == first.again()
    ledger.expect("m-1")


def test_one_receipt_twice_in_a_batch(play: Play) -> None:
    ledger = with_points(play, 100)
    row = {"verb": "purchase", "member": "m-1", "amount": 500, "currency": "EUR", "receipt": receipt("1")}
    outcomes = ledger.write_batch([{**row, "key": "p-1"}, {**row, "key": "p-2"}, {**row, "amount": 600, "key": "p-3"}])
    assert [(one.code, one.replayed) for one in outcomes] == [
        ("APPLIED", False),
        ("APPLIED", True),
        ("RECEIPT_REUSED", False),
    ]
    ledger.expect("m-1", available=105)
