"""Points in and out at the till: accrue, redeem, authorize, capture, void; also from tills that were offline."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from model.documents import Name, Receipt
from model.outcome import Balance, Outcome
from model.points import Hold, HoldState, Lot, Point, State
from model.reads import DEFAULT_WALLET
from model.transactions import Refused, Transaction
from model.verbs import Verbs, aware, wrong_points
from model.wallet import Wallet

DEFAULT_TTL = timedelta(minutes=15)
LONGEST_HOLD = timedelta(days=7)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
OVERDRAFT = "OFFLINE_OVERDRAFT"


class Debits(Verbs):
    def accrue(
        self,
        member: Name,
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
        **ticket: Any,
    ) -> Outcome:
        starts, ends = aware(activates_at), aware(expires_at)
        terms = (funder, None if price is None else Decimal(str(price)))
        content = {"member": member, "points": points, "dates": (starts, ends), "terms": terms, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            self._require_currency(wallet)
            dates = self._dates(wallet, occurred, starts, ends)
            holder = self._open_member(transaction, member, wallet, "earn")
            self._activity(holder, wallet, occurred, now)
            transaction.total = points
            self._issue(transaction, holder, wallet, points, dates, now, terms)
            self._answer(transaction, holder, awarded=points)

        wrong = wrong_points(points)
        if starts is not None and ends is not None and ends <= starts:
            wrong = "EXPIRY_BEFORE_ACTIVATION"
        return self._request("accrue", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def redeem(
        self,
        member: Name,
        points: int,
        *,
        wallet: str = DEFAULT_WALLET,
        key: str,
        occurred_at: datetime | None = None,
        offline: bool = False,
        **ticket: Any,
    ) -> Outcome:
        content = {"member": member, "points": points, "wallet": wallet, "offline": offline}

        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            self._require_currency(wallet)
            if offline:
                holder = self._holder(transaction, member, "redeem")
                transaction.member, transaction.wallet, transaction.total = holder, wallet, points
                self._require_within_limits(transaction, holder, points)
                self._redeem_offline(transaction, points, occurred, now)
                return
            holder = self._open_member(transaction, member, wallet, "redeem")
            self._require_within_limits(transaction, holder, points)
            self._activity(holder, wallet, occurred, now)
            drawn_on = self._draw(transaction, holder, wallet, points, State.SPENT, now)
            transaction.total = points
            drawn_on.book(now, "redeemed", points, transaction.key)
            self._answer(transaction, holder, awarded=points)

        return self._request("redeem", key, content, decide, wrong_points(points), occurred_at=occurred_at, **ticket)

    def authorize(
        self,
        member: Name,
        points: int,
        *,
        ttl: timedelta = DEFAULT_TTL,
        allow_partial: bool = False,
        wallet: str = DEFAULT_WALLET,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        asked = (points, ttl, allow_partial)
        content = {"member": member, "asked": asked, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            holder = self._open_member(transaction, member, wallet, "redeem")
            self._require_within_limits(transaction, holder, points)
            wanted = points
            if allow_partial:
                available = self._wallet(holder, wallet).balance().available
                wanted = min(points, available) or points
            drawn_on = self._draw(transaction, holder, wallet, wanted, State.HELD, now)
            transaction.hold = Hold(transaction.points, now + ttl, opened_at=now)
            drawn_on.holds.append(transaction.hold)
            self._answer(transaction, holder, awarded=wanted)

        wrong = wrong_points(points)
        if not timedelta() < ttl <= LONGEST_HOLD:
            wrong = wrong or "INVALID_TTL"
        return self._request("authorize", key, content, decide, wrong, **ticket)

    def capture(
        self,
        authorization: object,
        *,
        points: int | None = None,
        key: str,
        occurred_at: datetime | None = None,
        offline: bool = False,
        **ticket: Any,
    ) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            authorized, hold = self._authorization(transaction, authorization)
            assert authorized.member is not None and authorized.wallet is not None
            transaction.member, transaction.wallet = authorized.member, authorized.wallet
            count = len(hold.points) if points is None else points
            if hold.state is HoldState.LAPSED and offline and hold.opened_at <= occurred < hold.lapses_at:
                if count > len(hold.points):
                    raise Refused("CAPTURE_EXCEEDS_AUTHORIZATION")
                if count == 0:
                    self._answer(transaction, authorized.member, awarded=0)
                    return
                hold.state = HoldState.CAPTURED
                transaction.total = count
                self._capture_offline(transaction, hold, count, occurred, now)
                return
            if hold.state is not HoldState.OPEN:
                raise Refused(_CAPTURE_REFUSALS[hold.state])
            if count > len(hold.points):
                raise Refused("CAPTURE_EXCEEDS_AUTHORIZATION")
            if count:
                self._activity(authorized.member, authorized.wallet, occurred, now)
            transaction.total = count
            transaction.points = self.take_hold(transaction, hold, count, now)
            self._answer(transaction, authorized.member, awarded=count)

        wrong = "POINTS_NOT_POSITIVE" if points is not None and points < 0 else None
        content = {"authorization": self._named(authorization), "points": points, "offline": offline}
        return self._request("capture", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def void(self, authorization: object, *, key: str, **ticket: Any) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            try:
                authorized = self._find(authorization)
            except Refused:
                self._park(transaction, authorization)
                return
            self._require_own(transaction, authorized)
            if authorized.verb == "authorize" and authorized.is_refused:
                transaction.wallet = authorized.wallet
                self._answer(transaction, authorized.member)
                return
            authorized, hold = self._authorization(transaction, authorization)
            assert authorized.member is not None and authorized.wallet is not None
            transaction.member, transaction.wallet = authorized.member, authorized.wallet
            if hold.state is HoldState.CAPTURED:
                raise Refused("ALREADY_CAPTURED")
            if hold.state is HoldState.OPEN:
                hold.state = HoldState.VOIDED
                self._wallet(authorized.member, authorized.wallet).release(hold.points, now)
            self._answer(transaction, authorized.member)

        return self._request("void", key, {"authorization": self._named(authorization)}, decide, **ticket)

    def take_hold(self, transaction: Transaction, hold: Hold, count: int, now: datetime) -> list[Point]:
        """Captures the first points of an open hold; the rest goes back."""
        assert transaction.member is not None and transaction.wallet is not None
        wallet = self._wallet(transaction.member, transaction.wallet)
        hold.state = HoldState.CAPTURED if count else HoldState.VOIDED
        taken = hold.points[:count]
        for point in taken:
            point.become(State.SPENT, now)
        wallet.book(now, "redeemed", count, transaction.key)
        wallet.release(hold.points[count:], now)
        return taken

    def _open_member(self, transaction: Transaction, member: Name, wallet: str, scope: str) -> str:
        """A refusal for the member's status is answered with what is available."""
        holder = self._holder(transaction, member, scope)
        transaction.member, transaction.wallet = holder, wallet
        self.members.require_open(holder, to_spend=scope == "redeem")
        return holder

    def _authorization(self, transaction: Transaction, name: object) -> tuple[Transaction, Hold]:
        original = self._find(name)
        self._require_own(transaction, original)
        if original.hold is None:
            raise Refused("NOT_AN_AUTHORIZATION")
        return original, original.hold

    def _park(self, transaction: Transaction, name: object) -> None:
        """Undoes what has not arrived yet; a sequence names nothing that could still arrive.

        To a partner a receipt names none either: it could be anybody's.
        """
        named = self._named(name)
        if isinstance(name, int | Outcome) or (transaction.partner and isinstance(name, Receipt)):
            raise Refused("TRANSACTION_NOT_FOUND")
        transaction.parked_for = named
        transaction.outcome = Outcome("PARKED", sequence=transaction.sequence)
        self.parked.append(transaction)

    def _redeem_offline(self, transaction: Transaction, points: int, occurred: datetime, now: datetime) -> None:
        assert transaction.member is not None and transaction.wallet is not None
        wallet = self._wallet(transaction.member, transaction.wallet)
        if self._is_charged(transaction, points, occurred):
            return
        before = self._memento()
        self._activity(transaction.member, transaction.wallet, occurred, now)
        in_order = wallet.draw(len(wallet.points))
        in_order.sort(key=lambda point: point.lot.activates_at > occurred)
        self._take_offline(transaction, wallet, in_order[:points], points, occurred, now, before)

    def _capture_offline(
        self, transaction: Transaction, hold: Hold, count: int, occurred: datetime, now: datetime
    ) -> None:
        assert transaction.member is not None and transaction.wallet is not None
        wallet = self._wallet(transaction.member, transaction.wallet)
        if self._is_charged(transaction, count, occurred):
            return
        before = self._memento()
        self._activity(transaction.member, transaction.wallet, occurred, now)
        chosen: list[Point] = []
        for wanted in hold.points[:count]:
            there = wallet.own_points([wanted.lot], (State.AVAILABLE, State.EXPIRED))
            chosen += [point for point in there if point not in chosen][:1]
        others = [point for point in wallet.draw(len(wallet.points)) if point not in chosen]
        self._take_offline(transaction, wallet, [*chosen, *others][:count], count, occurred, now, before)

    def _take_offline(
        self,
        transaction: Transaction,
        wallet: Wallet,
        points: list[Point],
        count: int,
        occurred: datetime,
        now: datetime,
        before: Any,
    ) -> None:
        """Takes these points and owes the rest; or, if the program says so, leaves all of it to the store."""
        assert transaction.member is not None
        there = [point for point in points if wallet.is_there_again(point, now)]
        missing = count - len(there)
        if missing and self.program.overdraft == "decline_to_merchant":
            self._rewind(before)
            self._charge(transaction, count)
            return
        for point in there:
            point.become(State.SPENT, now)
        transaction.points = there + self.overdraw(transaction, wallet, missing, now)
        wallet.book(now, "redeemed", count, transaction.key)
        place = (transaction.member, self._local_date(occurred))
        self.offline_use[place] = self.offline_use.get(place, 0) + count
        self._answer(transaction, transaction.member, awarded=count)
        if missing:
            self._flag(transaction, flags=(OVERDRAFT,))

    def overdraw(self, transaction: Transaction, wallet: Wallet, count: int, now: datetime) -> list[Point]:
        """Takes points that are not there, which leaves debt."""
        wallet.owe(count, now)
        nowhere = Lot(0, transaction.sequence, LONG_AGO, None)
        return wallet.phantoms(nowhere, count, now)

    def _is_charged(self, transaction: Transaction, points: int, occurred: datetime) -> bool:
        """Whether the store pays, whatever the member has."""
        assert transaction.member is not None
        used = self.offline_use.get((transaction.member, self._local_date(occurred)), 0)
        limit = self.program.floor_limit
        if self.members.status[transaction.member] == "active" and (limit is None or used + points <= limit):
            return False
        self._charge(transaction, points)
        return True

    def _charge(self, transaction: Transaction, points: int) -> None:
        assert transaction.wallet is not None
        place = (transaction.store, transaction.wallet)
        self.store_charges[place] = self.store_charges.get(place, 0) + points
        transaction.charged = points
        self._answer(transaction, transaction.member, awarded=0)
        self._flag(transaction, charged=points)

    def _flag(self, transaction: Transaction, **figures: Any) -> None:
        outcome = transaction.outcome
        transaction.outcome = Outcome(
            outcome.code, outcome.awarded, outcome.balance or Balance(), sequence=outcome.sequence, **figures
        )


_CAPTURE_REFUSALS = {
    HoldState.CAPTURED: "ALREADY_CAPTURED",
    HoldState.VOIDED: "ALREADY_VOIDED",
    HoldState.LAPSED: "AUTHORIZATION_EXPIRED",
}
