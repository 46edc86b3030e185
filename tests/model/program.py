"""The rules of a program that the naive ledger knows, read from its TOML."""

import calendar
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from model.local_time import Period, end_of_day, rounded_up
from model.points import END_OF_TIME
from model.referral.rules import ReferralRules, parse_referral


@dataclass(frozen=True)
class Expiry:
    """How long points live from their activation; without a rule for ever."""

    period: Period | None = None
    rounding: str | None = None
    fixed: tuple[str, ...] = ()
    min_valid: Period = Period(0, 0)
    sliding: Period | None = None

    def of(self, activates_at: datetime | None, zone: ZoneInfo) -> datetime | None:
        """The fixed date of a lot; a lot that waits for an event, or goes with its wallet, has none."""
        if activates_at is None or activates_at == END_OF_TIME:
            return None
        if self.fixed:
            first = self.min_valid.after(activates_at.astimezone(zone).date())
            days = [_day_of_year(year, text) for year in (first.year, first.year + 1) for text in self.fixed]
            return end_of_day(min(day for day in days if day >= first), zone)
        if self.period is None:
            return None
        last_day = self.period.after(activates_at.astimezone(zone).date())
        if self.rounding is not None:
            last_day = rounded_up(last_day, self.rounding)
        return end_of_day(last_day, zone)

    def inactive_after(self, active_at: datetime, zone: ZoneInfo) -> datetime:
        assert self.sliding is not None
        return end_of_day(self.sliding.after(active_at.astimezone(zone).date()), zone)


@dataclass(frozen=True)
class Currency:
    pending: Period | None
    """From earning to activation; without one points wait for an event."""
    expiry: Expiry
    draw_order: str

    def activation(self, earned_at: datetime, zone: ZoneInfo) -> datetime:
        return END_OF_TIME if self.pending is None else self.pending.later(earned_at, zone)


@dataclass(frozen=True)
class Program:
    zone: ZoneInfo
    currencies: dict[str, Currency]
    earning_currency: str
    points: int
    per_minor_units: int
    money: str
    restore: str
    grace: Period
    shortfall: str
    transfer_shortfall: str
    excluded: frozenset[str]
    spending_currency: str
    spending: tuple[int, int]
    """So many points are worth so many minor units."""
    floor_limit: int | None
    overdraft: str
    verify_above: int | None
    """More points than these a partner takes of a member only who proves to be there."""
    referral: dict[str, ReferralRules]

    @classmethod
    def parse(cls, text: str) -> "Program":
        source = tomllib.loads(text)
        earning = source["earning"]
        reversal = source.get("reversal", {})
        spending = source.get("spending", {})
        offline = source.get("offline", {})
        floor_limit = offline.get("floor_limit", "unlimited")
        zone, referrals = ZoneInfo(source["zone"]), source.get("referral", {})
        return cls(
            zone=zone,
            currencies={name: _currency(table) for name, table in source["currencies"].items()},
            earning_currency=earning["currency"],
            points=earning["points"],
            per_minor_units=earning["per_minor_units"],
            money=earning["money"],
            restore=reversal.get("restore", "grace"),
            grace=Period.parse(reversal.get("grace", "P30D")),
            shortfall=reversal.get("shortfall", "debt"),
            transfer_shortfall=reversal.get("transfer", "block"),
            excluded=frozenset(earning.get("exclude", [])),
            spending_currency=spending.get("currency", earning["currency"]),
            spending=(spending.get("points", 1), spending.get("minor_units", 1)),
            floor_limit=None if floor_limit == "unlimited" else floor_limit,
            overdraft=offline.get("overdraft", "debt"),
            verify_above=source.get("partners", {}).get("verify_above"),
            referral={name: parse_referral(name, zone, table) for name, table in referrals.items()},
        )

    def base_points(self, minor_units: int) -> int:
        return minor_units * self.points // self.per_minor_units

    def worth(self, points: int) -> int:
        """What points pay for, in minor units."""
        return points * self.spending[1] // self.spending[0]


def _currency(table: dict[str, object]) -> Currency:
    return Currency(
        pending=None if table.get("pending") == "on_event" else Period.parse(str(table.get("pending", "P0D"))),
        expiry=_expiry(table.get("expiry", "never")),
        draw_order=str(table.get("draw_order", "fefo")),
    )


def _expiry(source: object) -> Expiry:
    if isinstance(source, dict):
        if "fixed" in source:
            return Expiry(fixed=tuple(source["fixed"]), min_valid=Period.parse(source.get("min_valid", "P0D")))
        if "sliding" in source:
            return Expiry(sliding=Period.parse(source["sliding"]))
        return Expiry(Period.parse(source["rolling"]), source.get("round_up_to"))
    if source != "never":
        raise ValueError(f"the naive ledger knows no expiry policy {source!r}")
    return Expiry()


def _day_of_year(year: int, text: str) -> date:
    """29 February is the last of February."""
    month, day = map(int, text.split("-"))
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
