"""One member's points of one currency, and what the passing of time does to them."""

from collections.abc import Iterable
from datetime import datetime

from model.outcome import Balance
from model.points import END_OF_TIME, Booking, Hold, HoldState, Lot, OwedPoint, Point, State
from model.program import Currency

SIGNS = {
    "accrued": 1,
    "accrual_reversed": -1,
    "redeemed": -1,
    "redemption_reversed": 1,
    "expired": -1,
    "reinstated": 1,
    "adjusted": 1,
}
LIVE = (State.PENDING, State.AVAILABLE, State.HELD)


class Wallet:
    """Holds points, owed points and holds; every method that takes `now` expects the wallet advanced to it."""

    def __init__(self, currency: Currency) -> None:
        self.currency = currency
        self.lots: list[Lot] = []
        self.points: list[Point] = []
        self.owed: list[OwedPoint] = []
        self.holds: list[Hold] = []
        self.bookings: list[Booking] = []

    def advance(self, until: datetime) -> None:
        """Passes through every instant at which something is due, up to and including `until`."""
        while (instant := self._next_due(until)) is not None:
            self._pass_through(instant)

    def next_instants(self) -> list[datetime]:
        """Every instant ahead at which something is due as things stand."""
        instants = {hold.lapses_at for hold in self.holds if hold.state is HoldState.OPEN}
        instants |= {point.lot.activates_at for point in self.points if point.state is State.PENDING}
        instants |= {
            point.lot.expires_at
            for point in self.points
            if point.state is State.AVAILABLE and point.lot.expires_at is not None
        }
        return sorted(instants)

    def forecast(self, now: datetime) -> list[tuple[datetime, int]]:
        """Points that will expire after `now`, and when, if nothing else happens."""
        ahead = self.as_it_stands()
        ahead.advance(END_OF_TIME)
        bookings = [booking for booking in ahead.bookings if booking.instant > now]
        assert all(booking.heading == "expired" for booking in bookings), bookings
        return [(booking.instant, booking.points) for booking in bookings]

    def as_it_stands(self) -> "Wallet":
        """A copy of what time can still change, without the past."""
        copied = type(self)(self.currency)
        copies = {point: Point(point.lot, point.state) for point in self.points if point.state in LIVE}
        copied.points = list(copies.values())
        copied.holds = [
            Hold([copies[point] for point in hold.points], hold.lapses_at)
            for hold in self.holds
            if hold.state is HoldState.OPEN
        ]
        copied.owed = [OwedPoint(owed.since) for owed in self._open_debt()]
        return copied

    def balance(self, instant: datetime | None = None) -> Balance:
        if instant is None:
            states = [point.state for point in self.points]
            debt = len(self._open_debt())
        else:
            states = [state for point in self.points if (state := point.state_at(instant)) is not None]
            debt = sum(owed.is_open_at(instant) for owed in self.owed)
        counts = [states.count(state) for state in (State.PENDING, State.AVAILABLE, State.HELD)]
        return Balance(counts[0], counts[1], counts[2], debt)

    def book(self, now: datetime, heading: str, points: int, cause: str | None) -> None:
        if points != 0:
            self.bookings.append(Booking(now, heading, points, cause))

    def add_lot(self, lot: Lot, count: int, now: datetime) -> list[Point]:
        """New points: pending, or if their time has come already, available (and then perhaps expired)."""
        self.lots.append(lot)
        points = [Point(lot) for _ in range(count)]
        self.points.extend(points)
        for point in points:
            if lot.activates_at > now:
                point.become(State.PENDING, now)
            else:
                self._make_available(point, now)
        self._expire_due(now)
        return points

    def draw(self, count: int) -> list[Point]:
        """The next available points in draw order; fewer if there are not enough."""
        available = [point for point in self.points if point.state is State.AVAILABLE]
        return sorted(available, key=self._draw_key)[:count]

    def release(self, points: Iterable[Point], now: datetime) -> None:
        """Held points come back, the last drawn first."""
        for point in reversed(list(points)):
            self._make_available(point, now)
        self._expire_due(now)

    def restore(self, points: list[Point], now: datetime, grace_until: datetime | None, first_number: int) -> int:
        """Spent points (in draw order) come back, the last drawn first; returns how many grace lots were made."""
        grace_lots: dict[Lot, Lot] = {}
        for point in reversed(points):
            old = point.lot
            self._make_available(point, now)
            needs_grace = grace_until is not None and old.is_expired(now) and not old.is_grace
            if point.state is not State.AVAILABLE or not needs_grace:
                continue
            if old not in grace_lots:
                number = first_number + len(grace_lots)
                grace_lots[old] = Lot(number, old.origin, now, grace_until, old.funder, old.price, is_grace=True)
                self.lots.append(grace_lots[old])
            point.lot = grace_lots[old]
        self._expire_due(now)
        return len(grace_lots)

    def take_back(self, origin: int, count: int, now: datetime) -> int:
        """Claws back points of the lots of one accrual, then others, then into debt; returns how many had expired."""
        own = sorted((point for point in self.points if point.lot.origin == origin), key=self._take_key)
        live = (State.PENDING, State.AVAILABLE)
        candidates = [point for point in own if point.state in (*live, State.EXPIRED)]
        candidates += [point for point in self.draw(len(self.points)) if point.lot.origin != origin]
        taken = candidates[:count]
        expired = sum(point.state is State.EXPIRED for point in taken)
        for point in taken:
            point.become(State.TAKEN_BACK, now)
        self.owed.extend(OwedPoint(now) for _ in range(count - len(taken)))
        return expired

    def check(self) -> None:
        """The balance identity, and that nobody has points to spend and debt at once."""
        balance = self.balance()
        booked = sum(SIGNS[booking.heading] * booking.points for booking in self.bookings)
        assert booked == balance.pending + balance.available + balance.held - balance.debt, (booked, balance)
        assert balance.debt == 0 or balance.available == 0, balance

    def _next_due(self, until: datetime) -> datetime | None:
        due = [instant for instant in self.next_instants() if instant <= until]
        return due[0] if due else None

    def _pass_through(self, instant: datetime) -> None:
        for hold in self.holds:
            if hold.state is HoldState.OPEN and hold.lapses_at <= instant:
                hold.state = HoldState.LAPSED
                for point in reversed(hold.points):
                    self._make_available(point, instant)
        for point in sorted(self.points, key=lambda point: point.lot.number):
            if point.state is State.PENDING and point.lot.activates_at <= instant:
                self._make_available(point, instant)
        self._expire_due(instant)

    def _make_available(self, point: Point, now: datetime) -> None:
        debt = self._open_debt()
        if debt:
            debt[0].paid_at = now
            point.become(State.PAID_DEBT, now)
        else:
            point.become(State.AVAILABLE, now)

    def _expire_due(self, now: datetime) -> None:
        expired = [p for p in self.points if p.state is State.AVAILABLE and p.lot.is_expired(now)]
        for point in expired:
            point.become(State.EXPIRED, now)
        self.book(now, "expired", len(expired), None)

    def _open_debt(self) -> list[OwedPoint]:
        return [owed for owed in self.owed if owed.paid_at is None]

    def _draw_key(self, point: Point) -> tuple[object, ...]:
        return point.lot.draw_key(self.currency.draw_order)

    def _take_key(self, point: Point) -> tuple[object, ...]:
        return (*self._draw_key(point), point.state is State.EXPIRED)
