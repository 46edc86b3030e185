"""Tills that were offline: captures after the lapse, overdrafts, floor limits, the account of the store."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger, program
from model import Source
from scenarios.conftest import Play

STORE = Source(store="12")


def hold_that_lapsed(play: Play, **settings: object) -> PlayedLedger:
    """A 200 expired when H1 lapsed at 00:20; B 150 available, 150 held by H2."""
    ledger = play(program(**settings), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 200, expires_at=ledger.local("2026-06-01T00:00"), key="A")
    ledger.accrue("m-1", 300, expires_at=ledger.local("2026-12-01T00:00"), key="B")
    ledger.at("2026-05-31T23:50").authorize("m-1", 350, ttl=timedelta(minutes=30), key="H1")
    ledger.at("2026-05-31T23:51").authorize("m-1", 150, ttl=timedelta(minutes=60), key="H2")
    ledger.at("2026-06-01T00:21").expect("m-1", available=150, held=150)
    assert ledger.trial_balance()["expired"] == 200
    assert ledger.capture("H1", points=300, key="online").code == "AUTHORIZATION_EXPIRED"
    return ledger


def capture_late(ledger: PlayedLedger, occurred: str = "2026-06-01T00:15", **rest: object) -> object:
    return ledger.at("2026-06-01T00:30").capture(
        "H1", points=300, occurred_at=ledger.local(occurred), offline=True, key="c-1", source=STORE, **rest
    )


def test_capture_takes_what_it_would_have_taken(play: Play) -> None:
    ledger = hold_that_lapsed(play)
    capture_late(ledger)
    ledger.expect("m-1", available=50, held=150)
    figures = ledger.trial_balance()
    assert (figures["expired"], figures["reinstated"], figures["redeemed"]) == (200, 200, 300)
    assert ledger.capture("H1", points=300, key="c-2").code == "ALREADY_CAPTURED"
    ledger.void("H2", key="v-2")
    ledger.expect("m-1", available=200)


def test_capture_of_what_was_spent_meanwhile(play: Play) -> None:
    ledger = hold_that_lapsed(play)
    ledger.redeem("m-1", 150, key="meanwhile")
    ledger.at("2026-06-01T00:30")
    captured = ledger.capture(
        "H1", points=300, occurred_at=ledger.local("2026-06-01T00:15"), offline=True, key="c-1", source=STORE
    )
    assert (captured.code, captured.flags) == ("APPLIED", ("OFFLINE_OVERDRAFT",))
    ledger.expect("m-1", held=150, debt=100)
    ledger.void("H2", key="v-2")
    ledger.expect("m-1", available=50)


@pytest.mark.parametrize("occurred", ["2026-05-31T23:49:59", "2026-06-01T00:20"])
def test_capture_that_occurred_outside_its_hold(play: Play, occurred: str) -> None:
    ledger = hold_that_lapsed(play)
    ledger.at("2026-06-01T00:30")
    late = ledger.capture("H1", occurred_at=ledger.local(occurred), offline=True, key="c-1")
    assert late.code == "AUTHORIZATION_EXPIRED"
    ledger.expect("m-1", available=150, held=150)


def test_capture_left_to_the_store(play: Play) -> None:
    ledger = hold_that_lapsed(play, overdraft="decline_to_merchant")
    ledger.redeem("m-1", 150, key="meanwhile")
    ledger.at("2026-06-01T00:30")
    captured = ledger.capture(
        "H1", points=300, occurred_at=ledger.local("2026-06-01T00:15"), offline=True, key="c-1", source=STORE
    )
    assert (captured.code, captured.awarded, captured.charged) == ("APPLIED", 0, 300)
    ledger.expect("m-1", held=150)


def redeem_offline(ledger: PlayedLedger, points: int, key: str, hours: int = 1) -> object:
    occurred = ledger.now() - timedelta(hours=hours)
    return ledger.redeem("m-1", points, occurred_at=occurred, offline=True, source=STORE, key=key)


def with_points(play: Play, points: int, **settings: object) -> PlayedLedger:
    ledger = play(program(**settings), "2026-06-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", points, key="A")
    return ledger


def test_redemption_beyond_the_balance_and_back(play: Play) -> None:
    ledger = with_points(play, 100)
    redeem_offline(ledger, 140, "r-1")
    ledger.expect("m-1", debt=40)
    ledger.reverse("r-1", points=50, key="back-1")
    ledger.expect("m-1", available=10)
    ledger.reverse("r-1", key="back-2")
    ledger.expect("m-1", available=100)


def test_overdraft_that_was_paid_comes_back_as_points(play: Play) -> None:
    ledger = with_points(play, 100)
    redeem_offline(ledger, 140, "r-1")
    ledger.accrue("m-1", 60, key="B")
    ledger.expect("m-1", available=20)
    ledger.reverse("r-1", key="back-1")
    ledger.expect("m-1", available=160)


def test_floor_limit_per_member_and_day(play: Play) -> None:
    ledger = with_points(play, 100, floor_limit=500)
    assert redeem_offline(ledger, 300, "r-1").charged == 0
    above = redeem_offline(ledger, 201, "r-2")
    assert (above.code, above.awarded, above.charged) == ("APPLIED", 0, 201)
    assert redeem_offline(ledger, 200, "r-3").charged == 0
    assert redeem_offline(ledger, 1, "r-4").charged == 1
    assert redeem_offline(ledger, 500, "r-5", hours=24).charged == 0
    ledger.expect("m-1", debt=900)


def test_blocked_and_closed_members_leave_it_to_the_store(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.block("m-1", key="block")
    assert redeem_offline(ledger, 50, "r-1").charged == 50
    ledger.expect("m-1", available=100)
    ledger.unblock("m-1", key="unblock")
    ledger.close_member("m-1", key="close")
    assert redeem_offline(ledger, 50, "r-2").charged == 50
    ledger.reverse("r-2", key="back-2")
    ledger.expect("m-1")


def test_offline_is_content(play: Play) -> None:
    ledger = with_points(play, 100)
    ledger.redeem("m-1", 50, offline=True, key="r-1")
    assert ledger.redeem("m-1", 50, key="r-1").code == "KEY_REUSED"
    assert ledger.redeem("m-1", 50, offline=True, source=Source(store="9"), key="r-1").replayed
