"""What is done by hand, with a reason and who did it."""

from __future__ import annotations

from datetime import datetime

from loyalty_ledger.arguments import flag, text, whole
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.results import Answer
from loyalty_ledger.times import Expiry, expiry_micros
from loyalty_ledger.verbs.door import Door, attempt


class CorrectionVerbs(Door):
    """Corrections by hand."""

    def adjust(
        self,
        member: str,
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
            text("member", member),
            whole("points", points),
            reason=text("reason", reason),
            actor=text("actor", actor),
            expires_at=expiry_micros("expires_at", expires_at),
            overdraw=flag("overdraw", overdraw),
            wallet=text("wallet", wallet),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)
