"""What tills get wrong about receipts, returns, gifts and dates: each is told what to do, and nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

import loyalty_ledger as ll

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = date(2026, 5, 1)
WHY = {"reason": "goodwill", "actor": "desk-1"}
EMAIL = "ann@example.org"
Call = Callable[[ll.Ledger], object]


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(NOON)


@pytest.fixture
def shop(ledger: ll.Ledger) -> ll.Ledger:
    """m-1 has bought two lines, and redeemed 10 points; the return of 5 of these, `back`, was undone by `undo`."""
    for member in ("m-1", "m-2", "gone", "blocked"):
        ledger.enroll(member)
    ledger.close_member("gone", reason="wish", key="close")
    ledger.block("blocked", key="block", **WHY)
    ledger.accrue("m-1", 100, key="a")
    lines = [ll.Line(2000, sku="coffee", quantity=2), ll.Line(2000, sku="mug")]
    ledger.purchase("m-1", amount="40.00", lines=lines, receipt=receipt(), key="p")
    ledger.purchase("m-1", amount=5, key="plain")
    ledger.redeem("m-1", 10, key="r")
    ledger.reverse("r", points=5, key="back")
    ledger.reverse("back", key="undo")
    return ledger


def receipt(number: str = "4711", day: date = DAY, store: str = "12") -> ll.Receipt:
    return ll.Receipt(store, "3", day, number)


def sell(shop: ll.Ledger, *lines: ll.Line, amount: int = 500, **rest: Any) -> object:
    return shop.purchase("m-1", amount=amount, lines=lines or None, key="k", **rest)


# What is wrong in shape, or about nobody: no entry is written, and the key stays free.
UNWRITTEN: dict[str, tuple[Call, type[ll.LedgerError], str]] = {
    "return of nothing": (lambda s: s.reverse("p", amount=0, key="k"), ll.AmountNotPositive, "name none to return all"),
    "return below nothing": (lambda s: s.reverse("p", amount="-0.01", key="k"), ll.AmountNotPositive, "above zero"),
    "no points back": (lambda s: s.reverse("r", points=0, key="k"), ll.PointsNotPositive, "ask for more"),
    "fewer than no points back": (lambda s: s.reverse("r", points=-1, key="k"), ll.PointsNotPositive, "ask for more"),
    "line below zero": (lambda s: sell(s, ll.Line(-100), ll.Line(600)), ll.LineInvalid, "line 1: .* above zero"),
    "line of zero": (lambda s: sell(s, ll.Line(500), ll.Line(0)), ll.LineInvalid, "line 2: .* above zero"),
    "line of no pieces": (lambda s: sell(s, ll.Line(500, quantity=0)), ll.LineInvalid, "line 1: .* above zero"),
    "lines of another sum": (lambda s: sell(s, ll.Line(499)), ll.LineInvalid, "add up to 499, .* 500; make them equal"),
    "line beyond the last": (lambda s: s.reverse("p", lines=[(3, 1)], key="k"), ll.LineUnknown, "2 lines .* from 1"),
    "line before the first": (lambda s: s.reverse("p", lines=[(0, 1)], key="k"), ll.LineUnknown, "2 lines .* from 1"),
    "lines of an amount": (lambda s: s.reverse("plain", lines=[(1, 1)], key="k"), ll.LineUnknown, "0 lines"),
    "no pieces back": (lambda s: s.reverse("p", lines=[(1, 0)], key="k"), ll.LineInvalid, "return one or more"),
    "sale in other money": (lambda s: sell(s, currency="USD"), ll.MoneyCurrencyNotAccepted, "give the amount in EUR"),
    "return in other money": (
        lambda s: s.reverse("p", amount="1.00", currency="USD", key="k"),
        ll.MoneyCurrencyNotAccepted,
        "give the amount in EUR",
    ),
    "points of a sale": (lambda s: s.reverse("p", points=5, key="k"), ll.WrongUnit, "give amount, not points"),
    "money of a redemption": (lambda s: s.reverse("r", amount=5, key="k"), ll.WrongUnit, "give points, not amount"),
    "return of a return of a return": (
        lambda s: s.reverse("undo", key="k"),
        ll.NotReversible,
        "reverse the original again",
    ),
    "part of a return of a return": (lambda s: s.reverse("back", points=1, key="k"), ll.WrongUnit, "undone whole"),
    "return for somebody else": (lambda s: s.reverse("p", member="m-2", key="k"), ll.MemberMismatch, "another member"),
    "gift to oneself": (lambda s: s.transfer("m-1", "m-1", 5, key="k"), ll.SameMember, "name another receiver"),
    "gift to nobody": (lambda s: s.transfer("m-1", "m-9", 5, key="k"), ll.MemberNotFound, '"m-9"; enroll it first'),
    "gift from nobody": (lambda s: s.transfer("m-9", "m-1", 5, key="k"), ll.MemberNotFound, '"m-9"; enroll it first'),
    "gift of other points": (
        lambda s: s.transfer("m-1", "m-2", 5, wallet="stars", key="k"),
        ll.UnknownCurrency,
        "it has points",
    ),
    "receipt without a number": (lambda s: sell(s, receipt=receipt("")), ll.ReceiptInvalid, "a number of 1 to 64"),
    "receipt without a store": (lambda s: sell(s, receipt=receipt(store="")), ll.ReceiptInvalid, "has a store"),
    "receipt of the far future": (
        lambda s: sell(s, receipt=receipt(day=date(9999, 12, 31))),
        ll.ReceiptInvalid,
        "set the till's date right",
    ),
    "return receipt of the far future": (
        lambda s: s.reverse("p", receipt=receipt(day=DAY + timedelta(days=367)), key="k"),
        ll.ReceiptInvalid,
        "set the till's date right",
    ),
    "receipt of another sale": (lambda s: sell(s, receipt=receipt()), ll.ReceiptReused, "entry"),
    "expired before it came": (
        lambda s: s.accrue("m-1", 1, expires_at=NOON - timedelta(seconds=1), key="k"),
        ll.ExpiryBeforeActivation,
        "give a later one, or none",
    ),
    "corrected into the past": (
        lambda s: s.adjust("m-1", 1, expires_at=NOON, key="k", **WHY),
        ll.ExpiryBeforeActivation,
        "give a later one, or none",
    ),
    "extended into the past": (
        lambda s: s.extend(member="m-1", lot=s.balance("m-1").lots[0], expires_at=NOON, key="k", **WHY),
        ll.ExpiryInPast,
        "give a later one",
    ),
    "reinstated into the past": (
        lambda s: s.reinstate("m-1", lot=s.balance("m-1").lots[0], expires_at=NOON, key="k", **WHY),
        ll.ExpiryInPast,
        "give a later one",
    ),
    "too many points": (lambda s: s.transfer("m-1", "m-2", 2**53 + 1, key="k"), ll.PointsTooLarge, "at most 2.53"),
    "too much money back": (lambda s: s.reverse("p", amount=2**53 + 1, key="k"), ll.AmountTooLarge, "2.53 .* split it"),
    "e-mail for an id": (lambda s: s.enroll(EMAIL, {"card": "2760001"}), ll.InvalidId, "use an opaque id"),
    "e-mail of a buyer": (
        lambda s: s.purchase(EMAIL, amount=1, enroll=True, key="k"),
        ll.InvalidId,
        "without personal data",
    ),
    "e-mail of who joins by card": (
        lambda s: s.purchase(amount=1, enroll={"id": EMAIL, "aliases": {"card": "2760001"}}, key="k"),
        ll.InvalidId,
        "use an opaque id",
    ),
    "e-mail of a receiver": (lambda s: s.transfer("m-1", EMAIL, 1, key="k"), ll.InvalidId, "use an opaque id"),
    "offline in the future": (
        lambda s: sell(s, redeem=10, offline=True, occurred_at=NOON + timedelta(minutes=16)),
        ll.OccurredInFuture,
        "set the till's clock right and send it again",
    ),
}


@pytest.mark.parametrize("wrong", UNWRITTEN)
def test_what_is_wrong_is_told_and_not_written(shop: ll.Ledger, wrong: str) -> None:
    call, raised, message = UNWRITTEN[wrong]
    entries, digest = shop.checkpoint().sequence, shop.digest()
    with pytest.raises(raised, match=message):
        call(shop)
    assert (shop.checkpoint().sequence, shop.digest()) == (entries, digest)
    assert shop.accrue("m-1", 1, key="k").code == "APPLIED", "the key was not used up"


# What the state says no to: the answer is kept under the key, and no point moves.
REFUSED: dict[str, tuple[Call, type[ll.LedgerError], str]] = {
    "more money than was paid": (
        lambda s: s.reverse("p", amount="40.01", key="k"),
        ll.ReversalExceedsOriginal,
        "reverse less, or name no part",
    ),
    "more points than were spent": (
        lambda s: s.reverse("r", points=11, key="k"),
        ll.ReversalExceedsOriginal,
        "reverse less, or name no part",
    ),
    "more pieces than were bought": (
        lambda s: s.reverse("p", lines=[(1, 3)], key="k"),
        ll.ReversalExceedsOriginal,
        "reverse less, or name no part",
    ),
    "a return undone twice": (lambda s: s.reverse("back", key="k"), ll.AlreadyReversed, "Nothing is left"),
    "gift to who has left": (lambda s: s.transfer("m-1", "gone", 5, key="k"), ll.MemberClosed, "has left"),
    "gift from who has left": (lambda s: s.transfer("gone", "m-1", 5, key="k"), ll.MemberClosed, "has left"),
    "gift to who is blocked": (lambda s: s.transfer("m-1", "blocked", 5, key="k"), ll.MemberBlocked, "unblock it"),
    "gift from who is blocked": (lambda s: s.transfer("blocked", "m-1", 5, key="k"), ll.MemberBlocked, "unblock it"),
    "gift of what is not there": (lambda s: s.transfer("m-1", "m-2", 131, key="k"), ll.InsufficientPoints, "131"),
}


@pytest.mark.parametrize("wrong", REFUSED)
def test_what_is_refused_is_kept_and_moves_nothing(shop: ll.Ledger, wrong: str) -> None:
    call, raised, message = REFUSED[wrong]
    entries, before = shop.checkpoint().sequence, (shop.trial_balance(), shop.balance("m-1"), shop.balance("m-2"))
    for _ in range(2):
        with pytest.raises(raised, match=message):
            call(shop)
    assert shop.checkpoint().sequence == entries + 1
    assert (shop.trial_balance(), shop.balance("m-1"), shop.balance("m-2")) == before
    assert shop.entry(key="k").effects == ()


def test_tables_refuse_the_same_row_by_row(shop: ll.Ledger) -> None:
    table = pa.table(
        {
            "verb": ["reverse", "reverse", "transfer", "transfer", "transfer", "purchase", "purchase"],
            "key": [f"k-{number}" for number in range(7)],
            "original": ["p", "r", None, None, None, None, None],
            "amount": pa.array([4001, None, None, None, None, 100, 100], pa.int64()),
            "points": pa.array([None, 11, 5, 5, 5, None, None], pa.int64()),
            "giver": [None, None, "m-1", "m-1", "m-1", None, None],
            "receiver": [None, None, "m-1", "gone", "m-9", None, None],
            "member": [None, None, None, None, None, "m-1", EMAIL],
            "enroll": [None, None, None, None, None, None, True],
            "receipt_store": [None, None, None, None, None, "12", None],
            "receipt_business_date": pa.array([None] * 5 + [date(2099, 1, 1), None], pa.date32()),
            "receipt_number": [None, None, None, None, None, "1", None],
        }
    )
    before = shop.balance("m-1")
    assert pa.table(shop.post_batch(table))["code"].to_pylist() == [
        "REVERSAL_EXCEEDS_ORIGINAL",
        "REVERSAL_EXCEEDS_ORIGINAL",
        "SAME_MEMBER",
        "MEMBER_CLOSED",
        "MEMBER_NOT_FOUND",
        "RECEIPT_INVALID",
        "INVALID_ID",
    ]
    assert shop.balance("m-1") == before


def test_an_e_mail_may_be_an_alias_for_only_its_hash_is_kept(shop: ll.Ledger) -> None:
    shop.add_alias("m-1", "external_id", EMAIL, key="k")
    assert EMAIL not in str(shop.entry(key="k"))


def test_what_happened_long_ago_is_taken_from_the_embedding_process(shop: ll.Ledger, clock: ll.ManualClock) -> None:
    clock.advance_to(NOON + timedelta(days=400))
    sold = shop.purchase("m-1", amount="5.00", redeem=10, offline=True, occurred_at=NOON, key="old")
    assert (sold.code, sold.spent) == ("APPLIED", 10)
