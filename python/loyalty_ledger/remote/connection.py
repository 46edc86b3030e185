"""Calls to a server: their deadlines and tokens, and outcomes that are asked for again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import grpc

from loyalty_ledger._pb import program_service_pb2 as programs
from loyalty_ledger.remote import statuses

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from loyalty_ledger._pb import journal_service_pb2 as journal
    from loyalty_ledger.remote.channels import Channels, Line

# How much of the time that is left each try of a write may take.
_SHARES: Final = (0.5, 0.5, 1.0)


class Connection:
    """Makes calls on channels, each with a deadline."""

    def __init__(self, channels: Channels, *, token: str | None, deadline: float) -> None:
        self.deadline = deadline
        self._channels = channels
        self._token = token
        self._metadata = [] if token is None else [("authorization", f"Bearer {token}")]

    @property
    def target(self) -> str:
        """Where the server is."""
        return self._channels.target

    def within(self, deadline: float) -> Connection:
        """The same channels with another deadline."""
        return Connection(self._channels, token=self._token, deadline=deadline)

    def close(self) -> None:
        """Ends all calls and gives the channels up."""
        self._channels.close()

    def money(self) -> str:
        """The money of the program in force, asked for once."""
        if self._channels.money is None:
            self._channels.money = self.read("GetProgram", programs.GetProgramRequest()).program.currency_code
        return self._channels.money

    def forget_money(self) -> None:
        """Asks for the program's money again when it is next needed."""
        self._channels.money = None

    def read(self, rpc: str, message: Message) -> Any:
        """Calls what writes nothing, or nothing that anybody can see."""
        try:
            return self._call(self._channels.next(), rpc, message, self.deadline)
        except grpc.RpcError as error:
            raise self._unwritten(error) from None

    def write(self, rpc: str, message: Message) -> Any:
        """Calls until the outcome is known: what was not heard is asked for again by the same key."""
        ends = time.monotonic() + self.deadline
        line = self._heard_line(ends)
        unheard: grpc.RpcError | None = None
        for share in _SHARES:
            left = ends - time.monotonic()
            try:
                # What was sent is waited for, also while the server comes back.
                return self._call(line, rpc, message, left * share, wait_for_ready=unheard is not None)
            except grpc.RpcError as error:
                if not statuses.is_unheard(error):
                    # It may be about money that the program no longer earns on.
                    self.forget_money()
                    raise statuses.exception(error) from None
                unheard = error
                line = self._channels.next()
        assert unheard is not None
        raise statuses.outcome_unknown(unheard, self.target)

    def stream(self, message: journal.WatchRequest) -> Iterator[journal.WatchResponse]:
        """The messages of a Watch that ends by itself; the iterator may be left before."""
        call = self._channels.next().rpcs["Watch"](message, timeout=self.deadline, metadata=self._metadata)
        try:
            yield from call
        except grpc.RpcError as error:
            raise self._unwritten(error) from None
        finally:
            call.cancel()

    def follow(self, message: journal.WatchRequest) -> Any:
        """A Watch without an end: a call to iterate over and to cancel, which raises `grpc.RpcError`."""
        return self._channels.next().rpcs["Watch"](message, metadata=self._metadata)

    def _heard_line(self, ends: float) -> Line:
        """A channel with a server at its other end, so that a write which finds none was certainly never sent."""
        line = self._channels.next()
        if not line.is_heard:
            try:
                line.check_health(b"", timeout=ends - time.monotonic(), metadata=self._metadata)
            except grpc.RpcError as error:
                if statuses.is_unheard(error):
                    raise statuses.unavailable(error, self.target) from None
            line.is_heard = True
        return line

    def _call(self, line: Line, rpc: str, message: Message, timeout: float, *, wait_for_ready: bool = False) -> Any:
        try:
            answer = line.rpcs[rpc](message, timeout=timeout, metadata=self._metadata, wait_for_ready=wait_for_ready)
        except grpc.RpcError as error:
            line.is_heard = not statuses.is_unheard(error)
            raise
        line.is_heard = True
        return answer

    def _unwritten(self, error: grpc.RpcError) -> Exception:
        """The exception of a call that writes nothing."""
        return statuses.unavailable(error, self.target) if statuses.is_unheard(error) else statuses.exception(error)
