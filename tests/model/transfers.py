"""Gifts of points from one member to another."""

from datetime import datetime
from typing import Any

from model.documents import Alias, Name
from model.outcome import Outcome
from model.points import Lot, Point, State
from model.reads import DEFAULT_WALLET
from model.transactions import Refused, Transaction
from model.verbs import Verbs, wrong_points


class Transfers(Verbs):
    def transfer(
        self, giver: Name, receiver: Name, points: int, *, wallet: str = DEFAULT_WALLET, key: str, **ticket: Any
    ) -> Outcome:
        content = {"member": giver, "receiver": receiver, "points": points, "wallet": wallet}

        def decide(transaction: Transaction, now: datetime) -> None:
            self._require_currency(wallet)
            holder = self._holder(transaction, giver)
            other = self._receiver(transaction, receiver)
            if other == holder:
                raise Refused("SAME_MEMBER")
            transaction.member, transaction.wallet = holder, wallet
            self.members.require_open(holder, to_spend=True)
            self.members.require_open(other, to_spend=True)
            drawn_on = self._draw(transaction, holder, wallet, points, State.GIVEN_AWAY, now)
            transaction.draws, transaction.points = transaction.points, []
            transaction.receiver, transaction.total = other, points
            drawn_on.book(now, "transferred_out", points, transaction.key)
            self._hand_over(transaction, other, wallet, now)
            self._answer(transaction, holder, awarded=points)

        wrong = wrong_points(points) or ("SAME_MEMBER" if giver == receiver else None)
        return self._request("transfer", key, content, decide, wrong, **ticket)

    def _receiver(self, transaction: Transaction, name: Name) -> str:
        """Nobody receives by a code: it lets its member spend."""
        if isinstance(name, Alias) and name.kind == "one_time":
            raise Refused("MEMBER_NOT_FOUND")
        return self.find_member(name, transaction.occurred, transaction.recorded_at)

    def _hand_over(self, transaction: Transaction, receiver: str, name: str, now: datetime) -> None:
        """The receiver's lots keep origin, terms and dates; the points drawn last come first."""
        wallet = self._wallet(receiver, name)
        lots: dict[Lot, Lot] = {}
        arriving: list[Point] = []
        for point in transaction.draws:
            old = point.lot
            if old not in lots:
                self.lot_count += 1
                new = Lot(self.lot_count, old.origin, old.activates_at, old.own_expiry, old.funder, old.price)
                new.is_grace, new.came_with = old.is_grace, transaction.sequence
                new.goes_with = wallet if old.goes_with else None
                lots[old] = new
                wallet.lots.append(new)
            arriving.append(Point(lots[old]))
        wallet.points.extend(arriving)
        wallet.book(now, "transferred_in", len(arriving), transaction.key)
        wallet.restore(arriving, now)
