"""Ties of partners to members, and codes that name a member once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias, get_args

from loyalty_ledger import errors, received
from loyalty_ledger.arguments import optional_text, optional_whole, text
from loyalty_ledger.documents import Receipt, Source
from loyalty_ledger.naming import Member, member_name
from loyalty_ledger.results import Answer, OneTimeCode
from loyalty_ledger.times import to_optional_micros, ttl_micros
from loyalty_ledger.verbs.door import Door, attempt

LinkScope: TypeAlias = Literal["earn", "redeem", "balance"]

_SCOPES: Final = get_args(LinkScope)


class PartnerVerbs(Door):
    """Links of partners, and one-time codes."""

    def link_member(
        self,
        member: Member,
        partner: str,
        partner_member: str,
        *,
        scopes: Sequence[LinkScope],
        consent: str,
        daily_points: int | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Ties a partner to a member, who agreed to it by `consent`, or ties it anew.

        From then on `partner_member`, the partner's own name of the member, is its alias of the kind `partner:<id>`.
        `scopes` are some of "earn", "redeem" and "balance". The partner may take and hold `daily_points` on one day of
        the program's zone (else `LimitExceeded`), and nothing gives any of them back. A partner itself names the member
        by a one-time code. Raises `AliasInUse` if another member holds the alias.
        """
        named = member_name("member", member), text("partner", partner), text("partner_member", partner_member)
        raw = self._core.link_member(
            *named,
            scopes=_scopes(scopes),
            consent=text("consent", consent),
            daily_points=optional_whole("daily_points", daily_points),
            starts_at=to_optional_micros("starts_at", starts_at),
            ends_at=to_optional_micros("ends_at", ends_at),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return self._answer(raw)

    def unlink_member(
        self,
        member: Member,
        partner: str,
        *,
        reason: str = "",
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> Answer:
        """Ends a link; the partner's alias of the member goes with it. Raises `LinkNotFound` if there is none."""
        named = member_name("member", member), text("partner", partner)
        tried = attempt(key, occurred_at, receipt, source)
        return self._answer(self._core.unlink_member(*named, reason=text("reason", reason), attempt=tried))

    def issue_one_time_code(
        self,
        member: Member,
        *,
        partner: str | None = None,
        points: int | None = None,
        ttl: timedelta | None = None,
        key: str,
        occurred_at: datetime | None = None,
        receipt: Receipt | None = None,
        source: Source | None = None,
    ) -> OneTimeCode:
        """Gives a member a code to show; `ll.Alias("one_time", code)` names the member as long as it lives.

        The first write that is applied to a member named so uses it up. At most `points` may be taken with it (else
        `LimitExceeded`), or none. Only `partner` may use it, or anybody. It lives for `ttl`, at most and otherwise 10
        minutes. The same key gets the same code again.
        """
        if partner == "":
            raise errors.failure("INVALID_ID", "partner is empty; name one, or leave it out", {})
        code, expires_at, raw = self._core.issue_one_time_code(
            member_name("member", member),
            partner=optional_text("partner", partner) or "",
            points=optional_whole("points", points),
            ttl_micros=ttl_micros("ttl", ttl),
            attempt=attempt(key, occurred_at, receipt, source),
        )
        return received.one_time_code(code, expires_at, self._answer(raw))


def _scopes(scopes: object) -> list[str]:
    if isinstance(scopes, str) or not isinstance(scopes, Sequence):
        raise TypeError(f"scopes must be a list such as ['earn', 'redeem'], not {type(scopes).__name__}")
    named = [text(f"scopes[{place}]", scope) for place, scope in enumerate(scopes)]
    for scope in named:
        if scope not in _SCOPES:
            raise ValueError(f"scopes has {scope!r}; use some of {', '.join(_SCOPES)}")
    return named
