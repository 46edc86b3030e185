"""The naive ledger: the verbs of the first release and the order of their checks."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from model.clock import ManualClock, require_aware
from model.members import Members
from model.money import minor_units
from model.outcome import Balance, Outcome
from model.points import Hold, HoldState, Lot, Point, State
from model.program import Program
from model.reads import DEFAULT_WALLET, Reads
from model.reversals import REVERSIBLE, reverse
from model.transactions import REMEMBERED_REFUSALS, Refused, Transaction
from model.wallet import Wallet

MOST_AHEAD = timedelta(minutes=15)
DEFAULT_TTL = timedelta(minutes=15)


class NaiveLedger(Reads):
    """Answers every request with an outcome; a refusal is an outcome like any other."""

    def __init__(self, program: str, clock: ManualClock) -> None:
        self.clock = clock
        self.program = Program.parse(program)
        self.members = Members()
        self.wallets: dict[tuple[str, str], Wallet] = {}
        self.transactions: list[Transaction] = []
        self.by_key: dict[str, Transaction] = {}
        self.lot_count = 0

    def enroll(self, member: str, aliases: dict[str, str] | None = None, *, key: str | None = None) -> Outcome:
        aliases = aliases or {}

        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.enroll(member, aliases, now)
            self._answer(transaction, member)

        return self._request("enroll", key or f"enroll/{member}", {"member": member, "aliases": aliases}, decide)

    def add_alias(self, member: str, kind: str, value: str, *, key: str) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.require(member)
            self.members.add_alias(member, kind, value, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        return self._request("add_alias", key, {"member": member, "alias": (kind, value)}, decide)

    def remove_alias(self, member: str, kind: str, value: str, *, key: str) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.require(member)
            self.members.remove_alias(member, kind, value, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        return self._request("remove_alias", key, {"member": member, "alias": (kind, value)}, decide)

    def purchase(
        self,
        member: str | None = None,
        *,
        card: str | None = None,
        amount: int | str | Decimal,
        currency: str | None = None,
        key: str,
        occurred_at: datetime | None = None,
    ) -> Outcome:
        money = minor_units(amount)
        content = {"member": member, "card": card, "amount": money, "currency": currency}

        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            if currency not in (None, self.program.money):
                raise Refused("MONEY_CURRENCY_NOT_ACCEPTED")
            holder = self.members.holder(member, card, occurred)
            name = self.program.earning_currency
            transaction.program = self.program
            points = self.program.base_points(money)
            activates_at = self.program.currencies[name].pending.later(occurred, self.program.zone)
            expires_at = self.program.currencies[name].expiry.of(activates_at, self.program.zone)
            transaction.total = money
            self._issue(transaction, holder, name, points, (activates_at, expires_at), now)
            self._answer(transaction, holder, awarded=points)

        wrong = "AMOUNT_NEGATIVE" if money < 0 else None
        return self._request("purchase", key, content, decide, wrong)

    def accrue(
        self,
        member: str,
        points: int,
        *,
        activates_at: datetime | None = None,
        expires_at: datetime | None = None,
        funder: str | None = None,
        price: object = None,
        currency: str | None = None,
        wallet: str = DEFAULT_WALLET,
        key: str,
        occurred_at: datetime | None = None,
    ) -> Outcome:
        starts, ends = _aware(activates_at), _aware(expires_at)
        terms = (funder, None if price is None else Decimal(str(price)))
        content = {"member": member, "points": points, "dates": (starts, ends), "terms": terms, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            self._require_currency(wallet)
            dates = self._dates(wallet, occurred, starts, ends)
            self.members.require(member)
            transaction.total = points
            self._issue(transaction, member, wallet, points, dates, now, terms)
            self._answer(transaction, member, awarded=points)

        wrong = _not_positive(points)
        if starts is not None and ends is not None and ends <= starts:
            wrong = "EXPIRY_BEFORE_ACTIVATION"
        return self._request("accrue", key, content, decide, wrong)

    def redeem(self, member: str, points: int, *, wallet: str = DEFAULT_WALLET, key: str) -> Outcome:
        content = {"member": member, "points": points, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            drawn_on = self._draw(transaction, member, wallet, points, State.SPENT, now)
            transaction.total = points
            drawn_on.book(now, "redeemed", points, transaction.key)
            self._answer(transaction, member, awarded=points)

        return self._request("redeem", key, content, decide, _not_positive(points))

    def authorize(
        self,
        member: str,
        points: int,
        *,
        ttl: timedelta = DEFAULT_TTL,
        allow_partial: bool = False,
        wallet: str = DEFAULT_WALLET,
        key: str,
    ) -> Outcome:
        asked = (points, ttl, allow_partial)
        content = {"member": member, "asked": asked, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            wanted = points
            if allow_partial:
                self._require_currency(wallet)
                self.members.require(member)
                available = self._wallet(member, wallet).balance().available
                wanted = min(points, available) or points
            drawn_on = self._draw(transaction, member, wallet, wanted, State.HELD, now)
            transaction.hold = Hold(transaction.points, now + ttl)
            drawn_on.holds.append(transaction.hold)
            self._answer(transaction, member, awarded=wanted)

        return self._request("authorize", key, content, decide, _not_positive(points))

    def capture(self, authorization: str | int | Outcome, *, points: int | None = None, key: str) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            authorized, hold = self._authorization(authorization)
            wallet = self._adopt(transaction, authorized)
            if hold.state is not HoldState.OPEN:
                raise Refused(_CAPTURE_REFUSALS[hold.state])
            count = len(hold.points) if points is None else points
            if count > len(hold.points):
                raise Refused("CAPTURE_EXCEEDS_AUTHORIZATION")
            hold.state = HoldState.CAPTURED if count else HoldState.VOIDED
            transaction.total = count
            transaction.points = hold.points[:count]
            _all_become(transaction.points, State.SPENT, now)
            wallet.book(now, "redeemed", count, transaction.key)
            wallet.release(hold.points[count:], now)
            self._answer(transaction, authorized.member, awarded=count)

        wrong = "POINTS_NOT_POSITIVE" if points is not None and points < 0 else None
        content = {"authorization": self._named(authorization), "points": points}
        return self._request("capture", key, content, decide, wrong)

    def void(self, authorization: str | int | Outcome, *, key: str) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            original = self._find(authorization)
            if original.verb == "authorize" and original.is_refused:
                transaction.wallet = original.wallet
                self._answer(transaction, original.member)
                return
            authorized, hold = self._authorization(authorization)
            wallet = self._adopt(transaction, authorized)
            if hold.state is HoldState.CAPTURED:
                raise Refused("ALREADY_CAPTURED")
            if hold.state is HoldState.OPEN:
                hold.state = HoldState.VOIDED
                wallet.release(hold.points, now)
            self._answer(transaction, authorized.member)

        return self._request("void", key, {"authorization": self._named(authorization)}, decide)

    def reverse(
        self,
        original: str | int | Outcome,
        *,
        points: int | None = None,
        amount: int | str | Decimal | None = None,
        member: str | None = None,
        key: str,
    ) -> Outcome:
        part = points if amount is None else minor_units(amount)

        def decide(transaction: Transaction, now: datetime) -> None:
            if member is not None:
                self.members.require(member)
            reversed_one = self._find(original)
            transaction.member, transaction.wallet = reversed_one.member, reversed_one.wallet
            if reversed_one.verb not in REVERSIBLE:
                raise Refused("NOT_REVERSIBLE")
            if (points if reversed_one.verb == "purchase" else amount) is not None:
                raise Refused("WRONG_UNIT")
            is_of_nobody = reversed_one.is_refused and reversed_one.verb == "capture"
            if member not in (None, reversed_one.member) and not is_of_nobody:
                raise Refused("MEMBER_MISMATCH")
            if not reversed_one.is_refused:
                self.lot_count += reverse(self, transaction, reversed_one, part, now)
            elif is_of_nobody:
                transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)
                return
            self._answer(transaction, reversed_one.member)

        wrong = None
        if points is not None:
            wrong = _not_positive(points)
        elif part is not None and part <= 0:
            wrong = "AMOUNT_NOT_POSITIVE"
        content = {"original": self._named(original), "points": points, "amount": part, "member": member}
        return self._request("reverse", key, content, decide, wrong)

    def adjust(
        self,
        member: str,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: datetime | None = None,
        wallet: str = DEFAULT_WALLET,
        key: str,
    ) -> Outcome:
        ends = _aware(expires_at)
        why = (reason, actor)
        content = {"member": member, "points": points, "why": why, "expires_at": ends, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            until = ends or self.program.currencies[wallet].expiry.of(now, self.program.zone)
            if until is not None and until <= now:
                raise Refused("EXPIRY_BEFORE_ACTIVATION")
            self.members.require(member)
            if points < 0:
                changed = self._draw(transaction, member, wallet, -points, State.SPENT, now)
            else:
                transaction.wallet = wallet
                changed = self._wallet(member, wallet)
                transaction.points = changed.add_lot(self._lot(transaction, (now, until)), points, now)
            changed.book(now, "adjusted", points, transaction.key)
            self._answer(transaction, member, awarded=points)

        return self._request("adjust", key, content, decide, _not_positive(abs(points)))

    def publish(self, program: str) -> Outcome:
        """Other rules from now on; what was decided under earlier ones stays."""
        self.advance()
        self.program = Program.parse(program)
        for (_, name), wallet in self.wallets.items():
            wallet.currency = self.program.currencies[name]
        return Outcome("APPLIED")

    def sweep(self) -> None:
        """Time has passed whether anybody sweeps or not."""

    def advance(self) -> datetime:
        """Brings every wallet to the present, which it returns."""
        now = self.clock.now()
        for wallet in self.wallets.values():
            wallet.advance(now)
        return now

    def check(self) -> None:
        for wallet in self.wallets.values():
            wallet.check()

    def _request(
        self,
        verb: str,
        key: str,
        content: Mapping[str, object],
        decide: Callable[[Transaction, datetime], None],
        wrong: str | None = None,
    ) -> Outcome:
        if len(key.encode()) > 128:
            return Outcome("KEY_TOO_LONG")
        if wrong is not None:
            return Outcome(wrong)
        if key in self.by_key:
            first = self.by_key[key]
            is_same = (first.verb, first.content) == (verb, content)
            return first.outcome.again() if is_same else Outcome("KEY_REUSED")
        now = self.advance()
        transaction = Transaction(len(self.transactions) + 1, verb, key, content)
        try:
            decide(transaction, now)
        except Refused as refused:
            if refused.code not in REMEMBERED_REFUSALS:
                return Outcome(refused.code)
            self._answer(transaction, transaction.member, code=refused.code)
        self.check()
        self.transactions.append(transaction)
        self.by_key[key] = transaction
        return transaction.outcome

    def _answer(
        self, transaction: Transaction, member: str | None, *, awarded: int | None = None, code: str = "APPLIED"
    ) -> None:
        name = transaction.wallet or DEFAULT_WALLET
        balance = None if member is None else self._wallet(member, name).balance()
        if balance is not None and code != "APPLIED":
            balance = Balance(available=balance.available)
        transaction.member = member
        transaction.outcome = Outcome(code, awarded, balance, sequence=transaction.sequence)

    def _wallet(self, member: str, name: str) -> Wallet:
        if (member, name) not in self.wallets:
            self.wallets[member, name] = Wallet(self.program.currencies[name])
        return self.wallets[member, name]

    def _occurred(self, occurred_at: datetime | None, now: datetime) -> datetime:
        occurred = now if occurred_at is None else require_aware(occurred_at)
        if occurred > now + MOST_AHEAD:
            raise Refused("OCCURRED_IN_FUTURE")
        return occurred

    def _require_currency(self, name: str) -> None:
        if name not in self.program.currencies:
            raise Refused("UNKNOWN_CURRENCY")

    def _dates(
        self, name: str, occurred: datetime, starts: datetime | None, ends: datetime | None
    ) -> tuple[datetime, datetime | None]:
        currency, zone = self.program.currencies[name], self.program.zone
        activates_at = starts or currency.pending.later(occurred, zone)
        expires_at = ends or currency.expiry.of(activates_at, zone)
        if expires_at is not None and expires_at <= activates_at:
            raise Refused("EXPIRY_BEFORE_ACTIVATION")
        return activates_at, expires_at

    def _lot(
        self,
        transaction: Transaction,
        dates: tuple[datetime, datetime | None],
        terms: tuple[str | None, object] = (None, None),
    ) -> Lot:
        self.lot_count += 1
        return Lot(self.lot_count, transaction.sequence, *dates, *terms)

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
            transaction.points = wallet.add_lot(self._lot(transaction, dates, terms), points, now)

    def _draw(
        self, transaction: Transaction, member: str, name: str, count: int, state: State, now: datetime
    ) -> Wallet:
        self._require_currency(name)
        self.members.require(member)
        transaction.member, transaction.wallet = member, name
        wallet = self._wallet(member, name)
        drawn = wallet.draw(count)
        if len(drawn) < count:
            raise Refused("INSUFFICIENT_POINTS")
        transaction.points = drawn
        _all_become(drawn, state, now)
        return wallet

    def _adopt(self, transaction: Transaction, original: Transaction) -> Wallet:
        assert original.member is not None and original.wallet is not None
        transaction.member, transaction.wallet = original.member, original.wallet
        return self._wallet(original.member, original.wallet)

    def _find(self, name: str | int | Outcome) -> Transaction:
        named = self._named(name)
        if named not in self.by_key:
            raise Refused("TRANSACTION_NOT_FOUND")
        return self.by_key[named]

    def _named(self, name: str | int | Outcome) -> str:
        """The key of an earlier transaction named by key, sequence or answer."""
        sequence = name.sequence if isinstance(name, Outcome) else name
        if isinstance(sequence, int) and 0 < sequence <= len(self.transactions):
            return self.transactions[sequence - 1].key
        return str(sequence)

    def _authorization(self, name: str | int | Outcome) -> tuple[Transaction, Hold]:
        original = self._find(name)
        if original.hold is None:
            raise Refused("NOT_AN_AUTHORIZATION")
        return original, original.hold


_CAPTURE_REFUSALS = {
    HoldState.CAPTURED: "ALREADY_CAPTURED",
    HoldState.VOIDED: "ALREADY_VOIDED",
    HoldState.LAPSED: "AUTHORIZATION_EXPIRED",
}


def _all_become(points: list[Point], state: State, now: datetime) -> None:
    for point in points:
        point.become(state, now)


def _aware(instant: datetime | None) -> datetime | None:
    return None if instant is None else require_aware(instant)


def _not_positive(points: int) -> str | None:
    return "POINTS_NOT_POSITIVE" if points <= 0 else None
