"""Questions to the naive ledger: balances at any instant, statements, ladders, the trial balance."""

from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from model.clock import ManualClock, require_aware
from model.documents import Alias, Name
from model.members import Members
from model.outcome import Balance
from model.points import END_OF_TIME, HoldState, Lot, State
from model.program import Program
from model.transactions import Refused, Transaction
from model.wallet import SIGNS, Wallet

DEFAULT_WALLET = "points"


@dataclass(frozen=True)
class StatementRow:
    """Points that came or went (signed), why, and the sum of all rows up to this one."""

    at: datetime
    heading: str
    points: int
    total: int
    cause: str | None


class Reads(ABC):
    """The reading half of the ledger; changes nothing that anybody can see."""

    clock: ManualClock
    program: Program
    members: Members
    wallets: dict[tuple[str, str], Wallet]
    transactions: list[Transaction]

    @abstractmethod
    def advance(self) -> datetime:
        """Lets every wallet go through what was due up to now, and tells now."""

    @abstractmethod
    def find_member(self, name: Name, occurred: datetime, now: datetime, partner: str = "") -> str:
        """Who has this id, holds this alias, or was given this code."""

    @abstractmethod
    def review_ends(self) -> dict[object, datetime]:
        """Until when somebody may decide about frozen rewards, by the origin of their lots."""

    def balance(
        self,
        member: Name | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str | None = None,
    ) -> Balance:
        """As it was recorded at the end of `at`; for an instant ahead, as it will be if nothing else happens."""
        now = self.advance()
        instant = now if at is None else require_aware(at)
        name = Alias("card", card or "") if member is None else member
        held = self._wallet_read(self.find_member(name, now, now), wallet)
        if instant > now:
            return self._ahead(held, instant).balance()
        return held.balance(instant)

    def statement(self, member: Name, *, wallet: str | None = None) -> list[StatementRow]:
        """Every booking of the wallet, oldest first."""
        now = self.advance()
        member = self.find_member(member, now, now)
        rows: list[StatementRow] = []
        total = 0
        for booking in self._wallet_read(member, wallet).bookings:
            points = SIGNS[booking.heading] * booking.points
            total += points
            rows.append(StatementRow(booking.instant, booking.heading, points, total, booking.cause))
        return rows

    def ladder(self, member: Name | None = None, *, wallet: str | None = None) -> dict[date | None, int]:
        """What will expire by local date if nothing else happens; `None` is what stays, less debt that nothing pays."""
        now = self.advance()
        if member is not None:
            member = self.find_member(member, now, now)
        steps: Counter[date | None] = Counter()
        for (holder, name), held in self.wallets.items():
            if name != (wallet or DEFAULT_WALLET) or member not in (None, holder):
                continue
            balance = held.balance()
            steps[None] += balance.pending + balance.available + balance.held - balance.debt
            for instant, points in held.forecast(now):
                steps[instant.astimezone(self.program.zone).date()] += points
                steps[None] -= points
        return {day: points for day, points in steps.items() if points}

    def lots(self, member: Name, *, wallet: str) -> list[tuple[object, ...]]:
        """Pending and available points of each lot with its dates and terms, then held points with their lapse."""
        now = self.advance()
        held = self._wallet_read(self.find_member(member, now, now), wallet)
        counts = Counter((point.lot, point.state) for point in held.points)
        frozen = self.review_ends()

        def ends_at(lot: Lot) -> datetime:
            return frozen.get(lot.origin) or lot.expires_at or END_OF_TIME

        rows: list[tuple[object, ...]] = [
            (
                lot.activates_at,
                frozen.get(lot.origin) or lot.expires_at or END_OF_TIME,
                points,
                lot.funder or "",
                lot.price or 0,
            )
            for (lot, state), points in counts.items()
            if state in (State.PENDING, State.AVAILABLE)
        ]
        holds = [(h.lapses_at, len(h.points)) for h in held.holds if h.state is HoldState.OPEN]
        return [*sorted(rows), *sorted(holds)]

    def trial_balance(self, *, wallet: str | None = None, at: datetime | None = None) -> dict[str, int]:
        """All bookings by heading and all balances by part, over all members."""
        now = self.advance()
        instant = now if at is None else require_aware(at)
        figures = dict.fromkeys([*SIGNS, "pending", "available", "held", "debt"], 0)
        for (_, name), held in self.wallets.items():
            if name != (wallet or DEFAULT_WALLET):
                continue
            bookings = held.bookings
            if instant > now:
                held = self._ahead(held, instant)
                bookings = bookings + held.bookings
            for booking in bookings:
                if booking.instant <= instant:
                    figures[booking.heading] += booking.points
            balance = held.balance(instant if instant < now else None)
            for part in ("pending", "available", "held", "debt"):
                figures[part] += getattr(balance, part)
        return figures

    def _ahead(self, held: Wallet, instant: datetime) -> Wallet:
        """A copy of a wallet as it will be if nothing else happens: nobody decides about frozen rewards either."""
        held = held.as_it_stands()
        held.advance(instant)
        frozen = self.review_ends()
        lapsed = [
            point
            for point in held.points
            if point.state is State.PENDING and frozen.get(point.lot.origin, END_OF_TIME) <= instant
        ]
        for point in lapsed:
            point.become(State.TAKEN_BACK, instant)
        held.book(instant, "accrual_reversed", len(lapsed), None)
        return held

    def due_instants(self) -> list[datetime]:
        """Every instant ahead at which a hold lapses or a lot activates or expires."""
        self.advance()
        return sorted({instant for held in self.wallets.values() for instant in held.next_instants()})

    def totals(
        self, *, store: str, terminal: str | None = None, business_date: date
    ) -> dict[tuple[str, str], tuple[int, int, int]]:
        """Count, money and points of what a till recorded on one day, by verb and code."""
        sums: dict[tuple[str, str], tuple[int, int, int]] = {}
        for one in self.transactions:
            receipt = one.receipt
            if receipt is None or (receipt.store, receipt.business_date) != (store, business_date):
                continue
            if terminal not in (None, receipt.terminal):
                continue
            place = (one.verb, one.outcome.code)
            count, money, points = sums.get(place, (0, 0, 0))
            if one.outcome.is_applied:
                points += one.outcome.awarded or 0
                money += one.total if one.verb == "purchase" else one.undid if one.is_return_of_goods else 0
            sums[place] = (count + 1, money, points)
        return sums

    def holds(self, *, store: str | None = None, older_than: timedelta | None = None) -> list[tuple[str, int]]:
        """Member and points of every open hold, oldest first."""
        now = self.advance()
        return [
            (str(one.member), len(one.hold.points))
            for one in self.transactions
            if one.hold is not None and one.hold.state is HoldState.OPEN
            if store in (None, one.store) and (older_than is None or now - one.hold.opened_at > older_than)
        ]

    def _wallet_read(self, member: str, wallet: str | None) -> Wallet:
        name = wallet or DEFAULT_WALLET
        if name not in self.program.currencies:
            raise Refused("UNKNOWN_CURRENCY")
        return self.wallets.get((member, name)) or Wallet(self.program.currencies[name])
