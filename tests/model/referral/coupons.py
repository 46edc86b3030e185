"""Coupons and vouchers at the till: reserved, used and released over several entries."""

from datetime import datetime, timedelta
from typing import Any

from model.outcome import Outcome
from model.referral.codes import Coupon, normalised
from model.referral.conversions import Conversions
from model.referral.facts import Book
from model.transactions import Refused, Transaction

ACTIONS = ("reserve", "use", "release")
SHORTEST_RESERVATION = timedelta(seconds=1)
LONGEST_RESERVATION = timedelta(days=365)
ENDED = {"DISABLED": "CODE_DISABLED", "UNRECOVERED": "CODE_DISABLED"}
NOT_GOOD = {**ENDED, "EXPIRED": "CODE_EXPIRED", "PENDING": "CODE_PENDING"}


class CouponVerbs(Conversions):
    def change_coupon(
        self,
        program: str,
        code: str,
        member: str,
        action: str,
        *,
        ttl: timedelta | None = None,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        """Decides no claim: those who wait for the coupon look when something is told of them."""
        text = normalised(code)

        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            self.members.require(member)
            transaction.member = member
            self.members.require_open(member, to_spend=action != "release")
            coupon = self._coupon(book, text or "", member, action, now)
            if action == "reserve":
                refusal = coupon.reserve(member, now, None if ttl is None else now + ttl)
            elif action == "use":
                refusal = coupon.use(member, now)
            else:
                refusal = coupon.release(member, now)
            if refusal is not None:
                raise Refused(refusal)
            self._answer(transaction, member)

        wrong = "CODE_MISTYPED" if text is None else None
        if ttl is not None and not SHORTEST_RESERVATION <= ttl <= LONGEST_RESERVATION:
            wrong = "INVALID_TTL"
        if action not in ACTIONS or (ttl is not None and action != "reserve"):
            wrong = "FIELD_INVALID"
        content = {"program": program, "code": text, "member": member, "asked": (action, ttl)}
        return self._request("change_coupon", key, content, decide, wrong, **ticket)

    def _coupon(self, book: Book, text: str, member: str, action: str, now: datetime) -> Coupon:
        """What this member may change, unless it has ended, is over, or is not ready."""
        code, voucher = book.codes.get(text), book.vouchers.get(text)
        if voucher is not None and voucher.member == member:
            refusal = (ENDED if action == "release" else NOT_GOOD).get(voucher.state(now))
            coupon: Coupon | None = voucher.coupon
        else:
            refusal = None if code is None or action == "release" else code.refusal(now)
            coupon = None if code is None else code.coupon
        if coupon is None:
            raise Refused("UNKNOWN_CODE")
        if refusal is not None:
            raise Refused(refusal)
        return coupon
