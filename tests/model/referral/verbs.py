"""The verbs of referrals, and what sign-ups, sales, returns and the passing of time mean to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from model.clock import require_aware
from model.local_time import instant_of
from model.outcome import Outcome
from model.referral.attribution import LONGEST_TOKEN
from model.referral.codes import Code, Coupon, derived, normalised
from model.referral.coupons import CouponVerbs
from model.referral.facts import Book, Referral, ReferralBy, Refund, Sale, StepDone, Touch
from model.referral.moves import Moves, wrong_move
from model.referral.rules import METHODS, PURCHASE_STEPS
from model.transactions import Part, Refused, Transaction
from model.verbs import aware, wrong_reason


@dataclass(frozen=True)
class ReferralCode:
    """A code, and the answer to the request that asked for it; without a code it was refused."""

    code: str | None
    answer: Outcome


class ReferralVerbs(CouponVerbs, Moves):
    def issue_code(
        self,
        program: str,
        member: str,
        *,
        code: str | None = None,
        single_use: bool = False,
        expires_at: datetime | None = None,
        key: str,
        **ticket: Any,
    ) -> ReferralCode:
        ends, issued = aware(expires_at), None if code is None else normalised(code)

        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            self._require_member(transaction, member)
            if issued is not None and (issued in book.codes or issued in book.vouchers):
                raise Refused("CODE_TAKEN")
            text = issued or self._fresh_code(book, key)
            book.codes[text] = Code(text, member, ends, coupon=Coupon() if single_use else None)
            self._answer(transaction, member)
            transaction.outcome = replace(transaction.outcome, referral_code=text)
            for referral in list(book.referrals.values()):
                if referral.claim is not None and referral.claim.code == text:
                    self._look_again(book, referral.friend, now, transaction)

        wrong = "CODE_MISTYPED" if code is not None and issued is None else None
        content = {"program": program, "member": member, "code": issued, "single": single_use, "ends": ends}
        outcome = self._request("issue_code", key, content, decide, wrong, **ticket)
        return ReferralCode(outcome.referral_code, outcome)

    def disable_code(self, program: str, code: str, *, reason: str, actor: str, key: str, **ticket: Any) -> Outcome:
        text = normalised(code)

        def decide(transaction: Transaction, now: datetime) -> None:
            found = self._book(program).codes.get(text or "")
            if found is None:
                raise Refused("UNKNOWN_CODE")
            transaction.member = found.member
            found.disabled_at = now if found.disabled_at is None else found.disabled_at
            self._answer(transaction, found.member)

        wrong = wrong_reason(reason, actor) or ("CODE_MISTYPED" if text is None else None)
        content = {"program": program, "code": text, "why": (reason, actor)}
        return self._request("disable_code", key, content, decide, wrong, **ticket)

    def record_touch(
        self,
        program: str,
        *,
        method: str,
        token: str | None = None,
        code: str | None = None,
        touched_at: datetime,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        touched, text, is_direct = require_aware(touched_at), normalised(code or ""), method == "direct"

        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            self._require_not_ahead(touched, now)
            found = None if is_direct else book.codes.get(text or "")
            if found is None and not is_direct:
                raise Refused("UNKNOWN_CODE")
            refusal = None if found is None else found.refusal(touched)
            if refusal is not None:
                raise Refused(refusal)
            claimed_by = [
                one for one in book.referrals.values() if one.claim is not None and token == one.claim.token is not None
            ]
            if claimed_by and not any(self._may_still_join(book, one, now) for one in claimed_by):
                raise Refused("NO_ATTRIBUTION")
            book.touches.append(Touch(key, method, token, found, touched))
            for referral in claimed_by:
                self._look_again(book, referral.friend, now, transaction)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        wrong = _wrong_token(token) or ("CODE_MISTYPED" if text is None and not is_direct else None)
        if method not in METHODS or (is_direct and (code is not None or token is None)):
            wrong = "FIELD_INVALID"
        content = {"program": program, "method": method, "token": token, "code": text, "touched_at": touched}
        return self._request("record_touch", key, content, decide, wrong, **ticket)

    def bind_referral(
        self,
        program: str,
        friend: str,
        *,
        code: str | None = None,
        token: str | None = None,
        fingerprints: Sequence[str] = (),
        key: str,
        occurred_at: datetime | None = None,
        **ticket: Any,
    ) -> Outcome:
        named = ReferralBy(code, token, tuple(fingerprints), program)

        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            self._require_member(transaction, friend)
            answered = self._claim(book, friend, named, self._occurred(occurred_at, now), now, transaction)
            if answered in ("APPLIED", "PARKED"):
                self._look_again(book, friend, now, transaction)
            self._answer(transaction, friend, code=answered)

        wrong = _wrong_naming(named)
        if code is None and token is None:
            wrong = wrong or "FIELD_INVALID"
        content = {"program": program, "friend": friend, "named": _content(named)}
        return self._request("bind_referral", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def record_step(
        self, program: str, friend: str, step: str, *, key: str, occurred_at: datetime | None = None, **ticket: Any
    ) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            book, occurred = self._book(program), self._occurred(occurred_at, now)
            if step in PURCHASE_STEPS or step not in self._rules(book).step_names:
                raise Refused("UNKNOWN_STEP")
            self._require_member(transaction, friend)
            referral = book.referrals.get(friend)
            if referral is not None and referral.is_void:
                raise Refused("NO_ATTRIBUTION")
            book.steps.append(StepDone(key, friend, step, occurred, now))
            self._look_again(book, friend, now, transaction)
            is_bound = friend in book.referrals and book.referrals[friend].is_bound
            self._answer(transaction, friend)
            if not is_bound:
                transaction.outcome = replace(transaction.outcome, code="PARKED")

        content = {"program": program, "friend": friend, "step": step}
        return self._request("record_step", key, content, decide, occurred_at=occurred_at, **ticket)

    def review_referral(
        self,
        program: str,
        friend: str,
        decision: str,
        reason: str,
        actor: str,
        *,
        to: str | None = None,
        approved_by: str | None = None,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            self.members.require(friend)
            transaction.member = friend
            referral = book.referrals.get(friend)
            if referral is None or not referral.is_bound:
                raise Refused("NO_ATTRIBUTION")
            if to is not None:
                self._require_movable(book, referral, to)
                self._move_edge(book, referral, to, now, transaction)
            else:
                self._review(book, referral, decision, now, transaction)
            self._answer(transaction, friend)

        misplaced = wrong_move(decision, actor, to, approved_by)
        wrong = wrong_reason(reason, actor) or misplaced
        if decision not in ("freeze", "release", "deny", "move") or misplaced == "FIELD_INVALID":
            wrong = "FIELD_INVALID"
        why = (reason, actor, to, approved_by)
        content = {"program": program, "friend": friend, "decision": decision, "why": why}
        return self._request("review_referral", key, content, decide, wrong, **ticket)

    def dispute(
        self, original: object, *, outcome: str, key: str, occurred_at: datetime | None = None, **ticket: Any
    ) -> Outcome:
        """Lost: the whole sale is taken back as a chargeback. Won: what that took is given back."""

        def decide(transaction: Transaction, now: datetime) -> None:
            transaction.part = Part()
            transaction.shortfall = "debt" if self.program.shortfall == "block" else self.program.shortfall
            transaction.restore = self.program.restore
            try:
                sale = self._find(original)
            except Refused:
                if outcome == "won":
                    raise
                self._park(transaction, original)  # type: ignore[attr-defined]
                return
            if sale.verb != "purchase":
                raise Refused("NOT_REVERSIBLE")
            transaction.member, transaction.wallet = sale.member, sale.wallet
            ledger: Any = self
            if outcome == "lost":
                ledger._undo(transaction, sale, now)
                return
            lost = [one for one in self.transactions if one.verb == "dispute" and one.original is sale]
            standing = [one for one in lost if not one.is_undone]
            if not standing:
                raise Refused("NOT_DISPUTED")
            ledger._undo_reversal(transaction, standing[0], now)

        wrong = None if outcome in ("lost", "won") else "FIELD_INVALID"
        content = {"original": self._named(original), "outcome": outcome}
        return self._request("dispute", key, content, decide, wrong, occurred_at=occurred_at, **ticket)

    def close_period(self, program: str, month: str, *, key: str, **ticket: Any) -> Outcome:
        """Lets go what waits for the close and whose hold ended in the month or before; `awarded` is its sum."""

        def decide(transaction: Transaction, now: datetime) -> None:
            book = self._book(program)
            first = date.fromisoformat(f"{month}-01")
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            ends_at = instant_of(datetime.combine(following, datetime.min.time()), self._rules(book).zone)
            if now < ends_at:
                raise Refused("PERIOD_NOT_OVER")
            points = count = 0
            if month not in book.closed_months:
                for _, conversion, reward in book.rewards():
                    is_waiting = conversion.rules.vest == "at_close" and reward.ended is None
                    if is_waiting and reward.frozen_until is None and reward.hold_ends_at < ends_at:
                        vested, has_vested = self._vest_at_close(reward, now)
                        points, count = points + vested, count + has_vested
            book.closed_months = book.closed_months | {month}
            transaction.outcome = Outcome("APPLIED", points, sequence=transaction.sequence, vested=count)

        wrong = None if _is_month(month) else "FIELD_INVALID"
        return self._request("close_period", key, {"program": program, "month": month}, decide, wrong, **ticket)

    def claim_in_passing(
        self, named: ReferralBy | None, friend: str, identified_at: datetime, now: datetime, cause: Transaction
    ) -> str | None:
        """A sign-up or sale tells who brought the friend: whatever the answer, the rest is applied."""
        if named is None:
            return None
        self.fingerprints[friend] = self.fingerprints.get(friend, frozenset()) | frozenset(named.fingerprints)
        if named.code is None and named.token is None:
            return None
        wrong = _wrong_naming(named)
        if wrong is not None:
            return wrong
        programs = [named.program] if named.program is not None else list(self.program.referral)
        if len(programs) != 1 or programs[0] not in self.program.referral:
            return "UNKNOWN_PROGRAM"
        self._note_joined(now)
        book = self._book(str(programs[0]))
        answered = self._claim(book, friend, named, identified_at, now, cause)
        self._look_again(book, friend, now, cause)
        return answered

    def notice(self, transaction: Transaction, parked: Sequence[Transaction], now: datetime) -> None:
        """What an applied entry means to referrals."""
        self._note_joined(now)
        if transaction.verb == "purchase":
            sale = self._noticed_sale(transaction, now)
            for one in parked:
                self._notice_refund(sale, one, one.undid)
        elif transaction.verb in ("reverse", "dispute"):
            sold = transaction.original
            if sold is not None and sold.verb == "purchase":
                self._notice_refund(self.sales[sold.key], transaction, transaction.undid)
            elif transaction.undoes_reversal:
                self._notice_undone()
        for book in self.books.values():
            for friend in self._friends_concerned(transaction):
                self._look_again(book, friend, now, transaction)

    def _note_joined(self, now: datetime) -> None:
        """When members joined is kept from the moment at which a program asks for it."""
        is_asked = any(rules.friend_not_enrolled for rules in self.program.referral.values())
        for member in self.members.status:
            self.enrolled_at.setdefault(member, now if is_asked else None)

    def notice_undone_sale(self, transaction: Transaction, now: datetime) -> None:
        """A sale that was undone before it came is refused; that it happened is a fact all the same.

        Whoever would have joined with it has not joined, and nothing is known of nobody.
        """
        if transaction.member not in self.members.status:
            return
        sale = self._noticed_sale(transaction, now)
        sale.amount, sale.never_stood = int(str(transaction.content["total"])), True
        for book in self.books.values():
            self._look_again(book, sale.friend, now, transaction)

    def _noticed_sale(self, transaction: Transaction, now: datetime) -> Sale:
        occurred = transaction.occurred or now
        sale = Sale(transaction.key, str(transaction.member), transaction.total, occurred, now)
        self.sales[sale.key] = sale
        return sale

    def _notice_refund(self, sale: Sale, source: Transaction, amount: int) -> None:
        occurred = source.occurred or source.recorded_at
        assert occurred is not None
        sale.log = [*sale.log, (Refund(source, amount, occurred, source.verb == "dispute"), 1)]

    def _notice_undone(self) -> None:
        for sale in self.sales.values():
            undone = [refund for refund, sign in sale.log if sign < 0]
            fresh = [one for one, sign in sale.log if sign > 0 and one.source.is_undone and one not in undone]
            sale.log = [*sale.log, *((refund, -1) for refund in fresh)]

    def _friends_concerned(self, transaction: Transaction) -> list[str]:
        """Only the friend's own purchases and what undoes them may change anything; other verbs look for themselves."""
        is_told = transaction.verb in ("purchase", "reverse", "dispute")
        return [transaction.member] if is_told and transaction.member is not None else []

    def _review(self, book: Book, referral: Referral, decision: str, now: datetime, cause: Transaction) -> None:
        referral.is_frozen = decision == "freeze"
        referral.was_released = decision == "release"
        if decision == "deny":
            referral.is_void, referral.reason = True, "DENIED"
        for conversion in referral.conversions:
            if decision == "deny":
                self._cancel(conversion, now, cause)
            for reward in conversion.rewards:
                if reward.ended is not None or decision == "deny":
                    continue
                if decision == "freeze":
                    self._freeze(conversion.rules, reward, now)
                elif reward.frozen_until is not None:
                    self._thaw(conversion.rules, reward, now)

    def _may_still_join(self, book: Book, referral: Referral, now: datetime) -> bool:
        """A touch that comes too late for a friend who is bound is one that lost, not an orphan."""
        assert referral.claim is not None
        return referral.advocate is not None or self._is_claim_open(book, referral.claim, now)

    def _fresh_code(self, book: Book, key: str) -> str:
        attempt = 0
        known = {*book.codes, *book.vouchers}
        while (text := derived(book.name, key, attempt)) in known or text.isdigit():
            attempt += 1
        return text

    def _require_member(self, transaction: Transaction, member: str) -> None:
        self.members.require(member)
        transaction.member = member
        self.members.require_open(member)

    def _require_not_ahead(self, touched_at: datetime, now: datetime) -> None:
        try:
            self._occurred(touched_at, now)
        except Refused as refused:
            raise Refused("TOUCH_IN_FUTURE") from refused


def naming(named: ReferralBy | None) -> ReferralBy | None:
    """What of a naming counts as the request's content."""
    return None if named is None else _content(named)


def _content(named: ReferralBy) -> ReferralBy:
    code = None if named.code is None else normalised(named.code) or named.code
    return replace(named, code=code, fingerprints=tuple(sorted(named.fingerprints)))


def _wrong_naming(named: ReferralBy) -> str | None:
    if named.code is not None and normalised(named.code) is None:
        return "CODE_MISTYPED"
    return _wrong_token(named.token)


def _wrong_token(token: str | None) -> str | None:
    return "TOKEN_TOO_LONG" if token is not None and len(token.encode()) > LONGEST_TOKEN else None


def _is_month(text: str) -> bool:
    try:
        datetime.fromisoformat(f"{text}-01").replace(tzinfo=UTC)
    except ValueError:
        return False
    return len(text) == len("2026-03")
