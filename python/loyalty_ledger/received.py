"""The engine's answers, made into results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from loyalty_ledger.money import PRICE_DIGITS, units
from loyalty_ledger.results import (
    Accounts,
    Answer,
    Balance,
    BalanceView,
    Change,
    Effect,
    Entry,
    Hold,
    Info,
    Ladder,
    LadderStep,
    Lot,
    Move,
    OneTimeCode,
    Report,
    Statement,
    StatementRow,
    TermsAccounts,
    TrialBalance,
)
from loyalty_ledger.times import from_micros, from_nanos, from_optional_micros
from loyalty_ledger.wording import Language, row_text

if TYPE_CHECKING:
    from loyalty_ledger import _core, raw_reads


def one_time_code(code: str, expires_at: int, told: Answer) -> OneTimeCode:
    """A code with its end and the answer to whoever asked for it."""
    return OneTimeCode(code, from_micros(expires_at), told)


def answer(raw: _core.RawAnswer, explained: Callable[[], str]) -> Answer:
    """An answer of the engine."""
    return Answer(
        code=raw["code"],
        sequence=raw["sequence"],
        recorded_at=from_nanos(raw["recorded_at"]),
        requested=raw["requested"],
        awarded=raw["awarded"],
        spent=raw["spent"],
        cash=raw["cash"],
        kept_back=raw["kept_back"],
        spared=raw["spared"],
        charged=raw["charged"],
        taken_back=raw["taken_back"],
        flags=tuple(raw["flags"]),
        referral=raw["referral"],
        referral_code=raw["referral_code"],
        vested=raw["vested"],
        balance=Balance(**raw["balance"]),
        next_activation=from_optional_micros(raw["next_activation"]),
        next_expiry=from_optional_micros(raw["next_expiry"]),
        original=raw["original"],
        replayed=raw["replayed"],
        explained=explained,
    )


def balance_view(raw: _core.RawBalanceView) -> BalanceView:
    """A balance as the engine reads it."""
    return BalanceView(
        **raw["balance"],
        lots=tuple(lot(one) for one in raw["lots"]),
        holds=tuple(
            Hold(hold["authorization"], hold["points"], from_micros(hold["lapses_at"])) for hold in raw["holds"]
        ),
        next_activation=from_optional_micros(raw["next_activation"]),
        next_expiry=from_optional_micros(raw["next_expiry"]),
        next_expiry_points=raw["next_expiry_points"],
        at=from_micros(raw["at"]),
    )


def statement(raw: _core.RawPage, language: Language) -> Statement:
    """A page of a statement."""
    return Statement(tuple(_row(row, language) for row in raw["rows"]), raw["next"])


def entry(raw: _core.RawEntry) -> Entry:
    """An entry of the journal."""
    amount, currency = _money(raw["amount"])
    return Entry(
        sequence=raw["sequence"],
        recorded_at=from_nanos(raw["recorded_at"]),
        occurred_at=from_optional_micros(raw["occurred_at"]),
        verb=raw["verb"],
        code=raw["code"],
        caller=raw["caller"],
        key=raw["key"],
        member=raw["member"],
        program=raw["program"],
        requested=raw["requested"],
        awarded=raw["awarded"],
        original=raw["original"],
        amount=amount,
        currency=currency,
        reason=raw["reason"],
        actor=raw["actor"],
        effects=tuple(_effect(effect) for effect in raw["effects"]),
    )


def ladder(raw: raw_reads.RawLadder) -> Ladder:
    """A ladder of expiries."""
    steps = (LadderStep(from_micros(at), date.fromisoformat(on), points) for on, at, points in raw["steps"])
    return Ladder(tuple(steps), raw["never"])


def trial_balance(raw: raw_reads.RawTrialBalance, wallet: str) -> TrialBalance:
    """A trial balance, with the sums over all terms."""
    lines = [(line, dict(line["accounts"])) for line in raw["lines"]]
    sums = {name: sum(accounts[name] for _, accounts in lines) for name in Accounts.__dataclass_fields__}
    terms = []
    for line, accounts in lines:
        price, currency = _price(line["price"])
        terms.append(TermsAccounts(**accounts, funder=line["funder"], price=price, price_currency=currency))
    return TrialBalance(
        **sums,
        at=from_micros(raw["at"]),
        wallet=wallet,
        pending=raw["pending"],
        available=raw["available"],
        held=raw["held"],
        debt=raw["debt"],
        balanced=raw["balanced"],
        terms=tuple(terms),
    )


def report(raw: raw_reads.RawReport) -> Report:
    """A report of `verify`."""
    return Report(
        ok=raw["ok"],
        entries=raw["entries"],
        members=raw["members"],
        problems=tuple(raw["problems"]),
        problem_count=raw["problem_count"],
        digest=raw["digest"],
    )


def info(raw: raw_reads.RawInfo) -> Info:
    """What a ledger says about itself."""
    return Info(
        path=str(raw["path"]),
        id=raw["id"],
        clock=raw["clock"],
        read_only=raw["read_only"],
        entries=raw["entries"],
        recorded_at=from_nanos(raw["recorded_at"]) if raw["entries"] else None,
        now=from_micros(raw["now"]),
        members=raw["members"],
        program_version=raw["program_version"],
        zone=raw["zone"],
        money=raw["money"],
        journal_bytes=raw["journal_bytes"],
        snapshot=raw["snapshot"],
        notices=tuple(raw["notices"]),
    )


def lot(raw: _core.RawLot) -> Lot:
    """A lot as it stands."""
    price, currency = _price(raw["price"])
    return Lot(
        id=raw["id"],
        points=raw["points"],
        pending=raw["pending"],
        activates_at=from_optional_micros(raw["activates_at"]),
        expires_at=from_optional_micros(raw["expires_at"]),
        made_by=raw["made_by"],
        earned_by=raw["earned_by"],
        funder=raw["funder"],
        price=price,
        price_currency=currency,
    )


def _hold(raw: _core.RawHold) -> Hold:
    return Hold(raw["authorization"], raw["points"], from_micros(raw["lapses_at"]))


def _move(raw: _core.RawMove) -> Move:
    return Move(
        flow=raw["flow"],
        points=raw["points"],
        paid=raw["paid"],
        lot=raw["lot"],
        made_by=raw["made_by"],
        activates_at=from_optional_micros(raw["activates_at"]),
        expires_at=from_optional_micros(raw["expires_at"]),
        due_at=from_optional_micros(raw["due_at"]),
        hold=raw["hold"],
    )


def _row(raw: _core.RawStatementRow, language: Language) -> StatementRow:
    moved: Counter[str] = Counter()
    for move in raw["moved"]:
        moved[move["flow"]] += move["points"]
    return StatementRow(
        at=from_nanos(raw["at"]),
        sequence=raw["sequence"],
        verb=raw["verb"],
        code=raw["code"],
        reason=raw["reason"],
        points=raw["points"],
        change=Change(**raw["change"]),
        balance=Balance(**raw["balance"]),
        original=raw["original"],
        key=raw["key"],
        moved=tuple(_move(move) for move in raw["moved"]),
        position=raw["position"],
        note=raw["note"],
        text=row_text(raw["reason"], raw["original"], raw["note"], moved, raw["change"]["debt"], language),
    )


def _effect(raw: _core.RawEffect) -> Effect:
    return Effect(
        member=raw["member"],
        wallet=raw["wallet"],
        moved=tuple(_move(move) for move in raw["moved"]),
        balance=Balance(**raw["balance"]),
        next_activation=from_optional_micros(raw["next_activation"]),
        next_expiry=from_optional_micros(raw["next_expiry"]),
    )


def _money(raw: tuple[int, str] | None) -> tuple[Decimal | None, str | None]:
    return (None, None) if raw is None else (units(*raw), raw[1])


def _price(raw: tuple[int, str] | None) -> tuple[Decimal | None, str | None]:
    return (None, None) if raw is None else (Decimal(raw[0]).scaleb(-PRICE_DIGITS), raw[1])
