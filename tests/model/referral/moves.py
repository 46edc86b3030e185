"""Edges that an operator moves, with a second person's consent: the friend stays, the advocate is another."""

from datetime import datetime

from model.referral.conversions import Conversions
from model.referral.facts import Book, Conversion, Referral
from model.transactions import Refused, Transaction


def wrong_move(decision: str, actor: str, to: str | None, approved_by: str | None) -> str | None:
    """Two persons move an edge; whatever else is decided needs neither them nor another advocate."""
    if decision != "move":
        return None if to is None and approved_by is None else "FIELD_INVALID"
    if not to:
        return "FIELD_INVALID"
    approver = (approved_by or "").strip().casefold()
    return "APPROVER_MISSING" if approver in ("", actor.strip().casefold()) else None


class Moves(Conversions):
    def _require_movable(self, book: Book, referral: Referral, to: str) -> None:
        rules, friend, status = self._rules(book), referral.friend, self.members.status
        self.members.require_open(to)
        if "blocked" in (status[to], status[friend]):
            raise Refused("BLOCKED")
        if to == friend:
            raise Refused("SELF")
        if to == referral.advocate:
            raise Refused("ALREADY_REFERRED")
        above = book.ancestors(to)
        if friend in above:
            raise Refused("CYCLE" if rules.graph == "any" else "HAS_REFERRALS")
        if rules.graph == "any" and rules.depth and len(above) > rules.depth:
            raise Refused("DEPTH")

    def _move_edge(self, book: Book, referral: Referral, to: str, now: datetime, cause: Transaction) -> None:
        """No touch changes the edge from now on; a coupon that the old one had used stays used."""
        referral.is_moved, referral.advocate, referral.touch, referral.used = True, to, None, []
        for conversion in referral.conversions:
            if not self.is_reversed(conversion):
                self._decide_for_another(book, referral, conversion, now, cause)

    def _decide_for_another(
        self, book: Book, referral: Referral, conversion: Conversion, now: datetime, cause: Transaction
    ) -> None:
        """All roles but the friend's, in the places where they were."""
        old = [one for one in conversion.rewards if one.role != "friend"]
        for reward in old:
            if reward.ended is None:
                self._take(conversion, reward, reward.kept, now, cause)
        self._remember_used(referral, conversion)
        friends = conversion.rewards = [one for one in conversion.rewards if one.role == "friend"]
        dues = self._dues(book, referral, conversion)
        for due in dues:
            if due.role != "friend":
                self._decide_role(book, referral, conversion, due, now, cause)
        self._decide_milestones(book, referral, conversion, now, cause)
        new = [one for one in conversion.rewards if one.role != "friend"]
        place = next((place for place, due in enumerate(dues) if due.role == "friend"), 0)
        conversion.rewards = [*new[:place], *friends, *new[place:]]
        self._decide_dues(book, referral, conversion, now, cause)
