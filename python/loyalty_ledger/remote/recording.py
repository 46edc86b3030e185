"""Writes as messages that are kept instead of sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, cast

from loyalty_ledger.client import Client
from loyalty_ledger.remote.core import RemoteCore

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from loyalty_ledger.remote.connection import Connection


class _Kept(Exception):  # noqa: N818
    """Ends a verb at the point where its message would be sent."""

    def __init__(self, rpc: str, message: Message) -> None:
        super().__init__(rpc)
        self.rpc = rpc
        self.message = message


class _Paper:
    """What stands where the connection would."""

    def __init__(self, currency: str | None) -> None:
        self._currency = currency

    def money(self) -> str:
        if self._currency is None:
            raise ValueError("state currency=: which money the program earns on cannot be asked for now")
        return self._currency

    def write(self, rpc: str, message: Message) -> NoReturn:
        raise _Kept(rpc, message)


def recorded(
    verb: str, positional: Sequence[Any], named: Mapping[str, Any], *, currency: str | None
) -> tuple[str, Message]:
    """The call that a verb makes, and its message; wrong arguments raise what they raise there."""
    paper = Client(RemoteCore(cast("Connection", _Paper(currency))))
    try:
        getattr(paper, verb)(*positional, **named)
    except _Kept as kept:
        return kept.rpc, kept.message
    raise ValueError(f"{verb} writes nothing that could be sent later")
