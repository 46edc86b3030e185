"""The engine against the model over random histories; and the model against opponents with one flaw each."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledgers import EmbeddedLedger, PlayedLedger, PlayedModel
from model import ManualClock, Outcome
from model.ledger import NaiveLedger
from model.members import Members
from model.points import Lot, Point
from model.transactions import Transaction
from model.wallet import Wallet
from simulation.author import Author, write_history
from simulation.duel import find_difference, shrink
from simulation.history import History

IS_SOAK = "1" in (os.environ.get("LOYALTY_LEDGER_SOAK"), os.environ.get("SOAK"))
SEEDS = range(2000) if IS_SOAK else range(20)
LENGTH = 500 if IS_SOAK else 120


@pytest.mark.parametrize("seed", SEEDS)
def test_engine_agrees_with_the_model(seed: int, tmp_path: Path) -> None:
    def open_engine(history: History) -> PlayedLedger:
        directory = tmp_path / str(next(numbers))
        directory.mkdir()
        return EmbeddedLedger(history.program, history.start, directory)

    numbers: Iterator[int] = iter(range(1_000_000))
    require_agreement(write_history(seed, LENGTH), open_engine)


@pytest.mark.parametrize("seed", range(3))
def test_model_agrees_with_itself(seed: int) -> None:
    require_agreement(write_history(seed, LENGTH), lambda history: PlayedModel(history.program, history.start))


def test_history_depends_on_its_seed_alone() -> None:
    assert str(write_history(7, 60)) == str(write_history(7, 60))
    assert str(write_history(7, 60)) != str(write_history(8, 60))


def test_histories_reach_every_code() -> None:
    """Random requests that are all applied, or all refused, would prove little."""
    codes: set[str] = set()
    kinds: set[str] = set()
    for seed in SEEDS:
        author = Author(seed)
        history = author.write(120)
        kinds |= {getattr(step, "kind", type(step).__name__) for step in history.steps}
        codes |= author.codes
    disturbances = {"sweep", "snapshot", "restart", "crash"}
    assert kinds == {"Write", "WriteMany", "WriteTable", "WriteTogether", "Read", "Publish", *disturbances}
    assert codes >= {
        "APPLIED",
        "INSUFFICIENT_POINTS",
        "ALREADY_REVERSED",
        "REVERSAL_EXCEEDS_ORIGINAL",
        "ALREADY_CAPTURED",
        "ALREADY_VOIDED",
        "AUTHORIZATION_EXPIRED",
        "CAPTURE_EXCEEDS_AUTHORIZATION",
        "KEY_REUSED",
        "KEY_TOO_LONG",
        "MEMBER_NOT_FOUND",
        "MEMBER_EXISTS",
        "ALIAS_IN_USE",
        "CARD_LOST",
        "HOLDS_OPEN",
        "MEMBER_BLOCKED",
        "MEMBER_CLOSED",
        "SAME_MEMBER",
        "TRANSACTION_NOT_FOUND",
        "POINTS_NOT_POSITIVE",
        "EXPIRY_BEFORE_ACTIVATION",
        "MONEY_CURRENCY_NOT_ACCEPTED",
        "UNKNOWN_CURRENCY",
        "OCCURRED_IN_FUTURE",
        "EXPIRY_IN_PAST",
        "LOT_NOT_FOUND",
        "MEMBER_MISMATCH",
        "SCOPE_MISSING",
        "LINK_NOT_FOUND",
        "LIMIT_EXCEEDED",
        "VERIFICATION_REQUIRED",
        "FIELD_INVALID",
        "INVALID_TTL",
    }


class Forgetful(NaiveLedger):
    """Decides refused requests anew."""

    def redeem(self, member: str, points: int, *, key: str, **rest: Any) -> Outcome:
        outcome = super().redeem(member, points, key=key, **rest)
        if outcome.code == "INSUFFICIENT_POINTS":
            del self.by_key[key]
        return outcome


class Generous(NaiveLedger):
    """Lets codes be used as often as they are shown."""

    def _note_use(self, transaction: Transaction) -> None:
        transaction.code = None
        super()._note_use(transaction)


class Trusting(NaiveLedger):
    """Lets partners undo what others did."""

    def _require_own(self, transaction: Transaction, earlier: Transaction) -> None:
        pass


class _KeepingMembers(Members):
    """Leaves erased members what they are found by."""

    def erase(self, member: str, now: datetime) -> None:
        self.status[member] = "erased"


class Retentive(NaiveLedger):
    """Gives up no alias."""

    def __init__(self, program: str, clock: ManualClock) -> None:
        super().__init__(program, clock)
        self.members = _KeepingMembers()


class _LateWallet(Wallet):
    """Lets everything that is due happen a microsecond late."""

    def _next_due(self, until: datetime) -> datetime | None:
        return super()._next_due(until - datetime.resolution)


class _ThriftyWallet(Wallet):
    """Lets points that come back fill their lots although there is debt."""

    def _make_available(self, point: Point, now: datetime) -> None:
        owed, self.owed = self.owed, []
        super()._make_available(point, now)
        self.owed = owed

    def check(self) -> None:
        pass


class _ReversedWallet(Wallet):
    """Draws in the reverse order."""

    def draw(self, count: int) -> list[Point]:
        return list(reversed(super().draw(len(self.points))))[:count]


class _UngraciousWallet(Wallet):
    """Makes the grace lot one day too short."""

    def restore(self, points: list[Point], now: datetime, replaced: Any = None, *rest: Any, **named: Any) -> None:
        def shortened(old: Lot) -> Lot | None:
            lot: Lot | None = replaced(old)
            if lot is not None and lot.is_grace:
                _shorten(lot)
            return lot

        super().restore(points, now, shortened if replaced else None, *rest, **named)


def _shorten(lot: Lot) -> None:
    assert lot.own_expiry is not None
    lot.own_expiry -= datetime.resolution * 86_400_000_000


def _with_wallet(kind: type[Wallet]) -> type[NaiveLedger]:
    class Flawed(NaiveLedger):
        def _wallet(self, member: str, name: str) -> Wallet:
            if (member, name) not in self.wallets:
                self.wallets[member, name] = kind(self.program.currencies[name])
            return self.wallets[member, name]

    return Flawed


FIRST_SEEDS: dict[type[NaiveLedger], int] = {Generous: 8, Retentive: 56}
"""Of flaws so rare that they are not looked for from the first seed on: each with one whose history shows it."""


@pytest.mark.parametrize(
    "flawed",
    [
        Forgetful,
        Generous,
        Trusting,
        Retentive,
        *map(_with_wallet, (_LateWallet, _ThriftyWallet, _ReversedWallet, _UngraciousWallet)),
    ],
    ids=["forgetful", "generous", "trusting", "retentive", "late", "thrifty", "reversed", "ungracious"],
)
def test_flaws_are_found(flawed: type[NaiveLedger]) -> None:
    def open_flawed(history: History) -> PlayedLedger:
        opponent = PlayedModel(history.program, history.start)
        opponent.ledger = flawed(history.program, opponent.clock)
        return opponent

    first = FIRST_SEEDS.get(flawed, 0)
    assert any(find_difference(write_history(seed, 120), open_flawed) for seed in range(first, first + 40))


def require_agreement(history: History, open_opponent: Callable[[History], PlayedLedger]) -> None:
    """Fails with the shortest history found that still shows a difference."""
    difference = find_difference(history, open_opponent)
    if difference is None:
        return
    shortest = shrink(history, lambda shorter: find_difference(shorter, open_opponent) is not None)
    pytest.fail(f"{difference}\n\nshortest history:\n{shortest}\n{find_difference(shortest, open_opponent)}")
