"""A purchase is refunded after its points were spent, expired or held; what is missing becomes debt."""

from datetime import timedelta

from ledgers import PlayedLedger, program
from scenarios.conftest import Play

ROLLING = program(expiry="P12M", round_up_to="month")


def refund_what_was_spent(play: Play) -> PlayedLedger:
    """Y 30 and X 80 from a purchase; 100 redeemed; then the purchase goes back: debt 70."""
    ledger = play(ROLLING, "2026-04-01T00:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 30, expires_at=ledger.local("2026-09-01T00:00"), key="Y")
    assert ledger.at("2026-04-15T12:00").purchase("m-1", amount="80.00", key="X").awarded == 80
    ledger.at("2026-05-20T12:00").redeem("m-1", 100, key="spent")
    ledger.expect("m-1", available=10)
    ledger.at("2026-05-25T12:00").reverse("X", key="refund")
    ledger.expect("m-1", debt=70)
    return ledger


def test_missing_points_become_debt_that_later_points_pay(play: Play) -> None:
    ledger = refund_what_was_spent(play)
    assert ledger.trial_balance()["accrual_reversed"] == 80
    ledger.at("2026-06-01T12:00").accrue("m-1", 50, key="P1")
    ledger.expect("m-1", debt=20)
    ledger.at("2026-06-05T12:00").accrue("m-1", 60, key="P2")
    ledger.expect("m-1", available=40)


def test_reversed_redemption_pays_the_debt_its_points_left(play: Play) -> None:
    ledger = refund_what_was_spent(play)
    ledger.at("2026-05-26T12:00").reverse("spent", key="spent-back")
    ledger.expect("m-1", available=30)
    assert ledger.ladder("m-1") == {ledger.local("2026-09-01T00:00").astimezone(ledger.zone).date(): 30}


def test_expired_points_count_as_taken(play: Play) -> None:
    ledger = play(ROLLING)
    ledger.enroll("m-1")
    ledger.at("2025-02-10T12:00").purchase("m-1", amount="80.00", key="X")
    ledger.at("2026-02-20T12:00").accrue("m-1", 50, expires_at=ledger.local("2027-02-01T00:00"), key="Z")
    ledger.at("2026-02-28T23:59:59").expect("m-1", available=130)
    ledger.at("2026-03-01T00:00").expect("m-1", available=50)
    ledger.at("2026-03-05T12:00").reverse("X", key="refund")
    ledger.expect("m-1", available=50)
    figures = ledger.trial_balance()
    assert (figures["accrual_reversed"], figures["reinstated"], figures["expired"]) == (80, 80, 80)


def refund_what_is_held(play: Play) -> PlayedLedger:
    ledger = play(ROLLING, "2026-04-15T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="80.00", key="X")
    ledger.authorize("m-1", 60, ttl=timedelta(hours=1), key="hold")
    ledger.expect("m-1", available=20, held=60)
    ledger.at("2026-04-15T12:10").reverse("X", key="refund")
    ledger.expect("m-1", held=60, debt=60)
    return ledger


def test_voided_hold_pays_the_debt_it_caused(play: Play) -> None:
    ledger = refund_what_is_held(play)
    ledger.at("2026-04-15T12:20").void("hold", key="void")
    ledger.expect("m-1")


def test_lapsed_hold_pays_the_debt_it_caused(play: Play) -> None:
    ledger = refund_what_is_held(play)
    ledger.at("2026-04-15T12:59:59").expect("m-1", held=60, debt=60)
    ledger.at("2026-04-15T13:00").expect("m-1")


def test_captured_hold_leaves_the_debt(play: Play) -> None:
    ledger = refund_what_is_held(play)
    ledger.at("2026-04-15T12:20").capture("hold", key="capture")
    ledger.expect("m-1", debt=60)


def test_partly_captured_hold_pays_with_its_rest(play: Play) -> None:
    ledger = refund_what_is_held(play)
    ledger.at("2026-04-15T12:20").capture("hold", points=45, key="capture")
    ledger.expect("m-1", debt=45)


def test_activating_points_pay_debt_first(play: Play) -> None:
    ledger = refund_what_was_spent(play)
    local = ledger.local
    ledger.at("2026-06-01T12:00")
    ledger.accrue("m-1", 50, activates_at=local("2026-06-10T00:00"), expires_at=local("2026-06-20T00:00"), key="P1")
    ledger.accrue("m-1", 60, activates_at=local("2026-06-15T00:00"), key="P2")
    ledger.at("2026-06-09T12:00").expect("m-1", pending=110, debt=70)
    ledger.at("2026-06-10T00:00").expect("m-1", pending=60, debt=20)
    ledger.at("2026-06-15T00:00").expect("m-1", available=40)
    ledger.at("2026-06-20T00:00").expect("m-1", available=40)
    assert ledger.trial_balance()["expired"] == 0


def test_debt_refuses_redemptions_and_holds(play: Play) -> None:
    ledger = refund_what_was_spent(play)
    assert ledger.redeem("m-1", 1, key="r-1").code == "INSUFFICIENT_POINTS"
    assert ledger.authorize("m-1", 1, key="a-1").code == "INSUFFICIENT_POINTS"
    ledger.expect("m-1", debt=70)


def test_reversing_the_accrual_that_paid_debt_makes_debt_again(play: Play) -> None:
    ledger = refund_what_was_spent(play)
    ledger.at("2026-06-01T12:00").accrue("m-1", 50, key="P1")
    ledger.expect("m-1", debt=20)
    ledger.at("2026-06-02T12:00").reverse("P1", points=15, key="P1-part")
    ledger.expect("m-1", debt=35)
    ledger.at("2026-06-03T12:00").reverse("P1", key="P1-rest")
    ledger.expect("m-1", debt=70)


def test_other_lots_pay_before_debt_arises_but_pending_ones_do_not(play: Play) -> None:
    ledger = play(ROLLING, "2026-04-15T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="80.00", key="X")
    ledger.redeem("m-1", 80, key="spent")
    ledger.at("2026-04-16T12:00").accrue("m-1", 30, key="Y")
    ledger.accrue("m-1", 25, activates_at=ledger.local("2026-05-01T00:00"), key="Z")
    ledger.at("2026-04-17T12:00").reverse("X", key="refund")
    ledger.expect("m-1", pending=25, debt=50)
    ledger.at("2026-05-01T00:00").expect("m-1", debt=25)
