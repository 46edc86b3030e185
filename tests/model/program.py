"""The few rules of a program that the naive ledger knows, read from its TOML."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from model.local_time import Period, end_of_day, rounded_up


@dataclass(frozen=True)
class Expiry:
    """How long points live from their activation; without a period for ever."""

    period: Period | None = None
    rounding: str | None = None

    def of(self, activates_at: datetime, zone: ZoneInfo) -> datetime | None:
        if self.period is None:
            return None
        last_day = self.period.after(activates_at.astimezone(zone).date())
        if self.rounding is not None:
            last_day = rounded_up(last_day, self.rounding)
        return end_of_day(last_day, zone)


@dataclass(frozen=True)
class Currency:
    pending: Period
    expiry: Expiry
    draw_order: str


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

    @classmethod
    def parse(cls, text: str) -> "Program":
        source = tomllib.loads(text)
        earning = source["earning"]
        reversal = source.get("reversal", {})
        if reversal.get("shortfall", "debt") != "debt":
            raise ValueError("the naive ledger knows the shortfall policy `debt` alone")
        return cls(
            zone=ZoneInfo(source["zone"]),
            currencies={name: _currency(table) for name, table in source["currencies"].items()},
            earning_currency=earning["currency"],
            points=earning["points"],
            per_minor_units=earning["per_minor_units"],
            money=earning["money"],
            restore=reversal.get("restore", "grace"),
            grace=Period.parse(reversal.get("grace", "P30D")),
        )

    def base_points(self, minor_units: int) -> int:
        return minor_units * self.points // self.per_minor_units


def _currency(table: dict[str, object]) -> Currency:
    return Currency(
        pending=Period.parse(str(table.get("pending", "P0D"))),
        expiry=_expiry(table.get("expiry", "never")),
        draw_order=str(table.get("draw_order", "fefo")),
    )


def _expiry(source: object) -> Expiry:
    if isinstance(source, dict):
        return Expiry(Period.parse(source["rolling"]), source.get("round_up_to"))
    if source != "never":
        raise ValueError(f"the naive ledger knows no expiry policy {source!r}")
    return Expiry()
