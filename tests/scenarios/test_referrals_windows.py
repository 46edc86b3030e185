"""R1 and R2: to the millisecond, when a sign-up still binds and when a reward is there."""

import pytest

from ledgers import PlayedLedger
from ledgers.referrals import ReferralBy
from scenarios.conftest import Play
from scenarios.referral_program import available, code_of, pending, referral_program, rewards, utc


def clicked(play: Play, instant: str, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**settings), "2026-02-01T00:00")
    ledger.enroll("A")
    code = code_of(ledger, "A")
    ledger.at(f"{instant}+00:00").touch("token", code, utc(instant), key="click")
    return ledger


def test_r1_hold_ends_to_the_millisecond(play: Play) -> None:
    ledger = clicked(play, "2026-03-01T09:00")
    for _ in range(3):
        ledger.touch("token", code_of(ledger, "A"), utc("2026-03-01T09:00"), key="click")
    ledger.at("2026-03-01T09:05")
    for _ in range(3):
        assert ledger.enroll("F", referral=ReferralBy(token="token")).referral == "APPLIED"
    ledger.at("2026-03-05T10:00:00")
    for _ in range(3):
        ledger.purchase("F", amount="60.00", key="order")
    assert pending(ledger, "A", "F") == [500, 250]
    ledger.at("2026-03-19T09:59:59.999")
    assert (pending(ledger, "A", "F"), available(ledger, "A", "F")) == ([500, 250], [0, 0])
    ledger.at("2026-03-19T10:00:00.000")
    assert (pending(ledger, "A", "F"), available(ledger, "A", "F")) == ([0, 0], [500, 250])
    assert rewards(ledger, "F") == {"advocate": (500, "AVAILABLE"), "friend": (250, "AVAILABLE")}


@pytest.mark.parametrize(
    ("signed_up", "answer"),
    [
        ("2026-03-31T11:59:59.999", "APPLIED"),
        ("2026-03-31T12:00:00.000", "WINDOW_EXPIRED"),
        ("2026-03-01T12:00:00.000", "APPLIED"),
        ("2026-03-01T11:59:59.999", "TOUCH_AFTER_IDENTIFICATION"),
    ],
)
@pytest.mark.parametrize("by", ["enroll", "bind"])
def test_r2_window_is_half_open(play: Play, signed_up: str, answer: str, by: str) -> None:
    """In a zone whose clocks change in between: days of a window are 24 hours each."""
    ledger = clicked(play, "2026-03-01T12:00:00.000", zone="UTC")
    occurred = utc(signed_up)
    ledger.advance_to(max(ledger.now(), occurred))
    if by == "enroll":
        assert ledger.enroll("F", referral=ReferralBy(token="token"), occurred_at=occurred).referral == answer
    else:
        ledger.enroll("F")
        assert ledger.bind("F", token="token", occurred_at=occurred, key="bind").code == answer
    assert ledger.referral("F").edge == ("BOUND" if answer == "APPLIED" else "UNBOUND")


def test_days_of_a_window_are_exact_in_every_zone(play: Play) -> None:
    ledger = clicked(play, "2026-03-01T12:00", zone="Europe/Berlin")
    ledger.at("2026-03-31T14:30").enroll("F")
    assert ledger.bind("F", token="token", occurred_at=utc("2026-03-31T11:59:59.999"), key="bind").code == "APPLIED"


@pytest.mark.parametrize(
    ("bought", "progress"),
    [("2026-05-30T12:00:00.000", "EXPIRED"), ("2026-05-30T11:59:59.999", "QUALIFIED")],
)
def test_order_before_the_deadline(play: Play, bought: str, progress: str) -> None:
    """90 days from binding; what occurred before counts as long as it comes within grace."""
    ledger = clicked(play, "2026-03-01T12:00", zone="UTC")
    ledger.enroll("F", referral=ReferralBy(token="token"))
    ledger.at("2026-05-31T11:59:59").purchase("F", amount="60.00", occurred_at=utc(bought), key="order")
    ledger.at("2026-05-31T12:00")
    assert ledger.referral("F").progress == progress


def test_order_after_deadline_and_grace_is_too_late(play: Play) -> None:
    ledger = clicked(play, "2026-03-01T12:00")
    ledger.enroll("F", referral=ReferralBy(token="token"))
    ledger.at("2026-05-31T12:00").purchase("F", amount="60.00", occurred_at=utc("2026-05-01T12:00"), key="order")
    assert (ledger.referral("F").progress, pending(ledger, "A", "F")) == ("EXPIRED", [0, 0])


def test_steps_of_which_two_are_needed(play: Play) -> None:
    steps = [{"step": "newsletter"}, {"step": "event:app"}, {"step": "first_purchase", "minimum": 2500}]
    ledger = clicked(play, "2026-03-01T12:00", steps=steps, needs=2)
    ledger.enroll("F", referral=ReferralBy(token="token"))
    assert ledger.referral("F").open == "newsletter,event:app,first_purchase"
    ledger.step("F", "event:app", key="s-1")
    ledger.step("F", "event:app", key="s-2")
    assert (ledger.referral("F").progress, ledger.referral("F").open) == (
        "IN_PROGRESS(1/2)",
        "newsletter,first_purchase",
    )
    ledger.at("2026-03-02T12:00").step("F", "newsletter", key="s-3")
    assert (ledger.referral("F").progress, pending(ledger, "A", "F")) == ("QUALIFIED", [500, 250])
    assert ledger.step("F", "event:shop", key="s-4").code == "UNKNOWN_STEP"


def test_only_the_very_first_order(play: Play) -> None:
    ledger = clicked(play, "2026-03-01T12:00", very_first_only=True)
    ledger.enroll("F", referral=ReferralBy(token="token"))
    ledger.purchase("F", amount="24.99", key="small")
    ledger.at("2026-03-02T12:00").purchase("F", amount="60.00", key="large")
    assert ledger.referral("F").progress == "DISQUALIFIED(BELOW_MINIMUM)"


@pytest.mark.parametrize(("attribution", "advocate"), [("first", "A"), ("last", "B")])
def test_first_or_last_touch(play: Play, attribution: str, advocate: str) -> None:
    ledger = clicked(play, "2026-03-01T12:00", attribution=attribution)
    ledger.enroll("B")
    ledger.touch(
        "token", code_of(ledger, "B"), utc("2026-03-01T11:00") if attribution == "last" else ledger.now(), key="click-2"
    )
    ledger.at("2026-03-02T12:00").touch("token", code_of(ledger, "B"), utc("2026-03-02T12:00"), key="click-3")
    ledger.enroll("F", referral=ReferralBy(token="token"))
    assert ledger.referral("F").advocate == advocate
    assert dict(ledger.referral("F").touches)["click"] == ("WON" if advocate == "A" else "LOST")


def test_typed_code_beats_coupon_beats_click_beats_invite(play: Play) -> None:
    ledger = play(referral_program(), "2026-03-01T00:00")
    for member in ("A", "B", "C", "D"):
        ledger.enroll(member)
    codes = {member: code_of(ledger, member) for member in ("A", "B", "C", "D")}
    touches = [("invite", "A"), ("click", "B"), ("coupon", "C"), ("code", "D")]
    for count in range(1, 5):
        for method, member in touches[:count]:
            ledger.touch(f"t-{count}", codes[member], ledger.now(), method=method, key=f"{count}/{method}")
        ledger.enroll(f"F-{count}", referral=ReferralBy(token=f"t-{count}"))
    assert [ledger.referral(f"F-{count}").advocate for count in range(1, 5)] == ["A", "B", "C", "D"]
    ledger.enroll("F", referral=ReferralBy(token="t-3", code=codes["A"]))
    assert ledger.referral("F").advocate == "A"
