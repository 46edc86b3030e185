"""Following the journal: a stream that goes on where it was after its connection was lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING, Any, Final

import grpc

from loyalty_ledger import received
from loyalty_ledger._pb import journal_service_pb2 as journal
from loyalty_ledger.remote import answers, statuses

if TYPE_CHECKING:
    from loyalty_ledger.remote.connection import Connection
    from loyalty_ledger.results import Entry

_FIRST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 5.0


class Following:
    """Entries from a sequence on, as long as a server is heard again within `patience` seconds."""

    def __init__(self, connection: Connection, first: int, patience: float) -> None:
        self._connection = connection
        self._next = first
        self._patience = patience
        self._closed = Event()
        self._call: Any = None
        self._entries = self._followed()

    def __iter__(self) -> Iterator[Entry]:
        return self

    def __next__(self) -> Entry:
        return next(self._entries)

    def close(self) -> None:
        """Ends it, also while another thread waits for the next entry."""
        self._closed.set()
        self._cancel()

    def _followed(self) -> Iterator[Entry]:
        lost_at: float | None = None
        pause = _FIRST_PAUSE
        while not self._closed.is_set():
            try:
                self._begin()
                if self._call.is_active():
                    lost_at, pause = None, _FIRST_PAUSE
                yield from self._streamed()
            except grpc.RpcError as error:
                if self._closed.is_set():
                    return
                _require_passing(error)
                lost_at = time.monotonic() if lost_at is None else lost_at
                if time.monotonic() - lost_at > self._patience:
                    raise statuses.unavailable(error, self._connection.target) from None
            finally:
                self._cancel()
            self._closed.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _begin(self) -> None:
        self._call = self._connection.follow(journal.WatchRequest(from_sequence=self._next))
        if self._closed.is_set():
            self._cancel()
        # It comes when the stream begins, or when it has failed.
        self._call.initial_metadata()

    def _cancel(self) -> None:
        if self._call is not None:
            self._call.cancel()

    def _streamed(self) -> Iterator[Entry]:
        for message in self._call:
            for entry in message.entries:
                # Before it is given away: whoever goes on after a failure has had it.
                self._next = entry.answer.sequence + 1
                yield received.entry(answers.entry(entry))
            self._next = message.next_sequence


def _require_passing(error: grpc.RpcError) -> None:
    """Raises what would not be otherwise the next time; a reader that was cut off for being slow goes on."""
    if not statuses.is_unheard(error):
        raised = statuses.exception(error)
        if not raised.retryable:
            raise raised from None
