"""Members: enrolled, found by aliases, blocked, closed, erased."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from model.documents import Name
from model.outcome import Outcome
from model.points import HoldState
from model.referral.facts import ReferralBy
from model.referral.verbs import naming
from model.transactions import Refused, Transaction
from model.verbs import Verbs, wrong_reason


class Membership(Verbs):
    def enroll(
        self,
        member: str,
        aliases: dict[str, str] | None = None,
        *,
        referral: ReferralBy | None = None,
        key: str | None = None,
        **ticket: Any,
    ) -> Outcome:
        aliases = aliases or {}

        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.enroll(member, aliases.items(), now)
            answered = self.claim_in_passing(referral, member, transaction.occurred or now, now, transaction)
            self._answer(transaction, member)
            transaction.outcome = replace(transaction.outcome, referral=answered)

        wrong = None if _is_id(member) and "one_time" not in aliases else "INVALID_ID"
        content = {"member": member, "aliases": aliases, "referral": naming(referral)}
        return self._request("enroll", key or f"enroll/{member}", content, decide, wrong, **ticket)

    def add_alias(self, member: Name, kind: str, value: str, *, key: str, **ticket: Any) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.add_alias(self._require_open(transaction, member), kind, value, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        content = {"member": member, "alias": (kind, value)}
        return self._request("add_alias", key, content, decide, _wrong_kind(kind), **ticket)

    def remove_alias(self, member: Name, kind: str, value: str, *, key: str, **ticket: Any) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            self.members.remove_alias(self._holder(transaction, member), kind, value, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        return self._request("remove_alias", key, {"member": member, "alias": (kind, value)}, decide, **ticket)

    def replace_alias(
        self, member: Name, kind: str, old: str, new: str, *, reason: str = "", key: str, **ticket: Any
    ) -> Outcome:
        """The old one is lost: it finds nobody any more, and nobody gets it again."""

        def decide(transaction: Transaction, now: datetime) -> None:
            holder = self._require_open(transaction, member)
            self.members.remove_alias(holder, kind, old, now, is_lost=True)
            self.members.add_alias(holder, kind, new, now)
            transaction.outcome = Outcome("APPLIED", sequence=transaction.sequence)

        content = {"member": member, "kind": kind, "old": old, "new": new, "reason": reason}
        return self._request("replace_alias", key, content, decide, _wrong_kind(kind), **ticket)

    def block(self, member: Name, *, reason: str, actor: str, key: str, **ticket: Any) -> Outcome:
        return self._change_status("block", "blocked", member, reason, actor, key, ticket)

    def unblock(self, member: Name, *, reason: str, actor: str, key: str, **ticket: Any) -> Outcome:
        return self._change_status("unblock", "active", member, reason, actor, key, ticket)

    def close_member(self, member: Name, *, reason: str, actor: str = "", key: str, **ticket: Any) -> Outcome:
        """Forfeits what is there, writes debt off; the answer's `awarded` are the points forfeited."""

        def decide(transaction: Transaction, now: datetime) -> None:
            holder = self._require_open(transaction, member)
            forfeited = self._forfeit_all(holder, now, transaction)
            self.members.status[holder] = "closed"
            self._answer(transaction, holder, awarded=forfeited)

        content = {"member": member, "why": (reason, actor)}
        return self._request("close_member", key, content, decide, wrong_reason(reason, actor or "-"), **ticket)

    def erase_member(self, member: Name, *, reason: str, actor: str = "", key: str, **ticket: Any) -> Outcome:
        """Closes, unless that was done before, and gives up every alias and link."""

        def decide(transaction: Transaction, now: datetime) -> None:
            holder = transaction.member = self._holder(transaction, member)
            if self.members.is_erased(holder):
                raise Refused("MEMBER_CLOSED")
            is_closed = self.members.has_left(holder)
            forfeited = 0 if is_closed else self._forfeit_all(holder, now, transaction)
            self.members.erase(holder, now)
            self.links = {link: terms for link, terms in self.links.items() if link[0] != holder}
            self._answer(transaction, holder, awarded=forfeited)

        content = {"member": member, "why": (reason, actor)}
        return self._request("erase_member", key, content, decide, wrong_reason(reason, actor or "-"), **ticket)

    def _forfeit_all(self, holder: str, now: datetime, cause: Transaction) -> int:
        wallets = [wallet for (owner, _), wallet in self.wallets.items() if owner == holder]
        if any(hold.state is HoldState.OPEN for wallet in wallets for hold in wallet.holds):
            raise Refused("HOLDS_OPEN")
        self.disable_vouchers(holder, now)
        return sum(wallet.close(now, cause.key) for wallet in wallets)

    def _change_status(
        self, verb: str, status: str, member: Name, reason: str, actor: str, key: str, ticket: Any
    ) -> Outcome:
        def decide(transaction: Transaction, now: datetime) -> None:
            holder = self._require_open(transaction, member)
            self.members.status[holder] = status
            self._answer(transaction, holder)

        content = {"member": member, "why": (reason, actor)}
        return self._request(verb, key, content, decide, wrong_reason(reason, actor), **ticket)

    def _require_open(self, transaction: Transaction, member: Name) -> str:
        holder = self._holder(transaction, member)
        transaction.member = holder
        self.members.require_open(holder)
        return holder


def _wrong_kind(kind: str) -> str | None:
    """Codes are made by the ledger alone."""
    return "INVALID_ID" if kind == "one_time" else None


def _is_id(text: str) -> bool:
    is_plain = not any(character == "@" or character.isspace() or not character.isprintable() for character in text)
    return is_plain and 1 <= len(text.encode()) <= 64
