"""Corrections by hand, and the reads for tills and for whoever asks: bad input, shapes, words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import loyalty_ledger as ll
from loyalty_ledger import wording

WHY = {"reason": "goodwill", "actor": "desk-1"}
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(START)


@pytest.fixture
def ledger(tmp_path: Any, clock: ll.ManualClock) -> Any:
    with ll.open(tmp_path / "points.ledger", clock=clock) as opened:
        for member in ("m-1", "m-2"):
            opened.enroll(member)
        opened.accrue("m-1", 100, expires_at=START + timedelta(days=1), key="a")
        yield opened


def lot_of(ledger: ll.Ledger, member: str = "m-1") -> ll.Lot:
    return ledger.balance(member).lots[0]


def test_a_lot_is_named_by_itself_or_its_id(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    lot = lot_of(ledger)
    clock.advance_to(START + timedelta(days=2))
    first = ledger.reinstate("m-1", 60, lot=lot, expires_at="never", key="r-1", **WHY)
    rest = ledger.reinstate("m-1", lot=lot.id, key="r-2", **WHY)
    assert (first.awarded, rest.awarded, rest.balance.available) == (60, 40, 100)
    again = ledger.reinstate("m-1", lot=lot.id, key="r-2", **WHY)
    assert (again.replayed, again.sequence) == (True, rest.sequence)


@pytest.mark.parametrize("lot", [0, 1, 2**62, 2**63 - 1])
def test_unknown_lots(ledger: ll.Ledger, lot: int) -> None:
    with pytest.raises(ll.LotNotFound):
        ledger.reinstate("m-1", lot=lot, key="r", **WHY)
    with pytest.raises(ll.LotNotFound):
        ledger.extend(member="m-1", lot=lot, expires_at="never", key="e", **WHY)


def test_a_lot_of_another_member(ledger: ll.Ledger) -> None:
    lot = lot_of(ledger)
    with pytest.raises(ll.LotNotFound):
        ledger.reinstate("m-2", lot=lot, key="r", **WHY)
    with pytest.raises(ll.LotNotFound):
        ledger.extend(member="m-2", lot=lot, expires_at="never", key="e", **WHY)


def test_dates_that_have_passed(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    lot = lot_of(ledger)
    for expires_at in (START, START - timedelta(days=1), START + timedelta(hours=1)):
        with pytest.raises(ll.ExpiryInPast):
            ledger.extend(member="m-1", lot=lot, expires_at=expires_at, key="e", **WHY)
    clock.advance_to(START + timedelta(days=2))
    with pytest.raises(ll.ExpiryInPast):
        ledger.reinstate("m-1", lot=lot, expires_at=clock.now(), key="r", **WHY)
    with pytest.raises(ll.MemberNotFound):
        ledger.reinstate("nobody", lot=lot, key="r", **WHY)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"ttl": timedelta(minutes=1)},
        {"member": "m-1", "lot": 1},
        {"member": "m-1", "expires_at": "never"},
        {"lot": 1, "expires_at": "never"},
        {"member": "m-1", "lot": 1, "expires_at": "never", "ttl": timedelta(minutes=1)},
        {"authorization": "h"},
        {"authorization": "h", "ttl": timedelta(minutes=1), "member": "m-1"},
        {"authorization": "h", "ttl": 60},
        {"member": "m-1", "lot": "1", "expires_at": "never"},
        {"member": "m-1", "lot": True, "expires_at": "never"},
    ],
)
def test_extend_takes_a_hold_or_a_lot(ledger: ll.Ledger, arguments: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        ledger.extend(**arguments, key="e", **WHY)


def test_what_is_done_by_hand_has_a_reason(ledger: ll.Ledger) -> None:
    lot = lot_of(ledger)
    for why in ({"reason": "", "actor": "desk"}, {"reason": "goodwill", "actor": "x" * 65}):
        with pytest.raises(ll.ReasonMissing):
            ledger.forgive_debt("m-1", key="f", **why)
        with pytest.raises(ll.ReasonMissing):
            ledger.reinstate("m-1", lot=lot, key="r", **why)
        with pytest.raises(ll.ReasonMissing):
            ledger.extend(member="m-1", lot=lot, expires_at="never", key="e", **why)


def test_points_that_are_none(ledger: ll.Ledger) -> None:
    for points in (0, -1):
        with pytest.raises(ll.PointsNotPositive):
            ledger.forgive_debt("m-1", points, key="f", **WHY)
        with pytest.raises(ll.PointsNotPositive):
            ledger.reinstate("m-1", points, lot=lot_of(ledger), key="r", **WHY)
    with pytest.raises(ll.InsufficientPoints):
        ledger.forgive_debt("m-1", 1, key="f", **WHY)


def test_activate_names_what_earned(ledger: ll.Ledger) -> None:
    assert ledger.activate("a", key="x").awarded == 0
    for original in ("never-seen", 999, 1):
        with pytest.raises(ll.TransactionNotFound):
            ledger.activate(original, key="y")
    with pytest.raises(ll.MemberMismatch):
        ledger.activate("a", member="m-2", key="y")


def test_statement_speaks_english_and_german(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    redeemed = ledger.redeem("m-1", 30, key="r")
    ledger.reverse(redeemed, key="back")
    ledger.adjust("m-1", 5, key="up", **WHY)
    clock.advance_to(START + timedelta(days=2))
    english = [row.text for row in ledger.statement("m-1")]
    german = [row.text for row in ledger.statement("m-1", language="de")]
    assert english == [
        "Points expired",
        "Correction: goodwill",
        f"Redemption reversed (entry {redeemed.sequence})",
        "Points redeemed",
        "Points credited",
    ]
    assert german == [
        "Punkte verfallen",
        "Korrektur: goodwill",
        f"Storno einer Einlösung (Buchung {redeemed.sequence})",
        "Einlösung",
        "Gutschrift",
    ]
    [move] = ledger.statement("m-1").rows[-1].moved
    assert move.expires_at == START + timedelta(days=1)
    with pytest.raises(ValueError, match="language"):
        ledger.statement("m-1", language="fr")  # type: ignore[arg-type]


def test_every_flow_has_words(ledger: ll.Ledger) -> None:
    english, german = zip(*wording.FLOWS.values(), strict=True)
    assert len(set(english)) == len(english) and all(german)


def test_explanation_adds_up_and_reads_well(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    ledger.redeem("m-1", 40, key="r")
    ledger.reverse("a", key="back")
    ledger.accrue("m-1", 50, key="b")
    explained = ledger.explain("m-1")
    first, second = explained.lots
    assert (first.came, first.paid, first.gone) == (100, 0, 100)
    assert (second.came, second.paid, second.gone, second.available) == (50, 40, 0, 10)
    assert (explained.debt.made, explained.debt.paid, explained.debt.forgiven) == (40, 40, 0)
    assert explained.balance.available == 10
    assert "came 50 - paid debt 40 - gone 0 = left 10" in str(explained)
    assert "gekommen 50 - zahlte Schuld 40 - fort 0 = übrig 10" in explained.text("de")
    with pytest.raises(ll.MemberNotFound):
        ledger.explain("nobody")
    with pytest.raises(ll.UnknownCurrency):
        ledger.explain("m-1", wallet="stars")


def test_reads_for_tills_check_their_arguments(ledger: ll.Ledger) -> None:
    day = date(2026, 5, 1)
    assert ledger.totals(store="12", business_date=day).rows == ()
    assert ledger.holds() == ()
    with pytest.raises(TypeError):
        ledger.totals(store="12", business_date="2026-05-01")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ledger.totals(store=12, business_date=day)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ledger.holds(older_than=60)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="limit"):
        ledger.holds(limit=0)


def test_holds_tell_their_till(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    receipt = ll.Receipt("12", "3", date(2026, 5, 1), "4711")
    held = ledger.authorize("m-1", 20, ttl=timedelta(hours=1), receipt=receipt, key="h")
    [hold] = ledger.holds(store="12")
    assert (hold.authorization, hold.member, hold.points) == (held.sequence, "m-1", 20)
    assert (hold.store, hold.terminal, hold.key, hold.opened_at) == ("12", "3", "h", START)
    assert ledger.holds(store="13") == ()
    ledger.extend(held, ttl=timedelta(hours=3), key="e")
    clock.advance_to(START + timedelta(hours=2))
    [hold] = ledger.holds(older_than=timedelta(hours=1))
    assert hold.lapses_at == START + timedelta(hours=3)
    assert ledger.holds(older_than=timedelta(hours=2)) == ()
