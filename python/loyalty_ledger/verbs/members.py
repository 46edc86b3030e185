"""What happens to members and their aliases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from loyalty_ledger.arguments import alias_pairs, text, whole
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.naming import Member, member_name
from loyalty_ledger.referral import Referral, referral_parts
from loyalty_ledger.results import Answer
from loyalty_ledger.verbs.door import Door, attempt


class MemberVerbs(Door):
    """Members and their aliases."""

    def enroll(
        self,
        member: str,
        aliases: Mapping[str, str] | None = None,
        *,
        referral: Referral | None = None,
        key: str | None = None,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Makes a member: an opaque id of at most 64 bytes, no @, no spaces. Aliases: `{"card": "2760001"}`.

        `referral` says who brought the member; `answer.referral` tells what became of that, whatever it is.
        """
        given = alias_pairs("aliases", aliases)
        key = f"enroll/{text('member', member)}" if key is None else key
        raw = self._core.enroll(
            text("member", member),
            given,
            referral=referral_parts("referral", referral),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def add_alias(
        self,
        member: Member,
        kind: str,
        value: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets an alias find a member: `card`, `phone`, `external_id` or `partner:<id>`."""
        named = member_name("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.add_alias(*named, attempt=attempt(key, occurred_at, receipt, source)))

    def remove_alias(
        self,
        member: Member,
        kind: str,
        value: str,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Takes an alias from a member."""
        named = member_name("member", member), text("kind", kind), text("value", value)
        return self._answer(self._core.remove_alias(*named, attempt=attempt(key, occurred_at, receipt, source)))

    def replace_alias(
        self,
        member: Member,
        kind: str,
        old: str,
        new: str,
        *,
        reason: str = "",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Gives a member a new alias for one that was lost, in one entry.

        The lost one answers `CardLost` from then on and nobody gets it again; a sale that occurred before still finds
        its member. Raises `AliasUnknown` if the member does not hold the old one, `AliasInUse` if the new one is taken.
        """
        named = member_name("member", member), text("kind", kind), text("old", old), text("new", new)
        why = text("reason", reason)
        return self._answer(
            self._core.replace_alias(*named, reason=why, attempt=attempt(key, occurred_at, receipt, source))
        )

    def block(
        self,
        member: Member,
        *,
        reason: str,
        actor: str,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets a member earn but not spend, transfer or hold points (`MemberBlocked`); open holds may be captured."""
        why = {"reason": text("reason", reason), "actor": text("actor", actor)}
        raw = self._core.block(member_name("member", member), **why, attempt=attempt(key, occurred_at, receipt, source))
        return self._answer(raw)

    def unblock(
        self,
        member: Member,
        *,
        reason: str,
        actor: str,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets a blocked member spend again."""
        why = {"reason": text("reason", reason), "actor": text("actor", actor)}
        raw = self._core.unblock(
            member_name("member", member), **why, attempt=attempt(key, occurred_at, receipt, source)
        )
        return self._answer(raw)

    def close_member(
        self,
        member: Member,
        *,
        reason: str,
        actor: str = "",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets a member leave for good; `awarded` are the points forfeited, in all wallets together.

        Without an `actor` the member did it.
        Pending and available points are forfeited, debt is written off; raises `HoldsOpen` while a hold is open.
        Afterwards new business raises `MemberClosed`. Earlier entries can still be reversed: points that come back are
        forfeited, points to be taken that are gone are written off.
        """
        why = {"reason": text("reason", reason), "actor": text("actor", actor)}
        raw = self._core.close_member(
            member_name("member", member), **why, attempt=attempt(key, occurred_at, receipt, source)
        )
        return self._answer(raw)

    def erase_member(
        self,
        member: Member,
        *,
        reason: str,
        actor: str = "",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets a member leave as `close_member` does, or takes one that has left, and gives up all that finds it.

        Its aliases may be given to others (a lost one still to nobody), links of partners end, and reads about
        referrals tell `@7`, its place in the order of enrolment, in place of its id; an edge with such an end is
        `ANONYMISED`. Its id stays taken, and entries stay as they are. Raises `HoldsOpen` while a hold is open,
        `MemberClosed` if it was erased before.
        """
        why = {"reason": text("reason", reason), "actor": text("actor", actor)}
        raw = self._core.erase_member(
            member_name("member", member), **why, attempt=attempt(key, occurred_at, receipt, source)
        )
        return self._answer(raw)

    def transfer(
        self,
        giver: Member,
        receiver: Member,
        points: int,
        *,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Gives available points to another member, earliest expiry first; they keep origin, terms and dates.

        The answer shows the giver's balance. Raises `InsufficientPoints`, `SameMember`, `MemberBlocked` or
        `MemberClosed`.
        """
        given = member_name("giver", giver), member_name("receiver", receiver), whole("points", points)
        return self._answer(
            self._core.transfer(
                *given, wallet=text("wallet", wallet), attempt=attempt(key, occurred_at, receipt, source)
            )
        )
