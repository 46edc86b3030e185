"""What all verbs share: the way into the engine, and the way its answers come back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from loyalty_ledger import errors, received
from loyalty_ledger.arguments import flag, text
from loyalty_ledger.documents import Receipt, Source, receipt_parts, source_parts
from loyalty_ledger.explanation import explain
from loyalty_ledger.money import Amount, checked_currency, minor_units, price_micros
from loyalty_ledger.results import Answer
from loyalty_ledger.times import to_optional_micros

if TYPE_CHECKING:
    from loyalty_ledger import _core


class Door:
    """The engine, here or behind a connection, and how what it answers becomes results and exceptions."""

    def __init__(self, core: _core.Core) -> None:
        self._core = core

    def _answer(self, raw: _core.RawAnswer) -> Answer:
        if raw["code"] not in ("APPLIED", "PARKED"):
            raise errors.refusal(raw)
        return received.answer(raw, partial(self._explain, raw["sequence"]))

    def _explain(self, sequence: int) -> str:
        entry = received.entry(self._core.entry(sequence))
        return explain(entry, self._core.rule(entry.program))

    def _money(self, argument: str, amount: Amount, currency: str | None) -> tuple[int, str]:
        code = self._core.money() if currency is None else checked_currency(currency)
        return minor_units(argument, amount, code), code

    def _price(self, price: Amount | None, currency: str | None) -> tuple[int, str] | None:
        if price is None:
            return None
        code = self._core.money() if currency is None else checked_currency(currency)
        return price_micros("price", price, code), code


def attempt(
    key: str,
    occurred_at: datetime | None,
    receipt: Receipt | None,
    source: Source | None,
    *,
    offline: bool = False,
) -> _core.Attempt:
    """What every write carries: its key, when it happened, its document, where it comes from."""
    return {
        "key": text("key", key),
        "occurred_at": to_optional_micros("occurred_at", occurred_at),
        "receipt": receipt_parts("receipt", receipt),
        "source": source_parts("source", source),
        "offline": flag("offline", offline),
    }
