"""What a ledger can be asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from loyalty_ledger import received, received_reads
from loyalty_ledger.arguments import count, optional_text, text
from loyalty_ledger.documents import Receipt, day_number, receipt_name
from loyalty_ledger.naming import Member, member_name, member_or_card, optional_member_name
from loyalty_ledger.results import BalanceView, Entry, Ladder, Link, PartnerPage, Report, Statement, TrialBalance
from loyalty_ledger.stories import Explanation
from loyalty_ledger.till_results import OpenHold, Totals
from loyalty_ledger.times import to_optional_micros, ttl_micros
from loyalty_ledger.verbs.door import Door
from loyalty_ledger.wording import Language, checked_language

PAGE_ROWS = 1000


class Reads(Door):
    """What a ledger can be asked."""

    def balance(
        self,
        member: Member | None = None,
        *,
        card: str | None = None,
        at: datetime | None = None,
        wallet: str = "points",
    ) -> BalanceView:
        """A wallet now, in the past (as it was recorded) or ahead (if nothing else happens).

        `at` means the end of its microsecond.
        """
        named = member_or_card(member, card)
        instant = to_optional_micros("at", at)
        return received.balance_view(self._core.balance(named, wallet=text("wallet", wallet), at=instant))

    def statement(
        self,
        member: Member | None = None,
        *,
        card: str | None = None,
        limit: int = 50,
        before: str | None = None,
        wallet: str = "points",
        language: Language = "en",
    ) -> Statement:
        """A page of at most 1,000 rows, newest first; the next page by `before=page.next`.

        `language` is that of each row's `text`: "en" or "de". `moved` tells the lots with their dates.
        """
        language = checked_language(language)
        raw = self._core.statement(
            member_or_card(member, card),
            wallet=text("wallet", wallet),
            limit=count("limit", limit, 1, PAGE_ROWS),
            before=optional_text("before", before),
        )
        return received.statement(raw, language)

    def entry(self, sequence: int | None = None, *, key: str | None = None, receipt: Receipt | None = None) -> Entry:
        """One entry: by its sequence, its key, or the receipt it has used up.

        A receipt finds the applied purchase that bears it, `receipt.returned()` the applied reversal.
        """
        if [sequence, key, receipt].count(None) != 2:
            raise TypeError("name the entry by its sequence, by key= or by receipt=, one of the three")
        if receipt is not None:
            return received.entry(self._core.entry_by_receipt(*receipt_name("receipt", receipt)))
        if key is not None:
            return received.entry(self._core.entry_by_key(text("key", key)))
        return received.entry(self._core.entry(count("sequence", sequence, 1, 2**63 - 1)))

    def entries(self, first: int = 1, *, limit: int = 100) -> tuple[Entry, ...]:
        """Up to `limit` entries from sequence `first` on, oldest first."""
        found = self._core.entries(count("first", first, 1, 2**63 - 1), count("limit", limit, 1, PAGE_ROWS))
        return tuple(received.entry(raw) for raw in found)

    def ladder(self, member: Member | None = None, *, wallet: str = "points") -> Ladder:
        """What expires when: of one member, or of all."""
        named = optional_member_name("member", member)
        return received.ladder(self._core.ladder(named, wallet=text("wallet", wallet)))

    def explain(self, member: Member | None = None, *, card: str | None = None, wallet: str = "points") -> Explanation:
        """How a balance came to be: what became of each lot, and of debt. Reads every entry of the wallet.

        `str()` of it, or `.text("de")`, is for people; its sums add up to the balance.
        """
        named = member_or_card(member, card)
        return received_reads.explanation(self._core.explain(named, wallet=text("wallet", wallet)))

    def links(self, member: Member) -> tuple[Link, ...]:
        """Partners that are tied to a member, whether their links are in force or not."""
        return tuple(received_reads.link(raw) for raw in self._core.links(member_name("member", member)))

    def partner_entries(
        self, partner: str, *, member: Member | None = None, limit: int = 100, before: int | None = None
    ) -> PartnerPage:
        """A page of what was done on behalf of a partner, newest first: about one member, or all.

        The next page by `before=page.next`, until that is `None`.
        """
        entries, following = self._core.partner_entries(
            text("partner", partner),
            optional_member_name("member", member),
            count("limit", limit, 1, PAGE_ROWS),
            None if before is None else count("before", before, 1, 2**63 - 1),
        )
        return PartnerPage(tuple(received.entry(raw) for raw in entries), following)

    def totals(self, *, store: str, terminal: str | None = None, business_date: date) -> Totals:
        """What a store recorded under receipts of a business date, by verb and code: of one terminal or of all."""
        where = text("store", store), optional_text("terminal", terminal)
        found = self._core.totals(*where, day_number("business_date", business_date))
        return received_reads.totals(found, *where, business_date)

    def holds(
        self,
        *,
        store: str | None = None,
        older_than: timedelta | None = None,
        limit: int = 100,
        after: int = 0,
    ) -> tuple[OpenHold, ...]:
        """A page of at most 1,000 holds that are open now, oldest first; of fewer than `limit` there are no more.

        Of one `store`, or opened longer ago than `older_than`. The next page by `after=page[-1].authorization`. Looks
        at every wallet.
        """
        found = self._core.holds(
            optional_text("store", store),
            ttl_micros("older_than", older_than),
            count("after", after, 0, 2**63 - 1),
            count("limit", limit, 1, PAGE_ROWS),
        )
        return tuple(received_reads.open_hold(raw) for raw in found)

    def trial_balance(self, at: datetime | None = None, *, wallet: str = "points") -> TrialBalance:
        """All accounts of a currency of points. A past instant is derived from the journal's beginning."""
        raw = self._core.trial_balance(text("wallet", wallet), to_optional_micros("at", at))
        return received.trial_balance(raw, wallet)

    def store_accounts(self, *, wallet: str = "points") -> dict[str, int]:
        """Points that stores bear because their tills gave them away offline; stores without any are left out.

        They were never taken from members: no account of the trial balance knows them.
        """
        return dict(self._core.store_accounts(text("wallet", wallet)))

    def verify(self) -> Report:
        """Derives everything anew from the journal and compares it with the live state."""
        return received.report(self._core.verify())

    def digest(self) -> str:
        """One number for the whole state, in hexadecimal; equal states have equal ones."""
        return self._core.digest()
