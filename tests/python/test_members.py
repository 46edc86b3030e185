"""Members through the package: what their answers show, and bad input, told by name before anything is written."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll

WHY = {"reason": "wish", "actor": "desk-1"}


@pytest.fixture
def other(ledger: ll.Ledger, member: str) -> str:
    ledger.enroll("m-2")
    return "m-2"


def test_answers_show_the_balance(ledger: ll.Ledger, member: str) -> None:
    ledger.accrue(member, 20, activates_at=datetime(2026, 4, 1, tzinfo=UTC), key="later")
    answers = [
        ledger.add_alias(member, "phone", "+4930901820", key="add"),
        ledger.replace_alias(member, "card", "2760001", "2760002", reason="stolen", key="replace"),
        ledger.remove_alias(member, "phone", "+4930901820", key="remove"),
        ledger.block(member, **WHY, key="block"),
        ledger.unblock(member, **WHY, key="unblock"),
    ]
    assert {answer.balance for answer in answers} == {ll.Balance(pending=20, available=100, held=0, debt=0)}
    assert {answer.awarded for answer in answers} == {0}
    assert ledger.close_member(member, reason="wish", key="close").awarded == 120
    assert ledger.close_member(member, reason="wish", key="close").replayed


def test_who_did_it_stands_in_the_entry(ledger: ll.Ledger, member: str, other: str) -> None:
    blocked = ledger.entry(ledger.block(member, **WHY, key="block").sequence)
    assert (blocked.verb, blocked.member, blocked.reason, blocked.actor) == ("block", member, "wish", "desk-1")
    ledger.unblock(member, **WHY, key="unblock")
    given = ledger.entry(ledger.transfer(member, other, 30, key="gift").sequence)
    assert [(effect.member, effect.balance.available) for effect in given.effects] == [(member, 70), (other, 30)]
    lost = ledger.replace_alias(member, "card", "2760001", "2760002", reason="stolen", key="lost")
    assert ledger.entry(lost.sequence).reason == "stolen"
    left = ledger.entry(ledger.close_member(other, reason="wish", key="close").sequence)
    assert (left.actor, left.awarded) == (None, 30)


def test_only_points_make_rows_of_a_statement(ledger: ll.Ledger, member: str, other: str) -> None:
    ledger.block(member, **WHY, key="block")
    ledger.unblock(member, **WHY, key="unblock")
    ledger.add_alias(member, "card", "2760003", key="add")
    ledger.transfer(member, other, 30, key="gift")
    ledger.close_member(member, reason="wish", key="close")
    rows = ledger.statement(member).rows
    assert [(row.verb, row.points) for row in rows] == [("close_member", -70), ("transfer", -30), ("accrue", 100)]


def test_refusals(ledger: ll.Ledger, member: str, other: str) -> None:
    ledger.block(member, **WHY, key="block")
    with pytest.raises(ll.MemberBlocked) as blocked:
        ledger.redeem(member, 10, key="r")
    assert blocked.value.details["available"] == 100
    with pytest.raises(ll.MemberBlocked):
        ledger.transfer(other, member, 1, key="t")
    ledger.close_member(member, reason="wish", key="close")
    with pytest.raises(ll.MemberClosed):
        ledger.accrue(member, 1, key="a")
    with pytest.raises(ll.MemberBlocked) as again:
        ledger.redeem(member, 10, key="r")
    assert again.value.replayed


def test_erased(ledger: ll.Ledger, member: str, other: str) -> None:
    ledger.add_alias(member, "phone", "+4930901820", key="add")
    with pytest.raises(ll.KeyReused):
        ledger.close_member(member, reason="wish", key="add")
    erased = ledger.erase_member(member, reason="wish", key="erase")
    assert (erased.awarded, erased.balance) == (100, ll.Balance(pending=0, available=0, held=0, debt=0))
    with pytest.raises(ll.KeyReused):
        ledger.close_member(member, reason="wish", key="erase")
    rows = [(row.verb, row.reason, row.points) for row in ledger.statement(member).rows]
    assert rows == [("erase_member", "erased", -100), ("accrue", "accrual", 100)]
    with pytest.raises(ll.MemberNotFound):
        ledger.balance(card="2760001")
    assert ledger.add_alias(other, "card", "2760001", key="again").code == "APPLIED"
    with pytest.raises(ll.MemberClosed):
        ledger.erase_member(member, reason="wish", key="twice")


def test_erased_and_back_in_one_table_or_not_at_all(ledger: ll.Ledger, member: str, other: str) -> None:
    """What was given up is held as before if a later row is in the way."""
    rows = [
        {"verb": "erase_member", "member": member, "reason": "wish", "key": "erase"},
        {"verb": "enroll", "member": "m-3", "card": "2760001"},
        {"verb": "accrue", "member": "m-3", "points": 5, "key": "a"},
        {"verb": "redeem", "member": other, "points": 5, "key": "r"},
    ]
    columns = {name: [row.get(name) for row in rows] for name in ("verb", "member", "reason", "card", "points", "key")}
    digest = ledger.digest()
    whole = {"all_or_nothing": True, "key": "whole"}
    assert ledger.post_batch(pa.table(columns), **whole).applied == 0
    assert (ledger.explain(card="2760001").member, ledger.balance(member).available) == (member, 100)
    ledger.accrue(other, 5, key="so that it fits")
    assert ledger.post_batch(pa.table(columns), **{**whole, "key": "again"}).applied == 4
    assert (ledger.explain(card="2760001").member, ledger.balance(member).available) == ("m-3", 0)
    assert ledger.digest() != digest and ledger.verify().ok


def test_lost_card(ledger: ll.Ledger, member: str) -> None:
    ledger.replace_alias(member, "card", "2760001", "2760002", key="lost")
    with pytest.raises(ll.CardLost):
        ledger.purchase(card="2760001", amount="10.00", key="p")
    with pytest.raises(ll.CardLost):
        ledger.balance(card="2760001")
    with pytest.raises(ll.AliasInUse):
        ledger.add_alias(member, "card", "2760001", key="again")
    with pytest.raises(ll.AliasUnknown):
        ledger.replace_alias(member, "card", "2760009", "2760003", key="other")


def test_overdraw(ledger: ll.Ledger, member: str) -> None:
    with pytest.raises(ll.InsufficientPoints):
        ledger.adjust(member, -130, reason="fraud", actor="desk-1", key="a/1")
    told = ledger.adjust(member, -130, reason="fraud", actor="desk-1", overdraw=True, key="a/2")
    assert (told.awarded, told.balance.debt) == (-130, 30)


BAD: list[tuple[Callable[[Any], Any], type[Exception], str]] = [
    (lambda one: one.block("m-1", reason="", actor="desk-1", key="k"), ll.ReasonMissing, ""),
    (lambda one: one.block("m-1", reason="r", actor="", key="k"), ll.ReasonMissing, ""),
    (lambda one: one.block("m-1", reason="r" * 65, actor="a", key="k"), ll.ReasonMissing, ""),
    (lambda one: one.unblock("m-1", reason="r", actor="a" * 65, key="k"), ll.ReasonMissing, ""),
    (lambda one: one.close_member("m-1", reason="", key="k"), ll.ReasonMissing, ""),
    (lambda one: one.close_member("m-1", reason="r", actor="a" * 65, key="k"), ll.ReasonMissing, ""),
    (lambda one: one.erase_member("m-1", reason="", key="k"), ll.ReasonMissing, ""),
    (lambda one: one.erase_member("m-1", reason="r", actor="a" * 65, key="k"), ll.ReasonMissing, ""),
    (lambda one: one.erase_member("nobody", reason="r", key="k"), ll.MemberNotFound, "nobody"),
    (lambda one: one.erase_member(7, reason="r", key="k"), TypeError, "member must be an id"),
    (lambda one: one.erase_member("m-1", reason="r", key=""), ll.KeyMissing, ""),
    (lambda one: one.block("nobody", **WHY, key="k"), ll.MemberNotFound, "nobody"),
    (lambda one: one.close_member("nobody", reason="r", key="k"), ll.MemberNotFound, "nobody"),
    (lambda one: one.block("m 1", **WHY, key="k"), ll.InvalidId, ""),
    (lambda one: one.block(None, **WHY, key="k"), TypeError, "member must be an id"),
    (lambda one: one.block("m-1", reason=1, actor="a", key="k"), TypeError, "reason must be text"),
    (lambda one: one.unblock("m-1", reason="r", actor=None, key="k"), TypeError, "actor must be text"),
    (lambda one: one.block("m-1", **WHY, key=""), ll.KeyMissing, ""),
    (lambda one: one.transfer("m-1", "m-1", 5, key="k"), ll.SameMember, ""),
    (lambda one: one.transfer("m-1", "nobody", 5, key="k"), ll.MemberNotFound, "nobody"),
    (lambda one: one.transfer("m-1", "m-2", 0, key="k"), ll.PointsNotPositive, ""),
    (lambda one: one.transfer("m-1", "m-2", 2**53 + 1, key="k"), ll.PointsTooLarge, ""),
    (lambda one: one.transfer("m-1", "m-2", 1.5, key="k"), TypeError, "points must be a whole number"),
    (lambda one: one.transfer("m-1", "m-2", 5, wallet="stars", key="k"), ll.UnknownCurrency, "stars"),
    (lambda one: one.transfer("m-1", 2, 5, key="k"), TypeError, "receiver must be an id"),
    (lambda one: one.replace_alias("m-1", "card", "2760001", "2760001", key="k"), ll.InvalidId, "is the old one"),
    (lambda one: one.replace_alias("m-1", "card", "2760001", "x", key="k"), ll.InvalidId, ""),
    (lambda one: one.replace_alias("m-1", "card", "2760001", "2760002", reason="r" * 65, key="k"), ll.LedgerError, ""),
    (lambda one: one.replace_alias("m-1", "card", "2760001", None, key="k"), TypeError, "new must be text"),
    (lambda one: one.adjust("m-1", -5, overdraw=1, **WHY, key="k"), TypeError, "overdraw must be True or False"),
]


@pytest.mark.parametrize(("call", "raised", "says"), BAD)
def test_bad_input(
    ledger: ll.Ledger, other: str, call: Callable[[Any], Any], raised: type[Exception], says: str
) -> None:
    before = ledger.checkpoint().sequence
    with pytest.raises(raised, match=says or None):
        call(ledger)
    assert ledger.checkpoint().sequence == before
