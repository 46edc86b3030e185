"""Purchases that tills which were offline let members pay with points: borne by the member, or by the store."""

from datetime import date, timedelta

import pytest

from ledgers import PlayedLedger, program
from ledgers.played import currency
from model import Receipt, Source
from scenarios.conftest import Play

STORE = Source(store="12")
PAID_WITH_POINTS = '[spending]\ncurrency = "points"\n'


def with_points(play: Play, points: int, **settings: object) -> PlayedLedger:
    ledger = play(program(**settings), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", points, key="A")
    return ledger


def buy_offline(ledger: PlayedLedger, redeem: int, key: str = "p-1", **rest: object) -> object:
    """A basket of 40.00 of an hour ago."""
    occurred = ledger.now() - timedelta(hours=1)
    return ledger.purchase(
        "m-1", amount="40.00", redeem=redeem, occurred_at=occurred, offline=True, source=STORE, key=key, **rest
    )


def test_what_is_missing_is_owed_and_what_is_earned_pays_for_it(play: Play) -> None:
    ledger = with_points(play, 100)
    sold = buy_offline(ledger, 250)
    assert (sold.code, sold.awarded, sold.spent, sold.cash, sold.charged) == ("APPLIED", 37, 250, 3750, 0)
    assert sold.flags == ("OFFLINE_OVERDRAFT",)
    ledger.expect("m-1", debt=113)
    back = ledger.reverse("p-1", amount="16.00", key="back-1")
    assert (back.spent, back.cash) == (100, 1500)
    ledger.expect("m-1", debt=28)
    ledger.reverse("p-1", key="back-2")
    ledger.expect("m-1", available=100)


def test_online_it_would_have_been_refused(play: Play) -> None:
    ledger = with_points(play, 100)
    assert ledger.purchase("m-1", amount="40.00", redeem=250, key="p-0").code == "INSUFFICIENT_POINTS"
    assert buy_offline(ledger, 100).flags == ()
    ledger.expect("m-1", available=39)


def test_quote_says_what_the_purchase_will(play: Play) -> None:
    ledger = with_points(play, 100)
    quoted = ledger.quote("m-1", amount="40.00", redeem=250, offline=True, source=STORE)
    sold = ledger.purchase("m-1", amount="40.00", redeem=250, offline=True, source=STORE, key="p-1")
    assert (quoted.awarded, quoted.spent, quoted.cash, quoted.flags) == (37, 250, 3750, ("OFFLINE_OVERDRAFT",))
    assert (quoted.awarded, quoted.spent, quoted.cash, quoted.flags) == (
        sold.awarded,
        sold.spent,
        sold.cash,
        sold.flags,
    )


def test_left_to_the_store_and_returned_in_parts(play: Play) -> None:
    """The store gets back what the goods were paid with; the member gives back what it earned."""
    ledger = with_points(play, 100, overdraft="decline_to_merchant")
    sold = buy_offline(ledger, 250)
    assert (sold.awarded, sold.spent, sold.charged, sold.cash) == (37, 0, 250, 3750)
    ledger.expect("m-1", available=137)
    first = ledger.reverse("p-1", amount="16.00", key="back-1")
    assert (first.spent, first.charged, first.cash) == (0, -100, 1500)
    ledger.expect("m-1", available=122)
    assert ledger.reverse("back-1", key="back-back-1").code == "APPLIED"
    ledger.expect("m-1", available=137)
    assert ledger.reverse("p-1", key="back-2").charged == -250
    ledger.expect("m-1", available=100)
    assert ledger.reverse("p-1", key="back-3").code == "ALREADY_REVERSED"


def test_floor_limit_counts_purchases_and_redemptions(play: Play) -> None:
    ledger = with_points(play, 1000, floor_limit=500)
    assert buy_offline(ledger, 300, "p-1").charged == 0
    occurred = ledger.now() - timedelta(hours=1)
    above = ledger.redeem("m-1", 201, occurred_at=occurred, offline=True, source=STORE, key="r-1")
    assert above.charged == 201
    assert buy_offline(ledger, 201, "p-2").charged == 201
    assert buy_offline(ledger, 200, "p-3").charged == 0
    assert ledger.purchase("m-1", amount="40.00", redeem=300, key="p-4").code == "APPLIED"


@pytest.mark.parametrize(("status", "awarded", "available"), [("blocked", 39, 139), ("closed", 0, 0)])
def test_members_who_may_not_spend(play: Play, status: str, awarded: int, available: int) -> None:
    """The store bears the points; who has left earns nothing."""
    ledger = with_points(play, 100)
    (ledger.block if status == "blocked" else ledger.close_member)("m-1", key="status")
    sold = buy_offline(ledger, 50)
    assert (sold.code, sold.awarded, sold.spent, sold.charged) == ("APPLIED", awarded, 0, 50)
    ledger.expect("m-1", **({"available": available} if available else {}))
    back = ledger.reverse("p-1", key="back-1")
    assert (back.code, back.charged, back.cash) == ("APPLIED", -50, 3950)
    ledger.expect("m-1", **({"available": 100} if available else {}))


def test_without_points_nobody_buys_who_has_left(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.close_member("m-1", key="close")
    assert ledger.purchase("m-1", amount="40.00", offline=True, source=STORE, key="p-1").code == "MEMBER_CLOSED"


def test_member_that_is_new_owes_all_of_it(play: Play) -> None:
    ledger = play(program(), "2026-06-01T12:00")
    sold = ledger.purchase("m-9", amount="40.00", redeem=250, enroll=True, offline=True, source=STORE, key="p-1")
    assert (sold.code, sold.awarded, sold.spent) == ("APPLIED", 37, 250)
    ledger.expect("m-9", debt=213)


def lapsed_hold(play: Play, **settings: object) -> PlayedLedger:
    """A 200 expired when the hold of 350 lapsed; B 150 is left, and B 150 came back."""
    ledger = play(program(**settings), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 200, expires_at=ledger.local("2026-06-01T00:00"), key="A")
    ledger.accrue("m-1", 300, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    ledger.at("2026-05-31T23:50").authorize("m-1", 350, ttl=timedelta(minutes=30), key="hold")
    ledger.at("2026-06-01T00:30").expect("m-1", available=300)
    return ledger


def take_hold_offline(ledger: PlayedLedger, occurred: str = "2026-06-01T00:15") -> object:
    return ledger.purchase(
        "m-1",
        amount="40.00",
        capture="hold",
        capture_points=300,
        occurred_at=ledger.local(occurred),
        offline=True,
        source=STORE,
        key="p-1",
    )


def test_purchase_takes_a_hold_that_has_lapsed(play: Play) -> None:
    ledger = lapsed_hold(play)
    assert ledger.purchase("m-1", amount="40.00", capture="hold", key="online").code == "AUTHORIZATION_EXPIRED"
    sold = take_hold_offline(ledger)
    assert (sold.code, sold.awarded, sold.spent, sold.cash) == ("APPLIED", 37, 300, 3700)
    ledger.expect("m-1", available=237)
    assert ledger.trial_balance()["reinstated"] == 200
    assert ledger.capture("hold", offline=True, occurred_at=ledger.local("2026-06-01T00:15"), key="c-1").code == (
        "ALREADY_CAPTURED"
    )
    assert ledger.reverse("p-1", restore="original", key="back-1").spent == 300
    ledger.expect("m-1", available=300)


def test_purchase_of_a_lapsed_hold_left_to_the_store(play: Play) -> None:
    ledger = lapsed_hold(play, overdraft="decline_to_merchant")
    ledger.redeem("m-1", 250, key="meanwhile")
    sold = take_hold_offline(ledger)
    assert (sold.awarded, sold.spent, sold.charged) == (37, 0, 300)
    ledger.expect("m-1", available=87)
    again = ledger.purchase("m-1", amount="40.00", capture="hold", capture_points=300, key="p-2")
    assert again.code == "ALREADY_CAPTURED"


def test_purchase_outside_its_hold_is_as_online(play: Play) -> None:
    ledger = lapsed_hold(play)
    assert take_hold_offline(ledger, "2026-06-01T00:20").code == "AUTHORIZATION_EXPIRED"
    ledger.expect("m-1", available=300)


@pytest.mark.parametrize(("overdraft", "parts"), [("debt", {"debt": 28}), ("decline_to_merchant", {"available": 122})])
def test_return_that_overtakes_it(play: Play, overdraft: str, parts: dict[str, int]) -> None:
    ledger = with_points(play, 100, overdraft=overdraft)
    receipt = Receipt("12", "3", date(2026, 6, 1), "4711")
    assert ledger.reverse(receipt, amount="16.00", key="early").code == "PARKED"
    assert buy_offline(ledger, 250, receipt=receipt).code == "APPLIED"
    ledger.expect("m-1", **parts)
    assert ledger.reverse("p-1", amount="24.01", key="more").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("p-1", amount="24.00", key="rest").code == "APPLIED"
    ledger.expect("m-1", available=100)


def test_redemption_that_a_store_bears_meets_its_reversal(play: Play) -> None:
    ledger = with_points(play, 100, overdraft="decline_to_merchant")
    assert ledger.reverse("r-1", points=60, key="early").code == "PARKED"
    redeemed = ledger.redeem("m-1", 250, offline=True, source=STORE, key="r-1")
    assert (redeemed.code, redeemed.charged) == ("APPLIED", 250)
    assert ledger.reverse("r-1", points=191, key="more").code == "REVERSAL_EXCEEDS_ORIGINAL"
    assert ledger.reverse("r-1", key="rest").charged == -190
    ledger.expect("m-1", available=100)


def test_two_kinds_of_points(play: Play) -> None:
    """Purchases earn stars and are paid with points; the answer shows the stars, the flag is of the points."""
    stars = currency("stars", "P0D", "never", None, "fefo")
    ledger = play(program(others=stars, earns="stars") + PAID_WITH_POINTS, "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="A")
    sold = buy_offline(ledger, 250)
    assert (sold.awarded, sold.available, sold.flags) == (37, 37, ("OFFLINE_OVERDRAFT",))
    ledger.expect("m-1", debt=150)
    ledger.reverse("p-1", key="back")
    ledger.expect("m-1", available=100)


def test_batches_tell_offline_purchases(play: Play) -> None:
    ledger = with_points(play, 100)
    rows = [
        {"verb": "purchase", "member": "m-1", "amount": 4000, "currency": "EUR", "redeem": 250, "key": key, **rest}
        for key, rest in (("p-1", {}), ("p-2", {"offline": True}))
    ]
    told = ledger.write_batch(rows)
    assert [outcome.code for outcome in told] == ["INSUFFICIENT_POINTS", "APPLIED"]
    ledger.expect("m-1", debt=113)
