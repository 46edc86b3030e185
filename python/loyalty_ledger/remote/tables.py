"""Whole tables over gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from loyalty_ledger import errors
from loyalty_ledger.remote.connection import Connection

if TYPE_CHECKING:
    from loyalty_ledger import _core


class RemoteTables:
    """The verbs that take tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def enroll_batch(self, table: _core.ArrowTable) -> _core.Answers:
        self._post(table)

    def purchase_batch(self, table: _core.ArrowTable, create_members: bool) -> _core.Answers:
        self._post(table)

    def accrue_batch(self, table: _core.ArrowTable, create_members: bool) -> _core.Answers:
        self._post(table)

    def redeem_batch(self, table: _core.ArrowTable) -> _core.Answers:
        self._post(table)

    def post_batch(self, table: _core.ArrowTable) -> _core.Answers:
        self._post(table)

    def post_whole(self, table: _core.ArrowTable, key: str) -> _core.Answers:
        self._post(table)

    def _post(self, table: _core.ArrowTable) -> NoReturn:
        raise errors.LedgerError(
            "tables are not sent to servers yet; open the ledger itself, or call the verbs one by one"
        )
