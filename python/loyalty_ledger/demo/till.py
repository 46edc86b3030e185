"""One till against a real server: a member joins, buys, pays with points and brings back; then the day is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import loyalty_ledger as ll

OPENED = datetime(2018, 1, 2, 14, 0, tzinfo=UTC)
DAY = date(2018, 1, 2)
CARD = "2760001"
PROGRAM = """zone = "America/New_York"

[currencies.points]
expiry = { rolling = "P12M" }

[earning]
points = 1
per_minor_units = 100
money = "USD"

[spending]
currency = "points"
"""


@dataclass(frozen=True)
class Step:
    """What the till asked, and what the member had then."""

    asked: str
    answered: str
    available: int
    held: int


def till_session(folder: Path) -> tuple[list[Step], ll.Totals]:
    """Plays the session on a new ledger in a folder, over the loopback's network; the same answers on every run."""
    clock = ll.ManualClock(OPENED)
    with (
        ll.open(folder / "till.ledger", program=PROGRAM, clock=clock) as ledger,
        ll.serve(ledger, test_clock=clock) as server,
        ll.connect(server.address) as till,
    ):
        return _play(till), till.totals(store="s1", terminal="t1", business_date=DAY)


def _play(till: ll.Client) -> list[Step]:
    steps: list[Step] = []

    def step(asked: str, answered: str) -> None:
        balance = till.balance(card=CARD)
        steps.append(Step(asked, answered, balance.available, balance.held))

    joined = till.enroll("m-1", aliases={"card": CARD}, key="k-1")
    step("enroll with a card", joined.code)
    lines = [ll.Line(amount="120.00"), ll.Line(amount="30.00"), ll.Line(amount="50.00")]
    basket: dict[str, Any] = {"card": CARD, "amount": "200.00", "lines": lines}
    step("quote a basket of $200.00", f"{till.quote(**basket).awarded} points")
    sale = till.purchase(**basket, receipt=_receipt("1"), key="k-2")
    step("record it", f"{sale.awarded} points")
    held = till.authorize("m-1", 150, ttl=timedelta(minutes=15), receipt=_receipt("2"), key="k-3")
    step("hold 150 points", held.code)
    paid = till.purchase(card=CARD, amount="10.00", capture=held, capture_points=100, receipt=_receipt("3"), key="k-4")
    step("a basket of $10.00, 100 points of it paid", f"{paid.spent} spent, {paid.awarded} points")
    back = till.reverse(sale, lines=[(3, None)], receipt=_receipt("4"), key="k-5")
    step("the third line of the first basket back", f"{back.awarded} points taken")
    again = till.purchase(**basket, receipt=_receipt("1"), key="k-2")
    step("the first basket again, after a time-out", f"{again.awarded} points, replayed: {again.replayed}")
    return steps


def _receipt(number: str) -> ll.Receipt:
    return ll.Receipt(store="s1", terminal="t1", business_date=DAY, number=number)
