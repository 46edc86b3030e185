"""What a cashier and whoever answers a member's questions read: a life in rows and in lots, open holds page by page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import loyalty_ledger as ll
from loyalty_ledger import wording

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
WHY = {"reason": "goodwill", "actor": "desk-1"}
PROGRAM = """
zone = "Europe/Berlin"
[currencies.points]
pending = "P2D"
expiry = { rolling = "P3M" }
"""


@pytest.fixture
def clock() -> ll.ManualClock:
    return ll.ManualClock(START)


@pytest.fixture
def life(tmp_path: Path, clock: ll.ManualClock) -> Any:
    """Ann buys, spends, returns more than she has left, pays with points, gives, lets points expire and leaves."""
    with ll.open(tmp_path / "life.ledger", program=PROGRAM, clock=clock) as ledger:
        ledger.enroll("ann")
        ledger.enroll("bob")
        ledger.purchase("ann", amount="80.00", key="sale")
        clock.advance_to(START + timedelta(days=3))
        ledger.redeem("ann", 60, key="spent")
        ledger.reverse("sale", amount="50.00", key="return")
        ledger.accrue("ann", 100, activates_at=clock.now(), key="bonus")
        ledger.purchase("ann", amount="10.00", redeem=20, key="mixed")
        ledger.reverse("mixed", amount="5.00", key="part")
        ledger.transfer("ann", "bob", 30, key="gift")
        ledger.authorize("ann", 10, key="hold")
        clock.advance_to(clock.now() + timedelta(minutes=15))
        ledger.adjust("ann", 5, key="correction", **WHY)
        clock.advance_to(START + timedelta(days=120))
        ledger.redeem("ann", 50, offline=True, source=ll.Source(store="12"), key="offline")
        ledger.close_member("ann", reason="wish", key="close")
        yield ledger


def texts(ledger: ll.Ledger, member: str, language: wording.Language) -> list[str]:
    return [row.text for row in reversed(ledger.statement(member, language=language).rows)]


def test_a_life_in_english_rows(life: ll.Ledger) -> None:
    assert texts(life, "ann", "en") == [
        "Purchase",
        "Points now available",
        "Points redeemed",
        "Return of goods (entry 4), debt +30",
        "Points credited, debt -30",
        "Purchase, 20 points redeemed",
        "Return of goods (entry 8), 10 points back",
        "Points given away",
        "Points reserved",
        "Reservation lapsed (entry 11)",
        "Correction: goodwill",
        "Points now available",
        "Points expired",
        "Points expired",
        "Points redeemed, debt +50",
        "Account closed: wish, debt -50",
    ]
    assert texts(life, "bob", "en") == ["Points received", "Points expired"]


def test_a_life_in_german_rows(life: ll.Ledger) -> None:
    assert texts(life, "ann", "de")[3:8] == [
        "Rückgabe (Buchung 4), Schuld +30",
        "Gutschrift, Schuld -30",
        "Einkauf, 20 Punkte eingelöst",
        "Rückgabe (Buchung 8), 10 Punkte zurück",
        "Punkte übertragen",
    ]
    assert texts(life, "ann", "de")[-1] == "Punktekonto geschlossen: wish, Schuld -50"
    assert texts(life, "bob", "de") == ["Punkte erhalten", "Punkte verfallen"]


def test_rows_name_lots_and_their_dates(life: ll.Ledger) -> None:
    rows = {row.key: row for row in life.statement("ann")}
    taken, owed = rows["return"].moved
    assert (taken.points, taken.flow, taken.expires_at) == (20, "accrual_reversed", datetime(2026, 6, 4, tzinfo=BERLIN))
    assert (owed.points, owed.flow, owed.lot, owed.activates_at, owed.expires_at) == (30, "overdrawn", None, None, None)
    assert rows["return"].original == 4
    moved = life.entry(key="return").effects[0].moved
    assert [move.expires_at is None for move in moved if move.flow == "overdrawn"] == [True]


def test_a_life_explained(life: ll.Ledger) -> None:
    english = life.explain("ann").text("en", BERLIN)
    for line in (
        "pending 0 + available 0 + held 0 - debt 0",
        "of entry 4, valid until 2026-06-04 00:00:00+02:00",
        "2026-03-03 13:00:00+01:00  time: 80 became available",
        "2026-03-04 13:00:00+01:00  entry 6 (reversal of entry 4): 20 taken back",
        "2026-03-04 13:15:00+01:00  time (entry 11): 10 no longer reserved",
        "2026-03-04 13:00:00+01:00  entry 7 (accrual): 100 credited, 30 of it paid debt",
        "entry 6 (reversal of entry 4): 30 taken back beyond what was there: debt",
        "entry 14 (closing of the account): 50 debt forgiven",
        "made 80 - paid 30 - forgiven 50 = owed 0",
    ):
        assert line in english
    german = life.explain("ann").text("de", BERLIN)
    for line in (
        "gültig bis 2026-06-04 00:00:00+02:00",
        "Buchung 6 (Storno zu Buchung 4): 20 zurückgebucht",
        "Buchung 7 (Gutschrift): 100 gutgeschrieben, 30 davon zahlten Schuld",
        "Zeit (Buchung 11): 10 nicht mehr reserviert",
        "entstanden 80 - bezahlt 30 - erlassen 50 = offen 0",
    ):
        assert line in german
    assert "+00:00" in str(life.explain("ann")), "in UTC if no zone is said"


def test_points_that_a_store_bears_are_named_so(life: ll.Ledger, clock: ll.ManualClock) -> None:
    life.block("bob", key="block", **WHY)
    life.redeem("bob", 5, offline=True, source=ll.Source(store="12"), key="borne")
    life.reverse("borne", key="credited")
    assert texts(life, "bob", "en")[2:] == [
        "Redemption at the store's expense",
        "Redemption at the store's expense reversed (entry 16)",
    ]
    assert texts(life, "bob", "de")[2] == "Einlösung auf Kosten der Filiale"


def test_every_verb_that_moves_points_has_words() -> None:
    referring = {"issue_code", "record_touch", "bind_referral", "record_step", "review_referral", "dispute"}
    moving = {"purchase", "accrue", "redeem", "authorize", "capture", "void", "reverse", "adjust", "transfer", "time"}
    moving |= {"close_member", "erase_member", "reinstate", "extend", "forgive_debt", "activate", "close_period"}
    assert moving | referring == set(wording.VERBS)
    assert all(english and german for english, german in [*wording.VERBS.values(), *wording.REASONS.values()])


def test_open_holds_come_in_pages(ledger: ll.Ledger, clock: ll.ManualClock) -> None:
    ledger.enroll("m-1")
    ledger.accrue("m-1", 100, key="a")
    for number in range(7):
        store = "12" if number % 2 else "13"
        receipt = ll.Receipt(store, "3", date(2026, 3, 1), str(number))
        ledger.authorize("m-1", 1 + number, receipt=receipt, ttl=timedelta(hours=1), key=f"h-{number}")
    ledger.void("h-2", key="v")
    everything = ledger.holds()
    assert [hold.points for hold in everything] == [1, 2, 4, 5, 6, 7]
    pages, after = [], 0
    while page := ledger.holds(limit=2, after=after):
        pages.append(page)
        after = page[-1].authorization
    assert [len(page) for page in pages] == [2, 2, 2]
    assert tuple(hold for page in pages for hold in page) == everything
    first = ledger.holds(store="12", limit=1)
    rest = ledger.holds(store="12", after=first[0].authorization)
    assert [hold.points for hold in (*first, *rest)] == [2, 4, 6]
    assert ledger.holds(after=everything[-1].authorization) == ()


@pytest.mark.parametrize(
    ("wrong", "raised"),
    [
        ({"limit": 0}, ValueError),
        ({"limit": 1001}, ValueError),
        ({"after": -1}, ValueError),
        ({"after": "h-1"}, TypeError),
        ({"after": 2**63}, ValueError),
    ],
)
def test_pages_of_holds_have_bounds(ledger: ll.Ledger, wrong: dict[str, Any], raised: type[Exception]) -> None:
    with pytest.raises(raised, match=next(iter(wrong))):
        ledger.holds(**wrong)
