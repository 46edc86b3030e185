"""The manual clock: for tests, demos and imports of history."""

from __future__ import annotations

from datetime import datetime

from loyalty_ledger import _core
from loyalty_ledger.times import from_micros, to_micros


class ManualClock:
    """A clock that stands still until it is moved, and only forwards. Ledgers may share it."""

    def __init__(self, start: datetime) -> None:
        self._core = _core.ManualClock(to_micros("start", start))

    def advance_to(self, to: datetime) -> None:
        """Moves the clock; raises `ValueError` if that were backwards."""
        self._core.advance_to(to_micros("to", to))

    def now(self) -> datetime:
        """Where the clock stands, in UTC."""
        return from_micros(self._core.now())

    def __repr__(self) -> str:
        return f"ManualClock({self.now().isoformat()!r})"
