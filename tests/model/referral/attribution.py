"""Who brought a friend: the candidates, the winner, and the edge, decided anew with every fact until grace is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from model.referral.codes import normalised
from model.referral.facts import Book, Claim, Referral, ReferralBy, Sale, Touch
from model.referral.fraud import DENIALS, denial_by_others, freezes_and_notes
from model.referral.rules import METHODS, ReferralRules
from model.transactions import Refused, Transaction
from model.verbs import Verbs

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.referral.facts import Conversion

LONGEST_TOKEN = 256


@dataclass(frozen=True)
class Found:
    """The touch that wins, or why none does."""

    touch: Touch | None
    reason: str | None = None


class Attribution(Verbs):
    if TYPE_CHECKING:
        books: dict[str, Book]
        sales: dict[str, Sale]
        fingerprints: dict[str, frozenset[str]]
        enrolled_at: dict[str, datetime | None]
        _take_back: Callable[[Referral, Conversion, datetime, Transaction], None]

    def _rules(self, book: Book) -> ReferralRules:
        return self.program.referral[book.name]

    def _book(self, program: str) -> Book:
        if program not in self.program.referral:
            raise Refused("UNKNOWN_PROGRAM")
        if program not in self.books:
            self.books[program] = Book(program)
        return self.books[program]

    def _claim(
        self, book: Book, friend: str, named: ReferralBy, identified_at: datetime, now: datetime, cause: Transaction
    ) -> str:
        """A friend says who brought them; the answer is a code, and the edge is decided as far as it can be."""
        referral = book.referrals.get(friend) or Referral(friend)
        claim = Claim(
            key=cause.key,
            friend=friend,
            code=None if named.code is None else normalised(named.code),
            token=named.token,
            fingerprints=frozenset(named.fingerprints),
            identified_at=identified_at,
            recorded_at=now,
            at_checkout=cause.verb == "purchase",
            came_late=self._is_closed(book, referral, now),
        )
        self.fingerprints[friend] = self.fingerprints.get(friend, frozenset()) | claim.fingerprints
        if referral.advocate is not None:
            return self._second_claim(book, claim, referral, now)
        referral.claim, referral.reason = claim, None
        book.referrals[friend] = referral
        self._decide_claim(book, referral, now, cause)
        if referral.is_bound:
            return "APPLIED"
        is_stub = claim.code is None and not self._touches_of(book, claim)
        return "PARKED" if is_stub else str(referral.reason)

    def _second_claim(self, book: Book, claim: Claim, referral: Referral, now: datetime) -> str:
        """One edge is enough: only what is denied for a stronger reason is told so."""
        found = self._winner(book, claim, now)
        if claim.code is not None and found.touch is None:
            return str(found.reason)
        if found.touch is not None:
            advocate, status = found.touch.advocate, self.members.status
            if status[advocate] != "active" or status[claim.friend] != "active":
                return "BLOCKED"
            if advocate == claim.friend and not claim.at_checkout:
                return "SELF"
        return "ALREADY_REFERRED"

    def _is_claim_open(self, book: Book, claim: Claim, now: datetime) -> bool:
        rules = self._rules(book)
        return now < rules.after(claim.recorded_at, rules.grace)

    def _is_closed(self, book: Book, referral: Referral, now: datetime) -> bool:
        """The friend bought, nobody was named, and grace is over."""
        rules = self._rules(book)
        if referral.advocate is not None or not rules.friend_must_be_new:
            return False
        if referral.claim is not None and self._is_claim_open(book, referral.claim, now):
            return False
        return any(now >= rules.after(sale.recorded_at, rules.grace) for sale in self._sales_of(referral.friend))

    def _sales_of(self, friend: str) -> list[Sale]:
        return [sale for sale in self.sales.values() if sale.friend == friend]

    def _all_touches_of(self, book: Book, claim: Claim) -> list[Touch]:
        """Those of the claim's token, and its code once that was found good."""
        typed = [] if claim.typed is None else [claim.typed]
        if claim.token is None:
            return typed
        return [*(touch for touch in book.touches if touch.token == claim.token), *typed]

    def _touches_of(self, book: Book, claim: Claim) -> list[Touch]:
        """Those that might win; a token of which only direct visits are known is as good as unknown."""
        return [touch for touch in self._all_touches_of(book, claim) if not touch.is_direct]

    def _winner(self, book: Book, claim: Claim, now: datetime) -> Found:
        """The best touch whose window covers the identification; a typed code is a touch at that very instant."""
        rules = self._rules(book)
        refused = None
        if claim.code is not None and claim.typed is None:
            code = book.codes.get(claim.code)
            refused = "UNKNOWN_CODE" if code is None else code.refusal(claim.identified_at, claim.friend, now)
            if code is not None and refused is None:
                claim.typed = Touch(claim.key, code.method, None, code, claim.identified_at)
        touches = self._touches_of(book, claim)
        live = [touch for touch in touches if self._covers(rules, touch, claim, now)]
        if live:
            latest = rules.attribution == "last"

            def rank(touch: Touch) -> tuple[object, ...]:
                age = claim.identified_at - touch.touched_at
                return (METHODS.index(touch.method), age if latest else -age, touch.key)

            return Found(min(live, key=rank))
        if refused is not None:
            return Found(None, refused)
        if not touches:
            return Found(None, "NO_ATTRIBUTION")
        covering = [touch for touch in touches if self._covers_time(rules, touch, claim)]
        if covering:
            return Found(None, "CODE_USED")
        came_before = any(touch.touched_at <= claim.identified_at for touch in touches)
        return Found(None, "WINDOW_EXPIRED" if came_before else "TOUCH_AFTER_IDENTIFICATION")

    def _covers(self, rules: ReferralRules, touch: Touch, claim: Claim, now: datetime) -> bool:
        coupon = touch.coupon
        if coupon is not None and coupon.validate(claim.friend, now) is not None:
            return False
        return self._covers_time(rules, touch, claim)

    def _covers_time(self, rules: ReferralRules, touch: Touch, claim: Claim) -> bool:
        ends_at = rules.after(touch.touched_at, rules.windows[touch.method])
        return touch.touched_at <= claim.identified_at < ends_at

    def _decide_edge(self, book: Book, referral: Referral, now: datetime, cause: Transaction) -> None:
        if referral.claim is not None and self._is_claim_open(book, referral.claim, now):
            self._decide_claim(book, referral, now, cause)

    def _decide_claim(self, book: Book, referral: Referral, now: datetime, cause: Transaction) -> None:
        claim = referral.claim
        if claim is None or referral.is_void or referral.is_moved:
            return
        if self.members.has_left(referral.friend):
            return
        found = self._winner(book, claim, now)
        reason = found.reason if found.touch is None else self._denial(book, claim, found.touch)
        self._decide_contacts(book, claim, found.touch, now)
        if found.touch is None or reason is not None:
            self._unbind(book, referral, now, cause)
            referral.reason = reason
            return
        if referral.touch is not None and found.touch.key == referral.touch.key:
            return
        self._unbind(book, referral, now, cause)
        self._bind(book, referral, found.touch, now)

    def _decide_contacts(self, book: Book, claim: Claim, winner: Touch | None, now: datetime) -> None:
        """With credit every touch is asked what the winner is asked, but a direct visit, which is nobody's."""
        rules, touches = self._rules(book), self._all_touches_of(book, claim)
        if rules.credit is None:
            claim.contacts = [] if winner is None else [winner]
            return
        covering = [touch for touch in touches if self._covers(rules, touch, claim, now)]
        claim.contacts = [
            touch
            for touch in sorted(covering, key=lambda touch: (touch.touched_at, touch.key))
            if touch.is_direct or self._denial(book, claim, touch) is None
        ]

    def _denial(self, book: Book, claim: Claim, touch: Touch) -> str | None:
        """Rules about others are asked once per touch; the friend's own past may still come to light."""
        rules, advocate = self._rules(book), touch.advocate
        if touch.key not in claim.verdicts:
            claim.verdicts[touch.key] = denial_by_others(rules, book, claim, advocate, self.members, self.fingerprints)
        found = [claim.verdicts[touch.key] or self._closes_circle(book, claim, touch)]
        if self._is_not_new(rules, claim, touch):
            found.append("NOT_NEW")
        return min((reason for reason in found if reason is not None), key=DENIALS.index, default=None)

    def _closes_circle(self, book: Book, claim: Claim, touch: Touch) -> str | None:
        """Edges of others that were made meanwhile may not close a circle: this is asked again."""
        if claim.friend not in book.ancestors(touch.advocate):
            return None
        return "CYCLE" if self._rules(book).graph == "any" else "HAS_REFERRALS"

    def _is_not_new(self, rules: ReferralRules, claim: Claim, touch: Touch) -> bool:
        bought = any(sale.occurred_at < touch.touched_at for sale in self._sales_of(claim.friend))
        if rules.friend_must_be_new and (claim.came_late or bought):
            return True
        joined = self.enrolled_at[claim.friend]
        return rules.friend_not_enrolled and (joined is None or joined < touch.touched_at)

    def _bind(self, book: Book, referral: Referral, touch: Touch, now: datetime) -> None:
        claim, advocate = referral.claim, touch.advocate
        assert claim is not None
        found = freezes_and_notes(self._rules(book), book, referral, advocate, self.fingerprints, now)
        referral.notes = found
        referral.is_frozen = "frozen" in found.values()
        referral.advocate, referral.touch, referral.reason = advocate, touch, None
        referral.bound_at = claim.identified_at
        if touch.coupon is not None:
            touch.coupon.bind(claim.friend)

    def _unbind(self, book: Book, referral: Referral, now: datetime, cause: Transaction) -> None:
        """As if the edge had never been: other facts decide now."""
        if referral.advocate is None:
            return
        for conversion in referral.conversions:
            self._take_back(referral, conversion, now, cause)
        referral.conversions = []
        if referral.touch is not None and referral.touch.coupon is not None:
            referral.touch.coupon.unbind()
        referral.advocate = referral.touch = referral.bound_at = None
        referral.is_frozen = referral.was_released = False
        referral.notes = {}
