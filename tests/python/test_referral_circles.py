"""Referrals whose friends, coupons, caps and disputes get in each other's way: nothing stops, and nothing is twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import loyalty_ledger as ll

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
HEAD = """zone = "Europe/Berlin"
[earning]
currency = "points"
points = 0
per_minor_units = 100
"""
PROGRAM = """[referral.friends]
friend_must_be_new = false
{settings}
[[referral.friends.steps]]
step = "{step}"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
points = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
"""
CODES = {"A": "AAAA", "B": "BBBB", "C": "CCCC", "F": "FFFF", "H": "HHHH"}


class Played:
    """A ledger on a manual clock; keys are numbered, and what is refused by state is told by its code."""

    def __init__(self, directory: Path, settings: str, step: str, others: str) -> None:
        self.directory, self.clock, self.count = directory, ll.ManualClock(NINE), 0
        self.ledger = ll.open(directory, clock=self.clock)
        self.ledger.publish(HEAD + PROGRAM.format(settings=settings, step=step) + others)

    def __call__(self, verb: str, *args: object, key: str | None = None, **rest: object) -> str:
        self.count += 1
        try:
            answer = getattr(self.ledger, verb)(*args, key=key or f"key/{self.count}", **rest)
        except ll.Refused as refused:
            return str(refused.code)
        return str(getattr(answer, "code", ""))

    def members(self, *names: str) -> None:
        for name in names:
            self("enroll", name)

    def codes(self, *names: str, **rest: object) -> None:
        for name in names:
            self("issue_code", "friends", name, code=CODES[name], **rest)

    def touch(self, method: str, code: str, at: datetime = NINE) -> str:
        return self("record_touch", "friends", method=method, token="t", code=code, touched_at=at)

    def at(self, **later: float) -> None:
        self.clock.advance_to(NINE + timedelta(**later))

    def advocate(self, friend: str) -> str | None:
        return self.ledger.referral("friends", friend).advocate

    def pending(self, *names: str) -> list[int]:
        return [self.ledger.balance(name).pending for name in names]

    def assert_sound(self) -> None:
        """The journal tells the same state, and writes go on."""
        assert self("enroll", "last") == "APPLIED"
        assert self.ledger.trial_balance().balanced
        digest = self.ledger.digest()
        self.ledger.close()
        with ll.open(self.directory, clock=self.clock) as again:
            assert again.digest() == digest
            assert again.verify().ok


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Callable[..., Played]]:
    opened: list[Played] = []

    def open_ledger(settings: str = "", step: str = "first_purchase", others: str = "") -> Played:
        opened.append(Played(tmp_path / "ledger", settings, step, others))
        return opened[-1]

    yield open_ledger
    for one in opened:
        one.assert_sound()


def test_touch_that_wins_again_closes_no_circle(play: Callable[..., Played]) -> None:
    ledger = play()
    ledger.members(*"AFCGH")
    ledger.codes("A", "F", "H")
    ledger.codes("C", single_use=True)
    ledger.touch("click", "AAAA")
    ledger.at(minutes=30)
    ledger("bind_referral", "friends", "F", token="t")
    ledger("block", "C", reason="fraud", actor="desk-1")
    ledger.touch("coupon", "CCCC", NINE + timedelta(minutes=10))
    assert ledger.advocate("F") is None
    assert ledger("bind_referral", "friends", "A", code="FFFF") == "APPLIED"
    ledger("unblock", "C", reason="error", actor="desk-1")
    assert ledger("bind_referral", "friends", "G", code="CCCC") == "APPLIED"
    assert ledger.touch("invite", "HHHH", NINE + timedelta(minutes=10)) == "APPLIED"
    assert (ledger.advocate("F"), ledger.advocate("A")) == (None, "F")


def test_one_entry_moves_a_friend_away_and_binds_the_advocate_below(play: Callable[..., Played]) -> None:
    ledger = play()
    ledger.members("A", "F")
    ledger.codes("A")
    ledger.touch("click", "AAAA")
    ledger.at(minutes=30)
    assert ledger("bind_referral", "friends", "F", code="XXXX", token="t") == "APPLIED"
    assert ledger("bind_referral", "friends", "A", code="XXXX") == "UNKNOWN_CODE"
    ledger("issue_code", "friends", "F", code="XXXX")
    assert (ledger.advocate("F"), ledger.advocate("A")) == (None, "F")


def test_lapsed_freezes_free_their_units_of_the_cap(play: Callable[..., Played]) -> None:
    rules = 'hold = "P1D"\nreview_by = "P1D"'
    ledger = play(rules, "every_purchase", "[referral.friends.caps]\nadvocate = 3\n")
    ledger.members(*"AFG")
    ledger.codes("A")
    for friend in "FG":
        ledger("bind_referral", "friends", friend, code="AAAA")
    ledger.at(hours=1)
    for _ in range(3):
        ledger("purchase", "F", amount="30.00")
    ledger("review_referral", "friends", "F", "freeze", reason="fraud", actor="desk-1")
    ledger.at(days=9)
    assert [ledger("purchase", "G", amount="30.00") for _ in range(4)] == ["APPLIED"] * 4
    given = [one.state for one in ledger.ledger.referral("friends", "G").rewards if one.role == "advocate"]
    assert sorted(given) == ["CAP_LIMITED", "PENDING", "PENDING", "PENDING"]


def test_won_dispute_gives_back_what_stands_alone(play: Callable[..., Played]) -> None:
    ledger = play()
    ledger.members(*"ABF")
    ledger.codes("A", "B")
    ledger.touch("click", "AAAA")
    ledger.at(minutes=30)
    ledger("bind_referral", "friends", "F", token="t")
    ledger.at(hours=1)
    ledger("purchase", "F", amount="60.00", key="sale")
    assert ledger.pending(*"ABF") == [500, 0, 250]
    ledger("dispute", "sale", outcome="lost")
    ledger.touch("coupon", "BBBB")
    assert ledger.pending(*"ABF") == [0, 0, 0]
    assert ledger("dispute", "sale", outcome="won") == "APPLIED"
    assert ledger.pending(*"ABF") == [0, 500, 250]


def test_full_wallet_stops_no_sale(play: Callable[..., Played]) -> None:
    ledger = play()
    ledger.members(*"AFG")
    ledger.codes("A")
    for friend in "FG":
        ledger("bind_referral", "friends", friend, code="AAAA")
    ledger("purchase", "F", amount="60.00", key="sale")
    ledger("dispute", "sale", outcome="lost")
    for number in range(512):
        ledger.ledger.adjust("A", 2**53, reason="test", actor="desk-1", key=f"full/{number}")
    assert ledger("purchase", "G", amount="60.00") == "APPLIED"
    assert [one.state for one in ledger.ledger.referral("friends", "G").rewards] == ["CANCELLED", "PENDING"]
    assert ledger("dispute", "sale", outcome="won") == "BALANCE_LIMIT"


@pytest.mark.parametrize("first", ["F1", "F2"])
def test_coupon_that_goes_from_hand_to_hand_is_used_once(play: Callable[..., Played], first: str) -> None:
    ledger = play('attribution = "last"')
    ledger.members("A", "B", *sorted(["F1", "F2"], key=lambda name: name != first), "F3")
    ledger("issue_code", "friends", "A", code="CCCC", single_use=True)
    ledger.codes("B")
    ledger.touch("coupon", "CCCC")
    ledger.at(hours=1)
    ledger("bind_referral", "friends", "F1", token="t", occurred_at=NINE + timedelta(minutes=30))
    late = NINE + timedelta(minutes=10)
    assert ledger("bind_referral", "friends", "F2", token="t", occurred_at=late) == "CODE_USED"
    ledger.touch("coupon", "BBBB", NINE + timedelta(minutes=20))
    assert (ledger.advocate("F1"), ledger.advocate("F2")) == ("B", "A")
    assert ledger("bind_referral", "friends", "F3", code="CCCC") == "CODE_USED"


def test_touches_that_nobody_claims_make_room(play: Callable[..., Played]) -> None:
    ledger = play("touches = 20")
    ledger.members("A")
    ledger.codes("A")
    touch = ledger.ledger.record_touch
    for number in range(200):
        touch("friends", method="click", token=f"t{number}", code="AAAA", touched_at=NINE, key=f"touch/{number}")
        if number < 16:
            ledger.ledger.enroll(f"F{number}", referral=ll.Referral(token=f"t{number}"))
    old, new = (ledger.ledger.enroll(f"G{number}", referral=ll.Referral(token=f"t{number}")) for number in (16, 199))
    assert (old.referral, new.referral) == ("PARKED", "APPLIED")
    assert ledger.advocate("F0") == "A"
    many = [touch("friends", method="click", token="t", code="AAAA", touched_at=NINE, key=f"t/{n}") for n in range(64)]
    assert many[-1].code == "APPLIED"
    assert ledger.touch("click", "AAAA") == "LIMIT_EXCEEDED"


def test_lots_of_rewards_are_extended_and_given_like_any(play: Callable[..., Played]) -> None:
    points = '[currencies.points]\nscale = 0\npending = "P0D"\nexpiry = { rolling = "P1Y" }\ndraw_order = "fefo"\n'
    ledger = play('hold = "P14D"', others=points)
    ledger.members("A", "F", "G")
    ledger.codes("A")
    ledger("bind_referral", "friends", "F", code="AAAA")
    ledger.at(hours=1)
    ledger("purchase", "F", amount="60.00", key="sale")
    (pending,) = ledger.ledger.balance("A").lots
    later = {"member": "A", "lot": pending, "expires_at": NINE + timedelta(days=900)}
    assert ledger("extend", **later, reason="late", actor="desk-1") == "APPLIED"
    ledger.at(days=20)
    assert ledger("transfer", "A", "G", 100) == "APPLIED"
    assert ledger.ledger.balance("G").lots[0].earned_by == pending.earned_by
    ledger("reverse", "sale")
    assert [(one.available, one.debt) for one in map(ledger.ledger.balance, "AFG")] == [(0, 100), (0, 0), (100, 0)]
