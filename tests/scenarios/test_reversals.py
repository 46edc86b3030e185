"""Redemptions, accruals and purchases undone, whole or part by part; lots that expired meanwhile."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def spend_two_lots(play: Play, restore: str) -> PlayedLedger:
    """A 100 expires in July, B 200 in December; 250 redeemed on 10 June."""
    ledger = play(program(restore=restore), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-07-01T00:00"), key="A")
    ledger.accrue("m-1", 200, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    ledger.at("2026-06-10T12:00").redeem("m-1", 250, key="r-1")
    ledger.expect("m-1", available=50)
    return ledger


@pytest.mark.parametrize(("restore", "available", "expired"), [("original", 200, 100), ("grace", 300, 0)])
def test_points_of_an_expired_lot_come_back(play: Play, restore: str, available: int, expired: int) -> None:
    ledger = spend_two_lots(play, restore)
    ledger.at("2026-07-15T12:00").reverse("r-1", points=100, key="back-1")
    ledger.expect("m-1", available=150)
    ledger.at("2026-07-20T12:00").reverse("r-1", points=150, key="back-2")
    ledger.expect("m-1", available=available)
    assert ledger.trial_balance()["expired"] == expired
    assert ledger.reverse("r-1", points=1, key="back-3").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("r-1", key="back-4").code == "ALREADY_REVERSED"


def test_grace_lot_lives_through_thirty_days(play: Play) -> None:
    ledger = spend_two_lots(play, "grace")
    ledger.at("2026-07-20T12:00").reverse("r-1", key="back-1")
    assert ledger.ladder("m-1") == {date(2026, 8, 20): 100, date(2026, 12, 1): 200}
    ledger.at("2026-08-19T23:59:59.999999").expect("m-1", available=300)
    ledger.at("2026-08-20T00:00+02:00").expect("m-1", available=200)
    assert ledger.trial_balance()["expired"] == 100


@pytest.mark.parametrize(
    ("restore", "available", "ladder"),
    [
        ("original", [112, 200, 200], {date(2026, 12, 1): 200}),
        ("grace", [112, 206, 300], {date(2026, 8, 15): 6, date(2026, 8, 25): 94, date(2026, 12, 1): 200}),
    ],
)
def test_three_returns(play: Play, restore: str, available: list[int], ladder: dict[date | None, int]) -> None:
    ledger = spend_two_lots(play, restore)
    for day, points, expected in zip(("06-20", "07-15", "07-25"), (62, 94, 94), available, strict=True):
        ledger.at(f"2026-{day}T12:00").reverse("r-1", points=points, key=f"back-{day}")
        ledger.expect("m-1", available=expected)
    assert ledger.ladder("m-1") == ladder


def test_grace_lot_itself_comes_back_as_it_was(play: Play) -> None:
    ledger = spend_two_lots(play, "grace")
    ledger.at("2026-07-20T12:00").reverse("r-1", key="back-1")
    ledger.redeem("m-1", 100, key="r-2")
    ledger.at("2026-08-10T12:00").reverse("r-2", points=40, key="back-2")
    assert ledger.ladder("m-1") == {date(2026, 8, 20): 40, date(2026, 12, 1): 200}
    ledger.at("2026-08-25T12:00").reverse("r-2", key="back-3")
    ledger.expect("m-1", available=200)
    assert ledger.trial_balance()["expired"] == 100


def test_grace_points_are_taken_back_with_their_accrual(play: Play) -> None:
    """The grace lot keeps the origin of the lot it stands for; B isn't touched."""
    ledger = spend_two_lots(play, "grace")
    ledger.at("2026-07-20T12:00").reverse("r-1", key="back-1")
    ledger.reverse("A", key="A-back")
    assert ledger.ladder("m-1") == {date(2026, 12, 1): 200}
    ledger.expect("m-1", available=200)


def test_grace_points_pay_debt_first(play: Play) -> None:
    ledger = spend_two_lots(play, "grace")
    ledger.at("2026-06-20T12:00").reverse("B", key="B-back")
    ledger.expect("m-1", debt=150)
    ledger.at("2026-07-20T12:00").reverse("r-1", key="back-1")
    assert ledger.ladder("m-1") == {date(2026, 8, 20): 100}
    ledger.expect("m-1", available=100)


@pytest.mark.parametrize(("restore", "available", "expired"), [("original", 0, 60), ("grace", 60, 0)])
def test_expired_points_that_come_back_pay_debt_first(play: Play, restore: str, available: int, expired: int) -> None:
    """B's 150 come back first, then 40 of A's 100 pay what is left of the debt."""
    ledger = spend_two_lots(play, restore)
    ledger.at("2026-06-20T12:00").reverse("B", key="B-back")
    ledger.reverse("A", key="A-back")
    ledger.expect("m-1", debt=250)
    ledger.accrue("m-1", 60, key="C")
    ledger.at("2026-07-20T12:00").reverse("r-1", key="back-1")
    ledger.expect("m-1", available=available)
    assert ledger.trial_balance()["expired"] == expired


@pytest.mark.parametrize("parts", sorted(set(permutations([17, 33, 100, 100]))))
def test_parts_end_exactly_in_any_order(play: Play, parts: tuple[int, ...]) -> None:
    ledger = spend_two_lots(play, "grace")
    for number, part in enumerate(parts):
        assert ledger.reverse("r-1", points=part, key=f"back-{number}").code == "APPLIED"
    ledger.expect("m-1", available=300)
    assert ledger.ladder("m-1") == {date(2026, 7, 1): 100, date(2026, 12, 1): 200}
    assert ledger.reverse("r-1", key="back-more").code == "ALREADY_REVERSED"


@pytest.mark.parametrize("parts", [("0.01", "0.99", "12.50", "23.40"), ("36.89", "0.01"), ("10.00", "10.00", "16.90")])
def test_purchase_goes_back_part_by_part(play: Play, parts: tuple[str, ...]) -> None:
    """What is left after each part is what a purchase of the remaining amount would have earned."""
    ledger = play(program(), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="36.90", key="p-1")
    left = 3690
    for number, part in enumerate(parts):
        left -= int(part.replace(".", ""))
        assert ledger.reverse("p-1", amount=part, key=f"back-{number}").code == "APPLIED"
        ledger.expect("m-1", available=left // 100)
    assert left == 0
    assert ledger.reverse("p-1", amount="0.01", key="back-more").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("p-1", key="back-all").code == "ALREADY_REVERSED"


def test_part_above_the_rest_is_refused_whole(play: Play) -> None:
    ledger = play(program(), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    assert ledger.reverse("A", points=70, key="back-1").code == "APPLIED"
    assert ledger.reverse("A", points=31, key="back-2").code == "REVERSAL_EXCEEDS_ORIGINAL"
    ledger.expect("m-1", available=30)
    assert ledger.reverse("A", points=30, key="back-3").code == "APPLIED"
    ledger.expect("m-1")


def test_partial_accrual_reversal_leaves_the_rest_to_expire(play: Play) -> None:
    ledger = play(program(), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-07-01T00:00"), key="A")
    ledger.reverse("A", points=60, key="back-1")
    ledger.at("2026-07-01T00:00").expect("m-1")
    assert ledger.trial_balance()["expired"] == 40
    assert ledger.reverse("A", key="back-2").code == "APPLIED"
    figures = ledger.trial_balance()
    assert (figures["accrual_reversed"], figures["reinstated"]) == (100, 40)
    ledger.expect("m-1")


def test_reversal_of_the_refused(play: Play) -> None:
    ledger = play(program(), "2026-06-01T12:00")
    ledger.enroll("m-1")
    assert ledger.redeem("m-1", 10, key="refused").code == "INSUFFICIENT_POINTS"
    undone = ledger.reverse("refused", key="back-1")
    assert undone.code == "APPLIED"
    ledger.expect("m-1")
    assert ledger.reverse("refused", points=5, key="back-2").code == "APPLIED"
    ledger.expect("m-1")


def test_reversed_hold_capture_of_expired_points(play: Play) -> None:
    ledger = play(program(restore="original"), "2026-06-30T23:50")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-07-01T00:00"), key="A")
    ledger.authorize("m-1", 80, ttl=timedelta(hours=1), key="hold")
    ledger.at("2026-07-01T00:05").capture("hold", key="c-1")
    ledger.expect("m-1")
    ledger.reverse("c-1", key="back-1")
    ledger.expect("m-1")
    figures = ledger.trial_balance()
    assert (figures["redeemed"], figures["redemption_reversed"], figures["expired"]) == (80, 80, 100)


def test_the_member_is_looked_for_before_the_original(play: Play) -> None:
    ledger = play(program(), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.enroll("m-2")
    ledger.accrue("m-1", 100, key="a")
    assert ledger.reverse(999_999, member="nobody", key="r-1").code == "MEMBER_NOT_FOUND"
    assert ledger.reverse("enroll/m-1", member="nobody", key="r-2").code == "MEMBER_NOT_FOUND"
    assert ledger.reverse(999_999, member="m-1", key="r-3").code == "TRANSACTION_NOT_FOUND"
    assert ledger.reverse("a", member="m-2", key="r-4").code == "MEMBER_MISMATCH"
    assert ledger.reverse("a", member="m-1", key="r-5").code == "APPLIED"
