"""Who brought whom: codes, touches, sign-ups, steps, reviews, disputes and closed months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

from loyalty_ledger import errors
from loyalty_ledger.arguments import flag, optional_text, text
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.naming import Member, member_name
from loyalty_ledger.references import Earlier, earlier
from loyalty_ledger.referral import named
from loyalty_ledger.results import Answer, ReferralCode
from loyalty_ledger.times import to_micros, to_optional_micros, ttl_micros
from loyalty_ledger.verbs.door import Door, attempt

TouchMethod: TypeAlias = Literal["click", "code", "coupon", "invite", "direct"]
"""How somebody was reached."""
CouponAction: TypeAlias = Literal["reserve", "use", "release"]
"""What a till does with a coupon."""
ReviewDecision: TypeAlias = Literal["freeze", "release", "deny", "move"]
"""What a person decides on a referral."""
DisputeOutcome: TypeAlias = Literal["lost", "won"]
"""What became of a chargeback."""


class ReferralVerbs(Door):
    """Referrals of the program's tables `[referral.<name>]`; `program` names one of them (else `UnknownProgram`)."""

    def issue_code(
        self,
        program: str,
        member: Member,
        *,
        code: str | None = None,
        single_use: bool = False,
        expires_at: datetime | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> ReferralCode:
        """Gives an advocate a code to hand on: eight letters and a check letter that follow from the key.

        Or a `code` of one's own choice, 1 to 32 letters and digits (case, spaces and hyphens do not count); raises
        `CodeTaken` if it was issued before, `CodeMistyped` if it cannot be one. A `single_use` code brings one friend.
        From `expires_at` on it no longer works. The same key gets the same code again.
        """
        raw = self._core.issue_code(
            text("program", program),
            member_name("member", member),
            code=optional_text("code", code),
            single_use=flag("single_use", single_use),
            expires_at=to_optional_micros("expires_at", expires_at),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        answer = self._answer(raw)
        return ReferralCode(answer.referral_code or "", answer)

    def disable_code(
        self,
        program: str,
        code: str,
        *,
        reason: str,
        actor: str,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Ends a code: from now on touches and sign-ups with it raise `CodeDisabled`. What it brought stays.

        Raises `UnknownCode` if nobody issued it.
        """
        why = {"reason": text("reason", reason), "actor": text("actor", actor)}
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.disable_code(text("program", program), text("code", code), **why, attempt=tried))

    def change_coupon(
        self,
        program: str,
        code: str,
        member: Member,
        *,
        action: CouponAction,
        ttl: timedelta | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Reserves a coupon or voucher for a member ("reserve"), uses it ("use"), or gives it free ("release").

        A reservation ends `ttl` from now, 1 second to 365 days (else `InvalidTtl`), or stays until the coupon is used
        or given free; reserved again, it has the new end. Nobody is bound by it. Raises `UnknownCode` if there is no
        such coupon, `CodeDisabled` or `CodeExpired` if it does not work any more, `CodeUsed` if it was used, or if
        somebody else has it. What a friend was bound by is not given free. A voucher is its member's alone (else
        `UnknownCode`), raises `CodePending` until it is ready, and `CodeDisabled` once its reward was taken back.
        """
        raw = self._core.change_coupon(
            text("program", program),
            text("code", code),
            member_name("member", member),
            action=_word("action", action, get_args(CouponAction)),
            ttl_micros=ttl_micros("ttl", ttl),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def record_touch(
        self,
        program: str,
        *,
        method: TouchMethod,
        token: str | None = None,
        code: str | None = None,
        touched_at: datetime,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Tells that somebody was reached by a code: "click", "code", "coupon" or "invite".

        A visit that came by itself is "direct": it has a `token` and no `code`, and a part in what several share.

        `token` is what a later sign-up names: 1 to 256 bytes without meaning to the ledger (else `TokenTooLong`);
        without one the touch is counted and joins nobody. It may come after the sign-up that it explains, as long as
        that is not longer ago than the program's grace (then `NoAttribution`). Raises `UnknownCode`, `CodeDisabled` or
        `CodeExpired` if the code did not work at `touched_at`, and `TouchInFuture` if that lies ahead.
        """
        raw = self._core.record_touch(
            text("program", program),
            method=_word("method", method, get_args(TouchMethod)),
            token=optional_text("token", token),
            code=optional_text("code", code),
            touched_at=to_micros("touched_at", touched_at),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def bind_referral(
        self,
        program: str,
        friend: Member,
        *,
        code: str | None = None,
        token: str | None = None,
        fingerprints: Sequence[str] = (),
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Names who brought a member, by the `code` that was typed, the `token` of touches, or both.

        The answer is `PARKED` if no touch of the token has arrived yet. Whatever is refused may still bind while grace
        lasts, once the code is issued or a touch arrives. Each refusal has one reason: `UnknownCode`, `CodeDisabled`,
        `CodeExpired`, `CodeUsed`, `NoAttribution`, `WindowExpired`, `TouchAfterIdentification`, `Blocked`, `Self`,
        `AlreadyReferred`, `NotNew`, `Returning`, `OwnCode`, `SameIdentity`, `Cycle`, `HasReferrals` or `Depth`.

        `fingerprints` are at most 32 keyed hashes, each `kind:value`, as of `Referral`.
        """
        parts = named("", text("program", program), code, token, fingerprints)
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.bind_referral(member_name("friend", friend), parts, attempt=tried))

    def record_step(
        self,
        program: str,
        friend: Member,
        step: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Tells that a friend did what counts and is no purchase, such as "newsletter" or "event:<name>".

        The answer is `PARKED` until somebody has brought the friend. Raises `UnknownStep` if the program lists no such
        step, `NoAttribution` if the referral was denied. Done twice, a step counts once.
        """
        named = text("program", program), member_name("friend", friend), text("step", step)
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.record_step(*named, attempt=tried))

    def review_referral(
        self,
        program: str,
        friend: Member,
        decision: ReviewDecision,
        *,
        to: Member | None = None,
        reason: str,
        actor: str,
        approved_by: str = "",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Decides on a referral by hand: "freeze" keeps its rewards back, "release" lets them go on.

        "deny" ends it for good and takes its rewards back. What is frozen and not decided on in the program's
        `review_by` is cancelled. Raises `NoAttribution` if the friend is bound to nobody.

        "move" makes the friend another advocate's, `to`: what was decided for all but the friend is taken back and
        decided again, and no touch changes it any more. It takes a second person, `approved_by` (else
        `ApproverMissing`). Raises `Blocked`, `Self`, `AlreadyReferred`, `Cycle`, `HasReferrals` or `Depth` if that
        cannot be.
        """
        raw = self._core.review_referral(
            text("program", program),
            member_name("friend", friend),
            _word("decision", decision, get_args(ReviewDecision)),
            to=None if to is None else member_name("to", to),
            reason=text("reason", reason),
            actor=text("actor", actor),
            approved_by=text("approved_by", approved_by),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def dispute(
        self,
        original: Earlier,
        *,
        outcome: DisputeOutcome,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Tells what became of a chargeback of a purchase. "lost" takes the sale back whole, with rewards and all.

        "won" gives back exactly what the last lost one took. A lost one may come before its sale (`PARKED`). Raises
        `AlreadyReversed` if nothing of the sale is left, `NotDisputed` if no lost dispute of it stands.
        """
        sale = earlier("original", original)
        ended = _word("outcome", outcome, get_args(DisputeOutcome))
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.dispute(sale, outcome=ended, attempt=tried))

    def close_period(
        self,
        program: str,
        month: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets go the rewards that wait for the end of a month such as "2026-03"; `answer.vested` says how many.

        It is a month of the program's zone: raises `PeriodNotOver` before its end. A month closed once is closed:
        again, under any key, nothing is let go. Programs whose rewards vest `at_hold_end` have nothing to close.
        """
        asked = text("program", program), text("month", month)
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.close_period(*asked, attempt=tried))


def _word(argument: str, value: object, known: Sequence[str]) -> str:
    given = text(argument, value)
    if given not in known:
        raise errors.failure("FIELD_INVALID", f"{argument} {given!r} is unknown; use one of {', '.join(known)}", {})
    return given
