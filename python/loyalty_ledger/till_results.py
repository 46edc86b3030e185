"""What a ledger answers about tills: the totals of a day, and holds that nobody has ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class TotalsRow:
    """One verb with one outcome."""

    verb: str
    code: str
    count: int
    """Entries; a retry under the same key or receipt is none."""
    money: int
    """Minor units: of purchases, and of their reversals."""
    points: int
    """Points given or moved; 0 for what was refused."""


@dataclass(frozen=True)
class Totals:
    """What a store recorded under receipts of one business date, by verb and code; a till's slip must match it."""

    store: str
    terminal: str | None
    """`None`: all terminals of the store."""
    business_date: date
    rows: tuple[TotalsRow, ...]

    def __iter__(self) -> Iterator[TotalsRow]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class OpenHold:
    """Points that an authorization keeps, and which till asked for them."""

    authorization: int
    """The authorization's entry: capture it, void it or extend it."""
    member: str
    wallet: str
    points: int
    opened_at: datetime
    lapses_at: datetime
    store: str
    """Of the authorization's receipt, else of its source; empty if neither told."""
    terminal: str
    key: str | None
