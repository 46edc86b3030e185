"""Milestones: what an advocate gets beside once so many friends count, and what comes again after it was lost."""

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import (
    available,
    code_of,
    pending,
    referral_program,
    rewards,
    states,
    utc,
    vouchers,
)

ADVOCATE = [{"role": "advocate", "points": 500}]
TWO_AND_THREE = [{"friends": 2, "points": 1000}, {"friends": 3, "voucher": "a weekend", "voucher_valid": "P1Y"}]


def opened(play: Play, friends: str, **settings: object) -> PlayedLedger:
    """A brought the friends; nobody has bought."""
    given = {"rewards": ADVOCATE, "milestones": TWO_AND_THREE, "friend_must_be_new": False, **settings}
    ledger = play(referral_program(**given), "2026-02-01T00:00").at("2026-03-01T12:00")
    ledger.enroll("A")
    for friend in friends:
        ledger.enroll(friend, referral=ReferralBy(code=code_of(ledger, "A")))
    return ledger


def bought(play: Play, friends: str, **settings: object) -> PlayedLedger:
    """All of them buy, one after the other."""
    ledger = opened(play, friends, **settings)
    for friend in friends:
        buy(ledger, friend)
    return ledger


def buy(ledger: PlayedLedger, friend: str, amount: int = 6_000) -> None:
    ledger.purchase(friend, amount=amount, key=f"sale/{friend}")


def test_second_and_third_friend(play: Play) -> None:
    ledger = bought(play, "FGH")
    assert rewards(ledger, "F") == {"advocate": (500, "PENDING")}
    assert rewards(ledger, "G") == {"advocate": (500, "PENDING"), "milestone-1": (1000, "PENDING")}
    assert rewards(ledger, "H") == {"advocate": (500, "PENDING"), "milestone-2": (0, "PENDING")}
    assert (pending(ledger, "A"), vouchers(ledger, "H")["milestone-2"].label) == ([2500], "a weekend")
    ledger.at("2026-03-15T12:00")
    assert (available(ledger, "A"), states(ledger, "H")["milestone-2"]) == ([2500], ("AVAILABLE", "AVAILABLE"))
    assert vouchers(ledger, "H")["milestone-2"].expires_at == utc("2027-03-15T12:00")


def test_milestones_come_once(play: Play) -> None:
    ledger = bought(play, "FGHIJ")
    told = [one.role for friend in "FGHIJ" for one in ledger.referral(friend).rewards if one.role != "advocate"]
    assert (told, pending(ledger, "A")) == (["milestone-1", "milestone-2"], [3500])


def test_milestone_belongs_to_the_friend_who_reached_it(play: Play) -> None:
    """It goes with that friend's sale, and comes again with the next friend who counts."""
    ledger = bought(play, "FG")
    ledger.reverse("sale/G", key="back")
    assert rewards(ledger, "G") == {"advocate": (0, "CANCELLED"), "milestone-1": (0, "CANCELLED")}
    assert pending(ledger, "A") == [500]
    ledger.enroll("H", referral=ReferralBy(code=code_of(ledger, "A")))
    buy(ledger, "H")
    assert rewards(ledger, "H") == {"advocate": (500, "PENDING"), "milestone-1": (1000, "PENDING")}


def test_friend_before_is_reversed(play: Play) -> None:
    """The milestone stays with the friend who reached it, though fewer count now; for the next only those count."""
    ledger = bought(play, "FG")
    ledger.reverse("sale/F", key="back")
    assert (rewards(ledger, "G")["milestone-1"], pending(ledger, "A")) == ((1000, "PENDING"), [1500])
    for friend in "HI":
        ledger.enroll(friend, referral=ReferralBy(code=code_of(ledger, "A")))
        buy(ledger, friend)
    assert list(rewards(ledger, "H")) == ["advocate"]
    assert list(rewards(ledger, "I")) == ["advocate", "milestone-2"]


def test_partial_refunds_leave_it_whole(play: Play) -> None:
    percent = [{"role": "advocate", "percent_bp": 500}]
    ledger = bought(play, "FG", rewards=percent)
    ledger.reverse("sale/G", amount=3_000, key="back/1")
    assert rewards(ledger, "G") == {"advocate": (150, "PENDING"), "milestone-1": (1000, "PENDING")}
    ledger.reverse("sale/G", amount=1_000, key="back/2")
    assert rewards(ledger, "G") == {"advocate": (0, "CANCELLED"), "milestone-1": (0, "CANCELLED")}


def test_frozen_with_its_friend(play: Play) -> None:
    ledger = bought(play, "FGH")
    ledger.review("H", "freeze", key="freeze")
    assert states(ledger, "H")["milestone-2"] == ("FROZEN", "PENDING")
    ledger.review("H", "release", key="release")
    assert states(ledger, "H")["milestone-2"] == ("PENDING", "PENDING")
    ledger.review("H", "deny", key="deny")
    assert states(ledger, "H")["milestone-2"] == ("CANCELLED", "DISABLED")


def test_friends_who_do_not_count(play: Play) -> None:
    """The second is above the cap: with it no milestone is reached, though the cap does not concern milestones."""
    ledger = bought(play, "FG", caps={"advocate": 1})
    assert rewards(ledger, "G") == {"advocate": (0, "CAP_LIMITED")}
    assert pending(ledger, "A") == [500]


def test_caps_of_the_advocate_do_not_count_milestones(play: Play) -> None:
    first = [{"friends": 1, "points": 7}, {"friends": 2, "points": 8}]
    ledger = bought(play, "FG", caps={"advocate": 2}, milestones=first)
    assert (rewards(ledger, "F")["milestone-1"], rewards(ledger, "G")["milestone-2"]) == (
        (7, "PENDING"),
        (8, "PENDING"),
    )


def test_the_budget_concerns_milestones(play: Play) -> None:
    """What was limited is decided again with the next friend who counts."""
    ledger = bought(play, "FG", rewards=[{"role": "advocate", "percent_bp": 1000}], caps={"program": 2000})
    assert rewards(ledger, "G") == {"advocate": (600, "PENDING"), "milestone-1": (0, "CAP_LIMITED")}
    ledger.reverse("sale/F", key="back")
    ledger.enroll("H", referral=ReferralBy(code=code_of(ledger, "A")))
    buy(ledger, "H", 4_000)
    assert rewards(ledger, "H") == {"advocate": (400, "PENDING"), "milestone-1": (1000, "PENDING")}


def test_several_at_once(play: Play) -> None:
    """A later version asks for fewer friends: what has been reached comes with the next one."""
    ledger = bought(play, "FG", milestones=[{"friends": 9, "points": 1}])
    many = [{"friends": 1, "points": 10}, {"friends": 2, "points": 20}, {"friends": 4, "points": 40}]
    ledger.write("publish", referral_program(rewards=ADVOCATE, milestones=many, friend_must_be_new=False))
    ledger.enroll("H", referral=ReferralBy(code=code_of(ledger, "A")))
    buy(ledger, "H")
    told = [(one.role, one.member, one.points) for one in ledger.referral("H").rewards]
    assert told == [("advocate", "A", 500), ("milestone-1", "A", 10), ("milestone-2", "A", 20)]


def test_after_all_other_roles(play: Play) -> None:
    both = [*ADVOCATE, {"role": "friend", "points": 250}, {"role": "upline", "points": 50}]
    ledger = opened(play, "F", rewards=both, milestones=[{"friends": 1, "points": 7}], graph="any")
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "F")))
    buy(ledger, "G")
    told = [(one.role, one.member, one.points) for one in ledger.referral("G").rewards]
    assert told == [("advocate", "F", 500), ("friend", "G", 250), ("upline-2", "A", 50), ("milestone-1", "F", 7)]


def test_with_levels(play: Play) -> None:
    ledger = opened(play, "F", rewards=[], levels=[500, 200], milestones=[{"friends": 1, "points": 7}], graph="any")
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "F")))
    buy(ledger, "G")
    told = [(one.role, one.member, one.points) for one in ledger.referral("G").rewards]
    assert told == [("advocate", "F", 300), ("upline-2", "A", 120), ("milestone-1", "F", 7)]
    ledger.reverse("sale/G", amount=3_000, key="back")
    assert [one.points for one in ledger.referral("G").rewards] == [150, 60, 7]


def test_every_purchase_counts(play: Play) -> None:
    ledger = opened(play, "F", steps=[{"step": "every_purchase"}])
    for number in range(3):
        ledger.purchase("F", amount=1_000, key=f"sale/{number}")
    told = [one.role for one in ledger.referral("F").rewards]
    assert told == ["advocate", "advocate", "milestone-1", "advocate", "milestone-2"]


def test_advocates_are_counted_apart(play: Play) -> None:
    ledger = opened(play, "F")
    ledger.enroll("B")
    ledger.enroll("G", referral=ReferralBy(code=code_of(ledger, "B")))
    for friend in "FG":
        buy(ledger, friend)
    assert [list(rewards(ledger, friend)) for friend in "FG"] == [["advocate"], ["advocate"]]


@pytest.mark.parametrize("outcome", ["lost", "won"])
def test_disputes(play: Play, outcome: str) -> None:
    ledger = bought(play, "FGH")
    ledger.dispute("sale/H", "lost", key="lost")
    assert states(ledger, "H")["milestone-2"] == ("CANCELLED", "DISABLED")
    if outcome == "won":
        ledger.dispute("sale/H", "won", key="won")
        assert states(ledger, "H")["milestone-2"] == ("PENDING", "PENDING")
        assert pending(ledger, "A") == [2500]


def test_sale_that_never_stood_reaches_nothing(play: Play) -> None:
    ledger = opened(play, "F", milestones=[{"friends": 1, "points": 7}])
    ledger.reverse("sale/F", key="back")
    buy(ledger, "F")
    assert rewards(ledger, "F") == {"advocate": (0, "CANCELLED")}


def test_refund_that_was_known_before_takes_it_in_the_same_entry(play: Play) -> None:
    ledger = opened(play, "F", milestones=[{"friends": 1, "points": 7}])
    ledger.reverse("sale/F", amount=4_000, key="back")
    buy(ledger, "F")
    assert rewards(ledger, "F") == {"advocate": (0, "CANCELLED"), "milestone-1": (0, "CANCELLED")}
    assert pending(ledger, "A") == [0]
