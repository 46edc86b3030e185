"""What requests carry: names of members, receipts, lines of a basket, and where they come from."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple


class Alias(NamedTuple):
    """A name that finds a member: a card, a phone number, what a partner calls it, a one-time code."""

    kind: str
    value: str


Name = str | Alias
"""How a request names a member: by its id or by an alias."""


@dataclass(frozen=True)
class Receipt:
    """Names a document, whoever reports it."""

    store: str
    terminal: str
    business_date: date
    number: str
    is_return: bool = False

    def returned(self) -> "Receipt":
        """Names the reversal with this receipt, where without it the purchase would be meant."""
        return replace(self, is_return=True)


@dataclass(frozen=True)
class Line:
    """One line of a basket; its amount, in minor units of money, is for all of its quantity."""

    amount: int
    sku: str = ""
    category: str = ""
    quantity: int = 1
    excluded: bool = False


@dataclass(frozen=True)
class Source:
    """Where a request comes from, and on behalf of which partner; training leaves nothing behind."""

    store: str = ""
    actor: str = ""
    entry_mode: str | None = None
    training: bool = False
    partner: str = ""
    verification: str = ""
    """Names how the member proved to be there."""
