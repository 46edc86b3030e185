"""Points given away, and taken back."""

from collections import Counter
from functools import partial

import pytest

from ledgers import PlayedLedger, program
from scenarios.conftest import Play


def give(play: Play, **settings: object) -> PlayedLedger:
    """A gives 150 of A1 100 and A2 100; B has B1 40."""
    ledger = play(program(**settings), "2026-04-01T12:00")
    ledger.enroll("a")
    ledger.enroll("b")
    ledger.accrue("a", 100, expires_at=ledger.local("2026-08-01T00:00"), key="A1")
    ledger.accrue("a", 100, expires_at=ledger.local("2026-12-01T00:00"), key="A2")
    ledger.accrue("b", 40, expires_at=ledger.local("2026-07-01T00:00"), key="B1")
    assert ledger.at("2026-05-01T12:00").transfer("a", "b", 150, key="gift").available == 50
    ledger.expect("a", available=50)
    ledger.expect("b", available=190)
    ledger.at("2026-05-02T12:00").redeem("b", 120, key="r-1")
    assert ladder(ledger, "b") == {"2026-08-01": 20, "2026-12-01": 50}
    return ledger


def ladder(ledger: PlayedLedger, member: str) -> dict[str, int]:
    return {str(day): points for day, points in ledger.ladder(member).items()}


def test_part_of_it_back(play: Play) -> None:
    ledger = give(play)
    ledger.reverse("gift", points=60, key="back-1")
    ledger.expect("b", available=10)
    assert ladder(ledger, "b") == {"2026-08-01": 10}
    assert ladder(ledger, "a") == {"2026-08-01": 10, "2026-12-01": 100}


def test_more_than_is_left(play: Play) -> None:
    ledger = give(play)
    assert ledger.reverse("gift", points=150, key="back-1").code == "POINTS_ALREADY_SPENT"
    assert ledger.reverse("gift", key="back-2").code == "POINTS_ALREADY_SPENT"
    ledger.expect("b", available=70)
    assert ledger.reverse("gift", points=150, shortfall="debt", key="back-3").code == "APPLIED"
    ledger.expect("b", debt=80)
    ledger.expect("a", available=200)
    assert ledger.reverse("gift", key="back-4").code == "ALREADY_REVERSED"


def test_policy_of_the_program(play: Play) -> None:
    ledger = give(play, transfer="debt")
    assert ledger.reverse("gift", key="back-1").code == "APPLIED"
    ledger.expect("b", debt=80)


def test_gift_pays_debt_first(play: Play) -> None:
    ledger = give(play)
    ledger.adjust("b", -100, overdraw=True, key="minus")
    ledger.expect("b", debt=30)
    ledger.transfer("a", "b", 50, key="gift-2")
    ledger.expect("b", available=20)
    assert ladder(ledger, "b") == {"2026-12-01": 20}


def test_return_of_a_gift_is_undone(play: Play) -> None:
    ledger = give(play)
    ledger.reverse("gift", points=60, key="back-1")
    ledger.reverse("back-1", key="back-back")
    ledger.expect("a", available=50)
    ledger.expect("b", available=70)
    assert ladder(ledger, "b") == {"2026-08-01": 20, "2026-12-01": 50}
    assert ledger.reverse("back-back", key="too-far").code == "NOT_REVERSIBLE"


def test_expired_gift_counts_as_taken(play: Play) -> None:
    ledger = give(play)
    ledger.at("2026-08-01T00:00").reverse("gift", points=70, key="back-1")
    ledger.expect("b")
    ledger.expect("a", available=100)
    assert ledger.trial_balance()["expired"] == 40


def test_many_lots(play: Play) -> None:
    ledger = play(program(), "2026-04-01T12:00")
    for member in ("a", "b"):
        ledger.enroll(member)
    for number in range(1, 29):
        ledger.accrue("a", number, expires_at=ledger.local(f"2026-05-{number:02}T12:00"), key=f"A{number}")
    before = ledger.lots("a")
    ledger.transfer("a", "b", 400, key="gift")
    ledger.expect("a", available=6)
    ledger.expect("b", available=400)
    for part in (123, 1, 276):
        ledger.reverse("gift", points=part, key=f"back-{part}")
    assert ledger.lots("a") == before
    ledger.expect("b")


@pytest.mark.parametrize("side", ["a", "b"])
def test_who_may_not(play: Play, side: str) -> None:
    ledger = give(play)
    assert ledger.transfer("a", "a", 5, key="t-1").code == "SAME_MEMBER"
    assert ledger.transfer("a", "nobody", 5, key="t-1").code == "MEMBER_NOT_FOUND"
    assert ledger.transfer("nobody", "a", 5, key="t-1").code == "MEMBER_NOT_FOUND"
    assert ledger.transfer("a", "b", 0, key="t-1").code == "POINTS_NOT_POSITIVE"
    assert ledger.transfer("a", "b", 51, key="t-1").code == "INSUFFICIENT_POINTS"
    ledger.block(side, key="block")
    assert ledger.transfer("a", "b", 5, key="t-2").code == "MEMBER_BLOCKED"
    ledger.unblock(side, key="unblock")
    assert ledger.transfer("a", "b", 5, key="t-2").replayed
    ledger.close_member(side, key="close")
    assert ledger.transfer("a", "b", 5, key="t-3").code == "MEMBER_CLOSED"


def test_twenty_parallel_gifts(play: Play) -> None:
    ledger = play(program(), "2026-04-01T12:00")
    receivers = [f"m-{number}" for number in range(20)]
    for member in ("a", *receivers):
        ledger.enroll(member)
    ledger.accrue("a", 100, key="A")
    gifts = [partial(ledger.transfer, "a", receiver, 100, key=f"gift-{receiver}") for receiver in receivers]
    codes = Counter(outcome.code for outcome in ledger.write_in_parallel(gifts))
    assert codes == {"APPLIED": 1, "INSUFFICIENT_POINTS": 19}
    assert sum(ledger.balance(receiver).available for receiver in receivers) == 100
    ledger.expect("a")
