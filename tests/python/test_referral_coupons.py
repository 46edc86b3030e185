"""Coupons at the till and referrals that are moved, on a ledger of this process and on a client of a server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll
from loyalty_ledger.referral_results import ReferralReward

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PROGRAM = """zone = "UTC"
[earning]
currency = "points"
points = 0
[referral.friends]
graph = "any"
depth = 1
[[referral.friends.steps]]
step = "first_purchase"
minimum = 2500
[[referral.friends.rewards]]
role = "advocate"
points = 500
[[referral.friends.rewards]]
role = "friend"
points = 250
"""
WHY = {"reason": "mistyped", "actor": "desk-1"}


@pytest.fixture
def friends(ledger: ll.Ledger) -> ll.Ledger:
    """With the program, an advocate A with the coupon ONCE26 and the code MANY26, and friends F and G."""
    ledger.publish(PROGRAM)
    for member in ("A", "F", "G"):
        ledger.enroll(member)
    ledger.issue_code("friends", "A", code="Once-26", single_use=True, expires_at=NOON + 48 * HOUR, key="once")
    ledger.issue_code("friends", "A", code="Many-26", key="many")
    return ledger


def changed(ledger: ll.Ledger, action: Any, member: str, key: str, ttl: timedelta | None = None) -> str:
    try:
        return ledger.change_coupon("friends", "once 26", member, action=action, ttl=ttl, key=key).code
    except ll.Refused as refusal:
        return refusal.code or ""


def stands(ledger: ll.Ledger, code: str = "ONCE26") -> tuple[str, str, str | None, datetime | None]:
    found = ledger.referral_code("friends", code)
    return found.kind, found.state, found.holder, found.reserved_until


def test_a_coupon_goes_from_hand_to_hand(friends: ll.Ledger, clock: ll.ManualClock) -> None:
    assert friends.referral_code("friends", "many 26") == ll.ReferralCodeState(
        "CODE", "A", "OPEN", None, None, None, None
    )
    assert friends.referral_code("friends", "once-26").expires_at == NOON + 48 * HOUR
    assert stands(friends) == ("COUPON", "OPEN", None, None)
    assert changed(friends, "reserve", "F", "1", ttl=HOUR) == "APPLIED"
    assert stands(friends) == ("COUPON", "RESERVED", "F", NOON + HOUR)
    assert [changed(friends, action, "G", action) for action in ("reserve", "use", "release")] == ["CODE_USED"] * 3
    with pytest.raises(ll.CodeUsed):
        friends.bind_referral("friends", "G", code="ONCE26", key="bind/G")
    clock.advance_to(NOON + HOUR)
    assert stands(friends) == ("COUPON", "OPEN", None, None)
    assert changed(friends, "reserve", "G", "2") == "APPLIED"
    assert stands(friends) == ("COUPON", "RESERVED", "G", None)
    assert changed(friends, "use", "G", "3") == "APPLIED"
    assert stands(friends) == ("COUPON", "USED", "G", None)
    assert changed(friends, "use", "G", "4") == "CODE_USED"
    assert friends.change_coupon("friends", "ONCE26", "G", action="use", key="3").replayed
    assert changed(friends, "release", "G", "5") == "APPLIED"
    assert changed(friends, "release", "F", "6") == "APPLIED"
    assert changed(friends, "reserve", "F", "7") == "APPLIED"
    assert friends.bind_referral("friends", "F", code="ONCE26", key="bind/F").code == "APPLIED"
    assert stands(friends) == ("COUPON", "USED", "F", None)
    assert [changed(friends, action, "F", f"F/{action}") for action in ("reserve", "use", "release")] == [
        "CODE_USED"
    ] * 3
    clock.advance_to(NOON + 48 * HOUR)
    friends.disable_code("friends", "ONCE26", reason="over", actor="desk-1", key="disable")
    assert stands(friends) == ("COUPON", "USED", "F", None)


@pytest.mark.embedded
def test_a_reservation_is_there_when_the_ledger_is_opened_again(
    friends: ll.Ledger, path: Path, clock: ll.ManualClock
) -> None:
    changed(friends, "reserve", "F", "1", ttl=HOUR)
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    friends.review_referral("friends", "F", "move", to="G", **WHY, approved_by="lead-1", key="move")
    digest = friends.digest()
    friends.close()
    with ll.open(path, clock=clock) as again:
        assert again.digest() == digest
        assert again.verify().ok
        assert stands(again) == ("COUPON", "RESERVED", "F", NOON + HOUR)
        assert again.referral("friends", "F").edge == "MOVED"


def moved(ledger: ll.Ledger, to: str | ll.Alias, key: str = "move", friend: str = "F") -> ll.Answer:
    return ledger.review_referral("friends", friend, "move", to=to, **WHY, approved_by="lead-1", key=key)


def test_a_referral_is_moved_to_another_advocate(friends: ll.Ledger) -> None:
    friends.bind_referral("friends", "F", code="ONCE26", key="bind/F")
    friends.purchase("F", amount="60.00", key="sale")
    assert moved(friends, "G").code == "APPLIED"
    state = friends.referral("friends", "F")
    assert (state.edge, state.advocate, state.progress, state.open) == ("MOVED", "G", "QUALIFIED", "HOLD")
    assert state.rewards == (
        ReferralReward("advocate", "G", 500, "PENDING"),
        ReferralReward("friend", "F", 250, "PENDING"),
    )
    assert [touch.state for touch in state.touches] == ["LOST"]
    assert [friends.balance(member).pending for member in ("A", "F", "G")] == [0, 250, 500]
    assert friends.referrals("friends", "A") == ()
    assert [friend.friend for friend in friends.referrals("friends", "G")] == ["F"]
    assert stands(friends) == ("COUPON", "USED", "F", None)
    assert friends.explain_referral("friends", "F").startswith("F was brought by G, as an operator decided.")
    assert friends.explain_referral("friends", "F", "de").startswith("F wurde von G geworben, wie von Hand")
    assert moved(friends, "A", key="back").code == "APPLIED"
    assert [friends.balance(member).pending for member in ("A", "F", "G")] == [500, 250, 0]
    friends.review_referral("friends", "F", "deny", **WHY, key="deny")
    assert friends.referral("friends", "F").edge == "VOID"


def test_points_that_were_spent_are_owed_and_the_hold_stays_over(friends: ll.Ledger, clock: ll.ManualClock) -> None:
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    friends.purchase("F", amount="60.00", key="sale")
    clock.advance_to(NOON + timedelta(days=60))
    friends.redeem("A", 200, key="redeem")
    moved(friends, "G")
    assert [(friends.balance(member).available, friends.balance(member).debt) for member in ("A", "F", "G")] == [
        (0, 200),
        (250, 0),
        (500, 0),
    ]
    assert [(one.member, one.state) for one in friends.referral("friends", "F").rewards] == [
        ("G", "AVAILABLE"),
        ("F", "AVAILABLE"),
    ]


def test_what_is_reversed_stays_as_it_is(friends: ll.Ledger) -> None:
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    friends.purchase("F", amount="60.00", key="sale")
    friends.reverse("sale", key="return")
    before = friends.referral("friends", "F").rewards
    moved(friends, "G")
    state = friends.referral("friends", "F")
    assert (state.advocate, state.progress, state.rewards) == ("G", "REVERSED", before)


def test_an_advocate_is_named_by_a_card(friends: ll.Ledger) -> None:
    friends.add_alias("G", "card", "4000001234567899", key="card")
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    moved(friends, ll.Alias("card", "4000001234567899"))
    assert friends.referral("friends", "F").advocate == "G"


def use(led: Any, code: str = "ONCE26", member: Any = "F", action: Any = "use", **given: Any) -> object:
    return led.change_coupon("friends", code, member, action=action, key="k", **given)


def review(led: Any, decision: Any = "move", friend: str = "F", **given: Any) -> object:
    asked = {"to": "G", "approved_by": "lead-1", **WHY, **given}
    return led.review_referral("friends", friend, decision, key="k", **asked)


REFUSALS: dict[str, tuple[Callable[[Any], object], type[ll.LedgerError]]] = {
    "program": (lambda led: led.change_coupon("fiends", "ONCE26", "F", action="use", key="k"), ll.UnknownProgram),
    "action": (lambda led: use(led, action="take"), ll.FieldInvalid),
    "ttl of a use": (lambda led: use(led, ttl=HOUR), ll.FieldInvalid),
    "ttl of a release": (lambda led: use(led, action="release", ttl=HOUR), ll.FieldInvalid),
    "short ttl": (lambda led: use(led, action="reserve", ttl=timedelta(milliseconds=999)), ll.InvalidTtl),
    "negative ttl": (lambda led: use(led, action="reserve", ttl=-HOUR), ll.InvalidTtl),
    "long ttl": (lambda led: use(led, action="reserve", ttl=timedelta(days=365, seconds=1)), ll.InvalidTtl),
    "mistyped": (lambda led: use(led, code="37C8QM8D8"), ll.CodeMistyped),
    "member": (lambda led: use(led, member="nobody"), ll.MemberNotFound),
    "unknown code": (lambda led: use(led, code="NONE26"), ll.UnknownCode),
    "no coupon": (lambda led: use(led, code="MANY26"), ll.UnknownCode),
    "no key": (lambda led: led.change_coupon("friends", "ONCE26", "F", action="use", key=""), ll.KeyMissing),
    "code of a read": (lambda led: led.referral_code("friends", "NONE26"), ll.UnknownCode),
    "mistyped in a read": (lambda led: led.referral_code("friends", "37C8QM8D8"), ll.CodeMistyped),
    "program of a read": (lambda led: led.referral_code("fiends", "ONCE26"), ll.UnknownProgram),
    "decision": (lambda led: review(led, "shift"), ll.FieldInvalid),
    "nobody to move to": (lambda led: review(led, to=None), ll.FieldInvalid),
    "to beside a denial": (lambda led: review(led, "deny", approved_by=""), ll.FieldInvalid),
    "approver beside a denial": (lambda led: review(led, "deny", to=None), ll.FieldInvalid),
    "no approver": (lambda led: review(led, approved_by=" "), ll.ApproverMissing),
    "approved by the actor": (lambda led: review(led, approved_by=" DESK-1"), ll.ApproverMissing),
    "long approver": (lambda led: review(led, approved_by="l" * 65), ll.ApproverMissing),
    "unbound": (lambda led: review(led, friend="G", to="F"), ll.NoAttribution),
    "to nobody": (lambda led: review(led, to="nobody"), ll.MemberNotFound),
    "to the friend": (lambda led: review(led, to="F"), ll.Self),
    "to the advocate": (lambda led: review(led, to="A"), ll.AlreadyReferred),
    "in a circle": (lambda led: review(led, to="H"), ll.Cycle),
    "too deep": (lambda led: review(led, to="K"), ll.Depth),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(friends: ll.Ledger, name: str) -> None:
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    # H is below F; K has two above.
    for above, code, below in (("F", "HANS26", "H"), ("G", "GINA26", "I"), ("I", "INES26", "K")):
        friends.issue_code("friends", above, code=code, key=code)
        friends.enroll(below, referral=ll.Referral(code=code))
    call, expected = REFUSALS[name]
    with pytest.raises(expected):
        call(friends)


def test_who_is_blocked_or_has_left(friends: ll.Ledger) -> None:
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    friends.change_coupon("friends", "ONCE26", "G", action="reserve", key="reserve")
    friends.block("G", **WHY, key="block")
    for action, key in (("reserve", "1"), ("use", "2")):
        assert changed(friends, action, "G", key) == "MEMBER_BLOCKED"
    with pytest.raises(ll.Blocked):
        moved(friends, "G", key="3")
    assert changed(friends, "release", "G", "4") == "APPLIED"
    friends.close_member("G", reason="wish", key="close")
    assert changed(friends, "release", "G", "5") == "MEMBER_CLOSED"
    with pytest.raises(ll.MemberClosed):
        moved(friends, "G", key="6")


def test_wrong_types(friends: Any) -> None:
    for call, message in [
        (lambda: use(friends, code=26), "code must be text"),
        (lambda: use(friends, action=1), "action must be text"),
        (lambda: use(friends, action="reserve", ttl=60), "ttl must be a timedelta"),
        (lambda: review(friends, to=7), "to must be"),
        (lambda: review(friends, approved_by=None), "approved_by must be text"),
        (lambda: friends.referral_code("friends", None), "code must be text"),
    ]:
        with pytest.raises(TypeError, match=message):
            call()


def test_rows_are_what_the_verbs_are(friends: ll.Ledger) -> None:
    friends.bind_referral("friends", "F", code="MANY26", key="bind/F")
    friends.add_alias("G", "card", "4000001234567899", key="card")
    rows: list[dict[str, Any]] = [
        {"verb": "change_coupon", "key": "1", "code": "once-26", "member": "F", "action": "reserve", "ttl": HOUR},
        {"verb": "change_coupon", "key": "2", "code": "ONCE26", "member": "F", "action": "use"},
        {"verb": "change_coupon", "key": "3", "code": "ONCE26", "member": "F", "action": "release"},
        {"verb": "review_referral", "key": "4", "friend": "F", "decision": "move", **WHY, "approved_by": "lead-1"},
    ]
    rows[3] |= {"to": "4000001234567899", "to_kind": "card"}
    names = sorted({name for row in rows for name in row})
    columns = {name: [row.get(name) for row in rows] for name in names}
    answers = friends.post_batch(pa.table({**columns, "program": ["friends"] * 4}))
    assert pa.table(answers)["code"].to_pylist() == ["APPLIED"] * 4
    assert friends.referral("friends", "F").advocate == "G"
    again = friends.change_coupon("friends", "ONCE26", "F", action="reserve", ttl=HOUR, key="1")
    assert again.replayed
    wrong = pa.table({"verb": ["change_coupon"], "key": ["5"], "program": ["friends"], "code": ["A"], "member": ["F"]})
    for action, column in (("take", "action"), (None, "action")):
        with pytest.raises(ll.TableError) as raised:
            friends.post_batch(wrong.append_column("action", pa.array([action], pa.string())))
        assert raised.value.column == column
