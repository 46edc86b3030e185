"""Corrections by staff: adjust, reinstate, extend, forgive debt, activate."""

from datetime import datetime, timedelta
from typing import Any

from model.debits import LONGEST_HOLD
from model.documents import Name
from model.outcome import Outcome
from model.points import END_OF_TIME, HoldState, Lot, Point, State
from model.reads import DEFAULT_WALLET
from model.transactions import Refused, Transaction
from model.verbs import Verbs, aware, wrong_points, wrong_reason
from model.wallet import Wallet


class Corrections(Verbs):
    def adjust(
        self,
        member: Name,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: datetime | None = None,
        overdraw: bool = False,
        wallet: str = DEFAULT_WALLET,
        key: str,
        occurred_at: datetime | None = None,
        **ticket: Any,
    ) -> Outcome:
        ends = aware(expires_at)
        content = {
            "member": member,
            "points": points,
            "why": (reason, actor, overdraw),
            "expires_at": ends,
            "wallet": wallet,
        }

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            since = min(self._occurred(occurred_at, now), now)
            until = ends or self.program.currencies[wallet].expiry.of(since, self.program.zone)
            if until is not None and until <= since:
                raise Refused("EXPIRY_BEFORE_ACTIVATION")
            holder = self._holder(transaction, member)
            changed = self._corrected(transaction, holder, wallet)
            transaction.total = abs(points)
            if points < 0:
                drawn = changed.draw(-points)
                if len(drawn) < -points and not overdraw:
                    raise Refused("INSUFFICIENT_POINTS")
                for point in drawn:
                    point.become(State.SPENT, now)
                missing: list[Point] = self.overdraw(  # type: ignore[attr-defined]
                    transaction, changed, -points - len(drawn), now
                )
                transaction.draws = drawn + missing
            else:
                transaction.points = changed.add_lot(self._lot(transaction, changed, (since, until)), points, now)
            changed.book(now, "adjusted", points, transaction.key)
            self._answer(transaction, holder, awarded=points)

        wrong = wrong_points(abs(points)) or wrong_reason(reason, actor)
        return self._request("adjust", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def reinstate(
        self,
        member: Name,
        points: int | None = None,
        *,
        lot: int,
        expires_at: datetime | None = None,
        reason: str,
        actor: str,
        wallet: str = DEFAULT_WALLET,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        """Points of a lot that expired are there again, as a lot of their own."""
        ends = aware(expires_at)
        content = {"member": member, "points": points, "lot": lot, "ends": ends, "why": (reason, actor), "in": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            holder = self._holder(transaction, member)
            changed = self._corrected(transaction, holder, wallet)
            old = _lot_numbered(changed, lot)
            if ends is not None and ends <= now:
                raise Refused("EXPIRY_IN_PAST")
            expired = changed.own_points([old], (State.EXPIRED,))
            count = len(expired) if points is None else points
            if count > len(expired):
                raise Refused("INSUFFICIENT_POINTS")
            until = ends or changed.currency.expiry.of(now, self.program.zone)
            new = moved(self, changed, old, now, until)
            transaction.moved_into = new if count else None
            changed.book(now, "reinstated", count, transaction.key)
            for point in expired[:count]:
                point.lot = new
            changed.restore(expired[:count], now)
            self._answer(transaction, holder, awarded=count)

        wrong = wrong_points(points) or wrong_reason(reason, actor)
        return self._request("reinstate", key, content, decide, wrong, **ticket)

    def extend(
        self,
        authorization: object = None,
        *,
        ttl: timedelta | None = None,
        member: Name | None = None,
        lot: int | None = None,
        expires_at: datetime | None = None,
        reason: str = "",
        actor: str = "",
        wallet: str = DEFAULT_WALLET,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        """Later ends: of a hold, from now on; or of a lot's points that are pending or available."""
        if authorization is not None:
            assert ttl is not None
            return self._extend_hold(authorization, ttl, key, ticket)
        ends = aware(expires_at)
        content = {"member": member, "lot": lot, "ends": ends, "why": (reason, actor), "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            assert member is not None and lot is not None and ends is not None
            self._require_currency(wallet)
            holder = self._holder(transaction, member)
            changed = self._corrected(transaction, holder, wallet)
            old = _lot_numbered(changed, lot)
            if ends <= now:
                raise Refused("EXPIRY_IN_PAST")
            moving = changed.own_points([old], (State.PENDING, State.AVAILABLE))
            if moving:
                if moving[0].state is State.PENDING and ends <= old.activates_at:
                    raise Refused("EXPIRY_BEFORE_ACTIVATION")
                if old.expires_at is None or ends < old.expires_at:
                    raise Refused("EXPIRY_IN_PAST")
                new = transaction.moved_into = moved(self, changed, old, old.activates_at, ends)
                for point in moving:
                    point.lot = new
            self._answer(transaction, holder, awarded=len(moving))

        return self._request("extend", key, content, decide, wrong_reason(reason, actor), **ticket)

    def forgive_debt(
        self,
        member: Name,
        points: int | None = None,
        *,
        reason: str,
        actor: str,
        wallet: str = DEFAULT_WALLET,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        content = {"member": member, "points": points, "why": (reason, actor), "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            holder = self._holder(transaction, member)
            changed = self._corrected(transaction, holder, wallet)
            debt = changed.balance().debt
            if points is not None and points > debt:
                raise Refused("INSUFFICIENT_POINTS")
            forgiven = changed.forgive(debt if points is None else points, now)
            changed.book(now, "written_off", forgiven, transaction.key)
            self._answer(transaction, holder, awarded=forgiven)

        wrong = wrong_points(points) or wrong_reason(reason, actor)
        return self._request("forgive_debt", key, content, decide, wrong, **ticket)

    def activate(self, original: object, *, member: Name | None = None, key: str, **ticket: Any) -> Outcome:
        """All that is pending of an earlier accrual is available now; the clock of its expiry starts."""

        def decide(transaction: Transaction, now: datetime) -> None:
            checked = None if member is None else self._named_member(transaction, member)
            earned = self._find(original)
            self._require_own(transaction, earned)
            if earned.verb not in ("purchase", "accrue") or earned.is_refused:
                raise Refused("TRANSACTION_NOT_FOUND")
            if checked not in (None, earned.member):
                raise Refused("MEMBER_MISMATCH")
            assert earned.member is not None and earned.wallet is not None
            changed = self._corrected(transaction, earned.member, earned.wallet)
            count = 0
            for old in sorted(changed.lots_of(earned.sequence), key=lambda lot: lot.number):
                pending = changed.own_points([old], (State.PENDING,))
                if not pending:
                    continue
                if old.activates_at == END_OF_TIME:
                    new = moved(self, changed, old, now, changed.currency.expiry.of(now, self.program.zone))
                else:
                    new = moved(self, changed, old, now, old.own_expiry)
                    new.goes_with = old.goes_with
                transaction.moved_into = transaction.moved_into or new
                for point in pending:
                    point.lot = new
                changed.restore(pending, now)
                count += len(pending)
            self._answer(transaction, earned.member, awarded=count)

        content = {"original": self._named(original), "member": member}
        return self._request("activate", key, content, decide, **ticket)

    def _extend_hold(self, authorization: object, ttl: timedelta, key: str, ticket: Any) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            authorized, hold = self._authorization(transaction, authorization)  # type: ignore[attr-defined]
            transaction.member, transaction.wallet = authorized.member, authorized.wallet
            if hold.state is not HoldState.OPEN:
                raise Refused(_EXTEND_REFUSALS[hold.state])
            if now + ttl > hold.opened_at + LONGEST_HOLD:
                raise Refused("INVALID_TTL")
            hold.lapses_at = now + ttl
            self._answer(transaction, authorized.member)

        wrong = None if ttl > timedelta() else "INVALID_TTL"
        return self._request("extend", key, {"hold": self._named(authorization), "ttl": ttl}, decide, wrong, **ticket)

    def _corrected(self, transaction: Transaction, member: str, wallet: str) -> Wallet:
        transaction.member, transaction.wallet = member, wallet
        self.members.require_open(member)
        return self._wallet(member, wallet)


_EXTEND_REFUSALS = {
    HoldState.CAPTURED: "ALREADY_CAPTURED",
    HoldState.VOIDED: "ALREADY_VOIDED",
    HoldState.LAPSED: "AUTHORIZATION_EXPIRED",
}


def _lot_numbered(wallet: Wallet, number: int) -> Lot:
    found = [lot for lot in wallet.lots if lot.number == number]
    if not found:
        raise Refused("LOT_NOT_FOUND")
    return found[0]


def moved(ledger: Corrections, wallet: Wallet, old: Lot, activates_at: datetime, until: datetime | None) -> Lot:
    """A lot like the old one with other dates."""
    ledger.lot_count += 1
    new = Lot(ledger.lot_count, old.origin, activates_at, until, old.funder, old.price, old.is_grace)
    new.came_with = old.came_with
    if until is None and wallet.currency.expiry.sliding is not None:
        new.goes_with = wallet
    wallet.lots.append(new)
    return new
