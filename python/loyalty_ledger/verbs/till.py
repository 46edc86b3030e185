"""What tills do beside sales: points in and out, holds, returns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from loyalty_ledger.arguments import flag, optional_text, optional_whole, returned_lines, text, whole
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.joining import Enroll, joining_parts
from loyalty_ledger.money import Amount
from loyalty_ledger.naming import Member, member_name, optional_member_name
from loyalty_ledger.references import Earlier, earlier
from loyalty_ledger.results import Answer
from loyalty_ledger.times import Expiry, expiry_micros, to_optional_micros, ttl_micros
from loyalty_ledger.verbs.door import Door, attempt


class TillVerbs(Door):
    """Points in and out, holds, returns."""

    def accrue(
        self,
        member: Member,
        points: int,
        *,
        activates_at: datetime | None = None,
        expires_at: Expiry = None,
        funder: str | None = None,
        price: Amount | None = None,
        currency: str | None = None,
        wallet: str = "points",
        enroll: Enroll = False,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Gives points. Dates not given are the program's; `expires_at="never"` for points that stay.

        `funder` pays for them at `price` per point, in `currency` or else the program's money. `enroll` makes a member
        that is unknown, as for `purchase`.
        """
        makes, joining = joining_parts("enroll", enroll)
        raw = self._core.accrue(
            member_name("member", member),
            whole("points", points),
            activates_at=to_optional_micros("activates_at", activates_at),
            expires_at=expiry_micros("expires_at", expires_at),
            funder=optional_text("funder", funder),
            price=self._price(price, currency),
            wallet=text("wallet", wallet),
            enroll=makes,
            joining=joining,
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def redeem(
        self,
        member: Member,
        points: int,
        *,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
        offline: bool = False,
    ) -> Answer:
        """Takes points for value; raises `InsufficientPoints` if fewer are available.

        `offline=True` tells what a till gave away without asking: it is never refused for what the member has. What is
        missing is owed (flag `OFFLINE_OVERDRAFT`), or charged to the store: `charged` tells how much.
        """
        taken = member_name("member", member), whole("points", points)
        tried = attempt(key, occurred_at, receipt, source, offline=offline)
        return self._answer(self._core.redeem(*taken, wallet=text("wallet", wallet), attempt=tried))

    def authorize(
        self,
        member: Member,
        points: int,
        *,
        ttl: timedelta | None = None,
        allow_partial: bool = False,
        wallet: str = "points",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Holds points until they are captured, voided, or `ttl` is over. `allow_partial` holds what there is."""
        raw = self._core.authorize(
            member_name("member", member),
            whole("points", points),
            ttl_micros=ttl_micros("ttl", ttl),
            allow_partial=flag("allow_partial", allow_partial),
            wallet=text("wallet", wallet),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def capture(
        self,
        authorization: Earlier,
        *,
        points: int | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
        offline: bool = False,
    ) -> Answer:
        """Takes held points, all or some; the rest goes back. 0 points release the hold.

        `offline=True` tells what a till did without asking: if `occurred_at` lies inside the hold, it takes what it
        would have taken then, although the hold has lapsed. What is missing is owed or charged, as in `redeem`.
        """
        named = earlier("authorization", authorization)
        some = optional_whole("points", points)
        tried = attempt(key, occurred_at, receipt, source, offline=offline)
        return self._answer(self._core.capture(named, points=some, attempt=tried))

    def void(
        self,
        authorization: Earlier,
        *,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Lets held points go."""
        named = earlier("authorization", authorization)
        return self._answer(self._core.void(named, attempt=attempt(key, occurred_at, receipt, source)))

    def reverse(
        self,
        original: Earlier,
        *,
        points: int | None = None,
        amount: Amount | None = None,
        currency: str | None = None,
        lines: Sequence[tuple[int, int | None]] | None = None,
        member: Member | None = None,
        shortfall: str | None = None,
        restore: str | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Undoes an earlier entry: a purchase by `amount` or `lines`, others by `points`; without, all that is left.

        `lines` are (place in the purchase from 1, quantity, or None for all that is left of it). `shortfall` says who
        bears points that are gone ("debt", "clamp", "charge_shortfall", "block", "pending_only"), `restore` what points
        of an expired lot come back as ("grace", "original", "reissue"); the program says what is not given. The answer
        tells points given back (`spent`), money to give back (`cash`) and to keep for missing points (`kept_back`), and
        points written off (`spared`). Raises `PointsAlreadySpent` under "block", `ReversalExceedsOriginal` beyond what
        is left, `LineUnknown` for lines that were not bought. A reversal is itself reversed once, as a whole.
        """
        if sum(part is not None for part in (points, amount, lines)) > 1:
            raise TypeError("reverse by points=, by amount= or by lines=, one of them")
        if currency is not None and amount is None:
            raise TypeError("currency= is that of amount=: give both, or neither")
        raw = self._core.reverse(
            earlier("original", original),
            points=optional_whole("points", points),
            amount=None if amount is None else self._money("amount", amount, currency),
            lines=None if lines is None else returned_lines("lines", lines),
            member=optional_member_name("member", member),
            shortfall=optional_text("shortfall", shortfall),
            restore=optional_text("restore", restore),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)
