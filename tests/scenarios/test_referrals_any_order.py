"""R3 and R4: whatever the order in which a friend's events arrive within grace, they end in the same state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgers import PlayedLedger, PlayedModel
from model.referral.reads import ReferralView
from model.referral.splitting import MODELS
from scenarios.conftest import Play
from scenarios.referral_program import code_of, pending, referral_program, utc

CLICKED, SIGNED_UP, BOUGHT = utc("2026-03-01T09:00"), utc("2026-03-01T09:05"), utc("2026-03-01T10:00")
Act = Callable[[PlayedLedger], object]


def enrolled(play: Play, **settings: object) -> PlayedLedger:
    ledger = play(referral_program(**settings), "2026-02-01T00:00")
    for member in ("A", "B", "F"):
        ledger.enroll(member)
        code_of(ledger, member)
    return ledger.at("2026-03-01T12:00+00:00")


def arrive(ledger: PlayedLedger, acts: list[Act]) -> None:
    for act in acts:
        ledger.advance_to(ledger.now() + timedelta(minutes=1))
        act(ledger)


ACTS: list[Act] = [
    lambda ledger: ledger.touch("token", code_of(ledger, "A"), CLICKED, key="click"),
    lambda ledger: ledger.bind("F", token="token", occurred_at=SIGNED_UP, key="sign-up"),
    lambda ledger: ledger.purchase("F", amount="60.00", occurred_at=BOUGHT, key="order"),
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_r3_click_sign_up_and_order_in_any_order(play: Play, order: tuple[int, ...]) -> None:
    ledger = enrolled(play)
    arrive(ledger, [ACTS[place] for place in order for _ in range(2)])
    arrive(ledger, ACTS)
    assert pending(ledger, "A", "F") == [500, 250]
    assert ledger.referral("F").edge == "BOUND"


def test_r3_click_a_second_after_grace(play: Play) -> None:
    ledger = enrolled(play)
    assert ACTS[1](ledger).code == "PARKED"
    assert (ledger.referral("F").open, ledger.referral("F").touches) == ("TOUCH", (("sign-up", "STUB"),))
    ACTS[2](ledger)
    ledger.advance_to(ledger.now() + timedelta(hours=24, seconds=1))
    assert ACTS[0](ledger).code == "NO_ATTRIBUTION"
    view = ledger.referral("F")
    assert (view.edge, view.open, view.touches) == ("CLOSED", "NO_ATTRIBUTION", (("sign-up", "ORPHANED"),))
    assert pending(ledger, "A", "F") == [0, 0]


@pytest.mark.parametrize(("hours", "seconds", "edge"), [(23, 3599, "BOUND"), (24, 0, "UNBOUND")])
def test_grace_is_half_open(play: Play, hours: int, seconds: int, edge: str) -> None:
    ledger = enrolled(play)
    ACTS[1](ledger)
    ledger.advance_to(ledger.now() + timedelta(hours=hours, seconds=seconds))
    ACTS[0](ledger)
    assert ledger.referral("F").edge == edge


REFUNDS = (3333, 3333, 5334)
PERCENT = [{"role": "advocate", "percent_bp": 500}]


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_r4_order_and_its_refunds_in_any_order(play: Play, order: tuple[int, ...]) -> None:
    ledger = enrolled(play, rewards=PERCENT)
    arrive(ledger, ACTS[:2])
    sale: Act = lambda ledger: ledger.purchase("F", amount=12_000, occurred_at=BOUGHT, key="sale")  # noqa: E731
    refunds: list[Act] = [
        lambda ledger, place=place, amount=amount: ledger.reverse("sale", amount=amount, key=f"back/{place}")
        for place, amount in enumerate(REFUNDS)
    ]
    arrive(ledger, [[sale, *refunds][place] for place in order])
    assert pending(ledger, "A") == [0]
    assert ledger.referral("F").progress == "REVERSED"


def test_r4_what_each_refund_leaves(play: Play) -> None:
    ledger = enrolled(play, rewards=PERCENT)
    arrive(ledger, ACTS[:2])
    ledger.purchase("F", amount=12_000, occurred_at=BOUGHT, key="sale")
    kept = []
    for place, amount in enumerate(REFUNDS):
        kept += pending(ledger, "A")
        ledger.reverse("sale", amount=amount, key=f"back/{place}")
    assert [*kept, *pending(ledger, "A")] == [600, 433, 266, 0]


often_new = st.sampled_from([True, False, False])
around_the_click, after_the_click = st.integers(-30, 30), st.integers(0, 60)
hours_after_the_order = st.sampled_from([-3, 0, 0, 1, 2, 3, 4, 5])
PARTS: list[tuple[float | None, ...]] = [(), (), (), (None,), (1 / 2,), (1 / 3, 2 / 3)]


@st.composite
def lives(draw: st.DrawFn) -> tuple[dict[str, object], list[Act]]:
    """One friend's events with the instants at which they occurred: one sign-up, the rest as it comes."""
    cake = draw(st.sampled_from([{}, {"voucher": "a cake", "voucher_valid": "PT2H"}]))
    both = [{"role": "advocate", "points": 500}, {"role": "friend", "points": 9, **cake}]
    steps = draw(
        st.sampled_from([["first_purchase"], ["first_purchase"], ["first_purchase", "newsletter"], ["every_purchase"]])
    )
    rules: dict[str, object] = {
        "attribution": draw(st.sampled_from(["first", "last"])),
        "friend_must_be_new": draw(often_new),
        "very_first_only": draw(often_new),
        "rewards": draw(st.sampled_from([PERCENT, PERCENT, both])),
        "steps": [{"step": step, "minimum": 2500} for step in steps],
    }
    shares = draw(st.sampled_from([None, None, *MODELS]))
    if shares is not None:
        # Several refunds are split in the order in which they come.
        rules |= {"credit": shares, "rewards": both} | ({"half_life": "PT1H"} if shares == "time_decay" else {})
    typed = draw(st.sampled_from(["", "", "", "A", "B", "F"]))
    acts = [_sign_up(typed, CLICKED + timedelta(minutes=draw(after_the_click)))]
    for place in range(draw(st.sampled_from([0, 1, 1, 2, 3]))):
        advocate, method = draw(st.sampled_from("AABBF")), draw(st.sampled_from(["click", "click", "invite", "direct"]))
        acts.append(_touch(place, advocate, method, CLICKED + timedelta(minutes=draw(around_the_click))))
    for place in range(draw(st.sampled_from([0, 1, 2, 2, 3]))):
        amount = draw(st.sampled_from([1200, 2700, 4800, 12_000]))
        acts.append(_sale(place, amount, BOUGHT + timedelta(hours=draw(hours_after_the_order))))
        parts = [None if part is None else int(amount * part) for part in draw(st.sampled_from(PARTS))]
        acts += [_refund(place, refund, part) for refund, part in enumerate(parts)]
    if draw(st.booleans()):
        acts.append(_step(CLICKED + timedelta(minutes=draw(after_the_click), hours=draw(hours_after_the_order))))
    return rules, acts


def _sign_up(typed: str, occurred: datetime) -> Act:
    """With a token, and perhaps with somebody's code."""
    return lambda ledger: ledger.bind(
        "F", token="token", code=code_of(ledger, typed) if typed else None, occurred_at=occurred, key="sign-up"
    )


def _touch(place: int, advocate: str, method: str, touched_at: datetime) -> Act:
    if method == "direct":
        return lambda ledger: ledger.visit("token", touched_at, key=f"t/{place}")
    return lambda ledger: ledger.touch("token", code_of(ledger, advocate), touched_at, method=method, key=f"t/{place}")


def _sale(place: int, amount: int, occurred: datetime) -> Act:
    return lambda ledger: ledger.purchase("F", amount=amount, occurred_at=occurred, key=f"sale/{place}")


def _refund(place: int, refund: int, amount: int | None) -> Act:
    part = {} if amount is None else {"amount": amount}
    return lambda ledger: ledger.reverse(f"sale/{place}", key=f"back/{place}/{refund}", **part)


def _step(occurred: datetime) -> Act:
    return lambda ledger: ledger.step("F", "newsletter", occurred_at=occurred, key="step")


def outcome(rules: dict[str, object], acts: list[Act]) -> object:
    """How the referral stands at once and in the end, and what everybody has then and whenever a hold ends."""
    ledger = PlayedModel(referral_program(caps={}, **rules), utc("2026-02-01T00:00"))
    for member in ("A", "B", "F"):
        ledger.enroll(member)
        code_of(ledger, member)
    ledger.at("2026-03-01T20:00+00:00")
    arrive(ledger, acts)
    view, seen = _without_ended(ledger.referral("F")), [ledger.balance(member) for member in "ABF"]
    for hours in (0, 1, 2, 3, 4, 24):
        ledger.advance_to(BOUGHT + timedelta(days=14, hours=hours))
        seen += [ledger.balance(member) for member in "ABF"]
    ledger.assert_sound()
    later = _without_ended(ledger.referral("F"))
    return view, seen, (later.edge, later.progress, later.rewards)


def _without_ended(view: ReferralView) -> ReferralView:
    """A sale that was undone before it came gives no voucher; one that was undone afterwards leaves one that ended."""
    given = [
        replace(one, voucher=None) if one.voucher is not None and one.voucher.state == "DISABLED" else one
        for one in view.rewards
    ]
    return replace(view, rewards=tuple(given))


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_of_one_friends_events_ends_in_the_same_state(data: st.DataObject) -> None:
    rules, acts = data.draw(lives())
    expected = outcome(rules, acts)
    shuffled = data.draw(st.permutations(acts))
    twice = [act for act in shuffled for _ in range(data.draw(st.integers(1, 2)))]
    assert outcome(rules, twice) == expected
