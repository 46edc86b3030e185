"""S6: the advocate gets 500, the friend 200, after a first order of 30.00; what returns leave of it."""

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import code_of, referral_program, rewards

PROGRAM = referral_program(
    rewards=[{"role": "advocate", "points": 500}, {"role": "friend", "points": 200}],
    steps=[{"step": "first_purchase", "minimum": 3000}],
    caps={"advocate_month": 3},
    clawback="P30D",
    zone="Europe/Berlin",
    earning=(1, 100),
)


def joined(play: Play) -> PlayedLedger:
    """B joins with A's code and buys for 45.50."""
    ledger = play(PROGRAM, "2026-09-01T10:00")
    ledger.enroll("A", referral=ReferralBy(fingerprints=("phone:7d1f",)))
    assert ledger.enroll("B", referral=ReferralBy(code=code_of(ledger, "A"))).referral == "APPLIED"
    assert ledger.referral("B").progress == "ATTRIBUTED"
    ledger.at("2026-09-03T10:00").purchase("B", amount="45.50", key="sale")
    return ledger


def figures(ledger: PlayedLedger, member: str) -> tuple[int, int, int]:
    balance = ledger.balance(member)
    return balance.available, balance.pending, balance.debt


def test_after_the_purchase(play: Play) -> None:
    ledger = joined(play)
    assert (figures(ledger, "A"), figures(ledger, "B")) == ((0, 500, 0), (45, 200, 0))
    assert (ledger.referral("B").progress, ledger.referral("B").open) == ("QUALIFIED", "HOLD")


def test_after_the_hold(play: Play) -> None:
    ledger = joined(play).at("2026-09-17T10:00")
    assert (figures(ledger, "A"), figures(ledger, "B")) == ((500, 0, 0), (245, 0, 0))
    assert (ledger.referral("B").progress, ledger.referral("B").open) == ("SETTLED", None)


@pytest.mark.parametrize(
    ("refund", "advocate", "friend", "progress"),
    [
        ({}, (0, 0, 0), (0, 0, 0), "REVERSED"),
        ({"amount": "20.00"}, (0, 0, 0), (25, 0, 0), "REVERSED"),
        ({"amount": "10.00"}, (0, 500, 0), (35, 200, 0), "QUALIFIED"),
    ],
)
def test_refund_within_the_hold(
    play: Play,
    refund: dict[str, object],
    advocate: tuple[int, int, int],
    friend: tuple[int, int, int],
    progress: str,
) -> None:
    ledger = joined(play)
    ledger.at("2026-09-10T10:00").reverse("sale", key="back", **refund)
    assert (figures(ledger, "A"), figures(ledger, "B")) == (advocate, friend)
    assert ledger.referral("B").progress == progress


@pytest.mark.parametrize(
    ("day", "advocate", "friend", "progress"),
    [
        ("2026-09-25T10:00", (0, 0, 450), (0, 0, 0), "REVERSED"),
        ("2026-10-05T10:00", (50, 0, 0), (200, 0, 0), "SETTLED"),
    ],
)
def test_refund_after_the_advocate_spent(
    play: Play, day: str, advocate: tuple[int, int, int], friend: tuple[int, int, int], progress: str
) -> None:
    ledger = joined(play).at("2026-09-17T10:00")
    ledger.redeem("A", 450, key="spent")
    ledger.at(day).reverse("sale", key="back")
    assert (figures(ledger, "A"), figures(ledger, "B")) == (advocate, friend)
    assert ledger.referral("B").progress == progress


def test_fourth_friend_of_the_month(play: Play) -> None:
    ledger = joined(play)
    code = code_of(ledger, "A")
    for friend in ("C", "D", "E"):
        ledger.enroll(friend, referral=ReferralBy(code=code))
        ledger.purchase(friend, amount="30.00", key=f"sale/{friend}")
    assert ledger.balance("A").pending == 3 * 500
    assert ledger.balance("E").pending == 200
    assert rewards(ledger, "E") == {"advocate": (0, "CAP_LIMITED"), "friend": (200, "PENDING")}
    assert [one.reason for one in ledger.referral("E").rewards] == ["CAP_REACHED", None]
    ledger.enroll("F", referral=ReferralBy(code=code))
    ledger.at("2026-10-01T00:00").purchase("F", amount="30.00", key="sale/F")
    assert rewards(ledger, "F")["advocate"] == (500, "PENDING")


def test_same_phone(play: Play) -> None:
    ledger = joined(play)
    named = ReferralBy(code=code_of(ledger, "A"), fingerprints=("phone:7d1f",))
    assert ledger.enroll("C", referral=named).referral == "SAME_IDENTITY"
    ledger.purchase("C", amount="45.50", key="sale/C")
    assert (figures(ledger, "A"), figures(ledger, "C")) == ((0, 500, 0), (45, 0, 0))


def test_second_code(play: Play) -> None:
    ledger = joined(play)
    ledger.enroll("C")
    assert ledger.bind("B", code=code_of(ledger, "C"), key="again").code == "ALREADY_REFERRED"
    assert ledger.bind("B", code=code_of(ledger, "A"), key="same").code == "ALREADY_REFERRED"
    assert ledger.purchase("B", amount="5.00", referral=ReferralBy(code=code_of(ledger, "C")), key="p-2").referral == (
        "ALREADY_REFERRED"
    )
    assert (ledger.referral("B").advocate, ledger.referrals("C")) == ("A", [])
