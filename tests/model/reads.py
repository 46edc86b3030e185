"""Questions to the naive ledger: balances at any instant, statements, ladders, the trial balance."""

import copy
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from model.clock import ManualClock, require_aware
from model.members import Members
from model.outcome import Balance
from model.program import Program
from model.transactions import Refused
from model.wallet import SIGNS, Wallet


@dataclass(frozen=True)
class StatementRow:
    """Points that came or went (signed), why, and the sum of all rows up to this one."""

    at: datetime
    heading: str
    points: int
    total: int
    cause: str | None


class Reads:
    """The reading half of the ledger; changes nothing that anybody can see."""

    clock: ManualClock
    program: Program
    members: Members
    wallets: dict[tuple[str, str], Wallet]

    def advance(self) -> datetime:
        raise NotImplementedError

    def balance(
        self,
        member: str | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str | None = None,
    ) -> Balance:
        """As it was recorded at the end of `at`; for an instant ahead, as it will be if nothing else happens."""
        now = self.advance()
        instant = now if at is None else require_aware(at)
        held = self._wallet_read(self.members.holder(member, card, now), wallet)
        if instant > now:
            held = copy.deepcopy(held)
            held.advance(instant)
            return held.balance()
        return held.balance(instant)

    def statement(self, member: str, *, wallet: str | None = None) -> list[StatementRow]:
        """Every booking of the wallet, oldest first."""
        self.advance()
        self.members.require(member)
        rows: list[StatementRow] = []
        total = 0
        for booking in self._wallet_read(member, wallet).bookings:
            points = SIGNS[booking.heading] * booking.points
            total += points
            rows.append(StatementRow(booking.instant, booking.heading, points, total, booking.cause))
        return rows

    def ladder(self, member: str | None = None, *, wallet: str | None = None) -> dict[date | None, int]:
        """What will expire by local date if nothing else happens; `None` is what stays, less debt that nothing pays."""
        now = self.advance()
        if member is not None:
            self.members.require(member)
        steps: Counter[date | None] = Counter()
        for (holder, name), held in self.wallets.items():
            if name != (wallet or self.program.earning_currency) or member not in (None, holder):
                continue
            balance = held.balance()
            steps[None] += balance.pending + balance.available + balance.held - balance.debt
            for instant, points in held.forecast(now):
                steps[instant.astimezone(self.program.zone).date()] += points
                steps[None] -= points
        return {day: points for day, points in steps.items() if points}

    def trial_balance(self, *, wallet: str | None = None) -> dict[str, int]:
        """All bookings by heading and all balances by part, over all members."""
        self.advance()
        figures = dict.fromkeys([*SIGNS, "pending", "available", "held", "debt"], 0)
        for (_, name), held in self.wallets.items():
            if name != (wallet or self.program.earning_currency):
                continue
            for booking in held.bookings:
                figures[booking.heading] += booking.points
            balance = held.balance()
            for part in ("pending", "available", "held", "debt"):
                figures[part] += getattr(balance, part)
        return figures

    def due_instants(self) -> list[datetime]:
        """Every instant ahead at which a hold lapses or a lot activates or expires."""
        self.advance()
        return sorted({instant for held in self.wallets.values() for instant in held.next_instants()})

    def _wallet_read(self, member: str, wallet: str | None) -> Wallet:
        name = wallet or self.program.earning_currency
        if name not in self.program.currencies:
            raise Refused("UNKNOWN_CURRENCY")
        return self.wallets.get((member, name)) or Wallet(self.program.currencies[name])
