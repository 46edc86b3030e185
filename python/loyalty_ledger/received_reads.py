"""The engine's answers about tills and about how balances came to be, made into results."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from loyalty_ledger.received import lot
from loyalty_ledger.referral_results import (
    Ratio,
    ReferralCodeState,
    ReferralKpis,
    ReferralNote,
    ReferralReward,
    ReferralState,
    ReferralTouch,
    ReferralVoucher,
)
from loyalty_ledger.results import Balance, Link
from loyalty_ledger.stories import DebtStory, Explanation, LotStory, StoryLine
from loyalty_ledger.till_results import OpenHold, Totals, TotalsRow
from loyalty_ledger.times import from_micros, from_nanos, from_optional_micros

if TYPE_CHECKING:
    from loyalty_ledger import raw_reads


def link(raw: raw_reads.RawLink) -> Link:
    """A partner's tie to a member."""
    partner, scopes, daily_points, starts_at, ends_at = raw
    return Link(partner, tuple(scopes), daily_points, from_micros(starts_at), from_optional_micros(ends_at))


def referral(raw: raw_reads.RawReferral) -> ReferralState:
    """How the referral of a friend stands."""
    return ReferralState(
        friend=raw["friend"],
        edge=raw["edge"],
        advocate=raw["advocate"],
        progress=raw["progress"],
        rewards=tuple(_reward(*reward) for reward in raw["rewards"]),
        open=raw["open"],
        touches=tuple(ReferralTouch(*touch) for touch in raw["touches"]),
        notes=tuple(ReferralNote(*note) for note in raw["notes"]),
    )


def _reward(
    role: str, member: str, points: int, state: str, reason: str | None, voucher: raw_reads.RawVoucher | None
) -> ReferralReward:
    given = None
    if voucher is not None:
        code, label, stands, expires_at = voucher
        given = ReferralVoucher(code, label, stands, from_optional_micros(expires_at))
    return ReferralReward(role, member, points, state, reason, given)


def referral_code(raw: raw_reads.RawReferralCode) -> ReferralCodeState:
    """How a code stands."""
    return ReferralCodeState(
        kind=raw["kind"],
        member=raw["member"],
        state=raw["state"],
        holder=raw["holder"],
        label=raw["label"],
        expires_at=from_optional_micros(raw["expires_at"]),
        reserved_until=from_optional_micros(raw["reserved_until"]),
    )


def referral_kpis(raw: raw_reads.RawReferralKpis) -> ReferralKpis:
    """How a referral program does."""
    return ReferralKpis(**{name: Ratio(numerator, denominator) for name, numerator, denominator in raw})


def totals(raw: list[raw_reads.RawTillTotal], store: str, terminal: str | None, business_date: date) -> Totals:
    """The totals of a till's day."""
    return Totals(store, terminal, business_date, tuple(TotalsRow(**row) for row in raw))


def open_hold(raw: raw_reads.RawOpenHold) -> OpenHold:
    """An open hold."""
    return OpenHold(
        authorization=raw["authorization"],
        member=raw["member"],
        wallet=raw["wallet"],
        points=raw["points"],
        opened_at=from_micros(raw["opened_at"]),
        lapses_at=from_micros(raw["lapses_at"]),
        store=raw["store"],
        terminal=raw["terminal"],
        key=raw["key"],
    )


def explanation(raw: raw_reads.RawExplanation) -> Explanation:
    """How a balance came to be."""
    return Explanation(
        member=raw["member"],
        wallet=raw["wallet"],
        at=from_micros(raw["at"]),
        balance=Balance(**raw["balance"]),
        lots=tuple(_lot_story(story) for story in raw["lots"]),
        debt=DebtStory(raw["debt_made"], raw["debt_paid"], raw["debt_forgiven"], _lines(raw["debt_lines"])),
        noted=_lines(raw["noted"]),
    )


def _lot_story(raw: raw_reads.RawLotStory) -> LotStory:
    return LotStory(
        lot=lot(raw["lot"]),
        came=raw["came"],
        paid=raw["paid"],
        gone=raw["gone"],
        pending=raw["pending"],
        available=raw["available"],
        held=raw["held"],
        lines=_lines(raw["lines"]),
    )


def _lines(raw: list[raw_reads.RawStoryLine]) -> tuple[StoryLine, ...]:
    return tuple(
        StoryLine(
            at=from_nanos(line["at"]),
            sequence=line["sequence"],
            verb=line["verb"],
            flow=line["flow"],
            points=line["points"],
            paid=line["paid"],
            original=line["original"],
        )
        for line in raw
    )
