"""What is done by hand, with a reason and who did it."""

from __future__ import annotations

from datetime import datetime, timedelta

from loyalty_ledger.arguments import flag, optional_whole, text, whole
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.naming import Member, member_name, optional_member_name
from loyalty_ledger.references import Earlier, earlier, lot_number
from loyalty_ledger.results import Answer, Lot
from loyalty_ledger.times import Expiry, expiry_micros, ttl_micros
from loyalty_ledger.verbs.door import Door, attempt


class CorrectionVerbs(Door):
    """Corrections by hand."""

    def adjust(
        self,
        member: Member,
        points: int,
        *,
        reason: str,
        actor: str,
        expires_at: Expiry = None,
        overdraw: bool = False,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Corrects a wallet by hand, up or down, with a reason and who did it.

        Downwards it draws like a redemption; `overdraw` makes debt of what is not available, instead of raising
        `InsufficientPoints`.
        """
        raw = self._core.adjust(
            member_name("member", member),
            whole("points", points),
            reason=text("reason", reason),
            actor=text("actor", actor),
            expires_at=expiry_micros("expires_at", expires_at),
            overdraw=flag("overdraw", overdraw),
            wallet=text("wallet", wallet),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def reinstate(
        self,
        member: Member,
        points: int | None = None,
        *,
        lot: Lot | int,
        expires_at: Expiry = None,
        reason: str,
        actor: str,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Brings back what has expired of a lot, all of it or `points`, as a lot of its own that is there from now on.

        Without `expires_at` it lives as if earned now. Raises `LotNotFound` for a lot that this wallet never had,
        `ExpiryInPast`, and `InsufficientPoints` if less has expired.
        """
        raw = self._core.reinstate(
            member_name("member", member),
            optional_whole("points", points),
            lot=lot_number("lot", lot),
            expires_at=expiry_micros("expires_at", expires_at),
            reason=text("reason", reason),
            actor=text("actor", actor),
            wallet=text("wallet", wallet),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def extend(
        self,
        authorization: Earlier | None = None,
        *,
        ttl: timedelta | None = None,
        member: Member | None = None,
        lot: Lot | int | None = None,
        expires_at: Expiry = None,
        reason: str = "",
        actor: str = "",
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets a hold (`authorization`, `ttl`) or a lot (`member`, `lot`, `expires_at`, `reason`, `actor`) end later.

        A hold lives on for `ttl` from now, at most as long after it was opened as the program lets holds live
        (`InvalidTtl`). Of a lot the pending and available points move into a lot of their own; what is held stays.
        """
        of_attempt = attempt(key, occurred_at, receipt, source)
        if authorization is not None:
            micros = ttl_micros("ttl", ttl)
            if micros is None or member is not None or lot is not None or expires_at is not None:
                raise TypeError("extend a hold by authorization and ttl=, and by nothing else")
            named = earlier("authorization", authorization)
            return self._answer(self._core.extend_hold(named, ttl_micros=micros, attempt=of_attempt))
        until = expiry_micros("expires_at", expires_at)
        if member is None or lot is None or until is None or ttl is not None:
            raise TypeError("extend a lot by member=, lot= and expires_at=, or a hold by authorization and ttl=")
        raw = self._core.extend_lot(
            member_name("member", member),
            lot=lot_number("lot", lot),
            expires_at=until,
            reason=text("reason", reason),
            actor=text("actor", actor),
            wallet=text("wallet", wallet),
            attempt=of_attempt,
        )
        return self._answer(raw)

    def forgive_debt(
        self,
        member: Member,
        points: int | None = None,
        *,
        reason: str,
        actor: str,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Writes debt off, all of it or `points`; raises `InsufficientPoints` if less is owed."""
        raw = self._core.forgive_debt(
            member_name("member", member),
            optional_whole("points", points),
            reason=text("reason", reason),
            actor=text("actor", actor),
            wallet=text("wallet", wallet),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def activate(
        self,
        original: Earlier,
        *,
        member: Member | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Makes all that is still pending of a purchase or an accrual available now.

        Points that wait for this (`pending = "on_event"`) start the clock of their expiry with it; others keep their
        date. Raises `TransactionNotFound` for what has earned nothing; with `member`, `MemberMismatch`.
        """
        raw = self._core.activate(
            earlier("original", original),
            member=optional_member_name("member", member),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)
