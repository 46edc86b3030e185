"""Whole tables of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty_ledger.arguments import flag, text
from loyalty_ledger.verbs.door import Door

if TYPE_CHECKING:
    from loyalty_ledger import _core


class TableVerbs(Door):
    """Whole tables of requests."""

    def enroll_batch(self, table: _core.ArrowTable) -> _core.Answers:
        """Makes a member per row: `member`; optional `key`, `card`, `phone`, `external_id`, `occurred_at`.

        A batch takes any table with `__arrow_c_stream__` and checks all of it before it writes anything: what is wrong
        with it raises `TableError`, naming column and row. Then each row is decided for itself; no row raises. A client
        sends and a server checks 65,536 rows at a time: of an error beyond them, `details` has `rows_done`.
        """
        return self._core.enroll_batch(table)

    def purchase_batch(self, table: _core.ArrowTable, *, create_members: bool = False) -> _core.Answers:
        """Records a purchase per row: `member` or `card`, `key`, `amount`; optional `currency`, `occurred_at`.

        Where `member_kind` is given, in this batch or another, `member` is not an id but an alias of that kind.
        `amount` is a decimal column, or minor units as integers. `create_members` enrols unknown ids, as the boolean
        column `enroll` does row by row. On a manual clock `recorded_at` moves the clock, row by row; a new row whose
        `recorded_at` has passed is refused (`RECORDED_IN_PAST`).
        """
        return self._core.purchase_batch(table, flag("create_members", create_members))

    def accrue_batch(self, table: _core.ArrowTable, *, create_members: bool = False) -> _core.Answers:
        """Gives points per row: `member` or `card`, `key`, `points`; optional `wallet`, `occurred_at`, and, with
        nulls where they are not given, `activates_at`, `expires_at`, `funder`, `price` (in `currency`). The boolean
        column `never_expires` says what `expires_at="never"` says of one."""
        return self._core.accrue_batch(table, flag("create_members", create_members))

    def redeem_batch(self, table: _core.ArrowTable) -> _core.Answers:
        """Takes points per row: `member` or `card`, `key`, `points`; optional `wallet`, `occurred_at`."""
        return self._core.redeem_batch(table)

    def post_batch(
        self, table: _core.ArrowTable, *, all_or_nothing: bool = False, key: str | None = None
    ) -> _core.Answers:
        """Rows of any verbs, in order: a column `verb` and one for each argument, null where a row doesn't have it.

        Columns are named as the arguments are, with these differences. Where `member_kind`, `giver_kind`,
        `receiver_kind`, `friend_kind` or `to_kind` is given, the column that it is about has an alias of that kind.
        `receipt_store`, `receipt_terminal`, `receipt_business_date`, `receipt_number` are the receipt; `source_store`,
        `source_actor`, `source_entry_mode`, `source_training` the source. An earlier entry is named by its key in
        `original`, `authorization` or `capture`, by its sequence in a column with `_sequence` behind that, and by its
        receipt in `original_receipt_store`, … and `original_receipt_is_return`. Who joins with a purchase or accrual
        stands in `enroll_id`, `enroll_card`, `enroll_phone`, `enroll_external_id`. `lines` is a list of structs with
        `amount`, `sku`, `category`, `quantity`, `excluded`; of a return with `line` and `quantity`. `ttl` is a
        duration, `lot` the number of a lot; a true `never_expires` stands for `expires_at="never"`. Who brought whoever
        enrols or buys stands in `program`, `code`, `token` and `fingerprints`: a list of text, or text with spaces
        between. A code that `issue_code` made of a row's key is told by the same call under that key.

        What is wrong with the table raises `TableError`, naming column and row, before anything is written: also a
        value that the row's verb has no use for. Then each row is decided for itself; no row raises.

        With `all_or_nothing` at most 8,192 rows are applied as a whole or not at all, under a `key` of their own; a row
        that was applied before counts as applied. If a row is refused, every row has its code; `refused_row` tells
        which it was, and that row has its figures. Under the same key the same rows get their first answers again.
        """
        if not flag("all_or_nothing", all_or_nothing):
            if key is not None:
                raise TypeError("key= is that of an all_or_nothing batch; rows have theirs in the column key")
            return self._core.post_batch(table)
        if key is None:
            raise TypeError("an all_or_nothing batch needs a key=")
        return self._core.post_whole(table, text("key", key))
