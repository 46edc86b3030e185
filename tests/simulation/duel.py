"""Plays one history on two ledgers and looks for the first difference."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from ledgers import PlayedLedger, PlayedModel
from model import Outcome
from model.transactions import REMEMBERED_REFUSALS
from simulation.history import (
    Disturbance,
    History,
    Publish,
    Read,
    Request,
    Step,
    Write,
    WriteMany,
    WriteTable,
    WriteTogether,
    ask,
    write,
)


class Difference(AssertionError):
    """The two ledgers do not agree, or one changed its mind."""


class View(NamedTuple):
    """Everything that anybody can see of a ledger at one instant; holds opened at once are in no order."""

    balances: dict[str, object]
    ladders: dict[str, object]
    statements: dict[str, object]
    trial_balances: dict[str, object]
    holds: list[tuple[str, int]]
    referrals: dict[str, object]
    trees: dict[str, object]
    codes: dict[str, object]


class Duel:
    """The model leads; the opponent has to answer the same."""

    def __init__(self, history: History, opponent: PlayedLedger) -> None:
        self.history = history
        self.model = PlayedModel(history.program, history.start)
        self.opponent = opponent
        self.enrolled: set[str] = set()
        self.first_answers: dict[str, tuple[Request, Outcome]] = {}
        self.first_tables: dict[str, tuple[WriteTable, list[Outcome]]] = {}

    def play(self) -> None:
        """Plays all steps, then looks at everything and asks every key again, also after a restart."""
        for number, step in enumerate(self.history.steps):
            try:
                self._take(step)
                self._compare_balances()
                _require_equal("referrals", self._referrals(self.model), self._referrals(self.opponent))
                _require_equal("codes", self._codes(self.model), self._codes(self.opponent))
            except Exception as error:
                raise Difference(f"at step {number}: {step}\n{type(error).__name__}: {error}") from error
        self._finish()

    def _take(self, step: Step) -> None:
        self.model.advance_to(step.at)
        self.opponent.advance_to(step.at)
        match step:
            case Write(request=request):
                opposed = write(self.opponent, request)
                self._compare_answer(request, opposed)
            case WriteTogether(requests=requests):
                calls = [partial(write, self.opponent, r) for r in requests]
                for request, opposed in zip(requests, self.opponent.write_in_parallel(calls), strict=True):
                    self._compare_answer(request, opposed)
            case WriteMany():
                self._write_many(step)
            case WriteTable():
                self._write_table(step)
            case Read(member=member, wallet=wallet, instant=instant):
                ledgers = (self.model, self.opponent)
                _require_equal(f"trial balance at {instant}", *(one.trial_balance(at=instant) for one in ledgers))
                if member in self.enrolled and wallet in self._wallets():
                    ours, theirs = (one.balance(member, at=instant, wallet=wallet) for one in ledgers)
                    _require_equal(f"balance of {member} at {instant}", ours, theirs)
            case Publish(program=program):
                for one in (self.model, self.opponent):
                    _require_equal("code of publish", "APPLIED", one.write("publish", program).code)
            case Disturbance(kind=kind):
                before = self._view(self.opponent)
                getattr(self.opponent, kind)()
                _require_equal(f"view before and after {kind}", before, self._view(self.opponent))
                self._require_equal_views()

    def _compare_answer(self, request: Request, opposed: Outcome) -> None:
        ours = write(self.model, request)
        _require_same_answer(str(request), ours, opposed)
        if request.rest.get("offline") and ours.code == "APPLIED":
            _require_equal(f"flags of {request}", ours.flags, opposed.flags)
            _require_equal(f"points charged by {request}", ours.charged, opposed.charged)
        self._note_enrolled(request, ours)
        if request.verb == "issue_one_time_code" and ours.code == "APPLIED":
            ends = [one.expiry_of_code(request.key) for one in (self.model, self.opponent)]
            _require_equal(f"end of the code of {request}", *ends)
        if ours.sequence is not None and not ours.replayed:
            self.first_answers.setdefault(request.key, (request, opposed))

    def _write_many(self, step: WriteMany) -> None:
        rows = [{**request.rest, **_named(request)} for request in step.requests]
        for row, instant in zip(rows, step.instants, strict=bool(step.instants)):
            row["recorded_at"] = instant
        outcomes = self.opponent.write_many(step.requests[0].verb, rows)
        instants = step.instants or (step.at,) * len(rows)
        for request, instant, opposed in zip(step.requests, instants, outcomes, strict=True):
            self.model.advance_to(instant)
            self._compare_answer(request, opposed)

    def _write_table(self, step: WriteTable) -> None:
        """A row says less than a single answer: flags and figures stand in its entry."""
        rows = [request.row for request in step.requests]
        for row, instant in zip(rows, step.instants, strict=bool(step.instants)):
            row["recorded_at"] = instant
        outcomes = self.opponent.write_batch(rows, key=step.key)
        answers = ask(self.model, step)
        for (request, ours), opposed in zip(answers, outcomes, strict=True):
            _require_same_answer(f"row {request}", ours, opposed)
            self._note_enrolled(request, ours)
        if step.key is not None and all(one.is_applied or one.code in REMEMBERED_REFUSALS for _, one in answers):
            self.first_tables.setdefault(step.key, (step, outcomes))

    def _note_enrolled(self, request: Request, ours: Outcome) -> None:
        is_enrolling = request.verb == "enroll" or (request.rest.get("enroll") and request.args)
        if is_enrolling and ours.code == "APPLIED":
            self.enrolled.add(str(request.args[0]))

    def _compare_balances(self) -> None:
        for member in self.enrolled:
            for wallet in self._wallets():
                ours, theirs = (
                    (one.balance(member, wallet=wallet), one.lots(member, wallet=wallet))
                    for one in (self.model, self.opponent)
                )
                _require_equal(f"balance and lots of {member} in {wallet}", ours, theirs)

    def _wallets(self) -> list[str]:
        return list(self.model.ledger.program.currencies)

    def _finish(self) -> None:
        self._require_equal_views()
        self._ask_again()
        self.opponent.restart()
        self._require_equal_views()
        self._ask_again()
        for member in sorted(self.enrolled):
            for wallet in self._wallets():
                self.opponent.require_explained(member, wallet=wallet)
        self.opponent.assert_sound()

    def _require_equal_views(self) -> None:
        for part, ours, theirs in zip(View._fields, self._view(self.model), self._view(self.opponent), strict=True):
            _require_equal(part, ours, theirs)

    def _ask_again(self) -> None:
        for request, first in self.first_answers.values():
            again = write(self.opponent, request)
            _require_equal(f"retry of {request}", _without_replayed(first), _without_replayed(again))
            if not again.replayed:
                raise Difference(f"retry of {request} isn't marked as replayed")
        for step, outcomes in self.first_tables.values():
            rows = self.opponent.write_batch([request.row for request in step.requests], key=step.key)
            for first, again_row in zip(outcomes, rows, strict=True):
                _require_equal(f"retry of {step}", (first.code, True), (again_row.code, again_row.replayed))

    def _view(self, ledger: PlayedLedger) -> View:
        places = [(member, wallet) for member in sorted(self.enrolled) for wallet in self._wallets()]
        everybody = [(None, wallet) for wallet in self._wallets()]
        return View(
            {f"{wallet} of {member}": ledger.balance(member, wallet=wallet) for member, wallet in places},
            {f"{wallet} of {member}": ledger.ladder(member, wallet=wallet) for member, wallet in everybody + places},
            {f"{wallet} of {member}": ledger.statement_figures(member, wallet=wallet) for member, wallet in places},
            {wallet: ledger.trial_balance(wallet=wallet) for wallet in self._wallets()},
            sorted(ledger.holds()),
            self._referrals(ledger),
            self._trees(ledger),
            self._codes(ledger),
        )

    def _codes(self, ledger: PlayedLedger) -> dict[str, object]:
        """What every code, coupon and voucher that the model knows reads."""
        books = self.model.ledger.books.values()
        known = [(book.name, text) for book in books for text in (*book.codes, *book.vouchers)]
        return {f"{name} {text}": ledger.read_referrals("referral_code", name, text) for name, text in known}

    def _referrals(self, ledger: PlayedLedger) -> dict[str, object]:
        """How the referral of every member stands."""
        programs, members = self.model.ledger.program.referral, sorted(self.enrolled)
        return {f"{name} {one}": ledger.read_referrals("referral", name, one) for name in programs for one in members}

    def _trees(self, ledger: PlayedLedger) -> dict[str, object]:
        """Whom every member brought, and who is above and below."""
        programs, members = self.model.ledger.program.referral, sorted(self.enrolled)
        return {
            f"{name} {one}": (
                ledger.read_referrals("referrals", name, one),
                ledger.read_referrals("referral_tree", name, one, up=True),
            )
            for name in programs
            for one in members
        }


def find_difference(history: History, open_opponent: Callable[[History], PlayedLedger]) -> str | None:
    """What the first difference is, or nothing."""
    opponent = open_opponent(history)
    try:
        Duel(history, opponent).play()
    except Difference as difference:
        return str(difference)
    finally:
        opponent.close()
    return None


def shrink(history: History, fails: Callable[[History], bool], attempts: int = 400) -> History:
    """Leaves out steps, many at once first, as long as the history still fails."""
    size = len(history.steps) // 2
    while size >= 1 and attempts > 0:
        begin = 0
        while begin < len(history.steps) and attempts > 0:
            attempts -= 1
            steps = history.steps[:begin] + history.steps[begin + size :]
            shorter = History(history.seed, history.program, history.start, steps)
            if fails(shorter):
                history = shorter
            else:
                begin += size
        size //= 2
    return history


def _named(request: Request) -> dict[str, object]:
    names = ("member", "points")
    return dict(zip(names, request.args, strict=False))


def _require_same_answer(what: str, ours: Outcome, theirs: Outcome) -> None:
    _require_equal(f"code of {what}", ours.code, theirs.code)
    for name in ("referral", "referral_code", "vested"):
        _require_equal(f"{name} of {what}", getattr(ours, name), getattr(theirs, name))
    if ours.sequence is None:
        return
    _require_equal(f"replayed of {what}", ours.replayed, theirs.replayed)
    if ours.balance is not None and theirs.balance is not None:
        _require_equal(f"balance in the answer to {what}", ours.balance, theirs.balance)
    if ours.code == "APPLIED" and ours.awarded is not None:
        _require_equal(f"awarded by {what}", ours.awarded, theirs.awarded)


def _without_replayed(outcome: Outcome) -> Outcome:
    return Outcome(outcome.code, outcome.awarded, outcome.balance, sequence=outcome.sequence)


def _require_equal(what: str, ours: object, theirs: object) -> None:
    if ours != theirs and isinstance(ours, dict) and isinstance(theirs, dict):
        for name in ours.keys() | theirs.keys():
            _require_equal(f"{what}: {name}", ours.get(name), theirs.get(name))
    if ours != theirs:
        raise Difference(f"{what}: expected {ours}, got {theirs}")
