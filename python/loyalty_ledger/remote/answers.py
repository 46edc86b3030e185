"""Messages become what the engine answers: the one place where messages are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loyalty_ledger._pb.code_pb2 import Code
from loyalty_ledger._pb.entry_pb2 import Flow
from loyalty_ledger._pb.members_pb2 import LinkScope
from loyalty_ledger.results import Accounts, Checkpoint, Program
from loyalty_ledger.times import from_micros, from_nanos

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from loyalty_ledger import _core, raw_reads
    from loyalty_ledger._pb import (
        answer_pb2,
        balance_pb2,
        entry_pb2,
        journal_service_pb2,
        members_pb2,
        program_service_pb2,
        totals_pb2,
        transactions_pb2,
    )

_NANOS = 1_000_000_000


def nanos(message: Message, field: str) -> int:
    """An instant in nanoseconds since 1970; 0 if it is absent."""
    time = getattr(message, field)
    return int(time.seconds * _NANOS + time.nanos)


def micros(message: Message, field: str) -> int:
    """An instant in microseconds since 1970."""
    return nanos(message, field) // 1000


def optional_micros(message: Message, field: str) -> int | None:
    """As `micros`; nothing stays nothing."""
    return micros(message, field) if message.HasField(field) else None


def word(enumeration: Any, number: int, prefix: str) -> str:
    """The name of a number; what a newer server has more names for is told by its number."""
    name = enumeration.DESCRIPTOR.values_by_number.get(number)
    return f"{prefix}{number}" if name is None else str(name.name.removeprefix(prefix))


def code(number: int) -> str:
    """The name of an answer code."""
    return word(Code, number, "CODE_")


def answer(message: answer_pb2.Answer, *, replayed: bool = False) -> _core.RawAnswer:
    """The dense answer to one write."""
    return {
        "code": code(message.code),
        "sequence": message.sequence,
        "recorded_at": nanos(message, "recorded_time"),
        "requested": message.requested,
        "awarded": message.awarded,
        "spent": message.spent,
        "cash": message.cash_minor_units,
        "kept_back": message.kept_back_minor_units,
        "spared": message.spared,
        "charged": message.charged,
        "taken_back": message.taken_back,
        "flags": ["OFFLINE_OVERDRAFT"] if message.overdrawn else [],
        "referral": code(message.referral) if message.referral else None,
        "referral_code": message.referral_code or None,
        "vested": message.vested,
        "balance": balance(message.balance),
        "next_activation": optional_micros(message, "next_activation_time"),
        "next_expiry": optional_micros(message, "next_expiry_time"),
        "original": message.original or None,
        "replayed": replayed,
    }


def answered(response: Any) -> _core.RawAnswer:
    """The answer in any response to a write."""
    return answer(response.answer, replayed=response.replayed)


def balance(message: balance_pb2.Balance | balance_pb2.Change) -> _core.RawBalance:
    """Four parts of a wallet, or their changes."""
    return {
        "pending": message.pending,
        "available": message.available,
        "held": message.held,
        "debt": message.debt,
    }


def lot(message: balance_pb2.Lot) -> _core.RawLot:
    """A lot as it stands."""
    return {
        "id": message.id,
        "made_by": message.made_by,
        "points": message.points,
        "activates_at": optional_micros(message, "activates_time"),
        "expires_at": optional_micros(message, "expires_time"),
        "earned_by": message.earned_by,
        "funder": message.funder or None,
        "price": price(message),
        "pending": message.pending,
    }


def price(message: balance_pb2.Lot | totals_pb2.TermsAccounts) -> tuple[int, str] | None:
    """The price in a message that may have one."""
    return (message.price.micros, message.price.currency_code) if message.HasField("price") else None


def balance_view(wallet: Any, at: int) -> _core.RawBalanceView:
    """A wallet of a member."""
    return {
        "balance": balance(wallet.balance),
        "lots": [lot(one) for one in wallet.lots],
        "holds": [
            {"authorization": hold.authorization, "lapses_at": micros(hold, "lapses_time"), "points": hold.points}
            for hold in wallet.holds
        ],
        "next_activation": optional_micros(wallet, "next_activation_time"),
        "next_expiry": optional_micros(wallet, "next_expiry_time"),
        "next_expiry_points": wallet.next_expiry_points,
        "at": at,
    }


def move(message: entry_pb2.Move) -> _core.RawMove:
    """Points on the move."""
    return {
        "flow": word(Flow, message.flow, "FLOW_").lower(),
        "points": message.points,
        "paid": message.paid,
        "lot": message.lot or None,
        "made_by": message.made_by,
        "activates_at": optional_micros(message, "activates_time"),
        "expires_at": optional_micros(message, "expires_time"),
        "due_at": optional_micros(message, "due_time"),
        "hold": message.hold or None,
    }


def statement_row(message: transactions_pb2.StatementRow) -> _core.RawStatementRow:
    """A row of a statement."""
    return {
        "at": nanos(message, "at_time"),
        "sequence": message.sequence or None,
        "verb": message.verb,
        "code": code(message.code),
        "reason": message.reason,
        "points": message.points,
        "change": balance(message.change),
        "balance": balance(message.balance),
        "original": message.original or None,
        "key": message.key or None,
        "note": message.note or None,
        "moved": [move(one) for one in message.moves],
        "position": message.position,
    }


def entry(message: entry_pb2.Entry) -> _core.RawEntry:
    """An entry of the journal."""
    told = message.answer
    amount = (message.amount.minor_units, message.amount.currency_code) if message.HasField("amount") else None
    return {
        "sequence": told.sequence,
        "recorded_at": nanos(told, "recorded_time"),
        "occurred_at": optional_micros(message, "occurred_time"),
        "verb": message.verb,
        "code": code(told.code),
        "caller": message.caller,
        "key": message.key or None,
        "member": message.member or None,
        "program": message.program_version,
        "requested": told.requested,
        "awarded": told.awarded,
        "original": told.original or None,
        "amount": amount,
        "reason": message.reason or None,
        "actor": message.actor or None,
        "effects": [effect(one) for one in message.effects],
    }


def effect(message: entry_pb2.Effect) -> _core.RawEffect:
    """What an entry did to a wallet."""
    return {
        "member": message.member,
        "wallet": message.wallet,
        "moved": [move(one) for one in message.moves],
        "balance": balance(message.balance),
        "next_activation": optional_micros(message, "next_activation_time"),
        "next_expiry": optional_micros(message, "next_expiry_time"),
    }


def link(message: members_pb2.Link) -> raw_reads.RawLink:
    """A partner's tie to a member."""
    scopes = [LinkScope.Name(scope).removeprefix("LINK_SCOPE_").lower() for scope in message.scopes]
    daily_points = message.daily_points if message.HasField("daily_points") else None
    starts_at, ends_at = micros(message, "starts_time"), optional_micros(message, "ends_time")
    return message.partner, scopes, daily_points, starts_at, ends_at


def till_total(message: totals_pb2.TillTotal) -> raw_reads.RawTillTotal:
    """One verb with one outcome."""
    return {
        "verb": message.verb,
        "code": code(message.code),
        "count": message.count,
        "money": message.money_minor_units,
        "points": message.points,
    }


def open_hold(message: Any) -> raw_reads.RawOpenHold:
    """An open hold."""
    return {
        "authorization": message.authorization,
        "member": message.member,
        "wallet": message.wallet,
        "points": message.points,
        "opened_at": micros(message, "opened_time"),
        "lapses_at": micros(message, "lapses_time"),
        "store": message.store,
        "terminal": message.terminal,
        "key": message.key or None,
    }


def story_lines(messages: Any) -> list[raw_reads.RawStoryLine]:
    """Points that moved, and what moved them."""
    return [
        {
            "at": nanos(message, "at_time"),
            "sequence": message.sequence or None,
            "verb": message.verb,
            "flow": word(Flow, message.flow, "FLOW_").lower(),
            "points": message.points,
            "paid": message.paid,
            "original": message.original or None,
        }
        for message in messages
    ]


def lot_story(message: totals_pb2.LotStory) -> raw_reads.RawLotStory:
    """What became of a lot."""
    return {
        "lot": lot(message.lot),
        "came": message.came,
        "paid": message.paid,
        "gone": message.gone,
        "pending": message.pending,
        "available": message.available,
        "held": message.held,
        "lines": story_lines(message.lines),
    }


def explanation(message: totals_pb2.ExplainMemberResponse) -> raw_reads.RawExplanation:
    """How a balance came to be."""
    return {
        "member": message.member,
        "wallet": message.wallet,
        "at": micros(message, "at_time"),
        "balance": balance(message.balance),
        "lots": [lot_story(story) for story in message.lots],
        "debt_made": message.debt.made,
        "debt_paid": message.debt.paid,
        "debt_forgiven": message.debt.forgiven,
        "debt_lines": story_lines(message.debt.lines),
        "noted": story_lines(message.noted),
    }


def ladder(message: totals_pb2.GetLadderResponse) -> raw_reads.RawLadder:
    """A ladder of expiries."""
    steps = [(step.local_date, micros(step, "expires_time"), step.points) for step in message.steps]
    return {"steps": steps, "never": message.never}


def trial_balance(message: totals_pb2.GetTrialBalanceResponse) -> raw_reads.RawTrialBalance:
    """All accounts of a currency of points."""
    lines: list[raw_reads.RawTrialLine] = [
        {
            "funder": terms.funder or None,
            "price": price(terms),
            "accounts": [(name, getattr(terms.accounts, name)) for name in Accounts.__dataclass_fields__],
        }
        for terms in message.terms
    ]
    wallets = balance(message.members)
    return {"at": micros(message, "at_time"), "balanced": message.balanced, "lines": lines, **wallets}


def program(message: program_service_pb2.Program) -> Program:
    """What a version of the program says of times and money."""
    return Program(message.version, message.zone, message.currency_code)


def checkpoint(message: journal_service_pb2.GetCheckpointResponse) -> Checkpoint:
    """Where the journal stands; the engine has no like of it."""
    return Checkpoint(
        id=message.ledger_id.hex(),
        sequence=message.sequence,
        recorded_at=from_nanos(nanos(message, "recorded_time")) if message.sequence else None,
        now=from_micros(micros(message, "now_time")),
        clock="manual" if message.manual_clock else "system",
        members=message.members,
        program_version=message.program_version,
        zone=message.zone,
        money=message.currency_code,
        journal_bytes=message.journal_bytes,
        snapshot=message.snapshot,
        notices=tuple(message.notices),
        digest=message.digest.hex() or None,
    )
