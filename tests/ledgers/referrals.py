"""What a script may ask of a ledger about referrals."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from model import Outcome
from model.referral.facts import ReferralBy
from model.referral.reads import CodeView, ReferralView
from model.referral.verbs import ReferralCode

PROGRAM = "friends"

__all__ = ["PROGRAM", "PlayedReferrals", "ReferralBy"]


class PlayedReferrals:
    """Verbs and reads of one referral program, which scripts call `friends`."""

    if TYPE_CHECKING:

        def write(self, verb: str, *args: object, **rest: object) -> Any: ...

    def issue_code(self, member: str, *, key: str, **rest: object) -> ReferralCode:
        issued: ReferralCode = self.write("issue_code", PROGRAM, member, key=key, **rest)
        return issued

    def disable_code(self, code: str, *, key: str) -> Outcome:
        return self._write("disable_code", code, reason="abuse", actor="desk-1", key=key)

    def change_coupon(
        self, code: str, member: str, action: str, *, key: str, ttl: timedelta | None = None, **rest: object
    ) -> Outcome:
        limited = {} if ttl is None else {"ttl": ttl}
        return self._write("change_coupon", code, member, action=action, key=key, **limited, **rest)

    def touch(self, token: str | None, code: str, touched_at: datetime, *, key: str, method: str = "click") -> Outcome:
        return self._write("record_touch", method=method, token=token, code=code, touched_at=touched_at, key=key)

    def visit(self, token: str, touched_at: datetime, *, key: str) -> Outcome:
        """A visit that came by itself."""
        return self._write("record_touch", method="direct", token=token, touched_at=touched_at, key=key)

    def bind(self, friend: str, *, key: str, fingerprints: Sequence[str] = (), **named: object) -> Outcome:
        return self._write("bind_referral", friend, fingerprints=fingerprints, key=key, **named)

    def step(self, friend: str, step: str, *, key: str, **rest: object) -> Outcome:
        return self._write("record_step", friend, step, key=key, **rest)

    def review(self, friend: str, decision: str, *, key: str) -> Outcome:
        return self._write("review_referral", friend, decision, reason="fraud", actor="desk-1", key=key)

    def move(self, friend: str, to: str, *, key: str, approved_by: str = "desk-2") -> Outcome:
        """Another advocate, as two persons decide."""
        who = {"reason": "family", "actor": "desk-1", "to": to, "approved_by": approved_by}
        return self._write("review_referral", friend, "move", **who, key=key)

    def dispute(self, original: object, outcome: str, *, key: str, **rest: object) -> Outcome:
        answer: Outcome = self.write("dispute", original, outcome=outcome, key=key, **rest)
        return answer

    def close_period(self, month: str, *, key: str) -> Outcome:
        return self._write("close_period", month, key=key)

    def referral(self, friend: str) -> ReferralView:
        view: ReferralView = self.read_referrals("referral", PROGRAM, friend)
        return view

    def referral_code(self, code: str) -> CodeView | None:
        """What a till asks before it takes a code; nothing if nobody has been given it."""
        view: CodeView | None = self.read_referrals("referral_code", PROGRAM, code)
        return view

    def explain_referral(self, friend: str, language: str = "en") -> str:
        return str(self.read_referrals("explain_referral", PROGRAM, friend, language))

    def referrals(self, advocate: str) -> list[str]:
        return list(self.read_referrals("referrals", PROGRAM, advocate))

    def referral_tree(self, member: str, **rest: object) -> list[tuple[int, str]]:
        return list(self.read_referrals("referral_tree", PROGRAM, member, **rest))

    def read_referrals(self, question: str, *args: object, **rest: object) -> Any:
        raise NotImplementedError("this ledger knows no referrals yet")

    def _write(self, verb: str, *args: object, **rest: object) -> Outcome:
        answer: Outcome = self.write(verb, PROGRAM, *args, **rest)
        return answer
