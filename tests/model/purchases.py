"""Purchases: baskets, points as a means of payment, members enrolled on the fly, and quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain, count
from typing import Any

from model.documents import Alias, Line, Name
from model.money import minor_units
from model.outcome import Outcome
from model.points import HoldState, State
from model.referral.facts import ReferralBy
from model.referral.verbs import naming
from model.transactions import Basket, Refused, Transaction
from model.verbs import Content, Verbs

MOST_LINES = 1000


class Purchases(Verbs):
    def purchase(self, member: Name | None = None, *, key: str, **rest: Any) -> Outcome:
        return self._sell(member, key, **rest)

    def quote(self, member: Name | None = None, **rest: Any) -> Outcome:
        """What `purchase` would answer; nothing stays."""
        return self._sell(member, None, **rest)

    def buyer_name(self, content: Content) -> Name:
        """What names the one who buys."""
        enroll, member, card = content["enroll"], content["member"], content["card"]
        joining = enroll if isinstance(enroll, Mapping) else {}
        if member is None and card is None and joining:
            member = joining.get("id") or Alias(*next(iter(joining["aliases"].items())))
        if member is None:
            return Alias("card", str(card or ""))
        return member if isinstance(member, Alias) else str(member)

    def _sell(
        self,
        member: Name | None,
        key: str | None,
        *,
        card: str | None = None,
        amount: int | str | Decimal,
        currency: str | None = None,
        lines: Sequence[Line] | None = None,
        eligible: int | str | Decimal | None = None,
        redeem: int | None = None,
        capture: object = None,
        capture_points: int | None = None,
        enroll: bool | Mapping[str, Any] = False,
        offline: bool = False,
        referral: ReferralBy | None = None,
        occurred_at: datetime | None = None,
        **ticket: Any,
    ) -> Outcome:
        money = minor_units(amount)
        stated = None if eligible is None else minor_units(eligible)
        content = {
            **_named(member, card),
            "total": money,
            "currency": currency,
            "lines": tuple(lines or ()),
            "eligible": stated,
            "redeem": redeem,
            "capture": None if capture is None else (self._named(capture), capture_points),
            "enroll": enroll,
            "offline": offline,
            "referral": naming(referral),
        }

        def decide(transaction: Transaction, now: datetime) -> None:
            occurred = self._occurred(occurred_at, now)
            if currency not in (None, self.program.money):
                raise Refused("MONEY_CURRENCY_NOT_ACCEPTED")
            holder = self._join(transaction, content, now)
            if redeem is not None:
                self._require_link(transaction, holder, "redeem")
            name = self.program.earning_currency
            pays = redeem is not None or capture is not None
            transaction.member, transaction.wallet = holder, self.program.spending_currency if pays else name
            transaction.program, transaction.total = self.program, money
            if not (pays and offline):
                self.members.require_open(holder, to_spend=redeem is not None)
            answered = self.claim_in_passing(referral, holder, occurred, now, transaction)
            basket = transaction.basket = self._basket(money, tuple(lines or ()), stated)
            if pays:
                self._pay(transaction, redeem, capture, capture_points, occurred, now, offline)
            flags, paid = transaction.outcome.flags, len(transaction.draws) + transaction.charged
            transaction.wallet = name
            self._activity(holder, name, occurred, now)
            worth = self.program.worth(paid)
            has_left = self.members.has_left(holder)
            points = 0 if has_left else self.program.base_points(max(0, basket.eligible - worth))
            transaction.award = points
            self._issue(transaction, holder, name, points, self._dates(name, occurred, None, None), now)
            self._answer(transaction, holder, awarded=points)
            transaction.outcome = replace(transaction.outcome, cash=money - worth, flags=flags, referral=answered)
            _tell_what_paid(transaction)

        wrong = _wrong_basket(money, tuple(lines or ()), stated)
        if any(points is not None and points <= 0 for points in (redeem, capture_points)):
            wrong = wrong or "POINTS_NOT_POSITIVE"
        wrong = wrong or _wrong_joining(member, enroll)
        return self._request("purchase", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def _basket(self, money: int, lines: tuple[Line, ...], stated: int | None) -> Basket:
        excluded = frozenset(
            place for place, line in enumerate(lines, 1) if line.excluded or line.category in self.program.excluded
        )
        counted = sum(line.amount for place, line in enumerate(lines, 1) if place not in excluded)
        eligible = stated if stated is not None else counted if lines else money
        return Basket(money, eligible, lines, stated is not None, excluded)

    def _join(self, transaction: Transaction, content: Content, now: datetime) -> str:
        """Finds the buyer; one that is unknown is enrolled, if asked, and needs no link."""
        buyer, enroll = self.buyer_name(content), content["enroll"]
        try:
            self._named_member(transaction, buyer)
        except Refused as refused:
            is_code = isinstance(buyer, Alias) and buyer.kind == "one_time"
            if refused.code != "MEMBER_NOT_FOUND" or not enroll or is_code:
                raise
        else:
            return self._holder(transaction, buyer, "earn")
        joining: Mapping[str, Any] = enroll if isinstance(enroll, Mapping) else {}
        member, card = content["member"], content["card"]
        aliases = [] if card is None else [("card", str(card))]
        if isinstance(member, Alias):
            aliases, member = [tuple(member)], None
        aliases += [alias for alias in (joining.get("aliases") or {}).items() if alias not in aliases]
        name = joining.get("id") or member or self._name_after(aliases[0])
        self.members.enroll(str(name), aliases, now)
        return str(name)

    def _name_after(self, alias: tuple[str, str]) -> str:
        """Whoever held the alias before may be called so already."""
        name = "-".join(alias)
        later = (f"{name}-{number}" for number in count(2))
        return next(free for free in chain([name], later) if free not in self.members.status)

    def _pay(
        self,
        transaction: Transaction,
        redeem: int | None,
        capture: Any,
        capture_points: int | None,
        occurred: datetime,
        now: datetime,
        offline: bool,
    ) -> None:
        """Points pay for a part; this happens before anything is earned."""
        member, name = transaction.member, self.program.spending_currency
        assert member is not None
        transaction.spending_wallet = transaction.wallet = name
        if redeem is not None and offline:
            self._require_worth(transaction, redeem)
            self._require_within_limits(transaction, member, redeem)
            self._redeem_offline(transaction, redeem, occurred, now)  # type: ignore[attr-defined]
            transaction.draws = transaction.points
        elif redeem is not None:
            self._require_worth(transaction, redeem)
            self._require_within_limits(transaction, member, redeem)
            self._activity(member, name, occurred, now)
            wallet = self._draw(transaction, member, name, redeem, State.SPENT, now)
            wallet.book(now, "redeemed", redeem, transaction.key)
            transaction.draws = transaction.points
        else:
            authorized, hold = self._authorization(transaction, capture)  # type: ignore[attr-defined]
            if authorized.member != member:
                raise Refused("MEMBER_MISMATCH")
            if authorized.wallet != name:
                raise Refused("NOT_AN_AUTHORIZATION")
            is_late = offline and hold.state is HoldState.LAPSED and hold.opened_at <= occurred < hold.lapses_at
            if hold.state is not HoldState.OPEN and not is_late:
                raise Refused(_CAPTURE_REFUSALS[hold.state])
            count = len(hold.points) if capture_points is None else capture_points
            if count > len(hold.points):
                raise Refused("CAPTURE_EXCEEDS_AUTHORIZATION")
            self._require_worth(transaction, count)
            if is_late:
                hold.state = HoldState.CAPTURED
                self._capture_offline(transaction, hold, count, occurred, now)  # type: ignore[attr-defined]
                transaction.draws, transaction.points = transaction.points, []
                return
            self._activity(member, name, occurred, now)
            transaction.draws = self.take_hold(transaction, hold, count, now)  # type: ignore[attr-defined]
        transaction.points = []

    def _require_worth(self, transaction: Transaction, points: int) -> None:
        if self.program.worth(points) > transaction.total:
            raise Refused("SPEND_EXCEEDS_AMOUNT")


_CAPTURE_REFUSALS = {
    HoldState.CAPTURED: "ALREADY_CAPTURED",
    HoldState.VOIDED: "ALREADY_VOIDED",
    HoldState.LAPSED: "AUTHORIZATION_EXPIRED",
}


def _tell_what_paid(transaction: Transaction) -> None:
    spent, charged = len(transaction.draws), transaction.charged
    transaction.outcome = replace(transaction.outcome, spent=spent, charged=charged)


def _wrong_basket(money: int, lines: tuple[Line, ...], stated: int | None) -> str | None:
    if money < 0:
        return "AMOUNT_NEGATIVE"
    if lines:
        fits = all(line.amount > 0 and line.quantity > 0 for line in lines) and len(lines) <= MOST_LINES
        if not fits or sum(line.amount for line in lines) != money:
            return "LINE_INVALID"
    return None if stated is None or 0 <= stated <= money else "ELIGIBLE_EXCEEDS_AMOUNT"


def _named(member: Name | None, card: str | None) -> dict[str, object]:
    """A card is the same whichever way it is told."""
    if isinstance(member, Alias) and member.kind == "card" and card is None:
        return {"member": None, "card": member.value}
    return {"member": member, "card": card}


def _wrong_joining(member: Name | None, enroll: bool | Mapping[str, Any]) -> str | None:
    if not isinstance(enroll, Mapping):
        return None
    is_other = isinstance(member, str) and enroll.get("id") not in (None, member)
    return "INVALID_ID" if is_other or "one_time" in (enroll.get("aliases") or {}) else None
