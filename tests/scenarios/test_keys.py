"""Retries: the first answer again, refusals that stay refusals, keys that were used for something else."""

from datetime import timedelta

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def with_points(play: Play, points: int) -> PlayedLedger:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", points, key="A")
    return ledger


def test_retry_gets_the_first_answer_whatever_happened_since(play: Play) -> None:
    ledger = with_points(play, 100)
    first = ledger.redeem("m-1", 30, key="r-1")
    ledger.redeem("m-1", 50, key="r-2")
    again = ledger.at("2026-09-01T12:00").redeem("m-1", 30, key="r-1")
    assert again == first.again()
    ledger.expect("m-1", available=20)


def test_refusal_is_frozen(play: Play) -> None:
    ledger = with_points(play, 350)
    assert ledger.redeem("m-1", 400, key="r/1").code == "INSUFFICIENT_POINTS"
    ledger.adjust("m-1", 100, key="goodwill")
    ledger.expect("m-1", available=450)
    assert ledger.redeem("m-1", 400, key="r/1").code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", available=450)
    assert ledger.redeem("m-1", 400, key="r/2").code == "APPLIED"
    ledger.expect("m-1", available=50)


def test_refused_reversals_and_captures_are_frozen_too(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.redeem("m-1", 10, key="r-1")
    assert ledger.reverse("r-1", points=11, key="back-1").code == "REVERSAL_EXCEEDS_ORIGINAL"
    ledger.authorize("m-1", 20, key="hold")
    assert ledger.capture("hold", points=21, key="c-1").code == "CAPTURE_EXCEEDS_AUTHORIZATION"
    ledger.void("hold", key="v-1")
    assert ledger.capture("hold", points=21, key="c-1").code == "CAPTURE_EXCEEDS_AUTHORIZATION"
    assert ledger.reverse("r-1", points=11, key="back-1").code == "REVERSAL_EXCEEDS_ORIGINAL"
    ledger.expect("m-1", available=90)


def test_key_with_other_content_is_reused(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.enroll("m-2")
    ledger.redeem("m-1", 30, key="r-1")
    assert ledger.redeem("m-1", 31, key="r-1").code == "KEY_REUSED"
    assert ledger.redeem("m-2", 30, key="r-1").code == "KEY_REUSED"
    assert ledger.authorize("m-1", 30, key="r-1").code == "KEY_REUSED"
    assert ledger.redeem("m-1", 30, key="A").code == "KEY_REUSED"
    assert ledger.accrue("m-1", 30, key="enroll/m-1").code == "KEY_REUSED"
    again = ledger.redeem("m-1", 30, key="r-1")
    assert (again.code, again.available, again.replayed) == ("APPLIED", 70, True)
    ledger.expect("m-1", available=70)


def test_refused_key_with_other_content_is_reused(play: Play) -> None:
    ledger = with_points(play, 100)
    assert ledger.redeem("m-1", 400, key="r-1").code == "INSUFFICIENT_POINTS"
    assert ledger.redeem("m-1", 100, key="r-1").code == "KEY_REUSED"


def test_money_written_differently_is_the_same_content(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.purchase("m-1", amount="36.90", key="p-1")
    again = ledger.purchase("m-1", amount=3690, key="p-1")
    assert (again.code, again.awarded, again.replayed) == ("APPLIED", 36, True)
    assert ledger.purchase("m-1", amount="36.91", key="p-1").code == "KEY_REUSED"


def test_when_it_occurred_is_not_content(play: Play) -> None:
    ledger = with_points(play, 100)
    now = ledger.now()
    ledger.purchase("m-1", amount="10.00", occurred_at=now - timedelta(hours=1), key="p-1")
    again = ledger.purchase("m-1", amount="10.00", occurred_at=now - timedelta(hours=2), key="p-1")
    assert (again.code, again.replayed) == ("APPLIED", True)
    ledger.expect("m-1", available=110)


def test_unknown_members_and_wrong_shapes_may_be_corrected_under_the_same_key(play: Play) -> None:
    ledger = with_points(play, 100)
    assert ledger.redeem("m-2", 10, key="r-1").code == "MEMBER_NOT_FOUND"
    assert ledger.redeem("m-1", 0, key="r-1").code == "POINTS_NOT_POSITIVE"
    assert ledger.redeem("m-1", -5, key="r-1").code == "POINTS_NOT_POSITIVE"
    assert ledger.redeem("m-1", 10, key="r-1").code == "APPLIED"
    ledger.expect("m-1", available=90)


def test_sale_that_occurs_in_the_future_is_not_remembered(play: Play) -> None:
    ledger = with_points(play, 100)
    ahead = ledger.now() + timedelta(minutes=15)
    late = ahead + timedelta(microseconds=1)
    assert ledger.purchase("m-1", amount="5.00", occurred_at=late, key="p-1").code == "OCCURRED_IN_FUTURE"
    bought = ledger.purchase("m-1", amount="5.00", occurred_at=ahead, key="p-1")
    assert (bought.code, bought.pending, bought.available) == ("APPLIED", 5, 100)


def test_key_longer_than_128_bytes(play: Play) -> None:
    ledger = with_points(play, 100)
    assert ledger.redeem("m-1", 1, key="k" * 129).code == "KEY_TOO_LONG"
    assert ledger.redeem("m-1", 1, key="k" * 128).code == "APPLIED"
    assert ledger.redeem("m-1", 1, key="ü" * 65).code == "KEY_TOO_LONG"
    ledger.expect("m-1", available=99)


def test_money_of_another_currency(play: Play) -> None:
    ledger = with_points(play, 100)
    outcome = ledger.write("purchase", "m-1", amount="5.00", currency="USD", key="p-1")
    assert outcome.code == "MONEY_CURRENCY_NOT_ACCEPTED"
    assert ledger.purchase("m-1", amount="5.00", key="p-1").code == "APPLIED"


def test_unknown_currency_of_points(play: Play) -> None:
    ledger = with_points(play, 100)
    assert ledger.accrue("m-1", 5, wallet="stamps", key="B").code == "UNKNOWN_CURRENCY"
    assert ledger.accrue("m-1", 5, wallet="points", key="B").code == "APPLIED"
    ledger.expect("m-1", available=105)
