"""Returns that were a mistake are undone: the original is open again."""

import pytest

from ledgers import PlayedLedger, program
from scenarios.conftest import Play

POLICIES = ["debt", "clamp", "charge_shortfall", "pending_only"]


def sell(play: Play, policy: str = "debt") -> PlayedLedger:
    ledger = play(program(shortfall=policy, restore="original"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 30, expires_at=ledger.local("2026-09-01T00:00"), key="Y")
    ledger.purchase("m-1", amount="80.00", key="X")
    return ledger


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("part", [{}, {"amount": "33.33"}])
def test_as_if_nothing_had_been_returned(play: Play, policy: str, part: dict[str, object]) -> None:
    ledger = sell(play, policy)
    ledger.redeem("m-1", 100, key="spent")
    before = ledger.balance("m-1")
    ledger.reverse("X", key="back-1", **part)
    ledger.reverse("back-1", key="back-back")
    assert ledger.balance("m-1") == before
    figures = ledger.trial_balance()
    assert (figures["accrual_reversed"], figures["written_off"], figures["settled_in_cash"]) == (0, 0, 0)
    assert ledger.reverse("X", key="back-2").code == "APPLIED"


def test_once_and_whole(play: Play) -> None:
    ledger = sell(play)
    ledger.reverse("X", amount="20.00", key="back-1")
    assert ledger.reverse("back-1", amount="10.00", key="b-1").code == "WRONG_UNIT"
    assert ledger.reverse("back-1", key="b-2").code == "APPLIED"
    assert ledger.reverse("back-1", key="b-3").code == "ALREADY_REVERSED"
    assert ledger.reverse("b-2", key="b-4").code == "NOT_REVERSIBLE"
    ledger.expect("m-1", available=110)


def test_debt_that_was_paid_meanwhile_comes_back_as_points(play: Play) -> None:
    """70 were owed, 50 of them paid: 10 return to their lot, 20 are owed no more, 50 are a lot with the old dates."""
    ledger = sell(play)
    ledger.redeem("m-1", 100, key="spent")
    ledger.reverse("X", key="back-1")
    ledger.expect("m-1", debt=70)
    ledger.accrue("m-1", 50, expires_at=ledger.local("2026-07-01T00:00"), key="P1")
    ledger.expect("m-1", debt=20)
    ledger.reverse("back-1", key="back-back")
    ledger.expect("m-1", available=60)
    assert ledger.ladder("m-1") == {None: 60}


def test_write_off_that_was_made_good_comes_back_as_points(play: Play) -> None:
    ledger = sell(play, "clamp")
    ledger.redeem("m-1", 100, key="spent")
    ledger.reverse("X", key="back-1")
    ledger.reverse("spent", points=40, key="spent-back")
    ledger.expect("m-1")
    ledger.reverse("back-1", key="back-back")
    ledger.expect("m-1", available=50)
    assert ledger.trial_balance()["written_off"] == 0


def test_redemption_stands_again(play: Play) -> None:
    ledger = sell(play)
    ledger.redeem("m-1", 100, key="spent")
    before = ledger.lots("m-1")
    ledger.reverse("spent", points=80, key="back-1")
    ledger.expect("m-1", available=90)
    ledger.reverse("back-1", key="back-back")
    assert ledger.lots("m-1") == before
    ledger.reverse("spent", key="back-2")
    ledger.expect("m-1", available=110)
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2026-09-01": 30, "None": 80}


def test_redemption_stands_again_though_its_points_are_spent(play: Play) -> None:
    ledger = sell(play)
    ledger.redeem("m-1", 100, key="spent")
    ledger.reverse("spent", key="back-1")
    ledger.redeem("m-1", 60, key="spent-2")
    ledger.reverse("back-1", key="back-back")
    ledger.expect("m-1", debt=50)
    ledger.reverse("spent", key="back-2")
    ledger.expect("m-1", available=50)


def test_blocked_when_they_are_spent(play: Play) -> None:
    ledger = sell(play, "block")
    ledger.redeem("m-1", 100, key="spent")
    ledger.reverse("spent", key="back-1")
    ledger.redeem("m-1", 60, key="spent-2")
    assert ledger.reverse("back-1", key="back-back").code == "POINTS_ALREADY_SPENT"
    ledger.expect("m-1", available=50)


def test_return_of_a_basket_paid_with_points(play: Play) -> None:
    ledger = sell(play)
    ledger.purchase("m-1", amount="40.00", redeem=100, key="Z")
    before = ledger.lots("m-1")
    ledger.expect("m-1", available=49)
    ledger.reverse("Z", amount="15.00", key="back-1")
    ledger.reverse("Z", key="back-2")
    ledger.expect("m-1", available=110)
    ledger.reverse("back-1", key="back-1-back")
    ledger.reverse("back-2", key="back-2-back")
    assert ledger.lots("m-1") == before
    ledger.expect("m-1", available=49)


@pytest.mark.parametrize("points", [20, -20])
def test_adjustments(play: Play, points: int) -> None:
    ledger = sell(play)
    ledger.adjust("m-1", points, key="a-1")
    ledger.reverse("a-1", points=5, key="back-1")
    ledger.expect("m-1", available=110 + (15 if points > 0 else -15))
    ledger.reverse("a-1", key="back-2")
    ledger.expect("m-1", available=110)
    assert ledger.trial_balance()["adjusted"] == 0
    ledger.reverse("back-2", key="back-back")
    ledger.expect("m-1", available=110 + (15 if points > 0 else -15))


def test_overdrawn_adjustment(play: Play) -> None:
    ledger = sell(play)
    ledger.adjust("m-1", -120, overdraw=True, key="a-1")
    ledger.expect("m-1", debt=10)
    ledger.reverse("a-1", key="back")
    ledger.expect("m-1", available=110)
    ledger.adjust("m-1", 20, key="a-2")
    ledger.redeem("m-1", 130, key="spent")
    ledger.reverse("a-2", key="back-2")
    ledger.expect("m-1", debt=20)
