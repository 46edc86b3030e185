"""The figures the demo ends with, each read from the ledger."""

from __future__ import annotations

from typing import Any

import loyalty_ledger as ll
from loyalty_ledger.demo.baskets import LATER, ZONE, Baskets
from loyalty_ledger.demo.replay import Replay

TOP_MEMBERS = 10


def summarise(ledger: ll.Ledger, baskets: Baskets, played: Replay) -> dict[str, Any]:
    """Everything the demo prints, as one object."""
    totals = ledger.trial_balance()
    top = top_members(ledger, baskets.members())
    report = ledger.verify()
    size = ledger.info().journal_bytes
    return {
        "members": len(baskets.members()),
        "purchases": played.purchases,
        "purchases_without_points": played.purchases_without_points,
        "accrued": totals.accrued,
        "redemptions_applied": played.redemptions_applied,
        "redemptions_refused": played.redemptions_refused,
        "redeemed": totals.redeemed,
        "expired": totals.expired,
        "pending": totals.pending,
        "available": totals.available,
        "held": totals.held,
        "debt": totals.debt,
        "balance_identity": balance_identity(totals),
        "ladder": ladder(ledger),
        "top_members": top,
        "later": later_balance(ledger, top[0]["member"]),
        "statement_of": baskets.member_of_the_statement(),
        "verified": report.ok,
        "entries": report.entries,
        "seconds": round(played.seconds, 3),
        "entries_per_second": round(report.entries / played.seconds),
        "bytes_per_entry": round(size / report.entries),
    }


def balance_identity(totals: ll.TrialBalance) -> bool:
    """Whether what came in less what went out is what the members have."""
    moved = totals.accrued - totals.accrual_reversed - totals.redeemed + totals.redemption_reversed
    moved += totals.adjusted + totals.reinstated - totals.expired - totals.forfeited
    moved += totals.transferred_in - totals.transferred_out + totals.written_off + totals.settled_in_cash
    return moved == totals.pending + totals.available + totals.held - totals.debt


def ladder(ledger: ll.Ledger) -> dict[str, int]:
    """Points by the local date on which they expire."""
    return {day.isoformat() if day else "never": points for day, points in ledger.ladder().items() if points}


def top_members(ledger: ll.Ledger, members: list[str]) -> list[dict[str, Any]]:
    """The members with most available points, the lower id first on ties."""
    balances = [(member, ledger.balance(member)) for member in members]
    balances.sort(key=lambda pair: (-pair[1].available, pair[0]))
    return [
        {"member": member, "available": balance.available, "pending": balance.pending}
        for member, balance in balances[:TOP_MEMBERS]
    ]


def later_balance(ledger: ll.Ledger, member: str) -> dict[str, Any]:
    """A member's balance half a year on: points expire at their instant, without a job."""
    balance = ledger.balance(member, at=LATER)
    return {
        "member": member,
        "at": LATER.astimezone(ZONE).isoformat(),
        "available": balance.available,
        "pending": balance.pending,
    }
