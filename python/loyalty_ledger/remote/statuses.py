"""Statuses become exceptions: those of `loyalty_ledger.errors`, with the same codes and figures as from the engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from loyalty_ledger import errors

if TYPE_CHECKING:
    from google.rpc import status_pb2

DOMAIN: Final = "loyalty-ledger"

# Figures that the engine's own exceptions do not have.
_OF_THE_WIRE: Final = frozenset({"current_available", "recorded_time"})

# What a status means that names no code, or one that is not known here.
_CLASSES: Final[dict[grpc.StatusCode, type[errors.LedgerError]]] = {
    grpc.StatusCode.INVALID_ARGUMENT: errors.Invalid,
    grpc.StatusCode.ALREADY_EXISTS: errors.Conflict,
    grpc.StatusCode.UNAUTHENTICATED: errors.NotAllowed,
    grpc.StatusCode.PERMISSION_DENIED: errors.NotAllowed,
    grpc.StatusCode.FAILED_PRECONDITION: errors.Refused,
    grpc.StatusCode.NOT_FOUND: errors.NotFound,
    # A message that is larger than the server takes.
    grpc.StatusCode.OUT_OF_RANGE: errors.Invalid,
    grpc.StatusCode.RESOURCE_EXHAUSTED: errors.Limit,
    grpc.StatusCode.UNAVAILABLE: errors.Unavailable,
    grpc.StatusCode.DEADLINE_EXCEEDED: errors.Unknown,
    grpc.StatusCode.DATA_LOSS: errors.Corrupt,
}

# After these a call may have been decided although nobody heard the answer.
_UNHEARD: Final = frozenset(
    {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.ABORTED,
    }
)


def is_unheard(error: grpc.RpcError) -> bool:
    """Whether the answer was lost on the way, so that nobody knows what became of the call."""
    return error.code() in _UNHEARD and _info(_details(error)) is None


def exception(error: grpc.RpcError) -> errors.LedgerError:
    """The exception of a status that a server sent."""
    status = _details(error)
    info = _info(status)
    if info is None or status is None:
        kind = _CLASSES.get(error.code(), errors.LedgerError)
        return kind(f"the server answered {error.code().name}: {error.details()}", {"status": error.code().name})
    # A newer server's code is at least of a kind that is known.
    raised = errors.CLASSES.get(info.reason) or _CLASSES.get(error.code(), errors.LedgerError)
    figures = {name: text for name, text in info.metadata.items() if name not in _OF_THE_WIRE}
    details: dict[str, object] = {name: _figure(text) for name, text in figures.items()}
    if issubclass(raised, errors.Refused):
        # A quote's refusal has none.
        details.setdefault("sequence", None)
    details |= _told(status)
    is_told = raised.code is None or issubclass(raised, errors.Refused)
    message = status.message if is_told else status.message.removeprefix(f"{info.reason}: ")
    return raised(message, details)


def unavailable(error: grpc.RpcError, target: str) -> errors.Unavailable:
    """The exception of a call that certainly wrote nothing."""
    return errors.Unavailable(
        f"{target} did not answer ({error.code().name}: {error.details()}); nothing was written, send it again",
        {"status": error.code().name},
    )


def outcome_unknown(error: grpc.RpcError, target: str) -> errors.OutcomeUnknown:
    """The exception of a write whose answer was lost, as often as it was asked for."""
    return errors.OutcomeUnknown(
        f"{target} did not answer ({error.code().name}: {error.details()}), and the request may have been applied: "
        "send it again under the same key to find out",
        {"status": error.code().name},
    )


def _details(error: grpc.RpcError) -> status_pb2.Status | None:
    if not isinstance(error, grpc.Call):
        return None
    try:
        return rpc_status.from_call(error)
    except ValueError:
        # Its two halves contradict each other: no ledger made it.
        return None


def _info(status: status_pb2.Status | None) -> error_details_pb2.ErrorInfo | None:
    for detail in status.details if status is not None else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info) and info.domain == DOMAIN:
            return info
    return None


def _told(status: status_pb2.Status) -> dict[str, object]:
    """Fields that are wrong, by their paths, and after how many seconds to come again."""
    told: dict[str, object] = {}
    wrong, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
    for detail in status.details:
        if detail.Unpack(wrong):
            told["fields"] = {violation.field: violation.description for violation in wrong.field_violations}
        elif detail.Unpack(retry):
            told["retry_after"] = retry.retry_delay.ToTimedelta().total_seconds()
    return told


def _figure(text: str) -> object:
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text)
