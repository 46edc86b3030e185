"""The naive ledger: every point an object, every question answered by looking at all of them."""

from model.clock import ManualClock
from model.documents import Alias, Line, Name, Receipt, Source
from model.ledger import NaiveLedger
from model.outcome import Balance, Outcome

__all__ = ["Alias", "Balance", "Line", "ManualClock", "NaiveLedger", "Name", "Outcome", "Receipt", "Source"]
