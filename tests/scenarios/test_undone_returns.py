"""Returns that were a mistake are undone: the original is open again."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger, program
from model import Balance
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


def test_what_is_open_again_after_the_last_return_can_be_returned_whole(play: Play) -> None:
    ledger = sell(play)
    ledger.redeem("m-1", 100, key="spent")
    ledger.reverse("spent", points=30, key="back-1")
    ledger.reverse("spent", key="back-2")
    assert ledger.reverse("spent", key="back-3").code == "ALREADY_REVERSED"
    ledger.reverse("back-1", key="back-1-back")
    ledger.expect("m-1", available=80)
    assert ledger.reverse("spent", key="back-4").code == "APPLIED"
    ledger.expect("m-1", available=110)


def test_points_that_were_never_there_are_of_no_lot_as_long_as_they_pay_debt(play: Play) -> None:
    """What they paid is owed again, and paid with other points: now they come back as of now, and live."""
    ledger = play(program(expiry="P3M", restore="original"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.adjust("m-1", -20, overdraw=True, key="minus")
    ledger.reverse("minus", key="back-1")
    ledger.expect("m-1")
    ledger.reverse("back-1", key="back-back")
    ledger.expect("m-1", debt=20)
    ledger.at("2027-05-01T12:00").accrue("m-1", 28, key="earned")
    ledger.expect("m-1", available=8)
    ledger.reverse("minus", points=16, key="back-2")
    ledger.expect("m-1", available=24)
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2027-08-02": 24}


def test_points_that_pay_debt_are_of_the_lot_they_were_drawn_from(play: Play) -> None:
    """Also where a new lot would have stood in for an expired one: grace that they never got is not used up."""
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 30, expires_at=ledger.local("2026-06-01T00:00"), key="Y")
    ledger.redeem("m-1", 30, key="spent")
    ledger.at("2026-07-01T12:00").adjust("m-1", -30, overdraw=True, key="minus")
    ledger.reverse("spent", key="back-1")
    ledger.expect("m-1")
    ledger.reverse("back-1", key="back-back")
    ledger.expect("m-1", debt=30)
    ledger.at("2026-09-01T12:00").accrue("m-1", 30, key="earned")
    ledger.expect("m-1")
    ledger.reverse("spent", key="back-2")
    ledger.expect("m-1", available=30)
    assert [str(day) for day in ledger.ladder("m-1")] == ["2026-10-02"]


def test_what_came_back_expired_counts_as_there_to_be_taken_again(play: Play) -> None:
    """Also after a capture that was told late and had itself brought it back from an earlier expiry."""
    ledger = play(program(restore="original"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 5, expires_at=ledger.local("2026-06-01T00:00"), key="Y")
    ledger.at("2026-05-31T12:00").authorize("m-1", 5, ttl=timedelta(days=5), key="hold")
    occurred = ledger.local("2026-06-02T12:00")
    ledger.at("2026-07-01T12:00").expect("m-1")
    ledger.capture("hold", offline=True, occurred_at=occurred, key="told late")
    ledger.expect("m-1")
    ledger.reverse("told late", points=2, key="back")
    ledger.expect("m-1")
    ledger.reverse("back", key="back-back")
    ledger.expect("m-1")


def test_undo_of_what_undid_nothing_is_nobodys(play: Play) -> None:
    """A refused reversal asked about an entry, not about a member: undoing it, and undoing that, shows no balance."""
    ledger = sell(play)
    ledger.reverse("X", key="back")
    assert ledger.reverse("X", key="refused").code == "ALREADY_REVERSED"
    answers = [
        ledger.reverse("refused", key="nothing"),
        ledger.reverse("nothing", key="nothing-back"),
        ledger.reverse("nothing", key="nothing-back-2"),
    ]
    assert [answer.code for answer in answers] == ["APPLIED", "APPLIED", "ALREADY_REVERSED"]
    assert all(answer.balance in (None, Balance()) for answer in answers)
    ledger.expect("m-1", available=30)


def test_points_are_taken_again_from_the_lot_they_came_back_to(play: Play) -> None:
    """Wherever they went from there: here they were spent, came back as another lot and expired in that."""
    ledger = play(program(expiry="P12M", restore="reissue"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 2, key="earned")
    ledger.redeem("m-1", 2, key="spent")
    ledger.reverse("spent", key="back")
    ledger.redeem("m-1", 2, key="spent-2")
    ledger.at("2027-06-01T12:00").reverse("spent-2", key="back-2")
    ledger.expect("m-1", available=2)
    ledger.at("2028-07-01T12:00").expect("m-1")
    ledger.reverse("back", key="back-back")
    ledger.expect("m-1", debt=2)


def test_what_was_never_there_is_in_no_lot_until_it_stays(play: Play) -> None:
    """Overdrawn points come back and pay their debt, are taken again, and come back for good: as of then."""
    ledger = play(program(expiry="P1M"), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.adjust("m-1", -10, overdraw=True, key="down")
    ledger.reverse("down", key="back")
    ledger.expect("m-1")
    ledger.reverse("back", key="again")
    ledger.expect("m-1", debt=10)
    ledger.at("2026-06-15T12:00").accrue("m-1", 25, key="A")
    ledger.expect("m-1", available=15)
    assert ledger.reverse("down", key="back-2").code == "APPLIED"
    assert {str(day): points for day, points in ledger.ladder("m-1").items()} == {"2026-07-16": 25}


def test_what_is_open_again_is_left_to_reverse(play: Play) -> None:
    ledger = play(program(), "2026-05-01T12:00")
    ledger.enroll("m-1")
    ledger.accrue("m-1", 7, key="A")
    ledger.reverse("A", points=4, key="part")
    ledger.reverse("A", key="rest")
    ledger.reverse("part", key="part-undone")
    ledger.expect("m-1", available=4)
    assert ledger.reverse("A", key="all").code == "APPLIED"
    assert ledger.reverse("A", key="more").code == "ALREADY_REVERSED"
    ledger.expect("m-1")
