"""One member's points of one currency, and what the passing of time does to them."""

from collections.abc import Callable, Iterable
from datetime import datetime

from model.outcome import Balance
from model.points import END_OF_TIME, Booking, Hold, HoldState, Lot, OwedPoint, Point, State, WriteOff
from model.program import Currency

SIGNS = {
    "accrued": 1,
    "accrual_reversed": -1,
    "redeemed": -1,
    "redemption_reversed": 1,
    "expired": -1,
    "reinstated": 1,
    "adjusted": 1,
    "transferred_out": -1,
    "transferred_in": 1,
    "forfeited": -1,
    "written_off": 1,
    "settled_in_cash": 1,
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
        self.write_offs: list[WriteOff] = []
        self.inactive_at: datetime | None = None
        self.is_closed = False

    def advance(self, until: datetime) -> None:
        """Passes through every instant at which something is due, up to and including `until`."""
        while (instant := self._next_due(until)) is not None:
            self._pass_through(instant)

    def next_instants(self) -> list[datetime]:
        """Every instant ahead at which something is due as things stand."""
        instants = {hold.lapses_at for hold in self.holds if hold.state is HoldState.OPEN}
        instants |= {point.lot.activates_at for point in self.points if point.state is State.PENDING}
        instants -= {END_OF_TIME}
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
            self._arrive(point, now)
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

    def restore(
        self,
        points: list[Point],
        now: datetime,
        replaced: Callable[[Lot], Lot | None] | None = None,
        debit: int | None = None,
        *,
        lot_of: Callable[[Point], Lot | None] = lambda point: None,
    ) -> None:
        """Points (in draw order) come back, the last drawn first.

        `replaced` gives the lot that stands in for an expired one, `debit` is the sequence of what had taken them,
        `lot_of` gives the lot of points that had none of their own.
        """
        stand_ins: dict[Lot, Lot | None] = {}
        for point in reversed(points):
            if self._make_good(point, debit, now):
                continue
            self._arrive(point, now)
            if point.state not in (State.AVAILABLE, State.FORFEITED):
                continue
            old = point.lot
            if (own := lot_of(point)) is not None:
                point.lot = own
            elif replaced is not None and point.state is State.AVAILABLE and old.is_expired(now):
                if old not in stand_ins:
                    stand_ins[old] = replaced(old)
                point.lot = stand_ins[old] or old
            if point.lot not in self.lots:
                self.lots.append(point.lot)
        self._expire_due(now)

    def take(
        self, own: list[Point], others: list[Point], count: int, now: datetime, *, state: State = State.TAKEN_BACK
    ) -> list[tuple[Point, State | None]]:
        """Takes own points (also such that are gone already), then others; fewer than `count` if there are fewer."""
        taken = [(point, point.state) for point in [*own, *others][:count]]
        for point, _ in taken:
            point.become(state, now)
        gone = sum(before in (State.EXPIRED, State.FORFEITED) for _, before in taken)
        self.book(now, "reinstated", gone, None)
        return taken

    def is_there_again(self, point: Point, now: datetime) -> bool:
        """Whether a point can be taken; one that expired comes back first, and pays debt if there is any."""
        if point.state is State.EXPIRED:
            self.book(now, "reinstated", 1, None)
            self._make_available(point, now)
        return point.state is State.AVAILABLE

    def own_points(self, lots: Iterable[Lot], states: tuple[State, ...]) -> list[Point]:
        """Points of these lots in these states, in draw order; in each lot those that are gone come last."""
        among = set(lots)
        return sorted((p for p in self.points if p.lot in among and p.state in states), key=self._take_key)

    def lots_of(self, origin: int) -> list[Lot]:
        return [lot for lot in self.lots if lot.origin == origin]

    def lots_of_transfer(self, sequence: int) -> list[Lot]:
        return sorted((lot for lot in self.lots if lot.came_with == sequence), key=lambda lot: lot.number)

    def owe(self, count: int, now: datetime) -> None:
        self.owed.extend(OwedPoint(now) for _ in range(count))

    def phantoms(self, lot: Lot, count: int, now: datetime) -> list[Point]:
        """Points that were taken although there were none."""
        points = [Point(lot) for _ in range(count)]
        for point in points:
            point.become(State.SPENT, now)
        self.points.extend(points)
        return points

    def expire_due(self, now: datetime) -> None:
        """After activity so long ago that the date it set has passed already."""
        self._expire_due(now)

    def forgive(self, count: int, now: datetime) -> int:
        """Cancels owed points, at most `count`; returns how many there were."""
        forgiven = self._open_debt()[:count]
        for owed in forgiven:
            owed.paid_at = now
        return len(forgiven)

    def close(self, now: datetime, cause: str) -> int:
        """Forfeits what is there and writes debt off; returns the points forfeited."""
        self.is_closed = True
        there = [point for point in self.points if point.state in (State.PENDING, State.AVAILABLE)]
        for point in there:
            point.become(State.FORFEITED, now)
        self.book(now, "forfeited", len(there), cause)
        self.book(now, "written_off", self.forgive(len(self.owed), now), cause)
        return len(there)

    def be_active(self, occurred: datetime, date: datetime, now: datetime) -> None:
        """Moves the date at which the wallet expires, never backwards; brings back what expired meanwhile."""
        if self.inactive_at is None or date > self.inactive_at:
            self.inactive_at = date
        if date <= now:
            return
        lost = [p for p in self.points if p.state is State.EXPIRED and p.lot.goes_with and p.expired_after(occurred)]
        self.book(now, "reinstated", len(lost), None)
        self.restore(sorted(lost, key=self._draw_key), now)

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

    def _arrive(self, point: Point, now: datetime) -> None:
        if point.lot.activates_at > now and not self.is_closed:
            point.become(State.PENDING, now)
        else:
            self._make_available(point, now)

    def _make_good(self, point: Point, debit: int | None, now: datetime) -> bool:
        """Whether the point goes to a write-off that came after the debit it comes back from."""
        younger = [one for one in self.write_offs if one.open and debit is not None and one.sequence > debit]
        if not younger or self.is_closed or self._open_debt():
            return False
        younger[0].open -= 1
        point.become(State.MADE_GOOD, now)
        self.book(now, "written_off", -1, None)
        return True

    def _make_available(self, point: Point, now: datetime) -> None:
        if self.is_closed:
            point.become(State.FORFEITED, now)
            self.book(now, "forfeited", 1, None)
            return
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
            point.expired_at = now
        self.book(now, "expired", len(expired), None)

    def _open_debt(self) -> list[OwedPoint]:
        return [owed for owed in self.owed if owed.paid_at is None]

    def _draw_key(self, point: Point) -> tuple[object, ...]:
        return point.lot.draw_key(self.currency.draw_order)

    def _take_key(self, point: Point) -> tuple[object, ...]:
        return (*self._draw_key(point), point.state in (State.EXPIRED, State.FORFEITED), point.state is State.FORFEITED)
