"""Requests that once were decided and then contradicted by the audit, which stops a ledger: each goes on."""

import pyarrow as pa
import pytest

import loyalty_ledger as ll


def whole(ledger: ll.Ledger, **row: object) -> object:
    """One row as an all-or-nothing batch; its answer."""
    table = pa.table({name: [value] for name, value in row.items()})
    return pa.table(ledger.post_batch(table, all_or_nothing=True, key="whole"))["code"].to_pylist()


def test_a_batch_that_is_refused_for_a_lost_card(ledger: ll.Ledger, member: str) -> None:
    ledger.replace_alias(member, "card", "2760001", "2760002", key="lost")
    assert whole(ledger, verb="redeem", card="2760001", points=5, key="r") == ["CARD_LOST"]
    assert ledger.redeem(member, 5, key="r").awarded == 5
    assert ledger.verify().ok


def test_a_batch_that_is_refused_for_open_holds(ledger: ll.Ledger, member: str) -> None:
    ledger.authorize(member, 5, key="h")
    assert whole(ledger, verb="close_member", member=member, reason="wish", key="c") == ["HOLDS_OPEN"]
    assert ledger.void("h", key="v").code == "APPLIED"
    assert ledger.verify().ok


@pytest.mark.parametrize("waits", [True, False])
def test_an_undone_reversal_that_names_its_member_by_a_code(ledger: ll.Ledger, member: str, waits: bool) -> None:
    if not waits:
        ledger.redeem(member, 5, key="r")
        ledger.reverse("r", key="all")
        with pytest.raises(ll.AlreadyReversed):
            ledger.reverse("r", key="undo")
    else:
        assert ledger.reverse("later", points=5, key="undo").code == "PARKED"
    code = ll.Alias("one_time", ledger.issue_one_time_code(member, key="code").code)
    assert ledger.reverse("undo", member=code, key="back").code == "APPLIED"
    with pytest.raises(ll.MemberNotFound):
        ledger.redeem(code, 1, key="again")
    assert ledger.verify().ok


@pytest.mark.parametrize("debt", [0, 500])
def test_a_gift_that_meets_the_undo_of_a_part_of_it(ledger: ll.Ledger, member: str, debt: int) -> None:
    why = {"reason": "goodwill", "actor": "desk-1"}
    if debt:
        ledger.adjust(member, -debt, **why, overdraw=True, key="debt")
    assert ledger.reverse("gift", points=50, key="undo").code == "PARKED"
    before = ledger.balance(member)
    ledger.adjust(member, 250, **why, key="gift")
    after = ledger.balance(member)
    assert after.available - after.debt == before.available - before.debt + 200
    assert ledger.verify().ok
