"""R8 and the models of credit: what several partners get who had a part in one sale, and what refunds take of it."""

from datetime import timedelta
from itertools import permutations

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import available, code_of, pending, referral_program, rewards, utc

FOUR_PERCENT = [{"role": "advocate", "percent_bp": 400}]
THOUSAND = [{"role": "advocate", "points": 1000}]
BOUGHT = utc("2026-03-25T12:00")
FIVE_TOUCHES = (("A", 20), ("B", 13), ("C", 9), ("B", 3), ("D", 0))


def opened(play: Play, *, credit: str = "linear", friends: str = "F", **settings: object) -> PlayedLedger:
    """Partners A to D; no click yet."""
    given = {"rewards": THOUSAND, **settings, "credit": credit}
    if credit == "time_decay":
        given = {"half_life": "P7D", **given}
    ledger = play(referral_program(**given), "2026-02-01T00:00")
    for partner in "ABCD":
        ledger.enroll(partner)
        code_of(ledger, partner)
    for friend in friends:
        ledger.enroll(friend)
    ledger.advance_to(BOUGHT)
    return ledger


def click(ledger: PlayedLedger, partner: str, days_ago: float, friend: str = "F", method: str = "click") -> str:
    key = f"{friend}/{partner}/{days_ago}"
    touched = BOUGHT - timedelta(days=days_ago)
    if partner == "-":
        return ledger.visit(f"token/{friend}", touched, key=key).code
    return ledger.touch(f"token/{friend}", code_of(ledger, partner), touched, method=method, key=key).code


def buy(ledger: PlayedLedger, amount: int = 25_000, friend: str = "F") -> str:
    named = ReferralBy(token=f"token/{friend}")
    answer = ledger.purchase(friend, amount=amount, referral=named, occurred_at=BOUGHT, key=f"sale/{friend}")
    return str(answer.referral)


def clicked(play: Play, touches: tuple[tuple[str, int], ...], **settings: object) -> PlayedLedger:
    ledger = opened(play, **settings)
    for partner, days_ago in touches:
        assert click(ledger, partner, days_ago) == "APPLIED"
    return ledger


def decided(ledger: PlayedLedger, friend: str = "F") -> list[tuple[str, int, str]]:
    return [(one.member, one.points, one.state) for one in ledger.referral(friend).rewards if one.role == "advocate"]


def test_r8_three_partners_and_their_refunds(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6), ("C", 3)), credit="position", rewards=FOUR_PERCENT)
    assert buy(ledger) == "APPLIED"
    assert pending(ledger, "A", "B", "C") == [400, 200, 400]
    ledger.reverse("sale/F", amount=10_000, key="back/1")
    assert pending(ledger, "A", "B", "C") == [240, 120, 240]
    ledger.restart()
    ledger.reverse("sale/F", key="back/2")
    assert pending(ledger, "A", "B", "C") == [0, 0, 0]
    assert (ledger.referral("F").progress, decided(ledger)[0]) == ("REVERSED", ("A", 0, "CANCELLED"))


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("linear", {"A": 200, "B": 400, "C": 200, "D": 200}),
        ("position", {"A": 400, "B": 133, "C": 67, "D": 400}),
        ("time_decay", {"A": 54, "B": 397, "C": 160, "D": 389}),
        ("first", {"A": 1000}),
        ("last", {"D": 1000}),
        ("last_non_direct", {"D": 1000}),
        ("w_shaped", {"A": 300, "B": 100, "C": 300, "D": 300}),
        ("set_linear", {"A": 250, "B": 250, "C": 250, "D": 250}),
    ],
)
def test_five_touches(play: Play, credit: str, expected: dict[str, int]) -> None:
    """A 20 days before, B 13, C 9, B again 3, D at the very instant; the edge is A's, who was first."""
    ledger = clicked(play, FIVE_TOUCHES, credit=credit)
    assert buy(ledger) == "APPLIED"
    assert decided(ledger) == [(partner, points, "PENDING") for partner, points in expected.items()]
    assert ledger.referral("F").advocate == "A"
    ledger.advance_to(BOUGHT + timedelta(days=14))
    assert available(ledger, "A", "B", "C", "D") == [expected.get(partner, 0) for partner in "ABCD"]


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("linear", {"A": 250, "B": 500}),
        ("position", {"A": 400, "B": 200}),
        ("first", {"A": 1000}),
        ("last", {}),
        ("last_non_direct", {"B": 1000}),
        ("w_shaped", {"A": 300, "B": 400}),
        ("set_linear", {"A": 333, "B": 333}),
    ],
)
def test_direct_visits_are_nobodys(play: Play, credit: str, expected: dict[str, int]) -> None:
    """A, B, B and a visit that came by itself: that one takes its weight, and nobody gets it."""
    ledger = clicked(play, (("A", 9), ("B", 6), ("B", 3), ("-", 1)), credit=credit)
    buy(ledger)
    assert {member: points for member, points, _ in decided(ledger)} == expected
    assert ledger.referral("F").progress == ("QUALIFIED" if expected else "SETTLED")


def test_token_of_direct_visits_alone_is_as_good_as_unknown(play: Play) -> None:
    ledger = clicked(play, (("-", 2), ("-", 1)))
    assert ledger.bind("F", token="token/F", key="bind").code == "PARKED"
    assert (ledger.referral("F").edge, ledger.referral("F").open) == ("UNBOUND", "TOUCH")
    assert click(ledger, "B", 3) == "APPLIED"
    assert ledger.referral("F").advocate == "B"
    assert ledger.referral("F").touches == (("F/-/1", "LOST"), ("F/-/2", "LOST"), ("F/B/3", "WON"))


def test_direct_visits_have_a_window(play: Play) -> None:
    ledger = clicked(play, (("A", 3), ("-", 2)), windows={"direct": "P1D"})
    buy(ledger)
    assert decided(ledger) == [("A", 1000, "PENDING")]


def test_typed_code_is_a_contact_at_the_instant_of_its_claim(play: Play) -> None:
    ledger = clicked(play, (("A", 9),), credit="last")
    named = ReferralBy(code=code_of(ledger, "B"), token="token/F")
    ledger.purchase("F", amount=25_000, referral=named, key="sale/F")
    assert (decided(ledger), ledger.referral("F").advocate) == ([("B", 1000, "PENDING")], "B")


def test_credit_and_friend(play: Play) -> None:
    """The friend's reward is what it always was, and comes after the partners'."""
    ledger = clicked(play, (("A", 9), ("B", 6)), rewards=[*THOUSAND, {"role": "friend", "points": 250}])
    buy(ledger)
    told = [(one.role, one.member, one.points) for one in ledger.referral("F").rewards]
    assert told == [("advocate", "A", 500), ("advocate", "B", 500), ("friend", "F", 250)]
    ledger.advance_to(BOUGHT + timedelta(days=14))
    assert available(ledger, "A", "B", "F") == [500, 500, 250]


def test_without_credit_the_advocate_of_the_edge_gets_all(play: Play) -> None:
    ledger = play(referral_program(rewards=THOUSAND), "2026-02-01T00:00")
    for member in "ABF":
        ledger.enroll(member)
    ledger.advance_to(BOUGHT)
    for partner, days_ago in (("A", 9), ("B", 6), ("-", 3)):
        assert click(ledger, partner, days_ago) == "APPLIED"
    buy(ledger)
    assert decided(ledger) == [("A", 1000, "PENDING")]


def test_own_touches_are_no_contacts(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6)))
    assert click(ledger, "F", 3) == "APPLIED"
    buy(ledger)
    assert decided(ledger) == [("A", 500, "PENDING"), ("B", 500, "PENDING")]


def test_blocked_partners_are_no_contacts(play: Play) -> None:
    """They are asked when their touches become known, and never again."""
    ledger = clicked(play, (("A", 9), ("B", 6), ("C", 3)))
    ledger.block("B", key="block/B")
    assert ledger.bind("F", token="token/F", occurred_at=BOUGHT, key="bind").code == "APPLIED"
    ledger.unblock("B", key="unblock/B")
    ledger.block("C", key="block/C")
    ledger.purchase("F", amount=25_000, occurred_at=BOUGHT, key="sale/F")
    assert decided(ledger) == [("A", 500, "PENDING"), ("C", 500, "PENDING")]


def test_partners_of_the_same_identity_are_no_contacts(play: Play) -> None:
    ledger = opened(play)
    ledger.enroll("E", referral=ReferralBy(fingerprints=("card:1",)))
    ledger.enroll("G", referral=ReferralBy(fingerprints=("card:1",)))
    for partner, days_ago in (("A", 9), ("E", 6)):
        click(ledger, partner, days_ago, "G")
    buy(ledger, friend="G")
    assert decided(ledger, "G") == [("A", 1000, "PENDING")]


def test_circles_are_asked_about_every_contact(play: Play) -> None:
    """F brought D: what D's touch would have earned goes to the others."""
    ledger = opened(play, graph="any", friend_must_be_new=False)
    ledger.bind("D", code=code_of(ledger, "F"), occurred_at=BOUGHT - timedelta(days=1), key="bind/D")
    for partner, days_ago in (("A", 9), ("D", 6)):
        click(ledger, partner, days_ago)
    buy(ledger)
    assert decided(ledger) == [("A", 1000, "PENDING")]


def test_older_sale_within_grace_makes_a_later_touch_one_of_an_old_customer(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6)))
    buy(ledger)
    assert decided(ledger) == [("A", 500, "PENDING"), ("B", 500, "PENDING")]
    ledger.advance_to(BOUGHT + timedelta(hours=23))
    ledger.purchase("F", amount=100, occurred_at=BOUGHT - timedelta(days=7), key="older")
    assert (decided(ledger), pending(ledger, "A", "B")) == ([("A", 1000, "PENDING")], [1000, 0])


def test_coupon_that_another_has_is_no_contact(play: Play) -> None:
    ledger = opened(play, friends="FG")
    coupon = str(ledger.issue_code("B", single_use=True, key="coupon").code)
    click(ledger, "A", 9)
    ledger.touch("token/F", coupon, BOUGHT - timedelta(days=6), key="coupon/F")
    assert ledger.bind("G", code=coupon, key="bind/G").code == "APPLIED"
    buy(ledger)
    assert decided(ledger) == [("A", 1000, "PENDING")]


@pytest.mark.parametrize(
    ("hours", "expected"), [(23, {"A": 333, "B": 334, "C": 333}), (24, {"A": 500, "B": 500})], ids=["within", "after"]
)
def test_late_touch(play: Play, hours: int, expected: dict[str, int]) -> None:
    """It was made before the sale; whether it changes anything depends on when it is told."""
    ledger = clicked(play, (("A", 9), ("B", 6)))
    buy(ledger)
    ledger.advance_to(BOUGHT + timedelta(hours=hours))
    assert click(ledger, "C", 3) == "APPLIED"
    assert decided(ledger) == [(partner, points, "PENDING") for partner, points in expected.items()]
    assert ledger.referral("F").advocate == "A"


def test_late_touch_after_a_refund(play: Play) -> None:
    """What was decided is taken back, and what the refund leaves of the new shares is given."""
    ledger = clicked(play, (("A", 9), ("C", 3)), credit="position", rewards=FOUR_PERCENT)
    buy(ledger)
    ledger.reverse("sale/F", amount=10_000, key="back/1")
    assert pending(ledger, "A", "B", "C") == [300, 0, 300]
    click(ledger, "B", 6)
    assert pending(ledger, "A", "B", "C") == [240, 120, 240]


def test_late_touch_decides_every_purchase_anew(play: Play) -> None:
    ledger = clicked(play, (("A", 9),), steps=[{"step": "every_purchase"}], rewards=FOUR_PERCENT)
    buy(ledger, 5_000)
    ledger.advance_to(BOUGHT + timedelta(hours=1))
    ledger.purchase("F", amount=10_000, key="sale/2")
    assert decided(ledger) == [("A", 200, "PENDING"), ("A", 400, "PENDING")]
    click(ledger, "B", 6)
    shares = [("A", 100), ("B", 100), ("A", 200), ("B", 200)]
    assert decided(ledger) == [(member, points, "PENDING") for member, points in shares]
    ledger.advance_to(BOUGHT + timedelta(hours=24))
    click(ledger, "C", 3)
    ledger.purchase("F", amount=20_000, key="sale/3")
    shares += [("A", 400), ("B", 400)]
    assert decided(ledger) == [(member, points, "PENDING") for member, points in shares]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_touches_claim_and_sale_in_any_order(play: Play, order: tuple[int, ...]) -> None:
    ledger = opened(play, credit="time_decay")
    acts = [
        lambda: click(ledger, "A", 14),
        lambda: click(ledger, "B", 7),
        lambda: ledger.bind("F", token="token/F", occurred_at=BOUGHT - timedelta(days=1), key="bind"),
        lambda: ledger.purchase("F", amount=25_000, occurred_at=BOUGHT, key="sale/F"),
    ]
    for place in order:
        ledger.advance_to(ledger.now() + timedelta(minutes=1))
        acts[place]()
    assert decided(ledger) == [("A", 333, "PENDING"), ("B", 667, "PENDING")]
    assert (pending(ledger, "A", "B"), ledger.referral("F").advocate) == ([333, 667], "A")


def test_caps_count_each_share_of_each_partner(play: Play) -> None:
    ledger = opened(play, friends="FG", caps={"advocate": 1}, credit="position")
    click(ledger, "A", 3)
    buy(ledger)
    for partner, days_ago in (("B", 9), ("A", 6), ("C", 3)):
        click(ledger, partner, days_ago, "G")
    buy(ledger, friend="G")
    assert decided(ledger, "G") == [("B", 400, "PENDING"), ("A", 0, "CAP_LIMITED"), ("C", 400, "PENDING")]
    ledger.reverse("sale/F", key="back")
    assert decided(ledger, "G")[1] == ("A", 0, "CAP_LIMITED")


def test_budget_takes_each_share_whole_or_not_at_all(play: Play) -> None:
    ledger = opened(play, friends="FG", caps={"program": 1500}, credit="position")
    for friend in "FG":
        for partner, days_ago in (("A", 9), ("B", 6), ("C", 3)):
            click(ledger, partner, days_ago, friend)
        buy(ledger, friend=friend)
    assert decided(ledger, "G") == [("A", 400, "PENDING"), ("B", 0, "CAP_LIMITED"), ("C", 0, "CAP_LIMITED")]


def test_share_that_was_limited_gets_nothing_of_refunds(play: Play) -> None:
    ledger = opened(play, friends="FG", caps={"advocate": 1}, credit="position", rewards=FOUR_PERCENT)
    click(ledger, "B", 3)
    buy(ledger)
    for partner, days_ago in (("A", 9), ("B", 6), ("C", 3)):
        click(ledger, partner, days_ago, "G")
    buy(ledger, friend="G")
    ledger.reverse("sale/G", amount=5_000, key="back")
    assert decided(ledger, "G") == [("A", 320, "PENDING"), ("B", 0, "CAP_LIMITED"), ("C", 320, "PENDING")]


def test_fixed_reward_is_whole_while_the_net_stays_at_the_minimum(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6), ("C", 3)), credit="position")
    buy(ledger)
    ledger.reverse("sale/F", amount=22_500, key="back/1")
    assert pending(ledger, "A", "B", "C") == [400, 200, 400]
    ledger.reverse("sale/F", amount=1, key="back/2")
    assert pending(ledger, "A", "B", "C") == [0, 0, 0]


def test_share_of_nothing_is_cancelled(play: Play) -> None:
    """B's part of one point is less than a half."""
    ledger = clicked(play, (("A", 9), ("A", 6), ("B", 3)), rewards=[{"role": "advocate", "points": 1}])
    buy(ledger)
    assert decided(ledger) == [("A", 1, "PENDING"), ("B", 0, "CANCELLED")]


def test_dispute_takes_and_gives_back_every_share(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6), ("C", 3)), credit="position", rewards=FOUR_PERCENT)
    buy(ledger)
    ledger.reverse("sale/F", amount=10_000, key="back")
    ledger.dispute("sale/F", "lost", key="lost")
    assert pending(ledger, "A", "B", "C") == [0, 0, 0]
    ledger.dispute("sale/F", "won", key="won")
    assert pending(ledger, "A", "B", "C") == [240, 120, 240]


def test_freeze_concerns_all_shares(play: Play) -> None:
    ledger = clicked(play, (("A", 9), ("B", 6)))
    buy(ledger)
    ledger.review("F", "freeze", key="freeze")
    assert decided(ledger) == [("A", 500, "FROZEN"), ("B", 500, "FROZEN")]
    ledger.review("F", "deny", key="deny")
    assert decided(ledger) == [("A", 0, "CANCELLED"), ("B", 0, "CANCELLED")]
    assert rewards(ledger, "F") == {"advocate": (0, "CANCELLED")}


def test_steps_before_the_sale(play: Play) -> None:
    """Ages count up to the step that completes the conditions."""
    steps = [{"step": "newsletter"}, {"step": "first_purchase"}]
    ledger = opened(play, credit="time_decay", steps=steps)
    for partner, days_ago in (("A", 14), ("B", 7)):
        click(ledger, partner, days_ago)
    ledger.bind("F", token="token/F", occurred_at=BOUGHT, key="bind")
    ledger.step("F", "newsletter", key="step")
    ledger.advance_to(BOUGHT + timedelta(days=7))
    ledger.purchase("F", amount=25_000, key="sale/F")
    assert decided(ledger) == [("A", 333, "PENDING"), ("B", 667, "PENDING")]


def test_whoever_has_a_part_finds_the_friend(play: Play) -> None:
    """Once it is decided, and as long as the edge stands; a share of nothing is one too."""
    ledger = clicked(play, (("A", 9), ("B", 6), ("C", 3)), credit="linear")
    found = {partner: ledger.referrals(partner) for partner in "ABCD"}
    assert found == {"A": [], "B": [], "C": [], "D": []}
    assert buy(ledger) == "APPLIED"
    ledger.restart()
    found = {partner: ledger.referrals(partner) for partner in "ABCD"}
    assert found == {"A": ["F"], "B": ["F"], "C": ["F"], "D": []}
    ledger.reverse("sale/F", key="back")
    assert [ledger.referrals(partner) for partner in "ABC"] == [["F"], ["F"], ["F"]]
    ledger.move("F", "D", key="move")
    assert {partner: ledger.referrals(partner) for partner in "ABCD"} == {"A": [], "B": [], "C": [], "D": ["F"]}


def test_a_coupon_that_another_has_is_asked_nothing_yet(play: Play) -> None:
    """So it is denied by what is known once it is free: F has friends by then."""
    ledger = opened(play, friends="FG")
    coupon = ledger.issue_code("A", single_use=True, key="coupon").code or ""
    assert ledger.change_coupon(coupon, "C", "use", key="use").code == "APPLIED"
    ledger.touch("token/F", coupon, BOUGHT - timedelta(hours=1), method="coupon", key="touch")
    assert ledger.bind("F", token="token/F", key="bind/F").code == "CODE_USED"
    assert ledger.bind("G", code=code_of(ledger, "F"), key="bind/G").code == "APPLIED"
    assert ledger.change_coupon(coupon, "C", "release", key="release").code == "APPLIED"
    ledger.purchase("F", amount=25_000, key="sale/F")
    assert (ledger.referral("F").edge, decided(ledger)) == ("UNBOUND", [])
    assert ledger.referral("F").open == "HAS_REFERRALS"
