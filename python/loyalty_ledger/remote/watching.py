"""Following the journal: a stream that goes on where it was after its connection was lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import grpc

from loyalty_ledger._pb import journal_service_pb2 as journal
from loyalty_ledger.remote import answers, statuses

if TYPE_CHECKING:
    from loyalty_ledger import _core
    from loyalty_ledger.remote.connection import Connection

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0


def entries(connection: Connection, first: int, patience: float) -> Iterator[_core.RawEntry]:
    """Entries from a sequence on for as long as a server is heard at least every `patience` seconds."""
    lost_at: float | None = None
    pause = _FIRST_PAUSE
    while True:
        call = connection.follow(journal.WatchRequest(from_sequence=first))
        try:
            # Comes when the stream begins, or when it has failed.
            call.initial_metadata()
            if call.is_active():
                lost_at, pause = None, _FIRST_PAUSE
            for message in call:
                for entry in message.entries:
                    yield answers.entry(entry)
                    first = entry.answer.sequence + 1
                first = message.next_sequence
        except grpc.RpcError as error:
            _require_passing(error)
            lost_at = time.monotonic() if lost_at is None else lost_at
            if time.monotonic() - lost_at > patience:
                raise statuses.unavailable(error, connection.target) from None
        finally:
            call.cancel()
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def _require_passing(error: grpc.RpcError) -> None:
    """Raises what would not be otherwise the next time; a reader that was cut off for being slow goes on."""
    if not statuses.is_unheard(error):
        raised = statuses.exception(error)
        if not raised.retryable:
            raise raised from None
