"""How a balance came to be: what became of every lot, and of debt. Made to be checked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial

from loyalty_ledger.results import Balance, Lot
from loyalty_ledger.wording import Language, checked_language, entry_text, flow_text, verb_text


@dataclass(frozen=True)
class StoryLine:
    """Points that moved, and what moved them."""

    at: datetime
    """For what time moved, when it was due."""
    sequence: int | None
    """The entry; `None` for what time moved."""
    verb: str
    flow: str
    points: int
    paid: int
    """The part that paid debt."""
    original: int | None
    """Earlier entry that it captures, voids or reverses, or whose hold it is."""


@dataclass(frozen=True)
class LotStory:
    """What became of a lot: came - paid - gone = pending + available + held."""

    lot: Lot
    """`points` are what is pending or available of it."""
    came: int
    paid: int
    """Points that paid debt as they became available."""
    gone: int
    """Points that were spent, expired, taken back, given away or forfeited."""
    pending: int
    available: int
    held: int
    lines: tuple[StoryLine, ...]


@dataclass(frozen=True)
class DebtStory:
    """Where debt came from and went: made - paid - forgiven = the balance's debt."""

    made: int
    paid: int
    forgiven: int
    lines: tuple[StoryLine, ...]


@dataclass(frozen=True)
class Explanation:
    """A wallet's whole past, sorted by lots and debt; all lots and the debt add up to the balance."""

    member: str
    wallet: str
    at: datetime
    balance: Balance
    lots: tuple[LotStory, ...]
    """In the order in which they came, also those of which nothing is left."""
    debt: DebtStory
    noted: tuple[StoryLine, ...]
    """What moved no points: expired ones that counted as taken, points written off or settled in cash."""

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en", zone: tzinfo = UTC) -> str:
        """The same for people, in English or German, with the times of a zone."""
        checked_language(language)
        words = _WORDS[language]
        told = partial(_line, language=language, zone=zone)
        parts = self.balance
        lines = [
            f"{self.member}, {self.wallet}, {_time(self.at, zone)}",
            words["balance"].format(parts.pending, parts.available, parts.held, parts.debt),
        ]
        for story in self.lots:
            lines += ["", _lot_title(story, language, zone), *map(told, story.lines)]
            lines.append("  " + words["lot"].format(story.came, story.paid, story.gone, _left(story)))
        if self.debt.lines:
            lines += ["", words["debt"], *(_debt_line(line, language, zone) for line in self.debt.lines)]
            sums = (self.debt.made, self.debt.paid, self.debt.forgiven, parts.debt)
            lines.append("  " + words["owed"].format(*sums))
        if self.noted:
            lines += ["", words["noted"], *map(told, self.noted)]
        return "\n".join(lines)


_WORDS = {
    "en": {
        "balance": "pending {} + available {} + held {} - debt {}",
        "title": "Lot {} of entry {}, valid until {}",
        "never": "further notice",
        "lot": "came {} - paid debt {} - gone {} = left {}",
        "debt": "Debt",
        "owed": "made {} - paid {} - forgiven {} = owed {}",
        "noted": "Noted without moving points",
        "about": "{} of {}",
        "paid": "{} of it paid debt",
        "paying": "debt paid",
    },
    "de": {
        "balance": "vorgemerkt {} + verfügbar {} + reserviert {} - Schuld {}",
        "title": "Posten {} aus Buchung {}, gültig bis {}",
        "never": "auf Weiteres",
        "lot": "gekommen {} - zahlte Schuld {} - fort {} = übrig {}",
        "debt": "Schuld",
        "owed": "entstanden {} - bezahlt {} - erlassen {} = offen {}",
        "noted": "Vermerkt, ohne Punkte zu bewegen",
        "about": "{} zu {}",
        "paid": "{} davon zahlten Schuld",
        "paying": "Schuld bezahlt",
    },
}


def _left(story: LotStory) -> int:
    return story.pending + story.available + story.held


def _time(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).isoformat(sep=" ", timespec="seconds")


def _lot_title(story: LotStory, language: Language, zone: tzinfo) -> str:
    words, until = _WORDS[language], story.lot.expires_at
    ends = words["never"] if until is None else _time(until, zone)
    return words["title"].format(story.lot.id, story.lot.earned_by, ends)


def _line(line: StoryLine, language: Language, zone: tzinfo) -> str:
    words = _WORDS[language]
    paid = f", {words['paid'].format(line.paid)}" if line.paid else ""
    return f"{_cause(line, language, zone)}: {line.points} {flow_text(line.flow, language)}{paid}"


def _debt_line(line: StoryLine, language: Language, zone: tzinfo) -> str:
    if line.paid:
        return f"{_cause(line, language, zone)}: {line.paid} {_WORDS[language]['paying']}"
    return _line(line, language, zone)


def _cause(line: StoryLine, language: Language, zone: tzinfo) -> str:
    """When it was, what moved the points, and which earlier entry that was about."""
    about = None if line.original in (None, line.sequence) else line.original
    cause = verb_text(line.verb, language)
    if line.sequence is None:
        cause += "" if about is None else f" ({entry_text(about, language)})"
    else:
        cause = cause if about is None else _WORDS[language]["about"].format(cause, entry_text(about, language))
        cause = f"{entry_text(line.sequence, language)} ({cause})"
    return f"  {_time(line.at, zone)}  {cause}"
