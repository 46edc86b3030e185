"""R6 to R8: what refunds, chargebacks and won disputes do to percentages, and to rewards of several levels."""

from datetime import timedelta

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from model.referral.splitting import Contact, credit, split
from scenarios.conftest import Play
from scenarios.referral_program import code_of, pending, referral_program, rewards

PERCENT = [{"role": "advocate", "percent_bp": 500}]


def chain(play: Play, *members: str, **settings: object) -> PlayedLedger:
    """Each member is brought by the one before."""
    ledger = play(referral_program(**settings), "2026-02-01T00:00").at("2026-03-01T12:00")
    ledger.enroll(members[0])
    for advocate, friend in zip(members, members[1:], strict=False):
        ledger.enroll(friend, referral=ReferralBy(code=code_of(ledger, advocate)))
    return ledger


def test_r6_chargeback_and_won_dispute(play: Play) -> None:
    ledger = chain(play, "A", "F", rewards=PERCENT)
    ledger.purchase("F", amount=12_000, key="sale")
    ledger.at("2026-03-15T12:00").expect("A", available=600)
    ledger.redeem("A", 450, key="spent")
    ledger.expect("A", available=150)
    assert ledger.dispute("sale", "lost", key="lost").code == "APPLIED"
    ledger.expect("A", debt=450)
    assert rewards(ledger, "F")["advocate"] == (0, "CLAWED")
    ledger.accrue("A", 500, key="new")
    ledger.expect("A", available=50)
    assert ledger.dispute("sale", "won", key="won").code == "APPLIED"
    ledger.expect("A", available=650)
    assert (ledger.referral("F").progress, rewards(ledger, "F")["advocate"]) == ("SETTLED", (600, "AVAILABLE"))
    ledger.reverse("sale", amount=4800, key="back")
    ledger.expect("A", available=410)
    assert rewards(ledger, "F")["advocate"] == (360, "AVAILABLE")


def test_disputes_are_won_once_and_only_when_lost(play: Play) -> None:
    ledger = chain(play, "A", "F")
    ledger.purchase("F", amount="60.00", key="sale")
    assert ledger.dispute("sale", "won", key="d-1").code == "NOT_DISPUTED"
    assert ledger.dispute("sale", "lost", key="d-2").code == "APPLIED"
    assert ledger.dispute("sale", "lost", key="d-3").code == "ALREADY_REVERSED"
    assert ledger.dispute("sale", "won", key="d-4").code == "APPLIED"
    assert ledger.dispute("sale", "won", key="d-5").code == "NOT_DISPUTED"
    assert pending(ledger, "A", "F") == [500, 250]
    assert ledger.dispute("sale", "lost", key="d-6").code == "APPLIED"
    assert (ledger.referral("F").progress, pending(ledger, "A", "F")) == ("REVERSED", [0, 0])
    assert ledger.dispute("sale", "perhaps", key="d-7").code == "FIELD_INVALID"
    assert ledger.dispute("nothing", "won", key="d-8").code == "TRANSACTION_NOT_FOUND"


def test_chargeback_that_comes_before_its_sale(play: Play) -> None:
    ledger = chain(play, "A", "F")
    assert ledger.dispute("sale", "lost", key="lost").code == "PARKED"
    assert ledger.purchase("F", amount="60.00", key="sale").code == "ALREADY_REVERSED"
    assert (ledger.referral("F").progress, pending(ledger, "A", "F")) == ("REVERSED", [0, 0])


def test_nothing_but_a_won_dispute_qualifies_again(play: Play) -> None:
    ledger = chain(play, "A", "F")
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.reverse("sale", amount="40.00", key="back")
    ledger.purchase("F", amount="60.00", key="sale-2")
    ledger.reverse("back", key="back-back")
    assert (ledger.referral("F").progress, pending(ledger, "A", "F")) == ("REVERSED", [0, 0])


@pytest.mark.parametrize(
    ("policy", "balance", "later"),
    [("debt", {"debt": 400}, {"debt": 300}), ("clamp", {}, {"available": 100}), ("review", {}, {"available": 100})],
)
def test_rewards_that_were_spent(play: Play, policy: str, balance: dict[str, int], later: dict[str, int]) -> None:
    ledger = chain(play, "A", "F", shortfall=policy)
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-03-15T12:00").redeem("A", 400, key="spent")
    ledger.reverse("sale", key="back")
    ledger.expect("A", **balance)
    ledger.accrue("A", 100, key="new")
    ledger.expect("A", **later)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (("A", "B", "C", "F"), {"C": 999, "B": 400, "A": 200}),
        (("B", "C", "F"), {"C": 999, "B": 400}),
    ],
)
def test_r7_levels(play: Play, members: tuple[str, ...], expected: dict[str, int]) -> None:
    ledger = chain(play, *members, rewards=[], levels=[500, 200, 100])
    ledger.purchase("F", amount=19_999, key="sale")
    assert {one.member: one.points for one in ledger.referral("F").rewards} == expected
    assert [one.role for one in ledger.referral("F").rewards] == ["advocate", "upline-2", "upline-3"][: len(expected)]
    ledger.reverse("sale", key="back")
    assert pending(ledger, *expected) == [0] * len(expected)


def test_fixed_rewards_of_those_above(play: Play) -> None:
    above = [{"role": "upline", "points": 40}, {"role": "upline", "level": 4, "points": 10}]
    both = [{"role": "advocate", "points": 500}, {"role": "friend", "points": 250}]
    ledger = chain(play, "A", "B", "C", "F", rewards=[*both, *above])
    ledger.purchase("F", amount="60.00", key="sale")
    decided = [(one.role, one.member, one.points) for one in ledger.referral("F").rewards]
    assert decided == [("advocate", "C", 500), ("friend", "F", 250), ("upline-2", "B", 40)]


def test_every_purchase_is_rewarded_until_the_deadline(play: Play) -> None:
    steps = [{"step": "every_purchase", "minimum": 1000}]
    ledger = chain(play, "A", "F", rewards=PERCENT, steps=steps, deadline="P10D")
    for day, amount in enumerate((12_000, 999, 4_000, 8_000), 1):
        ledger.at(f"2026-03-0{day}T13:00").purchase("F", amount=amount, key=f"sale/{day}")
    ledger.at("2026-03-11T12:00").purchase("F", amount=12_000, key="sale/too late")
    assert [one.points for one in ledger.referral("F").rewards] == [600, 200, 400]
    ledger.reverse("sale/3", key="back")
    assert [one.points for one in ledger.referral("F").rewards] == [600, 0, 400]
    assert ledger.referral("F").progress == "QUALIFIED"


def test_rewards_are_lots_like_any_other(play: Play) -> None:
    ledger = chain(play, "A", "F", ledger={"expiry": "P1M"})
    ledger.purchase("F", amount="60.00", key="sale")
    ledger.at("2026-03-15T12:00").redeem("A", 500, key="spent")
    assert rewards(ledger, "F") == {"advocate": (500, "REDEEMED"), "friend": (250, "AVAILABLE")}
    ledger.at("2026-04-16T00:00")
    assert rewards(ledger, "F")["friend"] == (250, "EXPIRED")
    ledger.expect("F")


def test_refunds_of_levels_come_to_the_same_sum_and_to_nothing(play: Play) -> None:
    ledger = chain(play, "A", "B", "C", "F", rewards=[], levels=[500, 200, 100])
    ledger.purchase("F", amount=19_999, key="sale")
    ledger.reverse("sale", amount=6_667, key="back-1")
    assert sum(pending(ledger, "A", "B", "C")) == 1599 * 13_332 // 19_999
    ledger.reverse("sale", amount=6_666, key="back-2")
    assert sum(pending(ledger, "A", "B", "C")) == 1599 * 6_666 // 19_999
    ledger.reverse("sale", key="back-3")
    assert pending(ledger, "A", "B", "C") == [0, 0, 0]


def test_r8_three_partners() -> None:
    weights = {"P": 40, "Q": 20, "R": 40}
    given = split(1000, weights, "conversion")
    assert given == {"P": 400, "Q": 200, "R": 400}
    first = split(1000 * 10_000 // 25_000, given, "conversion")
    assert first == {"P": 160, "Q": 80, "R": 160}
    left = {partner: given[partner] - first[partner] for partner in given}
    rest = split(sum(left.values()), left, "conversion")
    assert {partner: left[partner] - rest[partner] for partner in left} == {"P": 0, "Q": 0, "R": 0}


def test_r8_steps_are_split_over_what_remains() -> None:
    given = split(11, {"P": 6, "Q": 6, "R": 2}, "conversion")
    assert list(given.values()) == [5, 5, 1]
    taken = split(6, given, "conversion")
    assert list(taken.values()) == [3, 3, 0]
    left = {partner: given[partner] - taken[partner] for partner in given}
    assert list(split(5, left, "conversion").values()) == [2, 2, 1]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("linear", [200, 400, 200, 200]),
        ("position", [400, 133, 67, 400]),
        ("time_decay", [54, 397, 160, 389]),
        ("first", [1000, 0, 0, 0]),
        ("last", [0, 0, 0, 1000]),
        ("last_non_direct", [0, 1000, 0, 0]),
        ("w_shaped", [300, 100, 300, 300]),
        ("set_linear", [250, 250, 250, 250]),
    ],
)
def test_credit_of_five_touches(model: str, expected: list[int]) -> None:
    ages = {"A": 20, "B": 13, "C": 9, "B again": 3, "D": 0}
    contacts = [Contact(name[0], timedelta(days=age), is_direct=name == "D") for name, age in ages.items()]
    shares = split(1000, credit(contacts, model), "conversion")
    assert [shares[advocate] for advocate in "ABCD"] == expected
