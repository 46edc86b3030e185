"""Explains an entry to a person: the rule with its inputs, and every lot that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loyalty_ledger.money import units
from loyalty_ledger.results import Entry, Move

if TYPE_CHECKING:
    from loyalty_ledger import raw_reads


def explain(entry: Entry, rule: raw_reads.RawRule | None) -> str:
    """The reason of an entry in a few lines."""
    lines = [_headline(entry, rule)]
    for effect in entry.effects:
        lines += [f"{effect.member}: {_moved(move)}" for move in effect.moved]
    return "\n".join(lines)


def _headline(entry: Entry, rule: raw_reads.RawRule | None) -> str:
    if entry.verb == "purchase" and rule is not None and entry.amount is not None:
        per = f"{units(rule['per_minor_units'], rule['money'])} {rule['money']}"
        return (
            f"purchase of {entry.amount} {entry.currency}: {rule['points']} per full {per}, rounded down once, "
            f"gives {entry.awarded} (base rule, program version {entry.program})"
        )
    asked = f" of {entry.requested}" if entry.requested else ""
    original = f", of entry {entry.original}" if entry.original is not None else ""
    reason = f" ({entry.reason}, by {entry.actor})" if entry.reason is not None else ""
    return f"{entry.verb}{asked} gives {entry.awarded}{original}{reason}"


def _moved(move: Move) -> str:
    expires = "never expires" if move.expires_at is None else f"expires {move.expires_at.isoformat()}"
    paid = f", {move.paid} of it paid debt" if move.paid else ""
    due = "" if move.due_at is None else f" at {move.due_at.isoformat()}"
    return f"{move.points} {move.flow}{due}, lot of entry {move.made_by} that {expires}{paid}"
