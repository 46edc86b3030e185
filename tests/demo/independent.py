"""The demo's figures worked out from the parquet files with plain Python, sharing nothing with the engine.

Every household keeps a list of lots. A basket makes one lot of a point per full dollar, spendable 14 days later at the
same local time, valid through the month end that follows 12 months later. A coupon takes 50 points from the lots that
expire first, or nothing if fewer than 50 can be spent.
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

ZONE = ZoneInfo("America/New_York")
COUPON_POINTS = 50
END = datetime(2018, 1, 1, tzinfo=ZONE).astimezone(UTC)
CENT = Decimal("0.01")


@dataclass
class Lot:
    """What is left of the points of one basket."""

    basket: int
    left: int
    activates_at: datetime
    expires_on: date

    def draw_place(self) -> tuple[date, datetime, int]:
        """Where the lot stands when points are taken: earliest expiry, then activation, then basket."""
        return (self.expires_on, self.activates_at, self.basket)

    def spendable(self, at: datetime) -> bool:
        """Whether the lot's points can be spent at an instant."""
        return self.activates_at <= at < local_midnight(self.expires_on)


@dataclass
class Figures:
    """Everything counted over the year."""

    purchases: int = 0
    purchases_without_points: int = 0
    amount_cents: int = 0
    accrued: int = 0
    redemptions_applied: int = 0
    redemptions_refused: int = 0
    redeemed: int = 0
    lots: dict[str, list[Lot]] = field(default_factory=dict)

    def balance(self, member: str, at: datetime) -> tuple[int, int]:
        """Available and pending points of a member at an instant after the year's last event."""
        lots = self.lots[member]
        available = sum(lot.left for lot in lots if lot.spendable(at))
        pending = sum(lot.left for lot in lots if at < lot.activates_at)
        return available, pending

    def ladder(self) -> dict[str, int]:
        """Points by the local date on which they expire."""
        steps: Counter[str] = Counter()
        for lots in self.lots.values():
            for lot in lots:
                steps[lot.expires_on.isoformat()] += lot.left
        return {day: points for day, points in sorted(steps.items()) if points}

    def top_members(self, count: int) -> list[dict[str, Any]]:
        """The members with most available points, the lower id first on ties."""
        rows = []
        for member in self.lots:
            available, pending = self.balance(member, END)
            rows.append({"member": member, "available": available, "pending": pending})
        rows.sort(key=lambda row: (-row["available"], row["member"]))
        return rows[:count]

    def summary(self) -> dict[str, Any]:
        """The figures under the names that the demo prints them."""
        balances = [self.balance(member, END) for member in self.lots]
        return {
            "purchases": self.purchases,
            "purchases_without_points": self.purchases_without_points,
            "accrued": self.accrued,
            "redemptions_applied": self.redemptions_applied,
            "redemptions_refused": self.redemptions_refused,
            "redeemed": self.redeemed,
            "pending": sum(pending for _, pending in balances),
            "available": sum(available for available, _ in balances),
            "ladder": self.ladder(),
            "top_members": self.top_members(10),
        }


def local_midnight(day: date) -> datetime:
    """The instant at which a local day starts (New York has no day without midnight)."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def after_fourteen_days(at: datetime) -> datetime:
    """The same local time 14 days later; a skipped hour gives the first instant after it, a doubled one the first."""
    local = at.astimezone(ZONE).replace(tzinfo=None) + timedelta(days=14)
    first = local.replace(tzinfo=ZONE, fold=0)
    there_and_back = first.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None)
    if there_and_back == local:
        return first.astimezone(UTC)
    lower, upper = first.astimezone(UTC) - timedelta(hours=3), first.astimezone(UTC) + timedelta(hours=3)
    before = lower.astimezone(ZONE).utcoffset()
    while upper - lower > timedelta(microseconds=1):
        middle = lower + (upper - lower) / 2
        if middle.astimezone(ZONE).utcoffset() == before:
            lower = middle
        else:
            upper = middle
    return upper


def expiry_day(activates_at: datetime) -> date:
    """First local day on which points that activate then can no longer be spent."""
    activated = activates_at.astimezone(ZONE).date()
    year = activated.year + 1
    through = activated.replace(year=year, day=min(activated.day, monthrange(year, activated.month)[1]))
    return through.replace(day=monthrange(through.year, through.month)[1]) + timedelta(days=1)


def baskets(data: Path) -> Iterator[tuple[datetime, int, str, int]]:
    """Time, basket, household and cents of every basket; each line rounded on its own, through decimals."""
    rows = duckdb.connect().execute(
        "SELECT basket_id, CAST(household_id AS VARCHAR), transaction_timestamp, sales_value FROM read_parquet(?)",
        [str(data / "transactions.parquet")],
    )
    totals: dict[int, tuple[datetime, str, int]] = {}
    cents: dict[float, int] = {}
    while chunk := rows.fetchmany(100_000):
        for basket, household, at, value in chunk:
            if value not in cents:
                cents[value] = int(Decimal(repr(value)).quantize(CENT, ROUND_HALF_EVEN) * 100)
            _, _, so_far = totals.get(basket, (at, household, 0))
            totals[basket] = (at, household, so_far + cents[value])
    for basket, (at, household, amount) in totals.items():
        yield at.replace(tzinfo=UTC), basket, household, amount


def coupons(data: Path) -> Iterator[tuple[datetime, int, str]]:
    """Time, place in the file and household of every coupon redemption."""
    rows = duckdb.connect().execute(
        "SELECT CAST(household_id AS VARCHAR), redemption_date FROM read_parquet(?, file_row_number=true) "
        "ORDER BY file_row_number",
        [str(data / "coupon_redemptions.parquet")],
    )
    for place, (household, day) in enumerate(rows.fetchall()):
        yield datetime.combine(day.date(), time(23, 59, 59), ZONE).astimezone(UTC), place, household


def calculate(data: Path) -> Figures:
    """Goes through the year once."""
    figures = Figures()
    events: list[tuple[datetime, int, int, str, int]] = []
    events += [(at, 0, basket, household, cents) for at, basket, household, cents in baskets(data)]
    events += [(at, 1, place, household, 0) for at, place, household in coupons(data)]
    for at, kind, number, household, cents in sorted(events):
        lots = figures.lots.setdefault(household, [])
        if kind == 0:
            buy(figures, lots, at, number, cents)
        else:
            redeem(figures, lots, at)
    return figures


def buy(figures: Figures, lots: list[Lot], at: datetime, basket: int, cents: int) -> None:
    """One basket: a point per full dollar."""
    points = cents // 100
    figures.purchases += 1
    figures.amount_cents += cents
    figures.accrued += points
    if points == 0:
        figures.purchases_without_points += 1
        return
    activates_at = after_fourteen_days(at)
    lots.append(Lot(basket, points, activates_at, expiry_day(activates_at)))


def redeem(figures: Figures, lots: list[Lot], at: datetime) -> None:
    """One coupon: all of its points or none."""
    spendable = sorted((lot for lot in lots if lot.spendable(at)), key=Lot.draw_place)
    if sum(lot.left for lot in spendable) < COUPON_POINTS:
        figures.redemptions_refused += 1
        return
    wanted = COUPON_POINTS
    for lot in spendable:
        taken = min(wanted, lot.left)
        lot.left -= taken
        wanted -= taken
    figures.redemptions_applied += 1
    figures.redeemed += COUPON_POINTS


def recruits(data: Path) -> dict[str, Any]:
    """Who recruited whom: the coupon's first holder; each friend bought once, so each level above gets its share."""
    with data.open(newline="", encoding="utf-8") as lines:
        people = list(csv.DictReader(lines))
    holders: dict[str, str] = {}
    for person in people:
        for slot in range(1, 8):
            holders.setdefault(person[f"coupon_{slot}"], person["member"])
    above = {
        person["member"]: holders[person["own_coupon"]]
        for person in people
        if person["own_coupon"] and person["own_coupon"] in holders
    }
    earned: Counter[str] = Counter()
    depths: Counter[int] = Counter()
    for person in people:
        chain = [person["member"]]
        while chain[-1] in above:
            chain.append(above[chain[-1]])
        depths[len(chain) - 1] += 1
        earned.update(dict(zip(chain[1:], (100, 20, 10), strict=False)))
    best = max((person["member"] for person in people), key=lambda member: earned[member])
    return {
        "members": len(people),
        "edges": len(above),
        "roots": len(people) - len(above),
        "depths": [depths[depth] for depth in sorted(depths)],
        "points": sum(earned.values()),
        "best": best,
        "best_points": earned[best],
    }
