"""One friend's way, step by step: several touches, a claim, what qualifies, and then what changes it within grace."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from model.referral.facts import Referral
from model.referral.rules import PURCHASE_STEPS
from simulation.history import Request

if TYPE_CHECKING:
    from simulation.referrals import ReferralAuthor

MOST_TOUCHES = 4
MINUTE = timedelta(minutes=1)


class Journeys:
    """Asks for what some friend would do next."""

    def __init__(self, author: ReferralAuthor) -> None:
        self.author, self.random = author, author.random

    def request(self) -> Request:
        name = self.random.choice(self.author.programs)
        friend = self._friend(name)
        referral = self.author.book(name).referrals.get(friend)
        if referral is None or referral.claim is None or not referral.is_bound:
            return self._towards_a_claim(name, friend)
        if not referral.conversions:
            return self._towards_the_event(name, referral)
        if not self._is_claim_open(name, referral):
            return self._towards_the_event(name, referral)
        ready = [one.voucher for conversion in referral.conversions for one in conversion.rewards if one.voucher]
        ready = [one for one in ready if one.state(self.author.model.now()) == "AVAILABLE"]
        if ready and self.random.random() < 0.6:
            one = self.random.choice(ready)
            return Request("change_coupon", (name, one.code, one.member), self.author.keyed(action="use"))
        if self.random.random() < 0.7 and referral.claim.token is not None:
            won, claimed_at = referral.touch, referral.claim.identified_at
            between = (
                None if won is None else won.touched_at + (claimed_at - won.touched_at) / self.random.choice([1, 2, 9])
            )
            return self._touch(
                name, friend, referral.claim.token, self.random.choice([claimed_at, between or claimed_at])
            )
        return self._towards_the_event(name, referral, before=referral.conversions[0].event.occurred_at)

    def _friend(self, name: str) -> str:
        """Often somebody whose event may still be decided anew; else who is bound, or has not bought."""
        ledger, known = self.author.model.ledger, self.author.book(name).referrals
        open_ones = [one for one in known.values() if one.conversions and self._is_claim_open(name, one)]
        if open_ones and self.random.random() < 0.5:
            return self.random.choice(open_ones).friend
        bought = {sale.friend for sale in ledger.sales.values()}
        active = [one for one, status in ledger.members.status.items() if status == "active"]
        some = [one for one in active if one not in bought or (one in known and known[one].is_bound)]
        return self.random.choice((some or active or ["nobody"])[:5])

    def _is_claim_open(self, name: str, referral: Referral) -> bool:
        rules, claim = self.author.model.ledger.program.referral[name], referral.claim
        return claim is not None and self.author.model.now() < rules.after(claim.recorded_at, rules.grace)

    def _towards_a_claim(self, name: str, friend: str) -> Request:
        """Touches that are still good, then the claim; after a claim that bound nobody, touches from before it."""
        token, now = f"t-{friend}", self.author.model.now()
        book, rules = self.author.book(name), self.author.model.ledger.program.referral[name]
        referral = book.referrals.get(friend)
        claim = None if referral is None else referral.claim
        if referral is not None and claim is not None and claim.token and self._is_claim_open(name, referral):
            return self._touch(name, friend, claim.token, claim.identified_at)
        good = [one for one in book.touches if one.token == token and not one.is_direct]
        good = [one for one in good if now < rules.after(one.touched_at, rules.windows[one.method])]
        if len(good) < self.random.randrange(1, MOST_TOUCHES):
            return self._touch(name, friend, token, now)
        rest: dict[str, Any] = {"token": token}
        if self.random.random() < 0.3:
            # So long ago that what follows at once is there at once.
            rest["occurred_at"] = now - (rules.after(now, rules.hold) - now)
        return Request("bind_referral", (name, friend), self.author.keyed(**rest))

    def _touch(self, name: str, friend: str, token: str, before: datetime) -> Request:
        """Not long before, and mostly of somebody else."""
        method = self.random.choice(["click", "click", "click", "invite", "direct"])
        touched = before - self.random.choice([0, 0, 0, 1, 10, 60, self.random.randrange(1000)]) * MINUTE
        rest: dict[str, Any] = {"method": method, "token": token, "touched_at": touched}
        if method != "direct":
            codes, now = self.author.book(name).codes.items(), self.author.model.now()
            others = [text for text, one in codes if one.member != friend and one.refusal(now) is None]
            rest["code"] = self.random.choice(others) if others else self.author.code(name)
        return Request("record_touch", (name,), self.author.keyed(**rest))

    def _towards_the_event(self, name: str, referral: Referral, before: datetime | None = None) -> Request:
        """A step or a sale: now, or right after the claim."""
        step = self.random.choice(self.author.model.ledger.program.referral[name].steps)
        now, bound_at = self.author.model.now(), referral.bound_at
        assert bound_at is not None
        occurred = self.random.choice([now, bound_at]) if before is None else bound_at + (before - bound_at) / 2
        rest = self.author.keyed(occurred_at=occurred)
        if step.name in PURCHASE_STEPS:
            amount = step.minimum + self.random.choice([0, 0, 1000, 5000])
            return Request("purchase", (referral.friend,), {"amount": amount, "currency": "EUR", **rest})
        return Request("record_step", (name, referral.friend, step.name), rest)
