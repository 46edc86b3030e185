"""Questions about referrals: how one stands and why, whom an advocate brought, who is above and below."""

from dataclasses import dataclass, replace
from datetime import datetime

from model.referral.codes import Code, CouponState, normalised
from model.referral.conversions import Conversions
from model.referral.facts import Book, Conversion, Referral, Reward, Touch
from model.referral.vouchers import Voucher

WAITING_FOR = {"FROZEN": "REVIEW", "PENDING": "HOLD", "WAITING": "CLOSE"}
NOTHING_LEFT = ("CAP_LIMITED", "CANCELLED", "CLAWED")

TEXTS = {
    "en": {
        "UNBOUND": "{friend} is bound to nobody: {open}.",
        "BOUND": "{friend} was brought by {advocate}. Progress: {progress}.",
        "open": " Open: {open}.",
        "reward": " {role} {member}: {points} points, {state}.",
    },
    "de": {
        "UNBOUND": "{friend} ist niemandem zugeordnet: {open}.",
        "BOUND": "{friend} wurde von {advocate} geworben. Stand: {progress}.",
        "open": " Offen: {open}.",
        "reward": " {role} {member}: {points} Punkte, {state}.",
    },
}


@dataclass(frozen=True)
class VoucherView:
    code: str
    label: str
    state: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class RewardView:
    role: str
    member: str
    points: int
    state: str
    reason: str | None = None
    voucher: VoucherView | None = None


@dataclass(frozen=True)
class CodeView:
    """What a till asks before it takes a code: what it is, whose, who has it, and until when."""

    kind: str
    member: str
    state: str
    holder: str | None = None
    label: str | None = None
    expires_at: datetime | None = None
    reserved_until: datetime | None = None


@dataclass(frozen=True)
class ReferralView:
    """How the referral of one friend stands; `open` is the condition that is still to be met, or why nothing is."""

    edge: str
    advocate: str | None
    progress: str | None
    rewards: tuple[RewardView, ...]
    open: str | None
    touches: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


class ReferralReads(Conversions):
    def referral(self, program: str, friend: str) -> ReferralView:
        now = self.advance()  # type: ignore[attr-defined]
        book = self._readable(program)
        referral = book.referrals.get(friend) or Referral(friend)
        in_order = sorted(referral.conversions, key=lambda one: (one.event.occurred_at, one.event.key))
        rewards = tuple(self._reward_view(reward, now) for one in in_order for reward in one.rewards)
        edge, progress = self._edge_state(book, referral, now), self._progress(book, referral, now)
        return ReferralView(
            edge=edge,
            advocate=None if referral.advocate is None else self.members.told(referral.advocate),
            progress=progress,
            rewards=rewards,
            open=self._open(book, referral, rewards, progress, now),
            touches=() if self.members.is_erased(friend) else tuple(self._touch_states(book, referral, now)),
            notes=tuple(sorted(referral.notes.items())),
        )

    def explain_referral(self, program: str, friend: str, language: str = "en") -> str:
        view, texts, name = self.referral(program, friend), TEXTS[language], self.members.told(friend)
        named = {"friend": name, "advocate": view.advocate, "progress": view.progress, "open": view.open}
        if view.advocate is None:
            return texts["UNBOUND"].format(**named)
        rows = "".join(texts["reward"].format(**vars(one)) for one in view.rewards)
        return texts["BOUND"].format(**named) + (texts["open"].format(**named) if view.open else "") + rows

    def referral_code(self, program: str, code: str) -> CodeView | None:
        now, text = self.advance(), normalised(code) or ""  # type: ignore[attr-defined]
        book = self._readable(program)
        if text in book.vouchers:
            view = _voucher_view(book.vouchers[text], now)
        elif text in book.codes:
            view = _code_view(book.codes[text], now)
        else:
            return None
        holder = None if view.holder is None else self.members.told(view.holder)
        return replace(view, member=self.members.told(view.member), holder=holder)

    def referrals(self, program: str, advocate: str) -> list[str]:
        """Whom an advocate brought or shares the credit for, in the order of enrolment."""
        book = self._readable(program)
        friends = {*book.friends_of(advocate), *book.shared_with(advocate)}
        return [self.members.told(member) for member in self.members.status if member in friends]

    def referral_tree(
        self, program: str, member: str, *, up: bool = False, down: bool = True, depth: int | None = None
    ) -> list[tuple[int, str]]:
        """Those above with negative levels, those below with positive ones; levels, then names, in order."""
        book = self._readable(program)
        found = [(-level, name) for level, name in enumerate(book.ancestors(member), 1)] if up else []
        layer, level = [member], 0
        while down and layer:
            level += 1
            layer = [friend for one in layer for friend in book.friends_of(one)]
            found += [(level, friend) for friend in layer]
        told = [(level, self.members.told(name)) for level, name in found]
        return sorted(one for one in told if depth is None or abs(one[0]) <= depth)

    def _reward_view(self, reward: Reward, now: datetime) -> RewardView:
        state = self.reward_state(reward, now)
        reason = "CAP_REACHED" if state == "CAP_LIMITED" else None
        points, given = 0 if state in NOTHING_LEFT else reward.kept, reward.voucher
        voucher = None if given is None else VoucherView(given.code, given.label, given.state(now), given.expires_at)
        return RewardView(reward.role, self.members.told(reward.member), points, state, reason, voucher)

    def _readable(self, program: str) -> Book:
        return self.books.get(program) or Book(program)

    def _edge_state(self, book: Book, referral: Referral, now: datetime) -> str:
        if referral.is_void:
            return "VOID"
        if referral.advocate is not None:
            if self.members.is_erased(referral.friend) or self.members.is_erased(referral.advocate):
                return "ANONYMISED"
            return "MOVED" if referral.is_moved else "BOUND"
        return "CLOSED" if self._is_closed(book, referral, now) else "UNBOUND"

    def _progress(self, book: Book, referral: Referral, now: datetime) -> str | None:
        if referral.advocate is None:
            return None
        if referral.is_void:
            return "REVERSED" if referral.conversions else "DISQUALIFIED(DENIED)"
        if not referral.conversions:
            return self._unfulfilled(book, referral, now)
        states = [self._conversion_state(one, now) for one in referral.conversions]
        return next(state for state in ("QUALIFIED", "SETTLED", "REVERSED") if state in states)

    def _unfulfilled(self, book: Book, referral: Referral, now: datetime) -> str:
        rules = self._rules(book)
        assert referral.bound_at is not None
        if now >= rules.after(rules.after(referral.bound_at, rules.deadline), rules.grace):
            return "EXPIRED"
        done = self._steps_done(rules, book, referral)
        is_open = "first_purchase" in rules.step_names and "first_purchase" not in done
        missed = rules.very_first_only and is_open and self._counted_sales(rules, referral)
        if missed and len(rules.steps) - 1 < rules.needs:
            return "DISQUALIFIED(BELOW_MINIMUM)"
        return f"IN_PROGRESS({len(done)}/{rules.needs})" if done else "ATTRIBUTED"

    def _conversion_state(self, conversion: Conversion, now: datetime) -> str:
        if self.is_reversed(conversion):
            return "REVERSED"
        waiting = any(self.reward_state(reward, now) in WAITING_FOR for reward in conversion.rewards)
        return "QUALIFIED" if waiting else "SETTLED"

    def _open(
        self, book: Book, referral: Referral, rewards: tuple[RewardView, ...], progress: str | None, now: datetime
    ) -> str | None:
        if referral.claim is None:
            return "NO_ATTRIBUTION"
        if referral.advocate is None:
            is_stub = referral.claim.code is None and not self._touches_of(book, referral.claim)
            return "TOUCH" if is_stub and self._is_claim_open(book, referral.claim, now) else referral.reason
        if referral.is_void:
            return referral.reason
        if not referral.conversions:
            if progress is not None and not progress.startswith(("ATTRIBUTED", "IN_PROGRESS")):
                return None
            done = self._steps_done(self._rules(book), book, referral)
            return ",".join(name for name in self._rules(book).step_names if name not in done)
        states = {reward.state for reward in rewards}
        return next((condition for state, condition in WAITING_FOR.items() if state in states), None)

    def _touch_states(self, book: Book, referral: Referral, now: datetime) -> list[tuple[str, str]]:
        """Every touch of the friend's token by its key; a token that no touch has named is a stub."""
        claim = referral.claim
        if claim is None:
            return []
        is_open = self._is_claim_open(book, claim, now)
        touches = self._all_touches_of(book, claim)
        if not touches:
            return [(claim.key, "STUB" if is_open else "ORPHANED")]

        def state(touch: Touch) -> str:
            if referral.touch is not None and touch.key == referral.touch.key:
                return "WON"
            return "CANDIDATE" if is_open and referral.advocate is None else "LOST"

        return sorted((touch.key, state(touch)) for touch in touches)


def _voucher_view(voucher: Voucher, now: datetime) -> CodeView:
    state = voucher.state(now)
    holder = voucher.member if state in ("RESERVED", "REDEEMED", "UNRECOVERED") else None
    until = voucher.coupon.reserved_until if state == "RESERVED" else None
    return CodeView("VOUCHER", voucher.member, state, holder, voucher.label, voucher.expires_at, until)


def _code_view(code: Code, now: datetime) -> CodeView:
    """A used coupon stays used; for the rest what is told of a code comes before who has reserved it."""
    coupon, refusal = code.coupon, code.refusal(now)
    has = CouponState.OPEN if coupon is None else coupon.state_at(now)
    if refusal is not None and has is not CouponState.USED:
        return CodeView(_kind(code), code.member, refusal.removeprefix("CODE_"), expires_at=code.expires_at)
    holder = None if coupon is None else coupon.holder(now)
    until = coupon.reserved_until if coupon is not None and has is CouponState.RESERVED else None
    return CodeView(_kind(code), code.member, has.name, holder, None, code.expires_at, until)


def _kind(code: Code) -> str:
    return "CODE" if code.coupon is None else "COUPON"
