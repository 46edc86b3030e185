"""What requests carry beside their figures: receipts, the lines of a basket, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, datetime
from typing import Final, Literal, TypeAlias, get_args

from loyalty_ledger import errors
from loyalty_ledger.arguments import LARGEST, flag, integer, optional_text, text
from loyalty_ledger.money import Amount, minor_units

EntryMode: TypeAlias = Literal["scanned", "swiped", "keyed", "phone", "app"]
"""How the member was told at the till."""

_MODES: Final = get_args(EntryMode)
_DAY_0: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class Receipt:
    """Names a document of a till, whoever reports it: of a sale, or with `returned()` of a return.

    Store and number take 1 to 64 bytes, the terminal at most 64.
    """

    store: str
    terminal: str
    business_date: date
    number: str
    is_return: bool = False

    def returned(self) -> Receipt:
        """Names the return with this receipt; without it, the sale is meant."""
        return replace(self, is_return=True)


@dataclass(frozen=True)
class Line:
    """One line of a sales receipt; all lines add up to the purchase. SKU and category take at most 64 bytes.

    A line earns nothing if it is `excluded`, or if the program excludes its category.
    """

    amount: Amount
    """Of the whole line, above zero: text, `Decimal`, or minor units."""
    _: KW_ONLY
    sku: str = ""
    category: str = ""
    quantity: int = 1
    """At least 1."""
    excluded: bool = False


@dataclass(frozen=True)
class Source:
    """Where a request comes from. Of all this only a sale made offline makes it another request under its key.

    With `training` the answer is computed as always, and nothing is written.
    """

    store: str = ""
    """The store of a request without a receipt."""
    actor: str = ""
    entry_mode: EntryMode | None = None
    training: bool = False
    partner: str = ""
    """Id of the partner on whose behalf it is made: a server knows that by itself, operators may say so."""
    verification: str = ""
    """Names how the member proved to be there, such as by a PIN, wherever that is kept."""


SourceParts: TypeAlias = tuple[str, str, int, bool, str, str]
"""Store, actor, number of the entry mode, training, partner, verification."""


def receipt_parts(argument: str, value: object) -> tuple[str, str, int, str] | None:
    """Store, terminal, days since 1970-01-01, number."""
    if value is None:
        return None
    if not isinstance(value, Receipt):
        raise TypeError(f"{argument} must be a loyalty_ledger.Receipt, not {type(value).__name__}")
    store, terminal = text("receipt.store", value.store), text("receipt.terminal", value.terminal)
    day = day_number("receipt.business_date", value.business_date)
    return store, terminal, day, text("receipt.number", value.number)


def day_number(argument: str, value: object) -> int:
    """Days since 1970-01-01 of a date."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{argument} must be a date, not {type(value).__name__}")
    return (value - _DAY_0).days


def receipt_name(argument: str, value: Receipt) -> tuple[tuple[str, str, int, str], bool]:
    """The parts of a receipt, and whether it is a return's."""
    parts = receipt_parts(argument, value)
    assert parts is not None
    return parts, flag("receipt.is_return", value.is_return)


def line_parts(argument: str, value: object, currency: str) -> list[tuple[str, str, int, int, bool]]:
    """SKU, category, quantity, minor units, whether it earns nothing; of each line."""
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{argument} must be a list of loyalty_ledger.Line, not {type(value).__name__}")
    return [_line(f"{argument}[{place}]", line, currency) for place, line in enumerate(value)]


def _line(argument: str, value: object, currency: str) -> tuple[str, str, int, int, bool]:
    if not isinstance(value, Line):
        raise TypeError(f"{argument} must be a loyalty_ledger.Line, not {type(value).__name__}")
    quantity = integer(f"{argument}.quantity", value.quantity)
    if not -LARGEST <= quantity <= LARGEST:
        raise errors.LineInvalid(f"{argument}.quantity {quantity} is larger than any quantity here may be")
    return (
        text(f"{argument}.sku", value.sku),
        text(f"{argument}.category", value.category),
        quantity,
        minor_units(f"{argument}.amount", value.amount, currency),
        flag(f"{argument}.excluded", value.excluded),
    )


def source_parts(argument: str, value: object) -> SourceParts | None:
    """A source as the engine takes it."""
    if value is None:
        return None
    if not isinstance(value, Source):
        raise TypeError(f"{argument} must be a loyalty_ledger.Source, not {type(value).__name__}")
    mode = optional_text("source.entry_mode", value.entry_mode)
    if mode is not None and mode not in _MODES:
        raise ValueError(f"source.entry_mode {mode!r} is unknown; use one of {', '.join(_MODES)}, or None")
    number = 0 if mode is None else _MODES.index(mode) + 1
    training = flag("source.training", value.training)
    partner, verification = text("source.partner", value.partner), text("source.verification", value.verification)
    return text("source.store", value.store), text("source.actor", value.actor), number, training, partner, verification
