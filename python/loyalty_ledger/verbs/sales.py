"""Purchases: baskets, points that pay for a part, members made on the way; and quotes of all that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from loyalty_ledger.arguments import optional_whole
from loyalty_ledger.documents import Line, Receipt, Source, line_parts
from loyalty_ledger.joining import Enroll, joining_parts, named_or_joining
from loyalty_ledger.money import Amount, minor_units
from loyalty_ledger.naming import Member
from loyalty_ledger.references import Earlier, earlier
from loyalty_ledger.referral import Referral, referral_parts
from loyalty_ledger.results import Answer
from loyalty_ledger.verbs.door import Door, attempt

if TYPE_CHECKING:
    from loyalty_ledger import _core


class SaleVerbs(Door):
    """Sales and their quotes."""

    def purchase(
        self,
        member: Member | None = None,
        *,
        card: str | None = None,
        amount: Amount,
        currency: str | None = None,
        lines: Sequence[Line] | None = None,
        eligible: Amount | None = None,
        redeem: int | None = None,
        capture: Earlier | None = None,
        capture_points: int | None = None,
        enroll: Enroll = False,
        referral: Referral | None = None,
        offline: bool = False,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Records a purchase and gives what the program's rule says. `amount` is text, `Decimal` or minor units.

        `lines` add up to `amount`; what is excluded of them earns nothing. `eligible` states what earns instead.
        `redeem` pays with points, or `capture` with what an authorization holds (`capture_points` of it, or all): their
        worth is at most `amount`, earns nothing, and leaves `cash` to pay. The points go before any are given.

        `enroll=True` makes a member that is unknown; `{"id": "m-9", "aliases": {"card": "2760009"}}` says how, and can
        stand for `member` and `card`. Of a member that is known nothing changes.

        `referral` says who brought the buyer: `answer.referral` tells what became of that, and no sale fails for it.

        `offline=True` tells what a till sold without asking: points that pay are never refused for what the member has,
        or for who it is. What is missing is owed (flag `OFFLINE_OVERDRAFT`), or the store bears all that paid: then
        `spent` is 0 and `charged` tells how much. Who has left earns nothing.

        Raises `LineInvalid`, `EligibleExceedsAmount`, `SpendExceedsAmount`, `InsufficientPoints`, and for `capture`
        what a capture raises.
        """
        paid = redeem, capture, capture_points
        sale = self._sale(member, card, amount, currency, lines, eligible, paid, enroll, referral)
        tried = attempt(key, occurred_at, receipt, source, offline=offline)
        return self._answer(self._core.purchase(sale, attempt=tried))

    def quote(
        self,
        member: Member | None = None,
        *,
        card: str | None = None,
        amount: Amount,
        currency: str | None = None,
        lines: Sequence[Line] | None = None,
        eligible: Amount | None = None,
        redeem: int | None = None,
        capture: Earlier | None = None,
        capture_points: int | None = None,
        enroll: Enroll = False,
        referral: Referral | None = None,
        offline: bool = False,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """What `purchase` would answer now, to the point; nothing is written, and `sequence` is 0.

        It takes what `purchase` takes but a key, and raises what it raises. A receipt that was used is not looked at.
        """
        paid = redeem, capture, capture_points
        sale = self._sale(member, card, amount, currency, lines, eligible, paid, enroll, referral)
        tried = attempt("", occurred_at, receipt, source, offline=offline)
        return self._answer(self._core.quote(sale, attempt=tried))

    def _sale(
        self,
        member: Member | None,
        card: str | None,
        amount: Amount,
        currency: str | None,
        lines: Sequence[Line] | None,
        eligible: Amount | None,
        paid: tuple[int | None, Earlier | None, int | None],
        enroll: Enroll,
        referral: Referral | None,
    ) -> _core.Sale:
        redeem, capture, capture_points = paid
        if redeem is not None and capture is not None:
            raise TypeError("pay with redeem= or with capture=, not both")
        if capture_points is not None and capture is None:
            raise TypeError("capture_points= says how much of capture=: give both, or neither")
        makes, joining = joining_parts("enroll", enroll)
        named = named_or_joining(member, card, joining)
        money = self._money("amount", amount, currency)
        return {
            "member": named,
            "amount": money,
            "lines": line_parts("lines", lines, money[1]),
            "eligible": None if eligible is None else minor_units("eligible", eligible, money[1]),
            "redeem": optional_whole("redeem", redeem),
            "capture": None if capture is None else earlier("capture", capture),
            "capture_points": optional_whole("capture_points", capture_points),
            "enroll": makes,
            "joining": joining,
            "referral": referral_parts("referral", referral),
        }
