"""The ledger: one method per verb and per read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from loyalty_ledger import _core, errors, received
from loyalty_ledger.arguments import (
    Earlier,
    alias_pairs,
    count,
    earlier,
    flag,
    name,
    optional_text,
    optional_whole,
    text,
    whole,
)
from loyalty_ledger.explanation import explain
from loyalty_ledger.money import Amount, checked_currency, minor_units, price_micros
from loyalty_ledger.results import Answer, BalanceView, Entry, Info, Ladder, Report, Statement, TrialBalance
from loyalty_ledger.times import Expiry, expiry_micros, to_optional_micros, ttl_micros

if TYPE_CHECKING:
    from _typeshed import StrPath

PAGE_ROWS = 1000


class Ledger:
    """An open ledger; made by `loyalty_ledger.open`. Threads may share it, forked processes may not.

    Every write takes a `key`: one attempt of yours, at most 128 bytes, kept for ever. The same request under the same
    key gets its first answer again (`replayed`); another request under it raises `KeyReused`. What the business refuses
    raises an exception under `Refused`, also when replayed. `occurred_at` is when it happened, if that is not now.
    """

    def __init__(self, core: _core.Ledger, path: str) -> None:
        self._core = core
        self._path = path

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Ledger {self._path}>"

    def close(self) -> None:
        """Waits for what is under way and gives the ledger up. Closing twice is fine."""
        self._core.close()

    # Members

    def enroll(
        self,
        member: str,
        aliases: Mapping[str, str] | None = None,
        *,
        key: str | None = None,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Makes a member: an opaque id of at most 64 bytes, no @, no spaces. Aliases: `{"card": "2760001"}`."""
        given = alias_pairs("aliases", aliases)
        key = f"enroll/{text('member', member)}" if key is None else key
        raw = self._core.enroll(text("member", member), given, **_attempt(key, occurred_at))
        return self._answer(raw)

    def add_alias(self, member: str, kind: str, value: str, *, key: str, occurred_at: datetime | None = None) -> Answer:
        """Lets an alias find a member: `card`, `phone`, `external_id`, `partner:<id>` or `one_time`."""
        named = text("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.add_alias(*named, **_attempt(key, occurred_at)))

    def remove_alias(
        self, member: str, kind: str, value: str, *, key: str, occurred_at: datetime | None = None
    ) -> Answer:
        """Takes an alias from a member."""
        named = text("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.remove_alias(*named, **_attempt(key, occurred_at)))

    # Points

    def purchase(
        self,
        member: str | None = None,
        *,
        card: str | None = None,
        amount: Amount,
        currency: str | None = None,
        enroll: bool = False,
        key: str,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Records a purchase and gives what the program's rule says. `amount` is text, `Decimal` or minor units."""
        named = name(member, card)
        money = self._money("amount", amount, currency)
        enroll = flag("enroll", enroll)
        return self._answer(self._core.purchase(*named, money, enroll=enroll, **_attempt(key, occurred_at)))

    def accrue(
        self,
        member: str,
        points: int,
        *,
        activates_at: datetime | None = None,
        expires_at: Expiry = None,
        funder: str | None = None,
        price: Amount | None = None,
        currency: str | None = None,
        wallet: str = "points",
        enroll: bool = False,
        key: str,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Gives points. Dates not given are the program's; `expires_at="never"` for points that stay.

        `funder` pays for them at `price` per point, in `currency` or else the program's money.
        """
        raw = self._core.accrue(
            text("member", member),
            whole("points", points),
            activates_at=to_optional_micros("activates_at", activates_at),
            expires_at=expiry_micros("expires_at", expires_at),
            funder=optional_text("funder", funder),
            price=self._price(price, currency),
            wallet=text("wallet", wallet),
            enroll=flag("enroll", enroll),
            **_attempt(key, occurred_at),
        )
        return self._answer(raw)

    def redeem(
        self, member: str, points: int, *, wallet: str = "points", key: str, occurred_at: datetime | None = None
    ) -> Answer:
        """Takes points for value; raises `InsufficientPoints` if fewer are available."""
        taken = text("member", member), whole("points", points)
        return self._answer(self._core.redeem(*taken, wallet=text("wallet", wallet), **_attempt(key, occurred_at)))

    def authorize(
        self,
        member: str,
        points: int,
        *,
        ttl: timedelta | None = None,
        allow_partial: bool = False,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Holds points until they are captured, voided, or `ttl` is over. `allow_partial` holds what there is."""
        raw = self._core.authorize(
            text("member", member),
            whole("points", points),
            ttl_micros=ttl_micros("ttl", ttl),
            allow_partial=flag("allow_partial", allow_partial),
            wallet=text("wallet", wallet),
            **_attempt(key, occurred_at),
        )
        return self._answer(raw)

    def capture(
        self, authorization: Earlier, *, points: int | None = None, key: str, occurred_at: datetime | None = None
    ) -> Answer:
        """Takes held points, all or some; the rest goes back. 0 points release the hold."""
        named = earlier("authorization", authorization)
        some = optional_whole("points", points)
        return self._answer(self._core.capture(named, points=some, **_attempt(key, occurred_at)))

    def void(self, authorization: Earlier, *, key: str, occurred_at: datetime | None = None) -> Answer:
        """Lets held points go."""
        named = earlier("authorization", authorization)
        return self._answer(self._core.void(named, **_attempt(key, occurred_at)))

    def reverse(
        self,
        original: Earlier,
        *,
        points: int | None = None,
        amount: Amount | None = None,
        currency: str | None = None,
        member: str | None = None,
        key: str,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Undoes an earlier entry: a purchase by `amount`, others by `points`; with neither, all that is left."""
        if points is not None and amount is not None:
            raise TypeError("reverse by points= or by amount=, not both")
        if currency is not None and amount is None:
            raise TypeError("currency= is that of amount=: give both, or neither")
        raw = self._core.reverse(
            earlier("original", original),
            points=optional_whole("points", points),
            amount=None if amount is None else self._money("amount", amount, currency),
            member=optional_text("member", member),
            **_attempt(key, occurred_at),
        )
        return self._answer(raw)

    def adjust(
        self,
        member: str,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: Expiry = None,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
    ) -> Answer:
        """Corrects a wallet by hand, up or down, with a reason and who did it."""
        raw = self._core.adjust(
            text("member", member),
            whole("points", points),
            reason=text("reason", reason),
            actor=text("actor", actor),
            expires_at=expiry_micros("expires_at", expires_at),
            wallet=text("wallet", wallet),
            **_attempt(key, occurred_at),
        )
        return self._answer(raw)

    # Tables

    def enroll_batch(self, table: _core.ArrowTable) -> _core.Answers:
        """Makes a member per row: `member`; optional `key`, `card`, `phone`, `external_id`, `occurred_at`.

        A batch takes any table with `__arrow_c_stream__` and checks all of it before it writes anything: what is wrong
        with it raises `TableError`, naming column and row. Then each row is decided for itself; no row raises.
        """
        return self._core.enroll_batch(table)

    def purchase_batch(self, table: _core.ArrowTable, *, create_members: bool = False) -> _core.Answers:
        """Records a purchase per row: `member` or `card`, `key`, `amount`; optional `currency`, `occurred_at`.

        `amount` is a decimal column, or minor units as integers. `create_members` enrols unknown ids, as the boolean
        column `enroll` does row by row. On a manual clock `recorded_at` moves the clock, row by row; a new row whose
        `recorded_at` has passed is refused (`RECORDED_IN_PAST`).
        """
        return self._core.purchase_batch(table, flag("create_members", create_members))

    def accrue_batch(self, table: _core.ArrowTable, *, create_members: bool = False) -> _core.Answers:
        """Gives points per row: `member` or `card`, `key`, `points`; optional `wallet`, `occurred_at`, and, with
        nulls where they are not given, `activates_at`, `expires_at`, `funder`, `price` (in `currency`)."""
        return self._core.accrue_batch(table, flag("create_members", create_members))

    def redeem_batch(self, table: _core.ArrowTable) -> _core.Answers:
        """Takes points per row: `member` or `card`, `key`, `points`; optional `wallet`, `occurred_at`."""
        return self._core.redeem_batch(table)

    # Program and time

    def publish(self, toml: str) -> Answer:
        """Puts a new version of the program in force."""
        return self._answer(self._core.publish(text("toml", toml)))

    def sweep(self) -> int:
        """Writes down what time has moved; nobody can see a difference. Returns the number of wallets."""
        return self._core.sweep()

    # Reads

    def balance(
        self,
        member: str | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str = "points",
    ) -> BalanceView:
        """A wallet now, in the past (as it was recorded) or ahead (if nothing else happens).

        `at` means the end of its microsecond.
        """
        named = name(member, card)
        instant = to_optional_micros("at", at)
        return received.balance_view(self._core.balance(*named, wallet=text("wallet", wallet), at=instant))

    def statement(
        self,
        member: str | None = None,
        *,
        card: str | None = None,
        limit: int = 50,
        before: str | None = None,
        wallet: str = "points",
    ) -> Statement:
        """A page of at most 1,000 rows, newest first; the next page by `before=page.next`."""
        raw = self._core.statement(
            *name(member, card),
            wallet=text("wallet", wallet),
            limit=count("limit", limit, 1, PAGE_ROWS),
            before=optional_text("before", before),
        )
        return received.statement(raw)

    def entry(self, sequence: int | None = None, *, key: str | None = None) -> Entry:
        """One entry, by its sequence or its key."""
        if (sequence is None) == (key is None):
            raise TypeError("name the entry by its sequence or by key=, one of the two")
        if key is not None:
            return received.entry(self._core.entry_by_key(text("key", key)))
        return received.entry(self._core.entry(count("sequence", sequence, 1, 2**63 - 1)))

    def entries(self, first: int = 1, *, limit: int = 100) -> tuple[Entry, ...]:
        """Up to `limit` entries from sequence `first` on, oldest first."""
        found = self._core.entries(count("first", first, 1, 2**63 - 1), count("limit", limit, 1, PAGE_ROWS))
        return tuple(received.entry(raw) for raw in found)

    def ladder(self, member: str | None = None, *, wallet: str = "points") -> Ladder:
        """What expires when: of one member, or of all."""
        return received.ladder(self._core.ladder(optional_text("member", member), wallet=text("wallet", wallet)))

    def trial_balance(self, at: datetime | None = None, *, wallet: str = "points") -> TrialBalance:
        """All accounts of a currency of points. A past instant is derived from the journal's beginning."""
        raw = self._core.trial_balance(text("wallet", wallet), to_optional_micros("at", at))
        return received.trial_balance(raw, wallet)

    def verify(self) -> Report:
        """Derives everything anew from the journal and compares it with the live state."""
        return received.report(self._core.verify())

    def digest(self) -> str:
        """One number for the whole state, in hexadecimal; equal states have equal ones."""
        return self._core.digest()

    def info(self) -> Info:
        """Where the ledger is, how far it has come, and what clock and program it is on."""
        return received.info(self._core.info())

    # Copies

    def snapshot(self) -> None:
        """Writes a snapshot, so that the next opening reads less of the journal."""
        self._core.snapshot()

    def backup(self, target: StrPath) -> int:
        """Copies the ledger into a new directory while it goes on; returns the last sequence copied."""
        return self._core.backup(os.fspath(target))

    def _answer(self, raw: _core.RawAnswer) -> Answer:
        if raw["code"] != "APPLIED":
            raise errors.refusal(raw)
        return received.answer(raw, partial(self._explain, raw["sequence"]))

    def _explain(self, sequence: int) -> str:
        entry = self.entry(sequence)
        return explain(entry, self._core.rule(entry.program))

    def _money(self, argument: str, amount: Amount, currency: str | None) -> tuple[int, str]:
        code = self._core.money() if currency is None else checked_currency(currency)
        return minor_units(argument, amount, code), code

    def _price(self, price: Amount | None, currency: str | None) -> tuple[int, str] | None:
        if price is None:
            return None
        code = self._core.money() if currency is None else checked_currency(currency)
        return price_micros("price", price, code), code


def _attempt(key: str, occurred_at: datetime | None) -> _core.Attempt:
    return {"key": text("key", key), "occurred_at": to_optional_micros("occurred_at", occurred_at)}
