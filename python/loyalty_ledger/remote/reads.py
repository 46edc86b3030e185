"""Reads over gRPC: what the engine can be asked, each one call of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty_ledger import errors
from loyalty_ledger._pb import authorizations_pb2 as authorizations
from loyalty_ledger._pb import journal_service_pb2 as journal
from loyalty_ledger._pb import members_pb2 as members
from loyalty_ledger._pb import partner_service_pb2 as partners
from loyalty_ledger._pb import program_service_pb2 as programs
from loyalty_ledger._pb import totals_pb2 as sums
from loyalty_ledger._pb import transactions_pb2 as transactions
from loyalty_ledger.remote import answers
from loyalty_ledger.remote.connection import Connection
from loyalty_ledger.remote.fields import day, instant, member_name, reference, span

if TYPE_CHECKING:
    from loyalty_ledger import _core, raw_reads
    from loyalty_ledger.naming import MemberParts
    from loyalty_ledger.results import Checkpoint, Program

    Receipt = tuple[str, str, int, str]
    Named = int | str | tuple[Receipt, bool]


class RemoteReads:
    """Every read that the engine has too."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def money(self) -> str:
        return self.connection.money()

    def balance(self, member: MemberParts, *, wallet: str, at: int | None) -> _core.RawBalanceView:
        asked = members.GetMemberRequest(member=member_name(member), at_time=instant(at), include_lots=True)
        shown = self.connection.read("GetMember", asked)
        for one in shown.wallets:
            if one.wallet == wallet:
                return answers.balance_view(one, answers.micros(shown, "at_time"))
        if not shown.wallets:
            message = "the member's link does not let this partner see the balance"
            raise errors.failure("SCOPE_MISSING", message, {})
        raise errors.failure("UNKNOWN_CURRENCY", f"the program has no currency of points {wallet!r}", {})

    def statement(self, member: MemberParts, *, wallet: str, limit: int, before: str | None) -> _core.RawPage:
        asked = transactions.ListEntriesRequest(
            member=member_name(member), wallet=wallet, page_size=limit, page_token=before
        )
        try:
            page = self.connection.read("ListEntries", asked)
        except errors.FieldInvalid as invalid:
            if before is None:
                raise
            raise ValueError(
                f"before {before!r} is not a position; pass a page's next or a row's position"
            ) from invalid
        return {"rows": [answers.statement_row(row) for row in page.rows], "next": page.next_page_token or None}

    def entry(self, sequence: int) -> _core.RawEntry:
        return self._entry(sequence)

    def entry_by_key(self, key: str) -> _core.RawEntry:
        return self._entry(key)

    def entry_by_receipt(self, parts: Receipt, is_return: bool) -> _core.RawEntry:
        return self._entry((parts, is_return))

    def _entry(self, named: Named) -> _core.RawEntry:
        asked = transactions.GetTransactionRequest(transaction=reference(named))
        return answers.entry(self.connection.read("GetTransaction", asked).entry)

    def entries(self, first: int, limit: int) -> list[_core.RawEntry]:
        found: list[_core.RawEntry] = []
        for message in self.connection.stream(journal.WatchRequest(from_sequence=first, until_caught_up=True)):
            found += [answers.entry(entry) for entry in message.entries[: limit - len(found)]]
            if len(found) == limit:
                break
        return found

    def ladder(self, member: MemberParts | None, *, wallet: str) -> raw_reads.RawLadder:
        asked = sums.GetLadderRequest(member=member_name(member), wallet=wallet)
        return answers.ladder(self.connection.read("GetLadder", asked))

    def explain(self, member: MemberParts, *, wallet: str) -> raw_reads.RawExplanation:
        asked = sums.ExplainMemberRequest(member=member_name(member), wallet=wallet)
        return answers.explanation(self.connection.read("ExplainMember", asked))

    def links(self, member: MemberParts) -> list[raw_reads.RawLink]:
        shown = self.connection.read("GetMember", members.GetMemberRequest(member=member_name(member)))
        return [answers.link(link) for link in shown.links]

    def partner_entries(
        self, partner: str, member: MemberParts | None, limit: int, before: int | None
    ) -> tuple[list[_core.RawEntry], int | None]:
        asked = partners.PartnerServiceListEntriesRequest(
            partner=partner,
            member=member_name(member),
            page_size=limit,
            page_token="" if before is None else str(before),
        )
        page = self.connection.read("ListOwnEntries", asked)
        following = int(page.next_page_token) if page.next_page_token else None
        return [answers.entry(entry) for entry in page.entries], following

    def totals(self, store: str, terminal: str | None, business_date: int) -> list[raw_reads.RawTillTotal]:
        asked = sums.GetTotalsRequest(store=store, terminal=terminal, business_date=day(business_date))
        return [answers.till_total(total) for total in self.connection.read("GetTotals", asked).totals]

    def holds(
        self, store: str | None, older_than_micros: int | None, after: int, limit: int
    ) -> list[raw_reads.RawOpenHold]:
        asked = authorizations.ListHoldsRequest(
            store=store, older_than=span(older_than_micros), page_size=limit, page_token=str(after) if after else ""
        )
        return [answers.open_hold(hold) for hold in self.connection.read("ListHolds", asked).holds]

    def trial_balance(self, wallet: str, at: int | None) -> raw_reads.RawTrialBalance:
        return answers.trial_balance(self._accounts(wallet, at))

    def store_accounts(self, wallet: str) -> list[tuple[str, int]]:
        return [(account.store, account.points) for account in self._accounts(wallet, None).stores]

    def _accounts(self, wallet: str, at: int | None) -> sums.GetTrialBalanceResponse:
        asked = sums.GetTrialBalanceRequest(wallet=wallet, at_time=instant(at))
        found: sums.GetTrialBalanceResponse = self.connection.read("GetTrialBalance", asked)
        return found

    def verify(self) -> raw_reads.RawReport:
        found = self.connection.read("Verify", journal.VerifyRequest())
        return {
            "ok": found.ok,
            "entries": found.entries,
            "members": found.members,
            "problems": list(found.problems),
            "problem_count": found.problem_count,
            "digest": found.digest.hex(),
        }

    def program(self) -> Program:
        """The program in force."""
        return answers.program(self.connection.read("GetProgram", programs.GetProgramRequest()).program)

    def checkpoint(self, include_digest: bool) -> Checkpoint:
        """Where the journal stands."""
        asked = journal.GetCheckpointRequest(include_digest=include_digest)
        return answers.checkpoint(self.connection.read("GetCheckpoint", asked))

    def digest(self) -> str:
        return self.checkpoint(True).digest or ""

    def rule(self, program: int) -> raw_reads.RawRule | None:
        found = self.connection.read("GetProgram", programs.GetProgramRequest(version=program)).program
        earning = found.earning
        return {
            "points": earning.points,
            "per_minor_units": earning.per_minor_units,
            "money": found.currency_code,
            "wallet": earning.wallet,
        }
