"""Points, lots, holds and owed points: the objects a wallet is made of."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Protocol

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class State(Enum):
    PENDING = auto()
    AVAILABLE = auto()
    HELD = auto()
    SPENT = auto()
    EXPIRED = auto()
    TAKEN_BACK = auto()
    PAID_DEBT = auto()
    MADE_GOOD = auto()
    FORFEITED = auto()
    GIVEN_AWAY = auto()


class Dated(Protocol):
    """A wallet has one date at which it expires for want of activity."""

    inactive_at: datetime | None


@dataclass(eq=False)
class Lot:
    """What all points of one accrual share; one that goes with a wallet expires when the wallet does."""

    number: int
    origin: int
    activates_at: datetime
    own_expiry: datetime | None
    funder: str | None = None
    price: object = None
    is_grace: bool = False
    goes_with: Dated | None = None
    came_with: int | None = None
    """The sequence of the transfer that brought it."""

    @property
    def expires_at(self) -> datetime | None:
        return self.own_expiry if self.goes_with is None else self.goes_with.inactive_at

    def is_expired(self, instant: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= instant

    def draw_key(self, draw_order: str) -> tuple[object, ...]:
        """Lots sorted by this key are in the order in which debits draw on them."""
        if draw_order == "fefo":
            return (self.expires_at or END_OF_TIME, self.activates_at, self.number)
        if draw_order == "fifo":
            return (self.activates_at, self.number)
        if draw_order == "lifo":
            return (END_OF_TIME - self.activates_at, -self.number)
        raise ValueError(f"no draw order {draw_order!r}")


@dataclass(eq=False)
class Point:
    """One single point, with every state it was ever in."""

    lot: Lot
    state: State | None = None
    history: list[tuple[datetime, State]] = field(default_factory=list)
    expired_at: datetime | None = None
    """When its time was up; what was taken back and is gone again did not expire a second time."""

    def state_at(self, instant: datetime) -> State | None:
        states = [state for since, state in self.history if since <= instant]
        return states[-1] if states else None

    def expired_after(self, instant: datetime) -> bool:
        return self.expired_at is not None and self.expired_at > instant

    def become(self, state: State, instant: datetime) -> None:
        self.state = state
        self.history.append((instant, state))


@dataclass(eq=False)
class OwedPoint:
    """One point of debt, open until a point pays it."""

    since: datetime
    paid_at: datetime | None = None

    def is_open_at(self, instant: datetime) -> bool:
        return self.since <= instant and (self.paid_at is None or self.paid_at > instant)


class HoldState(Enum):
    OPEN = auto()
    CAPTURED = auto()
    VOIDED = auto()
    LAPSED = auto()


@dataclass(eq=False)
class Hold:
    """Points set aside by an authorization, in the order in which they were drawn."""

    points: list[Point]
    lapses_at: datetime
    state: HoldState = HoldState.OPEN
    opened_at: datetime = END_OF_TIME


@dataclass(eq=False)
class WriteOff:
    """Points that a member was spared by a reversal, and that points coming back from older debits make good."""

    sequence: int
    open: int


@dataclass(frozen=True)
class Booking:
    """Points that entered or left a wallet under one heading of the balance identity."""

    instant: datetime
    heading: str
    points: int
    cause: str | None
