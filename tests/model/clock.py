"""A clock that stands still until it is told to move."""

from datetime import UTC, datetime


class ManualClock:
    """Shows one instant; moves forwards only."""

    def __init__(self, start: datetime) -> None:
        self._now = require_aware(start)

    def now(self) -> datetime:
        return self._now

    def advance_to(self, instant: datetime) -> None:
        instant = require_aware(instant)
        if instant < self._now:
            raise ValueError(f"the clock shows {self._now}, it can't go back to {instant}")
        self._now = instant


def require_aware(instant: datetime) -> datetime:
    """The instant in UTC; a naive one is an error of the caller."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
