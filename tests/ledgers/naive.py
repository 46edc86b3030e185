"""The naive model as a ledger to play on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from ledgers.played import LotOf, Name, OneTime, PlayedLedger
from model import Alias, Balance, ManualClock, NaiveLedger, Outcome
from model.reads import DEFAULT_WALLET
from model.transactions import Refused


class PlayedModel(PlayedLedger):
    """Nothing to restart and nothing that could crash: the model lives in memory."""

    def __init__(self, program: str, start: datetime) -> None:
        self.clock = ManualClock(start)
        self.ledger = NaiveLedger(program, self.clock)
        self.zone = self.ledger.program.zone

    def now(self) -> datetime:
        return self.clock.now()

    def advance_to(self, instant: datetime) -> None:
        self.clock.advance_to(instant)

    def write(self, verb: str, *args: object, **rest: object) -> Outcome:
        given = {name: self._translated(value) for name, value in rest.items()}
        outcome: Outcome = getattr(self.ledger, verb)(*map(self._translated, args), **given)
        return outcome

    def write_many(self, verb: str, rows: Sequence[Mapping[str, Any]]) -> list[Outcome]:
        return self.write_batch([{"verb": verb, **row} for row in rows])

    def write_batch(self, rows: Sequence[Mapping[str, Any]], *, key: str | None = None) -> list[Outcome]:
        if key is None:
            return [self._write_row(**row) for row in rows]
        known = [{name: self._translated(value) for name, value in row.items()} for row in rows]
        return self.ledger.post_batch(known, all_or_nothing=True, key=key)

    def write_in_parallel(self, calls: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        return [call() for call in calls]

    def redeem_and_be_killed(self, member: str, points: int, *, key: str) -> None:
        self.redeem(member, points, key=key)

    def sweep(self) -> None:
        self.ledger.sweep()

    def restart(self) -> None:
        pass

    def crash(self) -> None:
        pass

    def snapshot(self) -> None:
        pass

    def balance(
        self,
        member: Name | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str = DEFAULT_WALLET,
    ) -> Balance:
        return self.ledger.balance(self._translated(member), card=card, at=at, wallet=wallet)

    def lots(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> list[tuple[object, ...]]:
        return self.ledger.lots(self._translated(member), wallet=wallet)

    def lot_of(self, member: str, key: str) -> object:
        made_by = self.ledger.by_key[key].sequence
        wallet = self.ledger.wallets[member, DEFAULT_WALLET]
        return next(lot.number for lot in wallet.lots if lot.origin == made_by)

    def totals(
        self, *, store: str, terminal: str | None = None, business_date: date
    ) -> dict[tuple[str, str], tuple[int, int, int]]:
        return self.ledger.totals(store=store, terminal=terminal, business_date=business_date)

    def holds(self, *, store: str | None = None, older_than: timedelta | None = None) -> list[tuple[str, int]]:
        return self.ledger.holds(store=store, older_than=older_than)

    def ladder(self, member: Name | None = None, *, wallet: str = DEFAULT_WALLET) -> dict[date | None, int]:
        return self.ledger.ladder(self._translated(member), wallet=wallet)

    def trial_balance(self, *, wallet: str = DEFAULT_WALLET, at: datetime | None = None) -> dict[str, int]:
        return self.ledger.trial_balance(wallet=wallet, at=at)

    def statement_figures(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> dict[str, int]:
        figures: Counter[str] = Counter()
        for row in self.ledger.statement(self._translated(member), wallet=wallet):
            figures[row.heading] += row.points
        return {heading: points for heading, points in figures.items() if points}

    def require_explained(self, member: str, *, wallet: str = DEFAULT_WALLET) -> None:
        if (member, wallet) in self.ledger.wallets:
            self.ledger.wallets[member, wallet].check()

    def _write_row(self, verb: str, recorded_at: datetime | None = None, **request: object) -> Outcome:
        if recorded_at is not None:
            self.advance_to(recorded_at)
        return self.write(verb, **request)

    def _translated(self, value: object) -> Any:
        match value:
            case LotOf(key=key):
                return self._lot_made(key)
            case OneTime(issued_by=key):
                return Alias("one_time", key)
        return value

    def _lot_made(self, key: str) -> int:
        transaction = self.ledger.by_key.get(key)
        if transaction is None or not (transaction.points or transaction.moved_into):
            return -1
        if transaction.moved_into is not None:
            return transaction.moved_into.number
        wallets = self.ledger.wallets.values()
        return min((lot.number for held in wallets for lot in held.lots_of(transaction.sequence)), default=-1)

    def read_code(self, name: Name) -> str | None:
        try:
            self.balance(name)
        except Refused as refused:
            return refused.code
        return None

    def expiry_of_code(self, key: str) -> datetime:
        return self.ledger.codes[key].expires_at

    def read_referrals(self, question: str, *args: object, **rest: object) -> Any:
        return getattr(self.ledger, question)(*args, **rest)

    def verify(self) -> bool:
        self.ledger.check()
        return True

    def close(self) -> None:
        pass
