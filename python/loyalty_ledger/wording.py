"""What rows of a statement and movements of points are called, in English and in German."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Language: TypeAlias = Literal["en", "de"]
"""The languages that a ledger speaks."""

LANGUAGES: Final = ("en", "de")

# Word of a statement's row: English, German.
REASONS: Final[dict[str, tuple[str, str]]] = {
    "purchase": ("Purchase", "Einkauf"),
    "purchase_reversed": ("Return of goods", "Rückgabe"),
    "accrual": ("Points credited", "Gutschrift"),
    "redemption": ("Points redeemed", "Einlösung"),
    "store_charged": ("Redemption at the store's expense", "Einlösung auf Kosten der Filiale"),
    "store_credited": ("Redemption at the store's expense reversed", "Storno einer Einlösung auf Kosten der Filiale"),
    "authorization": ("Points reserved", "Punkte reserviert"),
    "capture": ("Reserved points redeemed", "Reservierte Punkte eingelöst"),
    "void": ("Reservation cancelled", "Reservierung aufgehoben"),
    "hold_lapsed": ("Reservation lapsed", "Reservierung abgelaufen"),
    "hold_extended": ("Reservation extended", "Reservierung verlängert"),
    "adjustment": ("Correction", "Korrektur"),
    "adjustment_reversed": ("Correction undone", "Storno einer Korrektur"),
    "reversal": ("Reversal", "Storno"),
    "accrual_reversed": ("Credit reversed", "Storno einer Gutschrift"),
    "redemption_reversed": ("Redemption reversed", "Storno einer Einlösung"),
    "transfer_reversed": ("Transfer reversed", "Storno einer Übertragung"),
    "reversal_reversed": ("Reversal undone", "Storno zurückgenommen"),
    "transferred_in": ("Points received", "Punkte erhalten"),
    "transferred_out": ("Points given away", "Punkte übertragen"),
    "activated": ("Points now available", "Punkte jetzt verfügbar"),
    "expired": ("Points expired", "Punkte verfallen"),
    "reinstated": ("Expired points reinstated", "Verfallene Punkte wieder gutgeschrieben"),
    "extended": ("Points valid for longer", "Gültigkeit verlängert"),
    "debt_forgiven": ("Debt forgiven", "Schuld erlassen"),
    "closed": ("Account closed", "Punktekonto geschlossen"),
    "erased": ("Account erased", "Punktekonto gelöscht"),
    "enroll": ("Enrolled", "Angemeldet"),
    "chargeback": ("Purchase charged back", "Einkauf zurückgebucht"),
    "chargeback_reversed": ("Chargeback undone", "Rückbuchung zurückgenommen"),
    "referral_reward": ("Reward for a referral", "Prämie für eine Empfehlung"),
    "referral_reward_reversed": ("Reward taken back", "Prämie zurückgenommen"),
    "referral_reward_restored": ("Reward given again", "Prämie wieder gutgeschrieben"),
    "referral_reward_dated": ("Reward gets other dates", "Prämie mit anderen Daten"),
    "referral_freeze_lapsed": ("Reward taken back without a review", "Prämie ohne Prüfung zurückgenommen"),
}

# Verbs, as what an entry is: English, German.
VERBS: Final[dict[str, tuple[str, str]]] = {
    "purchase": ("purchase", "Einkauf"),
    "accrue": ("accrual", "Gutschrift"),
    "redeem": ("redemption", "Einlösung"),
    "authorize": ("reservation", "Reservierung"),
    "capture": ("redemption of a reservation", "Einlösung einer Reservierung"),
    "void": ("end of a reservation", "Ende einer Reservierung"),
    "reverse": ("reversal", "Storno"),
    "adjust": ("correction", "Korrektur"),
    "transfer": ("transfer", "Übertragung"),
    "close_member": ("closing of the account", "Schließung des Kontos"),
    "erase_member": ("erasure of the account", "Löschung des Kontos"),
    "reinstate": ("reinstatement", "Wiedergutschrift"),
    "extend": ("extension", "Verlängerung"),
    "forgive_debt": ("forgiving of debt", "Erlass von Schuld"),
    "activate": ("activation", "Freischaltung"),
    "issue_code": ("issue of a referral code", "Ausgabe eines Empfehlungscodes"),
    "record_touch": ("touch", "Kontakt"),
    "bind_referral": ("referral", "Empfehlung"),
    "record_step": ("step of a referral", "Schritt einer Empfehlung"),
    "review_referral": ("review of a referral", "Prüfung einer Empfehlung"),
    "dispute": ("dispute", "Zahlungsstreit"),
    "close_period": ("close of a month", "Monatsabschluss"),
    "time": ("time", "Zeit"),
}

# What a row moved beside the points that are available: English, German.
_PAID: Final = (", {} points redeemed", ", {} Punkte eingelöst")
_BACK: Final = (", {} points back", ", {} Punkte zurück")
_DEBT: Final = (", debt {:+}", ", Schuld {:+}")

# How points move: English, German.
FLOWS: Final[dict[str, tuple[str, str]]] = {
    "accrued": ("credited", "gutgeschrieben"),
    "activated": ("became available", "verfügbar geworden"),
    "expired": ("expired", "verfallen"),
    "redeemed": ("redeemed", "eingelöst"),
    "redemption_reversed": ("came back from a redemption", "aus einer Einlösung zurück"),
    "accrual_reversed": ("taken back", "zurückgebucht"),
    "expiry_reversed": ("had expired and counted as taken back", "verfallen, gelten als zurückgebucht"),
    "overdrawn": ("taken back beyond what was there: debt", "zurückgebucht, aber nicht mehr da: Schuld"),
    "adjusted_up": ("given by a correction", "durch Korrektur gutgeschrieben"),
    "adjusted_down": ("taken by a correction", "durch Korrektur abgezogen"),
    "held": ("reserved", "reserviert"),
    "released": ("no longer reserved", "nicht mehr reserviert"),
    "captured": ("redeemed from a reservation", "aus Reservierung eingelöst"),
    "transferred_out": ("given away", "übertragen"),
    "transferred_in": ("received", "erhalten"),
    "forfeited": ("forfeited", "verwirkt"),
    "reinstated": ("reinstated", "wieder gutgeschrieben"),
    "redeem_overdrawn": ("redeemed beyond what was there: debt", "mehr eingelöst als da war: Schuld"),
    "adjust_overdrawn": ("corrected beyond what was there: debt", "mehr korrigiert als da war: Schuld"),
    "transfer_overdrawn": ("returned beyond what was there: debt", "mehr zurückgegeben als da war: Schuld"),
    "return_overdrawn": ("taken again beyond what was there: debt", "wieder abgezogen, aber nicht da: Schuld"),
    "written_off": ("missing, written off", "fehlend, ausgebucht"),
    "return_written_off": ("missing again, written off", "wieder fehlend, ausgebucht"),
    "transfer_written_off": ("given away and missing, written off", "übertragen und fehlend, ausgebucht"),
    "settled_in_cash": ("missing, kept back in cash", "fehlend, vom Geldbetrag einbehalten"),
    "debt_forgiven": ("debt forgiven", "Schuld erlassen"),
    "made_good": ("made a write-off good", "gleicht Ausbuchung aus"),
    "accrual_restored": ("credited again", "wieder gutgeschrieben"),
    "debt_undone": ("debt undone", "Schuld zurückgenommen"),
    "expiry_restored": ("expired again", "wieder als verfallen gebucht"),
    "write_off_undone": ("write-off undone", "Ausbuchung zurückgenommen"),
    "cash_undone": ("settlement in cash undone", "Einbehalt zurückgenommen"),
    "return_taken": ("taken again", "wieder abgezogen"),
    "adjustment_returned": ("came back from a correction", "aus einer Korrektur zurück"),
    "moved_out": ("moved to a lot with other dates", "in einen Posten mit anderen Daten verschoben"),
    "moved_in": ("came from a lot with other dates", "aus einem Posten mit anderen Daten"),
    "rewarded": ("given as a reward", "als Prämie gutgeschrieben"),
    "reward_taken": ("reward taken back", "Prämie zurückgenommen"),
    "reward_expiry_taken": (
        "reward had expired and counted as taken back",
        "Prämie verfallen, gilt als zurückgenommen",
    ),
    "reward_overdrawn": (
        "reward taken back beyond what was there: debt",
        "Prämie zurückgenommen, aber nicht da: Schuld",
    ),
    "reward_written_off": ("reward missing, written off", "Prämie fehlend, ausgebucht"),
    "reward_restored": ("reward given again", "Prämie wieder gutgeschrieben"),
    "reward_debt_undone": ("debt of a reward undone", "Schuld aus einer Prämie zurückgenommen"),
    "reward_expiry_restored": ("reward expired again", "Prämie wieder als verfallen gebucht"),
    "reward_write_off_undone": ("write-off of a reward undone", "Ausbuchung einer Prämie zurückgenommen"),
}


def checked_language(language: object) -> Language:
    """One of the languages that there are words in."""
    if language == "en":
        return "en"
    if language == "de":
        return "de"
    raise ValueError(f"language {language!r} is unknown; use one of {', '.join(LANGUAGES)}")


def row_text(
    reason: str, original: int | None, note: str | None, moved: Mapping[str, int], debt: int, language: Language
) -> str:
    """A statement's row in words: what happened, why by hand, to which earlier entry, and what else than available
    points it moved: `moved` are points by flow, `debt` is by how much the debt changed."""
    place = LANGUAGES.index(language)
    words = REASONS.get(reason, (reason, reason))[place]
    if note is not None:
        words += f": {note}"
    if original is not None:
        words += f" ({entry_text(original, language)})"
    if reason == "purchase":
        paid = sum(moved.get(flow, 0) for flow in ("redeemed", "captured", "redeem_overdrawn"))
        words += _PAID[place].format(paid) if paid else ""
    back = moved.get("redemption_reversed", 0)
    if reason == "purchase_reversed" and back:
        words += _BACK[place].format(back)
    return words + (_DEBT[place].format(debt) if debt else "")


def entry_text(sequence: int, language: Language) -> str:
    """An entry by its number."""
    return f"{('entry', 'Buchung')[LANGUAGES.index(language)]} {sequence}"


def verb_text(verb: str, language: Language) -> str:
    """What an entry is, by its verb."""
    return VERBS.get(verb, (verb, verb))[LANGUAGES.index(language)]


def flow_text(flow: str, language: Language) -> str:
    """A way for points to move, in words."""
    return FLOWS.get(flow, (flow, flow))[LANGUAGES.index(language)]
