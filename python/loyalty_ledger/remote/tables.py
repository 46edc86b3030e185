"""Tables over gRPC: as Arrow IPC streams, in pieces that one message takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loyalty_ledger import _core, errors
from loyalty_ledger._pb import batches_pb2 as batches
from loyalty_ledger.remote.connection import Connection

if TYPE_CHECKING:
    from loyalty_ledger._core import Answers, ArrowTable

# What a server takes in one message, less room for what goes around the table.
ROWS: Final = 65_536
BYTES: Final = (4 << 20) - 4_096
# Rows that are applied as a whole or not at all.
WHOLE_ROWS: Final = 8_192


class RemoteTables:
    """The verbs that take tables."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def enroll_batch(self, table: ArrowTable) -> Answers:
        return self._post(table, batches.TABLE_VERB_ENROLL)

    def purchase_batch(self, table: ArrowTable, create_members: bool) -> Answers:
        return self._post(table, batches.TABLE_VERB_PURCHASE, create_members)

    def accrue_batch(self, table: ArrowTable, create_members: bool) -> Answers:
        return self._post(table, batches.TABLE_VERB_ACCRUE, create_members)

    def redeem_batch(self, table: ArrowTable) -> Answers:
        return self._post(table, batches.TABLE_VERB_REDEEM)

    def post_batch(self, table: ArrowTable) -> Answers:
        return self._post(table, batches.TABLE_VERB_MIXED)

    def post_whole(self, table: ArrowTable, key: str) -> Answers:
        posting = _core.Posting(table, WHOLE_ROWS, BYTES)
        arrow_ipc, rows = posting.piece()
        if rows < len(posting):
            told = f"{len(posting):,} rows; an all_or_nothing batch has at most {WHOLE_ROWS:,}, in one message of 4 MiB"
            raise errors.failure("BATCH_TOO_LARGE", told, {})
        asked = batches.PostTableRequest(
            verb=batches.TABLE_VERB_MIXED, arrow_ipc=arrow_ipc, all_or_nothing=True, key=key
        )
        response = self._answered(asked, 0)
        posting.answered(response.arrow_ipc)
        return posting.finish(response.refused_row if response.HasField("refused_row") else None)

    def _post(self, table: ArrowTable, verb: batches.TableVerb, create_members: bool = False) -> Answers:
        """Sends a table piece by piece; if one fails, the rows before it are done, and its error says how many."""
        posting = _core.Posting(table, ROWS, BYTES)
        done = 0
        while True:
            arrow_ipc, rows = posting.piece()
            asked = batches.PostTableRequest(verb=verb, arrow_ipc=arrow_ipc, create_members=create_members)
            posting.answered(self._answered(asked, done).arrow_ipc)
            done += rows
            if done == len(posting):
                return posting.finish(None)

    def _answered(self, asked: batches.PostTableRequest, done: int) -> batches.PostTableResponse:
        try:
            response: batches.PostTableResponse = self.connection.write("PostTable", asked)
        except errors.LedgerError as error:
            raised = _table_error(error, done)
            if done:
                raised.details["rows_done"] = done
            raise raised from None
        return response


def _table_error(error: errors.LedgerError, done: int) -> errors.LedgerError:
    """As the engine tells what is wrong with a table; rows are counted from its beginning."""
    fields = error.details.get("fields")
    is_table = isinstance(fields, dict) and any(field.startswith("arrow_ipc") for field in fields)
    if not is_table or not isinstance(fields, dict):
        return error
    column, row = error.details.get("column"), error.details.get("row")
    place = done + row if isinstance(row, int) else None
    return errors.table_error(column if isinstance(column, str) else None, place, next(iter(fields.values())))
