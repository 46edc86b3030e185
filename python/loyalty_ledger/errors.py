"""Exceptions: one class per answer code, under one class per kind of code, under `LedgerError`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loyalty_ledger import _core


class LedgerError(Exception):
    """What a ledger says no with. The message says what to do next."""

    code: ClassVar[str | None] = None
    """The answer code, such as `INSUFFICIENT_POINTS`; `None` where the table of codes has none."""
    retryable: ClassVar[bool] = False
    """Whether the same request under the same key can end differently later."""

    def __init__(self, message: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.details: dict[str, object] = dict(details or {})
        """Figures: `requested`, `available`, `held`, `debt`, and what else belongs to the code."""

    @property
    def replayed(self) -> bool:
        """Whether this is the first answer given again."""
        return bool(self.details.get("replayed", False))

    @property
    def sequence(self) -> int | None:
        """The entry that records a refusal."""
        sequence = self.details.get("sequence")
        return sequence if isinstance(sequence, int) else None


class CannotOpen(LedgerError):
    """The ledger was not opened, for a reason that has no code."""


class TableError(LedgerError, ValueError):
    """A table cannot be taken as it is; nothing of it was written."""

    @property
    def column(self) -> str | None:
        """The column that is wrong; `None` if it is the table as a whole."""
        column = self.details.get("column")
        return column if isinstance(column, str) else None

    @property
    def row(self) -> int | None:
        """The first row that is wrong, counted from 0; `None` if it is the whole column."""
        row = self.details.get("row")
        return row if isinstance(row, int) else None


class Invalid(LedgerError):
    """The request is wrong in shape; correct it and send it again under the same key."""


class Conflict(LedgerError):
    """Something else already stands in this place; never send it again."""


class Refused(LedgerError):
    """The business says no. It is remembered under the key: a new attempt needs a new key."""


class NotFound(LedgerError):
    """Names something unknown; correct it and send it again under the same key."""


class NotAllowed(LedgerError):
    """The caller has no right to it; nothing was done."""


class Limit(LedgerError):
    """A bound of the system was reached; split the request or send it later."""

    retryable = True


class Unavailable(LedgerError):
    """Certainly not applied; send it again under the same key."""

    retryable = True


class Unknown(LedgerError):
    """Nobody knows yet whether it was applied; ask again under the same key."""

    retryable = True


class Corrupt(LedgerError):
    """Stored data is damaged; an operator has to act."""


class KeyMissing(Invalid): ...


class KeyTooLong(Invalid): ...


class InvalidId(Invalid): ...


class PointsNotPositive(Invalid): ...


class PointsTooLarge(Invalid): ...


class AmountNegative(Invalid): ...


class AmountNotPositive(Invalid): ...


class AmountTooLarge(Invalid): ...


class ExpiryBeforeActivation(Invalid): ...


class UnknownCurrency(Invalid): ...


class MoneyCurrencyNotAccepted(Invalid): ...


class OccurredInFuture(Invalid): ...


class TimeOutOfRange(Invalid): ...


class InvalidTtl(Invalid): ...


class NotReversible(Invalid): ...


class WrongUnit(Invalid): ...


class NotAnAuthorization(Invalid): ...


class ReasonMissing(Invalid): ...


class MemberMismatch(Invalid): ...


class ProgramInvalid(Invalid): ...


class TermsInvalid(Invalid): ...


class AliasUnknown(Invalid): ...


class RecordedInPast(Invalid): ...


class DirectoryNotEmpty(Invalid): ...


class ReceiptInvalid(Invalid): ...


class LineInvalid(Invalid): ...


class LineUnknown(Invalid): ...


class EligibleExceedsAmount(Invalid): ...


class SpendExceedsAmount(Invalid): ...


class SameMember(Invalid): ...


class ExpiryInPast(Invalid): ...


class SourceInvalid(Invalid): ...


class FieldInvalid(Invalid): ...


class CodeMistyped(Invalid): ...


class TokenTooLong(Invalid): ...


class TouchInFuture(Invalid): ...


class PeriodNotOver(Invalid): ...


class UnknownStep(Invalid): ...


class UnknownProgram(Invalid): ...


class ApproverMissing(Invalid): ...


class KeyReused(Conflict): ...


class MemberExists(Conflict): ...


class AliasInUse(Conflict): ...


class ReceiptReused(Conflict): ...


class CodeTaken(Conflict): ...


class InsufficientPoints(Refused): ...


class AuthorizationExpired(Refused): ...


class CaptureExceedsAuthorization(Refused): ...


class AlreadyCaptured(Refused): ...


class AlreadyVoided(Refused): ...


class AlreadyReversed(Refused): ...


class ReversalExceedsOriginal(Refused): ...


class TooOld(Refused): ...


class BalanceLimit(Refused): ...


class TooManyLots(Refused): ...


class PointsAlreadySpent(Refused): ...


class MemberClosed(Refused): ...


class MemberBlocked(Refused): ...


class CardLost(Refused): ...


class HoldsOpen(Refused): ...


class LimitExceeded(Refused): ...


class VerificationRequired(Refused): ...


class UnknownCode(Refused): ...


class CodeDisabled(Refused): ...


class CodeExpired(Refused): ...


class CodeUsed(Refused): ...


class NoAttribution(Refused): ...


class WindowExpired(Refused): ...


class TouchAfterIdentification(Refused): ...


class Blocked(Refused): ...


class Self(Refused): ...


class AlreadyReferred(Refused): ...


class NotNew(Refused): ...


class OwnCode(Refused): ...


class SameIdentity(Refused): ...


class Cycle(Refused): ...


class HasReferrals(Refused): ...


class Depth(Refused): ...


class NotDisputed(Refused): ...


class CapReached(Refused): ...


class Denied(Refused): ...


class CodePending(Refused): ...


class Returning(Refused): ...


class MemberNotFound(NotFound): ...


class TransactionNotFound(NotFound): ...


class LotNotFound(NotFound): ...


class LinkNotFound(NotFound): ...


class UnknownCredential(NotAllowed): ...


class ScopeMissing(NotAllowed): ...


class StoreNotAllowed(NotAllowed): ...


class PointsNotAllowed(NotAllowed): ...


class BatchTooLarge(Limit): ...


class Overloaded(Limit): ...


class RateLimited(Limit): ...


class ShuttingDown(Unavailable): ...


class DiskFull(Unavailable): ...


class ReadOnly(Unavailable): ...


class ClockJump(Unavailable): ...


class Poisoned(Unavailable): ...


class OutcomeUnknown(Unknown): ...


class ChainBroken(Corrupt): ...


class AuditFailed(Corrupt): ...


CLASSES: dict[str, type[LedgerError]] = {}
"""The class of each code that can be raised."""


def _fill_classes() -> None:
    for _, name, _, meaning, _, retryable in _core.CODES:
        raised = globals().get("".join(word.capitalize() for word in name.split("_")))
        if isinstance(raised, type) and issubclass(raised, LedgerError):
            raised.code = name
            raised.retryable = retryable
            raised.__doc__ = meaning
            CLASSES[name] = raised


_fill_classes()


def failure(code: str | None, message: str, details: Mapping[str, object]) -> LedgerError:
    """The exception of a code; the module `_core` raises what this returns."""
    return CLASSES.get(code or "", CannotOpen)(message, details)


def refusal(answer: _core.RawAnswer) -> LedgerError:
    """The exception of an answer that refuses; its figures are those of the moment it was decided."""
    balance = answer["balance"]
    details: dict[str, object] = {
        "requested": answer["requested"],
        "available": balance["available"],
        "held": balance["held"],
        "debt": balance["debt"],
        # A quote has none.
        "sequence": answer["sequence"] or None,
        "replayed": answer["replayed"],
    }
    if answer["original"] is not None:
        details["original"] = answer["original"]
    raised = CLASSES[answer["code"]]
    figures = ", ".join(f"{details[name]} {name}" for name in ("requested", "available", "held", "debt"))
    return raised(f"{answer['code']}: {raised.__doc__} ({figures})", details)


def table_error(column: str | None, row: int | None, message: str) -> TableError:
    """The exception of a wrong table; the module `_core` raises what this returns."""
    place = "" if column is None else f"column {column!r}"
    place += "" if row is None else f", row {row}"
    return TableError(f"{place} {message}".strip(), {"column": column, "row": row})
