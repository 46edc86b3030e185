"""The naive model as a ledger to play on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from ledgers.played import PlayedLedger
from model import Balance, ManualClock, NaiveLedger, Outcome


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
        outcome: Outcome = getattr(self.ledger, verb)(*args, **rest)
        return outcome

    def write_many(self, verb: str, rows: Sequence[Mapping[str, object]]) -> list[Outcome]:
        return [self.write(verb, **row) for row in rows]

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

    def balance(self, member: str | None = None, *, card: str | None = None, at: datetime | None = None) -> Balance:
        return self.ledger.balance(member, card=card, at=at)

    def ladder(self, member: str | None = None) -> dict[date | None, int]:
        return self.ledger.ladder(member)

    def trial_balance(self) -> dict[str, int]:
        return self.ledger.trial_balance()

    def statement_figures(self, member: str) -> dict[str, int]:
        figures: Counter[str] = Counter()
        for row in self.ledger.statement(member):
            figures[row.heading] += row.points
        return {heading: points for heading, points in figures.items() if points}

    def verify(self) -> bool:
        self.ledger.check()
        return True

    def close(self) -> None:
        pass
