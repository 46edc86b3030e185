"""Rewards in wallets: ordinary lots that are issued, frozen, let go, taken back and given back."""

from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from model.corrections import moved
from model.points import END_OF_TIME, Point, State
from model.referral.facts import Book, Conversion, Reward, Sale
from model.referral.rules import ReferralRules
from model.referral.vouchers import Voucher
from model.shortfall import claw_back, undo_take
from model.transactions import Transaction
from model.verbs import Verbs

if TYPE_CHECKING:
    from model.ledger import NaiveLedger

BETWEEN_ENTRIES = 10**9


class Posting(Verbs):
    if TYPE_CHECKING:
        books: dict[str, Book]
        sales: dict[str, Sale]

    def _issue_reward(self, rules: ReferralRules, reward: Reward, is_frozen: bool, now: datetime, key: str) -> None:
        """The lot's origin is the reward; it is pending until its hold ends, or until somebody lets it go."""
        if reward.points:
            wallet = self._wallet(reward.member, reward.currency)
            waits = is_frozen or rules.vest == "at_close"
            activates_at = END_OF_TIME if waits else reward.hold_ends_at
            expires_at = wallet.currency.expiry.of(activates_at, self.program.zone)
            issuing = Transaction(reward.origin, "referral", key, {})
            lot = self._lot(issuing, wallet, (activates_at, expires_at))
            wallet.book(now, "accrued", reward.points, key)
            wallet.add_lot(lot, reward.points, now)
            reward.kept = reward.points
        if is_frozen and self._is_pending(reward, now):
            reward.frozen_until = rules.after(max(now, reward.hold_ends_at), rules.review_by)

    def _take(self, conversion: Conversion, reward: Reward, count: int, now: datetime, cause: Transaction) -> None:
        """Takes back as any clawback does: these lots, other available ones, then by the program's policy.

        With the last point, or of a voucher alone, the reward ends.
        """
        had_vested = not self._is_pending(reward, now)
        if count:
            self._claw_back(conversion, reward, count, had_vested, now, cause)
        if reward.kept == 0:
            reward.ended = "CLAWED" if had_vested else "CANCELLED"
            reward.frozen_until = None
            reward.is_charged_back = self._is_charged_back(conversion)
            if reward.voucher is not None:
                reward.voucher.has_ended = True

    def _claw_back(
        self,
        conversion: Conversion,
        reward: Reward,
        count: int,
        had_vested: bool,
        now: datetime,
        cause: Transaction,
    ) -> None:
        wallet = self._wallet(reward.member, reward.currency)
        # Beside the entry's own clawback in the same wallet, each reward needs a place of its own.
        taking = Transaction(cause.sequence + Fraction(reward.number, BETWEEN_ENTRIES), "referral", cause.key, {})
        taking.shortfall = conversion.rules.shortfall
        take = claw_back(cast("NaiveLedger", self), wallet, taking, reward.origin, count, 0, now)
        wallet.book(now, "accrual_reversed", count, cause.key)
        reward.kept -= count
        if had_vested:
            reward.clawed += count
        if self._is_charged_back(conversion):
            reward.charged_back = [*reward.charged_back, (take, taking, had_vested)]

    def _give_back_reward(self, reward: Reward, now: datetime, key: str) -> None:
        """A dispute was won: exactly what the chargeback took returns."""
        wallet = self._wallet(reward.member, reward.currency)
        for take, taking, had_vested in reversed(reward.charged_back):
            wallet.book(now, "accrual_reversed", -take.count, key)
            undo_take(cast("NaiveLedger", self), take, taking, now)
            reward.kept += take.count
            if had_vested:
                reward.clawed -= take.count
        reward.charged_back, reward.is_charged_back, reward.ended = [], False, None
        if reward.voucher is not None:
            reward.voucher.has_ended = False

    def _freeze(self, rules: ReferralRules, reward: Reward, now: datetime) -> None:
        """What is pending stays so, whatever its hold."""
        if not self._is_pending(reward, now):
            return
        pending = self._points(reward, State.PENDING)
        if reward.voucher is not None and reward.voucher.waits(now):
            reward.voucher.ready_at = None
        if any(point.lot.activates_at != END_OF_TIME for point in pending):
            self._move(reward, pending, END_OF_TIME)
        reward.frozen_until = rules.after(max(now, reward.hold_ends_at), rules.review_by)

    def _thaw(self, rules: ReferralRules, reward: Reward, now: datetime) -> None:
        pending = self._points(reward, State.PENDING)
        reward.frozen_until = None
        starts_at = None if rules.vest == "at_close" else max(now, reward.hold_ends_at)
        if reward.voucher is not None and reward.voucher.waits(now):
            reward.voucher.ready_at = starts_at
        if pending:
            self._move(reward, pending, starts_at or END_OF_TIME)
            self._wallet(reward.member, reward.currency).restore(pending, now)

    def _vest_at_close(self, reward: Reward, now: datetime) -> tuple[int, bool]:
        """What was waiting for its period to be closed is there; how many points, and whether anything was."""
        was_pending = self._is_pending(reward, now)
        pending = self._points(reward, State.PENDING)
        if reward.voucher is not None and reward.voucher.waits(now):
            reward.voucher.ready_at = now
        if pending:
            self._move(reward, pending, now)
            self._wallet(reward.member, reward.currency).restore(pending, now)
        return len(pending), was_pending

    def disable_vouchers(self, member: str, now: datetime) -> None:
        """The member has left."""
        for book in self.books.values():
            for voucher in book.vouchers.values():
                if voucher.member == member:
                    voucher.close(now)

    def lapse_freezes(self, now: datetime) -> None:
        """Freezes that nobody decided in time cancel, each at its instant."""
        due = [
            (reward.frozen_until, book.name, reward.number, conversion, reward)
            for book in self.books.values()
            for _, conversion, reward in book.rewards()
            if reward.frozen_until is not None and reward.frozen_until <= now
        ]
        for instant, name, _, conversion, reward in sorted(due, key=lambda one: one[:3]):
            wallet = self._wallet(reward.member, reward.currency)
            wallet.advance(instant)
            pending = self._points(reward, State.PENDING)
            for point in pending:
                point.become(State.TAKEN_BACK, instant)
            wallet.book(instant, "accrual_reversed", len(pending), f"referral/{name}")
            reward.kept, reward.frozen_until, reward.ended = 0, None, "CANCELLED"
            conversion.is_lapsed = True
            if reward.voucher is not None:
                reward.voucher.has_ended = True

    def review_ends(self) -> dict[object, datetime]:
        """Until when somebody may decide about frozen rewards, by the origin of their lots: they are gone then."""
        rewards = [reward for book in self.books.values() for _, _, reward in book.rewards()]
        return {one.origin: one.frozen_until for one in rewards if one.frozen_until is not None}

    def reward_state(self, reward: Reward, now: datetime) -> str:
        if reward.ended is not None:
            return reward.ended
        if not reward.points and reward.voucher is not None:
            return _state_of_voucher_alone(reward, reward.voucher, now)
        points = self._points(reward, *State)
        states = {point.state for point in points}
        if State.PENDING in states:
            if reward.frozen_until is not None:
                return "FROZEN"
            return "WAITING" if reward.hold_ends_at <= now else "PENDING"
        if states & {State.AVAILABLE, State.HELD}:
            return "AVAILABLE"
        if states & {State.SPENT, State.PAID_DEBT, State.GIVEN_AWAY, State.MADE_GOOD}:
            return "REDEEMED"
        forfeited = [point for point in points if point.state is State.FORFEITED]
        if forfeited and all(State.AVAILABLE not in _past(point) for point in forfeited):
            return "CANCELLED"
        return "EXPIRED" if points else "CANCELLED"

    def _is_pending(self, reward: Reward, now: datetime) -> bool:
        """Something of it has yet to vest; what is with points goes by its points."""
        if reward.points:
            return bool(self._points(reward, State.PENDING))
        return reward.voucher is not None and reward.voucher.waits(now)

    def _is_charged_back(self, conversion: Conversion) -> bool:
        sale: Any = conversion.event.sale
        return sale is not None and sale.is_charged_back(conversion.clawback_ends_at)

    def _points(self, reward: Reward, *states: State) -> list[Point]:
        wallet = self._wallet(reward.member, reward.currency)
        return wallet.own_points(wallet.lots_of(reward.origin), states)

    def _move(self, reward: Reward, points: list[Point], activates_at: datetime) -> None:
        """To a lot that activates at another time; its expiry counts from there."""
        wallet = self._wallet(reward.member, reward.currency)
        expires_at = wallet.currency.expiry.of(activates_at, self.program.zone)
        ledger: Any = self
        new = moved(ledger, wallet, points[0].lot, activates_at, expires_at)
        for point in points:
            point.lot = new


def _state_of_voucher_alone(reward: Reward, voucher: Voucher, now: datetime) -> str:
    state = voucher.state(now)
    if state == "PENDING":
        if reward.frozen_until is not None:
            return "FROZEN"
        return "WAITING" if reward.hold_ends_at <= now else "PENDING"
    if state == "DISABLED":
        return "EXPIRED" if voucher.was_ready else "CANCELLED"
    return "AVAILABLE" if state == "RESERVED" else state


def _past(point: Point) -> set[State]:
    return {state for _, state in point.history}
