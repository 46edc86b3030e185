"""What a script may ask of a ledger about referrals."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from model import Outcome
from model.referral.facts import ReferralBy
from model.referral.reads import ReferralView
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

    def touch(self, token: str | None, code: str, touched_at: datetime, *, key: str, method: str = "click") -> Outcome:
        return self._write("record_touch", method=method, token=token, code=code, touched_at=touched_at, key=key)

    def bind(self, friend: str, *, key: str, fingerprints: Sequence[str] = (), **named: object) -> Outcome:
        return self._write("bind_referral", friend, fingerprints=fingerprints, key=key, **named)

    def step(self, friend: str, step: str, *, key: str, **rest: object) -> Outcome:
        return self._write("record_step", friend, step, key=key, **rest)

    def review(self, friend: str, decision: str, *, key: str) -> Outcome:
        return self._write("review_referral", friend, decision, reason="fraud", actor="desk-1", key=key)

    def dispute(self, original: object, outcome: str, *, key: str, **rest: object) -> Outcome:
        answer: Outcome = self.write("dispute", original, outcome=outcome, key=key, **rest)
        return answer

    def close_period(self, month: str, *, key: str) -> Outcome:
        return self._write("close_period", month, key=key)

    def referral(self, friend: str) -> ReferralView:
        view: ReferralView = self.read_referrals("referral", PROGRAM, friend)
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
