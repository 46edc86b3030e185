"""How an earlier entry is named."""

from __future__ import annotations

from typing import TypeAlias

from loyalty_ledger.arguments import LARGEST, count, text
from loyalty_ledger.documents import Receipt, receipt_name
from loyalty_ledger.results import Answer, Entry, Lot

Earlier: TypeAlias = Answer | Entry | int | str | Receipt
"""An earlier entry: its answer, its sequence, its key or its receipt."""


def earlier(argument: str, value: object) -> int | str | tuple[tuple[str, str, int, str], bool]:
    """An earlier entry as the engine finds it."""
    if isinstance(value, Answer | Entry):
        return value.sequence
    if isinstance(value, str):
        return text(argument, value)
    if isinstance(value, Receipt):
        return receipt_name(argument, value)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        kinds = "an answer, a sequence (int), a key (str) or a receipt"
        raise TypeError(f"{argument} must be {kinds}, not {type(value).__name__}")
    return count(argument, value, 1, LARGEST)


def lot_number(argument: str, value: object) -> int:
    """What names a lot: the lot as a balance shows it, or its id."""
    if isinstance(value, Lot):
        return value.id
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{argument} must be a Lot or its id (int), not {type(value).__name__}")
    return count(argument, value, 0, LARGEST)
