"""A purchase is refunded after its points were spent: who bears what is missing, policy by policy."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger, program
from model import Balance
from scenarios.conftest import Play

ROUNDED = {"expiry": "P12M", "round_up_to": "month"}


def refund_what_was_spent(play: Play, policy: str) -> PlayedLedger:
    """Y 30 and X 80 from a purchase; 100 redeemed; then the purchase goes back."""
    ledger = play(program(**ROUNDED, shortfall=policy), "2026-04-01T00:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 30, expires_at=ledger.local("2026-09-01T00:00"), key="Y")
    assert ledger.at("2026-04-15T12:00").purchase("m-1", amount="80.00", key="X").awarded == 80
    ledger.at("2026-05-20T12:00").redeem("m-1", 100, key="spent")
    ledger.expect("m-1", available=10)
    ledger.at("2026-05-25T12:00")
    return ledger


@pytest.mark.parametrize(
    ("policy", "available", "debt", "spared", "cash", "kept_back", "then"),
    [
        ("debt", 0, 70, 0, 8000, 0, [Balance(debt=20), Balance(available=40)]),
        ("clamp", 0, 0, 70, 8000, 0, [Balance(available=50), Balance(available=110)]),
        ("pending_only", 10, 0, 80, 8000, 0, [Balance(available=60), Balance(available=120)]),
        ("charge_shortfall", 0, 0, 0, 7930, 70, [Balance(available=50), Balance(available=110)]),
    ],
)
def test_refund(
    play: Play, policy: str, available: int, debt: int, spared: int, cash: int, kept_back: int, then: list[Balance]
) -> None:
    ledger = refund_what_was_spent(play, policy)
    back = ledger.reverse("X", key="refund")
    assert (back.spared, back.cash, back.kept_back) == (spared, cash, kept_back)
    ledger.expect("m-1", available=available, debt=debt)
    figures = ledger.trial_balance()
    assert (figures["accrual_reversed"], figures["written_off"], figures["settled_in_cash"]) == (80, spared, kept_back)
    ledger.at("2026-06-01T12:00").accrue("m-1", 50, key="P1")
    assert ledger.balance("m-1") == then[0]
    ledger.at("2026-06-05T12:00").accrue("m-1", 60, key="P2")
    assert ledger.balance("m-1") == then[1]


def test_block_takes_nothing(play: Play) -> None:
    ledger = refund_what_was_spent(play, "block")
    assert ledger.reverse("X", key="refund").code == "POINTS_ALREADY_SPENT"
    ledger.expect("m-1", available=10)
    ledger.adjust("m-1", 100, key="goodwill")
    again = ledger.reverse("X", key="refund")
    assert (again.code, again.replayed, again.available) == ("POINTS_ALREADY_SPENT", True, 10)
    assert ledger.reverse("X", key="refund/2").code == "APPLIED"
    ledger.expect("m-1", available=30)


@pytest.mark.parametrize(
    ("policy", "available", "written_off"),
    [("debt", 30, 0), ("clamp", 30, 0), ("charge_shortfall", 100, 0), ("pending_only", 110, 80)],
)
def test_then_the_redemption_is_reversed_too(play: Play, policy: str, available: int, written_off: int) -> None:
    ledger = refund_what_was_spent(play, policy)
    ledger.reverse("X", key="refund")
    ledger.at("2026-05-26T12:00").reverse("spent", key="spent-back")
    ledger.expect("m-1", available=available)
    assert ledger.trial_balance()["written_off"] == written_off


def test_newer_debits_make_nothing_good(play: Play) -> None:
    ledger = refund_what_was_spent(play, "clamp")
    ledger.reverse("X", key="refund")
    ledger.accrue("m-1", 50, key="P1")
    ledger.redeem("m-1", 40, key="newer")
    ledger.reverse("newer", key="newer-back")
    ledger.expect("m-1", available=50)
    ledger.reverse("spent", points=60, key="spent-back-1")
    ledger.expect("m-1", available=50)
    assert ledger.trial_balance()["written_off"] == 10
    ledger.reverse("spent", key="spent-back-2")
    ledger.expect("m-1", available=80)


@pytest.mark.parametrize("policy", ["debt", "clamp", "charge_shortfall", "block"])
def test_expired_points_count_as_taken(play: Play, policy: str) -> None:
    ledger = play(program(**ROUNDED, shortfall=policy))
    ledger.enroll("m-1")
    ledger.at("2025-02-10T12:00").purchase("m-1", amount="80.00", key="X")
    ledger.at("2026-02-20T12:00").accrue("m-1", 50, expires_at=ledger.local("2027-02-01T00:00"), key="Z")
    ledger.at("2026-03-05T12:00").reverse("X", key="refund")
    ledger.expect("m-1", available=50)
    figures = ledger.trial_balance()
    assert (figures["accrual_reversed"], figures["reinstated"], figures["expired"]) == (80, 80, 80)


@pytest.mark.parametrize("policy", ["debt", "clamp", "charge_shortfall"])
@pytest.mark.parametrize("ending", ["void", "capture"])
def test_what_a_hold_keeps_becomes_debt(play: Play, policy: str, ending: str) -> None:
    ledger = play(program(**ROUNDED, shortfall=policy), "2026-04-15T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="80.00", key="X")
    ledger.authorize("m-1", 60, ttl=timedelta(hours=1), key="hold")
    ledger.at("2026-04-15T12:10")
    back = ledger.reverse("X", key="refund")
    if policy == "charge_shortfall":
        assert (back.kept_back, back.spared) == (0, 0)
    ledger.expect("m-1", held=60, debt=60)
    ledger.write(ending, "hold", key="end")
    ledger.expect("m-1", debt=0 if ending == "void" else 60)


def test_policy_of_one_request(play: Play) -> None:
    ledger = refund_what_was_spent(play, "debt")
    assert ledger.reverse("X", shortfall="block", key="refund/1").code == "POINTS_ALREADY_SPENT"
    assert ledger.reverse("X", shortfall="clamp", key="refund/2").spared == 70
    ledger.expect("m-1")


def test_shortfall_is_charged_up_to_the_refund(play: Play) -> None:
    """A basket paid with points almost alone gives back little cash to keep."""
    ledger = play(program(earning=(1, 1), shortfall="charge_shortfall"), "2026-04-15T12:00")
    ledger.enroll("m-1")
    ledger.purchase("m-1", amount="2.00", key="X")
    ledger.redeem("m-1", 200, key="spent")
    back = ledger.reverse("X", amount="0.50", key="back-1")
    assert (back.cash, back.kept_back) == (0, 50)
    ledger.accrue("m-1", 100, key="A")
    ledger.purchase("m-1", amount="1.10", redeem=100, key="Y")
    ledger.redeem("m-1", 10, key="spent-2")
    ledger.expect("m-1")
    back = ledger.reverse("Y", key="back-2")
    assert (back.spent, back.cash, back.kept_back) == (100, 10, 0)
    ledger.expect("m-1", available=90)
