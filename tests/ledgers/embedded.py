"""The embedded engine as a ledger to play on: live, reopened or crashed after every write."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby
from pathlib import Path
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

from ledgers.played import LotOf, Name, OneTime, PlayedLedger
from ledgers.rows import table
from model import Alias, Balance, Line, Outcome, Receipt, Source
from model.points import END_OF_TIME
from model.reads import DEFAULT_WALLET
from model.referral.facts import ReferralBy
from model.referral.reads import CodeView, ReferralView, RewardView, VoucherView
from model.referral.verbs import ReferralCode
from model.wallet import SIGNS

# What each flow of a statement is booked on, and with which sign; the others move points within a wallet.
HEADINGS = {
    "accrued": {"accrued": 1},
    "accrual_reversed": {"accrual_reversed": -1},
    "overdrawn": {"accrual_reversed": -1},
    "expiry_reversed": {"reinstated": 1, "accrual_reversed": -1},
    "redeemed": {"redeemed": -1},
    "captured": {"redeemed": -1},
    "redemption_reversed": {"redemption_reversed": 1},
    "expired": {"expired": -1},
    "adjusted_up": {"adjusted": 1},
    "adjusted_down": {"adjusted": -1},
    "transferred_out": {"transferred_out": -1},
    "transferred_in": {"transferred_in": 1},
    "forfeited": {"forfeited": -1},
    "reinstated": {"reinstated": 1},
    "redeem_overdrawn": {"redeemed": -1},
    "adjust_overdrawn": {"adjusted": -1},
    "transfer_overdrawn": {"transferred_out": -1},
    "return_overdrawn": {"redemption_reversed": -1},
    "written_off": {"accrual_reversed": -1, "written_off": 1},
    "return_written_off": {"redemption_reversed": -1, "written_off": 1},
    "transfer_written_off": {"transferred_out": -1, "written_off": 1},
    "settled_in_cash": {"accrual_reversed": -1, "settled_in_cash": 1},
    "debt_forgiven": {"written_off": 1},
    "made_good": {"written_off": -1},
    "accrual_restored": {"accrual_reversed": 1},
    "debt_undone": {"accrual_reversed": 1},
    "expiry_restored": {"reinstated": -1, "accrual_reversed": 1},
    "write_off_undone": {"accrual_reversed": 1, "written_off": -1},
    "cash_undone": {"accrual_reversed": 1, "settled_in_cash": -1},
    "return_taken": {"redemption_reversed": -1},
    "adjustment_returned": {"adjusted": 1},
    "rewarded": {"accrued": 1},
    "reward_taken": {"accrual_reversed": -1},
    "reward_expiry_taken": {"reinstated": 1, "accrual_reversed": -1},
    "reward_overdrawn": {"accrual_reversed": -1},
    "reward_written_off": {"accrual_reversed": -1, "written_off": 1},
    "reward_restored": {"accrual_reversed": 1},
    "reward_debt_undone": {"accrual_reversed": 1},
    "reward_expiry_restored": {"reinstated": -1, "accrual_reversed": 1},
    "reward_write_off_undone": {"accrual_reversed": 1, "written_off": -1},
}

_REDEEM_AND_DIE = """
import os, signal, sys
from datetime import datetime
import loyalty_ledger as ll
path, now, member, points, key = sys.argv[1:]
ledger = ll.open(path, clock=ll.ManualClock(datetime.fromisoformat(now)))
ledger.redeem(member, int(points), key=key)
os.kill(os.getpid(), signal.SIGKILL)
"""

# What an answer says beyond its code, where the engine gives it.
FIGURES = (
    *("spent", "cash", "kept_back", "spared", "charged", "taken_back", "flags"),
    *("referral", "referral_code", "vested"),
)

# Verbs whose answer stands beside a code.
CODED = ("issue_one_time_code", "issue_code")

# The number of a lot that no ledger here ever has.
NO_LOT = 2**50

# Ten characters of Crockford's base 32; and a code that no ledger here ever gives.
CODE = re.compile("[0-9A-HJKMNP-TV-Z]{10}")
NO_CODE = "0000000000"

# Columns of a batch that may be empty in a row.
NULLABLE = ("activates_at", "expires_at")


class Restart(Enum):
    """What happens to the process after every write."""

    NEVER = "live"
    CLOSE = "reopen"
    CRASH = "crash"


class EmbeddedLedger(PlayedLedger):
    """A crash is played by opening a copy of the directory that is made while the ledger still has it open."""

    def __init__(self, program: str, start: datetime, directory: Path, restart: Restart = Restart.NEVER) -> None:
        import loyalty_ledger

        self.engine: Any = loyalty_ledger
        self.program = program
        self.zone = ZoneInfo(tomllib.loads(program)["zone"])
        self.clock: Any = self.engine.ManualClock(start)
        self.directory = directory
        self.generation = 0
        self.restart_mode = restart
        self.issued: dict[str, Any] = {}
        self.ledger: Any = None
        self._open(program=program)

    def now(self) -> datetime:
        now: datetime = self.clock.now()
        return now

    def advance_to(self, instant: datetime) -> None:
        self.clock.advance_to(instant)

    def write(self, verb: str, *args: object, **rest: object) -> Any:
        outcome = self._call(verb, *args, **rest)
        self._after_write()
        return ReferralCode(outcome.referral_code, outcome) if verb == "issue_code" else outcome

    def write_many(self, verb: str, rows: Sequence[Mapping[str, object]]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for _, alike in groupby(rows, key=lambda row: sorted(set(row) - set(NULLABLE))):
            outcomes += self._write_batch(verb, list(alike))
        self._after_write()
        return outcomes

    def write_batch(self, rows: Sequence[Mapping[str, object]], *, key: str | None = None) -> list[Outcome]:
        import pyarrow

        known = [{name: self.cell(value) for name, value in row.items()} for row in rows]
        given = {} if key is None else {"all_or_nothing": True, "key": key}
        results = pyarrow.table(self.ledger.post_batch(table(known), **given)).to_pylist()
        self._after_write()
        return [self._row_outcome(row) for row in results]

    def write_in_parallel(self, calls: Sequence[Callable[[], Outcome]]) -> list[Outcome]:
        mode, self.restart_mode = self.restart_mode, Restart.NEVER
        together = Barrier(len(calls))

        def make(call: Callable[[], Outcome]) -> Outcome:
            together.wait()
            return call()

        with ThreadPoolExecutor(len(calls)) as threads:
            outcomes = list(threads.map(make, calls))
        self.restart_mode = mode
        self._after_write()
        return outcomes

    def redeem_and_be_killed(self, member: str, points: int, *, key: str) -> None:
        arguments = [str(self._path()), self.now().isoformat(), member, str(points), key]
        self.close()
        ended = subprocess.run([sys.executable, "-c", _REDEEM_AND_DIE, *arguments], timeout=60, check=False)
        assert ended.returncode == -9, f"the redeeming process ended with {ended.returncode}"
        self._open()

    def sweep(self) -> None:
        self.ledger.sweep()

    def snapshot(self) -> None:
        self.ledger.snapshot()

    def restart(self) -> None:
        digest = self.ledger.digest()
        self.close()
        self._open()
        assert self.ledger.digest() == digest

    def crash(self) -> None:
        left_behind, abandoned = self._path(), self.ledger
        self.generation += 1
        # A segment still being prepared holds nothing yet and may get its name at any moment.
        shutil.copytree(left_behind, self._path(), ignore=shutil.ignore_patterns("*.new"))
        self._open()
        assert self.ledger.digest() == abandoned.digest()
        abandoned.close()
        shutil.rmtree(left_behind)

    def balance(
        self,
        member: Name | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str = DEFAULT_WALLET,
    ) -> Balance:
        return _balance(self.ledger.balance(self._translated(member), card=card, at=at, wallet=wallet))

    def lots(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> list[tuple[object, ...]]:
        view = self.ledger.balance(self._translated(member), wallet=wallet)
        for lot in view.lots:
            assert lot.pending == ((lot.activates_at or END_OF_TIME) > view.at), lot
        rows = [
            (*(date or END_OF_TIME for date in (lot.activates_at, lot.expires_at)), lot.points)
            + (lot.funder or "", lot.price or 0)
            for lot in view.lots
        ]
        return [*sorted(rows), *sorted((hold.lapses_at, hold.points) for hold in view.holds)]

    def lot_of(self, member: str, key: str) -> object:
        made_by = self.ledger.entry(key=key).sequence
        return next(lot.id for lot in self.ledger.balance(member).lots if lot.made_by == made_by)

    def totals(
        self, *, store: str, terminal: str | None = None, business_date: date
    ) -> dict[tuple[str, str], tuple[int, int, int]]:
        rows = self.ledger.totals(store=store, terminal=terminal, business_date=business_date).rows
        return {(row.verb, row.code): (row.count, row.money, row.points) for row in rows}

    def holds(self, *, store: str | None = None, older_than: timedelta | None = None) -> list[tuple[str, int]]:
        return [(hold.member, hold.points) for hold in self.ledger.holds(store=store, older_than=older_than)]

    def ladder(self, member: Name | None = None, *, wallet: str = DEFAULT_WALLET) -> dict[date | None, int]:
        return dict(self.ledger.ladder(self._translated(member), wallet=wallet))

    def trial_balance(self, *, wallet: str = DEFAULT_WALLET, at: datetime | None = None) -> dict[str, int]:
        figures = self.ledger.trial_balance(at, wallet=wallet)
        assert figures.balanced, figures
        return {name: getattr(figures, name, 0) for name in (*SIGNS, "pending", "available", "held", "debt")}

    def statement_figures(self, member: Name, *, wallet: str = DEFAULT_WALLET) -> dict[str, int]:
        figures: Counter[str] = Counter()
        balance = _balance(self.ledger.balance(self._translated(member), wallet=wallet))
        for row in self._rows(member, wallet):
            assert _balance(row.balance) == balance, f"{member} at {row.at}: {row.balance}, expected {balance}"
            assert row.points == row.change.available, row
            change = row.change
            balance = Balance(
                balance.pending - change.pending,
                balance.available - change.available,
                balance.held - change.held,
                balance.debt - change.debt,
            )
            for move in row.moved:
                for heading, sign in HEADINGS.get(move.flow, {}).items():
                    figures[heading] += sign * move.points
        assert balance == Balance(), f"{member} began with {balance}"
        return {heading: points for heading, points in figures.items() if points}

    def _rows(self, member: Name, wallet: str) -> Iterator[Any]:
        """The whole statement, newest first, by pages of seven."""
        before = None
        while True:
            page = self.ledger.statement(self._translated(member), limit=7, before=before, wallet=wallet)
            yield from page.rows
            if page.next is None:
                return
            before = page.next

    def require_explained(self, member: str, *, wallet: str = DEFAULT_WALLET) -> None:
        explained = self.ledger.explain(member, wallet=wallet)
        balance, view = explained.balance, self.ledger.balance(member, wallet=wallet)
        assert _balance(balance) == _balance(view), explained.text()
        for part in ("pending", "available", "held"):
            assert sum(getattr(story, part) for story in explained.lots) == getattr(balance, part), explained.text()
        for story in explained.lots:
            left = story.pending + story.available + story.held
            assert story.came - story.paid - story.gone == left, explained.text()
        debt = explained.debt
        assert debt.made - debt.paid - debt.forgiven == balance.debt, explained.text()
        alive = [story.lot for story in explained.lots if story.lot.points]
        assert sorted(alive, key=lambda lot: lot.id) == sorted(view.lots, key=lambda lot: lot.id), explained.text()

    def read_code(self, name: Name) -> str | None:
        try:
            self.balance(name)
        except self.engine.LedgerError as error:
            return str(error.code)
        return None

    def expiry_of_code(self, key: str) -> datetime:
        expires_at: datetime = self.issued[key].expires_at
        return expires_at

    def read_referrals(self, question: str, *args: object, **rest: object) -> Any:
        try:
            found = getattr(self, f"_{question}", getattr(self.ledger, question))(*args, **rest)
        except self.engine.MemberNotFound:
            # To the model whoever is not there is bound to nobody.
            return ReferralView("UNBOUND", None, None, (), "NO_ATTRIBUTION") if question == "referral" else []
        except self.engine.LedgerError as error:
            if question == "referral_code" and error.code in ("UNKNOWN_CODE", "CODE_MISTYPED"):
                return None
            raise
        match question:
            case "referral_code":
                return _code_view(found)
            case "referral":
                return _referral_view(found)
            case "referral_tree":
                return [(one.level, one.member) for one in found]
        return found

    def _referrals(self, program: str, advocate: str) -> list[str]:
        """All friends, by pages of seven."""
        friends: list[str] = []
        while page := self.ledger.referrals(program, advocate, limit=7, after=len(friends)):
            friends += [one.friend for one in page]
        return friends

    def verify(self) -> bool:
        return bool(self.ledger.verify().ok)

    def close(self) -> None:
        self.ledger.close()

    def _call(self, verb: str, *args: object, **rest: object) -> Outcome:
        try:
            answer = self.asked(verb, args, rest)
        except self.engine.LedgerError as error:
            return _refusal(error)
        return self._outcome(answer.answer if verb in CODED else answer)

    def asked(self, verb: str, args: Sequence[object], rest: Mapping[str, object]) -> Any:
        """What the engine itself says; a code that it gives is kept, since only its answer tells it."""
        given = {name: self._translated(value) for name, value in rest.items()}
        answer = getattr(self.ledger, verb)(*map(self._translated, args), **given)
        if verb == "issue_one_time_code":
            key = str(rest["key"])
            assert CODE.fullmatch(answer.code), answer
            first = self.issued.setdefault(key, answer)
            if answer.answer.replayed:
                assert (answer.code, answer.expires_at) == (first.code, first.expires_at), key
            self.issued[key] = answer
        return answer

    def _outcome(self, answer: Any) -> Outcome:
        figures = {name: getattr(answer, name) for name in FIGURES if hasattr(answer, name)}
        balance = None if answer.balance is None else _balance(answer.balance)
        return Outcome(
            answer.code, answer.awarded, balance, answer.replayed, sequence=answer.sequence or None, **figures
        )

    def _translated(self, value: object) -> object:
        """What the model has a type of its own for, in the engine's types."""
        match value:
            case Receipt(store, terminal, business_date, number, is_return):
                receipt = self.engine.Receipt(store, terminal, business_date, number)
                return receipt.returned() if is_return else receipt
            case Line():
                rest = {name: getattr(value, name) for name in ("sku", "category", "quantity", "excluded")}
                return self.engine.Line(value.amount, **rest)
            case ReferralBy():
                return self.engine.Referral(**vars(value))
            case Source():
                return self.engine.Source(**{name: told for name, told in vars(value).items() if told})
            case Outcome():
                return value.sequence
            case LotOf(key=key):
                return self._lot_made(key)
            case Alias(kind, told):
                return self.engine.Alias(kind, told)
            case OneTime(issued_by=key):
                return self.engine.Alias("one_time", self._code(key))
            case list():
                return [self._translated(one) for one in value]
        return value

    def cell(self, value: object) -> object:
        """A value of a table's row: lots are named by their numbers, codes by what they are."""
        match value:
            case LotOf(key=key):
                return self._lot_made(key)
            case OneTime(issued_by=key):
                return Alias("one_time", self._code(key))
        return value

    def _code(self, key: str) -> str:
        return str(self.issued[key].code) if key in self.issued else NO_CODE

    def _lot_made(self, key: str) -> int:
        try:
            entry = self.ledger.entry(key=key)
        except self.engine.LedgerError:
            return NO_LOT
        moves = [move for effect in entry.effects for move in effect.moved]
        made = [move for move in moves if move.made_by == entry.sequence and not move.flow.startswith("reward")]
        return min((move.lot for move in made if move.lot), default=NO_LOT)

    def _write_batch(self, verb: str, rows: list[Mapping[str, object]]) -> list[Outcome]:
        """Rows with the same columns, as one Arrow table."""
        import pyarrow

        names = sorted({name for row in rows for name in row})
        columns = {name: [row.get(name) for row in rows] for name in names}
        results = pyarrow.table(getattr(self.ledger, f"{verb}_batch")(pyarrow.table(columns))).to_pylist()
        assert len(results) == len(rows), f"{len(results)} results for {len(rows)} rows"
        return [self._row_outcome(row) for row in results]

    def _row_outcome(self, row: Mapping[str, Any]) -> Outcome:
        """A row says less than a single answer; the rest stands in its entry."""
        if row["code"] != "APPLIED":
            refused = Balance(available=row["available"]) if row["sequence"] else None
            return Outcome(
                row["code"], balance=refused, replayed=bool(row["replayed"]), sequence=row["sequence"] or None
            )
        effects = self.ledger.entry(row["sequence"]).effects
        balance = _balance(effects[0].balance) if effects else None
        assert row["available"] == (balance.available if balance else 0), row
        return Outcome(row["code"], row["awarded"], balance, bool(row["replayed"]), sequence=row["sequence"])

    def _after_write(self) -> None:
        if self.restart_mode is Restart.CLOSE:
            self.restart()
        elif self.restart_mode is Restart.CRASH:
            self.crash()

    def _open(self, **given: str) -> None:
        self.ledger = self._opened(**given)

    def _opened(self, **given: str) -> Any:
        """Opens the directory; to a program that makes no sense it says what the model does."""
        try:
            return self.engine.open(self._path(), clock=self.clock, **given)
        except self.engine.ProgramInvalid as invalid:
            raise ValueError(str(invalid)) from invalid

    def _path(self) -> Path:
        return self.directory / f"points-{self.generation}.ledger"


def _balance(parts: Any) -> Balance:
    return Balance(parts.pending, parts.available, parts.held, parts.debt)


def _referral_view(state: Any) -> ReferralView:
    return ReferralView(
        edge=state.edge,
        advocate=state.advocate,
        progress=state.progress,
        rewards=tuple(_reward_view(reward) for reward in state.rewards),
        open=state.open,
        touches=tuple((touch.key, touch.state) for touch in state.touches),
        notes=tuple(sorted((note.rule, note.finding) for note in state.notes)),
    )


def _reward_view(reward: Any) -> RewardView:
    given = reward.voucher
    voucher = None if given is None else VoucherView(given.code, given.label, given.state, given.expires_at)
    return RewardView(reward.role, reward.member, reward.points, reward.state, reward.reason, voucher)


def _code_view(code: Any) -> CodeView:
    names = ("kind", "member", "state", "holder", "label", "expires_at", "reserved_until")
    return CodeView(*(getattr(code, name) for name in names))


def _refusal(error: Any) -> Outcome:
    """A refusal states what is available."""
    balance = Balance(available=error.details["available"]) if "available" in error.details else None
    return Outcome(error.code, balance=balance, replayed=error.replayed, sequence=error.sequence)
