"""Purchases that are paid in part with points, and their returns."""

from datetime import date, timedelta
from itertools import permutations

import pytest

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def pay_with_two_lots(play: Play, restore: str) -> PlayedLedger:
    """A 100 expires in July, B 200 in December; a basket of 40.00 is 250 points and 37.50."""
    ledger = play(program(restore=restore), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, expires_at=ledger.local("2026-07-01T00:00"), key="A")
    ledger.accrue("m-1", 200, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    sold = ledger.at("2026-06-10T12:00").purchase("m-1", amount="40.00", redeem=250, key="C")
    assert (sold.awarded, sold.spent, sold.cash, sold.available) == (37, 250, 3750, 87)
    return ledger


@pytest.mark.parametrize(("restore", "available", "expired"), [("original", 200, 100), ("grace", 300, 0)])
def test_two_returns(play: Play, restore: str, available: int, expired: int) -> None:
    ledger = pay_with_two_lots(play, restore)
    first = ledger.at("2026-07-15T12:00").reverse("C", amount="16.00", key="back-1")
    assert (first.spent, first.cash) == (100, 1500)
    ledger.expect("m-1", available=172)
    second = ledger.at("2026-07-20T12:00").reverse("C", amount="24.00", key="back-2")
    assert (second.spent, second.cash) == (150, 2250)
    ledger.expect("m-1", available=available)
    assert ledger.trial_balance()["expired"] == expired
    assert ledger.reverse("C", amount="0.01", key="back-3").code == "REVERSAL_EXCEEDS_ORIGINAL"
    ladder = {date(2026, 12, 1): 200, **({date(2026, 8, 20): 100} if restore == "grace" else {})}
    assert ledger.ladder("m-1") == ladder
    ledger.at("2026-08-19T23:59:59").expect("m-1", available=available)
    ledger.at("2026-08-20T00:00").expect("m-1", available=200)


@pytest.mark.parametrize(
    ("restore", "totals", "graces"),
    [("original", [112, 200, 200], {}), ("grace", [112, 206, 300], {date(2026, 8, 15): 6, date(2026, 8, 25): 94})],
)
def test_three_returns(play: Play, restore: str, totals: list[int], graces: dict[date, int]) -> None:
    """What the purchase still earns stands beside what came back of the points that paid for it."""
    ledger = pay_with_two_lots(play, restore)
    days, amounts, earned = ("06-20", "07-15", "07-25"), ("10.00", "15.00", "15.00"), (28, 14, 0)
    shares, cashes = (62, 94, 94), (938, 1406, 1406)
    for day, amount, share, cash, total, rest in zip(days, amounts, shares, cashes, totals, earned, strict=True):
        back = ledger.at(f"2026-{day}T12:00").reverse("C", amount=amount, key=f"back-{day}")
        assert (back.spent, back.cash) == (share, cash)
        ledger.expect("m-1", available=total + rest)
    assert ledger.ladder("m-1") == {date(2026, 12, 1): 200, **graces}


@pytest.mark.parametrize("amounts", sorted(set(permutations([1, 999, 1337, 1663]))))
def test_parts_in_any_order_end_equal(play: Play, amounts: tuple[int, ...]) -> None:
    ledger = pay_with_two_lots(play, "grace")
    backs = [ledger.reverse("C", amount=amount, key=f"back-{amount}") for amount in amounts]
    assert (sum(back.spent for back in backs), sum(back.cash for back in backs)) == (250, 3750)
    assert ledger.ladder("m-1") == {date(2026, 7, 1): 100, date(2026, 12, 1): 200}
    assert ledger.reverse("C", key="back-more").code == "ALREADY_REVERSED"


def test_purchase_takes_what_was_held(play: Play) -> None:
    ledger = pay_with_two_lots(play, "original")
    ledger.authorize("m-1", 80, ttl=timedelta(hours=1), key="hold")
    sold = ledger.purchase("m-1", amount="20.00", capture="hold", capture_points=50, key="p-1")
    assert (sold.awarded, sold.spent, sold.cash, sold.held) == (19, 50, 1950, 0)
    ledger.expect("m-1", available=87 - 50 + 19)
    assert ledger.capture("hold", key="c-1").code == "ALREADY_CAPTURED"
    assert ledger.purchase("m-1", amount="20.00", capture="hold", key="p-2").code == "ALREADY_CAPTURED"
    back = ledger.reverse("p-1", key="back-1")
    assert (back.spent, back.cash) == (50, 1950)
    ledger.expect("m-1", available=87)


def test_points_pay_no_more_than_the_basket(play: Play) -> None:
    ledger = pay_with_two_lots(play, "original")
    assert ledger.purchase("m-1", amount="0.50", redeem=51, key="p-1").code == "SPEND_EXCEEDS_AMOUNT"
    sold = ledger.purchase("m-1", amount="0.50", redeem=50, key="p-1")
    assert (sold.code, sold.awarded, sold.cash) == ("APPLIED", 0, 0)
    assert ledger.purchase("m-1", amount="5.00", redeem=0, key="p-2").code == "POINTS_NOT_POSITIVE"
    assert ledger.purchase("m-1", amount="50.00", redeem=38, key="p-2").code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", available=37)


@pytest.mark.parametrize("policy", ["debt", "clamp", "charge_shortfall", "block", "pending_only"])
def test_buying_spending_and_returning_prints_nothing(play: Play, policy: str) -> None:
    """Whatever is returned, in whichever order, nobody has more than the 100 they began with."""
    ledger = play(program(shortfall=policy), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    ledger.purchase("m-1", amount="90.00", redeem=60, key="p-1")
    ledger.purchase("m-1", amount="80.00", redeem=129, key="p-2")
    ledger.reverse("p-2", key="back-2")
    ledger.reverse("p-1", amount="45.00", key="back-1a")
    ledger.reverse("p-1", key="back-1b")
    held = ledger.balance("m-1")
    worth = ledger.trial_balance()
    spared = worth["written_off"] + worth["settled_in_cash"]
    kept = held.available - held.debt - spared
    assert kept <= 100 if policy == "block" else kept == 100
