"""Partners: their links to members, one-time codes, and what is asked on behalf of a partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from model.documents import Alias, Name
from model.outcome import Outcome
from model.transactions import Refused, Transaction
from model.verbs import Verbs, aware, wrong_points

SCOPES = ("earn", "redeem", "balance")
LONGEST_CODE = timedelta(minutes=10)
MOST_LINKS = 32
SHOWN = ("card", "phone", "one_time")
"""Whoever is named by one of these stands at the till, which is enough to earn."""


@dataclass(frozen=True)
class Link:
    """What a member lets a partner do."""

    partner_member: str
    scopes: frozenset[str]
    daily_points: int | None
    starts_at: datetime
    ends_at: datetime | None

    def is_in_force(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True)
class Code:
    """Names one member, once; the model knows it by the key under which it was issued."""

    member: str
    partner: str | None
    points: int
    expires_at: datetime


class Partners(Verbs):
    def link_member(
        self,
        member: Name,
        partner: str,
        partner_member: str,
        *,
        scopes: Sequence[str],
        consent: str,
        daily_points: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        starts, ends = aware(starts_at), aware(ends_at)
        content = {
            "member": member,
            "partner": (partner, partner_member),
            "terms": (frozenset(scopes), consent, daily_points),
            "dates": (starts, ends),
        }

        def decide(transaction: Transaction, now: datetime) -> None:
            _require_itself(transaction, partner)
            if transaction.partner and not self._is_meant_for(member, partner):
                raise Refused("MEMBER_NOT_FOUND")
            holder = self._named_member(transaction, member)
            if ends is not None and ends <= now:
                raise Refused("FIELD_INVALID")
            transaction.member = holder
            self.members.require_open(holder)
            self._take_alias(holder, partner, partner_member, now)
            if (holder, partner) not in self.links and self._count_links(holder) == MOST_LINKS:
                raise Refused("LIMIT_EXCEEDED")
            self.links[holder, partner] = Link(partner_member, frozenset(scopes), daily_points, starts or now, ends)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        wrong = _wrong_partner(partner) or (None if _fits(partner_member, 64) else "INVALID_ID")
        wrong = wrong or _wrong_terms(scopes, consent, daily_points)
        if starts is not None and ends is not None and ends <= starts:
            wrong = wrong or "FIELD_INVALID"
        return self._request("link_member", key, content, decide, wrong, **ticket)

    def unlink_member(self, member: Name, partner: str, *, reason: str = "", key: str, **ticket: Any) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            _require_itself(transaction, partner)
            holder = self._named_member(transaction, member)
            link = self.links.get((holder, partner))
            if transaction.partner and (link is None or not link.is_in_force(now)):
                raise Refused("MEMBER_NOT_FOUND")
            if link is None:
                raise Refused("LINK_NOT_FOUND")
            transaction.member = holder
            del self.links[holder, partner]
            self.partner_use.pop((holder, partner), None)
            self._drop_alias(holder, partner, link.partner_member, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        wrong = _wrong_partner(partner) or (None if len(reason.encode()) <= 64 else "REASON_MISSING")
        content = {"member": member, "partner": partner, "reason": reason}
        return self._request("unlink_member", key, content, decide, wrong, **ticket)

    def issue_one_time_code(
        self,
        member: Name,
        *,
        partner: str | None = None,
        points: int | None = None,
        ttl: timedelta | None = None,
        key: str,
        **ticket: Any,
    ) -> Outcome:
        lives = LONGEST_CODE if ttl is None else ttl

        def decide(transaction: Transaction, now: datetime) -> None:
            if transaction.partner:
                raise Refused("SCOPE_MISSING")
            transaction.member = self._named_member(transaction, member)
            self.members.require_open(transaction.member)
            self.codes[key] = Code(transaction.member, partner, points or 0, now + lives)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        wrong = (None if partner is None else _wrong_partner(partner)) or wrong_points(points)
        if not timedelta() < lives <= LONGEST_CODE:
            wrong = wrong or "INVALID_TTL"
        content = {"member": member, "partner": partner, "points": points, "ttl": lives}
        return self._request("issue_one_time_code", key, content, decide, wrong, **ticket)

    def find_member(self, name: Name, occurred: datetime, now: datetime, partner: str = "") -> str:
        """Who has this id, holds this alias, or was given this code."""
        if isinstance(name, str):
            self.members.require(name)
            return name
        if not _is_code(name):
            return self.members.holder_of(name, occurred)
        code = self.codes.get(name.value)
        is_alive = code is not None and now < code.expires_at and name.value not in self.used_codes
        if code is None or not is_alive or code.partner not in (None, partner):
            raise Refused("MEMBER_NOT_FOUND")
        return code.member

    def _named_member(self, transaction: Transaction, name: Name) -> str:
        """Finds the member, and notes the code that names it."""
        assert transaction.recorded_at is not None and transaction.occurred is not None
        member = self.find_member(name, transaction.occurred, transaction.recorded_at, transaction.partner)
        transaction.code = name.value if isinstance(name, Alias) and _is_code(name) else None
        return member

    def _is_meant_for(self, name: Name, partner: str) -> bool:
        """Whether it is a code by which the member agrees to a link: for this partner, and no points go with it."""
        code = self.codes.get(name.value) if isinstance(name, Alias) and _is_code(name) else None
        return code is not None and code.partner == partner and code.points == 0

    def _holder(self, transaction: Transaction, name: Name, scope: str | None = None) -> str:
        """Finds the member; on behalf of a partner only one that it is linked with."""
        member = self._named_member(transaction, name)
        is_shown = isinstance(name, Alias) and name.kind in SHOWN
        if not (scope == "earn" and is_shown):
            self._require_link(transaction, member, scope)
        return member

    def _require_link(self, transaction: Transaction, member: str, scope: str | None) -> None:
        if not transaction.partner:
            return
        link = self.links.get((member, transaction.partner))
        assert transaction.recorded_at is not None
        if link is None or not link.is_in_force(transaction.recorded_at):
            raise Refused("MEMBER_NOT_FOUND")
        if scope is not None and scope not in link.scopes:
            raise Refused("SCOPE_MISSING")

    def _require_within_limits(self, transaction: Transaction, member: str, points: int) -> None:
        """What a code, the program and a link allow to be spent, whatever there is to spend."""
        if transaction.code is not None and points > self.codes[transaction.code].points:
            raise Refused("LIMIT_EXCEEDED")
        if not transaction.partner:
            return
        most = self.program.verify_above
        is_present = transaction.code is not None or transaction.verification != ""
        if most is not None and points > most and not is_present:
            raise Refused("VERIFICATION_REQUIRED")
        daily = self.links[member, transaction.partner].daily_points
        used = self._used_on(member, transaction.partner, self._local_date(transaction.recorded_at))
        if daily is not None and used + points > daily:
            raise Refused("LIMIT_EXCEEDED")

    def _require_own(self, transaction: Transaction, earlier: Transaction) -> None:
        """A partner knows of no transactions but its own."""
        if transaction.partner and transaction.partner != earlier.partner:
            raise Refused("TRANSACTION_NOT_FOUND")

    def _note_use(self, transaction: Transaction) -> None:
        """After it was applied: its code is used up, its points count for the day."""
        if transaction.outcome.code != "APPLIED":
            return
        if transaction.code is not None:
            self.used_codes.add(transaction.code)
        points: Any = 0
        if transaction.verb in ("redeem", "authorize"):
            points = transaction.outcome.awarded
        elif transaction.verb == "purchase":
            points = transaction.content["redeem"]
        if transaction.partner and points:
            assert transaction.member is not None
            today = self._local_date(transaction.recorded_at)
            used = self._used_on(transaction.member, transaction.partner, today)
            latest, _ = self.partner_use.get((transaction.member, transaction.partner), (today, 0))
            self.partner_use[transaction.member, transaction.partner] = max(latest, today), used + points

    def _used_on(self, member: str, partner: str, day: date) -> int:
        """A day before the latest, as another zone has it, counts as the latest."""
        latest, used = self.partner_use.get((member, partner), (day, 0))
        return used if day <= latest else 0

    def _take_alias(self, member: str, partner: str, partner_member: str, now: datetime) -> None:
        kind = f"partner:{partner}"
        if self.members.current_holder(kind, partner_member) != member:
            self.members.add_alias(member, kind, partner_member, now)
        before = self.links.get((member, partner))
        if before is not None and before.partner_member != partner_member:
            self._drop_alias(member, partner, before.partner_member, now)

    def _drop_alias(self, member: str, partner: str, partner_member: str, now: datetime) -> None:
        kind = f"partner:{partner}"
        if self.members.current_holder(kind, partner_member) == member:
            self.members.remove_alias(member, kind, partner_member, now)

    def _count_links(self, member: str) -> int:
        return sum(holder == member for holder, _ in self.links)


def _require_itself(transaction: Transaction, partner: str) -> None:
    if transaction.partner not in ("", partner):
        raise Refused("SCOPE_MISSING")


def _is_code(name: Name) -> bool:
    return isinstance(name, Alias) and name.kind == "one_time"


def _fits(text: str, most: int) -> bool:
    return 1 <= len(text.encode()) <= most


def _wrong_partner(partner: str) -> str | None:
    has_space = any(character.isspace() for character in partner)
    return "INVALID_ID" if has_space or not _fits(partner, 48) else None


def _wrong_terms(scopes: Sequence[str], consent: str, daily_points: int | None) -> str | None:
    is_known = bool(scopes) and len(set(scopes)) == len(scopes) and set(scopes) <= set(SCOPES)
    if not is_known or not _fits(consent, 64):
        return "FIELD_INVALID"
    return wrong_points(daily_points)
