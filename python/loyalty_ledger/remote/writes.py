"""Writes become messages: the verbs as the engine takes them, each one call of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message import Message

from loyalty_ledger import errors
from loyalty_ledger._pb import authorizations_pb2 as authorizations
from loyalty_ledger._pb import members_pb2 as members
from loyalty_ledger._pb import money_pb2 as money
from loyalty_ledger._pb import names_pb2 as names
from loyalty_ledger._pb import partner_service_pb2 as partners
from loyalty_ledger._pb import points_pb2 as given
from loyalty_ledger._pb import program_service_pb2 as programs
from loyalty_ledger._pb import purchases_pb2 as purchases
from loyalty_ledger._pb import reversals_pb2 as reversals
from loyalty_ledger._pb import sweeps_pb2 as sweeps
from loyalty_ledger.remote import answers
from loyalty_ledger.remote.connection import Connection
from loyalty_ledger.remote.fields import (
    aliases,
    attempted,
    expiry,
    instant,
    joined,
    member_name,
    money_message,
    reference,
    span,
)
from loyalty_ledger.remote.referrals import referral_reference

if TYPE_CHECKING:
    from loyalty_ledger import _core
    from loyalty_ledger.naming import MemberParts
    from loyalty_ledger.referral import ReferralParts

    Receipt = tuple[str, str, int, str]
    Named = int | str | tuple[Receipt, bool]
    Joining = tuple[str | None, list[tuple[str, str]]]


class RemoteWrites:
    """Every verb that writes one entry."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def post(self, rpc: str, message: Message) -> _core.RawAnswer:
        """Sends the message of any of them."""
        return answers.answered(self.connection.write(rpc, message))

    def enroll(
        self,
        member: str,
        given: list[tuple[str, str]],
        *,
        referral: ReferralParts | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        if not attempt["key"]:
            # The service would make a key of the member's id.
            raise errors.failure("KEY_MISSING", "key is empty; give one, or leave it out", {})
        named = referral_reference(referral)
        asked = members.EnrollMemberRequest(member=member, aliases=aliases(given), referral=named, **attempted(attempt))
        return self.post("EnrollMember", asked)

    def add_alias(self, member: MemberParts, kind: str, value: str, *, attempt: _core.Attempt) -> _core.RawAnswer:
        alias = names.Alias(kind=kind, value=value)
        asked = members.AddAliasRequest(member=member_name(member), alias=alias, **attempted(attempt))
        return self.post("AddAlias", asked)

    def remove_alias(self, member: MemberParts, kind: str, value: str, *, attempt: _core.Attempt) -> _core.RawAnswer:
        alias = names.Alias(kind=kind, value=value)
        asked = members.RemoveAliasRequest(member=member_name(member), alias=alias, **attempted(attempt))
        return self.post("RemoveAlias", asked)

    def replace_alias(
        self, member: MemberParts, kind: str, old: str, new: str, *, reason: str, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        asked = members.ReplaceAliasRequest(
            member=member_name(member),
            old=names.Alias(kind=kind, value=old),
            new=names.Alias(kind=kind, value=new),
            reason=reason,
            **attempted(attempt),
        )
        return self.post("ReplaceAlias", asked)

    def block(self, member: MemberParts, *, reason: str, actor: str, attempt: _core.Attempt) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, **attempted(attempt)}
        return self.post("BlockMember", members.BlockMemberRequest(member=member_name(member), **told))

    def unblock(self, member: MemberParts, *, reason: str, actor: str, attempt: _core.Attempt) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, **attempted(attempt)}
        return self.post("UnblockMember", members.UnblockMemberRequest(member=member_name(member), **told))

    def close_member(self, member: MemberParts, *, reason: str, actor: str, attempt: _core.Attempt) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, **attempted(attempt)}
        return self.post("CloseMember", members.CloseMemberRequest(member=member_name(member), **told))

    def erase_member(self, member: MemberParts, *, reason: str, actor: str, attempt: _core.Attempt) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, **attempted(attempt)}
        return self.post("EraseMember", members.EraseMemberRequest(member=member_name(member), **told))

    def transfer(
        self, giver: MemberParts, receiver: MemberParts, points: int, *, wallet: str, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        asked = given.TransferPointsRequest(
            giver=member_name(giver), receiver=member_name(receiver), points=points, wallet=wallet, **attempted(attempt)
        )
        return self.post("TransferPoints", asked)

    def link_member(
        self,
        member: MemberParts,
        partner: str,
        partner_member: str,
        *,
        scopes: list[str],
        consent: str,
        daily_points: int | None,
        starts_at: int | None,
        ends_at: int | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = partners.LinkMemberRequest(
            member=member_name(member),
            partner=partner,
            partner_member=partner_member,
            scopes=[f"LINK_SCOPE_{scope.upper()}" for scope in scopes],
            consent=consent,
            daily_points=daily_points,
            starts_time=instant(starts_at),
            ends_time=instant(ends_at),
            **attempted(attempt),
        )
        return self.post("LinkMember", asked)

    def unlink_member(
        self, member: MemberParts, partner: str, *, reason: str, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        asked = partners.UnlinkMemberRequest(
            member=member_name(member), partner=partner, reason=reason, **attempted(attempt)
        )
        return self.post("UnlinkMember", asked)

    def issue_one_time_code(
        self, member: MemberParts, *, partner: str, points: int | None, ttl_micros: int | None, attempt: _core.Attempt
    ) -> tuple[str, int, _core.RawAnswer]:
        asked = partners.IssueOneTimeCodeRequest(
            member=member_name(member), partner=partner, points=points, ttl=span(ttl_micros), **attempted(attempt)
        )
        issued = self.connection.write("IssueOneTimeCode", asked)
        return issued.code, answers.micros(issued, "expires_time"), answers.answered(issued)

    def purchase(self, sale: _core.Sale, *, attempt: _core.Attempt) -> _core.RawAnswer:
        return self.post("RecordPurchase", purchases.RecordPurchaseRequest(**_sale(sale), **attempted(attempt)))

    def quote(self, sale: _core.Sale, *, attempt: _core.Attempt) -> _core.RawAnswer:
        told = {name: value for name, value in attempted(attempt).items() if name != "key"}
        asked = purchases.QuotePurchaseRequest(**_sale(sale), **told)
        return answers.answer(self.connection.read("QuotePurchase", asked).answer)

    def accrue(
        self,
        member: MemberParts,
        points: int,
        *,
        activates_at: int | None,
        expires_at: int | None,
        funder: str | None,
        price: tuple[int, str] | None,
        wallet: str,
        enroll: bool,
        joining: Joining | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = given.AccruePointsRequest(
            member=member_name(member),
            points=points,
            activates_time=instant(activates_at),
            expiry=expiry(expires_at),
            funder=funder,
            price=None if price is None else money.Price(micros=price[0], currency_code=price[1]),
            wallet=wallet,
            enroll=joined(enroll, joining),
            **attempted(attempt),
        )
        return self.post("AccruePoints", asked)

    def redeem(self, member: MemberParts, points: int, *, wallet: str, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = given.RedeemPointsRequest(
            member=member_name(member), points=points, wallet=wallet, **attempted(attempt)
        )
        return self.post("RedeemPoints", asked)

    def authorize(
        self,
        member: MemberParts,
        points: int,
        *,
        ttl_micros: int | None,
        allow_partial: bool,
        wallet: str,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = authorizations.AuthorizeRedemptionRequest(
            member=member_name(member),
            points=points,
            ttl=span(ttl_micros),
            allow_partial=allow_partial,
            wallet=wallet,
            **attempted(attempt),
        )
        return self.post("AuthorizeRedemption", asked)

    def capture(self, authorization: Named, *, points: int | None, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = authorizations.CaptureRedemptionRequest(
            authorization=reference(authorization), points=points, **attempted(attempt)
        )
        return self.post("CaptureRedemption", asked)

    def void(self, authorization: Named, *, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = authorizations.VoidRedemptionRequest(authorization=reference(authorization), **attempted(attempt))
        return self.post("VoidRedemption", asked)

    def extend_hold(self, authorization: Named, *, ttl_micros: int, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = authorizations.ExtendAuthorizationRequest(
            authorization=reference(authorization), ttl=span(ttl_micros), **attempted(attempt)
        )
        return self.post("ExtendAuthorization", asked)

    def reverse(
        self,
        original: Named,
        *,
        points: int | None,
        amount: tuple[int, str] | None,
        lines: list[tuple[int, int | None]] | None,
        member: MemberParts | None,
        shortfall: str | None,
        restore: str | None,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        returned = None if lines is None else [reversals.ReturnedLine(line=at, quantity=few) for at, few in lines]
        asked = reversals.ReverseTransactionRequest(
            original=reference(original),
            points=points,
            amount=None if amount is None else money_message(amount),
            lines=None if returned is None else reversals.ReturnedLines(lines=returned),
            member=member_name(member),
            shortfall=_policy("shortfall", shortfall, reversals.Shortfall),
            restore=_policy("restore", restore, reversals.Restore),
            **attempted(attempt),
        )
        return self.post("ReverseTransaction", asked)

    def adjust(
        self,
        member: MemberParts,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: int | None,
        overdraw: bool,
        wallet: str,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = given.AdjustPointsRequest(
            member=member_name(member),
            points=points,
            reason=reason,
            actor=actor,
            expiry=expiry(expires_at),
            overdraw=overdraw,
            wallet=wallet,
            **attempted(attempt),
        )
        return self.post("AdjustPoints", asked)

    def reinstate(
        self,
        member: MemberParts,
        points: int | None,
        *,
        lot: int,
        expires_at: int | None,
        reason: str,
        actor: str,
        wallet: str,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = given.ReinstatePointsRequest(
            member=member_name(member),
            points=points,
            lot=lot,
            expiry=expiry(expires_at),
            reason=reason,
            actor=actor,
            wallet=wallet,
            **attempted(attempt),
        )
        return self.post("ReinstatePoints", asked)

    def extend_lot(
        self,
        member: MemberParts,
        *,
        lot: int,
        expires_at: int,
        reason: str,
        actor: str,
        wallet: str,
        attempt: _core.Attempt,
    ) -> _core.RawAnswer:
        asked = given.ExtendExpiryRequest(
            member=member_name(member),
            lot=lot,
            expiry=expiry(expires_at),
            reason=reason,
            actor=actor,
            wallet=wallet,
            **attempted(attempt),
        )
        return self.post("ExtendExpiry", asked)

    def forgive_debt(
        self, member: MemberParts, points: int | None, *, reason: str, actor: str, wallet: str, attempt: _core.Attempt
    ) -> _core.RawAnswer:
        told = {"reason": reason, "actor": actor, "wallet": wallet, **attempted(attempt)}
        asked = given.ForgiveDebtRequest(member=member_name(member), points=points, **told)
        return self.post("ForgiveDebt", asked)

    def activate(self, original: Named, *, member: MemberParts | None, attempt: _core.Attempt) -> _core.RawAnswer:
        asked = given.ActivatePointsRequest(
            original=reference(original), member=member_name(member), **attempted(attempt)
        )
        return self.post("ActivatePoints", asked)

    def publish(self, toml: str) -> _core.RawAnswer:
        # The program in force, published again, is one more version of the same rules: so this may be sent again.
        self.connection.forget_money()
        return answers.answer(self.connection.write("PublishProgram", programs.PublishProgramRequest(toml=toml)).answer)

    def sweep(self) -> int:
        return int(self.connection.read("Sweep", sweeps.SweepRequest()).settled)


def _sale(sale: _core.Sale) -> dict[str, Any]:
    """What purchases and their quotes have in common."""
    return {
        "member": member_name(sale["member"]),
        "amount": money_message(sale["amount"]),
        "lines": [
            purchases.Line(sku=sku, category=category, quantity=few, amount_minor_units=minor, excluded=excluded)
            for sku, category, few, minor, excluded in sale["lines"]
        ],
        "eligible_minor_units": sale["eligible"],
        "spend": _spend(sale),
        "enroll": joined(sale["enroll"], sale["joining"]),
        "referral": referral_reference(sale["referral"]),
    }


def _spend(sale: _core.Sale) -> purchases.Spend | None:
    if sale["capture"] is not None:
        captured = purchases.CapturedSpend(authorization=reference(sale["capture"]), points=sale["capture_points"])
        return purchases.Spend(capture=captured)
    return None if sale["redeem"] is None else purchases.Spend(redeem_points=sale["redeem"])


def _policy(argument: str, name: str | None, enumeration: Any) -> Any:
    """The number of a policy, by the word that programs have for it."""
    if name is None:
        return 0
    prefix = f"{argument.upper()}_"
    words = {word.removeprefix(prefix).lower(): number for word, number in enumeration.items() if number}
    if name not in words:
        raise ValueError(f"{argument} {name!r} is none of {', '.join(words)}")
    return words[name]
