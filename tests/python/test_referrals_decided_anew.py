"""What an entry decides anew beside what it tells: none of these may stop the ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import loyalty_ledger as ll

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(NOON)


def program(rules: str) -> str:
    return f"[earning]\npoints = 0\n[referral.friends]\nfriend_must_be_new = false\n{rules}"


def opened(path: Path, clock: ll.ManualClock, rules: str) -> ll.Ledger:
    ledger = ll.open(path, clock=clock, program=program(rules))
    for member in ("ann", "bob", "cleo", "finn"):
        ledger.enroll(member)
    ledger.issue_code("friends", "ann", code="ANN26", key="code")
    return ledger


@pytest.fixture
def vouchers(tmp_path: Path, clock: ll.ManualClock) -> Iterator[ll.Ledger]:
    rules = 'hold = "PT2H"\ngrace = "PT1H"\nsteps = [{ step = "first_purchase" }]\n'
    rewards = 'rewards = [{ role = "advocate", points = 100 }, { role = "friend", voucher = "a cake" }]\n'
    with opened(tmp_path / "ledger", clock, rules + rewards) as ledger:
        yield ledger
        assert ledger.verify().ok


def test_a_used_voucher_stays_with_another_hold(vouchers: ll.Ledger) -> None:
    vouchers.bind_referral("friends", "finn", code="ANN26", occurred_at=NOON - 9 * HOUR, key="bind")
    vouchers.purchase("finn", amount="20.00", occurred_at=NOON - 4 * HOUR, key="second")
    voucher = vouchers.referral("friends", "finn").rewards[1].voucher
    assert voucher is not None
    vouchers.change_coupon("friends", voucher.code, "finn", action="use", key="use")
    assert vouchers.purchase("finn", amount="20.00", occurred_at=NOON - 6 * HOUR, key="first").code == "APPLIED"
    state = vouchers.referral("friends", "finn").rewards[1]
    assert (state.state, state.voucher and state.voucher.code) == ("REDEEMED", voucher.code)


def test_a_sale_undone_before_it_came_may_name_a_referral(vouchers: ll.Ledger) -> None:
    vouchers.bind_referral("friends", "finn", code="ANN26", occurred_at=NOON - 9 * HOUR, key="bind")
    vouchers.purchase("finn", amount="20.00", occurred_at=NOON - HOUR, key="later")
    assert vouchers.reverse("early", key="undo").code == "PARKED"
    naming = ll.Referral(code="ANN26", program="friends")
    with pytest.raises(ll.AlreadyReversed):
        vouchers.purchase("finn", amount="20.00", occurred_at=NOON - 2 * HOUR, referral=naming, key="early")
    assert vouchers.referral("friends", "finn").progress == "REVERSED"
    assert vouchers.accrue("bob", 1, key="goes on").code == "APPLIED"


def test_a_reversed_referral_stays_the_old_advocates(tmp_path: Path, clock: ll.ManualClock) -> None:
    rules = 'credit = "linear"\nsteps = [{ step = "first_purchase" }]\n'
    rewards = 'rewards = [{ role = "advocate", points = 100 }]\n'
    with opened(tmp_path / "ledger", clock, rules + rewards) as ledger:
        ledger.bind_referral("friends", "finn", code="ANN26", key="bind")
        ledger.purchase("finn", amount="20.00", key="sale")
        ledger.dispute("sale", outcome="lost", key="lost")
        who = {"reason": "mistyped", "actor": "desk-1", "approved_by": "lead-1"}
        ledger.review_referral("friends", "finn", "move", to="cleo", **who, key="move")
        ledger.dispute("sale", outcome="won", key="won")
        rewards_now = [(one.member, one.points) for one in ledger.referral("friends", "finn").rewards]
        assert rewards_now == [("ann", 100)]
        assert ledger.verify().ok


@pytest.mark.parametrize("is_looked_at", [True, False])
def test_contacts_are_of_the_version_that_looked_last(
    tmp_path: Path, clock: ll.ManualClock, is_looked_at: bool
) -> None:
    """A version without credit leaves the winner alone; one that never looks at the friend changes nothing."""
    alone = 'steps = [{ step = "first_purchase", minimum = 500 }]\nrewards = [{ role = "advocate", points = 100 }]\n'
    shared = f'credit = "linear"\n{alone}'
    with opened(tmp_path / "ledger", clock, shared) as ledger:
        ledger.issue_code("friends", "bob", code="BOB26", key="code/bob")
        for hours, code in ((2, "ANN26"), (1, "BOB26")):
            at = NOON - hours * HOUR
            ledger.record_touch("friends", method="click", token="visit", code=code, touched_at=at, key=f"click/{code}")
        ledger.bind_referral("friends", "finn", token="visit", key="bind")
        ledger.publish(program(alone))
        if is_looked_at:
            ledger.purchase("finn", amount="1.00", key="small")
        clock.advance_to(NOON + 48 * HOUR)
        ledger.publish(program(shared))
        ledger.purchase("finn", amount="20.00", key="sale")
        told = [(one.member, one.points) for one in ledger.referral("friends", "finn").rewards]
        assert told == ([("ann", 100)] if is_looked_at else [("ann", 50), ("bob", 50)])
        assert ledger.verify().ok
