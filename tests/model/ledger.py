"""The naive ledger: how a request is answered, remembered, replayed and, if refused, left without a trace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from model.clock import ManualClock, require_aware
from model.corrections import Corrections
from model.debits import Debits
from model.documents import Receipt, Source
from model.members import Members
from model.membership import Membership
from model.outcome import Balance, Outcome
from model.partners import Code, Link, Partners
from model.points import Lot, Point, State
from model.program import Program
from model.purchases import Purchases
from model.reads import DEFAULT_WALLET, Reads
from model.referral.facts import Book, Sale
from model.referral.reads import ReferralReads
from model.referral.verbs import ReferralVerbs
from model.reversals import NOT_REVERSIBLE, Reversals
from model.transactions import REMEMBERED_REFUSALS, Refused, Transaction
from model.transfers import Transfers
from model.wallet import Wallet

MOST_AHEAD = timedelta(minutes=15)
MOST_DAYS_AHEAD = 366
MOST_POINTS = 2**53
Memento = tuple[list[tuple[Any, dict[str, Any]]], list[tuple[Any, ...]]]
BEFORE_PARKED = frozenset({"MEMBER_CLOSED", "MEMBER_BLOCKED", "CARD_LOST", "TOO_OLD"})


class NaiveLedger(
    Purchases, Debits, Reversals, Transfers, Membership, Corrections, Partners, ReferralVerbs, ReferralReads, Reads
):
    """Answers every request with an outcome; a refusal is an outcome like any other."""

    def __init__(self, program: str, clock: ManualClock) -> None:
        self.clock = clock
        self.program = Program.parse(program)
        self.members = Members()
        self.wallets: dict[tuple[str, str], Wallet] = {}
        self.transactions: list[Transaction] = []
        self.by_key: dict[str, Transaction] = {}
        self.by_receipt: dict[Receipt, Transaction] = {}
        self.parked: list[Transaction] = []
        self.store_charges: dict[tuple[str, str], int] = {}
        self.offline_use: dict[tuple[str, object], int] = {}
        self.links: dict[tuple[str, str], Link] = {}
        self.codes: dict[str, Code] = {}
        self.used_codes: set[str] = set()
        self.partner_use: dict[tuple[str, str], tuple[date, int]] = {}
        self.books: dict[str, Book] = {}
        self.sales: dict[str, Sale] = {}
        self.fingerprints: dict[str, frozenset[str]] = {}
        self.enrolled_at: dict[str, datetime | None] = {}
        self.lot_count = 0
        self.looks_at_shapes_alone = False

    def publish(self, program: str) -> Outcome:
        """Other rules from now on; what was decided under earlier ones stays."""
        self.advance()
        following = Program.parse(program)
        if not set(self.books) <= set(following.referral):
            raise ValueError("a referral program that was used may change, and not vanish")
        self.program = following
        for (_, name), wallet in self.wallets.items():
            wallet.currency = self.program.currencies[name]
        return Outcome("APPLIED")

    def sweep(self) -> None:
        """Time has passed whether anybody sweeps or not."""

    def post_batch(
        self, rows: Sequence[Mapping[str, Any]], *, all_or_nothing: bool = False, key: str | None = None
    ) -> list[Outcome]:
        """Rows with a `verb` each, in order; in one piece if asked, under a key of its own."""
        if not all_or_nothing:
            return [self._row(row) for row in rows]
        assert key is not None
        wrong = self._first_wrong_shape(rows)
        if wrong is not None:
            return [Outcome(wrong) for _ in rows]
        content = {"rows": tuple(tuple(sorted(row.items(), key=lambda item: item[0])) for row in rows)}
        if key in self.by_key:
            first = self.by_key[key]
            same = (first.verb, first.content) == ("batch", content)
            if not same or first.is_refused:
                code = first.outcome.code if same else "KEY_REUSED"
                return [replace(Outcome(code), replayed=same) for _ in rows]
            return [self._row(row) for row in rows]
        self.advance()
        before = self._memento()
        batch = Transaction(len(self.transactions) + 1, "batch", key, content, recorded_at=self.clock.now())
        self._remember(batch)
        outcomes = [self._row(row) for row in rows]
        bad = next((one for one in outcomes if not one.is_applied), None)
        if bad is None:
            return outcomes
        self._rewind(before)
        if bad.code in REMEMBERED_REFUSALS:
            batch.outcome = Outcome(bad.code, sequence=batch.sequence)
            self._remember(batch)
        # The row that stood in the way tells of the batch's own entry, which is new, also where the row is not.
        return [replace(one, replayed=False) if one is bad else Outcome(bad.code) for one in outcomes]

    def advance(self) -> datetime:
        """Brings every wallet to the present, which it returns."""
        now = self.clock.now()
        self.lapse_freezes(now)
        for wallet in self.wallets.values():
            wallet.advance(now)
        return now

    def check(self) -> None:
        for wallet in self.wallets.values():
            wallet.check()

    def _first_wrong_shape(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """What can be told of rows without looking at the ledger comes before all else, also before the key."""
        self.looks_at_shapes_alone = True
        codes = [self._row(row).code for row in rows]
        self.looks_at_shapes_alone = False
        return next((code for code in codes if code != "APPLIED"), None)

    def _row(self, row: Mapping[str, Any]) -> Outcome:
        request = {name: value for name, value in row.items() if name != "verb"}
        outcome: Outcome = getattr(self, row["verb"])(**request)
        return outcome

    def _request(
        self,
        verb: str,
        key: str | None,
        content: Mapping[str, object],
        decide: Callable[[Transaction, datetime], None],
        wrong: str | None = None,
        *,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Outcome:
        """Without a key the answer is a quote, and nothing stays."""
        content = {**content, "receipt": receipt}
        if key is not None and len(key.encode()) > 128:
            return Outcome("KEY_TOO_LONG")
        if wrong is not None or (wrong := _wrong_receipt(receipt)) is not None:
            return Outcome(wrong)
        if self.looks_at_shapes_alone:
            return Outcome("APPLIED")
        is_kept = key is not None and not (source and source.training)
        if is_kept and key in self.by_key:
            first = self.by_key[key]
            is_same = (first.verb, first.content) == (verb, content)
            return first.outcome.again() if is_same else Outcome("KEY_REUSED")
        now = self.advance()
        transaction = Transaction(len(self.transactions) + 1, verb, key or "", content, now, receipt)
        transaction.store = receipt.store if receipt else source.store if source else ""
        if source is not None:
            transaction.partner, transaction.verification = source.partner, source.verification
        before = self._memento()
        try:
            transaction.occurred = occurred_at or now
            if is_kept and (first_answer := self._receipt_answer(transaction)) is not None:
                return first_answer
            transaction.occurred = self._occurred(occurred_at, now)
            if receipt is not None and (receipt.business_date - self._local_date(now)).days > MOST_DAYS_AHEAD:
                raise Refused("RECEIPT_INVALID")
            self._decide(transaction, decide, now, before, is_kept)
        except Refused as refused:
            self._rewind(before)
            if refused.code not in REMEMBERED_REFUSALS:
                return Outcome(refused.code)
            transaction = transaction.emptied()
            self._answer(transaction, transaction.member, code=refused.code)
            if refused.code == "ALREADY_REVERSED" and transaction.verb == "purchase":
                self.notice_undone_sale(transaction, now)
                self._tell_balance(transaction)
        self.check()
        if not is_kept:
            self._rewind(before)
            return replace(transaction.outcome, sequence=None)
        self._remember(transaction)
        return transaction.outcome

    def _decide(
        self,
        transaction: Transaction,
        decide: Callable[[Transaction, datetime], None],
        now: datetime,
        before: object,
        is_kept: bool,
    ) -> None:
        """Lets the verb decide; then what was undone before it came is undone."""
        parked = self._parked_for(transaction) if is_kept else []
        is_undone = any(one.part is None or one.part.is_whole for one in parked)
        try:
            decide(transaction, now)
        except Refused as refused:
            if is_undone and refused.code in REMEMBERED_REFUSALS - BEFORE_PARKED:
                raise Refused("ALREADY_REVERSED") from refused
            raise
        if is_undone:
            raise Refused("ALREADY_REVERSED")
        for one in parked:
            self.apply_parked(one, transaction, now)
        self._note_use(transaction)
        if transaction.outcome.is_applied:
            self.notice(transaction, [one for one in parked if one.original is transaction], now)
            self._tell_balance(transaction)

    def _parked_for(self, transaction: Transaction) -> list[Transaction]:
        names: list[object] = [transaction.key]
        if transaction.verb == "purchase" and transaction.receipt is not None:
            names.append(transaction.receipt)
        undone_by = ("void",) if transaction.verb == "authorize" else ("reverse", "dispute")
        if transaction.verb in NOT_REVERSIBLE and transaction.verb != "authorize":
            return []
        return [one for one in self.parked if one.parked_for in names and one.verb in undone_by and not one.is_undone]

    def _receipt_answer(self, transaction: Transaction) -> Outcome | None:
        """The first answer to the same document, if there was one."""
        claimed = _claimed(transaction)
        first = self.by_receipt.get(claimed) if claimed else None
        if first is None:
            return None
        content = transaction.content
        same_total = first.content.get("total") == content.get("total")
        member = first.member
        if transaction.verb == "purchase" or content.get("member") is not None:
            named = self.buyer_name(content) if transaction.verb == "purchase" else content["member"]
            try:
                member = self._named_member(transaction, named)  # type: ignore[arg-type]
            except Refused:
                member = None
        if not same_total or member != first.member:
            raise Refused("RECEIPT_REUSED")
        return first.outcome.again()

    def _remember(self, transaction: Transaction) -> None:
        self.transactions.append(transaction)
        self.by_key[transaction.key] = transaction
        claimed = _claimed(transaction)
        if claimed is not None and not transaction.is_refused:
            self.by_receipt[claimed] = transaction

    def _answer(
        self, transaction: Transaction, member: str | None, *, awarded: int | None = None, code: str = "APPLIED"
    ) -> None:
        name = transaction.wallet or DEFAULT_WALLET
        is_applied = code in ("APPLIED", "PARKED")
        if member is not None and is_applied:
            assert transaction.recorded_at is not None
            self._wallet(member, name).expire_due(transaction.recorded_at)
        balance = None if member is None else self._wallet(member, name).balance()
        if balance is not None and not is_applied:
            balance = Balance(available=balance.available)
        transaction.member = member
        transaction.outcome = Outcome(code, awarded, balance, sequence=transaction.sequence)

    def _tell_balance(self, transaction: Transaction) -> None:
        """The answer tells what is there after all that the entry did, also to referrals."""
        told = transaction.outcome.balance
        if told is None or transaction.member is None:
            return
        balance = self._wallet(transaction.member, transaction.wallet or DEFAULT_WALLET).balance()
        balance = balance if transaction.outcome.is_applied else Balance(available=balance.available)
        transaction.outcome = replace(transaction.outcome, balance=balance)

    def _wallet(self, member: str, name: str) -> Wallet:
        if (member, name) not in self.wallets:
            wallet = self.wallets[member, name] = Wallet(self.program.currencies[name])
            wallet.is_closed = self.members.has_left(member)
        return self.wallets[member, name]

    def _occurred(self, occurred_at: datetime | None, now: datetime) -> datetime:
        occurred = now if occurred_at is None else require_aware(occurred_at)
        if occurred > now + MOST_AHEAD:
            raise Refused("OCCURRED_IN_FUTURE")
        return occurred

    def _local_date(self, instant: datetime) -> Any:
        return instant.astimezone(self.program.zone).date()

    def _require_currency(self, name: str) -> None:
        if name not in self.program.currencies:
            raise Refused("UNKNOWN_CURRENCY")

    def _activity(self, member: str, name: str, occurred: datetime, now: datetime) -> None:
        """Purchases, accruals, redemptions and captures keep a wallet alive."""
        expiry = self.program.currencies[name].expiry
        if expiry.sliding is not None:
            self._wallet(member, name).be_active(occurred, expiry.inactive_after(occurred, self.program.zone), now)

    def _dates(
        self, name: str, occurred: datetime, starts: datetime | None, ends: datetime | None
    ) -> tuple[datetime, datetime | None]:
        currency, zone = self.program.currencies[name], self.program.zone
        activates_at = starts or currency.activation(occurred, zone)
        expires_at = ends or currency.expiry.of(activates_at, zone)
        if expires_at is not None and expires_at <= activates_at:
            raise Refused("EXPIRY_BEFORE_ACTIVATION")
        return activates_at, expires_at

    def _lot(
        self,
        transaction: Transaction,
        wallet: Wallet,
        dates: tuple[datetime, datetime | None],
        terms: tuple[str | None, object] = (None, None),
    ) -> Lot:
        """Without an expiry of its own a lot of a sliding currency goes with its wallet."""
        self.lot_count += 1
        lot = Lot(self.lot_count, transaction.sequence, *dates, *terms)
        if dates[1] is None and wallet.currency.expiry.sliding is not None:
            lot.goes_with = wallet
        return lot

    def _issue(
        self,
        transaction: Transaction,
        member: str,
        name: str,
        points: int,
        dates: tuple[datetime, datetime | None],
        now: datetime,
        terms: tuple[str | None, object] = (None, None),
    ) -> None:
        transaction.wallet = name
        wallet = self._wallet(member, name)
        wallet.book(now, "accrued", points, transaction.key)
        if points:
            transaction.points = wallet.add_lot(self._lot(transaction, wallet, dates, terms), points, now)

    def _draw(
        self, transaction: Transaction, member: str, name: str, count: int, state: State, now: datetime
    ) -> Wallet:
        self._require_currency(name)
        transaction.member, transaction.wallet = member, name
        wallet = self._wallet(member, name)
        drawn = wallet.draw(count)
        if len(drawn) < count:
            raise Refused("INSUFFICIENT_POINTS")
        transaction.points = drawn
        all_become(drawn, state, now)
        return wallet

    def _find(self, name: object) -> Transaction:
        """The earlier transaction with this key, sequence, receipt or answer."""
        named = self.by_receipt.get(name) if isinstance(name, Receipt) else self.by_key.get(str(self._named(name)))
        if named is None:
            raise Refused("TRANSACTION_NOT_FOUND")
        return named

    def _named(self, name: object) -> object:
        """The key of an earlier transaction named by key, sequence or answer; a receipt as it is."""
        sequence = name.sequence if isinstance(name, Outcome) else name
        if isinstance(sequence, int) and 0 < sequence <= len(self.transactions):
            return self.transactions[sequence - 1].key
        return sequence if isinstance(sequence, Receipt) else str(sequence)

    def _memento(self) -> Memento:
        """Everything that may change, as it is now; of points, of which there are many, what may change of them."""
        points = [
            (point, point.lot, point.state, len(point.history), point.expired_at)
            for wallet in self.wallets.values()
            for point in wallet.points
        ]
        return [(one, _copied(vars(one))) for one in self._things()], points

    def _rewind(self, before: Memento) -> None:
        things, points = before
        for one, values in things:
            vars(one).update(_copied(values))
        for point, lot, state, count, expired_at in points:
            point.lot, point.state, point.expired_at = lot, state, expired_at
            del point.history[count:]

    def _things(self) -> Iterator[Any]:
        yield self
        yield self.members
        yield from self.members.holdings
        for wallet in self.wallets.values():
            yield wallet
            for things in (wallet.owed, wallet.holds, wallet.write_offs):
                yield from things
        for transaction in self.transactions:
            yield transaction
            if transaction.basket is not None:
                yield transaction.basket
        yield from self.sales.values()
        for book in self.books.values():
            yield from book.things()


def all_become(points: list[Point], state: State, now: datetime) -> None:
    for point in points:
        point.become(state, now)


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    """The same values, with containers of their own."""
    copied = values.copy()
    for name, value in values.items():
        if type(value) in (list, dict, set):
            copied[name] = value.copy()
    return copied


def _claimed(transaction: Transaction) -> Receipt | None:
    """The document that this request claims for itself."""
    if transaction.receipt is None or transaction.verb not in ("purchase", "reverse"):
        return None
    return replace(transaction.receipt, is_return=transaction.verb == "reverse")


def _wrong_receipt(receipt: Receipt | None) -> str | None:
    if receipt is None:
        return None
    sizes = [len(receipt.store.encode()), len(receipt.number.encode())]
    is_right = all(1 <= size <= 64 for size in sizes) and len(receipt.terminal.encode()) <= 64
    return None if is_right else "RECEIPT_INVALID"
