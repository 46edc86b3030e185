"""Referrals over gRPC: verbs and reads as the engine takes them, each one call of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from loyalty_ledger._pb import members_pb2 as members
from loyalty_ledger._pb import referral_service_pb2 as service
from loyalty_ledger.referral_results import ReferralKpis
from loyalty_ledger.remote import answers
from loyalty_ledger.remote.connection import Connection
from loyalty_ledger.remote.fields import attempted, instant, member_name, reference, span

if TYPE_CHECKING:
    from loyalty_ledger import _core, raw_reads
    from loyalty_ledger.naming import MemberParts
    from loyalty_ledger.referral import ReferralParts

    Receipt = tuple[str, str, int, str]
    Named = int | str | tuple[Receipt, bool]


def referral_reference(parts: ReferralParts | None) -> members.ReferralReference | None:
    """Who brought a member; a token stands beside the code if there are both."""
    if parts is None:
        return None
    program, code, token, fingerprints = parts
    message = members.ReferralReference(program=program, fingerprints=fingerprints)
    if code is not None:
        message.code = code
    if token is not None and code is None:
        message.token = token
    elif token is not None:
        message.touch_token = token
    return message


class RemoteReferrals:
    """Every verb and read of referrals."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _told(self, rpc: str, message: Message) -> _core.RawAnswer:
        return answers.answered(self.connection.write(rpc, message))

    def issue_code(
        self,
        program: str,
        member: MemberParts,
        *,
        code: str | None,
        single_use: bool,
        expires_at: int | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = service.IssueReferralCodeRequest(
            program=program,
            member=member_name(member),
            code=code,
            single_use=single_use,
            expires_time=instant(expires_at),
            **attempted(attempt),
        )
        return self._told("IssueReferralCode", asked)

    def disable_code(
        self, program: str, code: str, *, reason: str, actor: str, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, **attempted(attempt)}
        return self._told("DisableReferralCode", service.DisableReferralCodeRequest(program=program, code=code, **told))

    def record_touch(
        self, program: str, *, method: str, token: str | None, code: str | None, touched_at: int, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        asked = service.RecordTouchRequest(
            program=program,
            method=f"TOUCH_METHOD_{method.upper()}",
            token=token,
            code=code or "",
            touched_time=instant(touched_at),
            **attempted(attempt),
        )
        return self._told("RecordTouch", asked)

    def bind_referral(self, friend: MemberParts, referral: ReferralParts, *, attempt: _core.Attempt) -> _core.RawAnswer:
        program, code, token, fingerprints = referral
        asked = service.BindReferralRequest(
            program=program,
            friend=member_name(friend),
            code=code,
            token=token,
            fingerprints=fingerprints,
            **attempted(attempt),
        )
        return self._told("BindReferral", asked)

    def record_step(self, program: str, friend: MemberParts, step: str, *, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = service.RecordStepRequest(program=program, friend=member_name(friend), step=step, **attempted(attempt))
        return self._told("RecordStep", asked)

    def review_referral(
        self,
        program: str,
        friend: MemberParts,
        decision: str,
        *,
        to: MemberParts | None,
        reason: str,
        actor: str,
        approved_by: str,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = service.ReviewReferralRequest(
            program=program,
            friend=member_name(friend),
            decision=f"REVIEW_DECISION_{decision.upper()}",
            to=None if to is None else member_name(to),
            reason=reason,
            actor=actor,
            approved_by=approved_by,
            **attempted(attempt),
        )
        return self._told("ReviewReferral", asked)

    def change_coupon(
        self,
        program: str,
        code: str,
        member: MemberParts,
        *,
        action: str,
        ttl_micros: int | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = service.ChangeCouponRequest(
            program=program,
            code=code,
            member=member_name(member),
            action=f"COUPON_ACTION_{action.upper()}",
            ttl=span(ttl_micros),
            **attempted(attempt),
        )
        return self._told("ChangeCoupon", asked)

    def dispute(self, original: Named, *, outcome: str, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = service.DisputePurchaseRequest(
            original=reference(original),
            outcome=f"DISPUTE_OUTCOME_{outcome.upper()}",
            **attempted(attempt),
        )
        return self._told("DisputePurchase", asked)

    def close_period(self, program: str, month: str, *, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = service.CloseReferralPeriodRequest(program=program, month=month, **attempted(attempt))
        return self._told("CloseReferralPeriod", asked)

    def referral(self, program: str, friend: MemberParts) -> raw_reads.RawReferral:
        asked = service.GetReferralRequest(program=program, friend=member_name(friend))
        return _referral(self.connection.read("GetReferral", asked).referral)

    def referral_code(self, program: str, code: str) -> raw_reads.RawReferralCode:
        found = self.connection.read("GetReferralCode", service.GetReferralCodeRequest(program=program, code=code))
        return {
            "kind": answers.word(service.ReferralCodeKind, found.kind, "REFERRAL_CODE_KIND_"),
            "member": found.member,
            "state": answers.word(service.ReferralCodeState, found.state, "REFERRAL_CODE_STATE_"),
            "holder": found.holder or None,
            "label": found.label or None,
            "expires_at": answers.optional_micros(found, "expires_time"),
            "reserved_until": answers.optional_micros(found, "reserved_until_time"),
        }

    def referrals(self, program: str, advocate: MemberParts, limit: int, after: int) -> list[raw_reads.RawFriend]:
        asked = service.ListReferralsRequest(
            program=program,
            advocate=member_name(advocate),
            page_size=limit,
            page_token=str(after) if after else "",
        )
        page = self.connection.read("ListReferrals", asked)
        return [(one.friend, _progress(one), one.open or None, one.points) for one in page.referrals]

    def referral_tree(
        self, program: str, member: MemberParts, *, up: bool, down: bool, depth: int | None
    ) -> list[raw_reads.RawTreeMember]:
        asked = service.GetReferralTreeRequest(
            program=program, member=member_name(member), up=up, down=down, depth=depth
        )
        tree = self.connection.read("GetReferralTree", asked)
        return [(one.level, one.member, one.advocate or None) for one in tree.members]

    def referral_kpis(self, program: str) -> raw_reads.RawReferralKpis:
        found = self.connection.read("GetReferralKpis", service.GetReferralKpisRequest(program=program))
        pairs = [(name, getattr(found, name)) for name in ReferralKpis.__dataclass_fields__]
        return [(name, ratio.numerator, ratio.denominator) for name, ratio in pairs]


def _referral(message: service.Referral) -> raw_reads.RawReferral:
    return {
        "friend": message.friend,
        "edge": answers.word(service.ReferralEdge, message.edge, "REFERRAL_EDGE_"),
        "advocate": message.advocate or None,
        "progress": _progress(message),
        "rewards": [_reward(one) for one in message.rewards],
        "open": message.open or None,
        "touches": [(one.key, answers.word(service.TouchState, one.state, "TOUCH_STATE_")) for one in message.touches],
        "notes": [(one.rule, one.finding) for one in message.notes],
    }


def _reward(message: service.ReferralReward) -> raw_reads.RawReferralReward:
    reason = answers.code(message.reason) if message.reason else None
    state = answers.word(service.RewardState, message.state, "REWARD_STATE_")
    voucher: raw_reads.RawVoucher | None = None
    if message.HasField("voucher"):
        given = message.voucher
        stands = answers.word(service.VoucherState, given.state, "VOUCHER_STATE_")
        voucher = (given.code, given.label, stands, answers.optional_micros(given, "expires_time"))
    return message.role, message.member, message.points, state, reason, voucher


def _progress(message: Any) -> str | None:
    """As people read it: `IN_PROGRESS(1/2)`."""
    if not message.progress:
        return None
    word = answers.word(service.ReferralProgress, message.progress, "REFERRAL_PROGRESS_")
    if word == "IN_PROGRESS":
        return f"{word}({message.steps_done}/{message.steps_needed})"
    return f"{word}({message.disqualified})" if word == "DISQUALIFIED" else word
